"""Flows that follow from the state, against closed forms, SciPy and CoolProp."""

import numpy as np
import pytest
from CoolProp.CoolProp import PropsSI
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from comine.numerics.carrier import StateError
from comine.numerics.coupled import StoppedError, march
from comine.physics.column import path_pressure
from comine.physics.fluids import working_fluid
from comine.underground.conduits import Conduit, Door, fracture
from comine.underground.fluid_network import fluid_network
from tests.underground.fluid_rig import CLOSE, along_walls, settled, steps

GRAVITY = 9.80665
WATER, CO2 = working_fluid("water"), working_fluid("CO2")
PRESSURE = 10e6


def water(name, kelvin, pressure=PRESSURE):
    return PropsSI(name, "T", kelvin, "P", pressure, "Water")


def two_legs(height, diameter, pieces, roughness=0.0):
    return [
        Conduit("down", "top", "foot", height, diameter, pieces=pieces, roughness=roughness),
        Conduit("up", "foot", "top", height, diameter, pieces=pieces, roughness=roughness),
    ]


def in_loop(conduits, height, fluid=WATER, pressure=PRESSURE, source=None):
    depths = {"top": 0.0, "foot": height}
    return fluid_network(fluid, conduits, depths, {"top": Door(pressure)}, source)


def test_a_laminar_thermosiphon_has_its_closed_form(measured):
    """Legs at two temperatures near each other, linear in both: m (1 + 2 a K) = K."""
    height, bore, pieces, cold, hot = 20.0, 0.01, 40, 309.5, 310.5
    network = in_loop(two_legs(height, bore, pieces), height)
    walls = np.repeat([cold, hot], pieces)
    rate = settled(network, np.r_[walls, 310.0, 310.0], walls)["rate"]
    middle = PRESSURE + GRAVITY * water("D", 310.0) * height / 2
    density, viscosity, heat, conductivity, expansion = (
        water(name, 310.0, middle)
        for name in ("D", "V", "C", "L", "isobaric_expansion_coefficient")
    )
    resistance = 2 * height * 128 * viscosity / (np.pi * density * bore**4)
    drive = density * expansion * GRAVITY * height * (hot - cold)
    near = heat / (3.66 * np.pi * conductivity * height)  # way of cooling over height and flow
    assert drive / resistance * near < 0.2
    expected = drive / resistance / (1 + 2 * near * drive / resistance)
    what = "laminar thermosiphon, flow"
    measured.deviation("engine", what, "closed form", rate / expected - 1, 2e-3)


def colebrook(reynolds, rough):
    def misfit(x):
        return x + 2 * np.log10(rough / 3.7 + 2.51 * x / reynolds)

    return brentq(misfit, 1.0, 20.0) ** -2


def leg(mass, inlet, wall, bore, rough, begin, height, down):
    """Temperatures, weight and friction along a leg, by Runge and Kutta with CoolProp."""
    section = np.pi * bore**2 / 4

    def change(z, state):
        kelvin, _, _ = state
        depth = z if down else height - z
        pressure = begin + GRAVITY * 985.0 * depth
        density, viscosity, heat, conductivity = (
            water(name, kelvin, pressure) for name in ("D", "V", "C", "L")
        )
        reynolds, prandtl = mass * bore / section / viscosity, viscosity * heat / conductivity
        smooth = (0.79 * np.log(reynolds) - 1.64) ** -2 / 8
        nusselt = smooth * (reynolds - 1000) * prandtl
        nusselt /= 1 + 12.7 * np.sqrt(smooth) * (prandtl ** (2 / 3) - 1)
        expansion = water("isobaric_expansion_coefficient", kelvin, pressure)
        taken = np.pi * nusselt * conductivity * (wall - kelvin) / (mass * heat)
        compressed = GRAVITY * kelvin * expansion / heat * (1 if down else -1)
        friction = colebrook(reynolds, rough / bore) * mass**2 / (2 * density * section**2 * bore)
        return [taken + compressed, GRAVITY * density, friction]

    return solve_ivp(change, (0, height), [inlet, 0.0, 0.0], rtol=1e-6, atol=1e-4).y[:, -1]


def test_a_turbulent_thermosiphon_balances_as_by_runge_and_kutta(measured):
    height, bore, rough, cold, hot = 100.0, 0.1, 1e-4, 300.0, 340.0

    def unbalanced(mass):
        inlet = 330.0
        for _ in range(4):
            foot, dense, first = leg(mass, inlet, cold, bore, rough, PRESSURE, height, True)
            inlet, light, second = leg(mass, foot, hot, bore, rough, PRESSURE, height, False)
        return dense - light - first - second

    expected = brentq(unbalanced, 5.0, 5.6, xtol=1e-3)
    pieces = 20
    network = in_loop(two_legs(height, bore, pieces, rough), height)
    walls = np.repeat([cold, hot], pieces)
    found = settled(network, np.r_[walls, 320.0, 320.0], walls)
    what = "turbulent thermosiphon, flow"
    measured.deviation("engine", what, "Runge and Kutta", found["rate"] / expected - 1, 2e-3)


