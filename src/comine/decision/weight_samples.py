r"""Random weights: uniform on the simplex, between bounds, or around given weights.

Sources
-------
Devroye, L. (1986). Non-Uniform Random Variate Generation, ch. 5 (uniform spacings; recalled).
Smith, A. (2014). Ann. Appl. Probab. 24, 114-130 (pair moves on the simplex; recalled).
"""

import numpy as np
from numpy.typing import ArrayLike

from comine.decision import Array

__all__ = ["bounded_weights", "simplex_weights", "weights_around"]

_ROUNDS = 60


def simplex_weights(count: int, size: int, rng: np.random.Generator) -> Array:
    r"""Weights uniform on the simplex: nothing known of their sizes.

    Parameters
    ----------
    count : int
        Number of samples.
    size : int
        Number m of criteria.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray, shape (count, m)
        Weights that sum to 1 [1].

    Raises
    ------
    ValueError
        If the count or the size is below 1.

    Notes
    -----
    Exponential variates over their sum (Devroye 1986). The marginal mean is 1/m and the variance
    :math:`(m - 1)/(m^2 (m + 1))`.

    Examples
    --------
    >>> simplex_weights(2, 3, np.random.default_rng(0)).sum(axis=1)
    array([1., 1.])
    """
    if count < 1 or size < 1:
        raise ValueError(f"count and size must be 1 or more, got {count} and {size}")
    parts = rng.standard_exponential((count, size))
    return np.asarray(parts / parts.sum(axis=1, keepdims=True))


def bounded_weights(
    count: int, lower: ArrayLike, upper: ArrayLike, rng: np.random.Generator
) -> Array:
    r"""Weights uniform on the part of the simplex between bounds.

    Parameters
    ----------
    count : int
        Number of samples.
    lower, upper : array_like, shape (m,)
        Least and greatest weight of each criterion [1], from 0 to 1.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray, shape (count, m)
        Weights that sum to 1 [1].

    Raises
    ------
    ValueError
        If the count is below 1, the bounds do not fit each other, or no weights that sum to 1 lie
        between them.

    Notes
    -----
    Without an upper bound that binds, a shrunk simplex, drawn exactly. Otherwise each sample is a
    chain of its own of 60 rounds, in which all criteria are paired at random and each pair shares
    its sum anew, uniformly within the bounds; the uniform distribution is the invariant one. Pair
    moves mix in about :math:`\ln m` rounds on the free simplex (Smith 2014), far fewer than 60.

    Examples
    --------
    >>> w = bounded_weights(100, [0.2, 0.1, 0.0], [0.5, 0.5, 0.4], np.random.default_rng(0))
    >>> bool((w.max(axis=0) <= [0.5, 0.5, 0.4]).all() and (w.min(axis=0) >= [0.2, 0.1, 0.0]).all())
    True
    """
    low, high = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
    if low.ndim != 1 or low.shape != high.shape or low.size == 0:
        raise ValueError(
            f"lower and upper must be rows of one length, got {low.shape}, {high.shape}"
        )
    if not np.all((low >= 0.0) & (low <= high) & (high <= 1.0)):
        raise ValueError(f"bounds must be 0 <= lower <= upper <= 1, got {lower!r} and {upper!r}")
    rest, room = 1.0 - low.sum(), high - low
    if not -1e-9 <= rest <= room.sum() + 1e-9:
        raise ValueError(
            f"bounds must admit weights that sum to 1, got sums {low.sum():g} and {high.sum():g}"
        )
    rest = max(rest, 0.0)
    if np.all(room >= rest):
        return np.asarray(low + rest * simplex_weights(count, low.size, rng))
    if count < 1:
        raise ValueError(f"count must be 1 or more, got {count}")
    share = min(rest / room.sum(), 1.0) if room.any() else 0.0
    w = np.tile(low + share * room, (count, 1))
    for _ in range(_ROUNDS):
        _move_pairs(w, low, high, rng)
    return w


def weights_around(
    count: int, weights: ArrayLike, spread: ArrayLike, rng: np.random.Generator
) -> Array:
    r"""Weights around given ones, each with the same relative spread.

    Parameters
    ----------
    count : int
        Number of samples.
    weights : array_like, shape (m,)
        Central weights that sum to 1 [1].
    spread : array_like, shape () or (m,)
        Standard deviation of the logarithm before the sum is restored [1]: 0.2 is about 20 %.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray, shape (count, m)
        Weights that sum to 1 [1].

    Raises
    ------
    ValueError
        If the count is below 1, the weights are negative or do not sum to 1, or the spread is
        negative.

    Notes
    -----
    .. math:: w'_j = \frac{w_j e^{\sigma_j z_j}}{\sum_k w_k e^{\sigma_k z_k}}, \qquad z \sim N(0, 1)

    The median ratio of two weights stays :math:`w_i/w_j`.

    Examples
    --------
    >>> weights_around(1, [0.7, 0.3], 0.0, np.random.default_rng(0))
    array([[0.7, 0.3]])
    """
    w, sigma = np.asarray(weights, dtype=float), np.asarray(spread, dtype=float)
    if w.ndim != 1 or not np.all(w >= 0.0) or abs(w.sum() - 1.0) > 1e-6:
        raise ValueError(f"weights must be a row >= 0 that sums to 1, got {weights!r}")
    if sigma.shape not in {(), w.shape} or not np.all((sigma >= 0.0) & (sigma < np.inf)):
        raise ValueError(f"spread must be >= 0, one or {w.size}, got {spread!r}")
    if count < 1:
        raise ValueError(f"count must be 1 or more, got {count}")
    parts = w * np.exp(sigma * rng.standard_normal((count, w.size)))
    return np.asarray(parts / parts.sum(axis=1, keepdims=True))


def _move_pairs(w: Array, low: Array, high: Array, rng: np.random.Generator) -> None:
    half = low.size // 2
    order = rng.permutation(low.size)
    i, j = order[:half], order[half : 2 * half]
    both = w[:, i] + w[:, j]
    least = np.maximum(low[i], both - high[j])
    most = np.maximum(np.minimum(high[i], both - low[j]), least)
    w[:, i] = least + (most - least) * rng.random(both.shape)
    w[:, j] = both - w[:, i]
