import numpy as np
import pytest

from comine.decision.weights import (
    critic_weights,
    entropy_weights,
    gini_weights,
    removal_weights,
    standard_deviation_weights,
)
from tests.cases import case, load_case


@case("decision/objective_weights_fighter")
def test_against_four_programs():
    data = load_case("decision/objective_weights_fighter")
    values, directions = data["inputs"]["matrix"], data["inputs"]["types"]
    expected, tolerance = data["expected"], data["tolerance"]["weights"]
    results = {
        "entropy": entropy_weights(values),
        "critic_with_direction": critic_weights(values, directions),
        "critic_without_direction": critic_weights(values, np.ones(6)),
    }
    for key, w in results.items():
        np.testing.assert_allclose(w, expected[key], rtol=0, atol=tolerance)
    np.testing.assert_allclose(
        entropy_weights(values, directions),
        expected["peers"]["pyDecision.entropy"],
        rtol=0,
        atol=tolerance,
    )
    peers = {
        "pymcdm.standard_deviation_weights": standard_deviation_weights(values, "none"),
        "pymcdm.gini_weights": gini_weights(values),
        "pymcdm.merec_weights": removal_weights(values, directions),
    }
    for key, w in peers.items():
        np.testing.assert_allclose(w, expected["peers"][key], rtol=0, atol=tolerance)


def test_gini_by_all_pairs():
    values = np.random.default_rng(4).uniform(1.0, 9.0, (11, 3))
    gini = abs(values[:, None] - values).sum(axis=(0, 1)) / (22 * values.sum(axis=0))
    np.testing.assert_allclose(gini_weights(values), gini / gini.sum(), rtol=1e-12)


def test_removal_is_a_removal():
    values = np.random.default_rng(6).uniform(1.0, 9.0, (5, 4))
    signs = np.array([1, -1, 1, -1])
    r = np.where(signs > 0, values.min(axis=0) / values, values / values.max(axis=0))

    def score(kept):
        return np.log(1.0 + abs(np.log(r[:, kept])).sum(axis=1) / 4)

    effect = [
        abs(score([k for k in range(4) if k != j]) - score([*range(4)])).sum() for j in range(4)
    ]
    np.testing.assert_allclose(
        removal_weights(values, signs), np.array(effect) / sum(effect), rtol=1e-12
    )


def test_direction_of_a_cost_is_taken():
    rng = np.random.default_rng(0)
    benefit = rng.uniform(1.0, 5.0, (12, 4))
    flipped = benefit.copy()
    flipped[:, 2] = 10.0 - flipped[:, 2]
    np.testing.assert_allclose(
        critic_weights(flipped, [1, 1, -1, 1]), critic_weights(benefit, np.ones(4)), rtol=1e-12
    )
    inverse = benefit.copy()
    inverse[:, 1] = 1.0 / inverse[:, 1]
    np.testing.assert_allclose(
        entropy_weights(inverse, [1, -1, 1, 1]), entropy_weights(benefit), rtol=1e-10
    )


def test_units_do_not_matter():
    values = np.random.default_rng(1).uniform(1.0, 9.0, (8, 3))
    scaled = values * [1e3, 1e-6, 1.0]
    np.testing.assert_allclose(entropy_weights(scaled), entropy_weights(values), rtol=1e-9)
    signs = [1, -1, 1]
    np.testing.assert_allclose(
        critic_weights(scaled, signs), critic_weights(values, signs), rtol=1e-9
    )
    for weigh in (gini_weights, standard_deviation_weights):
        np.testing.assert_allclose(weigh(scaled), weigh(values), rtol=1e-9)
    np.testing.assert_allclose(
        removal_weights(scaled, signs), removal_weights(values, signs), rtol=1e-9
    )
    raw = standard_deviation_weights(values, "none")
    assert not np.allclose(standard_deviation_weights(scaled, "none"), raw)


def test_equal_criterion_weighs_nothing():
    values = np.array([[1.0, 7.0, 4.0], [3.0, 7.0, 2.0], [2.0, 7.0, 5.0]])
    assert entropy_weights(values)[1] == 0.0
    assert critic_weights(values, [1, 1, 1])[1] == 0.0
    assert gini_weights(values)[1] == standard_deviation_weights(values)[1] == 0.0
    assert removal_weights(values, [1, -1, 1])[1] == 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: entropy_weights([[1.0, -1.0], [2.0, 3.0]]), "positive"),
        (lambda: entropy_weights([[1.0, 2.0]]), "two rows"),
        (lambda: entropy_weights([[1.0, 2.0], [1.0, 2.0]]), "must differ"),
        (lambda: entropy_weights([[1.0, 2.0], [2.0, 1.0]], [1, 0]), "1 or -1"),
        (lambda: critic_weights([[1.0, 2.0], [2.0, np.nan]], [1, 1]), "finite"),
        (lambda: critic_weights([[1.0, 2.0], [2.0, 3.0]], [1]), "2 of them"),
        (lambda: critic_weights([[1.0, 2.0], [2.0, 4.0]], [1, 1]), "must differ"),
        (lambda: gini_weights([[1.0, 0.0], [2.0, 3.0]]), "positive"),
        (lambda: removal_weights([[1.0, 0.0], [2.0, 3.0]], [1, 1]), "positive"),
        (lambda: removal_weights([[1.0, 2.0], [1.0, 2.0]], [1, 1]), "must differ"),
        (lambda: standard_deviation_weights([[1.0, 2.0], [1.0, 2.0]]), "must differ"),
        (lambda: standard_deviation_weights([[1.0], [2.0]], "z"), "normalisation must be"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
