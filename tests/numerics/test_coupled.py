"""Rock, skins and streams together: against exact solutions, and the promises of a step."""

import numpy as np
import pytest
from scipy.special import iv, kv

from comine.numerics.coupled import (
    CoupledControl,
)
from comine.numerics.embedding import Cylinders, embed
from comine.physics.finite_line import segment_response
from comine.physics.laplace import talbot
from tests.numerics.coupled_rig import (
    MATTER,
    coupled,
    doubling,
    even_grid,
    held,
    holes,
    run,
)
from tests.numerics.skin_rig import (
    CONDUCTIVITY,
    DAY,
    DIFFUSIVITY,
    YEAR,
    exact_flow,
    graded_edges,
)

HOUR = 3600.0


def test_heat_of_a_straight_airway_is_exact_from_a_day_to_30_years():
    across = graded_edges(10.0)
    grid = even_grid([0, 10, 20], across, across)
    airway = embed(grid, MATTER, holes([([0, 0, 0], [20, 0, 0], 2)], 2.0))
    times = doubling()
    found = run(coupled(grid, airway, [held(np.ones(2), 20.0)]), times)
    heat = np.array([a.state.heat for a in found]) / 10.0
    error = heat / exact_flow(times, 2.0, 20.0)[:, None] - 1.0
    assert np.abs(error[times > 0.99 * DAY]).max() < 0.006
    assert max(a.entries[-1].residual for a in found) < 1e-9


def test_heat_of_an_airway_inclined_in_two_planes_is_exact_away_from_its_ends():
    edges = graded_edges(20.0, equal=200.0, until=420.0, growth=1.3)
    grid = even_grid(edges, edges, edges)
    cosine = np.cos(np.pi / 6)
    way = 200.0 * np.array([cosine * cosine, 0.5 * cosine, 0.5])
    airway = embed(grid, MATTER, holes([(-way, way, 20)], 2.0))
    times = doubling(DAY / 4, 4)
    found = run(coupled(grid, airway, [held(np.ones(20), 20.0)]), times)
    heat = np.array([a.state.heat for a in found])[:, 6:14] / 20.0
    error = heat / exact_flow(times, 2.0, 20.0)[:, None] - 1.0
    assert np.abs(error[times > 0.99 * DAY]).max() < 0.01


def lines_at_one_temperature(cylinders, film, times):
    """Heat from lines held 1 K warmer, by superposition of the exact responses of finite lines,
    the heat of each piece even along it and constant from one time to the next [W/m]."""
    lines = np.stack([cylinders.start, cylinders.end], 1)
    radius = float(cylinders.radius[0])
    lags = np.geomspace(0.5 * np.diff(times, prepend=0.0).min(), times[-1], 60)
    known = segment_response(lines[:, None], lines[None], lags, radius, CONDUCTIVITY, DIFFUSIVITY)
    place = np.log(lags)

    def response(lag):
        n = np.clip(np.searchsorted(lags, lag) - 1, 0, lags.size - 2)
        part = np.clip((np.log(lag) - place[n]) / (place[n + 1] - place[n]), 0.0, 1.0)
        return (1 - part) * known[..., n] + part * known[..., n + 1]

    wall, heats = np.eye(len(lines)) / (2.0 * np.pi * radius * film), []
    starts = np.append(0.0, times)
    for n, time in enumerate(times):
        felt = np.zeros(len(lines))
        for begin, end, heat in zip(starts[:n], starts[1 : n + 1], heats, strict=True):
            felt += (response(time - begin) - response(time - end)).T @ heat
        system = response(time - starts[n]).T + wall
        heats.append(np.linalg.solve(system, 1.0 - felt))
    return np.array(heats)


