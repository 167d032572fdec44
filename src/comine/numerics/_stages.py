"""One implicit step of conduction and advection, with room for the arrays it needs."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple, Protocol

import numpy as np

from comine.numerics import Array, _kernels
from comine.numerics._stage_rock import (
    LOCAL_ERROR,
    MOST_SUBSTITUTIONS,
    PAST,
    ROUNDING,
    StageRock,
)
from comine.numerics.conduction import Conduction, Exchange
from comine.numerics.diffusion import DiffusionOperator
from comine.numerics.krylov import BiCGStab, ConjugateGradients, Outcome, by_diagonal
from comine.numerics.ledger import Entry
from comine.numerics.skin_stage import GAMMA
from comine.numerics.state import Control, State

BALANCE = 1e-8
"""Heat lacking in sum over that taken up, where the heat capacity follows the temperature."""


class Attempt(NamedTuple):
    """What a step gives."""

    temperature: Array
    rate: Array
    entry: Entry


class Stage(NamedTuple):
    """How a stage was solved."""

    exchange: Exchange
    iterations: int


class Solver(Protocol):
    """Solver of the linear systems, in a measure of its own."""

    def load(self, operator: DiffusionOperator, similar: bool = False) -> None:
        """Take the matrix to solve with."""

    def norm(self, residual: Array) -> float:
        """Norm of a residual."""

    def solve(self, right: Array, out: Array, limit: float, most: int) -> Outcome:
        """Write the solution to `out`."""


class Stabilised:
    """BiCGStab for matrices that are not symmetric."""

    operator: DiffusionOperator
    precondition: Callable[[Array, Array], None]

    def __init__(self, shape: tuple[int, int, int]) -> None:
        self.solver = BiCGStab(shape)

    def load(self, operator: DiffusionOperator, similar: bool = False) -> None:
        """Take the matrix to solve with."""
        self.operator, self.precondition = operator, by_diagonal(operator.diagonal())

    def norm(self, residual: Array) -> float:
        """Root of the sum of squares."""
        return float(np.sqrt(_kernels.dot(residual, residual)))

    def solve(self, right: Array, out: Array, limit: float, most: int) -> Outcome:
        """Write the solution to `out`."""
        return self.solver.solve(self.operator.apply, self.precondition, right, out, (limit, most))


class Stages:
    """Steps of one problem."""

    def __init__(self, problem: Conduction, control: Control) -> None:
        self.problem, self.control = problem, control
        self.rock = StageRock(problem)
        self.solver: Solver = (
            ConjugateGradients(problem.grid.shape, problem.grid.centres)
            if problem.symmetric
            else Stabilised(problem.grid.shape)
        )
        self.loaded = 0.0
        self.over_step, self.shift, self.right, self.base, self.start = np.empty(
            (5, *problem.grid.shape)
        )
        self.correction, self.first, self.second, self.trial = np.zeros((4, *problem.grid.shape))
        self.total_shift = self.rounding = 0.0

    def time_constant(self, state: State) -> float:
        """Shortest time constant of a cell [s]."""
        exchange = self.rock.exchange(state.temperature)
        with np.errstate(divide="ignore"):
            capacity = self.rock.capacity(state.temperature)
            return float(np.min(capacity / exchange.operator.diagonal()))

    def place(self) -> tuple[float, float, float]:
        """Centre of the cell that the last correction changed most [m]."""
        size = np.nan_to_num(np.abs(self.correction), nan=np.inf)
        i, j, k = np.unravel_index(int(np.argmax(size)), size.shape)
        x, y, z = self.problem.grid.centres
        return float(x[i]), float(y[j]), float(z[k])

    def step(self, state: State, step: float) -> Attempt | None:
        """State after a step, or nothing where a stage does not converge."""
        temperature, begin = state.temperature, state.time
        middle, end = begin + GAMMA * step, begin + step
        exchange = self.rock.exchange(temperature)
        self.load(exchange, temperature, step, False)
        self.problem.inflow(exchange, temperature, begin, self.start)
        np.multiply(state.rate, GAMMA * step, out=self.first)
        self.base.fill(0.0)
        one = self.stage(temperature, self.first, middle, step)
        if one is None:
            return None
        np.add(temperature, self.first, out=self.trial)
        heats = (1 - GAMMA) * step * self.entering(one.exchange, middle)
        self.heat(temperature, self.first, step, self.base)
        self.base *= PAST
        np.divide(self.first, GAMMA, out=self.second)
        two = self.stage(temperature, self.second, end, step)
        if two is None:
            return None
        after = temperature + self.second
        self.trial[:] = after
        heats += GAMMA * step * self.entering(two.exchange, end)
        count = one.iterations + two.iterations
        error = self.error(temperature, step)
        rate = (self.second - PAST * self.first) / (GAMMA * step)
        gained = self.rock.stored(temperature, after)
        stored, moved = float(gained.sum()), float(np.abs(gained).sum())
        made = step * self.problem.made + float(heats[6:].sum())
        return Attempt(after, rate, Entry(end, step, stored, moved, heats[:6], made, error, count))

    def load(self, exchange: Exchange, temperature: Array, step: float, similar: bool) -> None:
        """Hand the matrix of a stage to the solver, unless it holds it already."""
        if self.rock.constant and step == self.loaded:
            return
        np.divide(self.rock.capacity(temperature), GAMMA * step, out=self.over_step)
        np.add(exchange.operator.shift, self.over_step, out=self.shift)
        operator = replace(exchange.operator, shift=self.shift)
        self.solver.load(operator, similar)
        self.total_shift = float(self.shift.sum())
        self.rounding = ROUNDING * self.solver.norm(operator.diagonal())
        self.loaded = step

    def heat(self, temperature: Array, change: Array, step: float, out: Array) -> None:
        """Heat that cells take up for a change of temperature, over the length of a stage [W]."""
        if self.rock.varies:
            stored = self.rock.stored(temperature, temperature + change)
            np.divide(stored, GAMMA * step, out=out)
        else:
            np.multiply(self.over_step, change, out=out)

    def stage(self, temperature: Array, change: Array, time: float, step: float) -> Stage | None:
        """Solve a stage for the change of temperature, from a guess of it."""
        count, limit, settled = 0, 0.0, False
        for turn in range(MOST_SUBSTITUTIONS):
            np.add(temperature, change, out=self.trial)
            exchange = self.rock.exchange(self.trial)
            self.problem.inflow(exchange, self.trial, time, self.right)
            self.right += self.base
            if not settled or self.rock.varies:
                self.load(exchange, self.trial, step, True)
            self.heat(temperature, change, step, self.trial)
            self.right -= self.trial
            if settled and self.balanced():
                return Stage(exchange, count)
            if turn == 0:
                limit = self.limit(temperature)
            count_now, converged = self.correct(temperature, change, limit)
            count += count_now
            if not converged:
                return None
            if self.problem.linear:
                return Stage(exchange, count)
            settled = bool(np.max(np.abs(self.correction)) <= self.control.nonlinear)
            if settled and not self.rock.varies:
                return Stage(exchange, count)
        return None

    def balanced(self) -> bool:
        """Whether the heat that the cells took up is that which they gained."""
        return abs(float(self.right.sum())) <= BALANCE * float(np.abs(self.trial).sum())

    def limit(self, temperature: Array) -> float:
        """Norm of the residual to stop at."""
        np.add(self.start, self.base, out=self.trial)
        scale = max(self.solver.norm(self.trial), self.solver.norm(self.right))
        level = max(abs(float(temperature.min())), abs(float(temperature.max())))
        return max(self.control.linear * scale, self.rounding * level)

    def correct(self, temperature: Array, change: Array, limit: float) -> tuple[int, bool]:
        """Add the solution for the residual, shifted so that no heat is lost in sum."""
        outcome = self.solver.solve(self.right, self.correction, limit, self.control.iterations)
        lacking = float(self.right.sum()) - _kernels.dot(self.shift, self.correction)
        self.correction += lacking / self.total_shift
        if self.rock.varies:
            np.add(temperature, change, out=self.trial)
            np.subtract(
                self.problem.warmed(self.trial, self.correction), self.trial, out=self.correction
            )
        change += self.correction
        return outcome.iterations, outcome.converged

    def entering(self, exchange: Exchange, time: float) -> Array:
        """Heat that enters at the trial temperatures: six sides, and wells if any [W]."""
        return np.array([q.sum() for q in self.problem.through(exchange, self.trial, time)])

    def error(self, temperature: Array, step: float) -> float:
        """Local error of the step in the worst cell, filtered by the matrix of a stage [K]."""
        if self.control.tolerance == np.inf:
            return 0.0
        self.heat(temperature, self.first, step, self.base)
        self.heat(temperature, self.second, step, self.right)
        np.multiply(self.base, PAST + 1, out=self.trial)
        self.right -= self.trial
        self.right /= 1 - GAMMA
        self.base /= GAMMA
        self.right -= self.base
        self.start /= GAMMA
        self.right += self.start
        self.right *= LOCAL_ERROR / GAMMA
        limit = 0.1 * self.solver.norm(self.right)
        self.solver.solve(self.right, self.base, limit, self.control.iterations)
        return float(np.max(np.abs(self.base)))
