r"""Refrigeration plants underground, whose condensers give their heat to the return air.

The condensing temperature follows from how warm the condenser water must be for a spray tower in
the return airway to pass the heat on.

Sources
-------
Spray tower: Whillier's factor of merit, see `comine.physics.air_cooler`. Cycle: see
`comine.physics.refrigeration`. The balance of both is first principles.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.polynomial import Chebyshev
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.air import sigma_heat, temperature_from_sigma_heat
from comine.physics.air_cooler import spray_tower
from comine.physics.bisection import bisect
from comine.physics.bounds import positive, require
from comine.physics.refrigeration import carnot_cop, cycle_cop

__all__ = [
    "Performance",
    "ReturnAir",
    "Tower",
    "UndergroundPlant",
    "performance_curve",
    "rejection_limit",
    "underground_plant",
]

Performance = Callable[[Array], Array]
"""Coefficient of performance [1] by condensing temperature [K]."""

_DEGREE = 8
_ABOVE_WET_BULB = 1e-6


class ReturnAir(NamedTuple):
    """Return air that takes the heat: flow of dry air [kg/s], wet bulb [K], pressure [Pa], and the
    wet bulb that it may be given [K].
    """

    air_flow: ArrayLike
    wet_bulb: ArrayLike
    pressure: ArrayLike
    wet_bulb_limit: ArrayLike


class Tower(NamedTuple):
    """Condenser and its spray tower: water flow [kg/s], factor of merit [1], condensation above the
    water that leaves the condenser [K], highest condensing temperature [K].
    """

    water_flow: ArrayLike
    factor_of_merit: ArrayLike
    approach: ArrayLike
    highest: ArrayLike


class UndergroundPlant(NamedTuple):
    """What the plant does: duty met, power, heat rejected and capacity [W], temperatures [K]."""

    duty: Array
    power: Array
    rejected: Array
    capacity: Array
    condensing: Array
    wet_bulb_outlet: Array


def performance_curve(
    fluid: str, evaporating: float, isentropic_efficiency: float, span: tuple[float, float]
) -> Performance:
    r"""Coefficient of performance of `cycle_cop` as a quick function of condensing temperature.

    Parameters
    ----------
    fluid : str
        Refrigerant by its CoolProp name.
    evaporating : float
        Temperature of evaporation [K].
    isentropic_efficiency : float
        Isentropic efficiency of the compressor [1].
    span : tuple of float
        Lowest and highest condensing temperature [K].

    Returns
    -------
    callable
        Array of condensing temperatures [K] within the span to coefficients [1].

    Raises
    ------
    ValueError
        If the temperatures are out of order or outside the fluid's saturation range; the function
        given back, if called outside the span.

    Notes
    -----
    Chebyshev interpolation of degree 8 of the share of Carnot's coefficient.

    Examples
    --------
    >>> curve = performance_curve("R134a", 276.15, 0.8, (298.15, 333.15))
    >>> curve(np.array([308.15, 323.15])).round(3)
    array([5.827, 3.548])
    """
    low, high = span

    def share(condensing: Array) -> Array:
        cycle = cycle_cop(fluid, evaporating, condensing, isentropic_efficiency)
        return np.asarray(cycle / carnot_cop(evaporating, condensing))

    fitted = Chebyshev.interpolate(share, _DEGREE, domain=[low, high])

    def performance(condensing: Array) -> Array:
        inside = (condensing >= low) & (condensing <= high)
        require(inside, "condensing", condensing, f"temperatures of {low:g} to {high:g} K")
        return np.asarray(fitted(condensing) * carnot_cop(evaporating, condensing))

    return performance


def rejection_limit(air: ReturnAir) -> Array:
    r"""Heat that return air can take until its wet bulb is at the limit.

    Parameters
    ----------
    air : ReturnAir
        Return air, its fields of shape (...).

    Returns
    -------
    ndarray, shape (...)
        :math:`q_{max} = m\,[S(t_{lim}) - S(t_{wb})]` [W].

    Raises
    ------
    ValueError
        If the flow is not above 0 or the limit below the wet bulb.

    Examples
    --------
    >>> round(float(rejection_limit(ReturnAir(100.0, 302.15, 110e3, 313.15))) / 1e6, 3)
    6.144
    """
    flow = positive("air_flow", air.air_flow)
    wet, limit = np.asarray(air.wet_bulb, float), np.asarray(air.wet_bulb_limit, float)
    require(limit >= wet, "wet_bulb_limit", limit, "a limit not below the wet bulb of the air")
    return np.asarray(flow * (sigma_heat(limit, air.pressure) - sigma_heat(wet, air.pressure)))


def underground_plant(
    duty: ArrayLike, performance: Performance, air: ReturnAir, tower: Tower
) -> UndergroundPlant:
    r"""Cooling, power and condensing temperature of a plant that rejects heat into return air.

    Parameters
    ----------
    duty : array_like, shape (...)
        Cooling asked of the evaporators [W], 0 or more.
    performance : callable
        Coefficient of performance by condensing temperature, falling; see `performance_curve`. Its
        span must reach from the wet bulb plus the approach to the highest condensing temperature.
    air : ReturnAir
        Return air, its fields broadcast with the duty.
    tower : Tower
        Condenser and spray tower, likewise.

    Returns
    -------
    UndergroundPlant
        The smaller of the duty asked for and the capacity, and what belongs to it, shape (...).

    Raises
    ------
    ValueError
        If a duty is negative, the highest condensing temperature does not exceed the wet bulb by
        the approach or an argument of the tower is out of range.

    Notes
    -----
    At the condensing temperature T_c the tower passes on :math:`q_c(T_c - \Delta)`, so

    .. math:: q(T_c) = \frac{q_c(T_c - \Delta)}{1 + 1/COP(T_c)},

    which rises with T_c and is solved for it by bisection. The capacity is q where q_c reaches
    `rejection_limit` or T_c its highest value, whichever comes first.

    Examples
    --------
    >>> curve = performance_curve("R134a", 276.15, 0.8, (298.15, 333.15))
    >>> air = ReturnAir(100.0, 302.15, 110e3, 313.15)
    >>> plant = underground_plant([2e6, 9e6], curve, air, Tower(120.0, 0.6, 3.0, 328.15))
    >>> plant.condensing.round(2) - 273.15, (plant.duty / 1e6).round(3)
    (array([39.87, 50.11]), array([2.  , 4.79]))
    """
    asked = np.asarray(duty, dtype=float)
    require(asked >= 0.0, "duty", asked, "duties of 0 W or more")
    most = rejection_limit(air)
    wet, gap = np.asarray(air.wet_bulb, dtype=float), np.asarray(tower.approach, dtype=float)
    highest, low = np.asarray(tower.highest, dtype=float), wet + gap + _ABOVE_WET_BULB
    require(highest > low, "highest", highest, "condensing above the wet bulb plus the approach")

    def rejected(condensing: Array) -> Array:
        flows = (air.air_flow, wet, air.pressure, tower.water_flow)
        return -spray_tower(*flows, condensing - gap, tower.factor_of_merit).duty

    def possible(condensing: Array) -> Array:
        return np.asarray(rejected(condensing) / (1.0 + 1.0 / performance(condensing)))

    end = bisect(lambda t: rejected(t) - most, low, highest)
    capacity = possible(end)
    met = np.minimum(asked, capacity)
    condensing = bisect(lambda t: possible(t) - met, low, end)
    power = met / performance(condensing)
    heat = sigma_heat(wet, air.pressure) + (met + power) / np.asarray(air.air_flow, dtype=float)
    return UndergroundPlant(
        duty=met,
        power=np.asarray(power),
        rejected=np.asarray(met + power),
        capacity=np.broadcast_to(capacity, met.shape),
        condensing=condensing,
        wet_bulb_outlet=temperature_from_sigma_heat(heat, air.pressure),
    )
