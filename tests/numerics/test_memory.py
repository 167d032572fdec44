import tracemalloc

import numpy as np
import pytest

from comine.numerics.conduction import Conduction, Sides, fixed
from comine.numerics.grid import Grid
from comine.numerics.heat_capacity import melting
from comine.numerics.memory import memory_needed
from comine.numerics.state import Control, State
from comine.numerics.stepping import advance

SHORT, LONG = 1e4, 1e10
KINDS = {
    "numbers": lambda grid: (3.0, 2e6),
    "cells": lambda grid: (np.full((3, *grid.shape), 3.0), np.full(grid.shape, 2e6)),
    "conductivity": lambda grid: (lambda t: 900.0 / t, 2e6),
    "capacity": lambda grid: (3.0, lambda t: 2e6 + t),
    "melting": lambda grid: (3.0, melting(2e6, 2e6, 1e8, 301.0, 303.0)),
}


def problem(kind, shape):
    grid = Grid(*(np.linspace(0.0, 100.0, n + 1) for n in shape))
    return Conduction(grid, *KINDS[kind](grid), sides=Sides(z_low=fixed(320.0)))


def run(kind, shape, step):
    control = Control(tolerance=100.0, first=step / 2, shortest=1e-6)
    made = problem(kind, shape)
    advance(made, State.at_rest(np.full(shape, 300.0)), step, control)
    return made


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", [SHORT, LONG])
def test_memory_told_is_that_measured(kind, step):
    run(kind, (4, 5, 6), step)
    tracemalloc.start()
    try:
        made = run(kind, (40, 30, 50), step)
        measured = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert memory_needed(made, step == LONG).total == pytest.approx(measured, rel=0.2)


def test_memory_grows_with_the_cells_and_is_told_in_words():
    small, large = (memory_needed(problem("numbers", (n, n, n))) for n in (20, 40))
    assert large.total == pytest.approx(8 * small.total, rel=0.1)
    assert str(large).startswith("0.019")
