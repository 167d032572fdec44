"""One implicit stage of rock, skins and carriers together."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import numpy as np
from scipy.sparse import csr_array

from comine.numerics import Array, _kernels
from comine.numerics._coupled_lines import Lines
from comine.numerics._network import Network, Solved
from comine.numerics._stage_rock import (
    LOCAL_ERROR,
    MOST_SUBSTITUTIONS,
    PAST,
    ROUNDING,
    StageRock,
)
from comine.numerics.block_stage import Begun, Pivots, begin_blocks, eliminate_blocks, end_blocks
from comine.numerics.carrier import Walls
from comine.numerics.conduction import Exchange
from comine.numerics.coupled_problem import Coupled, CoupledControl
from comine.numerics.diffusion import DiffusionOperator
from comine.numerics.embedded import Stage, Still, at_rest, stage_of
from comine.numerics.krylov import bicgstab
from comine.numerics.skin_stage import GAMMA, second_start
from comine.numerics.skins import release

Made = TypeVar("Made")
MOST_ROUNDS = 20
LENGTHS_KEPT = 6
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
    diagonal: Array


class CoupledStages:
    """Stages of one problem; keeps what serves stages of the same length."""

    def __init__(self, problem: Coupled, control: CoupledControl) -> None:
        self.problem, self.control = problem, control
        self.network = Network(problem.carriers)
        self.rock = StageRock(problem.rock, problem.share)
        self.felt = csr_array(problem.embedded.hosts.felt)
        self.correction = np.zeros(problem.rock.grid.shape)
        self.still: Still
        self.begun: Begun
        self._lines: tuple[float, Lines | None] | None = None
        self._skins: dict[float, Stage] = {}
        self._pivots: dict[float, Pivots] = {}
        self._matrices: dict[float, Rock] = {}

    def skins(self, interval: float) -> Stage:
        """Skins in stages of one length."""
        return _kept(
            self._skins,
            interval,
            lambda: self.network.prepared(stage_of(self.problem.embedded, interval)),
        )

    def pivots(self, interval: float) -> Pivots:
        """Blocks in stages of one length."""
        return _kept(
            self._pivots, interval, lambda: eliminate_blocks(self.problem.blocks, interval)
        )

    def matrix(self, cells: Array, interval: float) -> Rock:
        """The matrix of the cells, with the blocks in them, at their temperatures."""

        def made() -> Rock:
            exchange = self.rock.exchange(cells)
            taken_up = self.rock.capacity(cells) / interval
            operator = exchange.operator.with_shift(
                taken_up + self._in_cells(self.pivots(interval).slope)
            )
            return Rock(exchange, operator, operator.diagonal())

        return _kept(self._matrices, interval, made) if self.rock.constant else made()

    def lines(self, stage: Stage, operator: DiffusionOperator) -> Lines | None:
        """Preconditioner of stages of one length, where it pays."""
        if self._lines is None or self._lines[0] != stage.interval:
            pay = self.problem.rock.symmetric and Lines.pay(operator)
            self._lines = (stage.interval, Lines(operator, self.felt, stage) if pay else None)
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
        """Solve a stage from a guess of cells, unknowns and heats; nothing if it fails."""
        stage = self.skins(interval)
        self.still = still = at_rest(self.problem.embedded, stage, start.rings)
        self.begun = begin_blocks(self.problem.blocks, self.pivots(interval), start.blocks)
        if not self.rock.constant:
            self._lines = None
        cells, unknown, heat = guess
        flows = self.problem.rock.inflow(self.rock.exchange(start.cells), start.cells, time)
        scale = norm(flows - self._drawn(start.cells, interval))
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
            given = (still.given + stage.given @ heat).reshape(cells.shape)
            rock = self.matrix(cells, interval)
            right = self._lacking(start, cells, rock.exchange, (time, interval))
            right += given
            limit = self.control.linear * max(scale, norm(given))
            limit = max(limit, ROUNDING * norm(rock.diagonal * cells))
            count, converged = self.correct(right, limit, stage, rock, solved)
            iterations += count
            if not converged:
                return None
            warmer = self.problem.rock.warmed(cells, self.correction)
            self.correction, cells = warmer - cells, warmer
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

    def _taken(self, start: Start, cells: Array, interval: float) -> Array:
        """What the cells take up in a stage [W]."""
        return np.asarray((self.rock.stored(start.cells, cells) - start.gained) / interval)

    def _lacking(
        self, start: Start, cells: Array, exchange: Exchange, when: tuple[float, float]
    ) -> Array:
        """What the cells gain without the skins, less what they take up [W]."""
        time, interval = when
        right = self.problem.rock.inflow(exchange, cells, time)
        right -= self._taken(start, cells, interval) + self._drawn(cells, interval)
        return right

    def _drawn(self, cells: Array, interval: float) -> Array | float:
        """What the blocks take from their cells in the stage [W]."""
        blocks = self.problem.blocks
        if not blocks.lots:
            return 0.0
        return self._in_cells(
            self.begun.rest + self.pivots(interval).slope * cells.ravel()[blocks.cell]
        )

    def _in_cells(self, lots: Array) -> Array | float:
        """Sum over the lots of blocks in each cell; 0 where there are none."""
        if not lots.size:
            return 0.0
        sums = np.bincount(self.problem.blocks.cell, lots, self.correction.size)
        return np.asarray(sums.reshape(self.correction.shape))

    def correct(
        self, right: Array, limit: float, stage: Stage, rock: Rock, solved: Solved
    ) -> tuple[int, bool]:
        """Change of the cells for the residual, the network answering at once."""
        size = norm(right)
        self.correction.fill(0.0)
        if size <= limit:
            return 0, True
        slope = -solved.slope * stage.elimination.passed
        total = rock.diagonal + (self.problem.embedded.diagonal_pattern @ slope).reshape(
            right.shape
        )

        def apply(u: Array, out: Array) -> Array:
            rock.operator.apply(u, out)
            _, heat = solved.by_axis(self.felt @ u.ravel())
            out -= (stage.given @ heat).reshape(out.shape)
            return out

        lines = self.lines(stage, rock.operator)
        tolerance, most = limit / size, self.control.iterations
        if lines:
            found, outcome = bicgstab(
                apply, total, right, tolerance, most, lines.with_network(solved)
            )
        if not lines or not outcome.converged:
            found, outcome = bicgstab(apply, total, right, tolerance, most)
        self.correction = found
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
            lacking = float(self._lacking(start, cells, rock.exchange, when).sum()) + given
            cells = self.problem.rock.warmed(cells, np.full(cells.shape, lacking / total))
        rings = still.response.still + stage.elimination.warmed * heat
        felt = self.axis(cells) + still.beside + stage.beside @ heat
        entering = self.problem.rock.through(rock.exchange, cells, time)
        rates = self.network.rates(
            unknown, start.unknown, self.network.walls(stage, start.rings, felt, time), heat
        )
        blocks = end_blocks(self.problem.blocks, self.pivots(interval), self.begun, cells)
        end = Start(cells, rings, unknown, blocks, interval * self._taken(start, cells, interval))
        return Ended(end, heat, np.array([q.sum() for q in entering]), rates, *counts)

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

    def second(self, start: Start, one: Start) -> Start:
        """What the second stage starts from."""
        return Start(
            start.cells,
            second_start(start.rings, one.rings),
            second_start(start.unknown, one.unknown),
            second_start(start.blocks, one.blocks),
            PAST * one.gained,
        )

    def error(self, start: Start, one: Start, two: Start, rate: Array, interval: float) -> float:
        """Local error of a step in the worst cell, filtered by the matrix of a stage [K]."""
        if self.control.tolerance == np.inf:
            return 0.0
        begin = self.rock.capacity(start.cells) * rate
        first, last = one.gained / interval, two.gained / interval
        bend = (last - first) / (1.0 - GAMMA) - (first - begin) / GAMMA
        rock = self.matrix(two.cells, interval)
        self.correction, _ = bicgstab(
            rock.operator.apply, rock.diagonal, LOCAL_ERROR / GAMMA * bend, FILTERED,
            self.control.iterations,
        )  # fmt: skip
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


def _kept(made: dict[float, Made], interval: float, make: Callable[[], Made]) -> Made:
    """What serves stages of one length; that of a few lengths is kept."""
    if interval not in made:
        while len(made) >= LENGTHS_KEPT:
            made.pop(next(iter(made)))
        made[interval] = make()
    return made[interval]
