import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.decision.ahp import geometric_mean_weights
from comine.decision.group import consensus_index, expert_distances, leave_one_expert_out
from comine.decision.hierarchy import aggregate_judgements


def test_ends_of_the_consensus():
    same = [[0.5, 0.3, 0.2]] * 4
    assert consensus_index(same) == pytest.approx(1.0, abs=1e-15)
    assert consensus_index(same[:1]) == 1.0
    extreme = (np.ones((3, 3)) + 8.0 * np.eye(3)) / 11.0
    assert consensus_index(extreme) == pytest.approx(0.0, abs=1e-15)
    assert consensus_index(extreme[:2]) == pytest.approx(0.0, abs=1e-15)
    assert consensus_index(np.eye(3)) < 0.0


def goepel_bounds(experts, n, top):
    """Bounds in the printed form: least alpha and greatest gamma entropy."""
    k, whole = min(experts, n), n + top - 1
    alpha = -top / whole * np.log(top / whole) - (n - 1) / whole * np.log(1 / whole)
    share = (k + top - 1) / whole
    gamma = -(n - k) / whole * np.log(1 / whole) - share * np.log(share / k)
    return alpha, gamma


@pytest.mark.parametrize(("experts", "n"), [(2, 5), (3, 3)])
def test_printed_form(experts, n):
    p = np.random.default_rng(experts).dirichlet(np.ones(n), experts)
    alpha, gamma = goepel_bounds(experts, n, 9)
    floor = np.exp(alpha) / np.exp(gamma)
    own = np.exp(-(p * np.log(p)).sum(axis=1).mean() * 1.0)
    mean = p.mean(axis=0)
    whole = np.exp(-(mean * np.log(mean)).sum())
    expected = (own / whole - floor) / (1.0 - floor)
    assert consensus_index(p) == pytest.approx(expected, rel=1e-12)


@settings(max_examples=30)
@given(st.integers(2, 6), st.integers(2, 6), st.integers(0, 99))
def test_consensus_is_at_most_one_and_names_do_not_matter(experts, n, seed):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(n), experts)
    value = consensus_index(p)
    assert value <= 1.0 + 1e-12
    mixed = p[rng.permutation(experts)][:, rng.permutation(n)]
    assert consensus_index(mixed) == pytest.approx(value, abs=1e-12)
    nearer = 0.5 * p + 0.5 * p.mean(axis=0)
    assert consensus_index(nearer) >= value - 1e-12


def test_distances():
    p = np.random.default_rng(0).dirichlet(np.ones(4), 5)
    d = expert_distances(p)
    np.testing.assert_allclose(d, d.T)
    assert d.diagonal().tolist() == [0.0] * 5
    assert d[0, 2] <= d[0, 1] + d[1, 2]
    ratios = np.log(p[0][:, None] / p[0]) - np.log(p[3][:, None] / p[3])
    assert d[0, 3] == pytest.approx(np.sqrt((ratios**2).sum() / (2 * 4 * 4)))


def test_leaving_out_equals_aggregating_the_others_judgements():
    rng = np.random.default_rng(1)
    true = rng.dirichlet(np.ones(4), 3)
    noise = rng.normal(0.0, 0.3, (3, 4, 4))
    matrices = true[:, :, None] / true[:, None] * np.exp(noise - noise.swapaxes(1, 2))
    weights = np.array([0.5, 0.3, 0.2])
    found = leave_one_expert_out(geometric_mean_weights(matrices), weights)
    for e in range(3):
        others = np.delete(weights, e) / np.delete(weights, e).sum()
        group = aggregate_judgements(np.delete(matrices, e, 0), others)
        np.testing.assert_allclose(found[e], geometric_mean_weights(group), rtol=1e-12)
    mean = leave_one_expert_out(true, mean="arithmetic")
    np.testing.assert_allclose(mean[0], (true[1] + true[2]) / 2.0, rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: consensus_index([[0.5, 0.6]]), "sum to 1"),
        (lambda: consensus_index([[1.0], [1.0]]), "two columns"),
        (lambda: consensus_index([[0.5, 0.5]], 1.0), "scale > 1"),
        (lambda: expert_distances([[1.0, 0.0], [0.5, 0.5]]), "positive"),
        (lambda: leave_one_expert_out([[0.5, 0.5]]), "two experts"),
        (lambda: leave_one_expert_out([[0.5, 0.5], [0.4, 0.6]], [1.0, 0.0]), "without expert 0"),
        (lambda: leave_one_expert_out([[0.5, 0.5], [0.4, 0.6]], [0.7, 0.7]), "sums to 1"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
