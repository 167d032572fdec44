"""A minimal host for skins: a rectilinear grid of finite volumes, marched with SDIRK2 in one solve.

Temperatures are above those of the undisturbed rock, which is held far away.
"""

from functools import reduce
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, diags_array, kron
from scipy.sparse.linalg import splu

from comine.numerics.skin_host import Hosts, host_cylinders
from comine.numerics.skin_neighbours import Neighbours, felt, neighbours
from comine.numerics.skin_stage import GAMMA, eliminate, respond, second_start, settle
from comine.numerics.skins import Matter, Shape, Skins, make_skins
from comine.physics.strata import wall_flux_ratio

DAY, YEAR = 86400.0, 31_557_600.0
CONDUCTIVITY, CAPACITY = 3.0, 2_252_500.0
DIFFUSIVITY = CONDUCTIVITY / CAPACITY


def exact_flow(time, radius, film):
    """Heat from a fluid that is 1 K warmer than the rock since time zero [W/m/K]."""
    fourier = DIFFUSIVITY * np.asarray(time) / radius**2
    ratio = wall_flux_ratio(fourier, film * radius / CONDUCTIVITY)
    return 2.0 * np.pi * CONDUCTIVITY * ratio


def doubling_steps(first, count, until):
    """Lengths of steps that double after `count` of each length."""
    steps, width = [], first
    while sum(steps) < until:
        steps += [width] * count
        width *= 2.0
    return np.array(steps)


def graded_edges(width, place=0.5, equal=60.0, until=220.0, growth=1.25):
    """Edges with equal cells near zero, which lies at a share `place` of its cell."""
    widths = [width] * int(np.ceil(equal / width))
    while sum(widths) < until:
        widths.append(widths[-1] * growth)
    side = np.cumsum(widths)
    low, high = -width * place, width * (1.0 - place)
    return np.concatenate([(low - side)[::-1], [low, high], high + side])


class Grid(NamedTuple):
    edges: list
    conductance: csr_array
    capacity: np.ndarray


def second_difference(edges):
    """Conductance between cells per area; held at both ends, except along a single cell."""
    size = np.diff(edges)
    if size.size == 1:
        return csr_array((1, 1))
    between = 2.0 / (size[1:] + size[:-1])
    middle = np.r_[between, 2.0 / size[-1]] + np.r_[2.0 / size[0], between]
    return diags_array([middle, -between, -between], offsets=[0, 1, -1])


def periodic_difference(edges):
    size = np.diff(edges)
    one = np.ones(size.size)
    bands = [2.0 * one, -one[1:], -one[1:], -one[:1], -one[:1]]
    return diags_array(bands, offsets=[0, 1, -1, size.size - 1, 1 - size.size]) / size[0]


def make_grid(edges, difference=second_difference):
    sizes = [diags_array(np.diff(e)) for e in edges]
    parts = [
        reduce(kron, [difference(e) if i == axis else sizes[i] for i, e in enumerate(edges)])
        for axis in range(len(edges))
    ]
    capacity = CAPACITY * reduce(np.multiply.outer, map(np.diff, edges)).ravel()
    return Grid(list(edges), csr_array(CONDUCTIVITY * sum(parts)), capacity)


def flat_grid(width, place=(0.5, 0.5), **grading):
    """A grid of one metre's thickness around zero."""
    across = [graded_edges(width, each, **grading) for each in place]
    return make_grid([*across, np.array([0.0, 1.0])])


def airway(radius, reach, rings=12, soonest=DAY, layers=None, length=1.0):
    """Openings in the same rock."""
    radius, reach = np.broadcast_arrays(np.atleast_1d(radius), np.atleast_1d(reach))
    ones = np.ones(radius.size)
    shape = Shape("cylinder", radius, reach, length * ones)
    return make_skins(shape, Matter(CONDUCTIVITY * ones, CAPACITY * ones), layers, rings, soonest)