def test_two_openings_that_cross_are_exact_away_and_a_superposition_of_lines_near():
    edges = graded_edges(10.0, equal=80.0, until=330.0, growth=1.3)
    grid = even_grid(edges, edges, edges)
    ways = [([-80, 0, 0], [80, 0, 0], 16), ([0, -80, 0], [0, 80, 0], 16)]
    cross = holes(ways, 0.5)
    times = doubling(DAY, 4)
    found = run(coupled(grid, embed(grid, MATTER, cross), [held(np.ones(32), 20.0)]), times)
    heat = np.array([a.state.heat for a in found]) / 10.0
    assert np.allclose(heat[:, :16], heat[:, 16:], rtol=1e-4)
    away = np.abs(cross.start[:16, 0] + 5.0) == 35.0
    early = (times > 5 * DAY) & (times < YEAR)
    error = heat[early][:, :16][:, away] / exact_flow(times[early], 0.5, 20.0)[:, None] - 1.0
    assert np.abs(error).max() < 0.01
    exact = lines_at_one_temperature(cross, 20.0, times)
    late = times > YEAR
    middle = slice(2, 14)
    total = heat[late][:, middle].sum(1) / exact[late][:, middle].sum(1) - 1.0
    assert np.abs(total).max() < 0.015
    each = heat[late][:, middle] / exact[late][:, middle] - 1.0
    assert np.abs(each[:, 5:7]).max() < 0.025  # the two that meet
    assert np.abs(each).max() < 0.055  # and the next ones, of a cell each


def exact_pair(times, radius, apart, fluid, film):
    """Heat of two cylinders in endless rock, the field of each taken in the mean round the other."""

    def transform(s):
        root = np.sqrt(s / DIFFUSIVITY)
        source = [1.0 / (root * r * kv(1, root * r)) for r in radius]
        own = [kv(0, root * r) * y for r, y in zip(radius, source, strict=True)]
        resist = [CONDUCTIVITY / (h * r) for h, r in zip(film, radius, strict=True)]
        a, b = (o + r for o, r in zip(own, resist, strict=True))
        mutual = kv(0, root * apart)
        c, d = mutual * source[1] * iv(0, root * radius[0]), mutual * source[0] * iv(0, root * radius[1])
        heat = np.stack([fluid[0] * b - fluid[1] * c, fluid[1] * a - fluid[0] * d])
        return np.moveaxis(2.0 * np.pi * CONDUCTIVITY * heat / (a * b - c * d) / s, 0, -1)

    return np.array([talbot(lambda s: transform(s[:, None])[:, 0], t) for t in times])


@pytest.mark.parametrize(
    ("apart", "radius", "fluid", "film"),
    [
        (10.0, (2.0, 2.0), (1.0, -0.5), (20.0, 20.0)),
        (40.0, (2.0, 2.0), (1.0, -0.5), (20.0, 20.0)),
        (12.0, (2.0, 0.1), (1.0, -1.0), (20.0, 500.0)),
        (45.0, (2.0, 0.1), (1.0, -1.0), (20.0, 500.0)),
    ],
    ids=["airways near", "airways far", "airway and hole near", "airway and hole far"],
)
def test_a_hot_and_a_cold_opening_side_by_side(apart, radius, fluid, film):
    across = graded_edges(10.0)
    grid = even_grid([0, 10, 20], across, across)
    start, end = np.zeros((2, 3)), np.zeros((2, 3))
    end[:, 0], start[1, 1], end[1, 1] = 20.0, apart, apart
    pair = embed(grid, MATTER, Cylinders(start, end, np.array(radius)))
    times = doubling()
    one = [held(np.array(fluid), np.array(film))]
    two = [held(np.array([f]), h) for f, h in zip(fluid, film, strict=True)]
    late = times > 0.99 * DAY
    exact = exact_pair(times[late], radius, apart, fluid, film)
    for carriers, close in ((one, 3e-3), (two, 1e-6)):
        control = CoupledControl(linear=1e-8, close=close)
        found = run(coupled(grid, pair, carriers), times, control=control)
        heat = np.array([a.state.heat for a in found])[late] / 20.0
        error = np.abs(heat / exact - 1.0).max(axis=0)
        assert error.max() < 0.012, error
