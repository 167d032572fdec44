import numpy as np
import pytest
from CoolProp.HumidAirProp import HAPropsSI
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from comine.physics import air
from comine.physics.bisection import bisect
from comine.physics.cooling_coil import Coil, coil_effectiveness, cooling_coil

PRESSURE, WATER = 1.1e5, 4187.0
COIL = Coil(25e3, 40e3, 12.0, 280.15)


def test_roots_of_many_functions():
    root = np.array([0.1, 2.0, 7.3])
    found = bisect(lambda x: np.expm1(x - root), 0.0, np.full(3, 10.0))
    np.testing.assert_allclose(found, root, atol=1e-14)
    with pytest.raises(ValueError, match="low must not be above high"):
        bisect(lambda x: x, 1.0, 0.0)


@pytest.mark.parametrize(("units", "ratio"), [(0.3, 0.2), (2.0, 0.9), (2.0, 1.0), (4.0, 3.0)])
def test_effectiveness_against_the_two_equations_of_counterflow(units, ratio, measured):
    """Both streams integrated over the surface, the outlet of the second one found by a line."""

    def streams(other):
        end = solve_ivp(
            lambda _, t: [-units * (t[0] - t[1]), -units * ratio * (t[0] - t[1])],
            (0.0, 1.0), [1.0, other], rtol=1e-11, atol=1e-13,
        )  # fmt: skip
        return end.y[:, -1]

    outlet = brentq(lambda other: streams(other)[1], -1e-9, 1.0)
    exact = 1.0 - streams(outlet)[0]
    error = coil_effectiveness(units, ratio) / exact - 1.0
    measured.deviation("refrigeration", "counterflow effectiveness", "both streams", error, 1e-8)


def test_effectiveness_in_the_limits():
    assert coil_effectiveness(0.0, 0.5) == 0.0
    np.testing.assert_allclose(coil_effectiveness(500.0, [0.0, 0.5, 2.0]), [1.0, 1.0, 0.5])
    near = coil_effectiveness(3.0, [1 - 1e-6, 1.0, 1 + 1e-6])
    np.testing.assert_allclose(near, 0.75, rtol=1e-6)


def integrated(warm, ratio, flow, coil):
    """Duty of a wet coil whose saturation curve is followed along the surface."""
    wet = air.wet_bulb(warm, ratio, PRESSURE)
    heat = 1005.0 + 1884.0 * ratio
    temperature = np.linspace(coil.water_temperature - 1, float(wet) + 1, 4000)
    saturated = air.sigma_heat(temperature, PRESSURE)

    def change(_, state):
        sigma, water = state
        outer, inner = coil.air_conductance / heat, coil.water_conductance
        balance = outer * saturated + inner * temperature
        surface = np.interp(outer * sigma + inner * water, balance, temperature)
        q = inner * (surface - water)
        return [-q / flow, -q / (coil.water_flow * WATER)]

    def miss(outlet):
        end = solve_ivp(change, (0, 1), [float(air.sigma_heat(wet, PRESSURE)), outlet], rtol=1e-8)
        return end.y[1, -1] - coil.water_temperature

    outlet = brentq(miss, coil.water_temperature, float(wet) - 1e-6, xtol=1e-8)
    return coil.water_flow * WATER * (outlet - coil.water_temperature)


