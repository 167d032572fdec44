from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from comine.decision.smaa import acceptability, ranks_of
from comine.decision.weight_samples import simplex_weights
from tests.cases import case, load_case


@case("decision/smaa_exact_two_criteria")
def test_two_criteria():
    data = load_case("decision/smaa_exact_two_criteria")
    names, expected = list(data["inputs"]["scores"]), data["expected"]
    tolerance = data["tolerance"]["acceptability_10000_samples"]
    w = simplex_weights(10_000, 2, np.random.default_rng(7))
    found = acceptability(w, list(data["inputs"]["scores"].values()))
    for rank in (1, 2, 3):
        shares = [expected[f"rank{rank}_acceptability"][name] for name in names]
        np.testing.assert_allclose(found.ranks[:, rank - 1], shares, rtol=0, atol=tolerance)
    central = [expected["central_weight"][name] for name in names]
    np.testing.assert_allclose(found.central, central, rtol=0, atol=tolerance)
    assert found.confidence.tolist() == [1.0, 1.0, 1.0]
    assert found.samples == 10_000
    np.testing.assert_allclose(found.mean_rank, [2.1, 2.1, 1.8], atol=0.03)


def one_by_one(weights, values):
    """Definition, one sample at a time."""
    samples, n = len(weights), values.shape[-2]
    ranks, sums, firsts = np.zeros((n, n)), np.zeros((n, weights.shape[1])), np.zeros(n)
    for k, w in enumerate(weights):
        scores = (values[k] if values.ndim == 3 else values) @ w
        for a in range(n):
            rank = sum(scores[b] > scores[a] + 1e-12 for b in range(n))
            ranks[a, rank] += 1.0 / samples
            if rank == 0:
                sums[a] += w
                firsts[a] += 1
    with np.errstate(invalid="ignore"):
        central = sums / firsts[:, None]
    confidence = np.zeros(n)
    for a in np.flatnonzero(firsts):
        tables = values if values.ndim == 3 else values[None]
        confidence[a] = np.mean([(t @ central[a]).argmax() == a for t in tables])
    return ranks, central, confidence


def test_against_one_sample_at_a_time():
    rng = np.random.default_rng(1)
    w, values = rng.dirichlet(np.ones(4), 300), rng.random((300, 5, 4))
    for given_ in (values, values[0]):
        found = acceptability(w, given_)
        ranks, central, confidence = one_by_one(w, given_)
        np.testing.assert_allclose(found.ranks, ranks, atol=1e-12)
        np.testing.assert_allclose(found.central, central, atol=1e-12)
        np.testing.assert_allclose(found.confidence, confidence, atol=1e-12)


def test_many_samples_go_through_in_blocks():
    rng = np.random.default_rng(2)
    w, values = rng.dirichlet(np.ones(3), 4000), rng.random((4000, 40, 3))
    found = acceptability(w, values)
    scores = np.einsum("sam,sm->sa", values, w)
    first = np.bincount(scores.argmax(axis=1), minlength=40) / 4000
    np.testing.assert_allclose(found.ranks[:, 0], first, atol=1e-12)
    last = np.bincount(scores.argmin(axis=1), minlength=40) / 4000
    np.testing.assert_allclose(found.ranks[:, -1], last, atol=1e-12)


def test_interval_of_one_value_in_closed_form(measured):
    """A scores u in (0, 1) against 0.3 for B: A is first with probability 0.7."""
    w = np.ones((20_000, 1))
    found = acceptability(w, [[0.0], [0.3]], [[1.0], [0.3]], rng=np.random.default_rng(0))
    what, error = "shares of ranks, 20,000 samples of an interval", found.ranks[0] - [0.7, 0.3]
    measured.deviation("decision", what, "closed form", error, 0.01, "")
    np.testing.assert_allclose(found.confidence, [0.7, 0.3], atol=0.01)
    three = acceptability(w, [[0.0], [0.3]], [[1.0], [0.3]], 3, np.random.default_rng(0))
    np.testing.assert_allclose(three.ranks[0], [2 / 3, 1 / 3], atol=0.01)


