"""One implicit stage of rock, skins and carriers together."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from comine.numerics import Array, _kernels
from comine.numerics._coupled_lines import Lines
from comine.numerics._network import Network, Solved
from comine.numerics.carrier import Walls
from comine.numerics.coupled_problem import Coupled, CoupledControl
from comine.numerics.diffusion import DiffusionOperator
from comine.numerics.embedded import Stage, Still, at_rest, stage_of
from comine.numerics.krylov import BiCGStab, by_diagonal
from comine.numerics.skin_stage import GAMMA, second_start
from comine.numerics.skins import release

MOST_ROUNDS = 20
LEAST_CAPACITY = 1e-3
"""Share of a cell's capacity that skins leave it at least."""
LENGTHS_KEPT = 6
ROUNDING = 2e-15
"""Residual of rounding, over temperature and diagonal."""
LOCAL_ERROR = (3 * GAMMA**2 - 2 * GAMMA**3 - 1 / 6) / GAMMA


class Start(NamedTuple):
    """What a stage starts from, or ends with."""

    cells: Array
    rings: Array
    unknown: Array


class Ended(NamedTuple):
    """A stage that was solved."""

    end: Start
    heat: Array
    sides: Array
    """Through the six sides at its end [W]."""
    rates: tuple[dict[str, Array], ...]
    iterations: int
    passes: int


