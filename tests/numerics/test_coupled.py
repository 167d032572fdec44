"""Rock, skins and streams together: against exact solutions, and the promises of a step."""

import numpy as np
import pytest
from scipy.special import iv, kv

from comine.numerics.conduction import Conduction, Sides, fixed
from comine.numerics.coupled import (
    Coupled,
    CoupledControl,
    CoupledState,
    StoppedError,
    advance,
    at_start,
    march,
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
    hole_in_box,
    holes,
    pipe,
    run,
)
from tests.numerics.skin_rig import (
    CONDUCTIVITY,
    DAY,
    DIFFUSIVITY,
    YEAR,
    exact_flow,
    graded_edges,
    orders,
)

HOUR = 3600.0


def test_heat_of_a_straight_airway_is_exact_from_a_day_to_30_years(measured):
    across = graded_edges(10.0)
    grid = even_grid([0, 10, 20], across, across)
    airway = embed(grid, MATTER, holes([([0, 0, 0], [20, 0, 0], 2)], 2.0))
    times = doubling()
    found = run(coupled(grid, airway, [held(np.ones(2), 20.0)]), times)
    heat = np.array([a.state.heat for a in found]) / 10.0
    error = heat / exact_flow(times, 2.0, 20.0)[:, None] - 1.0
    what = "airway of 2 m radius along an axis, cells of 10 m"
    measured.deviation("engine", what, "exact G(F, B)", error[times > 0.99 * DAY], 0.006)
    assert max(a.entries[-1].residual for a in found) < 1e-9


def test_heat_of_an_airway_inclined_in_two_planes_is_exact_away_from_its_ends(measured):
    edges = graded_edges(20.0, equal=200.0, until=420.0, growth=1.3)
    grid = even_grid(edges, edges, edges)
    cosine = np.cos(np.pi / 6)
    way = 200.0 * np.array([cosine * cosine, 0.5 * cosine, 0.5])
    airway = embed(grid, MATTER, holes([(-way, way, 20)], 2.0))
    times = doubling(DAY / 4, 4)
    found = run(coupled(grid, airway, [held(np.ones(20), 20.0)]), times)
    heat = np.array([a.state.heat for a in found])[:, 6:14] / 20.0
    error = heat / exact_flow(times, 2.0, 20.0)[:, None] - 1.0
    what = "airway inclined by 30° in two planes, cells of 20 m, away from its ends"
    measured.deviation("engine", what, "exact G(F, B)", error[times > 0.99 * DAY], 0.01)


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


def test_two_openings_that_cross_are_exact_away_and_a_superposition_of_lines_near(measured):
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
    what = "two openings of 0.5 m radius that cross at a right angle"
    measured.deviation("engine", f"{what}, 35 m away, to a year", "exact G(F, B)", error, 0.01)
    exact = lines_at_one_temperature(cross, 20.0, times)
    late = times > YEAR
    middle = slice(2, 14)
    total = heat[late][:, middle].sum(1) / exact[late][:, middle].sum(1) - 1.0
    lines = "superposed finite lines"
    measured.deviation("engine", f"{what}, 120 m together, from a year on", lines, total, 0.015)
    each = heat[late][:, middle] / exact[late][:, middle] - 1.0
    meeting = each[:, 5:7]
    measured.deviation("engine", f"{what}, the pieces that meet", lines, meeting, 0.025)
    measured.deviation("engine", f"{what}, each piece of 10 m", lines, each, 0.055)


def exact_pair(times, radius, apart, fluid, film):
    """Heat of two cylinders in endless rock, the field of each in the mean round the other."""

    def transform(s):
        root = np.sqrt(s / DIFFUSIVITY)
        source = [1.0 / (root * r * kv(1, root * r)) for r in radius]
        own = [kv(0, root * r) * y for r, y in zip(radius, source, strict=True)]
        resist = [CONDUCTIVITY / (h * r) for h, r in zip(film, radius, strict=True)]
        a, b = (o + r for o, r in zip(own, resist, strict=True))
        mutual = kv(0, root * apart)
        c, d = (
            mutual * source[1] * iv(0, root * radius[0]),
            mutual * source[0] * iv(0, root * radius[1]),
        )
        heat = np.stack([fluid[0] * b - fluid[1] * c, fluid[1] * a - fluid[0] * d])
        return np.moveaxis(2.0 * np.pi * CONDUCTIVITY * heat / (a * b - c * d) / s, 0, -1)

    return np.array([talbot(lambda s: transform(s[:, None])[:, 0], t) for t in times])


@pytest.mark.parametrize(
    ("apart", "radius", "fluid", "film"),
    [
        (5.0, (2.0, 0.1), (1.0, -1.0), (20.0, 500.0)),
        (10.0, (2.0, 2.0), (1.0, -0.5), (20.0, 20.0)),
        (40.0, (2.0, 2.0), (1.0, -0.5), (20.0, 20.0)),
        (12.0, (2.0, 0.1), (1.0, -1.0), (20.0, 500.0)),
        (45.0, (2.0, 0.1), (1.0, -1.0), (20.0, 500.0)),
    ],
    ids=[
        "airway and hole nearest",
        "airways near",
        "airways far",
        "airway and hole near",
        "airway and hole far",
    ],
)
def test_a_hot_and_a_cold_opening_side_by_side(apart, radius, fluid, film, measured):
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
        of = f"hot and cold opening of {radius[0]:g} and {radius[1]:g} m radius, {apart:g} m apart"
        measured.deviation("engine", of, "Laplace transform", heat / exact - 1.0, 0.012)


