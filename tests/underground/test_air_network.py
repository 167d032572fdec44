import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq

from comine.underground.air_checks import branch_faults, network_faults
from comine.underground.air_network import (
    AirNetwork,
    BranchAir,
    Fan,
    air_network,
    outside,
    still,
    two_shafts,
)
from comine.underground.network_flow import solve_airflow
from comine.underground.openings import Branch, Openings

OPEN_AIR = outside(288.15, 0.5, 101325.0)
NODES = {"in": (0.0, 0.0, 0.0), "foot": (0.0, 0.0, 1000.0), "face": (800.0, 0.0, 1000.0),
         "out": (800.0, 0.0, 0.0)}  # fmt: skip


def branch(name, start, end, length=1000.0, **more):
    values = {"area": 20.0, "perimeter": 18.0, "friction": 0.012} | more
    return Branch(name, "drift", "air", start, end, length, **values)


def ring(**more):
    return Openings(
        NODES,
        (
            branch("downcast", "in", "foot"),
            branch("drift", "foot", "face", 800.0, **more),
            branch("upcast", "face", "out"),
        ),
    )


def at_rest(network, temperature=None):
    air = still(network, OPEN_AIR)
    if temperature is None:
        return air
    return air._replace(density=air.density * OPEN_AIR.temperature / np.asarray(temperature))


def test_still_air_of_the_outside_drives_nothing():
    network = air_network(ring(), ["in", "out"])
    found = solve_airflow(network, at_rest(network), OPEN_AIR)
    assert np.abs(found.flow).max() < 1e-3
    assert found.pressure[1] == pytest.approx(OPEN_AIR.column(np.array(1000.0)), rel=1e-9)


def test_natural_ventilation_is_the_difference_of_two_columns():
    network = air_network(ring(), ["in", "out"])
    hot, cold = 308.15, 288.15
    found = solve_airflow(network, at_rest(network, [cold, 298.15, hot]), OPEN_AIR)

    def weight(temperature):
        gas = OPEN_AIR.pressure / OPEN_AIR.density / OPEN_AIR.temperature
        column = OPEN_AIR.column
        return quad(lambda z: 9.80665 * column(z) / (gas * temperature), 0.0, 1000.0)[0]

    drive = weight(cold) - weight(hot)
    assert found.drive.sum() == pytest.approx(drive, rel=1e-6)
    air = at_rest(network, [cold, 298.15, hot])
    thick = network.resistance * (1 + air.humidity) ** 2 / (1.2 * air.density)
    assert found.flow == pytest.approx(np.sqrt(drive / thick.sum()), rel=1e-6)
    assert found.natural_pressure == pytest.approx(drive, rel=1e-6)


def fan_point(series, parallel, speed=1.0):
    fan = Fan("upcast", [0, 40, 80, 120], [3000, 2800, 2000, 0], speed=speed, series=series,
              parallel=parallel)  # fmt: skip
    network = air_network(ring(), ["in", "out"], [fan])
    air = at_rest(network)
    found = solve_airflow(network, air, OPEN_AIR)
    return network, air, fan, found


@pytest.mark.parametrize(("series", "parallel"), [(1, 1), (2, 1), (1, 2), (2, 3)])
def test_fans_work_where_their_curve_meets_the_mine(series, parallel):
    from scipy.interpolate import PchipInterpolator

    network, air, fan, found = fan_point(series, parallel, 1.2)
    dense, moist = air.density[2], 1 + air.humidity[2]
    rise = PchipInterpolator(fan.flow, fan.rise)

    def over(volume):
        mass = volume * dense
        fall = sum(network.resistance / (1.2 * air.density)) * mass**2
        one = volume / parallel / 1.2
        return series * 1.2**2 * dense / 1.2 * float(rise(one)) - fall

    volume = brentq(over, 1.0, 143.0 * parallel)
    (point,) = found.fans
    assert point.flow == pytest.approx(volume, rel=1e-6)
    assert found.flow[0] == pytest.approx(volume * dense / moist, rel=1e-6)
    assert point.rise == pytest.approx(found.loss.sum(), rel=1e-6)
    assert point.power == pytest.approx(point.flow * point.rise / 0.7, rel=1e-9)
    assert not point.stalled


def test_a_fan_left_of_its_peak_is_said_to_stall():
    fan = Fan("upcast", [0, 40, 80, 120], [2000, 2800, 2000, 0])
    network = air_network(ring(resistance=5.0), ["in", "out"], [fan])
    found = solve_airflow(network, at_rest(network), OPEN_AIR)
    assert found.fans[0].flow < 40.0
    assert found.fans[0].stalled


