import numpy as np
import pytest

from comine.physics.air import saturated_humidity_ratio
from comine.physics.strata import response_matrix
from comine.underground.airflow import Air, Sources, Wall
from comine.underground.climate import march
from comine.underground.level import IDLE, cooled, hold_limit, removable, without_cooling
from comine.underground.openings import Branch

MONTHS, ZERO = 24, 273.15
LIMIT = ZERO + 28.0


def station(temperature=30.0, humidity=0.017):
    one = np.ones(MONTHS)
    season = 3.0 * np.cos(2 * np.pi * (np.arange(MONTHS) - 6) / 12)
    return Air(one * (ZERO + temperature) + season, one * humidity, one * 118000.0)


def legs(rock=55.0, machines=2e6, flow=150.0):
    branches = [
        Branch("crosscut", "drift", "air", "a", "b", 500.0, 20.0, 18.0, 0.012, 0.3),
        Branch("haulage", "drift", "air", "b", "c", 1500.0, 20.0, 18.0, 0.012, 0.3),
        Branch("stope", "stope", "air", "c", "d", 250.0, 25.0, 20.0, 0.02, 0.5, 8),
    ]
    edges = np.arange(MONTHS + 1) * 2629800.0
    one = np.ones(MONTHS)

    def leg(branch):
        response = response_matrix(edges, branch.radius, 1.3e-6, 3.0, 0.0)
        wall = Wall(response, np.full((4, MONTHS), ZERO + rock))
        sources = Sources.none(MONTHS)
        if branch.part == "stope":
            sources = Sources(one * machines, 0 * one, 0 * one, 0 * one)
        return lambda air: march(branch, air, one * flow, wall, (1500.0, 1500.0), sources, 1.2)

    return tuple(leg(branch) for branch in branches)


def held(air, legs, limit, coldest):
    return hold_limit(air, legs, limit, coldest, without_cooling(air, legs, coldest))


def test_the_limit_is_held_and_no_more_than_held():
    level = held(station(), legs(), LIMIT, ZERO + 12.0)
    np.testing.assert_allclose(level.end.wet_bulb, LIMIT, atol=0.011)
    assert (level.removed > 0).all()


def test_a_cool_level_gets_no_cooling():
    level = held(station(18.0, 0.010), legs(rock=30.0, machines=1e5), LIMIT, ZERO + 12.0)
    assert (level.removed == 0).all()
    assert (level.end.wet_bulb < LIMIT).all()


def test_where_the_coolers_are_too_warm_the_limit_is_passed_and_they_give_all():
    level = held(station(), legs(rock=75.0, machines=9e6), LIMIT, ZERO + 22.0)
    assert (level.end.wet_bulb > LIMIT + 0.1).all()


def test_only_hot_months_are_cooled():
    level = held(station(28.0, 0.0165), legs(rock=40.0, machines=8e5), LIMIT, ZERO + 12.0)
    hot = level.removed > IDLE
    assert hot.any() and not hot.all()
    np.testing.assert_allclose(level.end.wet_bulb[hot], LIMIT, atol=0.011)
    assert (level.end.wet_bulb[~hot] < LIMIT + 0.011).all()


def test_heat_removed_is_enthalpy_lost_with_the_condensate():
    air = station()
    removed = np.full(MONTHS, 25e3)
    out, condensate = cooled(air, removed)
    np.testing.assert_allclose(air.enthalpy - out.enthalpy, removed + condensate, rtol=1e-9)
    assert (out.humidity <= saturated_humidity_ratio(out.temperature, out.pressure) + 1e-9).all()


@pytest.mark.parametrize("humidity", [0.004, 0.017])
def test_removable_leads_to_the_coldest_air(humidity):
    air = station(humidity=humidity)
    out, _ = cooled(air, removable(air, ZERO + 12.0))
    np.testing.assert_allclose(out.temperature, ZERO + 12.0, atol=2e-3)


@pytest.mark.parametrize("coldest", [27.9, 26.0, 12.0])
def test_coolers_that_barely_cool_still_settle(coldest):
    """Where a cooler cannot give what is wanted, wanting more brings nothing."""
    level = held(station(), legs(rock=75.0, machines=4e6), ZERO + 28.0, ZERO + coldest)
    idle = without_cooling(station(), legs(rock=75.0, machines=4e6), ZERO + coldest)
    assert (level.end.wet_bulb < idle.end.wet_bulb).all()
    assert (level.end.wet_bulb > ZERO + 27.98).all()
