r"""Sparse matrices that are put together again and again with their entries in the same places.

A sum :math:`A B + C` is planned once from the places of the entries of A, B and C: which meet, and
where each product and each entry of C goes. Values then need one gather, one product and one sum.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from comine.numerics import Array, Indices

__all__ = ["Assembler", "Entries", "entries_of", "gathered"]


class Entries(NamedTuple):
    """Entries of a sparse matrix; those of one place are summed."""

    row: Indices
    column: Indices
    value: Array


class _Plan(NamedTuple):
    """Where everything goes."""

    places: tuple[Indices, ...]
    """Rows and columns that it was made for."""
    left: Indices
    """Entries of A and of B that meet."""
    right: Indices
    slot: Indices
    """Number in the sum of each product, then of each entry of C."""
    indices: Indices
    ends: Indices


class Assembler:
    """Puts together matrices of one shape; plans anew only where entries have moved.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.

    Examples
    --------
    >>> one, none = Entries(*map(np.array, ([0, 1], [0, 0], [2.0, 3.0]))), gathered([])
    >>> Assembler((2, 2)).assembled(one, Entries(*map(np.array, ([0], [1], [5.0]))), none).toarray()
    array([[ 0., 10.],
           [ 0., 15.]])
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self._plan: _Plan | None = None

    def assembled(self, left: Entries, right: Entries, own: Entries) -> csr_array:
        """The product of two matrices, and a third added to it."""
        places = (*left[:2], *right[:2], *own[:2])
        plan = self._plan
        if plan is None or not all(map(np.array_equal, places, plan.places)):
            self._plan = plan = _planned(places, self.shape)
        values = np.concatenate([left.value[plan.left] * right.value[plan.right], own.value])
        data = np.bincount(plan.slot, values, plan.indices.size)
        return csr_array((data, plan.indices, plan.ends), shape=self.shape)

    def summed(self, own: Entries) -> csr_array:
        """One matrix."""
        return self.assembled(_NONE, _NONE, own)


def gathered(parts: Sequence[tuple[Indices, Indices, Array]]) -> Entries:
    """Entries of all parts.

    Parameters
    ----------
    parts : sequence of (rows, columns, values)
        Parts of one matrix.

    Returns
    -------
    Entries

    Examples
    --------
    >>> part = np.array([0]), np.array([1]), np.array([2.0])
    >>> gathered([part, part]).value
    array([2., 2.])
    """
    return Entries(*map(np.concatenate, zip(*parts, strict=True))) if parts else _NONE


def entries_of(matrix: csr_array) -> Entries:
    """Entries of a matrix, row by row.

    Parameters
    ----------
    matrix : csr_array
        The matrix.

    Returns
    -------
    Entries

    Examples
    --------
    >>> entries_of(csr_array([[0.0, 2.0], [3.0, 0.0]])).column
    array([1, 0])
    """
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return Entries(row, matrix.indices.astype(np.intp), matrix.data)


def _planned(places: tuple[Indices, ...], shape: tuple[int, int]) -> _Plan:
    left_row, left_column, right_row, right_column, own_row, own_column = places
    order = np.argsort(right_row, kind="stable")
    first = np.searchsorted(right_row[order], left_column, "left")
    count = np.searchsorted(right_row[order], left_column, "right") - first
    left = np.repeat(np.arange(left_row.size), count)
    within = np.arange(left.size) - np.repeat(np.cumsum(count) - count, count)
    right = order[np.repeat(first, count) + within]
    row = np.concatenate([left_row[left], own_row])
    column = np.concatenate([right_column[right], own_column])
    place, slot = np.unique(row * shape[1] + column, return_inverse=True)
    row, column = np.divmod(place, shape[1])
    ends = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=shape[0]))])
    kept = tuple(np.array(each) for each in places)
    return _Plan(kept, left, right, slot, column.astype(np.int32), ends.astype(np.int32))


_NONE = Entries(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp), np.zeros(0))
