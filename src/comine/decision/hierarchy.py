r"""Weights through a hierarchy and through a group of experts.

Sources
-------
Saaty, T. L. (1980). The Analytic Hierarchy Process.
Belton, V. & Gear, T. (1983). Omega 11, 228-230 (distributive and ideal mode).
Forman, E. & Peniwati, K. (1998). Eur. J. Oper. Res. 108, 165-169 (groups; recalled).
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from comine.decision import Array
from comine.decision.comparisons import checked_comparisons

__all__ = [
    "aggregate_judgements",
    "aggregate_priorities",
    "global_weights",
    "synthesise",
    "total_consistency_ratio",
]


def global_weights(parents: ArrayLike, children: Sequence[ArrayLike]) -> Array:
    r"""Weights of all children of a tree, in order, against the goal.

    Parameters
    ----------
    parents : array_like, shape (m,)
        Weights of the parents against the goal [1].
    children : sequence of array_like, length m
        For each parent the weights of its own children, which sum to 1 [1].

    Returns
    -------
    ndarray, shape (sum of the lengths,)
        Weights against the goal [1]; call again with them for the next level.

    Raises
    ------
    ValueError
        If the lengths differ or a set of weights is negative or does not sum to 1.

    Notes
    -----
    :math:`W^{(k)} = P^{(k)} W^{(k-1)}` (Saaty 1980) with a block for each parent.

    Examples
    --------
    >>> global_weights([0.6, 0.4], [[0.5, 0.5], [0.25, 0.75]])
    array([0.3, 0.3, 0.1, 0.3])
    """
    top = _weights("parents", parents)
    if len(children) != top.size:
        raise ValueError(f"children must be given for {top.size} parents, got {len(children)}")
    local = [_weights(f"children[{k}]", child) for k, child in enumerate(children)]
    return np.concatenate([share * child for share, child in zip(top, local, strict=True)])


def synthesise(
    weights: ArrayLike,
    scores: ArrayLike,
    mode: Literal["distributive", "ideal"] = "distributive",
) -> Array:
    r"""Score of alternatives that all criteria rate.

    Parameters
    ----------
    weights : array_like, shape (m,)
        Weights of the criteria [1].
    scores : array_like, shape (alternatives, m)
        Priorities or ratings of the alternatives under each criterion, all >= 0 [1].
    mode : {"distributive", "ideal"}
        Each criterion's scores over their sum, or over their maximum. The first shares out a fixed
        total, so a copy of an alternative can turn the order of the others; the second keeps it
        as long as the best under each criterion stays.

    Returns
    -------
    ndarray, shape (alternatives,)
        Scores [1]; they sum to 1 in the distributive mode.

    Raises
    ------
    ValueError
        If the weights do not sum to 1 or the scores do not fit, are negative or all 0 under a
        criterion.

    Notes
    -----
    .. math:: S_a = \sum_j w_j \frac{s_{aj}}{\sum_b s_{bj}}, \qquad
        S_a = \sum_j w_j \frac{s_{aj}}{\max_b s_{bj}}

    Belton and Gear (1983).

    Examples
    --------
    >>> synthesise([0.5, 0.5], [[1, 9], [9, 1]], "ideal").round(4)
    array([0.5556, 0.5556])
    """
    w = _weights("weights", weights)
    s = np.asarray(scores, dtype=float)
    if s.ndim != 2 or s.shape[1] != w.size or not np.all(s >= 0.0) or not np.all(s.sum(axis=0)):
        raise ValueError(
            f"scores must be >= 0 with {w.size} columns that are not all 0, got {scores!r}"
        )
    if mode not in {"distributive", "ideal"}:
        raise ValueError(f"mode must be 'distributive' or 'ideal', got {mode!r}")
    scale = s.sum(axis=0) if mode == "distributive" else s.max(axis=0)
    return np.asarray((s / scale) @ w)


def total_consistency_ratio(
    weights: ArrayLike, consistency_indices: ArrayLike, random_indices: ArrayLike
) -> float:
    r"""Consistency ratio of a whole level of a hierarchy.

    Parameters
    ----------
    weights : array_like, shape (m,)
        Weights a of the parents [1].
    consistency_indices : array_like, shape (m,)
        CI of each parent's set of comparisons [1].
    random_indices : array_like, shape (m,)
        RI of each set [1].

    Returns
    -------
    float
        Total CR [1]; 0 if every set has one or two members.

    Raises
    ------
    ValueError
        If the shapes differ or the weights do not sum to 1.

    Notes
    -----
    .. math:: CR = \frac{\sum_j a_j\,CI_j}{\sum_j a_j\,RI_j}

    Saaty (1980).

    Examples
    --------
    >>> round(total_consistency_ratio([0.5, 0.5], [0.02, 0.04], [0.58, 0.9]), 4)
    0.0405
    """
    w = _weights("weights", weights)
    ci = np.asarray(consistency_indices, dtype=float)
    ri = np.asarray(random_indices, dtype=float)
    if not w.shape == ci.shape == ri.shape:
        raise ValueError(
            f"consistency_indices and random_indices must have shape {w.shape}, "
            f"got {ci.shape} and {ri.shape}"
        )
    scale = float(w @ ri)
    return float(w @ ci) / scale if scale > 0.0 else 0.0


def aggregate_judgements(matrices: ArrayLike, expert_weights: ArrayLike | None = None) -> Array:
    r"""One comparison matrix for a group (AIJ): the geometric mean of each judgement.

    Parameters
    ----------
    matrices : array_like, shape (experts, n, n)
        Reciprocal comparisons [1]; NaN on both sides of a pair not compared.
    expert_weights : array_like, shape (experts,), optional
        Weights of the experts [1], equal without it.

    Returns
    -------
    ndarray, shape (n, n)
        Reciprocal matrix [1]; each pair over the experts who compared it, NaN if none did.

    Raises
    ------
    ValueError
        If a matrix is not square, positive and reciprocal (it is named), or the weights of the
        experts do not fit or do not sum to 1.

    Notes
    -----
    .. math:: a_{ij} = \prod_e a_{ij,e}^{v_e}

    The geometric mean is the one mean that stays reciprocal (Forman and Peniwati 1998).

    Examples
    --------
    >>> aggregate_judgements([[[1, 2], [0.5, 1]], [[1, 8], [0.125, 1]]]).round(6)
    array([[1.  , 4.  ],
           [0.25, 1.  ]])
    """
    a = checked_comparisons(matrices, incomplete=True)
    if a.ndim != 3:
        raise ValueError(f"matrices must have shape (experts, n, n), got {a.shape}")
    known = ~np.isnan(a)
    v = _expert_weights(expert_weights, a.shape[0])[:, None, None] * known
    logs = (v * np.log(np.where(known, a, 1.0))).sum(axis=0)
    share = v.sum(axis=0)
    return np.where(share > 0.0, np.exp(logs / np.where(share > 0.0, share, 1.0)), np.nan)


def aggregate_priorities(
    priorities: ArrayLike,
    expert_weights: ArrayLike | None = None,
    mean: Literal["geometric", "arithmetic"] = "geometric",
) -> Array:
    r"""One set of weights for a group (AIP): the mean of the experts' own weights.

    Parameters
    ----------
    priorities : array_like, shape (experts, n)
        Weights drawn from each expert's comparisons, positive [1].
    expert_weights : array_like, shape (experts,), optional
        Weights of the experts [1], equal without it.
    mean : {"geometric", "arithmetic"}
        Kind of mean.

    Returns
    -------
    ndarray, shape (n,)
        Weights that sum to 1 [1].

    Raises
    ------
    ValueError
        If the priorities are not positive, the weights of the experts do not fit or do not sum
        to 1, or the mean is unknown.

    Notes
    -----
    Geometric means of geometric-mean weights equal the geometric-mean weights of the aggregated
    judgements.

    Examples
    --------
    >>> aggregate_priorities([[0.8, 0.2], [0.5, 0.5]]).round(4)
    array([0.6667, 0.3333])
    """
    p = np.asarray(priorities, dtype=float)
    if p.ndim != 2 or not np.all((p > 0.0) & (p < np.inf)):
        raise ValueError(f"priorities must be positive, shape (experts, n), got {priorities!r}")
    v = _expert_weights(expert_weights, p.shape[0])
    if mean not in {"geometric", "arithmetic"}:
        raise ValueError(f"mean must be 'geometric' or 'arithmetic', got {mean!r}")
    w = np.exp(v @ np.log(p)) if mean == "geometric" else v @ p
    return np.asarray(w / w.sum())


def _expert_weights(given: ArrayLike | None, experts: int) -> Array:
    v = _weights("expert_weights", np.full(experts, 1.0 / experts) if given is None else given)
    if v.size != experts:
        raise ValueError(f"expert_weights must be given for {experts} experts, got {v.size}")
    return v


def _weights(name: str, given: ArrayLike) -> Array:
    w = np.asarray(given, dtype=float)
    if w.ndim != 1 or not np.all(w >= 0.0) or abs(w.sum() - 1.0) > 1e-6:
        raise ValueError(f"{name} must be a row >= 0 that sums to 1, got {given!r}")
    return w