def test_levels_by_enumeration(measured):
    low = np.array([[3.0, 3.0], [6.0, 3.0], [6.0, 6.0]])
    high = np.array([[9.0, 9.0], [6.0, 9.0], [6.0, 6.0]])
    w = np.array([0.55, 0.45])
    exact = np.zeros((3, 3))
    for a, b, c in product((3.0, 6.0, 9.0), repeat=3):
        scores = np.array([[a, b], [6.0, c], [6.0, 6.0]]) @ w
        for k in range(3):
            exact[k, (scores > scores[k] + 1e-9).sum()] += 1 / 27
    found = acceptability(np.tile(w, (40_000, 1)), low, high, 3, np.random.default_rng(5))
    what = "shares of ranks, 40,000 samples of three levels"
    measured.deviation("decision", what, "enumeration", found.ranks - exact, 0.01, "")


@settings(max_examples=30)
@given(arrays(float, (5, 3), elements=st.integers(0, 8).map(float)), st.integers(0, 99))
def test_what_dominates_is_never_behind(values, seed):
    values[0] = values[1] + [0.0, 1.0, 2.0]
    w = np.random.default_rng(seed).dirichlet(np.ones(3), 200)
    found = acceptability(w, values)
    np.testing.assert_allclose(found.ranks.sum(axis=1), 1.0, atol=1e-12)
    ahead = found.ranks.cumsum(axis=1)
    assert np.all(ahead[0] >= ahead[1] - 1e-12)
    assert found.mean_rank[0] <= found.mean_rank[1]


def test_a_copy_shares_the_rank_of_its_original():
    values = np.random.default_rng(3).random((4, 3))
    w = simplex_weights(500, 3, np.random.default_rng(4))
    found = acceptability(w, np.vstack([values, values[2]]))
    np.testing.assert_array_equal(found.ranks[2], found.ranks[4])
    np.testing.assert_array_equal(found.ranks[:4, 0], acceptability(w, values).ranks[:, 0])


def test_scale_and_order_do_not_matter():
    rng = np.random.default_rng(6)
    values, w = rng.random((6, 4)), rng.dirichlet(np.ones(4), 500)
    base = acceptability(w, values)
    np.testing.assert_array_equal(acceptability(w, 3.0 + 6.0 * values).ranks, base.ranks)
    order = rng.permutation(6)
    np.testing.assert_array_equal(acceptability(w, values[order]).ranks, base.ranks[order])


def test_same_seed_same_bytes():
    w = simplex_weights(3000, 4, np.random.default_rng(0))
    low = np.random.default_rng(1).random((20, 4))
    one, two = (acceptability(w, low, low + 0.5, rng=np.random.default_rng(9)) for _ in range(2))
    assert all(
        np.asarray(a).tobytes() == np.asarray(b).tobytes() for a, b in zip(one, two, strict=True)
    )


def test_never_first():
    w = simplex_weights(100, 2, np.random.default_rng(0))
    found = acceptability(w, [[1.0, 1.0], [0.0, 0.5]])
    assert np.isnan(found.central[1]).all()
    assert found.confidence.tolist() == [1.0, 0.0]
    np.testing.assert_allclose(found.central[0], w.mean(axis=0), atol=1e-12)


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=9))
def test_ranks_by_counting(scores):
    ranks = ranks_of(np.array(scores, dtype=float)).tolist()
    assert ranks == [sum(b > a for b in scores) for a in scores]


TWO = [[0.5, 0.5]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((TWO, [[1.0, np.nan]]), "values must be finite"),
        ((TWO, [[1.0, 2.0, 3.0]]), "3 of them"),
        (([[0.5, 0.6]], [[1.0, 2.0]]), "weights must sum to 1"),
        (([0.5, 0.5], [[1.0, 2.0]]), "must be tables"),
        ((TWO, np.zeros((2, 3, 2))), "values must have 1 samples"),
        ((TWO, [[1.0, 2.0]], [[2.0, 3.0]]), "need a source of randomness"),
        ((TWO, [[1.0, 2.0]], [[0.0, 3.0]], 0, np.random.default_rng(0)), "upper must be >="),
        ((TWO, [[1.0, 2.0]], [[2.0, 3.0]], 1, np.random.default_rng(0)), "levels must be"),
        ((TWO, np.zeros((0, 2))), "one alternative or more"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        acceptability(*arguments)


def test_bad_scores():
    with pytest.raises(ValueError, match="scores must be known"):
        ranks_of([1.0, np.nan])
