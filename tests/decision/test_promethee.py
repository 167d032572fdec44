import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from comine.decision.promethee import GAUSSIAN_LIMIT, Preference, promethee
from tests.cases import case, load_case

SIX = {"t1": "usual", "t2": "U", "t3": "V", "t4": "level", "t5": "linear", "t6": "Gaussian"}
EVERY_SHAPE = [
    Preference("usual"),
    Preference("U", indifference=1.5),
    Preference("V", strict=3.0),
    Preference("level", indifference=1.0, strict=2.5),
    Preference("linear", indifference=0.5, strict=4.0),
    Preference("Gaussian", inflection=2.0),
]
SIGNS = np.array([1, -1, 1, -1, 1, -1])
WEIGHTS = np.array([0.1, 0.15, 0.3, 0.2, 0.05, 0.2])


def preference_of(shape, q, p, s, d):
    """Definition, one difference at a time."""
    if d <= 0.0:
        return 0.0
    return {
        "usual": 1.0,
        "U": float(d > q),
        "V": min(d / p, 1.0) if p else 1.0,
        "level": 0.5 * (d > q) + 0.5 * (d > p),
        "linear": min(max((d - q) / (p - q), 0.0), 1.0) if p > q else 0.0,
        "Gaussian": 1.0 - np.exp(-(d**2) / (2.0 * s**2)) if s else 0.0,
    }[shape]


def by_pairs(values, weights, signs, preferences):
    n = len(values)
    over = np.zeros((n, n))
    for a in range(n):
        for b in range(n):
            for j, preference in enumerate(preferences):
                d = signs[j] * (values[a][j] - values[b][j])
                over[a, b] += weights[j] * preference_of(*preference, d)
    return over.sum(axis=1) / (n - 1), over.sum(axis=0) / (n - 1)


@case("decision/brans_power_plants_promethee2")
def test_power_plants():
    data = load_case("decision/brans_power_plants_promethee2")
    given_, expected = data["inputs"], data["expected"]
    preferences = [
        Preference(SIX[name], q, p, s)
        for name, q, p, s in zip(
            given_["functions"], given_["q"], given_["p"], given_["s"], strict=True
        )
    ]
    flows = promethee(given_["matrix"], given_["weights"], given_["types"], preferences)
    for found, key in zip(flows[:3], ("phi_plus", "phi_minus", "phi"), strict=True):
        np.testing.assert_allclose(found, expected[key], rtol=0, atol=data["tolerance"]["phi"])


grid = st.integers(-40, 40).map(lambda k: k / 4)


@settings(max_examples=40)
@given(arrays(float, st.tuples(st.integers(2, 9), st.just(6)), elements=grid))
def test_sorting_equals_all_pairs(values):
    flows = promethee(values, WEIGHTS, SIGNS, EVERY_SHAPE)
    plus, minus = by_pairs(values, WEIGHTS, SIGNS, EVERY_SHAPE)
    np.testing.assert_allclose(flows.plus, plus, rtol=0, atol=1e-13)
    np.testing.assert_allclose(flows.minus, minus, rtol=0, atol=1e-13)


@pytest.mark.parametrize("offset", [0.0, 300.0, -1e5])
def test_many_alternatives_far_from_zero(offset):
    values = offset + np.random.default_rng(5).normal(0.0, 3.0, (400, 6))
    flows = promethee(values, WEIGHTS, SIGNS, EVERY_SHAPE)
    difference = (values[:, None] - values) * SIGNS
    net = np.zeros(400)
    for j, preference in enumerate(EVERY_SHAPE):
        table = np.vectorize(lambda d, p=preference: preference_of(*p, d))(difference[..., j])
        net += WEIGHTS[j] * (table.sum(axis=1) - table.sum(axis=0)) / 399
    np.testing.assert_allclose(flows.net, net, rtol=0, atol=1e-10)


@settings(max_examples=40)
@given(
    arrays(float, (7, 6), elements=st.floats(-5, 5)),
    st.lists(st.floats(0, 3), min_size=6, max_size=6),
)
def test_flows_of_what_dominates(values, gain):
    """At least as good everywhere: never a smaller net flow. All net flows sum to zero."""
    values[0] = values[1] + SIGNS * gain
    net = promethee(values, WEIGHTS, SIGNS, EVERY_SHAPE).net
    assert net[0] >= net[1] - 1e-12
    assert net.sum() == pytest.approx(0.0, abs=1e-12)


def test_invariances():
    rng = np.random.default_rng(2)
    values = rng.normal(0.0, 3.0, (30, 6))
    net = promethee(values, WEIGHTS, SIGNS, EVERY_SHAPE).net
    order = rng.permutation(30)
    np.testing.assert_allclose(
        promethee(values[order], WEIGHTS, SIGNS, EVERY_SHAPE).net, net[order], atol=1e-14
    )
    np.testing.assert_allclose(
        promethee(-values, WEIGHTS, -SIGNS, EVERY_SHAPE).net, net, atol=1e-14
    )
    in_milli = [Preference(s, 1e3 * q, 1e3 * p, 1e3 * d) for s, q, p, d in EVERY_SHAPE]
    np.testing.assert_allclose(
        promethee(1e3 * values, WEIGHTS, SIGNS, in_milli).net, net, atol=1e-13
    )


def test_other_weights_need_no_second_run():
    values = np.random.default_rng(3).normal(size=(20, 6))
    flows = promethee(values, WEIGHTS, SIGNS, EVERY_SHAPE)
    other = WEIGHTS[::-1]
    again = promethee(values, other, SIGNS, EVERY_SHAPE)
    np.testing.assert_allclose(flows.by_criterion @ other, again.net, atol=1e-14)


def test_a_difference_equal_to_the_threshold_up_to_rounding_is_none():
    """0.8 - 0.6 is 0.2000...07 in floats; it does not exceed 0.2."""
    assert 0.8 - 0.6 > 0.2
    flows = promethee([[300.6], [300.8]], [1.0], [1], [Preference("U", indifference=0.2)])
    assert flows.plus.tolist() == [0.0, 0.0]
    flows = promethee([[0.6], [0.8]], [1.0], [1], [Preference("U", indifference=0.2)])
    assert flows.plus.tolist() == [0.0, 0.0]
    flows = promethee([[0.6], [0.8001]], [1.0], [1], [Preference("U", indifference=0.2)])
    assert flows.plus.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1.0], [np.nan]], [1.0], [1], [Preference()]), "values must be a finite"),
        (([[1.0], [2.0]], [0.9], [1], [Preference()]), "weights must sum to 1"),
        (([[1.0], [2.0]], [0.5, 0.5], [1], [Preference()]), "1 of them"),
        (([[1.0], [2.0]], [1.0], [2], [Preference()]), "directions"),
        (([[1.0], [2.0]], [1.0], [1], []), "preferences must be 1, got 0"),
        (([[1.0], [2.0]], [1.0], [1], [Preference("VII")]), "shape"),
        (([[1.0], [2.0]], [1.0], [1], [Preference("V")]), "strict > indifference"),
        (([[1.0], [2.0]], [1.0], [1], [Preference("linear", 2.0, 2.0)]), "strict > indiff"),
        (([[1.0], [2.0]], [1.0], [1], [Preference("U", -1.0)]), "thresholds >= 0"),
        (([[1.0], [2.0]], [1.0], [1], [Preference("Gaussian")]), "inflection > 0"),
        (
            (
                np.zeros((GAUSSIAN_LIMIT + 1, 1)),
                [1.0],
                [1],
                [Preference("Gaussian", inflection=1.0)],
            ),
            "at most 20000",
        ),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        promethee(*arguments)
