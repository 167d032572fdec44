import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.optimize import brentq

from comine.models.cooling import Absorption, ChilledWater, Ice, SurfaceBulk, UndergroundPlant
from comine.physics.air import sigma_heat
from comine.physics.refrigeration import (
    chilled_water_delivery,
    cycle_cop,
    ice_delivery,
    three_chamber_delivery,
)

COMPRESSORS = {"condensing_temperature": 308.15, "carnot_share": 0.6}
COMMON = {"supply_temperature": 285.15, "return_temperature": 299.15, "pump_efficiency": 0.75}
COMMON = COMMON | COMPRESSORS
WATER = ChilledWater(**COMMON, water_temperature=276.15, turbine_efficiency=0.75)
PLAIN = ChilledWater(**COMMON, water_temperature=276.15, feeder="none")
FEEDER = ChilledWater(**COMMON, water_temperature=276.15, feeder="three-chamber")
ICE = Ice(**COMMON, ice_temperature=271.15, evaporating_temperature=261.15)
HEAT = Absorption(
    **COMMON,
    water_temperature=279.15,
    turbine_efficiency=0.75,
    driving_temperature=363.15,
    driving_heat=4e6,
)
BULK = SurfaceBulk(
    **COMPRESSORS,
    supply_temperature=285.15,
    air_flow=600.0,
    wet_bulb=297.15,
    set_point=281.15,
    water_temperature=276.15,
    water_flow=500.0,
    factor_of_merit=0.7,
    reach=4000.0,
)
BELOW = UndergroundPlant(
    supply_temperature=285.15,
    evaporating_temperature=276.15,
    return_air_flow=150.0,
    return_wet_bulb=302.15,
    return_wet_bulb_limit=315.15,
    return_pressure=115e3,
    tower_flow=200.0,
    factor_of_merit=0.6,
)
PLANTS = [WATER, PLAIN, FEEDER, ICE, HEAT, BULK, BELOW]
every_plant = pytest.mark.parametrize(
    "plant", PLANTS, ids=lambda p: f"{p.kind} {getattr(p, 'feeder', '')}"
)
DUTY = np.array([0.0, 1e6, 5e6])


@pytest.mark.parametrize(
    ("plant", "delivery"),
    [
        (WATER, chilled_water_delivery(DUTY, 2000.0, 276.15, 299.15, 0.75, 0.75)),
        (PLAIN, chilled_water_delivery(DUTY, 2000.0, 276.15, 299.15, 0.75)),
        (FEEDER, three_chamber_delivery(DUTY, 2000.0, 276.15, 299.15, 0.75, 0.9)),
        (ICE, ice_delivery(DUTY, 2000.0, 271.15, 299.15, 0.75)),
    ],
    ids=["turbine", "none", "three-chamber", "ice"],
)
def test_energy_of_the_plant_closes(plant, delivery):
    """What the condenser rejects is the plant's duty and the compressor's work."""
    cold = plant.cool(DUTY, 2000.0)
    duty = delivery.sensible_duty + delivery.ice_duty
    work = cold.power - delivery.pump_power + delivery.turbine_power
    np.testing.assert_allclose(cold.rejected, duty + work, rtol=1e-12)
    assert (duty[1:] >= DUTY[1:]).all()  # the water column warms on its way


@every_plant
def test_depth_costs_power(plant):
    power = [float(plant.cool(1e6, depth).power) for depth in (500.0, 1500.0, 3000.0)]
    assert power[0] <= power[1] <= power[2]
    assert (power[0] < power[2]) == (plant is not BELOW)


