import numpy as np
import pytest

from comine.models.cooling import ChilledWater, Ice

COMMON = {
    "supply_temperature": 285.15,
    "return_temperature": 299.15,
    "condensing_temperature": 308.15,
    "carnot_share": 0.6,
    "pump_efficiency": 0.75,
}
WATER = ChilledWater(**COMMON, water_temperature=276.15, turbine_efficiency=0.75)
ICE = Ice(**COMMON, ice_temperature=271.15, evaporating_temperature=261.15)
DUTY = np.array([0.0, 1e6, 5e6])


@pytest.mark.parametrize("plant", [WATER, ICE], ids=lambda p: p.kind)
def test_energy_of_the_plant_closes(plant):
    """What the condenser rejects is the plant's duty and the compressor's work."""
    cold = plant.cool(DUTY, 2000.0)
    delivery = plant._deliver(DUTY, 2000.0)
    duty = delivery.sensible_duty + delivery.ice_duty
    work = cold.power - delivery.pump_power + delivery.turbine_power
    np.testing.assert_allclose(cold.rejected, duty + work, rtol=1e-12)
    assert cold.power[0] == 0 and (np.diff(cold.power) > 0).all()
    assert (duty[1:] >= DUTY[1:]).all()  # the water column warms on its way


@pytest.mark.parametrize("plant", [WATER, ICE], ids=lambda p: p.kind)
def test_depth_costs_power(plant):
    power = [plant.cool(1e6, depth).power for depth in (500.0, 1500.0, 3000.0)]
    assert power[0] < power[1] < power[2]


def test_ice_needs_five_to_seven_times_less_flow():
    for depth in (1000.0, 4000.0):
        plain = WATER.model_copy(update={"turbine_efficiency": 0.0})
        ratio = plain.cool(1e6, depth).flow / ICE.cool(1e6, depth).flow
        assert 4.5 < ratio < 7.5


def test_a_turbine_saves_power_and_flow():
    plain = WATER.model_copy(update={"turbine_efficiency": 0.0})
    with_turbine, without = WATER.cool(1e6, 2000.0), plain.cool(1e6, 2000.0)
    assert with_turbine.power < without.power and with_turbine.flow < without.flow
