from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline
from scipy.special import erfc, gammaincc, gammaln, kve

from comine.numerics.advection import Advection, Entering, Transport, TransportOperator
from comine.numerics.conduction import Conduction, Sides, film, fixed
from comine.numerics.darcy import Flows, darcy, steady_flow
from comine.numerics.diffusion import DiffusionOperator
from comine.numerics.grid import Box, Grid, graded
from comine.numerics.state import Control, DivergedError, State
from comine.numerics.stepping import advance, march
from comine.physics.laplace import talbot
from tests.cases import case, load_case
from tests.numerics.test_darcy import angles, rough_box

YEAR = 365.25 * 86400.0
ROCK, WATER = 2.6e6, 4.2e6
OGATA = load_case("solvers/17_ogata_banks_1961")
DOUBLET = load_case("solvers/22_gringarten_sauty_1975_doublet_breakthrough")


def observed(errors):
    return np.log2(np.divide(errors[:-1], errors[1:]))


def strip(edges, flow):
    """A row of cells of 1 m2 with one flow of heat capacity along it."""
    grid = Grid(edges, [0.0, 1.0], [0.0, 1.0])
    between = np.full((3, *grid.shape), flow)
    between[1:] = between[0, -1] = 0.0
    ends, along = np.full((1, 1), flow), np.zeros((grid.shape[0], 1))
    return grid, Flows(between, (ends, -ends, along, along, along, along), np.zeros(grid.shape))


def evenly(problem, value):
    return State.at_rest(np.full(problem.grid.shape, value))


# ---------------------------------------------------------------- one dimension


def ogata_banks(x, t, v, D):
    spread = 2 * np.sqrt(D * t)
    return 0.5 * (erfc((x - v * t) / spread) + np.exp(v * x / D) * erfc((x + v * t) / spread))


def ogata_strip(cells, sharp, tolerance=1e-4):
    p = OGATA["parameters"]
    grid, flows = strip(np.linspace(0.0, 60.0, cells + 1), p["v_thermal"] * ROCK)
    water = Advection(flows, Entering(x_low=1.0))
    sides = Sides(x_low=fixed(1.0))
    problem = Transport(grid, p["D"] * ROCK, ROCK, sides=sides, water=water, sharp=sharp)
    control = Control(tolerance=tolerance, nonlinear=1e-6, linear=1e-6)
    return problem, advance(problem, evenly(problem, 0.0), p["t_s"], control)


@case("solvers/17_ogata_banks_1961")
@pytest.mark.parametrize(("sharp", "tolerance"), [(False, 0.02), (True, 0.005)])
def test_front_of_advection_and_conduction(sharp, tolerance):
    p = OGATA["parameters"]
    cells = 60 if sharp else 240  # cells of 1 and of 0.25 conduction lengths
    problem, (state, ledger) = ogata_strip(cells, sharp)
    got = CubicSpline(problem.grid.centres[0], state.temperature.ravel())(p["x_m"])
    assert got == pytest.approx(OGATA["expected"]["C"], abs=tolerance)
    assert ledger.closure.max() < 1e-12


@case("solvers/17_ogata_banks_1961")
@pytest.mark.parametrize(("sharp", "order", "finest"), [(False, 0.8, 0.018), (True, 1.7, 4e-4)])
def test_order_of_a_front(sharp, order, finest, measured):
    p = OGATA["parameters"]
    errors = []
    for cells in (60, 120, 240):
        problem, (state, _) = ogata_strip(cells, sharp, 1e-5)
        exact = ogata_banks(problem.grid.centres[0], p["t_s"], p["v_thermal"], p["D"])
        errors.append(np.max(np.abs(state.temperature.ravel() - exact)))
    way = "corrected" if sharp else "upwind"
    what = f"front of advection and conduction ({way}; 60, 120, 240 cells)"
    measured.order("porous", what, observed(errors), order)
    measured.deviation("porous", f"{what}, 240 cells", "Ogata and Banks", errors[-1], finest, "")


