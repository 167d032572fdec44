"""Airways written to tables, drawings, maps and pictures, and read back."""

import subprocess
import sys
from base64 import b64decode
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pyogrio.raw
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.underground.air_network import Fan
from comine.underground.mine_airways import MineAirways
from comine.underground.network_drawing import LayerSection, read_drawing
from comine.underground.network_export import write_airways, write_drawing
from comine.underground.network_files import read_airways
from comine.underground.network_maps import Attached, write_geopackage, write_polydata
from comine.underground.openings import Branch, Openings
from comine.underground.published_networks import read_published
from tests.data import NETWORKS

NODES = {"in": (0.0, 0.0, 0.0), "foot, east": (0.1, 0.0, 1000.0 / 3.0), "面": (800.0, 0.0, 334.0),
         "out": (800.0, 0.0, 0.0)}  # fmt: skip
BRANCHES = (
    Branch("downcast", "shaft", "air", "in", "foot, east", 400.0, 28.3, 18.8, 0.004, level=-1),
    Branch('the "drift"', "drift", "air", "foot, east", "面", 1e3 / 1.1, 20.0, 18.0, 0.012, 0.3,
           0.7, 1e-3, 2, 4),
    Branch("upcast", "shaft", "air", "面", "out", 334.1, 28.3, 18.8, 0.004),
)  # fmt: skip
FAN = Fan("upcast", (0.0, 60.0, 120.1), (2500.0, 2400.0, 1900.3), 1.1, 0.9, 2, 3, 0.65)
MINE = MineAirways(Openings(NODES, BRANCHES), ("in", "out"), (FAN,), {"downcast": 61.7})


def same(one, other):
    assert one.openings == other.openings
    assert list(one.openings.nodes) == list(other.openings.nodes)
    assert one.surface == other.surface
    assert one.given == other.given
    assert [vars(fan) for fan in one.fans] == [vars(fan) for fan in other.fans]


def test_tables_come_back_exactly(tmp_path):
    files = write_airways(MINE, tmp_path / "mine")
    assert [file.name for file in files] == ["branches.csv", "nodes.csv", "fans.csv"]
    same(read_airways(*files), MINE)
    calm = replace(MINE, fans=())
    same(read_airways(*write_airways(calm, tmp_path / "calm")), calm)


def test_real_mines_come_back_exactly(tmp_path):
    edges = NETWORKS / "hongshagang_difficult_edges.csv"
    placed = read_published(edges, NETWORKS / "hongshagang_difficult_nodes.csv")
    mine = MineAirways(placed.openings(), ("1", "113", "90"))
    same(read_airways(*write_airways(mine, tmp_path / "placed")), mine)
    bare = read_published(NETWORKS / "data_mine_edges.csv").airways(100.0)
    same(read_airways(*write_airways(bare, tmp_path / "bare"), walls=False), bare)


NUMBERS = st.floats(1e-3, 1e6)
LETTERS = st.characters(exclude_categories=("C", "Zl", "Zp", "Zs"))


@st.composite
def mines(draw):
    """Rings of airways with any names and numbers."""
    names = draw(st.lists(st.text(LETTERS, min_size=1), min_size=4, max_size=8, unique=True))
    aside, depth = st.floats(-1e6, 1e6), st.floats(0, 5e3)
    places = {name: (draw(aside), draw(aside), draw(depth)) for name in names}
    branches = []
    for number, (a, b) in enumerate(zip(names, names[1:] + names[:1], strict=True)):
        area = draw(st.floats(1.0, 1e3))
        branches.append(
            Branch(
                f"{a}→{number}", draw(st.sampled_from(["shaft", "drift", "stope", "fracture"])),
                "air", a, b, float(np.linalg.norm(np.subtract(places[a], places[b]))) + 0.5, area,
                4 * area**0.5 * draw(st.floats(1.0, 2.0)), draw(NUMBERS), draw(st.floats(0, 1)),
                draw(NUMBERS), draw(NUMBERS), draw(st.integers(1, 9)), draw(st.integers(-1, 99)),
            )
        )  # fmt: skip
    flow = np.cumsum(draw(st.lists(st.floats(1.0, 100.0), min_size=2, max_size=6)))
    rise = tuple(sorted(draw(st.lists(NUMBERS, min_size=len(flow), max_size=len(flow))))[::-1])
    whole = [draw(each) for each in (NUMBERS, NUMBERS, st.integers(1, 5), st.integers(1, 5))]
    fan = Fan(branches[0].name, tuple(flow.tolist()), rise, *whole, draw(st.floats(0.1, 1.0)))
    some = {branches[-1].name: draw(st.floats(-1e3, 1e3))} if draw(st.booleans()) else {}
    return MineAirways(Openings(places, tuple(branches)), tuple(names[:2]), (fan,), some)


@settings(max_examples=40, deadline=None)
@given(mines())
def test_any_mine_comes_back_exactly(tmp_path_factory, mine):
    same(read_airways(*write_airways(mine, tmp_path_factory.mktemp("mine"))), mine)


