r"""Implicit stages of blocks in cells: linear in the temperature of the cells.

A stage of length :math:`\delta` eliminates the shells of the blocks
(`comine.numerics.skin_stage`), so that a lot takes :math:`a + b\,T` from its cell, which obeys

.. math:: C\,(T - T^*)/\delta + \sum_\text{lots} (a + b\,T) + K T = f .

The lots add b to the diagonal of the cells' matrix and a to its right side: however many there are
and however strongly they are coupled, the cells are solved as they are without them. Blocks of one
size have the same pivots.

Sources
-------
- R. Alexander, SIAM J. Numer. Anal. 14 (1977) 1006-1021 (SDIRK2).
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.numerics import Array
from comine.numerics.blocks import Blocks
from comine.numerics.embedded import part_of
from comine.numerics.skin_stage import Elimination, eliminate, respond, wall_conductance

__all__ = ["Begun", "Pivots", "begin_blocks", "eliminate_blocks", "end_blocks"]

_AT_ONCE = 4096  # lots whose pivots are gathered at once


class Pivots(NamedTuple):
    """Shells eliminated for stages of one length."""

    of_size: Elimination
    slope: Array
    """Heat from the cell per temperature of the cell, b, shape (lots,) [W/K]."""


class Begun(NamedTuple):
    """Blocks at the beginning of a stage."""

    rest: Array
    """Heat from the cell at a temperature of 0 of the cell, a, shape (lots,) [W]."""
    still: Array
    """Shells at the stage's end if nothing passes the surface, shape (shells, lots) [K]."""


def eliminate_blocks(blocks: Blocks, interval: float) -> Pivots:
    """Eliminate the shells for stages of one length.

    Parameters
    ----------
    blocks : Blocks
        The blocks.
    interval : float
        Length of the stages [s].

    Returns
    -------
    Pivots
        Those of each size, and how much heat a lot takes with the temperature of its cell.

    Examples
    --------
    >>> from comine.numerics.blocks import Rubble, make_blocks
    >>> from comine.numerics.skins import Matter
    >>> lot = make_blocks([0], [10.0], Rubble(0.3, 0.15, Matter(3.0, 2.3e6), 47.4, 4.1e6))
    >>> eliminate_blocks(lot, 1e9).slope.round(6)  # all of their heat in a stage so long
    array([0.0161])
    """
    of_size = eliminate(blocks.spheres, interval)
    slope = np.empty(blocks.lots)
    for run, own in _runs(blocks, of_size):
        slope[run] = wall_conductance(own, blocks.film[run])
    return Pivots(of_size, blocks.count * slope)


def begin_blocks(blocks: Blocks, pivots: Pivots, start: Array) -> Begun:
    """Begin a stage.

    Parameters
    ----------
    blocks : Blocks
        The blocks.
    pivots : Pivots
        Of the stage's length.
    start : ndarray, shape (shells, lots)
        Temperature of the shells that the stage starts from [K].

    Returns
    -------
    Begun
        What lots take from a cell of 0 K, and their shells with nothing taken.

    Examples
    --------
    >>> from comine.numerics.blocks import Rubble, make_blocks
    >>> from comine.numerics.skins import Matter
    >>> lot = make_blocks([0], [10.0], Rubble(0.3, 0.15, Matter(3.0, 2.3e6), 47.4, 4.1e6))
    >>> pivots = eliminate_blocks(lot, 3600.0)
    >>> warm = begin_blocks(lot, pivots, np.full((8, 1), 350.0))
    >>> float((warm.rest + pivots.slope * 350.0)[0].round(6)) + 0.0
    0.0
    """
    rest, still = np.empty(blocks.lots), np.empty_like(start)
    for run, own in _runs(blocks, pivots.of_size):
        response = respond(own, start[:, run], blocks.film[run])
        rest[run], still[:, run] = response.wall, response.still
    return Begun(blocks.count * rest, still)


def end_blocks(blocks: Blocks, pivots: Pivots, begun: Begun, cells: ArrayLike) -> Array:
    """End a stage whose cells have been found.

    Parameters
    ----------
    blocks : Blocks
        The blocks.
    pivots : Pivots
        Of the stage's length.
    begun : Begun
        Its beginning.
    cells : array_like, shape (x, y, z)
        Temperature of the cells at its end [K].

    Returns
    -------
    ndarray, shape (shells, lots)
        Temperature of the shells at its end [K].

    Examples
    --------
    >>> from comine.numerics.blocks import Rubble, make_blocks
    >>> from comine.numerics.skins import Matter
    >>> lot = make_blocks([0], [10.0], Rubble(0.3, 0.15, Matter(3.0, 2.3e6), 47.4, 4.1e6))
    >>> pivots = eliminate_blocks(lot, 3600.0)
    >>> begun = begin_blocks(lot, pivots, np.full((8, 1), 350.0))
    >>> end_blocks(lot, pivots, begun, [340.0])[[0, -1], 0].round(2)
    array([343.48, 346.49])
    """
    of_one = (begun.rest + pivots.slope * np.ravel(cells)[blocks.cell]) / blocks.count
    temperature = begun.still.copy()
    for number, warmed in enumerate(pivots.of_size.warmed):
        temperature[number] += warmed[blocks.size] * of_one
    return temperature


def _runs(blocks: Blocks, of_size: Elimination) -> Iterator[tuple[slice, Elimination]]:
    """All lots, some at once, with their pivots: those of one size, or one column for each lot."""
    for first in range(0, blocks.lots, _AT_ONCE):
        run = slice(first, first + _AT_ONCE)
        size = blocks.size[run]
        alike = bool(np.all(size == size[0]))
        yield run, part_of(of_size, size[:1] if alike else size)
