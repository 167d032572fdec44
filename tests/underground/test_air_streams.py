from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.linalg import splu

from comine.numerics.carrier import Walls
from comine.numerics.skin_stage import GAMMA, eliminate, respond, second_start, settle
from comine.numerics.skins import Matter, Shape, make_skins, release
from comine.physics.air import saturated_humidity_ratio, temperature_from_enthalpy
from comine.physics.strata import response_matrix
from comine.underground.air_control import Coolers
from comine.underground.air_draught import Airways, Lining, Network
from comine.underground.air_streams import AirStreams
from comine.underground.airflow import Air, Sources, Wall
from comine.underground.climate import march
from comine.underground.openings import Branch
from comine.underground.ventilation import _joined
from tests.underground.test_level import LIMIT, held, legs, station

ZERO, MONTH = 273.15, 2629800.0
CONDUCTIVITY, DIFFUSIVITY = 3.0, 1.3e-6
FIRST_MONTH = MONTH * np.array([1 / 16, 1 / 16, 1 / 8, 1 / 4, 1 / 2])
AIRWAY = {"area": 20.0, "perimeter": 18.0, "friction": 0.012, "wetness": 0.3, "parallel": 1.0}
NAMES = ("dry_bulb", "humidity", "pressure")
JUNCTION = {**AIRWAY, "wetness": 0.0, "length": 0.0}


def piece(length, fall=0.0, **change):
    return {**AIRWAY, "length": length, "fall": fall, **change}


class Mine(NamedTuple):
    air: AirStreams
    skins: object
    rock: np.ndarray


def mine(volumes, links, flow, outside, rock=52.0, doors=(0,), entering=None, **options):
    """Mine of volumes given as dicts; a dry and a wet skin for each that has a length."""
    ways = Airways(
        *(
            np.array([v.get(name, 0.0) for v in volumes])
            for name in ("length", "area", "perimeter", "friction", "parallel", "fall")
        )
    )
    places, extents, wets = [], [], []
    for i, v in enumerate(volumes):
        for wet, share in ((False, 1.0 - v["wetness"]), (True, v["wetness"])):
            if share > 0.0 and v["length"] > 0.0:
                places.append(i)
                extents.append(share * v["length"] * v["parallel"])
                wets.append(wet)
    places = np.array(places, dtype=np.intp)
    radius = ways.perimeter[places] / (2 * np.pi)
    ones = np.ones(places.size)
    skins = make_skins(
        Shape("cylinder", radius, 120.0 * ones, np.array(extents)),
        Matter(CONDUCTIVITY * ones, CONDUCTIVITY / DIFFUSIVITY * ones),
        rings=16,
    )
    renewal = {key: options.pop(key) for key in ("opened", "first", "period") if key in options}
    if not callable(flow):
        flow = np.broadcast_to(np.asarray(flow, dtype=float), len(links))
    net = Network(
        np.array(links, dtype=np.intp).reshape(-1, 2),
        flow,
        np.array(doors, dtype=np.intp),
        entering,
        outside,
    )
    air = AirStreams(ways, net, Lining(places, np.array(wets), **renewal), radiation=1.2, **options)
    return Mine(air, skins, np.broadcast_to(ZERO + np.asarray(rock, dtype=float), places.size))


def chain(volumes, flow, outside, **options):
    links = [(i, i + 1) for i in range(len(volumes) - 1)]
    return mine(volumes, links, flow, outside, entering=np.array([flow]), **options)


def still_air(temperature=26.0, humidity=0.016, pressure=118000.0, doors=1):
    one = np.ones(doors)
    state = Air(one * (ZERO + temperature), one * humidity, one * pressure)
    return lambda time: state


class Solved(NamedTuple):
    unknown: np.ndarray
    heat: np.ndarray
    passes: int


def solved(air, guess, before, walls, passes=30):
    """Newton's method for one stage."""
    for number in range(passes):
        linear = air.linearise(guess, before, walls)
        change = splu(linear.by_unknown.tocsc()).solve(-linear.residual)
        guess = air.limited(guess, change)
        if np.all(np.abs(change) <= air.scale):
            return Solved(guess, air.linearise(guess, before, walls).heat, number + 1)
    raise AssertionError(f"no solution in {passes} passes")


