r"""What the natural wet bulb and the black globe show underground, and the index made of them.

No sun: the surroundings radiate at one mean radiant temperature.

Sources
-------
Liljegren, J. C. et al. (2008). Modeling the wet bulb globe temperature using standard
meteorological measurements. J. Occup. Environ. Hyg. 5(10), 645-655, for the balance of the wick;
its coefficients were read in public implementations that agree, not in print.
ISO 7726:1998, annex B, for the balance of the globe; recalled, but an independent implementation
agrees.
ISO 7243:2017, for the index without sun.
"""

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.air import air_viscosity, humidity_ratio_from_wet_bulb
from comine.physics.bisection import bisect
from comine.physics.bounds import positive, require, within
from comine.physics.humidity import (
    COLDEST,
    HOTTEST,
    checked_temperature,
    saturation_pressure,
    vapour_pressure,
)

__all__ = ["globe_temperature", "natural_wet_bulb", "wet_bulb_globe_temperature"]

_STEFAN = 5.67e-8
_EMISSIVITY = 0.95  # of globe and wick
_GLOBE = 0.15  # diameter of the standard globe [m]
_WICK = 0.007  # diameter [m]
_HEAT_CAPACITY, _GAS_CONSTANT = 1003.5, 8314.34 / 28.97  # of air [J/kg/K]
_PRANDTL = _HEAT_CAPACITY / (_HEAT_CAPACITY + 1.25 * _GAS_CONSTANT)


def wet_bulb_globe_temperature(natural_wet_bulb: ArrayLike, globe: ArrayLike) -> Array:
    """Wet-bulb globe temperature out of the sun, 0.7 t_nw + 0.3 t_g (ISO 7243).

    Parameters
    ----------
    natural_wet_bulb : array_like, shape (...)
        Natural (unventilated) wet-bulb temperature [K].
    globe : array_like, shape (...)
        Temperature of the black globe [K].

    Returns
    -------
    ndarray, shape (...)
        Wet-bulb globe temperature [K].

    Raises
    ------
    ValueError
        If a temperature is not above 0 K.

    Examples
    --------
    >>> round(float(wet_bulb_globe_temperature(298.15, 308.15)), 2)
    301.15
    """
    wet, black = positive("natural_wet_bulb", natural_wet_bulb), positive("globe", globe)
    return np.asarray(0.7 * wet + 0.3 * black)


def globe_temperature(
    temperature: ArrayLike,
    radiant_temperature: ArrayLike,
    air_speed: ArrayLike,
    diameter: float = _GLOBE,
) -> Array:
    r"""Temperature of a black globe in moving air.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Dry-bulb temperature [K].
    radiant_temperature : array_like, shape (...)
        Mean radiant temperature [K].
    air_speed : array_like, shape (...)
        Air speed [m/s], 0 or more.
    diameter : float, optional
        Diameter of the globe [m]; the standard one has 0.15.

    Returns
    -------
    ndarray, shape (...)
        Temperature of the globe [K], between those of the air and of the surroundings.

    Raises
    ------
    ValueError
        If a quantity is out of range.

    Notes
    -----
    .. math:: \epsilon\sigma (T_r^4 - T_g^4) = h (T_g - T), \quad
        h = \max\left[6.3\,v^{0.6} D^{-0.4},\ 1.4\,(|T_g - T|/D)^{1/4}\right]

    with :math:`\epsilon = 0.95`. Convection is that at sea level.

    Examples
    --------
    >>> round(float(globe_temperature(303.15, 313.15, 0.5)), 2)
    307.35
    """
    air, around = checked_temperature(temperature), checked_temperature(radiant_temperature)
    forced = (
        6.3 * within("air_speed", air_speed, 0.0) ** 0.6 / positive("diameter", diameter) ** 0.4
    )

    def gain(globe: Array) -> Array:
        warmer = globe - air
        h = np.maximum(forced, 1.4 * (np.abs(warmer) / diameter) ** 0.25)
        return np.asarray(_EMISSIVITY * _STEFAN * (around**4 - globe**4) - h * warmer)

    low, high = np.minimum(air, around), np.maximum(air, around)
    return bisect(lambda globe: -gain(globe), low, high)


