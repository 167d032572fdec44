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
    >>> require([True, False], "depth", [10.0, -5.0], "depths of 0 m or more")
    Traceback (most recent call last):
    ValueError: depth: got -5 to 10; give depths of 0 m or more
    """
    if not np.all(valid):
        v = np.asarray(value, dtype=float)
        got = f"{v.min():g}" if v.min() == v.max() else f"{v.min():g} to {v.max():g}"
        raise ValueError(f"{name}: got {got}; give {wanted}")