def stage(mine, interval, time, rings, unknown):
    elimination = eliminate(mine.skins, interval)
    walls = Walls(elimination, rings, mine.rock, time, interval)
    end = solved(mine.air, unknown, unknown, walls)
    response = respond(elimination, rings, np.inf)
    fluid = (end.heat - response.wall - response.wall_host * mine.rock) / response.wall_fluid
    return end, walls, settle(elimination, response, fluid, mine.rock)


def run(mine, intervals):
    """Steps of SDIRK2 with a host of fixed temperature: mean rates of each step, passes."""
    air, time = mine.air, 0.0
    rings, unknown = np.zeros((16, air.skins)), air.begun(0.0)
    rates, passes = [], []
    for interval in intervals:
        rings = release(mine.skins, rings, air.fresh(time, time + interval) & (time > 0.0))[0]
        ends, start = [], rings
        for end_time in (GAMMA * interval, interval):
            end, walls, settled = stage(mine, GAMMA * interval, time + end_time, start, unknown)
            ends.append(air.rates(end.unknown, unknown, walls, end.heat))
            unknown, start = end.unknown, second_start(rings, settled.temperature)
            passes.append(end.passes)
        rings = settled.temperature
        time += interval
        rates.append({k: (1 - GAMMA) * a + GAMMA * ends[1][k] for k, a in ends[0].items()})
        balance_closes(mine.air, ends[1], end.heat)
    return rates, np.array(passes).reshape(-1, 2), unknown


def balance_closes(air, rates, heat):
    into = np.array([float(value) for name, value in rates.items() if name.startswith("into ")])
    residual = into.sum() - heat.sum()
    assert abs(residual) <= 1e-6 * np.abs(into).sum(), (residual, into)


def steps(count):
    """A month in five parts, then whole months."""
    return np.r_[FIRST_MONTH, np.full(count - 1, MONTH)]


def monthly(rates, name):
    """Means over months of a scalar, or of the last volume's value."""
    value = np.array([step[name][-1] for step in rates])
    return np.r_[value[:5] @ FIRST_MONTH / MONTH, value[5:]]


def marched(branch, pieces, edges, depths, start):
    """The same airway by the march, all times together, walls by Duhamel's theorem."""
    one = np.ones(edges.size - 1)
    response = response_matrix(edges, branch.radius, DIFFUSIVITY, CONDUCTIVITY, 0.0)
    wall = Wall(response, np.full((pieces, one.size), ZERO + 52.0))
    air = Air(*(float(value[0]) * one for value in vars(start).values()))
    sources = Sources(3e4 * one, 0.001 * one, 1e4 * one, 5e3 * one)
    return march(branch, air, 60.0 * one, wall, depths, sources, 1.2)


@pytest.mark.parametrize(("wetness", "count"), [(0.3, 60), (0.0, 24), (1.0, 24)])
def test_an_airway_is_that_of_the_march_with_exact_walls(wetness, count):
    """Both see the first days in coarse steps; from the fourth month on they agree."""
    given = Sources(*(np.full(10, q / 10) for q in (3e4, 0.001, 1e4, 5e3)))
    volumes = [piece(100.0, 10.0, wetness=wetness) for _ in range(10)]
    airway = chain(volumes, 60.0, still_air(), sources=lambda time: given)
    rates, passes, _ = run(airway, steps(count))
    branch = Branch("d", "drift", "air", "a", "b", 1000.0, 20.0, 18.0, 0.012, wetness)
    edges = np.r_[0.0, np.cumsum(steps(count))]
    exact = marched(branch, 10, edges, (1400.0, 1500.0), still_air()(0.0))

    def last(name):
        return np.array([step[name][-1] for step in rates])

    def total(name):
        return np.array([step[name].sum() for step in rates])

    settled = slice(7, None)
    compared = [
        (last("dry_bulb"), exact.air.temperature, {"atol": 0.05}),
        (last("wet_bulb"), exact.air.wet_bulb, {"atol": 0.02}),
        (last("pressure"), exact.air.pressure, {"atol": 1.0}),
        (total("friction_loss"), exact.loss, {"rtol": 1e-4}),
        (total("strata"), exact.heats.strata, {"rtol": 0.012}),
        (total("compression"), exact.heats.compression, {"rtol": 1e-4}),
        (total("machines"), exact.heats.machines, {"rtol": 1e-4}),
        (total("broken_rock"), exact.heats.broken_rock, {"rtol": 1e-12}),
        (total("water"), exact.heats.water, {"rtol": 0.01}),
    ]
    for ours, theirs, tolerance in compared:
        np.testing.assert_allclose(ours[settled], theirs[settled], **{"rtol": 0.0, **tolerance})
    walls = np.array([step["wall_temperature"].mean() for step in rates])
    np.testing.assert_allclose(walls[settled], exact.wall_temperature[settled], atol=0.1)
    assert passes[1:].max() <= 4


