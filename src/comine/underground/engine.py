"""Rock, openings and what flows in them, run through time: the underground engine.

>>> underground = Underground(grid, conductivity, heat_capacity, parts)   # doctest: +SKIP
>>> history = run(underground, months)                                    # doctest: +SKIP

Cells hold how far the rock has departed from its undisturbed temperature, which the skins add on
their axes: the state before the first opening is kept exactly, whatever the grid. The surface and
the far sides keep theirs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from comine.numerics import Array
from comine.numerics.between import Laid, between
from comine.numerics.bundles import join
from comine.numerics.carrier import Carrier
from comine.numerics.conduction import Conduction, Sides, fixed
from comine.numerics.coupled import (
    Advanced,
    Coupled,
    CoupledControl,
    CoupledEntry,
    CoupledState,
    at_start,
    march,
)
from comine.numerics.embedded import Embedded
from comine.numerics.grid import Grid
from comine.numerics.skin_neighbours import Neighbours

FIRST_SHARES = (1 / 16, 1 / 16, 1 / 8, 1 / 4, 1 / 2)
"""Steps of an interval in which something begins, over its length."""


class Part(NamedTuple):
    """A carrier, and its skins in the rock."""

    name: str
    embedded: Embedded
    carrier: Carrier
    undisturbed: Array
    """Rock temperature on the skins' axes before anything was opened, shape (skins,) [K]."""
    begun: Array
    """Unknowns of the carrier to begin with."""
    axes: Laid | None = None
    """Where the skins lie, for those of other parts within their reach."""
    aside: Carrier | None = None
    """The same with something left out, asked in every stage; changes nothing."""


@dataclass(frozen=True, eq=False)
class Underground:
    """Rock of even properties with openings in it."""

    grid: Grid
    conductivity: float
    """[W/m/K]"""
    heat_capacity: float
    """Of a volume [J/m3/K]."""
    parts: tuple[Part, ...]
    control: CoupledControl = field(default_factory=CoupledControl)

    def __post_init__(self) -> None:
        if not self.parts:
            raise ValueError("parts: got none; give one carrier or more")
        for part in self.parts:
            if part.undisturbed.shape != (part.embedded.size,):
                raise ValueError(
                    f"{part.name}: got {part.undisturbed.shape} undisturbed temperatures; give "
                    f"one for each of {part.embedded.size} skins"
                )

    def __str__(self) -> str:
        parts = ", ".join(f"{part.name} ({part.embedded.size:,} skins)" for part in self.parts)
        return f"{self.grid}; {parts}; about {self.memory / 1e6:.0f} MB to run"

    @cached_property
    def problem(self) -> Coupled:
        """The coupled problem."""
        cold = fixed(0.0)
        rock = Conduction(
            self.grid,
            self.conductivity,
            self.heat_capacity,
            sides=Sides(cold, cold, cold, cold, cold, cold),
        )
        return Coupled(
            rock,
            self._embedded(),
            tuple(part.carrier for part in self.parts),
            np.concatenate([part.undisturbed for part in self.parts]),
            {n: part.aside for n, part in enumerate(self.parts) if part.aside is not None},
        )

    def _embedded(self) -> Embedded:
        """Skins of all parts, which feel each other across parts too."""
        whole = join([part.embedded for part in self.parts])
        across = between([(part.embedded.skins, part.axes) for part in self.parts])
        near = Neighbours(
            *(np.concatenate(pair, axis=-1) for pair in zip(whole.near, across, strict=True))
        )
        return Embedded(whole.skins, whole.hosts, near)

    @property
    def memory(self) -> float:
        """Memory that a run takes, without what is kept of it [bytes]."""
        sparse = sum(3 * 12 * matrix.nnz for part in self.parts for matrix in part.embedded.hosts)
        return FIELDS * 8 * self.grid.size + sparse

    def start(self) -> CoupledState:
        """Undisturbed rock."""
        begun = np.concatenate([part.begun for part in self.parts])
        return at_start(self.problem, np.zeros(self.grid.shape), begun)


