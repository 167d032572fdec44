"""Airways from CSV tables."""

from dataclasses import replace

import numpy as np
import pytest

from comine.errors import FaultyError
from comine.underground.air_network import BranchAir, Fan, air_network, outside
from comine.underground.mine_airways import polynomial_curve
from comine.underground.network_files import read_airways
from comine.underground.network_flow import solve_airflow
from comine.underground.openings import Branch, Openings

BRANCHES = """\
name,start,end,part,length [ft],area [m^2],perimeter [m],friction [kg/m^3],shock [1],level,count
downcast,in,foot,shaft,3300,28.3,18.8,0.004,1.2,,
drift,foot,face,,,20,18,0.012,,0,1
upcast,face,out,shaft,3300,28.3,18.8,0.004,,,2
"""
NODES = """\
elevation [m],name,x [m],y [km],surface
1450,in,0,0,yes
450,foot,0,0,no
450,face,0,0.8,
1450,out,0,0.8,yes
"""
FANS = """\
branch,flow [m^3/s],rise [kPa],speed [percent],parallel
upcast,0,2.5,110,2
upcast,60,2.4,,
upcast,120,1.9,110,
"""


def tables(folder, branches=BRANCHES, nodes=NODES, fans=FANS):
    paths = []
    for name, text in {"b.csv": branches, "n.csv": nodes, "f.csv": fans}.items():
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
            paths.append(folder / name)
    return paths


def test_a_mine_is_read_in_its_own_units(tmp_path):
    mine = read_airways(*tables(tmp_path))
    shaft, drift, upcast = mine.openings.branches
    assert shaft.length == pytest.approx(1005.84, rel=1e-12)
    assert replace(shaft, length=1.0) == Branch("downcast", "shaft", "air", "in", "foot", 1.0, 28.3,
                                                18.8, 0.004, shock=1.2)  # fmt: skip
    assert (drift.part, drift.level, drift.shock, drift.count) == ("drift", 0, 0.0, 1)
    assert drift.length == pytest.approx(800.0, rel=1e-12)
    assert upcast.count == 2
    assert mine.openings.nodes["face"] == (0.0, 800.0, 1000.0)
    assert mine.surface == ("in", "out")
    (fan,) = mine.fans
    assert (fan.flow, fan.rise) == ((0.0, 60.0, 120.0), (2500.0, 2400.0, 1900.0))
    assert (fan.speed, fan.series, fan.parallel, fan.efficiency) == (
        pytest.approx(1.1), 1, 2, 0.7,
    )  # fmt: skip
    assert mine.given == {}


def test_its_flows_are_those_of_the_same_mine_built_by_hand(tmp_path):
    nodes = {"in": (0.0, 0.0, 0.0), "foot": (0.0, 0.0, 1000.0), "face": (0.0, 800.0, 1000.0),
             "out": (0.0, 800.0, 0.0)}  # fmt: skip
    shaft = {"area": 28.3, "perimeter": 18.8, "friction": 0.004}
    branches = (
        Branch("downcast", "shaft", "air", "in", "foot", 1005.84, shock=1.2, **shaft),
        Branch("drift", "drift", "air", "foot", "face", 800.0, 20.0, 18.0, 0.012),
        Branch("upcast", "shaft", "air", "face", "out", 1005.84, count=2, **shaft),
    )
    fan = Fan("upcast", [0, 60, 120], [2500, 2400, 1900], speed=1.1, parallel=2)
    open_air = outside(288.15, 0.5, 101325.0)
    air = BranchAir(np.array([1.25, 1.2, 1.15]), np.full(3, 0.01))
    flows = [
        solve_airflow(network, air, open_air).flow
        for network in (
            air_network(Openings(nodes, branches), ["in", "out"], [fan]),
            read_airways(*tables(tmp_path)).network(),
        )
    ]
    np.testing.assert_allclose(flows[1], flows[0], rtol=1e-12)


