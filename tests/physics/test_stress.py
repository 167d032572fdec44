import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.physics.stress import (
    breakdown_pressure,
    kirsch_stress,
    spherical_cavity_stress,
    stress_from_gradients,
    stress_from_ratios,
    thermoelastic_sphere,
    wall_thermal_stress,
)
from tests.cases import case, load_case


@case("solvers/20_kirsch_and_spherical_cavity")
def test_kirsch_and_spherical_cavity():
    c = load_case("solvers/20_kirsch_and_spherical_cavity")
    p, e = c["parameters"], c["expected"]
    field = (p["a"], p["sH_MPa"] * 1e6, p["sh_MPa"] * 1e6)
    angles = np.linspace(0, 2 * np.pi, 361)
    wall = kirsch_stress(p["a"], angles, *field).hoop / 1e6
    assert wall.max() == pytest.approx(e["s_tt_max_MPa"], rel=1e-12)
    assert wall.min() == pytest.approx(e["s_tt_min_MPa"], rel=1e-12)
    away = kirsch_stress(2 * p["a"], np.pi / 2, *field).hoop / 1e6
    assert float(away) == pytest.approx(e["s_tt_at_r_2a_theta90_MPa"], rel=1e-12)
    sphere = spherical_cavity_stress([p["S_MPa"] * 1e6, 0.0, 0.0], p["nu"])
    assert sphere.max() / 1e6 == pytest.approx(e["sphere_max_MPa"], rel=1e-7)


@case("solvers/12_thermoelastic_sphere_inclusion")
def test_thermoelastic_sphere():
    c = load_case("solvers/12_thermoelastic_sphere_inclusion")
    p, e = c["parameters"], c["expected"]
    rock = (p["a"], p["dT"], p["E"], p["alpha_T"], p["nu"])
    state = thermoelastic_sphere(p["r_m"], *rock)
    # the case takes tension as positive
    np.testing.assert_allclose(-state.radial, e["sigma_rr_Pa"], rtol=1e-7)
    np.testing.assert_allclose(-state.hoop, e["sigma_tt_Pa"], rtol=1e-7)
    wall = thermoelastic_sphere(p["a"], *rock).displacement
    assert float(wall) == pytest.approx(e["u_r_at_a_m"], rel=1e-7)


def test_kirsch_field_is_in_equilibrium():
    r, t, h = 3.7, 0.6, 1e-4
    field = (2.5, 40e6, 22e6, 5e6)
    here = kirsch_stress(r, t, *field)
    east, west = (kirsch_stress(r + d, t, *field) for d in (h, -h))
    north, south = (kirsch_stress(r, t + d, *field) for d in (h, -h))
    radial = (east.radial - west.radial) / (2 * h) + (north.shear - south.shear) / (2 * h * r)
    radial += (here.radial - here.hoop) / r
    hoop = (east.shear - west.shear) / (2 * h) + (north.hoop - south.hoop) / (2 * h * r)
    hoop += 2 * here.shear / r
    assert abs(radial) < 1e-3 * 1e6 and abs(hoop) < 1e-3 * 1e6
    assert abs(here.radial - here.hoop) / r > 1e6


def test_kirsch_limits():
    wall = kirsch_stress(2.0, np.linspace(0, np.pi, 7), 2.0, 30e6, 10e6, 4e6)
    np.testing.assert_allclose(wall.radial, 4e6)
    np.testing.assert_allclose(wall.shear, 0.0, atol=1e-3)
    far = kirsch_stress(2e4, 0.3, 2.0, 30e6, 10e6)
    assert float(far.radial) == pytest.approx(20e6 + 10e6 * np.cos(0.6), rel=1e-6)
    assert float(far.shear) == pytest.approx(-10e6 * np.sin(0.6), rel=1e-6)


def test_sphere_under_equal_stress_concentrates_by_half():
    wall = spherical_cavity_stress([20e6, 20e6, 20e6], [0.0, 0.2, 0.5])
    assert wall.shape == (3, 3, 3)
    np.testing.assert_allclose(wall, np.broadcast_to(30e6 * (1 - np.eye(3)), wall.shape))


def test_sphere_wall_matches_uniaxial_terms():
    nu = 0.3
    wall = spherical_cavity_stress([0.0, 0.0, 1.0], nu)
    across, pole = (15 * nu - 3) / (14 - 10 * nu), -(3 + 15 * nu) / (14 - 10 * nu)
    assert wall[0, 1] == pytest.approx(across)
    assert wall[2, 0] == wall[2, 1] == pytest.approx(pole)


