"""Networks of nodes and branches: who is joined to whom, what hangs together, what leads nowhere.

Sources
-------
- R. E. Tarjan, "A note on finding the bridges of a graph", Inf. Process. Lett. 2 (1974) 160-161.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from comine.numerics import Array, Indices

SHOWN = 10
"""Names listed in a message; the rest is counted."""


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes and the branches between them; a branch runs from its start to its end."""

    nodes: tuple[str, ...]
    branches: tuple[str, ...]
    start: Indices
    """Node at which each branch starts, (branches,)."""
    end: Indices
    """Node at which each branch ends, (branches,)."""

    def __repr__(self) -> str:
        return f"Graph({len(self.nodes)} nodes, {len(self.branches)} branches)"


def connect(
    branches: Sequence[str],
    starts: Sequence[str],
    ends: Sequence[str],
    nodes: Sequence[str] | None = None,
) -> Graph:
    """Graph of named branches between named nodes.

    Parameters
    ----------
    branches : sequence of str
        Names of the branches.
    starts, ends : sequence of str
        Names of the nodes that each branch starts and ends at.
    nodes : sequence of str, optional
        Names of all nodes, in the wanted order; without it, in the order in which they appear.

    Returns
    -------
    Graph
        The network.

    Raises
    ------
    ValueError
        If a name stands twice, a node is missing, or a branch ends where it starts; the message
        names them.

    Examples
    --------
    >>> graph = connect(["shaft", "drift"], ["top", "foot"], ["foot", "face"])
    >>> graph
    Graph(3 nodes, 2 branches)
    >>> graph.end
    array([1, 2])
    """
    if not len(branches) == len(starts) == len(ends):
        counts = f"{len(branches)}, {len(starts)} and {len(ends)}"
        raise ValueError(f"branches, starts and ends must be as many, got {counts}")
    _refuse("branches", "named twice", _twice(branches))
    met = dict.fromkeys(node for pair in zip(starts, ends, strict=True) for node in pair)
    named = tuple(met if nodes is None else nodes)
    _refuse("nodes", "named twice", _twice(named))
    number = {name: i for i, name in enumerate(named)}
    lost = [node for node in met if node not in number]
    _refuse("nodes", "of branches, but not among the nodes", lost)
    both = [b for b, s, e in zip(branches, starts, ends, strict=True) if s == e]
    _refuse("branches", "that end where they start", both)
    start = np.array([number[name] for name in starts], dtype=np.intp)
    end = np.array([number[name] for name in ends], dtype=np.intp)
    return Graph(named, tuple(branches), start, end)


