"""Readings of a workplace that limits are written in, from the state of its air.

Sources
-------
Those of `comine.physics.wet_bulb_globe` and `comine.physics.comfort`.
"""

from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.comfort import thermal_work_limit
from comine.physics.heat_limit_table import Reading
from comine.physics.humidity import checked_temperature
from comine.physics.wet_bulb_globe import (
    globe_temperature,
    natural_wet_bulb,
    wet_bulb_globe_temperature,
)

__all__ = ["heat_readings"]


def heat_readings(
    temperature: ArrayLike,
    wet_bulb: ArrayLike,
    radiant_temperature: ArrayLike,
    air_speed: ArrayLike,
    pressure: ArrayLike,
) -> dict[Reading, Array]:
    """Readings for `comine.physics.heat_limits.govern` that follow from the air.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Dry-bulb temperature [K].
    wet_bulb : array_like, shape (...)
        Ventilated wet-bulb temperature [K].
    radiant_temperature : array_like, shape (...)
        Mean radiant temperature [K]; underground that of the walls.
    air_speed : array_like, shape (...)
        Air speed at the body [m/s], above 0; the indices are meant for 0.2 m/s and more.
    pressure : array_like, shape (...)
        Total pressure [Pa].

    Returns
    -------
    dict of str to ndarray, shape (...)
        ``dry_bulb``, ``wet_bulb`` and ``wet_bulb_globe`` [K], and ``thermal_work_limit`` [W/m2] in
        the clothing that `thermal_work_limit` assumes. Not the effective temperature, which has a
        nomogram and no equation, nor the metabolic rate and the rock temperature.

    Raises
    ------
    ValueError
        If a quantity is out of range.

    Examples
    --------
    >>> readings = heat_readings(305.15, 299.15, 307.15, 0.5, 110e3)
    >>> round(float(readings["wet_bulb_globe"]) - 273.15, 2)
    28.23
    >>> round(float(readings["thermal_work_limit"]))
    221
    """
    wick = natural_wet_bulb(temperature, wet_bulb, radiant_temperature, air_speed, pressure)
    globe = globe_temperature(temperature, radiant_temperature, air_speed)
    return {
        "dry_bulb": checked_temperature(temperature),
        "wet_bulb": checked_temperature(wet_bulb),
        "wet_bulb_globe": wet_bulb_globe_temperature(wick, globe),
        "thermal_work_limit": thermal_work_limit(
            temperature, wet_bulb, radiant_temperature, air_speed, pressure
        ),
    }
