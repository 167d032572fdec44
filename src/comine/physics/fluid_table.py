"""Tables of the properties of a fluid over temperature and pressure, one phase at a time.

The single-phase states are covered by five patches that fit the saturation line, so that no cell of
a table lies across it: dense fluid above the critical pressure, liquid, vapour, gas, and gas of
nearly critical pressure. A box around the critical point is left out. Within a patch, a property is
a bicubic spline over stretched coordinates.

Sources
-------
- I. H. Bell, J. Wronski, S. Quoilin, V. Lemort, "Pure and pseudo-pure fluid thermophysical property
  evaluation and the open-source library CoolProp", Ind. Eng. Chem. Res. 53 (2014) 2498-2508.
- P. Dierckx, *Curve and Surface Fitting with Splines*, Oxford 1993.
"""

from typing import NamedTuple

import numpy as np
from scipy.interpolate import CubicSpline, RectBivariateSpline

from comine.physics import Array

PROPERTIES = ("density", "enthalpy", "specific_heat", "viscosity", "conductivity", "expansion")
"""What a table holds, in the order of its layers."""
SIGNED = ("enthalpy", "expansion")
"""What is stored as it is; of the others the logarithm."""
BOX = (0.98, 1.04, 1.15)
"""The box that is left out: lower and upper temperature over the critical one, upper pressure over
the critical one. Its lower pressure is that of saturation at its lower temperature."""
LAYOUT = 1
"""Changes with the meaning of the stored numbers."""


class FluidRange(NamedTuple):
    """States that a table covers."""

    coldest: float
    """Lowest temperature [K]."""
    hottest: float
    """Highest temperature [K]."""
    highest_pressure: float
    """Highest pressure [Pa]."""


class Patch(NamedTuple):
    """Region of states with nodes over stretched coordinates."""

    temperatures: tuple[float, float]
    """Lowest and highest temperature [K]."""
    low: float
    """Lowest pressure, NaN where it is that of saturation [Pa]."""
    high: float
    """Highest pressure, NaN where it is that of saturation [Pa]."""
    gaseous: bool
    """Whether density is stored over pressure and nodes are densest at the highest pressure."""
    nodes: tuple[int, int]
    """Nodes along temperature and along pressure."""


class FluidTable(NamedTuple):
    """Properties of a fluid at the nodes of its patches."""

    critical: tuple[float, float]
    """Critical temperature [K] and pressure [Pa]."""
    box_pressure: float
    """Lower pressure of the box that is left out [Pa]."""
    saturation: Array
    """Rows of -1/T [1/K], rising, and of the logarithm of the pressure of saturation [Pa]; no
    columns where all of the range is warmer than the box's lower temperature."""
    patches: tuple[Patch, ...]
    """The regions."""
    layers: tuple[Array, ...]
    """For each patch the stored `PROPERTIES`, shape (6, nodes along T, nodes along p)."""


def patches_of(
    critical: tuple[float, float], box_pressure: float, span: FluidRange
) -> tuple[Patch, ...]:
    """Patches that cover a range.

    Parameters
    ----------
    critical : tuple of float
        Critical temperature [K] and pressure [Pa].
    box_pressure : float
        Lower pressure of the box that is left out [Pa].
    span : FluidRange
        Range of the table.

    Returns
    -------
    tuple of Patch
        Dense fluid, liquid, vapour, gas, and gas of nearly critical pressure, as far as the range
        holds them.

    Examples
    --------
    >>> air = patches_of((132.5, 3.79e6), 3.4e6, FluidRange(220.0, 600.0, 3e7))
    >>> [patch.nodes for patch in air]
    [(160, 64), (80, 24), (80, 20)]
    """
    cold, hot, most = span
    edge, after = critical[0] * BOX[0], critical[0] * BOX[1]
    dense, nan = critical[1] * BOX[2], float("nan")
    wanted = (
        Patch((cold, hot), dense, most, False, (160, 64)),
        Patch((cold, min(edge, hot)), nan, dense, False, (80, 24)),
        Patch((cold, min(edge, hot)), 0.0, nan, True, (80, 24)),
        Patch((max(cold, edge), hot), 0.0, box_pressure, True, (80, 24)),
        Patch((max(cold, after), hot), box_pressure, dense, True, (80, 20)),
    )
    return tuple(patch for patch in wanted if patch.temperatures[0] < patch.temperatures[1])


def saturation_line(table: FluidTable) -> CubicSpline | None:
    """Logarithm of the pressure of saturation over -1/T.

    Parameters
    ----------
    table : FluidTable
        The table.

    Returns
    -------
    CubicSpline or None
        The spline, none where all states of the table are gaseous.

    Examples
    --------
    >>> points = np.array([[-0.004, -0.0035, -0.003, -0.0025], [11.0, 12.0, 13.0, 14.0]])
    >>> line = saturation_line(FluidTable((500.0, 4e6), 3e6, points, (), ()))
    >>> float(line(-1.0 / 320.0).round(6))
    12.75
    """
    return CubicSpline(*table.saturation) if table.saturation.size else None