@pytest.mark.parametrize(
    ("fluid", "pressure", "temperatures"),
    [(WATER, 1e6, (290.0, 360.0)), (CO2, 12e6, (285.0, 370.0))],
)
def test_the_gain_of_two_columns_is_that_of_the_integrated_density(
    fluid, pressure, temperatures, measured
):
    """A U of two legs, shut at the top of the hot one: the pressure there is the head."""
    height, pieces = 1500.0, 30
    legs = [
        Conduit("down", "in", "foot", height, 0.2, pieces=pieces),
        Conduit("up", "foot", "out", height, 0.2, pieces=pieces),
        Conduit("shut", "out", "in", 1.0, 0.2, flow=0.0),
    ]
    depths = {"in": 0.0, "foot": height, "out": 0.0}
    network = fluid_network(fluid, legs, depths, {"in": Door(pressure)})
    kelvin = np.r_[np.repeat(temperatures, pieces), temperatures[0], *temperatures, temperatures[1]]
    begun = network.begun(kelvin)
    place = network.layout.graph.nodes.index
    nodes = begun[-3:]

    def gradient(warm):
        return lambda z, p: [GRAVITY * PropsSI("D", "T", warm, "P", p[0], fluid.name)]

    foot = solve_ivp(gradient(temperatures[0]), (0, height), [pressure], rtol=1e-9).y[0, -1]
    top = solve_ivp(gradient(temperatures[1]), (height, 0), [foot], rtol=1e-9).y[0, -1]
    what, exact = f"U-loop of {fluid.name}, 1,500 m", "integration with CoolProp"
    head = (nodes[place("foot")] - pressure) / (foot - pressure)
    gain = (nodes[place("out")] - pressure) / (top - pressure)
    measured.deviation("engine", f"{what}: pressure of the cold leg", exact, head - 1, 2e-4)
    measured.deviation("engine", f"{what}: gain of both legs", exact, gain - 1, 1e-3)
    way = np.r_[np.linspace(0, height, 31), np.linspace(height, 0, 31)]
    own = path_pressure(fluid, way, np.repeat(temperatures, 31), pressure)
    assert nodes[place("out")] == pytest.approx(own[-1], rel=1e-4)


@pytest.mark.parametrize(("fluid", "pressure"), [(WATER, 1e6), (CO2, 10e6)])
def test_a_fluid_that_descends_without_heat_or_friction_keeps_its_entropy(
    fluid, pressure, measured
):
    height, pieces, kelvin = 2000.0, 40, 293.15
    legs = [
        Conduit("down", "in", "foot", height, 1.0, pieces=pieces, walled=False),
        Conduit("on", "foot", "out", 1.0, 1.0, walled=False, flow=1.0),
    ]
    depths = {"in": 0.0, "foot": height, "out": height}
    deep = path_pressure(fluid, [0.0, height], [kelvin, kelvin], pressure)[-1]
    doors = {"in": Door(pressure, kelvin), "out": Door(float(deep), kelvin)}
    network = fluid_network(fluid, legs, depths, doors)
    found = settled(network, kelvin, [], time=1e9)
    foot = network.layout.pieces + network.layout.graph.nodes.index("foot")
    entropy = PropsSI("S", "T", kelvin, "P", pressure, fluid.name)
    expected = PropsSI("T", "S", entropy, "P", found["potential"][foot], fluid.name)
    error = (found["temperature"][foot] - kelvin) / (expected - kelvin) - 1
    what = f"{fluid.name} that descends 2,000 m, warming"
    measured.deviation("engine", what, "even entropy", error, 2e-3)


def test_a_loop_turns_round_when_the_other_leg_is_heated():
    height, pieces, day = 100.0, 8, 86400.0
    network = in_loop(two_legs(height, 0.1, pieces), height, pressure=2e6)
    size = network.layout.size
    cold, hot = np.repeat([300.0, 330.0], pieces), np.repeat([330.0, 300.0], pieces)
    begun = network.begun(np.full(size, 300.0))
    assert np.abs(begun[size : size + 2]).max() < 1e-9  # it stands
    times = day * np.linspace(0, 1, 9)[1:]
    found = steps(along_walls(network, begun, cold), begun, times)
    last = found[-1]
    turned = along_walls(network, begun, hot)
    found += list(march(turned, last.state, day + times, CLOSE))
    before, after = (a.means[0]["rate"] for a in (last, found[-1]))
    assert before[0] > 1.0
    assert after == pytest.approx(-before, rel=1e-3)
    steady = day / 8
    taken = sum(steady * a.heat.sum() for a in found)
    moved = sum(steady * np.abs(a.heat).sum() for a in found)
    held = network.streams(begun).storage @ (found[-1].state.unknown - begun)[:size]
    assert abs(held) > 1e-6 * moved
    assert abs(held + taken) < 1e-7 * moved


