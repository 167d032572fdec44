"""Superposition in time: from the response to a step to the response to a history of intervals.

Sources
-------
- J. M. C. Duhamel's theorem: H. S. Carslaw, J. C. Jaeger, *Conduction of Heat in Solids*, 2nd ed.,
  Oxford 1959, section 1.14.
- F. N. Fritsch, R. E. Carlson, "Monotone piecewise cubic interpolation", SIAM J. Numer. Anal. 17
  (1980) 238-246 (limit of the slopes).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import CubicHermiteSpline, CubicSpline

from comine.physics import Array

StepResponse = Callable[[Array], Array]
"""Response at the times given (positive, rising) to a unit strength that began at time zero."""

FIRST_LAG = 1e-4
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(10)


def interval_response(edges: ArrayLike, step_response: StepResponse, nodes: int = 40) -> Array:
    r"""Response of each interval's mean to a unit strength held in each interval.

    With ``M = interval_response(...)``, the mean over interval `i` of the response to strengths
    ``q`` that are constant within the intervals is ``(M @ q)[i]``.

    Parameters
    ----------
    edges : array_like, shape (n + 1,)
        Bounds of the intervals, rising [s].
    step_response : callable
        ``g(time)`` for positive, rising times [s], one value a time; monotone, 0 at time zero. It
        is called once, with `nodes` times.
    nodes : int
        Times at which `step_response` is asked for, at least 8.

    Returns
    -------
    ndarray, shape (n, n)
        Lower triangular [g].

    Raises
    ------
    ValueError
        If the edges do not rise, there are fewer than 8 nodes, or `step_response` gives values
        of another shape or not finite.

    Notes
    -----
    .. math:: M_{ij} = \bar g(t_i - t_j,\; t_{i+1} - t_j)
              - \bar g(t_i - t_{j+1},\; t_{i+1} - t_{j+1}),\qquad
              \bar g(a, b) = \frac1{b-a}\int_a^b g\,\mathrm dt

    The nodes are spaced evenly in the logarithm of time, from 1e-4 of the shortest interval to the
    whole span; between them `g` is a cubic in log time with the slopes of a spline, limited so that
    it stays monotone. Before the first node `g` is proportional to time. The integral is Gauss's
    in the cube root of time. For conductive responses over 360 months, 40 nodes give about 1e-5
    of the largest response.

    Examples
    --------
    >>> interval_response([0.0, 1.0, 2.0, 3.0], lambda t: t).round(3)
    array([[0.5, 0. , 0. ],
           [1. , 0.5, 0. ],
           [1. , 1. , 0.5]])
    """
    t = np.asarray(edges, dtype=float)
    if t.ndim != 1 or t.size < 2 or not np.all(np.diff(t) > 0):
        raise ValueError(f"edges must be a rising sequence of at least two times, got {edges!r}")
    if nodes < 8:
        raise ValueError(f"nodes must be at least 8, got {nodes}")
    widths = np.diff(t)
    lags = np.geomspace(FIRST_LAG * widths.min(), t[-1] - t[0], nodes)
    lags[-1] *= 1.0 + 1e-12
    values = np.asarray(step_response(lags), dtype=float)
    if values.shape != lags.shape or not np.all(np.isfinite(values)):
        raise ValueError(f"step_response must give {nodes} finite values, got {values!r}")

    row, column = np.tril_indices(widths.size)
    begun = _mean_over(lags, values, t[row] - t[column], t[row + 1] - t[column])
    matrix = np.zeros((widths.size, widths.size))
    matrix[row, column] = begun
    matrix[:, :-1] -= np.tril(matrix[:, 1:])
    return matrix


def _mean_over(lags: Array, values: Array, start: Array, end: Array) -> Array:
    """Mean of the interpolated response over lag intervals; linear in time before the first lag."""
    curve = _monotone(np.log(lags), values)
    low, high = np.cbrt(start), np.cbrt(end)
    root = low + np.multiply.outer(0.5 * (POINTS + 1.0), high - low)
    time = root**3
    response = curve(np.log(np.maximum(time, lags[0]))) * np.minimum(time / lags[0], 1.0)
    integral = np.tensordot(1.5 * WEIGHTS, response * root**2, axes=1) * (high - low)
    return np.asarray(integral / (end - start))


def _monotone(x: Array, y: Array) -> CubicHermiteSpline:
    """Cubic with a spline's slopes, limited to thrice the smaller neighbouring secant."""
    secant = np.diff(y) / np.diff(x)
    left = np.concatenate((secant[:1], secant))
    right = np.concatenate((secant, secant[-1:]))
    limit = np.where(left * right > 0, 3.0 * np.minimum(np.abs(left), np.abs(right)), 0.0)
    sign = np.sign(left)
    slope = sign * np.clip(sign * CubicSpline(x, y)(x, 1), 0.0, limit)
    return CubicHermiteSpline(x, y, slope)
