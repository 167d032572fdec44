"""Energy to bring a mass of ore to the surface, by way of transport.

Every function answers in J per kg of ore; 3.6 kJ/kg is one kWh/t. Efficiencies are inputs.

Sources
-------
Potential energy and losses from first principles. McCarthy, P. L. & Livingstone, R. (1993) and
Rupprecht, S. (2012) compare the modes; Paterson & Cooke describe hydraulic hoists of 2 km and more.
"""

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.bounds import require

GRAVITY = 9.81
"""Acceleration of gravity [m/s2]."""


def lift_energy(height: ArrayLike, efficiency: ArrayLike) -> Array:
    r"""Energy to lift ore in a balanced skip, or water by a pump.

    Parameters
    ----------
    height : array_like, shape (...)
        Height of lift [m].
    efficiency : array_like, shape (...)
        From the grid to the load [1], above 0 to 1; about 0.8 for a skip (recalled).

    Returns
    -------
    ndarray, shape (...)
        :math:`gH/\eta` [J/kg].

    Raises
    ------
    ValueError
        If a height is negative or an efficiency out of range.

    Examples
    --------
    >>> round(float(lift_energy(2000.0, 0.8)) / 3600, 4)
    6.8125
    """
    H = _height(height)
    return np.asarray(GRAVITY * H / _share("efficiency", efficiency))


def truck_energy(
    height: ArrayLike,
    grade: ArrayLike,
    rolling_resistance: ArrayLike,
    load_ratio: ArrayLike,
    efficiency: ArrayLike = 1.0,
    regeneration: ArrayLike = 0.0,
) -> Array:
    r"""Energy of a truck that climbs a ramp loaded and comes back empty.

    Parameters
    ----------
    height : array_like, shape (...)
        Height of the climb [m].
    grade : array_like, shape (...)
        Rise over horizontal distance [1], above the rolling resistance.
    rolling_resistance : array_like, shape (...)
        Rolling resistance over weight [1].
    load_ratio : array_like, shape (...)
        Empty mass of the truck over its load [1].
    efficiency : array_like, shape (...)
        From fuel or grid to the wheel [1]; 1 gives the energy at the wheel.
    regeneration : array_like, shape (...)
        Share of the braking energy of the empty descent that is given back [1], 0 to 1.

    Returns
    -------
    ndarray, shape (...)
        :math:`g[(1+\tau)(H + fH/s)/\eta - \zeta\tau(H - fH/s)]` [J/kg]. The energy spent
        by the descent itself is not counted.

    Raises
    ------
    ValueError
        If a value is out of range.

    Examples
    --------
    >>> round(float(truck_energy(2000.0, 0.14, 0.03, 50 / 60)) / 3600, 3)
    12.133
    """
    H, slope = _height(height), np.asarray(grade, dtype=float)
    f, tare = np.asarray(rolling_resistance, dtype=float), np.asarray(load_ratio, dtype=float)
    returned = np.asarray(regeneration, dtype=float)
    require(f >= 0, "rolling_resistance", f, "0 or more")
    require(slope > f, "grade", slope, "a grade above the rolling resistance")
    require(tare >= 0, "load_ratio", tare, "0 or more")
    require((returned >= 0) & (returned <= 1), "regeneration", returned, "values of 0 to 1")
    friction = f * H / slope
    up = (1 + tare) * (H + friction) / _share("efficiency", efficiency)
    return np.asarray(GRAVITY * (up - returned * tare * (H - friction)))


def conveyor_energy(
    height: ArrayLike, angle: ArrayLike, friction: ArrayLike, efficiency: ArrayLike
) -> Array:
    r"""Energy of a belt conveyor in an incline.

    Parameters
    ----------
    height : array_like, shape (...)
        Height of lift [m].
    angle : array_like, shape (...)
        Inclination [rad], above 0 to pi/2.
    friction : array_like, shape (...)
        Friction of belt and load over the weight of the load [1].
    efficiency : array_like, shape (...)
        Efficiency of the drive [1], above 0 to 1.

    Returns
    -------
    ndarray, shape (...)
        :math:`gH(1 + f/\tan\alpha)/\eta` [J/kg].

    Raises
    ------
    ValueError
        If a value is out of range.

    Examples
    --------
    >>> round(float(conveyor_energy(800.0, np.radians(15.0), 0.022, 0.85)) / 3600, 3)
    2.775
    """
    H, tilt, f = _height(height), np.asarray(angle, float), np.asarray(friction, float)
    require((tilt > 0) & (tilt <= np.pi / 2), "angle", tilt, "values above 0 up to pi/2")
    require(f >= 0, "friction", f, "0 or more")
    return np.asarray(GRAVITY * H * (1 + f / np.tan(tilt)) / _share("efficiency", efficiency))


