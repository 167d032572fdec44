"""Fluid networks in rock that keeps its temperature."""

from itertools import pairwise

import numpy as np

from comine.numerics.conduction import Conduction
from comine.numerics.coupled import Coupled, CoupledControl, at_start, march
from comine.numerics.embedding import Cylinders, embed
from tests.numerics.coupled_rig import even_grid, holes

KEEPS = (1e12, 1e12)
"""Conductivity and heat capacity of rock that keeps its temperature."""
CLOSE = CoupledControl(linear=1e-8, shortest=1e-3)


def along_walls(network, begun, walls, radius=None):
    """The network, each walled piece with a wall of a given temperature."""
    layout, streams = network.layout, network.streams(begun)
    own = layout.walled
    across = np.arange(-40.0, 41.0, 10.0)
    edges = np.concatenate([[0.0], np.cumsum(layout.length[own])])
    if radius is None:
        radius = layout.of_pieces("diameter")[own] / 2
    grid = even_grid(across, across, [0.0, max(edges[-1], 1.0)])
    cylinders = Cylinders(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0))
    if own.size:
        cylinders = holes([([0, 0, a], [0, 0, b], 1) for a, b in pairwise(edges)], radius)
    skins = embed(grid, KEEPS, cylinders)
    undisturbed = np.broadcast_to(np.asarray(walls, float), own.shape)
    return Coupled(Conduction(grid, *KEEPS), skins, (streams,), undisturbed=undisturbed)


def steps(problem, begun, times):
    """Every step."""
    cells = np.zeros(problem.rock.grid.shape)
    return list(march(problem, at_start(problem, cells, begun), times, CLOSE))


def settled(network, temperature, walls, radius=None, time=1e7):
    """Temperatures and rates after a time that is long for the fluid, and what was reported."""
    begun = network.begun(np.broadcast_to(np.asarray(temperature, float), network.layout.size))
    last = steps(along_walls(network, begun, walls, radius), begun, [time / 1e3, time])[-1]
    return last.means[0]
