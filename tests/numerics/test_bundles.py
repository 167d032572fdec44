"""Bundles of equal holes, walls shared by parts, and a field of a hundred holes."""

import numpy as np
import pygfunction
import pytest

from comine.numerics.bundles import join, no_neighbours, parted
from comine.numerics.embedding import Cylinders, embed
from comine.numerics.grid import Box, graded
from tests.numerics.coupled_rig import (
    MATTER,
    coupled,
    doubling,
    even_grid,
    heated,
    held,
    hole_in_box,
    holes,
    run,
)
from tests.numerics.skin_rig import CONDUCTIVITY, DAY, DIFFUSIVITY, YEAR, graded_edges

RADIUS, LENGTH = 0.075, 100.0


def hundred_holes(width, asked, spacing=6.0):
    """Mean wall temperature of 10 x 10 holes of equal heat over that of pygfunction, less 1."""
    far = 9 * spacing
    near = Box((-40.0,) * 3, (far + 40.0, far + 40.0, 140.0), width)
    grid = graded([near], (-300.0,) * 3, (far + 300.0, far + 300.0, 400.0))
    places = [(spacing * i, spacing * j) for i in range(10) for j in range(10)]
    field = holes([([x, y, 0], [x, y, LENGTH], 1) for x, y in places], RADIUS)
    problem = coupled(grid, embed(grid, MATTER, field), [heated(np.full(100, 10.0 * LENGTH))])
    times = np.union1d(doubling(DAY, 4), asked)
    found = run(problem, times)
    walls = np.array([a.state.unknown.mean() for a in found])[np.isin(times, asked)]
    deep = [pygfunction.boreholes.Borehole(LENGTH, 1000.0, RADIUS, x, y) for x, y in places]
    options = {"nSegments": 1, "segment_ratios": None, "disp": False}
    exact = pygfunction.gfunction.gFunction(
        deep, DIFFUSIVITY, time=asked, boundary_condition="UHTR", options=options
    ).gFunc
    return walls / (10.0 / (2.0 * np.pi * CONDUCTIVITY) * exact) - 1.0


def test_a_hundred_holes_of_equal_heat_have_the_g_function_of_their_field(measured):
    asked = np.array([1.0, 10.0, 30.0]) * YEAR
    field, other = "100 holes 6 m apart, mean wall", "g-function (pygfunction)"
    fine, coarse = (hundred_holes(width, asked) for width in (5.0, 10.0))
    measured.deviation("engine", f"{field}, cells of 5 m", other, fine, 0.01)
    measured.deviation("engine", f"{field}, cells of 10 m, after a year", other, coarse[0], 0.05)
    measured.deviation("engine", f"{field}, cells of 10 m, after 10, 30", other, coarse[1:], 0.01)


def ring(bundle=None):
    """Four holes at the corners of a square."""
    corners = [(x, y) for x in (-4.0, 4.0) for y in (-4.0, 4.0)]
    across = graded_edges(10.0, equal=60.0, until=220.0)
    grid = even_grid(across, across, [0.0, 10.0, 20.0])
    field = holes([([x, y, 0], [x, y, 20], 1) for x, y in corners], 0.1, bundle=bundle)
    return grid, embed(grid, MATTER, field)


def test_a_bundle_of_equal_holes_is_the_same_as_its_members(measured):
    times = doubling(DAY, 4)
    grid, members = ring()
    each = run(coupled(grid, members, [held(np.ones(4), 100.0)]), times)
    grid, one = ring(np.zeros(4, dtype=int))
    assert one.size == 1
    assert one.skins.wall_area == pytest.approx(members.skins.wall_area.sum())
    bundled = run(coupled(grid, one, [held(np.ones(1), 100.0)]), times)
    heat = np.array([a.state.heat.sum() for a in each])
    error = np.array([a.state.heat.sum() for a in bundled]) / heat - 1.0
    measured.deviation("engine", "bundle of four holes", "its members", error, 1e-6, "")
    assert np.allclose(bundled[-1].state.cells, each[-1].state.cells, atol=1e-7)
    assert max(a.entries[-1].residual for a in bundled) < 1e-9


