import numpy as np
import pytest
from scipy.special import erfc, j0, kv, ndtr

from comine.physics.laplace import fourier_series, talbot

TIME = np.geomspace(1e-3, 1e3, 61)


@pytest.mark.parametrize(
    ("transform", "original"),
    [
        (lambda s: 1 / s, np.ones_like),
        (lambda s: 1 / s**2, lambda t: t),
        (lambda s: 1 / np.sqrt(s), lambda t: 1 / np.sqrt(np.pi * t)),
        (lambda s: np.exp(-np.sqrt(s)) / s, lambda t: erfc(0.5 / np.sqrt(t))),
        (lambda s: 1 / (s + 1), lambda t: np.exp(-t)),
        (lambda s: np.log(s) / s, lambda t: -np.log(t) - np.euler_gamma),
    ],
)
def test_known_pairs(transform, original):
    exact = original(TIME)
    assert np.max(np.abs(talbot(transform, TIME) - exact) / np.maximum(np.abs(exact), 1)) < 5e-11


def test_accuracy_grows_with_nodes():
    exact = erfc(0.5)
    errors = [
        abs(float(talbot(lambda s: np.exp(-np.sqrt(s)) / s, 1.0, n)) - exact) for n in (8, 16)
    ]
    assert errors[1] < 1e-4 * errors[0] < 1e-7


def test_oscillating_original_needs_time_below_contour_height():
    t = np.linspace(0.1, 3.0, 30)
    assert np.allclose(
        talbot(lambda s: 1 / np.sqrt(s - 1j) / np.sqrt(s + 1j), t), j0(t), atol=1e-10
    )


def test_shapes_broadcast_and_match_the_scalar():
    rate = np.array([[0.5], [2.0]])
    t = np.array([[0.1, 1.0, 3.0]])
    values = talbot(lambda s: 1 / (s + rate), t)
    assert values.shape == (2, 3)
    assert np.allclose(values, np.exp(-rate * t), atol=1e-11)
    assert talbot(lambda s: 1 / s, 1.0).shape == ()


def test_bessel_pair():
    # L{ exp(-1/(4t)) / (2t) } = K0(sqrt s)
    t = np.geomspace(0.05, 100, 20)
    assert np.allclose(
        talbot(lambda s: kv(0, np.sqrt(s)), t), np.exp(-0.25 / t) / (2 * t), atol=1e-9
    )


@pytest.mark.parametrize("time", [0.0, -1.0, [1.0, np.nan]])
def test_bad_time(time):
    with pytest.raises(ValueError, match="time"):
        talbot(lambda s: 1 / s, time)


@pytest.mark.parametrize("nodes", [4, 60])
def test_bad_nodes(nodes):
    with pytest.raises(ValueError, match="nodes"):
        talbot(lambda s: 1 / s, 1.0, nodes)


def test_fourier_series_of_a_narrow_front():
    def bell(s):
        return np.exp(5e-7 * s**2 - s) / s

    z = np.linspace(-4, 4, 9)
    assert np.allclose(fourier_series(bell, 1 + 1e-3 * z, 4000), ndtr(z), atol=1e-9)


def test_fourier_series_agrees_with_talbot_where_both_hold():
    def transform(s):
        return np.exp(-np.sqrt(s)) / s

    t = np.array([0.1, 0.5, 1.0])
    assert np.allclose(fourier_series(transform, t, 2000), talbot(transform, t), atol=1e-9)


def test_fourier_series_bad_input():
    with pytest.raises(ValueError, match="time"):
        fourier_series(lambda s: 1 / s, 0.0, 10)
    with pytest.raises(ValueError, match="terms"):
        fourier_series(lambda s: 1 / s, 1.0, 0)