def level_mine(limit=LIMIT, coldest=12.0, rock=55.0, machines=2e6, start=(30.0, 0.017), second=9):
    """The level of the tests of `level`: cooler, crosscut, haulage, cooler, stopes."""
    stope = piece(62.5, area=25.0, perimeter=20.0, friction=0.02, wetness=0.5, parallel=8.0)
    drifts = [piece(125.0)] * 4 + [piece(375.0)] * 4
    volumes = [JUNCTION, *drifts, JUNCTION, *[stope] * 4]
    given = np.zeros(14)
    given[-4:] = machines / 4
    none = np.zeros(14)
    sources = Sources(given, none, none, none)

    def outside(time):
        month = np.ceil(time / MONTH - 1e-9) - 1.0
        season = 3.0 * np.cos(2 * np.pi * (month - 6) / 12)
        return Air(*(np.array([v]) for v in (ZERO + start[0] + season, start[1], 118000.0)))

    places = (np.array([place]) for place in (0, second, 13))
    coolers = Coolers(*places, np.array([limit]), np.array([ZERO + coldest]))
    return chain(volumes, 150.0, outside, rock=rock, coolers=coolers, sources=lambda time: sources)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"rock": 75.0, "machines": 4e6},
        {"rock": 75.0, "machines": 9e6, "coldest": 22.0},
        {"rock": 40.0, "machines": 8e5, "start": (28.0, 0.0165)},
    ],
    ids=["held", "hot", "unmet", "summer"],
)
def test_a_level_is_cooled_as_by_the_secant_of_the_level(options):
    rates, passes, _ = run(level_mine(**options), steps(13))
    asked = {"start": (30.0, 0.017), "coldest": 12.0} | options
    march_options = {k: v for k, v in options.items() if k in ("rock", "machines")}
    exact = held(station(*asked["start"]), legs(**march_options), LIMIT, ZERO + asked["coldest"])
    duty, wet = monthly(rates, "duty")[3:], monthly(rates, "wet_bulb")[3:]
    np.testing.assert_allclose(duty, exact.removed[3:13], rtol=0.01, atol=100.0)
    np.testing.assert_allclose(wet, exact.end.wet_bulb[3:13], atol=0.02)
    held_to = (duty > 0.0) & (exact.end.wet_bulb[3:13] < LIMIT + 0.02)
    np.testing.assert_allclose(wet[held_to], LIMIT, atol=1e-4)
    assert (wet > LIMIT + 1.0).all() == ("coldest" in options)
    assert passes[5:].max() <= 6


def test_a_cool_level_gets_no_cooling():
    rates, _, _ = run(level_mine(start=(18.0, 0.008), rock=30.0, machines=1e5), steps(2))
    assert all(step["duty"][0] == 0.0 and step["wet_bulb"][-1] < LIMIT for step in rates)
    assert all(step["condensate"][0] == 0.0 for step in rates)


def test_no_limit_is_no_refrigeration():
    rates, _, _ = run(level_mine(limit=np.inf, rock=75.0, machines=4e6), steps(1))
    assert all(step["duty"][0] == 0.0 and step["wet_bulb"][-1] > LIMIT for step in rates)


