r"""A preconditioner of many levels for the diffusion between the cells of a graded box.

The cells of the two weaker axes are joined by fours, each axis for itself, to a table of grids;
every grid solves exactly along the lines of the strongest axis, and the preconditioner is the sum
of what the grids give:

.. math:: M^{-1} = \sum_{a,b} P_{ab}\,T_{ab}^{-1}\,P_{ab}^T

with linear interpolation P and the tridiagonal part T of each grid's matrix. Since every pair of
coarsenings is there, the number of iterations stays bounded whatever the cells' aspect ratios, in
the slabs and edges of a graded grid as well. A grid costs a quarter of the one before, all of them
together 16/9 of the finest, in single precision.

Sources
-------
Griebel, M. & Oswald, P. (1995), Adv. Comput. Math. 4, 171-206 (splittings by tensor products).
Bramble, J. H., Pasciak, J. E. & Xu, J. (1990), Math. Comput. 55, 1-22 (sums over levels).
"""

from typing import NamedTuple, TypeVar

import numpy as np

from comine.numerics import Array, Indices
from comine.numerics import _level_kernels as kernels
from comine.numerics._level_kernels import FACTOR, Cells, Single
from comine.numerics.diffusion import DiffusionOperator

WEAK = 0.3
"""Greatest link of a cell over its shift at which an axis is not joined further."""
LINES_PAY, TABLE_PAYS = 50.0, 250.0
"""Exchange over shift from which lines alone take less time than the diagonal, and what a full
table of grids asks beyond."""
ROW = 1.0 / 16.0
"""Exchange over shift, over the square of the cells in a row, from which more of it costs the
diagonal no more iterations where the other axes exchange less: as many as cells solve a row."""
FAST = (0.5, 0.5, 1.0)
"""Preference of the axes as that of the lines: cells along z are neighbours in the memory."""
Shape = tuple[int, ...]
Block = TypeVar("Block", Array, Single, Cells)


class Transfer(NamedTuple):
    """Interpolation along an axis, and its transpose."""

    axis: int
    own: Single
    """Weight of a cell's own group."""
    other: Indices
    """Other group that a cell lies beside."""
    weights: Single
    """Weights of the cells of a group."""
    begin: Indices
    """First cell of a group."""

    def down(self, fine: Single, coarse: Single) -> None:
        """Sum a residual to the groups."""
        kernels.restrict(along(fine, self.axis), self.weights, self.begin, along(coarse, self.axis))

    def up(self, coarse: Single, fine: Single) -> None:
        """Add what the groups found."""
        kernels.prolong(along(coarse, self.axis), self.own, self.other, along(fine, self.axis))


class Level(NamedTuple):
    """One grid of the table: its lines eliminated, and room for a residual and a solution."""

    ratio: Single
    pivot: Single
    right: Single
    found: Single


class Matrix(NamedTuple):
    """Links and shift of a grid."""

    links: Cells
    shift: Cells


class Multilevel:
    """The preconditioner, made for one matrix.

    Parameters
    ----------
    operator : DiffusionOperator
        The matrix.
    centres : tuple of ndarray
        Centres of the cells along the axes [m].
    """

    def __init__(self, operator: DiffusionOperator, centres: tuple[Array, Array, Array]) -> None:
        strengths = np.array([kernels.strength(link, operator.shift) for link in operator.links])
        order = np.argsort(-strengths * FAST, kind="stable")
        self.axis = int(order[0])
        outer, inner = (int(axis) for axis in sorted(order[1:], key=lambda a: -strengths[a]))
        self.outer, self.inner = (
            _transfers(centres[outer], outer),
            _transfers(centres[inner], inner),
        )
        self.rows: list[list[Level]] = []
        self.weight: Single = np.empty(operator.shape, dtype=np.float32)
        matrix = Matrix(operator.links, operator.shift)
        self.rows.append(self._row(matrix, inner))
        while _worth(matrix, outer):
            matrix = _coarser(matrix, outer)
            self.rows.append(self._row(matrix, inner))

    def _row(self, matrix: Matrix, inner: int) -> list[Level]:
        """Grids with the same outer coarsening."""
        levels = [self._level(matrix)]
        while _worth(matrix, inner):
            matrix = _coarser(matrix, inner)
            levels.append(self._level(matrix))
        return levels

    def _level(self, matrix: Matrix) -> Level:
        """Eliminate the lines of a grid."""
        shape, size = matrix.shift.shape, matrix.shift.size
        rooms = np.empty((4, size + kernels.APART), dtype=np.float32)[:, :size]
        level = Level(*(room.reshape(shape) for room in rooms))
        diagonal = np.empty_like(matrix.shift)
        kernels.diagonal(matrix.links, matrix.shift, diagonal)
        if diagonal.shape == self.weight.shape:
            np.sqrt(diagonal, out=self.weight, casting="same_kind")
        links, ratio, pivot = matrix.links[self.axis], level.ratio, level.pivot
        kernels.factor(
            along(links, self.axis),
            along(diagonal, self.axis),
            along(ratio, self.axis),
            along(pivot, self.axis),
        )
        return level

    @property
    def grids(self) -> tuple[Shape, ...]:
        """Cells of all grids along the axes."""
        return tuple(level.right.shape for row in self.rows for level in row)

    @property
    def bytes(self) -> int:
        """Memory held [B]."""
        levels = sum(array.nbytes for row in self.rows for level in row for array in level)
        return levels + self.weight.nbytes

    def solve(self, residual: Array, scale: float, out: Array) -> float:
        """Apply to a residual of about `scale`, in the scaled unknowns; residual * result."""
        finest = self.rows[0][0]
        kernels.weigh(residual, self.weight, 1.0 / scale, finest.right)
        for number in range(len(self.rows)):
            if number:
                self.outer[number - 1].down(
                    self.rows[number - 1][0].right, self.rows[number][0].right
                )
            self._solve_row(self.rows[number])
        for number in range(len(self.rows) - 1, 0, -1):
            self.outer[number - 1].up(self.rows[number][0].found, self.rows[number - 1][0].found)
        return kernels.unweigh(finest.found, self.weight, residual, out)

    def _solve_row(self, row: list[Level]) -> None:
        for number, level in enumerate(row):
            if number:
                self.inner[number - 1].down(row[number - 1].right, level.right)
            kernels.lines(*(along(array, self.axis) for array in level))
        for number in range(len(row) - 1, 0, -1):
            self.inner[number - 1].up(row[number].found, row[number - 1].found)


