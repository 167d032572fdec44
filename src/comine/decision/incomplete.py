r"""Weights from incomplete sets of pairwise comparisons.

Sources
-------
Bozoki, S., Fulop, J. & Ronyai, L. (2010). Math. Comput. Model. 52, 318-333.
Harker, P. T. (1987). Math. Model. 9, 837-848 (recalled).
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.sparse.csgraph import connected_components

from comine.decision import Array
from comine.decision.comparisons import checked_comparisons
from comine.decision.perron import perron_pair, perron_vector

__all__ = [
    "harker_weights",
    "lambda_min_completion",
    "log_least_squares_weights",
    "unlinked_groups",
]


def unlinked_groups(matrix: ArrayLike) -> tuple[tuple[int, ...], ...]:
    """Groups of things that no chain of comparisons links.

    Parameters
    ----------
    matrix : array_like, shape (n, n)
        Reciprocal comparisons [1]; NaN on both sides of a pair not compared.

    Returns
    -------
    tuple of tuple of int
        Positions from 0, one tuple a group; one group in all if weights can be drawn.

    Raises
    ------
    ValueError
        If the matrix is not square, positive and reciprocal.

    Examples
    --------
    >>> nan = float("nan")
    >>> unlinked_groups([[1, nan, 2], [nan, 1, nan], [0.5, nan, 1]])
    ((0, 2), (1,))
    """
    known = ~np.isnan(checked_comparisons(matrix, incomplete=True))
    count, group = connected_components(known, directed=False)
    return tuple(tuple(np.flatnonzero(group == k).tolist()) for k in range(count))


def log_least_squares_weights(matrix: ArrayLike) -> Array:
    r"""Weights of a complete or incomplete set by logarithmic least squares.

    Parameters
    ----------
    matrix : array_like, shape (n, n)
        Reciprocal comparisons [1]; NaN on both sides of a pair not compared.

    Returns
    -------
    ndarray, shape (n,)
        Weights that sum to 1 [1]; the geometric-mean weights if the set is complete.

    Raises
    ------
    ValueError
        If the matrix is not square, positive and reciprocal, or if the comparisons fall into
        groups without a link; the groups are named.

    Notes
    -----
    With the Laplacian L of the graph of comparisons (Bozoki et al. 2010):

    .. math:: \min_w \sum_{known} \ln^2\frac{a_{ij} w_j}{w_i} \;\Rightarrow\;
        L \ln w = \Big(\sum_j \ln a_{ij}\Big)_i

    Examples
    --------
    >>> nan = float("nan")
    >>> log_least_squares_weights([[1, 2, nan], [0.5, 1, 3], [nan, 1 / 3, 1]]).round(4)
    array([0.6, 0.3, 0.1])
    """
    a = checked_comparisons(matrix, incomplete=True)
    unknown = np.isnan(a)
    logs = np.log(np.where(unknown, 1.0, a)).sum(axis=-1)
    n = a.shape[-1]
    if unknown.any():
        groups = unlinked_groups(a)
        if len(groups) > 1:
            raise ValueError(f"matrix must link all comparisons, got unlinked groups {groups}")
        laplacian = unknown - 1.0
        np.fill_diagonal(laplacian, n - 1.0 - unknown.sum(axis=-1))
        logs = np.linalg.solve(laplacian + 1.0 / n, logs)
    else:
        logs = logs / n
    w = np.exp(logs - logs.max())
    return np.asarray(w / w.sum())


def harker_weights(matrix: ArrayLike) -> Array:
    r"""Weights of a complete or incomplete set by the eigenvector, after Harker.

    Parameters
    ----------
    matrix : array_like, shape (n, n)
        Reciprocal comparisons [1]; NaN on both sides of a pair not compared.

    Returns
    -------
    ndarray, shape (n,)
        Weights that sum to 1 [1]; the eigenvector weights if the set is complete.

    Raises
    ------
    ValueError
        If the matrix is not square, positive and reciprocal, or if the comparisons fall into
        groups without a link; the groups are named.

    Notes
    -----
    A comparison not made counts as the ratio of the weights found, which puts 0 in its place and
    the number of those missing in a row on the diagonal:

    .. math:: B w = \lambda_{max} w, \qquad b_{ij} = a_{ij} \text{ or } 0, \qquad b_{ii} = 1 + m_i

    Harker (1987), recalled, not verified against the printed source.

    Examples
    --------
    >>> nan = float("nan")
    >>> harker_weights([[1, 2, nan], [0.5, 1, 3], [nan, 1 / 3, 1]]).round(4)
    array([0.6, 0.3, 0.1])
    """
    a = checked_comparisons(matrix, incomplete=True)
    if a.ndim != 2:
        raise ValueError(f"matrix must have two dimensions, got shape {a.shape}")
    if len(groups := unlinked_groups(a)) > 1:
        raise ValueError(f"matrix must link all comparisons, got unlinked groups {groups}")
    unknown = np.isnan(a)
    return perron_vector(np.where(unknown, 0.0, a) + np.diag(unknown.sum(axis=1)))


def lambda_min_completion(matrix: ArrayLike) -> Array:
    r"""Completed matrix with the smallest principal eigenvalue.

    Parameters
    ----------
    matrix : array_like, shape (n, n)
        Reciprocal comparisons [1]; NaN on both sides of a pair not compared.

    Returns
    -------
    ndarray, shape (n, n)
        Complete reciprocal matrix [1]; its eigenvector gives the weights.

    Raises
    ------
    ValueError
        If the matrix is not square, positive and reciprocal, or if the comparisons fall into
        groups without a link.
    ArithmeticError
        If the minimum is not found.

    Notes
    -----
    :math:`\lambda_{max}` is convex in the logarithms of the missing entries and has one minimum if
    the comparisons are linked (Bozoki et al. 2010). With right and left eigenvectors w and v

    .. math:: \frac{\partial \lambda_{max}}{\partial \ln a_{ij}} =
        \frac{v_i a_{ij} w_j - v_j a_{ji} w_i}{\sum_k v_k w_k}

    Examples
    --------
    >>> nan = float("nan")
    >>> lambda_min_completion([[1, 2, nan], [0.5, 1, 3], [nan, 1 / 3, 1]])[0].round(4)
    array([1., 2., 6.])
    """
    a = checked_comparisons(matrix, incomplete=True)
    rows, columns = np.nonzero(np.triu(np.isnan(a)))
    g = log_least_squares_weights(a)
    if rows.size == 0:
        return a

    def complete(logs: Array) -> Array:
        full = a.copy()
        full[rows, columns], full[columns, rows] = np.exp(logs), np.exp(-logs)
        return full

    def value_and_slope(logs: Array) -> tuple[float, Array]:
        full = complete(logs)
        (w, lambda_max), v = perron_pair(full), perron_vector(full.T)
        pull = v[:, None] * full * w / (v @ w)
        return lambda_max, pull[rows, columns] - pull[columns, rows]

    start = np.log(g[rows] / g[columns])
    found = minimize(value_and_slope, start, jac=True, method="BFGS", options={"gtol": 1e-8})
    slope = float(abs(value_and_slope(found.x)[1]).max())
    if slope > 1e-5:
        raise ArithmeticError(f"smallest eigenvalue not found: slope {slope:g} remains")
    return complete(np.asarray(found.x))
