"""Checks of arguments: they give the value back as an array of floats, or raise."""

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