@every_plant
@settings(max_examples=15, deadline=None)
@given(st.floats(0, 3500), st.floats(0, 500), st.floats(0, 4e6), st.floats(0, 2e6))
def test_more_duty_or_depth_never_takes_less_power(plant, depth, deeper, duty, more):
    least = plant.cool(duty, depth)
    for other in (plant.cool(duty + more, depth), plant.cool(duty, depth + deeper)):
        assert other.power >= least.power * (1 - 1e-9)
    assert 0 <= least.delivered <= duty
    assert least.rejected >= least.delivered + least.heat


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 4000), st.floats(0, 0.95), st.floats(0, 0.05))
def test_a_better_turbine_or_feeder_never_takes_more_power(depth, efficiency, better):
    for plant, key in ((WATER, "turbine_efficiency"), (FEEDER, "feeder_efficiency")):
        powers = [
            plant.model_copy(update={key: value}).cool(1e6, depth).power
            for value in (efficiency, efficiency + better)
        ]
        assert powers[1] <= powers[0] * (1 + 1e-12)


@every_plant
def test_levels_are_the_depths_one_by_one(plant):
    """Below every capacity a mine's levels take what each takes alone."""
    duty, depths = np.array([[0.0, 5e5], [2e5, 7e5]]), np.array([1000.0, 1800.0])
    whole = plant.cool(duty, depths)
    for number, depth in enumerate(depths):
        alone = plant.cool(duty[number], float(depth))
        for name in ("delivered", "power", "flow", "rejected", "heat"):
            np.testing.assert_allclose(
                getattr(whole, name)[number], getattr(alone, name), rtol=1e-9, atol=1e-6
            )


def test_three_ways_with_the_head():
    """A feeder pumps only its loss, a turbine gives back its share, a throttle loses all."""
    power = [float(plant.cool(1e6, 2500.0).power) for plant in (FEEDER, WATER, PLAIN)]
    assert power[0] < power[1] < power[2]
    still = WATER.model_copy(update={"turbine_efficiency": 0.0})
    assert still.cool(1e6, 2500.0).power == PLAIN.cool(1e6, 2500.0).power


def test_slurry_carries_less_cold_than_hard_ice():
    slurry = ICE.model_copy(update={"ice_fraction": 0.7, "ice_temperature": 273.15})
    assert slurry.cool(1e6, 2000.0).flow > ICE.cool(1e6, 2000.0).flow


def test_heat_drives_chillers_and_compressors_make_the_rest():
    """Single effect at 90 °C: 0.65 + 10/15 of 0.1 of cold by heat."""
    performance = 0.65 + 0.1 * 10 / 15
    cold = HEAT.cool(np.array([1e6, 9e6]), 1500.0)
    water = ChilledWater(**COMMON, water_temperature=279.15, turbine_efficiency=0.75)
    driven = water.cool(np.array([1e6, 9e6]), 1500.0)
    duty = chilled_water_delivery([1e6, 9e6], 1500.0, 279.15, 299.15, 0.75, 0.75).sensible_duty
    np.testing.assert_allclose(cold.heat, [duty[0] / performance, 4e6], rtol=1e-12)
    cop = 0.6 * 276.15 / (308.15 - 276.15)
    saved = np.array([duty[0], 4e6 * performance])
    np.testing.assert_allclose(driven.power - cold.power, saved / cop, rtol=1e-9)
    np.testing.assert_allclose(cold.rejected, driven.rejected - saved / cop + cold.heat, rtol=1e-12)
    cold_water = HEAT.model_copy(update={"driving_heat": 0.0}).cool(DUTY, 1500.0)
    np.testing.assert_allclose(cold_water.power, water.cool(DUTY, 1500.0).power, rtol=1e-12)


def test_heat_is_shared_by_the_levels():
    cold = HEAT.cool(np.array([[6e6], [3e6]]), np.array([1500.0, 1500.0]))
    assert cold.heat.sum() == pytest.approx(4e6, rel=1e-12)
    assert cold.heat[0] == pytest.approx(2 * cold.heat[1], rel=1e-12)


