"""Airways from the centrelines of a drawing (DXF), with a report of what fits together.

Every straight piece of a line in the chosen layers is a branch, and ends closer to each other than
a tolerance are one node. Nothing else is joined: lines that cross, and an end that lies on the
middle of another line, stay apart until the drawing has a vertex there; the report names such ends.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely
from scipy.spatial import cKDTree

from comine.numerics import Indices
from comine.numerics.graph import listed
from comine.physics import Array
from comine.underground.drawn_lines import Lines, Piece, read_lines
from comine.underground.mine_airways import depths, square_perimeter
from comine.underground.openings import Branch, Openings, Part, Point

REACH = 10.0
"""Distance within which what is near a loose end is looked for, over the tolerance [1]."""


@dataclass(frozen=True)
class LayerSection:
    """What all airways of a layer have; lengths in m, areas in m²."""

    area: float = 0.0
    perimeter: float | None = None
    """That of a square where none is given."""
    friction: float = 0.0
    """Atkinson factor at 1.2 kg/m³ [kg/m³]."""
    wetness: float = 0.0
    """[1]"""
    shock: float = 0.0
    """Of each piece [1]."""
    part: Part = "drift"
    level: int = -1


class LooseEnd(NamedTuple):
    """A node at which one branch alone ends."""

    node: str
    place: Point
    """(x, y, depth) [m]"""
    gap: float
    """To the nearest other piece; infinite where none lies within ten tolerances [m]."""


@dataclass(frozen=True)
class DrawingReport:
    """What came of a drawing's lines."""

    pieces: int
    """Read in all."""
    snapped: int
    """Ends that were moved to a node."""
    greatest_move: float
    """[m]"""
    loose: tuple[LooseEnd, ...]
    short: tuple[Piece, ...]
    """Pieces shorter than the tolerance."""
    vanished: tuple[Piece, ...]
    """Pieces left out because both of their ends came to one node."""
    duplicates: tuple[Piece, ...]
    """Pieces left out because one drawn before joins the same nodes."""
    unread: Mapping[str, int]
    """Things in the chosen layers that are no lines, by kind."""
    other_layers: Mapping[str, int]
    """Things in layers that were not chosen."""

    def __str__(self) -> str:
        def counted(what: Mapping[str, int]) -> str:
            return listed(f"{count} {name}" for name, count in what.items()) or "none"

        def drawn(what: Sequence[Piece]) -> str:
            handles = dict.fromkeys(f"{each.handle} ({each.layer})" for each in what)
            return f"{len(what)}" + (f", of lines {listed(handles)}" if handles else "")

        near = listed(f"{e.node} by {e.gap:.3g} m" for e in self.loose if isfinite(e.gap))
        return "\n".join([
            f"pieces read: {self.pieces}",
            f"ends snapped: {self.snapped}, by {self.greatest_move:.3g} m at most",
            f"loose ends: {len(self.loose)}" + (f"; just off another line: {near}" if near else ""),
            f"shorter than the tolerance: {drawn(self.short)}",
            f"left out, both ends at one node: {drawn(self.vanished)}",
            f"left out, drawn twice: {drawn(self.duplicates)}",
            f"not lines: {counted(self.unread)}",
            f"in other layers: {counted(self.other_layers)}",
        ])  # fmt: skip


class DrawnAirways(NamedTuple):
    """Openings of a drawing, and what came of its lines."""

    openings: Openings
    report: DrawingReport


def read_drawing(
    path: Path,
    layers: Mapping[str, LayerSection],
    tolerance: float,
    scale: float | None = None,
    datum: float | None = None,
) -> DrawnAirways:
    """Openings along the lines of a drawing.

    Parameters
    ----------
    path : Path
        DXF file; its LINE, LWPOLYLINE and POLYLINE are read, in model space.
    layers : mapping of str to LayerSection
        Layers to read, and what their airways have.
    tolerance : float
        Distance within which ends are one node [m].
    scale : float, optional
        Metres of one unit of the drawing; without it, what the drawing says.
    datum : float, optional
        Elevation of depth 0; without it that of the highest end [m].

    Returns
    -------
    DrawnAirways
        Openings and report.

    Raises
    ------
    FaultyError
        If the file cannot be read or holds no line in a layer.
    ValueError
        If the tolerance or the scale is not above 0.
    """
    for name, value in (("tolerance", tolerance), ("scale", 1.0 if scale is None else scale)):
        if not (isfinite(value) and value > 0.0):
            raise ValueError(f"{name} must be a number above 0, got {value:g}")
    lines = read_lines(path, tuple(layers), scale)
    return _joined(lines, layers, tolerance, datum)


