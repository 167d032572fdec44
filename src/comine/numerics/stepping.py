r"""Conduction over time: implicit steps of second order with error control and a ledger.

Sources
-------
Alexander, R. (1977), SIAM J. Numer. Anal. 14, 1006-1021 (the two-stage method).
Hosea, M. E. & Shampine, L. F. (1996), Appl. Numer. Math. 20, 21-37 (filtered error estimates).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from comine.numerics._stages import Stages
from comine.numerics.cell_changes import CellChange, changed_problem, exchange_cells
from comine.numerics.checks import require
from comine.numerics.compiled import threads
from comine.numerics.conduction import Conduction
from comine.numerics.ledger import Entry, Ledger
from comine.numerics.state import Control, DivergedError, State


class Advance(NamedTuple):
    """What a stretch of time gives."""

    state: State
    ledger: Ledger


def advance(
    problem: Conduction, state: State, until: float, control: Control | None = None
) -> Advance:
    r"""Carry the temperatures to a later time, which is met exactly.

    Parameters
    ----------
    problem : Conduction
        The cells; the same over the whole stretch but for sides that are functions of time.
    state : State
        Where to begin.
    until : float
        Time to reach [s].
    control : Control, optional
        Choice of steps and tolerances.

    Returns
    -------
    Advance
        State at the end and ledger of the steps.

    Raises
    ------
    ValueError
        If the time lies before the state, or the state does not fit the cells.
    DivergedError
        If a step fails at the shortest length; the error names the place and holds the last state.

    Notes
    -----
    Singly diagonally implicit Runge-Kutta of two stages, second order, L-stable,
    :math:`\gamma = 1 - \sqrt{1/2}` (Alexander 1977). The first stage is a backward Euler step of
    :math:`\gamma\Delta t`. The local error follows from the second divided difference of the rates
    at the beginning and the two stages, filtered by
    :math:`(I + \gamma\Delta t\,C^{-1}K)^{-1}` (Hosea & Shampine 1996). Steps are the stretch over
    powers of two, halved where the error is above the tolerance and doubled where it is below a
    tenth of it. Each solution is shifted evenly by what its residual lacks in sum, so that the
    ledger closes to rounding whatever the tolerance of the linear systems.

    Examples
    --------
    >>> from comine.numerics.grid import Grid
    >>> problem = Conduction(Grid([0, 1], [0, 1], [0, 1, 2]), 3.0, 2e6)
    >>> start = State.at_rest(np.array([[[300.0, 340.0]]]))
    >>> advance(problem, start, 1e8).state.temperature.round(3)
    array([[[320., 320.]]])
    """
    return _run(Stages(problem, control or Control()), state, until)


def march(
    problem: Conduction,
    state: State,
    times: Sequence[float],
    control: Control | None = None,
    changes: Mapping[float, Conduction | CellChange] | None = None,
) -> Iterator[Advance]:
    """Carry the temperatures through a sequence of times.

    Parameters
    ----------
    problem : Conduction
        The cells before all changes.
    state : State
        Where to begin.
    times : sequence of float
        Times to give, rising [s].
    control : Control, optional
        Choice of steps and tolerances.
    changes : mapping of float to Conduction or CellChange, optional
        The cells from a time on, or an exchange of matter at a time [s].

    Returns
    -------
    iterator of Advance
        State at each time and ledger since the time before.

    Raises
    ------
    ValueError
        If the times do not rise.
    DivergedError
        As in `advance`.

    Notes
    -----
    A state given at the time of a change is that before it. So a run goes on exactly from a kept
    state with the same problem and changes: those before the state are taken as made.

    Examples
    --------
    >>> from comine.numerics.grid import Grid
    >>> problem = Conduction(Grid([0, 1], [0, 1], [0, 1, 2]), 3.0, 2e6)
    >>> start = State.at_rest(np.array([[[300.0, 340.0]]]))
    >>> [round(float(a.state.temperature[0, 0, 0]), 1) for a in march(problem, start, [1e5, 1e6])]
    [305.2, 319.0]
    """
    waiting = sorted((changes or {}).items(), key=lambda item: item[0])
    while waiting and waiting[0][0] < state.time:
        problem = _changed(problem, waiting.pop(0)[1])
    stages = Stages(problem, control or Control())
    for until in times:
        ledger = Ledger.empty()
        while waiting and waiting[0][0] < until:
            at, change = waiting.pop(0)
            state, entries = _run(stages, state, at)
            ledger = ledger + entries
            if isinstance(change, CellChange):
                problem, state, entry = exchange_cells(problem, state, change)
                ledger = ledger + Ledger.of([entry])
            else:
                problem = change
            stages = Stages(problem, stages.control)
        state, entries = _run(stages, state, until)
        yield Advance(state, ledger + entries)


def _changed(problem: Conduction, change: Conduction | CellChange) -> Conduction:
    return changed_problem(problem, change) if isinstance(change, CellChange) else change


def _run(stages: Stages, state: State, until: float) -> Advance:
    """Step through a stretch of time, if the state fits."""
    require(until >= state.time, "until", until, f"a time from {state.time:g} s on")
    shape = stages.problem.grid.shape
    if state.temperature.shape != shape:
        raise ValueError(f"state: got shape {state.temperature.shape}; give {shape} cells")
    require(np.isfinite(state.temperature), "state", state.temperature, "finite temperatures")
    with threads(stages.control.threads):
        return _steps(stages, state, until)


def _steps(stages: Stages, state: State, until: float) -> Advance:
    """Step through a stretch of time in parts of it that are powers of two."""
    control = stages.control
    begin, stretch, entries = state.time, until - state.time, list[Entry]()
    level = _level(stretch, _wanted(stages, state))
    done = 0
    while stretch > 0 and done < 2**level:
        step = stretch / 2**level
        attempt = stages.step(state, step)
        if attempt is None or attempt.entry.error > control.tolerance:
            if step / 2 < control.shortest:
                raise DivergedError(_failure(stages, state, step, attempt is None), state)
            level, done = level + 1, 2 * done
            continue
        done += 1
        entries.append(attempt.entry)
        easy = 10 * attempt.entry.error <= control.tolerance < np.inf
        wanted = min(2 * step if easy else step, control.longest)
        time = until if done == 2**level else begin + stretch * (done / 2**level)
        state = State(time, attempt.temperature, attempt.rate, wanted)
        if wanted == 2 * step and done % 2 == 0 and level > 0:
            level, done = level - 1, done // 2
    return Advance(state, Ledger.of(entries))


def _wanted(stages: Stages, state: State) -> float:
    """Step to begin a stretch with [s]."""
    control = stages.control
    if np.isfinite(state.step) and control.tolerance < np.inf:
        return min(state.step, control.longest)
    if control.first is not None or control.tolerance == np.inf:
        return min(control.first or np.inf, control.longest)
    return max(0.1 * stages.time_constant(state), control.shortest)


def _level(stretch: float, wanted: float) -> int:
    """Halvings of a stretch until its parts are no longer than wanted."""
    return int(np.ceil(np.log2(stretch / wanted) - 1e-9)) if stretch > wanted else 0


def _failure(stages: Stages, state: State, step: float, unsolved: bool) -> str:
    x, y, z = stages.place()
    why = "the systems of the step do not converge" if unsolved else "the error stays too large"
    return (
        f"stopped at {state.time:g} s: {why} with a step of {step:.3g} s, worst at "
        f"({x:g}, {y:g}, {z:g}) m; look at the properties there, or allow a shorter step or a "
        "wider tolerance"
    )
