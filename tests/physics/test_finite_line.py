import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import erfc

from comine.physics.finite_line import line_response_at, segment_response
from comine.physics.sources import (
    box_response,
    infinite_line_response,
    mirror_image,
)
from comine.physics.superposition import interval_response
from tests.cases import case, load_case

YEAR = 31557600.0
K, ALPHA, RADIUS = 3.0, 1.3e-6, 0.05


def response_by_quadrature(point, line, time):
    a, b = np.asarray(line, float)
    length = np.linalg.norm(b - a)
    e = (b - a) / length
    z0 = np.dot(point - a, e)
    rho = max(np.linalg.norm(point - a - z0 * e), RADIUS)
    reach = np.sqrt(4 * ALPHA * time)

    def kernel(z):
        d = np.hypot(rho, z)
        return erfc(d / reach) / d

    breaks = [x for x in (-10 * rho, -rho, 0.0, rho, 10 * rho) if -z0 < x < length - z0]
    value = quad(kernel, -z0, length - z0, points=breaks, epsabs=1e-16, epsrel=1e-11, limit=500)[0]
    return value / (4 * np.pi * K)


def mean_by_quadrature(source, receiver, time, breaks=()):
    c, d = np.asarray(receiver, float)
    return quad(
        lambda s: response_by_quadrature(c + s * (d - c), source, time),
        0, 1, points=[*breaks] or None, epsabs=1e-12, epsrel=1e-7, limit=300,
    )[0]  # fmt: skip


@pytest.mark.parametrize(
    "point",
    [[50.0, 0.3, 0], [50, 20, 0], [-5, 1, 0], [-0.1, 0.0, 0.2], [300, 10, 40], [99.99, 0.06, 0]],
)
def test_points_against_adaptive_quadrature(point):
    line = [[0.0, 0, 0], [100, 0, 0]]
    times = np.array([1e5, 1e6, YEAR, 30 * YEAR])
    ours = line_response_at(point, line, times, RADIUS, K, ALPHA)
    exact = [response_by_quadrature(np.array(point), line, t) for t in times]
    assert np.allclose(ours, exact, rtol=1e-7, atol=1e-15)


def test_long_line_is_the_infinite_line():
    line = [[-1e4, 0, 0], [1e4, 0, 0]]
    times = np.array([1e5, YEAR, 30 * YEAR])
    for r in (0.05, 1.0, 20.0):
        ours = line_response_at([0, r, 0], line, times, RADIUS, K, ALPHA)
        exact = infinite_line_response(r, times, K, ALPHA)
        assert np.allclose(ours, exact, rtol=1e-7, atol=1e-20)


def test_inside_the_hole_counts_as_its_wall():
    line = [[0.0, 0, 0], [100, 0, 0]]
    axis, wall = line_response_at([[50.0, 0, 0], [50, 0.05, 0]], line, YEAR, RADIUS, K, ALPHA)
    assert axis == pytest.approx(wall, rel=1e-12)


@pytest.mark.parametrize("degrees", [1, 5, 30, 90, 150])
@pytest.mark.parametrize("time", [1e6, YEAR, 30 * YEAR])
def test_fan_pairs_against_quadrature(degrees, time):
    angle = np.radians(degrees)
    turn = np.array([np.cos(angle), np.sin(angle), 0])
    source = np.array([[2.5, 0, 0], [102.5, 0, 0]])
    receiver = np.outer([2.5, 102.5], turn)
    ours = segment_response(source, receiver, time, RADIUS, K, ALPHA)
    own = segment_response(source, source, time, RADIUS, K, ALPHA)
    exact = mean_by_quadrature(source, receiver, time, breaks=(0.001, 0.01, 0.1))
    assert ours == pytest.approx(exact, rel=1e-4, abs=1e-6 * own)