@case("solvers/17_ogata_banks_1961")
def test_exact_front_is_that_of_the_case():
    p = OGATA["parameters"]
    exact = ogata_banks(np.array(p["x_m"]), p["t_s"], p["v_thermal"], p["D"])
    assert exact == pytest.approx(OGATA["expected"]["C"], rel=1e-6)


@pytest.mark.parametrize("growth", [1.0, 3.0])
def test_order_of_a_smooth_bump(growth, measured):
    """Without conduction; the limiter flattens the top, which the mean hardly feels."""
    speed, until = 1e-6, 3e7
    errors = []
    for cells in (50, 100, 200):
        s = np.linspace(0.0, 1.0, cells + 1)
        edges = 100 * (s if growth == 1.0 else np.expm1(s * np.log(growth)) / (growth - 1))
        grid, flows = strip(edges, speed * ROCK)
        x = grid.centres[0]
        start = State.at_rest(300 + 10 * np.exp(-(((x - 30) / 8) ** 2))[:, None, None])
        problem = Transport(grid, 0.0, ROCK, water=Advection(flows, Entering(x_low=300.0)))
        step = until / cells / 2  # Courant number 0.15 to 0.3
        control = Control(tolerance=np.inf, first=step, nonlinear=1e-5, linear=1e-7)
        got = advance(problem, start, until, control).state.temperature.ravel()
        exact = 300 + 10 * np.exp(-(((x - 60) / 8) ** 2))
        errors.append(np.average(np.abs(got - exact), weights=grid.widths[0]))
    what = f"smooth bump without conduction, growth over the grid {growth:g} (50, 100, 200 cells)"
    measured.order("porous", what, observed(errors), 1.6)
    assert errors[-1] < 0.02


