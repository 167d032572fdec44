"""Airways from the centrelines of drawings."""

import ezdxf
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.errors import FaultyError
from comine.underground.air_network import BranchAir, outside
from comine.underground.mine_airways import MineAirways
from comine.underground.network_drawing import LayerSection, read_drawing
from comine.underground.network_flow import solve_airflow

DRIFT = LayerSection(20.0, 18.0, 0.012)
SHAFT = LayerSection(28.3, 18.8, 0.004, part="shaft")
METRE, MILLIMETRE, FOOT = 6, 4, 2


def drawn(folder, *things, units=METRE):
    """Drawing of lines ("LINE", layer, points), 3D polylines and flat polylines at a height."""
    document = ezdxf.new(units=units)
    space = document.modelspace()
    for kind, layer, points in things:
        has = {"layer": layer}
        if kind == "LINE":
            space.add_line(*points, dxfattribs=has)
        elif kind == "POLYLINE":
            space.add_polyline3d(points, dxfattribs=has)
        elif kind == "LWPOLYLINE":
            height, *corners = points
            space.add_lwpolyline(corners, format="xyb", dxfattribs=has | {"elevation": height})
        elif kind == "MESH":
            space.add_polymesh((2, 2), dxfattribs=has)
        else:
            space.add_circle((0, 0), 5.0, dxfattribs=has)
    document.saveas(folder / "mine.dxf")
    return folder / "mine.dxf"


MINE = (
    ("LINE", "Shafts", [(0, 0, 1450), (0, 0, 450)]),
    ("POLYLINE", "drifts", [(0, 0, 450), (400, 0, 450), (800, 0, 450)]),
    ("LINE", "shafts", [(800, 0, 450), (800, 0, 1450)]),
)


def test_a_drawn_mine_is_a_network(tmp_path):
    path = drawn(tmp_path, *MINE)
    openings, report = read_drawing(path, {"shafts": SHAFT, "drifts": DRIFT}, 0.5)
    assert [branch.name for branch in openings.branches] == [
        "shafts 1", "drifts 1", "drifts 2", "shafts 2",
    ]  # fmt: skip
    assert openings["shafts 1"].part == "shaft"
    assert (openings["drifts 2"].area, openings["drifts 2"].perimeter) == (20.0, 18.0)
    assert openings["drifts 1"].length == 400.0
    assert sorted(openings.nodes.values()) == [
        (0.0, 0.0, 0.0), (0.0, 0.0, 1000.0), (400.0, 0.0, 1000.0), (800.0, 0.0, 0.0),
        (800.0, 0.0, 1000.0),
    ]  # fmt: skip
    assert (report.pieces, report.snapped, report.greatest_move) == (4, 0, 0.0)
    doors = [end.node for end in report.loose if end.place[2] == 0.0]
    assert len(doors) == 2
    network = MineAirways(openings, tuple(doors), given={"drifts 1": 60.0}).network()
    found = solve_airflow(
        network, BranchAir(np.full(4, 1.2), np.zeros(4)), outside(288.15, 0.5, 101325.0)
    )
    np.testing.assert_allclose(found.flow, 60.0)


def test_ends_within_the_tolerance_are_one_node(tmp_path):
    path = drawn(
        tmp_path,
        ("LINE", "a", [(0, 0, 0), (100, 0, 0)]),
        ("LINE", "a", [(100, 0.3, 0.4), (200, 0, 0)]),
        ("LINE", "a", [(200, 0, 0.05), (300, 0, 0)]),
    )
    openings, report = read_drawing(path, {"a": DRIFT}, 0.6)
    assert len(openings.nodes) == 4
    assert report.snapped == 2
    assert report.greatest_move == pytest.approx(0.5)
    assert "ends snapped: 2, by 0.5 m at most" in str(report)
    openings, report = read_drawing(path, {"a": DRIFT}, 0.4)
    assert len(openings.nodes) == 5
    assert report.snapped == 1
    gaps = sorted(end.gap for end in report.loose)
    assert gaps == [pytest.approx(0.5, rel=1e-4)] * 2 + [np.inf] * 2


def test_crossings_and_ends_on_a_line_are_not_joined(tmp_path):
    path = drawn(
        tmp_path,
        ("LINE", "a", [(0, 0, 0), (100, 0, 0)]),
        ("LINE", "a", [(50, -50, 0), (50, 50, 0)]),
        ("LINE", "a", [(30, 0, 0), (30, 40, 0)]),
        ("LINE", "a", [(70, 0, 20), (70, 40, 20)]),
    )
    openings, report = read_drawing(path, {"a": DRIFT}, 0.5)
    assert len(openings.nodes) == 8
    assert len(report.loose) == 8
    near = {end.place: end.gap for end in report.loose if np.isfinite(end.gap)}
    assert near == {(30.0, 0.0, 20.0): 0.0}
    assert "just off another line: n5 by 0 m" in str(report)


