import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.physics import air
from tests.cases import case, load_case

ZERO = 273.15
temperatures = st.floats(ZERO - 5, ZERO + 60)
pressures = st.floats(8e4, 1.5e5)
shares = st.floats(0.01, 0.999)


@case("ventilation/12_psychrometrics_three_sources")
def test_states_at_mine_pressures():
    data = load_case("ventilation/12_psychrometrics_three_sources")
    rows, tolerance = data["expected"]["rows"], data["tolerance"]
    assert [[r["td"], r["tw"], r["P"]] for r in rows] == data["inputs"]["states"]
    dry = ZERO + np.array([row["td"] for row in rows])
    wet = ZERO + np.array([row["tw"] for row in rows])
    pressure = np.array([row["P"] for row in rows])
    ratio = air.humidity_ratio_from_wet_bulb(dry, wet, pressure)
    share = air.relative_humidity(dry, ratio, pressure)
    heat = air.enthalpy(dry, ratio) / 1e3
    for source in ("McPherson", "psychrolib", "CoolProp"):
        expected = {key: [row[source][key] for row in rows] for key in ("X", "rh", "h_kJ_kg")}
        np.testing.assert_allclose(ratio, expected["X"], rtol=tolerance[f"X_rel_vs_{source}"])
        np.testing.assert_allclose(share, expected["rh"], atol=tolerance["rh_abs"], rtol=0)
        np.testing.assert_allclose(heat, expected["h_kJ_kg"], atol=tolerance["h_abs_kJ"], rtol=0)
    recalled = {key: [r["McPherson"][key] for r in rows] for key in ("sigma_kJ_kg", "rho_moist")}
    np.testing.assert_allclose(air.sigma_heat(wet, pressure) / 1e3, recalled["sigma_kJ_kg"], 1e-6)
    np.testing.assert_allclose(air.density(dry, ratio, pressure), recalled["rho_moist"], 1e-5)
    np.testing.assert_allclose(air.wet_bulb(dry, ratio, pressure), wet, rtol=1e-12)


@pytest.fixture(scope="module")
def psychrolib():
    import psychrolib

    psychrolib.SetUnitSystem(psychrolib.SI)
    return psychrolib


@pytest.mark.parametrize("celsius", [5.0, 20.0, 35.0, 60.0])
@pytest.mark.parametrize("pressure", [9e4, 1.25e5])
def test_against_psychrolib(psychrolib, celsius, pressure):
    ratio = psychrolib.GetHumRatioFromRelHum(celsius, 0.5, pressure)
    dry = ZERO + celsius
    assert air.saturation_pressure(dry) == pytest.approx(psychrolib.GetSatVapPres(celsius), 1.5e-3)
    ours = air.humidity_ratio_from_relative_humidity(dry, 0.5, pressure)
    assert ours == pytest.approx(ratio, rel=2e-3)
    wet = psychrolib.GetTWetBulbFromHumRatio(celsius, ratio, pressure)
    assert air.wet_bulb(dry, ratio, pressure) == pytest.approx(ZERO + wet, abs=0.03)
    heat = psychrolib.GetMoistAirEnthalpy(celsius, ratio)
    assert air.enthalpy(dry, ratio) == pytest.approx(heat, rel=2e-3)
    assert air.density(dry, ratio, pressure) == pytest.approx(
        psychrolib.GetMoistAirDensity(celsius, ratio, pressure), rel=5e-4
    )


@pytest.mark.parametrize(("celsius", "share"), [(15.0, 0.6), (30.0, 0.4), (45.0, 0.5)])
def test_against_the_real_gas(celsius, share):
    from CoolProp.HumidAirProp import HAPropsSI

    pressure, dry = 1.2e5, ZERO + celsius
    known = ("T", dry, "P", pressure, "R", share)
    ratio = air.humidity_ratio_from_relative_humidity(dry, share, pressure)
    assert ratio == pytest.approx(HAPropsSI("W", *known), rel=7.5e-3)
    assert air.wet_bulb(dry, ratio, pressure) == pytest.approx(HAPropsSI("B", *known), abs=0.05)
    volume = HAPropsSI("V", *known)
    assert air.dry_density(dry, ratio, pressure) == pytest.approx(1 / volume, rel=1e-3)
    assert air.air_viscosity(dry) == pytest.approx(HAPropsSI("mu", *known), rel=0.03)
    assert air.air_conductivity(dry) == pytest.approx(HAPropsSI("k", *known), rel=0.03)


def test_latent_heat_and_saturation_against_water():
    from CoolProp.CoolProp import PropsSI

    for celsius in (1.0, 20.0, 40.0, 60.0):
        dry = ZERO + celsius
        vapour, liquid = (PropsSI("H", "T", dry, "Q", q, "Water") for q in (1, 0))
        assert air.latent_heat(dry) == pytest.approx(vapour - liquid, rel=1e-3)
        saturated = PropsSI("P", "T", dry, "Q", 1, "Water")
        assert air.saturation_pressure(dry) == pytest.approx(saturated, rel=2e-3)


def test_slope_is_the_derivative():
    dry = ZERO + np.array([0.0, 25.0, 60.0])
    difference = air.saturation_pressure(dry + 1e-3) - air.saturation_pressure(dry - 1e-3)
    np.testing.assert_allclose(air.saturation_pressure_slope(dry), difference / 2e-3, rtol=1e-8)


