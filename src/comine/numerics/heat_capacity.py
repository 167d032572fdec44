r"""Heat that a volume holds where its capacity follows the temperature.

Heat, not temperature, is what a step accounts for:
:math:`h(T_2) - h(T_1) = \int_{T_1}^{T_2} c\,dT`, so that no latent heat is passed over however long
the step.

Sources
-------
Voller, V. R. & Swaminathan, C. R. (1991), Numer. Heat Transfer B 19, 175-189 (the update that
keeps to the enthalpy curve).
Abramowitz, M. & Stegun, I. A. (1964), Handbook of Mathematical Functions, table 25.4 (quadrature).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.numerics import Array
from comine.numerics.checks import require

NODES, WEIGHTS = np.polynomial.legendre.leggauss(5)


class HeatCurve(NamedTuple):
    """Heat held in a volume as a function of temperature, with its slope and its inverse."""

    capacity: Callable[[Array], Array]
    """Slope at a temperature [J/m3/K]."""
    heat: Callable[[Array], Array]
    """Heat held at a temperature [J/m3]."""
    temperature: Callable[[Array], Array]
    """Temperature at which a heat is held [K]."""


def melting(
    solid: ArrayLike, liquid: ArrayLike, latent: ArrayLike, begins: ArrayLike, ends: ArrayLike
) -> HeatCurve:
    r"""Heat curve of a material that melts over a range of temperature.

    Parameters
    ----------
    solid, liquid : array_like
        Heat capacity of a volume, solid and liquid [J/m3/K].
    latent : array_like
        Latent heat of a volume; 0 in cells that do not melt [J/m3].
    begins, ends : array_like
        Temperatures between which it melts, evenly [K].

    Returns
    -------
    HeatCurve
        The curve, with heat counted from the temperature at which melting begins.

    Raises
    ------
    ValueError
        If a capacity is not above 0, the latent heat is negative, or the range is empty.

    Notes
    -----
    Within the range the slope is :math:`(c_s + c_l)/2 + L/(T_l - T_s)`. All arguments may be arrays
    over the cells.

    Examples
    --------
    >>> curve = melting(3.75e6, 3.75e6, 2.7e8, 299.5, 300.5)
    >>> curve.heat(np.array([299.5, 300.5])) / 1e6
    array([  0.  , 273.75])
    """
    low, high, extra, begin, end = (
        np.asarray(a, dtype=float) for a in (solid, liquid, latent, begins, ends)
    )
    require(low > 0, "solid", low, "a heat capacity above 0 J/m3/K")
    require(high > 0, "liquid", high, "a heat capacity above 0 J/m3/K")
    require(extra >= 0, "latent", extra, "0 J/m3 or more")
    require(end > begin, "ends", end - begin, "a temperature above that where melting begins")
    within = 0.5 * (low + high) + extra / (end - begin)
    whole = within * (end - begin)

    def capacity(temperature: Array) -> Array:
        beyond = np.where(temperature < begin, low, high)
        return np.where((temperature >= begin) & (temperature <= end), within, beyond)

    def heat(temperature: Array) -> Array:
        above = temperature - begin
        melted = within * np.clip(above, 0.0, end - begin)
        return np.asarray(
            low * np.minimum(above, 0.0) + melted + high * np.maximum(temperature - end, 0.0)
        )

    def temperature(held: Array) -> Array:
        melted = np.clip(held, 0.0, whole) / within
        outside = np.minimum(held, 0.0) / low + np.maximum(held - whole, 0.0) / high
        return np.asarray(begin + melted + outside)

    return HeatCurve(capacity, heat, temperature)


def heat_between(capacity: Callable[[Array], Array], before: Array, after: Array) -> Array:
    """Heat that a volume takes up between two temperatures.

    Parameters
    ----------
    capacity : callable
        Heat capacity at the temperatures of all cells [J/m3/K]; smooth.
    before, after : ndarray, shape (x, y, z)
        Temperatures [K].

    Returns
    -------
    ndarray, shape (x, y, z)
        Heat [J/m3].

    Notes
    -----
    Gauss-Legendre quadrature of five points, exact for polynomials of the ninth degree.

    Examples
    --------
    >>> heat_between(lambda T: 2e6 + 1e3 * T, np.array([300.0]), np.array([310.0]))
    array([23050000.])
    """
    middle, half = 0.5 * (before + after), 0.5 * (after - before)
    total = np.zeros_like(middle)
    for node, weight in zip(NODES, WEIGHTS, strict=True):
        total += weight * capacity(middle + node * half)
    return np.asarray(total * half)
