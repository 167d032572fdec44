r"""One piece of an airway, solved for all months together.

The wall obeys Duhamel's theorem with the lower-triangular response matrix `K` of
`comine.physics.strata.response_matrix`,

.. math:: K (T_{far} - T_w) = h (T_w - t) + \beta L (e_s(T_w) - e)

with the last term on the wet share of the wall only; dry and wet share are two columns of rock
(McPherson 2009, ch. 15). The air obeys the balances of sensible heat and moisture over the piece,
with temperature, vapour and density at its middle: second order in the piece's length.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg.blas import dtrsv

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
from comine.physics.air_energy import DRY_HEAT, VAPOUR_HEAT
from comine.physics.airway import evaporation_coefficient
from comine.physics.humidity import LATENT_SLOPE, MASS_RATIO
from comine.underground.airflow import Air, Heats, Sources

GRAVITY = 9.80665  # m/s², standard
TOLERANCE = 1e-5
"""Change of any temperature in the last pass [K]."""
PASSES = 200


@dataclass(frozen=True)
class Film:
    """Exchange between wall and air."""

    convective: Array
    """[W/m²/K]"""
    total: Array
    """Convective and radiative [W/m²/K]."""


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


class State(NamedTuple):
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


def settled(piece: Piece, air: Air, guess: State) -> State:
    """State of a piece whose air begins as `air`, sought from a guess.

    Raises
    ------
    ConvergenceError
        If wall and air do not settle.
    """
    state = guess
    for _ in range(PASSES):
        new = _passed(piece, air, state)
        change = max(
            np.abs(new.temperature - state.temperature).max(),
            np.abs(new.wet_wall - state.wet_wall).max(),
            2500 * np.abs(new.humidity - state.humidity).max(),
        )
        state = new
        if change < TOLERANCE:
            return state
    raise ConvergenceError(f"air and wall of {piece.name!r} did not settle in {PASSES} passes")


def first_guess(air: Air) -> State:
    """Guess of the first piece of a branch: walls as warm as the air."""
    t, zero = air.temperature, np.zeros_like(air.temperature)
    return State(t, air.humidity, t, t, zero, air.pressure, zero)


def next_guess(before: Air, state: State, air: Air) -> State:
    """Guess of the piece after one that led the air from `before` to `air`: the same again."""
    return state._replace(
        temperature=air.temperature + (state.temperature - before.temperature),
        humidity=np.maximum(air.humidity + (state.humidity - before.humidity), 0.0),
        pressure=air.pressure + (state.pressure - before.pressure),
    )


def _passed(piece: Piece, air: Air, state: State) -> State:
    """One pass: pressure, walls, moisture, temperature."""
    film = piece.film
    t_mean = (air.temperature + state.temperature) / 2
    x_mean = (air.humidity + state.humidity) / 2
    mean_pressure = (air.pressure + state.pressure) / 2
    density = dry_density(t_mean, x_mean, mean_pressure) * (1 + x_mean)
    loss = piece.drag * (1 + x_mean) ** 2 / density
    vapour = vapour_pressure(x_mean, mean_pressure)
    moisture = evaporation_coefficient(film.convective, mean_pressure)
    dry_wall = _solved(piece.response, film.total, piece.pull + film.total * t_mean)
    wet_wall = _wet_wall(piece, state.wet_wall, t_mean, moisture, vapour)
    humidity = _humidity(piece, air, state, wet_wall, moisture)
    evaporated = piece.flow * (humidity - air.humidity) - piece.sources.exhaust
    return State(
        _temperature(piece, air, dry_wall, wet_wall, evaporated),
        humidity,
        dry_wall,
        wet_wall,
        evaporated,
        air.pressure + density * GRAVITY * piece.fall - loss,
        loss,
    )


def _wet_wall(piece: Piece, wall: Array, t_mean: Array, moisture: Array, vapour: Array) -> Array:
    """Newton's next guess of the wet wall, the air held [K]."""
    lack = saturation_pressure(wall) - vapour
    latent = moisture * latent_heat(wall)
    slope = latent * saturation_pressure_slope(wall) - moisture * LATENT_SLOPE * lack
    drive = piece.pull + piece.film.total * t_mean + slope * wall - latent * lack
    return _solved(piece.response, piece.film.total + slope, drive)


def _humidity(piece: Piece, air: Air, state: State, wet_wall: Array, moisture: Array) -> Array:
    """Humidity at the end by the balance of moisture, the wall held, one step of Newton [kg/kg]."""
    x_mean = (air.humidity + state.humidity) / 2
    pressure = (air.pressure + state.pressure) / 2
    rise = MASS_RATIO * pressure / (MASS_RATIO + x_mean) ** 2 / 2
    lack = saturation_pressure(wet_wall) - vapour_pressure(x_mean, pressure)
    wet = piece.wet * moisture / piece.flow
    gain = wet * (lack + rise * state.humidity) + piece.sources.exhaust / piece.flow
    return np.asarray(np.maximum((air.humidity + gain) / (1 + wet * rise), 0.0))


def _solved(response: Array, diagonal: Array, right: Array) -> Array:
    """Solve ``(K + diagonal) x = right`` with the lower-triangular `K`."""
    matrix = response.copy()
    matrix.reshape(-1)[:: len(matrix) + 1] += diagonal
    return np.asarray(dtrsv(matrix.T, right, trans=1))


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


def finished(piece: Piece, air: Air, state: State) -> tuple[Air, Heats, Array]:
    """Air at the end once fog has condensed, heats taken up [W], mean wall temperature [K].

    The walls' heat is counted from the rock's side.
    """
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
    return Air(end.temperature, end.humidity_ratio, state.pressure), heats, wall
