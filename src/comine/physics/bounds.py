"""Refusal of invalid arguments, in one place for all functions of the package."""

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array


def positive(name: str, value: ArrayLike) -> Array:
    """Give `value` back as an array, all of it above zero.

    Parameters
    ----------
    name : str
        Name for the message.
    value : array_like
        The quantity.

    Returns
    -------
    ndarray
        The quantity.

    Raises
    ------
    ValueError
        If a value is not above zero or not a number.

    Examples
    --------
    >>> positive("conductivity", -3.0)
    Traceback (most recent call last):
    ValueError: conductivity must be positive, got -3.0
    """
    array = np.asarray(value, dtype=float)
    if not np.all(array > 0):
        raise ValueError(f"{name} must be positive, got {array[~(array > 0)].flat[0]}")
    return array


def within(name: str, value: ArrayLike, low: float, high: float = np.inf) -> Array:
    """Give `value` back as an array, all of it between two bounds.

    Parameters
    ----------
    name : str
        Name for the message.
    value : array_like
        The quantity.
    low, high : float
        Bounds, both allowed.

    Returns
    -------
    ndarray
        The quantity.

    Raises
    ------
    ValueError
        If a value is outside or not a number.

    Examples
    --------
    >>> within("porosity", 1.2, 0.0, 1.0)
    Traceback (most recent call last):
    ValueError: porosity must lie in 0..1, got 1.2
    """
    array = np.asarray(value, dtype=float)
    inside = (array >= low) & (array <= high)
    if not np.all(inside):
        raise ValueError(f"{name} must lie in {low:g}..{high:g}, got {array[~inside].flat[0]}")
    return array


def require(valid: ArrayLike, name: str, value: ArrayLike, wanted: str) -> None:
    """Raise a ValueError unless a condition holds everywhere.

    Parameters
    ----------
    valid : array_like of bool
        The condition.
    name : str
        Argument that the condition is about.
    value : array_like
        What was given, shown as a range.
    wanted : str
        What would do.

    Raises
    ------
    ValueError
        If the condition fails anywhere.

    Examples
    --------
    >>> require([True, False], "depth", [10.0, -5.0], "depths of 0 m or more")
    Traceback (most recent call last):
    ValueError: depth: got -5 to 10; give depths of 0 m or more
    """
    if not np.all(valid):
        v = np.asarray(value, dtype=float)
        got = f"{v.min():g}" if v.min() == v.max() else f"{v.min():g} to {v.max():g}"
        raise ValueError(f"{name}: got {got}; give {wanted}")