def test_the_warmer_of_two_fractures_takes_the_greater_share(measured):
    """Viscosity channels: flows against a solution by SciPy with CoolProp."""
    length, aperture, width, inlet, drop = 20.0, 2e-4, 1.0, 320.0, 2e4
    walls, pieces = (320.0, 420.0), 20
    cracks = [
        fracture(name, ("in", "out"), length, aperture, width, pieces) for name in ("cool", "warm")
    ]
    doors = {"in": Door(PRESSURE + drop, inlet), "out": Door(PRESSURE, inlet)}
    network = fluid_network(WATER, cracks, {"in": 0.0, "out": 0.0}, doors)
    begun = np.r_[np.repeat(walls, pieces), inlet, inlet]
    rate = settled(network, begun, np.repeat(walls, pieces), width / np.pi)["rate"]

    def shares(wall):
        def profile(mass):
            def change(x, kelvin):
                conductance = 7.541 * water("L", kelvin[0]) / (2 * aperture) * 2 * width
                return [conductance * (wall - kelvin[0]) / (mass * water("C", kelvin[0]))]

            return solve_ivp(
                change, (0, length), [inlet], rtol=1e-8, dense_output=True, method="LSODA"
            ).sol

        def misfit(mass):
            kelvin = profile(mass)
            loss = quad(lambda x: water("V", kelvin(x)[0]) / water("D", kelvin(x)[0]),
                        0, length, limit=200)[0]  # fmt: skip
            return 12 * mass * loss / (width * aperture**3) - drop

        return brentq(misfit, 1e-4, 0.1, xtol=1e-9)

    expected = [shares(wall) for wall in walls]
    assert expected[1] / expected[0] > 1.5
    what = "flow of two fractures, one 100 K warmer"
    measured.deviation("engine", what, "SciPy", np.divide(rate, expected) - 1, 2e-3)


def test_heat_given_to_water_of_240_degrees_is_its_gain_of_enthalpy(measured):
    ways = [Conduit("heated", "in", "out", 100.0, 0.1, pieces=4, walled=False)]
    rise = water("H", 513.15) - water("H", 298.15)

    def source(time):
        return np.r_[np.full(4, 5.0 * rise / 4), np.zeros(4)]

    ways.append(Conduit("pumped", "start", "in", 1.0, 0.1, walled=False, flow=5.0))
    doors = {"start": Door(PRESSURE, 298.15), "out": Door(PRESSURE, 298.15)}
    network = fluid_network(WATER, ways, {"in": 0.0, "out": 0.0, "start": 0.0}, doors, source)
    found = settled(network, 400.0, [])
    out = network.layout.pieces + network.layout.graph.nodes.index("out")
    what, error = (
        "water given its heat from 25 to 240 °C, network",
        found["temperature"][out] - 513.15,
    )
    measured.deviation("engine", what, "CoolProp", error, 0.02, "K")
    taken = found["into leaving"] + found["into entering"]
    assert taken == pytest.approx(-5.0 * rise, rel=1e-6)


def test_a_stream_that_goes_round_again_mixes_with_what_comes_fresh():
    """A pump that drives water back past a heater; what leaves has the heat given and no more."""
    ways = [
        Conduit("feed", "in", "mix", 10.0, 0.1, walled=False),
        Conduit("heater", "mix", "split", 10.0, 0.1, pieces=2, walled=False),
        Conduit("back", "split", "mix", 10.0, 0.1, walled=False, flow=3.0),
        Conduit("away", "split", "out", 10.0, 0.1, walled=False, flow=2.0),
    ]
    power = 4e5

    def source(time):
        return np.r_[0.0, power / 2, power / 2, np.zeros(6)]

    doors = {"in": Door(PRESSURE, 300.0), "out": Door(PRESSURE, 300.0)}
    depths = dict.fromkeys(("in", "mix", "split", "out"), 0.0)
    network = fluid_network(WATER, ways, depths, doors, source)
    found = settled(network, 300.0, [])
    assert found["rate"] == pytest.approx([2.0, 5.0, 3.0, 2.0], rel=1e-8)
    nodes = dict(zip(network.layout.graph.nodes, found["content"][-4:], strict=True))
    fresh = water("H", 300.0)
    assert nodes["split"] - nodes["in"] == pytest.approx(power / 2.0, rel=1e-6)
    assert nodes["mix"] == pytest.approx((2 * fresh + 3 * nodes["split"]) / 5, rel=1e-5)


