"""Air along an airway whose walls remember: heat, moisture and pressure over all months at once.

The air passes an airway in minutes while the wall changes over months, so each piece of an airway
is solved for the whole history before the next one. The wall of a piece obeys Duhamel's theorem

.. math:: K (T_{far} - T_w) = h (T_w - t) + \\beta L (e_s(T_w) - e)

with the lower-triangular response matrix `K` of `comine.physics.strata.response_matrix`; the last
term stands on the wet share of the wall only. The air obeys the balances of sensible heat and
moisture over the piece, implicit at its middle, second order in the piece's length.
"""

from dataclasses import dataclass

import numpy as np

from comine.errors import ConvergenceError
from comine.physics import Array
from comine.physics.air import (
    condense,
    dry_density,
    enthalpy,
    latent_heat,
    liquid_enthalpy,
    saturation_pressure,
    saturation_pressure_slope,
    vapour_pressure,
    wet_bulb,
)
from comine.physics.airway import (
    atkinson_resistance,
    evaporation_coefficient,
    film_coefficient,
    pressure_drop,
)
from comine.underground.openings import Branch

GRAVITY = 9.80665  # m/s², standard
DRY_HEAT, VAPOUR_HEAT = 1005.0, 1884.0  # J/kg/K, as in comine.physics.air
TOLERANCE = 1e-5
"""Change of any temperature in the last pass over a piece [K]."""
PASSES = 200


@dataclass(frozen=True)
class Air:
    """Air at one place through the months: (n,) each."""

    temperature: Array
    humidity: Array
    """Vapour per dry air [kg/kg]."""
    pressure: Array

    @property
    def enthalpy(self) -> Array:
        """Enthalpy per dry air [J/kg]."""
        return enthalpy(self.temperature, self.humidity)

    @property
    def wet_bulb(self) -> Array:
        """Wet bulb [K]."""
        return wet_bulb(self.temperature, self.humidity, self.pressure)


@dataclass(frozen=True)
class Wall:
    """Rock behind an airway over the months that it is open."""

    response: Array
    """Response matrix, (n, n) [W/m²/K]."""
    far: Array
    """Rock temperature that the airway would meet undisturbed, (pieces, n) [K]."""


@dataclass(frozen=True)
class Sources:
    """Heat and water given to the air of a whole branch through the months: (n,) each, or 0."""

    machines: Array
    """Sensible and latent heat of machines [W]."""
    exhaust: Array
    """Water in diesel exhaust [kg/s]."""
    broken_rock: Array
    """Heat of broken ore [W]."""
    water: Array
    """Heat of fissure water [W]."""


@dataclass(frozen=True)
class Heats:
    """What the air of a branch took up through the months, by origin: (n,) [W]."""

    strata: Array
    compression: Array
    machines: Array
    broken_rock: Array
    water: Array
    """Fissure water, and the enthalpy of water evaporated less condensed."""

    def __add__(self, other: "Heats") -> "Heats":
        return Heats(*(a + b for a, b in zip(self.fields, other.fields, strict=True)))

    @property
    def fields(self) -> tuple[Array, ...]:
        return self.strata, self.compression, self.machines, self.broken_rock, self.water

    @property
    def total(self) -> Array:
        return np.sum(self.fields, axis=0)

    @classmethod
    def none(cls, months: int) -> "Heats":
        return cls(*(np.zeros(months) for _ in range(5)))


@dataclass(frozen=True)
class Passage:
    """Result of a branch: air at its end, heats taken up, wall temperature, friction loss (n,)."""

    air: Air
    heats: Heats
    wall_temperature: Array
    loss: Array
    """Pressure lost to friction [Pa]."""


@dataclass(frozen=True)
class _Film:
    """Exchange between wall and air, and the inverse matrices of the two kinds of wall."""

    convective: Array
    """[W/m²/K]"""
    total: Array
    """Convective and radiative [W/m²/K]."""
    dry_inverse: Array
    wet_inverse: Array


def sources_at_rest(months: int) -> Sources:
    """No heat and no water given to the air."""
    return Sources(*(np.zeros(months) for _ in range(4)))


def march(
    branch: Branch,
    air: Air,
    flow: Array,
    wall: Wall,
    depths: tuple[float, float],
    sources: Sources,
    radiation: float,
) -> Passage:
    """Lead air through a branch.

    Parameters
    ----------
    branch : Branch
        The airway; its `count` equal openings share the flow.
    air : Air
        At the start.
    flow : (n,) array
        Dry air through all the parallel openings. [kg/s]
    wall : Wall
        Rock behind it; the number of its pieces sets the steps.
    depths : (start, end)
        Of its ends. [m]
    sources : Sources
        For all the parallel openings.
    radiation : float
        Radiative part of the film coefficient. [W/m²/K]

    Returns
    -------
    Passage

    Raises
    ------
    ConvergenceError
        If a piece does not settle.
    """
    pieces = wall.far.shape[0]
    film = _film(branch, air, flow / branch.count, wall.response, radiation)
    resistance = atkinson_resistance(branch.friction, branch.length, branch.perimeter, branch.area)
    fall = (depths[1] - depths[0]) / pieces
    heats, walls, losses = Heats.none(flow.size), [], np.zeros(flow.size)
    for far in wall.far:
        air, taken, surface = _piece(
            branch, air, flow, wall.response @ far, wall.response, film, fall, pieces, sources
        )
        loss = pressure_drop(
            resistance / pieces,
            flow * (1 + air.humidity) / branch.count,
            _moist_density(air),
        )
        air = Air(air.temperature, air.humidity, air.pressure - loss)
        heats = heats + taken
        walls.append(surface)
        losses = losses + loss
    return Passage(air, heats, np.mean(walls, axis=0), losses)


