import numpy as np
import pytest

from comine.physics.fan import fan_of_holes
from comine.physics.fracture import outlet_fraction
from comine.physics.sources import infinite_line_response
from comine.underground.exchangers import FractureZone, Ground, HoleFan

YEAR = 31557600.0
GROUND = Ground(330.0, 3.0, 1.3e-6)
CAPACITY = 20.0 * 4186.0
EDGES = np.arange(25) * YEAR / 12


def fan(rings=6, holes=8, length=40.0):
    lines = fan_of_holes([0, 0, 1000], [(rings - 1) * 20.0, 0, 1000], 20.0, holes, length, 2.0)
    return HoleFan(lines.reshape(-1, 2, 3), lines[:, 0], 0.065, 0.08)


def zone(spacing=20.0, fractures=10, length=200.0):
    half = np.array([length, spacing * fractures, 100.0]) / 2
    middle = np.array([0.0, 0.0, 2000.0])
    return FractureZone(
        np.stack([middle - half, middle + half]), fractures, length * 100.0, spacing / 2
    )


@pytest.mark.parametrize("exchanger", [fan(), zone()], ids=["fan", "zone"])
class TestBoth:
    def test_heat_falls_and_stays_below_what_the_water_could_take(self, exchanger):
        heat = exchanger.heat(EDGES, 290.0, CAPACITY, GROUND)
        assert (np.diff(heat) < 1e-6).all()
        assert (heat > 0).all() and (heat < CAPACITY * 40.0).all()

    def test_linear_in_the_temperature_difference(self, exchanger):
        one = exchanger.heat(EDGES, 310.0, CAPACITY, GROUND)
        two = exchanger.heat(EDGES, 290.0, CAPACITY, GROUND)
        np.testing.assert_allclose(two, 2 * one, rtol=1e-10)

    def test_no_difference_no_heat(self, exchanger):
        np.testing.assert_allclose(
            exchanger.heat(EDGES, GROUND.temperature, CAPACITY, GROUND), 0, atol=1e-6
        )

    def test_rock_cools_less_the_farther_it_lies(self, exchanger):
        late = EDGES * 10
        heat = exchanger.heat(late, 290.0, CAPACITY, GROUND)
        edge, depth = (42.0, 1000.0) if isinstance(exchanger, HoleFan) else (100.0, 2000.0)
        far = np.array([[20.0, edge + gap, depth] for gap in (8.0, 20.0, 40.0)])
        fall = exchanger.cooling(far, late, heat, GROUND)
        assert (np.diff(fall[:, -1]) < 0).all()
        assert (fall >= 0).all() and fall[0, 4] > fall[0, 0]

    def test_the_rock_loses_what_the_water_takes(self, exchanger):
        """Fall of temperature summed over space after a step, against the heat: conservation."""
        time = np.array([20 * YEAR])
        centre = np.array([50.0, 0.0, 1000.0] if isinstance(exchanger, HoleFan) else [0, 0, 2000.0])
        rng = np.random.default_rng(7)
        width = 160.0
        points = centre + width * rng.standard_normal((6000, 3))
        chance = np.exp(-(((points - centre) / width) ** 2).sum(axis=1) / 2)
        chance /= (2 * np.pi * width**2) ** 1.5
        fall = exchanger.step_response(points, time, GROUND)[:, 0]
        capacity = GROUND.conductivity / GROUND.diffusivity
        lost = (fall / chance).mean() * capacity
        assert lost == pytest.approx(time[0], rel=0.03)


def test_a_lone_deep_hole_is_a_line_source_behind_a_resistance():
    line = np.array([[[0.0, 0.0, 0.0], [0.0, 0.0, 2000.0]]])
    hole = HoleFan(line, line, 0.065, 0.08)
    capacity = 1e9  # water hardly warms: the mean fluid is the inlet
    edges = np.arange(25) * YEAR / 12
    heat = hole.heat(edges, 290.0, capacity, GROUND) / 2000.0
    response = infinite_line_response(0.065, (edges[1:] + edges[:-1]) / 2, 3.0, 1.3e-6)
    steady = 40.0 / (0.08 + response[-1])
    assert heat[-1] == pytest.approx(steady, rel=0.02)


def test_holes_in_a_fan_hinder_each_other():
    dense, lone = fan(), fan(rings=2, holes=2, length=40.0)
    late = EDGES * 15
    crowd = dense.heat(late, 290.0, 1e7, GROUND)[-1] / dense.length
    free = lone.heat(late, 290.0, 1e7, GROUND)[-1] / lone.length
    assert crowd < 0.75 * free


def test_mean_heat_of_a_zone_follows_gringarten():
    exchanger = zone()
    fine = np.linspace(0, 2 * YEAR, 1201)
    left = outlet_fraction(
        (fine[1:] + fine[:-1]) / 2, 200 * 100.0, 10.0, CAPACITY / 10, 3.0, 1.3e-6
    )
    heat = exchanger.heat(EDGES, 290.0, CAPACITY, GROUND)
    expected = CAPACITY * 40.0 * left.reshape(24, 50).mean(axis=1)
    np.testing.assert_allclose(heat, expected, rtol=2e-3)


def test_a_zone_cannot_give_more_than_its_rock_holds():
    exchanger = zone(spacing=5.0, fractures=4, length=50.0)
    edges = np.arange(101) * YEAR
    heat = exchanger.heat(edges, 290.0, CAPACITY, GROUND).sum() * YEAR
    volume = 50.0 * 20.0 * 100.0
    held = volume * 3.0 / 1.3e-6 * 40.0
    assert heat == pytest.approx(held, rel=1e-6)