def _joined(
    lines: Lines, layers: Mapping[str, LayerSection], tolerance: float, datum: float | None
) -> DrawnAirways:
    """Branches and nodes of pieces, and the report."""
    pieces = lines.pieces
    ends = np.array([(piece.start, piece.end) for piece in pieces])
    node, at = _snapped(ends.reshape(-1, 3), tolerance)
    moves = np.linalg.norm(at[node] - ends.reshape(-1, 3), axis=1)
    pairs = node.reshape(-1, 2)
    kept, vanished, duplicates = _sorted(pairs)
    names = [f"n{number}" for number in range(1, len(at) + 1)]
    points = at.copy()
    points[:, 2] = depths(at[:, 2], float(ends[:, :, 2].max()) if datum is None else datum)
    where = [(x, y, z) for x, y, z in points.tolist()]
    counts, branches = Counter[str](), list[Branch]()
    for number in kept:
        layer, (a, b) = pieces[number].layer, pairs[number].tolist()
        counts[layer] += 1
        length = float(np.linalg.norm(at[b] - at[a]))
        branches.append(_branch(f"{layer} {counts[layer]}", (names[a], names[b]), length,
                                layers[layer]))  # fmt: skip
    used = np.unique(pairs[kept])
    openings = Openings({names[i]: where[i] for i in used.tolist()}, tuple(branches))
    loose, gaps = _loose(at, pairs[kept], REACH * tolerance)
    sizes = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    short = np.flatnonzero(sizes < tolerance).tolist()
    report = DrawingReport(
        len(pieces), int(np.sum(moves > 0.0)), float(moves.max()),
        tuple(LooseEnd(names[i], where[i], gap)
              for i, gap in zip(loose.tolist(), gaps.tolist(), strict=True)),
        tuple(pieces[i] for i in short), tuple(pieces[i] for i in vanished),
        tuple(pieces[i] for i in duplicates), lines.unread, lines.others,
    )  # fmt: skip
    return DrawnAirways(openings, report)


def _sorted(pairs: Indices) -> tuple[list[int], list[int], list[int]]:
    """Pieces that are branches, those whose ends are one node, and those drawn before."""
    met = set[tuple[int, int]]()
    kept, vanished, duplicates = list[int](), list[int](), list[int]()
    for number, (a, b) in enumerate(np.sort(pairs, axis=1).tolist()):
        found = vanished if a == b else duplicates if (a, b) in met else kept
        found.append(number)
        met.add((a, b))
    return kept, vanished, duplicates


def _branch(name: str, ends: tuple[str, str], length: float, has: LayerSection) -> Branch:
    perimeter = square_perimeter(has.area) if has.perimeter is None else has.perimeter
    return Branch(
        name, has.part, "air", *ends, length, has.area, perimeter, has.friction, has.wetness,
        shock=has.shock, level=has.level,
    )  # fmt: skip


def _snapped(ends: Array, tolerance: float) -> tuple[Indices, Array]:
    """Node of each end, and where the nodes lie: where an end lay that none before was near to.

    Nodes are more than the tolerance apart, and no end moves farther than it.
    """
    near = cKDTree(ends).query_ball_point(ends, tolerance)
    taken = np.zeros(len(ends), dtype=bool)
    first = list[int]()
    for number, others in enumerate(near):
        if not taken[number]:
            first.append(number)
            taken[others] = True
    at = ends[first]
    _, node = cKDTree(at).query(ends)
    return np.asarray(node, dtype=np.intp), at


def _loose(at: Array, pairs: Indices, reach: float) -> tuple[Indices, Array]:
    """Nodes of one branch, and how far the nearest other branch is from each [m]."""
    loose = np.flatnonzero(np.bincount(pairs.ravel(), minlength=len(at)) == 1)
    tree = shapely.STRtree(shapely.linestrings(at[pairs][:, :, :2]))
    which, line = tree.query(shapely.points(at[loose, :2]), predicate="dwithin", distance=reach)
    other = (pairs[line] != loose[which][:, None]).all(axis=1)
    which, line = which[other], line[other]
    start, along = at[pairs[line, 0]], at[pairs[line, 1]] - at[pairs[line, 0]]
    share = np.sum((at[loose[which]] - start) * along, axis=1) / np.sum(along**2, axis=1)
    foot = start + np.clip(share, 0.0, 1.0)[:, None] * along
    gap = np.full(len(loose), np.inf)
    np.minimum.at(gap, which, np.linalg.norm(at[loose[which]] - foot, axis=1))
    gap[gap > reach] = np.inf
    return loose, gap
