import numpy as np
import pytest
from scipy.optimize import brentq

from comine.physics.refrigeration import (
    carnot_cop,
    chilled_water_delivery,
    cycle_cop,
    ice_delivery,
)
from tests.cases import case, load_case

ZERO = 273.15


@case("ventilation/19_refrigeration_COP")
def test_cop_by_condensing_temperature():
    data = load_case("ventilation/19_refrigeration_COP")
    rel, efficiency = data["tolerance"]["rel"], data["inputs"]["eta_is"]
    for row in data["expected"]["rows"]:
        cold, hot = ZERO + row["t_evap"], ZERO + row["t_cond"]
        cop = cycle_cop(row["fluid"], cold, hot, efficiency)
        assert cop == pytest.approx(row["COP"], rel=rel)
        assert carnot_cop(cold, hot) == pytest.approx(row["carnot"], rel=rel)
        assert carnot_cop(cold, hot, row["fraction"]) == pytest.approx(row["COP"], rel=rel)


@case("ventilation/18_chilled_water_vs_ice_delivery")
def test_water_against_ice_by_depth():
    data = load_case("ventilation/18_chilled_water_vs_ice_delivery")
    rows, rel = data["expected"]["rows"], data["tolerance"]["rel"]
    depth = np.array([row["depth"] for row in rows])
    water = chilled_water_delivery(1e6, depth, ZERO + 3, ZERO + 26, 0.75)
    turbine = chilled_water_delivery(1e6, depth, ZERO + 3, ZERO + 26, 0.75, 0.75)
    ice = ice_delivery(1e6, depth, ZERO - 2, ZERO + 26, 0.75)
    computed = {
        "JT_rise_K": water.temperature_rise,
        "water_kg_s_per_MW_no_turbine": water.mass_flow,
        "water_kg_s_per_MW_turbine75": turbine.mass_flow,
        "pump_kW_no_turbine": water.pump_power / 1e3,
        "pump_kW_net_turbine75": (turbine.pump_power - turbine.turbine_power) / 1e3,
        "ice_kg_s_per_MW": ice.mass_flow,
        "ice_pump_kW": ice.pump_power / 1e3,
        "flow_ratio_water_to_ice": water.mass_flow / ice.mass_flow,
    }
    for name, values in computed.items():
        np.testing.assert_allclose(values, [row[name] for row in rows], rtol=rel, err_msg=name)
    # the reference notes' table of electric power, rounded to 1 kW: COP 5.5, and 3.2 to freeze
    for delivery, power in (
        (water, [354, 569, 849, 1224]),
        (turbine, [248, 317, 390, 467]),
        (ice, [317, 355, 394, 436]),
    ):
        plant = delivery.sensible_duty / 5.5 + delivery.ice_duty / 3.2
        total = plant + delivery.pump_power - delivery.turbine_power
        np.testing.assert_allclose(total[::2] / 1e3, power, rtol=4e-3)


@case("engineering/F03_ice_vs_chilled_water")
def test_ice_against_chilled_water_in_a_deep_mine():
    data = load_case("engineering/F03_ice_vs_chilled_water")
    given_, expected, rel = data["inputs"], data["expected"], data["tolerance"]["rel"]
    cooling, pump = given_["Q_cooling_kW"] * 1e3, given_["eta_pump"]
    back = ZERO + given_["T_return_C"]

    def water(depth, turbine=0.0):
        chilled = ZERO + given_["T_chilled_C"]
        return chilled_water_delivery(cooling, depth, chilled, back, pump, turbine)

    def ice(depth):
        return ice_delivery(cooling, depth, ZERO, back, pump, given_["ice_fraction"])

    def power(delivery, cop):
        plant = (delivery.sensible_duty + delivery.ice_duty) / cop
        return plant + delivery.pump_power - delivery.turbine_power

    def breakeven(turbine):
        def difference(depth):
            chilled = power(water(depth, turbine), given_["COP_chiller"])
            return float(chilled - power(ice(depth), given_["COP_ice"]))

        return brentq(difference, 500.0, 9000.0)

    depth, turbine = given_["depth_m"], given_["eta_turbine"]
    plain, recovered, frozen = water(depth), water(depth, turbine), ice(depth)
    computed = {
        "JT_rise_K": plain.temperature_rise,
        "q_chilled_kJ_kg": cooling / plain.mass_flow / 1e3,
        "q_ice_kJ_kg": cooling / frozen.mass_flow / 1e3,
        "water_ratio": plain.mass_flow / frozen.mass_flow,
        "water_ratio_with_turbine": recovered.mass_flow / frozen.mass_flow,
        "m_chilled_kg_s": plain.mass_flow,
        "m_ice_kg_s": frozen.mass_flow,
        "pump_chilled_kW": plain.pump_power / 1e3,
        "pump_ice_kW": frozen.pump_power / 1e3,
        "total_chilled_kW": power(plain, given_["COP_chiller"]) / 1e3,
        "total_chilled_turbine_kW": power(recovered, given_["COP_chiller"]) / 1e3,
        "total_ice_kW": power(frozen, given_["COP_ice"]) / 1e3,
        "breakeven_depth_no_turbine_m": breakeven(0.0),
        "breakeven_depth_turbine_m": breakeven(turbine),
        "ice_t_per_day": frozen.mass_flow * 86.4,
    }
    assert computed.keys() == expected.keys()
    for name, value in computed.items():
        assert value == pytest.approx(expected[name], rel=rel), name


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: carnot_cop(300.0, 290.0), "condensing"),
        (lambda: carnot_cop(273.0, 300.0, 1.5), "share"),
        (lambda: cycle_cop("Ammonia", 273.0, 300.0, 1.5), "isentropic_efficiency"),
        (lambda: cycle_cop("Ammonia", 273.0, 500.0, 0.8), "Tcrit|critical|saturat"),
        (lambda: chilled_water_delivery(1e6, 1e3, 276.0, 277.0, 0.75), "return_temperature"),
        (lambda: chilled_water_delivery(1e6, 1e3, 276.0, 299.0, 7.5), "pump_efficiency"),
        (lambda: chilled_water_delivery(1e6, 1e3, 276.0, 299.0, 0.0), "pump_efficiency"),
        (lambda: ice_delivery(1e6, 1e3, 280.0, 299.0, 0.75), "ice_temperature"),
        (lambda: ice_delivery(1e6, 1e3, 270.0, 299.0, 0.75, -0.1), "ice_fraction"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
