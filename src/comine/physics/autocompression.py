r"""Autocompression: what the weight of the column does to air that goes down a shaft.

Each kilogram of moist air gains :math:`g z` of enthalpy, whatever the shaft is like; dry walls
leave it all as temperature, wet walls turn most of it into vapour. Friction, wall heat and
changes of speed are left out.

Sources
-------
McPherson, M. J. (2009). Subsurface Ventilation Engineering, 2nd ed., section 15.3.1 (steady-flow
energy equation; read through notes, not verified against the printed source).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.air_energy import DRY_HEAT, VAPOUR_HEAT
from comine.physics.humidity import (
    GAS_CONSTANT,
    MASS_RATIO,
    checked_humidity,
    checked_pressure,
    checked_temperature,
    density,
    latent_heat,
    saturated_humidity_ratio,
    saturation_pressure,
    saturation_pressure_slope,
)

__all__ = ["ShaftAir", "autocompression", "saturated_autocompression"]

_GRAVITY = 9.81
_SHAFT_STEP = 100.0


class ShaftAir(NamedTuple):
    """Air at the other end of a shaft."""

    temperature: Array
    humidity_ratio: Array
    pressure: Array


def autocompression(
    temperature: ArrayLike, humidity_ratio: ArrayLike, pressure: ArrayLike, depth: ArrayLike
) -> ShaftAir:
    r"""Air after a dry, frictionless, adiabatic descent, its moisture kept.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature at the start [K].
    humidity_ratio : array_like, shape (...)
        Humidity ratio X [kg/kg].
    pressure : array_like, shape (...)
        Pressure at the start [Pa].
    depth : array_like, shape (...)
        Depth gained [m]; negative for air that rises, which must stay unsaturated.

    Returns
    -------
    ShaftAir
        Temperature [K], humidity ratio [kg/kg] and pressure [Pa], each of shape (...).

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    With dh = g dz per kg of moist air,

    .. math:: T = T_0 + \frac{(1+X) g z}{1005 + 1884 X}, \qquad
        p = p_0 (T/T_0)^{(1005 + 1884 X) / [287.04 (1 + X/0.622)]}

    Examples
    --------
    >>> bottom = autocompression(293.15, 0.0, 101325.0, 1000.0)
    >>> round(float(bottom.temperature), 3), round(float(bottom.pressure), 0)
    (302.911, 113638.0)
    """
    ratio, start = checked_humidity(humidity_ratio), checked_temperature(temperature)
    heat = DRY_HEAT + VAPOUR_HEAT * ratio
    end = start + (1.0 + ratio) * _GRAVITY * np.asarray(depth, float) / heat
    exponent = heat / (GAS_CONSTANT * (1.0 + ratio / MASS_RATIO))
    total = checked_pressure(pressure)
    end, ratio, total = np.broadcast_arrays(end, ratio, total * (end / start) ** exponent)
    return ShaftAir(end, ratio, total)


def saturated_autocompression(
    temperature: ArrayLike, pressure: ArrayLike, depth: ArrayLike
) -> ShaftAir:
    r"""Air that descends past wet walls and stays saturated, without friction or wall heat.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature of the saturated air at the start [K].
    pressure : array_like, shape (...)
        Pressure at the start [Pa].
    depth : array_like, shape (...)
        Depth gained [m].

    Returns
    -------
    ShaftAir
        Temperature [K], humidity ratio [kg/kg] and pressure [Pa], each of shape (...).

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    The water evaporates at the temperature of the air:
    :math:`(1005 + 1884 X) dT + L\,dX_s = (1 + X) g\,dz` with :math:`dp = \rho g\,dz`, integrated by
    the classical Runge-Kutta method in steps of 100 m or less.

    Examples
    --------
    >>> bottom = saturated_autocompression(293.15, 101325.0, 1000.0)
    >>> round(float(bottom.temperature), 3), round(float(bottom.pressure), 0)
    (297.354, 113636.0)
    """
    state = np.array(
        np.broadcast_arrays(np.asarray(temperature, dtype=float), checked_pressure(pressure), depth)
    )
    state, drop = state[:2], state[2]
    steps = max(1, int(np.ceil(np.abs(drop).max() / _SHAFT_STEP)))
    step = drop / steps
    for _ in range(steps):
        first = _saturated_slope(state)
        second = _saturated_slope(state + 0.5 * step * first)
        third = _saturated_slope(state + 0.5 * step * second)
        fourth = _saturated_slope(state + step * third)
        state = state + step / 6.0 * (first + 2.0 * second + 2.0 * third + fourth)
    return ShaftAir(state[0], saturated_humidity_ratio(state[0], state[1]), state[1])


def _saturated_slope(state: Array) -> Array:
    """Derivatives of temperature and pressure by depth in saturated air."""
    temperature, total = state
    ratio = saturated_humidity_ratio(temperature, total)
    vapour = saturation_pressure(temperature)
    latent = latent_heat(temperature)
    by_pressure = -ratio / (total - vapour)
    relative_slope = saturation_pressure_slope(temperature) / vapour
    by_temperature = ratio * total / (total - vapour) * relative_slope
    weight = density(temperature, ratio, total) * _GRAVITY
    heating = (1.0 + ratio) * _GRAVITY - latent * by_pressure * weight
    heat = DRY_HEAT + VAPOUR_HEAT * ratio + latent * by_temperature
    return np.array([heating / heat, weight])
