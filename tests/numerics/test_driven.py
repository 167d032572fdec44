"""Streams of any heat capacity: contents of water by CoolProp, known flows, flows that follow."""

import numpy as np
import pytest
from CoolProp.CoolProp import PropsSI
from scipy.integrate import solve_ivp
from scipy.sparse import csr_array, eye_array

from comine.numerics.branch_laws import DarcyWeisbach, LinearLaw, Placed
from comine.numerics.contents import KnownFlow, contents
from comine.numerics.coupled import Coupled
from comine.numerics.driven import DrivenStreams, MassFlow
from comine.numerics.flow import FlowProblem, Given, prepare, solve
from comine.numerics.flow_response import flow_response
from comine.numerics.graph import connect
from tests.numerics.coupled_rig import NO_PAIRS, run
from tests.numerics.test_streams import along_even_wall, small_hole

PRESSURE = 10e6
KELVIN = np.linspace(273.15, 573.15, 121)


def of_water(name, kelvin):
    return PropsSI(name, "T", kelvin, "P", PRESSURE, "IF97::Water")


def liquid():
    return contents(KELVIN, of_water("H", KELVIN), of_water("C", KELVIN))


def in_a_row(fluid, count, inlet, film, source=0.0, storage=0.0):
    """1 kg/s through volumes in a row, each with a skin of its own."""
    entering, links = np.zeros(count), np.column_stack([np.arange(count - 1), np.arange(1, count)])
    entering[0] = 1.0
    flow = MassFlow(
        np.ones(count - 1), entering, np.full(count, float(inlet)), np.full(count, float(film)),
        np.full(count, source / count),
    )  # fmt: skip
    known = KnownFlow(fluid, lambda time: flow, count)
    held = np.full(count, storage)
    return DrivenStreams(links, csr_array(eye_array(count)), NO_PAIRS, np.zeros(0), held, known)


def outlet(fluid, count, inlet, film, wall, source=0.0):
    rock, skins = small_hole(count)
    streams = in_a_row(fluid, count, inlet, film, source)
    problem = Coupled(rock, skins, (streams,), undisturbed=np.full(count, float(wall)))
    last = run(problem, [1.0], unknown=inlet)[-1]
    assert last.entries[-1].carrier_residual < 1e-9
    return last.means[0]["temperature"][-1]


def test_temperature_of_the_content_of_water_is_coolprop_s(measured):
    kelvin = np.random.default_rng(1).uniform(273.2, 573.1, 400)
    found = liquid().warmth(of_water("H", kelvin))
    what, error = "water, temperature of a content", found.temperature - kelvin
    measured.deviation("engine", what, "CoolProp", error, 1e-5, "K")
    assert found.slope == pytest.approx(1.0 / of_water("C", kelvin), rel=1e-4)


def test_heat_given_to_water_up_to_240_degrees_is_its_gain_of_enthalpy(measured):
    cold, hot = 298.15, 513.15
    begin, end = (float(of_water("H", kelvin)) for kelvin in (cold, hot))
    error = outlet(liquid(), 5, begin, 0.0, 400.0, end - begin) - hot
    what = "water given its heat from 25 to 240 °C, known flow"
    measured.deviation("engine", what, "CoolProp", error, 1e-4, "K")
    assert abs(4186.0 * (hot - cold) / (end - begin) - 1) > 0.02  # what one heat would be off


def test_water_along_a_hot_wall_is_warmed_as_by_runge_and_kutta(measured):
    conductance, cold, wall = 8000.0, 298.15, 523.15
    film = conductance / (2 * np.pi * 0.1 * 100.0)

    def change(x, kelvin):
        return conductance * (wall - kelvin) / of_water("C", kelvin)

    exact = solve_ivp(change, (0, 1), [cold], rtol=1e-9).y[0, -1]
    inlet = float(of_water("H", cold))
    errors = [abs(outlet(liquid(), n, inlet, film, wall) - exact) for n in (10, 20)]
    what = "water of 25 °C along a wall of 250 °C"
    measured.deviation("engine", f"{what}, 20 pieces", "Runge and Kutta", errors[1], 0.02, "K")
    order = np.log2(errors[0] / errors[1])
    measured.order("engine", f"{what} (10, 20 pieces)", order, np.log2(3.0))


