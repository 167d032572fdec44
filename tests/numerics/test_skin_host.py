"""Skins in a grid: the way from the rings to the cells, from the first day to thirty years."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import cg
from scipy.special import kve

from comine.numerics.skin_host import Hosts, around_axis, host_cylinders, share
from comine.numerics.skin_neighbours import beside, neighbours
from comine.numerics.skin_stage import GAMMA, eliminate, respond, second_start, settle
from comine.numerics.skins import host_reach, release
from comine.physics.finite_line import segment_response
from comine.physics.laplace import talbot
from tests.cases import case, load_case
from tests.numerics.skin_rig import (
    CONDUCTIVITY,
    DAY,
    DIFFUSIVITY,
    YEAR,
    Coupled,
    airway,
    at_times,
    doubling_steps,
    errors,
    exact_flow,
    flat_grid,
    graded_edges,
    in_flat_grid,
    make_grid,
    periodic_difference,
    step_response,
)

LONG = doubling_steps(1800.0, 16, 30 * YEAR)
CENTRE, CORNER, ODD = (0.5, 0.5), (0.0, 0.0), (0.2, 0.4)


def one_airway(radius, width, place=CENTRE, rings=12, **grading):
    skins = airway(radius, float(host_reach(radius, width)), rings)
    return in_flat_grid(flat_grid(width, place, **grading), skins, [radius], [[0.0, 0.0]])


# ---------------------------------------------------------------- one opening


@pytest.mark.parametrize(
    ("radius", "film", "width", "place"),
    [
        (2.0, 20.0, 1.0, ODD),
        (2.0, 20.0, 2.0, CENTRE),
        (2.0, 20.0, 5.0, CENTRE),
        (2.0, 20.0, 5.0, CORNER),
        (2.0, 20.0, 10.0, CENTRE),
        (2.0, 20.0, 10.0, CORNER),
        (2.0, 20.0, 10.0, ODD),
        (2.0, 20.0, 20.0, CORNER),
        (2.0, 1e6, 5.0, CORNER),
        (4.0, 20.0, 5.0, CENTRE),
        (4.0, 5.0, 10.0, CORNER),
        (0.1, 1000.0, 5.0, CENTRE),
        (0.1, 1000.0, 20.0, CORNER),
    ],
)
def test_wall_flux_in_a_grid_from_the_first_day_to_thirty_years(
    radius, film, width, place, measured
):
    coupled = one_airway(radius, width, place, equal=max(4.0 * width, 10.0))
    _, error = errors(coupled, radius, film, LONG)
    what = f"opening of {radius:g} m radius in cells of {width:g} m"
    measured.deviation("skins", what, "exact G(F, B)", error, 0.01)


@case("solvers/26_host_cell_well_index_transient")
def test_an_airway_in_a_coarse_cell():
    data = load_case("solvers/26_host_cell_well_index_transient")
    of, expected = data["parameters"], data["expected"]
    times = np.array(of["t_days"]) * DAY
    exact, later = np.array(expected["q_exact_W_m_K"]), times >= DAY
    for width in of["h_cell"]:
        flow = step_response(one_airway(of["r_w"], width), of["h_c"], LONG)
        got = at_times(LONG, flow[:, 0], times)
        year = times >= 0.999 * YEAR
        np.testing.assert_allclose(got[later], exact[later], rtol=0.07)
        np.testing.assert_allclose(got[year], exact[year], rtol=0.04)
        error = 100.0 * np.abs(got / exact - 1.0)
        rings = np.abs(expected[f"ring_error_percent_h{width:.0f}"])
        assert np.all(error[later] < np.maximum(rings[later], 0.6))


def test_a_shorter_reach_and_a_hole_full_of_rock_are_worse():
    def greatest(reach, displaced=True):
        skins = airway(2.0, reach)
        if not displaced:
            skins = skins._replace(displaced=np.zeros(1))
        coupled = in_flat_grid(flat_grid(5.0), skins, [2.0], [[0.0, 0.0]])
        return np.abs(errors(coupled, 2.0, 20.0, LONG)[1]).max()

    best = greatest(float(host_reach(2.0, 5.0)))
    assert greatest(6.0) > 3.0 * best
    assert greatest(14.5, displaced=False) > 2.0 * best


def test_seasons_felt_through_rings_and_cells(measured):
    """Fluid with seasons for ten years: amplitude and lag of the heat."""
    radius, film, per_year = 2.0, 20.0, 48
    coupled = one_airway(radius, 5.0, CORNER, equal=20.0)
    root = np.sqrt(2j * np.pi / YEAR / DIFFUSIVITY) * radius
    impedance = kve(0, root) / (root * kve(1, root)) + CONDUCTIVITY / (film * radius)
    admittance = 2.0 * np.pi * CONDUCTIVITY / impedance
    width, phase = YEAR / per_year, 0.0
    for number in range(10 * per_year):
        angle = 2.0 * np.pi / per_year * (number + np.array([[GAMMA], [1.0]]))
        wall, _ = coupled.step(width, film, np.sin(angle))
        if number >= 9 * per_year:
            phase += 2j / per_year * wall[0] * np.exp(-1j * angle[1, 0])
    what = "seasons through rings and cells of 5 m, of the amplitude"
    measured.deviation("skins", what, "periodic solution", phase / admittance - 1.0, 0.01)


def test_all_heat_from_the_fluid_is_in_rings_and_cells():
    coupled, given_ = one_airway(2.0, 10.0, ODD), 0.0
    for width in doubling_steps(1800.0, 10, 100 * DAY):
        before = coupled.heat()
        _, mean = coupled.step(width, 20.0, np.ones((2, 1)))
        given_ += float(mean[0]) * width
        assert coupled.heat() - before == pytest.approx(float(mean[0]) * width, rel=1e-10)
    assert coupled.heat() == pytest.approx(given_, rel=1e-10)


def test_a_skin_that_is_given_up_leaves_its_heat_to_the_grid():
    coupled = one_airway(2.0, 10.0)
    step_response(coupled, 20.0, doubling_steps(1800.0, 10, 100 * DAY))
    before = coupled.heat()
    coupled.rings, heat = release(coupled.skins, coupled.rings, [True])
    coupled.cells += coupled.hosts.spread @ heat / coupled.capacity
    assert np.abs(coupled.rings).max() == 0.0
    assert coupled.heat() == pytest.approx(before, rel=1e-12)


@pytest.mark.parametrize("radius, width", [(2.0, 1.0), (2.0, 5.0), (0.1, 5.0), (4.0, 2.0)])
@pytest.mark.parametrize("place", [CENTRE, ODD])
def test_rings_and_cells_together_only_decay(radius, width, place):
    """All modes of the coupled system have rates well off the imaginary axis."""
    reach = float(host_reach(radius, width))
    grid = flat_grid(width, place, equal=reach + width, until=8.0 * reach, growth=2.0)
    coupled = in_flat_grid(grid, airway(radius, reach, 8), [radius], [[0.0, 0.0]])
    skins, cells = coupled.skins, grid.capacity.size
    matrix = np.diag(skins.resistance[:, 0])
    matrix += np.diag(skins.cross[:, 0], 1) + np.diag(skins.cross[:, 0], -1)
    matrix[0, 0] += 1.0 / (20.0 * skins.wall_area[0])
    drop = np.eye(9, 8, -1) - np.eye(9, 8)
    felt = np.zeros((9, cells))
    felt[0] = -coupled.hosts.felt.toarray()[0]
    flow = np.linalg.solve(matrix, np.hstack([drop, felt]))
    rings = (flow[:-1] - flow[1:]) / skins.capacity
    rows = np.hstack([np.zeros((cells, 8)), -grid.conductance.toarray()])
    rows += np.outer(coupled.hosts.spread.toarray()[:, 0], flow[-1])
    rates = np.linalg.eigvals(np.vstack([rings, rows / coupled.capacity[:, None]]))
    assert rates.real.max() < 0.0
    assert np.abs(rates.imag / rates.real).max() < 0.3


# ---------------------------------------------------------------- several skins


def two_parallel(time, radius, film, distance):
    """Heat from each of two equal fluids, 1 K warmer since time zero; exact for distances that are
    large against the radius."""

    def transform(s):
        root = np.sqrt(s / DIFFUSIVITY)
        wall = root * radius
        far = root * distance
        scale = wall * kve(1, wall)
        own = kve(0, wall) / scale
        other = kve(0, far) * np.exp(wall - far) / scale
        return 1.0 / (
            s * ((own + other) / (2 * np.pi * CONDUCTIVITY) + 1 / (2 * np.pi * radius * film))
        )

    return talbot(transform, np.asarray(time))


@pytest.mark.parametrize(
    ("radius", "film", "distance", "width", "allowed"),
    [(0.1, 1000.0, 5.0, 10.0, 0.01), (0.1, 1000.0, 2.0, 5.0, 0.01), (2.0, 20.0, 10.0, 10.0, 0.01)],
)
def test_two_skins_that_share_cells(radius, film, distance, width, allowed, measured):
    skins = airway([radius, radius], float(host_reach(radius, width)))
    places = [[-0.5 * distance, 0.0], [0.5 * distance, 0.0]]
    grid = flat_grid(width)
    together = in_flat_grid(grid, skins, [radius] * 2, places)
    flow = step_response(together, film, LONG)
    np.testing.assert_allclose(flow[:, 0], flow[:, 1], rtol=1e-9)
    times = np.cumsum(LONG)
    counts = (times > DAY) & (times < 30 * YEAR)
    exact = two_parallel(times[counts], radius, film, distance)
    error = np.abs(flow[counts, 0] / exact - 1.0).max()
    what = f"two openings of {radius:g} m radius {distance:g} m apart, cells of {width:g} m"
    measured.deviation("skins", what, "Laplace transform", error, allowed)
    apart = in_flat_grid(grid, skins, [radius] * 2, places, together=False)
    without = step_response(apart, film, LONG)[counts, 0] / exact - 1.0
    assert np.abs(without).max() > 3.0 * error


def test_skins_far_apart_feel_each_other_through_the_grid():
    """The second, whose fluid stays as cold as the rock, is warmed by the first 60 m away."""
    skins, times = airway([2.0, 2.0], 27.0), np.array([5.0, 10.0, 30.0]) * YEAR
    coupled = in_flat_grid(flat_grid(10.0), skins, [2.0, 2.0], [[-30.0, 0.0], [30.0, 0.0]])
    fluid, flows = np.array([[1.0, 0.0]] * 2), []
    for width in LONG:
        flows.append(coupled.step(width, 20.0, fluid)[0])
    own_heat, taken = flows[-1][0], np.interp(times, np.cumsum(LONG), -np.array(flows)[:, 1])

    def transform(s):
        root = np.sqrt(s / DIFFUSIVITY)
        wall, far = 2.0 * root, 60.0 * root
        scale = 2.0 * np.pi * CONDUCTIVITY * wall * kve(1, wall)
        own = kve(0, wall) / scale + 1.0 / (2.0 * np.pi * 2.0 * 20.0)
        other = kve(0, far) * np.exp(wall - far) / scale
        return other / (s * (own**2 - other**2))

    # within 0.15 % of what the first gives off, the cells' error in 60 m
    np.testing.assert_allclose(taken, talbot(transform, times), atol=0.0015 * float(own_heat))


# ---------------------------------------------------------------- three dimensions


def test_an_opening_across_the_diagonal_of_the_cells(measured):
    """A straight opening along (1, 1, 0), without end in a periodic grid."""
    width, count, radius, film = 10.0, 11, 2.0, 20.0
    grid = make_grid([np.arange(count + 1) * width] * 3, periodic_difference)
    reach, length = float(host_reach(radius, width)), np.sqrt(2.0) * count * width
    skins = airway(radius, reach, length=length)
    middle = (count // 2 + np.array([0.3, 0.9, 0.6])) * width
    along = np.array([1.0, 1.0, 0.0]) * count * width / 2.0
    wide = [np.arange(-2 * count, 3 * count + 1) * width] * 3
    number = np.arange(5 * count) % count
    cell = np.ravel_multi_index(np.meshgrid(number, number, number, indexing="ij"), [count] * 3)
    fold = csr_array((np.ones(cell.size), (cell.ravel(), np.arange(cell.size))))
    ends = (middle - along)[None], (middle + along)[None]
    whole = Hosts(
        fold @ share(around_axis(*ends, skins.face[-1], 32, 5 * count), wide),
        csr_array((fold @ share(around_axis(*ends, np.zeros(1), 1, 20 * count), wide)).T),
        fold @ share(around_axis(*ends, np.array([1.4]), 16, 5 * count), wide),
        csr_array((count**3, 1)),
    )
    steps = doubling_steps(3 * 3600.0, 10, 3 * YEAR)
    flow = step_response(Coupled(grid, skins, whole), film, steps)[:, 0] / length
    times = np.cumsum(steps)
    counts = (times > DAY) & (times < 3 * YEAR)
    error = flow[counts] / exact_flow(times[counts], radius, film) - 1.0
    what = "opening along a diagonal of the cells, (1, 1, 0), to 3 years"
    measured.deviation("skins", what, "exact G(F, B)", error, 0.01)


def mean_warming(edges, start, end, width, steps, with_ends=True, together=True):
    """Mean over boreholes of their walls' warming by 1 W/m at the end of each step."""
    radius, grid, count = 0.1, make_grid(edges), len(start)
    length = np.linalg.norm(end - start, axis=1)
    skins = airway([radius] * count, float(host_reach(radius, width)), 14, length=length)
    hosts = host_cylinders(skins, [radius] * count, start, end, edges)
    near = neighbours(skins, start, end)
    capacity = grid.capacity - hosts.displaced @ skins.displaced
    rings, cells, stage_length, warm = np.zeros_like(skins.capacity), np.zeros(capacity.size), 0, []
    for step_ in steps:
        if step_ != stage_length:
            stage_length, stage = step_, eliminate(skins, GAMMA * step_)
            system = csr_array(grid.conductance + diags_array(capacity / (GAMMA * step_)))
        starts = rings, cells
        for _ in range(2):
            response = respond(stage, starts[0], np.inf)
            wall = (length - response.wall) / response.wall_fluid
            after = settle(stage, response, wall, 0.0)
            load = capacity / (GAMMA * step_) * starts[1] + hosts.spread @ after.handed
            if with_ends:
                load += hosts.ends @ after.moment
            solved, _ = cg(system, load, x0=starts[1], rtol=1e-9)
            starts = second_start(rings, after.temperature), second_start(cells, solved)
        rings, cells = after.temperature, solved
        wall += hosts.felt @ cells
        if together:
            from_others = (near.weights * rings[:, near.source]).sum(axis=0)
            np.add.at(wall, near.target, from_others)
        warm.append(wall.mean())
    return np.array(warm)


