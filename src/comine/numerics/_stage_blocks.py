"""Blocks in the cells of a stage: what they add to the cells' matrix and take from them."""

import numpy as np

from comine.numerics import Array
from comine.numerics.block_stage import Begun, Pivots, begin_blocks, eliminate_blocks, end_blocks
from comine.numerics.blocks import Blocks


class StageBlocks:
    """Blocks in the stage that was begun last.

    Parameters
    ----------
    blocks : Blocks
        The blocks.
    shape : tuple of int
        Cells along the axes.
    """

    def __init__(self, blocks: Blocks, shape: tuple[int, ...]) -> None:
        self.blocks, self.shape = blocks, shape
        self._interval = 0.0
        self._pivots: Pivots
        self._begun: Begun

    def begin(self, start: Array, interval: float) -> None:
        """Begin a stage from the temperature of the shells."""
        if interval != self._interval:
            self._pivots, self._interval = eliminate_blocks(self.blocks, interval), interval
        self._begun = begin_blocks(self.blocks, self._pivots, start)

    @property
    def slope(self) -> Array | float:
        """Heat taken from each cell per its temperature, shape (x, y, z) [W/K]."""
        return self._in_cells(self._pivots.slope)

    def drawn(self, cells: Array) -> Array | float:
        """Heat taken from each cell at a temperature of the cells [W]."""
        felt = cells.ravel()[self.blocks.cell]
        return self._in_cells(self._begun.rest + self._pivots.slope * felt)

    def end(self, cells: Array) -> Array:
        """Temperature of the shells at the end, where that of the cells is known [K]."""
        return end_blocks(self.blocks, self._pivots, self._begun, cells)

    def _in_cells(self, lots: Array) -> Array | float:
        """Sums over the lots in each cell; 0 where there are none at all."""
        if not lots.size:
            return 0.0
        sums = np.bincount(self.blocks.cell, lots, int(np.prod(self.shape)))
        return np.asarray(sums.reshape(self.shape))
