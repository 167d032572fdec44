"""When a run steps, reports and keeps, and values that follow time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from comine.numerics import Array

MONTH = 365.25 * 86400.0 / 12
FIRST_SHARES = (1 / 16, 1 / 16, 1 / 8, 1 / 4, 1 / 2)
"""Steps with which something begins, over the length of the step that they stand for."""
SAME = 1e-9
"""Difference of two times, over their size, that makes them one."""


@dataclass(frozen=True)
class Steps:
    """A value that holds from each of some times until the next, 0 before the first.

    Examples
    --------
    >>> flow = Steps((0.0, 86400.0), (5.0, 2.0))
    >>> [flow(time) for time in (3600.0, 86400.0, 90000.0)]
    [5.0, 5.0, 2.0]
    """

    times: Sequence[float]
    """Rising [s]."""
    values: Sequence[float]

    def __call__(self, time: float) -> float:
        """Value in a step that ends at a time; what begins then comes after it."""
        place = int(np.searchsorted(np.asarray(self.times), time * (1 - SAME)))
        return float(self.values[place - 1]) if place else 0.0

    def __str__(self) -> str:
        shown = [f"{v:g} from {t:g} s" for t, v in zip(self.times, self.values, strict=True)]
        return ", ".join(shown if len(shown) < 5 else [*shown[:2], "...", shown[-1]])


Timed = float | Callable[[float], float]
"""A number, or a function of time [s]; with `Steps` the run knows when it changes."""


def at(value: Timed, time: float) -> float:
    """Value at a time."""
    return float(value(time)) if callable(value) else float(value)


@dataclass(frozen=True)
class Schedule:
    """Times of a run.

    Examples
    --------
    >>> YEAR = 365.25 * 86400.0
    >>> plan = Schedule(every=YEAR, keep=(2.5 * YEAR,))
    >>> (plan.times(4 * YEAR) / YEAR).tolist()
    [1.0, 2.0, 2.5, 3.0, 4.0]
    """

    every: float | Sequence[float] = MONTH
    """Time between two reports, or the times of all reports, rising [s]."""
    longest: float = MONTH
    """Longest step [s]."""
    begins: Sequence[float] = ()
    """Times from which short steps are taken: something begins to flow or is opened [s]."""
    keep: Sequence[float] = ()
    """Times at which the temperature of all cells is kept [s]."""

    def __str__(self) -> str:
        times = np.atleast_1d(np.asarray(self.every, dtype=float))
        every = f"every {times[0]:g} s" if np.ndim(self.every) == 0 else f"{times.size} times"
        return f"reports {every}, steps of {self.longest:g} s at most, {len(self.keep)} snapshots"

    def times(self, until: float, also: Sequence[float] = ()) -> Array:
        """Times of report up to a time and at it, those of snapshots and others among them [s]."""
        if np.ndim(self.every) == 0:
            spacing = float(np.asarray(self.every))
            found = np.arange(1, np.ceil(until / spacing - SAME)) * spacing
        else:
            found = np.asarray(self.every, dtype=float)
        found = np.concatenate([found, np.asarray([*self.keep, *also], dtype=float)])
        found = np.unique(found[(found > 0) & (found < until * (1 - SAME))])
        apart = np.diff(found, prepend=-np.inf) > SAME * found
        return np.append(found[apart], until)

    def kept(self, time: float) -> bool:
        """Whether the cells are kept at a time."""
        return any(abs(time - each) <= SAME * time for each in self.keep)

    def shares(self, begin: float, end: float, begins: Sequence[float]) -> tuple[float, ...]:
        """Lengths of the steps from one time of report to the next, over that time."""
        whole = end - begin
        cuts = [begin]
        for time in sorted(begins):
            if cuts[-1] + SAME * end < time < end * (1 - SAME):
                cuts.append(time)
        short = [any(abs(cut - time) <= SAME * end for time in begins) for cut in cuts]
        found = list[float]()
        for (low, high), soon in zip(pairwise([*cuts, end]), short, strict=True):
            part = high - low
            if soon:
                first = part if part <= self.longest * (1 + SAME) else self.longest
                found += [share * (first / whole) for share in FIRST_SHARES]
                part -= first
            if part > SAME * end:
                count = int(np.ceil(part / self.longest - SAME))
                found += [part / count / whole] * count
        return tuple(found)
