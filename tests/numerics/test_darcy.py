import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline
from scipy.special import exp1

from comine.numerics.conduction import Sides, fixed, flux
from comine.numerics.darcy import Flows, darcy, face_flows, mass_mobility, steady_flow
from comine.numerics.grid import Box, Grid, graded
from comine.numerics.state import Control, State
from comine.numerics.stepping import march
from tests.cases import case, load_case

THEIS = load_case("solvers/01_theis_1935")


@case("solvers/01_theis_1935")
def test_drawdown_around_a_well(measured):
    """A quarter of the plane, the well in its corner; the far sides are 60 km away."""
    p = THEIS["parameters"]
    near = Box((0.0, 0.0, 0.0), (16.0, 16.0, 1.0), (2.0, 2.0, 1.0))
    grid = graded([near], (0.0, 0.0, 0.0), (6e4, 6e4, 1.0), growth=1.15)
    wells = np.zeros(grid.shape)
    wells[0, 0, 0] = -p["Q_m3_s"] / 4
    problem = darcy(grid, p["T_m2_s"], p["S"], wells)
    radius = np.hypot(grid.centres[0], grid.centres[1][0])
    control = Control(tolerance=0.03, shortest=1e-3)
    worst = []
    for row, reached in enumerate(
        march(problem, State.at_rest(np.zeros(grid.shape)), p["t_s"], control)
    ):
        drawdown = -reached.state.temperature[:, 0, 0]
        got = CubicSpline(np.log(radius), drawdown)(np.log(p["r_m"]))
        wanted = np.array(THEIS["expected"]["drawdown_m_rows_t_cols_r"][row])
        u = np.square(p["r_m"]) * p["S"] / (4 * p["T_m2_s"] * p["t_s"][row])
        closed = p["Q_m3_s"] / (4 * np.pi * p["T_m2_s"]) * exp1(u)
        assert closed == pytest.approx(wanted, rel=1e-6)
        late = u < 0.1
        assert late.sum() >= 2
        assert got[late] == pytest.approx(wanted[late], rel=0.01)
        worst.append(np.max(np.abs(got[late] / wanted[late] - 1)))
        assert reached.ledger.closure.max() < 1e-8
        stored = np.sum(problem.heat_capacity * reached.state.temperature)
        assert stored == pytest.approx(-p["Q_m3_s"] / 4 * p["t_s"][row], rel=1e-8)
    what = "drawdown of a well, first cell 2 m wide, growth 1.15"
    measured.deviation("porous", what, "Theis", worst, 0.004)


def angles(grid):
    """Share of a source in the corner of a quarter plane that passes each face, x and y."""
    x, y = grid.x, grid.y
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = np.arctan2(y[None, :], x[:, None]) / (np.pi / 2)
    through_x = np.diff(seen, axis=1)[1:]  # the faces after each cell
    through_y = -np.diff(seen, axis=0)[:, 1:]
    return through_x, through_y


def radial_flow_error(cells):
    """Flow from the corner of a quarter plane, pressures at the far sides exact, against angles."""
    edges = np.linspace(0.0, 1.0, cells + 1)
    grid = Grid(edges, edges, [0.0, 1.0])
    wells = np.zeros(grid.shape)
    wells[0, 0, 0] = 1.0
    middle = grid.centres[0]
    far = (-np.log(np.hypot(1.0, middle)) / (np.pi / 2))[:, None]
    problem = darcy(grid, 1.0, wells=wells, sides=Sides(x_high=fixed(far), y_high=fixed(far)))
    pressure, flows = steady_flow(problem)
    radius = np.hypot(middle[:, None], middle)
    off = pressure[:, :, 0] + np.log(radius) / (np.pi / 2)
    x, y = angles(grid)
    wrong = max(
        np.max(np.abs(flow - part))
        for flow, part in (
            (flows.between[0, :-1, :, 0], x[:-1]),
            (flows.between[1, :, :-1, 0], y[:, :-1]),
        )
    )
    outside = radius > 0.25
    return np.max(np.abs(off[outside])), wrong


def test_radial_flow_converges_away_from_the_well(measured):
    errors = np.array([radial_flow_error(cells) for cells in (32, 64, 128)])
    orders = np.log2(errors[:-1, 0] / errors[1:, 0])
    measured.order("porous", "pressure around a well in a corner (32, 64, 128 cells)", orders, 1.7)
    assert errors[-1, 0] < 2e-4
    what = "flows past all faces around that well, of the well's"
    measured.deviation("porous", what, "angles", errors[-1, 1], 0.05)


def test_layers_in_series_are_exact():
    k = np.array([1e-12, 3e-16, 5e-10, 2e-14])[:, None, None]
    width = np.array([3.0, 1.0, 10.0, 0.5])
    grid = Grid(np.concatenate([[0.0], np.cumsum(width)]), [0.0, 2.0], [0.0, 5.0])
    mobility = mass_mobility(k, 980.0, 4e-4)
    sides = Sides(x_low=fixed(3e7), x_high=fixed(2.9e7))
    pressure, flows = steady_flow(darcy(grid, mobility, sides=sides))
    wanted = 10.0 * 1e6 / np.sum(width / mobility.ravel())
    assert flows.sides[0].sum() == pytest.approx(wanted, rel=1e-12)
    assert flows.between[0, :-1].ravel() == pytest.approx([wanted] * 3, rel=1e-12)
    assert flows.sides[1].sum() == pytest.approx(-wanted, rel=1e-12)
    assert np.all(np.diff(pressure.ravel()) < 0)


