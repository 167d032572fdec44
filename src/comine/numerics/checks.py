"""Refusal of invalid input, in one wording for all functions of the package."""

import numpy as np
from numpy.typing import ArrayLike


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
    >>> require([True, False], "capacity", [2e6, -1.0], "values above 0")
    Traceback (most recent call last):
    ValueError: capacity: got -1 to 2e+06; give values above 0
    """
    if not np.all(valid):
        v = np.asarray(value, dtype=float)
        low, high = np.min(v), np.max(v)
        got = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        raise ValueError(f"{name}: got {got}; give {wanted}")
