"""Networks in the form of the published benchmark: five real mines."""

import csv
from pathlib import Path

import numpy as np
import pytest

from comine.errors import FaultyError
from comine.underground.air_network import BranchAir, outside
from comine.underground.network_flow import solve_airflow
from comine.underground.published_networks import read_published
from tests.cases import case, load_case
from tests.data import NETWORKS

JINCHUAN = Path(__file__).parents[2] / "benchmarks" / "data" / "jinchuan_edges.csv"
OPEN_AIR = outside(288.15, 0.5, 101325.0)


def flows(mine):
    """Volume flows of a mine's branches at 1.2 kg/m³, and the pressure that the supply meets."""
    network = mine.network()
    count = len(network.graph.branches)
    found = solve_airflow(network, BranchAir(np.full(count, 1.2), np.zeros(count)), OPEN_AIR)
    inlet = found.pressure[network.graph.nodes.index("in")]
    assert network.graph.branches[-1] == "supply"
    return found.flow[:-1] / 1.2, inlet - OPEN_AIR.pressure


def check_case(data, name, places=None, scale=1.0):
    mine = read_published(NETWORKS / name, places, scale)
    expected, given = data["expected"], data["inputs"]
    assert mine.edges == tuple(branch["id"] for branch in given["branches"])
    shared = mine.shared
    for node, key in (("in", "all_inlets_share_one_pressure"),
                      ("out", "all_outlets_share_one_pressure")):  # fmt: skip
        assert {name for name, kind in shared.items() if kind == node} == set(given[key])
    Q, pressure = flows(mine.airways(given["total_inflow_m3_s"]))
    np.testing.assert_allclose(Q, expected["Q"], rtol=0, atol=data["tolerance"]["Q_abs"])
    np.testing.assert_allclose(Q, expected["Q_published_dcp"], rtol=0, atol=1e-4)
    assert np.sum(Q < 0) == expected["reversed_branches"]
    assert pressure == pytest.approx(
        expected["pressure_inlet_minus_outlet_Pa"], rel=data["tolerance"]["pressure_rel"]
    )
    return mine


@case("ventilation/06_real_mine_A_hongshagang_1")
def test_case_mine_a():
    data = load_case("ventilation/06_real_mine_A_hongshagang_1")
    nodes = NETWORKS / "hongshagang_1_nodes.csv"
    mine = check_case(data, "hongshagang_1_edges.csv", nodes, 0.2)
    openings = mine.openings()
    assert openings["1"].length == pytest.approx(1466.4 - 730.0, abs=1e-9)
    assert openings["1"].area == 38.5
    assert min(depth for _, _, depth in openings.nodes.values()) == 0.0


@case("ventilation/07_real_mine_B_hongshagang_difficult")
def test_case_mine_b():
    data = load_case("ventilation/07_real_mine_B_hongshagang_difficult")
    nodes = NETWORKS / "hongshagang_difficult_nodes.csv"
    mine = check_case(data, "hongshagang_difficult_edges.csv", nodes)
    openings = mine.openings(datum=1500.0)
    assert openings.nodes["3"] == (5268.559026, 2092.687584, 770.0)


@case("ventilation/09_real_mine_D_daxing")
def test_case_mine_d():
    mine = check_case(load_case("ventilation/09_real_mine_D_daxing"), "daxing_edges.csv")
    assert len(mine.airways(1000.0).fans) == 4
    with pytest.raises(ValueError, match="places of the nodes are not known"):
        mine.openings()


