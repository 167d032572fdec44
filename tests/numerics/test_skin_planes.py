"""Plane skins in a grid: fractures anywhere in their cells, with borders, neighbours and water."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from comine.numerics.embedding import embed_planes
from comine.numerics.grid import Grid
from comine.numerics.polygon_cells import cut
from comine.numerics.polygons import outline, rectangle
from comine.numerics.skin_borders import borders, points_around, widened
from comine.numerics.skin_plane_neighbours import beside_plane, plane_neighbours
from comine.numerics.skin_planes import host_planes, points_on
from comine.numerics.skin_stage import eliminate, respond, settle
from comine.numerics.skins import Layers, Matter, Shape, host_reach, make_skins
from tests.cases import case, load_case
from tests.numerics.plane_rig import (
    between_two,
    fine_strip,
    fracture,
    half_spaces,
    inclined,
    lauwerier,
    plane_across,
    plane_errors,
    slabs,
    strip,
    strip_between,
)
from tests.numerics.skin_rig import (
    CONDUCTIVITY,
    DAY,
    YEAR,
    Coupled,
    airway,
    alone,
    at_times,
    doubling_steps,
    graded_edges,
    make_grid,
    orders,
    step_response,
)

LONG = doubling_steps(1800.0, 16, 30 * YEAR)
SHORT = doubling_steps(1800.0, 12, 30 * YEAR)
EVEN = [np.arange(0.0, 121.0, 10.0)] * 3
WIDE = [np.arange(-30.0, 151.0, 10.0)] * 3
FAR = [np.arange(-80.0, 111.0, 10.0)] * 3
TILTED = rectangle([60.0, 60.0, 60.0], 0.4, 0.9, 30.0, 26.0)[None]


# ---------------------------------------------------------------- one fracture without end


@pytest.mark.parametrize(
    ("width", "place", "film"),
    [
        *((width, place, np.inf) for width in (2.0, 5.0, 10.0, 20.0, 40.0) for place in (0.0, 0.3)),
        (10.0, 0.15, np.inf),
        (10.0, 0.5, np.inf),
        (2.0, 0.5, 20.0),
        (10.0, 0.3, 20.0),
        (20.0, 0.0, 20.0),
    ],
)
def test_wall_flux_from_the_first_day_to_thirty_years(width, place, film, measured):
    _, error = plane_errors(plane_across(width, place), film, LONG)
    what = f"fracture without end in cells of {width:g} m"
    measured.deviation("skins", what, "two half-spaces", error, 0.01)


@pytest.mark.parametrize("reach", [1.0, 1.5])
def test_a_shorter_reach_is_worse(reach):
    _, error = plane_errors(plane_across(10.0, 0.5, reach), np.inf, LONG)
    assert np.abs(error).max() > 0.012
    assert float(host_reach(0.0, 10.0)) == 25.0


@pytest.mark.parametrize("angle", [30.0, 45.0])
@pytest.mark.parametrize("place", [(0.0, 0.0), (0.25, 0.1)])
def test_wall_flux_of_an_inclined_fracture(angle, place, measured):
    coupled, middle = inclined(20.0, np.radians(angle), place, 400.0)
    _, error = plane_errors(coupled, np.inf, SHORT, middle)
    what = f"fracture at {angle:g}° to cells of 20 m, each piece"
    measured.deviation("skins", what, "two half-spaces", error, 0.01)


def test_no_heat_is_lost():
    coupled = strip_between(10.0, 50.0, (0.3, 0.2))
    given_ = 0.0
    for length in doubling_steps(3600.0, 12, YEAR):
        _, mean = coupled.step(length, 100.0, np.ones((2, coupled.rings.shape[1])))
        given_ += length * mean.sum()
    assert coupled.heat() == pytest.approx(given_, rel=1e-9)


def edges_about(width, growth, until=600.0):
    """Six even cells about 0, growing outwards."""
    outer = 3.0 * width + np.cumsum(width * growth ** np.arange(60))
    outer = outer[: np.searchsorted(outer, until) + 1]
    return np.concatenate([-outer[::-1], width * np.arange(-3.0, 4.0), outer])


@given(
    st.sampled_from([1.0, 2.0, 5.0, 10.0]),
    st.lists(st.floats(1.0, 2.0), min_size=3, max_size=3),
    st.floats(0.0, 6.0),
    st.sampled_from([0.0, 0.4, np.pi / 2]),
    st.lists(st.floats(-3.0, 3.0), min_size=3, max_size=3),
)
@example(10.0, [1.75] * 3, 0.0, np.pi / 2, [1.75, 0.0, 1.75])
@example(1.0, [1.9] * 3, 0.0, 0.0, [2.75, 0.0, 2.75])
@settings(max_examples=20, deadline=None)
def test_cells_may_grow_strongly_away_from_a_fracture(width, growth, dip_direction, dip, place):
    grid = Grid(*(edges_about(width, each) for each in growth))
    middle = width * np.asarray(place)
    square = rectangle(middle, dip_direction, dip, 4.0 * width, 3.0 * width)[None]
    try:
        hosts = embed_planes(grid, (CONDUCTIVITY, 2.25e6), square).hosts
    except ValueError as refused:
        assert "outside the grid" in str(refused)
        return
    assert hosts.spread.sum() == pytest.approx(1.0, abs=1e-12)
    assert hosts.felt.sum() == pytest.approx(1.0, abs=1e-12)
    normal, centres = outline(square).normal[0], grid.centres
    away = np.meshgrid(*(c - m for c, m in zip(centres, middle, strict=True)), indexing="ij")
    distance = sum(n * a for n, a in zip(normal, away, strict=True)).ravel()
    assert hosts.felt @ distance == pytest.approx(0.0, abs=1e-9 * width)
    assert hosts.spread.T @ distance == pytest.approx(0.0, abs=2.0 * width)


# ---------------------------------------------------------------- borders


@pytest.mark.parametrize(
    ("half", "width", "place", "within"),
    [
        (25.0, 5.0, (0.0, 0.5), 0.02),
        (25.0, 10.0, (0.5, 0.0), 0.022),
        (50.0, 10.0, (0.0, 0.5), 0.018),
        (50.0, 20.0, (0.3, 0.2), 0.01),
        (100.0, 10.0, (0.0, 0.5), 0.015),
    ],
)
def test_heat_of_a_fracture_with_borders_against_a_fine_grid(half, width, place, within, measured):
    times = np.array([0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0]) * YEAR
    fine = at_times(SHORT, fine_strip(half, SHORT), times)

    def error(bordered):
        coupled = strip_between(width, half, place, bordered)
        flow = step_response(coupled, np.inf, SHORT).sum(axis=1)
        return at_times(SHORT, flow, times) / fine - 1.0

    what = f"fracture of {2 * half:g} m between borders in cells of {width:g} m"
    measured.deviation("skins", what, "fine grid", error(True), within)
    assert error(False).min() < -5.0 / half  # what goes around the borders


def test_a_border_adds_the_conductivity():
    """On a fine grid, and in the widened skin alone in its rock."""
    times = np.array([0.1, 1.0, 10.0]) * YEAR
    fine = at_times(SHORT, fine_strip(100.0, SHORT, 0.1), times)
    plain = 200.0 * half_spaces(times, np.inf)
    np.testing.assert_allclose((fine - plain)[1:] / CONDUCTIVITY, 2.0, rtol=0.04)
    square = rectangle([0.0, 0.0, 0.0], 0.0, 0.0, 10.0, 10.0)[None]
    skin = fracture([100.0], 200.0, rings=48)
    wide = widened(skin, square, [[True, False, True, False]])
    flows = [at_times(SHORT, alone(each, np.inf, SHORT)[0][:, 0], times) for each in (skin, wide)]
    np.testing.assert_allclose(flows[0], 100.0 * half_spaces(times, np.inf), rtol=4e-3)
    np.testing.assert_allclose((flows[1] - flows[0]) / CONDUCTIVITY, 20.0, rtol=4e-3)


def test_layers_do_not_widen():
    layers = Layers([[0.02]], [[0.1]], [[1e6]])
    skin = make_skins(Shape("plane", [0.0], [25.0], [200.0]), Matter([3.0], [2.25e6]), layers)
    square = rectangle([0.0, 0.0, 0.0], 0.0, 0.0, 10.0, 10.0)[None]
    wide = widened(skin, square, [[True] * 4])
    np.testing.assert_array_equal(wide.capacity[:2], skin.capacity[:2])
    assert np.all(wide.capacity[2:] > skin.capacity[2:])
    steady = 0.02 / (0.1 * 200.0) + (1.0 - 1.0 / (1.0 + 0.2 * 25.0)) / (3.0 * 40.0)
    assert eliminate(wide, 1e15).pivot[0] == pytest.approx(steady, rel=1e-6)
    np.testing.assert_array_equal(widened(skin, square, [[False] * 4]).capacity, skin.capacity)


def test_borders_are_what_no_other_piece_and_no_side_of_the_grid_adjoins():
    grid = Grid(*EVEN)
    pieces = cut(TILTED, grid)
    ends = borders(pieces, TILTED, grid)
    length = np.linalg.norm(np.roll(pieces.corners, -1, axis=1) - pieces.corners, axis=2)
    assert length[ends].sum() == pytest.approx(2.0 * (30.0 + 26.0))
    beyond = rectangle([110.0, 60.0, 60.0], 0.0, 0.3, 40.0, 30.0)[None]
    pieces = cut(beyond, grid)
    length = np.linalg.norm(np.roll(pieces.corners, -1, axis=1) - pieces.corners, axis=2)
    inside = 15.0 + 10.0 / np.cos(0.3)
    assert length[borders(pieces, beyond, grid)].sum() == pytest.approx(40.0 + 2.0 * inside)
    across = rectangle([60.0, 60.0, 60.0], 0.0, 0.0, 120.0, 40.0)[None]
    pieces = cut(across, grid)
    length = np.linalg.norm(np.roll(pieces.corners, -1, axis=1) - pieces.corners, axis=2)
    assert length[borders(pieces, across, grid)].sum() == pytest.approx(240.0)


def test_heat_is_handed_over_at_the_reach_all_around():
    around = points_around(TILTED, [[True, True, False, False]], [25.0])
    c, normal = TILTED[0], outline(TILTED).normal[0]
    height = (around.points - c[0]) @ normal
    ends = [(c[0], c[1]), (c[1], c[2])]
    distances = np.min(
        [
            np.linalg.norm(np.cross(around.points - a, (b - a) / np.linalg.norm(b - a)), axis=1)
            for a, b in ends
        ],
        axis=0,
    )
    assert distances.max() <= 25.0 + 1e-9
    assert around.weights @ height == pytest.approx(0.0, abs=1e-9)
    c_ = 56.0 / (2.0 * 780.0)
    assert around.weights.sum() == pytest.approx(1.0 - (1.0 + 25.0 * c_) ** -2)


# ---------------------------------------------------------------- neighbours


@pytest.mark.parametrize(
    ("spacing", "width"), [(2.0, 10.0), (10.0, 10.0), (20.0, 10.0), (24.0, 10.0), (8.0, 5.0)]
)
def test_two_parallel_fractures(spacing, width, measured):
    edges = [graded_edges(width, 0.2, equal=80.0), np.array([0.0, 1.0]), np.array([0.0, 1.0])]
    both = np.stack([strip([s, 0.0, 0.5], np.pi / 2, 1.0) for s in (0.0, spacing)])
    skins = fracture([1.0, 1.0], 2.5 * width)
    times = np.cumsum(LONG)
    counts = (times > 0.99 * DAY) & (times < 10.0 * YEAR)

    def error(near):
        coupled = Coupled(make_grid(edges), skins, host_planes(skins, both, edges), near)
        flow = step_response(coupled, np.inf, LONG)[counts]
        return np.abs(flow / between_two(times[counts], spacing)[:, None] - 1.0).max()

    what = f"two fractures {spacing:g} m apart in cells of {width:g} m, to 10 years"
    near = plane_neighbours(skins, both, edges)
    measured.deviation("skins", what, "two planes, exact", error(near), 0.035)
    assert error(None) > 0.1


def test_pieces_of_one_plane_do_not_feel_each_other():
    pieces = cut(np.concatenate([TILTED, TILTED + 0.6]), Grid(*EVEN))
    near = plane_neighbours(fracture(pieces.area, 25.0), pieces.corners, WIDE)
    assert near.target.size >= 50
    assert np.all(pieces.polygon[near.target] != pieces.polygon[near.source])


def test_what_lies_over_half_a_piece_is_felt_half():
    square = rectangle([0.0, 0.0, 0.0], 0.0, 0.0, 10.0, 10.0)
    three = np.stack([square, square + np.array([5.0, 0.0, 4.0]), square + np.array([0, 0, 60.0])])
    skins = fracture([100.0] * 3, 25.0)
    near = plane_neighbours(skins, three, FAR, parts=20)
    assert near.target.tolist() == [0, 1]
    assert near.source.tolist() == [1, 0]
    half = 0.5 * beside_plane(skins, [0, 0], [4.0, 4.0])
    np.testing.assert_allclose(near.weights, half, atol=0.005)


def test_a_steady_profile_is_felt_at_its_distance():
    skins = fracture([1.0], 20.0)
    stage = eliminate(skins, 1e15)
    steady = settle(stage, respond(stage, np.zeros((12, 1)), np.inf), 1.0, 0.0).temperature
    distance = np.array([1.0, 5.0, 13.0, 19.9, 20.0, 30.0])
    got = (beside_plane(skins, [0] * 6, distance) * steady).sum(axis=0)
    np.testing.assert_allclose(got, np.maximum(1.0 - distance / 20.0, 0.0), atol=1e-9)


# ---------------------------------------------------------------- water along a fracture


def outlet(swept, p, times, places, steps):
    """Temperature of the water at given places and times [degC]."""
    leaves = swept.march(steps)
    number = np.round(np.array(places) / p["L"] * leaves.shape[1]).astype(int) - 1
    ends = np.log(np.cumsum(steps))
    found = [np.interp(np.log(times), ends, leaves[:, i]) for i in number]
    return p["T0"] + (p["Tin"] - p["T0"]) * np.transpose(found)


def lauwerier_error(pieces, width, rings, count, place=0.5):
    data = load_case("solvers/06_lauwerier_1955_single_fracture")
    p, e = data["parameters"], data["expected"]
    steps, times = doubling_steps(DAY, count, 31 * YEAR), np.array(e["t_yr"]) * YEAR
    swept = lauwerier(p, pieces, width, place, rings)
    return outlet(swept, p, times, e["x_m"], steps) - np.array(e["T_C_rows_t_cols_x"])


@case("solvers/06_lauwerier_1955_single_fracture")
@pytest.mark.parametrize(("width", "place"), [(5.0, 0.5), (10.0, 0.0), (10.0, 0.5), (20.0, 0.3)])
def test_a_single_fracture_in_the_grid(width, place, measured):
    """To 0.5 K at 30 years; cells of 10 m keep 0.15 K."""
    error = lauwerier_error(50, width, 12, 8, place)[-1]
    what = f"water along a fracture of 500 m, 30 years, cells of {width:g} m"
    measured.deviation("skins", what, "Lauwerier", error, 0.15 if width <= 10.0 else 0.5, "K")


def test_order_of_a_single_fracture(measured):
    """Cells, pieces, rings and steps refined together: second order in time and space."""
    found = [
        np.sqrt((lauwerier_error(n, 500.0 / n, 8 * n // 25, 4 * n // 25)[1:] ** 2).mean())
        for n in (25, 50, 100)
    ]
    assert found[-1] < 0.06
    order = np.mean(orders([4.0, 2.0, 1.0], found))
    measured.order("skins", "water along one fracture, all refined, mean", order, 1.6)


def gringarten_error(half_spacing, expected, p, refined):
    steps = doubling_steps(DAY, 4 * refined, 31 * YEAR)
    swept = slabs(p, 25 * refined, half_spacing, rings=8 * refined)
    got = outlet(swept, p, np.array(p["t_yr"]) * YEAR, [p["L"]], steps)[:, 0]
    return got - np.array(expected)


@case("solvers/07_gringarten_1975_parallel_fractures")
@pytest.mark.parametrize("which", range(5))
def test_many_fractures_between_closed_slabs(which):
    data = load_case("solvers/07_gringarten_1975_parallel_fractures")
    p, expected = data["parameters"]["physical"], data["expected"]["T_out_C_rows_D_cols_t"]
    error = gringarten_error(p["half_spacing_m"][which], expected[which], p, 3)
    assert np.abs(error).max() < 0.5


def test_order_of_many_fractures(measured):
    data = load_case("solvers/07_gringarten_1975_parallel_fractures")
    p, expected = data["parameters"]["physical"], data["expected"]["T_out_C_rows_D_cols_t"]
    found = [np.sqrt((gringarten_error(50.0, expected[2], p, n) ** 2).mean()) for n in (1, 2, 4)]
    assert found[-1] < 0.03
    order = np.mean(orders([4.0, 2.0, 1.0], found))
    measured.order("skins", "water between closed slabs, all refined, mean", order, 1.8)


# ---------------------------------------------------------------- matrices


@settings(max_examples=25, deadline=None)
@given(st.floats(0.0, 6.28), st.floats(0.0, 1.57), st.floats(52.0, 68.0))
def test_heat_goes_to_the_reach_on_both_sides_and_none_is_lost(direction, dip, place):
    corners = rectangle([place, 60.0, 57.0], direction, dip, 10.0, 8.0)[None]
    skins = fracture([80.0], 25.0)
    hosts = host_planes(skins, corners, EVEN)
    _, centroid, normal = outline(corners)
    centres = np.stack(np.meshgrid(*[0.5 * (e[1:] + e[:-1]) for e in EVEN], indexing="ij"), axis=-1)
    height = (centres.reshape(-1, 3) - centroid) @ normal[0]
    for matrix in (hosts.spread.T, hosts.felt, hosts.displaced.T):
        assert matrix.sum() == pytest.approx(1.0, rel=1e-12)
        assert (matrix @ height)[0] == pytest.approx(0.0, abs=1e-9)  # even about the plane
    assert (hosts.spread.T @ np.abs(height))[0] == pytest.approx(25.0, abs=0.05)
    blur = (hosts.spread.T @ height**2 - 25.0**2 + hosts.felt @ height**2)[0]
    assert blur == pytest.approx(100.0 / 7.0 * (normal**4).sum(), rel=1e-6)
    assert hosts.ends.nnz == 0


def test_a_filling_adds_its_heat_capacity():
    layers = Layers([[0.5]], [[2.0]], [[4e6]])
    skin = make_skins(Shape("plane", [0.0], [25.0], [1560.0]), Matter([3.0], [2.25e6]), layers)
    displaced = host_planes(skin, TILTED, EVEN).displaced @ skin.displaced
    assert displaced.sum() == pytest.approx(-1560.0 * 0.5 * 4e6)
    assert not (
        host_planes(f := fracture([780.0], 25.0), TILTED, EVEN).displaced @ f.displaced
    ).any()


@given(st.integers(1, 6), st.integers(3, 9))
@settings(max_examples=20)
def test_points_stand_for_the_area_and_its_centroid(parts, corners):
    angle = np.sort(np.arange(corners) * 2 * np.pi / corners + 0.2 * np.sin(np.arange(corners)))
    polygon = np.stack([7 * np.cos(angle), 4 * np.sin(angle), 0 * angle], axis=1)
    points, number, weights = points_on([polygon], parts)
    assert weights.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(weights @ points, outline([polygon]).centroid[0], atol=1e-12)
    assert number.size == corners * parts**2


def test_input_that_is_refused():
    skins = fracture([780.0], 25.0)
    with pytest.raises(ValueError, match="outside the grid"):
        host_planes(skins, TILTED + 40.0, EVEN)
    with pytest.raises(ValueError, match="twice the polygon's area"):
        host_planes(fracture([700.0], 25.0), TILTED, EVEN)
    with pytest.raises(ValueError, match="one each"):
        plane_neighbours(fracture([780.0, 780.0], 25.0), TILTED, WIDE)
    with pytest.raises(ValueError, match="parts"):
        points_on(TILTED, 0)
    with pytest.raises(ValueError, match="border"):
        host_planes(skins, TILTED, EVEN, [[True]])
    pipe = airway(2.0, 27.0, length=1560.0 / (4.0 * np.pi))
    with pytest.raises(ValueError, match="plane skins"):
        host_planes(pipe, TILTED, EVEN)