def _moist_density(air: Air) -> Array:
    return dry_density(air.temperature, air.humidity, air.pressure) * (1 + air.humidity)


def _film(branch: Branch, air: Air, flow: Array, response: Array, radiation: float) -> _Film:
    convective = film_coefficient(
        branch.friction, flow, branch.area, branch.perimeter, air.temperature
    )
    total = convective + radiation
    moisture = evaporation_coefficient(convective, air.pressure)
    mean = air.temperature + 2.0
    wet = total + moisture * latent_heat(mean) * saturation_pressure_slope(mean)
    return _Film(
        convective,
        total,
        np.linalg.inv(response + np.diag(total)),
        np.linalg.inv(response + np.diag(wet)),
    )


def _piece(
    branch: Branch,
    air: Air,
    flow: Array,
    pull: Array,
    response: Array,
    film: _Film,
    fall: float,
    pieces: int,
    sources: Sources,
) -> tuple[Air, Heats, Array]:
    """One piece: iterate wall and air until both settle."""
    surface = branch.perimeter * branch.length / pieces * branch.count
    wet, dry = branch.wetness * surface, (1 - branch.wetness) * surface
    pressure = air.pressure + _moist_density(air) * GRAVITY * fall
    mean_pressure = (air.pressure + pressure) / 2
    moisture = evaporation_coefficient(film.convective, mean_pressure)
    exhaust = sources.exhaust / pieces
    gain = (sources.machines + sources.broken_rock + sources.water) / pieces
    gain = gain - exhaust * latent_heat(air.temperature) + flow * (1 + air.humidity) * GRAVITY * fall
    t, x = air.temperature, air.humidity
    wet_wall = film.wet_inverse @ (pull + (1 / np.diag(film.wet_inverse) - np.diag(response)) * t)
    for _ in range(PASSES):
        t_mean = (air.temperature + t) / 2
        vapour = vapour_pressure((air.humidity + x) / 2, mean_pressure)
        dry_wall = film.dry_inverse @ (pull + film.total * t_mean)
        latent = latent_heat(wet_wall)
        excess = saturation_pressure(wet_wall) - vapour
        miss = pull - response @ wet_wall - film.total * (wet_wall - t_mean)
        step = film.wet_inverse @ (miss - moisture * latent * excess)
        wet_wall = wet_wall + step
        evaporated = wet * moisture * (saturation_pressure(wet_wall) - vapour)
        x_new = air.humidity + (evaporated + exhaust) / flow
        t_new = _sensible_balance(air, flow, film.total, (dry, wet), (dry_wall, wet_wall), evaporated, gain)
        change = max(np.abs(t_new - t).max(), np.abs(step).max(), 2500 * np.abs(x_new - x).max())
        t, x = t_new, np.maximum(x_new, 0.0)
        if change < TOLERANCE:
            break
    else:
        raise ConvergenceError(f"air and wall of {branch.name!r} did not settle in {PASSES} passes")
    end = condense(t, x, pressure)
    strata = dry * (pull - response @ dry_wall) + wet * (pull - response @ wet_wall)
    liquid = evaporated * liquid_enthalpy(wet_wall) - flow * end.liquid * liquid_enthalpy(end.temperature)
    exhaust_enthalpy = exhaust * (enthalpy(t, x) - enthalpy(t, x - 1e-6)) / 1e-6
    heats = Heats(
        strata,
        flow * (1 + air.humidity) * GRAVITY * fall,
        sources.machines / pieces - exhaust * latent_heat(air.temperature) + exhaust_enthalpy,
        sources.broken_rock / pieces,
        sources.water / pieces + liquid,
    )
    surface_mean = (1 - branch.wetness) * dry_wall + branch.wetness * wet_wall
    return Air(end.temperature, end.humidity_ratio, pressure), heats, surface_mean


def _sensible_balance(
    air: Air,
    flow: Array,
    film: Array,
    areas: tuple[float, float],
    walls: tuple[Array, Array],
    evaporated: Array,
    gain: Array,
) -> Array:
    """Temperature at the end of a piece with walls held [K]."""
    capacity = flow * (DRY_HEAT + air.humidity * VAPOUR_HEAT)
    half = film * (areas[0] + areas[1]) / 2
    vapour = evaporated * VAPOUR_HEAT
    warm = film * (areas[0] * walls[0] + areas[1] * walls[1]) + vapour * walls[1] + gain
    return np.asarray(((capacity - half) * air.temperature + warm) / (capacity + half + vapour))
