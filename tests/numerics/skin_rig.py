"""A minimal host for skins: a graded two-dimensional grid of finite volumes, marched with SDIRK2.

The openings are long in the third direction, in which the grid is one metre thick. Temperatures are
above those of the undisturbed rock.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, diags_array, kron
from scipy.sparse.linalg import splu

from comine.numerics.skin_host import beside, felt_beside, host_cylinders
from comine.numerics.skin_stage import GAMMA, eliminate, respond, second_start, settle
from comine.numerics.skins import Matter, Shape, make_skins
from comine.physics.strata import wall_flux_ratio

DAY, YEAR = 86400.0, 31_557_600.0
CONDUCTIVITY, CAPACITY = 3.0, 2_252_500.0
DIFFUSIVITY = CONDUCTIVITY / CAPACITY


def exact_flow(time, radius, film):
    """Heat from a fluid that is 1 K warmer than the rock since time zero [W/m/K]."""
    fourier = DIFFUSIVITY * np.asarray(time) / radius**2
    ratio = wall_flux_ratio(fourier, film * radius / CONDUCTIVITY)
    return 2.0 * np.pi * CONDUCTIVITY * ratio


def doubling_times(first, steps, until):
    """Times of steps that double in length after so many of each length."""
    times, width = [0.0], first
    while times[-1] < until:
        times += list(times[-1] + width * np.arange(1, steps + 1))
        width *= 2.0
    return np.array(times)


def graded_edges(width, place, equal=60.0, until=220.0, growth=1.25):
    """Edges with equal cells near zero, which lies at a share `place` of its cell."""
    count = int(np.ceil(equal / width))
    widths = [width] * count
    while sum(widths) < until:
        widths.append(widths[-1] * growth)
    side = np.cumsum(widths)
    low, high = -width * place, width * (1.0 - place)
    return np.concatenate([(low - side)[::-1], [low, high], high + side])


class Grid(NamedTuple):
    edges: list
    conductance: csr_array
    capacity: np.ndarray


def make_grid(width, place=(0.5, 0.5), **grading):
    """Grid around zero, held at temperature zero far away."""
    across = [graded_edges(width, each, **grading) for each in place]

    def second_difference(edges):
        size = np.diff(edges)
        between = 2.0 / (size[1:] + size[:-1])
        middle = np.r_[between, 2.0 / size[-1]] + np.r_[2.0 / size[0], between]
        return diags_array([middle, -between, -between], offsets=[0, 1, -1])

    one, two = (second_difference(e) for e in across)
    wide, high = (diags_array(np.diff(e)) for e in across)
    conductance = CONDUCTIVITY * (kron(one, high) + kron(wide, two))
    capacity = CAPACITY * np.multiply.outer(*map(np.diff, across)).ravel()
    return Grid([*across, np.array([0.0, 1.0])], csr_array(conductance), capacity)


def make_airway(radius, reach, rings=12, soonest=DAY, layers=None):
    """One metre of an opening."""
    radius, reach = np.atleast_1d(radius), np.atleast_1d(reach)
    ones = np.ones(radius.size)
    shape = Shape("cylinder", radius, reach, ones)
    return make_skins(shape, Matter(CONDUCTIVITY * ones, CAPACITY * ones), layers, rings, soonest)


class Coupled:
    """Skins in a grid; one march, monolithic, with the skins eliminated in each stage."""

    def __init__(self, grid, skins, radius, places, displaced=True, pairs=None):
        start = np.column_stack([places, np.zeros(len(places))])
        self.hosts = host_cylinders(skins, radius, start, start + [0, 0, 1], grid.edges)
        removed = self.hosts.displaced @ skins.displaced if displaced else 0.0
        self.capacity = np.maximum(grid.capacity - removed, 1e-3 * grid.capacity)
        self.grid, self.skins = grid, skins
        self.cells, self.rings = np.zeros(grid.capacity.size), np.zeros_like(skins.capacity)
        self.pairs = pairs or ([], [], [])  # who feels whom at which distance
        self.weights = beside(skins, self.pairs[1], self.pairs[2]) if pairs else None
        self.length = None

    def heat(self):
        return self.capacity @ self.cells + (self.skins.capacity * self.rings).sum()

    def prepare(self, length):
        self.length, self.stage = length, eliminate(self.skins, GAMMA * length)
        self.kept = {}

    def end_stage(self, cells, rings, film, fluid):
        response = respond(self.stage, rings, film)
        constant, per_heat, couples = self.couple(response)
        wall_host = diags_array(response.wall_host)
        # unknown: heat from the fluid of each skin, given the felt temperature of the grid
        inverse = np.linalg.inv(np.eye(rings.shape[1]) - wall_host @ per_heat)
        base = response.wall + response.wall_fluid * fluid + response.wall_host * constant
        share = response.handed_fluid / response.wall_fluid
        handed = response.handed - share * response.wall + share * (inverse @ base)
        handed_felt = diags_array(share) @ inverse @ wall_host
        key = (self.length, float(np.max(film)))
        if key not in self.kept:
            coupling = self.hosts.spread @ csr_array(handed_felt) @ self.hosts.felt
            store = diags_array(self.capacity / (GAMMA * self.length))
            self.kept[key] = splu((store + self.grid.conductance - coupling).tocsc())
        load = self.capacity / (GAMMA * self.length) * cells + self.hosts.spread @ handed
        after = self.kept[key].solve(load)
        felt = self.hosts.felt @ after
        wall = inverse @ (base + response.wall_host * felt)
        beside_ = constant + couples @ wall
        return after, settle(self.stage, response, fluid, felt + beside_)

    def couple(self, response):
        count = response.wall.size
        if self.weights is None:
            return np.zeros(count), np.zeros((count, count)), np.zeros((count, count))
        who, whom, _ = self.pairs
        constant, per_heat = felt_beside(self.stage, response, whom, self.weights)
        total, matrix = np.zeros(count), np.zeros((count, count))
        np.add.at(total, who, constant)
        np.add.at(matrix, (who, whom), per_heat)
        return total, matrix, matrix

    def step(self, length, film, fluid):
        """Advance; `fluid` is its temperature at the ends of the two stages. Gives the heat from
        it at the end and its mean over the step."""
        if length != self.length:
            self.prepare(length)
        cells, one = self.end_stage(self.cells, self.rings, film, fluid[0])
        second = second_start(self.cells, cells), second_start(self.rings, one.temperature)
        self.cells, two = self.end_stage(*second, film, fluid[1])
        self.rings = two.temperature
        return two.wall, (1.0 - GAMMA) * one.wall + GAMMA * two.wall


def step_response(coupled, film, times):
    """Heat from a fluid that is 1 K warmer from time zero on, at each time, shape (times, skins)."""
    warm = np.ones((2, coupled.rings.shape[1]))
    return np.array([coupled.step(width, film, warm)[0] for width in np.round(np.diff(times), 6)])


def error_of(coupled, radius, film, times):
    """Relative error of the heat from the first day on, of each skin alone in its rock."""
    flow = step_response(coupled, film, times)
    counts = (times[1:] > 0.99 * DAY) & (times[1:] < 30.01 * YEAR)
    return times[1:][counts], flow[counts, 0] / exact_flow(times[1:][counts], radius, film) - 1.0