@dataclass(frozen=True, eq=False)
class History:
    """What a run gave, interval by interval."""

    times: Array
    """Ends of the intervals [s]."""
    means: dict[str, dict[str, Array]]
    """What each part reports, mean over each interval, shape (intervals, ...)."""
    asides: dict[str, dict[str, Array]]
    """What the parts' asides report, mean over each interval, shape (intervals, ...)."""
    walls: dict[str, Array]
    """Heat through the walls of each part's skins, from the fluid, shape (intervals, skins) [W]."""
    axis: dict[str, Array]
    """Departure of the rock on each part's skins' axes, shape (intervals, skins) [K]."""
    departures: dict[float, Array]
    """Departure of the cells at the times asked for, shape (x, y, z) [K]."""
    entries: tuple[CoupledEntry, ...]
    state: CoupledState

    @property
    def residual(self) -> float:
        """Greatest residual of rock and skins of a step, over the heat exchanged [1]."""
        return max(entry.residual for entry in self.entries)


def run(
    underground: Underground,
    times: Sequence[float],
    begins: Sequence[float] = (),
    keep: Sequence[float] = (),
    state: CoupledState | None = None,
    told: Callable[[float], None] | None = None,
) -> History:
    """Run rock, openings and fluids through time.

    Parameters
    ----------
    underground : Underground
        What there is.
    times : sequence of float
        Ends of the intervals to report, rising. [s]
    begins : sequence of float
        Times at which something begins to flow or is opened; the interval that follows is taken
        in short steps. [s]
    keep : sequence of float
        Times, among those reported, at which the cells are kept. [s]
    state : CoupledState, optional
        Where to begin; undisturbed rock without it.
    told : callable, optional
        Called with the time after every interval.

    Returns
    -------
    History

    Raises
    ------
    StoppedError
        If a step does not converge; it holds the last good state.
    """
    problem = underground.problem
    begun = state or underground.start()
    shares = _short_steps(begun.time, times, begins)
    kept = dict[float, Array]()
    gathered = _Gathered(underground.parts)
    for until, advanced in zip(
        times, march(problem, begun, times, underground.control, shares), strict=True
    ):
        axis = problem.embedded.hosts.felt @ advanced.state.cells.ravel()
        gathered.add(advanced, axis)
        if any(np.isclose(until, time) for time in keep):
            kept[until] = advanced.state.cells
        last = advanced.state
        if told:
            told(until)
    return gathered.history(np.array(times), kept, last)


class _Reported(NamedTuple):
    """What is kept of an interval."""

    entries: tuple[CoupledEntry, ...]
    means: tuple[dict[str, Array], ...]
    heat: Array
    asides: dict[int, dict[str, Array]]
    axis: Array


class _Gathered:
    """Reports of all intervals, part by part."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.names = [part.name for part in parts]
        self.cuts = np.cumsum([part.embedded.size for part in parts])[:-1]
        self.rows: list[_Reported] = []

    def add(self, advanced: Advanced, axis: Array) -> None:
        """Take up the reports of an interval."""
        _, entries, means, heat, asides = advanced  # not the state: its cells are large
        self.rows.append(_Reported(entries, means, heat, asides, axis))

    def history(self, times: Array, kept: dict[float, Array], state: CoupledState) -> History:
        """All of them."""
        return History(
            times=times,
            means={
                name: _stacked([row.means[number] for row in self.rows])
                for number, name in enumerate(self.names)
            },
            asides={
                self.names[number]: _stacked([row.asides[number] for row in self.rows])
                for number in self.rows[0].asides
            },
            walls=self._by_part([row.heat for row in self.rows]),
            axis=self._by_part([row.axis for row in self.rows]),
            departures=kept,
            entries=tuple(entry for row in self.rows for entry in row.entries),
            state=state,
        )

    def _by_part(self, rows: Sequence[Array]) -> dict[str, Array]:
        return dict(zip(self.names, np.split(np.stack(rows), self.cuts, axis=1), strict=True))


def _stacked(rows: Sequence[dict[str, Array]]) -> dict[str, Array]:
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def _short_steps(
    begin: float, times: Sequence[float], begins: Sequence[float]
) -> dict[float, tuple[float, ...]]:
    """Intervals in which something begins, by their ends."""
    edges = np.array([begin, *times])
    inside = np.searchsorted(edges * (1 + 1e-12), np.asarray(begins, dtype=float), side="right")
    return {float(edges[place]): FIRST_SHARES for place in np.unique(inside) if place < edges.size}


FIELDS = 24
"""Numbers that a run holds for each cell: links, capacity, the fields of two stages, and the
vectors of the solver."""
