r"""PROMETHEE II: outranking flows, exact by sorting.

Sources
-------
Brans, J. P., Vincke, P. & Mareschal, B. (1986). Eur. J. Oper. Res. 24, 228-238 (recalled).
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike

from comine.decision import Array
from comine.decision.weights import checked_table, checked_weights

__all__ = ["GAUSSIAN_LIMIT", "Flows", "Preference", "Shape", "promethee"]

Shape = Literal["usual", "U", "V", "level", "linear", "Gaussian"]
"""The six preference functions, I to VI."""

GAUSSIAN_LIMIT = 20_000
"""Most alternatives that a Gaussian preference takes: it compares every pair."""

_BLOCK = 1_000_000  # pairs compared at once
_ROUNDING = 8.0 * np.finfo(float).eps


class Preference(NamedTuple):
    """Preference of one criterion as a function of a difference, in the criterion's unit.

    `indifference` is the largest difference that counts for nothing (q, of U, level and linear),
    `strict` the one from which preference is full (p, of V, level and linear), `inflection` the
    standard deviation s of the Gaussian. What a shape does not use stays 0.
    """

    shape: Shape = "usual"
    indifference: float = 0.0
    strict: float = 0.0
    inflection: float = 0.0


class Flows(NamedTuple):
    """Outranking flows [1] of each alternative; `by_criterion` holds the net flow of each alone.

    The net flow is `by_criterion @ weights`, so other weights need no second run.
    """

    plus: Array
    minus: Array
    net: Array
    by_criterion: Array


def promethee(
    values: ArrayLike,
    weights: ArrayLike,
    directions: ArrayLike,
    preferences: Sequence[Preference],
) -> Flows:
    r"""Outranking flows of alternatives (PROMETHEE I and II).

    Parameters
    ----------
    values : array_like, shape (alternatives, m)
        Values in any unit; two alternatives or more.
    weights : array_like, shape (m,)
        Weights that sum to 1 [1].
    directions : array_like, shape (m,)
        1 where more is better, -1 where less is better.
    preferences : sequence of Preference, length m
        Preference function of each criterion.

    Returns
    -------
    Flows
        Positive, negative and net flow [1], from 0 to 1 and from -1 to 1.

    Raises
    ------
    ValueError
        If values, weights, directions or preferences do not fit each other, a threshold is not
        one of its shape, or there are more alternatives than `GAUSSIAN_LIMIT` for a Gaussian.

    Notes
    -----
    .. math:: \phi^+_a = \frac{1}{N-1} \sum_j w_j \sum_b P_j(d_{ab}), \quad
        \phi^-_a = \frac{1}{N-1} \sum_j w_j \sum_b P_j(d_{ba}), \quad \phi = \phi^+ - \phi^-

    Counts and sums of the values below a threshold give the inner sums of all shapes but the
    Gaussian: with the sorted values, for example, the linear one is

    .. math:: \sum_b P(d_{ab}) = \frac{F(x_a - q) - F(x_a - p)}{p - q}, \qquad
        F(t) = \sum_{x_b < t} (t - x_b)

    so N alternatives cost N log N, not :math:`N^2`. A difference that exceeds a threshold by
    rounding alone does not exceed it. Brans et al. (1986).

    Examples
    --------
    >>> promethee([[1.0], [2.0], [4.0]], [1.0], [1], [Preference("V", strict=2.0)]).net
    array([-0.75, -0.25,  1.  ])
    """
    x, sign = checked_table(values, directions)
    w = checked_weights(weights, x.shape[1])
    if len(preferences) != x.shape[1]:
        raise ValueError(f"preferences must be {x.shape[1]}, got {len(preferences)}")
    for j, preference in enumerate(preferences):
        _check(j, preference, x.shape[0])
    plus, minus = np.empty_like(x), np.empty_like(x)
    for j, preference in enumerate(preferences):
        order = np.argsort(x[:, j], kind="stable")
        ascending = x[order, j]
        above = _sums(ascending, preference)
        below = _sums(-ascending[::-1], preference)[::-1]
        if sign[j] < 0.0:
            above, below = below, above
        plus[order, j], minus[order, j] = above, below
    scale = x.shape[0] - 1.0
    plus, minus = plus / scale, minus / scale
    return Flows(plus @ w, minus @ w, (plus - minus) @ w, plus - minus)


def _check(j: int, preference: Preference, alternatives: int) -> None:
    shape, q, p, s = preference
    if shape not in get_args(Shape):
        raise ValueError(f"preferences[{j}] must have a shape of {get_args(Shape)}, got {shape!r}")
    if not (0.0 <= q < np.inf and 0.0 <= p < np.inf and 0.0 <= s < np.inf):
        raise ValueError(f"preferences[{j}] must have thresholds >= 0, got {preference}")
    if shape in {"V", "level", "linear"} and not p > (0.0 if shape == "V" else q):
        raise ValueError(f"preferences[{j}] must have strict > indifference, got {preference}")
    if shape == "Gaussian" and not s > 0.0:
        raise ValueError(f"preferences[{j}] must have inflection > 0, got {preference}")
    if shape == "Gaussian" and alternatives > GAUSSIAN_LIMIT:
        raise ValueError(
            f"preferences[{j}] is Gaussian, which takes at most {GAUSSIAN_LIMIT} alternatives, "
            f"got {alternatives}; 'linear' has no limit"
        )


def _sums(x: Array, preference: Preference) -> Array:
    """Sum of the preferences of each ascending value over all others."""
    shape, q, p, s = preference
    if shape == "usual":
        return _count(x, 0.0)
    if shape == "U":
        return _count(x, q)
    if shape == "level":
        return 0.5 * (_count(x, q) + _count(x, p))
    if shape == "Gaussian":
        return _gaussian(x, s)
    q = q if shape == "linear" else 0.0
    return (_excess(x, q) - _excess(x, p)) / (p - q)


def _count(x: Array, threshold: float) -> Array:
    slack = _ROUNDING * (abs(x) + threshold)
    return np.asarray(np.searchsorted(x, x - threshold - slack), dtype=float)


def _excess(x: Array, threshold: float) -> Array:
    x = x - x[x.size // 2]
    t = x - threshold
    count = np.searchsorted(x, t)
    return np.asarray(count * t - np.concatenate([[0.0], np.cumsum(x)])[count])


def _gaussian(x: Array, deviation: float) -> Array:
    sums, rows = np.empty_like(x), max(1, _BLOCK // x.size)
    for start in range(0, x.size, rows):
        block = x[start : start + rows, None]
        gain = np.maximum(block - x[: start + rows], 0.0) / deviation
        sums[start : start + rows] = -np.expm1(-0.5 * gain**2).sum(axis=1)
    return sums
