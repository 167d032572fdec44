import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythermalcomfort.models import work_capacity_hothaps, work_capacity_niosh

from comine.physics.heat_productivity import (
    lost_working_time,
    reference_wet_bulb_globe,
    work_ability,
    work_share,
)

ZERO = 273.15
HEAT = np.arange(18.0, 42.0)
INTENSITIES = ["light", "moderate", "heavy"]


@pytest.mark.parametrize("intensity", INTENSITIES)
def test_ability_as_an_independent_code_has_it(intensity):
    theirs = work_capacity_hothaps(wbgt=HEAT, work_intensity=intensity).capacity
    np.testing.assert_allclose(work_ability(ZERO + HEAT, intensity), theirs / 100.0, rtol=1e-12)


@pytest.mark.parametrize("intensity", INTENSITIES)
def test_the_two_responses_describe_the_same_people(intensity, measured):
    """The normal response against the logistic one of an independent code, to 38 C."""
    heat = HEAT[HEAT <= 38.0]
    theirs = 1.0 - work_capacity_hothaps(wbgt=heat, work_intensity=intensity).capacity / 100.0
    what, error = (
        "working time lost, normal form",
        lost_working_time(ZERO + heat, intensity) - theirs,
    )
    against = "logistic form, pythermalcomfort"
    measured.deviation("heat-stress", what, against, error, 0.13, "")


@pytest.mark.parametrize(
    ("intensity", "half"), [("light", 35.5), ("moderate", 33.5), ("heavy", 32.5)]
)
def test_half_the_time_is_lost_at_the_published_mean(intensity, half):
    deviation = 4.2 if intensity == "heavy" else 3.9
    heat = ZERO + half + deviation * np.array([-1.0, 0.0, 1.0])
    np.testing.assert_allclose(lost_working_time(heat, intensity), [0.1587, 0.5, 0.8413], atol=1e-4)


@pytest.mark.parametrize("rate", [150.0, 200.0, 300.0, 400.0])
def test_share_of_work_as_an_independent_code_has_it(rate):
    theirs = work_capacity_niosh(wbgt=HEAT, met=rate).capacity
    np.testing.assert_allclose(work_share(ZERO + HEAT, rate), theirs / 100.0, atol=1e-12)


def test_limits_round_to_the_classes_of_the_standard():
    """ISO 7243 tabulates 33, 30, 28, 26 and 25 C, and 32, 29, 26, 23 and 20 C at these rates."""
    rates = [115.0, 180.0, 300.0, 415.0, 520.0]
    used = reference_wet_bulb_globe(rates) - ZERO
    np.testing.assert_allclose(used, [33, 30, 28, 26, 25], atol=0.8)
    fresh = reference_wet_bulb_globe(rates, acclimatised=False) - ZERO
    np.testing.assert_allclose(fresh, [32, 29, 26, 23, 20], atol=1.7)


@settings(max_examples=50, deadline=None)
@given(st.floats(15, 45), st.floats(0.01, 5), st.floats(120, 590), st.floats(1, 10))
def test_more_heat_and_harder_work_never_leave_more(heat, warmer, rate, harder):
    now, then = ZERO + heat, ZERO + heat + warmer
    for intensity in INTENSITIES:
        assert lost_working_time(then, intensity) >= lost_working_time(now, intensity)
        assert work_ability(then, intensity) <= work_ability(now, intensity)
    assert work_share(then, rate) <= work_share(now, rate)
    assert work_share(now, rate + harder) <= work_share(now, rate)
    assert work_share(now, rate, acclimatised=False) <= work_share(now, rate)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: lost_working_time(30.0, "heavy"), "wet_bulb_globe"),
        (lambda: lost_working_time(300.0, "easy"), "intensity"),
        (lambda: work_ability(300.0, "easy"), "intensity"),
        (lambda: reference_wet_bulb_globe(50.0), "metabolic_rate"),
        (lambda: work_share(300.0, 117.0), "metabolic_rate"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
