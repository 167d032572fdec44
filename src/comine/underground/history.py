"""A run interval by interval: what it reports, kept so that it can go on from a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

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


@dataclass(eq=False)
class Recording:
    """A run so far."""

    state: CoupledState
    rows: list[dict[str, Array]] = field(default_factory=list)
    """What each interval reports, by `means/part/name` and the like."""
    entries: list[tuple[CoupledEntry, ...]] = field(default_factory=list)
    """Accounts of the steps of each interval."""
    kept: dict[float, Array] = field(default_factory=dict)
    """Departure of the cells at the times asked for [K]."""

    @property
    def times(self) -> list[float]:
        """Ends of the intervals [s]."""
        return [steps[-1].time for steps in self.entries]

    def arrays(self) -> dict[str, Array]:
        """All of it, to be kept in a file."""
        steps = [entry for interval in self.entries for entry in interval]
        found = {f"state/{name}": value for name, value in self.state.arrays().items()}
        found |= {f"row/{name}": value for name, value in _stacked(self.rows).items()}
        found |= {f"entry/{name}": value for name, value in _columns(steps).items()}
        found["steps"] = np.array([len(interval) for interval in self.entries], dtype=np.int64)
        found["kept times"] = np.array(list(self.kept))
        if self.kept:
            found["kept"] = np.stack(list(self.kept.values()))
        return found

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> "Recording":
        """The recording that `arrays` gave."""
        state = CoupledState.from_arrays(_under("state", arrays))
        steps = iter(_entries(_under("entry", arrays)))
        counts = arrays["steps"].tolist()
        rows = _under("row", arrays)
        return cls(
            state,
            [
                {name: np.array(value[n]) for name, value in rows.items()}
                for n in range(len(counts))
            ],
            [tuple(next(steps) for _ in range(count)) for count in counts],
            {time: arrays["kept"][n] for n, time in enumerate(arrays["kept times"].tolist())},
        )


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
        recording.rows.append(_row(underground, advanced))
        recording.entries.append(advanced.entries)
        if schedule.kept(state.time):
            recording.kept[state.time] = underground.departure(state.cells)
        recording.state = state
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
    columns = _stacked(recording.rows)

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
        entries=tuple(entry for interval in recording.entries for entry in interval),
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
