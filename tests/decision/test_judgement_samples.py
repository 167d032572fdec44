from itertools import product

import numpy as np
import pytest

from comine.decision.ahp import prioritise
from comine.decision.judgement_samples import judgement_samples, moved_judgements

SCALE = [*(1 / k for k in range(9, 1, -1)), *range(1, 10)]


def test_steps_of_the_scale():
    for place, value in enumerate(SCALE):
        for step in (-1, 0, 1):
            expected = SCALE[min(max(place + step, 0), 16)]
            assert moved_judgements(value, step) == pytest.approx(expected, rel=1e-14)


def test_values_between_and_beyond_the_steps():
    assert moved_judgements(2.5, 1) == pytest.approx(3.5)
    assert moved_judgements(1.5, -1) == pytest.approx(1 / 1.5)
    assert moved_judgements(12.0, [0, 1, -1]).tolist() == pytest.approx([12.0, 12.0, 11.0])
    np.testing.assert_allclose(
        moved_judgements(1.0 / np.array(SCALE), 1), 1.0 / moved_judgements(SCALE, -1)
    )


MATRIX = [[1, 2, 4], [1 / 2, 1, 3], [1 / 4, 1 / 3, 1]]


def test_three_things_by_enumeration():
    """All 27 perturbed matrices, each weighed by itself."""
    exact = {}
    for steps in product((-1, 0, 1), repeat=3):
        a, b, c = moved_judgements([2.0, 4.0, 3.0], steps)
        p = prioritise([[1, a, b], [1 / a, 1, c], [1 / b, 1 / c, 1]], table="saaty")
        exact[tuple(p.weights.round(9))] = p.consistency_ratio
    found = judgement_samples(MATRIX, 20_000, np.random.default_rng(0), "saaty")
    seen, counts = np.unique(found.weights.round(9), axis=0, return_counts=True)
    assert {tuple(row) for row in seen} == set(exact)
    for row, ratio in zip(found.weights[:200], found.ratios, strict=False):
        assert ratio == pytest.approx(exact[tuple(row.round(9))], abs=1e-9)
    assert counts.min() > 0.7 * 20_000 / 27


def test_two_things_are_always_consistent():
    found = judgement_samples([[1, 3], [1 / 3, 1]], 50, np.random.default_rng(0))
    assert found.ratios.tolist() == [0.0] * 50


def test_twenty_things_go_through_in_blocks():
    w = np.linspace(1.0, 3.0, 20)
    found = judgement_samples(w[:, None] / w, 3000, np.random.default_rng(1))
    np.testing.assert_allclose(found.weights.sum(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_allclose(np.median(found.weights, axis=0), w / w.sum(), rtol=0.1)
    assert np.all(found.ratios > 0.0)


def test_same_seed_same_bytes():
    one, two = (judgement_samples(MATRIX, 500, np.random.default_rng(5)) for _ in range(2))
    assert one.weights.tobytes() == two.weights.tobytes()
    assert one.ratios.tobytes() == two.ratios.tobytes()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: moved_judgements([1.0, 0.0], 1), "judgements must be positive"),
        (lambda: judgement_samples([[1, 2], [2, 1]], 5, np.random.default_rng(0)), "reciprocal"),
        (lambda: judgement_samples(MATRIX, 0, np.random.default_rng(0)), "count must be"),
        (lambda: judgement_samples([MATRIX], 5, np.random.default_rng(0)), "two dimensions"),
        (lambda: judgement_samples(MATRIX, 5, np.random.default_rng(0), "x"), "table must be"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
