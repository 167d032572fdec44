import numpy as np
import pytest

from comine.decision.ahp import eigenvector_weights, geometric_mean_weights, prioritise
from comine.decision.comparisons import breached_pairs, checked_comparisons, comparison_matrix
from tests.cases import case, load_case


@case("decision/preprint_non_reciprocal_12")
def test_every_breached_pair_is_listed():
    data = load_case("decision/preprint_non_reciprocal_12")
    matrix = data["inputs"]["matrix"]
    pairs = data["expected"]["non_reciprocal_pairs_0based"]
    assert [[b.row, b.column] for b in breached_pairs(matrix)] == pairs
    for weights in (eigenvector_weights, geometric_mean_weights, prioritise):
        with pytest.raises(ValueError, match="reciprocal") as error:
            weights(matrix)
        assert all(f"[{i}, {j}] =" in str(error.value) for i, j in pairs)
    forced = geometric_mean_weights(matrix, tolerance=np.inf)
    expected = data["expected"]["weights_geometric_mean_if_forced"]
    np.testing.assert_allclose(forced.round(6), expected, rtol=0, atol=data["tolerance"]["weights"])


def test_matrix_from_comparisons():
    matrix = comparison_matrix("abc", {("a", "b"): 2.0, ("c", "b"): 4.0})
    assert matrix[1, 0] == 0.5
    assert matrix[1, 2] == 0.25
    assert np.isnan(matrix[0, 2])
    assert np.isnan(matrix[2, 0])
    with pytest.raises(ValueError, match="positive and reciprocal"):
        checked_comparisons(matrix)


@pytest.mark.parametrize(
    ("comparisons", "message"),
    [
        ({("a", "d"): 2.0}, "names no label"),
        ({("a", "b"): 2.0, ("b", "a"): 0.5}, "compared once"),
        ({("a", "a"): 1.0}, "compared once"),
        ({("a", "b"): 0.0}, "must be positive"),
        ({("a", "b"): float("nan")}, "must be positive"),
    ],
)
def test_bad_comparisons(comparisons, message):
    with pytest.raises(ValueError, match=message):
        comparison_matrix("abc", comparisons)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1.0, 2.0]], "square"),
        ([], "square"),
        ([[1.0, -2.0], [-0.5, 1.0]], "positive"),
        ([[1.0, np.inf], [0.0, 1.0]], "positive"),
        ([[2.0, 2.0], [0.5, 1.0]], r"\[0, 0\] = 2"),
        ([[1.0, np.nan], [0.5, 1.0]], r"\[0, 1\] = nan"),
        ([np.ones((2, 2)), [[1.0, 3.0], [3.0, 1.0]]], r"matrix\[1\]"),
    ],
)
def test_bad_matrices(matrix, message):
    with pytest.raises(ValueError, match=message):
        checked_comparisons(matrix)
    if np.isnan(np.asarray(matrix, dtype=float)).any():
        with pytest.raises(ValueError, match=message):
            checked_comparisons(matrix, incomplete=True)


def test_one_matrix_at_a_time_for_a_listing():
    with pytest.raises(ValueError, match="two dimensions"):
        breached_pairs(np.ones((3, 2, 2)))
    with pytest.raises(ValueError, match="two dimensions"):
        prioritise(np.ones((3, 2, 2)))


def test_labels_must_differ():
    with pytest.raises(ValueError, match="differ"):
        comparison_matrix("aba", {})
