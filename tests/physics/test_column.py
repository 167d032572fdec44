import numpy as np
import pytest
from CoolProp import CoolProp
from scipy.integrate import solve_ivp

from comine.physics.brine import brine
from comine.physics.column import Flow, path_pressure, pressure_gradient
from comine.physics.fluids import figures_of_merit, working_fluid
from comine.physics.pipe import GRAVITY, hydrostatic_pressure, pressure_drop, thermosiphon_head


@pytest.mark.parametrize(
    ("name", "length", "surface", "gradient", "top"),
    [
        ("water", 6000.0, 288.15, 0.035, 2e5),
        ("CO2", 4000.0, 285.15, 0.03, 7e6),
        ("CO2", 4000.0, 330.15, 0.03, 4e6),
        ("air", 3000.0, 290.0, 0.0, 1e5),
    ],
)
def test_columns_against_coolprop(name, length, surface, gradient, top, measured):
    def slope(z, p):
        return [GRAVITY * CoolProp.PropsSI("D", "T", surface + gradient * z, "P", p[0], name)]

    exact = solve_ivp(slope, (0.0, length), [top], rtol=1e-9, atol=1e-2).y[0, -1]
    depth = np.linspace(0.0, length, int(length / 100.0) + 1)
    ours = path_pressure(working_fluid(name), depth, surface + gradient * depth, top)
    what = f"pressure below {length:g} m of {name}, points 100 m apart"
    measured.deviation("fluids", what, "integration with CoolProp", ours[-1] - exact, 1.0, "Pa")


def test_a_gas_of_one_temperature_obeys_the_barometric_formula():
    depth = np.linspace(0.0, 2000.0, 21)
    ours = path_pressure(working_fluid("air"), depth, np.full(21, 500.0), 1e5)
    # 500 K: the compressibility of air is within 1e-4 of one
    ideal = 1e5 * np.exp(GRAVITY * depth / (287.047 * 500.0))
    assert ours == pytest.approx(ideal, rel=1e-4)


def test_going_back_the_same_way_gives_the_pressure_back():
    depth = np.append(np.linspace(0.0, 3000.0, 31), np.linspace(2900.0, 0.0, 30))
    kelvin = 285.0 + 0.03 * depth
    ours = path_pressure(working_fluid("CO2"), depth, kelvin, 7e6)
    assert ours[-1] == pytest.approx(7e6, abs=1.0)


def loop(fluid, cold, hot, top, depth=1000.0):
    z = np.linspace(0.0, depth, 11)
    kelvin = np.append(np.full(11, cold), np.full(11, hot))
    return path_pressure(fluid, np.append(z, z[::-1]), kelvin, top)


def test_thermosiphon_of_water_and_carbon_dioxide():
    """CoolProp's columns down cold and up hot; the figure of merit is its gradient at one place."""
    for name, top in (("water", 1e6), ("CO2", 2e7)):

        def slope(z, p, kelvin, sign, name=name):
            return [sign * GRAVITY * CoolProp.PropsSI("D", "T", kelvin, "P", p[0], name)]

        settings = {"rtol": 1e-9, "atol": 1e-2}
        bottom = solve_ivp(slope, (0, 1000.0), [top], args=(293.15, 1), **settings).y[0, -1]
        back = solve_ivp(slope, (0, 1000.0), [bottom], args=(373.15, -1), **settings).y[0, -1]
        ours = loop(working_fluid(name), 293.15, 373.15, top)
        assert ours[-1] - top == pytest.approx(back - top, abs=5.0)
    # the last is that of CO2; the merit at the pressure half-way down is the mean over the depth
    merit = figures_of_merit(working_fluid("CO2"), 293.15, 373.15, 0.5 * (top + ours[10]))
    assert ours[-1] - top == pytest.approx(1000.0 * merit.thermosiphon, rel=0.1)


def test_nearly_incompressible_loops_are_those_of_given_densities():
    water, z = working_fluid("water"), np.linspace(0.0, 1000.0, 11)
    ours = loop(water, 293.15, 353.15, 1e6)
    middle = 1e6 + GRAVITY * 1000.0 * z
    down, up = water.density(293.15, middle), water.density(353.15, middle)
    assert ours[10] == pytest.approx(hydrostatic_pressure(z, down, 1e6)[-1], rel=1e-5)
    assert ours[-1] - 1e6 == pytest.approx(thermosiphon_head(z, down, up), rel=0.01)


def test_salt_weighs_and_friction_costs():
    z = np.linspace(0.0, 2000.0, 21)
    kelvin = 290.0 + 0.03 * z
    fresh = path_pressure(working_fluid("water"), z, kelvin, 1e6)
    salty = path_pressure(brine(0.2), z, kelvin, 1e6)
    assert (salty - 1e6)[-1] / (fresh - 1e6)[-1] == pytest.approx(1.15, abs=0.02)
    flow = Flow(20.0, 0.1, 5e-5)
    moving = path_pressure(working_fluid("water"), z, kelvin, 1e6, flow=flow)
    density = working_fluid("water").density(320.0, 1e7)
    viscosity = working_fluid("water").viscosity(320.0, 1e7)
    loss = pressure_drop(20.0, 2000.0, 0.1, 5e-5, density, viscosity)
    assert fresh[-1] - moving[-1] == pytest.approx(loss, rel=0.02)


def test_level_pipes_only_lose():
    flow = Flow(5.0, 0.1, 5e-5)
    water = working_fluid("water")
    ours = path_pressure(water, [900.0, 900.0], [320.0, 320.0], 9e6, length=[3000.0], flow=flow)
    density, viscosity = water.density(320.0, 9e6), water.viscosity(320.0, 9e6)
    loss = pressure_drop(5.0, 3000.0, 0.1, 5e-5, density, viscosity)
    assert 9e6 - ours[-1] == pytest.approx(loss, rel=1e-4)
    still = path_pressure(water, [900.0, 900.0], [320.0, 320.0], 9e6, length=[3000.0])
    assert still[-1] == 9e6


def test_gradient_turns_with_the_flow():
    forward = pressure_gradient(900.0, 3e-4, 0.0, Flow(3.0, 0.08, 1e-5))
    backward = pressure_gradient(900.0, 3e-4, 0.0, Flow(-3.0, 0.08, 1e-5))
    assert forward == -backward and forward < 0.0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda w: path_pressure(w, [0.0], [300.0], 1e6), "temperature must match depth"),
        (lambda w: path_pressure(w, [0.0, 1.0], [300.0], 1e6), "temperature must match depth"),
        (
            lambda w: path_pressure(w, [0.0, 9.0], [300.0, 300.0], 1e6, length=[5.0]),
            "length: got 5; give the difference of depth or more",
        ),
        (
            lambda w: path_pressure(w, [0.0, 9.0], [300.0, 300.0], 1e6, length=[9.0, 9.0]),
            "length must have 1 values",
        ),
        (
            lambda w: path_pressure(w, [1000.0, 0.0], [400.0, 400.0], 9e6),
            "water at 400 K|pressure of water",
        ),
        (lambda w: pressure_gradient(1000.0, 1e-3, 1.5), "descent must lie in -1..1"),
    ],
)
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call(working_fluid("water"))
