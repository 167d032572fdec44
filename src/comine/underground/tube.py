r"""Airways, boreholes, wells and pipes: straight or bent cylinders that a fluid flows through.

Layers of a lining hold no heat: with radius R of the rock's wall and r of the clear opening, film
h and layers i from r_i to R_i, the film at the rock is
:math:`1/U = R/(r h) + \sum_i (R/k_i) \ln(R_i/r_i)`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from comine.numerics import Array
from comine.numerics.grid import Triple
from comine.underground.course import Course, Fluid, Inlet, chain, shown
from comine.underground.rock import Rock
from comine.underground.rock_grid import Span, segment
from comine.underground.schedule import Timed


@dataclass(frozen=True)
class Layer:
    """A lining, casing or insulation."""

    thickness: float
    """[m]"""
    conductivity: float
    """[W/m/K]"""


@dataclass(frozen=True)
class Tube:
    """A cylinder along a line of points, in the direction of its fluid.

    Examples
    --------
    >>> from comine.underground.course import WATER
    >>> well = Tube("well", ((0, 0, 0), (0, 0, 2000)), 0.1, WATER, flow=5.0, inlet=293.15)
    >>> print(well)
    well: 2000 m long, 0.1 m in radius, from (0, 0, 0) to (0, 0, 2000) m;
    5 kg/s of water from 293.15 K
    """

    name: str
    points: Sequence[ArrayLike]
    """Ends and bends, each (x, y, z) with depth z downwards [m]."""
    radius: float
    """Of the rock's wall [m]."""
    fluid: Fluid
    flow: Timed
    """[kg/s]"""
    inlet: Inlet
    """Temperature [K], or the openings that the fluid comes from."""
    film: float = np.inf
    """Film coefficient at the inner wall while the fluid flows [W/m2/K]."""
    layers: Sequence[Layer] = ()
    """From the fluid to the rock."""
    piece: float = 50.0
    """Longest piece that has one temperature of wall [m]."""

    def __str__(self) -> str:
        first, last = ("({:g}, {:g}, {:g})".format(*self.line[i]) for i in (0, -1))
        lined = f" behind {len(self.layers)} layers" if self.layers else ""
        source = shown(self.inlet) + (" K" if isinstance(self.inlet, float | int) else "")
        return (
            f"{self.name}: {self.length:g} m long, {self.radius:g} m in radius{lined}, from "
            f"{first} to {last} m; {shown(self.flow)} kg/s of {self.fluid.name} from {source}"
        )

    @property
    def line(self) -> Array:
        """Ends and bends, shape (points, 3) [m]."""
        return np.array(self.points, dtype=float).reshape(-1, 3)

    @property
    def length(self) -> float:
        """[m]"""
        return float(np.linalg.norm(np.diff(self.line, axis=0), axis=1).sum())

    @property
    def spans(self) -> list[Span]:
        """Parts of the rock that it runs through."""
        return [segment(start, end) for start, end in pairwise(self.line)]

    @property
    def clear(self) -> float:
        """Radius within the layers [m]."""
        return self.radius - sum(layer.thickness for layer in self.layers)

    @property
    def rock_film(self) -> float:
        """Film coefficient at the rock [W/m2/K]."""
        inner, resistance = self.clear, self.radius / self.clear / self.film
        for layer in self.layers:
            outer = inner + layer.thickness
            resistance += self.radius / layer.conductivity * np.log(outer / inner)
            inner = outer
        return float(1.0 / resistance) if resistance > 0 else np.inf

    def cut(self, rock: Rock) -> Array:
        """Ends of its pieces: at bends and faces of zones, and so that none is too long, (n, 3)."""
        found = [self.line[:1]]
        for start, end in pairwise(self.line):
            cuts = np.unique([0.0, 1.0, *_crossed(rock, start, end)])
            for low, high in pairwise(cuts):
                count = int(np.ceil((high - low) * np.linalg.norm(end - start) / self.piece))
                steps = np.linspace(low, high, max(count, 1) + 1)[1:, None]
                found.append(start + steps * (end - start))
        return np.concatenate(found)

    def course(self, rock: Rock) -> Course:
        """Volumes of its fluid, a chain."""
        ends = self.cut(rock)
        length = np.linalg.norm(np.diff(ends, axis=0), axis=1)
        links, share = chain(length.size)
        first = np.zeros(length.size)
        first[0] = 1.0
        volume = np.pi * self.clear**2 * length
        middle = 0.5 * (ends[1:] + ends[:-1])
        return Course(middle, length, links, share, first, first[::-1], self.rock_film, volume)


def _crossed(rock: Rock, start: Array, end: Array) -> list[float]:
    """Shares of a segment at which it meets the faces of zones [1]."""
    found = list[float]()
    for zone in rock.zones:
        corners: tuple[Triple, Triple] = (zone.lower, zone.upper)
        for corner in corners:
            for axis in range(3):
                if start[axis] != end[axis]:
                    part = (corner[axis] - start[axis]) / (end[axis] - start[axis])
                    point = start + part * (end - start)
                    slack = 1e-9 * (1.0 + np.abs(point))
                    inside = (point >= np.array(zone.lower) - slack) & (
                        point <= np.array(zone.upper) + slack
                    )
                    if 1e-9 < part < 1 - 1e-9 and inside.all():
                        found.append(float(part))
    return found
