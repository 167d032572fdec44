"""Water that flows through the cells of a coupled run."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import i0, k0

from comine.numerics.advection import Advection, Entering, Transport
from comine.numerics.conduction import Conduction, Sides, film, fixed
from comine.numerics.coupled import Coupled, CoupledControl, march
from comine.numerics.darcy import Flows
from comine.numerics.embedding import Cylinders, embed
from comine.numerics.state import Control, State
from comine.numerics.steady import steady_state
from comine.numerics.stepping import advance as advance_rock
from tests.numerics.coupled_rig import MATTER, even_grid, heated, holes, pipe, run
from tests.numerics.skin_rig import CAPACITY, CONDUCTIVITY, DAY, YEAR, graded_edges

TIGHT = CoupledControl(linear=1e-11, nonlinear=1e-9)


def along_x(grid, flux):
    """Flow of heat capacity along x through all of a box, flux in [W/m2/K]."""
    area = grid.areas(0)[0]
    between = np.zeros((3, *grid.shape))
    between[0, :-1] = flux * area
    none = [np.zeros((grid.shape[0], n)) for n in (grid.shape[2],) * 2 + (grid.shape[1],) * 2]
    return Flows(between, (flux * area, -flux * area, *none), np.zeros(grid.shape))


def slab(flux=5e-6 * CAPACITY, inlet=300.0, sharp=True, **more):
    grid = even_grid(np.arange(0.0, 101.0, 10.0), np.arange(-40.0, 41.0, 10.0), np.arange(4.0) * 10)
    water = Advection(along_x(grid, flux), Entering(x_low=inlet))
    return Transport(grid, *MATTER, water=water, sharp=sharp, **more)


def without_skins(rock):
    none = Cylinders(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0))
    return Coupled(rock, embed(rock.grid, MATTER, none), ())


@pytest.mark.parametrize("sharp", [True, False])
@pytest.mark.parametrize("conductivity", [3.0, lambda T: 900.0 / T], ids=["k", "k(T)"])
def test_without_skins_a_front_is_that_of_the_cells_alone(sharp, conductivity, measured):
    rock = replace(
        slab(sharp=sharp, sides=Sides(z_low=film(5.0, 320.0))), conductivity=conductivity
    )
    times = 0.06 * YEAR * np.arange(1, 9)
    state = State.at_rest(np.full(rock.grid.shape, 330.0))
    control = Control(tolerance=np.inf, linear=1e-11, nonlinear=1e-9)
    found = run(without_skins(rock), times, 330.0, control=TIGHT)
    for time, reached in zip(times, found, strict=True):
        state, ledger = advance_rock(rock, state, time, control)
        error = reached.state.cells - state.temperature
        what = "front of water in rock without skins"
        measured.deviation("engine", what, "conduction on a grid", error, 1e-5, "K")
        entry = reached.entries[0]
        assert entry.sides == pytest.approx(ledger.sides[0], rel=1e-6, abs=1e-3 * entry.exchanged)
        assert entry.made == pytest.approx(ledger.made[0], abs=1.0)
        assert entry.residual < 1e-11
    assert np.ptp(state.temperature[:, 4, 1]) > 5.0  # the front is in the box


def borehole_in_slab(sharp=True, wells=0.0):
    rock = slab(sharp=sharp, source=1e-5)
    if wells:
        flows = rock.water.flows
        pumped = np.zeros(rock.grid.shape)
        pumped[2, 1, 1], pumped[2, 2, 1] = wells, -wells
        between = flows.between.copy()
        between[1, 2, 1, 1] += wells
        water = Advection(
            replace(flows, wells=pumped, between=between), Entering(x_low=300.0, wells=310.0)
        )
        rock = replace(rock, water=water)
    ends = [([50, 0, 0], [50, 0, 30], 3)]
    skins = embed(rock.grid, MATTER, holes(ends, 0.1))
    return Coupled(rock, skins, (pipe(3, 2e3, 290.0, 200.0, storage=1e6),))


@pytest.mark.parametrize("linear", [1e-3, 1e-8])
@pytest.mark.parametrize("sharp", [True, False])
def test_a_slab_with_a_borehole_and_wells_closes(sharp, linear):
    problem = borehole_in_slab(sharp, wells=300.0)
    control = CoupledControl(linear=linear, nonlinear=1e-3)
    entries = [
        a.entries[0] for a in run(problem, 10 * DAY * np.arange(1, 21), 330.0, 330.0, control)
    ]
    assert max(e.residual for e in entries) < 1e-9
    assert max(e.carrier_residual for e in entries) < 1e-12
    pumped = 300.0 * 10 * DAY * (310.0 - 330.0)
    made = problem.rock.produced.sum() * 10 * DAY
    assert entries[0].made - made == pytest.approx(pumped, rel=0.05)
    assert min(abs(e.walls) for e in entries) > 1e7


def test_a_run_goes_on_and_threads_change_nothing():
    problem = borehole_in_slab()
    times = 10 * DAY * np.arange(1, 7)
    whole = run(problem, times, 330.0, 330.0, CoupledControl())
    *_, rest = march(problem, whole[2].state, times[3:], CoupledControl(threads=2))
    assert rest.state.cells.tobytes() == whole[-1].state.cells.tobytes()
    assert rest.state.rings.tobytes() == whole[-1].state.rings.tobytes()


@pytest.mark.parametrize(
    ("width", "flux", "wall", "plume"),
    [(4.0, 0.1, 0.01, 0.02), (4.0, 0.25, 0.03, 0.05), (4.0, 1.0, 0.2, 0.2)],
)
def test_a_heated_hole_in_flowing_water_is_the_moving_line(width, flux, wall, plume, measured):
    """Steady; the flow of heat capacity through a cell over its conductance is 0.13 to 1.3."""
    edges = graded_edges(width, equal=8.0 * width, until=500.0, growth=1.4)
    grid = even_grid(edges, edges, [0, 5, 10])
    water = Advection(along_x(grid, flux), Entering(x_low=0.0))
    rock = Transport(grid, *MATTER, water=water, sides=Sides(x_low=fixed(0.0)))
    radius, per_length = 0.1, 100.0
    skins = embed(grid, MATTER, holes([([0, 0, 0], [0, 0, 10], 2)], radius))
    problem = Coupled(rock, skins, (heated(np.full(2, 5.0 * per_length)),))
    end = run(problem, DAY * 4.0 ** np.arange(9), 0.0, 0.0)[-1]
    half = flux / (2.0 * CONDUCTIVITY)
    level = per_length / (2.0 * np.pi * CONDUCTIVITY)
    film_gap = per_length / (2.0 * np.pi * radius * 1e6)
    exact = level * i0(half * radius) * k0(half * radius)
    what = f"heated hole in flowing water, Fh/k of {flux * width / CONDUCTIVITY:.2g}"
    error = (end.state.unknown - film_gap) / exact - 1.0
    measured.deviation("engine", f"{what}: wall", "moving line source", error, wall)
    x = grid.centres[0]
    place, middle = np.searchsorted(x, 5.0 * width - 0.1), np.argmin(np.abs(grid.centres[1]))
    exact = level * np.exp(half * x[place]) * k0(half * x[place])
    error = end.state.cells[place, middle, 0] / exact - 1.0
    measured.deviation("engine", f"{what}: plume", "moving line source", error, plume)
    assert end.entries[-1].residual < 1e-9


def test_what_does_not_hold_for_flowing_water_is_refused():
    problem = borehole_in_slab()
    with pytest.raises(ValueError, match="water flows through"):
        steady_state(problem.rock, 300.0)
    with pytest.raises(ValueError, match="undisturbed"):
        replace(problem, undisturbed=np.array([300.0, 301.0, 302.0]))
    still = replace(problem.rock, water=Advection(problem.rock.water.flows.scaled(0.0)))
    plain = Conduction(still.grid, *MATTER, source=1e-5)
    one, two = (
        run(replace(problem, rock=rock), [YEAR], 330.0, 330.0, TIGHT)[0].state
        for rock in (still, plain)
    )
    assert one.cells == pytest.approx(two.cells, abs=1e-6)
