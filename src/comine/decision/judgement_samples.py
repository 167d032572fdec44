r"""Weights when every judgement may be a step off: judgement Monte Carlo.

Sources
-------
Saaty, T. L. (1980). The Analytic Hierarchy Process (scale of 1 to 9).
Goepel, K. D. (2018). Int. J. Analytic Hierarchy Process 10(3) (weights with varied judgements).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.decision import Array
from comine.decision.comparisons import checked_comparisons
from comine.decision.perron import perron_vector
from comine.decision.random_index import RandomIndexName, random_index

__all__ = ["JudgementSamples", "judgement_samples", "moved_judgements"]

_TOP = 8.0  # steps from 1 to 9
_BLOCK = 1_000_000  # entries held at once


class JudgementSamples(NamedTuple):
    """Weights of each sample, shape (count, n), and its consistency ratio, shape (count,) [1]."""

    weights: Array
    ratios: Array


def moved_judgements(judgements: ArrayLike, steps: ArrayLike) -> Array:
    r"""Judgements moved along the scale 1/9, ..., 1/2, 1, 2, ..., 9.

    Parameters
    ----------
    judgements : array_like
        How many times more one thing weighs than another [1], positive; values between the steps
        are taken.
    steps : array_like, broadcasts with judgements
        Steps towards the first thing, negative towards the second [1].

    Returns
    -------
    ndarray
        Judgements [1], from 1/9 to 9 (or as far out as the judgement itself was).

    Raises
    ------
    ValueError
        If a judgement is not positive and finite.

    Notes
    -----
    The place on the scale is :math:`a - 1` for :math:`a \ge 1` and :math:`1 - 1/a` below.

    Examples
    --------
    >>> moved_judgements([1.0, 2.0, 0.25, 9.0], [-1, -1, 1, 1]).round(4)
    array([0.5   , 1.    , 0.3333, 9.    ])
    """
    a = np.asarray(judgements, dtype=float)
    if not np.all((a > 0.0) & (a < np.inf)):
        raise ValueError(f"judgements must be positive and finite, got {judgements!r}")
    place = np.maximum(a, 1.0) - np.maximum(1.0 / a, 1.0)
    end = np.maximum(_TOP, abs(place))
    moved = np.clip(place + np.asarray(steps, dtype=float), -end, end)
    return np.asarray(np.where(moved >= 0.0, 1.0 + moved, 1.0 / (1.0 - np.minimum(moved, 0.0))))


def judgement_samples(
    matrix: ArrayLike,
    count: int,
    rng: np.random.Generator,
    table: RandomIndexName = "alonso-lamata",
) -> JudgementSamples:
    r"""Eigenvector weights of a set of comparisons with each judgement moved at random.

    Parameters
    ----------
    matrix : array_like, shape (n, n)
        Complete reciprocal comparisons [1].
    count : int
        Number of samples.
    rng : numpy.random.Generator
        Source of randomness.
    table : str
        Name of the random-index table.

    Returns
    -------
    JudgementSamples
        Weights that sum to 1 and consistency ratios [1]; what is too inconsistent is kept, so that
        a hierarchy can drop a sample as a whole.

    Raises
    ------
    ValueError
        If the matrix is not square, positive and reciprocal, the count is below 1, or the table
        is unknown or too short.

    Notes
    -----
    Each judgement of a pair moves by -1, 0 or +1 step of the scale with equal probability, its
    reciprocal with it, independently of all others.

    Examples
    --------
    >>> found = judgement_samples([[1, 2], [1 / 2, 1]], 2000, np.random.default_rng(0))
    >>> sorted(set(found.weights[:, 0].round(4).tolist()))
    [0.5, 0.6667, 0.75]
    """
    a = checked_comparisons(matrix)
    if a.ndim != 2:
        raise ValueError(f"matrix must have two dimensions, got shape {a.shape}")
    if count < 1:
        raise ValueError(f"count must be 1 or more, got {count}")
    n = a.shape[0]
    ri = random_index(n, table)
    rows, columns = np.triu_indices(n, 1)
    weights, largest = np.empty((count, n)), np.empty(count)
    step = max(1, _BLOCK // n**2)
    for start in range(0, count, step):
        part = slice(start, min(start + step, count))
        moves = rng.integers(-1, 2, (part.stop - start, rows.size))
        moved = moved_judgements(a[rows, columns], moves)
        full = np.ones((part.stop - start, n, n))
        full[:, rows, columns], full[:, columns, rows] = moved, 1.0 / moved
        weights[part] = perron_vector(full)
        largest[part] = (full @ weights[part, :, None]).sum(axis=(1, 2))
    ratios = (largest - n) / ((n - 1) * ri) if ri > 0.0 else np.zeros(count)
    return JudgementSamples(weights, ratios)
