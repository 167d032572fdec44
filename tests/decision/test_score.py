import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.decision.score import grade_tornado, score_interval, weight_tornado

NAN = float("nan")
GRADE = st.sampled_from([3.0, 6.0, 9.0, NAN])


def test_worked_interval():
    p = score_interval([0.4, 0.35, 0.25], [9.0, NAN, 3.0], 3.0, 9.0)
    assert p.low == pytest.approx(3.6 + 1.05 + 0.75)
    assert p.mid == pytest.approx(3.6 + 2.1 + 0.75)
    assert p.high == pytest.approx(3.6 + 3.15 + 0.75)
    assert p.known == pytest.approx((3.6 + 0.75) / 0.65)
    assert p.coverage == pytest.approx(0.65)


def test_nothing_and_everything_known():
    w = np.full(4, 0.25)
    p = score_interval(w, [[NAN] * 4, [9.0] * 4], 3.0, 9.0, 5.0)
    np.testing.assert_allclose(p.low, [3.0, 9.0])
    np.testing.assert_allclose(p.mid, [5.0, 9.0])
    np.testing.assert_allclose(p.high, [9.0, 9.0])
    np.testing.assert_allclose(p.coverage, [0.0, 1.0])
    np.testing.assert_allclose(p.known, [NAN, 9.0])


@settings(max_examples=50, deadline=None)
@given(st.lists(GRADE, min_size=5, max_size=5), st.lists(GRADE, min_size=5, max_size=5))
def test_learning_a_grade_narrows_the_interval(grades, answers):
    w = np.array([0.3, 0.25, 0.2, 0.15, 0.1])
    before = score_interval(w, grades, 3.0, 9.0)
    learnt = np.where(np.isnan(grades), answers, grades)
    after = score_interval(w, learnt, 3.0, 9.0)
    assert before.low <= after.low + 1e-12
    assert after.high <= before.high + 1e-12
    assert 3.0 - 1e-12 <= after.low <= after.mid + 1e-12 <= after.high + 2e-12 <= 9.0 + 3e-12


def test_weight_tornado_against_whole_sums():
    w, s = np.array([0.5, 0.3, 0.2]), np.array([9.0, 3.0, 6.0])
    t = weight_tornado(w, s, 0.25)
    for i in range(3):
        for factor, result in ((0.75, t.down), (1.25, t.up)):
            others = np.delete(w, i) * (1 - factor * w[i]) / (1 - w[i])
            moved = np.insert(others, i, factor * w[i])
            assert moved.sum() == pytest.approx(1.0)
            assert result[i] == pytest.approx(moved @ s)
    swing = abs(t.up - t.down)[t.order]
    assert np.all(np.diff(swing) <= 0.0)


def test_equal_grades_do_not_care_for_weights():
    t = weight_tornado([0.5, 0.3, 0.2], [6.0, 6.0, 6.0])
    np.testing.assert_allclose([t.down, t.up], 6.0, rtol=1e-14)


def test_grade_tornado_against_whole_sums():
    w, s = np.array([0.2, 0.5, 0.3]), np.array([9.0, 3.0, 6.0])
    low, high = np.array([6.0, 3.0, 3.0]), 9.0
    t = grade_tornado(w, s, low, high)
    for i in range(3):
        down, up = s.copy(), s.copy()
        down[i], up[i] = low[i], high
        assert t.down[i] == pytest.approx(w @ down)
        assert t.up[i] == pytest.approx(w @ up)
    assert t.order.tolist() == [1, 2, 0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: score_interval([0.5, 0.4], [3.0, 3.0], 3.0, 9.0), "sums to 1"),
        (lambda: score_interval([1.5, -0.5], [3.0, 3.0], 3.0, 9.0), "sums to 1"),
        (lambda: score_interval([0.5, 0.5], [3.0], 3.0, 9.0), "2 criteria"),
        (lambda: score_interval([0.5, 0.5], [3.0, 10.0], 3.0, 9.0), "lie from 3.0 to 9.0"),
        (lambda: score_interval([1.0], [3.0], 3.0, 9.0, 10.0), "middle"),
        (lambda: weight_tornado([0.5, 0.5], [NAN, 3.0]), "all be known"),
        (lambda: weight_tornado([0.5, 0.5], [3.0, 3.0], 1.5), "change"),
        (lambda: weight_tornado([1.0, 0.0], [3.0, 3.0], 0.1), "change"),
        (lambda: weight_tornado([0.5, 0.5], [3.0, 3.0], 0.0), "change"),
        (lambda: grade_tornado([0.5, 0.5], [NAN, 3.0], 3.0, 9.0), "all be known"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
