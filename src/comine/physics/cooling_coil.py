r"""Finned coils that cool and dry air with chilled water: effectiveness and transfer units.

The coil is in counterflow and either dry or wet all over; where wet, sigma heat drives.

Sources
-------
Braun, J. E., Klein, S. A. & Mitchell, J. W. (1989). Effectiveness models for cooling towers and
cooling coils. ASHRAE Transactions 95(2): title and method are recalled, not verified against the
printed source.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.air_cooler import CoolerAir, cooler_outlet
from comine.physics.air_energy import DRY_HEAT, VAPOUR_HEAT, sigma_heat, wet_bulb
from comine.physics.bisection import bisect
from comine.physics.bounds import positive, require

__all__ = ["Coil", "CoilCooling", "coil_effectiveness", "cooling_coil"]

_WATER_HEAT = 4187.0
_PIECES, _NEWTON_STEPS, _DIFFERENCE = 8, 8, 1e-3


class Coil(NamedTuple):
    """A coil and its water: conductance on the air side and from the fins' root to the water [W/K],
    water flow [kg/s] and temperature at the inlet [K].
    """

    air_conductance: ArrayLike
    water_conductance: ArrayLike
    water_flow: ArrayLike
    water_temperature: ArrayLike


class CoilCooling(NamedTuple):
    """Air that leaves (with the duty met), water that leaves [K] and whether the coil is wet."""

    air: CoolerAir
    water_outlet: Array
    wet: Array


def coil_effectiveness(transfer_units: ArrayLike, capacity_ratio: ArrayLike) -> Array:
    r"""Effectiveness of a counterflow exchanger, referred to the stream of the transfer units.

    Parameters
    ----------
    transfer_units : array_like, shape (...)
        Conductance over the capacity rate of the stream, N [1], 0 or more.
    capacity_ratio : array_like, shape (...)
        Capacity rate of the stream over that of the other, R [1], 0 or more; may exceed 1.

    Returns
    -------
    ndarray, shape (...)
        Change of the stream over the difference at the inlets [1].

    Raises
    ------
    ValueError
        If an argument is negative.

    Notes
    -----
    .. math:: \varepsilon = \frac{1 - e^{-N(1-R)}}{1 - R e^{-N(1-R)}}, \qquad
        \varepsilon = \frac{N}{1+N} \text{ for } R = 1

    Examples
    --------
    >>> round(float(coil_effectiveness(2.0, 0.5)), 4)
    0.7746
    """
    units, ratio = np.asarray(transfer_units, dtype=float), np.asarray(capacity_ratio, dtype=float)
    require(units >= 0.0, "transfer_units", units, "values of 0 or more")
    require(ratio >= 0.0, "capacity_ratio", ratio, "values of 0 or more")
    balanced = np.abs(1.0 - ratio) < 1e-7
    excess = np.where(balanced, 1.0, 1.0 - ratio)
    # for R > 1 both are written with the decaying exponential
    decay = np.exp(-units * np.abs(excess))
    plain = np.where(excess > 0, (1 - decay) / (1 - ratio * decay), (1 - decay) / (ratio - decay))
    return np.asarray(np.where(balanced, units / (1.0 + units), plain))


def cooling_coil(
    temperature: ArrayLike,
    humidity_ratio: ArrayLike,
    pressure: ArrayLike,
    air_flow: ArrayLike,
    coil: Coil,
) -> CoilCooling:
    r"""Air and water after a counterflow cooling coil of given conductances.

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
    coil : Coil
        Conductances [W/K] and the water that enters; its fields broadcast with the air.

    Returns
    -------
    CoilCooling
        Air, condensate and duty, outlet of the water [K] and whether condensation is found.

    Raises
    ------
    ValueError
        If a flow or a conductance is not above 0.

    Notes
    -----
    Dry: effectiveness-NTU on temperatures, with :math:`1/UA = 1/UA_a + 1/UA_w`. Wet: the sigma
    heat S of the air meets that of saturated air at the fins' surface (Lewis number 1),

    .. math:: dq = \frac{UA_a}{c_p} [S - S_{sat}(t_s)]\,da = UA_w (t_s - t_w)\,da , \qquad
        m\,dS = m_w c_w\,dt_w = dq ,

    summed over eight pieces of equal heat with the logarithmic mean of the flux at their ends,
    which is `coil_effectiveness` where saturation is a line. The greater of the two duties holds
    (Braun et al. 1989). No duty exceeds 0.95 of that to saturation at the water's temperature,
    and the air leaves along the path of `cooler_outlet`. Air no warmer than the water is left as
    it is.

    Examples
    --------
    >>> coil = Coil(25e3, 40e3, 12.0, 280.15)
    >>> out = cooling_coil(305.15, 0.020, 1.1e5, 15.0, coil)
    >>> round(float(out.air.duty) / 1e3, 1), round(float(out.water_outlet) - 273.15, 2)
    (369.6, 14.36)
    """
    air = positive("air_flow", air_flow)
    rate = _water_rate(coil)
    outer = positive("air_conductance", coil.air_conductance)
    inner = positive("water_conductance", coil.water_conductance)
    warm, vapour = np.asarray(temperature, dtype=float), np.asarray(humidity_ratio, dtype=float)
    cold = np.asarray(coil.water_temperature, dtype=float)
    heat = DRY_HEAT + VAPOUR_HEAT * vapour
    whole = 1.0 / (1.0 / outer + 1.0 / inner)
    share = coil_effectiveness(whole / (air * heat), air * heat / rate)
    dry = share * air * heat * np.maximum(warm - cold, 0.0)
    wet = _wet_duty(np.maximum(wet_bulb(warm, vapour, pressure), cold), pressure, air, heat, coil)
    after = cooler_outlet(warm, vapour, pressure, air, np.maximum(dry, wet), cold)
    return CoilCooling(after, np.asarray(cold + after.duty / rate), np.asarray(wet > dry))


def _wet_duty(moist: Array, pressure: ArrayLike, air: Array, heat: Array, coil: Coil) -> Array:
    """Duty of a coil that is wet all over, of air that enters at a wet bulb [W]."""
    cold, rate, inner = (
        np.asarray(part, dtype=float)
        for part in (coil.water_temperature, _water_rate(coil), coil.water_conductance)
    )
    outer = np.asarray(coil.air_conductance, dtype=float) / heat
    entering = sigma_heat(moist, pressure)
    shape = np.broadcast_shapes(entering.shape, cold.shape, rate.shape, inner.shape, outer.shape)
    share = np.linspace(0.0, 1.0, _PIECES + 1).reshape(-1, *(1,) * len(shape))

    def excess(outlet: Array) -> Array:
        """Surface that the water's outlet takes beyond the coil's, as a share of it."""
        water = cold + (outlet - cold) * share
        sigma = entering - rate / air * (outlet - water)
        surface = water
        for _ in range(_NEWTON_STEPS):
            step = np.minimum(surface + _DIFFERENCE, moist + _DIFFERENCE)
            saturated = sigma_heat(surface, pressure)
            slope = (sigma_heat(step, pressure) - saturated) / (step - surface)
            lacking = outer * (sigma - saturated) - inner * (surface - water)
            surface = np.clip(surface + lacking / (outer * slope + inner), water, moist)
        flux = np.maximum(inner * (surface - water), 1e-12 * inner)
        pieces = rate * (outlet - cold) / _PIECES / _log_mean(flux[:-1], flux[1:])
        return np.asarray(pieces.sum(0) - 1.0)

    return np.asarray(rate * (bisect(excess, cold, moist) - cold))


def _log_mean(one: Array, other: Array) -> Array:
    ratio = other / one
    alike = np.abs(ratio - 1.0) < 1e-4
    safe = np.where(alike, 2.0, ratio)
    return np.asarray(np.where(alike, 0.5 * (one + other), one * (safe - 1.0) / np.log(safe)))


def _water_rate(coil: Coil) -> Array:
    return np.asarray(_WATER_HEAT * positive("water_flow", coil.water_flow))
