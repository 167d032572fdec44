import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.physics import air
from comine.physics.autocompression import autocompression, saturated_autocompression
from tests.cases import case, load_case

ZERO = 273.15


@case("ventilation/13_autocompression_shaft")
def test_autocompression_of_unsaturated_air():
    data = load_case("ventilation/13_autocompression_shaft")
    given_, tolerance = data["inputs"], data["tolerance"]
    top, start = ZERO + given_["T_top"], given_["P_top"]
    for row in data["expected"]["dry_and_moist"]:
        ratio = 0.0 if row["case"] == "dry" else 0.010
        bottom = autocompression(top, ratio, start, row["depth"])
        warmer = bottom.temperature - top
        assert top + warmer - ZERO == pytest.approx(row["T_bottom"], abs=tolerance["T_abs"])
        assert warmer / row["depth"] * 1e3 == pytest.approx(row["K_per_km"], abs=1e-3)
        assert bottom.pressure == pytest.approx(row["P_bottom"], rel=tolerance["P_rel"])
        heat = air.enthalpy(bottom.temperature, ratio) - air.enthalpy(top, ratio)
        assert 100 * heat / 1e3 == pytest.approx(row["heat_kW_per_100kg_s"], abs=0.01)
        if row["wb_top"] is not None:
            wet = air.wet_bulb(top, ratio, start) - ZERO
            assert wet == pytest.approx(row["wb_top"], abs=tolerance["wb_abs"])
            wet = air.wet_bulb(bottom.temperature, ratio, bottom.pressure) - ZERO
            assert wet == pytest.approx(row["wb_bottom"], abs=tolerance["wb_abs"])


@case("ventilation/13_autocompression_shaft")
def test_autocompression_past_wet_walls():
    data = load_case("ventilation/13_autocompression_shaft")
    rows, tolerance = data["expected"]["saturated_wet_walls"], data["tolerance"]
    start = ZERO + np.array([row["t0"] for row in rows])
    depth = np.array([row["depth"] for row in rows])
    bottom = saturated_autocompression(start, data["inputs"]["P_top"], depth)
    expected = [row["t_bottom"] for row in rows]
    np.testing.assert_allclose(bottom.temperature - ZERO, expected, atol=tolerance["T_abs"], rtol=0)
    expected = [row["P_bottom"] for row in rows]
    np.testing.assert_allclose(bottom.pressure, expected, rtol=tolerance["P_rel"])


def test_autocompression_by_the_entropy_of_real_air():
    from CoolProp.CoolProp import PropsSI

    bottom = autocompression(293.15, 0.0, 101325.0, 3000.0)
    known = ("T", 293.15, "P", 101325.0, "Air")
    heat = PropsSI("H", *known) + 9.81 * 3000.0
    entropy = PropsSI("S", *known)
    real = PropsSI("T", "H", heat, "S", entropy, "Air")
    assert bottom.temperature == pytest.approx(real, abs=0.1)
    assert bottom.pressure == pytest.approx(PropsSI("P", "H", heat, "S", entropy, "Air"), rel=3e-3)


@settings(max_examples=30, deadline=None)
@given(st.floats(280, 310), st.floats(0, 0.003), st.floats(100, 3000))
def test_descent_and_ascent_cancel(start, ratio, depth):
    bottom = autocompression(start, ratio, 1e5, depth)
    top = autocompression(bottom.temperature, ratio, bottom.pressure, -depth)
    assert top.temperature == pytest.approx(start, rel=1e-12)
    assert top.pressure == pytest.approx(1e5, rel=1e-12)
    wet = saturated_autocompression(start, 1e5, depth)
    assert start < wet.temperature < bottom.temperature
    back = saturated_autocompression(wet.temperature, wet.pressure, -depth)
    assert back.temperature == pytest.approx(start, abs=1e-6)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: autocompression(300.0, -0.01, 1e5, 10.0), "humidity_ratio"),
        (lambda: autocompression(20.0, 0.01, 1e5, 10.0), "temperature"),
        (lambda: saturated_autocompression(300.0, -1e5, 10.0), "pressure"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
