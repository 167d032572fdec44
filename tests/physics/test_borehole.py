import numpy as np
import pygfunction as gt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_bvp

from comine.physics.borehole import (
    Legs,
    borehole_exchange,
    borehole_resistance,
    coaxial_legs,
    delta_circuit,
    pipe_resistances,
)
from comine.physics.wellbore import u_tube
from tests.cases import case, load_case

SINGLE = [(-0.026, 0.0), (0.026, 0.0)]
DOUBLE = [(0.03, 0.0), (0.0, 0.03), (-0.03, 0.0), (0.0, -0.03)]
C = 4180.0


def legs_of(down, up, cross):
    return Legs(np.array(down), np.array(up), np.array(cross))


@case("solvers/19_utube_steady_two_leg")
def test_case_u_tube():
    data = load_case("solvers/19_utube_steady_two_leg")
    p, e = data["parameters"], data["expected"]
    legs = legs_of(1 / p["R_1"], 1 / p["R_1"], 1 / p["R_12"])
    hole = borehole_exchange(p["T_in"], p["T_b"], p["L"], p["m"] * p["c"], legs)
    assert hole.outlet == pytest.approx(e["T_out"], abs=1e-6)
    assert hole.bottom == pytest.approx(e["T_bottom"], abs=1e-6)
    assert hole.heat == pytest.approx(e["heat_W"], rel=1e-7)
    assert borehole_resistance(legs) == pytest.approx(p["R_b"])


@pytest.mark.parametrize("order", [0, 1, 2, 3])
@pytest.mark.parametrize(
    ("positions", "radius", "hole", "grout", "rock", "film"),
    [
        (SINGLE, 0.016, 0.065, 1.5, 2.5, 0.12),
        ([(-0.017, 0.0), (0.017, 0.0)], 0.016, 0.055, 0.6, 3.5, 0.05),
        ([(0.03, 0.01), (-0.02, 0.02), (0.0, -0.03)], 0.0125, 0.075, 2.2, 1.1, 0.1),
        (DOUBLE, 0.016, 0.075, 1.0, 3.0, 0.08),
    ],
)
def test_pipes_against_pygfunction(positions, radius, hole, grout, rock, film, order, measured):
    theirs, _ = gt.pipes.thermal_resistances(positions, radius, hole, rock, grout, film, J=order)
    ours = pipe_resistances(positions, radius, hole, (grout, rock), film, order)
    what = "resistances of two to four pipes, orders 0 to 3"
    measured.deviation("fluids", what, "pygfunction", (ours - theirs) / theirs.max(), 5e-6, "")
    assert ours == pytest.approx(ours.T, abs=1e-12)


def test_pipes_of_different_film_against_pygfunction():
    film = np.array([0.05, 0.2])
    theirs, _ = gt.pipes.thermal_resistances(SINGLE, 0.016, 0.065, 2.5, 1.5, film, J=3)
    ours = pipe_resistances(SINGLE, 0.016, 0.065, (1.5, 2.5), film, 3)
    assert ours == pytest.approx(theirs, rel=1e-6)


def test_orders_converge(measured):
    best = pipe_resistances([(-0.017, 0), (0.017, 0)], 0.016, 0.055, (0.6, 3.5), 0.05, 10)
    errors = [
        np.abs(
            pipe_resistances([(-0.017, 0), (0.017, 0)], 0.016, 0.055, (0.6, 3.5), 0.05, k) - best
        )
        for k in (0, 1, 3, 5)
    ]
    errors = [error.max() / best.max() for error in errors]
    what = "resistances of legs that nearly touch in poor grout, multipoles of order"
    for k, error, limit in zip((0, 1, 3, 5), errors, (0.12, 0.012, 2e-4, 1.2e-5), strict=True):
        measured.deviation("fluids", f"{what} {k}", "order 10", error, limit, "")
    assert errors == sorted(errors, reverse=True)