@pytest.mark.parametrize("size", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("humidity", [0.7, 0.95])
def test_wet_coil_against_its_equations_along_the_surface(size, humidity, measured):
    warm = 305.15
    ratio = float(air.humidity_ratio_from_relative_humidity(warm, humidity, PRESSURE))
    coil = COIL._replace(air_conductance=25e3 * size, water_conductance=40e3 * size)
    got = cooling_coil(warm, ratio, PRESSURE, 15.0, coil)
    assert got.wet
    error = got.air.duty / integrated(warm, ratio, 15.0, coil) - 1.0
    measured.deviation(
        "refrigeration", "duty of a wet coil", "its equations along the surface", error, 1e-3
    )


def test_balance_of_a_wet_coil_against_coolprop(measured):
    warm, share, flow = 305.15, 0.7, 15.0
    vapour = HAPropsSI("W", "T", warm, "R", share, "P", PRESSURE)
    got = cooling_coil(warm, vapour, PRESSURE, flow, COIL)

    def enthalpy(t, w):
        return HAPropsSI("H", "T", t, "W", w, "P", PRESSURE)

    after = min(
        float(got.air.humidity_ratio),
        HAPropsSI("W", "T", float(got.air.temperature), "R", 1, "P", PRESSURE),
    )
    liquid = WATER * (got.air.temperature - 273.15) * got.air.condensate
    lost = flow * (enthalpy(warm, vapour) - enthalpy(float(got.air.temperature), after) - liquid)
    error = lost / got.air.duty - 1
    measured.deviation("refrigeration", "duty of a wet coil", "enthalpies by CoolProp", error, 0.01)
    gained = COIL.water_flow * WATER * (got.water_outlet - COIL.water_temperature)
    assert gained == pytest.approx(float(got.air.duty), rel=1e-9)


def test_dry_coil_is_an_ordinary_exchanger():
    warm, ratio, flow = 305.15, 0.004, 15.0
    coil = COIL._replace(water_temperature=290.15)  # above the dew point
    got = cooling_coil(warm, ratio, PRESSURE, flow, coil)
    rate, other = flow * (1005 + 1884 * ratio), 12.0 * WATER
    units, share = 1 / (1 / 25e3 + 1 / 40e3) / rate, rate / other
    e = np.exp(-units * (1 - share))
    assert not got.wet
    assert got.air.condensate == 0.0
    assert got.air.duty == pytest.approx((1 - e) / (1 - share * e) * rate * 15.0, rel=1e-12)


def test_a_wet_coil_is_an_ordinary_exchanger_where_saturation_is_a_line(measured):
    """Over a tenth of a kelvin; the counterflow formula on sigma heat."""
    wet, cold, flow = 295.15, 295.05, 15.0
    ratio = air.saturated_humidity_ratio(wet, PRESSURE)
    coil = COIL._replace(water_temperature=cold)
    gap = air.sigma_heat(wet, PRESSURE) - air.sigma_heat(cold, PRESSURE)
    slope, heat = gap / (wet - cold), 1005 + 1884 * ratio
    units = 1 / (heat / 25e3 + slope / 40e3) / flow
    e = np.exp(-units * (1 - (share := flow * slope / (12.0 * WATER))))
    error = cooling_coil(wet, ratio, PRESSURE, flow, coil).air.duty
    error = error / ((1 - e) / (1 - share * e) * flow * gap) - 1
    against = "counterflow formula on sigma heat"
    measured.deviation("refrigeration", "wet coil over 0.1 K", against, error, 2e-3)


def test_no_duty_above_the_limit():
    """A coil without end reaches 0.95 of what saturation at the water's temperature allows."""
    warm, ratio, flow = 305.15, 0.020, 15.0
    endless = Coil(1e9, 1e9, 1e4, 280.15)
    got = cooling_coil(warm, ratio, PRESSURE, flow, endless)
    least = air.saturated_humidity_ratio(280.15, PRESSURE)
    gap = air.enthalpy(warm, ratio) - air.enthalpy(280.15, least)
    gap -= (ratio - least) * air.liquid_enthalpy(280.15)
    assert got.air.duty == pytest.approx(0.95 * flow * gap, rel=1e-12)
    assert cooling_coil(280.0, 0.004, PRESSURE, flow, COIL).air.duty == 0.0


@settings(max_examples=40, deadline=None)
@given(
    st.floats(290, 318), st.floats(0.2, 1.0), st.floats(2, 60), st.floats(0.5, 40),
    st.floats(5e3, 1e5), st.floats(275, 300),
)  # fmt: skip
def test_more_surface_and_water_never_cool_less(warm, share, flow, water, area, cold):
    ratio = air.humidity_ratio_from_relative_humidity(warm, share, PRESSURE)
    coil = Coil(area, 2 * area, water, cold)
    duty = cooling_coil(warm, ratio, PRESSURE, flow, coil).air.duty
    larger = coil._replace(air_conductance=1.3 * area), coil._replace(water_flow=1.3 * water)
    for better in larger:
        assert cooling_coil(warm, ratio, PRESSURE, flow, better).air.duty >= duty * (1 - 1e-9)
    outlet = cooling_coil(warm, ratio, PRESSURE, flow, coil).water_outlet
    assert cold <= outlet <= max(warm, cold) + 1e-9


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: coil_effectiveness(-1.0, 0.5), "transfer_units"),
        (lambda: coil_effectiveness(1.0, -0.5), "capacity_ratio"),
        (lambda: cooling_coil(300.0, 0.01, 1e5, 0.0, COIL), "air_flow"),
        (lambda: cooling_coil(300.0, 0.01, 1e5, 1.0, COIL._replace(water_flow=0.0)), "water_flow"),
        (lambda: cooling_coil(300.0, 0.01, 1e5, 1.0, Coil(0, 1, 1, 280.0)), "air_conductance"),
        (lambda: cooling_coil(300.0, 0.01, 1e5, 1.0, Coil(1, 0, 1, 280.0)), "water_conductance"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
