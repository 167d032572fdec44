import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.physics import air
from comine.physics.air_cooler import cooler_outlet, spray_cooler
from tests.cases import case, load_case

ZERO = 273.15


@case("ventilation/20_spray_cooler_factor_of_merit")
def test_spray_cooler():
    data = load_case("ventilation/20_spray_cooler_factor_of_merit")
    tolerance = data["tolerance"]
    for row in data["expected"]["rows"]:
        wet, cold = ZERO + row["wb_in"], ZERO + row["tw_in"]
        got = spray_cooler(row["m_air"], wet, row["P"], row["m_water"], cold, row["F"])
        assert got.capacity_ratio == pytest.approx(row["R"], rel=1e-4)
        assert got.water_efficiency == pytest.approx(row["eta_w"], rel=1e-4)
        assert got.water_outlet - ZERO == pytest.approx(row["tw_out"], abs=tolerance["t_abs"])
        assert got.wet_bulb_outlet - ZERO == pytest.approx(row["wb_out"], abs=tolerance["t_abs"])
        assert got.duty / 1e3 == pytest.approx(row["duty_kW"], rel=tolerance["duty_rel"])


def test_spray_cooler_where_the_streams_balance():
    wet, cold, pressure, water = 297.15, 281.15, 1.2e5, 60.0
    gap = air.sigma_heat(wet, pressure) - air.sigma_heat(cold, pressure)
    flow = water * 4187.0 * (wet - cold) / gap * np.array([1 - 1e-5, 1.0, 1 + 1e-5])
    got = spray_cooler(flow, wet, pressure, water, cold, 0.6)
    assert got.water_efficiency[1] == pytest.approx(0.6, rel=1e-12)  # F is this, by definition
    np.testing.assert_allclose(got.water_efficiency, 0.6, rtol=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.3, 0.9), st.floats(20, 300), st.floats(20, 300))
def test_spray_cooler_stays_between_the_streams(merit, flow, water):
    got = spray_cooler(flow, 300.15, 1.1e5, water, 280.15, merit)
    assert 280.15 < got.water_outlet < 300.15
    assert 280.15 <= got.wet_bulb_outlet < 300.15
    assert spray_cooler(flow, 300.15, 1.1e5, water, 280.15, merit + 0.05).duty >= got.duty


@settings(max_examples=50, deadline=None)
@given(st.floats(285, 320), st.floats(0.1, 0.99), st.floats(0, 5e6), st.floats(275, 300))
def test_cooler_conserves_heat_and_water(warm, share, asked, water):
    pressure, flow = 1.15e5, 50.0
    ratio = air.humidity_ratio_from_relative_humidity(warm, share, pressure)
    out = cooler_outlet(warm, ratio, pressure, flow, asked, water)
    assert out.duty <= asked
    assert out.humidity_ratio + out.condensate == pytest.approx(ratio, rel=1e-12)
    after = air.enthalpy(out.temperature, out.humidity_ratio)
    after += out.condensate * air.liquid_enthalpy(out.temperature)
    before = air.enthalpy(warm, ratio)
    assert flow * (before - after) == pytest.approx(out.duty, rel=1e-9, abs=0.1)
    assert min(warm, water) - 1e-6 <= out.temperature <= warm + 1e-6
    if out.condensate > 0.0:
        humid = air.relative_humidity(out.temperature, out.humidity_ratio, pressure)
        assert humid == pytest.approx(1.0, abs=1e-9)


def test_cooler_is_limited_by_its_water():
    warm, ratio, pressure = 305.15, 0.020, 1.2e5
    out = cooler_outlet(warm, ratio, pressure, 50.0, 1e9, 280.15, effectiveness=1.0)
    assert out.temperature == pytest.approx(280.15, abs=1e-8)
    usual = cooler_outlet(warm, ratio, pressure, 50.0, 1e9, 280.15)
    assert usual.duty == pytest.approx(0.95 * out.duty, rel=1e-12)
    saturated = air.saturated_humidity_ratio(280.15, pressure)
    rough = 50.0 * (air.enthalpy(warm, ratio) - air.enthalpy(280.15, saturated))
    assert out.duty == pytest.approx(rough, rel=0.01)  # without the condensate's enthalpy
    assert cooler_outlet(warm, ratio, pressure, 50.0, 1e6, 310.0).duty == 0.0


def test_sensible_cooling():
    out = cooler_outlet(305.15, 0.005, 1e5, 10.0, 5e4, 280.15)
    assert out.condensate == 0.0
    assert out.temperature == pytest.approx(305.15 - 5e3 / (1005 + 1884 * 0.005), rel=1e-9)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: spray_cooler(0.0, 300.0, 1e5, 10.0, 280.0, 0.6), "air_flow"),
        (lambda: spray_cooler(10.0, 300.0, 1e5, 10.0, 300.0, 0.6), "water_temperature"),
        (lambda: spray_cooler(10.0, 300.0, 1e5, 10.0, 280.0, 1.0), "factor_of_merit"),
        (lambda: cooler_outlet(300.0, 0.01, 1e5, 0.0, 1.0, 280.0), "air_flow"),
        (lambda: cooler_outlet(300.0, 0.01, 1e5, 1.0, -1.0, 280.0), "duty"),
        (lambda: cooler_outlet(300.0, 0.01, 1e5, 1.0, 1.0, 280.0, 1.2), "effectiveness"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
