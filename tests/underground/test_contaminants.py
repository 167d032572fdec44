import numpy as np
import pytest
from scipy.integrate import solve_ivp

from comine.underground.air_network import Fan, air_network, outside, still
from comine.underground.contaminants import Fume, age_of_air, clearing_time, concentration
from comine.underground.network_flow import solve_airflow
from comine.underground.openings import Branch, Openings

OPEN_AIR = outside(288.15, 0.5, 101325.0)


def mine():
    nodes = {name: (x, 0.0, z) for name, x, z in (
        ("in", 0, 0), ("foot", 0, 500), ("split", 100, 500), ("join", 400, 500),
        ("up", 500, 500), ("out", 500, 0))}  # fmt: skip
    ways = [("down", "in", "foot", 500), ("level", "foot", "split", 100),
            ("face", "split", "join", 300), ("bypass", "split", "join", 300),
            ("return", "join", "up", 100), ("upcast", "up", "out", 500)]  # fmt: skip
    branches = tuple(
        Branch(name, "drift", "air", a, b, length, 20.0, 18.0, 0.012,
               resistance=0.3 if name == "face" else 0.0)
        for name, a, b, length in ways
    )  # fmt: skip
    network = air_network(Openings(nodes, branches), ["in", "out"],
                          [Fan("upcast", [0, 60, 120], [2000, 1900, 600])])  # fmt: skip
    air = still(network, OPEN_AIR)
    found = solve_airflow(network, air, OPEN_AIR)
    volume = np.array([branch.length * branch.area for branch in branches])
    return network, air, found, volume


def test_exhaust_of_the_face_is_diluted_at_the_junction():
    network, _, found, _ = mine()
    given = np.zeros(6)
    given[network.place["face"]] = 2e-5
    found_at = concentration(network, found, given, outside=1e-7)
    m = dict(zip(network.graph.branches, found.flow, strict=True))
    assert found_at[network.place["face"]] == pytest.approx(1e-7 + 2e-5 / m["face"])
    assert found_at[network.place["return"]] == pytest.approx(1e-7 + 2e-5 / m["down"])


def test_age_is_the_air_held_over_the_flow():
    network, air, found, volume = mine()
    age = age_of_air(network, found, air, volume)
    held = volume * air.density / (1 + air.humidity)
    assert age[-1] * found.entering == pytest.approx(held.sum(), rel=1e-9)


def test_fume_clears_as_stirred_vessels_and_pipes_do():
    network, air, found, volume = mine()
    fume, limit = Fume("face", 1500.0, 2e-3), 3e-5
    time = clearing_time(network, found, air, volume, fume, limit)
    dry = air.density / (1 + air.humidity)
    place = network.place
    volume_flow = found.flow / dry

    def thinned(t, c):
        return -volume_flow[place["face"]] / fume.volume * c

    def reached(t, c, factor):
        return float(c[0] * factor - limit)

    share = found.flow[place["face"]] / found.flow[place["return"]]
    delay = volume[place["return"]] / volume_flow[place["return"]]
    for name, factor, later in (("face", 1.0, 0.0), ("return", share, delay)):
        event = lambda t, c, f=factor: reached(t, c, f)  # noqa: E731
        event.terminal = True
        run = solve_ivp(thinned, (0, 1e5), [fume.fraction], events=event, rtol=1e-9, atol=1e-15)
        assert time[place[name]] == pytest.approx(run.t_events[0][0] + later, rel=1e-5)
    assert time[place["down"]] == time[place["bypass"]] == 0.0


def test_more_air_clears_sooner():
    network, air, found, volume = mine()
    times = [
        clearing_time(network, found, air, volume, Fume("face", size, 2e-3), 3e-5)[2]
        for size in (500.0, 1000.0, 2000.0)
    ]
    assert times[0] < times[1] < times[2]
    with pytest.raises(ValueError, match="limit must be above 0"):
        clearing_time(network, found, air, volume, Fume("face", 1.0, 1e-3), 0.0)
