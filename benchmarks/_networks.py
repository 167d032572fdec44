"""Networks of mines for the benchmarks: a real one of 1,001 branches, and generated ones."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from comine.numerics import Array, Indices
from comine.numerics.branch_laws import Placed, PowerLaw
from comine.numerics.flow import FlowProblem, Given
from comine.numerics.graph import connect
from comine.numerics.rises import PolynomialRise

JINCHUAN = Path(__file__).parent / "data" / "jinchuan_edges.csv"
INFLOW = 1006.8
"""Air that enters the mine of Jinchuan [m³/s]."""


@dataclass(frozen=True)
class MineNetwork:
    """Branches of a mine as plain lists: volume flow, fans by a polynomial."""

    branches: list[str]
    starts: list[str]
    ends: list[str]
    resistance: Array
    """Pressure over the square of the flow [N s²/m⁸]."""
    fan: Array
    """Polynomial of each branch's fan, (branches, 3) [Pa, m³/s]; zero without one."""
    pressure: dict[str, float]
    """Known pressures [Pa]."""
    inflow: dict[str, float]
    """Air that enters at nodes [m³/s]."""

    @property
    def fans(self) -> Indices:
        """Branches with a fan."""
        return np.flatnonzero(self.fan[:, 0])

    def problem(self) -> FlowProblem:
        """Problem of its flow."""
        graph = connect(self.branches, self.starts, self.ends)
        place = {name: i for i, name in enumerate(graph.nodes)}
        injection = np.zeros(len(graph.nodes))
        for name, value in self.inflow.items():
            injection[place[name]] = value
        fans = self.fans
        laws = (
            Placed(PowerLaw(self.resistance), np.arange(len(self.branches))),
            Placed(PolynomialRise(*self.fan[fans].T), fans),
        )
        known = Given(
            np.array([place[name] for name in self.pressure]),
            np.array(list(self.pressure.values())),
        )
        return FlowProblem(graph, laws, known, injection=injection)


def jinchuan() -> MineNetwork:
    """Read the real network of 1,001 branches."""
    with JINCHUAN.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    starts, ends = ({row[key] for row in rows} for key in ("from", "to"))
    shared = dict.fromkeys(starts - ends, "in") | dict.fromkeys(ends - starts, "out")
    return MineNetwork(
        [row["edge_id"] for row in rows],
        [shared.get(row["from"], row["from"]) for row in rows],
        [shared.get(row["to"], row["to"]) for row in rows],
        np.array([float(row["r_N_s2_m8"]) for row in rows]),
        np.array([[float(row[k]) for k in ("a0_Pa", "a1_Pa_s_m3", "a2_Pa_s2_m6")] for row in rows]),
        {"out": 0.0},
        {"in": INFLOW},
    )


def generated(levels: int, stopes: int) -> MineNetwork:
    """Deep mine of two shafts and a ramp, with as many stopes on each level.

    Air goes down a shaft and a ramp, along the haulage of each level, through its stopes (two in
    three regulated, one in three sealed) to the return drift, and up the other shaft to the fan.
    There are 6 + 3 n branches on a level of n stopes. Resistances are of Atkinson's law with usual
    friction factors, some scattered by a fixed seed.
    """
    scatter = np.random.default_rng(7).uniform(0.7, 1.4, (levels, 3, stopes))
    sealed = np.random.default_rng(8).random((levels, stopes)) < 1.0 / 3.0
    rows = [("fan", "U0", "out", friction(0.0045, 7.5 * np.pi, 44.2, 30.0))]
    for i in range(1, levels + 1):
        D, U, R, H, V = f"D{i}", f"U{i}", f"R{i}", f"H{i}-0", f"V{i}-0"
        rows += [
            (f"downcast {i}", f"D{i - 1}", D, friction(0.020, 8.0 * np.pi, 50.3, 100.0)),
            (f"upcast {i}", U, f"U{i - 1}", friction(0.0045, 7.5 * np.pi, 44.2, 100.0)),
            (f"ramp {i}", f"R{i - 1}", R, friction(0.012, 21.0, 27.0, 700.0)),
            (f"station {i}", D, H, friction(0.012, 21.0, 27.0, 150.0)),
            (f"link {i}", R, H, friction(0.012, 21.0, 27.0, 100.0) + 0.5),
            (f"return {i}", V, U, friction(0.012, 21.0, 27.0, 500.0)),
        ]
        for j in range(1, stopes + 1):
            along = friction(0.012, 18.0, 20.0, 20.0) * scatter[i - 1, :2, j - 1]
            across = (600.0 if sealed[i - 1, j - 1] else 0.9) * scatter[i - 1, 2, j - 1]
            rows += [
                (f"haulage {i}-{j}", f"H{i}-{j - 1}", f"H{i}-{j}", along[0]),
                (f"stope {i}-{j}", f"H{i}-{j}", f"V{i}-{j}", across),
                (f"drift {i}-{j}", f"V{i}-{j}", f"V{i}-{j - 1}", along[1]),
            ]
    names, starts, ends, resistance = zip(*rows, strict=True)
    fan = np.zeros((len(rows), 3))
    fan[0] = 7000.0, 6.0, -0.022
    surface = {"D0": "surface", "R0": "surface", "out": "surface"}
    return MineNetwork(
        list(names),
        [surface.get(name, name) for name in starts],
        [surface.get(name, name) for name in ends],
        np.array(resistance),
        fan,
        {"surface": 0.0},
        {},
    )


def friction(factor: float, perimeter: float, area: float, length: float) -> float:
    """Resistance of an airway [N s²/m⁸]."""
    return factor * perimeter * length / area**3
