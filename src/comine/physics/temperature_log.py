"""Measured temperature logs: interpolation, and heat flow by thermal resistance.

Sources
-------
Bullard, E. C. (1939), Heat flow in South Africa, Proc. R. Soc. A 173, 474-502.
Fritsch, F. N. & Butland, J. (1984), SIAM J. Sci. Stat. Comput. 5, 300-304.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator

from comine.physics import Array
from comine.physics.bounds import require


class LogTemperature(NamedTuple):
    """Temperature read from a measured log."""

    temperature: Array
    """Temperature [K]."""
    extrapolated: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    """True where the depth lies outside the measured interval."""


class HeatFlowFit(NamedTuple):
    """Result of a thermal-resistance (Bullard) fit."""

    heat_flow: float
    """Heat flow [W/m2]."""
    surface_temperature: float
    """Temperature at the first depth by the fitted line [K]."""
    heat_flow_deviation: float
    """Standard deviation of the heat flow [W/m2]."""


def interpolate_log(
    depth: ArrayLike, log_depth: ArrayLike, log_temperature: ArrayLike, extrapolate: bool = False
) -> LogTemperature:
    """Temperature between the points of a measured log.

    Parameters
    ----------
    depth : array_like, shape (...)
        Depth [m].
    log_depth, log_temperature : array_like, shape (point,)
        Measured depths [m], strictly increasing, and temperatures [K]; two points or more.
    extrapolate : bool
        Whether depths outside the log take the gradient of its first or last interval.

    Returns
    -------
    LogTemperature
        Temperature [K] and a flag that tells the extrapolated values, shape (...).

    Raises
    ------
    ValueError
        If the log is malformed, or a depth lies outside it and `extrapolate` is false.

    Notes
    -----
    Piecewise cubic Hermite interpolation that keeps monotony (Fritsch & Butland 1984).
    Extrapolation uses the secant of the end interval, which noise disturbs less than the end slope
    of the spline.

    Examples
    --------
    >>> interpolate_log(1500.0, [0.0, 500.0, 1000.0], [286.0, 296.0, 311.0], extrapolate=True)
    LogTemperature(temperature=array(326.), extrapolated=array(True))
    """
    z, zl = np.asarray(depth, dtype=float), np.asarray(log_depth, dtype=float)
    Tl = np.asarray(log_temperature, dtype=float)
    if zl.ndim != 1 or zl.shape != Tl.shape or zl.size < 2 or np.any(np.diff(zl) <= 0):
        raise ValueError(
            f"log_depth: got shape {zl.shape} beside temperatures {Tl.shape}; give two or more "
            "strictly increasing depths with one temperature each"
        )
    above, below = z < zl[0], z > zl[-1]
    outside = above | below
    if not extrapolate and np.any(outside):
        raise ValueError(
            f"depth: {z.min():g} to {z.max():g} m leaves the log of {zl[0]:g} to {zl[-1]:g} m; "
            "stay inside or ask for extrapolation"
        )
    T = np.asarray(PchipInterpolator(zl, Tl)(np.clip(z, zl[0], zl[-1])))
    first, last = np.diff(Tl[:2]) / np.diff(zl[:2]), np.diff(Tl[-2:]) / np.diff(zl[-2:])
    T = (
        T
        + np.where(above, first[0] * (z - zl[0]), 0.0)
        + np.where(below, last[0] * (z - zl[-1]), 0)
    )
    return LogTemperature(np.asarray(T), np.asarray(outside))


def bullard_heat_flow(
    depth: ArrayLike, temperature: ArrayLike, conductivity: ArrayLike, deviation: float
) -> HeatFlowFit:
    r"""Heat flow from a temperature log and interval conductivities.

    Parameters
    ----------
    depth, temperature : array_like, shape (point,)
        Depth [m], strictly increasing, and temperature [K]; two points or more.
    conductivity : array_like, shape (point - 1,)
        Conductivity of the intervals at their own temperature [W/m/K].
    deviation : float
        Standard deviation of one temperature [K].

    Returns
    -------
    HeatFlowFit
        Heat flow [W/m2], temperature at the first depth [K], deviation of the heat flow [W/m2].

    Raises
    ------
    ValueError
        If the shapes do not fit or a value is out of range.

    Notes
    -----
    Least squares of :math:`T = T_0 + qR` with the thermal resistance
    :math:`R = \sum \Delta z/\lambda` (Bullard 1939) and
    :math:`s_q = s_T / \sqrt{\sum (R - \bar R)^2}`. Heat production in the interval is not allowed
    for.

    Examples
    --------
    >>> fit = bullard_heat_flow([0.0, 300.0, 900.0], [286.0, 293.0, 307.0], [3.0, 3.0], 0.1)
    >>> round(fit.heat_flow, 6)
    0.07
    """
    z, T = np.asarray(depth, dtype=float), np.asarray(temperature, dtype=float)
    k = np.asarray(conductivity, dtype=float)
    if z.ndim != 1 or T.shape != z.shape or k.shape != (z.size - 1,) or z.size < 2:
        raise ValueError(
            f"conductivity: got shapes {z.shape}, {T.shape}, {k.shape}; give one temperature a "
            "depth and one conductivity an interval"
        )
    require(np.diff(z) > 0, "depth", z, "strictly increasing depths")
    require(k > 0, "conductivity", k, "values above 0 W/m/K")
    require(deviation >= 0, "deviation", deviation, "0 K or more")
    R = np.concatenate(([0.0], np.cumsum(np.diff(z) / k)))
    spread = float(np.sum((R - R.mean()) ** 2))
    q = float(np.sum((R - R.mean()) * (T - T.mean()))) / spread
    return HeatFlowFit(q, float(T.mean() - q * R.mean()), deviation / spread**0.5)