def listed(names: Iterable[str]) -> str:
    """Give names for a message, the first few in full.

    Parameters
    ----------
    names : iterable of str
        The names.

    Returns
    -------
    str
        Them, with commas between.

    Examples
    --------
    >>> listed(str(i) for i in range(12))
    '0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more'
    """
    every = list(names)
    rest = len(every) - SHOWN
    return ", ".join(every[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def incidence(graph: Graph) -> "sparse.csr_array[np.float64]":
    """Incidence of branches and nodes.

    Parameters
    ----------
    graph : Graph
        The network.

    Returns
    -------
    csr_array, shape (branches, nodes)
        1 where a branch starts, -1 where it ends: applied to potentials it gives their falls along
        the branches, transposed and applied to flows what leaves each node.

    Examples
    --------
    >>> incidence(connect(["1", "2"], ["a", "b"], ["b", "c"])).toarray()
    array([[ 1., -1.,  0.],
           [ 0.,  1., -1.]])
    """
    count = len(graph.branches)
    row = np.arange(count)
    data = np.repeat([1.0, -1.0], count)
    place = (np.concatenate([row, row]), np.concatenate([graph.start, graph.end]))
    return sparse.csr_array((data, place), shape=(count, len(graph.nodes)))


def leaving(start: Indices, end: Indices, flow: Array, nodes: int) -> Array:
    """Sum of the flows that leave each node, less those that enter.

    Parameters
    ----------
    start, end : ndarray of int, shape (branches,)
        Nodes at which the branches start and end.
    flow : ndarray, shape (branches,)
        Flow along each branch.
    nodes : int
        Number of nodes.

    Returns
    -------
    ndarray, shape (nodes,)
        What leaves each node.

    Examples
    --------
    >>> leaving(np.array([0, 1]), np.array([1, 2]), np.array([3.0, 2.0]), 3)
    array([ 3., -1., -2.])
    """
    out = np.bincount(start, weights=flow, minlength=nodes)
    return np.asarray(out - np.bincount(end, weights=flow, minlength=nodes))


def parts(graph: Graph, closed: Sequence[int] | Indices = ()) -> Indices:
    """Number of the connected part that each node belongs to.

    Parameters
    ----------
    graph : Graph
        The network.
    closed : sequence of int
        Branches that are taken away.

    Returns
    -------
    ndarray of int, shape (nodes,)
        Number of its part, from 0.

    Examples
    --------
    >>> graph = connect(["1", "2", "3"], ["a", "c", "b"], ["b", "d", "c"])
    >>> parts(graph), parts(graph, closed=[2])
    (array([0, 0, 0, 0]), array([0, 0, 1, 1]))
    """
    open_ = _open(graph, closed)
    _, label = csgraph.connected_components(_links(graph, open_), directed=False)
    return np.asarray(label, dtype=np.intp)


def bridges(graph: Graph, closed: Sequence[int] | Indices = ()) -> Indices:
    """Branches without which a part would fall into two.

    Parameters
    ----------
    graph : Graph
        The network.
    closed : sequence of int
        Branches that are taken away.

    Returns
    -------
    ndarray of int
        The bridges, in order.

    Notes
    -----
    A branch of a depth-first tree is a bridge when no other branch leads from beyond it back to
    before it (Tarjan 1974). A dead end is a bridge.

    Examples
    --------
    >>> graph = connect(["1", "2", "3", "spur"], ["a", "b", "c", "c"], ["b", "c", "a", "d"])
    >>> bridges(graph)
    array([3])
    """
    return np.sort(_bridges(graph, closed, np.zeros(len(graph.nodes)))[0])


def stagnant(
    graph: Graph,
    doors: Sequence[int] | Indices,
    closed: Sequence[int] | Indices = (),
) -> Indices:
    """Branches through which nothing can flow, whatever drives it.

    Parameters
    ----------
    graph : Graph
        The network.
    doors : sequence of int
        Nodes at which something may enter or leave.
    closed : sequence of int
        Branches that are taken away.

    Returns
    -------
    ndarray of int
        Dead ends and other bridges with all doors on one side, in order.

    Examples
    --------
    >>> graph = connect(["1", "2", "spur"], ["a", "b", "b"], ["b", "c", "d"])
    >>> stagnant(graph, doors=[0, 2])
    array([2])
    """
    inside = np.zeros(len(graph.nodes))
    inside[np.asarray(doors, dtype=np.intp)] = 1.0
    found, beyond, before = _bridges(graph, closed, inside)
    return np.sort(found[(beyond == 0) | (before == 0)])


def _bridges(
    graph: Graph, closed: Sequence[int] | Indices, weight: Array
) -> tuple[Indices, Array, Array]:
    """Bridges, and the sums of the nodes' weights beyond and before each.

    One depth-first tree from a root set above all parts. A branch outside the tree leads from a
    node to one of its forefathers, and so counts for all tree branches between them.
    """
    open_, count = _open(graph, closed), len(graph.nodes)
    label = parts(graph, closed)
    _, first = np.unique(label, return_index=True)
    above = np.full(len(first), count)
    ends = np.stack([np.append(graph.start[open_], above), np.append(graph.end[open_], first)])
    links = sparse.csr_array((np.ones(ends.shape[1]), tuple(ends)), shape=(count + 1,) * 2)
    order, father = csgraph.depth_first_order(links, count, directed=False)
    size = np.ones(count + 1, dtype=np.intp)
    for node in order[:0:-1].tolist():
        size[father[node]] += size[node]
    place = np.empty(count + 1, dtype=np.intp)
    place[order] = np.arange(count + 1)

    def beyond(value: Array) -> Array:
        """Sum of a node's value and those of all below it."""
        total = np.concatenate([[0.0], np.cumsum(value[order])])
        return np.asarray(total[place + size] - total[place])

    _, one = np.unique(np.sort(ends, axis=0), axis=1, return_index=True)
    lower = np.where(place[ends[0]] > place[ends[1]], ends[0], ends[1])
    upper = ends.sum(axis=0) - lower
    tree = np.zeros(ends.shape[1], dtype=bool)
    tree[one] = father[lower[one]] == upper[one]
    returns = np.bincount(lower[~tree], minlength=count + 1)
    returns = returns - np.bincount(upper[~tree], minlength=count + 1)
    child = lower[tree]
    lonely = (beyond(returns.astype(float))[child] == 0) & (upper[tree] != count)
    low, branch = child[lonely], np.flatnonzero(tree)[lonely]
    inside = beyond(np.append(weight, 0.0))[low]
    whole = np.bincount(label, weights=weight)
    return open_[branch], inside, whole[label[low]] - inside


def _open(graph: Graph, closed: Sequence[int] | Indices) -> Indices:
    """Branches that are not taken away."""
    stays = np.ones(len(graph.branches), dtype=bool)
    stays[np.asarray(closed, dtype=np.intp)] = False
    return np.flatnonzero(stays)


def _links(graph: Graph, branches: Indices) -> "sparse.csr_array[np.float64]":
    """Adjacency of the nodes by some of the branches, one way."""
    count = len(graph.nodes)
    place = (graph.start[branches], graph.end[branches])
    return sparse.csr_array((np.ones(len(branches)), place), shape=(count, count))


def _twice(names: Sequence[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _refuse(what: str, why: str, names: Iterable[str]) -> None:
    """Raise if there are any names."""
    every = list(names)
    if every:
        raise ValueError(f"{what} {why}: {listed(every)}")