def test_the_second_cooler_works_only_when_the_first_gives_all():
    mild, hot = level_mine(coldest=5.0), level_mine(coldest=20.0)
    for each, both in ((mild, False), (hot, True)):
        step = run(each, steps(2))[0][-1]
        assert (step["dry_bulb"][0] == pytest.approx(ZERO + 20.0, abs=1e-6)) == both
        assert (step["dry_bulb"][9] < step["dry_bulb"][8] - 0.5) == both
        assert step["wet_bulb"][-1] == pytest.approx(LIMIT, abs=1e-6)


def test_one_cooler_does_what_it_can():
    """Where the limit is passed it gives all, and the place of the other is a junction."""
    rates = run(level_mine(second=-1, rock=75.0, machines=9e6), steps(2))[0]
    for step in rates:
        assert step["wet_bulb"][-1] > LIMIT + 0.5
        assert step["dry_bulb"][0] == pytest.approx(ZERO + 12.0, abs=1e-6)
        assert step["dry_bulb"][9] == pytest.approx(step["dry_bulb"][8], abs=1e-9)


def test_many_levels_are_cooled_at_once():
    """Four levels one above the other on one shaft, each to its own limit."""
    volumes, links, flows, places = [], [], [], []
    for number in range(4):
        volumes += [piece(100.0, 100.0), JUNCTION, piece(400.0), JUNCTION, piece(200.0)]
        first = 5 * number
        links += [(first + i, first + i + 1) for i in range(4)]
        flows += [50.0] * 4
        places.append((first + 1, first + 3, first + 4))
        if number:
            links.append((first - 5, first))
            flows.append(50.0 * (4 - number))
    limits = ZERO + np.array([28.0, 27.0, 26.0, 40.0])
    coolers = Coolers(*np.array(places).T, limits, np.full(4, ZERO + 12.0))
    outside = still_air(30.0, 0.018)
    levels = mine(
        volumes, links, np.array(flows), outside, entering=np.array([200.0]), coolers=coolers
    )
    step = run(levels, steps(2))[0][-1]
    ends = step["wet_bulb"][coolers.target]
    np.testing.assert_allclose(ends[:3], limits[:3], atol=1e-6)
    assert ends[3] < limits[3]
    assert step["duty"][3] == 0.0
    assert (np.diff(step["duty"][:3]) > 0.0).all()


def test_two_airways_join_and_their_fog_drops_out():
    """Air near saturation at 5 and 40 degC mixes to fog, as where levels meet the upcast."""
    first, second = (ZERO + 5.0, 0.0045, 118000.0), (ZERO + 40.0, 0.041, 117000.0)
    state = Air(*(np.array(pair) for pair in zip(first, second, strict=True)))
    volumes = [piece(50.0), piece(50.0), JUNCTION, piece(50.0)]
    joined = mine(
        volumes,
        [(0, 2), (1, 2), (2, 3)],
        [30.0, 50.0, 80.0],
        lambda time: state,
        rock=35.0,
        doors=(0, 1),
        entering=np.array([30.0, 50.0]),
    )
    step = run(joined, steps(1))[0][-1]
    streams = [
        (slice(0, 1), Air(*(step[n][i : i + 1] for n in NAMES)), np.array([flow]))
        for i, flow in ((0, 30.0), (1, 50.0))
    ]
    meant = _joined(streams, 1, slice(0, 1))
    for name, value in zip(NAMES, vars(meant).values(), strict=True):
        assert step[name][2] == pytest.approx(value[0], rel=2e-5)
    assert step["wet_bulb"][2] == pytest.approx(step["dry_bulb"][2], abs=1e-6)
    assert step["water"][2] < 0.0