class Coupled:
    """Skins in a grid; the skins are eliminated from the grid's system in each stage."""

    def __init__(self, grid: Grid, skins: Skins, hosts: Hosts, near: Neighbours | None = None):
        self.grid, self.skins, self.hosts, self.near = grid, skins, hosts, near
        displaced = hosts.displaced @ skins.displaced
        self.capacity = np.maximum(grid.capacity - displaced, 1e-3 * grid.capacity)
        self.cells, self.rings = np.zeros(grid.capacity.size), np.zeros_like(skins.capacity)
        self.length = None

    def heat(self):
        return self.capacity @ self.cells + (self.skins.capacity * self.rings).sum()

    def end_stage(self, cells, rings, film, fluid):
        """Temperatures of the cells, and the skins settled, with the fluids' temperature."""
        response = respond(self.stage, rings, film)
        beside_still, beside_heat = self.felt_from_others(response)
        count = fluid.size
        # heat from the fluid of each skin: still + per_felt (temperature of the grid on its axis)
        inverse = np.linalg.inv(np.eye(count) - response.wall_host[:, None] * beside_heat)
        alone = response.wall + response.wall_fluid * fluid + response.wall_host * beside_still
        still, per_felt = inverse @ alone, inverse * response.wall_host
        handed_per_wall = response.handed_fluid / response.wall_fluid
        moment_per_wall = response.moment_fluid / response.wall_fluid
        given = self.hosts.spread * handed_per_wall + self.hosts.ends * moment_per_wall
        rest = self.hosts.spread @ (response.handed - handed_per_wall * response.wall)
        rest += self.hosts.ends @ (response.moment - moment_per_wall * response.wall)
        if self.factors is None:
            coupling = csr_array(given) @ csr_array(per_felt) @ self.hosts.felt
            store = diags_array(self.capacity / (GAMMA * self.length))
            self.factors = splu((store + self.grid.conductance - coupling).tocsc())
        load = self.capacity / (GAMMA * self.length) * cells + rest + given @ still
        after = self.factors.solve(load)
        on_axis = self.hosts.felt @ after
        wall = still + per_felt @ on_axis
        host = on_axis + beside_still + beside_heat @ wall
        return after, settle(self.stage, response, fluid, host)

    def felt_from_others(self, response):
        count = response.wall.size
        total, matrix = np.zeros(count), np.zeros((count, count))
        if self.near:
            constant, per_heat = felt(self.stage, response, self.near)
            np.add.at(total, self.near.target, constant)
            np.add.at(matrix, (self.near.target, self.near.source), per_heat)
        return total, matrix

    def step(self, length, film, fluid):
        """Advance with the fluids' temperature at the ends of the two stages, shape (2, skins).
        Gives the heat from them at the end and its mean over the step."""
        if (length, film) != self.length_and_film():
            self.length, self.film, self.factors = length, film, None
            self.stage = eliminate(self.skins, GAMMA * length)
        cells, one = self.end_stage(self.cells, self.rings, film, fluid[0])
        second = second_start(self.cells, cells), second_start(self.rings, one.temperature)
        self.cells, two = self.end_stage(*second, film, fluid[1])
        self.rings = two.temperature
        return two.wall, (1.0 - GAMMA) * one.wall + GAMMA * two.wall

    def length_and_film(self):
        return (self.length, self.film) if self.length else (None, None)


def in_flat_grid(grid, skins, radius, places, together=True):
    """Skins across a grid of one metre's thickness."""
    start = np.column_stack([places, np.zeros(len(places))])
    end = start + np.array([0.0, 0.0, 1.0])
    near = neighbours(skins, start, end) if together else None
    return Coupled(grid, skins, host_cylinders(skins, radius, start, end, grid.edges), near)


def step_response(coupled, film, steps):
    """Heat from fluids that are 1 K warmer from time zero on, at the end of each step."""
    warm = np.ones((2, coupled.rings.shape[1]))
    return np.array([coupled.step(width, film, warm)[0] for width in steps])


def errors(coupled, radius, film, steps, until=30.0 * YEAR):
    """Times from the first day on, and the relative error of the first skin, alone in its rock."""
    times = np.cumsum(steps)
    flow = step_response(coupled, film, steps)[:, 0]
    counts = (times > 0.99 * DAY) & (times < 1.001 * until)
    return times[counts], flow[counts] / exact_flow(times[counts], radius, film) - 1.0


def alone(skins, film, steps, fluid=1.0, start=None):
    """Heat from a fluid of skins in an undisturbed host at the end of each step."""
    rings = np.zeros_like(skins.capacity) if start is None else start
    flows, length = [], None
    for width in steps:
        if width != length:
            length, stage = width, eliminate(skins, GAMMA * width)
        one = settle(stage, respond(stage, rings, film), fluid, 0.0)
        second = respond(stage, second_start(rings, one.temperature), film)
        two = settle(stage, second, fluid, 0.0)
        rings = two.temperature
        flows.append(two.wall)
    return np.array(flows), rings


def at_times(steps, values, times):
    """Values of each skin at the ends of steps, interpolated in the logarithms."""
    ends, columns = np.log(np.cumsum(steps)), np.log(values.reshape(len(steps), -1))
    found = [np.exp(np.interp(np.log(times), ends, column)) for column in columns.T]
    return np.reshape(np.transpose(found), (len(times), *values.shape[1:]))


def orders(sizes, found):
    """Observed orders of convergence between successive sizes."""
    return np.diff(np.log(found)) / np.diff(np.log(sizes))
