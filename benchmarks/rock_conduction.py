"""Thirty years of conduction behind a cold wall: time, memory bandwidth used, growth with cells.

``python -m benchmarks.rock_conduction`` cools rock from a wall held 100 K below it, in 54 implicit
solves (27 steps of second order that grow with time), with 200,704 and 1,064,960 cells, against
the exact half-space; then one step of a year and one of ten in the same rock, cut ever finer, from
97,336 to 9,938,375 cells. The bandwidth of the memory is measured in the same run by a + s * b over
arrays beyond all caches, and set beside plain iterations of conjugate gradients. It ends with one
line of JSON.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.special import erf

from comine.numerics import Array
from comine.numerics.compiled import compiled, share, threads
from comine.numerics.conduction import Conduction, Sides, fixed
from comine.numerics.grid import Grid
from comine.numerics.krylov import ConjugateGradients
from comine.numerics.memory import memory_needed
from comine.numerics.state import Control, State
from comine.numerics.stepping import advance, march

YEAR = 365.25 * 86400.0
UNTIL = 30 * YEAR
CONDUCTIVITY, CAPACITY = 3.0, 2.2525e6
STEPS, FIRST = 27, 0.02 * YEAR
THREADS = 2
SHAPES = ((64, 28, 112), (128, 65, 128))
GROWTH = (46, 58, 100, 159, 215)
STRETCH = 80.0
LENGTHS = (YEAR, 10 * YEAR)
STREAM = 20_000_000
ITERATIONS, ROUNDS = 40, 4
SIDE, BEHIND, WARM, COLD = 500.0, 300.0, 150.0, 50.0


class Run(NamedTuple):
    """Thirty years of one grid."""

    seconds: float
    error: float
    iterations: int
    closure: float


def rock(shape: tuple[int, int, int]) -> Conduction:
    """Rock of 500 x 300 x 500 m, fine at the wall y = 0."""
    nx, ny, nz = shape
    ratio = 1.25 if ny < 40 else 1.1
    widths = ratio ** np.arange(ny)
    y = np.concatenate([[0.0], np.cumsum(widths) * BEHIND / widths.sum()])
    grid = Grid(np.linspace(0, SIDE, nx + 1), y, np.linspace(0, SIDE, nz + 1))
    return Conduction(grid, CONDUCTIVITY, CAPACITY, sides=Sides(y_low=fixed(COLD)))


def refined(cells: int) -> Conduction:
    """The same rock with a number of cells along each axis, those at the wall 80 times thinner."""
    y = BEHIND * (STRETCH ** (np.arange(cells + 1) / cells) - 1) / (STRETCH - 1)
    grid = Grid(np.linspace(0, SIDE, cells + 1), y, np.linspace(0, SIDE, cells + 1))
    return Conduction(grid, CONDUCTIVITY, CAPACITY, sides=Sides(y_low=fixed(COLD)))


def thirty_years(problem: Conduction) -> Run:
    """27 steps whose ends grow as the square of their number."""
    times = FIRST + (UNTIL - FIRST) * np.linspace(0.0, 1.0, STEPS) ** 2
    control = Control(tolerance=np.inf, threads=THREADS)
    start = State.at_rest(np.full(problem.grid.shape, WARM))
    begun = time.perf_counter()
    iterations, closure, state = 0, 0.0, start
    for reached in march(problem, start, times.tolist(), control):
        state = reached.state
        iterations += int(reached.ledger.iterations.sum())
        closure = max(closure, reached.ledger.closure.max())
    seconds = time.perf_counter() - begun
    depth = problem.grid.centres[1]
    exact = COLD + (WARM - COLD) * erf(depth / np.sqrt(4 * CONDUCTIVITY / CAPACITY * UNTIL))
    error = np.max(np.abs(state.temperature - exact[:, None]))
    return Run(seconds, float(error), iterations, float(closure))


@compiled
def triad(a: Array, b: Array, c: Array, first: int, last: int) -> None:
    """Store b + 3 c in a."""
    for k in range(first * a.size // 64, last * a.size // 64):
        a[k] = b[k] + 3.0 * c[k]


def best(call: Callable[[], object], times: int = 5) -> float:
    """Shortest of several runs after one that compiles [s]."""
    call()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def memory_use(problem: Conduction, count: int) -> tuple[float, float]:
    """Bandwidth of the memory and of an iteration, taken in turns [B/s]."""
    a, b, c = np.ones((3, STREAM))
    solver = ConjugateGradients(problem.grid.shape, worth=np.inf)
    start = np.full(problem.grid.shape, WARM)
    operator = problem.exchange(start).operator
    solver.load(operator.with_shift(problem.heat_capacity / YEAR))
    right = np.random.default_rng(0).normal(size=start.shape)
    out = np.empty_like(start)
    stream, sweeps = np.inf, np.inf
    with threads(count):
        for _ in range(ROUNDS):
            stream = min(stream, best(lambda: share(triad, a, b, c), 2))
            sweeps = min(sweeps, best(lambda: solver.solve(right, out, 0.0, ITERATIONS), 2))
    traffic = 8 * ConjugateGradients.TRAFFIC * problem.grid.size
    return 24 * STREAM / stream, traffic * ITERATIONS / sweeps


class Growth(NamedTuple):
    """One step of a length in ever finer grids."""

    cells: list[int]
    seconds: list[float]
    iterations: list[int]

    @property
    def exponent(self) -> float:
        """Slope of the time over the number of cells, both as logarithms."""
        return float(np.polyfit(np.log(self.cells), np.log(self.seconds), 1)[0])


def _step(problem: Conduction, length: float, counts: list[int]) -> None:
    start = State.at_rest(np.full(problem.grid.shape, WARM))
    control = Control(tolerance=np.inf, threads=THREADS)
    counts.append(int(advance(problem, start, length, control).ledger.iterations.sum()))


def growth(length: float) -> Growth:
    """One step of a length."""
    found = Growth([], [], [])
    for cells in GROWTH:
        problem, counts = refined(cells), list[int]()
        found.cells.append(problem.grid.size)
        found.seconds.append(round(best(partial(_step, problem, length, counts), 3), 3))
        found.iterations.append(counts[-1])
    return found


def main() -> None:
    """Run all and print the line."""
    begun = time.perf_counter()
    thirty_years(rock((4, 5, 6)))
    compiling = time.perf_counter() - begun
    small, large = (thirty_years(rock(shape)) for shape in SHAPES)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # KiB on Linux
    told = memory_needed(refined(GROWTH[-1])).total
    grown = [growth(length) for length in LENGTHS]
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    used = [memory_use(rock(SHAPES[1]), count) for count in (1, THREADS)]
    line = {
        "name": "rock_conduction",
        "ours_s": round(small.seconds, 2),
        "peer": None,
        "peer_s": None,
        "ratio": None,
        "error": round(small.error, 3),
        "peer_error": None,
        "memory_gb": round(memory / 1e9, 3),
        "ours_1m_s": round(large.seconds, 2),
        "error_1m": round(large.error, 3),
        "iterations": [small.iterations, large.iterations],
        "bandwidth_gb_s": [round(stream / 1e9, 1) for stream, _ in used],
        "share_of_bandwidth": [round(ours / stream, 2) for stream, ours in used],
        "cells": grown[0].cells,
        "step_s": [one.seconds for one in grown],
        "step_iterations": [one.iterations for one in grown],
        "growth_exponent": [round(one.exponent, 2) for one in grown],
        "memory_10m_gb": round(largest / 1e9, 2),
        "memory_10m_told_gb": round(told / 1e9, 2),
        "ledger": max(small.closure, large.closure),
        "first_call_s": round(compiling, 2),
        "threads": [1, THREADS],
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