def test_legs_far_apart_have_a_negative_cross_conductance():
    crosses = [
        delta_circuit(
            pipe_resistances([(-half, 0), (half, 0)], 0.016, 0.065, (1.5, 2.5), 0.1), [True, False]
        ).cross
        for half in (0.02, 0.03, 0.044)
    ]
    assert crosses[0] > crosses[1] > 0.0 > crosses[2]


def test_one_pipe_in_the_middle_is_a_ring():
    R = pipe_resistances([(0.0, 0.0)], 0.02, 0.06, (1.4, 3.0), 0.1)
    assert R[0, 0] == pytest.approx(0.1 + np.log(3.0) / (2 * np.pi * 1.4), rel=1e-12)


def borehole(length=150.0):
    return gt.boreholes.Borehole(H=length, D=0.0, r_b=0.065, x=0.0, y=0.0)


@pytest.mark.parametrize("mass_flow", [0.05, 0.2, 0.6])
def test_single_u_tube_against_pygfunction(mass_flow, measured):
    theirs = gt.pipes.SingleUTube(SINGLE, 0.013, 0.016, borehole(), 2.5, 1.5, 0.12, J=2)
    R = pipe_resistances(SINGLE, 0.016, 0.065, (1.5, 2.5), 0.12, 2)
    legs = delta_circuit(R, [True, False])
    hole = borehole_exchange(283.15, 303.15, 150.0, mass_flow * C, legs)
    outlet = theirs.get_outlet_temperature(283.15, 303.15, mass_flow, C)
    error = hole.outlet - float(np.squeeze(outlet))
    measured.deviation("fluids", "outlet of a single U-tube", "pygfunction", error, 1e-5, "K")
    effective = theirs.effective_borehole_thermal_resistance(mass_flow, C)
    assert hole.resistance == pytest.approx(effective, rel=1e-6)
    heat = theirs.get_total_heat_extraction_rate(283.15, 303.15, mass_flow, C)
    assert hole.heat == pytest.approx(float(np.squeeze(heat)), rel=1e-6)


def test_double_u_tube_against_pygfunction(measured):
    # pygfunction numbers the pipes that descend first
    pipes = [DOUBLE[0], DOUBLE[1], DOUBLE[2], DOUBLE[3]]
    theirs = gt.pipes.MultipleUTube(
        pipes, 0.013, 0.016, borehole(), 2.5, 1.5, 0.12, 2, config="parallel", J=2
    )
    R = pipe_resistances(pipes, 0.016, 0.065, (1.5, 2.5), 0.12, 2)
    legs = delta_circuit(R, [True, True, False, False])
    hole = borehole_exchange(283.15, 303.15, 150.0, 0.4 * C, legs)
    outlet = theirs.get_outlet_temperature(283.15, 303.15, 0.4, C)
    error = hole.outlet - float(np.squeeze(outlet))
    measured.deviation("fluids", "outlet of a double U-tube", "pygfunction", error, 1e-4, "K")


@pytest.mark.parametrize("down_inside", [True, False])
def test_coaxial_against_pygfunction(down_inside, measured):
    between, film = 0.08, 0.02
    radii_in, radii_out = (0.022, 0.0485), (0.025, 0.055)
    if not down_inside:  # the first pipe is that of the inlet
        radii_in, radii_out = radii_in[::-1], radii_out[::-1]
    theirs = gt.pipes.Coaxial(
        (0.0, 0.0), np.array(radii_in), np.array(radii_out), borehole(), 2.5, 1.5, between, film,
    )  # fmt: skip
    outer = film + np.log(0.065 / 0.055) / (2 * np.pi * 1.5)
    legs = coaxial_legs(between, outer, down_inside)
    hole = borehole_exchange(283.15, 303.15, 150.0, 0.3 * C, legs)
    outlet = theirs.get_outlet_temperature(283.15, 303.15, 0.3, C)
    error = hole.outlet - float(np.squeeze(outlet))
    measured.deviation("fluids", "outlet of a coaxial hole", "pygfunction", error, 1e-4, "K")
    assert borehole_resistance(legs) == pytest.approx(outer)


