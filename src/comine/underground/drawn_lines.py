"""Straight pieces of the lines of a drawing (DXF), by layer."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import NamedTuple

from ezdxf.document import Drawing as Document
from ezdxf.entities.dxfentity import DXFEntity
from ezdxf.entities.line import Line
from ezdxf.entities.lwpolyline import LWPolyline
from ezdxf.entities.polyline import Polyline
from ezdxf.enums import InsertUnits
from ezdxf.filemanagement import readfile
from ezdxf.lldxf.const import DXFError
from ezdxf.path import make_path

from comine.errors import Fault, FaultyError
from comine.numerics.graph import listed
from comine.underground.openings import Point

SAGITTA = 0.1
"""Greatest distance of a bulged line from the pieces that stand for it [m]."""
METRES: dict[int, float] = {
    InsertUnits.Inches: 0.0254,
    InsertUnits.Feet: 0.3048,
    InsertUnits.Millimeters: 1e-3,
    InsertUnits.Centimeters: 1e-2,
    InsertUnits.Meters: 1.0,
    InsertUnits.Kilometers: 1e3,
}
"""What a drawing's unit is worth [m]."""
BROKEN = (DXFError, ValueError, StopIteration)
"""What the reader of drawings raises on files that are cut off or spoilt."""


class Piece(NamedTuple):
    """A straight piece of a centreline, its ends as (x, y, elevation) [m]."""

    layer: str
    handle: str
    """Of the line in the drawing."""
    start: Point
    end: Point


class Lines(NamedTuple):
    """What a drawing holds."""

    pieces: list[Piece]
    unread: dict[str, int]
    """Things in the chosen layers that are no lines, by kind."""
    others: dict[str, int]
    """Things in layers that were not chosen."""


def read_lines(path: Path, layers: Sequence[str], scale: float | None = None) -> Lines:
    """Straight pieces of a drawing's LINE, LWPOLYLINE and POLYLINE, in model space.

    Parameters
    ----------
    path : Path
        DXF file.
    layers : sequence of str
        Layers to read.
    scale : float, optional
        Metres of one unit of the drawing; without it, what the drawing says.

    Returns
    -------
    Lines
        Pieces in metres, and counts of the rest.

    Raises
    ------
    FaultyError
        If the file cannot be read or holds no line in a layer.
    """
    document = _document(path)
    lines = _pieces(document, layers, _scale(document, path, scale))
    drawn = {piece.layer for piece in lines.pieces}
    others = listed(lines.others) or "no other"
    faults = [
        Fault(path.name, layer, "no line lies in this layer", "", f"there is {others}")
        for layer in layers
        if layer not in drawn
    ]
    faults += [
        Fault(path.name, f"{piece.layer}, line {piece.handle}", "a coordinate is no number")
        for piece in lines.pieces
        if not all(map(isfinite, [*piece.start, *piece.end]))
    ]
    if not layers:
        faults.append(Fault(path.name, "", "no layer is chosen", "", f"there is {others}"))
    if faults:
        raise FaultyError(faults)
    return lines


def _document(path: Path) -> Document:
    try:
        return readfile(path)
    except OSError as error:
        wrong = f"cannot be read ({error.strerror or 'not a DXF file'})"
    except BROKEN as error:
        wrong = f"is not a sound DXF file ({str(error) or 'it ends too soon'})"
    raise FaultyError([Fault(path.name, "", wrong, str(path), "save it anew as DXF")])


def _scale(document: Document, path: Path, scale: float | None) -> float:
    """Metres of one unit of the drawing."""
    if scale is not None:
        return scale
    if document.units not in METRES:
        cure = "give scale, the metres of one unit"
        raise FaultyError([Fault(path.name, "", "the drawing does not say its unit", "", cure)])
    return METRES[document.units]


def _pieces(document: Document, layers: Iterable[str], scale: float) -> Lines:
    """Straight pieces in the chosen layers, and what else there is."""
    names = {layer.lower(): layer for layer in layers}
    pieces, unread, others = list[Piece](), Counter[str](), Counter[str]()
    for entity in document.modelspace():
        layer = names.get(entity.dxf.layer.lower())
        if layer is None:
            others[entity.dxf.layer] += 1
            continue
        corners = [(scale * x, scale * y, scale * z) for x, y, z in _corners(entity, scale)]
        if len(corners) < 2:
            unread[entity.dxftype()] += 1
        handle = str(entity.dxf.handle)
        pieces += [Piece(layer, handle, *ends) for ends in pairwise(corners)]
    return Lines(pieces, dict(unread), dict(others))


def _corners(entity: DXFEntity, scale: float) -> Iterator[Point]:
    """Corners of a line, in units of the drawing; none of what is no line."""
    if isinstance(entity, Line):
        yield from (entity.dxf.start.xyz, entity.dxf.end.xyz)
    elif isinstance(entity, LWPolyline) or (
        isinstance(entity, Polyline) and (entity.is_2d_polyline or entity.is_3d_polyline)
    ):
        line = make_path(entity)
        if len(line):
            yield from (corner.xyz for corner in line.flattening(SAGITTA / scale))
