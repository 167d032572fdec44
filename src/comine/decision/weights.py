r"""Objective weights: how much each criterion tells a set of alternatives apart.

Sources
-------
Diakoulaki, D., Mavrotas, G. & Papayannakis, L. (1995). Comput. Oper. Res. 22, 763-770 (CRITIC).
Hwang, C.-L. & Yoon, K. (1981). Multiple Attribute Decision Making (entropy).
Keshavarz-Ghorabaee, M. et al. (2021). Symmetry 13, 525 (MEREC; recalled).
Li, G. & Chi, G. (2009). Weights by the Gini coefficient (recalled).
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from comine.decision import Array

__all__ = [
    "checked_table",
    "checked_weights",
    "critic_weights",
    "entropy_weights",
    "gini_weights",
    "removal_weights",
    "standard_deviation_weights",
]


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
    x, sign = checked_table(
        values, np.ones(np.shape(values)[-1]) if directions is None else directions
    )
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
    x, sign = checked_table(values, directions)
    span = np.ptp(x, axis=0)
    varies = span > 0.0
    best = sign[varies] * x[:, varies] / span[varies]
    content = np.zeros(x.shape[1])
    if varies.sum() > 1:
        conflict = 1.0 - np.corrcoef(best, rowvar=False)
        content[varies] = best.std(axis=0) * conflict.sum(axis=0)
    return _normalised(content)


def standard_deviation_weights(
    values: ArrayLike, normalisation: Literal["min-max", "none"] = "min-max"
) -> Array:
    r"""Weights by the standard deviation of each criterion.

    Parameters
    ----------
    values : array_like, shape (alternatives, m)
        Values in any unit; two alternatives or more.
    normalisation : {"min-max", "none"}
        "min-max" takes the values from 0 to 1 first. "none" takes them as they stand, as several
        programs do: the weights then depend on the units.

    Returns
    -------
    ndarray, shape (m,)
        Weights that sum to 1 [1]; 0 for a criterion under which all are equal.

    Raises
    ------
    ValueError
        If the values are not a finite table or are equal under every criterion.

    Notes
    -----
    :math:`w_j = \sigma_j / \sum_k \sigma_k`; the direction of a criterion does not matter.

    Examples
    --------
    >>> standard_deviation_weights([[1.0, 2000.0], [3.0, 4000.0]])
    array([0.5, 0.5])
    """
    x, _ = checked_table(values, np.ones(np.shape(values)[-1]))
    if normalisation not in {"min-max", "none"}:
        raise ValueError(f"normalisation must be 'min-max' or 'none', got {normalisation!r}")
    span = np.ptp(x, axis=0)
    scale = np.where(span > 0.0, span, 1.0) if normalisation == "min-max" else 1.0
    return _normalised(np.where(span > 0.0, (x / scale).std(axis=0), 0.0))


def gini_weights(values: ArrayLike) -> Array:
    r"""Weights by the Gini coefficient of each criterion.

    Parameters
    ----------
    values : array_like, shape (alternatives, m)
        Values in any unit, positive; two alternatives or more.

    Returns
    -------
    ndarray, shape (m,)
        Weights that sum to 1 [1]; 0 for a criterion under which all are equal.

    Raises
    ------
    ValueError
        If the values are not positive or are equal under every criterion.

    Notes
    -----
    .. math:: G_j = \frac{\sum_{a,b} |x_{aj} - x_{bj}|}{2 N \sum_a x_{aj}}, \qquad
        w_j = \frac{G_j}{\sum_k G_k}

    The values' zero matters: use a scale with a true zero (not degC). Li, G. and Chi, G. (2009),
    recalled, not verified against the printed source.

    Examples
    --------
    >>> gini_weights([[1.0, 1.0], [3.0, 2.0]])
    array([0.6, 0.4])
    """
    x, _ = checked_table(values, np.ones(np.shape(values)[-1]))
    if not np.all(x > 0.0):
        raise ValueError(f"values must be positive, got {values!r}")
    n = x.shape[0]
    share = np.sort(x, axis=0) / x.sum(axis=0)
    gini = (2.0 * np.arange(1, n + 1) - n - 1.0) @ share / n
    return _normalised(np.where(np.ptp(x, axis=0) > 0.0, gini, 0.0))


def removal_weights(values: ArrayLike, directions: ArrayLike) -> Array:
    r"""Weights by what the removal of each criterion does to the scores (MEREC).

    Parameters
    ----------
    values : array_like, shape (alternatives, m)
        Values in any unit, positive; two alternatives or more.
    directions : array_like, shape (m,)
        1 where more is better, -1 where less is better.

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
    With :math:`r = x_{min}/x` for a benefit and :math:`r = x/x_{max}` for a cost:

    .. math:: S_a = \ln\Big(1 + \frac{1}{m} \sum_k |\ln r_{ak}|\Big), \quad
        S'_{aj} = \ln\Big(1 + \frac{1}{m} \sum_{k \ne j} |\ln r_{ak}|\Big), \quad
        w_j \propto \sum_a |S'_{aj} - S_a|

    Keshavarz-Ghorabaee et al. (2021), recalled, not verified against the printed source.

    Examples
    --------
    >>> removal_weights([[1.0, 2.0], [3.0, 2.0]], [1, -1])
    array([1., 0.])
    """
    x, sign = checked_table(values, directions)
    if not np.all(x > 0.0):
        raise ValueError(f"values must be positive, got {values!r}")
    r = np.where(sign > 0.0, x.min(axis=0) / x, x / x.max(axis=0))
    part = abs(np.log(r)) / x.shape[1]
    whole = part.sum(axis=1, keepdims=True)
    return _normalised((np.log1p(whole) - np.log1p(whole - part)).sum(axis=0))


def checked_table(values: ArrayLike, directions: ArrayLike) -> tuple[Array, Array]:
    """Values and directions as arrays that fit each other, or an error.

    Parameters
    ----------
    values : array_like, shape (alternatives, m)
        Values in any unit; two alternatives or more.
    directions : array_like, shape (m,)
        1 where more is better, -1 where less is better.

    Returns
    -------
    tuple of ndarray, shapes (alternatives, m) and (m,)
        Values and directions.

    Raises
    ------
    ValueError
        If the values are not a finite table of two rows or more, or a direction is not 1 or -1.

    Examples
    --------
    >>> checked_table([[1, 2], [3, 4]], [1, -1])[1]
    array([ 1., -1.])
    """
    x, sign = np.asarray(values, dtype=float), np.asarray(directions, dtype=float)
    if x.ndim != 2 or x.shape[0] < 2 or not np.all(np.isfinite(x)):
        raise ValueError(f"values must be a finite table of two rows or more, got {values!r}")
    if sign.shape != x.shape[1:] or not np.all(abs(sign) == 1.0):
        raise ValueError(f"directions must be 1 or -1, {x.shape[1]} of them, got {directions!r}")
    return x, sign


def checked_weights(weights: ArrayLike, size: int) -> Array:
    """Weights as an array, or an error.

    Parameters
    ----------
    weights : array_like, shape (..., m)
        Weights that sum to 1 [1], one set or many.
    size : int
        Number m of criteria.

    Returns
    -------
    ndarray, shape (..., m)
        The weights [1].

    Raises
    ------
    ValueError
        If the weights are negative, do not sum to 1 or are not m.

    Examples
    --------
    >>> checked_weights([0.25, 0.75], 2)
    array([0.25, 0.75])
    """
    w = np.asarray(weights, dtype=float)
    if w.ndim == 0 or w.shape[-1] != size or not np.all(w >= 0.0):
        raise ValueError(f"weights must be >= 0, {size} of them, got {weights!r}")
    if np.any(abs(w.sum(axis=-1) - 1.0) > 1e-6):
        raise ValueError(f"weights must sum to 1, got {weights!r}")
    return w


def _normalised(content: Array) -> Array:
    total = content.sum()
    if not total > 1e-12:
        raise ValueError("values must differ in a way that gives weights, got none that does")
    return np.asarray(content / total)
