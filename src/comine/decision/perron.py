r"""Principal eigenvector of positive matrices by repeated squaring.

Sources
-------
Horn, R. A. & Johnson, C. R. (2013). Matrix Analysis, 2nd ed., theorem 8.2.8 (Perron), recalled.
"""

import numpy as np

from comine.decision import Array

__all__ = ["perron_pair", "perron_vector"]

_SQUARINGS = 60
_UNCHECKED = 3  # squarings that inconsistent comparisons always need


def perron_vector(matrix: Array) -> Array:
    r"""Principal right eigenvector of positive matrices.

    Parameters
    ----------
    matrix : ndarray, shape (..., n, n)
        Positive finite entries [1]; not checked.

    Returns
    -------
    ndarray, shape (..., n)
        The positive eigenvector, summing to 1 [1].

    Notes
    -----
    Every column of :math:`A^{2^k}` tends to the eigenvector, with an error of
    :math:`|\lambda_2/\lambda_1|^{2^k}`; no entry is ever subtracted, so nothing is lost to
    rounding. Near-consistent comparisons need about five squarings.

    Examples
    --------
    >>> perron_vector(np.array([[1.0, 3.0], [1 / 3, 1.0]])).round(3)
    array([0.75, 0.25])
    """
    power, w = matrix, np.zeros(matrix.shape[:-1])
    for k in range(_SQUARINGS):
        power = power @ power
        power = power / power.sum(axis=(-2, -1), keepdims=True)
        if k < _UNCHECKED:
            continue
        w, last = power.sum(axis=-1), w
        if abs(w - last).max() < 1e-14:
            break
    return w


def perron_pair(matrix: Array) -> tuple[Array, float]:
    """Principal right eigenvector and eigenvalue of one positive matrix.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        Positive finite entries [1]; not checked.

    Returns
    -------
    tuple of ndarray, shape (n,), and float
        The eigenvector, summing to 1, and its eigenvalue [1].

    Examples
    --------
    >>> round(perron_pair(np.array([[1.0, 3.0], [1 / 3, 1.0]]))[1], 12)
    2.0
    """
    w = perron_vector(matrix)
    return w, float((matrix @ w).sum())
