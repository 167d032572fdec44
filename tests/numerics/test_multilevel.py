"""The levels against their formula in dense matrices, and what they do to the iterations."""

import numpy as np
import pytest

from comine.numerics.compiled import threads
from comine.numerics.conduction import Conduction, Sides, fixed
from comine.numerics.diffusion import DiffusionOperator
from comine.numerics.grid import Box, Grid, graded
from comine.numerics.krylov import ConjugateGradients
from comine.numerics.multilevel import FACTOR, WEAK, Multilevel, gain


def operator_of(grid, step, conductivity=3.0):
    problem = Conduction(grid, conductivity, 2.25e6, sides=Sides(y_low=fixed(300.0)))
    exchange = problem.exchange(np.full(grid.shape, 300.0))
    return exchange.operator.with_shift(problem.heat_capacity / step)


def uneven(shape, seed=0):
    rng = np.random.default_rng(seed)
    return Grid(*(np.concatenate([[0.0], np.cumsum(rng.uniform(0.5, 2.0, n))]) for n in shape))


def interpolation(centres):
    """Linear interpolation from groups of cells, row by row, constant beyond the last middle."""
    groups = [centres[i : i + FACTOR] for i in range(0, centres.size, FACTOR)]
    middles = np.array([group.mean() for group in groups])
    matrix = np.zeros((centres.size, middles.size))
    for i, place in enumerate(centres):
        for j in range(middles.size):
            matrix[i, j] = np.interp(place, middles, np.eye(middles.size)[j])
    return matrix, middles


