"""The family of cooling plants, and the parameters that several kinds have."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from comine.models.base import Model
from comine.physics import Array
from comine.physics.refrigeration import carnot_cop
from comine.units import Fraction, Temperature

EVAPORATOR = 3.0
"""Evaporator below the chilled water [K] (comine default)."""


@dataclass(frozen=True)
class Cold:
    """What it takes to deliver cold at depth, for each duty: (...) each."""

    delivered: Array
    """Cold at depth: the duty asked for, or what the plant's limits leave of it [W]."""
    power: Array
    """Electric: compressors, pumps less turbines [W]."""
    flow: Array
    """Water or ice sent down [kg/s]."""
    rejected: Array
    """Heat given off by the condensers [W]."""
    condenser_temperature: Array
    """At which that heat is given off [K]."""
    heat: Array
    """Heat of a heat system that drives the plant [W]."""


class Cooling(Model, ABC):
    """A refrigeration plant and the way of its cold to the workings."""

    supply_temperature: Temperature = Field(ge=273.15)
    """Coldest air that the coolers make, saturated."""

    @abstractmethod
    def cool(self, duty: Array, depth: float | Array) -> Cold:
        """Deliver `duty` [W] of cold at `depth` [m].

        The duty is (...) for one depth, (levels, ...) for the depths (levels,) of one mine. A plant
        at the surface gives all levels the same share of what they ask for.
        """


class Compressors(Model):
    """Compressors with a condenser of given temperature."""

    condensing_temperature: Temperature
    """Of the refrigerant in the condenser."""
    carnot_share: Fraction = Field(gt=0, le=1)
    """Coefficient of performance over the ideal one."""

    def work(self, duty: Array, evaporating: float) -> Array:
        """Electric power for a duty at an evaporating temperature [W]."""
        cop = carnot_cop(evaporating, self.condensing_temperature, self.carnot_share)
        return np.asarray(duty / cop)


def beside(duty: Array, depth: float | Array) -> Array:
    """The depth in the shape that broadcasts with its duties."""
    z = np.asarray(depth, dtype=float)
    return z.reshape(z.shape + (1,) * (duty.ndim - z.ndim))


def shared(asked: Array, depth: float | Array, capacity: float | Array) -> Array:
    """What each level gets of a capacity at the surface [W], in proportion to what it asks for."""
    whole = asked.sum(0, keepdims=True) if np.ndim(depth) else asked
    part = np.divide(capacity, whole, out=np.ones_like(whole), where=whole > capacity)
    return np.asarray(asked * part)
