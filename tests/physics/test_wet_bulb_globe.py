import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythermalcomfort.environment import mean_radiant_tmp
from pythermalcomfort.models import wbgt

from comine.physics.wet_bulb_globe import (
    globe_temperature,
    natural_wet_bulb,
    wet_bulb_globe_temperature,
)
from comine.physics.workplace import heat_readings

ZERO = 273.15


def test_index_as_an_independent_code_has_it():
    wick, globe = np.array([20.0, 25.0, 31.5]), np.array([28.0, 32.0, 45.0])
    ours = wet_bulb_globe_temperature(ZERO + wick, ZERO + globe) - ZERO
    np.testing.assert_allclose(ours, wbgt(twb=wick, tg=globe, round_output=False).wbgt)


@pytest.mark.parametrize("diameter", [0.05, 0.15])
def test_globe_gives_back_the_radiant_temperature(diameter, measured):
    """The balance of ISO 7726 read the other way by an independent code."""
    air, radiant, speed = np.meshgrid([22.0, 30.0, 38.0], [25.0, 40.0, 60.0], [0.0, 0.1, 0.5, 2.0])
    globe = globe_temperature(ZERO + air, ZERO + radiant, speed, diameter) - ZERO
    back = mean_radiant_tmp(tg=globe, tdb=air, v=speed, d=diameter, emissivity=0.95, standard="ISO")
    what = "globe, read back as radiant temperature"
    measured.deviation("heat-stress", what, "pythermalcomfort", back - radiant, 0.05, "K")


def test_natural_wet_bulb_is_near_the_fit_to_measurements_without_radiant_heat(measured):
    """Bernard & Pourmoghani (1999): t - t_nw = (0.96 + 0.069 lg v) (t - t_w)."""
    air, depression, speed = np.meshgrid([25.0, 30.0, 35.0, 40.0], [1.0, 4.0, 8.0], [0.1, 0.3, 1.0])
    wet = air - depression
    fitted = air - (0.96 + 0.069 * np.log10(speed)) * depression
    ours = natural_wet_bulb(ZERO + air, ZERO + wet, ZERO + air, speed, 101325.0) - ZERO
    what, fit = (
        "natural wet bulb without radiant heat, 0.1 to 1 m/s",
        "fit of Bernard & Pourmoghani",
    )
    measured.deviation("heat-stress", what, fit, ours - fitted, 0.35, "K")


def test_wick_in_fog_between_walls_of_its_temperature_shows_that_temperature():
    fog = ZERO + np.array([10.0, 25.0, 40.0])
    np.testing.assert_allclose(natural_wet_bulb(fog, fog, fog, 0.3, 1.2e5), fog, atol=1e-6)


def test_a_shaded_wick_in_wind_is_a_ventilated_one():
    air, depression = np.meshgrid([20.0, 30.0, 40.0], [0.5, 3.0, 8.0])
    wet = air - depression
    ours = natural_wet_bulb(ZERO + air, ZERO + wet, ZERO + air, 1e4, [[9e4], [1e5], [1.2e5]]) - ZERO
    np.testing.assert_allclose((air - ours) / depression, 1.0, atol=0.055)


def test_strong_wind_makes_radiation_small():
    still, windy = natural_wet_bulb(ZERO + 30, ZERO + 24, ZERO + 45, [0.1, 1e4], 1e5) - ZERO
    assert still > 25.5
    shaded = natural_wet_bulb(ZERO + 30, ZERO + 24, ZERO + 30, 1e4, 1e5) - ZERO
    assert windy == pytest.approx(shaded, abs=0.01)


AIR = (st.floats(5, 33), st.floats(0, 12), st.floats(-5, 15), st.floats(0.1, 4))


@settings(max_examples=50, deadline=None)
@given(*AIR, st.floats(0.1, 2))
def test_hotter_air_and_walls_show_more(wet, depression, beyond, speed, step):
    dry = ZERO + wet + depression
    state = np.array([dry, ZERO + wet, dry + beyond])
    now = natural_wet_bulb(*state, speed, 1.1e5)
    assert natural_wet_bulb(dry, ZERO + wet, dry + beyond + step, speed, 1.1e5) > now
    assert natural_wet_bulb(dry + step, ZERO + wet + step, dry + beyond, speed, 1.1e5) > now
    globe = globe_temperature(dry, dry + beyond, speed)
    assert min(dry, dry + beyond) <= globe <= max(dry, dry + beyond)
    assert globe_temperature(dry + step, dry + beyond, speed) > globe
    index = heat_readings(*state, speed, 1.1e5)["wet_bulb_globe"]
    assert index == pytest.approx(0.7 * now + 0.3 * globe)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: wet_bulb_globe_temperature(-1.0, 300.0), "natural_wet_bulb"),
        (lambda: globe_temperature(30.0, 300.0, 1.0), "temperature"),
        (lambda: globe_temperature(300.0, 300.0, -1.0), "air_speed"),
        (lambda: globe_temperature(300.0, 300.0, 1.0, 0.0), "diameter"),
        (lambda: natural_wet_bulb(300.0, 301.0, 300.0, 1.0, 1e5), "wet_bulb"),
        (lambda: natural_wet_bulb(300.0, 299.0, 300.0, 0.0, 1e5), "air_speed"),
        (lambda: natural_wet_bulb(300.0, 299.0, 300.0, 1.0, 0.0), "pressure"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
