r"""Air coolers: spray chambers by their factor of merit, and coils with condensation.

Heat balances are those of `comine.physics.air`, with the condensate's enthalpy; duties are
positive when heat is taken from the air.

Sources
-------
Whillier, A. (1977). Predicting the performance of forced-draught cooling towers. J. Mine Vent.
Soc. S. Afr. 30, and McPherson, M. J. (2009). Subsurface Ventilation Engineering, 2nd ed., chapter
18: title and factor of merit are recalled, not verified against the printed sources.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.air import (
    enthalpy,
    liquid_enthalpy,
    saturated_humidity_ratio,
    sigma_heat,
    state_from_enthalpy,
    temperature_from_sigma_heat,
)

__all__ = ["CoolerAir", "SprayCooler", "cooler_outlet", "spray_cooler", "spray_tower"]

_WATER_HEAT = 4187.0


class SprayCooler(NamedTuple):
    """Spray chamber: capacity ratio and water efficiency [1], outlets [K] and duty [W]."""

    capacity_ratio: Array
    water_efficiency: Array
    water_outlet: Array
    wet_bulb_outlet: Array
    duty: Array


class CoolerAir(NamedTuple):
    """Air after a cooler [K], [kg/kg]; condensate per dry air [kg/kg]; the duty met [W]."""

    temperature: Array
    humidity_ratio: Array
    condensate: Array
    duty: Array


def spray_cooler(
    air_flow: ArrayLike,
    wet_bulb: ArrayLike,
    pressure: ArrayLike,
    water_flow: ArrayLike,
    water_temperature: ArrayLike,
    factor_of_merit: ArrayLike,
) -> SprayCooler:
    r"""Direct-contact bulk air cooler by its factor of merit.

    Parameters
    ----------
    air_flow : array_like, shape (...)
        Mass flow of dry air [kg/s].
    wet_bulb : array_like, shape (...)
        Wet bulb of the air that enters [K].
    pressure : array_like, shape (...)
        Pressure [Pa].
    water_flow : array_like, shape (...)
        Water flow [kg/s].
    water_temperature : array_like, shape (...)
        Temperature of the water that enters [K], below the wet bulb.
    factor_of_merit : array_like, shape (...)
        Factor of merit F [1], between 0 and 1: 0.5-0.8 for mine chambers (recalled).

    Returns
    -------
    SprayCooler
        Capacity ratio, water efficiency, outlet temperatures and duty, each of shape (...).

    Raises
    ------
    ValueError
        If a flow is not above 0, the water not colder than the wet bulb or F not within 0 to 1.

    Notes
    -----
    .. math:: R = \frac{m_w c (t_{wb} - t_w)}{m_a [S(t_{wb}) - S(t_w)]}, \quad
        N = \frac{F}{R^{0.4} (1 - F)}, \quad
        \eta_w = \frac{1 - e^{-N(1-R)}}{1 - R e^{-N(1-R)}}

    (Whillier 1977.) Formula and exponent 0.4 recalled, not verified against the printed source.

    Examples
    --------
    >>> cooler = spray_cooler(100.0, 297.15, 120e3, 60.0, 281.15, 0.6)
    >>> round(float(cooler.wet_bulb_outlet) - 273.15, 2), round(float(cooler.duty) / 1e3)
    (15.57, 2432)
    """
    wet, cold = np.asarray(wet_bulb, dtype=float), np.asarray(water_temperature, dtype=float)
    if not np.all(cold < wet):
        raise ValueError(f"water_temperature must be below wet_bulb, got {water_temperature!r}")
    return _spray(air_flow, wet, pressure, water_flow, cold, factor_of_merit)


def spray_tower(
    air_flow: ArrayLike,
    wet_bulb: ArrayLike,
    pressure: ArrayLike,
    water_flow: ArrayLike,
    water_temperature: ArrayLike,
    factor_of_merit: ArrayLike,
) -> SprayCooler:
    r"""Spray tower that gives the heat of condenser water to air, by its factor of merit.

    Parameters
    ----------
    air_flow : array_like, shape (...)
        Mass flow of dry air [kg/s].
    wet_bulb : array_like, shape (...)
        Wet bulb of the air that enters [K].
    pressure : array_like, shape (...)
        Pressure [Pa].
    water_flow : array_like, shape (...)
        Water flow [kg/s].
    water_temperature : array_like, shape (...)
        Temperature of the water that enters [K], above the wet bulb.
    factor_of_merit : array_like, shape (...)
        Factor of merit F [1], between 0 and 1.

    Returns
    -------
    SprayCooler
        As of `spray_cooler`; the duty is negative, for heat is given to the air.

    Raises
    ------
    ValueError
        If a flow is not above 0, the water not warmer than the wet bulb or F not within 0 to 1.

    Notes
    -----
    The equations of `spray_cooler`, whose factor of merit was set up for cooling towers; both
    differences in R change their sign. Make-up water is not counted.

    Examples
    --------
    >>> tower = spray_tower(100.0, 303.15, 110e3, 120.0, 318.15, 0.6)
    >>> round(float(tower.water_outlet) - 273.15, 2), round(-float(tower.duty) / 1e3)
    (35.0, 5022)
    """
    wet, hot = np.asarray(wet_bulb, dtype=float), np.asarray(water_temperature, dtype=float)
    if not np.all(hot > wet):
        raise ValueError(f"water_temperature must be above wet_bulb, got {water_temperature!r}")
    return _spray(air_flow, wet, pressure, water_flow, hot, factor_of_merit)


def _spray(
    air_flow: ArrayLike,
    wet: Array,
    pressure: ArrayLike,
    water_flow: ArrayLike,
    entering: Array,
    factor_of_merit: ArrayLike,
) -> SprayCooler:
    """Whillier's equations, for water on either side of the wet bulb."""
    air, water = np.asarray(air_flow, dtype=float), np.asarray(water_flow, dtype=float)
    if not (np.all(air > 0.0) and np.all(water > 0.0)):
        raise ValueError(
            f"air_flow and water_flow must be above 0, got {air_flow!r} and {water_flow!r}"
        )
    merit = np.asarray(factor_of_merit, dtype=float)
    if not np.all((merit > 0.0) & (merit < 1.0)):
        raise ValueError(f"factor_of_merit must lie within 0 to 1, got {factor_of_merit!r}")
    heat = sigma_heat(wet, pressure)
    most = water * _WATER_HEAT * (wet - entering)
    ratio = most / (air * (heat - sigma_heat(entering, pressure)))
    units = merit / (ratio**0.4 * (1.0 - merit))
    balanced = np.abs(1.0 - ratio) < 1e-7
    excess = np.where(balanced, 1.0, 1.0 - ratio)
    decay = np.expm1(-units * excess)
    efficiency = np.where(balanced, units / (1.0 + units), decay / (decay * ratio - excess))
    duty = efficiency * most
    outlet = temperature_from_sigma_heat(heat - duty / air, pressure)
    water_outlet = entering + efficiency * (wet - entering)
    return SprayCooler(ratio, efficiency, water_outlet, outlet, duty)