def test_a_pump_and_a_thermosiphon_add(measured):
    """A pump of even rise in a loop of one temperature gives what friction takes."""
    rise = 2e4
    loop = two_legs(100.0, 0.1, 4)
    loop[0] = Conduit("down", "top", "foot", 100.0, 0.1, pieces=4, rise=([0.0, 1.0], [rise, rise]))
    network = in_loop(loop, 100.0)
    begun = network.begun(np.full(network.layout.size, 300.0))
    rate = begun[network.layout.size]
    section, middle = np.pi * 0.1**2 / 4, PRESSURE + 0.5e6
    density, viscosity = water("D", 300.0, middle), water("V", 300.0, middle)
    factor = colebrook(rate * 0.1 / section / viscosity, 0.0)
    friction = factor * 200 / 0.1 * rate**2 / (2 * density * section**2)
    what = "pump in a loop of even temperature, rise"
    measured.deviation("engine", what, "Colebrook", rise / friction - 1, 1e-3)


def make(**changed):
    parts = {
        "conduits": two_legs(100.0, 0.1, 2), "depths": {"top": 0.0, "foot": 100.0},
        "doors": {"top": Door(PRESSURE)},
    }  # fmt: skip
    return fluid_network(WATER, **(parts | changed))


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"doors": {}}, "down, up"),
        ({"depths": {"top": 0.0}}, "down: got no depth of foot"),
        ({"depths": {"top": 0.0, "foot": 150.0}}, "down: got a length"),
        ({"depths": {"top": 0.0, "foot": np.nan}}, "depths of down"),
        ({"doors": {"top": Door(PRESSURE), "foot": Door(PRESSURE)}}, "may enter at top, foot"),
        ({"doors": {"top": Door(PRESSURE), "elsewhere": Door(PRESSURE)}}, "elsewhere"),
        ({"doors": {"top": Door(-1.0)}}, "pressure at top"),
        ({"doors": {"top": Door(1e5, 500.0)}}, "door top"),
    ],
)
def test_networks_that_cannot_be_are_refused_by_name(changed, named):
    with pytest.raises(ValueError, match=named):
        make(**changed)


def test_a_flow_without_a_way_out_is_refused():
    dead = Conduit("dead end", "foot", "nowhere", 10.0, 0.1, flow=1.0)
    with pytest.raises(ValueError, match="dead end"):
        make(conduits=[*two_legs(100.0, 0.1, 2), dead],
             depths={"top": 0.0, "foot": 100.0, "nowhere": 100.0})  # fmt: skip


def test_a_part_that_hangs_on_nothing_is_refused():
    alone = Conduit("alone", "here", "there", 10.0, 0.1)
    with pytest.raises(ValueError, match="alone"):
        make(conduits=[*two_legs(100.0, 0.1, 2), alone],
             depths={"top": 0.0, "foot": 100.0, "here": 0.0, "there": 0.0})  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"length": 0.0}, "length of hole"), ({"diameter": np.nan}, "diameter of hole"),
        ({"area": -1.0}, "area of hole"), ({"roughness": -1.0}, "roughness of hole"),
        ({"pieces": 0}, "pieces of hole"), ({"flow": np.inf}, "flow of hole"),
        ({"flow": 1.0, "rise": ([0, 1], [1, 0])}, "hole: got a flow and a rise"),
    ],
)  # fmt: skip
def test_bad_conduits_are_refused(changed, named):
    parts = {"name": "hole", "start": "a", "end": "b", "length": 10.0, "diameter": 0.1}
    with pytest.raises(ValueError, match=named):
        Conduit(**(parts | changed))


def test_water_that_boils_is_refused_by_the_name_of_its_conduit():
    network = in_loop(two_legs(100.0, 0.1, 2), 100.0, pressure=2e5)
    with pytest.raises(StateError, match="up"):
        network.begun(np.r_[300.0, 300.0, 300.0, 450.0, 300.0, 300.0])


def test_water_that_comes_to_boil_stops_the_run():
    network = in_loop(two_legs(100.0, 0.1, 2), 100.0, pressure=2e5)
    begun = network.begun(np.r_[300.0, 300.0, 310.0, 310.0, 305.0, 305.0])
    problem = along_walls(network, begun, np.repeat([450.0, 460.0], 2))
    with pytest.raises(StoppedError, match="carrier 0") as stopped:
        steps(problem, begun, [1e6])
    assert network.named(stopped.value.unsettled[1]) in ("down", "up", "top", "foot")
