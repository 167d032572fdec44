"""Pairwise comparison matrices: building and checking them.

Entry (i, j) says how many times more i weighs than j; the matrix is square, positive and
reciprocal. NaN on both sides of a pair marks a comparison not made.

Sources
-------
Saaty, T. L. (1980). The Analytic Hierarchy Process.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comine.decision import Array

__all__ = ["Breach", "breached_pairs", "checked_comparisons", "comparison_matrix"]


class Breach(NamedTuple):
    """A pair of entries that are not positive or not reciprocal; row = column on the diagonal."""

    row: int
    column: int
    value: float
    opposite: float


def comparison_matrix(labels: Sequence[str], comparisons: Mapping[tuple[str, str], float]) -> Array:
    """Reciprocal matrix from single comparisons.

    Parameters
    ----------
    labels : sequence of str, length n
        Names of the things compared, in order.
    comparisons : mapping of (label, label) to float
        How many times more the first weighs than the second [1], each pair once.

    Returns
    -------
    ndarray, shape (n, n)
        Reciprocal matrix [1], NaN where a pair was not compared.

    Raises
    ------
    ValueError
        If a label is unknown or named twice, a pair is given twice or compares a thing with
        itself, or a value is not positive.

    Examples
    --------
    >>> comparison_matrix(["ore", "heat"], {("ore", "heat"): 4.0})
    array([[1.  , 4.  ],
           [0.25, 1.  ]])
    """
    position = {label: i for i, label in enumerate(labels)}
    if len(position) != len(labels):
        raise ValueError(f"labels must differ from each other, got {list(labels)}")
    matrix = np.full((len(labels), len(labels)), np.nan)
    np.fill_diagonal(matrix, 1.0)
    for (first, second), value in comparisons.items():
        if first not in position or second not in position:
            raise ValueError(f"comparison {first!r}, {second!r} names no label of {list(labels)}")
        i, j = position[first], position[second]
        if not np.isnan(matrix[i, j]):
            raise ValueError(f"each pair must be compared once, got {first!r}, {second!r} again")
        if not 0.0 < value < np.inf:
            raise ValueError(f"comparison {first!r}, {second!r} must be positive, got {value}")
        matrix[i, j], matrix[j, i] = value, 1.0 / value
    return matrix


def breached_pairs(
    matrix: ArrayLike, tolerance: float = 1e-6, incomplete: bool = False
) -> tuple[Breach, ...]:
    """Pairs of a comparison matrix that are not positive or not reciprocal.

    Parameters
    ----------
    matrix : array_like, shape (n, n)
        Comparisons [1].
    tolerance : float
        Allowed deviation of the product of the two entries from 1 [1].
    incomplete : bool
        Take NaN on both sides of a pair as a comparison not made.

    Returns
    -------
    tuple of Breach
        Breached pairs with row <= column, counted from 0.

    Raises
    ------
    ValueError
        If the matrix is not square.

    Examples
    --------
    >>> breached_pairs([[1.0, 3.0], [0.5, 1.0]])
    (Breach(row=0, column=1, value=3.0, opposite=0.5),)
    """
    a = _square(matrix)
    if a.ndim != 2:
        raise ValueError(f"matrix must have two dimensions, got shape {a.shape}")
    pairs = np.argwhere(np.triu(~_sound(a, tolerance, incomplete)))
    return tuple(Breach(int(i), int(j), float(a[i, j]), float(a[j, i])) for i, j in pairs)


def checked_comparisons(
    matrix: ArrayLike, tolerance: float = 1e-6, incomplete: bool = False
) -> Array:
    """Comparison matrices as an array, or an error that lists every breached pair.

    Parameters
    ----------
    matrix : array_like, shape (..., n, n)
        Comparisons [1], one matrix or a stack.
    tolerance : float
        Allowed deviation of the product of the two entries of a pair from 1 [1]; ``inf`` takes any
        positive matrix.
    incomplete : bool
        Take NaN on both sides of a pair as a comparison not made.

    Returns
    -------
    ndarray, shape (..., n, n)
        The comparisons [1].

    Raises
    ------
    ValueError
        If a matrix is not square, positive and reciprocal.

    Examples
    --------
    >>> checked_comparisons([[1, 4], [0.25, 1]])
    array([[1.  , 4.  ],
           [0.25, 1.  ]])
    """
    a = _square(matrix)
    sound = _sound(a, tolerance, incomplete)
    if not sound.all():
        where = np.argwhere(~sound.all(axis=(-2, -1)))[0]
        name = f"matrix{where.tolist()}" if where.size else "matrix"
        pairs = ", ".join(
            f"[{b.row}, {b.column}] = {b.value:g} with [{b.column}, {b.row}] = {b.opposite:g}"
            for b in breached_pairs(a[tuple(where)], tolerance, incomplete)
        )
        raise ValueError(f"{name} must be positive and reciprocal, got {pairs} (from 0)")
    return a


def _square(matrix: ArrayLike) -> Array:
    a = np.asarray(matrix, dtype=float)
    if a.ndim < 2 or a.shape[-1] != a.shape[-2] or a.shape[-1] == 0:
        raise ValueError(f"matrix must be square with one row or more, got shape {a.shape}")
    return a


def _sound(a: Array, tolerance: float, incomplete: bool) -> NDArray[np.bool_]:
    opposite = a.swapaxes(-1, -2)
    with np.errstate(invalid="ignore"):
        sound = (abs(a * opposite - 1.0) <= tolerance) & (np.minimum(a, opposite) > 0.0)
    sound &= np.maximum(a, opposite) < np.inf
    if incomplete:
        sound |= np.isnan(a) & np.isnan(opposite) & ~np.eye(a.shape[-1], dtype=bool)
    return sound
