"""Rubble in cells: blocks and the temperature of their cells in the coupled step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from comine.numerics import _coupled_lines
from comine.numerics.advection import Advection, Entering, Transport
from comine.numerics.blocks import Rubble, blocks_at, caved, heat_in_blocks, make_blocks
from comine.numerics.conduction import Conduction
from comine.numerics.coupled import (
    Coupled,
    CoupledControl,
    CoupledState,
    advance,
    at_start,
    march,
)
from comine.numerics.darcy import Flows
from comine.numerics.embedding import Cylinders, embed, embed_planes
from comine.numerics.grid import Grid
from comine.numerics.rubble import at_rest as bed_at_rest
from comine.numerics.rubble import make_bed, pass_through
from comine.numerics.skins import Matter
from tests.cases import case
from tests.numerics.coupled_rig import CLOSE, MATTER, even_grid, holes, pipe, run
from tests.numerics.skin_rig import DAY, YEAR, orders
from tests.numerics.test_rubble import (
    BED,
    FLOW,
    FRONT,
    LUMPED,
    PHI,
    ROCK,
    STOICHIOMETRIC,
    SURFACE,
    WATER,
    U,
    X,
    schumann,
)

RADIUS = 0.3
FINE = CoupledControl(linear=1e-9, nonlinear=1e-4)


def alone(rock, blocks):
    """Cells and blocks without an opening."""
    none = Cylinders(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0))
    return Coupled(rock, embed(rock.grid, MATTER, none), (), blocks=blocks)


def row(count, length=1.0):
    return Grid(np.linspace(0.0, length, count + 1), [0.0, 1.0], [0.0, 1.0])


# ---------------------------------------------------------------- a bath of limited heat


def stirred(biot, ratio, fourier):
    """A fluid that was 1 about spheres that were 0, of `ratio` times their heat capacity.

    Modes sin(q r)/r of sphere and fluid together, orthogonal with their heat capacities as weight;
    without a film their numbers are those of Crank, tan q = 3 q/(3 + ratio q^2).
    """

    def balance(q):
        slope = q * np.cos(q) - np.sin(q)
        return slope * (1.0 / biot - 3.0 / (ratio * q * q)) + np.sin(q)

    places = np.linspace(1e-3, 400.0 * np.pi, 24000)
    values = balance(places)
    total = np.full(np.shape(fourier), ratio / (1.0 + ratio))
    for low in np.flatnonzero(values[:-1] * values[1:] < 0.0):
        q = brentq(balance, places[low], places[low + 1], xtol=1e-14)
        fluid = 3.0 * (q * np.cos(q) - np.sin(q)) / (ratio * q * q)
        square = 3.0 * (0.5 - np.sin(2.0 * q) / (4.0 * q)) + ratio * fluid**2
        total += ratio * fluid**2 / square * np.exp(-(q**2) * np.asarray(fourier))
    return total


def crank(ratio, fourier):
    """The same without a film, from the uptake of the spheres (Crank, equation 6.30)."""
    numbers = [
        brentq(
            lambda q: (3.0 + ratio * q * q) * np.sin(q) - 3.0 * q * np.cos(q),
            (n + 0.0) * np.pi + 1e-6, (n + 1.0) * np.pi - 1e-9,
        )
        for n in range(1, 300)
    ]  # fmt: skip
    q = np.array(numbers)[:, None]
    terms = 6.0 * ratio * (ratio + 1.0) / (9.0 + 9.0 * ratio + q**2 * ratio**2)
    return 1.0 / (1.0 + ratio) * (1.0 - (terms * np.exp(-(q**2) * fourier)).sum(axis=0))


@pytest.mark.parametrize(("shells", "within"), [(8, 2.5e-3), (16, 5e-4)])
def test_cells_and_blocks_come_to_one_temperature(shells, within, measured):
    """A cell for each case; from a thousandth of the blocks' own time to their rest."""
    fourier, unit = np.geomspace(1e-3, 3.0, 8), RADIUS**2 * ROCK / 3.0
    pairs = [(b, r) for b in (0.1, 1.0, 10.0, np.inf) for r in (0.1, 1.0, 10.0)]
    biot, ratio = np.array(pairs).T
    grid = row(len(pairs))
    fluid = ratio * (1.0 - PHI) * ROCK / PHI
    rubble = Rubble(PHI, RADIUS, Matter(3.0, ROCK), biot * 3.0 / RADIUS, fluid)
    problem = alone(*caved(Conduction(grid, 0.0, ROCK), np.full(grid.shape, True), rubble, shells))
    start = at_start(problem, np.zeros(grid.shape), np.zeros(0))
    start.cells[:] = 1.0
    early, late = np.geomspace(1e-5, 1e-3, 20)[:-1], np.geomspace(1e-3, 3.0, 71)
    found = list(march(problem, start, unit * np.concatenate([early, late]), FINE))
    cells = np.array([each.state.cells.ravel() for each in found[19::10]]).T
    exact = np.array([stirred(b, r, fourier) for b, r in pairs])
    assert stirred(np.inf, 1.0, fourier) == pytest.approx(1.0 - crank(1.0, fourier), abs=1e-6)
    what, error = f"spheres of {shells} shells in a stirred bath", cells - exact
    measured.deviation("porous", what, "series", error, within, "")
    measured.deviation("porous", f"{what}, Biot of 0.1", "series", error[biot < 1.0], 4e-4, "")
    rest = advance(problem, found[-1].state, 1e4 * unit, FINE, shares=[1e-3, 0.009, 0.09, 0.9])
    assert rest.state.cells.ravel() == pytest.approx(ratio / (1.0 + ratio), abs=1e-6)
    blocks = heat_in_blocks(problem.blocks, found[-1].state.blocks)
    held = (problem.rock.heat_capacity * found[-1].state.cells).ravel()
    assert blocks + held == pytest.approx(problem.rock.heat_capacity.ravel(), rel=1e-12)
    assert max(each.entries[-1].residual for each in found) < 1e-11


