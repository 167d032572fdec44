r"""Vapour in air: saturation, humidity and density at mine pressures.

Temperatures in K, humidity ratio :math:`X` in kg of vapour per kg of dry air; vapour and air are
ideal gases and saturation is over liquid water. In the Notes :math:`t = T - 273.15`.
`comine.physics.air` adds the energy of moist air and offers these functions too.

Sources
-------
McPherson, M. J. (2009). Subsurface Ventilation Engineering, 2nd ed., chapter 14, for the form of
the equations; its coefficients are recalled, not verified against the printed source, but checked
against psychrolib (ASHRAE) and CoolProp (real gas): humidity ratio within 0.65 %, relative
humidity within 0.001.
"""

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.bounds import require

__all__ = [
    "density",
    "dry_density",
    "humidity_ratio",
    "humidity_ratio_from_relative_humidity",
    "latent_heat",
    "relative_humidity",
    "saturated_humidity_ratio",
    "saturation_pressure",
    "saturation_pressure_slope",
    "vapour_pressure",
]

ICE_POINT = 273.15
COLDEST, HOTTEST = 233.15, 373.15
GAS_CONSTANT = 287.04  # of dry air [J/kg/K]
LATENT_AT_ICE_POINT, LATENT_SLOPE = 2502.5e3, 2386.0  # [J/kg], [J/kg/K]
MASS_RATIO = 0.622  # of the molar masses of water and air


def saturation_pressure(temperature: ArrayLike) -> Array:
    r"""Pressure of water vapour over liquid water.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature [K], from 233.15 to 373.15.

    Returns
    -------
    ndarray, shape (...)
        Saturation pressure [Pa].

    Raises
    ------
    ValueError
        If a temperature lies outside that range, as one in degrees Celsius does.

    Notes
    -----
    .. math:: e_s = 610.6 \exp\frac{17.27\,t}{237.3 + t}

    (McPherson 2009, chapter 14, recalled.) Within 0.16 % of the IAPWS formulation from 0 to 60 C.

    Examples
    --------
    >>> round(float(saturation_pressure(298.15)), 1)
    3166.7
    """
    return _saturation(checked_temperature(temperature))


def saturation_pressure_slope(temperature: ArrayLike) -> Array:
    r"""Derivative of the saturation pressure by temperature.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature [K], from 233.15 to 373.15.

    Returns
    -------
    ndarray, shape (...)
        Slope [Pa/K].

    Raises
    ------
    ValueError
        If a temperature lies outside that range.

    Notes
    -----
    .. math:: e_s' = e_s \frac{17.27 \times 237.3}{(237.3 + t)^2}

    Examples
    --------
    >>> round(float(saturation_pressure_slope(298.15)), 2)
    188.63
    """
    checked = checked_temperature(temperature)
    return np.asarray(_saturation(checked) * _relative_slope(checked))


def humidity_ratio(vapour_pressure: ArrayLike, pressure: ArrayLike) -> Array:
    """Humidity ratio 0.622 e / (p - e).

    Parameters
    ----------
    vapour_pressure : array_like, shape (...)
        Partial pressure of the vapour e [Pa], from 0 to below the pressure.
    pressure : array_like, shape (...)
        Total pressure p [Pa].

    Returns
    -------
    ndarray, shape (...)
        Humidity ratio [kg/kg].

    Raises
    ------
    ValueError
        If the vapour pressure is negative or not below the pressure.

    Examples
    --------
    >>> round(float(humidity_ratio(1600.0, 100e3)), 6)
    0.010114
    """
    vapour, total = np.asarray(vapour_pressure, float), np.asarray(pressure, float)
    valid = (vapour >= 0.0) & (vapour < total)
    require(valid, "vapour_pressure", vapour, "0 to below the pressure of the air")
    return np.asarray(MASS_RATIO * vapour / (total - vapour))


def vapour_pressure(humidity_ratio: ArrayLike, pressure: ArrayLike) -> Array:
    """Partial pressure of the vapour X p / (0.622 + X).

    Parameters
    ----------
    humidity_ratio : array_like, shape (...)
        Humidity ratio X [kg/kg], 0 or more.
    pressure : array_like, shape (...)
        Total pressure p [Pa].

    Returns
    -------
    ndarray, shape (...)
        Vapour pressure [Pa].

    Raises
    ------
    ValueError
        If the humidity ratio is negative or the pressure not above 0.

    Examples
    --------
    >>> round(float(vapour_pressure(0.010, 100e3)), 1)
    1582.3
    """
    ratio = checked_humidity(humidity_ratio)
    return np.asarray(ratio * checked_pressure(pressure) / (MASS_RATIO + ratio))


def saturated_humidity_ratio(temperature: ArrayLike, pressure: ArrayLike) -> Array:
    """Humidity ratio of saturated air.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature [K], from 233.15 to 373.15.
    pressure : array_like, shape (...)
        Total pressure [Pa], above the saturation pressure.

    Returns
    -------
    ndarray, shape (...)
        Humidity ratio [kg/kg].

    Raises
    ------
    ValueError
        If the temperature is out of range or water boils at it.

    Examples
    --------
    >>> round(float(saturated_humidity_ratio(298.15, 100e3)), 6)
    0.020341
    """
    return humidity_ratio(saturation_pressure(temperature), pressure)