def test_bulk_cooler_ends_at_its_set_point():
    heat = sigma_heat([297.15, 281.15], 101325.0)
    most = 600.0 * (heat[0] - heat[1])
    large = BULK.model_copy(update={"water_flow": 3000.0, "factor_of_merit": 0.9})
    cold = large.cool(np.array([[30e6], [10e6]]), np.array([0.0, 0.0]))
    assert cold.delivered.sum() == pytest.approx(float(most), rel=1e-12)
    assert cold.delivered[0] == pytest.approx(3 * cold.delivered[1], rel=1e-12)
    assert BULK.capacity < most  # here the chamber ends first
    at_depth = BULK.cool(1e6, 4000.0)
    assert at_depth.rejected - at_depth.power == pytest.approx(np.e * 1e6, rel=1e-12)


def test_plant_below_against_a_solution_by_hand():
    """Tower and cycle written out, the condensing temperature found by another method."""
    cold = BELOW.cool(3e6, 2000.0)

    def balance(condensing):
        cop = float(cycle_cop("R134a", 276.15, condensing, 0.8))
        hot, wet = condensing - 3.0, 302.15
        gap = float(sigma_heat(hot, 115e3) - sigma_heat(wet, 115e3))
        ratio = 200.0 * 4187.0 * (hot - wet) / (150.0 * gap)
        units = 0.6 / (ratio**0.4 * 0.4)
        e = np.exp(-units * (1 - ratio))
        tower = (1 - e) / (1 - ratio * e) * 200.0 * 4187.0 * (hot - wet)
        return tower - 3e6 * (1 + 1 / cop)

    condensing = brentq(balance, 306.0, 330.0, xtol=1e-10)
    assert float(cold.condenser_temperature) == pytest.approx(condensing, abs=1e-5)
    assert cold.power == pytest.approx(
        3e6 / float(cycle_cop("R134a", 276.15, condensing, 0.8)), rel=1e-6
    )


def test_return_air_limits_the_plant_below():
    cold = BELOW.cool(np.array([20e6, 40e6]), 2000.0)
    assert cold.delivered[0] == cold.delivered[1] < 20e6
    heat = sigma_heat([302.15, 315.15], 115e3)
    assert (cold.rejected <= 150.0 * (heat[1] - heat[0]) * (1 + 1e-12)).all()


def test_ice_needs_five_to_seven_times_less_flow():
    for depth in (1000.0, 4000.0):
        ratio = PLAIN.cool(1e6, depth).flow / ICE.cool(1e6, depth).flow
        assert 4.5 < ratio < 7.5


def test_a_turbine_saves_power_and_flow():
    with_turbine, without = WATER.cool(1e6, 2000.0), PLAIN.cool(1e6, 2000.0)
    assert with_turbine.power < without.power and with_turbine.flow < without.flow


@pytest.mark.parametrize(
    ("plant", "change", "message"),
    [
        (WATER, {"turbine_efficiency": None}, "turbine_efficiency is needed"),
        (PLAIN, {"turbine_efficiency": 0.7}, "leave it out"),
        (WATER, {"water_temperature": 290.15}, "below supply_temperature"),
        (HEAT, {"condensing_temperature": 275.0}, "condensing_temperature must be above"),
        (HEAT, {"return_temperature": 279.0}, "return_temperature must be above"),
        (ICE, {"evaporating_temperature": 272.0}, "below ice_temperature"),
        (ICE, {"condensing_temperature": 260.0}, "above evaporating_temperature"),
        (BULK, {"set_point": 275.15}, "above water_temperature"),
        (BULK, {"condensing_temperature": 276.0}, "condensing_temperature must be above"),
        (BELOW, {"evaporating_temperature": 286.0}, "below supply_temperature"),
        (BELOW, {"return_wet_bulb": 270.0}, "return_wet_bulb must be above"),
        (BELOW, {"return_wet_bulb_limit": 302.0}, "return_wet_bulb_limit must be above"),
        (BELOW, {"condensing_limit": 305.0}, "condensing_limit must exceed"),
    ],
)
def test_plants_that_cannot_be_are_refused(plant, change, message):
    with pytest.raises(ValidationError, match=message):
        type(plant).model_validate(plant.model_dump() | change)
