"""Rock, openings and what flows in them: what the underground engine is given.

>>> from comine.underground import WATER, Rock, Schedule, Tube, grid_for, run
>>> rock = Rock(3.0, 2.25e6, 283.15, gradient=0.03)
>>> well = Tube("well", ((0, 0, 0), (0, 0, 500)), 0.1, WATER, flow=2.0, inlet=280.0)
>>> underground = Underground(grid_for(rock, [well], 1e7, cells=6000), rock, [well])
>>> float(run(underground, Schedule(), 1e7).outlet_temperature[-1, 0].round(1))
282.6

Cells hold how far the rock has departed from its undisturbed temperature, which the skins add on
their axes: the state before the first opening is kept exactly, whatever the grid. Where properties
follow the temperature, water flows through cells or matter is exchanged, they hold the temperature
itself, at first its steady state. The surface and the far sides keep theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from comine.numerics import Array
from comine.numerics.between import between
from comine.numerics.blocks import no_blocks
from comine.numerics.bundles import join
from comine.numerics.cell_changes import CellChange
from comine.numerics.conduction import Conduction
from comine.numerics.coupled import Coupled, CoupledControl, CoupledState, at_start
from comine.numerics.embedded import Embedded
from comine.numerics.embedding import Cylinders, embed
from comine.numerics.grid import Grid
from comine.numerics.skin_neighbours import Neighbours
from comine.underground.channels import Channels
from comine.underground.course import Outlet
from comine.underground.faults import UndergroundError, faults
from comine.underground.fracture import Fracture
from comine.underground.part import Opening, Part
from comine.underground.porous import Porous, Rubble, with_blocks, with_water
from comine.underground.rock import Change, GriddedRock, Rock
from comine.underground.schedule import Steps
from comine.underground.tube import Tube


@dataclass(frozen=True, eq=False, repr=False)
class Underground:
    """Rock with openings in it."""

    grid: Grid
    rock: Rock
    openings: Sequence[Opening | Tube | Fracture]
    changes: Sequence[Change] = ()
    control: CoupledControl = field(default_factory=CoupledControl)

    def __post_init__(self) -> None:
        for name in ("openings", "changes"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if found := faults(self.grid, self.rock, self.openings, self.changes):
            raise UndergroundError(found)

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        skins = sum(part.embedded.size for part in self.parts)
        lines = [str(self.grid), str(self.rock), *map(str, (*self.openings, *self.changes))]
        return "\n".join([*lines, f"{skins:,} skins; about {self.memory / 1e6:.3g} MB to run"])

    @cached_property
    def gridded(self) -> GriddedRock:
        """The rock in the cells."""
        return GriddedRock(self.grid, self.rock)

    @property
    def absolute(self) -> bool:
        """Whether cells hold the temperature itself, not the departure from the undisturbed."""
        return bool(self.changes or self.porous) or not self.rock.linear

    @property
    def porous(self) -> tuple[Porous, ...]:
        """Zones in which water flows."""
        return tuple(zone for zone in self.rock.zones if isinstance(zone, Porous))

    @cached_property
    def screens(self) -> dict[str, Array]:
        """Share of each screen of the porous zones in each cell, by name, shape (x, y, z) [1]."""
        screens = [screen for zone in self.porous for screen in zone.screens]
        return {screen.name: screen.cells(self.grid) for screen in screens}

    @cached_property
    def exchanges(self) -> dict[float, CellChange]:
        """Exchanges of matter by time."""
        return self.gridded.exchanged(self.changes)

    @cached_property
    def channels(self) -> Channels | None:
        """Tubes and fractures, if there are any."""
        tubes = tuple(each for each in self.openings if isinstance(each, Tube))
        fractures = tuple(each for each in self.openings if isinstance(each, Fracture))
        return Channels((*tubes, *fractures), self.gridded) if tubes or fractures else None

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Carriers with their skins, that of tubes and fractures first."""
        own = (self.channels.part,) if self.channels else ()
        others = [each for each in self.openings if not isinstance(each, Tube | Fracture)]
        return (*own, *(each.lay(self.gridded) for each in others))

    @cached_property
    def begins(self) -> tuple[float, ...]:
        """Times at which a flow or inlet of tubes and fractures changes at once [s]."""
        found = {change.time for change in self.changes}
        for each in self.channels.channels if self.channels else ():
            heat = each.inlet.heat if isinstance(each.inlet, Outlet) else each.inlet
            values = [each.flow, heat]
            found |= {0.0}.union(*(value.times for value in values if isinstance(value, Steps)))
        return tuple(sorted(found))

    @cached_property
    def problem(self) -> Coupled:
        """The coupled problem."""
        warm = np.concatenate([np.zeros(0), *(part.undisturbed for part in self.parts)])
        rubble = [zone for zone in self.porous if isinstance(zone, Rubble)]
        cells = self._cells()
        cells, blocks = with_blocks(cells, rubble) if rubble else (cells, no_blocks())
        return Coupled(
            cells,
            self._embedded(),
            tuple(part.carrier for part in self.parts),
            0.0 if self.absolute else warm,
            {n: part.aside for n, part in enumerate(self.parts) if part.aside is not None},
            self.gridded.cells if callable(self.rock.heat_capacity) else None,
            blocks=blocks,
        )

    def _cells(self) -> Conduction:
        """The rock's cells, and the water in them."""
        if not self.absolute:
            return self.gridded.departing
        still = self.gridded.absolute
        return with_water(still, self.porous) if self.porous else still

    def _embedded(self) -> Embedded:
        """Skins of all parts, which feel each other across parts too."""
        if not self.parts:
            none = np.zeros((0, 3))
            return embed(self.grid, (1.0, 1.0), Cylinders(none, none, np.zeros(0)))
        whole = join([part.embedded for part in self.parts])
        across = between([(part.embedded.skins, part.axes) for part in self.parts])
        near = Neighbours(
            *(np.concatenate(pair, axis=-1) for pair in zip(whole.near, across, strict=True))
        )
        return Embedded(whole.skins, whole.hosts, near)

    @property
    def memory(self) -> float:
        """Greatest memory that a run takes, without what is kept of it [bytes]."""
        sparse = sum(3 * 12 * matrix.nnz for part in self.parts for matrix in part.embedded.hosts)
        fields = FIELDS_OF_STEADY_STATE if self.gridded.uneven else FIELDS
        return fields * 8 * self.grid.size + sparse

    def start(self) -> CoupledState:
        """Undisturbed rock."""
        begun = np.concatenate([np.zeros(0), *(part.begun for part in self.parts)])
        cells = self.gridded.cells if self.absolute else np.zeros(self.grid.shape)
        return at_start(self.problem, cells, begun)

    def departure(self, cells: Array) -> Array:
        """How far cells of a state have departed from the undisturbed temperature [K]."""
        return cells - self.gridded.cells if self.absolute else cells


FIELDS = 55
"""Numbers that a run holds for each cell: links, capacity, the fields of two stages, the vectors of
the solver and its coarser grids."""
FIELDS_OF_STEADY_STATE = 155
"""The same while the steady state of uneven rock is sought by algebraic multigrid."""
