"""Polygons by their corners, cut by the cells of a grid, and crossing each other."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.numerics.grid import Box, Grid, graded
from comine.numerics.polygon_cells import contacts, cut, mean_distance
from comine.numerics.polygons import crossings, disc, outline, rectangle, stack

GRID = graded([Box((40.0, 30.0, 20.0), (60.0, 50.0, 50.0), 5.0)], (0, 0, 0), (100.0, 90.0, 80.0))
EVEN = Grid(*[np.arange(0.0, 101.0, 10.0)] * 3)
turn = st.floats(0.0, 6.28)
fall = st.floats(0.0, 1.57)
inner = st.tuples(st.floats(35.0, 65.0), st.floats(35.0, 60.0), st.floats(30.0, 50.0))


# ---------------------------------------------------------------- shapes


def test_rectangle_lies_as_its_dip_says():
    corners = rectangle([10.0, 20.0, 500.0], np.radians(30.0), np.radians(60.0), 80.0, 40.0)
    area, centroid, normal = (each[0] for each in outline([corners]))
    assert area == pytest.approx(80.0 * 40.0)
    assert centroid == pytest.approx([10.0, 20.0, 500.0])
    dipping = corners[2:].mean(axis=0) - corners[:2].mean(axis=0)
    assert dipping[2] == pytest.approx(40.0 * np.sin(np.radians(60.0)))
    assert np.arctan2(dipping[1], dipping[0]) == pytest.approx(np.radians(30.0))
    assert normal @ dipping == pytest.approx(0.0, abs=1e-12)
    assert normal[2] == pytest.approx(-np.cos(np.radians(60.0)))
    assert corners[:2, 2] == pytest.approx(500.0 - 20.0 * np.sin(np.radians(60.0)))


def test_shapes_broadcast():
    assert rectangle(np.zeros((5, 3)), 0.1, np.linspace(0, 1, 5), 2.0, 3.0).shape == (5, 4, 3)
    assert disc(np.zeros(3), 0.1, 0.2, [1.0, 2.0], 7).shape == (2, 7, 3)


@given(turn, fall, st.integers(3, 40))
@settings(max_examples=30)
def test_disc_has_the_area_of_the_circle_in_the_same_plane(direction, dip, corners):
    made = outline([disc([1.0, 2.0, 3.0], direction, dip, 4.0, corners)])
    flat = outline([rectangle([1.0, 2.0, 3.0], direction, dip, 1.0, 1.0)])
    assert made.area == pytest.approx(16.0 * np.pi)
    np.testing.assert_allclose(made.centroid, flat.centroid, atol=1e-12)
    assert np.abs((made.normal * flat.normal).sum()) == pytest.approx(1.0)


def test_repeated_corners_change_nothing():
    triangle = [[0.0, 0.0, 1.0], [6.0, 0.0, 1.0], [0.0, 3.0, 1.0]]
    both = stack([triangle, rectangle([50.0, 50.0, 50.0], 0.3, 0.4, 10.0, 10.0)])
    assert outline(both).area == pytest.approx([9.0, 100.0])
    assert outline(both).centroid[0] == pytest.approx([2.0, 1.0, 1.0])
    pieces = cut(both, EVEN)
    assert pieces.area[pieces.polygon == 0] == pytest.approx([9.0])


# ---------------------------------------------------------------- pieces in cells


def check_pieces(pieces, corners, grid):
    """Each piece within its cell and its plane, none lost, none twice."""
    whole = outline(corners)
    assert np.bincount(pieces.polygon, pieces.area) == pytest.approx(whole.area, rel=1e-9)
    moment = np.stack(
        [np.bincount(pieces.polygon, pieces.area * pieces.centroid[:, a]) for a in range(3)], axis=1
    )
    np.testing.assert_allclose(moment / whole.area[:, None], whole.centroid, rtol=1e-9)
    offset = pieces.corners - whole.centroid[pieces.polygon][:, None]
    np.testing.assert_allclose(np.einsum("ijk,ik->ij", offset, pieces.normal), 0.0, atol=1e-9)
    key = pieces.polygon * grid.size + pieces.cells.min(axis=1)
    assert np.unique(key).size == key.size
    for side in (0, 1):
        places = np.unravel_index(pieces.cells[:, side], grid.shape)
        for axis, (edges, place) in enumerate(zip(grid.edges, places, strict=True)):
            at = pieces.corners[..., axis]
            assert np.all(at >= edges[place][:, None] - 1e-7)
            assert np.all(at <= edges[place + 1][:, None] + 1e-7)


def check_contacts(pieces, meet, corners):
    """All edges of pieces are shared by two or lie on the border of the polygon."""
    around = np.linalg.norm(np.roll(pieces.corners, -1, axis=1) - pieces.corners, axis=2)
    shared = np.bincount(meet.first, meet.length, len(around))
    shared += np.bincount(meet.second, meet.length, len(around))
    border = np.linalg.norm(np.roll(corners, -1, axis=1) - corners, axis=2).sum()
    assert around.sum() - shared.sum() == pytest.approx(border, rel=1e-8)
    assert np.all(meet.first < meet.second)
    assert np.all(pieces.polygon[meet.first] == pieces.polygon[meet.second])
    # distances are those across the edge: no more than the way from centroid to centroid
    apart = np.linalg.norm(pieces.centroid[meet.first] - pieces.centroid[meet.second], axis=1)
    assert np.all(meet.distance >= 0.0)
    assert np.all(meet.distance.sum(axis=1) <= apart * (1 + 1e-9) + 1e-9)


@given(inner, turn, fall, st.floats(0.5, 30.0), st.floats(0.5, 30.0))
@settings(max_examples=50)
def test_no_area_and_no_edge_is_lost(centre, direction, dip, length, height):
    corners = rectangle(centre, direction, dip, length, height)[None]
    pieces = cut(corners, GRID)
    check_pieces(pieces, corners, GRID)
    check_contacts(pieces, contacts(pieces, GRID), corners)


@given(
    st.tuples(*[st.sampled_from([30.0, 40.0, 45.0, 50.0])] * 3),
    st.integers(0, 15),
    st.integers(0, 4),
    st.sampled_from([10.0, 15.0, 20.0, 40.0]),
)
@settings(max_examples=50)
def test_nothing_is_lost_where_planes_meet_corners_edges_and_faces(centre, eighth, dip, size):
    corners = rectangle(centre, eighth * np.pi / 8, dip * np.pi / 8, size, 20.0)[None]
    pieces = cut(corners, EVEN)
    check_pieces(pieces, corners, EVEN)
    check_contacts(pieces, contacts(pieces, EVEN), corners)


def test_a_polygon_in_a_face_has_a_cell_on_either_side():
    upright = rectangle([50.0, 50.0, 50.0], 0.0, np.pi / 2, 40.0, 20.0)[None]
    for corners in (upright, upright[:, ::-1]):
        pieces = cut(corners, EVEN)
        assert pieces.area == pytest.approx(np.full(8, 100.0))
        i = np.unravel_index(pieces.cells, EVEN.shape)[0]
        towards = np.sign(pieces.normal[0, 0])
        np.testing.assert_array_equal(i[:, 1] - i[:, 0], np.full(8, towards))
        assert set(i.ravel()) == {4, 5}
        np.testing.assert_allclose(pieces.distance, 5.0)
    beside = cut(upright + np.array([1e-9, 0.0, 0.0]), EVEN)  # within the tolerance
    np.testing.assert_array_equal(np.sort(beside.cells, axis=1), np.sort(pieces.cells, axis=1))
    within = cut(upright + np.array([1e-6, 0.0, 0.0]), EVEN)
    assert set(np.unravel_index(within.cells, EVEN.shape)[0].ravel()) == {5}


@pytest.mark.parametrize(("place", "cell"), [(0.0, 0), (100.0, 9)])
def test_a_polygon_on_the_border_lies_just_inside(place, cell):
    pieces = cut([rectangle([place, 50.0, 50.0], 0.0, np.pi / 2, 40.0, 20.0)], EVEN)
    assert pieces.area.sum() == pytest.approx(800.0)
    assert set(np.unravel_index(pieces.cells, EVEN.shape)[0].ravel()) == {cell}
    assert contacts(pieces, EVEN).first.size == 10


def test_what_lies_outside_is_left_out():
    half = cut([rectangle([100.0, 50.0, 50.0], 0.0, 0.0, 20.0, 40.0)], EVEN)
    assert half.area.sum() == pytest.approx(400.0)
    none = cut([rectangle([150.0, 50.0, 50.0], 0.0, 0.3, 20.0, 40.0)], EVEN)
    assert none.area.size == 0
    assert contacts(none, EVEN).first.size == 0
    assert cut(stack([]), EVEN).area.size == 0


def test_areas_in_cells_against_sampling():
    corners = rectangle([50.0, 45.0, 40.0], 0.7, 0.9, 50.0, 40.0)
    pieces, count = cut([corners], GRID), 1500
    part = (np.arange(count) + 0.5) / count
    u, v = np.meshgrid(part, part)
    points = corners[0] + u[..., None] * (corners[1] - corners[0])
    points += v[..., None] * (corners[3] - corners[0])
    sampled = np.bincount(GRID.locate(points).ravel(), minlength=GRID.size) * 2000.0 / count**2
    ours = np.bincount(pieces.cells[:, 0], pieces.area, GRID.size)
    np.testing.assert_allclose(ours, sampled, atol=0.15)


@given(inner, turn, fall)
@settings(max_examples=20, deadline=None)
def test_mean_distance_against_a_fine_quadrature(point, direction, dip):
    normal = outline([rectangle(point, direction, dip, 1.0, 1.0)]).normal
    cell = GRID.locate([point])
    place = [int(i[0]) for i in np.unravel_index(cell, GRID.shape)]
    axes = []
    for edges, i in zip(GRID.edges, place, strict=True):
        axes.append(edges[i] + (edges[i + 1] - edges[i]) * (np.arange(40) + 0.5) / 40)
    at = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    sampled = np.abs((at - np.array(point)) @ normal[0]).mean()
    assert mean_distance(GRID, cell, [point], normal)[0] == pytest.approx(sampled, rel=3e-3)


def test_mean_distance_in_closed_form():
    centre, unit = [[5.0, 5.0, 5.0]], np.eye(3)[:1]
    assert mean_distance(EVEN, [0], centre, unit)[0] == pytest.approx(2.5, rel=1e-7)
    diagonal = [[np.sqrt(0.5), np.sqrt(0.5), 0.0]]  # two triangles of height h / sqrt(2)
    assert mean_distance(EVEN, [0], centre, diagonal)[0] == pytest.approx(
        10.0 * np.sqrt(0.5) / 3.0, rel=1e-7
    )
    far = [[200.0, 5.0, 5.0]]
    assert mean_distance(EVEN, [0], far, unit)[0] == pytest.approx(195.0, rel=1e-7)
    tilts = np.geomspace(1e-9, 1e-2, 40)
    normals = np.stack([np.ones(40), tilts, 0.3 * tilts], axis=1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    steady = mean_distance(EVEN, np.zeros(40, int), np.tile(centre, (40, 1)), normals)
    np.testing.assert_allclose(steady, 2.5, rtol=1e-4)
    np.testing.assert_allclose(steady[:20], 2.5, rtol=1e-7)


def test_contacts_of_pieces_in_a_row():
    corners = rectangle([45.0, 47.0, 45.0], 0.0, 0.0, 34.0, 4.0)[None]
    pieces = cut(corners, EVEN)
    order = np.argsort(pieces.centroid[:, 1])
    meet = contacts(pieces, EVEN)
    assert meet.length == pytest.approx([4.0] * 3)
    pairs = {frozenset(p) for p in zip(meet.first, meet.second, strict=True)}
    assert pairs == {frozenset(p) for p in pairwise(order)}
    assert np.sort(meet.distance.ravel()) == pytest.approx([2.0, 5.0, 5.0, 5.0, 5.0, 5.0])


def test_a_corner_upon_a_shared_edge_does_not_split_the_contact():
    kite = [[40.0, 50.0, 45.0], [50.0, 42.0, 45.0], [60.0, 50.0, 45.0], [50.0, 58.0, 45.0]]
    along = [[45.0, 45.0, 45.0], [50.0, 43.0, 45.0], [55.0, 45.0, 45.0], [50.0, 57.0, 45.0]]
    for corners in (kite, along):
        pieces = cut([corners], EVEN)
        meet = contacts(pieces, EVEN)
        assert len({(a, b) for a, b in zip(meet.first, meet.second, strict=True)}) == len(
            meet.first
        )
        check_contacts(pieces, meet, np.array([corners]))


# ---------------------------------------------------------------- crossings


def test_crossings_of_three_planes():
    three = stack(
        [
            rectangle([0.0, 0.0, 0.0], 0.0, 0.0, 10.0, 10.0),
            rectangle([2.0, 1.0, 0.0], 0.0, np.pi / 2, 4.0, 4.0),
            rectangle([0.0, 0.0, 1.0], 0.0, 0.0, 10.0, 10.0),
        ]
    )
    found = crossings(three)
    assert list(zip(found.first, found.second, strict=True)) == [(0, 1), (1, 2)]
    for ends, z in zip(found.ends, (0.0, 1.0), strict=True):
        np.testing.assert_allclose(
            ends[np.argsort(ends[:, 1])], [[2.0, -1.0, z], [2.0, 3.0, z]], atol=1e-12
        )


def inside(corners, points):
    normal = outline([corners]).normal[0]
    outwards = np.cross(np.roll(corners, -1, axis=0) - corners, normal)
    return np.all(np.einsum("jk,ijk->ij", outwards, points[:, None] - corners) <= 1e-7, axis=1)


@given(inner, turn, fall, inner, turn, fall)
@settings(max_examples=50)
def test_crossings_lie_in_both_and_reach_the_border_of_one(a, turn_a, fall_a, b, turn_b, fall_b):
    pair = np.stack([disc(a, turn_a, fall_a, 12.0, 9), disc(b, turn_b, fall_b, 20.0, 9)])
    found = crossings(pair)
    normal = outline(pair).normal
    if not found.first.size:
        along = np.cross(*normal)
        if np.linalg.norm(along) > 1e-3:  # the line of both planes leaves one of them out
            sides = np.stack([normal[0], normal[1], along])
            base = np.linalg.solve(sides, [normal[0] @ pair[0, 0], normal[1] @ pair[1, 0], 0.0])
            place = along / np.linalg.norm(along) * np.linspace(-400, 400, 4001)[:, None]
            both = inside(pair[0], base + place) & inside(pair[1], base + place)
            assert both.sum() <= 1
        return
    begin, end = found.ends[0]
    direction = (end - begin) / np.linalg.norm(end - begin)
    for corners, n in zip(pair, normal, strict=True):
        assert np.abs((found.ends[0] - corners[0]) @ n).max() < 1e-6
        assert inside(corners, np.stack([begin, 0.5 * (begin + end), end])).all()
    for beyond in (begin - 1e-5 * direction, end + 1e-5 * direction):
        assert not (inside(pair[0], beyond[None])[0] and inside(pair[1], beyond[None])[0])


def test_parallel_and_distant_polygons_do_not_cross():
    flat = rectangle([0.0, 0.0, 0.0], 0.0, 0.0, 10.0, 10.0)
    assert crossings(np.stack([flat, flat, flat + np.array([0, 0, 1.0])])).first.size == 0
    upright = rectangle([5.5, 0.0, 0.0], 0.3, 1.2, 0.5, 1.0)
    assert crossings(np.stack([flat, upright])).first.size == 0
    assert crossings(stack([])).first.size == 0


# ---------------------------------------------------------------- refusals

SQUARE = rectangle([50.0, 50.0, 50.0], 0.1, 0.2, 10.0, 10.0)


@pytest.mark.parametrize(
    ("corners", "words"),
    [
        (SQUARE[[0, 1, 1, 0]], "area"),
        (SQUARE + np.outer([1, 0, 0, 0], [0, 0, 1.0]), "plane"),
        ([[0, 0, 0], [10, 0, 0], [2, 2, 0], [0, 10, 0]], "convex"),
        (disc([50.0, 50.0, 50.0], 0, 0, 5.0, 5)[[0, 2, 4, 1, 3]], "convex"),
        (SQUARE * np.nan, "finite"),
        (SQUARE[:2], "corners"),
    ],
)
def test_polygons_that_are_refused(corners, words):
    for function in (crossings, lambda c: cut(c, EVEN)):
        with pytest.raises(ValueError, match=words):
            function([corners])


@pytest.mark.parametrize(
    ("change", "words"),
    [({"dip": 2.0}, "dip"), ({"dip": -0.1}, "dip"), ({"length": 0.0}, "length")],
)
def test_attitudes_that_are_refused(change, words):
    of = {"centre": [0, 0, 0], "dip_direction": 0.0, "dip": 0.0, "length": 1.0, "height": 1.0}
    with pytest.raises(ValueError, match=words):
        rectangle(**(of | change))


def test_other_input_that_is_refused():
    with pytest.raises(ValueError, match="radius"):
        disc([0, 0, 0], 0.0, 0.0, -1.0)
    with pytest.raises(ValueError, match="corners"):
        disc([0, 0, 0], 0.0, 0.0, 1.0, 2)
    with pytest.raises(ValueError, match="three or more"):
        stack([[[0, 0, 0], [1, 0, 0]]])
    with pytest.raises(ValueError, match="normal"):
        mean_distance(EVEN, [0], [[5, 5, 5]], [[0, 0, 2.0]])
