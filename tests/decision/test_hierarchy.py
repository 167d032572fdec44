import numpy as np
import pytest

from comine.decision.ahp import eigenvector_weights, geometric_mean_weights, prioritise
from comine.decision.comparisons import comparison_matrix
from comine.decision.hierarchy import (
    aggregate_judgements,
    aggregate_priorities,
    global_weights,
    synthesise,
    total_consistency_ratio,
)
from tests.cases import case, load_case


@case("decision/wikipedia_leader_hierarchy")
def test_leader():
    data = load_case("decision/wikipedia_leader_hierarchy")
    criteria = load_case(f"decision/{data['inputs']['criteria_matrix_case']}")["inputs"]
    names = ["Moll", "Nell", "Sue"]
    sets = {}
    for criterion, pairs in data["inputs"]["comparisons"].items():
        matrix = comparison_matrix(names, {tuple(k.split(",")): v for k, v in pairs.items()})
        sets[criterion] = prioritise(matrix, table="saaty 2005")
    published, tolerance = data["expected"]["published"], data["tolerance"]
    local = [published["local"]["experience"][name] for name in names]
    np.testing.assert_allclose(sets["experience"].weights, local, rtol=0, atol=tolerance["weights"])
    for criterion, ratio in published["CR_saaty"].items():
        assert sets[criterion].consistency_ratio == pytest.approx(ratio, abs=tolerance["CR"])

    scores = np.stack([sets[label].weights for label in criteria["labels"]], axis=1)
    weights = eigenvector_weights(criteria["matrix"])
    exact = synthesise(weights, scores)
    by_tree = global_weights(weights, scores.T).reshape(4, 3).sum(axis=0)
    np.testing.assert_allclose(by_tree, exact, rtol=1e-14)
    targets = np.array([published["target_weights"][name] for name in names])
    # The source rounds every set to three digits before it composes them: its targets sum to
    # 1.001 and its third, 0.15, stands for 0.1491.
    rounded = scores.round(3) @ weights.round(3)
    np.testing.assert_allclose(rounded, targets, rtol=0, atol=tolerance["weights"])
    np.testing.assert_allclose(exact[:2], targets[:2], rtol=0, atol=tolerance["weights"])
    assert exact.sum() == pytest.approx(1.0, abs=1e-14)
    assert targets.sum() == pytest.approx(1.001, abs=1e-9)


@case("decision/group_aij_aip_two_experts")
def test_group_of_two():
    data = load_case("decision/group_aij_aip_two_experts")
    matrices = np.array(
        [load_case(f"decision/{n}")["inputs"]["matrix"] for n in data["inputs"]["matrix_cases"]]
    )
    joint = aggregate_judgements(matrices)
    results = {
        "aij_geometric_mean_weights": geometric_mean_weights(joint),
        "aip_geometric_weights": aggregate_priorities(geometric_mean_weights(matrices)),
        "aij_eigenvector_weights": eigenvector_weights(joint),
        "aip_arithmetic_of_eigenvectors": aggregate_priorities(
            eigenvector_weights(matrices), mean="arithmetic"
        ),
    }
    for key, w in results.items():
        np.testing.assert_allclose(
            w, data["expected"][key], rtol=0, atol=data["tolerance"]["weights"]
        )


@case("decision/belton_gear_rank_reversal")
def test_a_copy_turns_the_order_in_the_distributive_mode_only():
    data = load_case("decision/belton_gear_rank_reversal")
    scores = np.array(list(data["inputs"]["scores"].values()))
    weights = data["inputs"]["criteria_weights"]
    published, computed = data["expected"]["published"], data["expected"]["computed"]
    for mode in ("distributive", "ideal"):
        for count, key in ((3, f"{mode}_ABC"), (4, f"{mode}_ABCD")):
            result = synthesise(weights, scores[:count], mode)
            np.testing.assert_allclose(result, computed[key], rtol=0, atol=6e-5)
            np.testing.assert_allclose(
                result,
                published.get(key, computed[key]),
                rtol=0,
                atol=data["tolerance"]["score"],
            )
            assert result.argmax() == (0 if key == "distributive_ABCD" else 1)


def test_experts_with_unequal_weight_and_gaps():
    nan = np.nan
    first = [[1, 2, nan], [0.5, 1, 4], [nan, 0.25, 1]]
    second = [[1, 8, nan], [0.125, 1, nan], [nan, nan, 1]]
    joint = aggregate_judgements([first, second], [0.75, 0.25])
    assert joint[0, 1] == pytest.approx(2**0.75 * 8**0.25)
    assert joint[1, 2] == pytest.approx(4.0)
    assert np.isnan(joint[0, 2])
    np.testing.assert_allclose(
        aggregate_priorities([[0.8, 0.2], [0.5, 0.5]], [1.0, 0.0]), [0.8, 0.2]
    )


def test_total_ratio():
    same = total_consistency_ratio([0.3, 0.7], [0.058, 0.09], [0.58, 0.9])
    assert same == pytest.approx(0.1)
    assert total_consistency_ratio([0.5, 0.5], [0.0, 0.0], [0.0, 0.0]) == 0.0


def test_three_levels():
    middle = global_weights([0.6, 0.4], [[0.5, 0.5], [1.0]])
    w = global_weights(middle, [[1.0], [0.25, 0.75], [0.5, 0.5]])
    np.testing.assert_allclose(w, [0.3, 0.075, 0.225, 0.2, 0.2])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: global_weights([0.6, 0.4], [[1.0]]), "2 parents, got 1"),
        (lambda: global_weights([0.6, 0.3], [[1.0], [1.0]]), "parents must be"),
        (lambda: global_weights([0.6, 0.4], [[1.0], [0.5]]), r"children\[1\]"),
        (lambda: synthesise([1.0], [[0.0], [0.0]]), "not all 0"),
        (lambda: synthesise([1.0], [[1.0, 2.0]]), "1 columns"),
        (lambda: synthesise([1.0], [[1.0]], "best"), "mode must be"),
        (lambda: total_consistency_ratio([1.0], [0.1, 0.1], [0.5]), "shape"),
        (lambda: aggregate_judgements([[1.0, 2.0], [0.5, 1.0]]), "shape"),
        (lambda: aggregate_judgements([[[1, 2], [2, 1]]]), r"matrix\[0\]"),
        (lambda: aggregate_judgements(np.ones((2, 2, 2)), [1.0]), "2 experts, got 1"),
        (lambda: aggregate_priorities([[1.0, 0.0]]), "positive"),
        (lambda: aggregate_priorities([[0.5, 0.5]], mean="median"), "mean must be"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
