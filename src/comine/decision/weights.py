r"""Objective weights: how much each criterion tells a set of alternatives apart.

Sources
-------
Diakoulaki, D., Mavrotas, G. & Papayannakis, L. (1995). Comput. Oper. Res. 22, 763-770 (CRITIC).
Hwang, C.-L. & Yoon, K. (1981). Multiple Attribute Decision Making (entropy).
"""

import numpy as np
from numpy.typing import ArrayLike

from comine.decision import Array

__all__ = ["critic_weights", "entropy_weights"]


def entropy_weights(values: ArrayLike, directions: ArrayLike | None = None) -> Array:
    r"""Weights by Shannon entropy.

    Parameters
    ----------
    values : array_like, shape (alternatives, m)
        Values in any unit, positive; two alternatives or more.
    directions : array_like, shape (m,), optional
        1 where more is better, -1 where less is better: a cost is taken as best over value.
        Without directions every spread is measured as it stands, as most authors do.

    Returns
    -------
    ndarray, shape (m,)
        Weights that sum to 1 [1]; 0 for a criterion under which all are equal.

    Raises
    ------
    ValueError
        If the values are not positive, do not fit the directions, or are equal under every
        criterion, or if a direction is not 1 or -1.

    Notes
    -----
    .. math:: p_{aj} = \frac{x_{aj}}{\sum_b x_{bj}}, \qquad
        d_j = 1 + \frac{1}{\ln N} \sum_a p_{aj} \ln p_{aj}, \qquad w_j = \frac{d_j}{\sum_k d_k}

    for N alternatives. The values' zero matters: use a scale with a true zero (not degC).

    Examples
    --------
    >>> entropy_weights([[1.0, 2.0], [3.0, 2.0]])
    array([1., 0.])
    """
    x, sign = _table(values, np.ones(np.shape(values)[-1]) if directions is None else directions)
    if not np.all(x > 0.0):
        raise ValueError(f"values must be positive, got {values!r}")
    x = np.where(sign < 0.0, x.min(axis=0) / x, x)
    p = x / x.sum(axis=0)
    spread = np.maximum(1.0 + (p * np.log(p)).sum(axis=0) / np.log(x.shape[0]), 0.0)
    spread[np.ptp(x, axis=0) == 0.0] = 0.0
    return _normalised(spread)


def critic_weights(values: ArrayLike, directions: ArrayLike) -> Array:
    r"""Weights by contrast and conflict (CRITIC).

    Parameters
    ----------
    values : array_like, shape (alternatives, m)
        Values in any unit; two alternatives or more.
    directions : array_like, shape (m,)
        1 where more is better, -1 where less is better. All 1 gives the variant without direction
        of some programs, which differs.

    Returns
    -------
    ndarray, shape (m,)
        Weights that sum to 1 [1]; 0 for a criterion under which all are equal.

    Raises
    ------
    ValueError
        If the values do not fit the directions or no two criteria conflict, or if a direction is
        not 1 or -1.

    Notes
    -----
    With the values mapped on 0 (worst) to 1 (best), their standard deviation
    :math:`\sigma_j` and correlations r:

    .. math:: C_j = \sigma_j \sum_k (1 - r_{jk}), \qquad w_j = \frac{C_j}{\sum_k C_k}

    Diakoulaki et al. (1995). A criterion without spread conflicts with none.

    Examples
    --------
    >>> critic_weights([[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]], [1, 1])
    array([0.5, 0.5])
    """
    x, sign = _table(values, directions)
    span = np.ptp(x, axis=0)
    varies = span > 0.0
    best = sign[varies] * x[:, varies] / span[varies]
    content = np.zeros(x.shape[1])
    if varies.sum() > 1:
        conflict = 1.0 - np.corrcoef(best, rowvar=False)
        content[varies] = best.std(axis=0) * conflict.sum(axis=0)
    return _normalised(content)


def _table(values: ArrayLike, directions: ArrayLike) -> tuple[Array, Array]:
    x, sign = np.asarray(values, dtype=float), np.asarray(directions, dtype=float)
    if x.ndim != 2 or x.shape[0] < 2 or not np.all(np.isfinite(x)):
        raise ValueError(f"values must be a finite table of two rows or more, got {values!r}")
    if sign.shape != x.shape[1:] or not np.all(abs(sign) == 1.0):
        raise ValueError(f"directions must be 1 or -1, {x.shape[1]} of them, got {directions!r}")
    return x, sign


def _normalised(content: Array) -> Array:
    total = content.sum()
    if not total > 1e-12:
        raise ValueError("values must differ in a way that gives weights, got none that does")
    return np.asarray(content / total)
