"""What cannot be in a mine's airways, found before anything is computed; every fault at once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from comine.errors import Fault
from comine.numerics import Indices
from comine.numerics.graph import Graph, connect, leaving, listed, parts, stagnant
from comine.underground.openings import Branch, Point

SLACK = 0.01
"""Share by which a length may be less than the distance of its ends, for rounded inputs [1]."""
BALANCED = 1e-6
"""Share of given flows that may lack where they must balance [1]."""


def branch_faults(
    branches: Sequence[Branch], nodes: Mapping[str, Point], walls: bool = True
) -> list[Fault]:
    """Faults of airways one by one.

    Parameters
    ----------
    branches : sequence of Branch
        The airways.
    nodes : mapping of str to (x, y, depth)
        Their ends [m].
    walls : bool
        Whether walls are needed, as for heat; flows alone can do with a resistance and no section.

    Returns
    -------
    list of Fault
        One for each thing that is wrong, with the branch as its key.

    Examples
    --------
    >>> drift = Branch("drift", "drift", "air", "a", "b", 100.0, 0.0, 12.0, friction=0.01)
    >>> [str(fault) for fault in branch_faults([drift], {"a": (0, 0, 0), "b": (100, 0, 0)})]
    ['drift: no section; got an area of 0 m²; give what the air has free']
    """
    twice = Counter(branch.name for branch in branches)
    faults = [
        Fault("", name, "the name stands twice", f"{count} branches", "give each its own")
        for name, count in twice.items()
        if count > 1
    ]
    for branch in branches:
        faults += _branch(branch, nodes, walls)
    return faults


def _branch(branch: Branch, nodes: Mapping[str, Point], walls: bool) -> Iterator[Fault]:
    name = branch.name
    for node in (branch.start, branch.end):
        if node not in nodes:
            yield Fault("", name, "ends at a node that is not there", node, "add it to the nodes")
    if branch.start == branch.end:
        yield Fault("", name, "ends where it starts", branch.start)
    bare = branch.area == branch.perimeter == branch.friction == branch.shock == 0
    if not (branch.area > 0 or (bare and not walls)):
        got = f"an area of {branch.area:g} m²"
        cure = "give what the air has free" + (" or a resistance alone" if not walls else "")
        yield Fault("", name, "no section", got, cure)
    elif branch.perimeter < 0.99 * 2 * np.sqrt(np.pi * branch.area):
        got = f"{branch.perimeter:g} m about {branch.area:g} m²"
        least = 2 * np.sqrt(np.pi * branch.area)
        yield Fault("", name, "the perimeter is less than a circle's", got, f"{least:.3g} m do")
    for what in ("friction", "shock", "resistance", "length"):
        value = float(getattr(branch, what))
        if not (np.isfinite(value) and value >= 0):
            yield Fault("", name, f"{what} is no number of 0 or more", f"{value:g}")
    if not 0.0 <= branch.wetness <= 1.0:
        yield Fault("", name, "wetness is no share of 0 to 1", f"{branch.wetness:g}")
    if branch.count < 1:
        yield Fault("", name, "is no airway", f"a count of {branch.count}", "give 1 or more")
    if branch.friction * branch.length + branch.shock + branch.resistance == 0:
        cure = "give a friction factor and a length, a shock loss or a resistance"
        yield Fault("", name, "resists nothing", "", cure)
    if branch.start in nodes and branch.end in nodes:
        apart = float(np.linalg.norm(np.subtract(nodes[branch.end], nodes[branch.start])))
        if branch.count == 1 and 0 < branch.length < (1 - SLACK) * apart:
            got = f"{branch.length:g} m between nodes {apart:.4g} m apart"
            cure = "look at the length, and at the signs and units of the depths"
            yield Fault("", name, "is shorter than its ends are apart", got, cure)


def door_faults(branches: Sequence[Branch], surface: Sequence[str]) -> list[Fault]:
    """Faults of the nodes in the open air.

    Parameters
    ----------
    branches : sequence of Branch
        The airways.
    surface : sequence of str
        Nodes in the open air.

    Returns
    -------
    list of Fault
        With the node as their key.

    Examples
    --------
    >>> [fault.wrong for fault in door_faults([], ["top"])]
    ['is no node of an airway']
    """
    met = {node for branch in branches for node in (branch.start, branch.end)}
    return [
        Fault("", node, "is no node of an airway", "", "name the node where it meets open air")
        for node in surface
        if node not in met
    ]


def network_faults(
    branches: Sequence[Branch],
    nodes: Mapping[str, Point],
    surface: Sequence[str],
    fans: Sequence[str] = (),
    fixed: Mapping[str, float] | None = None,
) -> list[Fault]:
    """Faults of how airways hang together and are driven.

    Parameters
    ----------
    branches : sequence of Branch
        The airways, without faults of their own.
    nodes : mapping of str to (x, y, depth)
        Their ends, depth downwards [m].
    surface : sequence of str
        Nodes in the open air.
    fans : sequence of str
        Branches with fans, which blow from start to end.
    fixed : mapping of str to float, optional
        Dry air that is to flow along branches [kg/s].

    Returns
    -------
    list of Fault

    Examples
    --------
    >>> ways = [("shaft", "top", "foot"), ("drift", "face", "end")]
    >>> drifts = [Branch(n, "drift", "air", a, b, 9.0, 4.0, 8.0, 0.01) for n, a, b in ways]
    >>> where = {node: (0.0, 0.0, 0.0) for node in ("top", "foot", "face", "end")}
    >>> [fault.wrong for fault in network_faults(drifts, where, ["top"])]
    ['no way to the open air']
    """
    known, given = {branch.name for branch in branches}, dict(fixed or {})
    faults = [
        Fault("", name, "there is no such airway", "", "name one of the branches")
        for name in [*fans, *given]
        if name not in known
    ]
    faults += door_faults(branches, surface)
    faults += [
        Fault("", name, "has a fan and a given flow", "", "leave out one of them")
        for name in sorted(set(fans) & set(given))
    ]
    depths = [depth for _, _, depth in nodes.values()]
    if max(depths) <= 0 and min(depths) < 0:
        got = f"{min(depths):g} to {max(depths):g} m"
        cure = "depths count downwards; give elevations as 'elevation [m]'"
        faults.append(Fault("", "nodes", "no depth is below the surface", got, cure))
    if faults or not surface:
        need = Fault("", "surface", "no node lies in the open air", "", "name one or more")
        return [*faults, *([] if surface else [need])]
    graph = connect(*zip(*((b.name, b.start, b.end) for b in branches), strict=True))
    doors = np.array([graph.nodes.index(node) for node in surface], dtype=np.intp)
    return [*_apart(graph, doors), *_against(graph, fans), *_impossible(graph, doors, given)]


def _apart(graph: Graph, doors: Indices) -> Iterator[Fault]:
    """Parts without a way to the open air."""
    label = parts(graph)
    for part in np.setdiff1d(label, label[doors]):
        inside = listed(graph.branches[i] for i in np.flatnonzero(label[graph.start] == part))
        yield Fault("", inside, "no way to the open air", "", "join them to the rest of the mine")


def _against(graph: Graph, fans: Sequence[str]) -> Iterator[Fault]:
    """Fans that blow at each other in one and the same row of airways."""
    if len(fans) < 2:
        return
    degree = np.bincount(np.concatenate([graph.start, graph.end]), minlength=len(graph.nodes))
    row, sense = _rows(graph, degree == 2)
    place = {name: number for number, name in enumerate(graph.branches)}
    at = [place[name] for name in fans]
    for first, second in pairwise(sorted(at, key=lambda i: (row[i], i))):
        if row[first] == row[second] and sense[first] != sense[second]:
            one, two = graph.branches[first], graph.branches[second]
            yield Fault("", one, "its fan blows against that of another branch of the same row",
                        two, "turn one of them round, or leave it out")  # fmt: skip


def _rows(graph: Graph, through: np.ndarray) -> tuple[Indices, Indices]:
    """Number of the row of airways that each belongs to, and whether it runs along it (1) or not.

    `through` are the nodes at which a row goes on: those of two branches.
    """
    beside: dict[int, list[int]] = {}
    for branch, ends in enumerate(zip(graph.start.tolist(), graph.end.tolist(), strict=True)):
        for node in ends:
            beside.setdefault(node, []).append(branch)
    row, sense = np.full(len(graph.branches), -1), np.ones(len(graph.branches), dtype=np.intp)
    for first in range(len(graph.branches)):
        if row[first] >= 0:
            continue
        waiting = [first]
        row[first] = first
        while waiting:
            branch = waiting.pop()
            for node in (int(graph.start[branch]), int(graph.end[branch])):
                for other in beside[node] if through[node] else []:
                    if row[other] < 0:
                        same = (graph.end[branch] == node) == (graph.start[other] == node)
                        row[other] = first
                        sense[other] = sense[branch] if same else -sense[branch]
                        waiting.append(other)
    return row, sense


def _impossible(graph: Graph, doors: Indices, fixed: Mapping[str, float]) -> Iterator[Fault]:
    """Given flows that nothing can carry on."""
    idle = {graph.branches[i] for i in stagnant(graph, doors)}
    dead = sorted(name for name, flow in fixed.items() if flow != 0 and name in idle)
    for name in dead:
        yield Fault("", name, "a flow is given to an airway that leads nowhere",
                    f"{fixed[name]:g} kg/s", "join its end to the rest, or give 0")  # fmt: skip
    if dead or not fixed:
        return
    place = {name: number for number, name in enumerate(graph.branches)}
    at = np.array([place[name] for name in fixed], dtype=np.intp)
    flow = np.zeros(len(graph.branches))
    flow[at] = list(fixed.values())
    lacks = leaving(graph.start, graph.end, flow, len(graph.nodes))
    label = parts(graph, at)
    for part in np.setdiff1d(label, label[doors]):
        lack = float(lacks[label == part].sum())
        if abs(lack) > BALANCED * float(np.abs(flow).max()):
            ends = (label[graph.start[at]] == part) | (label[graph.end[at]] == part)
            names = listed(np.array(list(fixed))[ends].tolist())
            what = "more leaves than enters" if lack > 0 else "more enters than leaves"
            yield Fault("", names, f"given flows shut off a part of the mine: {what}",
                        f"{abs(lack):.4g} kg/s too much", "leave one of them free")  # fmt: skip
