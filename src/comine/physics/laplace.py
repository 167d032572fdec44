"""Numerical inversion of Laplace transforms on a Talbot contour.

Sources
-------
- A. Talbot, "The accurate numerical inversion of Laplace transforms", IMA J. Appl. Math. 23
  (1979) 97-120.
- J. Abate, P. P. Valko, "Multi-precision Laplace transform inversion", Int. J. Numer. Methods
  Eng. 60 (2004) 979-993 (fixed Talbot contour).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comine.physics import Array

Complex = NDArray[np.complex128]
"""Array of complex numbers, the argument and value of a transform."""


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
    negative real axis. A transform with a delay ``exp(-s t0)`` must not be inverted so: shift
    the time instead.

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
