"""Fluids on their way through openings: what flows, where it comes from, what it passes."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from comine.numerics import Array, Indices
from comine.underground.schedule import Timed


@dataclass(frozen=True)
class Fluid:
    """A fluid of constant heat capacity.

    Examples
    --------
    >>> print(Fluid("brine", 3800.0, 1080.0))
    brine of 3800 J/kg/K, 1080 kg/m3
    """

    name: str
    heat_capacity: float
    """[J/kg/K]"""
    density: float
    """[kg/m3]"""

    def __str__(self) -> str:
        return f"{self.name} of {self.heat_capacity:g} J/kg/K, {self.density:g} kg/m3"


WATER = Fluid("water", 4190.0, 990.0)
DRY_AIR = Fluid("dry air", 1006.0, 1.2)


@dataclass(frozen=True)
class Outlet:
    """What leaves other openings, mixed in proportion to their flows.

    Examples
    --------
    >>> print(Outlet("exchanger", heat=-2e5))
    the outlet of exchanger with -200000 W
    """

    of: str | tuple[str, ...]
    """Name of an opening, or of several."""
    heat: Timed = 0.0
    """Given to the fluid on the way, negative if taken [W]."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the openings."""
        return (self.of,) if isinstance(self.of, str) else tuple(self.of)

    def __str__(self) -> str:
        heat = f" with {shown(self.heat)} W" if callable(self.heat) or self.heat else ""
        return f"the outlet of {' and '.join(self.names)}{heat}"


Inlet = Timed | Outlet
"""Temperature of what enters [K], or the openings that it comes from."""


class Course(NamedTuple):
    """Volumes of one opening; each touches the skin of its number."""

    middle: Array
    """Middle of each piece, shape (volumes, 3) [m]."""
    length: Array
    """Length of each piece in the direction of the fluid, shape (volumes,) [m]."""
    links: Indices
    """Volumes that each link leads from and to, shape (links, 2)."""
    share: Array
    """Of the flow, along each link [1]."""
    enter: Array
    """Share of the flow that enters each volume; sums to 1."""
    leave: Array
    """Share that leaves from each volume; sums to 1."""
    film: float
    """Film coefficient at the rock while the fluid flows [W/m2/K]."""
    volume: Array
    """Of the fluid in each piece [m3]."""


def chain(count: int) -> tuple[Indices, Array]:
    """Links through volumes in a row, and the share of the flow along each."""
    number = np.arange(count)
    return np.column_stack([number[:-1], number[1:]]).astype(np.int64), np.ones(count - 1)


def shown(value: Inlet) -> str:
    """In words."""
    if isinstance(value, float | int):
        return f"{value:g}"
    name = getattr(value, "__name__", None)
    return f"{name}(time)" if name else str(value)