def test_sizes_in_one_cell_are_the_sum_of_their_lots():
    """Two sizes of which the larger is the same in another share: as two beds in one bath."""
    grid, mixed = row(1), Rubble(0.4, [[0.3], [0.3]], Matter(3.0, ROCK), 20.0, WATER)
    one = Rubble(0.4, 0.3, Matter(3.0, ROCK), 20.0, WATER)
    found = []
    for rubble in (one, mixed._replace(share=[[0.3], [0.7]])):
        problem = alone(*caved(Conduction(grid, 0.0, ROCK), np.full(grid.shape, True), rubble))
        start = at_start(problem, np.zeros(grid.shape), np.zeros(0))
        start.cells[:] = 1.0
        found.append(advance(problem, start, DAY, shares=[0.25] * 4).state.cells[0, 0, 0])
    assert found[1] == pytest.approx(found[0], rel=1e-12)


def test_small_blocks_are_sooner_warm_than_large_ones():
    grid = row(1)
    rubble = Rubble(0.4, [[0.05], [0.5]], Matter(3.0, ROCK), 20.0, WATER, share=[[0.2], [0.8]])
    problem = alone(*caved(Conduction(grid, 0.0, ROCK), np.full(grid.shape, True), rubble))
    start = at_start(problem, np.zeros(grid.shape), np.zeros(0))
    start.cells[:] = 1.0
    end = advance(problem, start, 6 * 3600.0, shares=[0.05] * 20).state
    small, large = end.blocks.T
    assert small == pytest.approx(end.cells[0, 0, 0], abs=0.02)
    assert large.max() < small.min() and np.all(np.diff(large) < 0.0)


# ---------------------------------------------------------------- with flow


def column(count, water, shells=1, conductivity=LUMPED, film=BED["h_v"] / SURFACE):
    """The bed of the case as a row of cells through which water flows."""
    between, side = np.zeros((3, count, 1, 1)), np.full((1, 1), FLOW)
    between[0, :-1] = FLOW
    none = [np.zeros((count, 1))] * 4
    grid = row(count, X)
    flows = Advection(Flows(between, (side, -side, *none), np.zeros(grid.shape)), Entering(1.0))
    rock = Transport(grid, 0.0, ROCK, water=flows)
    rubble = Rubble(PHI, 0.15, Matter(conductivity, ROCK), film, water)
    return alone(*caved(rock, np.full(grid.shape, True), rubble, shells))


