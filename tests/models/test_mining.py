import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.models.mining import YEAR, CutAndFill

RATE = 1e9 / YEAR  # kg/s: 1 Mt a year


def method(**change):
    plain = {
        "rate": RATE,
        "start": 2 * YEAR,
        "development": YEAR,
        "stope_life": YEAR / 2,
        "active_levels": 2,
    }
    return CutAndFill(**(plain | change))


def test_all_ore_is_mined_at_the_rate_and_no_sooner_than_the_start():
    schedule = method().schedule(8e9, 4, 15)
    yearly = schedule.ore.sum(axis=1)
    assert yearly.sum() == pytest.approx(8e9)
    np.testing.assert_allclose(yearly[2:10], 1e9)
    assert yearly[:2].sum() == 0 and yearly[10:].sum() == pytest.approx(0, abs=1)
    np.testing.assert_array_equal(schedule.first, [24, 24, 72, 72])
    np.testing.assert_array_equal(schedule.opened, [12, 12, 60, 60])
    np.testing.assert_array_equal(schedule.closed, [72, 72, 120, 120])


def test_from_the_bottom_up():
    schedule = method(downwards=False).schedule(8e9, 4, 15)
    np.testing.assert_array_equal(schedule.first, [72, 72, 24, 24])


def test_what_does_not_fit_into_the_years_stays_in_the_ground():
    schedule = method().schedule(8e9, 4, 6)
    assert schedule.ore.sum() == pytest.approx(4e9)
    assert schedule.closed.max() <= 72


@settings(max_examples=50, deadline=None)
@given(st.floats(1e8, 5e10), st.integers(1, 12), st.integers(1, 6), st.integers(1, 40))
def test_never_more_than_the_rate_nor_than_there_is(tonnage, levels, active, years):
    schedule = method(active_levels=active).schedule(tonnage, levels, years)
    assert (schedule.ore.sum(axis=1) <= 1e9 * (1 + 1e-9)).all()
    assert schedule.ore.sum() <= tonnage * (1 + 1e-9)
    assert (schedule.ore >= 0).all()
