"""The well of `benchmarks.well_2000m` by comine: skins that reach as far as the heat, one cell.

Sideways conduction alone is asked for, so the rock is in the skins; the only cell of the grid, a
cube as long as the well, stays as it was.
"""

import resource
import time

import numpy as np
from scipy.sparse import csr_array, eye_array

from comine.numerics import Array
from comine.numerics.bundles import no_neighbours
from comine.numerics.conduction import Conduction
from comine.numerics.coupled import Coupled, at_start, march
from comine.numerics.embedded import Embedded
from comine.numerics.grid import Grid
from comine.numerics.skin_host import Hosts
from comine.numerics.skins import Matter, Shape, make_skins
from comine.numerics.streams import Flow, Streams

PIECES, STEPS = 40, 54
RINGS, REACH = 24, 300.0


def run(
    well: tuple[float, float], matter: tuple[float, float], water: tuple[float, float],
    rock: tuple[float, float], inlet: float, times: Array, first: float,
) -> tuple[float, Array, float]:  # fmt: skip
    """Time [s], water at the lower end at some times, and memory [GB].

    `well` holds depth and radius, `matter` conductivity and heat capacity, `water` the flow of heat
    capacity and the heat capacity of a volume, `rock` its temperature at the top and gradient;
    `first` is the first step.
    """
    begun = time.perf_counter()
    depth, radius = well
    length = np.full(PIECES, depth / PIECES)
    ones = np.ones(PIECES)
    skins = make_skins(
        Shape("cylinder", radius * ones, REACH * ones, length),
        Matter(matter[0] * ones, matter[1] * ones),
        rings=RINGS,
        soonest=first,
    )
    grid = Grid(*[np.array([0.0, depth])] * 3)
    all_here, none = csr_array(np.ones((1, PIECES))), csr_array((1, PIECES))
    hosts = Hosts(all_here, csr_array(all_here.T), none, none)
    middle = (np.arange(PIECES) + 0.5) * length
    undisturbed = rock[0] + rock[1] * middle
    number = np.arange(PIECES)
    flow = Flow(
        np.full(PIECES - 1, water[0]), water[0] * (number == 0), inlet * ones, np.inf * ones,
        0 * ones,
    )  # fmt: skip
    streams = Streams(
        np.stack([number[:-1], number[1:]], axis=1), csr_array(eye_array(PIECES)),
        np.zeros((0, 2), dtype=np.int64), np.zeros(0),
        np.pi * radius**2 * length * water[1], lambda _: flow,
    )  # fmt: skip
    embedded = Embedded(skins, hosts, no_neighbours(skins.capacity.shape[0]))
    problem = Coupled(Conduction(grid, *matter), embedded, (streams,), undisturbed)
    state = at_start(problem, np.zeros(grid.shape), undisturbed)
    ends = np.union1d(np.geomspace(first, times[-1], STEPS - times.size), times)
    found = [reached.state.unknown[-1] for reached in march(problem, state, ends.tolist())]
    outlet = np.array(found)[np.searchsorted(ends, times)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # KiB on Linux
    return time.perf_counter() - begun, outlet, memory / 1e9