def humidity_ratio_from_relative_humidity(
    temperature: ArrayLike, relative_humidity: ArrayLike, pressure: ArrayLike
) -> Array:
    """Humidity ratio from relative humidity.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature [K].
    relative_humidity : array_like, shape (...)
        Vapour pressure over its saturation value [1], from 0 to 1.
    pressure : array_like, shape (...)
        Total pressure [Pa].

    Returns
    -------
    ndarray, shape (...)
        Humidity ratio [kg/kg].

    Raises
    ------
    ValueError
        If the relative humidity lies outside 0 to 1 or the temperature out of range.

    Examples
    --------
    >>> round(float(humidity_ratio_from_relative_humidity(303.15, 0.4, 100e3)), 6)
    0.010735
    """
    share = np.asarray(relative_humidity, dtype=float)
    require((share >= 0.0) & (share <= 1.0), "relative_humidity", share, "0 to 1")
    return humidity_ratio(share * saturation_pressure(temperature), pressure)


def relative_humidity(
    temperature: ArrayLike, humidity_ratio: ArrayLike, pressure: ArrayLike
) -> Array:
    """Vapour pressure over its saturation value; above 1 for supersaturated air.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature [K].
    humidity_ratio : array_like, shape (...)
        Humidity ratio [kg/kg].
    pressure : array_like, shape (...)
        Total pressure [Pa].

    Returns
    -------
    ndarray, shape (...)
        Relative humidity [1].

    Raises
    ------
    ValueError
        If an argument lies out of its range.

    Examples
    --------
    >>> round(float(relative_humidity(303.15, 0.0107111, 100e3)), 4)
    0.3991
    """
    return np.asarray(vapour_pressure(humidity_ratio, pressure) / saturation_pressure(temperature))


def latent_heat(temperature: ArrayLike) -> Array:
    """Latent heat of evaporation (2502.5 - 2.386 t) kJ/kg (McPherson 2009, ch. 14, recalled).

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature [K].

    Returns
    -------
    ndarray, shape (...)
        Latent heat [J/kg].

    Raises
    ------
    ValueError
        If the temperature is out of range.

    Examples
    --------
    >>> round(float(latent_heat(298.15)), 1)
    2442850.0
    """
    celsius = checked_temperature(temperature) - ICE_POINT
    return np.asarray(LATENT_AT_ICE_POINT - LATENT_SLOPE * celsius)


def dry_density(temperature: ArrayLike, humidity_ratio: ArrayLike, pressure: ArrayLike) -> Array:
    """Mass of dry air per volume (p - e) / (287.04 T).

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature [K].
    humidity_ratio : array_like, shape (...)
        Humidity ratio [kg/kg].
    pressure : array_like, shape (...)
        Total pressure p [Pa].

    Returns
    -------
    ndarray, shape (...)
        Density of the dry air [kg/m3].

    Raises
    ------
    ValueError
        If an argument lies out of its range.

    Examples
    --------
    >>> round(float(dry_density(303.15, 0.0107111, 100e3)), 5)
    1.12976
    """
    partial = np.asarray(pressure, float) - vapour_pressure(humidity_ratio, pressure)
    return np.asarray(partial / (GAS_CONSTANT * checked_temperature(temperature)))


def density(temperature: ArrayLike, humidity_ratio: ArrayLike, pressure: ArrayLike) -> Array:
    """Mass of moist air per volume (p - 0.378 e) / (287.04 T).

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature [K].
    humidity_ratio : array_like, shape (...)
        Humidity ratio [kg/kg].
    pressure : array_like, shape (...)
        Total pressure p [Pa].

    Returns
    -------
    ndarray, shape (...)
        Density of the moist air [kg/m3].

    Raises
    ------
    ValueError
        If an argument lies out of its range.

    Examples
    --------
    >>> round(float(density(303.15, 0.0107111, 100e3)), 5)
    1.14186
    """
    ratio = checked_humidity(humidity_ratio)
    return np.asarray(dry_density(temperature, ratio, pressure) * (1.0 + ratio))


def checked_temperature(temperature: ArrayLike) -> Array:
    """Temperatures [K] as an array; ValueError outside 233.15 to 373.15."""
    array = np.asarray(temperature, dtype=float)
    if array.size and not (array.min() >= COLDEST and array.max() <= HOTTEST):
        require(False, "temperature", array, f"temperatures from {COLDEST} to {HOTTEST} K")
    return array


def checked_humidity(humidity_ratio: ArrayLike) -> Array:
    """Humidity ratios as an array; ValueError below 0."""
    array = np.asarray(humidity_ratio, dtype=float)
    if array.size and not array.min() >= 0.0:
        require(False, "humidity_ratio", array, "0 or more")
    return array


def checked_pressure(pressure: ArrayLike) -> Array:
    """Pressures [Pa] as an array; ValueError unless above 0."""
    array = np.asarray(pressure, dtype=float)
    if array.size and not array.min() > 0.0:
        require(False, "pressure", array, "pressures above 0 Pa")
    return array


def _saturation(temperature: Array) -> Array:
    celsius = temperature - ICE_POINT
    return np.asarray(610.6 * np.exp(17.27 * celsius / (237.3 + celsius)))


def _relative_slope(temperature: Array) -> Array:
    return np.asarray(17.27 * 237.3 / (237.3 - ICE_POINT + temperature) ** 2)
