"""Moist air on its way between volumes: directions, fog, mixing and pressure.

All volumes of a network at one time; what happens inside them is in
`comine.underground.air_balance`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import splu

from comine.numerics.assembly import Assembler, gathered
from comine.physics import Array
from comine.physics.air import (
    dry_density,
    enthalpy,
    latent_heat,
    saturation_pressure,
    saturation_pressure_slope,
    state_from_enthalpy,
    temperature_from_enthalpy,
)
from comine.physics.air_energy import DRY_HEAT, LIQUID_HEAT, VAPOUR_HEAT
from comine.physics.humidity import ICE_POINT, LATENT_AT_ICE_POINT, LATENT_SLOPE, MASS_RATIO
from comine.underground.airflow import Air

Index = NDArray[np.intp]
Series = Array | Callable[[float], Array]
"""An array, or a function of time [s] that gives one.

Functions are asked at the ends of stages; at a jump they give the value before it.
"""
STILL = 1e-9
"""Flow that counts as none [kg/s]."""
IMBALANCE = 1e-6
"""Share of its flow that a volume may give more than it gets [1]."""
_LOSS_PASSES, _LOSS_SETTLED = 6, 1e-4  # of the loss [Pa]


class Airways(NamedTuple):
    """Volumes, (volumes,) each; a junction or a cooler has length and fall 0."""

    length: Array
    """[m]"""
    area: Array
    """Cross-section of one opening [m2]."""
    perimeter: Array
    """Of one opening [m]."""
    friction: Array
    """Atkinson factor at 1.2 kg/m3 [kg/m3]."""
    parallel: Array
    """Equal openings side by side that share the flow [1]."""
    fall: Array
    """Descent in the direction of the links [m]."""


class Network(NamedTuple):
    """How volumes hang together and where outside air enters."""

    links: Index
    """Volumes that each link leads from and to, (links, 2)."""
    flow: Series
    """Dry air along the links, (links,); negative: the other way [kg/s]."""
    doors: Index
    """Volumes that outside air enters, (doors,)."""
    entering: Series
    """Dry air through the doors, (doors,); a negative flow enters nowhere [kg/s]."""
    outside: Callable[[float], Air]
    """State of the outside air at the doors, (doors,) each."""


class Lining(NamedTuple):
    """Which skins line which volumes, (skins,) each."""

    piece: Index
    """Volume that the skin lines."""
    wet: NDArray[np.bool_]
    opened: Callable[[float], NDArray[np.bool_]] | None = None
    """Whether the wall is there; None: always."""
    first: Array | float = np.inf
    """Time at which the wall is first cut anew [s]; inf: never."""
    period: Array | float = np.inf
    """Time between renewals [s]."""


class Draught(NamedTuple):
    """Which way the air goes at one time."""

    start: Index
    """Volume that each link comes from, (links,)."""
    end: Index
    rate: Array
    """Dry air along each link, not negative, (links,) [kg/s]."""
    doors: Index
    """Volumes that outside air enters, (doors,)."""
    entering: Array
    """Dry air through them, (doors,) [kg/s]."""
    flow: Array
    """Dry air through each volume, (volumes,) [kg/s]."""
    leaving: Array
    """Dry air that goes outside from each volume, (volumes,) [kg/s]."""
    forward: Array
    """1 or -1: whether it goes the way that the links were laid, (volumes,)."""

    @property
    def moves(self) -> NDArray[np.bool_]:
        """Where air passes, (volumes,)."""
        return np.asarray(self.flow > STILL)

    @property
    def divisor(self) -> Array:
        """Flow, or 1 where there is none [kg/s]."""
        return np.where(self.moves, self.flow, 1.0)

    def mixed(self, inside: Array, outside: Array) -> Array:
        """Mean over what enters each volume of something the air carries, (volumes,)."""
        total = summed(self.end, self.rate * inside[self.start], self.flow.size)
        total = total + summed(self.doors, self.entering * outside, self.flow.size)
        return total / self.divisor


class Passing(NamedTuple):
    """Air as it leaves volumes, fog dropped out, with derivatives by its state before, (n,)."""

    temperature: Array
    humidity: Array
    liquid: Array
    """Fog [kg/kg]."""
    enthalpy: Array
    enthalpy_by: tuple[Array, Array]
    """By temperature and humidity before condensation."""
    humidity_by: tuple[Array, Array]


class Inlet(NamedTuple):
    """Air that enters volumes, (volumes,)."""

    enthalpy: Array
    humidity: Array
    temperature: Array
    capacity: Array
    """[J/kg/K]"""

    def chained(self, by_temperature: Array, by_humidity: Array) -> tuple[Array, Array]:
        """Derivatives by enthalpy and humidity from those by temperature and humidity."""
        by_enthalpy = by_temperature / self.capacity
        return by_enthalpy, by_humidity - by_enthalpy * vapour_enthalpy(self.temperature)


def at_time(series: Series, time: float) -> Array:
    """Value of a series at a time [s]."""
    return series(time) if callable(series) else series


def directed(links: Index, flow: Array, doors: Index, entering: Array, volumes: int) -> Draught:
    """Directions of the air: a negative flow turns its link round, a negative entry is none.

    Raises
    ------
    ValueError
        If a volume gives more air than it gets.
    """
    back = flow < 0.0
    start = np.where(back, links[:, 1], links[:, 0])
    end = np.where(back, links[:, 0], links[:, 1])
    rate, enters = np.abs(flow), np.maximum(entering, 0.0)
    total = summed(end, rate, volumes) + summed(doors, enters, volumes)
    leaving = total - summed(start, rate, volumes)
    if (short := leaving < -IMBALANCE * total - STILL).any():
        raise ValueError(
            f"flow: volumes {np.flatnonzero(short)[:5].tolist()} give up to "
            f"{-leaving.min():g} kg/s more than they get; let links and entries balance"
        )
    turned = summed(links.ravel(), np.repeat(flow, 2), volumes) < 0.0
    return Draught(start, end, rate, doors, enters, total, leaving, np.where(turned, -1.0, 1.0))


def passing(temperature: Array, humidity: Array, pressure: Array, clear: Index) -> Passing:
    """Let fog drop out of air but where it is `clear` because coolers drained it."""
    raw = enthalpy(temperature, humidity)
    end = state_from_enthalpy(raw, humidity, pressure)
    for now, kept in zip(end, (temperature, humidity, np.zeros_like(raw)), strict=True):
        now[clear] = kept[clear]
    by_enthalpy, by_water = state_slopes(end.temperature, humidity, pressure, end.liquid > 0.0)
    capacity = DRY_HEAT + VAPOUR_HEAT * end.humidity_ratio
    vapour = vapour_enthalpy(end.temperature)
    heat_by_enthalpy = capacity * by_enthalpy[0] + vapour * by_enthalpy[1]
    heat_by_water = capacity * by_water[0] + vapour * by_water[1]
    raw_by = DRY_HEAT + VAPOUR_HEAT * humidity, vapour_enthalpy(temperature)
    return Passing(
        end.temperature,
        end.humidity_ratio,
        end.liquid,
        enthalpy(end.temperature, end.humidity_ratio),
        (heat_by_enthalpy * raw_by[0], heat_by_enthalpy * raw_by[1] + heat_by_water),
        (by_enthalpy[1] * raw_by[0], by_enthalpy[1] * raw_by[1] + by_water[1]),
    )


def state_slopes(
    temperature: Array, water: Array, pressure: Array, fog: NDArray[np.bool_]
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Derivatives of (temperature, humidity) by enthalpy and by water of `state_from_enthalpy`.

    Where there is fog, those of saturated air; that temperature is also the wet bulb of any air.
    """
    capacity = DRY_HEAT + VAPOUR_HEAT * water
    warms, dries = 1.0 / capacity, -vapour_enthalpy(temperature) / capacity
    wets, keeps = np.zeros_like(warms), np.ones_like(warms)
    if fog.any():
        t, total = temperature[fog], pressure[fog]
        vapour, latent = saturation_pressure(t), latent_heat(t)
        rise = MASS_RATIO * total * saturation_pressure_slope(t) / (total - vapour) ** 2
        ratio = MASS_RATIO * vapour / (total - vapour)
        store = DRY_HEAT + LIQUID_HEAT * water[fog] + rise * latent - LATENT_SLOPE * ratio
        warms[fog], dries[fog] = 1.0 / store, -LIQUID_HEAT * (t - ICE_POINT) / store
        wets[fog], keeps[fog] = rise * warms[fog], rise * dries[fog]
    return (warms, wets), (dries, keeps)


