"""A mine's airways from three CSV tables: branches, nodes and fans, with units in their headers.

Every fault is said at once with its file and line: first those of cells and headers, then those of
the network that the tables describe. `comine.underground.network_export` writes the same tables.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf, isfinite, isnan
from pathlib import Path
from typing import NamedTuple, get_args

import numpy as np

from comine.errors import Fault, FaultyError
from comine.numerics.rises import rise_curve
from comine.physics.airway import STANDARD_DENSITY
from comine.tables import BLANK, Cells, Column, read_cells
from comine.underground.air_checks import branch_faults, door_faults, network_faults
from comine.underground.air_network import Fan
from comine.underground.mine_airways import MineAirways, apart, depths, square_perimeter
from comine.underground.openings import Branch, Openings, Part, Point

BRANCHES = (
    Column("name"),
    Column("start"),
    Column("end"),
    Column("part", default="drift"),
    Column("length", "m", BLANK),
    Column("area", "m**2", 0.0),
    Column("perimeter", "m", BLANK),
    Column("friction", "kg/m**3", 0.0),
    Column("wetness", "1", 0.0),
    Column("shock", "1", 0.0),
    Column("resistance", "N*s**2/m**8", 0.0),
    Column("count", "1", 1.0, whole=True),
    Column("level", "1", -1.0, whole=True),
    Column("given_flow", "kg/s", BLANK),
)
"""Length left blank is the distance of the ends, perimeter that of a square."""
NODES = (
    Column("name"),
    Column("x", "m", BLANK),
    Column("y", "m", BLANK),
    Column("depth", "m", BLANK),
    Column("elevation", "m", BLANK),
    Column("surface", default="no"),
)
FANS = (
    Column("branch"),
    Column("flow", "m**3/s"),
    Column("rise", "Pa"),
    Column("density", "kg/m**3", BLANK),
    Column("speed", "1", BLANK),
    Column("series", "1", BLANK, whole=True),
    Column("parallel", "1", BLANK, whole=True),
    Column("efficiency", "1", BLANK),
)
"""One row for each point of a curve; what holds for the whole fan may stand in one of its rows."""
WHOLE_FAN = (
    ("density", STANDARD_DENSITY, inf),
    ("speed", 1.0, inf),
    ("series", 1.0, inf),
    ("parallel", 1.0, inf),
    ("efficiency", 0.7, 1.0),
)
"""Columns of what holds for a whole fan: what is taken where none is given, and the most."""


class Table(NamedTuple):
    """One of the files as it was read."""

    file: str
    cells: Cells

    def lines(self, key: str = "name") -> dict[str, int]:
        """Last line of each word of a column."""
        return dict(zip(self.cells.words[key], self.cells.lines, strict=True))

    def located(self, faults: Iterable[Fault], key: str = "name") -> list[Fault]:
        """Faults of the words of a column, with file and line."""
        lines = self.lines(key)
        return [replace(each, file=self.file, line=lines.get(each.key, 0)) for each in faults]

    def fault(self, row: int, key: str, wrong: str, got: str = "", cure: str = "") -> Fault:
        """Fault of one of its rows."""
        return Fault(self.file, key, wrong, got, cure, self.cells.lines[row])


def read_airways(
    branches: Path,
    nodes: Path,
    fans: Path | None = None,
    *,
    datum: float | None = None,
    walls: bool = True,
) -> MineAirways:
    """Airways of a mine from CSV tables.

    Parameters
    ----------
    branches, nodes : Path
        Tables with the columns `BRANCHES` and `NODES`, in any order.
    fans : Path, optional
        Table with the columns `FANS`.
    datum : float, optional
        Elevation of depth 0, for nodes with elevations; without it that of the highest node in the
        open air [m].
    walls : bool
        Whether every airway needs a section and every node a place, as for heat. Without them a
        resistance alone is enough for a branch, and columns of places may be left out.

    Returns
    -------
    MineAirways
        The mine.

    Raises
    ------
    FaultyError
        With every fault found.
    """
    paths = [(branches, BRANCHES), (nodes, NODES), *([(fans, FANS)] if fans else [])]
    read = [(path.name, *read_cells(path, columns)) for path, columns in paths]
    if faults := [fault for _, _, found in read for fault in found]:
        raise FaultyError(faults)
    ways, places, *machines = (Table(file, cells) for file, cells, _ in read)
    at, faults = _nodes(places, datum, walls)
    dug, wrong = _branches(ways, at)
    driven, unfit = _fans(machines[0]) if machines else ([], [])
    yes = places.cells.words
    surface = [n for n, s in zip(yes["name"], yes["surface"], strict=True) if s == "yes"]
    flows = zip(ways.cells.words["name"], ways.cells.numbers["given_flow"], strict=True)
    given = {name: flow for name, flow in flows if not isnan(flow)}
    faults += [*wrong, *unfit, *ways.located(branch_faults(dug, at, walls))]
    faults += places.located(door_faults(dug, surface))
    if not dug:
        faults.append(Fault(ways.file, "", "holds no branch", "", "give one a row"))
    if not faults:
        found = network_faults(dug, at, surface, [fan.branch for fan in driven], given)
        faults += _placed(found, ways, places, machines)
    if faults:
        raise FaultyError(faults)
    return MineAirways(Openings(at, tuple(dug)), tuple(surface), tuple(driven), given)


def _placed(
    faults: Sequence[Fault], ways: Table, places: Table, machines: Sequence[Table]
) -> Iterator[Fault]:
    """Faults of how the tables fit each other, at the table that says it."""
    known = ways.lines()
    for fault in faults:
        if fault.key in ("nodes", "surface") and fault.key not in known:
            yield replace(fault, file=places.file)
        elif machines and fault.key in machines[0].lines("branch") and fault.key not in known:
            yield from machines[0].located([fault], "branch")
        else:
            yield from ways.located([fault])


def _nodes(table: Table, datum: float | None, walls: bool) -> tuple[dict[str, Point], list[Fault]]:
    """Places of the nodes."""
    names, surface = table.cells.words["name"], table.cells.words["surface"]
    columns = {name: np.array(values) for name, values in table.cells.numbers.items()}
    first = {name: row for row, name in reversed(list(enumerate(names)))}
    faults = [
        table.fault(row, name, "the name stands twice", "", "give each node its own")
        for row, name in enumerate(names)
        if first[name] != row
    ]
    faults += [
        table.fault(row, "surface", "is neither yes nor no", repr(word))
        for row, word in enumerate(surface)
        if word not in ("yes", "no")
    ]
    upwards = ~np.isnan(columns["elevation"])
    if upwards.any() and (~np.isnan(columns["depth"])).any():
        cure = "give one of them for all nodes"
        faults.append(Fault(table.file, "header", "has depths and elevations", "", cure))
    if upwards.any():
        doors = upwards & np.array([word == "yes" for word in surface])
        highest = columns["elevation"][doors if doors.any() else upwards].max()
        level = float(highest) if datum is None else datum
        columns["depth"] = depths(columns["elevation"], level)
    for name in ("x", "y", "depth"):
        blank = np.isnan(columns[name])
        cure = f"give {name} [m]" + (" or elevation [m]" if name == "depth" else "")
        if not blank.all():
            faults += [table.fault(row, name, "is blank", names[row], cure)
                       for row in np.flatnonzero(blank).tolist()]  # fmt: skip
        elif walls:
            faults.append(Fault(table.file, "header", f"no {name} of the nodes", "", cure))
        else:
            columns[name][:] = 0.0
    points = zip(*(columns[name].tolist() for name in ("x", "y", "depth")), strict=True)
    return dict(zip(names, points, strict=True)), faults


def _branches(table: Table, nodes: Mapping[str, Point]) -> tuple[list[Branch], list[Fault]]:
    """Branches of a table, whatever they are."""
    words, numbers = table.cells.words, table.cells.numbers
    parts: tuple[Part, ...] = get_args(Part)
    named = {str(part): part for part in parts}
    cure = f"write {', '.join(named)}"
    faults = [
        table.fault(row, "part", "there is no such part", repr(part), cure)
        for row, part in enumerate(words["part"])
        if part not in named
    ]
    columns = zip(
        words["name"], words["start"], words["end"], words["part"],
        *(numbers[column.name] for column in BRANCHES if column.unit), strict=True,
    )  # fmt: skip
    dug = [
        Branch(
            name, named.get(part, "drift"), "air", start, end,
            _between(nodes, start, end) if isnan(length) else length, area,
            square_perimeter(area) if isnan(perimeter) else perimeter,
            friction, wetness, int(count), int(level), shock=shock, resistance=resistance,
        )
        for name, start, end, part, length, area, perimeter, friction, wetness, shock,
        resistance, count, level, _ in columns
    ]  # fmt: skip
    return dug, faults


def _between(nodes: Mapping[str, Point], start: str, end: str) -> float:
    """Distance of two nodes; anything where one has no place, which is a fault of its own [m]."""
    distance = apart(nodes, start, end) if start in nodes and end in nodes else BLANK
    return 1.0 if isnan(distance) else distance


def _fans(table: Table) -> tuple[list[Fan], list[Fault]]:
    """Fans of a table: the rows of a branch are points of its curve."""
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(table.cells.words["branch"]):
        rows.setdefault(name, []).append(row)
    fans, faults, numbers = list[Fan](), list[Fault](), table.cells.numbers
    for name, where in rows.items():
        (density, speed, series, parallel, efficiency), wrong = _whole_fan(table, where)
        flow, rise = (tuple(numbers[key][row] for row in where) for key in ("flow", "rise"))
        try:
            rise_curve([(flow, rise)])
        except ValueError as error:
            wrong.append(table.fault(where[-1], name, str(error).partition(": ")[2]))
        fans.append(Fan(name, flow, rise, density, speed, int(series), int(parallel), efficiency))
        faults += wrong
    return fans, faults


def _whole_fan(table: Table, where: Sequence[int]) -> tuple[list[float], list[Fault]]:
    """What holds for a whole fan, from its rows."""
    found, faults = list[float](), list[Fault]()
    for key, usual, most in WHOLE_FAN:
        cells = {table.cells.numbers[key][row] for row in where}
        values = sorted(value for value in cells if not isnan(value)) or [usual]
        got = ", ".join(f"{value:g}" for value in values)
        if len(values) > 1:
            faults.append(table.fault(where[-1], key, "differs within one fan", got))
        elif not 0.0 < values[0] <= most:
            cure = "it must be above 0" + (f" and {most:g} at most" if isfinite(most) else "")
            faults.append(table.fault(where[-1], key, "cannot be", got, cure))
        found.append(values[0])
    return found, faults
