"""Rock whose properties follow the temperature, in a coupled run."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.sparse import diags_array

from comine.numerics.conduction import Conduction, Sides, film, fixed, flux
from comine.numerics.coupled import Coupled, CoupledControl, CoupledState, advance, at_start, march
from comine.numerics.embedding import Cylinders, embed
from comine.numerics.heat_capacity import melting
from comine.numerics.state import Control, State
from comine.numerics.stepping import advance as advance_rock
from tests.numerics.coupled_rig import (
    MATTER,
    doubling,
    even_grid,
    held,
    hole_in_box,
    holes,
    pipe,
    run,
)
from tests.numerics.skin_rig import CAPACITY, CONDUCTIVITY, DAY, YEAR, graded_edges, orders

TIGHT = CoupledControl(linear=1e-10, nonlinear=1e-8)
ROCK = 320.0


def conducts(temperature):
    """Half as much again 100 K below."""
    return CONDUCTIVITY * (ROCK / temperature) ** 1.5


def stores(temperature):
    return CAPACITY * (1.0 + 4e-3 * (temperature - ROCK))


def wax(begins=300.0):
    return melting(CAPACITY, CAPACITY, 1e8, begins, begins + 6.0)


def nothing_in(grid, conductivity, capacity, **more):
    """Cells without skins."""
    none = Cylinders(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0))
    return Coupled(Conduction(grid, conductivity, capacity, **more), embed(grid, MATTER, none), ())


def cooled(conductivity=conducts, capacity=stores, carries=3e6, **more):
    """Rock cooled and warmed by a side and by water in a hole, from its temperature."""
    grid, skins = hole_in_box()

    def inlet(time):
        return ROCK - 30.0 * (1.0 - np.cos(2.0 * np.pi * time / (20.0 * YEAR)))

    rock = Conduction(grid, conductivity, capacity, sides=Sides(y_low=fixed(inlet)), **more)
    water = pipe(2, carries, inlet, 20.0, storage=0.8 * DAY * carries)
    return Coupled(rock, skins, (water,), matter_at=ROCK)


def from_rest(problem, times, control=TIGHT):
    return run(problem, times, ROCK, ROCK, control)


@pytest.mark.parametrize("capacity", [CAPACITY, stores], ids=["k(T)", "k(T) and c(T)"])
def test_the_step_stays_of_second_order(capacity, measured):
    problem = cooled(capacity=capacity)
    counts = np.array([8, 16])
    exact, *found = (
        [a.state for a in from_rest(problem, np.linspace(0.0, 16.0 * YEAR, n + 1)[1:])]
        for n in (128, *counts)
    )
    for of in ("cells", "rings"):
        known, *others = (
            np.array([getattr(states[n * len(states) // 8 - 1], of) for n in range(4, 9)])
            for states in (exact, *found)
        )
        error = [np.linalg.norm(other - known) for other in others]
        laws = "k(T)" if capacity is CAPACITY else "k(T), c(T)"
        measured.order("engine", f"coupled step, {laws}: {of}", -orders(counts, error), 1.8, 2.2)
    fixed_ones = from_rest(cooled(CONDUCTIVITY, CAPACITY), YEAR * np.arange(1, 17))[-1].state
    assert np.abs(fixed_ones.cells - exact[-1].cells).max() > 1.5  # what the order is about


@pytest.mark.parametrize(
    ("conductivity", "capacity"),
    [(conducts, CAPACITY), (CONDUCTIVITY, stores), (conducts, stores), (conducts, wax(310.0))],
    ids=["k(T)", "c(T)", "both", "melting"],
)
def test_without_skins_it_is_the_rock_alone(conductivity, capacity, measured):
    grid = even_grid([0, 5, 12, 20], [0, 5, 12, 20], [0, 1, 3, 6, 10, 15])
    sides = Sides(z_low=fixed(300.0), z_high=flux(0.06), x_low=film(5.0, 330.0))
    problem = nothing_in(grid, conductivity, capacity, source=1e-3, sides=sides)
    start = np.broadcast_to(ROCK - grid.centres[2], grid.shape)
    state, times = State.at_rest(start), 0.1 * YEAR * np.arange(1, 11)
    apart = Control(tolerance=np.inf, linear=1e-11, nonlinear=1e-9)
    for time in times:
        state = advance_rock(problem.rock, state, time, apart).state
    found = run(problem, times, start, control=TIGHT)
    error = found[-1].state.cells - state.temperature
    what = "k(T), c(T), melting, without skins"
    measured.deviation("engine", what, "conduction on a grid", error, 1e-5, "K")
    assert max(a.entries[0].residual for a in found) < 1e-11


@pytest.mark.parametrize("capacity", [CAPACITY, stores, wax(305.0)], ids=["fixed", "c(T)", "wax"])
def test_every_step_closes_whatever_the_solver_leaves(capacity):
    problem = cooled(capacity=capacity, carries=3e4, source=1e-4)
    loose = CoupledControl(linear=1e-4, nonlinear=1e-2)
    entries = [a.entries[0] for a in from_rest(problem, 10.0 * DAY * np.arange(1, 21) ** 2, loose)]
    assert max(e.residual for e in entries) < 5e-9
    assert max(e.carrier_residual for e in entries) < 1e-12
    assert min(abs(e.walls) for e in entries) > 1e3


def test_heat_is_that_of_the_matter_left_by_the_skins():
    problem = cooled(capacity=wax(305.0), carries=3e4)
    first, *_, last = from_rest(problem, 10.0 * DAY * np.arange(1, 21) ** 2, CoupledControl())
    rock, share = problem.rock, problem.share
    gained = share * rock.stored(first.state.cells, last.state.cells)
    entries = from_rest(problem, 10.0 * DAY * np.arange(1, 21) ** 2, CoupledControl())[1:]
    assert sum(a.entries[0].cells for a in entries) == pytest.approx(gained.sum(), rel=1e-9)
    hole = problem.embedded.displaced().sum()
    assert (rock.capacity_at(np.full(share.shape, ROCK)) * (1 - share)).sum() == pytest.approx(hole)
    assert last.state.cells.min() < 305.0  # some of it has set


def test_a_run_goes_on_from_its_arrays_as_if_never_stopped():
    problem = cooled(capacity=wax(305.0))
    times = YEAR * np.array([0.5, 1.0, 2.0, 4.0, 8.0])
    whole = from_rest(problem, times, CoupledControl())
    again = CoupledState.from_arrays(whole[1].state.arrays())
    *_, last = march(problem, again, times[2:])
    for name, array in last.state.arrays().items():
        assert array.tobytes() == whole[-1].state.arrays()[name].tobytes(), name


def test_threads_do_not_change_a_byte():
    one, two = (
        from_rest(cooled(), [YEAR, 5 * YEAR], CoupledControl(threads=n))[-1].state for n in (1, 2)
    )
    assert one.cells.tobytes() == two.cells.tobytes()


def test_steps_that_choose_themselves_agree_with_many_small_ones():
    problem = cooled()
    start = at_start(problem, np.full(problem.rock.grid.shape, ROCK), np.full(2, ROCK))
    chosen = advance(problem, start, 16.0 * YEAR, CoupledControl(tolerance=0.02, linear=1e-8))
    small = from_rest(problem, np.linspace(0.0, 16.0 * YEAR, 65)[1:])[-1].state
    assert 4 < len(chosen.entries) < 100
    assert np.abs(chosen.state.cells - small.cells).max() < 0.1


def radial(times, radius, film_coefficient, law, temperatures, cells=240):
    """Heat from a wall into endless rock, cut finely along the radius [W/m]."""
    rock, fluid = temperatures
    face = radius + np.r_[0.0, np.geomspace(0.01, 400.0, cells)]
    middle = 0.5 * (face[1:] + face[:-1])
    capacity = np.pi * np.diff(face**2) * CAPACITY
    between = 2.0 * np.pi / np.log(middle[1:] / middle[:-1])
    film_resistance = 1.0 / (2.0 * np.pi * radius * film_coefficient)

    def wall(T):
        first = np.log(middle[0] / radius) / (2.0 * np.pi * law(T[0]))
        return (fluid - T[0]) / (film_resistance + first)

    def rate(_, T):
        flow = law(0.5 * (T[1:] + T[:-1])) * between * (T[:-1] - T[1:])
        return -np.diff(np.r_[wall(T), flow, 0.0]) / capacity

    found = solve_ivp(
        rate, (0.0, times[-1]), np.full(cells, rock), "BDF", times, rtol=1e-6, atol=1e-6,
        jac_sparsity=diags_array([1.0, 1.0, 1.0], offsets=[-1, 0, 1], shape=(cells, cells)),
    )  # fmt: skip
    return np.array([wall(T) for T in found.y.T])


@pytest.mark.parametrize(
    ("fall", "skins_at", "least", "most"),
    [
        (0.1, 0.0, 0.04, 0.05),
        (0.1, 0.5, 0.0, 0.01),
        (-0.1, 0.0, 0.04, 0.05),
        (-0.1, 0.5, 0.0, 0.01),
    ],
    ids=["falls, undisturbed", "falls, mean", "rises, undisturbed", "rises, mean"],
)
def test_skins_are_as_good_as_the_conductivity_they_are_made_with(
    fall, skins_at, least, most, measured
):
    """Conductivity that changes by a tenth from the rock's to the air's temperature; skins with
    that of the rock's temperature, or of the mean of the two."""
    air = 300.0

    def law(temperature):
        return CONDUCTIVITY * (1.0 - fall * (ROCK - temperature) / (ROCK - air))

    across, times = graded_edges(10.0), doubling(DAY / 4, 4)
    grid = even_grid([0, 10, 20], across, across)
    matter = (float(law(ROCK + skins_at * (air - ROCK))), CAPACITY)
    airway = embed(grid, matter, holes([([0, 0, 0], [20, 0, 0], 2)], 2.0))
    problem = Coupled(Conduction(grid, law, CAPACITY), airway, (held(np.full(2, air), 20.0),))
    found = run(problem, times, ROCK, air)
    heat = np.array([a.state.heat.sum() for a in found]) / 20.0
    error = np.abs(heat / radial(times, 2.0, 20.0, law, (ROCK, air)) - 1.0)[times > 0.99 * DAY]
    turn, at = "rises" if fall < 0 else "falls", "the mean" if skins_at else "the undisturbed"
    what = f"airway in k that {turn} by a tenth to its air, skins of {at} temperature"
    measured.deviation("engine", what, "fine radial grid", error, most)
    assert error.max() >= least