def outlets(problem, times, control=FINE):
    """Temperature of the last cell at given times, with as many steps as there are cells."""
    count = problem.rock.grid.shape[0]
    even = np.linspace(0.0, times[-1], int(1.3 * count) + 1)[1:]
    every = np.unique(np.concatenate([even, times]))
    start = at_start(problem, np.zeros(problem.rock.grid.shape), np.zeros(0))
    found = list(march(problem, start, every, control))
    assert max(each.entries[-1].residual for each in found) < 1e-9
    return np.array([found[i].state.cells[-1, 0, 0] for i in np.searchsorted(every, times)])


@case("engineering/C04_packed_bed_Schumann_front")
@pytest.mark.parametrize(("water", "finest"), [(WATER, 5e-4), (1.2e3, 1e-4)])
def test_front_through_cells_of_rubble(water, finest, measured):
    """Water and air in the voids; second order in cells and steps together."""
    xi, delay = BED["h_v"] * X / FLOW, PHI * X / U * water / WATER
    parts = np.array([0.7, 1.0, 1.3])
    exact = np.array([schumann(xi, part * xi) for part in parts])
    wanted = [FRONT["expected"][f"Tf_star_at_{part}tst"] for part in ("0.7", "1.0", "1.3")]
    counts = np.array([50, 100, 200])
    found = [outlets(column(n, water), parts * STOICHIOMETRIC + delay) for n in counts]
    error = [np.abs(each - exact).max() for each in found]
    assert found[-1] == pytest.approx(wanted, abs=FRONT["tolerance"]["abs"])
    what = f"front of {'water' if water == WATER else 'air'} through cells of rubble"
    measured.order("porous", f"{what} (50, 100, 200 cells)", -orders(counts, error), 1.8)
    measured.deviation("porous", f"{what}, 200 cells", "Schumann", error[-1], finest, "")


def test_cells_and_the_chain_of_pieces_agree(measured):
    """Blocks that conduct within: the outlet over a time, against the exact pieces."""
    count, times = 60, STOICHIOMETRIC * np.array([0.5, 0.8, 1.0, 1.2, 1.5])
    cells = outlets(column(count, WATER, 8, 3.0, 47.4), times)
    rubble = Rubble(PHI, 0.15, Matter(3.0, ROCK), 47.4, WATER)
    bed = make_bed(np.full(count, X / count), rubble)
    steps = 10 * count
    chain = pass_through(
        bed, bed_at_rest(bed, 0.0), FLOW, np.ones((steps, 2)), times[-1] / steps
    ).outlet
    place = np.linspace(0.0, times[-1], steps + 1)[1:]
    what, error = "60 cells of rubble, blocks that conduct", cells - np.interp(times, place, chain)
    measured.deviation("porous", what, "chain of pieces", error, 6e-3, "")


# ---------------------------------------------------------------- among skins and carriers


def cave(flow=0.0, water=4.1e6):
    """A cave of rubble in rock beside a hole with water, and water that seeps through all."""
    edges = np.arange(0.0, 81.0, 10.0)
    grid = even_grid(np.arange(0.0, 101.0, 10.0), edges, edges)
    hole = embed(grid, MATTER, holes([([40, 40, 40], [60, 40, 40], 2)], 0.1))
    rock = Conduction(grid, *MATTER)
    if flow:
        between, sides = np.zeros((3, *grid.shape)), [np.zeros((8, 8))] * 2
        between[0, :-1] = flow
        sides += [np.zeros((10, 8))] * 4
        sides[0], sides[1] = np.full((8, 8), flow), np.full((8, 8), -flow)
        flows = Advection(Flows(between, tuple(sides), np.zeros(grid.shape)), Entering(290.0))
        rock = Transport(grid, *MATTER, water=flows)
    where = np.zeros(grid.shape, dtype=bool)
    where[2:8, 5:, 1:7] = True
    sizes = Rubble(
        0.3, [[0.05], [0.3], [1.0]], Matter(*MATTER), [[60.0], [20.0], [10.0]], water, 1.5,
        [[0.2], [0.5], [0.3]],
    )  # fmt: skip
    rock, blocks = caved(rock, where, sizes)
    water = pipe(2, 300.0, 280.0, 500.0, storage=1e6)
    return Coupled(rock, hole, (water,), blocks=blocks)


