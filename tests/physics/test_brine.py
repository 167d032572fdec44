import numpy as np
import pytest
from CoolProp import CoolProp
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.physics.brine import brine, enthalpy_scaling
from comine.physics.fluid_table import PROPERTIES
from comine.physics.fluids import working_fluid

DEVIATIONS = {
    "density": ("D", -0.005, 0.003),
    "specific_heat": ("C", 0.01, 0.05),
    "viscosity": ("V", -0.015, 0.055),
    "conductivity": ("L", -0.03, 0.0),
}
"""Against the fits for brines at atmospheric pressure, as the documentation has them."""


@pytest.mark.parametrize("key", DEVIATIONS)
def test_brine_against_fits_for_the_cold(key):
    letter, low, high = DEVIATIONS[key]
    for salt in (0.05, 0.1, 0.2, 0.23):
        T = np.array([273.2, 283.15, 293.15, 303.15, 312.9])
        fit = CoolProp.PropsSI(letter, "T", T, "P", np.full(5, 1e6), f"INCOMP::MNA[{salt}]")
        deviation = getattr(brine(salt), key)(T, 1e6) / fit - 1.0
        assert low < deviation.min() and deviation.max() < high


def test_density_against_batzle_and_wang_whole():
    """Their own water instead of ours, where it is within 1 % of the standard."""
    T, P = np.meshgrid(np.linspace(20.0, 250.0, 10), np.linspace(10.0, 95.0, 6))
    water = 1.0 + 1e-6 * (
        -80 * T - 3.3 * T**2 + 0.00175 * T**3 + 489 * P - 2 * T * P + 0.016 * T**2 * P
        - 1.3e-5 * T**3 * P - 0.333 * P**2 - 0.002 * T * P**2
    )  # fmt: skip
    for salt in (0.05, 0.2):
        inner = T * (80 + 3 * T - 3300 * salt - 13 * P + 47 * P * salt)
        whole = water + salt * (0.668 + 0.44 * salt + 1e-6 * (300 * P - 2400 * P * salt + inner))
        ours = brine(salt).density(T + 273.15, P * 1e6)
        assert ours == pytest.approx(1e3 * whole, rel=0.01)


def test_no_salt_is_water():
    water, fresh = working_fluid("water"), brine(0.0)
    T, p = np.linspace(274.0, 570.0, 20), 4e7
    for key in PROPERTIES:
        theirs = getattr(water, key)(T, p)
        assert getattr(fresh, key)(T, p) == pytest.approx(theirs, rel=2e-4, abs=1e-7)


def test_properties_agree_with_each_other():
    salty, p = brine(0.12), 2.5e7
    T = np.linspace(280.0, 560.0, 30)
    slope = (salty.enthalpy(T + 0.1, p) - salty.enthalpy(T - 0.1, p)) / 0.2
    assert slope == pytest.approx(salty.specific_heat(T, p), rel=1e-4)
    growth = -np.log(salty.density(T + 0.1, p) / salty.density(T - 0.1, p)) / 0.2
    assert growth == pytest.approx(salty.expansion(T, p), rel=1e-3, abs=1e-6)


def test_enthalpy_is_continuous_down_to_saturation():
    """Water at the scaled temperature may already boil where brine does not."""
    salty, T = brine(0.1), np.array([274.0, 280.0, 290.0])
    boiling = salty.saturation_pressure(T)
    near, above = salty.enthalpy(T, 1.001 * boiling), salty.enthalpy(T, 1e5)
    assert near == pytest.approx(above, abs=150.0)


@settings(max_examples=30, deadline=None)
@given(st.floats(290.0, 560.0), st.floats(1e7, 9.9e7))
def test_salt_makes_dense_and_thick_and_holds_less_heat(kelvin, pascal):
    fluids = [brine(salt) for salt in (0.0, 0.05, 0.15, 0.25)]
    assert np.all(np.diff([fluid.density(kelvin, pascal) for fluid in fluids]) > 0)
    assert np.all(np.diff([fluid.viscosity(kelvin, pascal) for fluid in fluids]) > 0)
    assert np.all(np.diff([fluid.specific_heat(kelvin, pascal) for fluid in fluids]) < 0)
    assert np.all(np.diff([fluid.conductivity(kelvin, pascal) for fluid in fluids]) < 0)


def test_pure_salt_and_pure_water_are_the_ends_of_the_scaling():
    T, p = np.array([500.0]), np.array([1e8])
    fresh = enthalpy_scaling(T, p, 0.0)
    assert fresh.temperature == pytest.approx(T, abs=1e-9)
    assert fresh.slope == pytest.approx(1.0, abs=1e-12)
    # at no water the slope is the fit for molten salt at 1000 bar
    salt = enthalpy_scaling(T, p, 1.0)
    assert salt.slope == pytest.approx(0.241022 + 3.45087e-2 - 4.28356e-3, rel=1e-12)


def test_bad_states():
    with pytest.raises(ValueError, match=r"mass_fraction must lie in 0\.\.0\.25, got 0\.3"):
        brine(0.3)
    with pytest.raises(ValueError, match=r"temperature of brine of 0\.1 salt"):
        brine(0.1).density(600.0, 2e7)
    with pytest.raises(ValueError, match="is vapour, which the table leaves out"):
        brine(0.1).density(500.0, 1e6)
