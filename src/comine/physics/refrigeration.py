r"""Mine refrigeration: coefficient of performance and the delivery of cold to depth.

Cooling, heat and power are positive numbers in W. Water has a constant heat capacity.

Sources
-------
McPherson, M. J. (2009). Subsurface Ventilation Engineering, 2nd ed., chapter 18, for the share of
Carnot (recalled, not verified against the printed source). The energy balances of water and ice
columns are first principles; refrigerants are those of CoolProp (Bell et al. 2014).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array

__all__ = [
    "Delivery",
    "carnot_cop",
    "chilled_water_delivery",
    "cycle_cop",
    "ice_delivery",
    "three_chamber_delivery",
]

_ICE_POINT, _GRAVITY = 273.15, 9.81
_WATER_HEAT, _ICE_HEAT, _FUSION = 4187.0, 2090.0, 334e3


class Delivery(NamedTuple):
    """Cold carried to depth: flow [kg/s], warming on the way [K], power and plant duty [W].

    The plant's duty is split into cooling water (`sensible_duty`) and making ice (`ice_duty`).
    """

    mass_flow: Array
    temperature_rise: Array
    pump_power: Array
    turbine_power: Array
    sensible_duty: Array
    ice_duty: Array


def carnot_cop(evaporating: ArrayLike, condensing: ArrayLike, share: ArrayLike = 1.0) -> Array:
    """Coefficient of performance of a refrigerator as a share of Carnot's.

    Parameters
    ----------
    evaporating, condensing : array_like, shape (...)
        Temperatures of evaporation and, higher, of condensation [K].
    share : array_like, shape (...), optional
        Share of the reversible value [1]; 0.55-0.70 for mine plants (design rule).

    Returns
    -------
    ndarray, shape (...)
        Cooling per power [1].

    Raises
    ------
    ValueError
        If the condensing temperature is not above the evaporating or the share outside 0 to 1.

    Examples
    --------
    >>> round(float(carnot_cop(273.15, 313.15, 0.65)), 3)
    4.439
    """
    cold, hot = np.asarray(evaporating, dtype=float), np.asarray(condensing, dtype=float)
    if not np.all((cold > 0.0) & (hot > cold)):
        raise ValueError(f"condensing must be above evaporating, got {condensing!r}")
    return np.asarray(_share("share", share) * cold / (hot - cold))


def cycle_cop(
    fluid: str, evaporating: ArrayLike, condensing: ArrayLike, isentropic_efficiency: ArrayLike
) -> Array:
    r"""Coefficient of performance of a saturated single-stage vapour-compression cycle.

    Parameters
    ----------
    fluid : str
        Refrigerant by its CoolProp name, as ``"Ammonia"`` or ``"R134a"``.
    evaporating, condensing : array_like, shape (...)
        Temperatures of evaporation and condensation [K].
    isentropic_efficiency : array_like, shape (...)
        Isentropic efficiency of the compressor [1].

    Returns
    -------
    ndarray, shape (...)
        Cooling per compression power [1]; motors, pumps and fans not counted.

    Raises
    ------
    ValueError
        If the temperatures are out of order or outside the fluid's saturation range.

    Notes
    -----
    Saturated vapour (1) is compressed to (2) and throttled from saturated liquid (3):

    .. math:: COP = \eta_{is} \frac{h_1 - h_3}{h_{2s} - h_1}

    Examples
    --------
    >>> round(float(cycle_cop("Ammonia", 273.15, 313.15, 0.8)), 3)
    4.633
    """
    from CoolProp.CoolProp import PropsSI  # noqa: PLC0415 - slow to load

    cold, hot, efficiency = np.broadcast_arrays(evaporating, condensing, isentropic_efficiency)
    carnot_cop(cold, hot)
    _share("isentropic_efficiency", efficiency)

    def cop(low: float, high: float) -> float:
        vapour, entropy = (PropsSI(x, "T", low, "Q", 1, fluid) for x in ("H", "S"))
        liquid, pressure = (PropsSI(x, "T", high, "Q", 0, fluid) for x in ("H", "P"))
        compressed = PropsSI("H", "P", pressure, "S", entropy, fluid)
        return float((vapour - liquid) / (compressed - vapour))

    ideal = [cop(float(low), float(high)) for low, high in zip(cold.flat, hot.flat, strict=True)]
    return np.asarray(efficiency * np.reshape(ideal, cold.shape))


def chilled_water_delivery(
    cooling: ArrayLike,
    depth: ArrayLike,
    supply: ArrayLike,
    return_temperature: ArrayLike,
    pump_efficiency: ArrayLike,
    turbine_efficiency: ArrayLike = 0.0,
) -> Delivery:
    r"""Chilled water sent down a shaft and pumped back.

    Parameters
    ----------
    cooling : array_like, shape (...)
        Cooling delivered at depth [W].
    depth : array_like, shape (...)
        Depth [m].
    supply, return_temperature : array_like, shape (...)
        Temperatures of the water at the collar and after use [K].
    pump_efficiency : array_like, shape (...)
        Efficiency of the pumps [1].
    turbine_efficiency : array_like, shape (...), optional
        Share of the column's potential energy taken out as work [1]; 0 for a throttle.

    Returns
    -------
    Delivery
        Flow, Joule warming, pump and turbine power and plant duty, each of shape (...).

    Raises
    ------
    ValueError
        If an efficiency is outside 0 to 1 or the column's warming leaves nothing to cool with.

    Notes
    -----
    .. math:: \Delta T = (1-\eta_t) g z / c, \qquad
        m = \frac{Q}{c (T_r - T_s) - (1-\eta_t) g z}, \qquad P_p = m g z/\eta_p

    Heat gained through pipe walls and the pumps' losses in the return water are not counted.

    Examples
    --------
    >>> water = chilled_water_delivery(1e6, 2000.0, 276.15, 299.15, 0.75)
    >>> round(float(water.mass_flow), 3), round(float(water.pump_power) / 1e3, 1)
    (13.041, 341.2)
    """
    recovered = _share("turbine_efficiency", turbine_efficiency)
    weight = _GRAVITY * np.asarray(depth, dtype=float)
    warming = (1.0 - recovered) * weight
    chilled = _WATER_HEAT * (np.asarray(return_temperature, float) - np.asarray(supply, float))
    flow = _flow(cooling, chilled - warming)
    pump = _pump_power(flow * weight, pump_efficiency)
    duty = flow * chilled
    return Delivery(
        flow, warming / _WATER_HEAT, pump, flow * weight * recovered, duty, np.zeros_like(flow)
    )


def three_chamber_delivery(
    cooling: ArrayLike,
    depth: ArrayLike,
    supply: ArrayLike,
    return_temperature: ArrayLike,
    pump_efficiency: ArrayLike,
    feeder_efficiency: ArrayLike = 0.9,
) -> Delivery:
    r"""Chilled water whose column lifts the returning water through a three-chamber pipe feeder.

    Parameters
    ----------
    cooling : array_like, shape (...)
        Cooling delivered at depth [W].
    depth : array_like, shape (...)
        Depth [m].
    supply, return_temperature : array_like, shape (...)
        Temperatures of the water at the collar and after use [K].
    pump_efficiency : array_like, shape (...)
        Efficiency of the pumps that make up the feeder's loss [1].
    feeder_efficiency : array_like, shape (...), optional
        Share of the descending water's potential energy that lifts the returning water [1]; about
        0.9 (recalled, not verified against a printed source).

    Returns
    -------
    Delivery
        Flow, Joule warming, pump power and plant duty, each of shape (...); no turbine.

    Raises
    ------
    ValueError
        If an efficiency is outside 0 to 1 or the column's warming leaves nothing to cool with.

    Notes
    -----
    Both streams are of one flow. What the feeder loses warms the chilled water and is pumped:

    .. math:: \Delta T = (1-\eta_f) g z / c, \qquad P_p = (1-\eta_f)\, m g z/\eta_p

    Examples
    --------
    >>> water = three_chamber_delivery(1e6, 2000.0, 276.15, 299.15, 0.75)
    >>> round(float(water.mass_flow), 3), round(float(water.pump_power) / 1e3, 1)
    (10.6, 27.7)
    """
    lost = 1.0 - _share("feeder_efficiency", feeder_efficiency)
    whole = chilled_water_delivery(
        cooling, depth, supply, return_temperature, pump_efficiency, feeder_efficiency
    )
    return whole._replace(
        pump_power=lost * whole.pump_power, turbine_power=np.zeros_like(whole.turbine_power)
    )


def ice_delivery(
    cooling: ArrayLike,
    depth: ArrayLike,
    ice_temperature: ArrayLike,
    return_temperature: ArrayLike,
    pump_efficiency: ArrayLike,
    ice_fraction: ArrayLike = 1.0,
) -> Delivery:
    r"""Ice sent down a shaft and pumped back as water.

    Parameters
    ----------
    cooling : array_like, shape (...)
        Cooling delivered at depth [W].
    depth : array_like, shape (...)
        Depth [m].
    ice_temperature : array_like, shape (...)
        Temperature of the ice at the collar [K], at most 273.15.
    return_temperature : array_like, shape (...)
        Temperature of the water after use [K].
    pump_efficiency : array_like, shape (...)
        Efficiency of the pumps [1].
    ice_fraction : array_like, shape (...), optional
        Mass fraction of ice, the rest being water at 273.15 K [1].

    Returns
    -------
    Delivery
        Flow, loss of cold as warming of the melt, pump power and plant duty, each of shape (...).

    Raises
    ------
    ValueError
        If the ice is above 273.15 K, a share outside 0 to 1 or no cooling would be left.

    Notes
    -----
    .. math:: q = x [L_f + c_i (273.15 - T_i)] + c (T_r - 273.15) - g z, \qquad m = Q/q

    with the heat of fusion 334 kJ/kg, heat capacities 2.09 (ice) and 4.187 kJ/kg/K.

    Examples
    --------
    >>> ice = ice_delivery(1e6, 2000.0, 271.15, 299.15, 0.75)
    >>> round(float(ice.mass_flow), 3), round(float(ice.pump_power) / 1e3, 1)
    (2.34, 61.2)
    """
    subcooling = _ICE_POINT - np.asarray(ice_temperature, dtype=float)
    if not np.all(subcooling >= 0.0):
        raise ValueError(f"ice_temperature must be at most {_ICE_POINT} K, got {ice_temperature!r}")
    weight = _GRAVITY * np.asarray(depth, dtype=float)
    frozen = _share("ice_fraction", ice_fraction) * (_FUSION + _ICE_HEAT * subcooling)
    melt = _WATER_HEAT * (np.asarray(return_temperature, dtype=float) - _ICE_POINT)
    flow = _flow(cooling, frozen + melt - weight)
    pump = _pump_power(flow * weight, pump_efficiency)
    warming = np.broadcast_to(weight / _WATER_HEAT, flow.shape)
    return Delivery(flow, warming, pump, np.zeros_like(flow), flow * melt, flow * frozen)


def _share(name: str, value: ArrayLike) -> Array:
    array = np.asarray(value, dtype=float)
    if not np.all((array >= 0.0) & (array <= 1.0)):
        raise ValueError(f"{name} must lie from 0 to 1, got {value!r}")
    return array


def _flow(cooling: ArrayLike, per_mass: Array) -> Array:
    if not np.all(per_mass > 0.0):
        raise ValueError(f"return_temperature leaves no cooling at this depth: {per_mass!r} J/kg")
    return np.asarray(np.asarray(cooling, dtype=float) / per_mass)


def _pump_power(work: Array, efficiency: ArrayLike) -> Array:
    share = _share("pump_efficiency", efficiency)
    if not np.all(share > 0.0):
        raise ValueError(f"pump_efficiency must be above 0, got {efficiency!r}")
    return np.asarray(work / share)
