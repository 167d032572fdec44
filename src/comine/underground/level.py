"""One level of the mine: from its shaft station to the end of its stopes, cooled to the limit."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from comine.errors import ConvergenceError
from comine.physics import Array
from comine.physics.air import (
    enthalpy,
    liquid_enthalpy,
    saturated_humidity_ratio,
    state_from_enthalpy,
)
from comine.underground.airflow import Air, Heats, Passage

ROUNDS = 30
CLOSE = 0.01
"""Wet bulb this near to the limit is at the limit [K]."""
IDLE = 100.0
"""Cooling less than this is none [J/kg]."""
UNMET = 1.0
"""Coolers that give this much less than is wanted give all they can [J/kg]."""
IN_STOPES = 60e3
"""More than coolers at the stopes can remove from air that they meet again warm [J/kg]."""
TELLING = 1e3
"""A step at least this long tells the slope; a shorter one the change of other months [J/kg]."""
FIRST_SLOPE, SLOPES = -2.5e-4, (-5e-4, -0.8e-4)
"""Change of the stopes' wet bulb by heat removed: to begin with, and its range [K kg/J]."""

Leg = Callable[[Air], Passage]
"""Leads air through one branch."""


@dataclass(frozen=True)
class Level:
    """Air through a level and what its coolers do, (n,) each."""

    passages: tuple[Passage, Passage, Passage]
    """Crosscut, haulage, stopes."""
    removed: Array
    """Heat that the coolers take from each kg of dry air [J/kg]."""
    condensate: Array
    """Enthalpy that leaves with condensed water [J/kg]."""

    @property
    def end(self) -> Air:
        """Air where it leaves the stopes."""
        return self.passages[-1].air

    @property
    def heats(self) -> Heats:
        """Heats taken up on the level."""
        first, second, third = (passage.heats for passage in self.passages)
        return first + second + third


def cooled(air: Air, removed: Array) -> tuple[Air, Array]:
    """Air after a cooler that removes heat [J/kg], and the enthalpy of the condensate [J/kg]."""
    state = state_from_enthalpy(air.enthalpy - removed, air.humidity, air.pressure)
    out = Air(state.temperature, state.humidity_ratio, air.pressure)
    return out, np.asarray(state.liquid * liquid_enthalpy(state.temperature))


def removable(air: Air, coldest: float) -> Array:
    """Heat that a cooler can remove until the air is saturated at `coldest` [K]: (n,) [J/kg]."""
    cold = np.minimum(air.temperature, coldest)
    humidity = np.minimum(air.humidity, saturated_humidity_ratio(cold, air.pressure))
    drained = (air.humidity - humidity) * liquid_enthalpy(cold)
    return np.asarray(np.maximum(air.enthalpy - enthalpy(cold, humidity) - drained, 0.0))


def without_cooling(air: Air, legs: tuple[Leg, Leg, Leg], coldest: float) -> Level:
    """Level whose coolers stand still."""
    return _through(air, legs, np.zeros_like(air.temperature), coldest)


def hold_limit(
    air: Air, legs: tuple[Leg, Leg, Leg], limit: float, coldest: float, idle: Level
) -> Level:
    """Cool a level so that the wet bulb at the stopes' end keeps the limit in every month.

    A bulk cooler stands at the station; what it cannot do, in-stope coolers do at the stopes'
    start. Neither cools air below saturation at `coldest`. Where both at full duty do not hold
    the limit the level is given as cold as they make it. The duty of each month is found by the
    secant method, all months together, since each feels the earlier ones through the rock.

    Parameters
    ----------
    air : Air
        At the station.
    legs : three of Leg
        Crosscut, haulage, stopes.
    limit : float
        Greatest wet bulb. [K]
    coldest : float
        Least air temperature behind a cooler. [K]
    idle : Level
        The level without cooling.

    Returns
    -------
    Level

    Raises
    ------
    ConvergenceError
        If the duty does not settle.
    """
    most = removable(air, coldest) + IN_STOPES
    wanted, level = np.zeros_like(most), idle
    excess = level.end.wet_bulb - limit
    slope = np.full_like(most, FIRST_SLOPE)
    for _ in range(ROUNDS):
        none, all_ = wanted < IDLE, wanted > np.minimum(level.removed, most) + UNMET
        if ((np.abs(excess) < CLOSE) | (none & (excess < 0)) | (all_ & (excess > 0))).all():
            return level
        given = np.minimum(wanted, level.removed)
        wanted = np.clip(given - excess / slope, 0.0, most + 2 * UNMET)
        level = _through(air, legs, wanted, coldest)
        change = level.end.wet_bulb - limit - excess
        excess = excess + change
        step = level.removed - given
        told = np.abs(step) > TELLING
        slope = np.where(told, np.clip(change / np.where(told, step, 1.0), *SLOPES), slope)
    worst = np.abs(excess[~np.isclose(wanted, 0.0)]).max(initial=0.0)
    raise ConvergenceError(f"its cooling did not settle in {ROUNDS} rounds ({worst:.2g} K left)")


def _through(air: Air, legs: tuple[Leg, Leg, Leg], wanted: Array, coldest: float) -> Level:
    """Lead air through a level whose coolers remove `wanted` [J/kg], as far as they can."""
    station = np.minimum(wanted, removable(air, coldest))
    chilled, drained = cooled(air, station)
    crosscut = legs[0](chilled)
    haulage = legs[1](crosscut.air)
    stope = np.minimum(wanted - station, removable(haulage.air, coldest))
    chilled, drained_too = cooled(haulage.air, stope)
    return Level((crosscut, haulage, legs[2](chilled)), station + stope, drained + drained_too)