@pytest.mark.parametrize("sharp", [False, True])
def test_front_without_conduction_keeps_its_bounds_and_place(sharp):
    grid, flows = strip(np.linspace(0.0, 100.0, 101), 1e-6 * ROCK)
    water = Advection(flows, Entering(x_low=350.0))
    problem = Transport(grid, 0.0, ROCK, water=water, sharp=sharp)
    control = Control(tolerance=0.01, nonlinear=1e-5)
    state, ledger = advance(problem, evenly(problem, 300.0), 4e7, control)
    T = state.temperature.ravel()
    assert 300.0 - 0.01 < T.min() <= T.max() < 350.0 + 0.01
    assert np.sum(T - 300.0) == pytest.approx(40 * 50.0, rel=1e-9)  # 40 m are swept
    assert np.all(np.diff(T) < 0.01)
    wide = np.count_nonzero((T > 302.5) & (T < 347.5))
    assert wide <= 8 if sharp else wide > 15
    assert ledger.closure.max() < 1e-12


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("sign", [1, -1])
def test_all_directions_are_alike(axis, sign):
    """Turned and mirrored, the same front."""
    control = Control(tolerance=0.1, nonlinear=1e-5, linear=1e-8)
    edges = np.cumsum(np.linspace(1.0, 3.0, 31))
    grid, flows = strip(edges, 1e-6 * ROCK)
    water = Advection(flows, Entering(x_low=350.0))
    straight = Transport(grid, 2.0, ROCK, sides=Sides(x_low=fixed(350.0)), water=water)
    wanted = advance(straight, evenly(straight, 300.0), 2e7, control).state.temperature.ravel()

    order = [(0, 1, 2), (1, 0, 2), (1, 2, 0)][axis]
    along = edges if sign > 0 else edges[0] + edges[-1] - edges[::-1]
    axes = [along if a == axis else np.array([0.0, 1.0]) for a in range(3)]
    turned = Grid(*axes)
    between = np.zeros((3, *turned.shape))
    between[axis] = np.moveaxis(flows.between[0], (0, 1, 2), np.argsort(order))
    if sign < 0:
        between[axis] = -np.roll(np.flip(between[axis], axis), -1, axis)
    sides = [np.zeros(tuple(np.delete(turned.shape, side // 2))) for side in range(6)]
    sides[2 * axis] += sign * 1e-6 * ROCK
    sides[2 * axis + 1] -= sign * 1e-6 * ROCK
    inlet = Entering._fields[2 * axis + (sign < 0)]
    around = Advection(
        Flows(between, tuple(sides), np.zeros(turned.shape)), Entering(**{inlet: 350.0})
    )
    problem = Transport(turned, 2.0, ROCK, sides=Sides(**{inlet: fixed(350.0)}), water=around)
    got = advance(problem, evenly(problem, 300.0), 2e7, control).state.temperature.ravel()
    np.testing.assert_allclose(got[::sign], wanted, atol=1e-4)


# ---------------------------------------------------------------- radial injection (Avdonin)

THICK, CONDUCTIVITY, INJECTED = 20.0, 2.5, 5e-4


def corner_well(grid, share):
    """Exact radial flow in a quarter plane from a well of water in its corner."""
    flow = WATER * INJECTED / 4 * share
    between, wells = np.zeros((3, *grid.shape)), np.zeros(grid.shape)
    x, y = angles(grid)
    between[0], between[1] = x[:, :, None] * flow, y[:, :, None] * flow
    x_high, y_high = -between[0, -1], -between[1, :, -1]
    between[0, -1] = between[1, :, -1] = 0.0
    wells[0, 0] = flow
    none = np.zeros(grid.shape[:2])
    sides = (np.zeros_like(x_high), x_high, np.zeros_like(y_high), y_high, none, none)
    return Flows(between, sides, wells)


def avdonin(r, t, caprock):
    r"""Share of the injected temperature, 2 (x/2)^nu K_nu(x) / (Gamma(nu) s) transformed.

    In the layer r c T_t = k (T_rr + (1 - 2 nu) T_r / r) less what conducts vertically into rock of
    equal properties above and below.
    """
    nu = INJECTED * WATER / (4 * np.pi * CONDUCTIVITY * THICK)

    def transform(s):
        loss = 2 * np.sqrt(s * CONDUCTIVITY * ROCK) / (CONDUCTIVITY * THICK) if caprock else 0.0
        x = r * np.sqrt(s * ROCK / CONDUCTIVITY + loss)
        return 2 * np.exp(nu * np.log(x / 2) - x - gammaln(nu)) * kve(nu, x) / s

    return talbot(transform, np.full(np.shape(r), t))


def test_radial_solution_without_caprock_is_the_incomplete_gamma_function():
    r, t = np.linspace(2.0, 60.0, 8), 2 * YEAR
    nu = INJECTED * WATER / (4 * np.pi * CONDUCTIVITY * THICK)
    closed = gammaincc(nu, r**2 * ROCK / (4 * CONDUCTIVITY * t))
    assert avdonin(r, t, caprock=False) == pytest.approx(closed, abs=1e-7)


@pytest.mark.parametrize(("sharp", "order", "finest"), [(False, 0.75, 0.03), (True, 1.4, 0.0012)])
def test_order_of_radial_injection(sharp, order, finest, measured):
    errors = []
    for cells in (20, 40, 80):
        edges = np.linspace(0.0, 80.0, cells + 1)
        grid = Grid(edges, edges, [0.0, THICK])
        water = Advection(corner_well(grid, np.ones(1)), Entering(wells=1.0))
        problem = Transport(grid, CONDUCTIVITY, ROCK, water=water, sharp=sharp)
        control = Control(tolerance=1e-3, nonlinear=1e-5)
        state, ledger = advance(problem, evenly(problem, 0.0), 2 * YEAR, control)
        radius = np.hypot(grid.centres[0][:, None], grid.centres[1])
        nu = INJECTED * WATER / (4 * np.pi * CONDUCTIVITY * THICK)
        exact = gammaincc(nu, radius**2 * ROCK / (4 * CONDUCTIVITY * 2 * YEAR))
        errors.append(np.max(np.abs(state.temperature[:, :, 0] - exact)))
        assert ledger.closure.max() < 1e-6
    way = "corrected" if sharp else "upwind"
    what = f"radial injection without caprock ({way}; cells of 4, 2, 1 m)"
    measured.order("porous", what, observed(errors), order)
    measured.deviation("porous", f"{what}, 1 m, of the step", "Avdonin", errors[-1], finest, "")


def test_radial_injection_between_rock_that_takes_heat(measured):
    """Half of the layer and the rock above, which conducts vertically only, as Avdonin's does."""
    edges = np.linspace(0.0, 80.0, 33)
    z = np.concatenate(
        [[0.0], THICK / 2 + np.concatenate([[0.0], np.cumsum(0.5 * 1.3 ** np.arange(15))])]
    )
    grid = Grid(edges, edges, z)
    layer = np.zeros(grid.shape[2])
    layer[0] = 0.5
    conductivity = np.zeros((3, *grid.shape))
    conductivity[:2, :, :, 0] = CONDUCTIVITY
    conductivity[2] = CONDUCTIVITY
    conductivity[2, :, :, 0] = 1e5  # one temperature over the height of the layer
    water = Advection(corner_well(grid, layer), Entering(wells=1.0))
    problem = Transport(grid, conductivity, ROCK, water=water)
    control = Control(tolerance=5e-3, nonlinear=1e-4)
    state, ledger = advance(problem, evenly(problem, 0.0), 4 * YEAR, control)
    radius = np.hypot(grid.centres[0][:, None], grid.centres[1])
    exact = avdonin(radius.ravel(), 4 * YEAR, caprock=True).reshape(radius.shape)
    off = np.abs(state.temperature[:, :, 0] - exact)
    what = "radial injection between rock that takes heat, 4 years, of the step"
    measured.deviation("porous", what, "Avdonin", off, 0.005, "")
    assert ledger.closure.max() < 1e-6


# ---------------------------------------------------------------- doublet


def doublet_breakthrough(cell):
    """Time at which a hundredth of the change reaches the producing well [s], half a plane."""
    p = DOUBLET["parameters"]
    near = Box((-195.0, 0.0, 0.0), (195.0, 100.0, p["h"]), (cell, cell, p["h"]))
    grid = graded([near], (-6e3, 0.0, 0.0), (6e3, 6e3, p["h"]), growth=1.25)
    ends = np.array([[-149.99, 0.01, 1.0], [150.01, 0.01, 1.0]])
    wells = np.zeros(grid.shape)
    wells.flat[grid.locate(ends)] = p["Q"] / 2, -p["Q"] / 2
    flows = steady_flow(darcy(grid, 1e-10, wells=wells)).flows
    water = Advection(flows.scaled(p["rhoc_w"]), Entering(wells=300.0))
    problem = Transport(grid, 0.0, p["rhoc_aq"], water=water)
    times = np.linspace(1.5, 2.1, 13) * YEAR
    control = Control(tolerance=0.5, nonlinear=1e-2, linear=1e-4)
    change = []
    for reached in march(problem, evenly(problem, 400.0), times, control):
        temperature = reached.state.temperature
        change.append((400.0 - temperature.flat[grid.locate(ends[1])]) / 100.0)
        assert reached.ledger.closure.max() < 1e-7
    assert 300.0 - 0.5 < temperature.min() <= temperature.max() < 400.0 + 0.5
    return np.interp(0.01, change, times)


@case("solvers/22_gringarten_sauty_1975_doublet_breakthrough")
def test_breakthrough_of_a_doublet(measured):
    p = DOUBLET["parameters"]
    closed = np.pi / 3 * p["rhoc_aq"] * p["D"] ** 2 * p["h"] / (p["rhoc_w"] * p["Q"])
    assert closed / YEAR == pytest.approx(DOUBLET["expected"]["t_breakthrough_yr"], rel=1e-6)
    off = [1 - doublet_breakthrough(cell) / closed for cell in (10.0, 5.0)]
    what = "breakthrough of a doublet (1 % of the change), too soon, cells of"
    measured.deviation("porous", f"{what} 10 m", "closed form", off[0], 0.1)
    measured.deviation("porous", f"{what} 5 m", "closed form", off[1], 0.05)
    assert off[1] > 0.0
    assert off[1] < 0.65 * off[0]


# ---------------------------------------------------------------- matrix and ledger


def rough_water(seed=0, temperature=310.0):
    steady = steady_flow(rough_box(seed))
    given = {
        name: temperature
        for name, flow in zip(
            Entering._fields, (*steady.flows.sides, steady.flows.wells), strict=True
        )
        if np.any(flow > 0)
    }
    return Advection(steady.flows.scaled(WATER / 1000.0), Entering(**given))


@given(st.integers(0, 200))
@settings(max_examples=10)
def test_matrix_is_one_of_transport(seed):
    """Off the diagonal nothing above 0; columns add up to what leaves, rows to what enters."""
    water = rough_water(seed)
    dense = water.matrix().toarray()
    scale = dense.max()
    assert np.max(dense - np.diag(np.diag(dense))) <= 0.0
    assert dense.sum(axis=0) == pytest.approx(water.leaving.ravel(), abs=1e-12 * scale)
    entering = water.bring(0.0, np.zeros(water.leaving.shape)) / 310.0
    assert dense.sum(axis=1) == pytest.approx(entering.ravel(), abs=1e-12 * scale)
    assert np.min(dense.sum(axis=1)) > -1e-12 * scale


def test_products_are_those_of_the_stored_matrix():
    rng = np.random.default_rng(5)
    water = rough_water(5)
    shape = water.leaving.shape
    links = rng.uniform(0.0, 1e3, (3, *shape))
    links[0, -1] = links[1, :, -1] = links[2, :, :, -1] = 0.0
    shift = rng.uniform(1.0, 10.0, shape)
    plain = DiffusionOperator(links, shift)
    both = TransportOperator(links, shift + water.leaving, water.flows.between)
    u, other = rng.standard_normal((2, *shape))
    for operator in (water, both):
        stored = operator.matrix()
        for apply, matrix in ((operator.apply, stored), (operator.apply_transpose, stored.T)):
            got = apply(u, np.zeros(shape)).ravel()
            np.testing.assert_allclose(got, matrix @ u.ravel(), atol=1e-12 * stored.max())
        np.testing.assert_allclose(operator.diagonal().ravel(), stored.diagonal(), rtol=1e-13)
        there = np.vdot(other, operator.apply(u, np.zeros(shape)))
        back = np.vdot(u, operator.apply_transpose(other, np.zeros(shape)))
        assert there == pytest.approx(back, rel=1e-10)
    added = water.apply(u, plain.apply(u))  # adds to what is there
    np.testing.assert_allclose(added, both.apply(u), atol=1e-12 * np.abs(added).max())


def rough_transport(seed=0, **what):
    rng = np.random.default_rng(seed)
    grid = rough_box(seed).grid
    parts = {
        "conductivity": rng.uniform(0.5, 5.0, grid.shape),
        "capacity": rng.uniform(1.5e6, 3e6, grid.shape),
        "source": 1e-3,
        "sides": Sides(x_low=fixed(300.0), y_high=film(5.0, 290.0)),
        "water": rough_water(seed),
    }
    problem = Transport(grid, **(parts | what))
    return problem, State.at_rest(rng.uniform(290.0, 330.0, grid.shape))


@pytest.mark.parametrize("linear", [1e-3, 1e-8])
@pytest.mark.parametrize("sharp", [False, True])
def test_ledger_closes_whatever_the_solver_leaves(linear, sharp, measured):
    problem, start = rough_transport(sharp=sharp)
    control = Control(tolerance=0.2, linear=linear, nonlinear=1e-3)
    state, ledger = advance(problem, start, 0.02 * YEAR, control)
    gained = np.sum(problem.heat_capacity * (state.temperature - start.temperature))
    assert ledger.stored.sum() == pytest.approx(gained, rel=1e-7)
    what = "ledger of transport, all kinds of sides and wells"
    measured.deviation("porous", what, "the heat exchanged", ledger.closure, 1e-11, "")
    assert np.all(np.abs(ledger.sides.sum(axis=0))[[0, 3, 5]] > 0)


def test_what_has_one_temperature_keeps_it():
    problem, _ = rough_transport(source=0.0, sides=Sides(x_low=fixed(310.0)))
    state, _ = advance(problem, evenly(problem, 310.0), YEAR)
    assert np.max(np.abs(state.temperature - 310.0)) < 1e-8


def test_without_flow_it_is_conduction():
    problem, start = rough_transport()
    still = replace(problem, water=Advection(problem.water.flows.scaled(0.0)))
    plain = Conduction(
        problem.grid, problem.conductivity, problem.capacity, problem.source, problem.sides
    )
    control = Control(tolerance=1e-3, linear=1e-9)
    ours, theirs = (advance(p, start, 0.1 * YEAR, control).state for p in (still, plain))
    assert np.max(np.abs(ours.temperature - theirs.temperature)) < 1e-3


def test_conductivity_may_follow_temperature():
    problem, start = rough_transport(conductivity=lambda T: 3.0 * 300.0 / T)
    ledger = advance(problem, start, 0.02 * YEAR, Control(tolerance=0.2)).ledger
    assert ledger.closure.max() < 1e-11


@given(st.integers(0, 200), st.floats(1e3, 3e6))
@settings(max_examples=8)
def test_temperatures_stay_near_their_bounds(seed, until):
    problem, start = rough_transport(seed, source=0.0, sides=Sides(x_low=fixed(300.0)))
    reached = advance(problem, start, until, Control(tolerance=0.05)).state.temperature
    assert 290.0 - 0.15 < reached.min() <= reached.max() < 330.0 + 0.15


def test_inlet_may_change_over_time():
    grid, flows = strip(np.linspace(0.0, 10.0, 11), 1e-5 * ROCK)
    water = Advection(flows, Entering(x_low=lambda time: 300.0 if time <= 4e7 else 310.0))
    problem = Transport(grid, 0.0, ROCK, water=water)
    before, after = march(problem, evenly(problem, 300.0), [4e7, 8e7])
    assert np.max(np.abs(before.state.temperature - 300.0)) < 0.02
    assert np.max(np.abs(after.state.temperature - 310.0)) < 0.02


def test_a_run_on_two_threads_is_the_same_to_the_last_bit():
    problem, start = rough_transport()
    one, two = (
        advance(problem, start, 0.01 * YEAR, Control(threads=count, tolerance=0.5)).state
        for count in (1, 2)
    )
    assert one.temperature.tobytes() == two.temperature.tobytes()


def test_bad_input_is_refused():
    grid, flows = strip(np.arange(4.0), 1.0)
    with pytest.raises(ValueError, match="no temperature for x_low"):
        Advection(flows)
    with pytest.raises(ValueError, match="entering, x_low: got nan"):
        Advection(flows, Entering(x_low=np.nan))
    leaking = replace(flows, wells=np.full(grid.shape, 0.1))
    with pytest.raises(ValueError, match="flows that balance"):
        Advection(leaking, Entering(x_low=300.0, wells=300.0))
    water = Advection(flows, Entering(x_low=300.0))
    with pytest.raises(ValueError, match="water: got flows of shape"):
        Transport(Grid([0.0, 1.0], [0.0, 1.0], [0.0, 1.0]), 1.0, ROCK, water=water)
    with pytest.raises(ValueError, match="capacity: got 0"):
        Transport(grid, 1.0, 0.0, water=water)
    problem = Transport(grid, 1.0, ROCK, water=water)
    control = Control(tolerance=np.inf, iterations=1, shortest=1e7)
    with pytest.raises(DivergedError, match="do not converge"):
        advance(problem, evenly(problem, 400.0), 1e7, control)