def test_one_heat_capacity_is_that_of_plain_streams():
    fluid = contents([270.0, 420.0], [1000.0 * 270.0, 1000.0 * 420.0], [1000.0, 1000.0])
    film = 2.0 * 1000.0 / (2.0 * np.pi * 0.1 * 100.0)
    found = outlet(fluid, 4, 1000.0 * 301.0, film, 300.0) - 300.0 - np.exp(-2.0)
    assert found == pytest.approx(along_even_wall(4), abs=1e-8)


def test_heat_held_is_that_which_came_in():
    """Hot water into a row of volumes of cold: the account closes with c(T) in every step."""
    fluid, count = liquid(), 6
    hot, cold = (float(of_water("H", kelvin)) for kelvin in (513.15, 298.15))
    rock, skins = small_hole(count)
    streams = in_a_row(fluid, count, hot, 5.0, storage=30.0)
    problem = Coupled(rock, skins, (streams,), undisturbed=np.full(count, 298.15))
    found = run(problem, np.arange(1, 11) * 20.0, unknown=cold)
    states = [np.full(count, cold), *(a.state.unknown for a in found)]
    for step, begin, end in zip(found, states[:-1], states[1:], strict=True):
        report = step.means[0]
        came = 20.0 * (report["into entering"] + report["into leaving"] - step.heat.sum())
        assert 30.0 * (end - begin).sum() == pytest.approx(came, abs=1e-8 * 20.0 * hot)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (([1.0, 0.5], [1.0, 2.0], [1.0, 1.0]), "temperature"),
        (([1.0, 2.0], [2.0, 1.0], [1.0, 1.0]), "content"),
        (([1.0, 2.0], [1.0, 2.0], [0.0, 1.0]), "heat"),
        (([1.0, 2.0], [1.0, 2.0], [0.1, 1.0]), "more nodes"),
        (([1.0, 2.0], [1.0, 2.0, 3.0], [1.0, 1.0, 1.0]), "shapes"),
    ],
)
def test_bad_contents_are_refused(values, named):
    with pytest.raises(ValueError, match=named):
        contents(*values)


def test_contents_beyond_the_nodes_are_refused():
    with pytest.raises(ValueError, match="not within 273"):
        liquid().warmth(np.array([3e6]))


def square():
    graph = connect("abcde", "12341", "23413")
    pipes = DarcyWeisbach(np.array([100.0, 80.0, 60.0, 90.0]), 0.1, 1e-4, 990.0, 6e-4)
    laws = (Placed(pipes, np.arange(4)), Placed(LinearLaw(50.0), np.array([4])))
    return FlowProblem(graph, laws, Given(np.array([0]), np.array([1e5])))


@pytest.mark.parametrize("kept_up", [(), (1,)])
def test_response_of_flows_is_the_difference_of_two_solutions(kept_up):
    base = square()
    kept = Given(np.array(kept_up, dtype=int), np.full(len(kept_up), 3.0))
    head = np.array([3e3, 0.0, -200.0, 0.0, 800.0])

    def solved(by):
        return FlowProblem(base.graph, base.laws, base.potential, kept, head=head + by)

    problem, step = solved(0.0), 1.0
    pattern = prepare(problem)
    flow = solve(problem).flow
    found = flow_response(problem, flow, np.eye(5), pattern)
    for number, unit in enumerate(np.eye(5)):
        ahead, back = (solve(solved(sign * step * unit)).flow for sign in (1, -1))
        assert found[:, number] == pytest.approx((ahead - back) / (2 * step), abs=1e-7)


def test_a_network_that_nothing_drives_stands():
    """Two columns of the same weight: rounding of their pressures is no flow."""
    loop = connect(["down", "up"], ["top", "foot"], ["foot", "top"])
    pipes = Placed(DarcyWeisbach(np.full(2, 1500.0), 0.2, 0.0, 1000.0, 1e-3), np.arange(2))
    head = np.array([14709975.1, -14709975.1])
    problem = FlowProblem(loop, (pipes,), Given(np.array([0]), np.array([1e6])), head=head)
    assert np.abs(solve(problem).flow).max() < 1e-9
