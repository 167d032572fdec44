"""The flow solver on the reference networks of mines."""

import numpy as np
import pytest

from benchmarks._networks import generated, jinchuan
from comine.numerics.branch_laws import Placed, PowerLaw
from comine.numerics.flow import FlowProblem, Given, solve
from comine.numerics.graph import connect
from comine.numerics.rises import PolynomialRise, rise_curve
from tests.cases import case, load_case


def mine(branches, laws=(), potential=(), injection=()):
    """Problem of branches `(id, a, b, R)`; known potentials and injections by node."""
    names, starts, ends, resistance = zip(*branches, strict=True)
    graph = connect(*([str(v) for v in column] for column in (names, starts, ends)))
    node = {name: i for i, name in enumerate(graph.nodes)}
    entering = np.zeros(len(node))
    for name, value in dict(injection).items():
        entering[node[name]] = value
    every = Placed(PowerLaw(np.array(resistance)), np.arange(len(names)))
    given = dict(potential)
    known = Given(np.array([node[name] for name in given]), np.array(list(given.values())))
    return FlowProblem(graph, (every, *laws), known, injection=entering)


@case("ventilation/01_parallel_split_constant_fan")
def test_case_parallel_pair():
    data = load_case("ventilation/01_parallel_split_constant_fan")
    given = data["inputs"]["branches"]
    rows = [(b["id"], b["a"], b["b"], b["R"]) for b in given]
    driven = [i for i, b in enumerate(given) if b.get("fan_pressure")]
    rise = PolynomialRise(np.array([given[i]["fan_pressure"] for i in driven]), 0.0, 0.0)
    problem = mine(rows, (Placed(rise, np.array(driven)),), {given[0]["a"]: 0.0})
    found = solve(problem)
    flow = dict(zip(problem.graph.branches, found.flow, strict=True))
    assert flow == pytest.approx(data["expected"]["Q"], abs=data["tolerance"]["Q_abs"])
    a, b = (problem.graph.nodes.index(name) for name in "AB")
    drop = found.potential[a] - found.potential[b]
    assert drop == pytest.approx(data["expected"]["dP_P1"], abs=data["tolerance"]["dP_abs"])


@case("ventilation/03_diagonal_bridge_47m3s")
def test_case_diagonal():
    data = load_case("ventilation/03_diagonal_bridge_47m3s")
    rows = [(b["id"], b["a"], b["b"], b["R"]) for b in data["inputs"]["branches"]]
    problem = mine(rows, potential={"D": 0.0}, injection={"A": data["inputs"]["total"]})
    found = solve(problem)
    flow = dict(zip(problem.graph.branches, found.flow, strict=True))
    expected = data["expected"]
    assert flow == pytest.approx(expected["Q"], abs=data["tolerance"]["Q_abs"])
    assert found.potential[problem.graph.nodes.index("A")] == pytest.approx(
        expected["p_A_minus_p_D"], abs=data["tolerance"]["p_abs"]
    )
    guess = {str(b["id"]): b["Q_guess"] for b in data["inputs"]["branches"]}
    resistance = {str(b["id"]): b["R"] for b in data["inputs"]["branches"]}
    for mesh, correction in zip(
        data["inputs"]["meshes"],
        expected["first_HardyCross_corrections_from_guess"].values(),
        strict=True,
    ):
        law = PowerLaw(np.array([resistance[name] for name, _ in mesh]))
        sign = np.array([float(s) for _, s in mesh])
        flows = np.array([float(guess[name]) for name, _ in mesh])
        closure, slope = np.sum(sign * law.fall(flows)), np.sum(law.slope(flows))
        assert -closure / slope == pytest.approx(correction, abs=1e-4)


def real_mine(data):
    """Problem of a published mine: entrances share a pressure, exits another."""
    given = data["inputs"]
    shared = dict.fromkeys(given["all_inlets_share_one_pressure"], "in")
    shared |= dict.fromkeys(given["all_outlets_share_one_pressure"], "out")
    rows = [
        (b["id"], shared.get(b["a"], b["a"]), shared.get(b["b"], b["b"]), b["R"])
        for b in given["branches"]
    ]
    fans = np.array([i for i, b in enumerate(given["branches"]) if "fan" in b], dtype=int)
    laws = ()
    if len(fans):
        rises = np.array([given["branches"][i]["fan"] for i in fans])
        laws = (Placed(PolynomialRise(*rises.T), fans),)
    return mine(rows, laws, {"out": 0.0}, {"in": given["total_inflow_m3_s"]})


def check_mine(data):
    problem = real_mine(data)
    found, tolerance = solve(problem), data["tolerance"]
    expected = data["expected"]
    np.testing.assert_allclose(found.flow, expected["Q"], rtol=0, atol=tolerance["Q_abs"])
    np.testing.assert_allclose(found.flow, expected["Q_published_dcp"], rtol=0, atol=2e-3)
    assert np.sum(found.flow < 0) == expected["reversed_branches"]
    pressure = found.potential[problem.graph.nodes.index("in")]
    assert pressure == pytest.approx(
        expected["pressure_inlet_minus_outlet_Pa"], rel=tolerance["pressure_rel"]
    )
    assert found.closure < 0.1
    assert found.imbalance < 1e-6


