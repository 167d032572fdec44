"""The compiled path against stored sparse matrices and dense algebra."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import diags_array
from scipy.sparse.linalg import spsolve

from comine.numerics import _kernels
from comine.numerics.compiled import threads
from comine.numerics.diffusion import DiffusionOperator
from comine.numerics.krylov import ConjugateGradients, bicgstab, conjugate_gradients

SHAPES = [(1, 1, 1), (1, 1, 7), (5, 1, 1), (1, 6, 2), (2, 2, 2), (7, 5, 9), (3, 40, 4)]


def random_operator(shape, seed=0, weakest=1e-3):
    rng = np.random.default_rng(seed)
    links = 10.0 ** rng.uniform(-2, 2, (3, *shape))
    for axis in range(3):
        np.moveaxis(links[axis], axis, 0)[-1] = 0.0
    return DiffusionOperator(links, weakest + rng.random(shape))


@pytest.mark.parametrize("shape", SHAPES)
def test_product_and_diagonal_are_those_of_the_stored_matrix(shape):
    operator = random_operator(shape)
    u = np.random.default_rng(1).normal(size=shape)
    matrix = operator.matrix()
    scale = abs(matrix) @ abs(u).ravel()
    assert np.all(abs(operator.apply(u).ravel() - matrix @ u.ravel()) <= 1e-12 * scale)
    assert operator.diagonal().ravel() == pytest.approx(matrix.diagonal(), rel=1e-14)
    assert abs(matrix - matrix.T).max() == 0
    assert np.asarray(matrix.sum(axis=0)).ravel() == pytest.approx(
        operator.shift.ravel(), abs=1e-12 * abs(matrix).max()
    )


def test_product_of_the_transpose():
    operator = random_operator((4, 5, 6))
    u, v = np.random.default_rng(1).normal(size=(2, 4, 5, 6))
    left, right = np.vdot(v, operator.apply(u)), np.vdot(operator.apply_transpose(v), u)
    assert left == pytest.approx(right, rel=1e-12)


def test_shift_adds_to_the_diagonal_only():
    operator = random_operator((4, 5, 6))
    more = operator.with_shift(np.full(operator.shape, 2.5))
    u = np.random.default_rng(1).normal(size=operator.shape)
    assert more.apply(u) == pytest.approx(operator.apply(u) + 2.5 * u, rel=1e-12, abs=1e-12)


def test_shapes_must_fit():
    with pytest.raises(ValueError, match="links"):
        DiffusionOperator(np.zeros((3, 2, 2, 2)), np.ones((2, 2, 3)))


@pytest.mark.parametrize("shape", SHAPES)
def test_conjugate_gradients_against_a_direct_solver(shape):
    operator = random_operator(shape)
    right = np.random.default_rng(2).normal(size=shape)
    solution, outcome = conjugate_gradients(operator, right, tolerance=1e-13)
    exact = np.reshape(spsolve(operator.matrix().tocsc(), right.ravel()), shape)
    assert outcome.converged
    assert solution == pytest.approx(exact, rel=1e-9, abs=1e-10 * abs(exact).max())


def test_conjugate_gradients_tell_their_true_residual():
    operator = random_operator((9, 8, 7), weakest=1.0)
    right = np.random.default_rng(2).normal(size=operator.shape)
    solution, outcome = conjugate_gradients(operator, right, tolerance=1e-6)
    residual = (right - operator.apply(solution)) / np.sqrt(operator.diagonal())
    assert outcome.residual == pytest.approx(np.linalg.norm(residual), rel=1e-6)
    assert outcome.residual <= 1e-6 * np.linalg.norm(right / np.sqrt(operator.diagonal()))


def test_conjugate_gradients_stop_at_the_iterations_allowed():
    operator = random_operator((9, 8, 7))
    outcome = conjugate_gradients(operator, np.ones(operator.shape), 1e-14, most=3)[1]
    assert outcome.iterations == 3
    assert not outcome.converged


def test_a_matrix_that_is_not_definite_is_refused():
    with pytest.raises(ValueError, match="operator"):
        conjugate_gradients(
            DiffusionOperator(np.zeros((3, 1, 1, 2)), np.zeros((1, 1, 2))), np.ones(2)
        )


def test_a_right_side_that_is_not_a_number_does_not_converge():
    operator = random_operator((3, 3, 3))
    right = np.full(operator.shape, np.nan)
    assert not conjugate_gradients(operator, right)[1].converged


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_solutions_stay_between_the_values_that_drive_them(seed):
    """Maximum principle of a backward Euler step without sources."""
    operator = random_operator((4, 3, 5), seed)
    before = np.random.default_rng(seed).uniform(-1.0, 1.0, operator.shape)
    after, _ = conjugate_gradients(operator, operator.shift * before, tolerance=1e-13)
    assert before.min() - 1e-9 <= after.min() <= after.max() <= before.max() + 1e-9


@pytest.mark.parametrize("speed", [0.0, 1.0, 50.0])
def test_bicgstab_with_upwind_advection_against_a_direct_solver(speed):
    operator = random_operator((5, 6, 7), weakest=1.0)
    size = operator.shift.size
    matrix = operator.matrix() + diags_array(
        [np.full(size, speed), np.full(size - 1, -speed)], offsets=[0, -1]
    )
    right = np.random.default_rng(2).normal(size=size)

    def apply(u, out):
        out[:] = matrix @ u
        return out

    solution, outcome = bicgstab(apply, matrix.diagonal(), right, tolerance=1e-12)
    assert outcome.converged
    assert solution == pytest.approx(spsolve(matrix.tocsc(), right), rel=1e-8, abs=1e-9)
    assert np.linalg.norm(right - matrix @ solution) <= 2e-12 * np.linalg.norm(right)


def test_bicgstab_follows_what_flows_away_from_where_it_begins():
    """A chain downstream of one cell: the residual leaves what the first one points at."""
    size = 60
    matrix = diags_array([np.full(size, 2.0), np.full(size - 1, -1.0)], offsets=[0, -1])
    right = np.zeros(size)
    right[0] = 1.0

    def apply(u, out):
        out[:] = matrix @ u
        return out

    solution, outcome = bicgstab(apply, matrix.diagonal(), right, tolerance=1e-12)
    assert outcome.converged
    assert solution == pytest.approx(0.5 ** np.arange(1.0, size + 1.0), rel=1e-6, abs=1e-12)


def test_bicgstab_breaks_down_honestly():
    skew = np.array([[1e-30, 1.0], [-1.0, 1e-30]])
    outcome = bicgstab(
        lambda u, out: np.matmul(skew, u, out=out), np.ones(2), np.array([1.0, 0.0]), most=8
    )[1]
    assert outcome.iterations <= 8
    assert not outcome.converged


def test_bicgstab_refuses_a_zero_on_the_diagonal():
    with pytest.raises(ValueError, match="diagonal"):
        bicgstab(lambda u, out: u, np.zeros(2), np.ones(2))


def test_results_do_not_depend_on_the_number_of_threads():
    operator = random_operator((23, 17, 31))
    right = np.random.default_rng(3).normal(size=operator.shape)
    found = []
    for count in (1, 2):
        with threads(count):
            solution, outcome = conjugate_gradients(operator, right)
            other, _ = bicgstab(operator.apply, operator.diagonal(), right)
            found.append((solution.tobytes(), other.tobytes(), outcome, _kernels.dot(right, right)))
    assert found[0] == found[1]


def test_several_threads_of_python_take_turns():
    operator = random_operator((12, 11, 10))
    right = np.random.default_rng(3).normal(size=operator.shape)
    with ThreadPoolExecutor(4) as pool:
        found = list(
            pool.map(lambda _: conjugate_gradients(operator, right)[0].tobytes(), range(8))
        )
    assert len(set(found)) == 1


@pytest.mark.parametrize("count", [0, 10_000])
def test_threads_must_exist(count):
    with pytest.raises(ValueError, match="threads"), threads(count):
        pass


def test_a_solver_can_be_used_again_after_a_failure_and_with_another_matrix():
    first, second = random_operator((4, 5, 6)), random_operator((4, 5, 6), seed=9)
    right, out = np.ones(first.shape), np.empty(first.shape)
    solver = ConjugateGradients(first.shape)
    solver.load(first)
    assert not solver.solve(np.full(first.shape, np.nan), out, 1e-12, 1000).converged
    for operator in (first, second, first):
        solver.load(operator)
        solver.solve(right, out, 1e-12 * solver.norm(right), 1000)
        assert operator.apply(out) == pytest.approx(right, rel=1e-8)
