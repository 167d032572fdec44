"""Streams and skins in small grids, for tests of the coupled step."""

import numpy as np
from scipy.sparse import csr_array, eye_array

from comine.numerics.conduction import Conduction
from comine.numerics.coupled import Coupled, CoupledControl, at_start, march
from comine.numerics.embedding import Cylinders, embed
from comine.numerics.grid import Grid
from comine.numerics.streams import Flow, Streams
from tests.numerics.skin_rig import CAPACITY, CONDUCTIVITY, DAY, YEAR, doubling_steps

MATTER = (CONDUCTIVITY, CAPACITY)
NO_PAIRS = np.zeros((0, 2), dtype=int)
ENDLESS = 1e15
"""Flow of heat capacity that no wall changes the temperature of [W/K]."""
CLOSE = CoupledControl(linear=1e-8)


def pieces(start, end, count):
    """Ends of the equal pieces of a segment."""
    cuts = np.linspace(0.0, 1.0, count + 1)[:, None]
    points = np.asarray(start, float) + cuts * (np.asarray(end, float) - np.asarray(start, float))
    return points[:-1], points[1:]


def holes(segments, radius, **more):
    """Cylinders of many (start, end, count)."""
    parts = [pieces(*segment) for segment in segments]
    start, end = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    return Cylinders(start, end, np.broadcast_to(radius, len(start)).astype(float), **more)


def streams(links, flow, count, touch=None, storage=0.0, beside=NO_PAIRS, conductance=()):
    """Streams through volumes that each touch a skin of their own, unless said."""
    return Streams(
        np.reshape(links, (-1, 2)).astype(int),
        csr_array(eye_array(count)) if touch is None else csr_array(touch),
        np.asarray(beside), np.asarray(conductance, float),
        np.broadcast_to(storage, count).astype(float), flow,
    )  # fmt: skip


def held(temperature, film):
    """Fluid of given temperature at each skin, or of a function of time."""
    count = np.size(temperature(0.0) if callable(temperature) else temperature)

    def flow(time):
        now = temperature(time) if callable(temperature) else temperature
        return Flow(
            np.zeros(0), np.full(count, ENDLESS), np.asarray(now, float),
            np.full(count, film), np.zeros(count),
        )  # fmt: skip

    return streams([], flow, count)


def pipe(count, carries, inlet, film, **more):
    """One stream through volumes in a row; the inlet temperature may follow time."""
    links = np.column_stack([np.arange(count - 1), np.arange(1, count)])
    skins = more["touch"].shape[0] if more.get("touch") is not None else count

    def flow(time):
        entering, temperature = np.zeros(count), np.zeros(count)
        entering[0] = carries
        temperature[0] = inlet(time) if callable(inlet) else inlet
        return Flow(
            np.full(count - 1, carries), entering, temperature, np.full(skins, film),
            np.zeros(count),
        )  # fmt: skip

    return streams(links, flow, count, **more)


def heated(power):
    """Heat given at each skin, through volumes in which nothing flows."""
    count = len(power)
    none = np.zeros(count)
    return streams(
        [], lambda time: Flow(np.zeros(0), none, none, np.full(count, 1e6), power), count
    )


def coupled(grid, embedded, carriers, **more):
    return Coupled(Conduction(grid, *MATTER), embedded, tuple(carriers), **more)


def run(problem, times, cells=0.0, unknown=None, control=CLOSE):
    """Every step from rock of one temperature."""
    count = sum(carrier.scale.size for carrier in problem.carriers)
    start = np.zeros(count) if unknown is None else np.broadcast_to(unknown, count)
    rock = np.broadcast_to(np.asarray(cells, float), problem.rock.grid.shape)
    return list(march(problem, at_start(problem, rock, start), times, control))


def times_of(steps, until=30.0 * YEAR):
    """Ends of steps up to a time."""
    ends = np.cumsum(steps)
    return ends[ends < 1.001 * until]


def doubling(first=DAY / 8, count=6, until=30.0 * YEAR):
    """Times that double after so many steps of each length, the last at the end."""
    times = times_of(doubling_steps(first, count, until), 0.999 * until)
    return np.append(times, until)


def even_grid(x, y, z):
    return Grid(*(np.asarray(edges, float) for edges in (x, y, z)))


def hole_in_box(width=10.0, radius=2.0):
    """One piece of an opening across a box of even cells."""
    edges = np.arange(-40.0, 41.0, width)
    grid = even_grid(np.arange(0.0, 21.0, 10.0), edges, edges)
    return grid, embed(grid, MATTER, holes([([0, 0, 0], [20, 0, 0], 2)], radius))