def test_the_ends_of_a_hole(measured):
    length, width, count = 100.0, 10.0, 10
    across = graded_edges(width, 0.5, equal=4 * width, until=150.0, growth=1.35)
    tail = np.cumsum(width * 1.35 ** np.arange(1, 10))
    deep = width * np.arange(-3, count + 4)
    edges = [across, across, np.r_[(deep[0] - tail)[::-1], deep, deep[-1] + tail]]
    start = np.array([[0.0, 0.0, width * number] for number in range(count)])
    end = start + np.array([0.0, 0.0, width])
    steps, times = doubling_steps(5 * DAY, 8, 20 * YEAR), np.array([1.0, 5.0, 20.0]) * YEAR
    line = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, length]])
    exact = np.ravel(segment_response(line, line, times, 0.1, CONDUCTIVITY, DIFFUSIVITY))

    def error(with_ends):
        warm = mean_warming(edges, start, end, width, steps, with_ends)
        return at_times(steps, warm, times) / exact - 1.0

    what = "free hole of 100 m in cells of 10 m, mean wall, 1 to 20 years"
    measured.deviation("skins", what, "finite line", error(True), 0.015)
    assert error(False).max() > 0.03


def test_a_dense_fan_of_holes(measured):
    """Twelve holes of 50 m from one place, in cells of 10 m, against finite lines."""
    width, inner, length, holes = 10.0, 3.0, 50.0, 12
    lateral = graded_edges(width, 0.5, equal=80.0, until=160.0, growth=1.35)
    edges = [graded_edges(width, 0.5, equal=40.0, until=120.0, growth=1.35), lateral, lateral]
    angle = 2.0 * np.pi / holes * np.arange(holes) + 0.2
    heading = np.stack([0.0 * angle, np.cos(angle), np.sin(angle)], axis=1)
    depth = inner + width * np.arange(5)
    start = (heading[:, None] * depth[:, None]).reshape(-1, 3)
    end = (heading[:, None] * (depth + width)[:, None]).reshape(-1, 3)
    steps, times = doubling_steps(5 * DAY, 8, 10 * YEAR), np.array([1.0, 10.0]) * YEAR
    lines = heading[:, None] * np.array([[inner], [inner + length]])
    exact = segment_response(
        lines[:, None], lines[:1, None], times, 0.1, CONDUCTIVITY, DIFFUSIVITY
    ).sum(axis=0)

    def error(together):
        warm = mean_warming(edges, start, end, width, steps, together=together)
        return at_times(steps, warm, times) / np.ravel(exact) - 1.0

    what = "fan of twelve holes of 50 m in cells of 10 m, mean wall, 1 and 10 years"
    measured.deviation("skins", what, "finite lines", error(True), 0.025)
    assert error(False).min() < -0.1


