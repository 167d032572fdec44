"""Mine networks in the form of a published benchmark: numbered edges, resistances, polynomial fans.

The edges name their ends, a resistance and that of a regulator beside it; fans are polynomials of
the volume flow. Air enters at all nodes where edges only start and leaves at those where edges
only end; nodes of one kind share one pressure. Its flows hold for one density everywhere, so that
depths drive nothing; where the mine lies is read beside them.

Sources
-------
- J. Jia and group, Liaoning Technical University, mine-ventilation-network-benchmark (GitHub,
  CC BY 4.0): files and columns.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path

import numpy as np

from comine.errors import Fault, FaultyError
from comine.physics import Array
from comine.physics.airway import STANDARD_DENSITY
from comine.tables import BLANK, Column, read_cells
from comine.underground.air_checks import branch_faults
from comine.underground.air_network import Fan
from comine.underground.mine_airways import (
    MineAirways,
    apart,
    depths,
    polynomial_curve,
    square_perimeter,
)
from comine.underground.network_files import Table
from comine.underground.openings import Branch, Openings, Point

NOWHERE: Point = (0.0, 0.0, 0.0)
INLET, OUTLET, SUPPLY = "in", "out", "supply"
"""Nodes that all inlets and all outlets come to be, and the branch that brings the air."""
EDGES = (
    Column("id"),
    Column("name", default=""),
    Column("start"),
    Column("end"),
    Column("resistance", "N*s**2/m**8"),
    Column("regulator", "N*s**2/m**8", 0.0),
    Column("fan", "1", BLANK, whole=True),
    Column("constant", "Pa", 0.0),
    Column("linear", "Pa*s/m**3", 0.0),
    Column("quadratic", "Pa*s**2/m**6", 0.0),
    Column("flow", "m**3/s", BLANK),
    Column("speed", "m/s", BLANK),
    Column("fall", "Pa", BLANK),
    Column("area", "m**2", 0.0),
    Column("inclined", "1", BLANK, whole=True),
)
"""Flow, speed and fall are results of the source's own and are not used."""
NODES = (Column("id"), Column("x", "m"), Column("y", "m"), Column("z", "m"))
HEADS = {
    "edge_id": "id", "from": "start", "to": "end", "r_N_s2_m8": "resistance [N*s**2/m**8]",
    "adjust_r": "regulator [N*s**2/m**8]", "is_fan": "fan", "a0_Pa": "constant [Pa]",
    "a1_Pa_s_m3": "linear [Pa*s/m**3]", "a2_Pa_s2_m6": "quadratic [Pa*s**2/m**6]",
    "q_m3_s": "flow [m**3/s]", "v_m_s": "speed [m/s]", "dp_Pa": "fall [Pa]",
    "area_m2": "area [m**2]", "incline_flag": "inclined", "x": "x [m]", "y": "y [m]", "z": "z [m]",
}  # fmt: skip
"""What the headers of the files stand for."""


@dataclass(frozen=True, eq=False)
class PublishedNetwork:
    """A network as it was published; columns by edge."""

    edges: tuple[str, ...]
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    resistance: Array
    """With that of regulators [N s²/m⁸]."""
    polynomial: Array
    """Of each edge's fan, nil without one, (edges, 3) [Pa, Pa s/m³, Pa s²/m⁶]."""
    area: Array
    """0 where it is not known [m²]."""
    places: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    """x, y and elevation of nodes [m]; empty where they are not known."""

    @property
    def shared(self) -> dict[str, str]:
        """Names that nodes of one pressure share, by their own."""
        starts, ends = set(self.starts), set(self.ends)
        return dict.fromkeys(starts - ends, INLET) | dict.fromkeys(ends - starts, OUTLET)

    @property
    def joined(self) -> tuple[list[str], list[str]]:
        """Starts and ends of the edges, inlets and outlets being one node each."""
        shared = self.shared
        return (
            [shared.get(node, node) for node in self.starts],
            [shared.get(node, node) for node in self.ends],
        )

    def openings(self, datum: float | None = None) -> Openings:
        """Openings where they lie; depth 0 is at an elevation, or at the highest node [m]."""
        if not self.places:
            raise ValueError("the places of the nodes are not known; read the file of nodes too")
        x, y, z = np.array(list(self.places.values())).T
        depth = depths(z, float(z.max()) if datum is None else datum)
        points = zip(x.tolist(), y.tolist(), depth.tolist(), strict=True)
        nodes: dict[str, Point] = dict(zip(self.places, points, strict=True))
        return Openings(nodes, tuple(self.branches(nodes, self.starts, self.ends)))

    def airways(self, inflow: float) -> MineAirways:
        """Airways of one density through which air of a volume flow passes [m³/s].

        All inlets are the node ``in``, which the branch ``supply`` feeds; all nodes lie at depth 0.
        """
        starts, ends = self.joined
        outside = f"{SUPPLY} {OUTLET}"
        nodes = dict.fromkeys([*starts, *ends, outside], NOWHERE)
        supply = Branch(SUPPLY, "drift", "air", outside, INLET, 0.0, 0.0, 0.0, resistance=1e-6)
        branches = (*self.branches(nodes, starts, ends), supply)
        fans = [
            Fan(self.edges[i], *polynomial_curve(*self.polynomial[i].tolist()))
            for i in np.flatnonzero(self.polynomial.any(axis=1)).tolist()
        ]
        given = {SUPPLY: STANDARD_DENSITY * inflow}
        return MineAirways(Openings(nodes, branches), (OUTLET, outside), tuple(fans), given)

    def branches(
        self, nodes: Mapping[str, Point], starts: Sequence[str], ends: Sequence[str]
    ) -> list[Branch]:
        """Branches between nodes."""
        columns = zip(
            self.edges, starts, ends, self.resistance.tolist(), self.area.tolist(), strict=True
        )
        return [
            Branch(
                name, "drift", "air", start, end, apart(nodes, start, end), area,
                square_perimeter(area), resistance=resistance,
            )
            for name, start, end, resistance, area in columns
        ]  # fmt: skip


