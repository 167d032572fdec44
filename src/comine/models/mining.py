"""Ways of mining. Each kind is its parameters and one verb, `schedule`."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from comine.models.base import Model
from comine.physics import Array
from comine.units import MassFlow, Time

YEAR = 365.25 * 86400.0  # s
MONTHS = 12  # in a year


@dataclass(frozen=True)
class Schedule:
    """What is open and mined when; months count from 0, the first of construction."""

    opened: NDArray[np.int_]
    """Month in which each level's drifts are there, (levels,)."""
    first: NDArray[np.int_]
    """First month of ore, (levels,)."""
    closed: NDArray[np.int_]
    """Month from which the level is filled and sealed, (levels,)."""
    ore: Array
    """Ore mined by year and level, (years, levels) [kg]."""


class Mining(Model, ABC):
    """Method and order of mining."""

    stope_life: Time = Field(gt=0)
    """How long a stope stands open before it is filled."""

    @abstractmethod
    def schedule(self, tonnage: float, levels: int, years: int) -> Schedule:
        """Mine `tonnage` [kg], equally spread over the levels, within the years of the study."""


class CutAndFill(Mining):
    """Cut and fill: stopes are backfilled as they are emptied; a few levels work at a time."""

    kind: Literal["cut-and-fill"] = "cut-and-fill"
    rate: MassFlow = Field(gt=0)
    """Ore mined at full production."""
    start: Time = Field(ge=0)
    """From the first day of construction to the first ore."""
    active_levels: int = Field(default=1, ge=1)
    """Levels that work side by side."""
    development: Time = Field(ge=0)
    """How long a level's drifts stand open and ventilated before its first ore."""
    downwards: bool = True
    """From the top down; false mines from the bottom up."""

    def schedule(self, tonnage: float, levels: int, years: int) -> Schedule:
        """Work the levels in waves of `active_levels`, each wave at the full rate."""
        active = min(self.active_levels, levels)
        month = YEAR / MONTHS
        share = tonnage / levels
        wave = share * active / self.rate / month
        order = np.arange(levels) if self.downwards else np.arange(levels)[::-1]
        begin = self.start / month + (np.argsort(order) // active) * wave
        months = np.arange(years * MONTHS)
        overlap = np.clip(
            np.minimum(months[:, None] + 1, begin + wave) - np.maximum(months[:, None], begin), 0, 1
        )
        ore = (overlap * share / wave).reshape(years, MONTHS, levels).sum(axis=1)
        first = np.floor(begin).astype(int)
        opened = np.maximum(np.floor(begin - self.development / month), 0).astype(int)
        closed = np.minimum(np.ceil(begin + wave), months.size).astype(int)
        return Schedule(opened, first, closed, ore)
