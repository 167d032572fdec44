import numpy as np
import pytest
from CoolProp.CoolProp import PropsSI
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.physics.power import (
    PLANTS,
    absorption_chiller,
    flow_exergy,
    heat_pump_performance,
    plant_state,
    thermal_efficiency,
    utilisation_efficiency,
    water_exergy,
)
from comine.physics.resource import stream_heat
from tests.cases import case, load_case

ZERO = 273.15


def exergy_by_equation_of_state(T, T0, p=1.2e6):
    h, s, h0, s0 = (PropsSI(k, "T", t, "P", p, "Water") for t in (T, T0) for k in "HS")
    return float(flow_exergy(h, s, h0, s0, T0))


@case("engineering/E01_power_utilization_efficiency_GEOPHIRES")
def test_utilisation_efficiency_of_the_peer():
    c = load_case("engineering/E01_power_utilization_efficiency_GEOPHIRES")
    i, e = c["inputs"], c["expected"]
    T, T0, cool = (i[k] + ZERO for k in ("T_entering_C", "T_ambient_C", "table_ambient_C"))
    state = plant_state(T, T0, "supercritical_orc")
    found = {
        "availability_MJ_kg": water_exergy(T, T0) / 1e6,
        "etau_supercriticalORC": utilisation_efficiency(T, T0, "supercritical_orc"),
        "P_gross_MW_110kg_s": state.power * i["mdot_kg_s"] / 1e6,
        "exergy_CoolProp_MJ_kg": exergy_by_equation_of_state(T, T0, i["exergy_pressure_Pa"]) / 1e6,
    }
    for plant, name, table in (
        ("subcritical_orc", "sub_ORC", (90, 120, 150, 180)),
        ("single_flash", "single_flash", (150, 180)),
    ):
        power = plant_state(np.array(table) + ZERO, cool, plant).power / 1e3
        found |= {f"{name}_kW_per_kg_s_{t}C": p for t, p in zip(table, power, strict=True)}
    assert {k: float(v) for k, v in found.items()} == pytest.approx(e, rel=c["tolerance"]["rel"])


@case("engineering/E02_Zarrouk_Moon_conversion")
def test_worldwide_conversion():
    c = load_case("engineering/E02_Zarrouk_Moon_conversion")
    h, e = c["inputs"]["h_kJ_kg"] * 1e3, c["expected"]
    found = {
        "all_pct": thermal_efficiency(h) * 100,
        "single_flash_drysteam_pct": thermal_efficiency(h, "single_flash") * 100,
        "double_flash_pct": thermal_efficiency(h, "double_flash") * 100,
        "binary_pct": thermal_efficiency(h, "binary") * 100,
    }
    assert {k: float(v) for k, v in found.items()} == pytest.approx(e, rel=c["tolerance"]["rel"])


@case("engineering/E03_cascade_energy_balance")
def test_cascade():
    c = load_case("engineering/E03_cascade_energy_balance")
    i, e = c["inputs"], c["expected"]
    _, warm, cool = zip(*i["stages"], strict=True)
    heat = stream_heat(i["m_kg_s"], i["cp"] * 1e3, np.array(warm) + ZERO, np.array(cool) + ZERO)
    cold = heat[0] * i["COP_abs"]
    hp = heat_pump_performance(
        i["HP_source_C"] + ZERO, i["HP_sink_C"] + ZERO, i["HP_carnot_fraction"]
    )
    orc = plant_state(i["orc_T_C"] + ZERO, i["orc_ambient_C"] + ZERO, "subcritical_orc").power
    found = {
        "heat_kW": heat.sum() / 1e3,
        "cold_kW": cold / 1e3,
        "chiller_heat_rejection_kW": (heat[0] + cold) / 1e3,
        "COP_hp": hp,
        "hp_delivered_kW": heat[-1] * hp / (hp - 1) / 1e3,
        "orc_alternative_kWe": orc * i["m_kg_s"] / 1e3,
    }
    assert {k: float(v) for k, v in found.items()} == pytest.approx(e, rel=c["tolerance"]["rel"])
    # the case's coefficient is within the chiller's table at its inlet and outlet
    table = absorption_chiller([warm[0] + ZERO, cool[0] + ZERO]).performance
    assert table.min() <= i["COP_abs"] <= table.max()


@pytest.mark.parametrize("T", [60.0, 100.0, 150.0, 200.0])
@pytest.mark.parametrize("T0", [5.0, 20.0])
def test_water_exergy_against_the_equation_of_state(T, T0):
    exact = exergy_by_equation_of_state(T + ZERO, T0 + ZERO, 2e6)
    assert float(water_exergy(T + ZERO, T0 + ZERO)) == pytest.approx(exact, rel=0.03)


def test_no_power_below_the_limit():
    T = np.array([320.0, 358.0, 359.0])
    state = plant_state(T, 288.15, "subcritical_orc")
    np.testing.assert_array_equal(state.running, [False, False, True])
    np.testing.assert_array_equal(state.power[:2], 0.0)
    np.testing.assert_array_equal(state.outlet_temperature[:2], T[:2])
    assert state.power[2] > 0
    warmer = plant_state(T, 288.15, "subcritical_orc", lower_limit=400.0)
    assert not warmer.running.any()


@pytest.mark.parametrize("plant", PLANTS)
def test_plants_obey_the_second_law_and_cool_the_brine(plant):
    T = np.linspace(PLANTS[plant].lower_limit, 473.15, 30)
    for ambient in (278.15, 288.15, 298.15):
        state = plant_state(T, ambient, plant)
        assert np.all(state.power < water_exergy(T, ambient))
        assert np.all(np.diff(state.power) > 0)
        assert np.all(state.outlet_temperature < T)


@given(T=st.floats(430.0, 470.0), T0=st.floats(278.15, 297.0), plant=st.sampled_from(list(PLANTS)))
@settings(max_examples=50, deadline=None)
def test_warmer_surroundings_give_less_power(T, T0, plant):
    warm, cool = (plant_state(T, t, plant).power for t in (T0 + 1.0, T0))
    assert warm < cool


def test_chiller_table():
    chiller = absorption_chiller(np.array([59.9, 60.0, 75.0, 79.9, 80.0, 95.0, 120.0]) + ZERO)
    np.testing.assert_allclose(chiller.performance, [0.0, 0.3, 0.4, 0.4, 0.65, 0.75, 0.75])
    np.testing.assert_array_equal(chiller.effects, [0.0, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plant_state(400.0, 303.15, "subcritical_orc"), "ambient"),
        (lambda: plant_state(400.0, 293.15, "stirling"), "plant"),
        (lambda: plant_state(320.0, 293.15, "supercritical_orc", 300.0), "temperature"),
        (lambda: water_exergy(280.0, 293.15), "temperature"),
        (lambda: water_exergy(700.0, 293.15), "temperature"),
        (lambda: thermal_efficiency(306e3), "enthalpy"),
        (lambda: thermal_efficiency(700e3, "triple"), "plants"),
        (lambda: heat_pump_performance(300.0, 290.0, 0.5), "sink"),
        (lambda: heat_pump_performance(280.0, 380.0, 0.2), "carnot_share"),
        (lambda: flow_exergy(1.0, 1.0, 0.0, 0.0, -1.0), "dead_temperature"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=f"^{message}:"):
        call()
