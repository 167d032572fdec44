import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline
from scipy.linalg import expm

from comine.numerics.conduction import Conduction, Sides, film, fixed, flux
from comine.numerics.grid import Box, Grid, graded
from comine.numerics.krylov import conjugate_gradients
from comine.numerics.state import Control, DivergedError, State
from comine.numerics.stepping import advance, march
from tests.cases import case, load_case

YEAR = 365.25 * 86400.0
BOX = load_case("solvers/31_box_cosine_decay_order")
L, ALPHA = BOX["parameters"]["L"], BOX["parameters"]["alpha"]
CAPACITY = 2.2525e6


def equal_steps(count, until, **settings):
    return Control(tolerance=np.inf, first=until / count, linear=1e-12, **settings)


def cosine_problem(edges):
    grid = Grid(edges, edges, edges)
    x, y, z = np.meshgrid(*grid.centres, indexing="ij")
    mode = np.cos(np.pi * x / L) * np.cos(np.pi * y / L) * np.cos(np.pi * z / L)
    return Conduction(grid, ALPHA * CAPACITY, CAPACITY), mode


def uneven(cells):
    s = np.linspace(0.0, 1.0, cells + 1)
    return L * (s + 0.4 * np.sin(2 * np.pi * s) / (2 * np.pi))


def observed(errors):
    return np.log2(np.divide(errors[:-1], errors[1:]))


@case("solvers/31_box_cosine_decay_order")
@pytest.mark.parametrize(
    ("name", "edges"), [("even", lambda n: np.linspace(0.0, L, n + 1)), ("graded", uneven)]
)
def test_order_in_space_on_even_and_graded_grids(name, edges, measured):
    until, amplitude = 10 * YEAR, BOX["expected"]["amplitude"][0]
    errors = []
    for cells in (12, 24, 48):
        problem, mode = cosine_problem(edges(cells))
        control = equal_steps(64, until)
        end = advance(problem, State.at_rest(mode), until, control).state
        errors.append(np.max(np.abs(end.temperature - amplitude * mode)))
    orders = observed(errors)
    assert orders == pytest.approx([BOX["expected"]["order_space"]] * 2, abs=0.15)
    what = f"cosine mode in an insulated box, {name} grid (12, 24, 48 cells a side)"
    measured.order("rock-grid", what, orders, 1.85, 2.15)
    measured.deviation("rock-grid", f"{what}, 48", "exact decay", errors[-1], 2e-3, "")


def decay_of_the_grid(edges):
    """Rate at which the mode decays between the cells of an even grid [1/s]."""
    h = edges[1] - edges[0]
    return 3 * ALPHA * (2 - 2 * np.cos(np.pi * h / L)) / h**2


@case("solvers/31_box_cosine_decay_order")
def test_order_in_time(measured):
    edges, until = np.linspace(0.0, L, 9), 10 * YEAR
    problem, mode = cosine_problem(edges)
    exact = mode * np.exp(-decay_of_the_grid(edges) * until)
    errors = [
        np.max(
            np.abs(advance(problem, State.at_rest(mode), until, control).state.temperature - exact)
        )
        for control in (equal_steps(count, until) for count in (8, 16, 32, 64))
    ]
    assert observed(errors) == pytest.approx(
        [BOX["expected"]["order_time"]["SDIRK2"]] * 3, abs=0.15
    )
    what = "the same mode in time, decay of the grid (8 to 64 steps)"
    measured.order("rock-grid", what, observed(errors), 1.85, 2.15)
    measured.deviation("rock-grid", f"{what}, 64", "exact in time", errors[-1], 2e-5, "")


@case("solvers/31_box_cosine_decay_order")
def test_order_of_backward_euler_with_the_same_matrix():
    edges, until = np.linspace(0.0, L, 9), 10 * YEAR
    problem, mode = cosine_problem(edges)
    exact = mode * np.exp(-decay_of_the_grid(edges) * until)
    errors = []
    for count in (32, 64, 128):
        over_step = problem.heat_capacity * (count / until)
        operator = problem.exchange(mode).operator.with_shift(over_step)
        temperature = mode
        for _ in range(count):
            temperature, _ = conjugate_gradients(operator, over_step * temperature, 1e-12)
        errors.append(np.max(np.abs(temperature - exact)))
    assert observed(errors) == pytest.approx([BOX["expected"]["order_time"]["BE"]] * 2, abs=0.15)


