"""Plane skins in a host grid of one metre's thickness, and water that runs along a fracture.

Temperatures are above those of the undisturbed rock; the water enters 1 K warmer from time zero on.
"""

from functools import reduce

import numpy as np
from scipy.sparse import block_array, csr_array, diags_array, eye_array, kron
from scipy.sparse.linalg import splu
from scipy.special import erfcx

from comine.numerics.grid import Grid
from comine.numerics.polygon_cells import cut
from comine.numerics.skin_borders import borders, widened
from comine.numerics.skin_host import Hosts
from comine.numerics.skin_planes import host_planes
from comine.numerics.skin_stage import GAMMA, eliminate, respond, second_start, settle
from comine.numerics.skins import Matter, Shape, make_skins
from tests.numerics.skin_rig import (
    CAPACITY,
    CONDUCTIVITY,
    DAY,
    DIFFUSIVITY,
    YEAR,
    Coupled,
    graded_edges,
    make_grid,
    second_difference,
    step_response,
)

THICKNESS = np.array([0.0, 1.0])


def half_spaces(time, film):
    """Heat from a fluid that is 1 K warmer into both faces of a fracture since time zero [W/m2]."""
    root = np.sqrt(DIFFUSIVITY * np.asarray(time))
    if np.isinf(film):
        return 2.0 * CONDUCTIVITY / (np.sqrt(np.pi) * root)
    return 2.0 * film * erfcx(film / CONDUCTIVITY * root)


def between_two(time, spacing):
    """Heat from each of two parallel fractures: a half-space and a slab of half the spacing."""
    n = np.arange(1, 200)[:, None]
    slab = 1.0 + 2.0 * ((-1.0) ** n * np.exp(-((n * spacing / 2) ** 2) / (DIFFUSIVITY * time))).sum(
        0
    )
    return half_spaces(time, np.inf) * 0.5 * (1.0 + slab)


def fracture(area, reach, rings=12, soonest=DAY, closed=False):
    """Pieces of an area of one face each, in the same rock."""
    ones = np.ones(np.size(area))
    shape = Shape("plane", 0.0 * ones, reach * ones, 2.0 * np.asarray(area), closed)
    return make_skins(shape, Matter(CONDUCTIVITY * ones, CAPACITY * ones), None, rings, soonest)


def strip(centre, angle, length):
    """A fracture of one metre's width, turned by an angle from the x axis down."""
    along = 0.5 * length * np.array([np.cos(angle), 0.0, np.sin(angle)])
    low, high = np.array(centre) - along, np.array(centre) + along
    across = np.array([0.0, 1.0, 0.0])
    return np.stack([low, high, high + across, low + across])


def plane_across(width, place=0.5, reach=2.5, rings=12):
    """A fracture without end in a row of cells; the reach is in cells."""
    across = graded_edges(width, place, equal=max(60.0, 4.0 * width), until=max(220.0, 6.0 * width))
    grid = make_grid([across, THICKNESS, THICKNESS])
    skins = fracture([1.0], reach * width, rings)
    return Coupled(
        grid, skins, host_planes(skins, [strip([0, 0, 0.5], np.pi / 2, 1.0)], grid.edges)
    )


def inclined(width, angle, place, length, reach=2.5):
    """A long fracture at an angle to even cells, and which of its pieces lie in the middle."""
    half = int(np.ceil((0.5 * length + (reach + 2.5) * width) / width))
    edges = np.arange(-half, half + 1.0) * width
    centre = np.array([place[0] * width, 0.0, place[1] * width])
    pieces = cut([strip(centre, angle, length)], Grid(edges, THICKNESS, edges))
    skins = fracture(pieces.area, reach * width)
    grid = make_grid([edges, THICKNESS, edges])
    away = np.linalg.norm(pieces.centroid - centre - [0.0, 0.5, 0.0], axis=1)
    return Coupled(grid, skins, host_planes(skins, pieces.corners, grid.edges)), away < 1.5 * width


def strip_between(width, half, place=(0.0, 0.5), bordered=True, reach=2.5):
    """A fracture of a given half width, endless in the direction across the grid."""
    x = graded_edges(width, place[0], equal=half + max(60.0, 4.0 * width), until=half + 220.0)
    z = graded_edges(width, place[1], equal=max(60.0, 4.0 * width), until=max(300.0, 6.0 * width))
    edges, whole = [x, THICKNESS, z], [strip([0.0, 0.0, 0.0], 0.0, 2.0 * half)]
    grid = Grid(*edges)
    pieces = cut(whole, grid)
    ends = borders(pieces, whole, grid) & bordered
    skins = widened(fracture(pieces.area, reach * width), pieces.corners, ends)
    return Coupled(make_grid(edges), skins, host_planes(skins, pieces.corners, edges, ends))


def fine_strip(half, steps, width=0.2, growth=1.15):
    """Heat from the same fracture on a grid that is fine at its border, a quarter of it [W/m]."""
    outwards = width * growth ** np.arange(40)
    inwards = width * np.minimum(growth ** np.arange(200), half / 15.0 / width)
    inwards = inwards[: np.searchsorted(np.cumsum(inwards), half) + 1]
    back = half * (1.0 - np.append(0.0, np.cumsum(inwards)) / inwards.sum())
    x = np.concatenate([back[::-1], half + np.cumsum(outwards)])
    z = np.append(0.0, np.cumsum(outwards))
    parts = [mirrored_difference(x), diags_array(np.diff(z)), diags_array(np.diff(x))]
    rock = CONDUCTIVITY * (kron(*parts[:2]) + kron(parts[2], mirrored_difference(z)))
    on = np.outer((x[1:] <= half + 1e-9) * np.diff(x), np.eye(z.size - 1)[0])
    wall = 2.0 * CONDUCTIVITY / z[1] * on.ravel()
    store = CAPACITY * np.outer(np.diff(x), np.diff(z)).ravel()
    cells, found, length = np.zeros(store.size), [], None
    for step in steps:
        if step != length:
            length, per = step, store / (GAMMA * step)
            factors = splu((diags_array(per + wall) + rock).tocsc())
        first = factors.solve(per * cells + wall)
        cells = factors.solve(per * second_start(cells, first) + wall)
        found.append(4.0 * (wall * (1.0 - cells)).sum())
    return np.array(found)