def test_circulating_air_is_the_fixed_point_of_its_mixture():
    """40 of 100 kg/s go back to the beginning; by hand the mixture is sought from outside."""
    volumes = [JUNCTION, piece(200.0, 5.0), piece(200.0, -5.0), piece(200.0)]
    links, outside = [(0, 1), (1, 2), (2, 3), (3, 0)], still_air()
    loop = mine(volumes, links, [100.0, 100.0, 100.0, 40.0], outside, entering=np.array([60.0]))
    rings, interval = np.zeros((16, loop.air.skins)), MONTH
    end, walls, _ = stage(loop, interval, interval, rings, loop.air.begun(0.0))
    found = loop.air.rates(end.unknown, end.unknown, walls, end.heat)
    fresh = outside(0.0)
    mixture = fresh
    for _ in range(40):
        entered = mixture
        line = chain(volumes, 100.0, lambda time, air=entered: air)
        last, walls, _ = stage(line, interval, interval, rings, line.air.begun(0.0))
        step = line.air.rates(last.unknown, last.unknown, walls, last.heat)
        back = Air(*(step[name][-1:] for name in NAMES))
        heat = 0.6 * fresh.enthalpy + 0.4 * back.enthalpy
        humidity = 0.6 * fresh.humidity + 0.4 * back.humidity
        pressure = 0.6 * fresh.pressure + 0.4 * back.pressure
        mixture = Air(temperature_from_enthalpy(heat, humidity), humidity, pressure)
    assert abs(found["dry_bulb"][0] - fresh.temperature[0]) > 1.0
    for name in (*NAMES, "strata"):
        np.testing.assert_allclose(found[name], step[name], rtol=1e-7, atol=1e-6)


def turning(mirrored):
    """Air that turns round after two months, and the same mine laid from its other end."""
    way = -1.0 if mirrored else 1.0
    volumes = [JUNCTION, piece(300.0, 40.0), piece(200.0), piece(300.0, -70.0), JUNCTION]
    links = np.array([(0, 1), (1, 2), (2, 3), (3, 4)])
    if mirrored:
        links = links[:, ::-1]
        volumes = [{**v, "fall": -v.get("fall", 0.0)} for v in volumes]

    def sign(time):
        return 1.0 if time <= 2 * MONTH else -1.0

    return mine(
        volumes,
        links,
        lambda time: way * sign(time) * np.full(4, 50.0),
        still_air(doors=2),
        doors=(0, 4),
        entering=lambda time: sign(time) * np.array([50.0, -50.0]),
    )


def test_air_turns_round():
    """Which end a link is laid from makes no difference, before and after the air turns."""
    mines = turning(False), turning(True)
    (straight, passes, _), (mirrored, _, _) = (run(each, steps(4)) for each in mines)
    early, late = straight[5], straight[-1]
    assert early["dry_bulb"][3] > early["dry_bulb"][1] + 1.0
    assert late["dry_bulb"][1] > late["dry_bulb"][3] + 0.5
    assert early["pressure"][1] > 118000.0 > early["pressure"][3]
    assert late["compression"][3] > 0.0 > late["compression"][1]
    assert passes[6:].max() <= 4
    for one, other in zip(straight, mirrored, strict=True):
        np.testing.assert_allclose(one["pressure"], other["pressure"], rtol=1e-12)
        np.testing.assert_allclose(one["strata"], other["strata"], rtol=1e-9)


def test_volumes_without_air_keep_what_they_were():
    """A blind heading next to a through airway; the second month the air goes there too."""
    volumes = [JUNCTION, piece(200.0), piece(200.0), JUNCTION]

    def flow(time):
        side = 0.0 if time <= MONTH else 20.0
        return np.array([50.0 - side, 50.0 - side, side, side])

    links = [(0, 1), (1, 3), (0, 2), (2, 3)]
    blind = mine(volumes, links, flow, still_air(), entering=np.array([50.0]))
    rates = run(blind, steps(2))[0]
    begun = blind.air.begun(0.0)
    for step in rates[:5]:
        assert step["dry_bulb"][2] == begun[2]
        assert step["strata"][2] == step["friction_loss"][2] == step["flow"][2] == 0.0
    assert rates[-1]["strata"][2] > 1e4


