"""Moist mine air: one door to its humidity, its energy and its transport properties.

The functions of `comine.physics.humidity` and `comine.physics.air_energy`, and the viscosity and
conductivity of air. Temperatures in K throughout.

Sources
-------
McPherson, M. J. (2009). Subsurface Ventilation Engineering, 2nd ed., chapters 14 and 15;
coefficients recalled, not verified against the printed source.
"""

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.air_energy import (
    AirState,
    condense,
    enthalpy,
    humidity_ratio_from_wet_bulb,
    liquid_enthalpy,
    sigma_heat,
    state_from_enthalpy,
    temperature_from_enthalpy,
    temperature_from_sigma_heat,
    wet_bulb,
)
from comine.physics.humidity import (
    ICE_POINT,
    checked_temperature,
    density,
    dry_density,
    humidity_ratio,
    humidity_ratio_from_relative_humidity,
    latent_heat,
    relative_humidity,
    saturated_humidity_ratio,
    saturation_pressure,
    saturation_pressure_slope,
    vapour_pressure,
)

__all__ = [
    "AirState",
    "air_conductivity",
    "air_viscosity",
    "condense",
    "density",
    "dry_density",
    "enthalpy",
    "humidity_ratio",
    "humidity_ratio_from_relative_humidity",
    "humidity_ratio_from_wet_bulb",
    "latent_heat",
    "liquid_enthalpy",
    "relative_humidity",
    "saturated_humidity_ratio",
    "saturation_pressure",
    "saturation_pressure_slope",
    "sigma_heat",
    "state_from_enthalpy",
    "temperature_from_enthalpy",
    "temperature_from_sigma_heat",
    "vapour_pressure",
    "wet_bulb",
]


def air_viscosity(temperature: ArrayLike) -> Array:
    """Dynamic viscosity (17 + 0.045 t) 1e-6 (McPherson 2009, recalled, not verified in print).

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature [K].

    Returns
    -------
    ndarray, shape (...)
        Viscosity [Pa s].

    Raises
    ------
    ValueError
        If the temperature is out of range.

    Examples
    --------
    >>> round(float(air_viscosity(293.15)) * 1e6, 2)
    17.9
    """
    return np.asarray((17.0 + 0.045 * (checked_temperature(temperature) - ICE_POINT)) * 1e-6)


def air_conductivity(temperature: ArrayLike) -> Array:
    """Thermal conductivity 2.2348e-4 T^0.8353 (McPherson 2009, recalled, not verified in print).

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature [K].

    Returns
    -------
    ndarray, shape (...)
        Conductivity [W/m/K].

    Raises
    ------
    ValueError
        If the temperature is out of range.

    Examples
    --------
    >>> round(float(air_conductivity(293.15)), 5)
    0.0257
    """
    return np.asarray(2.2348e-4 * checked_temperature(temperature) ** 0.8353)