@pytest.mark.parametrize(
    ("receiver", "breaks"),
    [
        ([[50, -30, 0.2], [50, 60, 0.2]], (0.33, 0.3333, 0.335)),  # crossing close by
        ([[100, 0, 0], [100, 80, 0]], (0.001, 0.01)),  # touching ends, right angle
        ([[100, 0, 0], [170, 60, 0]], (0.001, 0.01)),  # touching ends, a bend
        ([[10, 6, 1], [80, 5, -1]], (0.5,)),  # nearly parallel
        ([[20, 0.4, 0], [90, 0.8, 0]], (0.01, 0.99)),  # nearly parallel, very close
        ([[0, 40, 30], [60, 40, -30]], (0.5,)),
        ([[100, 0, 0], [150, 0, 0]], (0.001, 0.01)),  # in line
        ([[120, 3, 0], [90, 3, 0]], (0.6667,)),  # antiparallel, overlapping
        ([[30, 1, 0], [60, 1, 0]], (0.5,)),  # parallel, shorter
        ([[-30, 1, 0], [160, 1, 0]], (0.16, 0.68)),  # parallel, longer
    ],
)
def test_other_pairs_against_quadrature(receiver, breaks):
    source = np.array([[0.0, 0, 0], [100, 0, 0]])
    times = np.array([1e6, YEAR, 30 * YEAR])
    ours = segment_response(source, receiver, times, RADIUS, K, ALPHA)
    own = segment_response(source, source, times, RADIUS, K, ALPHA)
    exact = np.array([mean_by_quadrature(source, receiver, t, breaks) for t in times])
    assert np.all(np.abs(ours - exact) < np.maximum(1e-4 * exact, 1e-6 * own))


@given(st.lists(st.floats(-50, 50), min_size=9, max_size=9), st.floats(5, 9))
@settings(max_examples=40, deadline=None)
def test_reciprocity(numbers, log_time):
    a = np.array([[0.0, 0, 0], numbers[:3]])
    b = np.array([numbers[3:6], numbers[6:]])
    lengths = [np.linalg.norm(x[1] - x[0]) for x in (a, b)]
    share = np.linspace(0, 1, 200)[:, None]
    spots = [x[0] + share * (x[1] - x[0]) for x in (a, b)]
    gap = np.linalg.norm(spots[0][:, None] - spots[1][None], axis=-1).min()
    assume(min(lengths) > 1 and gap > 10 * RADIUS)  # lines that touch differ by the hole's radius
    there = segment_response(a, b, 10**log_time, RADIUS, K, ALPHA) * lengths[1]
    back = segment_response(b, a, 10**log_time, RADIUS, K, ALPHA) * lengths[0]
    assert there == pytest.approx(back, rel=3e-4, abs=1e-6)


def test_mean_is_additive_over_sources_and_receivers():
    source = np.array([[0.0, 0, 0], [60, 20, 10]])
    receiver = np.array([[5.0, 30, 0], [70, 10, 40]])
    cuts = np.linspace(0, 1, 6)

    def parts(line):
        nodes = line[0] + cuts[:, None] * (line[1] - line[0])
        return np.stack([nodes[:-1], nodes[1:]], axis=1)

    whole = segment_response(source, receiver, 10 * YEAR, RADIUS, K, ALPHA)
    pieces = segment_response(
        parts(source)[None], parts(receiver)[:, None], 10 * YEAR, RADIUS, K, ALPHA
    )
    assert pieces.shape == (5, 5)
    assert pieces.sum(axis=1).mean() == pytest.approx(float(whole), rel=1e-4)
    own = segment_response(parts(source)[None], parts(source)[:, None], YEAR, RADIUS, K, ALPHA)
    assert own.sum(axis=1).mean() == pytest.approx(
        float(segment_response(source, source, YEAR, RADIUS, K, ALPHA)), rel=1e-4
    )


def test_random_pairs_against_their_own_refinement():
    generator = np.random.default_rng(1)
    source = np.array([[0.0, 0, 0], [50, 0, 0]])
    cuts = np.linspace(0, 1, 41)[:, None]
    times = np.array([1e5, 1e6, YEAR, 30 * YEAR])
    own = segment_response(source, source, times, RADIUS, K, ALPHA)
    for flatness in (0.01, 0.05, 0.3, 1.0) * 10:
        receiver = generator.uniform(-30, 60, (2, 3)) * [1, flatness, flatness]
        nodes = receiver[0] + cuts * (receiver[1] - receiver[0])
        parts = np.stack([nodes[:-1], nodes[1:]], axis=1)
        fine = segment_response(source, parts, times, RADIUS, K, ALPHA).mean(axis=0)
        ours = segment_response(source, receiver, times, RADIUS, K, ALPHA)
        assert np.all(np.abs(ours - fine) < 6e-4 * np.maximum(fine, 1e-2 * own))


