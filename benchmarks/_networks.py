"""Networks of mines for the benchmarks: a real one of 1,001 branches, and generated ones."""

import json
import resource
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.sparse.linalg import spsolve

from benchmarks import _epanet
from comine.numerics import Array, Indices
from comine.numerics.branch_laws import Placed, PowerLaw
from comine.numerics.flow import FlowProblem, Given, prepare, solve
from comine.numerics.graph import connect, incidence
from comine.numerics.rises import PolynomialRise
from comine.underground.published_networks import INLET, OUTLET, read_published

JINCHUAN = Path(__file__).parent / "data" / "jinchuan_edges.csv"
REPEATS = 5
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
    found = read_published(JINCHUAN)
    return MineNetwork(
        list(found.edges),
        *found.joined,
        found.resistance,
        found.polynomial,
        {OUTLET: 0.0},
        {INLET: INFLOW},
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


def report(name: str, network: MineNetwork, recorded: float) -> None:
    """Solve a network from nothing and warm, and by EPANET; print the line.

    The errors are the greatest misfits of pressure along a branch [Pa], computed from the flows.
    """
    wall, cpu = [], []
    for _ in range(REPEATS):
        begun, used = time.perf_counter(), time.process_time()
        problem = network.problem()
        found = solve(problem)
        wall.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - used)
    pattern = prepare(problem)
    eased = replace(network, resistance=1.1 * network.resistance).problem()
    begun = time.perf_counter()
    warm = solve(eased, start=found.flow, pattern=pattern)
    warm_time = time.perf_counter() - begun
    peer = _epanet.solved(
        {key: getattr(network, key) for key in ("starts", "ends", "pressure", "inflow")}
        | {"resistance": network.resistance.tolist(), "fan": network.fan.tolist()}
    )
    peer_time = peer["through_wntr_s"] if peer else recorded
    line = {
        "name": name,
        "ours_s": round(min(wall), 4),
        "peer": "EPANET 2.2 through WNTR 1.5.0, files included",
        "peer_s": round(peer_time, 4),
        "ratio": round(peer_time / min(wall), 1),
        "error": float(np.abs(misfits(network, found.flow)).max()),
        "peer_error": None,
        "memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 3),
        "peer_recorded": peer is None,
        "branches": len(network.branches),
        "ours_cpu_s": round(min(cpu), 4),
        "first_s": round(wall[0], 4),
        "warm_s": round(warm_time, 4),
        "iterations": found.iterations,
        "warm_iterations": warm.iterations,
        "imbalance": found.imbalance,
    }
    if peer:
        flow = np.array(peer["flow"])
        line["peer_error"] = float(np.abs(misfits(network, flow)).max())
        line["peer_engine_s"] = round(peer["engine_s"], 4)
        line["flow_difference"] = float(np.abs(flow - found.flow).max())
    sys.stdout.write(json.dumps(line) + "\n")


def misfits(network: MineNetwork, flow: Array) -> Array:
    """Pressure that flows leave unaccounted for round the meshes [Pa].

    The potentials that fit the falls best, in least squares, show what cannot be accounted for.
    """
    problem = network.problem()
    fall = sum_of_falls(problem, flow)
    A = incidence(problem.graph)[:, 1:]
    potential = spsolve((A.T @ A).tocsc(), A.T @ fall)
    return np.asarray(A @ potential - fall)


def sum_of_falls(problem: FlowProblem, flow: Array) -> Array:
    """Fall of pressure along each branch by its laws [Pa]."""
    fall = np.zeros(len(flow))
    for law, where in problem.laws:
        fall[where] += law.fall(flow[where])
    return fall
