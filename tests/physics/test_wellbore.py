import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_bvp, solve_ivp

from comine.physics.sources import infinite_cylinder_response
from comine.physics.wellbore import (
    hasan_kabir_time_function,
    ramey_time_function,
    relaxation_length,
    u_tube,
    well_temperature,
)
from tests.cases import case, load_case

YEAR = 31557600.0


@case("technoeconomic/ramey1962_production_well")
def test_case_production_well():
    data = load_case("technoeconomic/ramey1962_production_well")
    i, tolerance = data["inputs"], data["tolerance"]
    for row in data["rows"]:
        # the case follows GEOPHIRES, which takes 1.1 r for the radius
        f = ramey_time_function(row["t_years"] * YEAR, 1.1 * i["r"], i["k"] / (i["rho"] * i["c"]))
        scale = relaxation_length(i["m"] * i["c_w"], f, i["k"])
        wellhead = well_temperature(i["depth"], i["T_bottom"], i["T_bottom"], -i["grad"], scale)
        assert f == pytest.approx(row["f_t"], rel=tolerance)
        assert scale == pytest.approx(row["A_m"], rel=tolerance)
        assert wellhead == pytest.approx(row["T_wellhead_C"], rel=tolerance)
        assert i["T_bottom"] - wellhead == pytest.approx(row["drop_C"], rel=tolerance)


@case("solvers/19_utube_steady_two_leg")
def test_case_u_tube():
    data = load_case("solvers/19_utube_steady_two_leg")
    p, e = data["parameters"], data["expected"]
    tube = u_tube(p["T_in"], p["T_b"], p["L"], p["m"] * p["c"], p["R_1"], p["R_12"])
    assert tube.outlet == pytest.approx(e["T_out"], abs=1e-6)
    assert tube.bottom == pytest.approx(e["T_bottom"], abs=1e-6)
    assert tube.heat == pytest.approx(e["heat_W"], rel=1e-7)
    mean = (p["T_in"] + tube.outlet) / 2
    assert tube.resistance == pytest.approx((p["T_b"] - mean) * p["L"] / tube.heat, rel=1e-9)


def test_u_tube_against_boundary_value_solver():
    C, R1, R12, L = 900.0, 0.15, 0.5, 180.0

    def slope(z, T):
        cross = (T[0] - T[1]) / R12
        return np.array([((285.0 - T[0]) / R1 - cross) / C, -((285.0 - T[1]) / R1 + cross) / C])

    solution = solve_bvp(
        slope, lambda a, b: np.array([a[0] - 310.0, b[0] - b[1]]),
        np.linspace(0, L, 50), np.full((2, 50), 300.0), tol=1e-9,
    )  # fmt: skip
    tube = u_tube(310.0, 285.0, L, C, R1, R12)
    assert tube.outlet == pytest.approx(solution.y[1, 0], abs=1e-5)
    assert tube.bottom == pytest.approx(solution.y[0, -1], abs=1e-5)


def test_u_tube_limits():
    alone = u_tube(283.0, 313.0, 300.0, 1680.0, 0.2, np.inf)
    assert alone.outlet == pytest.approx(313 - 30 * np.exp(-2 * 300 / (1680 * 0.2)))
    fast = u_tube(283.0, 313.0, 300.0, 1e7, 0.2, 0.35)
    assert fast.resistance == pytest.approx(0.1, rel=1e-4)  # the hole's own resistance
    slow = u_tube(283.0, 313.0, 1e5, 100.0, 0.2, 0.35)
    assert np.isfinite(slow.bottom)
    assert slow.bottom == pytest.approx(313.0)


@given(st.floats(0.02, 10), st.floats(50, 3000))
def test_short_circuit_only_loses(cross, length):
    with_cross = u_tube(283.0, 313.0, length, 1680.0, 0.2, cross)
    without = u_tube(283.0, 313.0, length, 1680.0, 0.2, np.inf)
    assert with_cross.heat <= without.heat * (1 + 1e-12)
    assert with_cross.resistance >= without.resistance * (1 - 1e-12)


def test_time_functions_against_the_cylinder_source():
    number = np.array([30.0, 1e2, 1e3, 1e5])
    exact = 2 * np.pi * infinite_cylinder_response(1.0, 1.0, number, 1.0, 1.0)
    assert np.allclose(ramey_time_function(number, 1.0, 1.0), exact, rtol=0.021)
    number = np.array([5.0, 10.0, 1e2, 1e4])
    exact = 2 * np.pi * infinite_cylinder_response(1.0, 1.0, number, 1.0, 1.0)
    assert np.allclose(hasan_kabir_time_function(number, 1.0, 1.0), exact, rtol=0.005)


@pytest.mark.parametrize("gradient", [0.03, -0.05, 0.0])
def test_well_solves_the_balance(gradient):
    scale = relaxation_length(20e3, 4.5, 3.0, resistance=0.05)
    assert scale == pytest.approx(20e3 * (4.5 / (6 * np.pi) + 0.05))
    solution = solve_ivp(
        lambda y, T: (360.0 + gradient * y - T) / scale, (0, 3000), [340.0], rtol=1e-10, atol=1e-9
    )
    ours = well_temperature([0.0, 3000.0], 340.0, 360.0, gradient, scale)
    assert ours[0] == 340.0
    assert ours[1] == pytest.approx(solution.y[0, -1], abs=1e-6)


def test_long_and_short_wells():
    assert well_temperature(1e3, 300.0, 300.0, 0.03, 1.0) == pytest.approx(330 - 0.03)
    assert well_temperature(1e3, 300.0, 300.0, 0.03, 1e12) == pytest.approx(300.0)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: ramey_time_function(1.0, 0.1, 1e-6), "Fourier number"),
        (lambda: hasan_kabir_time_function(1.0, 0.1, 1e-6), "Fourier number"),
        (lambda: ramey_time_function(YEAR, -0.1, 1e-6), "radius"),
        (lambda: relaxation_length(1.0, 1.0, 3.0, -0.1), "resistance"),
        (lambda: well_temperature(-1.0, 300.0, 300.0, 0.0, 1.0), "distance"),
        (lambda: u_tube(300.0, 290.0, 100.0, 1e3, 0.0, 1.0), "leg_resistance"),
    ],
)
def test_bad_input(call, match):
    with pytest.raises(ValueError, match=match):
        call()