TIMES = DAY * np.array([0.2, 1.0, 3.0, 10.0, 30.0, 100.0])


@pytest.mark.parametrize("water", [4.1e6, 1.2e3])
@pytest.mark.parametrize("flow", [0.0, 300.0])
def test_heat_closes_among_cells_blocks_skins_and_water(flow, water):
    found = run(cave(flow, water), TIMES, 310.0, 310.0, CoupledControl())
    entries = [each.entries[-1] for each in found]
    assert max(e.residual for e in entries) < 1e-9
    assert max(e.carrier_residual for e in entries) < 1e-10
    assert min(abs(e.blocks) for e in entries[2:]) > 1.0
    problem, end = cave(flow, water), found[-1].state
    start = at_start(problem, np.full(problem.rock.grid.shape, 310.0), np.full(2, 310.0))
    gained = heat_in_blocks(problem.blocks, end.blocks - start.blocks).sum()
    assert gained == pytest.approx(sum(e.blocks for e in entries), rel=1e-9)


def test_what_has_one_temperature_keeps_it():
    held = pipe(2, 300.0, 290.0, 500.0, storage=1e6)
    problem = cave(300.0)
    object.__setattr__(problem, "carriers", (held,))
    found = run(problem, TIMES[:3], 290.0, 290.0)
    assert np.abs(found[-1].state.cells - 290.0).max() < 1e-9
    assert np.abs(found[-1].state.blocks - 290.0).max() < 1e-9


def bytes_of(state):
    return {name: array.tobytes() for name, array in state.arrays().items()}


def test_a_run_goes_on_from_its_arrays_as_if_never_stopped():
    problem = cave(300.0)
    whole = run(problem, TIMES, 310.0, 310.0)
    kept = {name: array.copy() for name, array in whole[2].state.arrays().items()}
    rest = list(march(problem, CoupledState.from_arrays(kept), TIMES[3:], CLOSE))
    assert bytes_of(rest[-1].state) == bytes_of(whole[-1].state)


def test_threads_do_not_change_a_byte():
    ends = [
        run(cave(300.0), TIMES[:4], 310.0, 310.0, CoupledControl(threads=n))[-1] for n in (1, 2)
    ]
    assert bytes_of(ends[0].state) == bytes_of(ends[1].state)


def test_blocks_cost_no_iterations():
    """What they take stands on the diagonal: the systems are no harder than without them."""
    problem = cave()
    bare = Coupled(problem.rock, problem.embedded, problem.carriers)
    count = [run(p, TIMES, 310.0, 310.0)[-1].entries[-1].iterations for p in (problem, bare)]
    assert count[0] <= count[1]


def test_lines_of_cells_know_the_blocks(monkeypatch):
    """Long steps in thin cells, where lines precondition: as with the diagonal alone."""
    y = np.linspace(-50.0, 50.0, 41)
    grid = Grid(np.linspace(0.0, 100.0, 6), y, np.linspace(0.0, 100.0, 6))
    plane = np.array([[[20.0, 0.3, 20], [80, 0.3, 20], [80, 0.3, 80], [20, 0.3, 80]]])
    where = np.zeros(grid.shape, dtype=bool)
    where[1:3] = True
    rubble = Rubble(0.3, [[0.3], [1.0]], Matter(*MATTER), 20.0, 4.1e6, 1.5, [[0.5], [0.5]])
    rock, blocks = caved(Conduction(grid, *MATTER), where, rubble)
    problem = Coupled(
        rock, embed_planes(grid, MATTER, plane), (pipe(1, 2e3, 300.0, 500.0),), blocks=blocks
    )
    times = YEAR * np.array([1.0, 3.0, 6.0])
    lines = run(problem, times, 400.0, 400.0)
    monkeypatch.setattr(_coupled_lines, "LINES_PAY", np.inf)
    diagonal = run(problem, times, 400.0, 400.0)
    for of in ("cells", "blocks"):
        ends = (getattr(each[-1].state, of) for each in (lines, diagonal))
        np.testing.assert_allclose(*ends, atol=1e-4)
    counts = [sum(each.entries[0].iterations for each in found) for found in (lines, diagonal)]
    assert counts[0] < 0.5 * counts[1]
    assert max(each.entries[-1].residual for each in lines) < 1e-9


