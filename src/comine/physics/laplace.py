"""Numerical inversion of Laplace transforms: Talbot contour, and Fourier series for sharp fronts.

Sources
-------
- A. Talbot, "The accurate numerical inversion of Laplace transforms", IMA J. Appl. Math. 23
  (1979) 97-120.
- J. Abate, P. P. Valko, "Multi-precision Laplace transform inversion", Int. J. Numer. Methods
  Eng. 60 (2004) 979-993 (fixed Talbot contour).
- J. Abate, W. Whitt, "Numerical inversion of Laplace transforms of probability distributions",
  ORSA J. Comput. 7 (1995) 36-43 (Fourier series).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comine.physics import Array

Complex = NDArray[np.complex128]
"""Array of complex numbers, the argument and value of a transform."""
DAMPING = 23.0
"""Exponent of the aliasing error of a Fourier series."""


def talbot(transform: Callable[[Complex], Complex], time: ArrayLike, nodes: int = 24) -> Array:
    r"""Invert a Laplace transform at many times at once (fixed Talbot contour).

    Parameters
    ----------
    transform : callable
        ``F(s)``, elementwise; it is called once with `s` of shape ``(nodes,) + time.shape``
        and may hold arrays that broadcast with it, thus with `time` of the same rank [f * s].
    time : array_like
        Times, all positive [s], or dimensionless.
    nodes : int
        Points of the contour, 8 to 40.

    Returns
    -------
    ndarray
        ``f(time)`` [f], of the trailing shape that `transform` gave.

    Raises
    ------
    ValueError
        If a time is not positive or `nodes` is outside 8..40.

    Notes
    -----
    With :math:`r = 2M/(5t)`, :math:`s(\theta) = r\theta(\cot\theta + i)` and
    :math:`\sigma = \theta + (\theta\cot\theta - 1)\cot\theta`,

    .. math:: f(t) \approx \frac{r}{M}\Big[\tfrac12 F(r)e^{rt}
              + \sum_{k=1}^{M-1}\mathrm{Re}\{e^{t s_k}F(s_k)(1 + i\sigma_k)\}\Big],
              \quad \theta_k = k\pi/M

    (Abate & Valko 2004). The truncation error is about :math:`10^{-0.6M}`, the rounding error
    :math:`\epsilon\,e^{2M/5}`, so that 24 nodes give about 1e-11 of the largest value of a smooth
    `f` in double precision and more nodes give less. The singularities of `F` must lie near the
    negative real axis. A transform with a delay ``exp(-s t0)``, or nearly so, must not be inverted
    so: shift the time or take `fourier_series`.

    Examples
    --------
    >>> float(talbot(lambda s: 1 / (s + 1), 2.0).round(10))  # exp(-2)
    0.1353352832
    """
    t = np.asarray(time, dtype=float)
    if not np.all(t > 0):
        raise ValueError(f"time must be positive, got a least value of {np.min(t)}")
    if not 8 <= nodes <= 40:
        raise ValueError(f"nodes must lie in 8..40, got {nodes}")
    theta = np.pi * np.arange(1, nodes) / nodes
    cot = 1.0 / np.tan(theta)
    st = np.concatenate(([1.0 + 0.0j], theta * (cot + 1j))) * (0.4 * nodes)
    sigma = theta + (theta * cot - 1.0) * cot
    weight = np.exp(st) * np.concatenate(([0.5 + 0.0j], 1.0 + 1j * sigma)) * 0.4
    values = transform(st.reshape((-1,) + (1,) * t.ndim) / t)
    return np.asarray(np.tensordot(weight, values, axes=1).real / t)


def fourier_series(transform: Callable[[Complex], Complex], time: ArrayLike, terms: int) -> Array:
    r"""Invert the Laplace transform of a bounded function with a sharp but smooth front.

    Parameters
    ----------
    transform : callable
        ``F(s)``, elementwise, called once with `s` of shape ``(terms + 1,) + time.shape`` [f * s].
    time : array_like
        Times, all positive [s], or dimensionless.
    terms : int
        Terms of the series: `F` must have vanished at the height ``terms * pi / time``.

    Returns
    -------
    ndarray
        ``f(time)`` [f].

    Raises
    ------
    ValueError
        If a time is not positive or there are no terms.

    Notes
    -----
    .. math:: f(t) \approx \frac{e^{A/2}}t\Big[\tfrac12 F\Big(\frac A{2t}\Big)
              + \sum_{k=1}^{N}(-1)^k\,\mathrm{Re}\,F\Big(\frac{A + 2\pi ik}{2t}\Big)\Big]

    (Abate & Whitt 1995) with A = 23: an error of about 1e-10 of the bound of `f`.

    Examples
    --------
    >>> def bell(s):  # the normal distribution of mean 1 and deviation 0.01
    ...     return np.exp(5e-5 * s**2 - s) / s
    >>> fourier_series(bell, [0.99, 1.0], 500).round(6)
    array([0.158655, 0.5     ])
    """
    t = np.asarray(time, dtype=float)
    if not np.all(t > 0):
        raise ValueError(f"time must be positive, got a least value of {np.min(t)}")
    if terms < 1:
        raise ValueError(f"terms must be 1 or more, got {terms}")
    k = np.arange(terms + 1)
    weight = np.where(k % 2 == 0, 1.0, -1.0)
    weight[0] = 0.5
    st = (0.5 * DAMPING + 1j * np.pi * k).reshape((-1,) + (1,) * t.ndim)
    values = transform(st / t)
    return np.asarray(np.exp(0.5 * DAMPING) * np.tensordot(weight, values.real, axes=1) / t)
