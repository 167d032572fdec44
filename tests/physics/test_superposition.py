import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import erfc, exp1

from comine.physics.superposition import interval_response

MONTH = 31557600.0 / 12


def line(t):
    return exp1(0.1**2 / (4 * 1.3e-6 * t)) / (4 * np.pi * 3)


def fracture(t):
    return erfc(np.sqrt(3e7 / t))


def mean(g, low, high):
    return quad(g, low, high, epsabs=0, epsrel=1e-10, limit=200)[0] / (high - low)


@pytest.mark.parametrize(("g", "bound"), [(line, 1e-4), (fracture, 1e-4)])
def test_monthly_intervals_over_thirty_years_against_quadrature(g, bound):
    edges = np.arange(361) * MONTH
    matrix = interval_response(edges, g)
    largest = g(edges[-1])
    for i, j in ((0, 0), (1, 0), (7, 3), (100, 0), (359, 0), (359, 350), (359, 359)):
        lag = edges[i] - edges[j]
        exact = mean(g, lag, lag + MONTH)
        if i > j:
            exact -= mean(g, max(lag - MONTH, 0), lag)
        assert abs(matrix[i, j] - exact) < bound * largest
    constant = matrix @ np.ones(360)
    assert abs(constant[200] - mean(g, edges[200], edges[201])) < bound * largest


def test_uneven_intervals():
    edges = MONTH * np.array([0, 0.2, 1, 1.5, 12, 120.0])
    matrix = interval_response(edges, line, nodes=60)
    power = np.array([10.0, -20, 0, 50, 30])
    jumps = np.diff(power, prepend=0)
    for i in range(5):
        exact = sum(
            jumps[j] * mean(line, edges[i] - edges[j], edges[i + 1] - edges[j])
            for j in range(i + 1)
        )
        assert (matrix @ power)[i] == pytest.approx(exact, abs=1e-3)


@given(st.lists(st.floats(0.05, 10), min_size=1, max_size=12))
def test_lower_triangular_and_positive_row_sums(widths):
    edges = MONTH * np.cumsum([0, *widths])
    matrix = interval_response(edges, line)
    assert np.all(np.triu(matrix, 1) == 0)
    assert np.all(np.diff(matrix.sum(axis=1)) > 0)  # a constant strength warms on
    assert np.all(np.diag(matrix) > 0)


def test_origin_of_time_does_not_matter():
    edges = MONTH * np.array([0.0, 1, 3, 6])
    assert np.allclose(interval_response(edges, line), interval_response(edges + 5 * MONTH, line))


@pytest.mark.parametrize("edges", [[0.0], [0.0, 1.0, 1.0], [1.0, 0.0], [[0.0, 1.0]]])
def test_bad_edges(edges):
    with pytest.raises(ValueError, match="edges"):
        interval_response(edges, line)


def test_bad_response_and_nodes():
    with pytest.raises(ValueError, match="step_response"):
        interval_response([0.0, 1.0], lambda t: np.full_like(t, np.nan))
    with pytest.raises(ValueError, match="nodes"):
        interval_response([0.0, 1.0], line, nodes=4)
