from typing import NamedTuple

import numpy as np
import pytest
from scipy.sparse.linalg import splu

from comine.numerics.carrier import Walls
from comine.numerics.skin_stage import GAMMA, eliminate, respond, second_start, settle
from comine.numerics.skins import Matter, Shape, make_skins, release
from comine.physics.strata import response_matrix
from comine.underground.air_control import Coolers
from comine.underground.air_streams import Airways, AirStreams, Lining, Network
from comine.underground.airflow import Air, Sources, Wall
from comine.underground.climate import march
from comine.underground.openings import Branch

ZERO, MONTH = 273.15, 2629800.0
CONDUCTIVITY, DIFFUSIVITY = 3.0, 1.3e-6
FIRST_MONTH = MONTH * np.array([1 / 16, 1 / 16, 1 / 8, 1 / 4, 1 / 2])
AIRWAY = {"area": 20.0, "perimeter": 18.0, "friction": 0.012, "wetness": 0.3, "parallel": 1.0}
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
        guess, last = air.limited(guess, change), guess
        if np.all(np.abs(guess - last) <= air.scale):
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


def months(rates, count):
    """Monthly means of rates that begin with the parts of the first month."""
    first = {
        k: sum(step[k] * dt for step, dt in zip(rates, FIRST_MONTH, strict=False)) / MONTH
        for k in rates[0]
    }
    return [first, *rates[FIRST_MONTH.size :]][:count]


def steps(count):
    return np.r_[FIRST_MONTH, np.full(count - 1, MONTH)]


def marched(branch, pieces, count, depths=(1500.0, 1500.0), rock=52.0, sources=None):
    edges = np.arange(count + 1) * MONTH
    response = response_matrix(edges, branch.radius, DIFFUSIVITY, CONDUCTIVITY, 0.0)
    one = np.ones(count)
    air = Air(one * (ZERO + 26.0), one * 0.016, one * 118000.0)
    wall = Wall(response, np.full((pieces, count), ZERO + rock))
    rest = sources or Sources.none(count)
    return march(branch, air, 60.0 * one, wall, depths, rest, 1.2)
