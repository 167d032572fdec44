import numpy as np
import pytest
from CoolProp.HumidAirProp import HAPropsSI
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from comine.physics import air
from comine.physics.air_cooler import spray_cooler, spray_tower
from comine.physics.refrigeration import carnot_cop, cycle_cop
from comine.physics.underground_plant import (
    ReturnAir,
    Tower,
    performance_curve,
    rejection_limit,
    underground_plant,
)

SPAN = (300.15, 335.15)
CURVE = performance_curve("R134a", 276.15, 0.8, SPAN)
RETURN = ReturnAir(100.0, 302.15, 110e3, 313.15)
TOWER = Tower(120.0, 0.6, 3.0, 333.15)


@pytest.mark.parametrize("fluid", ["R134a", "R1234ze(E)", "Ammonia"])
def test_curve_against_the_cycle(fluid, measured):
    curve = performance_curve(fluid, 276.15, 0.8, SPAN)
    condensing = np.linspace(*SPAN, 12)
    error = curve(condensing) / cycle_cop(fluid, 276.15, condensing, 0.8) - 1.0
    measured.deviation("refrigeration", "curve of performance", "the cycle itself", error, 1e-7)
    with pytest.raises(ValueError, match="condensing"):
        curve(np.array([340.0]))


def test_tower_warms_the_air_by_what_the_water_loses(measured):
    """Air leaves saturated; the tower's heat in enthalpies of CoolProp, make-up water at 0 °C."""
    got = spray_tower(100.0, 303.15, 110e3, 120.0, 318.15, 0.6)
    assert -got.duty == pytest.approx(
        120.0 * 4187.0 * (318.15 - float(got.water_outlet)), rel=1e-12
    )

    def saturated(t):
        return HAPropsSI("H", "T", t, "R", 1, "P", 110e3), HAPropsSI(
            "W", "T", t, "R", 1, "P", 110e3
        )

    (h1, w1), (h2, w2) = saturated(303.15), saturated(float(got.wet_bulb_outlet))
    water = 4187.0 * (w2 * (got.wet_bulb_outlet - 273.15) - w1 * 30.0)
    error = 100.0 * (h2 - h1 - water) / -got.duty - 1.0
    what, against = "heat of a spray tower", "enthalpies by CoolProp"
    measured.deviation("refrigeration", what, against, error, 0.01)


def test_tower_without_end_brings_the_lesser_stream_to_the_other():
    """F of almost 1: much air takes the water to the wet bulb."""
    got = spray_tower(1e4, 303.15, 110e3, 10.0, 318.15, 0.999)
    assert got.water_outlet == pytest.approx(303.15, abs=1e-6)


def test_rejection_limit_by_hand():
    heat = air.sigma_heat([302.15, 313.15], 110e3)
    assert rejection_limit(RETURN) == pytest.approx(100.0 * (heat[1] - heat[0]), rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 12e6), st.floats(20, 300), st.floats(0.3, 0.8))
def test_balance_of_the_plant(asked, flow, merit):
    got = underground_plant(
        asked, CURVE, RETURN._replace(air_flow=flow), TOWER._replace(factor_of_merit=merit)
    )
    assert got.duty == min(asked, got.capacity)
    assert got.rejected == pytest.approx(float(got.duty + got.power), rel=1e-12)
    assert got.rejected <= rejection_limit(RETURN._replace(air_flow=flow)) * (1 + 1e-9)
    assert got.wet_bulb_outlet <= RETURN.wet_bulb_limit + 1e-6
    assert 305.15 <= got.condensing <= 333.15
    if asked > 0:
        hot = got.condensing - 3.0
        tower = spray_tower(flow, 302.15, 110e3, 120.0, hot, merit)
        assert -tower.duty == pytest.approx(float(got.rejected), rel=1e-6, abs=10.0)
        ideal = carnot_cop(276.15, got.condensing)
        assert got.duty < ideal * got.power


@settings(max_examples=25, deadline=None)
@given(st.floats(1e5, 8e6), st.floats(50, 200))
def test_more_duty_or_less_air_condenses_hotter(asked, flow):
    air_ = RETURN._replace(air_flow=flow)
    got = underground_plant([asked, 1.2 * asked], CURVE, air_, TOWER)
    assert got.condensing[1] >= got.condensing[0] - 1e-9
    more = underground_plant(asked, CURVE, RETURN._replace(air_flow=1.2 * flow), TOWER)
    assert more.capacity >= got.capacity[0]
    if got.duty[0] == asked:
        assert more.power <= got.power[0] * (1 + 1e-9)


def test_condensing_temperature_by_another_method(measured):
    def balance(condensing):
        tower = spray_tower(100.0, 302.15, 110e3, 120.0, condensing - 3.0, 0.6)
        return -tower.duty - 2e6 * (1 + 1 / float(cycle_cop("R134a", 276.15, condensing, 0.8)))

    exact = brentq(balance, 306.0, 330.0, xtol=1e-9)
    got = underground_plant(2e6, CURVE, RETURN, TOWER)
    measured.deviation(
        "refrigeration", "condensing temperature underground", "Brent on the cycle itself",
        got.condensing - exact, 1e-5, "K",
    )  # fmt: skip


def test_the_condenser_can_end_first():
    hot = underground_plant(9e6, CURVE, RETURN, TOWER._replace(highest=312.15))
    assert hot.condensing == pytest.approx(312.15, abs=1e-9)
    assert hot.rejected < rejection_limit(RETURN)
    free = underground_plant(9e6, CURVE, RETURN, TOWER)
    assert free.rejected == pytest.approx(float(rejection_limit(RETURN)), rel=1e-9)
    assert free.wet_bulb_outlet == pytest.approx(313.15, abs=1e-6)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: spray_tower(10.0, 300.0, 1e5, 10.0, 300.0, 0.6), "water_temperature"),
        (lambda: spray_tower(10.0, 300.0, 1e5, 0.0, 310.0, 0.6), "water_flow"),
        (lambda: spray_cooler(10.0, 300.0, 1e5, 10.0, 310.0, 0.6), "water_temperature"),
        (lambda: rejection_limit(RETURN._replace(air_flow=0.0)), "air_flow"),
        (lambda: rejection_limit(RETURN._replace(wet_bulb_limit=300.0)), "wet_bulb_limit"),
        (lambda: underground_plant(-1.0, CURVE, RETURN, TOWER), "duty"),
        (lambda: underground_plant(1.0, CURVE, RETURN, TOWER._replace(highest=305.0)), "highest"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
