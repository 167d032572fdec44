import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from comine.decision.topsis import topsis

SIGNS = [1, -1, 1]
WEIGHTS = [0.5, 0.2, 0.3]


def step_by_step(values, weights, signs, normalisation):
    """The textbook's steps, a number at a time."""
    columns = list(zip(*values, strict=True))
    table = []
    for column, weight in zip(columns, weights, strict=True):
        if normalisation == "vector":
            length = sum(v * v for v in column) ** 0.5
            table.append([weight * v / length for v in column])
        else:
            table.append([weight * (v - min(column)) / (max(column) - min(column)) for v in column])
    ideal = [max(c) if s > 0 else min(c) for c, s in zip(table, signs, strict=True)]
    worst = [min(c) if s > 0 else max(c) for c, s in zip(table, signs, strict=True)]
    closeness = []
    for row in zip(*table, strict=True):
        up = sum((v - i) ** 2 for v, i in zip(row, ideal, strict=True)) ** 0.5
        down = sum((v - i) ** 2 for v, i in zip(row, worst, strict=True)) ** 0.5
        closeness.append(down / (up + down))
    return closeness


@pytest.mark.parametrize("normalisation", ["vector", "min-max"])
def test_against_the_steps(normalisation):
    values = np.random.default_rng(0).uniform(1.0, 9.0, (12, 3))
    found = topsis(values, WEIGHTS, SIGNS, normalisation).closeness
    np.testing.assert_allclose(
        found, step_by_step(values.tolist(), WEIGHTS, SIGNS, normalisation), rtol=1e-13
    )


def test_many_sets_of_weights_at_once():
    rng = np.random.default_rng(1)
    values, weights = rng.uniform(1.0, 9.0, (8, 3)), rng.dirichlet(np.ones(3), (4, 5))
    found = topsis(values, weights, SIGNS)
    assert found.closeness.shape == (4, 5, 8)
    np.testing.assert_allclose(
        found.closeness[2, 3], topsis(values, weights[2, 3], SIGNS).closeness, rtol=1e-13
    )


@settings(max_examples=40)
@given(
    arrays(float, (6, 3), elements=st.floats(1.0, 9.0)),
    st.lists(st.floats(0.0, 3.0), min_size=3, max_size=3),
    st.sampled_from(["vector", "min-max"]),
)
def test_what_dominates_is_closer(values, gain, normalisation):
    values[0] = values[1] + np.array(SIGNS) * gain
    values[2], values[3] = [0.5, 30.0, 0.5], [30.0, 0.5, 30.0]
    closeness = topsis(values, WEIGHTS, SIGNS, normalisation).closeness
    assert closeness[0] >= closeness[1] - 1e-12
    assert np.all((closeness >= 0.0) & (closeness <= 1.0))


def test_ideal_and_worst():
    found = topsis([[9.0, 1.0], [1.0, 9.0], [5.0, 5.0]], [0.5, 0.5], [1, -1], "min-max")
    np.testing.assert_allclose(found.closeness, [1.0, 0.0, 0.5], atol=1e-15)
    assert found.to_best[0] == found.to_worst[1] == 0.0


def test_invariances():
    values = np.random.default_rng(3).uniform(1.0, 9.0, (9, 3))
    units = np.array([1e3, 1e-3, 7.0])
    for normalisation in ("vector", "min-max"):
        base = topsis(values, WEIGHTS, SIGNS, normalisation).closeness
        np.testing.assert_allclose(
            topsis(values * units, WEIGHTS, SIGNS, normalisation).closeness, base, rtol=1e-12
        )
    np.testing.assert_allclose(
        topsis(values + 273.15, WEIGHTS, SIGNS, "min-max").closeness, base, rtol=1e-10
    )


def test_equal_criterion_does_not_matter():
    values = np.random.default_rng(4).uniform(1.0, 9.0, (9, 3))
    wider = np.column_stack([values, np.zeros(9)])
    weights = [0.25, 0.1, 0.15, 0.5]
    for normalisation in ("vector", "min-max"):
        np.testing.assert_allclose(
            topsis(wider, weights, [*SIGNS, 1], normalisation).closeness,
            topsis(values, WEIGHTS, SIGNS, normalisation).closeness,
            rtol=1e-12,
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1.0, 2.0]], [0.5, 0.5], [1, 1]), "two rows"),
        (([[1.0, 2.0], [2.0, np.inf]], [0.5, 0.5], [1, 1]), "finite"),
        (([[1.0, 2.0], [2.0, 3.0]], [0.5, 0.6], [1, 1]), "weights must sum to 1"),
        (([[1.0, 2.0], [2.0, 3.0]], [1.5, -0.5], [1, 1]), "weights must be >= 0"),
        (([[1.0, 2.0], [2.0, 3.0]], [1.0], [1, 1]), "2 of them"),
        (([[1.0, 2.0], [2.0, 3.0]], [0.5, 0.5], [1, 0]), "1 or -1"),
        (([[1.0, 2.0], [2.0, 3.0]], [0.5, 0.5], [1, 1], "sum"), "normalisation must be"),
        (([[1.0, 2.0], [1.0, 3.0]], [1.0, 0.0], [1, 1]), "values must differ"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        topsis(*arguments)