def paths(link, axis):
    """Links between groups, in series from middle to middle, along an axis."""
    fine = np.moveaxis(link, axis, 0)
    count = fine.shape[0]
    groups = -(-count // FACTOR)
    coarse = np.zeros((groups, *fine.shape[1:]))
    for g in range(groups - 1):
        face, end = FACTOR * (g + 1), min(FACTOR * (g + 2), count)
        path = 1 / fine[face - 1]
        for i in range(face - FACTOR, face - 1):
            path = path + (i - face + FACTOR + 1) / FACTOR / fine[i]
        for i in range(face, end - 1):
            path = path + (end - 1 - i) / (end - face) / fine[i]
        coarse[g] = 1 / path
    return np.moveaxis(coarse, 0, axis)


def joined(operator, axis):
    starts = np.arange(0, operator.shape[axis], FACTOR)
    links = [
        paths(link, a) if a == axis else np.add.reduceat(link, starts, axis=axis)
        for a, link in enumerate(operator.links)
    ]
    return DiffusionOperator(np.array(links), np.add.reduceat(operator.shift, starts, axis=axis))


def lines_only(operator, axis):
    links = np.zeros_like(operator.links)
    links[axis] = operator.links[axis]
    only = DiffusionOperator(links, np.zeros(operator.shape))
    return only.matrix().toarray() - np.diag(only.diagonal().ravel() - operator.diagonal().ravel())


def along(matrix, axis, shape):
    """A matrix along one axis as one of all cells."""
    return np.kron(
        np.kron(np.eye(int(np.prod(shape[:axis]))), matrix),
        np.eye(int(np.prod(shape[axis + 1 :]))),
    )


def dense(operator, grid, axes):
    """Sum over the table of grids, by dense matrices."""
    line, outer, inner = axes
    size = operator.shift.size
    total, first, centres = np.zeros((size, size)), np.eye(size), list(grid.centres)
    row = operator
    while True:
        current, lift, middles = row, first, centres[inner]
        while True:
            total += lift @ np.linalg.inv(lines_only(current, line)) @ lift.T
            if np.max(current.links[inner] / current.shift) <= WEAK:
                break
            matrix, middles = interpolation(middles)
            lift = lift @ along(matrix, inner, current.shape)
            current = joined(current, inner)
        if np.max(row.links[outer] / row.shift) <= WEAK:
            return total
        matrix, centres[outer] = interpolation(centres[outer])
        first = first @ along(matrix, outer, row.shape)
        row = joined(row, outer)


@pytest.mark.parametrize(
    ("stretch", "axes"),
    [((1.0, 0.02, 0.3), (1, 2, 0)), ((0.02, 0.4, 1.0), (0, 1, 2)), ((1.0, 0.3, 0.02), (2, 1, 0))],
)
@pytest.mark.parametrize("step", [1e6, 1e9])
def test_levels_are_the_sum_that_they_claim_to_be(stretch, axes, step):
    grid = uneven((6, 5, 9))
    grid = Grid(*(edges * s for edges, s in zip(grid.edges, stretch, strict=True)))
    operator = operator_of(grid, step)
    levels = Multilevel(operator, grid.centres)
    root = np.sqrt(operator.diagonal()).ravel()
    expected = root[:, None] * dense(operator, grid, axes) * root
    assert levels.axis == axes[0]
    found = np.empty(expected.shape)
    for k in range(len(found)):
        unit, out = np.zeros(operator.shape), np.empty(operator.shape)
        unit.flat[k] = 1.0
        levels.solve(unit, 1.0, out)
        found[:, k] = out.ravel()
    assert found == pytest.approx(expected, abs=2e-4 * np.abs(expected).max())
    assert np.linalg.eigvalsh(found + found.T).min() > 0


def solved(operator, centres, worth, tolerance=1e-6):
    right = np.random.default_rng(2).normal(size=operator.shape) * operator.shift
    solver = ConjugateGradients(operator.shape, centres, worth)
    solver.load(operator)
    out = np.empty(operator.shape)
    outcome = solver.solve(right, out, tolerance * solver.norm(right), 5000)
    residual = (right - operator.apply(out)) / np.sqrt(operator.diagonal())
    assert outcome.converged
    assert np.linalg.norm(residual) <= 1.1 * tolerance * solver.norm(right)
    return out, outcome.iterations


def test_iterations_stay_bounded_where_those_of_the_diagonal_grow(measured):
    counts = []
    for cells in (16, 32, 64):
        grid = Grid(*[np.linspace(0.0, 100.0, cells + 1)] * 3)
        operator = operator_of(grid, 3e9)
        counts.append([solved(operator, grid.centres, worth)[1] for worth in (np.inf, 0.0)])
    diagonal, levels = np.transpose(counts)
    assert diagonal[2] > 1.6 * diagonal[1] > 2.5 * diagonal[0]
    what = f"even cubes, 16, 32, 64 cells a side, to 1e-6 (diagonal: up to {diagonal.max()})"
    measured.deviation("rock-grid", f"iterations, {what}", "a bound", levels, 49, "")
    assert levels[2] < 1.35 * levels[1]


def test_iterations_in_a_grid_graded_along_all_axes(measured):
    box = Box((24.0, 24.0, 24.0), (26.0, 26.0, 26.0), 0.2)
    grid = graded([box], (0.0, 0.0, 0.0), (100.0, 100.0, 100.0), 1.3)
    for step in (1e7, 1e9):
        operator = operator_of(grid, step)
        what = "iterations, grid graded along all axes from 0.2 m, to 1e-6"
        measured.deviation(
            "rock-grid", what, "a bound", solved(operator, grid.centres, 0.0)[1], 69, ""
        )
    assert solved(operator, grid.centres, np.inf)[1] > 300


def test_solutions_with_and_without_levels_agree_to_tight_tolerances():
    grid = uneven((23, 17, 31))
    rng = np.random.default_rng(5)
    operator = operator_of(grid, 1e9, 10.0 ** rng.uniform(-1, 1, grid.shape))
    one, two = (solved(operator, grid.centres, worth, 1e-11)[0] for worth in (0.0, np.inf))
    assert one == pytest.approx(two, rel=1e-6, abs=1e-8 * np.abs(two).max())


def test_cells_that_conduct_nothing_and_axes_of_one_cell():
    for shape in ((1, 1, 40), (40, 1, 1), (1, 30, 2)):
        grid = uneven(shape)
        assert solved(operator_of(grid, 1e9), grid.centres, 0.0)[1] < 40
    grid = uneven((12, 12, 12))
    conductivity = np.full(grid.shape, 3.0)
    conductivity[4:8, 3:9, 5:7] = 0.0
    solved(operator_of(grid, 1e9, conductivity), grid.centres, 0.0)


def test_results_do_not_depend_on_the_number_of_threads():
    grid = uneven((40, 33, 41))
    operator = operator_of(grid, 1e9)
    found = []
    for count in (1, 2):
        with threads(count):
            found.append(solved(operator, grid.centres, 0.0))
    assert found[0][0].tobytes() == found[1][0].tobytes()
    assert found[0][1] == found[1][1]


def test_levels_are_made_where_they_pay():
    grid = Grid(*[np.linspace(0.0, 100.0, 17)] * 3)
    assert gain(operator_of(grid, 1e7)) < 1 < gain(operator_of(grid, 1e10))
    thin, many = (Grid(grid.x, np.geomspace(0.01, 100.0, n), grid.z) for n in (17, 65))
    assert gain(operator_of(many, 1e7)) > 1 > gain(operator_of(thin, 1e7))
    few = solved(operator_of(thin, 1e7), thin.centres, np.inf)[1]
    assert few < 0.6 * solved(operator_of(many, 1e7), many.centres, np.inf)[1]
    solver = ConjugateGradients(grid.shape, grid.centres)
    solver.load(operator_of(grid, 1e10))
    assert solver.levels is not None
    solver.load(operator_of(grid, 1e7))
    assert solver.levels is None
