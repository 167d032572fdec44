r"""Unsteady heat flow from rock to a cylindrical opening.

The rock is infinite, homogeneous and at one temperature before the opening is made. Lengths are
made dimensionless by the radius :math:`r` of the rock surface: Fourier number
:math:`F = \alpha t/r^2`, Biot number :math:`B = h r/k`. An airway that is not round takes the
hydraulic equivalent :math:`r` = perimeter / :math:`2\pi`. Flux and released heat of a step of the
wall are exact; a changing wall temperature is handled by Duhamel's theorem.

Sources
-------
Carslaw, H. S. & Jaeger, J. C. (1959). Conduction of Heat in Solids, 2nd ed., section 13.5.
Goch, D. C. & Patterson, H. S. (1940). J. Chem. Metall. Min. Soc. S. Afr. 41, 117-128.
Weideman, J. A. C. (2006). SIAM J. Numer. Anal. 44, 2342-2362 (contour of the inversion).
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import BSpline, make_interp_spline
from scipy.special import kve

from comine.physics import Array
from comine.physics.bounds import positive

__all__ = ["film_with_layers", "released_heat_ratio", "response_matrix", "wall_flux_ratio"]

_CONTOUR_POINTS = 24  # the contour's error falls as 3.89^-points: 7e-15
_TABLE_FROM, _TABLE_TO, _KNOTS_PER_DECADE = 1e-4, 1e10, 40


def wall_flux_ratio(fourier: ArrayLike, biot: ArrayLike) -> Array:
    r"""Exact dimensionless flux G(F, B) at a wall with a film, after a step of the fluid.

    Parameters
    ----------
    fourier : array_like, shape (...)
        Fourier number F of the time since the step [1], above 0.
    biot : array_like, shape (...)
        Biot number B of the film [1], above 0; ``inf`` holds the wall at the fluid's temperature
        (the age function of Goch and Patterson).

    Returns
    -------
    ndarray, shape (...)
        G [1]; the flux into the opening is (k / r) G (T_rock - T_fluid) [W/m2].

    Raises
    ------
    ValueError
        If a Fourier or Biot number is not above 0.

    Notes
    -----
    .. math:: \bar G(s) = \frac{1}{s\left[K_0(\sqrt s)/(\sqrt s\,K_1(\sqrt s)) + 1/B\right]}

    inverted on Weideman's cotangent contour (Carslaw & Jaeger 1959, 13.5, has the equivalent
    integral). Relative error below 1e-12 (measured against that integral for F from 0.01 to 1e8).

    Examples
    --------
    >>> wall_flux_ratio([1.0, 100.0], [10.0, float("inf")]).round(5)
    array([0.92256, 0.34556])
    """
    film = np.asarray(biot, dtype=float)
    if not np.all(film > 0.0):
        raise ValueError(f"biot must be above 0 (or infinite), got {biot!r}")
    age, resistance = np.broadcast_arrays(positive("fourier", fourier), 1.0 / film)
    return _inverse_laplace(lambda s: 1.0 / (s * (_rock_impedance(s) + resistance)), age)


def released_heat_ratio(fourier: ArrayLike) -> Array:
    r"""Cumulative heat of the rock since the wall was set to a constant temperature.

    Parameters
    ----------
    fourier : array_like, shape (...)
        Fourier number F of the time since the step [1], from 0 to 1e10.

    Returns
    -------
    ndarray, shape (...)
        Integral of G(F, inf) over F from 0 [1]; the heat per wall area is
        (k / r) (r2 / alpha) times it times (T_rock - T_wall) [J/m2].

    Raises
    ------
    ValueError
        If a Fourier number is below 0 or above 1e10.

    Notes
    -----
    .. math:: E(F) = \int_0^F G\,dF', \qquad
        \bar E(s) = \frac{K_1(\sqrt s)}{s^{3/2} K_0(\sqrt s)}

    Up to F = 1e-4 the short-time series, term by term from the asymptotic series of K1/K0; above
    it a quintic spline of ln E in ln F through exact values, made once. Relative error below 1e-11.

    Examples
    --------
    >>> released_heat_ratio([0.01, 1.0, 100.0]).round(5)
    array([ 0.11775,  1.56829, 43.02511])
    """
    age = np.asarray(fourier, dtype=float)
    if not np.all((age >= 0.0) & (age <= _TABLE_TO)):
        raise ValueError(f"fourier must lie from 0 to {_TABLE_TO:g}, got {fourier!r}")
    early = age < _TABLE_FROM
    table = _released_heat_table()
    late = np.exp(table(np.log(np.where(early, _TABLE_FROM, age))))
    return np.asarray(np.where(early, _early_heat(age), late))


def response_matrix(
    edges: ArrayLike, radius: float, diffusivity: float, conductivity: float, opened: float
) -> Array:
    r"""Matrix from interval temperatures of the wall to interval means of the wall's flux.

    Parameters
    ----------
    edges : array_like, shape (n + 1,)
        Edges of the time intervals [s], increasing.
    radius : float
        Radius of the rock surface [m].
    diffusivity : float
        Thermal diffusivity of the rock [m2/s].
    conductivity : float
        Thermal conductivity of the rock [W/m/K].
    opened : float
        Time at which the opening is made [s]: one of the edges, or later than all of them.

    Returns
    -------
    ndarray, shape (n, n)
        Lower-triangular K [W/m2/K]: the mean flux into the opening in interval i is the sum over
        j of K[i, j] (T_far - T_wall)[j]. Rows and columns before the opening are zero.

    Raises
    ------
    ValueError
        If the edges do not increase, a property is not above 0, or the opening is not at an edge.

    Notes
    -----
    With the difference of temperature constant within each interval, Duhamel's theorem gives
    :math:`q(t) = (k/r) \sum_j \Delta\theta_j\, G(\alpha (t-t_j)/r^2)`. Its mean over an interval is
    exact in terms of the released heat :math:`E` (E = 0 for negative times):

    .. math:: K_{ij} = \frac{k r}{\alpha\,(t_{i+1}-t_i)} \left[E(t_{i+1}-t_j) - E(t_i-t_j)
        - E(t_{i+1}-t_{j+1}) + E(t_i-t_{j+1})\right]

    Heat is therefore conserved exactly. With a film h the wall temperatures follow, interval by
    interval, from (K + h I) T_wall = K T_far + h T_air. What that leaves is the wall's change
    within an interval. Against the exact solution after a step of the air (r 2 m, h 15 W/m2/K,
    k 3 W/m/K, alpha 1.2e-6 m2/s, months of 30.4375 d) the monthly mean flux is wrong by -1.5 % in
    month 1, +1.8 % in month 2, +0.06 % in month 6, +0.012 % in month 12 and below 1e-6 in month
    120; the cumulative heat by -0.3 % after two months and -0.006 % after a year. The error falls
    with the interval's length to the power 1.6 (half months: -0.43 % in month 1).

    Examples
    --------
    >>> month = 30.4375 * 86400.0
    >>> response_matrix([0.0, month, 2 * month], 2.0, 1.2e-6, 3.0, 0.0).round(3)
    array([[ 2.572,  0.   ],
           [-1.159,  2.572]])
    """
    times = np.asarray(edges, dtype=float)
    if times.ndim != 1 or times.size < 2 or not np.all(np.diff(times) > 0.0):
        raise ValueError(f"edges must be at least two increasing times, got {edges!r}")
    properties = {"radius": radius, "diffusivity": diffusivity, "conductivity": conductivity}
    for name, value in properties.items():
        positive(name, value)
    steps = np.diff(times)
    matrix = np.zeros((steps.size, steps.size))
    first = _edge_of(opened, times)
    if first >= steps.size:
        return matrix
    scale = diffusivity / radius**2
    heat = _heat_between(scale * times[first:])
    change = np.diff(-np.diff(heat, axis=1), axis=0)
    matrix[first:, first:] = conductivity / radius * change / (scale * steps[first:, None])
    return matrix


def film_with_layers(
    film_coefficient: ArrayLike,
    thicknesses: ArrayLike,
    conductivities: ArrayLike,
    radius: ArrayLike,
) -> Array:
    r"""Film coefficient at the rock surface behind lining or insulation layers.

    Parameters
    ----------
    film_coefficient : array_like, shape (...)
        Film coefficient at the innermost layer's surface [W/m2/K].
    thicknesses : array_like, shape (..., layers)
        Thickness of each layer [m], from the rock inwards.
    conductivities : array_like, shape (..., layers)
        Thermal conductivity of each layer [W/m/K].
    radius : array_like, shape (...)
        Radius of the rock surface [m].

    Returns
    -------
    ndarray, shape (...)
        Coefficient per area of rock surface [W/m2/K].

    Raises
    ------
    ValueError
        If a value is not above 0 (thickness: below 0), or the layers fill the opening.

    Notes
    -----
    .. math:: \frac{1}{h_e} = \frac{r}{r_n h} + \sum_i \frac{r}{k_i}\ln\frac{r_{i-1}}{r_i}

    with :math:`r_0 = r` and :math:`r_n` the clear radius. The layers' heat capacity is neglected.
    For layers thin against the radius this is :math:`1/h + \sum t_i/k_i`.

    Examples
    --------
    >>> round(float(film_with_layers(8.0, [0.1], [0.2], 2.5)), 5)
    1.56132
    """
    film, rock = positive("film_coefficient", film_coefficient), positive("radius", radius)
    layers, conduct = np.asarray(thicknesses, float), positive("conductivities", conductivities)
    depth = np.cumsum(layers, axis=-1)
    if not np.all(layers >= 0.0) or not np.all(depth < rock[..., None]):
        raise ValueError(
            f"thicknesses must be 0 or more and together below the radius, got {thicknesses!r}"
        )
    inner = rock[..., None] - depth
    layer = -np.log1p(-layers / (inner + layers)) / conduct
    clear = rock - layers.sum(axis=-1)
    return np.asarray(1.0 / (rock / (clear * film) + rock * layer.sum(axis=-1)))


def _rock_impedance(s: NDArray[np.complex128]) -> NDArray[np.complex128]:
    root = np.sqrt(s)
    return np.asarray(kve(0, root) / (root * kve(1, root)))


def _inverse_laplace(
    transform: Callable[[NDArray[np.complex128]], NDArray[np.complex128]], time: Array
) -> Array:
    """Invert at each time; upper half of the contour, the lower is its conjugate."""
    n = _CONTOUR_POINTS
    theta = (np.arange(n // 2) + 0.5) * 2.0 * np.pi / n
    turn = 0.6407 * theta
    node = n * (0.5017 * theta / np.tan(turn) - 0.6122 + 0.2645j * theta)
    slope = n * (0.5017 / np.tan(turn) - 0.5017 * turn / np.sin(turn) ** 2 + 0.2645j)
    weight = np.exp(node) * slope / (0.5j * n)
    total = np.zeros(time.shape)
    for z, w in zip(node, weight, strict=True):
        total += (w * transform(z / time)).real
    return total / time


def _early_heat(fourier: Array) -> Array:
    root = np.sqrt(fourier / np.pi)
    series = 2.0 + fourier * (-1.0 / 6.0 - 5.0 / 48.0 * fourier)
    return np.asarray(root * series + fourier * (0.5 + fourier / 16.0))


@cache
def _released_heat_table() -> BSpline:
    knots = round(np.log10(_TABLE_TO / _TABLE_FROM) * _KNOTS_PER_DECADE) + 1
    fourier = np.geomspace(_TABLE_FROM, _TABLE_TO, knots)
    exact = _inverse_laplace(lambda s: 1.0 / (s * s * _rock_impedance(s)), fourier)
    return make_interp_spline(np.log(fourier), np.log(exact), k=5)


def _edge_of(opened: float, times: Array) -> int:
    """Index of the edge at which the opening is made; the last edge if it is made later."""
    if opened >= times[-1]:
        return int(times.size) - 1
    nearest = int(np.argmin(np.abs(times - opened)))
    if abs(times[nearest] - opened) > 1e-6 * np.diff(times).min():
        raise ValueError(f"opened must be one of the edges (or after them all), got {opened!r}")
    return nearest


def _heat_between(fourier: Array) -> Array:
    """Released heat E(F_i - F_j) at (i, j), zero where F_i <= F_j."""
    steps = np.diff(fourier)
    if np.allclose(steps, steps[0], rtol=1e-12, atol=0.0):
        order = np.arange(fourier.size)
        lags = np.maximum(order[:, None] - order, 0)
        return np.asarray(released_heat_ratio(steps.mean() * order)[lags])
    return released_heat_ratio(np.maximum(fourier[:, None] - fourier, 0.0))
