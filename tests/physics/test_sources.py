from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import erf, erfc

from comine.physics.sources import (
    box_response,
    fit_line_source,
    infinite_cylinder_response,
    infinite_line_response,
    mirror_image,
)
from tests.cases import case, load_case

YEAR = 31557600.0
K, ALPHA = 3.0, 1.3e-6
CUBE = np.array([[-50.0, -50, -50], [50, 50, 50]])


@case("solvers/02_line_source_carslaw_jaeger")
def test_case_line_source():
    data = load_case("solvers/02_line_source_carslaw_jaeger")
    p = data["parameters"]
    rise = p["q_W_m"] * infinite_line_response(
        p["r_m"], np.array(p["t_s"])[:, None], p["lam"], p["lam"] / p["rhoc"]
    )
    assert np.allclose(rise, data["expected"]["dT_K_rows_t_cols_r"], rtol=2e-7, atol=0)


@case("engineering/G02_in_situ_conductivity_line_source_TRT")
def test_case_thermal_response_test():
    data = load_case("engineering/G02_in_situ_conductivity_line_source_TRT")
    i, expected, rel = data["inputs"], data["expected"], data["tolerance"]["rel"]
    time = 3600 * np.array(i["t_h"])
    rise = np.array(i["T_mean_C"]) - i["T0_C"]
    fit = fit_line_source(time, rise, i["q_W_m"], i["r_m"], i["alpha"])
    assert fit.conductivity == pytest.approx(expected["k_full_E1_fit"], rel=rel)
    assert fit.resistance == pytest.approx(expected["Rb_full_E1_fit"], rel=rel)
    slope = np.polyfit(np.log(time), rise, 1)[0]
    by_slope = i["q_W_m"] / (4 * np.pi * slope)
    assert by_slope == pytest.approx(expected["k_slope_method"], rel=rel)
    assert by_slope > fit.conductivity  # the slope of E1 has not yet reached its limit


@pytest.mark.parametrize(("fourier", "g"), [(1.0, 0.12767), (10.0, 0.26275)])
def test_cylinder_values(fourier, g):
    assert infinite_cylinder_response(1, 1, fourier, 1, 1) == pytest.approx(g, abs=5e-6)


def test_cylinder_against_carslaw_jaeger_integral():
    from scipy.special import j0, j1, y0, y1

    def integrand(b, fourier, p):
        top = j0(p * b) * y1(b) - y0(p * b) * j1(b)
        return np.expm1(-fourier * b * b) * top / (b * b * (j1(b) ** 2 + y1(b) ** 2))

    for fourier, p in ((1.0, 1.0), (5.0, 2.0), (100.0, 5.0)):
        pieces = [1e-12, 1e-6, 1e-3, 0.1, 1, 5, 20, 100, 500]
        exact = (
            sum(quad(integrand, a, b, args=(fourier, p), limit=500)[0] for a, b in pairwise(pieces))
            / np.pi**2
        )
        tail = 1 / 500 / np.pi**2 if p == 1 else 0.0  # where p > 1 it oscillates and vanishes
        ours = infinite_cylinder_response(1, p, fourier, 1, 1)
        assert ours == pytest.approx(exact + tail, rel=2e-5)


def test_cylinder_limits():
    late = np.array([1e4, 1e6])
    line = infinite_line_response(1, late, 1, 1)
    assert np.allclose(infinite_cylinder_response(1, 1, late, 1, 1), line, rtol=1e-3)
    early = np.array([1e-7, 1e-6])  # a plane: q'' = q / (2 pi r), rise 2 q'' sqrt(alpha t / pi) / k
    plane = 2 * np.sqrt(early / np.pi) / (2 * np.pi)
    assert np.allclose(infinite_cylinder_response(1, 1, early, 1, 1), plane, rtol=1e-3)


