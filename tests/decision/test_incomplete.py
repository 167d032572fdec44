import numpy as np
import pytest

from comine.decision.ahp import eigenvector_weights, geometric_mean_weights, prioritise
from comine.decision.comparisons import comparison_matrix
from comine.decision.incomplete import (
    harker_weights,
    lambda_min_completion,
    log_least_squares_weights,
    unlinked_groups,
)
from tests.cases import case, load_case


def thinned(seed, size, missing):
    rng = np.random.default_rng(seed)
    noise = np.exp(np.triu(rng.normal(0.0, 0.4, (size, size)), 1))
    matrix = noise / noise.T
    rows, columns = np.triu_indices(size, 2)  # the chain i, i + 1 stays
    gone = rng.choice(rows.size, missing, replace=False)
    matrix[rows[gone], columns[gone]] = matrix[columns[gone], rows[gone]] = np.nan
    return matrix


@case("decision/ahpy_incomplete_4x4")
def test_one_missing_comparison():
    data = load_case("decision/ahpy_incomplete_4x4")
    labels, tolerance = data["inputs"]["labels"], data["tolerance"]
    pairs = {tuple(k.split(",")): v for k, v in data["inputs"]["comparisons"].items()}
    matrix = comparison_matrix(labels, pairs)
    published = data["expected"]["published"]
    full = lambda_min_completion(matrix)
    assert full[2, 3] == pytest.approx(published["completed_c_d"], abs=tolerance["completed"])
    expected = [published["weights_lambda_min"][label] for label in labels]
    for w in (eigenvector_weights(full), prioritise(matrix, "lambda min").weights):
        np.testing.assert_allclose(w, expected, rtol=0, atol=tolerance["weights"])
    donegan_dodd = 0.8286  # index of the complete matrix that the source divides by
    index = prioritise(matrix, "lambda min").consistency_index
    assert index / donegan_dodd == pytest.approx(published["CR_donegan_dodd"], abs=6e-5)
    np.testing.assert_allclose(
        log_least_squares_weights(matrix),
        data["expected"]["computed"]["weights_LLSM_graph_laplacian"],
        rtol=0,
        atol=6e-7,
    )


def test_the_index_of_an_incomplete_set_is_stricter():
    matrix = thinned(2, 6, 4)
    p = prioritise(matrix)
    assert p.missing == 4
    assert p.method == "least squares"
    assert p.random_index < prioritise(np.ones((6, 6))).random_index
    assert p.consistency_ratio > prioritise(matrix, "lambda min").consistency_ratio


@pytest.mark.parametrize(("size", "missing"), [(5, 3), (10, 12), (20, 38)])
def test_smallest_eigenvalue_is_a_minimum(size, missing):
    matrix = thinned(size, size, missing)
    full = lambda_min_completion(matrix)
    best = np.linalg.eigvals(full).real.max()
    rows, columns = np.nonzero(np.triu(np.isnan(matrix)))
    assert rows.size == missing
    for i, j in zip(rows, columns, strict=True):
        for factor in (0.98, 1.02):
            moved = full.copy()
            moved[i, j] *= factor
            moved[j, i] /= factor
            assert np.linalg.eigvals(moved).real.max() > best
    known = ~np.isnan(matrix)
    np.testing.assert_array_equal(full[known], matrix[known])
    np.testing.assert_allclose(full * full.T, 1.0, rtol=1e-12)


def test_least_squares_against_a_general_solver():
    matrix = thinned(11, 20, 38)
    rows, columns = np.nonzero(np.triu(~np.isnan(matrix), 1))
    design = np.zeros((rows.size + 1, 20))
    k = np.arange(rows.size)
    design[k, rows], design[k, columns], design[-1] = 1.0, -1.0, 1.0
    logs = np.linalg.lstsq(design, np.append(np.log(matrix[rows, columns]), 0.0))[0]
    np.testing.assert_allclose(
        log_least_squares_weights(matrix), np.exp(logs) / np.exp(logs).sum(), rtol=1e-11
    )


def test_complete_set_is_the_geometric_mean():
    matrix = thinned(4, 7, 0)
    np.testing.assert_allclose(
        log_least_squares_weights(matrix), geometric_mean_weights(matrix), rtol=1e-13
    )
    np.testing.assert_array_equal(lambda_min_completion(matrix), matrix)


@pytest.mark.parametrize(("size", "missing"), [(5, 3), (20, 38)])
def test_harker_is_the_matrix_completed_with_its_own_ratios(size, missing):
    matrix = thinned(size, size, missing)
    unknown = np.isnan(matrix)
    values, vectors = np.linalg.eig(np.where(unknown, 0.0, matrix) + np.diag(unknown.sum(axis=1)))
    top = values.real.argmax()
    w = vectors[:, top].real / vectors[:, top].real.sum()
    np.testing.assert_allclose(harker_weights(matrix), w, rtol=1e-9)
    p = prioritise(matrix, "harker")
    np.testing.assert_allclose(p.weights, w, rtol=1e-9)
    assert p.lambda_max == pytest.approx(values[top].real, rel=1e-12)
    assert p.lambda_max >= prioritise(matrix, "lambda min").lambda_max - 1e-9
    full = np.where(unknown, w[:, None] / w, matrix)
    np.testing.assert_allclose(eigenvector_weights(full), w, rtol=1e-9)


def test_a_chain_gives_its_products():
    chain = comparison_matrix("abcd", {("a", "b"): 2.0, ("b", "c"): 3.0, ("c", "d"): 0.5})
    for method in ("least squares", "harker", "lambda min"):
        p = prioritise(chain, method)
        np.testing.assert_allclose(p.weights, np.array([6, 3, 1, 2]) / 12, rtol=1e-6)
        assert p.consistency_index == pytest.approx(0.0, abs=1e-12)
        assert p.consistency_ratio == p.geometric_index == 0.0


def test_unlinked_groups_are_named():
    matrix = comparison_matrix("abcde", {("a", "c"): 2.0, ("b", "d"): 3.0})
    assert unlinked_groups(matrix) == ((0, 2), (1, 3), (4,))
    for solve in (log_least_squares_weights, lambda_min_completion, harker_weights, prioritise):
        with pytest.raises(ValueError, match=r"\(0, 2\), \(1, 3\), \(4,\)"):
            solve(matrix)
