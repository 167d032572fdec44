r"""TOPSIS: closeness to the best and distance from the worst.

Sources
-------
Hwang, C.-L. & Yoon, K. (1981). Multiple Attribute Decision Making.
"""

from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike

from comine.decision import Array
from comine.decision.weights import checked_table, checked_weights

__all__ = ["Closeness", "Normalisation", "topsis"]

Normalisation = Literal["vector", "min-max"]
"""Each criterion over its Euclidean length, or from its least to its greatest value."""


class Closeness(NamedTuple):
    """Closeness [1], 1 for the ideal, and the distances from the ideal and from the worst [1]."""

    closeness: Array
    to_best: Array
    to_worst: Array


def topsis(
    values: ArrayLike,
    weights: ArrayLike,
    directions: ArrayLike,
    normalisation: Normalisation = "vector",
) -> Closeness:
    r"""Closeness of alternatives to the ideal one.

    Parameters
    ----------
    values : array_like, shape (alternatives, m)
        Values in any unit; two alternatives or more.
    weights : array_like, shape (..., m)
        Weights that sum to 1 [1], one set or many.
    directions : array_like, shape (m,)
        1 where more is better, -1 where less is better.
    normalisation : {"vector", "min-max"}
        How the criteria become comparable. Programs differ in their default, and the two rank
        differently; the first needs a scale with a true zero (not degC).

    Returns
    -------
    Closeness
        Each of shape (..., alternatives) [1].

    Raises
    ------
    ValueError
        If values, weights and directions do not fit each other, or the alternatives do not differ
        under any criterion that weighs something.

    Notes
    -----
    With the normalised values r and the best and worst of each criterion:

    .. math:: d^\pm_a = \Big(\sum_j w_j^2 (r_{aj} - r^\pm_j)^2\Big)^{1/2}, \qquad
        C_a = \frac{d^-_a}{d^+_a + d^-_a}

    Hwang and Yoon (1981). Best and worst are those of the set, so the order of two alternatives
    may change with a third.

    Examples
    --------
    >>> topsis([[1.0, 9.0], [3.0, 5.0], [2.0, 1.0]], [0.5, 0.5], [1, -1], "min-max").closeness
    array([0.        , 0.69098301, 0.69098301])
    """
    x, sign = checked_table(values, directions)
    w = checked_weights(weights, x.shape[1])
    if normalisation not in get_args(Normalisation):
        raise ValueError(f"normalisation must be one of {get_args(Normalisation)}")
    least, most = x.min(axis=0), x.max(axis=0)
    span = most - least if normalisation == "min-max" else np.sqrt((x**2).sum(axis=0))
    span = np.where(most > least, span, 1.0)
    best = np.where(sign > 0.0, most, least) / span
    worst = np.where(sign > 0.0, least, most) / span
    r, square = x / span, w**2
    to_best = np.sqrt(square @ ((r - best) ** 2).T)
    to_worst = np.sqrt(square @ ((r - worst) ** 2).T)
    whole = to_best + to_worst
    if not np.all(whole > 0.0):
        raise ValueError("values must differ under a criterion that weighs something, got none")
    return Closeness(to_worst / whole, to_best, to_worst)