def test_a_wall_that_is_shut_gives_nothing():
    opened = {"opened": lambda time: np.arange(8) < (4 if time <= MONTH else 8)}
    half = chain([piece(200.0)] * 4, 60.0, still_air(), **opened)
    first, last = (run(half, steps(2))[0][i] for i in (0, -1))
    assert (first["strata"][2:] == 0.0).all()
    assert (first["strata"][:2] > 1e4).all()
    assert (last["strata"][2:] > last["strata"][:2]).all()  # younger


def test_walls_cut_anew_give_more():
    options = {"first": np.array([np.inf, np.inf, MONTH, MONTH]), "period": 2 * MONTH}
    stope = chain([piece(200.0)] * 2, 60.0, still_air(), **options)
    months = MONTH * np.arange(6)
    cut = [stope.air.fresh(begin, begin + MONTH) for begin in months]
    assert [bool(now[2]) for now in cut] == [False, True, False, True, False, True]
    assert not any(now[:2].any() for now in cut)
    assert not stope.air.fresh(MONTH + 1.0, 3 * MONTH).any()
    rates = run(stope, steps(4))[0]
    assert rates[7]["strata"][1] > 1.15 * rates[7]["strata"][0]


def test_derivatives_are_those_of_the_residual():
    """Pressure and films are held in them, which costs a fraction of a per cent."""
    volumes = [JUNCTION, piece(300.0, 200.0, wetness=0.9), JUNCTION, piece(800.0), piece(10.0)]
    links, flow = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)], [50.0, 50.0, 50.0, 50.0, 20.0]
    coolers = Coolers(*np.array([[2], [-1], [4]]), np.array([ZERO + 24.0]), np.array([ZERO + 5.0]))
    loop = mine(
        volumes, links, flow, still_air(15.0, 0.009), entering=np.array([30.0]), coolers=coolers
    )
    air, elimination = loop.air, eliminate(loop.skins, MONTH)
    walls = Walls(elimination, np.zeros((16, air.skins)), loop.rock, MONTH, MONTH)
    guess = np.r_[ZERO + np.array([20.0, 18.0, 12.0, 25.0, 26.0]), np.full(5, 0.016), 8e3]
    here = air.linearise(guess, guess, walls)
    size = np.r_[np.full(5, 1e-3), np.full(5, 1e-7), 1e-1]
    sides = [
        [air.linearise(guess + s * change, guess, walls) for s in (0.5, -0.5)]
        for change in np.diag(size)
    ]
    for found, name in ((here.by_unknown, "residual"), (here.heat_by_unknown, "heat")):
        exact = np.array([getattr(a, name) - getattr(b, name) for a, b in sides]).T
        error = np.abs(found.toarray() * size - exact).max(axis=1)
        assert (error < 0.01 * np.abs(exact).max(axis=1)).all(), name
    for k in range(air.skins):
        felt = [loop.rock + s * 0.01 * (np.arange(air.skins) == k) for s in (1.0, -1.0)]
        more, less = (air.linearise(guess, guess, walls._replace(felt=f)) for f in felt)
        column = (more.residual - less.residual) / 0.02
        found = here.by_felt[:, [k]].toarray()[:, 0]
        np.testing.assert_allclose(found, column, rtol=1e-4, atol=1e-10)
        heat = (more.heat - less.heat) / 0.02
        assert here.heat_by_felt[k] == pytest.approx(heat[k], rel=1e-5)
        assert np.abs(np.delete(heat, k)).max() == 0.0


def test_second_order_in_the_length_of_the_pieces():
    def end(pieces):
        airway = chain([piece(3000.0 / pieces)] * pieces, 20.0, still_air())
        return run(airway, [MONTH / 4])[0][-1]["dry_bulb"][-1]

    errors = np.array([end(pieces) for pieces in (4, 8, 16)]) - end(96)
    rates = np.log2(errors[:-1] / errors[1:])
    assert (rates > 1.7).all(), (errors, rates)


def test_long_slow_pieces_stay_between_their_air_and_their_wall():
    slow = chain([piece(20000.0, wetness=0.2), piece(20000.0)], 0.5, still_air(5.0, 0.002))
    for step in run(slow, steps(2))[0]:
        assert (step["dry_bulb"] < ZERO + 52.0 + 1e-6).all()
        assert (step["dry_bulb"] > ZERO + 5.0).all()
        assert (step["humidity"] > 0.002).all()