class CoupledStages:
    """Stages of one problem; keeps what serves stages of the same length."""

    def __init__(self, problem: Coupled, control: CoupledControl) -> None:
        self.problem, self.control = problem, control
        rock, shape = problem.rock, problem.rock.grid.shape
        self.network = Network(problem.carriers)
        self.exchange = rock.exchange(np.empty(0))
        full = rock.heat_capacity
        displaced = problem.embedded.displaced().reshape(shape)
        self.capacity = np.maximum(full - displaced, LEAST_CAPACITY * full)
        self.felt = csr_array(problem.embedded.hosts.felt)
        self.solver = BiCGStab(shape)
        self.correction = np.zeros(shape)
        self.interval = 0.0
        self.still: Still
        self._lines: tuple[float, Lines | None] | None = None
        self._stages: dict[float, Stage] = {}
        self._cells: tuple[float, DiffusionOperator, float] | None = None

    def of_length(self, interval: float) -> Stage:
        """Skins for stages of one length."""
        if interval not in self._stages:
            while len(self._stages) >= LENGTHS_KEPT:
                self._stages.pop(next(iter(self._stages)))
            stage = self.network.prepared(stage_of(self.problem.embedded, interval))
            self._stages[interval] = stage
        return self._stages[interval]

    def cells(self, interval: float) -> tuple[DiffusionOperator, float]:
        """Cells' matrix for stages of one length, and the residual of rounding over temperature."""
        if self._cells is None or self._cells[0] != interval:
            self._cells = self._lines = None
            operator = self.exchange.operator.with_shift(self.capacity / interval)
            self._cells = (interval, operator, ROUNDING * norm(operator.diagonal()))
        return self._cells[1:]

    def lines(self, stage: Stage, operator: DiffusionOperator) -> Lines | None:
        """Preconditioner of stages of one length, where it pays."""
        if self._lines is None or self._lines[0] != stage.interval:
            pay = Lines.pay(operator)
            made = Lines(operator, self.problem.embedded, stage) if pay else None
            self._lines = (stage.interval, made)
        return self._lines[1]

    def renewed(self, cells: Array, rings: Array, begin: float, end: float) -> tuple[Array, Array]:
        """Cells and rings where walls are cut anew: what the skins held is given to the cells."""
        which = self.network.fresh(begin, end)
        if not which.any():
            return cells, rings
        left, heat = release(self.problem.embedded.skins, rings, which)
        given = (self.problem.embedded.hosts.spread @ heat).reshape(cells.shape)
        return cells + given / self.capacity, left

    def solve(
        self, start: Start, guess: tuple[Array, Array, Array], time: float, interval: float
    ) -> Ended | None:
        """Solve a stage from a guess of cells, unknowns and heats; nothing if it fails.

        The cells of the guess are overwritten.
        """
        self.interval = interval
        stage, rounding = self.of_length(interval), self.cells(interval)[1]
        self.still = still = at_rest(self.problem.embedded, stage, start.rings)
        cells, unknown, heat = guess
        right = self.problem.rock.inflow(self.exchange, start.cells, time)
        scale = norm(right)
        iterations = passes = 0
        across = stage.across
        for _ in range(MOST_ROUNDS):
            others = np.zeros(heat.size) if across is None else across @ heat
            axis = self.axis(cells) + still.beside + others
            solved = self.network.settle(
                stage, start.rings, start.unknown, (unknown, heat), axis, time
            )
            if solved is None:
                return None
            unknown, heat, passes = solved.unknown, solved.heat, passes + solved.passes
            given = still.given + stage.given @ heat
            self.residual(cells, start.cells, given, time, right)
            limit = self.control.linear * max(scale, float(np.linalg.norm(given)))
            level = max(abs(float(cells.min())), abs(float(cells.max())))
            count, converged = self.correct(right, max(limit, rounding * level), stage, solved)
            iterations += count
            if not converged:
                return None
            cells += self.correction
            felt_change = self.felt @ self.correction.ravel()
            change, more = solved.by_axis(felt_change)
            unknown, heat = unknown + change, heat + more
            if across is not None:
                felt_change = np.maximum(np.abs(felt_change), np.abs(across @ heat - others))
            near = np.max(np.abs(felt_change), initial=0.0) <= self.control.close
            if near or (self.network.linear and across is None):
                return self.ended(start, (cells, unknown, heat), still, time, (iterations, passes))
        return None

    def axis(self, cells: Array) -> Array:
        """Temperature on the skins' axes [K]."""
        return np.asarray(self.felt @ cells.ravel() + self.problem.undisturbed)

    def residual(
        self, cells: Array, before: Array, given: Array, time: float, out: Array
    ) -> None:
        """What the cells gain in sum, less what they store [W]."""
        self.problem.rock.inflow(self.exchange, cells, time, out)
        out.reshape(out.size)[self.problem.embedded.touched] += given
        _kernels.store(1.0 / self.interval, self.capacity, before, cells, out)

    def correct(
        self, right: Array, limit: float, stage: Stage, solved: Solved
    ) -> tuple[int, bool]:
        """Change of the cells for the residual, the network answering at once."""
        operator, touched = self.cells(stage.interval)[0], self.problem.embedded.touched

        def apply(u: Array, out: Array) -> Array:
            operator.apply(u, out)
            _, heat = solved.by_axis(self.felt @ u.ravel())
            out.reshape(out.size)[touched] -= stage.given @ heat
            return out

        lines = self.lines(stage, operator)
        stop = limit, self.control.iterations
        if lines:
            by_lines = lines.with_network(solved)
            outcome = self.solver.solve(apply, by_lines, right, self.correction, stop)
        if not lines or not outcome.converged:
            diagonal = operator.diagonal()
            slope = -solved.slope * stage.elimination.passed
            pattern = self.problem.embedded.diagonal_pattern
            diagonal.reshape(diagonal.size)[touched] += pattern @ slope
            outcome = self.solver.solve(
                apply, by_diagonal(diagonal), right, self.correction, stop
            )
        return outcome.iterations, outcome.converged

    def ended(
        self, start: Start, found: tuple[Array, Array, Array], still: Still, time: float,
        counts: tuple[int, int],
    ) -> Ended:  # fmt: skip
        """Close the stage: no heat lost in sum, rings and reports from the final temperatures."""
        cells, unknown, heat = found
        stage, rock = self.of_length(self.interval), self.problem.rock
        operator, _ = self.cells(self.interval)
        given = still.given + stage.given @ heat
        entering = sum(float(q.sum()) for q in rock.through(self.exchange, cells, time))
        stored = _kernels.gained(self.capacity, start.cells, cells) / self.interval
        lacking = entering + rock.made + float(given.sum()) - stored
        cells += lacking / float(operator.shift.sum())
        rings = still.response.still + stage.elimination.warmed * heat
        felt = self.axis(cells) + still.beside + stage.beside @ heat
        sides = np.array([q.sum() for q in rock.through(self.exchange, cells, time)])
        rates = self.network.rates(
            unknown, start.unknown, self.network.walls(stage, start.rings, felt, time), heat
        )
        return Ended(Start(cells, rings, unknown), heat, sides, rates, *counts)

    def asides(
        self, start: Start, ended: Ended, time: float, interval: float
    ) -> dict[int, dict[str, Array]]:
        """What carriers that change nothing would report of the stage that was solved last."""
        reports = dict[int, dict[str, Array]]()
        for place, carrier in self.problem.asides.items():
            stage = self.of_length(interval)
            own, skins = self.network.unknowns[place], self.network.skins[place]
            axis = self.axis(ended.end.cells) + self.still.beside
            if stage.across is not None:
                axis += stage.across @ ended.heat
            walls = Walls(stage.parts[place], start.rings[:, skins], axis[skins], time, interval)
            alone = Network([carrier])
            found = alone.settled(
                0, stage.pairs[place], walls, start.unknown[own],
                (ended.end.unknown[own], ended.heat[skins]),
            )  # fmt: skip
            before = start.unknown[own]
            unknown, heat = found[:2] if found else (before, np.zeros(carrier.skins))
            walls = walls._replace(felt=walls.felt + stage.pairs[place] @ heat)
            reports[place] = dict(carrier.rates(unknown, before, walls, heat))
        return reports

    def error(self, start: Start, one: Start, two: Start, rate: Array, length: float) -> float:
        """Local error of a step in the worst cell [K]."""
        if self.control.tolerance == np.inf:
            return 0.0
        first = (one.cells - start.cells) / (GAMMA * length)
        last = (two.cells - second_start(start.cells, one.cells)) / (GAMMA * length)
        bend = (last - first) / (1.0 - GAMMA) - (first - rate) / GAMMA
        self.correction = LOCAL_ERROR * length * bend
        return float(np.max(np.abs(self.correction)))

    def place(self) -> str:
        """Where the carriers had no solution, or else the last correction was greatest."""
        if self.network.unsettled:
            return "carrier {}, unknown {}".format(*self.network.unsettled)
        size = np.nan_to_num(np.abs(self.correction), nan=np.inf)
        number = np.unravel_index(int(np.argmax(size)), size.shape)
        at = (float(c[i]) for c, i in zip(self.problem.rock.grid.centres, number, strict=True))
        return "({:g}, {:g}, {:g}) m".format(*at)


def norm(values: Array) -> float:
    """Root of the sum of squares, whatever the number of threads."""
    return float(np.sqrt(_kernels.dot(values, values)))