def pair_of_airways():
    across = graded_edges(10.0, equal=60.0, until=220.0)
    grid = even_grid([0.0, 10.0, 20.0], across, across)
    ways = [([0, 0, 0], [20, 0, 0], 1), ([0, 12, 0], [20, 12, 0], 1)]
    return grid, embed(grid, MATTER, holes(ways, 2.0))


def test_dry_and_wet_parts_with_one_film_are_the_whole(measured):
    times = doubling(DAY, 4)
    grid, whole = pair_of_airways()
    fluid = np.array([1.0, -0.5])
    one = run(coupled(grid, whole, [held(fluid, 20.0)]), times)
    owner, share = np.array([0, 0, 1, 1]), np.array([0.7, 0.3, 0.4, 0.6])
    parts = parted(whole, owner, share, 20.0 * share)
    assert parts.skins.wall_area == pytest.approx(share * whole.skins.wall_area[owner])
    two = run(coupled(grid, parts, [held(fluid[owner], 20.0)]), times)
    heat = np.array([share * a.state.heat[owner] for a in one])
    error = np.array([b.state.heat for b in two]) / heat - 1.0
    measured.deviation("engine", "parts of a wall under one film", "the whole", error, 1e-6, "")
    assert np.allclose(one[-1].state.cells, two[-1].state.cells, atol=1e-7)
    assert max(a.entries[-1].residual for a in two) < 1e-9


def test_parts_without_neighbours_are_the_whole_too():
    grid, whole = hole_in_box()
    both = parted(whole, [0, 1, 0, 1], [0.5] * 4, [5.0] * 4)
    one = run(coupled(grid, whole, [held(np.ones(2), 20.0)]), [DAY, 9 * DAY])[-1]
    two = run(coupled(grid, both, [held(np.ones(4), 20.0)]), [DAY, 9 * DAY])[-1]
    assert two.state.heat[:2] + two.state.heat[2:] == pytest.approx(one.state.heat, rel=1e-9)
    with pytest.raises(ValueError, match="share"):
        parted(whole, [0, 0], [0.7, 0.4], [7.0, 4.0])


def test_joined_batches_far_apart_are_one_batch():
    """Beyond each other's reach it is the same whether they were laid in together."""
    across = graded_edges(10.0, equal=60.0, until=220.0)
    grid = even_grid([0.0, 10.0, 20.0], across, across)
    start, end = np.zeros((2, 3)), np.zeros((2, 3))
    end[:, 0], start[1, 1], end[1, 1] = 20.0, 55.0, 55.0
    radius = np.array([2.0, 0.1])
    together = embed(grid, MATTER, Cylinders(start, end, radius))
    single = [
        embed(grid, MATTER, Cylinders(start[n : n + 1], end[n : n + 1], radius[n : n + 1]))
        for n in (0, 1)
    ]
    joined = join(single)
    one, two = (
        run(coupled(grid, each, [held(np.array([1.0, -1.0]), 20.0)]), doubling(DAY, 4))[-1]
        for each in (together, joined)
    )
    assert two.state.heat == pytest.approx(one.state.heat, rel=1e-6)


def test_bad_bundles_are_refused():
    with pytest.raises(ValueError, match="parts"):
        join([])
    with pytest.raises(ValueError, match="bundle"):
        ring(np.array([0, 0, 2, 2]))
    grid, _ = ring()
    ends = np.array([[0, 0, 0], [8, 0, 0]]), np.array([[0, 0, 20], [8, 0, 20]])
    with pytest.raises(ValueError, match="radius"):
        embed(grid, MATTER, Cylinders(*ends, np.array([0.1, 0.2]), np.zeros(2, dtype=int)))
    assert no_neighbours(3).weights.shape == (3, 0)