def splines_of(table: FluidTable) -> tuple[tuple[RectBivariateSpline, ...], ...]:
    """Splines of the stored properties, by patch and property.

    Parameters
    ----------
    table : FluidTable
        The table.

    Returns
    -------
    tuple of tuple of RectBivariateSpline
        The splines over the coordinates of `coordinates`.

    Examples
    --------
    >>> gas = Patch((250.0, 350.0), 0.0, 2e6, True, (5, 5))
    >>> table = FluidTable((126.2, 3.4e6), 3e6, np.empty((2, 0)), (gas,), (np.ones((6, 5, 5)),))
    >>> float(splines_of(table)[0][2](2.0, 0.5)[0, 0].round(12))
    1.0
    """
    result = []
    for patch, layers in zip(table.patches, table.layers, strict=True):
        kelvin, y = nodes(patch, table.critical[0])
        x = _stretch(kelvin / table.critical[0])
        result.append(tuple(RectBivariateSpline(x, y, layer) for layer in layers))
    return tuple(result)


def nodes(patch: Patch, critical_temperature: float) -> tuple[Array, Array]:
    """Nodes of a patch.

    Parameters
    ----------
    patch : Patch
        The patch.
    critical_temperature : float
        Critical temperature [K].

    Returns
    -------
    tuple of ndarray
        Temperatures [K], and coordinates along pressure from 0 to 1.

    Examples
    --------
    >>> nodes(Patch((250.0, 350.0), 1e6, 2e6, True, (5, 3)), 300.0)[1]
    array([0. , 0.5, 1. ])
    """
    fine = np.linspace(*patch.temperatures, 20 * patch.nodes[0])
    x = _stretch(fine / critical_temperature)
    kelvin = np.interp(np.linspace(x[0], x[-1], patch.nodes[0]), x, fine)
    return kelvin, np.linspace(0.0, 1.0, patch.nodes[1])


def bounds_of(patch: Patch, temperature: Array, boiling: Array) -> tuple[Array, Array]:
    """Lowest and highest pressure of a patch at some temperatures.

    Parameters
    ----------
    patch : Patch
        The patch.
    temperature, boiling : ndarray
        Temperature [K] and pressure of saturation there [Pa].

    Returns
    -------
    tuple of ndarray
        Pressures [Pa].

    Examples
    --------
    >>> vapour = Patch((250.0, 350.0), 0.0, np.nan, True, (5, 3))
    >>> bounds_of(vapour, np.array([300.0]), np.array([7.0]))
    (array([0.]), array([7.]))
    """
    low = boiling if np.isnan(patch.low) else np.full(temperature.shape, patch.low)
    high = boiling if np.isnan(patch.high) else np.full(temperature.shape, patch.high)
    return low, high


def coordinates(
    patch: Patch, reduced: Array, pressure: Array, bounds: tuple[Array, Array]
) -> tuple[Array, Array]:
    r"""Stretched coordinates of states of a patch.

    Parameters
    ----------
    patch : Patch
        The patch.
    reduced : ndarray
        Temperature over the critical one [1].
    pressure : ndarray
        Pressure [Pa].
    bounds : tuple of ndarray
        From `bounds_of` [Pa].

    Returns
    -------
    tuple of ndarray
        Coordinates along temperature, and along pressure from 0 to 1.

    Notes
    -----
    With :math:`\tau = T/T_c`, :math:`x = \operatorname{arsinh}[(\tau - 1.02)/0.03] + 6\tau`, finest
    where the specific heat peaks. With the share `s` of the way from the lowest to the highest
    pressure (of their logarithms in dense fluid), :math:`y = \sqrt s`, for gas
    :math:`1 - \sqrt{1 - s}`: finest on the side of the critical pressure.

    Examples
    --------
    >>> gas = Patch((250.0, 350.0), 0.0, 2e6, True, (5, 3))
    >>> coordinates(gas, np.array([1.02]), np.array([1.5e6]), (np.array([0.0]), np.array([2e6])))
    (array([6.12]), array([0.5]))
    """
    low, high = bounds
    if patch.gaseous:
        y = 1.0 - np.sqrt(np.maximum(high - pressure, 0.0) / (high - low))
    elif np.isnan(patch.low):
        y = np.sqrt(np.maximum(pressure - low, 0.0) / (high - low))
    else:
        y = np.sqrt(np.maximum(np.log(pressure / low), 0.0) / np.log(high / low))
    return _stretch(reduced), y


def node_states(patch: Patch, table: FluidTable) -> tuple[Array, Array]:
    """Temperatures and pressures at the nodes of a patch.

    Parameters
    ----------
    patch : Patch
        The patch.
    table : FluidTable
        Its table, whose layers are not needed.

    Returns
    -------
    tuple of ndarray
        Temperatures, shape (n,) [K], and pressures, shape (n, m) [Pa].

    Examples
    --------
    >>> gas = Patch((250.0, 350.0), 0.0, 2e6, True, (5, 3))
    >>> table = FluidTable((126.2, 3.4e6), 3e6, np.empty((2, 0)), (gas,), ())
    >>> node_states(gas, table)[1][0]
    array([2.0e+00, 1.5e+06, 2.0e+06])
    """
    kelvin, y = nodes(patch, table.critical[0])
    line = saturation_line(table)
    boiling = np.exp(line(-1.0 / kelvin)) if line else np.zeros(kelvin.shape)
    low, high = (bound[:, None] for bound in bounds_of(patch, kelvin, boiling))
    if patch.gaseous:
        # at no pressure at all the density over pressure is that of the thinnest gas
        return kelvin, np.maximum(high - (high - low) * (1.0 - y) ** 2, 1e-6 * high)
    return kelvin, low + (high - low) * y**2 if np.isnan(patch.low) else low * (high / low) ** y**2


def _stretch(reduced: Array) -> Array:
    return np.asarray(np.arcsinh((reduced - 1.02) / 0.03) + 6.0 * reduced)