@case("engineering/B05_fan_finite_line_source_interference")
def test_case_fan():
    data = load_case("engineering/B05_fan_finite_line_source_interference")
    inputs, expected = data["inputs"], data["expected"]
    angle = 2 * np.pi * np.arange(inputs["n"]) / inputs["n"]
    turn = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=-1)
    ends = inputs["collar_radius_m"] + np.array([0, inputs["L_m"]])
    holes = turn[:, None, :] * ends[:, None]
    scale = 2 * np.pi * inputs["k"]
    g = scale * segment_response(
        holes, holes[0], inputs["t_s"], inputs["r_m"], inputs["k"], inputs["alpha"]
    )
    rel = data["tolerance"]["rel"]
    for name, value in (
        ("g_self", g[0]), ("g_30deg", g[1]), ("g_60deg", g[2]), ("g_90deg", g[3]),
        ("g_180deg", g[6]), ("g_ring_12", g.sum()),
        ("q_W_per_m_per_K_single", scale / g[0]), ("q_W_per_m_per_K_ring", scale / g.sum()),
        ("ring_penalty", g[0] / g.sum()),
    ):  # fmt: skip
        assert value == pytest.approx(expected[name], rel=rel), name
    assert g[0] == pytest.approx(expected["g_self"], rel=1e-8)
    assert g[1] == pytest.approx(expected["g_30deg"], rel=1e-5)


