r"""Zones of saturated rock in which water flows between wells.

The water keeps to its zone, whose permeability is even, so that the flow follows from the wells
alone (Darcy's law, steady); it is that of the first moment on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from comine.numerics import Array
from comine.numerics.advection import Advection, Entering, Transport
from comine.numerics.blocks import Blocks, caved
from comine.numerics.blocks import Rubble as Fill
from comine.numerics.conduction import FACES, Conduction
from comine.numerics.darcy import Flows, darcy, steady_flow
from comine.numerics.grid import Grid
from comine.numerics.skins import Matter
from comine.underground.course import WATER, Fluid
from comine.underground.rock import Zone


@dataclass(frozen=True)
class Screen:
    """Where a well takes water from a zone or lets it in.

    Examples
    --------
    >>> print(Screen("injection", ((50, 50, 900), (50, 50, 950)), 10.0, 300.0))
    injection: 10 kg/s at 300 K
    >>> print(Screen("production", ((250, 50, 900), (250, 50, 950)), -10.0))
    production: -10 kg/s
    """

    name: str
    ends: Sequence[ArrayLike]
    """Two points within the zone, each (x, y, z) [m]."""
    flow: float
    """Into the zone; negative out of it [kg/s]."""
    temperature: float | None = None
    """Of what comes in [K]."""

    def __str__(self) -> str:
        warm = f" at {self.temperature:g} K" if self.temperature is not None else ""
        return f"{self.name}: {self.flow:g} kg/s{warm}"

    @property
    def line(self) -> Array:
        """Its ends, shape (2, 3) [m]."""
        return np.array(self.ends, dtype=float).reshape(-1, 3)

    def cells(self, grid: Grid) -> Array:
        """Share of its length in each cell, shape (x, y, z) [1]."""
        start, end = self.line
        found = np.zeros(grid.size)
        if np.array_equal(start, end):
            found[grid.locate(start)] = 1.0
        else:
            crossing = grid.along(start, end)
            np.add.at(found, crossing.cells, crossing.lengths / crossing.lengths.sum())
        return found.reshape(grid.shape)


@dataclass(frozen=True)
class Porous(Zone):
    """A box of saturated rock; its properties are those of rock and water together.

    Examples
    --------
    >>> down = Screen("down", ((0, 0, 5), (0, 0, 6)), 1.0, 300.0)
    >>> up = Screen("up", ((9, 0, 5), (9, 0, 6)), -1.0)
    >>> print(Porous("sand", (0, 0, 0), (10, 10, 10), 2.5, 2.7e6, (down, up)))
    sand from (0, 0, 0) m to (10, 10, 10) m: 2.5 W/m/K, 2.7 MJ/m3/K;
    down: 1 kg/s at 300 K; up: -1 kg/s
    """

    screens: Sequence[Screen] = ()
    fluid: Fluid = WATER

    def __str__(self) -> str:
        return "; ".join([super().__str__(), *map(str, self.screens)])

    def flows(self, grid: Grid) -> Flows:
        """Flows of heat capacity through the cells of a grid [W/K]."""
        inside = tuple(
            slice(*np.searchsorted(centres, [low, high]))
            for centres, low, high in zip(grid.centres, self.lower, self.upper, strict=True)
        )
        own = Grid(*(e[s.start : s.stop + 1] for e, s in zip(grid.edges, inside, strict=True)))
        wells = sum(screen.flow * screen.cells(own) for screen in self.screens)
        found = steady_flow(darcy(own, 1.0, wells=wells)).flows
        between = np.zeros((3, *grid.shape))
        between[:, *inside] = found.between
        drawn = np.zeros(grid.shape)
        drawn[inside] = found.wells
        sides = tuple(np.zeros(drawn[face].shape) for face in FACES)
        return Flows(between, sides, drawn).scaled(self.fluid.heat_capacity)


@dataclass(frozen=True)
class Rubble(Porous):
    """A box of broken rock that water flows around: blocks have temperatures of their own.

    The conductivity of the zone is that of the bed while the water rests, its heat capacity that of
    the blocks' matter.

    Examples
    --------
    >>> corner, end = (0, 0, 0), (10, 10, 10)
    >>> print(Rubble("cave", corner, end, 1.5, 2.3e6, porosity=0.3, radius=0.2, film=50.0))
    cave from (0, 0, 0) m to (10, 10, 10) m: 1.5 W/m/K, 2.3 MJ/m3/K;
    blocks of 0.2 m in radius
    """

    porosity: float = 0.3
    """Share of the voids [1]."""
    radius: float = 0.2
    """Of the blocks: half of the diameter of the same surface per volume [m]."""
    film: float = 50.0
    """Film coefficient between water and blocks [W/m2/K]."""
    block_conductivity: float = 3.0
    """Of the blocks' matter [W/m/K]."""

    def __str__(self) -> str:
        return f"{super().__str__()}; blocks of {self.radius:g} m in radius"


def with_blocks(rock: Conduction, zones: Sequence[Rubble]) -> tuple[Conduction, Blocks]:
    """Rock whose zones of rubble hold water between blocks.

    Parameters
    ----------
    rock : Conduction
        Cells of fixed properties, with or without water that flows through them.
    zones : sequence of Rubble
        Zones, which do not overlap.

    Returns
    -------
    rock : Conduction
        The same with water in these zones.
    blocks : Blocks
        Their blocks.
    """
    centres = np.stack(np.meshgrid(*rock.grid.centres, indexing="ij"), axis=-1)
    which = np.zeros(rock.grid.shape, dtype=bool)
    values = np.zeros((7, *rock.grid.shape))
    for zone in zones:
        inside = zone.holds(centres)
        which |= inside
        fluid = zone.fluid.density * zone.fluid.heat_capacity
        given = (zone.porosity, zone.radius, zone.block_conductivity, zone.heat_capacity,
                 zone.film, fluid, zone.conductivity)  # fmt: skip
        values[:, inside] = np.array(given, dtype=float)[:, None]
    porosity, radius, k, c, film, water, bed = values[:, which]
    return caved(rock, which, Fill(porosity, radius, Matter(k, c), film, water, bed))


def with_water(rock: Conduction, zones: Sequence[Porous]) -> Transport:
    """Rock whose zones carry heat with their water.

    Parameters
    ----------
    rock : Conduction
        Cells that hold the temperature itself.
    zones : sequence of Porous
        One or more, which do not overlap.

    Returns
    -------
    Transport
    """
    grid = rock.grid
    flows = zones[0].flows(grid)
    for zone in zones[1:]:
        flows += zone.flows(grid)
    warm, total = np.zeros(grid.shape), np.zeros(grid.shape)
    for zone in zones:
        for screen in zone.screens:
            if screen.temperature is not None:
                share = screen.flow * screen.cells(grid)
                warm += share * screen.temperature
                total += share
    entering = np.divide(warm, total, out=np.zeros_like(warm), where=total > 0)
    water = Advection(flows, Entering(wells=entering))
    return Transport(grid, rock.conductivity, rock.capacity, rock.source, rock.sides, water=water)