@pytest.mark.parametrize("name", ["", " drift", "two\nlines", "a\u2028b"])
def test_names_that_would_not_come_back_are_refused(tmp_path, name):
    branches = (replace(BRANCHES[0], name=name), *BRANCHES[1:])
    with pytest.raises(ValueError, match="names must print"):
        write_airways(MineAirways(Openings(NODES, branches)), tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_carries_no_air_is_refused(tmp_path):
    for other in (replace(BRANCHES[0], medium="water"), replace(BRANCHES[0], system="fan")):
        with pytest.raises(ValueError, match=r"only airways .* got downcast"):
            write_airways(MineAirways(Openings(NODES, (other,))), tmp_path)


def test_drawings_come_back(tmp_path):
    write_drawing(MINE, tmp_path / "mine.dxf", datum=1450.0)
    layers = {"shaft": LayerSection(28.3, part="shaft"), "drift": LayerSection(20.0)}
    openings, report = read_drawing(tmp_path / "mine.dxf", layers, 0.01, datum=1450.0)
    places = np.array(list(openings.nodes.values()))
    np.testing.assert_allclose(places, list(NODES.values()), atol=1e-9)
    assert [branch.part for branch in openings.branches] == ["shaft", "drift", "shaft"]
    assert report.snapped == 0


FLOWS = Attached(["upcast", "downcast"], {"flow [kg/s]": [61.0, 62.5]})
AIR = Attached(list(NODES), {"dry_bulb [K]": np.linspace(285.0, 300.0, 4)})


def test_maps_hold_lines_points_and_results(tmp_path):
    path = tmp_path / "mine.gpkg"
    for crs in ("EPSG:4547", None):
        write_geopackage(MINE, path, FLOWS, AIR, crs=crs, datum=1450.0)
        assert list(tmp_path.iterdir()) == [path]
        about, _, shapes, fields = pyogrio.raw.read(path, layer="branches")
        assert about["crs"] == crs
        assert about["geometry_type"] == "LineString Z"
        lines = shapely.get_coordinates(shapely.from_wkb(shapes), include_z=True)
        np.testing.assert_array_equal(lines[:2], [[0, 0, 1450], [0.1, 0, 1450 - 1000 / 3]])
        columns = dict(zip(about["fields"], fields, strict=True))
        assert columns["name"].tolist() == [branch.name for branch in BRANCHES]
        assert columns["length [m]"].tolist() == [branch.length for branch in BRANCHES]
        assert columns["count"].tolist() == [1, 2, 1]
        np.testing.assert_array_equal(columns["flow [kg/s]"], [62.5, np.nan, 61.0])
        np.testing.assert_array_equal(columns["given_flow [kg/s]"], [61.7, np.nan, np.nan])
        about, _, shapes, fields = pyogrio.raw.read(path, layer="nodes")
        assert about["geometry_type"] == "Point Z"
        columns = dict(zip(about["fields"], fields, strict=True))
        assert columns["surface"].tolist() == ["yes", "no", "no", "yes"]
        assert columns["dry_bulb [K]"].tolist() == [285.0, 290.0, 295.0, 300.0]


def decoded(element):
    """Values of a data array, by the description of the format."""
    raw = b64decode(element.text)
    size = int.from_bytes(raw[:8], "little")
    assert len(raw) == 8 + size
    if element.get("type") == "String":
        return raw[8:].decode().split("\0")[:-1]
    return np.frombuffer(raw[8:], {"Float64": "<f8", "Int64": "<i8"}[element.get("type")])


def test_pictures_hold_lines_and_results(tmp_path):
    write_polydata(MINE, tmp_path / "mine.vtp", FLOWS, AIR, datum=1450.0)
    root = ElementTree.parse(tmp_path / "mine.vtp").getroot()
    assert (root.get("type"), root.get("header_type")) == ("PolyData", "UInt64")
    piece = root.find("PolyData/Piece")
    assert (piece.get("NumberOfPoints"), piece.get("NumberOfLines")) == ("4", "3")
    cells = {each.get("Name"): decoded(each) for each in piece.find("CellData")}
    assert cells["name"] == [branch.name for branch in BRANCHES]
    assert cells["area [m^2]"].tolist() == [28.3, 20.0, 28.3]
    np.testing.assert_array_equal(cells["flow [kg/s]"], [62.5, np.nan, 61.0])
    points = {each.get("Name"): decoded(each) for each in piece.find("PointData")}
    assert points["name"] == list(NODES)
    assert points["dry_bulb [K]"].tolist() == [285.0, 290.0, 295.0, 300.0]
    places = piece.find("Points/DataArray")
    assert places.get("NumberOfComponents") == "3"
    np.testing.assert_array_equal(
        decoded(places).reshape(-1, 3), [(x, y, 1450.0 - z) for x, y, z in NODES.values()]
    )
    lines = {each.get("Name"): decoded(each).tolist() for each in piece.find("Lines")}
    assert lines == {"connectivity": [0, 1, 1, 2, 2, 3], "offsets": [2, 4, 6]}


def test_results_must_fit(tmp_path):
    for wrong, said in (
        (Attached(["nowhere"], {"flow [kg/s]": [1.0]}), "results of what is not there: nowhere"),
        (Attached(["upcast"], {"flow [kg/s]": [1.0, 2.0]}), r"got shape \(2,\) for 1 names"),
        (Attached(["upcast"], {"area [m^2]": [1.0]}), "heading of another column"),
    ):
        for write, name in ((write_geopackage, "m.gpkg"), (write_polydata, "m.vtp")):
            with pytest.raises(ValueError, match=said):
                write(MINE, tmp_path / name, wrong)
    assert not list(tmp_path.iterdir())


def test_maps_are_written_without_pandas(tmp_path):
    code = (
        "import sys; sys.modules.update(dict.fromkeys(('pandas', 'geopandas', 'pyarrow')));"
        "from pathlib import Path;"
        "from tests.underground.test_network_export import MINE, FLOWS, write_geopackage;"
        f"write_geopackage(MINE, Path({str(tmp_path / 'mine.gpkg')!r}), FLOWS)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert pyogrio.raw.read(tmp_path / "mine.gpkg", layer="nodes")[0]["crs"] is None