def test_what_is_short_or_drawn_twice_is_said_and_left_out(tmp_path):
    path = drawn(
        tmp_path,
        ("POLYLINE", "a", [(0, 0, 0), (100, 0, 0), (100.2, 0, 0), (200, 0, 0)]),
        ("LINE", "a", [(100, 0, 0), (0, 0, 0.1)]),
        ("LINE", "a", [(200, 0.3, 0), (200, -0.3, 0)]),
    )
    openings, report = read_drawing(path, {"a": DRIFT}, 0.5)
    assert [branch.length for branch in openings.branches] == [100.0, pytest.approx(100.0)]
    assert [piece.end for piece in report.short] == [(100.2, 0.0, 0.0)]
    assert len(report.vanished) == 2
    (twice,) = report.duplicates
    assert twice.start == (100.0, 0.0, 0.0)
    assert f"drawn twice: 1, of lines {twice.handle} (a)" in str(report)


def test_what_is_not_read_is_counted(tmp_path):
    path = drawn(
        tmp_path, *MINE, ("CIRCLE", "drifts", []), ("MESH", "drifts", []), ("CIRCLE", "text", []),
        ("LWPOLYLINE", "drifts", [450, (0, 0, 0)]),
    )  # fmt: skip
    _, report = read_drawing(path, {"drifts": DRIFT}, 0.5)
    assert report.unread == {"CIRCLE": 1, "POLYLINE": 1, "LWPOLYLINE": 1}
    assert report.other_layers == {"Shafts": 1, "shafts": 1, "text": 1}
    assert "not lines: 1 CIRCLE, 1 POLYLINE, 1 LWPOLYLINE" in str(report)


def test_units_and_bulges(tmp_path):
    half_circle = [450e3, (0, 0, 1.0), (100e3, 0, 0), (100e3, 50e3, 0)]
    path = drawn(tmp_path, ("LWPOLYLINE", "a", half_circle), units=MILLIMETRE)
    openings, _ = read_drawing(path, {"a": DRIFT}, 0.5, datum=1000.0)
    *arc, straight = openings.branches
    assert straight.length == pytest.approx(50.0)
    assert sum(branch.length for branch in arc) == pytest.approx(50.0 * np.pi, rel=3e-3)
    assert {depth for _, _, depth in openings.nodes.values()} == {550.0}
    bare = drawn(tmp_path, *MINE, units=0)
    with pytest.raises(FaultyError, match="does not say its unit; give scale"):
        read_drawing(bare, {"drifts": DRIFT}, 0.5)
    for feet in (
        read_drawing(bare, {"drifts": DRIFT}, 0.5, scale=0.3048).openings,
        read_drawing(drawn(tmp_path, *MINE, units=FOOT), {"drifts": DRIFT}, 0.5).openings,
    ):
        assert feet["drifts 1"].length == pytest.approx(121.92)


def test_bad_files_are_named(tmp_path):
    (tmp_path / "no.dxf").write_text("not a drawing")
    (tmp_path / "cut.dxf").write_bytes(drawn(tmp_path, *MINE).read_bytes()[:3000])
    (tmp_path / "raw.dxf").write_bytes(bytes(range(256)) * 9)
    layers = {"drifts": DRIFT}
    for name, said in {"lost": "cannot be read", "no": "no.dxf: ", "cut": "cut.dxf: ",
                       "raw": "raw.dxf: "}.items():  # fmt: skip
        with pytest.raises(FaultyError, match=said):
            read_drawing(tmp_path / f"{name}.dxf", layers, 0.5)
    path = drawn(tmp_path, *MINE)
    with pytest.raises(FaultyError, match="adits: no line lies in this layer; there is Shafts"):
        read_drawing(path, layers | {"adits": DRIFT}, 0.5)
    with pytest.raises(FaultyError, match="no layer is chosen"):
        read_drawing(path, {}, 0.5)
    for tolerance in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="tolerance must be"):
            read_drawing(path, layers, tolerance)
    with pytest.raises(ValueError, match="scale must be"):
        read_drawing(path, layers, 0.5, scale=0.0)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 12)] * 6), min_size=1, max_size=20), st.integers(1, 4))
def test_no_end_moves_beyond_the_tolerance_and_nodes_stay_apart(tmp_path_factory, lines, tolerance):
    folder = tmp_path_factory.mktemp("drawing")
    path = drawn(folder, *(("LINE", "a", [line[:3], line[3:]]) for line in lines))
    openings, report = read_drawing(path, {"a": DRIFT}, float(tolerance), datum=0.0)
    assert report.greatest_move <= tolerance
    assert len(openings.branches) + len(report.vanished) + len(report.duplicates) == len(lines)
    places = np.array(list(openings.nodes.values())).reshape(-1, 3)
    apart = np.linalg.norm(places[:, None] - places, axis=2) + 1e9 * np.eye(len(places))
    assert apart.min(initial=np.inf) > tolerance
    pairs = [frozenset((branch.start, branch.end)) for branch in openings.branches]
    assert len(set(pairs)) == len(pairs)