# ---------------------------------------------------------------- matrices


EDGES = [np.array([0.0, 4.0, 9.0, 15.0, 30.0]), np.linspace(0.0, 20.0, 6), np.array([0.0, 10.0])]


@settings(max_examples=30)
@given(st.tuples(st.floats(2.0, 22.0), st.floats(2.0, 18.0), st.floats(0.0, 10.0)))
def test_sharing_keeps_amount_and_place(point):
    weights = share([[point]], EDGES)
    assert weights.sum() == pytest.approx(1.0, rel=1e-13)
    assert weights.data.min() >= 0.0
    centres = np.meshgrid(*[0.5 * (e[1:] + e[:-1]) for e in EDGES], indexing="ij")
    for axis in (0, 1):
        assert weights.T @ centres[axis].ravel() == pytest.approx(point[axis], rel=1e-12)


def test_heat_goes_to_cells_at_the_reach_and_none_is_lost():
    edges = [np.arange(0.0, 121.0, 10.0)] * 3
    start, end = [[20.0, 60.0, 60.0], [60.0, 60.0, 60.0]], [[60.0, 60.0, 60.0], [90.0, 70.0, 60.0]]
    skins = airway([2.0, 2.0], 27.0)
    hosts = host_cylinders(skins, [2.0, 2.0], start, end, edges)
    for matrix, total in ((hosts.spread, 1.0), (hosts.displaced, 1.0), (hosts.ends, 0.0)):
        np.testing.assert_allclose(matrix.sum(axis=0), total, atol=1e-12)
    np.testing.assert_allclose(hosts.felt.sum(axis=1), 1.0)
    middle = np.arange(5.0, 120.0, 10.0) - 60.0
    _, y, z = np.meshgrid(middle, middle, middle, indexing="ij")
    distance = np.hypot(y, z).ravel()
    assert hosts.spread[:, [0]].T @ distance == pytest.approx(27.0, rel=0.05)
    # where two skins of one line meet, what one end gives the other takes
    straight = host_cylinders(skins, [2.0, 2.0], start, [end[0], [100.0, 60.0, 60.0]], edges)
    both = (straight.ends @ np.ones(2)).reshape(12, 12, 12).sum(axis=(1, 2))
    assert np.abs(both[4:8]).max() < 1e-12
    assert both[1] > 0.0 > both[2]