@case("ventilation/06_real_mine_A_hongshagang_1")
def test_case_mine_a():
    check_mine(load_case("ventilation/06_real_mine_A_hongshagang_1"))


@case("ventilation/07_real_mine_B_hongshagang_difficult")
def test_case_mine_b():
    check_mine(load_case("ventilation/07_real_mine_B_hongshagang_difficult"))


@case("ventilation/09_real_mine_D_daxing")
def test_case_mine_d():
    check_mine(load_case("ventilation/09_real_mine_D_daxing"))


@case("ventilation/11_rising_fan_curve_64")
def test_case_rising_fan_curves():
    data = load_case("ventilation/11_rising_fan_curve_64")
    given, tolerance = data["inputs"], data["tolerance"]["Q_abs"]
    pairs = [edge.split()[0].split("-") for edge in given["edges"]]
    instances = data["expected"]["instances"]
    solved = rising = 0
    for each in instances:
        rows = [(i, a, b, each["r"]) for i, (a, b) in enumerate(pairs)]
        rows[0] = (*rows[0][:3], 0.05)
        fan = PolynomialRise(given["a0"], given["a1"], each["a2"])
        machines = (Placed(fan, np.array([0])),)
        problem = mine(rows, machines, {"6": 0.0}, {"1": given["Q_total"]})
        found = solve(problem)
        np.testing.assert_allclose(found.flow, each["q"], rtol=0, atol=tolerance)
        solved += 1
        peak = -given["a1"] / (2 * each["a2"])
        assert found.stalled.tolist() == [0] * (each["q"][0] < peak)
        rising += each["q"][0] < peak
    assert f"{solved}/{len(instances)}" == data["tolerance"]["success"]
    assert rising > 0


def test_the_mine_of_jinchuan_closes(measured):
    """No solution is published but its figures: 229 reversed branches at 1,006.8 m³/s."""
    network = jinchuan()
    problem = network.problem()
    found = solve(problem)
    assert len(found.flow) == 1001
    assert np.sum(found.flow < 0) == 229
    assert found.entering[problem.graph.nodes.index("out")] == pytest.approx(-1006.8, rel=1e-12)
    assert len(found.stalled) == 0
    check_equations(network, problem.graph, found)
    what = "mine of 1,001 branches"
    measured.deviation(
        "network", f"{what}: misfit along a branch", "none", found.closure, 1e-6, "Pa"
    )
    measured.deviation(
        "network", f"{what}: iterations from nothing", "a bound", found.iterations, 12, ""
    )


def check_equations(network, graph, found):
    """Closure and balance, computed without the solver's own functions."""
    Q = found.flow
    fan = np.where(Q > 0, network.fan.T[0] + network.fan.T[1] * Q + network.fan.T[2] * Q**2, 0.0)
    a, b = graph.start, graph.end
    fall = found.potential[a] - found.potential[b]
    assert np.abs(fall - (network.resistance * Q * np.abs(Q) - fan)).max() < 0.01
    left = np.zeros(len(graph.nodes))
    np.add.at(left, a, Q)
    np.add.at(left, b, -Q)
    for name, value in network.inflow.items():
        left[graph.nodes.index(name)] -= value
    known = [graph.nodes.index(name) for name in network.pressure]
    assert np.abs(np.delete(left, known)).max() < 1e-6


def test_a_generated_mine_closes_cold_and_warm():
    network = generated(levels=6, stopes=55)
    problem = network.problem()
    found = solve(problem)
    assert len(found.flow) == 1027
    check_equations(network, problem.graph, found)
    warm = solve(problem, start=1.1 * found.flow)
    assert warm.iterations < found.iterations
    np.testing.assert_allclose(warm.flow, found.flow, rtol=0, atol=2e-3)


def test_points_of_a_curve_do_as_well_as_its_polynomial():
    data = load_case("ventilation/09_real_mine_D_daxing")
    polynomial = real_mine(data)
    _, (law, where) = polynomial.laws
    points = []
    for a0, a1, a2 in zip(law.constant, law.linear, law.quadratic, strict=True):
        end = (-a1 - np.sqrt(a1**2 - 4 * a2 * a0)) / (2 * a2)
        Q = np.linspace(0, 1.2 * end, 60)
        points.append((Q, a0 + a1 * Q + a2 * Q**2))
    curves = FlowProblem(
        polynomial.graph,
        (polynomial.laws[0], Placed(rise_curve(points), where)),
        polynomial.potential,
        injection=polynomial.injection,
    )
    assert np.abs(solve(curves).flow - data["expected"]["Q"]).max() < 0.05