conditions = st.fixed_dictionaries(
    {
        "wetness": st.floats(0.01, 0.99),
        "flow": st.floats(5.0, 300.0),
        "rock": st.floats(20.0, 70.0),
        "start": st.floats(0.0, 35.0),
        "moist": st.floats(0.2, 1.0),
    }
)


@settings(max_examples=20, deadline=None)
@given(conditions)
def test_hotter_rock_never_gives_colder_air(drawn):
    pressure = 118000.0
    humidity = drawn["moist"] * saturated_humidity_ratio(ZERO + drawn["start"], pressure)
    outside = still_air(drawn["start"], float(humidity), pressure)
    volumes = [piece(250.0, 20.0, wetness=drawn["wetness"]) for _ in range(4)]
    ends = []
    for warmer in (0.0, 5.0):
        airway = chain(volumes, drawn["flow"], outside, rock=drawn["rock"] + warmer)
        ends.append(run(airway, [MONTH])[0][0])
    for name in ("dry_bulb", "wet_bulb", "humidity", "strata"):
        assert (ends[1][name] >= ends[0][name] - 1e-6).all(), name


@settings(max_examples=10, deadline=None)
@given(st.floats(18.0, 30.0), st.floats(40.0, 75.0), st.floats(5.0, 25.0), st.floats(0.0, 6e6))
def test_more_cooling_never_gives_a_hotter_end(limit, rock, coldest, machines):
    options = {"rock": rock, "coldest": coldest, "machines": machines}
    levels = [level_mine(ZERO + limit - lower, **options) for lower in (0.0, 1.0)]
    warm, cold = (run(each, [MONTH])[0][0] for each in levels)
    assert cold["duty"][0] >= warm["duty"][0] - 1e-3
    assert cold["wet_bulb"][-1] <= warm["wet_bulb"][-1] + 1e-6
    assert cold["dry_bulb"][-1] <= warm["dry_bulb"][-1] + 1e-6


def test_flows_that_do_not_balance_are_refused():
    airway = mine([piece(10.0)] * 2, [(0, 1)], [50.0], still_air(), entering=np.array([40.0]))
    with pytest.raises(ValueError, match=r"volumes \[0\] give up to 10 kg/s"):
        run(airway, [MONTH])


def test_circuits_without_outside_air_are_refused():
    ring = [(0, 1), (1, 0)]
    closed = mine([piece(100.0)] * 2, ring, [10.0, 10.0], still_air(), entering=np.array([0.0]))
    with pytest.raises(ValueError, match="circulates without any from outside"):
        run(closed, [MONTH])


def test_skins_on_coolers_are_refused():
    coolers = Coolers(*np.array([[0], [-1], [1]]), np.array([300.0]), np.array([280.0]))
    with pytest.raises(ValueError, match="skins line coolers"):
        chain([piece(10.0)] * 2, 50.0, still_air(), coolers=coolers)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"sources": lambda time: Sources(*np.full((4, 2), 1e3))}, "a cooler is given heat"),
        ({"volumes": [{**JUNCTION, "fall": 5.0}, piece(10.0)]}, "a cooler falls or rises"),
    ],
)
def test_coolers_only_cool(change, match):
    coolers = Coolers(*np.array([[0], [-1], [1]]), np.array([300.0]), np.array([280.0]))
    options = {"volumes": [JUNCTION, piece(10.0)], "coolers": coolers} | change
    with pytest.raises(ValueError, match=match):
        run(chain(flow=50.0, outside=still_air(), **options), [MONTH])


def test_steps_of_newton_stay_within_range():
    air = level_mine().air
    begun = air.begun(0.0)
    for push in (1e9, -1e9):
        end = air.limited(begun, push * air.scale)
        assert 0.0 < np.abs(end[:14] - begun[:14]).max() <= 20.0
        assert (end[14:28] >= 0.0).all()