@case("solvers/31_box_cosine_decay_order")
def test_amplitude_with_chosen_steps():
    problem, mode = cosine_problem(np.linspace(0.0, L, 33))
    times = [years * YEAR for years in BOX["parameters"]["t_yr"]]
    control = Control(tolerance=1e-4)
    for reached, amplitude in zip(
        march(problem, State.at_rest(mode), times, control),
        BOX["expected"]["amplitude"],
        strict=True,
    ):
        ratio = np.vdot(mode, reached.state.temperature) / np.vdot(mode, mode)
        assert ratio == pytest.approx(amplitude, abs=2e-3)


HALF_SPACE = load_case("solvers/16_half_space_step_and_film")


def half_space(side):
    p = HALF_SPACE["parameters"]
    skin = Box((0.0, 0.0, 0.0), (1.0, 1.0, 0.1), (1.0, 1.0, 0.02))
    grid = graded([skin], (0.0, 0.0, 0.0), (1.0, 1.0, 80.0), growth=1.06)
    return Conduction(grid, p["lam"], p["rhoc"], sides=Sides(z_low=side))


@case("solvers/16_half_space_step_and_film")
@pytest.mark.parametrize("kind", ["step", "film"])
def test_half_space_of_which_the_wall_or_the_fluid_is_warmed(kind):
    p, expected = HALF_SPACE["parameters"], HALF_SPACE["expected"]
    problem = half_space(fixed(1.0) if kind == "step" else film(p["h_c"], 1.0))
    start = State.at_rest(np.zeros(problem.grid.shape))
    depth = problem.grid.centres[2]
    for column, reached in enumerate(march(problem, start, p["t_s"], Control(tolerance=2e-4))):
        state = reached.state
        inside = CubicSpline(depth, state.temperature.ravel())(p["x_m"])
        assert inside == pytest.approx(expected[kind][column], abs=0.005)
        if kind == "step":
            entering = problem.through(problem.exchange(state.temperature), state.temperature, 0.0)
            assert entering[4].item() == pytest.approx(
                expected["wall_flux_step_W_m2_per_K"][column], rel=0.005
            )
        assert reached.ledger.closure.max() < 1e-10


def mixed_problem(seed=0, conductivity=None):
    """Layers, heat production and every kind of side at once."""
    rng = np.random.default_rng(seed)
    grid = Grid(*(np.cumsum(rng.uniform(0.5, 8.0, n)) for n in (9, 7, 11)))
    k = rng.uniform(0.3, 6.0, grid.shape) if conductivity is None else conductivity
    sides = Sides(
        x_low=fixed(rng.uniform(280.0, 330.0, grid.shape[1:])),
        x_high=film(12.0, lambda time: 300.0 + 10 * np.sin(2 * np.pi * time / YEAR)),
        y_high=flux(lambda time: 5.0 * np.cos(2 * np.pi * time / YEAR)),
        z_low=film(rng.uniform(0.0, 20.0, grid.shape[:2]), 290.0),
        z_high=flux(0.08),
    )
    capacity = rng.uniform(1.5e6, 4e6, grid.shape)
    start = State.at_rest(rng.uniform(290.0, 340.0, grid.shape))
    return Conduction(grid, k, capacity, rng.uniform(0.0, 3.0, grid.shape), sides), start


@pytest.mark.parametrize("linear", [1e-3, 1e-6, 1e-10])
def test_the_ledger_closes_with_all_sides_whatever_the_solver_leaves(linear, measured):
    problem, start = mixed_problem()
    ledger = advance(problem, start, YEAR, Control(linear=linear, tolerance=0.1)).ledger
    what = "ledger, all kinds of sides at once"
    measured.deviation("rock-grid", what, "the heat exchanged", ledger.closure, 1e-10, "")
    assert np.all(np.abs(ledger.sides[:, [0, 1, 3, 4, 5]]).sum(axis=0) > 0)
    assert np.all(ledger.sides[:, 2] == 0)


def test_the_ledger_is_that_of_the_state():
    problem, start = mixed_problem()
    end, ledger = advance(problem, start, YEAR)
    gained = np.sum(problem.heat_capacity * (end.temperature - start.temperature))
    assert ledger.stored.sum() == pytest.approx(gained, rel=1e-9)
    assert ledger.step.sum() == pytest.approx(YEAR, rel=1e-12)
    assert ledger.made.sum() == pytest.approx(problem.produced.sum() * YEAR, rel=1e-12)
    assert ledger.sides[:, 5].sum() == pytest.approx(
        0.08 * YEAR * problem.grid.areas(2).sum(), rel=1e-9
    )
    assert "closes to" in str(ledger)


