"""Cells excavated, backfilled and flooded beside openings, in one coupled run."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import erf

from comine.numerics.advection import Advection, Entering, Transport
from comine.numerics.cell_changes import CellChange, exchange_cells
from comine.numerics.conduction import Conduction, Sides, film, fixed, flux
from comine.numerics.coupled import Coupled, CoupledControl, CoupledState, at_start, march
from comine.numerics.coupled_changes import change_rock, changed
from comine.numerics.darcy import darcy, steady_flow
from comine.numerics.embedding import Cylinders, embed
from comine.numerics.grid import Box, graded
from comine.numerics.state import State
from tests.numerics.coupled_rig import MATTER, even_grid, holes, pipe
from tests.numerics.skin_rig import YEAR
from tests.numerics.test_coupled_transport import along_x

FILL, WATER, AIR = (1.2, 3.2e6), (0.6, 4.18e6), (0.0, 1.2e3)


def mined(**more):
    """An airway, and rock beside it in which a stope will be."""
    grid = even_grid(*[np.arange(0.0, 101.0, 10.0)] * 3)
    sides = Sides(z_low=fixed(300.0), z_high=flux(0.06), x_low=film(5.0, 310.0))
    rock = Conduction(grid, *MATTER, source=1e-6, sides=sides)
    skins = embed(grid, MATTER, holes([([30, 30, 0], [30, 30, 100], 4)], 2.0))
    water = pipe(4, 3e4, 295.0, 20.0, storage=1e8)
    problem = Coupled(rock, skins, (water,), **more)
    start = np.broadcast_to(320.0 + 0.1 * grid.centres[2], grid.shape)
    return problem, at_start(problem, start, np.full(4, 295.0))


def stope(problem, low=60.0, high=90.0):
    inside = [(c > low) & (c < high) for c in problem.rock.grid.centres]
    return inside[0][:, None, None] & inside[1][:, None] & inside[2]


def life(problem):
    cells = stope(problem)
    return {
        1 * YEAR: CellChange(cells, 300.0, *AIR),
        3 * YEAR: CellChange(cells, 295.0, *FILL),
        4.5 * YEAR: CellChange(cells, 285.0, *WATER, source=0.0),
    }


def content(problem, cells, level=273.15):
    """Heat of the matter that the skins leave the cells."""
    return float((problem.share * problem.rock.stored(np.full(cells.shape, level), cells)).sum())


def bytes_of(state):
    return {name: array.tobytes() for name, array in state.arrays().items()}


@pytest.mark.parametrize("at_skins", [False, True], ids=["beside the airway", "around it"])
def test_heat_is_conserved_through_excavation_backfill_and_flood(at_skins):
    problem, start = mined()
    changes = life(problem)
    if at_skins:
        around = stope(problem, 15.0, 55.0)
        changes = {time: replace(change, cells=around) for time, change in changes.items()}
    *_, end = found = list(march(problem, start, YEAR * np.arange(1.0, 7.0), changes=changes))
    after = problem
    for change in changes.values():
        after = changed(after, change)
    entries = [entry for advanced in found for entry in advanced.entries]
    cells = content(after, end.state.cells) - content(problem, start.cells)
    rings = (problem.embedded.skins.capacity * (end.state.rings - start.rings)).sum()
    booked = sum(e.sides.sum() + e.made + e.walls + e.matter for e in entries)
    assert sum(e.cells for e in entries) == pytest.approx(cells, rel=1e-9)
    assert booked == pytest.approx(cells + rings, rel=1e-9)
    exchanged = [entry for entry in entries if entry.step == 0.0]
    assert [entry.time for entry in exchanged] == list(changes)
    assert max(entry.residual for entry in entries) < 1e-9
    assert [entry.time for entry in entries] == sorted(entry.time for entry in entries)


def test_it_is_an_exchange_and_a_new_run():
    problem, start = mined()
    fill = life(problem)[3 * YEAR]
    whole = list(march(problem, start, [YEAR, 3 * YEAR], changes={YEAR: fill}))
    begun = whole[0].state
    rock, cells, entry = exchange_cells(
        problem.rock, State(begun.time, begun.cells, begun.rate), fill
    )
    after = replace(problem, rock=rock)
    state = replace(begun, cells=cells.temperature, rate=cells.rate)
    (again,) = march(after, state, [3 * YEAR])
    assert again.state.cells == pytest.approx(whole[1].state.cells, abs=1e-7)
    assert again.heat == pytest.approx(whole[1].heat, rel=1e-7)
    assert whole[1].entries[0].matter == pytest.approx(entry.exchanged, rel=1e-12)
    assert change_rock(problem, begun, fill).entry.matter == whole[1].entries[0].matter


def test_a_run_goes_on_exactly_before_at_and_after_a_change():
    problem, start = mined()
    changes = life(problem)
    times = YEAR * np.array([0.5, 1.0, 2.0, 3.5, 6.0])
    shares = {6.0 * YEAR: (0.25, 0.75)}
    whole = list(march(problem, start, times, shares=shares, changes=changes))
    assert np.all(whole[1].state.cells[stope(problem)] > 310.0)
    for kept in range(4):
        again = CoupledState.from_arrays(whole[kept].state.arrays())
        *_, last = march(problem, again, times[kept + 1 :], shares=shares, changes=changes)
        assert bytes_of(last.state) == bytes_of(whole[-1].state)
        assert last.heat.tobytes() == whole[-1].heat.tobytes()


def test_means_are_over_a_stretch_whatever_changes_in_it():
    problem, start = mined()
    changes = life(problem)
    (one,) = march(problem, start, [6 * YEAR], changes=changes)
    parts = list(march(problem, start, [*changes, 6 * YEAR], changes=changes))
    assert bytes_of(one.state) == bytes_of(parts[-1].state)
    lengths = [sum(e.step for e in part.entries) for part in parts]
    heat = np.average([part.heat for part in parts], axis=0, weights=lengths)
    assert one.heat == pytest.approx(heat, rel=1e-12)
    assert len(one.entries) == 4 + 3


def test_backfilled_box_against_the_exact_decay(measured):
    """A box of another temperature in endless rock: a product of error functions."""
    half, far = 10.0, 120.0
    box = Box((0.0, 0.0, 0.0), (half, half, half), 1.0)
    grid = graded([box], (0.0, 0.0, 0.0), (far, far, far), 1.2)
    none = Cylinders(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0))
    problem = Coupled(Conduction(grid, *MATTER), embed(grid, MATTER, none), ())
    start = at_start(problem, np.full(grid.shape, 350.0), np.zeros(0))
    cells = np.logical_and.reduce(np.meshgrid(*[c < half for c in grid.centres], indexing="ij"))
    times, changes = [2 * YEAR, 4 * YEAR, 11 * YEAR], {YEAR: CellChange(cells, 300.0)}
    control = CoupledControl(tolerance=0.02, shortest=1.0)
    for reached in march(problem, start, times, control, changes=changes):
        root = np.sqrt(4 * MATTER[0] / MATTER[1] * (reached.state.time - YEAR))
        x, y, z = (0.5 * (erf((half - c) / root) + erf((half + c) / root)) for c in grid.centres)
        exact = 350.0 - 50.0 * x[:, None, None] * y[:, None] * z
        what, error = "backfilled box, 50 K colder, in a coupled run", reached.state.cells - exact
        measured.deviation("engine", what, "error functions", error, 0.25, "K")
        assert max(e.residual for e in reached.entries) < 1e-9


def test_water_begins_to_flow_at_a_time():
    problem, start = mined()
    rock, grid = problem.rock, problem.rock.grid
    water = Advection(along_x(grid, 0.2), Entering(x_low=310.0))
    parts = {name: getattr(rock, name) for name in rock.__dataclass_fields__}
    flowing = Transport(**parts, water=water)
    dry, wet = (
        list(march(problem, start, YEAR * np.arange(1.0, 5.0), changes=changes))
        for changes in ({}, {2 * YEAR: flowing})
    )
    assert bytes_of(dry[1].state) == bytes_of(wet[1].state)
    assert np.abs(dry[3].state.cells - wet[3].state.cells).max() > 3.0
    assert max(e.residual for advanced in wet for e in advanced.entries) < 1e-9
    assert changed(problem, flowing).share is problem.share


def test_skins_leave_new_matter_the_share_that_they_left_the_old():
    problem, start = mined()
    every = CellChange(np.ones(start.cells.shape, dtype=bool), None, *FILL)
    after, _, account = change_rock(problem, start, every)
    assert after.share.tobytes() == problem.share.tobytes()
    assert problem.share.min() < 0.98
    volume = (problem.share * problem.rock.grid.volumes).sum()
    hole = np.pi * 2.0**2 * 100.0
    assert problem.rock.grid.volumes.sum() - volume == pytest.approx(hole, rel=1e-3)
    rise = (problem.share * problem.rock.grid.volumes * (start.cells - 273.15)).sum()
    assert account.matter == pytest.approx(rise * (FILL[1] - MATTER[1]), rel=1e-9)


def everything():
    """Layers whose properties follow the temperature, the earth's heat, water driven by wells
    through rock of many permeabilities, an airway and a borehole."""
    rng = np.random.default_rng(7)
    grid = even_grid(*[np.arange(0.0, 121.0, 10.0)] * 3)
    mobility = 10.0 ** rng.uniform(-9.0, -6.0, grid.shape)
    wells = np.zeros(grid.shape)
    wells[2, 2, 6], wells[9, 9, 6] = 0.05, -0.05
    steady = steady_flow(darcy(grid, mobility, wells=wells))
    layer = np.where(grid.centres[2] < 60.0, 3.0, 2.0)
    rock = Transport(
        grid,
        lambda t: layer * 330.0 / t,
        lambda t: 2.25e6 * (1.0 + 1e-3 * (t - 330.0)),
        source=2e-6,
        sides=Sides(z_low=film(10.0, 285.0), z_high=flux(0.08)),
        water=Advection(steady.flows.scaled(4200.0), Entering(wells=300.0)),
    )
    ends = [([60, 10, 60], [60, 110, 60], 5), ([90, 30, 30], [90, 30, 90], 3)]
    skins = embed(grid, (2.5, 2.25e6), holes(ends, np.repeat([2.0, 0.1], [5, 3])))
    streams = pipe(5, 3e4, 295.0, 15.0, storage=1e7), pipe(3, 2e3, 290.0, 500.0, storage=1e6)
    problem = Coupled(rock, skins, streams, matter_at=330.0)
    return problem, at_start(problem, np.full(grid.shape, 330.0), np.full(8, 295.0))


def test_one_engine_does_it_all_at_once():
    problem, start = everything()
    cells = stope(problem, 20.0, 50.0)
    changes = {0.5 * YEAR: CellChange(cells, 295.0, *AIR), YEAR: CellChange(cells, 290.0, *FILL)}
    times = YEAR * np.array([0.25, 0.75, 1.25, 2.0])
    whole = list(march(problem, start, times, changes=changes))
    entries = [entry for advanced in whole for entry in advanced.entries]
    assert max(entry.residual for entry in entries) < 1e-9
    assert max(entry.carrier_residual for entry in entries) < 1e-12
    last = whole[-1].state.cells
    assert last.min() > 285.0 and last.max() < 334.0
    assert last[2, 2, 6] < 310.0 < last[9, 9, 6]  # where cold water enters and where it leaves
    again = CoupledState.from_arrays(whole[1].state.arrays())
    *_, end = march(problem, again, times[2:], CoupledControl(threads=2), changes=changes)
    assert bytes_of(end.state) == bytes_of(whole[-1].state)
