"""Area of a swept fracture from the temperature of the water that it gives.

Sources
-------
- G. Bodvarsson, J. Geophys. Res. 74 (1969) 1987-1992 (single fracture).
- H. Cramér, *Mathematical Methods of Statistics*, Princeton 1946, section 32.3 (bound).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import least_squares
from scipy.special import erf, erfinv

from comine.physics import Array
from comine.physics.bounds import positive, within


class AreaEstimate(NamedTuple):
    """An area found from temperatures."""

    area: float
    """Area of one face [m²]."""
    deviation: float
    """Its standard deviation, by the Cramér-Rao bound at the area found [m²]."""


def single_fracture_area(
    time: ArrayLike,
    fraction: ArrayLike,
    heat_flow: ArrayLike,
    conductivity: ArrayLike,
    diffusivity: ArrayLike,
) -> Array:
    r"""Area of one face of a single fracture from one fraction left (inverse of the forward one).

    Parameters
    ----------
    time : array_like
        Time since injection began [s].
    fraction : array_like
        Fraction left, above 0 and below 1 [1].
    heat_flow : array_like
        Mass flow times specific heat of the water [W/K].
    conductivity, diffusivity : array_like
        Properties of the rock [W/(m K)], [m²/s].

    Returns
    -------
    ndarray
        Area [m²].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    :math:`A = C\sqrt{\alpha t}\,\mathrm{erf}^{-1}(\theta)/k`.

    Examples
    --------
    >>> float(single_fracture_area(31557600.0, 0.5, 4e4, 3.0, 1.3e-6).round())
    40731.0
    """
    theta = within("fraction", fraction, 0.0, 1.0)
    if not np.all((theta > 0.0) & (theta < 1.0)):
        raise ValueError("fraction must lie above 0 and below 1 for an area to be found")
    reach = np.sqrt(positive("diffusivity", diffusivity) * positive("time", time))
    k = positive("conductivity", conductivity)
    return np.asarray(positive("heat_flow", heat_flow) * reach * erfinv(theta) / k)


def area_deviation(
    area: float,
    time: ArrayLike,
    deviation: ArrayLike,
    heat_flow: float,
    conductivity: float,
    diffusivity: float,
) -> float:
    r"""Least standard deviation with which a record of temperatures can tell the area.

    Parameters
    ----------
    area : float
        True or supposed area of one face [m²].
    time : array_like, shape (n,)
        Times of the record since injection began [s].
    deviation : array_like
        Standard deviation of each fraction: that of the temperature over ``T_rock - T_in`` [1].
    heat_flow : float
        Mass flow times specific heat of the water [W/K].
    conductivity, diffusivity : float
        Properties of the rock [W/(m K)], [m²/s].

    Returns
    -------
    float
        Standard deviation of the area [m²].

    Raises
    ------
    ValueError
        If an argument is not positive.

    Notes
    -----
    The Cramér-Rao bound for independent normal errors,

    .. math:: \Big[\sum_i(\partial_A\theta_i/\sigma_i)^2\Big]^{-1/2},\qquad
              \theta_i = \mathrm{erf}\frac{kA}{C\sqrt{\alpha t_i}}

    so that it serves to plan a test before there is a record.

    Examples
    --------
    >>> time = 31557600.0 * np.array([1.0, 2.0, 5.0])
    >>> round(area_deviation(5e4, time, 0.01, 4e4, 3.0, 1.3e-6))
    745
    """
    slope = 1.0 / single_fracture_area(time, erf(1.0), heat_flow, conductivity, diffusivity)
    gain = 2.0 / np.sqrt(np.pi) * slope * np.exp(-((slope * positive("area", area)) ** 2))
    return float(1.0 / np.sqrt(np.sum((gain / positive("deviation", deviation)) ** 2)))


def fit_single_fracture_area(
    time: ArrayLike,
    fraction: ArrayLike,
    deviation: ArrayLike,
    heat_flow: float,
    conductivity: float,
    diffusivity: float,
) -> AreaEstimate:
    r"""Area of one face of a single fracture from a record of fractions, by least squares.

    Parameters
    ----------
    time : array_like, shape (n,)
        Times since injection began [s].
    fraction : array_like, shape (n,)
        Fraction left, ``(T - T_in) / (T_rock - T_in)``; noise may carry it past 0 or 1 [1].
    deviation : array_like
        Standard deviation of each fraction: that of the temperature over ``T_rock - T_in`` [1].
    heat_flow : float
        Mass flow times specific heat of the water [W/K].
    conductivity, diffusivity : float
        Properties of the rock [W/(m K)], [m²/s].

    Returns
    -------
    AreaEstimate
        Area [m²] and its standard deviation [m²].

    Raises
    ------
    ValueError
        If an argument is out of its range or no fraction lies between 0 and 1.

    Notes
    -----
    Weighted least squares for :math:`\theta_i = \mathrm{erf}(g_iA)`,
    :math:`g_i = k/C\sqrt{\alpha t_i}`; the deviation is `area_deviation` at the area found.

    Examples
    --------
    >>> time = 31557600.0 * np.array([1.0, 2.0, 5.0])
    >>> record = erf(3.0 * 5e4 / (4e4 * np.sqrt(1.3e-6 * time)))
    >>> fit = fit_single_fracture_area(time, record, 0.01, 4e4, 3.0, 1.3e-6)
    >>> round(fit.area, 3), round(fit.deviation)
    (50000.0, 745)
    """
    theta = np.asarray(fraction, dtype=float)
    sigma = np.broadcast_to(positive("deviation", deviation), theta.shape)
    slope = 1.0 / single_fracture_area(time, erf(1.0), heat_flow, conductivity, diffusivity)
    usable = (theta > 0.0) & (theta < 1.0)
    if theta.shape != slope.shape or theta.ndim != 1:
        raise ValueError(f"time and fraction must be equal rows, got {slope.shape}, {theta.shape}")
    if not usable.any():
        raise ValueError("fraction must lie between 0 and 1 at one time at least")
    first = np.median(erfinv(theta[usable]) / slope[usable])

    def misfit(logarithm: Array) -> Array:
        return np.asarray((erf(slope * first * np.exp(logarithm)) - theta) / sigma)

    found = least_squares(misfit, [0.0], xtol=1e-14, ftol=1e-14, gtol=1e-14)
    area = float(first * np.exp(found.x[0]))
    bound = area_deviation(area, time, sigma, heat_flow, conductivity, diffusivity)
    return AreaEstimate(area, bound)