def smooth_problem(tolerance=1e-12, carries=300.0, period=20.0 * DAY):
    """Water through a hole in cells; the inlet swings from rest."""
    grid, skins = hole_in_box()

    def inlet(time):
        return 1.0 - np.cos(2.0 * np.pi * time / period)

    rock = Conduction(grid, *MATTER, sides=Sides(y_low=fixed(0.0)))
    water = pipe(2, carries, inlet, 20.0, storage=0.8 * DAY * carries)
    return Coupled(rock, skins, (water,)), CoupledControl(linear=tolerance)


def test_the_coupled_step_is_of_second_order(measured):
    """Where the error of the pieces, which shrinks with the step's first power, is out of sight."""
    problem, control = smooth_problem(carries=3e6)

    def last(count):
        times = np.linspace(0.0, 16.0 * DAY, count + 1)[1:]
        return run(problem, times, control=control)[-1].state

    exact, counts = last(512), np.array([16, 32, 64])
    found = [last(n) for n in counts]
    for of in ("unknown", "heat", "cells", "rings"):
        error = [np.linalg.norm(getattr(s, of) - getattr(exact, of)) for s in found]
        named = {"unknown": "water", "heat": "heat of the walls"}.get(of, of)
        measured.order("engine", f"coupled step: {named}", -orders(counts, error), 1.8, 2.2)


def test_every_step_closes(measured):
    problem, control = smooth_problem(1e-6)
    entries = [a.entries[-1] for a in run(problem, HOUR * np.arange(1, 41) ** 2, control=control)]
    rock, water = ([getattr(e, n) for e in entries] for n in ("residual", "carrier_residual"))
    measured.deviation("engine", "account of rock and skins", "what moved", rock, 1e-9, "")
    measured.deviation("engine", "account of the water", "what entered and left", water, 1e-12, "")
    assert min(abs(e.walls) for e in entries) > 1.0
    assert max(np.abs(e.sides[2]) for e in entries) > 0.0


def bytes_of(state):
    return {name: array.tobytes() for name, array in state.arrays().items()}


def test_a_run_goes_on_from_its_arrays_as_if_never_stopped():
    problem, control = smooth_problem(1e-6)
    times = HOUR * np.array([5.0, 10.0, 20.0, 40.0, 80.0])
    whole = run(problem, times, control=control)
    kept = whole[1].state.arrays()
    again = CoupledState.from_arrays({name: array.copy() for name, array in kept.items()})
    rest = list(march(problem, again, times[2:], control))
    assert bytes_of(rest[-1].state) == bytes_of(whole[-1].state)
    assert rest[-1].heat.tobytes() == whole[-1].heat.tobytes()


def test_threads_do_not_change_a_byte():
    edges = graded_edges(10.0, equal=80.0, until=200.0)
    grid = even_grid(edges, edges, edges)
    airway = embed(grid, MATTER, holes([([-60, 0, 0], [60, 20, 5], 6)], 2.0))
    problem = coupled(grid, airway, [pipe(6, 3e4, 1.0, 20.0)])
    one, two = (
        run(problem, [DAY, 10 * DAY, 100 * DAY], control=CoupledControl(threads=n))[-1].state
        for n in (1, 2)
    )
    assert bytes_of(one) == bytes_of(two)


def test_steps_that_choose_themselves_agree_with_many_small_ones():
    problem, _ = smooth_problem(carries=3e5, period=20.0 * YEAR)
    start = at_start(problem, np.zeros(problem.rock.grid.shape), np.zeros(2))
    asked = advance(problem, start, 16.0 * YEAR, CoupledControl(tolerance=1e-3, linear=1e-8))
    assert 4 < len(asked.entries) < 100
    assert max(e.error for e in asked.entries) <= 1e-3
    small = run(problem, np.linspace(0.0, 16.0 * YEAR, 257)[1:])
    assert np.abs(asked.state.cells - small[-1].state.cells).max() < 5e-3
    assert asked.state.unknown == pytest.approx(small[-1].state.unknown, rel=0.01)
    assert asked.heat == pytest.approx(np.mean([a.heat for a in small], axis=0), rel=0.02)
    inside = sum(e.walls for e in asked.entries)
    assert inside == pytest.approx(16.0 * YEAR * asked.heat.sum(), rel=1e-9)


def test_shares_are_steps():
    problem, control = smooth_problem()
    start = at_start(problem, np.zeros(problem.rock.grid.shape), np.zeros(2))
    parts = advance(problem, start, 10.0 * HOUR, control, [0.1, 0.2, 0.7])
    by_times = run(problem, [1.0 * HOUR, 3.0 * HOUR, 10.0 * HOUR], control=control)
    assert parts.state.cells == pytest.approx(by_times[-1].state.cells, abs=1e-12)
    assert [e.step for e in parts.entries] == pytest.approx([HOUR, 2 * HOUR, 7 * HOUR])
    with pytest.raises(ValueError, match="shares"):
        advance(problem, start, 10.0 * HOUR, control, [0.5, 0.4])