def read_published(edges: Path, nodes: Path | None = None, scale: float = 1.0) -> PublishedNetwork:
    """Read a network of the published form.

    Parameters
    ----------
    edges : Path
        Its edges.
    nodes : Path, optional
        Places of its nodes.
    scale : float
        What the places are multiplied with, for mines that are drawn too large [1].

    Returns
    -------
    PublishedNetwork

    Raises
    ------
    FaultyError
        With every fault found.
    """
    ways, faults = _table(edges, EDGES)
    if nodes:
        at, wrong = _table(nodes, NODES)
        faults += wrong
    if faults:
        raise FaultyError(faults)
    words, numbers = ways.cells.words, {k: np.array(v) for k, v in ways.cells.numbers.items()}
    polynomial = np.stack([numbers[key] for key in ("constant", "linear", "quadratic")], axis=1)
    places = _places(at, scale) if nodes else {}
    found = PublishedNetwork(
        tuple(words["id"]), tuple(words["start"]), tuple(words["end"]),
        numbers["resistance"] + numbers["regulator"], polynomial, numbers["area"], places,
    )  # fmt: skip
    faults = [*_fan_faults(ways, polynomial), *ways.located(_edge_faults(found), "id")]
    if faults:
        raise FaultyError(faults)
    return found


def _table(path: Path, columns: Sequence[Column]) -> tuple[Table, list[Fault]]:
    cells, faults = read_cells(path, columns, HEADS)
    if not (faults or cells.lines):
        faults.append(Fault(path.name, "", "holds no row", "", "give one or more"))
    return Table(path.name, cells), faults


def _places(table: Table, scale: float) -> dict[str, tuple[float, float, float]]:
    """x, y and elevation of each node."""
    names, numbers = table.cells.words["id"], table.cells.numbers
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        faults = [Fault("", name, "the node stands twice") for name in twice]
        raise FaultyError(table.located(faults, "id"))
    points = zip(numbers["x"], numbers["y"], numbers["z"], strict=True)
    places = ((scale * x, scale * y, scale * z) for x, y, z in points)
    return dict(zip(names, places, strict=True))


def _edge_faults(found: PublishedNetwork) -> list[Fault]:
    """Faults of the edges one by one."""
    nodes = found.places or dict.fromkeys([*found.starts, *found.ends], NOWHERE)
    return branch_faults(found.branches(nodes, found.starts, found.ends), nodes, walls=False)


def _fan_faults(table: Table, polynomial: Array) -> Iterator[Fault]:
    """Faults of fans."""
    names, flags = table.cells.words["id"], table.cells.numbers["fan"]
    for row, terms in enumerate(polynomial.tolist()):
        if not isnan(flags[row]) and bool(flags[row]) != any(terms):
            got = "a fan without a polynomial" if flags[row] else "a polynomial without a fan"
            yield table.fault(row, names[row], "it is not clear whether there is a fan", got)
        try:
            if any(terms):
                polynomial_curve(*terms)
        except ValueError as error:
            wrong, _, cure = str(error).partition("; ")
            yield table.fault(row, names[row], wrong, str(terms), cure)