def test_layers_side_by_side_share_by_permeability():
    k = np.array([1e-12, 4e-12])[None, :, None]
    grid = Grid([0.0, 1.0, 2.0], [0.0, 1.0, 2.0], [0.0, 1.0])
    sides = Sides(x_low=fixed(1e5), x_high=fixed(0.0))
    problem = darcy(grid, mass_mobility(np.broadcast_to(k, grid.shape), 1e3, 1e-3), sides=sides)
    entering = steady_flow(problem).flows.sides[0].ravel()
    assert entering[1] / entering[0] == pytest.approx(4.0, rel=1e-12)


def rough_box(seed, level=0.0):
    """Permeability over eight decades, wells and two sides that hold the pressure."""
    rng = np.random.default_rng(seed)
    grid = Grid(*(np.cumsum(rng.uniform(0.5, 20.0, n)) for n in (9, 8, 7)))
    mobility = 10 ** rng.uniform(-12.0, -4.0, grid.shape)
    wells = rng.uniform(-1.0, 1.0, grid.shape) * (rng.random(grid.shape) < 0.05)
    sides = Sides(
        x_low=fixed(level + rng.uniform(0.0, 1e6, grid.shape[1:])),
        z_high=fixed(level),
        y_low=flux(1e-4),
    )
    return darcy(grid, mobility, wells=wells, sides=sides)


@given(st.integers(0, 1000), st.sampled_from([0.0, 3e7]))
@settings(max_examples=10)
def test_flows_balance_in_every_cell_to_rounding(seed, level):
    flows = steady_flow(rough_box(seed, level)).flows
    assert np.max(np.abs(flows.imbalance)) < 2e-15 * np.max(flows.throughput)


def test_flows_are_those_of_the_pressures():
    problem = rough_box(1)
    pressure, flows = steady_flow(problem)
    again = face_flows(problem, pressure)
    greatest = np.max(flows.throughput)
    assert np.max(np.abs(again.between - flows.between)) < 1e-9 * greatest
    assert np.max(np.abs(again.imbalance)) < 1e-9 * greatest
    assert np.max(np.abs(again.sides[0] - flows.sides[0])) < 1e-9 * greatest


def doublet(shut=True):
    grid = Grid(*(np.linspace(0.0, 100.0, n) for n in (13, 10, 4)))
    wells = np.zeros(grid.shape)
    wells[2, 3, 1], wells[9, 6, 1] = 5.0, (-5.0 if shut else -4.0)
    return darcy(grid, 6e-8, wells=wells)


def test_a_shut_box_needs_no_side_where_wells_balance():
    pressure, flows = steady_flow(doublet())
    assert np.max(np.abs(flows.imbalance)) < 1e-14
    assert all(np.all(side == 0) for side in flows.sides)
    assert abs(pressure.mean()) < 1e-9 * pressure.max()
    assert np.unravel_index(pressure.argmax(), pressure.shape) == (2, 3, 1)
    with pytest.raises(ValueError, match="more enters than leaves"):
        steady_flow(doublet(shut=False))


def test_a_transient_ends_in_the_steady_state():
    problem = rough_box(3)
    problem = darcy(
        problem.grid,
        np.clip(problem.conductivity, 1e-7, None),
        storage=1e-9,
        sides=problem.sides,
    )
    steady = steady_flow(problem)
    state = State.at_rest(np.full(problem.grid.shape, 5e5))
    (reached,) = march(problem, state, [1e7], Control(tolerance=1e3, shortest=1e-4, linear=1e-10))
    spread = np.ptp(steady.pressure)
    assert np.max(np.abs(reached.state.temperature - steady.pressure)) < 1e-6 * spread


def test_flows_in_another_unit_and_their_sum():
    flows = steady_flow(doublet()).flows
    twice = flows + flows
    assert np.array_equal(twice.between, flows.scaled(2.0).between)
    assert np.array_equal(twice.wells, 2 * flows.wells)
    assert flows.throughput[2, 3, 1] == pytest.approx(5.0)


def test_parts_that_nothing_connects_are_found():
    mobility = np.full((5, 1, 1), 1e-8)
    mobility[2] = 0.0
    grid = Grid(np.arange(6.0), [0.0, 1.0], [0.0, 1.0])
    with pytest.raises(ValueError, match="each exchange with something"):
        steady_flow(darcy(grid, mobility, sides=Sides(x_low=fixed(1.0))))


def test_bad_input_is_refused():
    grid = Grid([0.0, 1.0], [0.0, 1.0], [0.0, 1.0, 2.0])
    with pytest.raises(ValueError, match="permeability: got -1"):
        mass_mobility(-1.0, 1e3, 1e-3)
    with pytest.raises(ValueError, match="viscosity: got 0"):
        mass_mobility(1e-14, 1e3, 0.0)
    with pytest.raises(ValueError, match="density: got nan"):
        mass_mobility(1e-14, np.nan, 1e-3)
    with pytest.raises(ValueError, match="wells: got inf"):
        darcy(grid, 1e-8, wells=np.inf)
    with pytest.raises(ValueError, match="function of the pressure"):
        steady_flow(darcy(grid, lambda p: 1e-8 * p, sides=Sides(z_low=fixed(1.0))))
    sides = tuple(np.zeros(shape) for shape in ((1, 2), (1, 2), (1, 2), (1, 2), (1, 1), (1, 1)))
    with pytest.raises(ValueError, match="between: got shape"):
        Flows(np.zeros((3, 1, 1, 1)), sides, np.zeros((1, 1, 2)))
    with pytest.raises(ValueError, match="0 at the last"):
        Flows(np.ones((3, 1, 1, 2)), sides, np.zeros((1, 1, 2)))