@given(st.floats(0.05, 20), st.floats(4, 9))
@settings(max_examples=40, deadline=None)
def test_line_response_falls_with_distance_and_rises_with_time(r, log_time):
    t = 10**log_time
    here = infinite_line_response(r, t, K, ALPHA)
    assert infinite_line_response(1.1 * r, t, K, ALPHA) <= here
    assert infinite_line_response(r, 1.1 * t, K, ALPHA) >= here


def test_box_against_quadrature():
    box = np.array([[0.0, 0, 0], [80, 30, 10]])
    for x in ([40, 15, 5], [0, 0, 0], [100, 15, 5], [40, 31, 5], [200, -100, 60]):
        for t in (1e6, YEAR, 30 * YEAR):

            def share(tau, x=x):
                reach = np.sqrt(4 * ALPHA * tau)
                return np.prod(
                    [
                        0.5 * (erf((h - y) / reach) - erf((w - y) / reach))
                        for w, h, y in zip(*box, x, strict=True)
                    ]
                )

            exact = quad(share, 0, t, epsabs=0, epsrel=1e-9, limit=500)[0] * ALPHA / K / 24000
            ours = box_response(x, box, t, K, ALPHA)
            assert ours == pytest.approx(exact, rel=1e-5, abs=1e-7 * t * ALPHA / K / 24000)


def test_box_limits():
    short = 1e3  # nothing has left yet: power times time over heat capacity
    assert box_response([0, 0, 0], CUBE, short, K, ALPHA) == pytest.approx(
        short * ALPHA / K / 1e6, rel=1e-6
    )
    far, t = np.array([400.0, 300, 0]), 30000 * YEAR
    point = erfc(500 / np.sqrt(4 * ALPHA * t)) / (4 * np.pi * K * 500)
    assert box_response(far, CUBE, t, K, ALPHA) == pytest.approx(point, rel=5e-3)


def test_box_holds_all_its_heat():
    node, weight = np.polynomial.legendre.leggauss(40)
    x = 150 * node
    grid = np.stack(np.meshgrid(x, x, x, indexing="ij"), axis=-1)
    t = 10 * YEAR
    rise = box_response(grid, CUBE, t, K, ALPHA)
    heat = np.einsum("ijk,i,j,k->", rise, weight, weight, weight) * 150**3 * K / ALPHA
    assert heat == pytest.approx(t, rel=2e-3)


def test_box_shapes():
    points = np.zeros((4, 2, 3))
    assert box_response(points, CUBE, [YEAR, 2 * YEAR, 3 * YEAR], K, ALPHA).shape == (4, 2, 3)
    assert box_response(points[0, 0], CUBE, YEAR, K, ALPHA).shape == ()


def test_image_keeps_the_surface_cold():
    box = CUBE + np.array([0, 0, 60])
    surface = np.array([[0.0, 0, 0], [30, 80, 0]])
    t = [YEAR, 30 * YEAR]
    rise = box_response(surface, box, t, K, ALPHA)
    image = np.sort(mirror_image(box), axis=0)
    assert np.all(rise > 0)
    assert np.allclose(rise, box_response(surface, image, t, K, ALPHA), rtol=1e-12)


def test_bad_input():
    with pytest.raises(ValueError, match="distance"):
        infinite_line_response(0.0, YEAR, K, ALPHA)
    with pytest.raises(ValueError, match=r"conductivity must be positive, got -1"):
        infinite_line_response(1.0, YEAR, -1.0, ALPHA)
    with pytest.raises(ValueError, match="at least the radius"):
        infinite_cylinder_response(1.0, 0.5, YEAR, K, ALPHA)
    with pytest.raises(ValueError, match="corner"):
        box_response([0, 0, 0], CUBE[::-1], YEAR, K, ALPHA)
    with pytest.raises(ValueError, match="rise must grow"):
        fit_line_source([1e4, 2e4], [2.0, 1.0], 60.0, 0.06, ALPHA)
    with pytest.raises(ValueError, match="equal rows"):
        fit_line_source([1e4], [2.0], 60.0, 0.06, ALPHA)