def vapour_enthalpy(temperature: Array) -> Array:
    """Enthalpy of vapour [J/kg]."""
    return np.asarray(LATENT_AT_ICE_POINT + VAPOUR_HEAT * (temperature - ICE_POINT))


def entered(draught: Draught, heat: Array, humidity: Array, outside: Air) -> Inlet:
    """Air that enters each volume, mixed from volumes' `heat` [J/kg] and humidity and outside."""
    mixed = draught.mixed(heat, outside.enthalpy)
    water = draught.mixed(humidity, outside.humidity)
    return Inlet(
        mixed, water, temperature_from_enthalpy(mixed, water), DRY_HEAT + VAPOUR_HEAT * water
    )


def pressures(
    draught: Draught,
    lift: Array,
    drag: Array,
    mean: tuple[Array, Array],
    outside: Array,
    assembler: Assembler,
) -> tuple[Array, Array, Array]:
    """Pressure at inlet and end of volumes and friction loss, (volumes,) [Pa].

    `lift` is the descent along the flow times gravity [J/kg], `drag` the loss at 1 kg/m3 [Pa],
    `mean` temperature and humidity. Density is linear in the mean pressure, so one sparse system
    holds for all; the loss, which is not, is repeated. Volumes without flow get the mean of what
    is outside.

    Raises
    ------
    ValueError
        If a circuit gets no air from outside.
    """
    size, moves = draught.flow.size, draught.moves
    thin = dry_density(mean[0], mean[1], 1.0) * (1.0 + mean[1])  # density by pressure
    half = np.where(moves, thin * lift / 2.0, 0.0)
    weight = draught.rate / draught.divisor[draught.end]
    every = np.arange(size)
    own = (every, every, 1.0 - half)
    upstream = (draught.start, draught.end, -(1.0 + half[draught.end]) * weight)
    try:
        solved = splu(assembler.summed(gathered([own, upstream])).T)  # put together by columns
    except RuntimeError:
        raise ValueError(
            "flow: air circulates without any from outside; let some enter every circuit"
        ) from None
    level = np.full(size, outside.mean())
    doors = draught.mixed(np.zeros(size), outside)
    right = np.where(moves, (1.0 + half) * doors, level)
    thick, loss = drag * moves * (1.0 + mean[1]) ** 2 / thin, np.full(size, np.inf)
    begin = end = level
    for _ in range(_LOSS_PASSES):
        last, loss = loss, 2.0 * thick / (begin + end)
        if np.abs(loss - last).max(initial=0.0) <= _LOSS_SETTLED:
            break
        end = np.asarray(solved.solve(right - loss))
        begin = np.where(moves, draught.mixed(end, outside), level)
    return begin, end, loss


def summed(place: Index, value: Array, size: int) -> Array:
    """Sum of values by the place that each belongs to, (size,)."""
    return np.asarray(np.bincount(place, value, size), dtype=float)