def test_thermoelastic_sphere_obeys_elasticity():
    E, nu, alpha, dT, h = 40e9, 0.22, 9e-6, -30.0, 1e-3
    for r, inside in ((40.0, True), (160.0, False)):
        near, here, far = (
            thermoelastic_sphere(x, 100.0, dT, E, alpha, nu) for x in (r - h, r, r + h)
        )
        stretch = (far.displacement - near.displacement) / (2 * h)
        round_ = here.displacement / r
        heat = alpha * dT if inside else 0.0
        tension = (
            E / ((1 + nu) * (1 - 2 * nu)) * ((1 - nu) * stretch + 2 * nu * round_ - (1 + nu) * heat)
        )
        assert -float(here.radial) == pytest.approx(float(tension), rel=1e-5)
        slope = (far.radial - near.radial) / (2 * h) + 2 * (here.radial - here.hoop) / r
        assert abs(slope) < 1.0


def test_cooled_wall_is_in_tension():
    assert float(wall_thermal_stress(-30.0, 50e9, 8e-6, 0.25)) == pytest.approx(-16e6)
    assert float(wall_thermal_stress(20.0, 50e9, 8e-6, 0.25)) > 0


def test_breakdown_follows_from_the_wall_stress():
    minor, major, strength, pore = 38e6, 55e6, 9e6, 21e6
    p = float(breakdown_pressure(minor, major, strength, pore))
    wall = kirsch_stress(0.1, 0.0, 0.1, major, minor, p).hoop
    assert float(wall) - pore == pytest.approx(-strength)
    assert p == pytest.approx(3 * minor - major + strength - pore)


@given(eta=st.floats(0.0, 0.5), pore=st.floats(5e6, 25e6))
@settings(max_examples=40, deadline=None)
def test_entering_fluid_lowers_the_breakdown_pressure(eta, pore):
    tight = breakdown_pressure(40e6, 60e6, 8e6, pore)
    assert breakdown_pressure(40e6, 60e6, 8e6, pore, eta) <= tight + 1e-6
    # Haimson & Fairhurst as they print it, above the pore pressure
    excess = (3 * 40e6 - 60e6 + 8e6 - 2 * pore) / (2 - 2 * eta)
    assert float(breakdown_pressure(40e6, 60e6, 8e6, pore, eta)) == pytest.approx(pore + excess)


def test_in_situ_stress():
    by_ratio = stress_from_ratios([1000.0, 2000.0], 27e3, 1.45, 1.0)
    by_line = stress_from_gradients([1000.0, 2000.0], [27e3, 1.45 * 27e3, 27e3])
    np.testing.assert_allclose(np.array(by_ratio), np.array(by_line))
    # roof of a drift at 1 and 2 km, rock of 150 MPa: 0.6 and 1.2 of the strength
    roof = 3 * by_ratio.horizontal_major - by_ratio.vertical
    np.testing.assert_allclose(roof / 150e6, [0.6, 1.2], rtol=0.01)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: kirsch_stress(1.0, 0.0, 2.0, 1.0, 1.0), "radius"),
        (lambda: kirsch_stress(1.0, 0.0, 0.0, 1.0, 1.0), "opening_radius"),
        (lambda: stress_from_ratios(-1.0, 27e3, 1.0, 1.0), "depth"),
        (lambda: stress_from_ratios(1.0, 27e3, 0.9, 1.0), "major_ratio"),
        (lambda: stress_from_gradients(1.0, [1.0, 2.0, 3.0]), "gradients"),
        (lambda: breakdown_pressure(60e6, 40e6, 8e6, 0.0), "major_horizontal"),
        (lambda: breakdown_pressure(40e6, 60e6, 8e6, 0.0, 0.6), "poroelastic_coefficient"),
        (lambda: wall_thermal_stress(1.0, -1.0, 1e-5, 0.2), "youngs_modulus"),
        (lambda: thermoelastic_sphere(1.0, 1.0, 1.0, 1e9, 1e-5, 0.7), "poisson_ratio"),
        (lambda: spherical_cavity_stress([1.0, 1.0, 1.0], -2.0), "poisson_ratio"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=f"^{message}:"):
        call()
