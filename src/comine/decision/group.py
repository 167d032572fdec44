r"""How far a group of experts agrees.

Sources
-------
Goepel, K. D. (2018). Int. J. Analytic Hierarchy Process 10(3), 469-487 (consensus index of AHP-OS;
bounds derived anew from the extreme case).
Aitchison, J. (1986). The Statistical Analysis of Compositional Data (distance; recalled).
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from comine.decision import Array
from comine.decision.hierarchy import aggregate_priorities

__all__ = ["consensus_index", "expert_distances", "leave_one_expert_out"]


def consensus_index(priorities: ArrayLike, scale: float = 9.0) -> float:
    r"""Consensus of a group from the entropies of its weights.

    Parameters
    ----------
    priorities : array_like, shape (experts, n)
        Weights drawn from each expert's comparisons, n of 2 or more; each row sums to 1 [1].
    scale : float
        Greatest judgement of the scale [1], above 1.

    Returns
    -------
    float
        1 for equal weights of all experts, 0 for the greatest difference that the scale allows
        [1]; below 0 if single weights exceed what one set of the scale gives.

    Raises
    ------
    ValueError
        If the priorities are negative or do not sum to 1, n is below 2, or the scale is not
        above 1.

    Notes
    -----
    With the Shannon entropies :math:`H_\alpha` (mean of the experts), :math:`H_\gamma` (of the
    mean weights) and their difference :math:`H_\beta`:

    .. math:: S^* = \frac{e^{-H_\beta} - e^{-H_\beta^{max}}}{1 - e^{-H_\beta^{max}}}

    :math:`H_\beta^{max}` is that of experts who each put one criterion, all others equal, at the
    end of the scale, each another one as far as there are enough (Goepel 2018). A single expert
    agrees with himself.

    Examples
    --------
    >>> round(consensus_index([[0.6, 0.4], [0.5, 0.5]]), 4)
    0.9836
    """
    p = _priorities(priorities)
    experts, n = p.shape
    if n < 2 or not scale > 1.0:
        raise ValueError(f"priorities need two columns and scale > 1, got {n} and {scale}")
    if experts == 1:
        return 1.0
    beta = float(_entropy(p.mean(axis=0)) - _entropy(p).mean())
    extreme = np.ones((min(experts, n), n))
    np.fill_diagonal(extreme, scale)
    extreme /= scale + n - 1.0
    most = float(_entropy(extreme.mean(axis=0)) - _entropy(extreme[0]))
    return float((np.exp(-beta) - np.exp(-most)) / (1.0 - np.exp(-most)))


def expert_distances(priorities: ArrayLike) -> Array:
    r"""Distance of the weights of each two experts.

    Parameters
    ----------
    priorities : array_like, shape (experts, n)
        Weights drawn from each expert's comparisons, positive; each row sums to 1 [1].

    Returns
    -------
    ndarray, shape (experts, experts)
        Distances [1], symmetric, 0 on the diagonal.

    Raises
    ------
    ValueError
        If the priorities are not positive or do not sum to 1.

    Notes
    -----
    Aitchison's distance per criterion, so the root mean square of what ln w differs by, once the
    geometric means are made equal:

    .. math:: D_{ef} = \Big(\frac{1}{n} \sum_j \Big(\ln\frac{w_{ej}}{g_e}
        - \ln\frac{w_{fj}}{g_f}\Big)^2\Big)^{1/2}

    Examples
    --------
    >>> expert_distances([[0.8, 0.2], [0.5, 0.5]]).round(4)
    array([[0.    , 0.6931],
           [0.6931, 0.    ]])
    """
    p = _priorities(priorities)
    if not np.all(p > 0.0):
        raise ValueError(f"priorities must be positive, got {priorities!r}")
    logs = np.log(p)
    logs -= logs.mean(axis=1, keepdims=True)
    return np.asarray(np.sqrt(((logs[:, None] - logs) ** 2).mean(axis=2)))


def leave_one_expert_out(
    priorities: ArrayLike,
    expert_weights: ArrayLike | None = None,
    mean: Literal["geometric", "arithmetic"] = "geometric",
) -> Array:
    """Weights of a group without each of its experts in turn.

    Parameters
    ----------
    priorities : array_like, shape (experts, n)
        Weights drawn from each expert's comparisons, positive [1]; two experts or more.
    expert_weights : array_like, shape (experts,), optional
        Weights of the experts [1], equal without it; those of the others keep their proportions.
    mean : {"geometric", "arithmetic"}
        Kind of mean.

    Returns
    -------
    ndarray, shape (experts, n)
        Row e holds the group's weights without expert e; each sums to 1 [1].

    Raises
    ------
    ValueError
        If there is one expert only or one has all the weight, or as
        :func:`comine.decision.hierarchy.aggregate_priorities`.

    Examples
    --------
    >>> leave_one_expert_out([[0.8, 0.2], [0.5, 0.5], [0.5, 0.5]]).round(4)
    array([[0.5   , 0.5   ],
           [0.6667, 0.3333],
           [0.6667, 0.3333]])
    """
    p = np.asarray(priorities, dtype=float)
    if p.ndim != 2 or p.shape[0] < 2:
        raise ValueError(f"priorities must be of two experts or more, got shape {p.shape}")
    aggregate_priorities(p, expert_weights, mean)
    v = np.ones(p.shape[0]) if expert_weights is None else np.asarray(expert_weights, dtype=float)
    groups = []
    for e in range(p.shape[0]):
        others = np.delete(v, e)
        if not others.sum() > 0.0:
            raise ValueError(f"expert_weights must leave weight without expert {e}, got {v}")
        groups.append(aggregate_priorities(np.delete(p, e, 0), others / others.sum(), mean))
    return np.stack(groups)


def _priorities(given: ArrayLike) -> Array:
    p = np.asarray(given, dtype=float)
    if p.ndim != 2 or not np.all(p >= 0.0) or np.any(abs(p.sum(axis=1) - 1.0) > 1e-6):
        raise ValueError(f"priorities must be rows >= 0 that sum to 1, got {given!r}")
    return p


def _entropy(p: Array) -> Array:
    return np.asarray(-(p * np.log(np.where(p > 0.0, p, 1.0))).sum(axis=-1))
