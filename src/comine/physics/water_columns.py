r"""Columns of chilled water in shafts: static pressure, insulation, temperature at the foot.

Cold gained or lost is a temperature of the water; its heat capacity is constant.

Sources
-------
First principles: hydrostatics, one-dimensional heat gain of a pipe in air whose temperature is
linear in depth, and conversion of the head to heat.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.bounds import positive, require, within
from comine.physics.film import wall_resistance

__all__ = ["ColumnWater", "PressureStages", "column_water", "pipe_conductance", "pressure_stages"]

_DENSITY, _GRAVITY, _WATER_HEAT = 1000.0, 9.81, 4187.0


class PressureStages(NamedTuple):
    """Static pressure at the foot of a column [Pa] and stages that it is broken into [1]."""

    pressure: Array
    stages: Array


class ColumnWater(NamedTuple):
    """Water at the foot of a pipe [K], and its rises by heat gained and by its head [K]."""

    temperature: Array
    gained: Array
    joule: Array


def pressure_stages(depth: ArrayLike, stage_pressure: ArrayLike) -> PressureStages:
    r"""Static head of a water column, and by how many dams or feeders it must be broken.

    Parameters
    ----------
    depth : array_like, shape (...)
        Height of the column [m], 0 or more.
    stage_pressure : array_like, shape (...)
        Pressure that pipes and coolers bear [Pa].

    Returns
    -------
    PressureStages
        Pressure :math:`\rho g z` above that at the top, and stages, each of shape (...).

    Raises
    ------
    ValueError
        If the depth is negative or the pressure not above 0.

    Examples
    --------
    >>> column = pressure_stages(2000.0, 10e6)
    >>> float(column.pressure) / 1e6, int(column.stages)
    (19.62, 2)
    """
    pressure = _DENSITY * _GRAVITY * within("depth", depth, 0.0)
    stages = np.ceil(pressure / positive("stage_pressure", stage_pressure))
    return PressureStages(np.asarray(pressure), np.asarray(stages))


def pipe_conductance(
    diameter: ArrayLike, thickness: ArrayLike, conductivity: ArrayLike, film: ArrayLike
) -> Array:
    r"""Conductance by length between the water in an insulated pipe and the air of the shaft.

    Parameters
    ----------
    diameter : array_like, shape (...)
        Diameter under the insulation [m].
    thickness : array_like, shape (...)
        Of the insulation [m]; 0 for a bare pipe.
    conductivity : array_like, shape (...)
        Of the insulation [W/(m K)].
    film : array_like, shape (...)
        Film coefficient of the air, radiation and condensation included [W/(m2 K)].

    Returns
    -------
    ndarray, shape (...)
        Conductance [W/(m K)].

    Raises
    ------
    ValueError
        If the thickness is negative or another argument not above 0.

    Notes
    -----
    .. math:: U' = \left[\frac{\ln(D_o/D)}{2\pi k} + \frac{1}{\pi D_o h}\right]^{-1}

    The water's film and the steel are left out: they are hundredths of the whole.

    Examples
    --------
    >>> pipe_conductance(0.5, [0.0, 0.05], 0.04, 10.0).round(3)
    array([15.708,  1.285])
    """
    inner = positive("diameter", diameter)
    outer = inner + 2.0 * within("thickness", thickness, 0.0)
    wall = wall_resistance(inner, outer, conductivity)
    return np.asarray(1.0 / (wall + 1.0 / (np.pi * outer * positive("film", film))))


def column_water(
    depth: ArrayLike,
    supply: ArrayLike,
    mass_flow: ArrayLike,
    conductance: ArrayLike,
    shaft_air: tuple[ArrayLike, ArrayLike],
    recovery: ArrayLike = 0.0,
) -> ColumnWater:
    r"""Chilled water at the foot of a shaft pipe: heat gained on the way and its own head.

    Parameters
    ----------
    depth : array_like, shape (...)
        Length of the vertical pipe z [m], 0 or more.
    supply : array_like, shape (...)
        Temperature at the collar [K].
    mass_flow : array_like, shape (...)
        Water flow m [kg/s].
    conductance : array_like, shape (...)
        Conductance to the air by length [W/(m K)], 0 or more; see `pipe_conductance`.
    shaft_air : tuple of array_like, shape (...)
        Temperature of the air at the collar [K] and its gradient g_a with depth [K/m].
    recovery : array_like, shape (...), optional
        Share of the head that a turbine or a feeder takes out at the foot [1].

    Returns
    -------
    ColumnWater
        Temperature after turbine, feeder or throttle, and both rises [K], each of shape (...).

    Raises
    ------
    ValueError
        If the flow is not above 0, the depth or the conductance negative or the share beyond 0
        to 1.

    Notes
    -----
    With :math:`\lambda = m c/U'` and air :math:`T_a + g_a z`,

    .. math:: \Delta T_{gain} = (T_a - g_a\lambda - T_s)(1 - e^{-z/\lambda}) + g_a z, \qquad
        \Delta T_{Joule} = (1 - \eta)\,g z/c

    Descending water keeps the head as pressure until the foot, so the head's heat comes last.

    Examples
    --------
    >>> water = column_water(2000.0, 276.15, 100.0, 1.27, (293.15, 0.008))
    >>> round(float(water.gained), 3), round(float(water.joule), 3)
    (0.151, 4.686)
    """
    z, start = within("depth", depth, 0.0), np.asarray(supply, dtype=float)
    rate = _WATER_HEAT * positive("mass_flow", mass_flow)
    wall = within("conductance", conductance, 0.0)
    kept = within("recovery", recovery, 0.0, 1.0)
    air, gradient = (np.asarray(part, dtype=float) for part in shaft_air)
    require(air > 0.0, "shaft_air", air, "temperatures above 0 K")
    units = wall * z / rate
    # (1 - e^-N)/N and its complement stay finite for a pipe without conductance
    small = units < 1e-9
    safe = np.where(small, 1.0, units)
    mean = np.where(small, 1.0, -np.expm1(-safe) / safe)
    gained = (air - start) * units * mean + gradient * z * (1.0 - mean)
    joule = (1.0 - kept) * _GRAVITY * z / _WATER_HEAT
    temperature = start + gained + joule
    shape = temperature.shape
    return ColumnWater(temperature, np.broadcast_to(gained, shape), np.broadcast_to(joule, shape))
