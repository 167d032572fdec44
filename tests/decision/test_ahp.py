import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.decision.ahp import (
    eigenvector_weights,
    geometric_mean_weights,
    order_breaches,
    prioritise,
    worst_judgements,
)
from tests.cases import case, load_case

PUBLISHED = {"CR": "consistency_ratio", "CI": "consistency_index", "lambda_max": "lambda_max"}


def random_matrix(rng, size, spread):
    w = rng.uniform(0.2, 3.0, size)
    noise = np.exp(np.triu(rng.normal(0.0, spread, (size, size)), 1))
    return w[:, None] / w * noise / noise.T


def check_pairwise(name):
    data = load_case(name)
    published, computed = data["expected"]["published"], data["expected"]["computed"]
    tolerance = data["tolerance"]
    matrix = data["inputs"]["matrix"]
    saaty, regression = prioritise(matrix, table="saaty"), prioritise(matrix)
    given_weights = published.get("weights", computed["weights_eigenvector"])
    np.testing.assert_allclose(saaty.weights, given_weights, rtol=0, atol=tolerance["weights"])
    for key, field in PUBLISHED.items():
        if key in published:
            assert getattr(saaty, field) == pytest.approx(published[key], abs=tolerance[key])
    if "CR_alonso_lamata" in published:
        expected = pytest.approx(published["CR_alonso_lamata"], abs=tolerance["CR_alonso_lamata"])
        assert regression.consistency_ratio == expected
    if "GCI" in published:
        assert saaty.geometric_index == pytest.approx(published["GCI"], abs=tolerance["GCI"])
    last_digit = 6e-7
    np.testing.assert_allclose(
        saaty.weights, computed["weights_eigenvector"], rtol=0, atol=last_digit
    )
    np.testing.assert_allclose(
        geometric_mean_weights(matrix), computed["weights_geometric_mean"], rtol=0, atol=last_digit
    )
    assert saaty.lambda_max == pytest.approx(computed["lambda_max"], abs=last_digit)
    assert saaty.consistency_index == pytest.approx(computed["CI"], abs=last_digit)
    assert saaty.consistency_ratio == pytest.approx(computed["CR_saaty_RI"], abs=last_digit)
    assert regression.consistency_ratio == pytest.approx(
        computed["CR_alonso_lamata"], abs=last_digit
    )
    assert saaty.geometric_index == pytest.approx(computed["GCI"], abs=last_digit)
    return saaty


@case("decision/ahpsurvey_city_dm1")
def test_city_first():
    assert check_pairwise("decision/ahpsurvey_city_dm1").consistent


@case("decision/ahpsurvey_city_dm2")
def test_city_second():
    assert check_pairwise("decision/ahpsurvey_city_dm2").consistent


@case("decision/bpmsg_site_suitability_8")
def test_site_suitability():
    p = check_pairwise("decision/bpmsg_site_suitability_8")
    assert p.geometric_index < p.geometric_limit


@case("decision/saaty_drinks")
def test_drinks():
    assert check_pairwise("decision/saaty_drinks").consistent


@case("decision/saaty_school_selection")
def test_school_is_accepted_and_flagged():
    p = check_pairwise("decision/saaty_school_selection")
    assert not p.consistent
    assert p.geometric_index > p.geometric_limit


@case("decision/wikipedia_leader_criteria")
def test_leader_criteria():
    assert check_pairwise("decision/wikipedia_leader_criteria").consistent


@case("decision/gluc_consistent_3x3")
def test_consistent():
    p = check_pairwise("decision/gluc_consistent_3x3")
    data = load_case("decision/gluc_consistent_3x3")
    matrix = data["inputs"]["matrix"]
    np.testing.assert_allclose(
        geometric_mean_weights(matrix),
        data["expected"]["published"]["weights"],
        rtol=0,
        atol=data["tolerance"]["weights"],
    )
    assert worst_judgements(matrix) == ()
    assert order_breaches(matrix, p.weights) == ((), ())


@case("decision/bana_e_costa_cop")
def test_order_is_broken_in_spite_of_consistency():
    p = check_pairwise("decision/bana_e_costa_cop")
    matrix = load_case("decision/bana_e_costa_cop")["inputs"]["matrix"]
    breaches = order_breaches(matrix, p.weights)
    assert p.consistent
    assert breaches.preference == ()
    assert ((3, 4), (0, 3)) in breaches.intensity
    assert all(
        matrix[i][j] > matrix[k][m] and p.weights[i] * p.weights[m] < p.weights[k] * p.weights[j]
        for (i, j), (k, m) in breaches.intensity
    )


def test_preference_breach():
    matrix = [[1.0, 1.1, 1.0], [1 / 1.1, 1.0, 5.0], [1.0, 0.2, 1.0]]
    w = eigenvector_weights(matrix)
    assert w[1] > w[0]
    assert (0, 1) in order_breaches(matrix, w).preference


@pytest.mark.parametrize("size", [3, 8, 20, 40])
def test_eigenvector_against_general_solver(size):
    matrix = random_matrix(np.random.default_rng(size), size, 0.5)
    values, vectors = np.linalg.eig(matrix)
    k = values.real.argmax()
    expected = vectors[:, k].real / vectors[:, k].real.sum()
    p = prioritise(matrix)
    np.testing.assert_allclose(p.weights, expected, rtol=1e-11)
    assert p.lambda_max == pytest.approx(values[k].real, rel=1e-13)


