r"""One piece of an airway, solved for all months together.

The wall obeys Duhamel's theorem with the lower-triangular response matrix `K` of
`comine.physics.strata.response_matrix`,

.. math:: K (T_{far} - T_w) = h (T_w - t) + \beta L (e_s(T_w) - e)

with the last term on the wet share of the wall only; dry and wet share are two columns of rock
(McPherson 2009, ch. 15). The air obeys the balances of sensible heat and moisture over the piece,
with temperature, vapour and density at its middle: second order in the piece's length.
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

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
)
from comine.physics.airway import evaporation_coefficient
from comine.underground.airflow import Air, Heats, Sources

GRAVITY = 9.80665  # m/s², standard
DRY_HEAT, VAPOUR_HEAT = 1005.0, 1884.0  # J/kg/K, as in comine.physics.air
TOLERANCE = 1e-5
"""Change of any temperature in the last pass [K]."""
PASSES = 200


@dataclass(frozen=True)
class Film:
    """Exchange between wall and air, and approximate inverses for the two kinds of wall."""

    convective: Array
    """[W/m²/K]"""
    total: Array
    """Convective and radiative [W/m²/K]."""
    dry_inverse: Array
    wet_inverse: Array

    @classmethod
    def of(cls, convective: Array, radiation: float, response: Array, air: Air) -> Self:
        """Film of a branch, with evaporation linearised about the air at its start."""
        total = convective + radiation
        latent = evaporation_coefficient(convective, air.pressure) * latent_heat(air.temperature)
        wet = total + latent * saturation_pressure_slope(air.temperature)
        return cls(
            convective,
            total,
            np.asarray(np.linalg.inv(response + np.diag(total)), dtype=float),
            np.asarray(np.linalg.inv(response + np.diag(wet)), dtype=float),
        )


@dataclass(frozen=True)
class Piece:
    """What a piece of airway is; arrays are over the months."""

    name: str
    dry: float
    """Area of dry wall [m²]."""
    wet: float
    flow: Array
    """Dry air [kg/s]."""
    pull: Array
    """Flux that the undisturbed rock would give to a wall at nil, ``K T_far`` [W/m²]."""
    response: Array
    film: Film
    fall: float
    """Descent [m]."""
    drag: Array
    """Friction loss at a density of 1 kg/m³ [Pa]."""
    sources: Sources


class _State(NamedTuple):
    """Where the iteration stands."""

    temperature: Array
    """Air at the end [K]."""
    humidity: Array
    dry_wall: Array
    wet_wall: Array
    evaporated: Array
    """[kg/s]"""
    pressure: Array
    """At the end [Pa]."""
    loss: Array
    """Friction [Pa]."""


def settled(piece: Piece, air: Air) -> tuple[Air, Heats, Array, Array]:
    """Air at the end of a piece, heats taken up [W], wall temperature [K], friction loss [Pa].

    Raises
    ------
    ConvergenceError
        If wall and air do not settle.
    """
    t, zero = air.temperature, np.zeros_like(air.temperature)
    state = _State(t, air.humidity, t, t, zero, air.pressure, zero)
    for _ in range(PASSES):
        new = _passed(piece, air, state)
        change = max(
            np.abs(new.temperature - state.temperature).max(),
            np.abs(new.wet_wall - state.wet_wall).max(),
            2500 * np.abs(new.humidity - state.humidity).max(),
        )
        state = new
        if change < TOLERANCE:
            return _finished(piece, air, state)
    raise ConvergenceError(f"air and wall of {piece.name!r} did not settle in {PASSES} passes")


def _passed(piece: Piece, air: Air, state: _State) -> _State:
    """One pass: pressure, walls, moisture, temperature."""
    film = piece.film
    t_mean = (air.temperature + state.temperature) / 2
    x_mean = (air.humidity + state.humidity) / 2
    mean_pressure = (air.pressure + state.pressure) / 2
    density = dry_density(t_mean, x_mean, mean_pressure) * (1 + x_mean)
    loss = piece.drag * (1 + x_mean) ** 2 / density
    vapour = vapour_pressure(x_mean, mean_pressure)
    moisture = evaporation_coefficient(film.convective, mean_pressure)
    dry_wall = film.dry_inverse @ (piece.pull + film.total * t_mean)
    wet_wall = state.wet_wall
    latent = moisture * latent_heat(wet_wall) * (saturation_pressure(wet_wall) - vapour)
    miss = piece.pull - piece.response @ wet_wall - film.total * (wet_wall - t_mean) - latent
    wet_wall = wet_wall + film.wet_inverse @ miss
    evaporated = piece.wet * moisture * (saturation_pressure(wet_wall) - vapour)
    humidity = air.humidity + (evaporated + piece.sources.exhaust) / piece.flow
    return _State(
        _temperature(piece, air, dry_wall, wet_wall, evaporated),
        np.maximum(humidity, 0.0),
        dry_wall,
        wet_wall,
        evaporated,
        air.pressure + density * GRAVITY * piece.fall - loss,
        loss,
    )


def _temperature(
    piece: Piece, air: Air, dry_wall: Array, wet_wall: Array, evaporated: Array
) -> Array:
    """Air at the end by the balance of sensible heat, the walls held [K]."""
    sources, film = piece.sources, piece.film.total
    gain = sources.machines + sources.broken_rock + sources.water
    gain = gain - sources.exhaust * latent_heat(air.temperature) + _compression(piece, air)
    capacity = piece.flow * (DRY_HEAT + air.humidity * VAPOUR_HEAT)
    half = film * (piece.dry + piece.wet) / 2
    vapour = evaporated * VAPOUR_HEAT
    warm = film * (piece.dry * dry_wall + piece.wet * wet_wall) + vapour * wet_wall + gain
    return np.asarray(((capacity - half) * air.temperature + warm) / (capacity + half + vapour))


def _compression(piece: Piece, air: Air) -> Array:
    """Work of gravity on the air and its vapour [W]."""
    return np.asarray(piece.flow * (1 + air.humidity) * GRAVITY * piece.fall)


def _finished(piece: Piece, air: Air, state: _State) -> tuple[Air, Heats, Array, Array]:
    """Let fog condense; add up what the air took, the walls' heat from the rock's side."""
    t, x = state.temperature, state.humidity
    end = condense(t, x, state.pressure)
    strata = piece.dry * (piece.pull - piece.response @ state.dry_wall)
    strata = strata + piece.wet * (piece.pull - piece.response @ state.wet_wall)
    drained = piece.flow * end.liquid * liquid_enthalpy(end.temperature)
    sources = piece.sources
    vapour_enthalpy = (enthalpy(t, 1.0) - enthalpy(t, 0.0)) - latent_heat(air.temperature)
    heats = Heats(
        strata,
        _compression(piece, air),
        sources.machines + sources.exhaust * vapour_enthalpy,
        sources.broken_rock,
        sources.water + state.evaporated * liquid_enthalpy(state.wet_wall) - drained,
    )
    total = piece.dry + piece.wet
    wall = (piece.dry * state.dry_wall + piece.wet * state.wet_wall) / total
    return Air(end.temperature, end.humidity_ratio, state.pressure), heats, wall, state.loss
