import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.decision.weight_samples import bounded_weights, simplex_weights, weights_around


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("size", [2, 3, 20])
def test_moments_of_the_simplex(size):
    w = simplex_weights(40_000, size, rng())
    np.testing.assert_allclose(w.sum(axis=1), 1.0, rtol=1e-14)
    np.testing.assert_allclose(w.mean(axis=0), 1.0 / size, rtol=0.03)
    variance = (size - 1) / (size**2 * (size + 1))
    np.testing.assert_allclose(w.var(axis=0), variance, rtol=0.05)


def test_lower_bounds_shrink_the_simplex():
    low = np.array([0.2, 0.1, 0.3])
    w = bounded_weights(20_000, low, np.ones(3), rng())
    assert np.all(w >= low)
    np.testing.assert_allclose(w.mean(axis=0), low + 0.4 / 3, rtol=0.02)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ([0.1, 0.0, 0.2], [0.5, 0.4, 0.6]),
        ([0.0, 0.0, 0.0, 0.0], [0.3, 0.5, 0.9, 0.35]),
        ([0.05, 0.2, 0.1, 0.1, 0.0], [0.2, 0.5, 0.3, 0.4, 0.4]),
    ],
)
def test_bounds_against_rejection(low, high):
    """What lies within the bounds of draws from the whole simplex is uniform by definition."""
    size = len(low)
    free = rng(1).dirichlet(np.ones(size), 400_000)
    kept = free[np.all((free >= low) & (free <= high), axis=1)]
    w = bounded_weights(30_000, low, high, rng(2))
    assert len(kept) > 5_000
    assert np.all((w >= np.array(low) - 1e-12) & (w <= np.array(high) + 1e-12))
    np.testing.assert_allclose(w.sum(axis=1), 1.0, rtol=1e-12)
    error = 4.0 * kept.std(axis=0) / np.sqrt(len(kept))
    np.testing.assert_allclose(w.mean(axis=0), kept.mean(axis=0), rtol=0, atol=error.max())
    np.testing.assert_allclose(np.cov(w.T), np.cov(kept.T), rtol=0, atol=0.03 * kept.var())
    for q in (10, 50, 90):
        np.testing.assert_allclose(
            np.percentile(w, q, axis=0), np.percentile(kept, q, axis=0), atol=0.006
        )


@settings(max_examples=40)
@given(st.lists(st.floats(0.02, 1.0), min_size=1, max_size=8), st.floats(0.0, 0.9))
def test_bounds_hold(parts, share):
    centre = np.array(parts) / sum(parts)
    low, high = centre * (1.0 - share), np.minimum(centre * (1.0 + share), 1.0)
    w = bounded_weights(50, low, high, rng())
    assert np.all((w >= low - 1e-12) & (w <= high + 1e-12))
    np.testing.assert_allclose(w.sum(axis=1), 1.0, rtol=1e-12)


def test_around():
    centre = np.array([0.5, 0.3, 0.15, 0.05])
    w = weights_around(40_000, centre, 0.2, rng())
    np.testing.assert_allclose(w.sum(axis=1), 1.0, rtol=1e-14)
    logs = np.log(w[:, 0] / w[:, 3])
    assert np.median(logs) == pytest.approx(np.log(10.0), abs=0.01)
    assert logs.std() == pytest.approx(0.2 * np.sqrt(2.0), rel=0.02)
    fixed = weights_around(5, centre, [0.0, 0.0, 0.0, 0.0], rng())
    np.testing.assert_allclose(fixed, np.tile(centre, (5, 1)), rtol=1e-15)


@pytest.mark.parametrize(
    "draw",
    [
        lambda r: simplex_weights(100, 5, r),
        lambda r: bounded_weights(100, np.full(5, 0.1), np.full(5, 0.3), r),
        lambda r: weights_around(100, np.full(5, 0.2), 0.3, r),
    ],
)
def test_same_seed_same_bytes(draw):
    assert draw(rng(3)).tobytes() == draw(rng(3)).tobytes() != draw(rng(4)).tobytes()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: simplex_weights(0, 3, rng()), "count and size"),
        (lambda: simplex_weights(3, 0, rng()), "count and size"),
        (lambda: bounded_weights(3, [0.0], [0.0, 1.0], rng()), "rows of one length"),
        (lambda: bounded_weights(3, [0.5, 0.0], [0.4, 1.0], rng()), "lower <= upper"),
        (lambda: bounded_weights(3, [0.6, 0.6], [1.0, 1.0], rng()), "sums 1.2 and 2"),
        (lambda: bounded_weights(3, [0.0, 0.0], [0.4, 0.4], rng()), "sums 0 and 0.8"),
        (lambda: bounded_weights(0, [0.4, 0.4], [0.5, 0.5], rng()), "count must be"),
        (lambda: weights_around(3, [0.5, 0.6], 0.1, rng()), "sums to 1"),
        (lambda: weights_around(3, [0.5, 0.5], -0.1, rng()), "spread must be >= 0"),
        (lambda: weights_around(3, [0.5, 0.5], [0.1], rng()), "one or 2"),
        (lambda: weights_around(0, [0.5, 0.5], 0.1, rng()), "count must be"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