def test_depths_elevations_and_their_datum(tmp_path):
    deep = NODES.replace("elevation", "depth").replace("1450", "0")
    assert read_airways(*tables(tmp_path, nodes=deep)).openings.nodes["foot"][2] == 450.0
    mine = read_airways(*tables(tmp_path), datum=1500.0)
    assert [point[2] for point in mine.openings.nodes.values()] == [50.0, 1050.0, 1050.0, 50.0]
    both = NODES.replace("y [km]", "depth [m]")
    with pytest.raises(FaultyError, match=r"n\.csv: header: has depths and elevations"):
        read_airways(*tables(tmp_path, nodes=both))
    tower = NODES + "1480,tower,0,0,no\n"
    assert read_airways(*tables(tmp_path, nodes=tower)).openings.nodes["tower"][2] == -30.0


def test_given_flows_may_stand_beside_branches(tmp_path):
    lines = BRANCHES.splitlines()
    told = [f"{line},{flow}" for line, flow in
            zip(lines, ("given_flow [kg/min]", "", "3000", ""), strict=True)]  # fmt: skip
    mine = read_airways(*tables(tmp_path, branches="\n".join(told), fans=None))
    assert mine.given == {"drift": 50.0}
    air = BranchAir(np.full(3, 1.2), np.zeros(3))
    found = solve_airflow(mine.network(), air, outside(288.15, 0.5, 101325.0))
    np.testing.assert_allclose(found.flow, 50.0)


BARE = "name,start,end,resistance [N s^2/m^8]\none,in,mid,0.2\ntwo,mid,out,0.3\n"
DOORS = "name,surface\nin,yes\nmid,no\nout,yes\n"


def test_resistances_alone_are_enough_for_flows(tmp_path):
    files = tables(tmp_path, BARE, DOORS, "branch,flow [m^3/s],rise [Pa]\none,0,50\none,20,50\n")
    mine = read_airways(*files, walls=False)
    air = BranchAir(np.full(2, 1.2), np.zeros(2))
    found = solve_airflow(mine.network(), air, outside(288.15, 0.5, 101325.0))
    np.testing.assert_allclose(found.flow / 1.2, 10.0, rtol=1e-9)
    with pytest.raises(FaultyError) as error:
        read_airways(*files)
    text = str(error.value)
    assert "b.csv:2: one: no section" in text
    assert "n.csv: header: no depth of the nodes; give depth [m] or elevation [m]" in text
    assert len(error.value.faults) == 2 + 3


def test_a_missing_node_is_one_fault(tmp_path):
    for nodes in (NODES.replace("450,face", "450,mace"), NODES.replace("450,face", ",face")):
        with pytest.raises(FaultyError) as error:
            read_airways(*tables(tmp_path, nodes=nodes))
        assert len(error.value.faults) == (2 if "mace" in nodes else 1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"branches": ("20,18", "twenty,18")}, "b.csv:3: area: not a number with a unit"),
        ({"branches": ("name,start", "name,star")}, "b.csv: header: unknown column; got 'star'"),
        ({"branches": ("[ft]", "[degC]")}, "b.csv: header: 'degC' does not convert to m"),
        ({"branches": (",1.2,", ",-1,")}, "b.csv:2: downcast: shock is no number of 0 or more"),
        ({"branches": ("0,1\n", "0,0\n")}, "b.csv:3: drift: is no airway; got a count of 0"),
        ({"branches": ("0,1\n", "0,1.5\n")}, "b.csv:3: count: not a whole number; got '1.5'"),
        ({"branches": ("drift,foot,face,,", "drift,foot,face,adit,")},
         "b.csv:3: part: there is no such part; got 'adit'; write shaft, drift"),
        ({"branches": ("drift,foot", "downcast,foot")}, "b.csv:3: downcast: the name stands twice"),
        ({"branches": ("foot,face", "foot,end")}, "b.csv:3: drift: ends at a node that is"),
        ({"branches": ("3300,28.3", "3000,28.3")}, "b.csv:2: downcast: is shorter than its"),
        ({"branches": ("drift,foot", ",foot")}, "b.csv:3: name: is blank"),
        ({"nodes": ("450,face", "450,foot")}, "n.csv:4: foot: the name stands twice"),
        ({"nodes": ("yes", "si")}, "n.csv:2: surface: is neither yes nor no; got 'si'"),
        ({"nodes": ("450,foot", ",foot")}, "n.csv:3: depth: is blank; got foot"),
        ({"nodes": ("yes", "no")}, "n.csv: surface: no node lies in the open air"),
        ({"nodes": ("450,foot,0,0,no", "450,foot,0,0,no\n1450,far,0,0,yes")},
         "n.csv:4: far: is no node of an airway"),
        ({"nodes": ("elevation [m],name", "elevation [m],depth [m],name")},
         "n.csv:2: the row has 5 cells, the header 6"),
        ({"fans": ("upcast,0", "fan,0")}, "f.csv:2: fan: got 1 flows and 1 rises"),
        ({"fans": ("upcast", "fan")}, "f.csv:4: fan: there is no such airway"),
        ({"fans": ("60,2.4,,", "60,2.4,100,")}, "f.csv:4: speed: differs within one fan"),
        ({"fans": ("60,2.4", "150,2.4")}, "f.csv:4: upcast: flows must be numbers that grow"),
        ({"fans": ("1.9", "3.9")}, "f.csv:4: upcast: the rise grows at its end"),
        ({"fans": ("110,2", "110,0")}, "f.csv:4: parallel: cannot be; got 0; it must be above 0"),
        ({"fans": ("speed [percent]", "speed")}, "f.csv: header: no unit; got 'speed'"),
    ],
)  # fmt: skip
def test_each_fault_says_file_and_line(tmp_path, changes, said):
    texts = {"branches": BRANCHES, "nodes": NODES, "fans": FANS}
    for key, (old, new) in changes.items():
        assert old in texts[key]
        texts[key] = texts[key].replace(old, new)
    with pytest.raises(FaultyError) as error:
        read_airways(*tables(tmp_path, **texts))
    assert said in str(error.value)