def cuts_refined_at_the_ends(segments, end=0.02):
    """Geometric widths from 2 % at either end, as pygfunction's default."""
    if segments == 1:
        return np.array([0.0, 1.0])
    power = np.arange(segments // 2)
    ratio = brentq(lambda r: end * np.sum(r**power) - 0.5, 1.0, 10.0)
    half = end * ratio**power
    return np.concatenate(([0.0], np.cumsum(np.concatenate((half, half[::-1])))))


def bores(inputs, grid, segments=1):
    spot = inputs["B"] * np.stack(np.meshgrid(*map(np.arange, grid), indexing="ij"), -1)
    depth = inputs["D"] + inputs["H"] * cuts_refined_at_the_ends(segments)
    ends = np.stack([depth[:-1], depth[1:]], axis=-1)
    lines = np.zeros((grid[0] * grid[1], segments, 2, 3))
    lines[..., :2] = spot.reshape(-1, 1, 1, 2)
    lines[..., 2] = ends
    return lines.reshape(-1, 2, 3)


def response_with_surface(lines, times, inputs):
    pair = (lines[:, None], times, inputs["r_b"], 1.0, inputs["alpha"])
    return segment_response(lines, *pair) - segment_response(mirror_image(lines), *pair)


@case("technoeconomic/pygfunction_gfunctions")
def test_case_field_of_100_with_equal_flux():
    data = load_case("technoeconomic/pygfunction_gfunctions")
    inputs = data["inputs"]
    row = next(r for r in data["results"] if r["bc"] == "UHTR")
    times = inputs["H"] ** 2 / (9 * inputs["alpha"]) * np.exp([0.0, 3.003])
    r = response_with_surface(bores(inputs, (10, 10)), times, inputs)
    g = 2 * np.pi * r.sum(axis=1).mean(axis=0)
    assert g[1] == pytest.approx(row["g_last"], rel=1e-4)
    assert g[0] == pytest.approx(row["g_at_lnts0"], rel=1e-2)  # recorded near ln(t/ts) = 0


@case("technoeconomic/pygfunction_gfunctions")
@pytest.mark.parametrize(("name", "grid"), [("1x1", (1, 1)), ("3x2", (3, 2))])
def test_case_equal_wall_temperature(name, grid):
    """Marching in time for the fluxes that keep one wall temperature (eight segments a hole)."""
    data = load_case("technoeconomic/pygfunction_gfunctions")
    inputs = data["inputs"]
    row = next(r for r in data["results"] if r["case"] == name and r["method"] == "detailed")
    lines = bores(inputs, grid, inputs["nSegments"])
    ts = inputs["H"] ** 2 / (9 * inputs["alpha"])
    edges = np.concatenate(([0], np.geomspace(1e-3, np.exp(3.003), 14))) * ts
    lag = edges[1:, None] - edges[:-1]  # end of interval i since edge j
    steps = np.maximum(lag, 1.0)
    response = response_with_surface(lines, steps.ravel(), inputs)
    response = response.reshape(len(lines), len(lines), *lag.shape) * (lag > 0)
    share = np.diff(lines[..., 2])[:, 0] / (inputs["H"] * grid[0] * grid[1])
    flux = np.zeros((len(edges), len(lines)))
    for i in range(len(lag)):
        past = np.einsum("abj,jb->a", response[:, :, i, :i], np.diff(flux[: i + 1], axis=0))
        now = response[:, :, i, i]
        system = np.block([[now, -np.ones((len(lines), 1))], [share, 0]])
        solution = np.linalg.solve(system, np.append(now @ flux[i] - past, 1.0))
        flux[i + 1] = solution[:-1]
    assert 2 * np.pi * solution[-1] == pytest.approx(row["g_last"], rel=2e-4)
    if name == "1x1":
        own = response_with_surface(bores(inputs, (1, 1)), edges[-1], inputs)
        assert 2 * np.pi * own[0, 0] > 1.005 * row["g_last"]  # equal flux is not the same


def test_two_vertical_holes_against_pygfunction():
    gt = pytest.importorskip("pygfunction")
    time = np.array([1e6, 1e8, 3e9])
    field = [
        gt.boreholes.Borehole(120.0, 5.0, 0.07, 0.0, 0.0),
        gt.boreholes.Borehole(120.0, 5.0, 0.07, 6.0, 2.0),
    ]
    options = {"nSegments": 1, "profiles": False}
    theirs = gt.gfunction.gFunction(
        field, 1e-6, time=time, boundary_condition="UHTR", method="detailed", options=options
    ).gFunc
    lines = np.array([[[b.x, b.y, b.D], [b.x, b.y, b.D + b.H]] for b in field])
    pair = (lines[:, None], time, 0.07, 1.0, 1e-6)
    ours = segment_response(lines, *pair) - segment_response(mirror_image(lines), *pair)
    assert np.allclose(2 * np.pi * ours.sum(axis=1).mean(axis=0), theirs, rtol=1e-6)


def test_monthly_power_of_a_hole():
    hole = np.array([[0.0, 0, 0], [100, 0, 0]])
    edges = YEAR / 12 * np.arange(121)
    matrix = interval_response(edges, lambda t: segment_response(hole, hole, t, RADIUS, K, ALPHA))
    steady = matrix @ np.full(120, 30.0)
    middle = 0.5 * (edges[1:] + edges[:-1])
    direct = 30 * segment_response(hole, hole, middle, RADIUS, K, ALPHA)
    assert np.allclose(steady[12:], direct[12:], rtol=1e-3)


def test_thin_box_is_a_line():
    line = np.array([[-50.0, 0, 0], [50, 0, 0]])
    box = [[-50.0, -0.1, -0.1], [50, 0.1, 0.1]]
    points = np.array([[0.0, 5, 0], [40, 0, 10], [120, 3, 0]])
    times = np.array([1e7, YEAR, 30 * YEAR])
    ours = 100.0 * box_response(points, box, times, K, ALPHA)
    exact = line_response_at(points, line, times, RADIUS, K, ALPHA)
    assert np.allclose(ours, exact, rtol=1e-3, atol=1e-8)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"time": 0.0}, "time"),
        ({"radius": -0.1}, "radius"),
        ({"conductivity": 0.0}, "conductivity"),
        ({"diffusivity": np.nan}, "diffusivity"),
    ],
)
def test_bad_numbers(change, match):
    good = {"time": YEAR, "radius": 0.05, "conductivity": K, "diffusivity": ALPHA} | change
    line = np.array([[0.0, 0, 0], [1, 0, 0]])
    with pytest.raises(ValueError, match=match):
        segment_response(line, line, **good)
    with pytest.raises(ValueError, match=match):
        line_response_at([0.0, 1, 0], line, **good)


def test_bad_lines():
    line = np.array([[0.0, 0, 0], [1, 0, 0]])
    with pytest.raises(ValueError, match="receivers must have a length"):
        segment_response(line, line[[0, 0]], YEAR, RADIUS, K, ALPHA)
    with pytest.raises(ValueError, match="sources must have the shape"):
        segment_response(line[0], line, YEAR, RADIUS, K, ALPHA)
