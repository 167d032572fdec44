"""Conductive responses to heat sources of constant strength in rock of constant properties.

Every response is the rise of temperature per unit strength since the source began, in an unbounded
medium at rest; a surface held at its temperature is added by subtracting the response of the
`mirror_image`. Responses to changing strength follow from `comine.physics.superposition`.

Sources
-------
- H. S. Carslaw, J. C. Jaeger, *Conduction of Heat in Solids*, 2nd ed., Oxford 1959, sections 10.2
  (instantaneous sources), 10.4 (line), 13.5 (cylinder).
- L. R. Ingersoll, O. J. Zobel, A. C. Ingersoll, *Heat Conduction*, 1954 (cylinder source G).
- J. Claesson, S. Javed, "An analytical method to calculate borehole fluid temperatures for
  time-scales from minutes to decades", ASHRAE Trans. 117 (2011) 279-288 (finite line).
- A. Lazzarotto, "A methodology for the calculation of response functions for geothermal fields
  with arbitrarily oriented boreholes", Renew. Energy 86 (2016) 1380-1393.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erf, exp1, kve

from comine.physics import Array
from comine.physics.bounds import positive
from comine.physics.laplace import Complex, talbot


class LineSourceFit(NamedTuple):
    """What a thermal response test tells."""

    conductivity: float
    """Conductivity of the rock [W/(m K)]."""
    resistance: float
    """Thermal resistance between the fluid and the wall [m K/W]."""


def infinite_line_response(
    distance: ArrayLike, time: ArrayLike, conductivity: ArrayLike, diffusivity: ArrayLike
) -> Array:
    r"""Response at a distance from an infinite line source.

    Parameters
    ----------
    distance : array_like
        Distance from the line [m].
    time : array_like
        Time since the source began [s].
    conductivity : array_like
        Conductivity of the rock [W/(m K)].
    diffusivity : array_like
        Diffusivity of the rock [m²/s].

    Returns
    -------
    ndarray
        Rise of temperature per heat given off per length [K m/W].

    Raises
    ------
    ValueError
        If an argument is not positive.

    Notes
    -----
    .. math:: \Delta T/q = E_1\!\left(r^2/4\alpha t\right)/4\pi k

    Carslaw & Jaeger (1959) 10.4(5). For the wall of a hole of radius `r` within 2 % where
    :math:`\alpha t > 20 r^2`.

    Examples
    --------
    >>> year = 31557600.0
    >>> float((50 * infinite_line_response(1.0, year, 3.0, 3.0 / 2252500)).round(4))
    6.0391
    """
    lag = 4.0 * positive("diffusivity", diffusivity) * positive("time", time)
    spread = 4.0 * np.pi * positive("conductivity", conductivity)
    return np.asarray(exp1(positive("distance", distance) ** 2 / lag) / spread)


def infinite_cylinder_response(
    radius: float, distance: ArrayLike, time: ArrayLike, conductivity: float, diffusivity: float
) -> Array:
    r"""Response at a distance from the axis of an infinite cylinder that gives off constant flux.

    Parameters
    ----------
    radius : float
        Radius of the cylinder [m].
    distance : array_like
        Distance from the axis, at least `radius` [m].
    time : array_like
        Time since the flux began [s].
    conductivity : float
        Conductivity of the rock [W/(m K)].
    diffusivity : float
        Diffusivity of the rock [m²/s].

    Returns
    -------
    ndarray
        Rise of temperature per heat given off per length, ``G(F, p) / k`` [K m/W].

    Raises
    ------
    ValueError
        If an argument is not positive or a distance is below the radius.

    Notes
    -----
    With :math:`F = \alpha t/r_0^2`, :math:`p = r/r_0` (Ingersoll's G; Carslaw & Jaeger 13.5)

    .. math:: G(F, p) = \mathcal L^{-1}\left\{
              \frac{K_0(p\sqrt s)}{2\pi s^{3/2}K_1(\sqrt s)}\right\}(F)

    inverted to about 1e-10. G(1, 1) = 0.12767.

    Examples
    --------
    >>> float(infinite_cylinder_response(1.0, 1.0, 1.0, 1.0, 1.0).round(5))
    0.12767
    """
    scale = positive("radius", radius)
    ratio, fourier = np.broadcast_arrays(
        np.asarray(distance, float) / scale,
        positive("diffusivity", diffusivity) * positive("time", time) / scale**2,
    )
    if not np.all(ratio >= 1.0):
        raise ValueError(f"distance must be at least the radius {radius}, got {np.min(distance)}")

    def transform(s: Complex) -> Complex:
        root = np.sqrt(s)
        decay = np.exp((1.0 - ratio) * root)
        return np.asarray(kve(0, ratio * root) * decay / (2 * np.pi * s * root * kve(1, root)))

    return talbot(transform, fourier) / positive("conductivity", conductivity)


def box_response(
    points: ArrayLike, box: ArrayLike, time: ArrayLike, conductivity: float, diffusivity: float
) -> Array:
    r"""Response at points to a box that is heated evenly.

    Parameters
    ----------
    points : array_like, shape (..., 3)
        Points, inside or outside of the box [m].
    box : array_like, shape (2, 3)
        Lower and upper corner of the box [m].
    time : array_like, shape (t...)
        Time since the power began [s].
    conductivity : float
        Conductivity of the rock [W/(m K)].
    diffusivity : float
        Diffusivity of the rock [m²/s].

    Returns
    -------
    ndarray, shape (..., t...)
        Rise of temperature per power of the whole box [K/W].

    Raises
    ------
    ValueError
        If a property or time is not positive or the upper corner is not above the lower one.

    Notes
    -----
    With :math:`\ell(\tau) = \sqrt{4\alpha\tau}` and the box from `a` to `b`,

    .. math:: \frac{\Delta T}{P} = \frac{\alpha}{kV}\int_0^t\prod_{i=1}^3
              \tfrac12\left[\mathrm{erf}\frac{b_i-x_i}{\ell}
              - \mathrm{erf}\frac{a_i-x_i}{\ell}\right]\mathrm d\tau

    (the integral over the box and over time of the instantaneous point source, Carslaw & Jaeger
    10.2), by Gauss's rule in the logarithm of time, to about 1e-7 of the largest response.

    Examples
    --------
    >>> year = 31557600.0
    >>> rise = box_response([0, 0, 0], [[-50, -50, -50], [50, 50, 50]], 10 * year, 3.0, 1.3e-6)
    >>> float(1e6 * rise.round(8))  # a megawatt in a million cubic metres
    127.47
    """
    x, t = np.asarray(points, float), positive("time", time)
    k, alpha = positive("conductivity", conductivity), positive("diffusivity", diffusivity)
    low, high = np.asarray(box, float)
    if not np.all(high > low):
        raise ValueError(f"box must have its upper corner above its lower one, got {low}, {high}")
    age, weight = _log_time_rule()
    length = np.sqrt(4.0 * alpha * np.multiply.outer(t, age))  # (t..., nodes)
    share = np.ones(x.shape[:-1] + length.shape)
    for axis in range(3):
        to_low = np.divide.outer(x[..., axis] - low[axis], length)
        to_high = np.divide.outer(high[axis] - x[..., axis], length)
        share *= 0.5 * (erf(to_low) + erf(to_high))
    capacity = k / alpha * np.prod(high - low)
    return np.asarray((share @ weight) * t / capacity)


def _log_time_rule() -> tuple[Array, Array]:
    """Nodes and weights on (0, 1), crowded evenly in the logarithm towards zero."""
    panels = np.array([0.0, 0.7, 1.5, 2.5, 4.0, 6.0, 9.0, 13.0, 18.0])
    node, weight = np.polynomial.legendre.leggauss(8)
    half = 0.5 * np.diff(panels)
    y = (
        np.add.outer(half, panels[:-1]).diagonal()[:, None] + np.multiply.outer(half, node)
    ).ravel()
    age = np.exp(-y)
    return age, np.multiply.outer(half, weight).ravel() * age


def mirror_image(geometry: ArrayLike) -> Array:
    """Image of points or lines in the ground surface, at depth zero.

    Parameters
    ----------
    geometry : array_like, shape (..., 3)
        Positions, the last coordinate being the depth [m].

    Returns
    -------
    ndarray, shape (..., 3)
        Positions with the depth negated [m].

    Notes
    -----
    The response with the surface held at its temperature is the response to the source less the
    response to its image.

    Examples
    --------
    >>> mirror_image([1.0, 2.0, 100.0])
    array([   1.,    2., -100.])
    """
    image = np.array(geometry, dtype=float)
    image[..., 2] *= -1.0
    return image


def fit_line_source(
    time: ArrayLike, rise: ArrayLike, power: float, radius: float, diffusivity: float
) -> LineSourceFit:
    r"""Conductivity and wall resistance from a thermal response test, by least squares.

    Parameters
    ----------
    time : array_like, shape (n,)
        Times since heating began [s].
    rise : array_like, shape (n,)
        Mean temperature of the fluid less that of the undisturbed rock [K].
    power : float
        Heat given off per length of the hole [W/m].
    radius : float
        Radius of the hole [m].
    diffusivity : float
        Diffusivity of the rock [m²/s].

    Returns
    -------
    LineSourceFit
        Conductivity [W/(m K)] and resistance [m K/W].

    Raises
    ------
    ValueError
        If an argument is not positive, there are fewer than two times, or the rise does not grow.

    Notes
    -----
    Linear in :math:`1/k` and :math:`R_b`: :math:`\Delta T = q[E_1(r^2/4\alpha t)/4\pi k + R_b]`.
    The diffusivity is taken as known, so that the argument of :math:`E_1` does not change with `k`.

    Examples
    --------
    >>> hours = np.array([12.0, 24.0, 72.0])
    >>> rise = 60 * (infinite_line_response(0.06, 3600 * hours, 3.1, 1.3e-6) + 0.08)
    >>> [round(value, 6) for value in fit_line_source(3600 * hours, rise, 60.0, 0.06, 1.3e-6)]
    [3.1, 0.08]
    """
    t, y = np.asarray(time, float), np.asarray(rise, float)
    if t.ndim != 1 or t.size < 2 or y.shape != t.shape:
        raise ValueError(
            f"time and rise must be equal rows of two or more, got {t.shape}, {y.shape}"
        )
    design = np.column_stack([infinite_line_response(radius, t, 1.0, diffusivity), np.ones(t.size)])
    resistivity, resistance = np.linalg.lstsq(design, y / positive("power", power))[0]
    if not resistivity > 0:
        raise ValueError("rise must grow with time for a conductivity to be found")
    return LineSourceFit(float(1.0 / resistivity), float(resistance))