@pytest.mark.parametrize(
    ("path", "inflow", "fans", "reversed_branches"),
    [(JINCHUAN, 1006.8, 7, 229), (NETWORKS / "data_mine_edges.csv", 100.0, 3, None)],
)
def test_mines_without_published_flows_close_and_balance(path, inflow, fans, reversed_branches):
    """Closure and balance from the file itself; of Jinchuan the count of reversals is published."""
    Q, pressure = flows(read_published(path).airways(inflow))
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    starts, ends = {row["from"] for row in rows}, {row["to"] for row in rows}
    R, a0, a1, a2 = (
        np.array([float(row[key]) for row in rows])
        for key in ("r_N_s2_m8", "a0_Pa", "a1_Pa_s_m3", "a2_Pa_s2_m6")
    )
    assert np.count_nonzero(a0) == fans
    fan = np.where(Q > 0, a0 + a1 * Q + a2 * Q**2, a0)
    fall = R * Q * np.abs(Q) - fan
    shared = dict.fromkeys(starts - ends, "in") | dict.fromkeys(ends - starts, "out")
    names = sorted({shared.get(node, node) for node in starts | ends})
    place = {name: i for i, name in enumerate(names)}
    a, b = (np.array([place[shared.get(row[key], row[key])] for row in rows])
            for key in ("from", "to"))  # fmt: skip
    left = np.zeros(len(names))
    np.add.at(left, a, Q)
    np.add.at(left, b, -Q)
    left[[place["in"], place["out"]]] -= inflow, -inflow
    assert np.abs(left).max() < 1e-6
    A = np.zeros((len(rows), len(names)))
    A[np.arange(len(rows)), a] = 1.0
    A[np.arange(len(rows)), b] = -1.0
    p = np.linalg.lstsq(A, fall, rcond=None)[0]
    assert np.abs(A @ p - fall).max() < 0.02
    assert p[place["in"]] - p[place["out"]] == pytest.approx(pressure, abs=0.05)
    if reversed_branches is not None:
        assert np.sum(Q < 0) == reversed_branches


EDGES = """\
edge_id,from,to,r_N_s2_m8,is_fan,a0_Pa,a1_Pa_s_m3,a2_Pa_s2_m6
1,a,b,0.5,0,0,0,0
2,b,c,0.25,1,100,0,-0.5
"""


def test_the_air_is_what_the_supply_brings(tmp_path):
    (tmp_path / "e.csv").write_text(EDGES)
    Q, pressure = flows(read_published(tmp_path / "e.csv").airways(10.0))
    np.testing.assert_allclose(Q, [10.0, 10.0], rtol=1e-9)
    assert pressure == pytest.approx(0.75 * 100 - (100 - 50), rel=1e-3)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("1,a,b", "2,a,b", "e.csv:3: 2: the name stands twice"),
        ("0.5,0", "-0.5,0", "e.csv:2: 1: resistance is no number of 0 or more"),
        ("0.5,0", "0,0", "e.csv:2: 1: resists nothing"),
        ("a,b", "b,b", "e.csv:2: 1: ends where it starts"),
        ("-0.5", "0.5", "e.csv:3: 2: the rise must not grow for ever"),
        ("0.25,1", "0.25,0", "it is not clear whether there is a fan; got a polynomial without"),
        ("0.5,0", "0.5,1", "e.csv:2: 1: it is not clear whether there is a fan; got a fan without"),
        ("r_N_s2_m8", "r", "e.csv: header: unknown column; got 'r'; has edge_id, name, from"),
        ("0.25", "x", "e.csv:3: resistance: not a number"),
    ],
)
def test_bad_edges_are_named(tmp_path, old, new, said):
    (tmp_path / "e.csv").write_text(EDGES.replace(old, new, 1))
    with pytest.raises(FaultyError) as error:
        read_published(tmp_path / "e.csv")
    assert said in str(error.value)


def test_bad_nodes_are_named(tmp_path):
    (tmp_path / "e.csv").write_text(EDGES)
    nodes = tmp_path / "n.csv"
    for text, said in (("id,x,y,z\na,0,0,0\nb,1,0,0\n", "e.csv:3: 2: ends at a node that is not"),
                       ("id,x,y,z\na,0,0,0\nb,1,0,0\nb,2,0,0\n", "n.csv:4: b: the node stands"),
                       ("id,x,y,z\n", "n.csv: holds no row"),
                       ("id,x,y\na,0,0\n", "n.csv: header: no column")):  # fmt: skip
        nodes.write_text(text)
        with pytest.raises(FaultyError) as error:
            read_published(tmp_path / "e.csv", nodes)
        assert said in str(error.value)