def cooler_outlet(
    temperature: ArrayLike,
    humidity_ratio: ArrayLike,
    pressure: ArrayLike,
    air_flow: ArrayLike,
    duty: ArrayLike,
    water_temperature: ArrayLike,
    effectiveness: ArrayLike = 0.95,
) -> CoolerAir:
    r"""Air after a cooling coil: sensible to the dew point, then along saturation.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature of the air that enters [K].
    humidity_ratio : array_like, shape (...)
        Its humidity ratio X [kg/kg].
    pressure : array_like, shape (...)
        Pressure [Pa].
    air_flow : array_like, shape (...)
        Mass flow of dry air m [kg/s].
    duty : array_like, shape (...)
        Cooling asked for [W], 0 or more.
    water_temperature : array_like, shape (...)
        Temperature of the water that enters the coil [K].
    effectiveness : array_like, shape (...), optional
        Largest share of the way to the water's temperature [1].

    Returns
    -------
    CoolerAir
        Temperature, humidity ratio, condensate and the duty met, each of shape (...).

    Raises
    ------
    ValueError
        If the flow is not above 0, the duty negative or the effectiveness outside 0 to 1.

    Notes
    -----
    The duty met is the smaller of that asked for and
    :math:`0.95\,m\,[h - h(t_w, X_w) - (X - X_w) h_l(t_w)]`, with :math:`X_w` the smaller of X and
    saturation at :math:`t_w`, 0 if the water is warmer than the air. Condensate leaves at the
    air's outlet temperature, and its enthalpy is in the balance.

    Examples
    --------
    >>> air = cooler_outlet(305.15, 0.020, 120e3, 50.0, 1.0e6, 280.15)
    >>> round(float(air.temperature), 2), round(float(air.condensate), 5)
    (296.7, 0.00458)
    """
    flow, asked = np.asarray(air_flow, dtype=float), np.asarray(duty, dtype=float)
    if not (np.all(flow > 0.0) and np.all(asked >= 0.0)):
        raise ValueError(f"air_flow must be above 0 and duty 0 or more, got {air_flow!r}, {duty!r}")
    reach = np.asarray(effectiveness, dtype=float)
    if not np.all((reach >= 0.0) & (reach <= 1.0)):
        raise ValueError(f"effectiveness must lie from 0 to 1, got {effectiveness!r}")
    ratio, heat = np.asarray(humidity_ratio, float), enthalpy(temperature, humidity_ratio)
    least = np.minimum(ratio, saturated_humidity_ratio(water_temperature, pressure))
    coldest = enthalpy(water_temperature, least)
    coldest = coldest + (ratio - least) * liquid_enthalpy(water_temperature)
    limit = reach * flow * np.maximum(heat - coldest, 0.0)
    met = np.minimum(asked, limit)
    state = state_from_enthalpy(heat - met / flow, ratio, pressure)
    return CoolerAir(*state, np.broadcast_to(met, state.temperature.shape))
