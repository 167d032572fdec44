import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from comine.physics.refrigeration import chilled_water_delivery, three_chamber_delivery
from comine.physics.water_columns import column_water, pipe_conductance, pressure_stages

HEAT = 4187.0


def test_static_head():
    got = pressure_stages([0.0, 1000.0, 2500.0], 10e6)
    np.testing.assert_allclose(got.pressure, [0.0, 9.81e6, 24.525e6])
    np.testing.assert_array_equal(got.stages, [0, 1, 3])


@pytest.mark.parametrize(("flow", "wall"), [(5.0, 20.0), (100.0, 1.3), (300.0, 15.0)])
def test_heat_gain_against_its_equation_down_the_shaft(flow, wall, measured):
    depth, supply, air, gradient = 2500.0, 276.15, 293.15, 0.008
    exact = solve_ivp(
        lambda z, t: wall * (air + gradient * z - t) / (flow * HEAT),
        (0.0, depth),
        [supply],
        rtol=1e-11,
        atol=1e-11,
    ).y[0, -1]
    got = column_water(depth, supply, flow, wall, (air, gradient))
    error = (got.gained - (exact - supply)) / (exact - supply)
    measured.deviation("refrigeration", "heat gained by the pipe", "its equation", error, 1e-8)
    assert got.temperature == pytest.approx(exact + 9.81 * depth / HEAT, abs=1e-8)


def test_joule_warming_is_2343_millikelvin_by_the_kilometre():
    got = column_water(1000.0, 276.15, 50.0, 0.0, (300.0, 0.01))
    assert got.gained == 0.0
    assert got.joule == pytest.approx(2.343, abs=5e-4)
    kept = column_water(1000.0, 276.15, 50.0, 0.0, (300.0, 0.01), 0.75)
    assert kept.joule == pytest.approx(0.25 * got.joule, rel=1e-12)
    water = chilled_water_delivery(1e6, 1000.0, 276.15, 299.15, 0.75, 0.75)
    assert kept.joule == pytest.approx(float(water.temperature_rise), rel=1e-12)


def test_insulation():
    """Bare, the film alone; thick, the wall alone."""
    assert pipe_conductance(0.4, 0.0, 0.04, 12.0) == pytest.approx(np.pi * 0.4 * 12.0, rel=1e-12)
    thick = pipe_conductance(0.4, 0.1, 0.04, 1e9)
    assert thick == pytest.approx(2 * np.pi * 0.04 / np.log(1.5), rel=1e-6)
    by_thickness = pipe_conductance(0.4, [0.0, 0.02, 0.05, 0.1], 0.04, 12.0)
    assert (np.diff(by_thickness) < 0).all()


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 4000), st.floats(0, 0.99), st.floats(0, 0.01))
def test_energy_of_a_feeder_closes(depth, share, better):
    """Head of the water that comes down: lifted with the return, or lost as heat in the water."""
    got = three_chamber_delivery(1e6, depth, 276.15, 299.15, 1.0, share)
    head = got.mass_flow * 9.81 * depth
    heat = got.mass_flow * HEAT * got.temperature_rise
    lifted = head - got.pump_power
    assert lifted + heat == pytest.approx(float(head), rel=1e-9, abs=1e-6)
    assert got.sensible_duty == pytest.approx(1e6 + float(heat), rel=1e-12)
    more = three_chamber_delivery(1e6, depth, 276.15, 299.15, 1.0, share + better)
    assert more.pump_power <= got.pump_power * (1 + 1e-12)
    assert more.mass_flow <= got.mass_flow * (1 + 1e-12)


def test_a_feeder_without_effect_is_a_throttle():
    feeder = three_chamber_delivery(1e6, 2000.0, 276.15, 299.15, 0.75, 0.0)
    throttle = chilled_water_delivery(1e6, 2000.0, 276.15, 299.15, 0.75)
    for one, other in zip(feeder, throttle, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: pressure_stages(-1.0, 1e7), "depth"),
        (lambda: pressure_stages(1.0, 0.0), "stage_pressure"),
        (lambda: pipe_conductance(0.4, -0.1, 0.04, 10.0), "thickness"),
        (lambda: pipe_conductance(0.4, 0.1, 0.04, 0.0), "film"),
        (lambda: column_water(1e3, 276.0, 0.0, 1.0, (300.0, 0.0)), "mass_flow"),
        (lambda: column_water(1e3, 276.0, 1.0, -1.0, (300.0, 0.0)), "conductance"),
        (lambda: column_water(1e3, 276.0, 1.0, 1.0, (300.0, 0.0), 1.5), "recovery"),
        (lambda: column_water(1e3, 276.0, 1.0, 1.0, (-3.0, 0.0)), "shaft_air"),
        (lambda: three_chamber_delivery(1e6, 1e3, 276.0, 299.0, 0.75, 1.5), "feeder_efficiency"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
