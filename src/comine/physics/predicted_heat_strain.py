r"""Predicted heat strain of people at work: core temperature, sweat, and how long they may stay.

Sources
-------
ISO 7933:2004, annexes A and E, for the equations; recalled, not read in print. They give nine
examples of its annex F (the tenth has a walk that is given) and agree with an independent
implementation. The edition of 2023 changes coefficients and limits and gives other times; it is
not implemented.
Malchaire, J. et al. (2001). Development and validation of the predicted heat strain model.
Ann. Occup. Hyg. 45(2), 123-135, for what the model was fitted to.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.bounds import positive, require, within
from comine.physics.humidity import saturation_pressure

__all__ = ["HeatStrain", "Worker", "predicted_heat_strain"]

_ICE_POINT = 273.15
_MINUTE = 60.0
_CLO = 0.155  # [m2 K/W]
_RADIATING = {"standing": 0.77, "sitting": 0.70, "crouching": 0.67}  # share of the skin
_STEFAN = 5.67e-8
_EMISSIVITY = 0.97
_REST_CORE, _REST_SKIN = 36.8, 34.1  # at the start [C]
_HOTTEST_CORE = 38.0  # rectal [C]
_STILL_AIR = 0.111  # resistance of the boundary layer [m2 K/W]
_ROUNDS, _CLOSE = 200, 1e-4  # of the inner iterations [K]


class Worker(NamedTuple):
    """A person and what is worn.

    Mass [kg], height [m], intrinsic clothing resistance [m2 K/W] (1 clo is 0.155), moisture
    permeability index of the clothing [1], and whether the person is used to heat and drinks at
    will.
    """

    mass: float = 75.0
    height: float = 1.80
    clothing_resistance: float = 0.5 * _CLO
    permeability_index: float = 0.38
    acclimatised: bool = True
    free_water: bool = True
    posture: Literal["standing", "sitting", "crouching"] = "standing"

    @property
    def skin_area(self) -> float:
        """Area of the skin by Du Bois [m2]."""
        return float(0.202 * self.mass**0.425 * self.height**0.725)


class HeatStrain(NamedTuple):
    """Strain at the end of a stay, and times [s] at which limits are met; all of shape (...).

    A time is the whole stay where its limit is not met. `allowed_time` is the shorter of the times
    to a rectal temperature of 38 C and to the loss of water that protects 95 % of people.
    """

    rectal_temperature: Array
    skin_temperature: Array
    water_loss: Array
    time_to_rectal_limit: Array
    time_to_mean_loss: Array
    time_to_protected_loss: Array
    allowed_time: Array


class _Dress(NamedTuple):
    """Clothing as wind and walking change it."""

    area_factor: float
    resistance: Array  # [m2 K/W]
    vapour_resistance: Array  # [m2 kPa/W]


class _Air(NamedTuple):
    """Surroundings in C, kPa and m/s, and the metabolic rate in W/m2."""

    Ta: Array
    Tr: Array
    Pa: Array
    Va: Array
    M: Array


def predicted_heat_strain(
    temperature: ArrayLike,
    vapour_pressure: ArrayLike,
    radiant_temperature: ArrayLike,
    air_speed: ArrayLike,
    metabolic_rate: ArrayLike,
    worker: Worker = Worker(),  # noqa: B008 # frozen
    stay: float = 480.0 * _MINUTE,
) -> HeatStrain:
    r"""Strain of a person at constant work in constant air (ISO 7933:2004).

    Parameters
    ----------
    temperature : array_like, shape (...)
        Dry-bulb temperature [K], from 15 to 50 C.
    vapour_pressure : array_like, shape (...)
        Partial pressure of vapour [Pa], at most that of saturation.
    radiant_temperature : array_like, shape (...)
        Mean radiant temperature [K], at most 60 K above the air.
    air_speed : array_like, shape (...)
        Air speed at the body [m/s], from 0 to 3.
    metabolic_rate : array_like, shape (...)
        Metabolic rate per skin area [W/m2], from 100 to 450, all of it turned to heat.
    worker : Worker, optional
        The person and the clothing, of 0.1 to 1 clo.
    stay : float, optional
        Length of the stay [s], whole minutes.

    Returns
    -------
    HeatStrain
        Temperatures [K] and water loss [kg] at the end, and allowed times [s].

    Raises
    ------
    ValueError
        If a quantity is out of range.

    Notes
    -----
    Minute by minute, per skin area, with :math:`t` in C and :math:`p` in kPa: the evaporation
    required is

    .. math:: E_{req} = M - dS_{eq} - C_{res} - E_{res} - C - R,

    where :math:`dS_{eq}` is the storage of the core's own rise with work. From
    :math:`w_{req} = E_{req}/E_{max}` follows the sweat required, :math:`E_{req}/(1 - w_{req}^2/2)`
    or :math:`2 E_{req}/(2 - w_{req})^2` above 1, at most what the person can give. The sweat rate
    follows it with a time constant of 10 min, the skin its equilibrium with one of 3 min. What does
    not evaporate is stored,

    .. math:: S = E_{req} - E_p + dS_{eq},

    and heats core and skin; the rectal temperature lags:
    :math:`t_{re,i} = t_{re,i-1} + (2 t_{cr,i} - 1.962 t_{re,i-1} - 1.31)/9`.
    Loss limits are 7.5 % (mean person) and 5 % (95 % of people) of body mass; 3 % without free
    water. The person walks at :math:`0.0052 (M - 58)`, at most 0.7 m/s, which pumps the clothing.

    The standard was fitted to vapour pressures to 4.5 kPa and to radiant temperatures not below
    the air's; outside, this extrapolates. Convection is that at sea level. The fitted skin makes
    the core in equilibrium up to 0.25 K warmer in cooler or windier air, so that the time to 38 C
    may jump where the equilibrium is near 38 C. Without free water the standard's program takes 0.6
    of the time to a loss of 5 %; here the loss of 3 % itself is met.

    Examples
    --------
    >>> strain = predicted_heat_strain(313.15, 2500.0, 313.15, 0.3, 150.0)
    >>> round(float(strain.allowed_time) / 60.0)
    298
    >>> round(float(strain.rectal_temperature) - 273.15, 1)
    37.5
    """
    air = _checked(temperature, vapour_pressure, radiant_temperature, air_speed, metabolic_rate)
    minutes = _checked_stay(worker, stay)
    dress, area = _dressed(air, worker), worker.skin_area
    heat_capacity = 57.83 * worker.mass / area  # [W min/m2/K]
    most_sweat = np.clip((air.M - 32.0) * area, 250.0, 400.0)
    most_sweat = most_sweat * (1.25 if worker.acclimatised else 1.0)
    wettest = 1.0 if worker.acclimatised else 0.85
    mean_loss, protected_loss = (0.075, 0.05) if worker.free_water else (0.03, 0.03)
    reached = np.full((3, *air.Ta.shape), float(minutes))
    core = rectal = equilibrium = np.full(air.Ta.shape, _REST_CORE)
    skin, share, cloth = np.full_like(core, _REST_SKIN), np.full_like(core, 0.3), air.Tr + 0.1
    sweat, loss = np.zeros_like(core), np.zeros_like(core)
    breath, wet_breath = _breathing(air)
    for minute in range(1, minutes + 1):
        target = 0.0036 * (air.M - 55.0) + 36.8
        before, equilibrium = equilibrium, target + (equilibrium - target) * np.exp(-0.1)
        own = heat_capacity * (equilibrium - before) * (1.0 - share)
        settled = _settled_skin(air, rectal, worker.clothing_resistance / _CLO)
        skin_before, skin = skin, settled + (skin - settled) * np.exp(-1.0 / 3.0)
        cloth, dry = _dry_loss(air, dress, skin, cloth, _RADIATING[worker.posture])
        most = (saturation_pressure(skin + _ICE_POINT) / 1e3 - air.Pa) / dress.vapour_resistance
        required = air.M - own - breath - wet_breath - dry
        wanted = _required_sweat(required, most, most_sweat)
        sweat = wanted + (sweat - wanted) * np.exp(-0.1)
        evaporated = _evaporated(sweat, np.maximum(most, 0.0), wettest)
        stored = np.maximum(required, 0.0) - evaporated + own
        core, share = _core(core, share, skin_before, skin, stored / heat_capacity)
        rectal = rectal + (2.0 * core - 1.962 * rectal - 1.31) / 9.0
        loss = loss + (sweat + wet_breath) * 2.67 * area / 1.8 / 60.0 / 1e3
        met = (rectal >= _HOTTEST_CORE, loss >= mean_loss * worker.mass,
               loss >= protected_loss * worker.mass)  # fmt: skip
        reached = np.where(np.stack(met), np.minimum(reached, minute), reached)
    hot, dry_half, dry_most = reached * _MINUTE
    at_end = rectal + _ICE_POINT, skin + _ICE_POINT, loss
    return HeatStrain(*at_end, hot, dry_half, dry_most, np.minimum(hot, dry_most))


def _checked(
    temperature: ArrayLike, vapour: ArrayLike, radiant: ArrayLike, speed: ArrayLike, work: ArrayLike
) -> _Air:
    air = within("temperature", temperature, _ICE_POINT + 15.0, _ICE_POINT + 50.0)
    around, pressure = np.asarray(radiant, float), np.asarray(vapour, float)
    require(around - air <= 60.0, "radiant_temperature", radiant, "at most 60 K above the air")
    require(around > 200.0, "radiant_temperature", radiant, "kelvin")
    humid = (pressure >= 0.0) & (pressure <= saturation_pressure(air) * (1.0 + 1e-9))
    require(humid, "vapour_pressure", vapour, "0 Pa to saturation")
    moving = within("air_speed", speed, 0.0, 3.0)
    rate = within("metabolic_rate", work, 100.0, 450.0)
    each = (air - _ICE_POINT, around - _ICE_POINT, pressure / 1e3, moving, rate)
    return _Air(*(np.array(part) for part in np.broadcast_arrays(*each)))


def _checked_stay(worker: Worker, stay: float) -> int:
    positive("mass", worker.mass)
    positive("height", worker.height)
    positive("permeability_index", worker.permeability_index)
    within("clothing_resistance", worker.clothing_resistance, 0.1 * _CLO, _CLO)
    if worker.posture not in _RADIATING:
        raise ValueError(f"posture must be one of {sorted(_RADIATING)}, got {worker.posture!r}")
    minutes = round(stay / _MINUTE)
    require(minutes > 0 and minutes * _MINUTE == stay, "stay", stay, "whole minutes [s]")
    return minutes


def _dressed(air: _Air, worker: Worker) -> _Dress:
    """Clothing in wind and at a walk (annex A, after ISO 9920)."""
    clo = worker.clothing_resistance / _CLO
    factor = 1.0 + 0.3 * clo
    still = worker.clothing_resistance + _STILL_AIR / factor
    v = air.Va
    w = np.minimum(0.0052 * (air.M - 58.0), 0.7)
    dressed = np.exp((0.066 * v - 0.398) * v + (0.094 * w - 0.378) * w) * 1.044
    nude = np.exp((0.047 * v - 0.472) * v + (0.117 * w - 0.342) * w)
    dressed, nude = np.minimum(dressed, 1.0), np.minimum(nude, 1.0)
    whole = ((0.6 - clo) * nude + clo * dressed) / 0.6 if clo <= 0.6 else dressed
    resistance = still * whole - nude * _STILL_AIR / factor
    index = worker.permeability_index * ((2.6 * whole - 6.5) * whole + 4.9)
    return _Dress(factor, resistance, still * whole / np.minimum(index, 0.9) / 16.7)


def _breathing(air: _Air) -> tuple[Array, Array]:
    """Dry and latent heat of the breath."""
    out = 28.56 + 0.115 * air.Ta + 0.641 * air.Pa
    return (
        0.001516 * air.M * (out - air.Ta),
        0.00127 * air.M * (59.34 + 0.53 * air.Ta - 11.63 * air.Pa),
    )


def _settled_skin(air: _Air, rectal: Array, clo: float) -> Array:
    """Skin temperature in equilibrium, between that of nude (0.2 clo) and clothed (0.6 clo)."""
    share = min(max((clo - 0.2) / 0.4, 0.0), 1.0)
    nude = 7.191 + 0.064 * air.Ta + 0.061 * air.Tr + 0.198 * air.Pa - 0.348 * air.Va
    nude = nude + 0.616 * rectal
    clothed = 12.165 + 0.02017 * air.Ta + 0.04361 * air.Tr + 0.19354 * air.Pa
    clothed = clothed - 0.25315 * air.Va + 0.005346 * air.M + 0.51274 * rectal
    return np.asarray(nude + share * (clothed - nude))


def _dry_loss(
    air: _Air, dress: _Dress, skin: Array, cloth: Array, radiating: float
) -> tuple[Array, Array]:
    """Temperature of the clothing, and heat lost from it by convection and radiation."""
    forced = np.where(air.Va > 1.0, 8.7 * air.Va**0.6, 3.5 + 5.2 * air.Va)
    around = air.Tr + _ICE_POINT
    for _ in range(_ROUNDS):
        warm = cloth + _ICE_POINT
        convection = np.maximum(2.38 * np.abs(cloth - air.Ta) ** 0.25, forced)
        radiation = (
            _EMISSIVITY * _STEFAN * radiating * (warm**2 + around**2) * (warm + around)
        )  # [W/m2/K]
        film = dress.area_factor * (convection + radiation)
        gained = dress.area_factor * (convection * air.Ta + radiation * air.Tr)
        new = (gained + skin / dress.resistance) / (film + 1.0 / dress.resistance)
        if np.all(np.abs(new - cloth) < _CLOSE):
            break
        cloth = 0.5 * (cloth + new)
    else:
        raise ValueError("temperature of the clothing did not settle")
    return cloth, np.asarray(film * cloth - gained)


def _required_sweat(required: Array, most: Array, most_sweat: Array) -> Array:
    """Heat of the sweat that would let the required heat evaporate."""
    wetness = np.minimum(np.maximum(required, 0.0) / np.maximum(most, 1e-9), 1.7)
    efficiency = np.where(wetness > 1.0, 0.5 * (2.0 - wetness) ** 2, 1.0 - 0.5 * wetness**2)
    wanted = np.minimum(required / efficiency, most_sweat)
    return np.where(required <= 0.0, 0.0, np.where(wetness >= 1.7, most_sweat, wanted))


def _evaporated(sweat: Array, most: Array, wettest: float) -> Array:
    """Heat that evaporates from skin as wet as the sweat makes it."""
    k = most / np.maximum(sweat, 1e-9)
    wetness = np.where(k < 0.5, 1.0, 2.0 / (k + np.sqrt(k * k + 2.0)))
    return np.where(sweat > 0.0, np.minimum(wetness, wettest) * most, 0.0)


def _core(
    core: Array, share: Array, skin_before: Array, skin: Array, rise: Array
) -> tuple[Array, Array]:
    """Core temperature after a mean rise of the body, and the share of the skin in its mass."""
    guess = core
    for _ in range(_ROUNDS):
        skin_share = np.clip(0.3 - 0.09 * (guess - 36.8), 0.1, 0.3)
        held = core * (1.0 - 0.5 * share) + 0.5 * (skin_before * share - skin * skin_share)
        new = (rise + held) / (1.0 - 0.5 * skin_share)
        if np.all(np.abs(new - guess) < _CLOSE):
            return np.asarray(new), np.asarray(skin_share)
        guess = 0.5 * (guess + new)
    raise ValueError("core temperature did not settle")
