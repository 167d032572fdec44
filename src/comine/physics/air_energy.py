r"""Energy of moist air: enthalpy, wet bulb, condensation, cooling and heating of mine air.

Temperatures in K, humidity ratio :math:`X` in kg of vapour per kg of dry air, enthalpies per kg of
dry air from 0 for dry air and liquid water at 273.15 K. The set is closed: the liquid's enthalpy
is that of the vapour less the latent heat, so wet bulb and condensation share one equation and a
heat balance with every stream of water closes to rounding. In the Notes :math:`t = T - 273.15`.

Sources
-------
McPherson, M. J. (2009). Subsurface Ventilation Engineering, 2nd ed., chapter 14, for the form of
the equations; its coefficients are recalled, not verified against the printed source, but checked
against psychrolib (ASHRAE) and CoolProp (real gas): enthalpy within 0.3 kJ/kg.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.humidity import (
    COLDEST,
    HOTTEST,
    ICE_POINT,
    LATENT_AT_ICE_POINT,
    LATENT_SLOPE,
    MASS_RATIO,
    checked_humidity,
    checked_pressure,
    checked_temperature,
    latent_heat,
    saturated_humidity_ratio,
    saturation_pressure,
    saturation_pressure_slope,
)

__all__ = [
    "AirState",
    "condense",
    "enthalpy",
    "humidity_ratio_from_wet_bulb",
    "liquid_enthalpy",
    "sigma_heat",
    "state_from_enthalpy",
    "temperature_from_enthalpy",
    "temperature_from_sigma_heat",
    "wet_bulb",
]

DRY_HEAT, VAPOUR_HEAT = 1005.0, 1884.0  # isobaric heat capacities [J/kg/K]
LIQUID_HEAT = VAPOUR_HEAT + LATENT_SLOPE
_SETTLED = 1e-6  # [K]
_NEWTON_STEPS = 50
_ROUNDING = 1e-9


class AirState(NamedTuple):
    """Air and the liquid water it carries, per kg of dry air."""

    temperature: Array
    humidity_ratio: Array
    liquid: Array


def enthalpy(temperature: ArrayLike, humidity_ratio: ArrayLike) -> Array:
    """Enthalpy 1005 t + X (2502.5e3 + 1884 t) of air with its vapour.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature [K].
    humidity_ratio : array_like, shape (...)
        Humidity ratio X [kg/kg].

    Returns
    -------
    ndarray, shape (...)
        Enthalpy per kg of dry air [J/kg].

    Raises
    ------
    ValueError
        If an argument lies out of its range.

    Examples
    --------
    >>> round(float(enthalpy(303.15, 0.0107111)), 1)
    57559.9
    """
    celsius = checked_temperature(temperature) - ICE_POINT
    vapour = LATENT_AT_ICE_POINT + VAPOUR_HEAT * celsius
    return np.asarray(DRY_HEAT * celsius + checked_humidity(humidity_ratio) * vapour)


def temperature_from_enthalpy(enthalpy: ArrayLike, humidity_ratio: ArrayLike) -> Array:
    """Temperature of air with no liquid, the inverse of `enthalpy`.

    Parameters
    ----------
    enthalpy : array_like, shape (...)
        Enthalpy per kg of dry air [J/kg].
    humidity_ratio : array_like, shape (...)
        Humidity ratio [kg/kg].

    Returns
    -------
    ndarray, shape (...)
        Temperature [K].

    Raises
    ------
    ValueError
        If the humidity ratio is negative.

    Examples
    --------
    >>> round(float(temperature_from_enthalpy(57559.9, 0.0107111)), 2)
    303.15
    """
    ratio = checked_humidity(humidity_ratio)
    sensible = np.asarray(enthalpy, dtype=float) - LATENT_AT_ICE_POINT * ratio
    return np.asarray(ICE_POINT + sensible / (DRY_HEAT + VAPOUR_HEAT * ratio))


def liquid_enthalpy(temperature: ArrayLike) -> Array:
    """Enthalpy of liquid water, the vapour's less the latent heat: 4270 t.

    The 4270 J/kg/K, 2 % above the heat capacity of water, follows from the coefficients of the
    latent heat; a ledger of moist air closes with this value and no other.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature [K].

    Returns
    -------
    ndarray, shape (...)
        Enthalpy per kg of water [J/kg].

    Raises
    ------
    ValueError
        If the temperature is out of range.

    Examples
    --------
    >>> round(float(liquid_enthalpy(293.15)), 1)
    85400.0
    """
    return np.asarray(LIQUID_HEAT * (checked_temperature(temperature) - ICE_POINT))


def sigma_heat(wet_bulb: ArrayLike, pressure: ArrayLike) -> Array:
    """Sigma heat L_w X_sw + 1005 t_w: enthalpy less that of the moisture as liquid at the wet bulb.

    Parameters
    ----------
    wet_bulb : array_like, shape (...)
        Wet-bulb temperature [K].
    pressure : array_like, shape (...)
        Total pressure [Pa].

    Returns
    -------
    ndarray, shape (...)
        Sigma heat per kg of dry air [J/kg].

    Raises
    ------
    ValueError
        If the temperature is out of range or water boils at it.

    Examples
    --------
    >>> round(float(sigma_heat(293.15, 100e3)), 0)
    56645.0
    """
    sensible = DRY_HEAT * (checked_temperature(wet_bulb) - ICE_POINT)
    return np.asarray(
        sensible + latent_heat(wet_bulb) * saturated_humidity_ratio(wet_bulb, pressure)
    )


def temperature_from_sigma_heat(sigma_heat: ArrayLike, pressure: ArrayLike) -> Array:
    """Wet-bulb temperature of air of given sigma heat, the inverse of `sigma_heat`.

    Parameters
    ----------
    sigma_heat : array_like, shape (...)
        Sigma heat per kg of dry air [J/kg].
    pressure : array_like, shape (...)
        Total pressure [Pa].

    Returns
    -------
    ndarray, shape (...)
        Wet-bulb temperature [K].

    Raises
    ------
    ValueError
        If the temperature would lie outside 233.15 to 373.15 K.

    Examples
    --------
    >>> round(float(temperature_from_sigma_heat(56645.0, 100e3)), 2)
    293.15
    """
    heat = np.asarray(sigma_heat, dtype=float)
    return _saturated_temperature(heat, np.zeros(()), checked_pressure(pressure))


def humidity_ratio_from_wet_bulb(
    temperature: ArrayLike, wet_bulb: ArrayLike, pressure: ArrayLike
) -> Array:
    r"""Humidity ratio from dry and (ventilated) wet bulb.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Dry-bulb temperature [K].
    wet_bulb : array_like, shape (...)
        Wet-bulb temperature [K], not above the dry bulb.
    pressure : array_like, shape (...)
        Total pressure [Pa].

    Returns
    -------
    ndarray, shape (...)
        Humidity ratio [kg/kg].

    Raises
    ------
    ValueError
        If the wet bulb is above the dry bulb or below that of dry air.

    Notes
    -----
    .. math:: X = \frac{L_w X_{sw} - 1005 (t - t_w)}{L_w + 1884 (t - t_w)}

    Examples
    --------
    >>> round(float(humidity_ratio_from_wet_bulb(303.15, 293.15, 100e3)), 6)
    0.010711
    """
    dry, wet = checked_temperature(temperature), checked_temperature(wet_bulb)
    depression, latent = dry - wet, latent_heat(wet)
    saturated = saturated_humidity_ratio(wet, pressure)
    ratio = (latent * saturated - DRY_HEAT * depression) / (latent + VAPOUR_HEAT * depression)
    if not np.all((depression >= -_ROUNDING) & (ratio >= -_ROUNDING)):
        raise ValueError(
            "wet_bulb must lie between that of dry air and the dry bulb, "
            f"got {wet_bulb!r} at {temperature!r}"
        )
    return np.maximum(ratio, 0.0)


def wet_bulb(temperature: ArrayLike, humidity_ratio: ArrayLike, pressure: ArrayLike) -> Array:
    r"""Wet-bulb temperature: that of adiabatic saturation with water at the wet bulb.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Dry-bulb temperature [K].
    humidity_ratio : array_like, shape (...)
        Humidity ratio X [kg/kg].
    pressure : array_like, shape (...)
        Total pressure [Pa].

    Returns
    -------
    ndarray, shape (...)
        Wet-bulb temperature [K]; of supersaturated air, its temperature after condensation.

    Raises
    ------
    ValueError
        If an argument lies out of its range.

    Notes
    -----
    Newton's method, to 1e-9 K, on :math:`L_w X_{sw} + 1005\,t_w = h - X h_l(t_w)`; the left side
    is the sigma heat. The function is convex, so the iteration cannot fail.

    Examples
    --------
    >>> round(float(wet_bulb(303.15, 0.0107111, 100e3)), 3)
    293.15
    """
    ratio = checked_humidity(humidity_ratio)
    return _saturated_temperature(enthalpy(temperature, ratio), ratio, checked_pressure(pressure))


def state_from_enthalpy(
    enthalpy: ArrayLike, water_ratio: ArrayLike, pressure: ArrayLike
) -> AirState:
    r"""State of air that holds given enthalpy and water, with the excess water as liquid.

    Parameters
    ----------
    enthalpy : array_like, shape (...)
        Enthalpy of air, vapour and liquid per kg of dry air [J/kg].
    water_ratio : array_like, shape (...)
        Vapour and liquid per kg of dry air [kg/kg].
    pressure : array_like, shape (...)
        Total pressure [Pa].

    Returns
    -------
    AirState
        Temperature [K], humidity ratio [kg/kg] and liquid [kg/kg], each of shape (...).

    Raises
    ------
    ValueError
        If an argument, or the temperature of saturated air, lies out of its range.

    Notes
    -----
    If all water as vapour would exceed saturation, the temperature solves
    :math:`h = 1005\,t + X_s (2502.5\times10^3 + 1884\,t) + (X - X_s) h_l`. Ice is not considered.
    Air that gives off heat q follows from h - q: sensible to the dew point, then along saturation.

    Examples
    --------
    >>> state = state_from_enthalpy(60e3, 0.020, 100e3)
    >>> round(float(state.temperature), 2), round(float(state.liquid), 5)
    (293.63, 0.00465)
    """
    heat, water, total = np.broadcast_arrays(
        np.asarray(enthalpy, dtype=float), checked_humidity(water_ratio), checked_pressure(pressure)
    )
    temperature, ratio = temperature_from_enthalpy(heat, water), np.array(water)
    vapour = water * total / (MASS_RATIO + water)
    fog = vapour > saturation_pressure(np.clip(temperature, COLDEST, HOTTEST))
    if fog.any():
        saturated = _saturated_temperature(heat[fog], water[fog], total[fog])
        temperature[fog] = saturated
        ratio[fog] = saturated_humidity_ratio(saturated, total[fog])
    return AirState(checked_temperature(temperature), ratio, water - ratio)


def condense(temperature: ArrayLike, humidity_ratio: ArrayLike, pressure: ArrayLike) -> AirState:
    """Let supersaturated air condense at constant enthalpy; other air is returned as it is.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature [K].
    humidity_ratio : array_like, shape (...)
        Humidity ratio [kg/kg], above saturation or not.
    pressure : array_like, shape (...)
        Total pressure [Pa].

    Returns
    -------
    AirState
        Temperature [K], humidity ratio [kg/kg] and condensed water [kg/kg], each of shape (...).

    Raises
    ------
    ValueError
        If an argument lies out of its range.

    Examples
    --------
    >>> fog = condense(293.15, 0.020, 100e3)
    >>> round(float(fog.temperature), 2), round(float(fog.liquid), 5)
    (296.63, 0.00148)
    """
    return state_from_enthalpy(enthalpy(temperature, humidity_ratio), humidity_ratio, pressure)


def _saturated_temperature(heat: Array, water: Array, pressure: Array) -> Array:
    """Temperature at which saturated air with `water - X_s` as liquid has the enthalpy `heat`.

    Convex and rising by temperature: after at most one step Newton's method falls onto the root,
    and a step of 1e-6 K ends within 1e-12 K of it.
    """
    boiling = np.log(0.9 * pressure / 610.6)
    hottest = np.minimum(ICE_POINT + 237.3 * boiling / (17.27 - boiling), HOTTEST)
    heat, water, hottest, pressure = np.broadcast_arrays(heat, water, hottest, pressure)
    temperature = np.clip(temperature_from_enthalpy(heat, water), COLDEST, hottest)
    for _ in range(_NEWTON_STEPS):
        vapour = saturation_pressure(temperature)
        rise = pressure / (pressure - vapour) * saturation_pressure_slope(temperature) / vapour
        ratio = MASS_RATIO * vapour / (pressure - vapour)
        latent = latent_heat(temperature)
        store = DRY_HEAT + LIQUID_HEAT * water
        excess = store * (temperature - ICE_POINT) + ratio * latent - heat
        change = excess / (store + ratio * (rise * latent - LATENT_SLOPE))
        previous, temperature = temperature, np.clip(temperature - change, COLDEST, hottest)
        if np.all(np.abs(temperature - previous) < _SETTLED):
            break
    if not np.all(np.abs(change) < _SETTLED):
        raise ValueError(
            f"enthalpy must be that of saturated air from {COLDEST} K to boiling, got {heat!r}"
        )
    return temperature
