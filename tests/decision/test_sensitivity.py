import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import friedmanchisquare

from comine.decision.hierarchy import synthesise
from comine.decision.sensitivity import concordance, critical_weights, rank_reversals
from comine.decision.topsis import topsis


def shifted(weights, i, t):
    moved = weights * (1.0 - t) / (1.0 - weights[i])
    moved[i] = t
    return moved


@settings(max_examples=50)
@given(arrays(float, (4, 3), elements=st.floats(3.0, 9.0)), st.integers(0, 99))
def test_critical_weights_by_a_sweep(grades, seed):
    weights = np.random.default_rng(seed).dirichlet(np.ones(3) * 3.0)
    found = critical_weights(weights, grades)
    assert found.best == (grades @ weights).argmax()
    for i in range(3):
        ends = np.array([found.lower[i], found.upper[i]])
        for t in np.linspace(0.0, 1.0, 41):
            scores = grades @ shifted(weights, i, t)
            if np.nanmin(abs(np.append(ends - t, 1.0))) < 1e-6:
                continue
            inside = not (t < ends[0] or t > ends[1])
            lead = scores[found.best] - np.delete(scores, found.best).max()
            assert lead >= -1e-9 if inside else lead <= 1e-9
        for t, rival in zip(ends, (found.lower_rival[i], found.upper_rival[i]), strict=True):
            if np.isnan(t):
                assert rival == -1
                continue
            scores = grades @ shifted(weights, i, t)
            assert scores[rival] == pytest.approx(scores[found.best], abs=1e-8)
            assert rival != found.best


def test_critical_weight_by_hand():
    """A = (9, 3), B = (3, 9): level at equal weights. C never leads."""
    found = critical_weights([0.6, 0.4], [[9.0, 3.0], [3.0, 9.0], [4.0, 4.0]])
    np.testing.assert_allclose(found.lower, [0.5, np.nan])
    np.testing.assert_allclose(found.upper, [np.nan, 0.5])
    assert found.lower_rival.tolist() == [1, -1]
    assert found.upper_rival.tolist() == [-1, 1]


def test_what_dominates_cannot_be_displaced():
    found = critical_weights([0.2, 0.3, 0.5], [[9.0, 8.0, 7.0], [8.0, 7.0, 6.0], [3.0, 3.0, 3.0]])
    assert np.isnan(found.lower).all()
    assert np.isnan(found.upper).all()


def test_level_alternatives_have_no_room():
    found = critical_weights([0.5, 0.5], [[9.0, 3.0], [3.0, 9.0]])
    np.testing.assert_allclose(found.lower, [0.5, np.nan])
    np.testing.assert_allclose(found.upper, [np.nan, 0.5])


def test_belton_and_gear():
    """A copy of B puts A first, where B was before: the distributive mode, not the ideal one."""
    values = np.array([[1.0, 9.0, 8.0], [9.0, 1.0, 9.0], [1.0, 1.0, 1.0]])
    thirds = np.full(3, 1.0 / 3.0)
    found = rank_reversals(lambda x: synthesise(thirds, x), values)
    assert ("copied", 1, ((1, 0),)) in found
    assert rank_reversals(lambda x: synthesise(thirds, x, "ideal"), values) == ()


def test_weighted_sum_has_no_reversal():
    rng = np.random.default_rng(0)
    values, w = rng.random((6, 4)), rng.dirichlet(np.ones(4))
    assert rank_reversals(lambda x: x @ w, values, rng.random((5, 4))) == ()


def test_topsis_by_every_change_one_at_a_time():
    rng = np.random.default_rng(4)
    values, w, new = rng.uniform(1, 9, (5, 3)), np.full(3, 1 / 3), rng.uniform(0.5, 30, (4, 3))

    def score(x):
        return topsis(x, w, [1, 1, 1]).closeness

    expected, names = set(), np.arange(5)
    changes = [("removed", a, np.delete(values, a, 0), np.delete(names, a)) for a in names]
    changes += [("copied", a, np.vstack([values, values[a]]), names) for a in names]
    changes += [("added", k, np.vstack([values, row]), names) for k, row in enumerate(new)]
    before = score(values)
    for change, which, table, stay in changes:
        after = dict(zip(stay, score(table), strict=False))
        for i in stay:
            for j in stay:
                if before[i] > before[j] and after[i] < after[j]:
                    expected.add((change, int(which), int(i), int(j)))
    found = rank_reversals(score, values, new)
    assert {(r.change, r.alternative, i, j) for r in found for i, j in r.pairs} == expected
    assert expected


def test_concordance_against_friedman():
    """Without ties Friedman's statistic is k (N - 1) W."""
    rng = np.random.default_rng(2)
    ranks = np.array([rng.permutation(7) for _ in range(4)])
    statistic = friedmanchisquare(*ranks.T).statistic
    assert concordance(ranks) == pytest.approx(statistic / (4 * 6), rel=1e-12)
    tied = rng.integers(0, 4, (5, 7))
    statistic = friedmanchisquare(*tied.T).statistic
    assert concordance(tied) == pytest.approx(statistic / (5 * 6), rel=1e-12)
    assert np.isnan(concordance([[1, 1], [2, 2]]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: critical_weights([1.0, 0.0], [[1, 2], [2, 1]]), "leave others something"),
        (lambda: critical_weights([0.5, 0.4], [[1, 2], [2, 1]]), "weights must sum to 1"),
        (lambda: critical_weights([0.5, 0.5], [[1, 2]]), "grades must be a finite table"),
        (lambda: critical_weights([0.5, 0.5], [[1, 2], [np.nan, 1]]), "grades must be a finite"),
        (lambda: rank_reversals(np.sum, [[1, 2], [2, 1]]), "three rows"),
        (lambda: rank_reversals(np.sum, np.ones((3, 2)), [[1.0]]), "added must have 2 columns"),
        (lambda: concordance([[1, 2, 3]]), "ranks must be a finite table"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