def test_an_end_on_the_border_of_the_grid_gives_nothing_away():
    edges = [np.arange(0.0, 121.0, 10.0)] * 3
    shaft = host_cylinders(airway(2.0, 27.0), [2.0], [[60, 60, 0]], [[60, 60, 120]], edges)
    assert np.abs(shaft.ends.toarray()).max() < 1e-15


def test_points_beside_a_skin():
    skins = airway([0.1, 2.0], 20.0)
    steady = settle(
        stage := eliminate(skins, 1e15), respond(stage, np.zeros((12, 2)), np.inf), 1.0, 0.0
    )
    distance = np.array([0.1, 1.0, 7.0, 3.0, 19.0, 25.0])
    source = np.array([0, 0, 0, 1, 1, 1])
    got = (beside(skins, source, distance) * steady.temperature[:, source]).sum(axis=0)
    exact = np.log(20.0 / distance) / np.log(20.0 / skins.face[0, source])
    np.testing.assert_allclose(got[1:5], exact[1:5], atol=1e-9)
    assert got[5] == 0.0


def test_neighbours_of_a_crossing_a_corner_and_a_line():
    """Two in line, one from their meeting point at right angles, one far away."""
    ends = np.array([[0, 0, 0], [50, 0, 0], [50, 40, 0], [100, 0, 0]], dtype=float)
    start, end = ends[[0, 1, 1, 0]], ends[[1, 3, 2, 1]]
    start[3, 2] = end[3, 2] = 300.0
    skins = airway([2.0] * 4, 27.0)
    near = neighbours(skins, start, end, samples=40)
    pairs = set(zip(near.target.tolist(), near.source.tolist(), strict=True))
    assert pairs == {(0, 2), (1, 2), (2, 0), (2, 1)}
    weights = dict(
        zip(
            zip(near.target.tolist(), near.source.tolist(), strict=True),
            near.weights.T,
            strict=True,
        )
    )
    # the branch lies in the plane where one line ends and the other begins: half of each
    np.testing.assert_allclose(weights[2, 0], weights[2, 1])
    at = np.arange(40) + 0.5
    whole = beside(skins, [0] * 27, np.maximum(at[:27], 2.0)).sum(axis=1) / 40.0
    np.testing.assert_allclose(weights[2, 0] + weights[2, 1], whole)


def test_input_that_is_refused():
    edges = [np.arange(0.0, 101.0, 10.0)] * 3
    with pytest.raises(ValueError, match="outside the grid"):
        host_cylinders(airway(2.0, 27.0), [2.0], [[50, 50, 20]], [[90, 50, 20]], edges)
    with pytest.raises(ValueError, match="no length"):
        around_axis([[1, 1, 1]], [[1, 1, 1]], [2.0])
    with pytest.raises(ValueError, match="increase"):
        share([[[1.0]]], [[3.0, 2.0]])
    with pytest.raises(ValueError, match="shape"):
        share([[1.0]], [[0.0, 2.0]])
    with pytest.raises(ValueError, match="distance"):
        beside(airway(2.0, 20.0), [0], [1.0])
