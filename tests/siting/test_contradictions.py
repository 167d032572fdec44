import pytest

from comine.siting.contradictions import contradictions, intensity_of, redundancies


def test_another_class_and_another_number():
    typed = {
        "R.gradient": 0.081,
        "R.depth150": 2000.0,
        "R.tfrac": 500.0,
        "T.pfrac": 20e6,
        "T.life": None,
        "E.land": "耕地",
        "R.power": "good",
        "R.area": 1e8,
    }
    computed = {
        "R.gradient": 0.079,
        "R.depth150": 2500.0,
        "R.tfrac": 540.0,
        "T.pfrac": 21e6,
        "T.life": 1e9,
        "E.land": "园地",
        "R.power": 60e6,
    }
    found = {each.indicators[0]: each for each in contradictions(typed, computed)}
    assert {id: each.kind for id, each in found.items()} == {
        "R.gradient": "grade",
        "R.depth150": "value",
        "R.tfrac": "value",
    }
    assert (found["R.depth150"].first, found["R.depth150"].second) == (2000.0, 2500.0)


def test_temperatures_differ_by_their_excess_over_zero_celsius():
    computed = {"R.tfrac": 513.15}
    assert contradictions({"R.tfrac": 513.15 - 24.0}, computed) == ()
    assert contradictions({"R.tfrac": 513.15 - 24.1}, computed)[0].kind == "value"


def test_exact_tolerance_is_allowed():
    assert contradictions({"T.pfrac": 22e6}, {"T.pfrac": 20e6}) == ()
    assert contradictions({"T.pfrac": 22.1e6}, {"T.pfrac": 20e6})[0].kind == "value"
    assert contradictions({"T.pfrac": 22.1e6}, {"T.pfrac": 20e6}, 0.2) == ()


def test_a_word_against_a_number():
    assert contradictions({"R.power": "poor"}, {"R.power": 20e6})[0].kind == "grade"
    assert contradictions({"R.power": "medium"}, {"R.power": 20e6}) == ()


@pytest.mark.parametrize(
    ("pga", "intensity", "agrees"),
    [
        (0.05, 6.0, True),
        (0.10, 7.0, True),
        (0.15, 7.0, True),
        (0.20, 8.0, True),
        (0.02, 5.0, True),
        (0.02, 4.0, True),
        (0.80, 11.0, True),
        (0.05, 7.0, False),
        (0.20, 7.0, False),
        (0.02, 6.0, False),
        (0.40, 8.0, False),
    ],
)
def test_intensity_and_acceleration(pga, intensity, agrees):
    found = redundancies({"S.pga": pga, "S.intensity": intensity})
    assert (found == ()) is agrees
    assert all(each.kind == "linked" for each in found)


def test_intensity_limits():
    limits = (0.0, 0.04, 0.09, 0.19, 0.38, 0.75)
    assert [intensity_of(a) for a in limits] == [5, 6, 7, 8, 9, 10]
    assert [intensity_of(a * 0.999) for a in limits[1:]] == [5, 6, 7, 8, 9]
    with pytest.raises(ValueError, match="acceleration"):
        intensity_of(-0.1)


def test_one_geotherm_agrees_with_itself():
    surface, gradient = 283.15, 0.06
    values = {
        "R.gradient": gradient,
        "R.depth150": (423.15 - surface) / gradient,
        "T.drill200": (473.15 - surface) / gradient,
    }
    assert redundancies(values) == ()
    assert redundancies(values, surface) == ()
    for id, value in values.items():
        wrong = values | {id: value * 1.25}
        found = redundancies(wrong, surface)
        assert found
        assert any(id in each.indicators for each in found)


def test_gonghe_by_two_sources():
    depths = {"R.depth150": 2500.0, "T.drill200": 3200.0}
    assert redundancies({**depths, "R.gradient": 0.0714}) == ()
    found = redundancies({**depths, "R.gradient": 0.0413})
    assert len(found) == 1
    assert found[0].indicators == ("R.gradient", "R.depth150", "T.drill200")
    assert found[0].second == pytest.approx(50.0 / 700.0)


def test_the_gradient_limit_is_the_depth_limit():
    just = {"R.depth150": 3000.0, "R.gradient": 0.045}
    assert redundancies(just, 288.15, 1e-3) == ()


def test_hotter_above_colder():
    found = redundancies({"R.depth150": 4000.0, "T.drill200": 3500.0}, 283.15)
    assert [each.indicators for each in found] == [("R.depth150", "T.drill200")]
    assert "lies above" in found[0].message


def test_words_and_unknown_say_nothing():
    assert redundancies({"R.depth150": "good", "T.drill200": 6000.0, "R.gradient": None}) == ()
    assert redundancies({"R.depth150": 3000.0, "R.gradient": 0.09}) == ()


def test_bad_input():
    with pytest.raises(ValueError, match="no indicators"):
        contradictions({"x": 1.0}, {})
    with pytest.raises(ValueError, match="no indicators"):
        contradictions({}, {"x": 1.0})
    with pytest.raises(ValueError, match="tolerance"):
        contradictions({}, {}, -0.1)
    with pytest.raises(ValueError, match="tolerance"):
        redundancies({}, None, -0.1)
    with pytest.raises(ValueError, match=r"R\.depth150"):
        redundancies({"R.depth150": -3000.0})