def test_twenty_criteria():
    p = prioritise(random_matrix(np.random.default_rng(1), 20, 0.3))
    assert p.random_index == pytest.approx((1.7699 * 20 - 4.3513) / 19)
    assert 0.0 < p.consistency_ratio < 0.1
    assert len(p.weights) == 20
    with pytest.raises(ValueError, match="ends at size 15"):
        prioritise(np.ones((20, 20)), table="saaty")


def test_two_things_are_always_consistent():
    p = prioritise([[1.0, 3.0], [1.0 / 3.0, 1.0]])
    np.testing.assert_allclose(p.weights, [0.75, 0.25], rtol=1e-14)
    assert p.consistency_ratio == p.consistency_index == p.geometric_index == 0.0
    assert prioritise([[1.0]]).weights.tolist() == [1.0]
    assert prioritise([[1.0]]).consistency_ratio == 0.0


def test_values_off_the_scale_are_taken():
    w = eigenvector_weights([[1.0, 12.34], [1 / 12.34, 1.0]])
    assert w[0] / w[1] == pytest.approx(12.34)


def test_stack_equals_single():
    rng = np.random.default_rng(3)
    stack = np.stack([[random_matrix(rng, 6, 0.4) for _ in range(3)] for _ in range(2)])
    for weights in (eigenvector_weights, geometric_mean_weights):
        expected = [[weights(matrix) for matrix in row] for row in stack]
        np.testing.assert_allclose(weights(stack), expected, rtol=1e-13)


def test_a_spoilt_judgement_is_found_and_cured():
    w = np.array([5.0, 3.0, 2.0, 1.0, 0.5])
    matrix = w[:, None] / w
    matrix[1, 3], matrix[3, 1] = 1 / 3, 3.0
    worst = worst_judgements(matrix)
    assert (worst[0].row, worst[0].column) == (1, 3)
    assert worst[0].cure == pytest.approx(3.0)
    assert worst[0].cured_ratio == pytest.approx(0.0, abs=1e-12)
    assert len(worst) == 3
    assert all(w.cured_ratio > 0.01 for w in worst[1:])


def test_cure_is_the_fit_without_the_pair():
    matrix = random_matrix(np.random.default_rng(5), 6, 0.6)
    for judgement in worst_judgements(matrix, 15):
        left_out = matrix.copy()
        i, j = judgement.row, judgement.column
        left_out[i, j] = left_out[j, i] = np.nan
        w = prioritise(left_out, "least squares").weights
        assert judgement.cure == pytest.approx(w[i] / w[j], rel=1e-10)
    assert len(worst_judgements(matrix, 15)) == 15
    assert worst_judgements(matrix[:2, :2]) == ()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.05, 20.0), min_size=2, max_size=12))
def test_ratio_matrices_give_their_weights(w):
    ratios = np.array(w)[:, None] / w
    p = prioritise(ratios)
    np.testing.assert_allclose(p.weights, np.array(w) / sum(w), rtol=1e-10)
    np.testing.assert_allclose(geometric_mean_weights(ratios), p.weights, rtol=1e-10)
    assert abs(p.consistency_ratio) < 1e-10
    assert abs(p.geometric_index) < 1e-10
    assert order_breaches(ratios, p.weights) == ((), ())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 9), st.floats(1.05, 3.0))
def test_a_stronger_judgement_gives_more_weight(seed, size, factor):
    matrix = random_matrix(np.random.default_rng(seed), size, 0.5)
    stronger = matrix.copy()
    stronger[0, 1] *= factor
    stronger[1, 0] /= factor
    for weights in (eigenvector_weights, geometric_mean_weights):
        assert weights(stronger)[0] > weights(matrix)[0]
        assert weights(stronger)[1] < weights(matrix)[1]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 9))
def test_order_of_naming_does_not_matter(seed, size):
    rng = np.random.default_rng(seed)
    matrix, order = random_matrix(rng, size, 0.5), rng.permutation(size)
    moved = matrix[np.ix_(order, order)]
    np.testing.assert_allclose(
        prioritise(moved).weights, prioritise(matrix).weights[order], rtol=1e-12
    )
    assert prioritise(matrix).lambda_max >= size


def test_methods_and_their_needs():
    matrix = random_matrix(np.random.default_rng(8), 5, 0.5)
    np.testing.assert_allclose(
        prioritise(matrix, "least squares").weights,
        prioritise(matrix, "geometric mean").weights,
        rtol=1e-13,
    )
    np.testing.assert_allclose(
        prioritise(matrix, "lambda min").weights, prioritise(matrix).weights, rtol=1e-13
    )
    matrix[0, 1] = matrix[1, 0] = np.nan
    with pytest.raises(ValueError, match="needs a complete set, got 1 pairs"):
        prioritise(matrix, "eigenvector")


def test_weights_must_fit_the_matrix():
    with pytest.raises(ValueError, match="weights must be positive"):
        order_breaches(np.ones((3, 3)), [0.5, 0.5])
    with pytest.raises(ValueError, match="weights must be positive"):
        order_breaches(np.ones((2, 2)), [1.0, 0.0])
