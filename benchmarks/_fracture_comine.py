"""The fracture of `benchmarks._fracture` by comine: rock cells, and water as streams on one side.

Water fills a row of volumes along every layer of cells; each touches the cell behind it over the
half of that cell's thickness, a skin without heat capacity.
"""

import resource
import time

import numpy as np
from scipy.sparse import csr_array, eye_array

from benchmarks._fracture import (
    APERTURE,
    BEHIND,
    CAPACITY,
    COLD,
    CONDUCTIVITY,
    DENSITY,
    FIRST_STEP,
    MASS_FLOW,
    OUTLET_TIMES,
    SIDE,
    UNTIL,
    WARM,
    WATER_CAPACITY,
    Ours,
)
from comine.numerics import Array
from comine.numerics.bundles import no_neighbours
from comine.numerics.conduction import Conduction
from comine.numerics.coupled import Coupled, CoupledControl, at_start, march
from comine.numerics.embedded import Embedded
from comine.numerics.grid import Grid
from comine.numerics.skin_host import Hosts
from comine.numerics.skins import Skins
from comine.numerics.streams import Flow, Streams, mean_weight

STEPS, THREADS, LINEAR = 27, 2, 1e-4
"""Steps of second order, of two implicit solves each."""


def rock(shape: tuple[int, int, int]) -> Conduction:
    """One half, fine at the fracture y = 0, all sides insulated."""
    nx, ny, nz = shape
    ratio = 1.2 if ny < 40 else 1.08
    widths = ratio ** np.arange(ny)
    y = np.concatenate([[0.0], np.cumsum(widths) * BEHIND / widths.sum()])
    grid = Grid(np.linspace(0.0, SIDE, nx + 1), y, np.linspace(0.0, SIDE, nz + 1))
    return Conduction(grid, CONDUCTIVITY, CAPACITY)


def contacts(grid: Grid) -> Embedded:
    """A skin for each cell at y = 0: the resistance of its half, no heat capacity.

    Along a wall whose temperature rises evenly, water ends as along a wall of the temperature at
    the share w of its way, that of the outlet in the mean: that is what the skins feel.
    """
    area = grid.areas(1)[:, 0, :].ravel() * np.ones((grid.shape[0], grid.shape[2])).ravel()
    count = area.size
    half = 0.5 * grid.widths[1][0]
    skins = Skins(
        face=np.array([[0.0], [half]]) * np.ones(count),
        capacity=np.ones((1, count)),
        resistance=np.array([half / (CONDUCTIVITY * area), np.zeros(count)]),
        cross=np.zeros((1, count)),
        wall_area=area,
        axial=np.zeros((1, count)),
        hosted=np.ones(count),
        displaced=np.zeros(count),
    )
    cells = np.arange(grid.size).reshape(grid.shape)[:, 0, :]
    skin = np.arange(count)
    places = cells.ravel().astype(np.int32), skin.astype(np.int32)
    spread = csr_array((np.ones(count), places), shape=(grid.size, count))
    each = 0.5 * MASS_FLOW * WATER_CAPACITY / DENSITY / grid.shape[2]
    units = CONDUCTIVITY * float(area[0]) / half / each
    last = len(cells) - 1
    near = np.minimum(np.arange(last + 1), last - 1)
    ahead = mean_weight(units) - 0.5 + np.arange(last + 1) - near
    weights = np.repeat(ahead, cells.shape[1])
    felt = csr_array(
        (
            np.concatenate([1.0 - weights, weights]),
            (np.tile(skin, 2), np.concatenate([cells[near].ravel(), cells[near + 1].ravel()])),
        ),
        shape=(count, grid.size),
    )
    none = csr_array((grid.size, count))
    return Embedded(skins, Hosts(spread, felt, none, none), no_neighbours(1))


def water(grid: Grid) -> Streams:
    """Half of the water, shared evenly by all layers, along x."""
    nx, _, nz = grid.shape
    number = np.arange(nx * nz).reshape(nx, nz)
    links = np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1)
    each = 0.5 * MASS_FLOW * WATER_CAPACITY / DENSITY / nz
    entering = np.zeros(number.size)
    entering[number[0]] = each
    flow = Flow(
        np.full(len(links), each),
        entering,
        np.full(number.size, COLD),
        np.full(number.size, np.inf),
        np.zeros(number.size),
    )
    storage = np.full(number.size, 0.5 * APERTURE * SIDE * SIDE / number.size * WATER_CAPACITY)
    touch = csr_array(eye_array(number.size))
    pairs = np.zeros((0, 2), dtype=np.int64)
    return Streams(links, touch, pairs, np.zeros(0), storage, lambda _: flow)


def step_ends(steps: int) -> Array:
    """Ends that grow as the square of their number; the nearest are moved to `OUTLET_TIMES` [s]."""
    ends = FIRST_STEP + (UNTIL - FIRST_STEP) * np.linspace(0.0, 1.0, steps) ** 2
    ends[np.argmin(np.abs(ends[:, None] - OUTLET_TIMES), axis=0)] = OUTLET_TIMES
    return ends


def run(shape: tuple[int, int, int], steps: int = STEPS) -> tuple[float, Array, list[int]]:
    """Time, outlet at `OUTLET_TIMES` and iterations."""
    begun = time.perf_counter()
    conduction = rock(shape)
    embedded, streams = contacts(conduction.grid), water(conduction.grid)
    problem = Coupled(conduction, embedded, (streams,))
    times, control = step_ends(steps), CoupledControl(linear=LINEAR, threads=THREADS)
    run_over = march(
        problem,
        at_start(problem, np.full(shape, WARM), np.full(streams.storage.size, WARM)),
        times.tolist(),
        control,
    )
    found, counts = [WARM], list[int]()
    for reached in run_over:
        last = reached.state.unknown.reshape(shape[0], shape[2])[-1]
        found.append(float(last.mean()))
        counts += [entry.iterations for entry in reached.entries]
    outlet = np.array(found)[np.searchsorted(times, OUTLET_TIMES) + 1]
    return time.perf_counter() - begun, outlet, counts


def ours(shape: tuple[int, int, int]) -> Ours:
    """The thirty years by comine, compiled before."""
    run((4, 5, 6))
    seconds, outlet, _ = run(shape)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # KiB on Linux
    return Ours(seconds, outlet, memory / 1e9)
