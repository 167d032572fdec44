"""A run interval by interval: what it reports, kept so that it can go on from a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from comine.numerics import Array
from comine.numerics.coupled import Advanced, CoupledEntry, CoupledState, march
from comine.underground.engine import Underground
from comine.underground.schedule import Schedule


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
    unknowns: dict[str, Array]
    """Unknowns of each part's carrier at the ends of the intervals, shape (intervals, ...)."""
    screens: Array
    """Temperature of the cells at the screens of porous zones, shape (intervals, screens) [K]."""
    departures: dict[float, Array]
    """Departure of the cells at the times asked for, shape (x, y, z) [K]."""
    entries: tuple[CoupledEntry, ...]
    state: CoupledState

    @property
    def residual(self) -> float:
        """Greatest residual of rock and skins of a step, over the heat exchanged [1]."""
        return max(entry.residual for entry in self.entries)


class Interval(NamedTuple):
    """What is kept of an interval."""

    row: dict[str, Array]
    """Reports, by `means/part/name` and the like."""
    entries: tuple[CoupledEntry, ...]
    """Accounts of its steps."""
    cells: Array | None
    """Departure of the cells at its end, where it is asked for [K]."""
    state: CoupledState | None
    """At its end; only of the last interval."""


class Recording:
    """A run so far, whole whenever it is cut off.

    Parameters
    ----------
    start : CoupledState
        Where it begins.
    intervals : sequence of Interval
        What it has been through.
    """

    def __init__(self, start: CoupledState, intervals: Sequence[Interval] = ()) -> None:
        self.start, self.intervals = start, list(intervals)

    @property
    def state(self) -> CoupledState:
        """At the end of the last interval."""
        return (self.intervals[-1].state if self.intervals else None) or self.start

    @property
    def times(self) -> list[float]:
        """Ends of the intervals [s]."""
        return [interval.entries[-1].time for interval in self.intervals]

    @property
    def kept(self) -> dict[float, Array]:
        """Departure of the cells at the times asked for [K]."""
        pairs = zip(self.times, self.intervals, strict=True)
        return {time: each.cells for time, each in pairs if each.cells is not None}

    def add(self, interval: Interval) -> None:
        """Take up an interval."""
        self.intervals.append(interval)
        self.intervals[-2:-1] = [each._replace(state=None) for each in self.intervals[-2:-1]]

    def arrays(self) -> dict[str, Array]:
        """All of it, to be kept in a file."""
        intervals = tuple(self.intervals)
        state = (intervals[-1].state if intervals else None) or self.start
        steps = [entry for each in intervals for entry in each.entries]
        found = {f"state/{name}": value for name, value in state.arrays().items()}
        found |= {f"row/{n}": value for n, value in _stacked([i.row for i in intervals]).items()}
        found |= {f"entry/{name}": value for name, value in _columns(steps).items()}
        found["steps"] = np.array([len(each.entries) for each in intervals], dtype=np.int64)
        cells = {n: each.cells for n, each in enumerate(intervals) if each.cells is not None}
        return found | {f"cells/{n}": value for n, value in cells.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> "Recording":
        """The recording that `arrays` gave."""
        state = CoupledState.from_arrays(_under("state", arrays))
        steps = iter(_entries(_under("entry", arrays)))
        rows, cells = _under("row", arrays), _under("cells", arrays)
        counts = arrays["steps"].tolist()
        intervals = [
            Interval(
                {name: np.array(values[n]) for name, values in rows.items()},
                tuple(next(steps) for _ in range(count)),
                cells.get(str(n)),
                state if n == len(counts) - 1 else None,
            )
            for n, count in enumerate(counts)
        ]
        return cls(state, intervals)


def proceed(
    underground: Underground, recording: Recording, schedule: Schedule, until: float
) -> Iterator[float]:
    """Carry a recording on; after each interval gives its end.

    Parameters
    ----------
    underground : Underground
        What there is.
    recording : Recording
        A run so far, which grows.
    schedule : Schedule
        Times of report.
    until : float
        End [s].

    Yields
    ------
    float
        Time [s].

    Raises
    ------
    StoppedError
        If a step does not converge; it holds the last good state.
    """
    problem, begun = underground.problem, recording.state
    changes = underground.exchanges
    times = [time for time in schedule.times(until, tuple(changes)).tolist() if time > begun.time]
    begins = [*underground.begins, *schedule.begins]
    edges = [begun.time, *times]
    shares = {end: schedule.shares(begin, end, begins) for begin, end in pairwise(edges)}
    for advanced in march(problem, begun, times, underground.control, shares, changes):
        state = advanced.state
        kept = underground.departure(state.cells) if schedule.kept(state.time) else None
        recording.add(Interval(_row(underground, advanced), advanced.entries, kept, state))
        yield state.time


def history(underground: Underground, recording: Recording) -> History:
    """What a run gave.

    Parameters
    ----------
    underground : Underground
        What there is.
    recording : Recording
        Its run.

    Returns
    -------
    History
    """
    intervals = recording.intervals
    columns = _stacked([interval.row for interval in intervals])

    def reports(kind: str) -> dict[str, dict[str, Array]]:
        found = {part.name: _under(f"{kind}/{part.name}", columns) for part in underground.parts}
        return {name: report for name, report in found.items() if report}

    def by_part(name: str, counts: Sequence[int]) -> dict[str, Array]:
        parts = np.split(columns[name], np.cumsum(counts), axis=1)[: len(counts)]
        return {part.name: each for part, each in zip(underground.parts, parts, strict=True)}

    skins = [part.embedded.size for part in underground.parts]
    unknowns = [part.carrier.scale.size for part in underground.parts]
    return History(
        times=np.array(recording.times),
        means=reports("means"),
        asides=reports("asides"),
        walls=by_part("heat", skins),
        axis=by_part("axis", skins),
        unknowns=by_part("unknown", unknowns),
        screens=columns["screens"],
        departures=recording.kept,
        entries=tuple(entry for interval in intervals for entry in interval.entries),
        state=recording.state,
    )


def _row(underground: Underground, advanced: Advanced) -> dict[str, Array]:
    """What is kept of an interval; not the state, whose cells are large."""
    felt, cells = underground.problem.embedded.hosts.felt, advanced.state.cells
    found = {
        "heat": advanced.heat,
        "axis": np.asarray(felt @ underground.departure(cells).ravel()),
        "unknown": advanced.state.unknown,
        "screens": np.array([np.vdot(each, cells) for each in underground.screens.values()]),
    }
    names = [part.name for part in underground.parts]
    for kind, reports in (
        ("means", enumerate(advanced.means)),
        ("asides", advanced.asides.items()),
    ):
        for number, report in reports:
            found |= {f"{kind}/{names[number]}/{name}": value for name, value in report.items()}
    return found


def _stacked(rows: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]} if rows else {}


def _under(kind: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Those whose names begin with a kind, without it."""
    begin = kind + "/"
    return {
        name.removeprefix(begin): array for name, array in arrays.items() if name.startswith(begin)
    }


_CARRIERS = "carriers"


def _columns(entries: Sequence[CoupledEntry]) -> dict[str, Array]:
    """Accounts as columns."""
    plain = [name for name in CoupledEntry._fields if name != _CARRIERS]
    found = {name: np.array([getattr(entry, name) for entry in entries]) for name in plain}
    booked = _stacked([{n: np.asarray(v) for n, v in entry.carriers.items()} for entry in entries])
    return found | {f"{_CARRIERS}/{name}": values for name, values in booked.items()}


def _entries(columns: Mapping[str, Array]) -> list[CoupledEntry]:
    """Accounts from columns."""
    booked = _under(_CARRIERS, columns)
    found = []
    for number in range(len(columns["time"])):
        values = {
            name: columns[name][number] if name == "sides" else columns[name][number].item()
            for name in CoupledEntry._fields
            if name != _CARRIERS
        }
        carriers = {name: float(values_[number]) for name, values_ in booked.items()}
        found.append(CoupledEntry(**values, carriers=carriers))
    return found