def natural_wet_bulb(
    temperature: ArrayLike,
    wet_bulb: ArrayLike,
    radiant_temperature: ArrayLike,
    air_speed: ArrayLike,
    pressure: ArrayLike,
) -> Array:
    r"""Temperature of a wet wick that only the air of the place moves past.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Dry-bulb temperature [K].
    wet_bulb : array_like, shape (...)
        Ventilated wet-bulb temperature [K], at most the dry bulb.
    radiant_temperature : array_like, shape (...)
        Mean radiant temperature [K].
    air_speed : array_like, shape (...)
        Air speed [m/s], above 0; the source takes 0.13 for less.
    pressure : array_like, shape (...)
        Total pressure [Pa].

    Returns
    -------
    ndarray, shape (...)
        Natural wet-bulb temperature [K].

    Raises
    ------
    ValueError
        If a quantity is out of range.

    Notes
    -----
    Heat and vapour about a wick of 7 mm across the wind, without its end:

    .. math:: T_{nw} = T - \frac{\lambda}{c_p}\frac{M_w}{M_a}
        \left(\frac{Pr}{Sc}\right)^{0.56} \frac{e_s(T_{nw}) - e}{p - e_s(T_{nw})}
        + \frac{\epsilon\sigma (T_r^4 - T_{nw}^4)}{h}, \quad
        \frac{hD}{k} = 0.281\,Re^{0.6} Pr^{0.44}

    with :math:`\epsilon = 0.95`, properties of the film, the diffusivity of vapour by Slattery and
    Bird, and :math:`\lambda = 2.4073 + 0.0711 (313.15 - T_f)/30` MJ/kg. The source's accuracy is
    1 K of the index outdoors.

    Examples
    --------
    >>> round(float(natural_wet_bulb(305.15, 299.15, 305.15, 0.5, 110e3)) - 273.15, 2)
    26.15
    """
    air, wet = checked_temperature(temperature), checked_temperature(wet_bulb)
    around, total = checked_temperature(radiant_temperature), positive("pressure", pressure)
    speed = positive("air_speed", air_speed)
    require(wet <= air, "wet_bulb", wet_bulb, "at most the dry bulb")
    vapour = vapour_pressure(humidity_ratio_from_wet_bulb(air, wet, total), total)

    def gain(wick: Array) -> Array:
        film = 0.5 * (wick + air)
        viscosity = air_viscosity(film)
        density = total / (_GAS_CONSTANT * film)
        reynolds = speed * density * _WICK / viscosity
        conductivity = (_HEAT_CAPACITY + 1.25 * _GAS_CONSTANT) * viscosity
        h = 0.281 * reynolds**0.6 * _PRANDTL**0.44 * conductivity / _WICK
        schmidt = viscosity / (density * _diffusivity(film, total))
        latent = 2.4073e6 + 71.1e3 * (313.15 - film) / 30.0
        driving = (saturation_pressure(wick) - vapour) / (total - saturation_pressure(wick))
        evaporation = latent / _HEAT_CAPACITY * 18.015 / 28.97 * driving
        radiation = _EMISSIVITY * _STEFAN * (around**4 - wick**4) / h
        return np.asarray(air - wick - evaporation * (_PRANDTL / schmidt) ** 0.56 + radiation)

    low = np.maximum(np.minimum(air, around) - 60.0, COLDEST)
    high = np.minimum(np.maximum(air, around), HOTTEST - 5.0)
    return bisect(lambda wick: -gain(wick), low, high)


def _diffusivity(temperature: Array, pressure: Array) -> Array:
    """Diffusivity of vapour in air [m2/s], temperatures and pressures over the critical ones."""
    hot = temperature / np.sqrt(132.0 * 647.3)
    masses = np.sqrt(1.0 / 28.97 + 1.0 / 18.015)
    critical = (36.4 * 218.0) ** (1.0 / 3.0) * (132.0 * 647.3) ** (5.0 / 12.0)
    return np.asarray(3.640e-8 * hot**2.334 * critical * masses / (pressure / 101325.0))