def test_all_faults_come_at_once(tmp_path):
    files = tables(
        tmp_path,
        BRANCHES.replace("20,18", "x,18").replace("1.2", "y"),
        NODES.replace("1450,in", "high,in"),
        FANS.replace("2.4", "z"),
    )
    with pytest.raises(FaultyError) as error:
        read_airways(*files)
    assert len(error.value.faults) == 4
    files = tables(
        tmp_path,
        BRANCHES.replace("20,18", "0,18").replace("28.3,18.8", "28.3,8.8"),
        NODES.replace("yes", "perhaps"),
        FANS.replace("60", "0"),
    )
    with pytest.raises(FaultyError) as error:
        read_airways(*files)
    assert {fault.file for fault in error.value.faults} == {"b.csv", "n.csv", "f.csv"}
    assert len(error.value.faults) == 6


def test_a_network_without_a_branch_or_a_file_is_refused(tmp_path):
    files = tables(tmp_path, branches=BRANCHES.splitlines()[0], fans=None)
    with pytest.raises(FaultyError, match=r"b\.csv: holds no branch"):
        read_airways(*files)
    with pytest.raises(FaultyError, match=r"lost\.csv: cannot be read"):
        read_airways(tmp_path / "lost.csv", files[1])
    files = tables(tmp_path, branches="", fans=None)
    with pytest.raises(FaultyError, match=r"b\.csv: is empty"):
        read_airways(*files)


@pytest.mark.parametrize("terms", [(78.5, 3.5, -0.2), (1479.8, 6.46, -0.018), (300.0, -2.0, 0.0)])
def test_points_of_a_polynomial_stand_for_it(terms):
    from comine.numerics.rises import rise_curve

    flow, rise = polynomial_curve(*terms)
    assert rise[-1] < 0.0
    Q = np.linspace(0.0, flow[-1], 1501)
    exact = np.polynomial.Polynomial(terms)(Q)
    law = rise_curve([(flow, rise)])
    found = np.concatenate([-law.fall(Q[i : i + 1]) for i in range(len(Q))])
    assert np.abs(found - exact).max() < 1e-4 * exact.max()


def test_a_polynomial_that_never_drives_is_refused():
    assert polynomial_curve(200.0, 0.0, 0.0)[1] == (200.0,) * 200
    for terms in [(100.0, 1.0, 0.0), (100.0, -1.0, 0.1)]:
        with pytest.raises(ValueError, match="grow for ever"):
            polynomial_curve(*terms)
    for terms in [(-100.0, 1.0, -0.1), (-100.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, -1.0)]:
        with pytest.raises(ValueError, match="never above 0"):
            polynomial_curve(*terms)
