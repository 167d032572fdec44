import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.physics import water

T, P = np.meshgrid(np.linspace(273.65, 573.15, 61), np.array([0.2, 1, 5, 9, 20, 50]) * 1e6)
LIQUID = water.saturation_pressure(T) < P
T, P = T[LIQUID], P[LIQUID]


def scientific(name):
    coolprop = pytest.importorskip("CoolProp.CoolProp")
    return coolprop.PropsSI(name, "T", T, "P", P, "HEOS::Water")


@pytest.mark.parametrize(
    ("function", "name", "rel"),
    [
        (water.density, "D", 1e-4),
        (water.specific_heat, "C", 2e-3),
        (water.viscosity, "V", 1e-4),
        (water.conductivity, "L", 1e-4),
    ],
)
def test_against_the_scientific_formulation(function, name, rel):
    assert np.max(np.abs(function(T, P) / scientific(name) - 1)) < rel


def test_enthalpy_against_the_scientific_formulation():
    assert np.max(np.abs(water.enthalpy(T, P) - scientific("H"))) < 250


def test_saturation_against_the_scientific_formulation():
    from CoolProp.CoolProp import PropsSI

    kelvin = np.linspace(273.2, 573, 50)
    theirs = PropsSI("P", "T", kelvin, "Q", np.zeros(50), "HEOS::Water")
    assert np.allclose(water.saturation_pressure(kelvin), theirs, rtol=5e-4)
    assert water.saturation_pressure(373.124) == pytest.approx(101325, rel=1e-3)


def test_printed_values_of_if97():
    """Table 5 of the release for region 1: (300 K, 3 MPa) and (500 K, 3 MPa)."""
    assert 1 / water.density(300.0, 3e6) == pytest.approx(0.100215168e-2, rel=1e-8)
    assert water.enthalpy([300.0, 500.0], 3e6) == pytest.approx([115331.273, 975542.239], rel=1e-8)
    assert water.specific_heat(500.0, 3e6) == pytest.approx(4655.80682, rel=1e-8)


@given(st.floats(280, 570), st.floats(9e6, 49e6))
@settings(max_examples=40, deadline=None)
def test_specific_heat_is_the_slope_of_enthalpy(kelvin, pascal):
    rise = water.enthalpy(kelvin + 0.01, pascal) - water.enthalpy(kelvin - 0.01, pascal)
    assert rise / 0.02 == pytest.approx(float(water.specific_heat(kelvin, pascal)), rel=1e-4)


def test_shapes():
    assert water.density(300.0, 1e6).shape == ()
    assert water.density(np.full((2, 3), 300.0), [1e6, 2e6, 3e6]).shape == (2, 3)


@pytest.mark.parametrize(
    ("kelvin", "pascal", "match"),
    [
        (272.0, 1e6, "temperature"),
        (574.0, 20e6, "temperature"),
        (300.0, 51e6, "pressure"),
        (300.0, np.nan, "pressure"),
        (450.0, 5e5, "boils"),
        ([300.0, 400.0], 1e5, r"at 400 K"),
    ],
)
def test_out_of_range(kelvin, pascal, match):
    for function in (water.density, water.viscosity, water.enthalpy):
        with pytest.raises(ValueError, match=match):
            function(kelvin, pascal)
