from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.siting.evaluate import evaluate
from comine.siting.indicators import INDICATORS, LAYERS, indicator, known_values
from comine.siting.weights import equal_weights
from tests.cases import case, load_case

TO_SI = {
    "degree": lambda x: x,
    "g": lambda x: x,
    "km": lambda x: x * 1e3,
    "degC": lambda x: x + 273.15,
    "degC/km": lambda x: x * 1e-3,
    "km2": lambda x: x * 1e6,
    "kJ": lambda x: x * 1e3,
    "MWe": lambda x: x * 1e6,
    "MPa": lambda x: x * 1e6,
    "km3": lambda x: x * 1e9,
    "a": lambda x: x * 31557600.0,
}
GRADES = {"good": 9.0, "medium": 6.0, "poor": 3.0}
NUMERIC = [each for each in INDICATORS if each.limits]


@case("decision/hdr_20_indicators")
def test_indicators_of_s1():
    data = load_case("decision/hdr_20_indicators")
    rows = data["inputs"]["indicators"]
    assert list(LAYERS) == data["inputs"]["layers"]
    assert len(rows) == len(INDICATORS) == 20
    ours = {row["id"]: (row, each) for row, each in zip(rows, INDICATORS, strict=True)}
    for row, each in ours.values():
        assert (each.chinese, each.layer) == (row["zh"], row["layer"])
        if row["edges"]:
            limits = [TO_SI[row["unit"]](edge) for edge in row["edges"]]
            np.testing.assert_allclose(each.limits, limits, rtol=1e-15)
            assert each.direction == row["direction"]
            assert each.sources == ("S1", "S1")
        elif row["kind"] == "numeric":
            assert each.sources == ("comine default", "comine default")
            assert each.direction == row["direction"]
        else:
            assert each.direction == "category"
            assert [c.grade for c in each.categories] == [9.0, 6.0, 3.0]
    for check in data["checks"]:
        row, each = ours[check["indicator"]]
        assert each.grade(TO_SI[row["unit"]](check["value"])) == GRADES[check["grade"]]
    words = data["inputs"]["grade_scores"]
    for word, bound in (("good", "all_good"), ("medium", "all_medium"), ("poor", "all_poor")):
        for weighting in (None, equal_weights()):
            site = evaluate({each.id: word for each in INDICATORS}, weighting)
            expected = pytest.approx(data["expected"]["bounds"][bound], abs=1e-12)
            assert site.points.mid == site.points.low == site.points.high == expected
            assert {row.grade for row in site.rows} == {words[word]}


def test_counts_by_layer():
    assert [sum(each.layer == layer for each in INDICATORS) for layer in LAYERS] == [3, 7, 6, 4]
    assert all(each.id[0] == each.layer[0].upper() for each in INDICATORS)


@pytest.mark.parametrize("each", NUMERIC, ids=lambda each: each.id)
def test_limits_belong_to_the_middle_class(each):
    low, high = each.limits
    outer = (9.0, 3.0) if each.direction == "lower" else (3.0, 9.0)
    assert [each.grade(x) for x in (low * 0.999, low, high, high * 1.001)] == [
        outer[0],
        6.0,
        6.0,
        outer[1],
    ]
    assert [each.score(x) for x in (low * 0.999, low, high, high * 1.001)] == [
        outer[0],
        outer[0],
        outer[1],
        outer[1],
    ]
    assert each.score((low + high) / 2) == pytest.approx(6.0)


@pytest.mark.parametrize("each", NUMERIC, ids=lambda each: each.id)
def test_limits_survive_unit_conversion(each):
    for limit in each.limits:
        assert each.grade(np.nextafter(limit, 0.0)) == 6.0
        assert each.grade(np.nextafter(limit, np.inf)) == 6.0


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(NUMERIC), st.floats(0.0, 2.0), st.floats(0.0, 2.0))
def test_better_is_never_worse(each, one, other):
    worse, better = sorted((one * each.limits[1], other * each.limits[1]))
    if each.direction == "lower":
        worse, better = better, worse
    assert each.grade(worse) <= each.grade(better)
    assert each.score(worse) <= each.score(better)
    assert abs(each.score(better) - each.grade(better)) <= 3.0


def test_a_settlement_a_little_farther_does_not_jump():
    distance = indicator("S.distance")
    assert distance.grade(2510.0) - distance.grade(2490.0) == 3.0
    assert 0.0 < distance.score(2510.0) - distance.score(2490.0) < 0.05


@pytest.mark.parametrize(
    ("id", "word", "grade"),
    [
        ("E.land", "耕地", 6.0),
        ("E.land", "industry or mining", 3.0),
        ("E.land", " Unused Land ", 9.0),
        ("R.lithology", "均质各向同性较好的花岗岩和变质岩类", 6.0),
        ("T.natfrac", "发育较大断层", 3.0),
        ("E.water", "基本具备", 6.0),
        ("T.stress", "基本清楚", 6.0),
        ("T.stress", "差", 3.0),
        ("R.gradient", "good", 9.0),
    ],
)
def test_words(id, word, grade):
    assert indicator(id).grade(word) == indicator(id).score(word) == grade


@pytest.mark.parametrize(
    ("id", "value", "message"),
    [
        ("E.land", 3.0, "one of the words"),
        ("E.land", "desert", "number or one of"),
        ("R.gradient", "steep", "number or one of"),
        ("R.gradient", -0.01, ">= 0 K/m"),
        ("R.gradient", float("inf"), "finite"),
        ("R.gradient", float("nan"), "finite"),
    ],
)
def test_bad_values(id, value, message):
    for ask in (indicator(id).grade, indicator(id).score):
        with pytest.raises(ValueError, match=message):
            ask(value)


def test_unknown_ids_are_named():
    with pytest.raises(ValueError, match=r"no indicator 'R\.heat'"):
        indicator("R.heat")
    with pytest.raises(ValueError, match=r"\['R\.heat', 'x'\]"):
        known_values({"R.heat": 1.0, "R.area": 1.0, "x": 2.0})
    with pytest.raises(FrozenInstanceError):
        indicator("R.area").id = "R.size"