def test_unlike_legs_against_boundary_value_solver():
    K1, K2, K12, flow, L = 2.0, 7.0, 1.5, 900.0, 180.0

    def slope(z, T):
        cross = K12 * (T[0] - T[1])
        down, up = K1 * (285.0 - T[0]) - cross, K2 * (285.0 - T[1]) + cross
        return np.array([down / flow, -up / flow])

    solution = solve_bvp(
        slope, lambda a, b: np.array([a[0] - 310.0, b[0] - b[1]]),
        np.linspace(0, L, 50), np.full((2, 50), 300.0), tol=1e-9,
    )  # fmt: skip
    hole = borehole_exchange(310.0, 285.0, L, flow, legs_of(K1, K2, K12))
    assert hole.outlet == pytest.approx(solution.y[1, 0], abs=1e-5)
    assert hole.bottom == pytest.approx(solution.y[0, -1], abs=1e-5)


def test_like_legs_are_the_u_tube():
    hole = borehole_exchange(283.15, 313.15, [100.0, 400.0], 1680.0, legs_of(5.0, 5.0, 2.0))
    tube = u_tube(283.15, 313.15, [100.0, 400.0], 1680.0, 0.2, 0.5)
    for ours, theirs in zip(hole, tube, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-12)


def test_fast_flow_has_the_resistance_of_the_hole():
    legs = legs_of(2.0, 6.0, 3.0)
    hole = borehole_exchange(283.15, 313.15, 100.0, 1e7, legs)
    assert hole.resistance == pytest.approx(borehole_resistance(legs), rel=1e-6)
    deep = borehole_exchange(283.15, 313.15, 1e5, 1000.0, legs)
    assert np.isfinite(deep.bottom) and deep.bottom == pytest.approx(313.15)


@settings(max_examples=50)
@given(st.floats(0.0, 10.0), st.floats(0.1, 10.0), st.floats(0.0, 20.0), st.floats(50.0, 1e4))
def test_heat_closes_and_cross_flow_costs(down, up, cross, flow):
    hole = borehole_exchange(290.0, 320.0, 200.0, flow, legs_of(down, up, cross))
    mean = 320.0 - (290.0 + hole.outlet) / 2.0
    assert hole.heat == pytest.approx(flow * (hole.outlet - 290.0), rel=1e-6, abs=1e-6)
    assert hole.heat * hole.resistance == pytest.approx(mean * 200.0, rel=1e-9)
    more = borehole_exchange(290.0, 320.0, 200.0, flow, legs_of(down, up, cross + 1.0))
    assert more.heat <= hole.heat * (1 + 1e-12)
    mirrored = borehole_exchange(290.0, 320.0, 200.0, flow, legs_of(up, down, cross))
    assert mirrored.outlet == pytest.approx(hole.outlet, abs=1e-9)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: pipe_resistances([(0.05, 0)], 0.016, 0.06, (1, 2), 0.1), "pipes within the hole"),
        (
            lambda: pipe_resistances([(0.01, 0), (-0.01, 0)], 0.016, 0.06, (1, 2), 0.1),
            "pipes that do not overlap",
        ),
        (lambda: pipe_resistances([0.01, 0.02], 0.016, 0.06, (1, 2), 0.1), r"shape \(n, 2\)"),
        (lambda: pipe_resistances(SINGLE, 0.016, 0.06, (1, -2), 0.1), "conductivities"),
        (lambda: pipe_resistances(SINGLE, 0.016, 0.06, (1, 2), 0.1, 11), "order must lie"),
        (lambda: delta_circuit(np.eye(2), [True, True]), "give one value a pipe, both kinds"),
        (lambda: coaxial_legs(0.0, 0.1), "inner_resistance must be positive"),
        (
            lambda: borehole_exchange(1.0, 2.0, 10.0, 100.0, legs_of(0.0, 0.0, 1.0)),
            r"legs.down \+ legs.up must be positive",
        ),
        (
            lambda: borehole_exchange(1.0, 2.0, 10.0, 100.0, legs_of(-1.0, 2.0, 1.0)),
            "legs.down must lie in 0..inf",
        ),
    ],
)
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()
