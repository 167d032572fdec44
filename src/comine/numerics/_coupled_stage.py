"""One implicit stage of rock, skins and carriers together."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple, TypeVar

import numpy as np
from scipy.sparse import csr_array

from comine.numerics import Array, _kernels
from comine.numerics._coupled_lines import Lines
from comine.numerics._network import Network, Solved
from comine.numerics._stage_blocks import StageBlocks
from comine.numerics._stage_rock import (
    LOCAL_ERROR,
    MOST_SUBSTITUTIONS,
    PAST,
    ROUNDING,
    StageRock,
)
from comine.numerics.carrier import Walls
from comine.numerics.conduction import Exchange
from comine.numerics.coupled_problem import Coupled, CoupledControl
from comine.numerics.diffusion import DiffusionOperator
from comine.numerics.embedded import Stage, Still, at_rest, stage_of
from comine.numerics.krylov import BiCGStab, by_diagonal
from comine.numerics.skin_stage import GAMMA, second_start
from comine.numerics.skins import release

Made = TypeVar("Made")
MOST_ROUNDS = 20
LENGTHS_KEPT, SKINS_KEPT = 6, 30_000
"""Lengths of stages for which what serves them is kept, and skins of them in all."""
SHIFTS = 3
"""Even shifts that leave no heat over in sum where the heat capacity follows the temperature."""
FILTERED = 0.1
"""Residual of the filter of the error."""


class Start(NamedTuple):
    """What a stage starts from, or ends with."""

    cells: Array
    """Temperature that heat taken up is counted from [K]."""
    rings: Array
    unknown: Array
    blocks: Array
    gained: Array | float = 0.0
    """Heat that the cells hold beyond that at the start [J]."""


class Ended(NamedTuple):
    """A stage that was solved."""

    end: Start
    """With the heat that the cells have taken up in it."""
    heat: Array
    entering: Array
    """Through the six sides at its end, and by wells if any [W]."""
    rates: tuple[dict[str, Array], ...]
    iterations: int
    passes: int


class Rock(NamedTuple):
    """Matrix of the cells in a round of a stage."""

    exchange: Exchange
    operator: DiffusionOperator
    rounding: float
    """Residual of rounding over temperature [W/K]."""


class CoupledStages:
    """Stages of one problem; keeps what serves stages of the same length."""

    def __init__(self, problem: Coupled, control: CoupledControl) -> None:
        self.problem, self.control = problem, control
        self.network = Network(problem.carriers)
        self.rock = StageRock(problem.rock, problem.share)
        self.blocks = StageBlocks(problem.blocks, problem.rock.grid.shape)
        self.felt = csr_array(problem.embedded.hosts.felt)
        self.solver = BiCGStab(problem.rock.grid.shape)
        self.correction, self.right = np.zeros((2, *problem.rock.grid.shape))
        self.still: Still
        self._lines: tuple[float, Lines | None] | None = None
        self._skins: dict[float, tuple[Stage, Network]] = {}
        self._matrix: tuple[float, Rock] | None = None

    def skins(self, interval: float) -> Stage:
        """Skins in stages of one length; the network is then that of the same length."""

        def made() -> tuple[Stage, Network]:
            network = Network(self.problem.carriers)
            return network.prepared(stage_of(self.problem.embedded, interval)), network

        most = SKINS_KEPT // max(1, self.problem.embedded.size)
        stage, self.network = _kept(self._skins, interval, made, max(1, most))
        return stage

    def matrix(self, cells: Array, interval: float) -> Rock:
        """The matrix of the cells, with the blocks in them, at their temperatures."""
        if self._matrix and self._matrix[0] == interval and self.rock.constant:
            return self._matrix[1]
        self._matrix = self._lines = None  # no room for those of two lengths
        exchange = self.rock.exchange(cells)
        shift = self.rock.capacity(cells) / interval
        shift += exchange.operator.shift
        shift += self.blocks.slope
        operator = replace(exchange.operator, shift=shift)
        rock = Rock(exchange, operator, ROUNDING * norm(operator.diagonal()))
        self._matrix = interval, rock
        return rock

    def lines(self, stage: Stage, operator: DiffusionOperator) -> Lines | None:
        """Preconditioner of stages of one length, where it pays."""
        if self._lines is None or self._lines[0] != stage.interval:
            pay = self.problem.rock.symmetric and Lines.pay(operator)
            embedded = self.problem.embedded
            lines = Lines(operator, embedded, stage, self.correction) if pay else None
            self._lines = stage.interval, lines
        return self._lines[1]

    def renewed(self, cells: Array, rings: Array, begin: float, end: float) -> tuple[Array, Array]:
        """Cells and rings where walls are cut anew: what the skins held is given to the cells."""
        which = self.network.fresh(begin, end)
        if not which.any():
            return cells, rings
        left, heat = release(self.problem.embedded.skins, rings, which)
        given = (self.problem.embedded.hosts.spread @ heat).reshape(cells.shape)
        return self.rock.warmed(cells, given), left

    def solve(
        self, start: Start, guess: tuple[Array, Array, Array], time: float, interval: float
    ) -> Ended | None:
        """Solve a stage from a guess of cells, unknowns and heats; nothing if it fails.

        The cells of the guess are overwritten.
        """
        stage = self.skins(interval)
        self.still = still = at_rest(self.problem.embedded, stage, start.rings)
        self.blocks.begin(start.blocks, interval)
        if not self.rock.constant:
            self._lines = None
        cells, unknown, heat = guess
        right = self.right
        self.problem.rock.inflow(self.rock.exchange(start.cells), start.cells, time, right)
        right -= self.blocks.drawn(start.cells)
        scale = norm(right)
        iterations = passes = 0
        across = stage.across
        for _ in range(MOST_ROUNDS if self.problem.rock.linear else MOST_SUBSTITUTIONS):
            others = np.zeros(heat.size) if across is None else across @ heat
            axis = self.axis(cells) + still.beside + others
            solved = self.network.settle(
                stage, start.rings, start.unknown, (unknown, heat), axis, time
            )
            if solved is None:
                return None
            unknown, heat, passes = solved.unknown, solved.heat, passes + solved.passes
            given = still.given + stage.given @ heat
            rock = self.matrix(cells, interval)
            self._lacking(start, cells, rock.exchange, (time, interval))
            right.reshape(right.size)[self.problem.embedded.touched] += given
            limit = self.control.linear * max(scale, norm(given))
            level = max(abs(float(cells.min())), abs(float(cells.max())))
            limit = max(limit, rock.rounding * level)
            count, converged = self.correct(right, limit, stage, rock, solved)
            iterations += count
            if not converged:
                return None
            if self.rock.varies:
                warmer = self.problem.rock.warmed(cells, self.correction)
                self.correction, cells = warmer - cells, warmer
            else:
                cells += self.correction
            felt_change = self.felt @ self.correction.ravel()
            change, more = solved.by_axis(felt_change)
            unknown, heat = unknown + change, heat + more
            if self._settled(felt_change, across, others, heat):
                found, counts = (cells, unknown, heat), (iterations, passes)
                return self._ended(start, found, rock, (time, interval), counts)
        return None

    def _settled(
        self, felt_change: Array, across: csr_array | None, others: Array, heat: Array
    ) -> bool:
        """Whether another round would change no more than is allowed."""
        rock = self.problem.rock
        if not rock.linear and np.max(np.abs(self.correction)) > self.control.nonlinear:
            return False
        if self.network.linear and across is None:
            return True
        if across is not None:
            felt_change = np.maximum(np.abs(felt_change), np.abs(across @ heat - others))
        return bool(np.max(np.abs(felt_change), initial=0.0) <= self.control.close)

    def axis(self, cells: Array) -> Array:
        """Temperature on the skins' axes [K]."""
        return np.asarray(self.felt @ cells.ravel() + self.problem.undisturbed)

    def _lacking(
        self, start: Start, cells: Array, exchange: Exchange, when: tuple[float, float]
    ) -> None:
        """Put what the cells gain without the skins, less what they and their blocks take up, in
        `right` [W].
        """
        time, interval = when
        self.problem.rock.inflow(exchange, cells, time, self.right)
        self.rock.take(start.cells, cells, interval, self.right)
        if isinstance(start.gained, np.ndarray):
            _kernels.add(self.right, 1.0 / interval, start.gained, 0.0, start.gained)
        self.right -= self.blocks.drawn(cells)

    def correct(
        self, right: Array, limit: float, stage: Stage, rock: Rock, solved: Solved
    ) -> tuple[int, bool]:
        """Change of the cells for the residual, the network answering at once."""
        embedded, solve = self.problem.embedded, self.solver.solve

        def apply(u: Array, out: Array) -> Array:
            rock.operator.apply(u, out)
            _, heat = solved.by_axis(self.felt @ u.ravel())
            out.reshape(out.size)[embedded.touched] -= stage.given @ heat
            return out

        lines = self.lines(stage, rock.operator)
        stop = limit, self.control.iterations
        if lines:
            outcome = solve(apply, lines.with_network(solved), right, self.correction, stop)
        if not lines or not outcome.converged:
            diagonal = rock.operator.diagonal()
            slope = -solved.slope * stage.elimination.passed
            diagonal.reshape(diagonal.size)[embedded.touched] += embedded.diagonal_pattern @ slope
            outcome = solve(apply, by_diagonal(diagonal), right, self.correction, stop)
        return outcome.iterations, outcome.converged

    def _ended(
        self, start: Start, found: tuple[Array, Array, Array], rock: Rock,
        when: tuple[float, float], counts: tuple[int, int],
    ) -> Ended:  # fmt: skip
        """Close the stage: no heat lost in sum, rings and reports from the final temperatures."""
        cells, unknown, heat = found
        (time, interval), still = when, self.still
        stage = self.skins(interval)
        given = float((still.given + stage.given @ heat).sum())
        total = float(rock.operator.shift.sum())
        for _ in range(SHIFTS if self.rock.varies else 1):
            even = (self._over(start, cells, rock.exchange, when) + given) / total
            if self.rock.varies:
                cells = self.problem.rock.warmed(cells, np.full(cells.shape, even))
            else:
                cells += even
        rings = still.response.still + stage.elimination.warmed * heat
        felt = self.axis(cells) + still.beside + stage.beside @ heat
        entering = self.problem.rock.through(rock.exchange, cells, time)
        rates = self.network.rates(
            unknown, start.unknown, self.network.walls(stage, start.rings, felt, time), heat
        )
        gained = self.rock.stored(start.cells, cells)
        gained -= start.gained
        end = Start(cells, rings, unknown, self.blocks.end(cells), gained)
        return Ended(end, heat, np.array([q.sum() for q in entering]), rates, *counts)

    def _over(
        self, start: Start, cells: Array, exchange: Exchange, when: tuple[float, float]
    ) -> float:
        """What the cells gain in sum without the skins, less what they take up [W]."""
        time, interval = when
        rock = self.problem.rock
        entering = sum(float(q.sum()) for q in rock.through(exchange, cells, time))
        stored = self.rock.gain(start.cells, cells) - float(np.sum(start.gained))
        drawn = float(np.sum(self.blocks.drawn(cells)))
        return entering + rock.made - stored / interval - drawn

    def asides(
        self, start: Start, ended: Ended, time: float, interval: float
    ) -> dict[int, dict[str, Array]]:
        """What carriers that change nothing would report of the stage that was solved last."""
        reports = dict[int, dict[str, Array]]()
        for place, carrier in self.problem.asides.items():
            stage = self.skins(interval)
            own, skins = self.network.unknowns[place], self.network.skins[place]
            axis = self.axis(ended.end.cells) + self.still.beside
            if stage.across is not None:
                axis += stage.across @ ended.heat
            walls = Walls(stage.parts[place], start.rings[:, skins], axis[skins], time, interval)
            found = self.network.alone(place, carrier).settled(
                0, stage.pairs[place], walls, start.unknown[own],
                (ended.end.unknown[own], ended.heat[skins]),
            )  # fmt: skip
            before = start.unknown[own]
            unknown, heat = found[:2] if found else (before, np.zeros(carrier.skins))
            walls = walls._replace(felt=walls.felt + stage.pairs[place] @ heat)
            reports[place] = dict(carrier.rates(unknown, before, walls, heat))
        return reports

    def second(self, start: Start, one: Start) -> Start:
        """What the second stage starts from; it takes over the heat gained in the first."""
        return Start(
            start.cells,
            second_start(start.rings, one.rings),
            second_start(start.unknown, one.unknown),
            second_start(start.blocks, one.blocks),
            np.multiply(PAST, one.gained, out=np.asarray(one.gained)),
        )

    def error(self, start: Start, second: Start, two: Start, rate: Array, interval: float) -> float:
        """Local error of a step in the worst cell, filtered by the matrix of a stage [K]."""
        if self.control.tolerance == np.inf:
            return 0.0
        begin = self.rock.capacity(start.cells) * rate
        first, last = second.gained / PAST / interval, two.gained / interval
        bend = (last - first) / (1.0 - GAMMA) - (first - begin) / GAMMA
        bend *= LOCAL_ERROR / GAMMA
        operator = self.matrix(two.cells, interval).operator
        stop = FILTERED * norm(bend), self.control.iterations
        precondition = by_diagonal(operator.diagonal())
        self.solver.solve(operator.apply, precondition, bend, self.correction, stop)
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


def _kept(
    made: dict[float, Made], interval: float, make: Callable[[], Made], most: int = LENGTHS_KEPT
) -> Made:
    """What serves stages of one length; that of a few lengths is kept."""
    if interval not in made:
        while len(made) >= min(most, LENGTHS_KEPT):
            made.pop(next(iter(made)))
        made[interval] = make()
    return made[interval]