def gain(operator: DiffusionOperator) -> float:
    """Estimate of the time that levels save in an iteration for this matrix, over what they cost.

    Parameters
    ----------
    operator : DiffusionOperator
        The matrix.

    Returns
    -------
    float
        Above 1 where the levels pay [1].

    Notes
    -----
    The exchange of a cell over its shift bounds the condition, and the cells of a row the
    iterations that it takes. Lines alone, where the other two axes are weak, pay from 50 on; a
    full table of grids costs three iterations more and pays from about 300 on.

    Examples
    --------
    >>> links = np.zeros((3, 1, 1, 200))
    >>> links[2, 0, 0, :-1] = 500.0
    >>> gain(DiffusionOperator(links, np.ones((1, 1, 200))))
    20.0
    """
    least, middle, most = sorted(
        (2.0 * kernels.strength(link, operator.shift), count)
        for link, count in zip(operator.links, operator.shape, strict=True)
    )
    weak = least[0] + middle[0]
    strong = min(most[0], max(weak, ROW * most[1] ** 2))
    return (weak + strong) / (LINES_PAY + TABLE_PAYS * min(1.0, weak / 100.0))


def along(cells: Block, axis: int) -> Block:
    """Cells as (before, along, after) an axis.

    Parameters
    ----------
    cells : ndarray, shape (x, y, z)
        Values of the cells.
    axis : int
        The axis.

    Returns
    -------
    ndarray, shape (before, along, after)
        The same values, seen anew.

    Examples
    --------
    >>> along(np.zeros((2, 3, 4)), 1).shape
    (2, 3, 4)
    """
    shape = cells.shape
    return cells.reshape(int(np.prod(shape[:axis])), shape[axis], int(np.prod(shape[axis + 1 :])))


def _worth(matrix: Matrix, axis: int) -> bool:
    """Whether cells exchange enough along an axis to be joined."""
    if matrix.shift.shape[axis] == 1:
        return False
    return kernels.strength(matrix.links[axis], matrix.shift) > WEAK


def _coarser(matrix: Matrix, axis: int) -> Matrix:
    """Matrix of the cells joined along an axis."""
    shape = list(matrix.shift.shape)
    shape[axis] = -(-shape[axis] // FACTOR)
    links, shift = np.empty((3, *shape), np.float32), np.empty(shape, np.float32)
    kernels.gather(along(matrix.shift, axis), along(shift, axis))
    for number in range(3):
        sums = kernels.join if number == axis else kernels.gather
        sums(along(matrix.links[number], axis), along(links[number], axis))
    return Matrix(links, shift)


def _transfers(centres: Array, axis: int) -> list[Transfer]:
    """Interpolations along an axis, until all cells are joined."""
    transfers = []
    while centres.size > 1:
        transfer, centres = _transfer(centres, axis)
        transfers.append(transfer)
    return transfers


def _transfer(centres: Array, axis: int) -> tuple[Transfer, Array]:
    """Interpolation between cells joined by fours and centres of these groups."""
    count = centres.size
    groups = -(-count // FACTOR)
    begin = FACTOR * np.arange(groups)
    ends = np.minimum(begin + FACTOR, count)
    middle = np.add.reduceat(centres, begin) / (ends - begin)
    own = np.arange(count) // FACTOR
    other = np.clip(np.where(centres < middle[own], own - 1, own + 1), 0, groups - 1)
    gap = np.where(other == own, 1.0, middle[other] - middle[own])
    share = 1.0 - (centres - middle[own]) / gap * (other != own)
    width = min(3 * FACTOR, count)
    start = np.clip(begin - FACTOR, 0, count - width)
    weights = np.zeros((groups, width), dtype=np.float32)
    cells = np.arange(count)
    np.add.at(weights, (own, cells - start[own]), share)
    np.add.at(weights, (other, cells - start[other]), 1.0 - share)
    transfer = Transfer(axis, share.astype(np.float32), other, weights, start)
    return transfer, middle