class Refusing:
    """Water that has no solution from a time on."""

    def __init__(self, water, until):
        self.water, self.until = water, until

    def __getattr__(self, name):
        return getattr(self.water, name)

    def linearise(self, unknown, before, walls):
        found = self.water.linearise(unknown, before, walls)
        if walls.time > self.until:
            found = found._replace(residual=np.array([0.0, np.nan]))
        return found


def test_a_run_that_stops_names_the_place_and_keeps_the_last_good_state():
    grid, skins = hole_in_box()
    problem = coupled(grid, skins, [Refusing(pipe(2, 300.0, 1.0, 20.0), 2.5 * HOUR)])
    with pytest.raises(StoppedError, match="carrier 0, unknown 1") as stopped:
        run(problem, HOUR * np.arange(1.0, 5.0))
    good = stopped.value.state
    assert 2.0 * HOUR < good.time <= 2.5 * HOUR
    assert np.all(np.isfinite(good.cells)) and np.all(np.isfinite(good.unknown))
    whole = run(coupled(grid, skins, [pipe(2, 300.0, 1.0, 20.0)]), [HOUR, 2 * HOUR, good.time])
    assert good.unknown == pytest.approx(whole[-1].state.unknown, rel=1e-3)


def test_an_error_that_stays_too_large_stops_in_a_cell():
    problem, _ = smooth_problem()
    start = at_start(problem, np.ones(problem.rock.grid.shape), np.zeros(2))
    control = CoupledControl(tolerance=1e-9, shortest=0.1 * DAY)
    with pytest.raises(StoppedError, match=r"error stays too large.*\(.*\) m"):
        advance(problem, start, DAY, control)


def test_walls_cut_anew_give_their_heat_to_the_cells():
    grid, skins = hole_in_box()
    water = pipe(2, 300.0, 1.0, 20.0)
    object.__setattr__(water, "renewed", lambda begin, end: np.array([begin == 2 * DAY, False]))
    found = run(coupled(grid, skins, [water]), DAY * np.arange(1.0, 5.0))
    entries = [a.entries[-1] for a in found]
    assert entries[2].rings < 0 < entries[1].rings
    assert entries[2].cells > entries[1].rings
    assert max(e.residual for e in entries) < 1e-9
    before, after = (abs(a.state.heat[0]) for a in found[1:3])
    assert after > 1.05 * before


def box():
    return even_grid(*[np.arange(0.0, 101.0, 10.0)] * 3)


@pytest.mark.parametrize(
    ("start", "end", "radius", "named"),
    [
        ([50, 50, 20], [50, 50, 80], 0.0, "radius"),
        ([50, 50, 20], [50, 50, 20], 1.0, "start and end"),
        ([5, 50, 20], [5, 50, 80], 1.0, "outside the grid"),
        ([250, 50, 20], [250, 50, 80], 1.0, "outside the grid"),
    ],
)
def test_openings_that_do_not_fit_are_refused(start, end, radius, named):
    one = Cylinders(np.array([start]), np.array([end]), np.array([radius]))
    with pytest.raises(ValueError, match=named):
        embed(box(), MATTER, one)


def test_problems_and_states_that_do_not_fit_are_refused():
    grid, skins = hole_in_box()
    water = pipe(2, 300.0, 1.0, 20.0)
    problem = coupled(grid, skins, [water])
    cells = np.zeros(grid.shape)
    for carriers, more, named in (
        ([pipe(3, 1.0, 1.0, 1.0)], {}, "carriers"),
        ([water], {"undisturbed": np.zeros(3)}, "undisturbed"),
        ([water], {"asides": {1: water}}, "asides"),
    ):
        with pytest.raises(ValueError, match=named):
            coupled(grid, skins, carriers, **more)
    follows = Conduction(grid, lambda t: 3.0 + 0 * t, 2e6)
    with pytest.raises(ValueError, match="undisturbed"):
        Coupled(follows, skins, (water,), undisturbed=np.array([300.0, 301.0]))
    with pytest.raises(ValueError, match="matter_at"):
        Coupled(Conduction(grid, 3.0, lambda t: 2e6 + 0 * t), skins, (water,))
    for start, unknown, named in (
        (np.zeros((2, 2, 2)), np.zeros(2), "cells"),
        (cells, np.zeros(3), "unknown"),
        (cells, np.array([np.nan, 0.0]), "unknown"),
        (cells + np.inf, np.zeros(2), "cells"),
    ):
        with pytest.raises(ValueError, match=named):
            at_start(problem, start, unknown)
    with pytest.raises(ValueError, match="until"):
        advance(problem, at_start(problem, cells, np.zeros(2), time=10.0), 10.0)
    for name in ("tolerance", "shortest", "linear", "close", "nonlinear", "iterations"):
        with pytest.raises(ValueError, match=name):
            CoupledControl(**{name: 0})
