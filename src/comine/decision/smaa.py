r"""Ranking under unknown weights and values: stochastic multicriteria acceptability (SMAA-2).

Sources
-------
Lahdelma, R. & Salminen, P. (2001). Oper. Res. 49, 444-454 (recalled).
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comine.decision import Array
from comine.decision.weights import checked_weights

__all__ = ["Acceptability", "acceptability", "ranks_of"]

_BLOCK = 400_000  # values held at once
_TIE = 1e-12


class Acceptability(NamedTuple):
    """What the samples say of each alternative, all dimensionless.

    `ranks[a, r]` is the share of samples in which a has rank r (from 0); equal scores share the
    better rank. `central[a]` is the mean of the weights that put a first, NaN if none does.
    `confidence[a]` is the share of the values for which those central weights put a first, 0 if
    none does. `mean_rank` counts from 1.
    """

    ranks: Array
    central: Array
    confidence: Array
    mean_rank: Array
    samples: int


class _Cells(NamedTuple):
    """Unknown values of an alternative: criteria, widths, and where their draws lie."""

    columns: NDArray[np.intp]
    span: Array
    where: slice


def acceptability(
    weights: ArrayLike,
    values: ArrayLike,
    upper: ArrayLike | None = None,
    levels: int = 0,
    rng: np.random.Generator | None = None,
) -> Acceptability:
    r"""Rank acceptability, central weights and confidence under a weighted sum.

    Parameters
    ----------
    weights : array_like, shape (samples, m)
        Samples of the weights [1]; each sums to 1.
    values : array_like, shape (alternatives, m) or (samples, alternatives, m)
        Values on a common scale of which more is better [1]: certain, or one sample for each of
        the weights, or the lower ends of intervals.
    upper : array_like, shape (alternatives, m), optional
        Upper ends of the intervals [1].
    levels : int
        Within an interval: 0 for a uniform distribution, or a number of equally likely, equally
        spaced levels from 2.
    rng : numpy.random.Generator, optional
        Source of randomness, needed with `upper`.

    Returns
    -------
    Acceptability
        Shares of the samples, and what follows from them.

    Raises
    ------
    ValueError
        If weights, values and intervals do not fit each other, are not finite, or intervals come
        without a source of randomness.

    Notes
    -----
    .. math:: b_a^r = \mathrm{E}[\mathrm{rank}(a) = r], \quad
        w_a^c = \mathrm{E}[w \mid \mathrm{rank}(a) = 1], \quad
        p_a^c = \mathrm{P}[\mathrm{rank}(a) = 1 \mid w_a^c]

    Lahdelma and Salminen (2001). Intervals are drawn block by block, and anew for the confidence,
    so memory does not grow with the number of samples; the same generator gives the same result.

    Examples
    --------
    >>> w = np.column_stack([np.linspace(0.0, 1.0, 1001), np.linspace(1.0, 0.0, 1001)])
    >>> acceptability(w, [[1.0, 0.0], [0.0, 1.0], [0.6, 0.6]]).ranks[:, 0].round(2)
    array([0.4, 0.4, 0.2])
    """
    w = np.asarray(weights, dtype=float)
    low = np.asarray(values, dtype=float)
    if w.ndim != 2 or low.ndim not in {2, 3}:
        raise ValueError(f"weights and values must be tables, got {w.shape} and {low.shape}")
    checked_weights(w, low.shape[-1])
    if low.ndim == 3 and low.shape[0] != w.shape[0]:
        raise ValueError(f"values must have {w.shape[0]} samples, got {low.shape[0]}")
    if w.shape[0] == 0:
        raise ValueError("weights must have one sample or more, got none")
    if low.size == 0 or not np.all(np.isfinite(low)):
        raise ValueError("values must be finite, for one alternative or more")
    cells = _cells(low, upper, levels, rng)
    n = low.shape[-2]
    tie = _TIE * max(float(abs(low).max()), 0.0 if upper is None else float(np.max(np.abs(upper))))
    counts, first = np.zeros(n * n), np.zeros((n, w.shape[1]))
    for part in _parts(w.shape[0], n * w.shape[1]):
        share = _draw(part.stop - part.start, cells, levels, rng)
        rank = ranks_of(_scores(w[part], low[part] if low.ndim == 3 else low, cells, share), tie)
        counts += np.bincount((rank + n * np.arange(n)).ravel(), minlength=n * n)
        first += (rank == 0).T.astype(float) @ w[part]
    ranks = counts.reshape(n, n) / w.shape[0]
    won = np.flatnonzero(ranks[:, 0])
    central = np.full_like(first, np.nan)
    central[won] = first[won] / first[won].sum(axis=1, keepdims=True)
    confidence = np.zeros(n)
    tables = w.shape[0] if cells or low.ndim == 3 else 1
    for part in _parts(tables, n * max(w.shape[1], won.size)):
        share = _draw(part.stop - part.start, cells, levels, rng)
        lead = _leads(central[won], won, low[part] if low.ndim == 3 else low, cells, share)
        confidence[won] += np.count_nonzero(lead >= -tie, axis=0) / tables
    return Acceptability(ranks, central, confidence, ranks @ np.arange(1.0, n + 1.0), w.shape[0])


def ranks_of(scores: ArrayLike, tie: float = 0.0) -> NDArray[np.intp]:
    """Ranks of scores of which more is better.

    Parameters
    ----------
    scores : array_like, shape (..., alternatives)
        Scores in any unit.
    tie : float
        Neighbouring scores no farther apart than this are equal.

    Returns
    -------
    ndarray of int, shape (..., alternatives)
        Rank from 0; equal scores share the better rank.

    Raises
    ------
    ValueError
        If a score is NaN or the tie is negative.

    Examples
    --------
    >>> ranks_of([2.0, 5.0, 2.0, 1.0])
    array([1, 0, 1, 3])
    """
    s = np.atleast_1d(np.asarray(scores, dtype=float))
    if np.isnan(s).any() or not tie >= 0.0:
        raise ValueError(f"scores must be known and tie >= 0, got {scores!r} and {tie}")
    order = np.argsort(-s, axis=-1, kind="stable")
    descending = np.take_along_axis(s, order, axis=-1)
    place = np.broadcast_to(np.arange(s.shape[-1]), s.shape).copy()
    place[..., 1:][descending[..., :-1] - descending[..., 1:] <= tie] = 0
    place = np.maximum.accumulate(place, axis=-1)
    rank = np.empty_like(place)
    np.put_along_axis(rank, order, place, axis=-1)
    return rank


def _cells(
    low: Array, upper: ArrayLike | None, levels: int, rng: np.random.Generator | None
) -> dict[int, _Cells]:
    if levels < 0 or levels == 1:
        raise ValueError(f"levels must be 0 or 2 and more, got {levels}")
    if upper is None:
        return {}
    if rng is None:
        raise ValueError("intervals need a source of randomness, got no rng")
    high = np.asarray(upper, dtype=float)
    if low.ndim != 2 or high.shape != low.shape or not np.all((high >= low) & (high < np.inf)):
        raise ValueError(f"upper must be >= values, of shape {low.shape}, got {upper!r}")
    cells: dict[int, _Cells] = {}
    start = 0
    for a, span in enumerate(high - low):
        columns = np.flatnonzero(span)
        if columns.size:
            cells[a] = _Cells(columns, span[columns], slice(start, start + columns.size))
            start += columns.size
    return cells


def _parts(samples: int, width: int) -> Iterator[slice]:
    rows = max(1, _BLOCK // width)
    for start in range(0, samples, rows):
        yield slice(start, min(start + rows, samples))


def _draw(
    count: int, cells: dict[int, _Cells], levels: int, rng: np.random.Generator | None
) -> Array | None:
    """Place of each unknown value in its interval, from 0 to 1."""
    if not cells or rng is None:
        return None
    shape = (count, max(each.where.stop for each in cells.values()))
    return rng.integers(levels, size=shape) / (levels - 1.0) if levels else rng.random(shape)


def _scores(w: Array, low: Array, cells: dict[int, _Cells], share: Array | None) -> Array:
    if low.ndim == 3:
        return np.asarray((low @ w[:, :, None])[..., 0])
    scores = w @ low.T
    if share is not None:
        for a, (columns, span, where) in cells.items():
            scores[:, a] += (share[:, where] * w[:, columns]) @ span
    return np.asarray(scores)


def _leads(
    central: Array, won: NDArray[np.intp], low: Array, cells: dict[int, _Cells], share: Array | None
) -> Array:
    """For each table of values, the lead of each winner under its own central weights."""
    count = low.shape[0] if low.ndim == 3 else 1 if share is None else share.shape[0]
    own, best = np.empty((count, won.size)), np.full((count, won.size), -np.inf)
    for a in range(low.shape[-2]):
        scores = low[..., a, :] @ central.T
        if share is not None and a in cells:
            columns, span, where = cells[a]
            scores = scores + share[:, where] @ (span[:, None] * central.T[columns])
        np.maximum(best, scores, out=best)
        own[:, won == a] = scores[..., won == a]
    return np.asarray(own - best)