@settings(max_examples=50, deadline=None)
@given(temperatures, shares, pressures)
def test_round_trips(dry, share, pressure):
    ratio = air.humidity_ratio_from_relative_humidity(dry, share, pressure)
    vapour = air.vapour_pressure(ratio, pressure)
    assert air.humidity_ratio(vapour, pressure) == pytest.approx(ratio, rel=1e-12)
    assert air.relative_humidity(dry, ratio, pressure) == pytest.approx(share, rel=1e-12)
    wet = air.wet_bulb(dry, ratio, pressure)
    assert wet < dry
    back = air.humidity_ratio_from_wet_bulb(dry, wet, pressure)
    assert back == pytest.approx(ratio, rel=1e-9, abs=1e-13)
    heat = air.enthalpy(dry, ratio)
    assert air.temperature_from_enthalpy(heat, ratio) == pytest.approx(dry, rel=1e-13)
    sigma = air.sigma_heat(wet, pressure)
    assert sigma == pytest.approx(heat - ratio * air.liquid_enthalpy(wet), abs=1e-5)
    assert air.temperature_from_sigma_heat(sigma, pressure) == pytest.approx(wet, rel=1e-12)
    moist = air.density(dry, ratio, pressure)
    assert moist == pytest.approx((pressure - 0.378 * vapour) / (287.04 * dry), rel=1e-12)


@settings(max_examples=50, deadline=None)
@given(temperatures, shares, pressures, st.floats(1e-5, 1e-3))
def test_wet_bulb_rises_with_moisture_and_temperature(dry, share, pressure, more):
    ratio = air.humidity_ratio_from_relative_humidity(dry, 0.9 * share, pressure)
    wet = air.wet_bulb(dry, ratio, pressure)
    assert air.wet_bulb(dry, ratio + more, pressure) > wet
    assert air.wet_bulb(dry + 1.0, ratio, pressure) > wet


@settings(max_examples=50, deadline=None)
@given(temperatures, st.floats(1.01, 4.0), pressures)
def test_condensation_keeps_water_and_heat(dry, excess, pressure):
    ratio = excess * air.saturated_humidity_ratio(dry, pressure)
    state = air.condense(dry, ratio, pressure)
    assert state.temperature > dry
    assert air.relative_humidity(state.temperature, state.humidity_ratio, pressure) == (
        pytest.approx(1.0, abs=1e-10)
    )
    assert state.humidity_ratio + state.liquid == pytest.approx(ratio, rel=1e-12)
    after = air.enthalpy(state.temperature, state.humidity_ratio)
    after = after + state.liquid * air.liquid_enthalpy(state.temperature)
    assert after == pytest.approx(air.enthalpy(dry, ratio), abs=1e-4)


def test_unsaturated_air_does_not_condense():
    state = air.condense([293.15, 303.15], [0.010, 0.0], 1e5)
    np.testing.assert_allclose(state.temperature, [293.15, 303.15], rtol=1e-14)
    np.testing.assert_array_equal(state.humidity_ratio, [0.010, 0.0])
    np.testing.assert_array_equal(state.liquid, 0.0)


def test_cooling_below_the_dew_point_broadcasts_and_conserves():
    heat = air.enthalpy(305.0, 0.020) - np.array([[2e3], [20e3], [45e3]])
    state = air.state_from_enthalpy(heat, 0.020, [9e4, 1.2e5])
    assert state.temperature.shape == (3, 2)
    assert not state.liquid[0].any()
    assert np.all(state.liquid[1:] > 0)
    kept = air.enthalpy(state.temperature, state.humidity_ratio)
    kept += state.liquid * air.liquid_enthalpy(state.temperature)
    np.testing.assert_allclose(kept, np.broadcast_to(heat, (3, 2)), atol=1e-4)


def test_extreme_states_converge_quietly():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        wet = air.wet_bulb([372.0, 330.0, 300.0], [0.0, 0.4, 0.0], [1.2e5, 1e5, 6e4])
    back = air.humidity_ratio_from_wet_bulb([372.0], wet[:1], 1.2e5)
    np.testing.assert_allclose(back, 0.0, atol=1e-12)
    assert wet[1] > 330.0  # supersaturated air, after condensation


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: air.saturation_pressure(25.0), "temperature"),
        (lambda: air.saturation_pressure(np.nan), "temperature"),
        (lambda: air.enthalpy(300.0, -0.01), "humidity_ratio"),
        (lambda: air.humidity_ratio(1e5, 1e5), "vapour_pressure"),
        (lambda: air.humidity_ratio(-1.0, 1e5), "vapour_pressure"),
        (lambda: air.saturated_humidity_ratio(373.15, 9e4), "vapour_pressure"),
        (lambda: air.vapour_pressure(0.01, 0.0), "pressure"),
        (lambda: air.humidity_ratio_from_wet_bulb(300.0, 301.0, 1e5), "wet_bulb"),
        (lambda: air.humidity_ratio_from_wet_bulb(330.0, 280.0, 1e5), "wet_bulb"),
        (lambda: air.humidity_ratio_from_relative_humidity(300.0, 1.1, 1e5), "relative_humidity"),
        (lambda: air.state_from_enthalpy(-2e5, 0.01, 1e5), "enthalpy"),
        (lambda: air.state_from_enthalpy(3e5, 0.01, 1e5), "temperature"),
        (lambda: air.temperature_from_sigma_heat(1e9, 1e5), "enthalpy"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
