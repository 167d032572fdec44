import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.numerics.grid import Box, Grid, graded

GRID = Grid([0.0, 1.0, 3.0, 6.0], [-2.0, 0.0, 5.0], [0.0, 10.0, 30.0, 35.0, 100.0])
place = st.tuples(st.floats(0, 6), st.floats(-2, 5), st.floats(0, 100))


def test_geometry():
    assert GRID.shape == (3, 2, 4)
    assert GRID.size == 24
    assert GRID.volumes.sum() == pytest.approx(6 * 7 * 100)
    assert GRID.volumes[1, 1, 2] == pytest.approx(2 * 5 * 5)
    assert GRID.areas(2).shape == (3, 2, 1)
    assert GRID.areas(2)[2, 0, 0] == pytest.approx(6)
    assert GRID.areas(0).sum() == pytest.approx(700)
    assert GRID.distances[2] == pytest.approx([15.0, 12.5, 35.0])


def test_it_prints_itself():
    assert str(GRID).startswith("grid of 3 x 2 x 4 = 24 cells; x 0 to 6 m (1 to 3 m)")


def test_edges_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        GRID.x[0] = 5.0


@pytest.mark.parametrize("edges", [[0.0], [0.0, 0.0], [1.0, 0.0], [0.0, np.nan], [[0.0, 1.0]]])
def test_bad_edges_are_refused(edges):
    with pytest.raises(ValueError, match=r"y: got"):
        Grid([0.0, 1.0], edges, [0.0, 1.0])


def test_points_on_faces_belong_to_the_cell_beyond_and_at_the_end_to_the_last():
    assert GRID.locate([1.0, 0.0, 10.0]) == np.ravel_multi_index((1, 1, 1), GRID.shape)
    assert GRID.locate([6.0, 5.0, 100.0]) == GRID.size - 1
    assert GRID.locate([0.0, -2.0, 0.0]) == 0


@pytest.mark.parametrize("point", [[-0.1, 0, 0], [0, 6, 0], [0, 0, np.nan]])
def test_points_outside_are_refused(point):
    with pytest.raises(ValueError, match="points"):
        GRID.locate(point)


@given(place, place)
@settings(max_examples=50)
def test_a_segment_is_shared_out_without_loss(start, end):
    crossing = GRID.along(start, end)
    whole = np.linalg.norm(np.subtract(end, start))
    assert crossing.lengths.sum() == pytest.approx(whole, rel=1e-12)
    assert np.all(crossing.lengths >= 0)
    assert np.unique(crossing.cells).size == crossing.cells.size  # no cell is met twice


def test_a_segment_against_lengths_found_by_sampling():
    start, end = np.array([0.2, -1.7, 3.0]), np.array([5.9, 4.8, 91.0])
    crossing = GRID.along(start, end)
    t = (np.arange(200_000) + 0.5) / 200_000
    cells = GRID.locate(start + t[:, None] * (end - start))
    share = np.bincount(cells, minlength=GRID.size) / t.size * np.linalg.norm(end - start)
    exact = np.zeros(GRID.size)
    exact[crossing.cells] = crossing.lengths
    assert exact == pytest.approx(share, abs=2e-3)
    assert np.flatnonzero(exact).tolist() == np.flatnonzero(share).tolist()


def test_a_segment_along_an_edge_and_one_of_no_length():
    straight = GRID.along([1.0, 0.0, 0.0], [1.0, 0.0, 100.0])
    assert straight.lengths == pytest.approx([10, 20, 5, 65])
    point = GRID.along([2.0, 1.0, 5.0], [2.0, 1.0, 5.0])
    assert point.lengths.tolist() == [0.0]


BOX = Box((480.0, 500.0, 900.0), (520.0, 504.0, 1000.0), (2.0, 1.0, 5.0))
CORNERS = ((0.0, 0.0, 0.0), (1000.0, 1000.0, 2000.0))


def test_graded_grid_resolves_the_box_and_reaches_the_far_field():
    grid = graded([BOX], *CORNERS, growth=1.25)
    for edges, low, high, fine, far in zip(
        grid.edges, BOX.lower, BOX.upper, BOX.spacing, CORNERS[1], strict=True
    ):
        width = np.diff(edges)
        within = (edges[:-1] >= low) & (edges[1:] <= high)
        assert edges[0] == 0.0
        assert edges[-1] == far
        assert low in edges
        assert high in edges
        assert width[within] == pytest.approx(np.full(within.sum(), fine))
        assert np.max(np.maximum(width[1:] / width[:-1], width[:-1] / width[1:])) < 1.26


@given(st.floats(1.05, 2.0), st.floats(0.5, 40.0), st.floats(10.0, 300.0))
@settings(max_examples=30)
def test_no_cell_is_wider_than_asked(growth, spacing, widest):
    box = Box((480.0, 500.0, 900.0), (520.0, 504.0, 1000.0), spacing)
    grid = graded([box], *CORNERS, growth=growth, widest=widest)
    for edges, low, high in zip(grid.edges, box.lower, box.upper, strict=True):
        width, middle = np.diff(edges), 0.5 * (edges[1:] + edges[:-1])
        away = np.maximum(np.maximum(low - middle, middle - high), 0)
        wanted = np.minimum(spacing + np.log(growth) * away, widest)
        assert np.all(width <= wanted * 1.05)


def test_overlapping_boxes_take_the_finer_spacing():
    coarse = Box((0.0, 0.0, 0.0), (60.0, 1.0, 1.0), 10.0)
    fine = Box((30.0, 0.0, 0.0), (100.0, 1.0, 1.0), 2.0)
    x = graded([coarse, fine], (0.0, 0.0, 0.0), (100.0, 1.0, 1.0)).x
    assert np.diff(x[x >= 30.0]).max() == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("boxes", "growth", "names"),
    [
        ([], 1.3, "boxes: got none"),
        ([BOX], 1.0, "growth"),
        ([BOX._replace(spacing=0.0)], 1.3, "boxes"),
        ([BOX._replace(upper=(2000.0, 504.0, 1000.0))], 1.3, "boxes"),
        ([BOX._replace(upper=BOX.lower)], 1.3, "boxes"),
    ],
)
def test_bad_boxes_are_refused(boxes, growth, names):
    with pytest.raises(ValueError, match=names):
        graded(boxes, *CORNERS, growth=growth)
