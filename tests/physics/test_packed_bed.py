import numpy as np
import pytest

from comine.physics.packed_bed import (
    block_time,
    effective_film,
    nusselt_number,
    permeability,
    pressure_slope,
    reynolds_number,
    specific_surface,
)
from tests.cases import case, load_case

BED = load_case("engineering/C03_blasted_rock_bed_LTNE_coefficients")
ROCK = 2.3e6  # of the bed of C04, which C03 belongs to


@case("engineering/C03_blasted_rock_bed_LTNE_coefficients")
def test_coefficients_of_a_bed_of_blasted_rock():
    given, expected = BED["inputs"], BED["expected"]
    phi, d, k = given["porosity"], given["d_m"], given["k_s"]
    re = reynolds_number(given["darcy_u_m_s"], d, given["rho_f"], given["mu"])
    pr = given["cp_f"] * given["mu"] / given["k_f"]
    nu = nusselt_number(re, pr)
    film = nu * given["k_f"] / d
    got = {
        "Re": re,
        "Pr": pr,
        "Nu": nu,
        "h_film": film,
        "h_eff": effective_film(film, d, k),
        "a_s_m2_m3": specific_surface(phi, d),
        "h_v_W_m3K": effective_film(film, d, k) * specific_surface(phi, d),
        "K_m2": permeability(phi, d),
        "dpdx_Pa_m": pressure_slope(given["darcy_u_m_s"], phi, d, given["rho_f"], given["mu"]),
        "tau_particle_h": block_time(d, k, ROCK) / 3600.0,
    }
    assert got.keys() == expected.keys()
    for name, value in got.items():
        assert value == pytest.approx(expected[name], rel=BED["tolerance"]["rel"]), name


def test_slow_flow_obeys_darcy_but_for_the_factor():
    u = 1e-9
    slope = pressure_slope(u, 0.35, 0.1, 1000.0, 1e-3)
    darcy = 1e-3 * u / permeability(0.35, 0.1)
    assert slope / darcy == pytest.approx(150 / 180, rel=1e-5)


def test_fast_flow_goes_with_the_square_and_its_sign():
    fast = pressure_slope([-10.0, 10.0, 20.0], 0.35, 0.1, 1000.0, 1e-3)
    assert fast[0] == -fast[1]
    assert fast[2] / fast[1] == pytest.approx(4.0, rel=1e-4)


def test_fluid_at_rest_conducts_as_around_one_sphere():
    assert nusselt_number(0.0, 5.0) == pytest.approx(2.0)


def test_resistances_add():
    assert effective_film(1e12, 0.4, 2.0) == pytest.approx(10 * 2.0 / 0.4)
    assert effective_film(5.0, 0.4, 1e12) == pytest.approx(5.0)


def test_small_blocks_have_more_surface_and_less_permeability():
    d = np.array([0.01, 0.1, 1.0])
    assert np.all(np.diff(specific_surface(0.3, d)) < 0)
    assert np.all(np.diff(permeability(0.3, d)) > 0)
    assert block_time(d, 3.0, 2e6)[1] == pytest.approx(100 * block_time(0.01, 3.0, 2e6))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: specific_surface(1.0, 0.1), "porosity: got 1"),
        (lambda: permeability(0.0, 0.1), "porosity: got 0"),
        (lambda: specific_surface(0.3, 0.0), "diameter must be positive"),
        (lambda: reynolds_number(-1.0, 0.1, 1e3, 1e-3), "velocity"),
        (lambda: nusselt_number(-1.0, 1.0), "reynolds"),
        (lambda: nusselt_number(1.0, 0.0), "prandtl"),
        (lambda: effective_film(0.0, 1.0, 1.0), "film"),
        (lambda: pressure_slope(1.0, 0.3, 0.1, 1e3, 0.0), "viscosity"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