# ---------------------------------------------------------------- what is laid in


@given(st.integers(0, 500))
@settings(max_examples=30, deadline=None)
def test_lots_hold_all_rock_of_their_cells(seed):
    rng = np.random.default_rng(seed)
    cells, sizes = rng.integers(1, 6), rng.integers(1, 5)
    share = rng.dirichlet(np.ones(sizes), cells).T * (rng.random((sizes, cells)) > 0.2)
    share[0] += 1.0 - share.sum(axis=0)
    volume, phi = rng.uniform(1.0, 1e3, cells), rng.uniform(0.05, 0.6, cells)
    radius = rng.choice([0.01, 0.1, 0.5, 2.0], (sizes, 1))
    rubble = Rubble(phi, radius, Matter(3.0, ROCK), 20.0, WATER, share=share)
    number = rng.permutation(20)[:cells]
    blocks = make_blocks(number, volume, rubble)
    unit = heat_in_blocks(blocks, blocks_at(blocks, np.ones(20)))
    held = np.bincount(blocks.cell, unit, 20)[number]
    assert held == pytest.approx((1.0 - phi) * volume * ROCK, rel=1e-9)
    area = np.bincount(blocks.cell, blocks.area, 20)[number]
    assert area == pytest.approx(
        volume * (3.0 * (1.0 - phi) * share / radius).sum(axis=0), rel=1e-9
    )
    assert blocks.spheres.wall_area.size <= 4


def test_caved_cells_keep_the_fluid_and_the_bed():
    grid = even_grid([0, 1, 2], [0, 1], [0, 1])
    where = np.array([[[True]], [[False]]])
    rubble = Rubble(0.3, 0.1, Matter(3.0, ROCK), 20.0, WATER, 1.2)
    k = np.broadcast_to(np.array([3.0, 2.0, 1.0]).reshape(3, 1, 1, 1), (3, *grid.shape))
    rock, blocks = caved(Conduction(grid, k, ROCK), where, rubble)
    assert rock.capacity[where] == pytest.approx(0.3 * WATER)
    assert rock.conductivity[:, 0, 0, 0] == pytest.approx(1.2)
    assert rock.conductivity[:, 1, 0, 0] == pytest.approx([3.0, 2.0, 1.0])
    assert blocks.cell.tolist() == [0]


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({"porosity": 0.0}, "porosity: got 0"),
        ({"radius": [[0.1, 0.2, 0.3]]}, "rubble: got|mismatch"),
        ({"share": [[0.5], [0.6]]}, "share: got 1.1"),
        ({"share": [[1.5], [-0.5]]}, "share: got -0.5"),
        ({"film": 0.0}, "film: got 0"),
        ({"fluid_capacity": 0.0}, "fluid_capacity: got 0"),
    ],
)
def test_bad_rubble_is_refused(what, message):
    grid, parts = row(2), Rubble(0.3, 0.1, Matter(3.0, ROCK), 20.0, WATER)._asdict() | what
    with pytest.raises(ValueError, match=message):
        caved(Conduction(grid, 3.0, ROCK), np.full(grid.shape, True), Rubble(**parts))


def test_blocks_that_do_not_fit_are_refused():
    grid, rubble = row(2), Rubble(0.3, 0.1, Matter(3.0, ROCK), 20.0, WATER)
    rock = Conduction(grid, 3.0, ROCK)
    with pytest.raises(ValueError, match="cells: got 0"):
        caved(rock, np.zeros(grid.shape, dtype=bool), rubble)
    with pytest.raises(ValueError, match="rock: got properties"):
        caved(Conduction(grid, lambda t: 3.0 + 0.0 * t, ROCK), np.full(grid.shape, True), rubble)
    with pytest.raises(ValueError, match="cell: got shape"):
        make_blocks([0, 1], [1.0], rubble)
    with pytest.raises(ValueError, match="volume: got 0"):
        make_blocks([0], [0.0], rubble)
    with pytest.raises(ValueError, match="blocks: got lots beyond the grid"):
        alone(rock, make_blocks([2], [1.0], rubble))
