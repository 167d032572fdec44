"""A mine's airways written as CSV tables, which are read back exactly, and as a drawing (DXF)."""

import csv
from collections.abc import Sequence
from math import isnan
from pathlib import Path

from ezdxf.enums import InsertUnits
from ezdxf.filemanagement import new

from comine.numerics.graph import listed
from comine.tables import BLANK
from comine.underground.mine_airways import MineAirways
from comine.underground.network_files import BRANCHES, FANS, NODES

Values = Sequence[float | str]


def write_airways(airways: MineAirways, folder: Path) -> list[Path]:
    """Write ``branches.csv``, ``nodes.csv`` and, where there are fans, ``fans.csv``.

    Parameters
    ----------
    airways : MineAirways
        The mine.
    folder : Path
        Made if it is not there.

    Returns
    -------
    list of Path
        The files, in the order in which `comine.underground.network_files.read_airways` takes them.

    Raises
    ------
    ValueError
        If something would not come back: a name that is blank, begins or ends with a blank or does
        not print, a branch that carries no air, one of a heat system.
    """
    _refuse(airways)
    tables = {"branches.csv": branch_table(airways), "nodes.csv": node_table(airways)}
    if airways.fans:
        tables["fans.csv"] = _fan_table(airways)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        rows = zip(*table.values(), strict=True)
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(table)
            writer.writerows([[_cell(value) for value in row] for row in rows])
    return [folder / name for name in tables]


def branch_table(airways: MineAirways) -> dict[str, Values]:
    """Columns of the branches by their headings; given flows are NaN where none is given.

    Parameters
    ----------
    airways : MineAirways
        The mine.

    Returns
    -------
    dict of str to sequence
    """
    branches, given = airways.openings.branches, airways.given
    return {
        column.si_head: [given.get(b.name, BLANK) for b in branches]
        if column.name == "given_flow"
        else [getattr(b, column.name) for b in branches]
        for column in BRANCHES
    }


def node_table(airways: MineAirways) -> dict[str, Values]:
    """Columns of the nodes by their headings.

    Parameters
    ----------
    airways : MineAirways
        The mine.

    Returns
    -------
    dict of str to sequence
    """
    nodes, surface = airways.openings.nodes, set(airways.surface)
    columns: dict[str, Values] = {
        "name": list(nodes),
        **{name: [point[axis] for point in nodes.values()] for axis, name in enumerate(AXES)},
        "surface": ["yes" if name in surface else "no" for name in nodes],
    }
    return {column.si_head: columns[column.name] for column in NODES if column.name in columns}


AXES = ("x", "y", "depth")


def _fan_table(airways: MineAirways) -> dict[str, Values]:
    points = [
        (fan, point) for fan in airways.fans for point in zip(fan.flow, fan.rise, strict=True)
    ]
    own: dict[str, Values] = {
        "flow": [float(flow) for _, (flow, _) in points],
        "rise": [float(rise) for _, (_, rise) in points],
    }
    return {
        column.si_head: own.get(column.name) or [getattr(fan, column.name) for fan, _ in points]
        for column in FANS
    }


def _cell(value: float | str) -> str:
    """Text of a cell that gives the same value again."""
    if isinstance(value, str):
        return value
    return "" if isnan(value) else repr(value)


def _refuse(airways: MineAirways) -> None:
    """Raise if something would not come back."""
    names = [*airways.openings.nodes, *(branch.name for branch in airways.openings.branches)]
    if odd := [name for name in names if name != name.strip() or not (name and name.isprintable())]:
        raise ValueError(
            f"names must print and have no blanks at their ends, got {listed(map(repr, odd))}"
        )
    others = [b.name for b in airways.openings.branches if b.medium != "air" or b.system]
    if others:
        raise ValueError(f"only airways of the mine's own can be written, got {listed(others)}")


def write_drawing(airways: MineAirways, path: Path, datum: float = 0.0) -> None:
    """Write a drawing of centrelines in metres (DXF), with a layer for each part.

    Parameters
    ----------
    airways : MineAirways
        The mine.
    path : Path
        The file.
    datum : float
        Elevation of depth 0 [m].
    """
    document = new(units=InsertUnits.Meters)
    space, nodes = document.modelspace(), airways.openings.nodes
    for branch in airways.openings.branches:
        start, end = (
            (x, y, datum - depth) for x, y, depth in (nodes[branch.start], nodes[branch.end])
        )
        space.add_line(start, end, dxfattribs={"layer": branch.part})
    document.saveas(path)
