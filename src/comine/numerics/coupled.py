r"""Rock, skins and what flows past them, advanced together.

A stage of SDIRK2 solves, for the cells :math:`T`, the unknowns u of the carriers and the heats q
through the walls of the skins (positive into the rock),

.. math::

    C\,(T - T^*)/\delta + K T = f + S\,q_\mathrm{handed}(q) + E\,m(q), \qquad
    r(u, F T + N q) = 0, \qquad q = q(u, F T + N q),

with the matrices of `comine.numerics.skin_host`. The skins are eliminated exactly, and so are the
blocks of cells of rubble (`comine.numerics.block_stage`), which only add to C and f. The carriers
are solved by Newton with the cells held, and their tangent at the solution, one sparse
factorisation, is the Schur complement that the cells are then solved with (BiCGStab, matrix-free):
no iteration between rock and fluid is left where the carriers are linear, and one or two rounds
where they are not.

Sources
-------
- R. Alexander, SIAM J. Numer. Anal. 14 (1977) 1006-1021 (SDIRK2).
- H. A. van der Vorst, SIAM J. Sci. Stat. Comput. 13 (1992) 631-644 (BiCGStab).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from comine.numerics import Array
from comine.numerics._coupled_stage import CoupledStages, Start
from comine.numerics.blocks import blocks_at, heat_in_blocks
from comine.numerics.checks import require
from comine.numerics.compiled import threads
from comine.numerics.coupled_changes import Changes, change_rock, changed
from comine.numerics.coupled_problem import (
    Coupled,
    CoupledControl,
    CoupledEntry,
    CoupledState,
    StoppedError,
)
from comine.numerics.skin_stage import GAMMA

__all__ = [
    "Advanced",
    "Coupled",
    "CoupledControl",
    "CoupledEntry",
    "CoupledState",
    "StoppedError",
    "advance",
    "at_start",
    "march",
]


class Advanced(NamedTuple):
    """State after a stretch of time, and the means over it."""

    state: CoupledState
    entries: tuple[CoupledEntry, ...]
    means: tuple[dict[str, Array], ...]
    """What each carrier reports, mean over the stretch."""
    heat: Array
    """Through the walls, mean over the stretch, shape (skins,) [W]."""
    asides: dict[int, dict[str, Array]]
    """What carriers that change nothing report, mean over the stretch."""


def at_start(problem: Coupled, cells: Array, unknown: Array, time: float = 0.0) -> CoupledState:
    """State of undisturbed rock.

    Parameters
    ----------
    problem : Coupled
        The problem.
    cells : ndarray, shape (x, y, z)
        Temperature of the cells [K].
    unknown : ndarray
        Unknowns of the carriers.
    time : float
        Time [s].

    Returns
    -------
    CoupledState
        The state, its skins at their hosts' temperature, its blocks at that of their cells.

    Raises
    ------
    ValueError
        If a shape is wrong or a value not finite.

    Examples
    --------
    >>> from comine.numerics.conduction import Conduction
    >>> from comine.numerics.embedding import Cylinders, embed
    >>> from comine.numerics.grid import Grid
    >>> grid = Grid(*[np.arange(0.0, 101.0, 5.0)] * 3)
    >>> none = Cylinders(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0))
    >>> alone = Coupled(Conduction(grid, 3.0, 2e6), embed(grid, (3.0, 2e6), none), ())
    >>> float(at_start(alone, np.full(grid.shape, 300.0), np.zeros(0)).cells.mean())
    300.0
    """
    shape = problem.rock.grid.shape
    if np.shape(cells) != shape:
        raise ValueError(f"cells: got shape {np.shape(cells)}; give {shape} cells")
    count = sum(carrier.scale.size for carrier in problem.carriers)
    if np.shape(unknown) != (count,):
        raise ValueError(f"unknown: got shape {np.shape(unknown)}; give {count} unknowns")
    require(np.isfinite(cells), "cells", cells, "finite temperatures")
    require(np.isfinite(unknown), "unknown", unknown, "finite values")
    size = problem.embedded.size
    rings = np.zeros_like(problem.embedded.skins.capacity)
    still = np.zeros(shape)
    return CoupledState(
        time, np.array(cells, dtype=float, order="C"), rings, np.array(unknown, dtype=float),
        np.zeros(size), still, blocks_at(problem.blocks, cells),
    )  # fmt: skip


def advance(
    problem: Coupled,
    state: CoupledState,
    until: float,
    control: CoupledControl | None = None,
    shares: Sequence[float] = (1.0,),
) -> Advanced:
    """Carry the state to a time.

    Parameters
    ----------
    problem : Coupled
        The problem.
    state : CoupledState
        Where to begin.
    until : float
        Time to reach [s].
    control : CoupledControl, optional
        Choice of steps and tolerances.
    shares : sequence of float
        Lengths of the steps over that of the stretch, adding up to 1; each is halved where it does
        not converge or its error is above the tolerance.

    Returns
    -------
    Advanced
        State at the time, account of the steps, means over the stretch.

    Raises
    ------
    ValueError
        If the time is not after that of the state or the shares do not add up to one.
    StoppedError
        If a step does not converge at the shortest length.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> from comine.numerics.conduction import Conduction
    >>> from comine.numerics.embedding import Cylinders, embed
    >>> from comine.numerics.grid import Grid
    >>> from comine.numerics.streams import Flow, Streams
    >>> grid, none = Grid(*[np.arange(0.0, 101.0, 10.0)] * 3), np.zeros((0, 2), dtype=int)
    >>> hole = Cylinders(np.array([[50, 50, 0]]), np.array([[50, 50, 100]]), np.array([0.1]))
    >>> flow = Flow(none[:, 0], *(np.array([x]) for x in (4e3, 280.0, 500.0, 0.0)))
    >>> water = Streams(
    ...     none, csr_array([[1.0]]), none, np.zeros(0), np.zeros(1), lambda time: flow
    ... )
    >>> rock, skin = Conduction(grid, 3.0, 2e6), embed(grid, (3.0, 2e6), hole)
    >>> problem = Coupled(rock, skin, (water,))
    >>> start = at_start(problem, np.full(grid.shape, 300.0), np.array([280.0]))
    >>> day = advance(problem, start, 86400.0, shares=[0.25] * 4)
    >>> day.heat.round(-2), day.state.unknown.round(2)
    (array([-21100.]), array([284.16]))
    """
    stages = CoupledStages(problem, control or CoupledControl())
    return _gathered(*_steps(stages, state, until, shares), [])


def march(
    problem: Coupled,
    state: CoupledState,
    times: Sequence[float],
    control: CoupledControl | None = None,
    shares: Mapping[float, Sequence[float]] | None = None,
    changes: Changes | None = None,
) -> Iterator[Advanced]:
    """Carry the state through a sequence of times.

    Parameters
    ----------
    problem : Coupled
        The problem.
    state : CoupledState
        Where to begin.
    times : sequence of float
        Times to give, rising [s].
    control : CoupledControl, optional
        Choice of steps and tolerances.
    shares : mapping of float to sequence of float, optional
        Shares of the steps within the stretch that ends at a time, for stretches in which
        something begins; one step in the others. Where a change cuts a stretch, each part is
        taken in these shares.
    changes : mapping of float to Conduction or CellChange, optional
        The rock from a time on, or an exchange of matter in it at a time [s].

    Returns
    -------
    iterator of Advanced
        One for each time.

    Raises
    ------
    ValueError, StoppedError
        As in `advance`.

    Notes
    -----
    A state given at the time of a change is that before it. So a run goes on exactly from a kept
    state with the same problem and changes: those before the state are taken as made.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> from comine.numerics.conduction import Conduction
    >>> from comine.numerics.embedding import Cylinders, embed
    >>> from comine.numerics.grid import Grid
    >>> from comine.numerics.streams import Flow, Streams
    >>> grid, none = Grid(*[np.arange(0.0, 101.0, 10.0)] * 3), np.zeros((0, 2), dtype=int)
    >>> hole = Cylinders(np.array([[50, 50, 0]]), np.array([[50, 50, 100]]), np.array([0.1]))
    >>> flow = Flow(none[:, 0], *(np.array([x]) for x in (4e3, 280.0, 500.0, 0.0)))
    >>> water = Streams(
    ...     none, csr_array([[1.0]]), none, np.zeros(0), np.zeros(1), lambda time: flow
    ... )
    >>> rock, skin = Conduction(grid, 3.0, 2e6), embed(grid, (3.0, 2e6), hole)
    >>> problem = Coupled(rock, skin, (water,))
    >>> start = at_start(problem, np.full(grid.shape, 300.0), np.array([280.0]))
    >>> days = march(problem, start, [86400.0, 2 * 86400.0])
    >>> [float(day.state.unknown[0].round(2)) for day in days]
    [283.29, 283.8]
    """
    control, parts = control or CoupledControl(), shares or {}
    waiting = sorted((changes or {}).items(), key=lambda item: item[0])
    while waiting and waiting[0][0] < state.time:
        problem = changed(problem, waiting.pop(0)[1])
    stages = CoupledStages(problem, control)
    for until in times:
        steps, accounts = list[_Step](), list[CoupledEntry]()
        while waiting and waiting[0][0] < until:
            at, change = waiting.pop(0)
            if at > state.time:
                state, more = _steps(stages, state, at, parts.get(until, (1.0,)))
                steps += more
            problem, state, account = change_rock(problem, state, change)
            stages = CoupledStages(problem, control)
            accounts += [account] if account else []
        state, more = _steps(stages, state, until, parts.get(until, (1.0,)))
        yield _gathered(state, steps + more, accounts)


def _steps(
    stages: CoupledStages, state: CoupledState, until: float, shares: Sequence[float]
) -> tuple[CoupledState, list["_Step"]]:
    """State at a time, by steps as long as the shares say or as the error allows."""
    require(until > state.time, "until", until, f"a time after {state.time:g} s")
    require(abs(sum(shares) - 1.0) < 1e-9, "shares", list(shares), "shares that add up to 1")
    stretch = until - state.time
    waiting = [share * stretch for share in reversed(shares)]
    steps = list[_Step]()
    with threads(stages.control.threads):
        while waiting:
            length = waiting.pop()
            end = state.time + length
            if not waiting:
                length, end = until - state.time, until
            after, step = _step(stages, state, length, end)
            if step is None or step.entry.error > stages.control.tolerance:
                if length / 2 < stages.control.shortest:
                    why = _failure(stages, state, length, step is None)
                    raise StoppedError(why, state, stages.network.unsettled)
                waiting += [length / 2, length / 2]
                continue
            steps.append(step)
            state = after
    return state, steps


def _gathered(
    state: CoupledState, steps: Sequence["_Step"], accounts: Sequence[CoupledEntry]
) -> Advanced:
    """State after a stretch, means over its steps, and accounts in the order of time."""
    lengths = np.array([step.entry.step for step in steps])
    weights = lengths / lengths.sum()
    means = tuple(
        {name: _mean(weights, [step.means[place][name] for step in steps]) for name in first}
        for place, first in enumerate(steps[0].means)
    )
    heat = _mean(weights, [step.heat for step in steps])
    entries = sorted([*(step.entry for step in steps), *accounts], key=lambda entry: entry.time)
    asides = {
        place: {name: _mean(weights, [step.asides[place][name] for step in steps]) for name in one}
        for place, one in steps[0].asides.items()
    }
    return Advanced(state, tuple(entries), means, heat, asides)


class _Step(NamedTuple):
    entry: CoupledEntry
    means: tuple[dict[str, Array], ...]
    heat: Array
    asides: dict[int, dict[str, Array]]


def _step(
    stages: CoupledStages, state: CoupledState, length: float, end: float
) -> tuple[CoupledState, _Step | None]:
    """State after a step and its account; nothing of it where a stage does not converge."""
    begin = state.time
    cells, rings = stages.renewed(state.cells, state.rings, begin, end)
    interval = GAMMA * length
    start = Start(cells, rings, state.unknown, state.blocks)
    guess = interval * state.rate
    guess += cells
    one = stages.solve(start, (guess, state.unknown, state.heat), begin + interval, interval)
    if one is None:
        return state, None
    beside = stages.asides(start, one, begin + interval, interval)
    second = stages.second(start, one.end)
    ahead = one.end.cells  # of no further use itself
    ahead -= cells
    ahead /= GAMMA
    ahead += cells
    two = stages.solve(second, (ahead, one.end.unknown, one.heat), end, interval)
    if two is None:
        return state, None
    rock, now = stages.rock, two.end
    error = stages.error(start, second, now, state.rate, interval)
    rate = np.divide(now.gained, rock.capacity(now.cells), out=np.asarray(now.gained))
    rate /= interval
    after = CoupledState(end, now.cells, now.rings, now.unknown, two.heat, rate, now.blocks)
    means = tuple(
        {name: (1 - GAMMA) * np.asarray(a[name]) + GAMMA * np.asarray(b[name]) for name in a}
        for a, b in zip(one.rates, two.rates, strict=True)
    )
    heat = (1 - GAMMA) * one.heat + GAMMA * two.heat
    gained = rock.gain(state.cells, now.cells)
    warmed = stages.problem.embedded.skins.capacity * (now.rings - state.rings)
    entering = length * ((1 - GAMMA) * one.entering + GAMMA * two.entering)
    made = length * rock.problem.made + float(entering[6:].sum())
    taken = heat_in_blocks(stages.problem.blocks, now.blocks - state.blocks)
    moved = length * float(np.abs(heat).sum()) + float(np.abs(entering[:6]).sum()) + abs(made)
    moved += float(np.abs(taken).sum())
    entry = CoupledEntry(
        end, length, gained, float(warmed.sum()), entering[:6], made,
        length * float(heat.sum()), moved, _account(means, length),
        one.iterations + two.iterations, one.passes + two.passes,
        error, blocks=float(taken.sum()),
    )  # fmt: skip
    later = stages.asides(second, two, end, interval)
    asides = {
        place: {name: (1 - GAMMA) * beside[place][name] + GAMMA * report[name] for name in report}
        for place, report in later.items()
    }
    return after, _Step(entry, means, heat, asides)


def _account(means: Sequence[Mapping[str, Array]], length: float) -> dict[str, float]:
    """Heats that entered each carrier or stay in it [J]."""
    return {
        f"{number}: {name}": length * float(value)
        for number, report in enumerate(means)
        for name, value in report.items()
        if name.startswith("into ") or name == "stored"
    }


def _mean(weights: Array, values: Sequence[Array]) -> Array:
    if len(values) == 1:
        return np.asarray(values[0])
    return np.asarray(np.tensordot(weights, np.stack(values), 1))


def _failure(stages: CoupledStages, state: CoupledState, length: float, unsolved: bool) -> str:
    why = "the systems of the step do not converge" if unsolved else "the error stays too large"
    return (
        f"stopped at {state.time:g} s: {why} with a step of {length:.3g} s, worst at "
        f"{stages.place()}; look at flows and properties there, or allow a shorter step"
    )