def mirrored_difference(edges):
    """Conductance between cells per area, held at the far end only."""
    held = csr_array(second_difference(edges)).tolil()
    held[0, 0] -= 2.0 / (edges[1] - edges[0])
    return csr_array(held)


def plane_errors(coupled, film, steps, which=np.s_[:], until=30.01 * YEAR):
    """Times from the first day on, and the relative error of the heat from each piece."""
    times = np.cumsum(steps)
    flow = step_response(coupled, film, steps) / (0.5 * coupled.skins.wall_area)
    counts = (times > 0.99 * DAY) & (times < until)
    exact = half_spaces(times[counts], film)
    return times[counts], flow[counts][:, which] / exact[:, None] - 1.0


def rock_across(edges):
    """A grid whose rock conducts along the last axis only."""
    sizes = [diags_array(np.diff(e)) for e in edges]
    conductance = reduce(kron, [*sizes[:-1], second_difference(edges[-1])])
    capacity = CAPACITY * reduce(np.multiply.outer, map(np.diff, edges)).ravel()
    return csr_array(CONDUCTIVITY * conductance), capacity


class Swept:
    """Water along a row of pieces, solved together with their skins and the grid."""

    def __init__(self, skins, carries, conductance=None, capacity=None, hosts=None):
        count = skins.wall_area.size
        none = csr_array((1, count))
        self.skins, self.carries = skins, carries
        self.hosts = hosts or Hosts(none, csr_array(none.T), none, none)
        self.conductance = csr_array((1, 1)) if conductance is None else conductance
        self.capacity = np.ones(1) if capacity is None else capacity
        self.before = csr_array(eye_array(count, k=-1))  # what leaves one enters the next
        self.entry = np.eye(count)[0]

    def end_stage(self, cells, rings):
        response = respond(self.stage, rings, np.inf)
        b, carries = response.wall_fluid, self.carries
        number = b / carries
        at_inlet = 1.0 / number - 1.0 / np.expm1(number)  # mean of an exponential profile
        inlet, outlet = diags_array(at_inlet), diags_array(1.0 - at_inlet)
        mean = csr_array(inlet @ self.before + outlet)
        known = at_inlet * self.entry
        felt, spread = self.hosts.felt, self.hosts.spread
        if self.factors is None:
            given = spread @ diags_array(response.handed_fluid)
            water = carries * (eye_array(b.size) - self.before) + diags_array(b) @ mean
            store = diags_array(self.capacity / (GAMMA * self.length))
            rock = store + self.conductance - spread @ diags_array(response.handed_host) @ felt
            to_water = diags_array(response.wall_host) @ felt
            self.factors = splu(block_array([[rock, -given @ mean], [to_water, water]]).tocsc())
        load = self.capacity / (GAMMA * self.length) * cells
        load += spread @ (response.handed + response.handed_fluid * known)
        water = carries * self.entry - response.wall - b * known
        after = self.factors.solve(np.concatenate([load, water]))
        cells, leaves = after[: -b.size], after[-b.size :]
        settled = settle(self.stage, response, mean @ leaves + known, felt @ cells)
        return cells, settled, leaves

    def march(self, steps):
        """Temperature of the water that leaves each piece, at the end of each step."""
        cells, rings = np.zeros(self.capacity.size), np.zeros_like(self.skins.capacity)
        found, self.length = [], None
        for length in steps:
            if length != self.length:
                self.length, self.factors = length, None
                self.stage = eliminate(self.skins, GAMMA * length)
            first, one, _ = self.end_stage(cells, rings)
            start = second_start(cells, first), second_start(rings, one.temperature)
            cells, two, leaves = self.end_stage(*start)
            rings = two.temperature
            found.append(leaves)
        return np.array(found)


def lauwerier(p, pieces, width, place=0.5, rings=12):
    """Water along one fracture between half-spaces that conduct across it only."""
    along = np.linspace(0.0, p["L"], pieces + 1)
    across = graded_edges(width, place, equal=max(60.0, 4.0 * width), until=max(300.0, 6 * width))
    edges = [along, THICKNESS, across]
    cells = cut([strip([0.5 * p["L"], 0.0, 0.0], 0.0, p["L"])], Grid(*edges))
    order = np.argsort(cells.centroid[:, 0])
    skins = fracture(cells.area[order], 2.5 * width, rings)
    hosts = host_planes(skins, cells.corners[order], edges)
    return Swept(skins, p["rhoc_w"] * p["q_m2_s"], *rock_across(edges), hosts)


def slabs(p, pieces, half_spacing, rings=12):
    """Water along one of many fractures, between slabs of their half spacing."""
    area = np.full(pieces, p["L"] / pieces)
    skins = fracture(area, half_spacing, rings, closed=True)
    return Swept(skins, p["rhoc_w"] * p["q_m2_s_per_fracture"])
