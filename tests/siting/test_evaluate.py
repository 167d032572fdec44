import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.siting.evaluate import evaluate, suitability
from comine.siting.indicators import INDICATORS
from comine.siting.weights import equal_weights, given_weights

GONGHE = {
    "R.depth150": 2500.0,
    "R.tfrac": 236.0 + 273.15,
    "R.gradient": 0.0714,
    "R.lithology": "good",
    "R.area": 246.90e6,
    "T.drill200": 3200.0,
}
JIAODONG = {
    "R.depth150": 5400.0,
    "R.gradient": 0.025,
    "T.drill200": 7400.0,
    "R.lithology": "good",
}


def test_gonghe():
    site = evaluate(GONGHE)
    assert site.points == pytest.approx((4.700, 6.654, 8.608), abs=5e-4)
    assert site.coverage == pytest.approx(0.349, abs=5e-4)
    assert site.suitability == "conditionally suitable"
    assert site.suitability_range == ("unsuitable", "suitable")
    assert evaluate(GONGHE | {"R.gradient": "poor"}).points.mid == pytest.approx(6.340, abs=5e-4)
    assert evaluate(GONGHE | {"R.gradient": "good"}).points.mid == pytest.approx(6.968, abs=5e-4)


def test_jiaodong():
    site = evaluate(JIAODONG)
    assert site.points == pytest.approx((3.196, 5.534, 7.871), abs=5e-4)
    assert site.coverage == pytest.approx(0.221, abs=5e-4)


def test_steps_and_continuous_scores_side_by_side():
    site = evaluate({"S.distance": 2490.0, "E.grid": "可协调解决"}, equal_weights())
    rows = {row.indicator.id: row for row in site.rows}
    assert rows["S.distance"].grade == 6.0
    assert rows["S.distance"].score == pytest.approx(3.0 + 6.0 * 1690.0 / 1700.0)
    gap = (rows["S.distance"].score - 6.0) * 0.05
    assert site.continuous.mid - site.points.mid == pytest.approx(gap)
    assert rows["E.grid"].grade == rows["E.grid"].score == 6.0
    assert rows["R.area"].grade is None
    assert rows["R.area"].score is None
    assert [row.indicator.id for row in site.rows] == [each.id for each in INDICATORS]


def test_nothing_known():
    for values in ({}, {"R.area": None, "R.power": float("nan")}):
        site = evaluate(values)
        assert site.points == pytest.approx((3.0, 6.0, 9.0))
        assert site.coverage == 0.0
        assert all(veto.applies is None for veto in site.vetoes)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["good", "medium", "poor", None]), min_size=20, max_size=20))
def test_bounds_hold_for_any_site(words):
    values = {each.id: word for each, word in zip(INDICATORS, words, strict=True)}
    site = evaluate(values)
    for bounds in (site.points, site.continuous):
        assert 3.0 - 1e-12 <= bounds.low <= bounds.mid + 1e-12
        assert bounds.mid <= bounds.high + 1e-12 <= 9.0 + 2e-12
    assert site.points.high - site.points.low == pytest.approx(6.0 * (1.0 - site.coverage))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"S.distance": 799.0}, [True, None, None]),
        ({"S.distance": 800.0}, [False, None, None]),
        ({"E.land": "居民点"}, [None, True, None]),
        ({"E.land": "Settlement"}, [None, True, None]),
        ({"E.land": "工矿用地"}, [None, False, None]),
        ({"E.land": "poor"}, [None, None, None]),
        ({"E.land": "耕地", "E.water": "不具备"}, [None, False, True]),
        ({"E.water": "medium"}, [None, None, False]),
    ],
)
def test_vetoes(values, expected):
    assert [veto.applies for veto in evaluate(values).vetoes] == expected


def test_vetoes_never_touch_the_score():
    values = {each.id: "good" for each in INDICATORS} | {"E.water": "不具备"}
    with_rules, without = evaluate(values), evaluate(values, vetoes=())
    assert with_rules.points == without.points
    assert without.vetoes == ()
    assert with_rules.suitability == "suitable"


def test_classes():
    values = (3.0, 4.999, 5.0, 6.999, 7.0, 9.0)
    assert [suitability(p) for p in values] == [
        "unsuitable",
        "unsuitable",
        "conditionally suitable",
        "conditionally suitable",
        "suitable",
        "suitable",
    ]
    with pytest.raises(ValueError, match="3"):
        suitability(2.9)


def test_own_weights_are_used_and_named():
    weights = {each.id: 0.0 for each in INDICATORS} | {"R.tfrac": 1.0}
    site = evaluate(GONGHE, given_weights("heat only", "test", weights))
    assert site.points == (9.0, 9.0, 9.0)
    assert site.weighting.name == "heat only"


def test_bad_input():
    with pytest.raises(ValueError, match="no indicators"):
        evaluate({"gradient": 0.05})
    with pytest.raises(ValueError, match=r"E\.land must be"):
        evaluate({"E.land": "desert"})