def test_the_ledger_closes_where_conductivity_follows_temperature():
    problem, start = mixed_problem(conductivity=lambda T: 3.0 * 300.0 / T)
    ledger = advance(problem, start, YEAR / 4, Control(tolerance=0.1)).ledger
    assert ledger.closure.max() < 1e-10


def test_matrix_exponential_of_the_stored_matrix(measured):
    """Another way through the same cells: exact in time, by dense algebra."""
    problem, start = mixed_problem()
    still = Conduction(
        problem.grid,
        problem.conductivity,
        problem.capacity,
        sides=Sides(x_low=fixed(0.0), z_low=film(7.0, 0.0)),
    )
    operator = still.exchange(start.temperature).operator
    rates = operator.matrix().toarray() / still.heat_capacity.ravel()[:, None]
    exact = expm(-rates * 1e6) @ start.temperature.ravel()
    errors = []
    for tolerance in (1.0, 1e-1, 1e-2, 1e-3):
        end = advance(still, start, 1e6, Control(tolerance=tolerance, linear=1e-10)).state
        errors.append(np.max(np.abs(end.temperature.ravel() - exact)))
    assert errors == sorted(errors, reverse=True)
    what = "layers and sides, tolerance of 1 mK"
    measured.deviation("rock-grid", what, "matrix exponential", errors[-1], 0.05, "K")
    assert errors[0] > 10 * errors[-1]


def test_order_in_time_where_conductivity_follows_temperature(measured):
    grid = Grid([0.0, 1.0], [0.0, 1.0], np.linspace(0.0, 20.0, 21))
    problem = Conduction(grid, lambda T: 3.0 * (T / 300.0) ** -2, 2e6)
    start = State.at_rest(300 + 150 * np.cos(np.pi * grid.centres[2] / 20)[None, None] ** 2)

    def end(count):
        control = equal_steps(count, 2e7, nonlinear=1e-9)
        return advance(problem, start, 2e7, control).state.temperature

    finest = end(512)
    errors = [np.max(np.abs(end(count) - finest)) for count in (16, 32, 64)]
    what = "time, conductivity falling as the square of temperature (16 to 64 steps)"
    measured.order("rock-grid", what, observed(errors), 1.85, 2.15)


def test_times_of_events_are_met_exactly_and_only_snapshots_are_given():
    problem, start = mixed_problem()
    times = [0.1 * YEAR, 0.35 * YEAR, YEAR]
    cold = Conduction(problem.grid, 3.0, 2e6, sides=Sides(z_low=fixed(280.0)))
    reached = list(march(problem, start, times, changes={0.2 * YEAR: cold}))
    assert [r.state.time for r in reached] == times
    assert 0.2 * YEAR in reached[1].ledger.time
    assert reached[2].ledger.sides[:, :4].sum() == 0  # the new problem has one side only


def test_steps_are_halvings_of_the_stretch():
    problem, start = mixed_problem()
    ledger = advance(problem, start, YEAR).ledger
    halvings = np.log2(YEAR / ledger.step)
    assert np.all(halvings == np.round(halvings))
    assert np.unique(ledger.step).size > 2
    assert ledger.step[0] < ledger.step.max()
    assert np.all(ledger.error <= Control().tolerance)


def test_a_run_resumed_from_a_file_is_the_same_to_the_last_bit(tmp_path):
    problem, start = mixed_problem()
    times = [0.25 * YEAR, 0.5 * YEAR, YEAR]
    whole = [r.state for r in march(problem, start, times)]
    np.savez(tmp_path / "state.npz", **whole[1].arrays())
    with np.load(tmp_path / "state.npz") as kept:
        again = State.from_arrays(kept)
    rest = advance(problem, again, YEAR).state
    assert rest.temperature.tobytes() == whole[2].temperature.tobytes()
    assert (rest.time, rest.step) == (whole[2].time, whole[2].step)
    assert rest.rate.tobytes() == whole[2].rate.tobytes()


def test_a_run_on_two_threads_is_the_same_to_the_last_bit():
    problem, start = mixed_problem()
    one, two = (advance(problem, start, YEAR, Control(threads=count)) for count in (1, 2))
    assert one.state.temperature.tobytes() == two.state.temperature.tobytes()
    assert one.ledger.sides.tobytes() == two.ledger.sides.tobytes()


