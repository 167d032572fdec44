"""Airways and results in them for maps (GeoPackage) and for pictures in space (VTK).

Both hold the branches as straight lines in metres, heights upwards, with the columns of the CSV
tables and results beside them.

Sources
-------
- OGC GeoPackage Encoding Standard 1.3 (as GDAL writes it).
- VTK file formats, XML PolyData (.vtp): kitware.github.io/vtk-examples, VTKFileFormats.
"""

import warnings
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyogrio.raw import write

from comine.numerics import Indices
from comine.numerics.graph import listed
from comine.physics import Array
from comine.underground.mine_airways import MineAirways
from comine.underground.network_export import branch_table, node_table

Values = NDArray[np.float64] | NDArray[np.int64] | NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Attached:
    """Results by name of branch or node; where a name is missing there is no value."""

    names: Sequence[str] = ()
    values: Mapping[str, ArrayLike] = field(default_factory=dict)
    """By heading, such as ``flow [kg/s]``, one for each name."""


NONE = Attached()


def write_geopackage(
    airways: MineAirways,
    path: Path,
    branches: Attached = NONE,
    nodes: Attached = NONE,
    crs: str | None = None,
    datum: float = 0.0,
) -> None:
    """Write a GeoPackage with the layers ``branches`` (lines) and ``nodes`` (points).

    Parameters
    ----------
    airways : MineAirways
        The mine.
    path : Path
        The file; one that is there already is replaced.
    branches, nodes : Attached
        Results of branches and of nodes.
    crs : str, optional
        Coordinate system of x and y, such as ``EPSG:4547``; without it they are local.
    datum : float
        Elevation of depth 0 [m].

    Raises
    ------
    ValueError
        If results do not fit.
    """
    points, ends = _shape(airways, datum)
    layers = {
        "branches": ("LineString Z", shapely.linestrings(points[ends]),
                     _with(branch_table(airways), branches)),
        "nodes": ("Point Z", shapely.points(points), _with(node_table(airways), nodes)),
    }  # fmt: skip
    with TemporaryDirectory(dir=path.parent) as aside, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")
        part = Path(aside) / path.name
        for layer, (kind, shapes, columns) in layers.items():
            write(part, shapely.to_wkb(shapes), list(columns.values()), list(columns), layer=layer,
                  driver="GPKG", geometry_type=kind, crs=crs, encoding="utf-8")  # fmt: skip
        part.replace(path)


def write_polydata(
    airways: MineAirways,
    path: Path,
    branches: Attached = NONE,
    nodes: Attached = NONE,
    datum: float = 0.0,
) -> None:
    """Write lines with data of cells (branches) and points (nodes) for VTK (.vtp).

    Parameters
    ----------
    airways : MineAirways
        The mine.
    path : Path
        The file.
    branches, nodes : Attached
        Results of branches and of nodes.
    datum : float
        Elevation of depth 0 [m].

    Raises
    ------
    ValueError
        If results do not fit.
    """
    points, ends = _shape(airways, datum)
    root = ElementTree.Element("VTKFile", type="PolyData", version="1.0",
                               byte_order="LittleEndian", header_type="UInt64")  # fmt: skip
    piece = ElementTree.SubElement(
        ElementTree.SubElement(root, "PolyData"), "Piece",
        NumberOfPoints=str(len(points)), NumberOfLines=str(len(ends)),
    )  # fmt: skip
    for tag, columns in (("PointData", _with(node_table(airways), nodes)),
                         ("CellData", _with(branch_table(airways), branches))):  # fmt: skip
        data = ElementTree.SubElement(piece, tag)
        for name, values in columns.items():
            _array(data, name, values)
    _array(ElementTree.SubElement(piece, "Points"), "Points", points)
    lines = ElementTree.SubElement(piece, "Lines")
    _array(lines, "connectivity", ends.ravel())
    _array(lines, "offsets", 2 * np.arange(1, len(ends) + 1))
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _array(parent: ElementTree.Element, name: str, values: Values | Indices) -> None:
    """Add values as their bytes after the number of bytes, in base 64; each word is ended by 0."""
    if values.dtype == object:
        kind, raw = "String", b"".join(str(word).encode() + b"\0" for word in values)
    else:
        kind = "Float64" if values.dtype.kind == "f" else "Int64"
        raw = values.astype("<f8" if kind == "Float64" else "<i8").tobytes()
    about = {"type": kind, "Name": name, "format": "binary"}
    if values.ndim > 1:
        about["NumberOfComponents"] = str(values.shape[1])
    text = b64encode(len(raw).to_bytes(8, "little") + raw).decode()
    ElementTree.SubElement(parent, "DataArray", about).text = text


def _shape(airways: MineAirways, datum: float) -> tuple[Array, Indices]:
    """Points of the nodes (x, y, elevation), and the two of each branch."""
    openings = airways.openings
    points = np.array(list(openings.nodes.values()), dtype=float)
    points[:, 2] = datum - points[:, 2]
    place = {name: number for number, name in enumerate(openings.nodes)}
    ends = [(place[branch.start], place[branch.end]) for branch in openings.branches]
    return points, np.array(ends, dtype=np.intp)


def _with(table: Mapping[str, Sequence[float | str]], more: Attached) -> dict[str, Values]:
    """Columns of a table that are not blank, and results beside them in the order of its names."""
    place = {str(name): number for number, name in enumerate(table["name"])}
    if strange := [name for name in more.names if name not in place]:
        raise ValueError(f"results of what is not there: {listed(strange)}")
    if twice := sorted(more.values.keys() & table.keys()):
        raise ValueError(f"results with the heading of another column: {listed(twice)}")
    columns: dict[str, Values] = {}
    for head, values in table.items():
        words = any(isinstance(value, str) for value in values)
        column = np.array(values, dtype=object if words else None)
        if words or np.isfinite(column).any():
            columns[head] = column
    at = [place[name] for name in more.names]
    for head, given in more.values.items():
        if np.shape(given) != (len(at),):
            raise ValueError(f"{head}: got shape {np.shape(given)} for {len(at)} names")
        columns[head] = np.full(len(place), np.nan)
        columns[head][at] = given
    return columns
