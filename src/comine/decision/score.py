r"""Weighted sums with unknown grades, and their one-at-a-time sensitivity.

Sources
-------
Keeney, R. L. & Raiffa, H. (1976). Decisions with Multiple Objectives (additive form; recalled).
Bounds and sensitivities follow from the linear form.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comine.decision import Array

__all__ = ["ScoreInterval", "Tornado", "grade_tornado", "score_interval", "weight_tornado"]


class ScoreInterval(NamedTuple):
    """Weighted sums whose unknown grades are all low, all middle or all high, and the coverage.

    `known` is the mean over the known weight alone (NaN if nothing is known), `coverage` the share
    of the weight whose grade is known.
    """

    low: Array
    mid: Array
    high: Array
    known: Array
    coverage: Array


class Tornado(NamedTuple):
    """Scores when one criterion at a time is set down or up, and the order by swing."""

    down: Array
    up: Array
    order: NDArray[np.intp]


def score_interval(
    weights: ArrayLike,
    grades: ArrayLike,
    low: float,
    high: float,
    middle: float | None = None,
) -> ScoreInterval:
    r"""Weighted sum of grades, as an interval where grades are unknown.

    Parameters
    ----------
    weights : array_like, shape (m,)
        Weights that sum to 1 [1].
    grades : array_like, shape (..., m)
        Grades from `low` to `high` [1], NaN where unknown.
    low, high : float
        Lowest and highest grade [1].
    middle : float, optional
        Grade taken for the unknown in the middle estimate [1], halfway without it.

    Returns
    -------
    ScoreInterval
        Scores and coverage, each of shape (...) [1].

    Raises
    ------
    ValueError
        If the weights are negative or do not sum to 1, or a grade lies outside the scale.

    Notes
    -----
    With the known set K:

    .. math:: P_x = \sum_{i \in K} w_i s_i + x\,(1 - c), \qquad c = \sum_{i \in K} w_i

    for x low, middle and high.

    Examples
    --------
    >>> p = score_interval([0.5, 0.3, 0.2], [9.0, 6.0, float("nan")], 3.0, 9.0)
    >>> float(p.low), float(p.mid), float(p.high), float(p.coverage)
    (6.9, 7.5, 8.1, 0.8)
    """
    w, s = _weighted(weights, grades)
    x = 0.5 * (low + high) if middle is None else middle
    if not low <= x <= high:
        raise ValueError(f"middle must lie from low {low} to high {high}, got {middle}")
    if np.any((s < low) | (s > high)):
        raise ValueError(f"grades must lie from {low} to {high} or be NaN, got {grades!r}")
    known = ~np.isnan(s)
    coverage = known @ w
    sure = np.where(known, s, 0.0) @ w
    rest = np.where(known, 0.0, 1.0) @ w
    mean = np.divide(sure, coverage, out=np.full_like(sure, np.nan), where=coverage > 0.0)
    return ScoreInterval(sure + low * rest, sure + x * rest, sure + high * rest, mean, coverage)


def weight_tornado(weights: ArrayLike, grades: ArrayLike, change: float = 0.2) -> Tornado:
    r"""Scores when one weight at a time falls or rises and the others make room.

    Parameters
    ----------
    weights : array_like, shape (m,)
        Weights that sum to 1 [1].
    grades : array_like, shape (m,)
        Grades, all known [1].
    change : float
        Relative change of the weight [1], above 0.

    Returns
    -------
    Tornado
        Scores of shape (m,) [1] and the criteria from the largest swing down.

    Raises
    ------
    ValueError
        If a grade is NaN, the weights do not sum to 1, or the change takes a weight out of 0 to 1.

    Notes
    -----
    The others keep their proportions:

    .. math:: P' = w_i' s_i + (1 - w_i')\frac{P - w_i s_i}{1 - w_i}

    Examples
    --------
    >>> weight_tornado([0.5, 0.5], [9.0, 3.0], 0.2).up
    array([6.6, 5.4])
    """
    w, s = _weighted(weights, grades)
    if s.ndim != 1 or np.isnan(s).any():
        raise ValueError(f"grades must all be known, got {grades!r}")
    moved = np.stack([w * (1.0 - change), w * (1.0 + change)])
    if not change > 0.0 or np.any((moved < 0.0) | (moved > 1.0)) or np.any(w == 1.0):
        raise ValueError(f"change must be above 0 and keep each weight in 0 to 1, got {change}")
    scores = moved * s + (1.0 - moved) * (w @ s - w * s) / (1.0 - w)
    return _tornado(scores)


def grade_tornado(
    weights: ArrayLike, grades: ArrayLike, low: ArrayLike, high: ArrayLike
) -> Tornado:
    r"""Scores when one grade at a time takes its lowest and its highest value.

    Parameters
    ----------
    weights : array_like, shape (m,)
        Weights that sum to 1 [1].
    grades : array_like, shape (m,)
        Grades, all known or supposed [1].
    low, high : array_like, shape () or (m,)
        Lowest and highest grade of each [1].

    Returns
    -------
    Tornado
        Scores of shape (m,) [1] and the criteria from the largest swing down.

    Raises
    ------
    ValueError
        If a grade is NaN or the weights do not sum to 1.

    Notes
    -----
    :math:`P' = P + w_i (s_i' - s_i)`.

    Examples
    --------
    >>> grade_tornado([0.75, 0.25], [6.0, 6.0], 3.0, 9.0).down
    array([3.75, 5.25])
    """
    w, s = _weighted(weights, grades)
    if s.ndim != 1 or np.isnan(s).any():
        raise ValueError(f"grades must all be known, got {grades!r}")
    ends = np.stack(np.broadcast_arrays(np.asarray(low, float), np.asarray(high, float), s)[:2])
    return _tornado(w @ s + w * (ends - s))


def _tornado(scores: Array) -> Tornado:
    swing = np.ptp(scores, axis=0)
    return Tornado(scores[0], scores[1], np.argsort(-swing, kind="stable"))


def _weighted(weights: ArrayLike, grades: ArrayLike) -> tuple[Array, Array]:
    w, s = np.asarray(weights, dtype=float), np.asarray(grades, dtype=float)
    if w.ndim != 1 or not np.all(w >= 0.0) or abs(w.sum() - 1.0) > 1e-6:
        raise ValueError(f"weights must be a row >= 0 that sums to 1, got {weights!r}")
    if s.ndim == 0 or s.shape[-1] != w.size:
        raise ValueError(f"grades must end in {w.size} criteria, got shape {s.shape}")
    return w, s
