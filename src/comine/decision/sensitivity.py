r"""What would change a ranking: critical weights, rank reversal, agreement of methods.

Sources
-------
Triantaphyllou, E. & Sanchez, A. (1997). Decis. Sci. 28, 151-194 (critical weights; recalled).
Belton, V. & Gear, T. (1983). Omega 11, 228-230 (rank reversal).
Kendall, M. G. & Babington Smith, B. (1939). Ann. Math. Stat. 10, 275-287 (concordance; recalled).
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from comine.decision import Array
from comine.decision.weights import checked_weights

__all__ = ["CriticalWeights", "Reversal", "concordance", "critical_weights", "rank_reversals"]

_TIE = 1e-12


class CriticalWeights(NamedTuple):
    """Weights [1] between which the first alternative stays first, and who takes over beyond.

    NaN and the rival -1 where no weight down to 0, or up to 1, displaces it; to draw level at the
    very end is not enough.
    """

    best: int
    lower: Array
    upper: Array
    lower_rival: NDArray[np.intp]
    upper_rival: NDArray[np.intp]


class Reversal(NamedTuple):
    """Pairs (above, below) that turned when an alternative was removed, copied or added."""

    change: Literal["removed", "copied", "added"]
    alternative: int
    pairs: tuple[tuple[int, int], ...]


def critical_weights(weights: ArrayLike, grades: ArrayLike) -> CriticalWeights:
    r"""Weight of each criterion at which the first rank of a weighted sum changes.

    Parameters
    ----------
    weights : array_like, shape (m,)
        Weights that sum to 1, each below 1 [1].
    grades : array_like, shape (alternatives, m)
        Grades on a common scale of which more is better [1]; two alternatives or more.

    Returns
    -------
    CriticalWeights
        The first alternative, and for each criterion the next weights below and above its own at
        which another draws level, with that other one; each of shape (m,).

    Raises
    ------
    ValueError
        If weights and grades do not fit, a grade is not finite, or one weight is 1.

    Notes
    -----
    The other weights keep their proportions while :math:`w_i` becomes t. The lead of the first
    alternative over another is then linear in t:

    .. math:: \Delta(t) = \Delta_0 + (t - w_i)\,
        \frac{\delta_i - \Delta_0}{1 - w_i}, \qquad
        t^* = w_i - (1 - w_i) \frac{\Delta_0}{\delta_i - \Delta_0}

    with its lead :math:`\Delta_0` now and :math:`\delta_i` under criterion i alone.

    Examples
    --------
    >>> found = critical_weights([0.6, 0.4], [[9.0, 3.0], [3.0, 9.0], [6.0, 3.0]])
    >>> found.best, found.lower.round(4), found.upper, found.lower_rival
    (0, array([0.5, nan]), array([nan, 0.5]), array([ 1, -1]))
    """
    w, s = checked_weights(weights, np.size(weights)), np.asarray(grades, dtype=float)
    if s.ndim != 2 or s.shape[0] < 2 or s.shape[1] != w.size or not np.all(np.isfinite(s)):
        raise ValueError(f"grades must be a finite table with {w.size} columns, got {grades!r}")
    if np.any(w >= 1.0):
        raise ValueError(f"weights must leave others something, got {weights!r}")
    score = s @ w
    best = int(np.argmax(score))
    lead = (score[best] - score)[:, None]
    slope = ((s[best] - s) - lead) / (1.0 - w)
    flat = abs(slope) <= _TIE * max(1.0, float(abs(s).max()))
    cross = w - np.divide(lead, slope, out=np.full_like(slope, np.nan), where=~flat)
    below = np.where((slope > 0.0) & (cross > _TIE), cross, -np.inf)
    above = np.where((slope < 0.0) & (cross < 1.0 - _TIE), cross, np.inf)
    low, high = below.max(axis=0), above.min(axis=0)
    return CriticalWeights(
        best,
        np.where(np.isfinite(low), low, np.nan),
        np.where(np.isfinite(high), high, np.nan),
        np.where(np.isfinite(low), below.argmax(axis=0), -1),
        np.where(np.isfinite(high), above.argmin(axis=0), -1),
    )


def rank_reversals(
    score: Callable[[Array], Array], values: ArrayLike, added: ArrayLike | None = None
) -> tuple[Reversal, ...]:
    """Changes of the set of alternatives that turn the order of two others.

    Parameters
    ----------
    score : callable
        Scores, of which more is better, of a table of values [1].
    values : array_like, shape (alternatives, m)
        Values in any unit; three alternatives or more.
    added : array_like, shape (others, m), optional
        Alternatives to add, one at a time.

    Returns
    -------
    tuple of Reversal
        One for each alternative whose removal, copy or addition turns a pair: of two that stay,
        one was strictly above the other and then strictly below. Empty if none does.

    Raises
    ------
    ValueError
        If there are fewer than three alternatives, or those added do not fit them.

    Notes
    -----
    A weighted sum of fixed grades has no reversal; methods that scale by the set have (Belton and
    Gear 1983).

    Examples
    --------
    >>> shares = lambda x: (x / x.sum(axis=0)).mean(axis=1)
    >>> rank_reversals(shares, [[1, 9, 8], [9, 1, 9], [1, 1, 1]])
    (Reversal(change='copied', alternative=1, pairs=((1, 0),)),)
    """
    x = np.asarray(values, dtype=float)
    if x.ndim != 2 or x.shape[0] < 3:
        raise ValueError(f"values must be a table of three rows or more, got {values!r}")
    new = np.empty((0, x.shape[1])) if added is None else np.asarray(added, dtype=float)
    if new.ndim != 2 or new.shape[1] != x.shape[1]:
        raise ValueError(f"added must have {x.shape[1]} columns, got shape {new.shape}")
    n = x.shape[0]
    before, everyone = np.asarray(score(x), dtype=float), np.arange(n)
    reversals = []
    for a in range(n):
        stay = np.delete(everyone, a)
        reversals.append(Reversal("removed", a, _turned(before[stay], score(x[stay]), stay)))
    for a in range(n):
        after = score(np.vstack([x, x[a]]))[:n]
        reversals.append(Reversal("copied", a, _turned(before, after, everyone)))
    for k, row in enumerate(new):
        after = score(np.vstack([x, row]))[:n]
        reversals.append(Reversal("added", k, _turned(before, after, everyone)))
    return tuple(reversal for reversal in reversals if reversal.pairs)


def concordance(ranks: ArrayLike) -> float:
    r"""Kendall's coefficient of concordance of several rankings, with ties corrected.

    Parameters
    ----------
    ranks : array_like, shape (rankings, alternatives)
        Ranks, or any numbers that grow with the rank [1]; two of each or more.

    Returns
    -------
    float
        W [1]: 1 if all rankings agree, 0 if they cancel out; NaN if all alternatives tie in all.

    Raises
    ------
    ValueError
        If the ranks are not a finite table of two rows and columns or more.

    Notes
    -----
    .. math:: W = \frac{12 \sum_a (R_a - \bar R)^2}{k^2 (N^3 - N) - k \sum_i \sum_t (t^3 - t)}

    for k rankings of N alternatives with sums of ranks R and ties of t alternatives (Kendall and
    Babington Smith 1939).

    Examples
    --------
    >>> concordance([[1, 2, 3], [1, 2, 3]]), concordance([[1, 2, 3], [3, 2, 1]])
    (1.0, 0.0)
    """
    given = np.asarray(ranks, dtype=float)
    if given.ndim != 2 or min(given.shape) < 2 or not np.all(np.isfinite(given)):
        raise ValueError(f"ranks must be a finite table of two rows or more, got {ranks!r}")
    k, n = given.shape
    sums = np.asarray(rankdata(given, axis=1)).sum(axis=0)
    ties = 0.0
    for row in given:
        counts = np.unique(row, return_counts=True)[1].astype(float)
        ties += float((counts**3 - counts).sum())
    scale = k**2 * (n**3 - n) - k * ties
    return float(12.0 * ((sums - sums.mean()) ** 2).sum() / scale) if scale > 0.0 else float("nan")


def _turned(before: Array, after: Array, names: NDArray[np.intp]) -> tuple[tuple[int, int], ...]:
    was = before[:, None] - before > _TIE * abs(before).max()
    now = after[:, None] - after > _TIE * abs(after).max()
    return tuple((int(names[i]), int(names[j])) for i, j in np.argwhere(was & now.T))