def hydraulic_hoist_energy(
    height: ArrayLike,
    solid_density: ArrayLike,
    carrier_density: ArrayLike,
    concentration: ArrayLike,
    friction_gradient: ArrayLike,
    efficiency: ArrayLike,
) -> Array:
    r"""Energy of a hydraulic hoist whose descending carrier balances the rising one.

    Parameters
    ----------
    height : array_like, shape (...)
        Height of lift [m].
    solid_density, carrier_density : array_like, shape (...)
        Density of the ore and of the carrier fluid [kg/m3], the ore being the heavier.
    concentration : array_like, shape (...)
        Share of the volume of the slurry that is ore [1], above 0, below 1.
    friction_gradient : array_like, shape (...)
        Friction loss of both legs together per height [Pa/m], see `pipe_friction`.
    efficiency : array_like, shape (...)
        Efficiency of the pump [1], above 0 to 1.

    Returns
    -------
    ndarray, shape (...)
        :math:`H[C(\rho_s - \rho_w)g + J]/(\eta C\rho_s)` [J/kg]; without friction and losses it
        is :math:`(1 - \rho_w/\rho_s)gH`. Crushing and drying are not counted.

    Raises
    ------
    ValueError
        If a value is out of range.

    Examples
    --------
    >>> round(float(hydraulic_hoist_energy(2000.0, 2700.0, 1000.0, 0.15, 0.0, 1.0)) / 3600, 4)
    3.4315
    """
    H, C = _height(height), np.asarray(concentration, dtype=float)
    ore, water = np.asarray(solid_density, dtype=float), np.asarray(carrier_density, dtype=float)
    J = np.asarray(friction_gradient, dtype=float)
    require(water > 0, "carrier_density", water, "values above 0 kg/m3")
    require(ore > water, "solid_density", ore, "an ore heavier than the carrier")
    require((C > 0) & (C < 1), "concentration", C, "values above 0 and below 1")
    require(J >= 0, "friction_gradient", J, "0 Pa/m or more")
    eta = _share("efficiency", efficiency)
    return np.asarray(H * (C * (ore - water) * GRAVITY + J) / (eta * C * ore))


def pipe_friction(
    density: ArrayLike, speed: ArrayLike, diameter: ArrayLike, friction_factor: ArrayLike
) -> Array:
    r"""Friction loss per length of a pipe.

    Parameters
    ----------
    density : array_like, shape (...)
        Density of the fluid or slurry [kg/m3].
    speed : array_like, shape (...)
        Mean speed [m/s].
    diameter : array_like, shape (...)
        Inner diameter [m].
    friction_factor : array_like, shape (...)
        Darcy friction factor [1].

    Returns
    -------
    ndarray, shape (...)
        :math:`f\rho v^2/(2D)` [Pa/m].

    Raises
    ------
    ValueError
        If a diameter is not positive or a friction factor negative.

    Examples
    --------
    >>> round(float(pipe_friction(1000.0, 3.5, 0.3, 0.014)), 2)
    285.83
    """
    D, f = np.asarray(diameter, dtype=float), np.asarray(friction_factor, dtype=float)
    require(D > 0, "diameter", D, "values above 0 m")
    require(f >= 0, "friction_factor", f, "0 or more")
    rho, v = np.asarray(density, dtype=float), np.asarray(speed, dtype=float)
    return np.asarray(f * rho * v**2 / (2 * D))


def _height(height: ArrayLike) -> Array:
    H = np.asarray(height, dtype=float)
    require(H >= 0, "height", H, "0 m or more")
    return H


def _share(name: str, value: ArrayLike) -> Array:
    v = np.asarray(value, dtype=float)
    require((v > 0) & (v <= 1), name, v, "values above 0 up to 1")
    return v