@given(st.integers(0, 1000), st.floats(1e4, 1e10))
@settings(max_examples=20)
def test_temperatures_stay_near_the_bounds_of_what_drives_them(seed, until):
    """The first stage keeps the bounds; the error control keeps the second within its tolerance."""
    problem, start = mixed_problem(seed)
    bounded = Conduction(
        problem.grid,
        problem.conductivity,
        problem.capacity,
        sides=Sides(x_low=fixed(280.0), y_low=film(5.0, 350.0)),
    )
    reached = advance(bounded, start, until, Control(tolerance=0.05)).state.temperature
    assert 280.0 - 0.1 < reached.min() <= reached.max() < 350.0 + 0.1


def test_equilibrium_stays():
    problem, _ = mixed_problem()
    still = Conduction(
        problem.grid,
        problem.conductivity,
        problem.capacity,
        sides=Sides(x_low=fixed(310.0), z_high=film(5.0, 310.0)),
    )
    state, ledger = advance(still, State.at_rest(np.full(still.grid.shape, 310.0)), 30 * YEAR)
    assert np.max(np.abs(state.temperature - 310.0)) < 1e-9
    assert ledger.iterations.sum() == 0


def test_a_step_that_does_not_converge_stops_with_the_place_and_the_last_state():
    grid = Grid([0.0, 1.0], [0.0, 1.0], [0.0, 1.0, 2.0, 3.0])
    problem = Conduction(
        grid, lambda T: np.where(T > 310, 1e-9, 1e9), 2e6, sides=Sides(z_high=fixed(400.0))
    )
    start = State.at_rest(np.array([309.0, 309.0, 309.9]).reshape(1, 1, 3))
    with pytest.raises(DivergedError, match=r"stopped at .* worst at \(0.5, 0.5, .*\) m") as error:
        advance(problem, start, YEAR, Control(shortest=100.0))
    assert 0.0 <= error.value.state.time < YEAR
    assert np.all(np.isfinite(error.value.state.temperature))


def test_a_system_that_is_not_solved_stops_the_run():
    problem, start = mixed_problem()
    control = Control(tolerance=np.inf, iterations=1, shortest=YEAR / 4)
    with pytest.raises(DivergedError, match="do not converge"):
        advance(problem, start, YEAR, control)


def changed(**what):
    parts = {"grid": Grid([0, 1], [0, 1], [0, 1, 2]), "conductivity": 3.0, "capacity": 2e6}
    return Conduction(**(parts | what))


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({"conductivity": -1.0}, "conductivity: got -1"),
        ({"conductivity": np.nan}, "conductivity: got nan"),
        ({"conductivity": np.ones((1, 1, 3))}, "conductivity: got shape"),
        ({"capacity": 0.0}, "capacity: got 0"),
        ({"capacity": np.ones((2, 1, 1))}, "capacity: got shape"),
        ({"source": np.inf}, "source: got inf"),
    ],
)
def test_bad_properties_are_refused(what, message):
    with pytest.raises(ValueError, match=message):
        changed(**what)


@pytest.mark.parametrize(
    "make", [lambda: film(-1.0, 300.0), lambda: fixed(np.nan), lambda: flux(np.inf)]
)
def test_bad_sides_are_refused(make):
    with pytest.raises(ValueError, match="got"):
        make()


def test_bad_times_states_and_controls_are_refused():
    problem, start = changed(), State.at_rest(np.full((1, 1, 2), 300.0), time=10.0)
    with pytest.raises(ValueError, match="until"):
        advance(problem, start, 5.0)
    with pytest.raises(ValueError, match="state: got shape"):
        advance(problem, State.at_rest(np.ones((1, 2, 2))), 5.0)
    with pytest.raises(ValueError, match="state: got nan"):
        advance(problem, State.at_rest(np.full((1, 1, 2), np.nan)), 5.0)
    with pytest.raises(ValueError, match="tolerance"):
        Control(tolerance=0.0)
    with pytest.raises(ValueError, match="first"):
        Control(first=-1.0)


def test_nothing_happens_in_no_time():
    problem, start = changed(), State.at_rest(np.full((1, 1, 2), 300.0))
    state, ledger = advance(problem, start, 0.0)
    assert state is start
    assert ledger.step.size == 0
