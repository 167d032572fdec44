"""Roots of many monotone functions at once, by halving intervals."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array

__all__ = ["bisect"]

_HALVINGS = 50


def bisect(function: Callable[[Array], Array], low: ArrayLike, high: ArrayLike) -> Array:
    """Where functions that rise pass through zero, each within its interval.

    Parameters
    ----------
    function : callable
        Elementwise function (...) -> (...), negative before its root and positive after it.
    low, high : array_like, shape (...)
        Ends of the intervals.

    Returns
    -------
    ndarray, shape (...)
        Roots, to 1e-15 of the interval; an end of the interval where the sign does not change.

    Raises
    ------
    ValueError
        If an interval is reversed.

    Examples
    --------
    >>> bisect(lambda x: x**2 - [2.0, 9.0], 0.0, [4.0, 4.0]).round(6)
    array([1.414214, 3.      ])
    """
    near, far = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    if not np.all(near <= far):
        raise ValueError(f"low must not be above high, got {low!r} and {high!r}")
    for _ in range(_HALVINGS):
        middle = 0.5 * (near + far)
        below = np.asarray(function(middle)) < 0.0
        near, far = np.where(below, middle, near), np.where(below, far, middle)
    return np.asarray(0.5 * (near + far))
