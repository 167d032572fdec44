"""Generated deep mines with geometry, rock and machines: air and climate in balance.

The mines are those of `benchmarks._networks.generated`, with nodes in space, walls that are wet in
part, machines in two of three stopes and shafts of an age.
"""

import json
import resource
import sys
import time

import numpy as np

from comine.physics import Array
from comine.physics.air import humidity_ratio_from_wet_bulb
from comine.underground.aged_climate import AgedMine, settle_climate
from comine.underground.air_network import Fan, Outside, air_network
from comine.underground.airflow import Sources
from comine.underground.openings import Branch, Openings, Part, Point

YEAR = 365.25 * 86400.0
SHAFT, LEVEL = 100.0, 20.0
"""Between levels, and between stopes of a level [m]."""
FAN = np.linspace(0.0, 560.0, 15)
"""Volume flows at which the curve of one fan is given [m³/s]."""


def mine(levels: int, stopes: int) -> AgedMine:
    """Deep mine with as many stopes on each level, and airways side by side in proportion."""
    nodes: dict[str, Point] = {}
    branches = list[Branch]()
    sealed = np.random.default_rng(8).random((levels, stopes)) < 1.0 / 3.0
    scatter = np.random.default_rng(7).uniform(0.7, 1.4, (levels, stopes))

    shafts, drifts = max(round(levels * stopes / 48), 1), max(round(stopes / 8), 1)

    def add(name: str, part: Part, start: str, end: str, length: float, section: str,
            friction: float, wetness: float, resistance: float = 0.0) -> None:  # fmt: skip
        area, perimeter = SECTIONS[section]
        side_by_side = {"downcast": shafts, "upcast": shafts, "ramp": shafts, "stope": 1}
        branches.append(Branch(name, part, "air", start, end, length, area, perimeter, friction,
                               wetness, count=side_by_side.get(section, drifts),
                               resistance=resistance))  # fmt: skip

    for i in range(levels + 1):
        nodes |= {f"D{i}": (0.0, 0.0, SHAFT * i), f"R{i}": (0.0, 300.0, SHAFT * i),
                  f"U{i}": (-100.0, 500.0, SHAFT * i)}  # fmt: skip
    for i in range(1, levels + 1):
        add(f"downcast {i}", "shaft", f"D{i - 1}", f"D{i}", SHAFT, "downcast", 0.020, 0.1)
        add(f"upcast {i}", "shaft", f"U{i}", f"U{i - 1}", SHAFT, "upcast", 0.0045, 0.3)
        add(f"ramp {i}", "drift", f"R{i - 1}", f"R{i}", 7 * SHAFT, "ramp", 0.012, 0.15)
        add(f"station {i}", "drift", f"D{i}", f"H{i}-0", 150.0, "drift", 0.012, 0.1)
        add(f"link {i}", "drift", f"R{i}", f"H{i}-0", 400.0, "drift", 0.012, 0.1, 0.5)
        add(f"return {i}", "drift", f"V{i}-0", f"U{i}", 500.0, "drift", 0.012, 0.35)
        for j in range(stopes + 1):
            nodes |= {f"H{i}-{j}": (LEVEL * j, 150.0, SHAFT * i),
                      f"V{i}-{j}": (LEVEL * j, 350.0, SHAFT * i)}  # fmt: skip
        for j in range(1, stopes + 1):
            door = (600.0 if sealed[i - 1, j - 1] else 0.9) * float(scatter[i - 1, j - 1])
            add(f"haulage {i}-{j}", "drift", f"H{i}-{j - 1}", f"H{i}-{j}", LEVEL, "haulage",
                0.012, 0.15)  # fmt: skip
            add(f"stope {i}-{j}", "stope", f"H{i}-{j}", f"V{i}-{j}", 220.0, "stope", 0.020, 0.5,
                door)  # fmt: skip
            add(f"drift {i}-{j}", "drift", f"V{i}-{j}", f"V{i}-{j - 1}", LEVEL, "haulage", 0.012,
                0.35)  # fmt: skip
    return _aged(Openings(nodes, tuple(branches)), levels * stopes / 48)


SECTIONS = {
    "downcast": (50.3, 25.2), "upcast": (44.2, 23.6), "ramp": (27.0, 21.0),
    "drift": (27.0, 21.0),
    "haulage": (20.0, 18.0), "stope": (18.0, 18.0),
}  # fmt: skip
"""Area [m²] and perimeter [m]."""


def _aged(openings: Openings, size: float) -> AgedMine:
    """The mine at work: fans side by side and machines by its size over that of 48 stopes."""
    rows = max(round(size), 1)
    fan = Fan("upcast 1", FAN, 7000.0 + 6.0 * FAN - 0.022 * FAN**2, parallel=rows)
    network = air_network(openings, ["D0", "R0", "U0"], [fan])
    every = len(openings.branches)
    machines = np.array(
        [330e3 if b.part == "stope" and b.resistance < 10 else 0.0 for b in openings.branches]
    )
    none, age = np.zeros(every), np.full(every, 5.0 * YEAR)
    age[[b.part == "stope" for b in openings.branches]] = 0.5 * YEAR

    def virgin(depth: Array) -> Array:
        return np.asarray(288.15 + 0.025 * depth)

    sources = Sources(machines, none, none, none)
    return AgedMine(openings, network, 3.2, 1.45e-6, virgin, age, sources, radiation=1.3)


def report(name: str, levels: int, stopes: int) -> None:
    """Settle air and climate from nothing; print the line."""
    deep = mine(levels, stopes)
    humidity = float(humidity_ratio_from_wet_bulb(303.15, 295.15, 101325.0))
    used, begun = time.process_time(), time.perf_counter()
    found = settle_climate(deep, Outside(303.15, humidity, 101325.0))
    wall, cpu = time.perf_counter() - begun, time.process_time() - used
    carried = sum(float(v) for key, v in found.report.items() if key.startswith("into "))
    strata = float(found.report["strata"].sum())
    line = {
        "name": name,
        "ours_s": round(wall, 3),
        "peer": None,
        "peer_s": None,
        "ratio": None,
        "error": abs(carried + strata) / float(np.abs(found.report["strata"]).sum()),
        "peer_error": None,
        "memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 3),
        "branches": len(deep.openings.branches),
        "volumes": found.cut.size,
        "ours_cpu_s": round(cpu, 3),
        "turns": found.turns,
        "hottest_wet_bulb": round(float(np.nanmax(found.at_end("wet_bulb"))), 2),
    }
    sys.stdout.write(json.dumps(line) + "\n")