def test_a_given_flow_says_the_regulator_or_the_booster_it_needs():
    split = Openings(
        NODES,
        (
            *ring().branches,
            branch("second", "foot", "face", 800.0),
        ),
    )
    fan = Fan("upcast", [0, 60, 120, 180], [2500, 2400, 1900, 600])
    free = air_network(split, ["in", "out"], [fan])
    air = at_rest(free)
    half = solve_airflow(free, air, OPEN_AIR).flow[1]
    for share, regulates in ((0.5, True), (1.5, False)):
        network = air_network(split, ["in", "out"], [fan], {"second": share * half})
        found = solve_airflow(network, air, OPEN_AIR)
        (need,) = found.throttles
        assert found.flow[3] == pytest.approx(share * half, rel=1e-12)
        assert (need.fall > 0) == regulates
        if regulates:
            door = branch("second", "foot", "face", 800.0, resistance=need.resistance)
            more = Openings(NODES, (*split.branches[:3], door))
            again = solve_airflow(air_network(more, ["in", "out"], [fan]), air, OPEN_AIR)
            assert again.flow == pytest.approx(found.flow, rel=1e-6)
        else:
            assert need.resistance == 0.0


@given(st.floats(1.0, 2.0), st.floats(0.01, 5.0))
def test_exponents_carry_the_density_of_the_volume_flow(exponent, resistance):
    base = two_shafts()
    network = AirNetwork(base.graph, base.depth, base.surface, np.full(3, resistance), np.ones(3),
                         exponent, base.fans)  # fmt: skip
    air = BranchAir(np.full(3, 1.35), np.full(3, 0.01))
    found = solve_airflow(network, air, OPEN_AIR)
    volume = found.flow * 1.01 / 1.35
    assert found.loss == pytest.approx(1.35 / 1.2 * resistance * volume**exponent, rel=1e-9)


def test_equal_airways_side_by_side_are_as_good_as_so_many_branches():
    many = tuple(branch(f"stope {n}", "foot", "face", 800.0) for n in range(3))
    one = (branch("stope", "foot", "face", 800.0, count=3),)
    fan = Fan("upcast", [0, 60, 120, 180], [2500, 2400, 1900, 600])
    shafts = (branch("downcast", "in", "foot"), branch("upcast", "face", "out"))
    flows = [
        solve_airflow(network, at_rest(network), OPEN_AIR).entering
        for ways in (many, one)
        for network in [air_network(Openings(NODES, shafts + ways), ["in", "out"], [fan])]
    ]
    assert flows[0] == pytest.approx(flows[1], rel=1e-9)


def said(faults):
    return [str(fault) for fault in faults]


def test_faults_of_branches_are_all_named():
    nodes = {"a": (0, 0, 0), "b": (0, 0, 500)}
    wrong = [
        branch("zero", "a", "b", area=0.0),
        branch("thin", "a", "b", perimeter=5.0),
        branch("short", "a", "b", 100.0),
        branch("lost", "a", "c"),
        branch("ring", "a", "a"),
        branch("free", "a", "b", friction=0.0),
        branch("bad", "a", "b", shock=float("nan")),
        branch("zero", "a", "b"),
    ]
    faults = branch_faults(wrong, nodes)
    for name, words in {
        "zero": "the name stands twice", "thin": "less than a circle", "short": "shorter than its",
        "lost": "a node that is not there", "ring": "ends where it starts",
        "free": "resists nothing", "bad": "shock is no number",
    }.items():  # fmt: skip
        assert any(fault.key == name and words in fault.wrong for fault in faults), name
    assert any("no section" in fault.wrong for fault in faults)


def test_faults_of_a_network_name_its_branches():
    openings = ring()
    lone = branch("lone", "p", "q")
    nodes = NODES | {"p": (0, 9, 0), "q": (0, 9, 500)}
    (fault,) = network_faults([*openings.branches, lone], nodes, ["in", "out"])
    assert "lone" in fault.key
    assert "no way to the open air" in fault.wrong
    (fault,) = network_faults(openings.branches, NODES, ["in", "out"], ["downcast", "nowhere"])
    assert fault.key == "nowhere"
    turned = [*openings.branches[:2], branch("upcast", "out", "face")]
    (fault,) = network_faults(turned, NODES, ["in", "out"], ["downcast", "upcast"])
    assert {fault.key, fault.got} == {"downcast", "upcast"}
    assert not network_faults(openings.branches, NODES, ["in", "out"], ["downcast", "upcast"])


def test_impossible_flows_are_refused():
    spur = branch("spur", "face", "end")
    nodes = NODES | {"end": (900.0, 0.0, 1000.0)}
    ways = [*ring().branches, spur]
    (fault,) = network_faults(ways, nodes, ["in", "out"], (), {"spur": 5.0})
    assert fault.key == "spur"
    assert "leads nowhere" in fault.wrong
    (fault,) = network_faults(ways, nodes, ["in", "out"], (), {"downcast": 20.0, "drift": 30.0})
    assert "more leaves than enters" in fault.wrong
    assert "10 kg/s" in fault.got
    up = {name: (x, y, -z) for name, (x, y, z) in NODES.items()}
    (fault,) = network_faults(ring().branches, up, ["in", "out"])
    assert "elevation" in fault.cure
    (fault,) = network_faults(ring().branches, NODES, [])
    assert fault.key == "surface"
