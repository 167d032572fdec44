r"""The sparse symmetric matrix of a network whose branches conduct: assembled, ordered, factorised.

For weights :math:`w` of the branches it is :math:`A^T \mathrm{diag}(w) A` over the nodes whose
potential is unknown. What depends on the network alone (places of the entries, an order of
elimination with little fill) is found once and kept in a `Pattern`.

Sources
-------
- J. W. H. Liu, "Modification of the minimum-degree algorithm by multiple elimination", ACM Trans.
  Math. Softw. 11 (1985) 141-153 (order of elimination).
- X. S. Li, "An overview of SuperLU", ACM Trans. Math. Softw. 31 (2005) 302-325.
"""

from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from comine.numerics import Array, Indices
from comine.numerics.graph import Graph

Factors: TypeAlias = "linalg.SuperLU[np.float64]"
Places: TypeAlias = np.ndarray[tuple[int], np.dtype[np.intc]]
_Order: TypeAlias = Literal["MMD_AT_PLUS_A", "NATURAL"]


class Pattern(NamedTuple):
    """What the matrices of a network have in common."""

    start: Indices
    """Start of each branch that conducts."""
    end: Indices
    """End of each branch that conducts."""
    nodes: int
    """Number of all nodes."""
    unknown: Indices
    """Nodes of unknown potential in the order of elimination."""
    entry: Indices
    """Branch of each contribution to the matrix."""
    sign: Array
    """Sign of each contribution."""
    slot: Indices
    """Place of each contribution in the data of the matrix."""
    row: Places
    """Row of each place of the data."""
    column: Places
    """Where each column begins in the data."""


def pattern_of(graph: Graph, known: Indices, closed: Indices) -> Pattern:
    """Find what the matrices of a network have in common.

    Parameters
    ----------
    graph : Graph
        The network.
    known : ndarray of int
        Nodes of known potential, one at least in each part.
    closed : ndarray of int
        Branches that do not conduct.

    Returns
    -------
    Pattern
        Places of the entries in an order of elimination with little fill.

    Examples
    --------
    >>> from comine.numerics.graph import connect
    >>> graph = connect(["1", "2"], ["a", "b"], ["b", "c"])
    >>> pattern_of(graph, known=np.array([0]), closed=np.array([], dtype=int)).unknown
    array([2, 1])
    """
    conducts = np.ones(len(graph.branches), dtype=bool)
    conducts[closed] = False
    free = np.ones(len(graph.nodes), dtype=bool)
    free[known] = False
    start, end = graph.start[conducts], graph.end[conducts]
    first = _places(start, end, np.flatnonzero(free), len(free))
    if not len(first.unknown):
        return first
    ones = np.ones(len(start))
    trial = _factors(_matrix(first, ones), "MMD_AT_PLUS_A")
    order = np.argsort(trial.perm_c)
    return _places(start, end, first.unknown[order], len(free))


def factorise(pattern: Pattern, weight: Array) -> "Factors | None":
    """Factors of the matrix of a network.

    Parameters
    ----------
    pattern : Pattern
        The network.
    weight : ndarray
        Weight of each branch that conducts, positive.

    Returns
    -------
    SuperLU or None
        Factors, to solve with; None without a node of unknown potential.

    Examples
    --------
    >>> from comine.numerics.graph import connect
    >>> graph = connect(["1", "2"], ["a", "b"], ["b", "c"])
    >>> pattern = pattern_of(graph, known=np.array([0]), closed=np.array([], dtype=int))
    >>> factorise(pattern, np.array([2.0, 4.0])).solve(np.array([8.0, 0.0]))
    array([6., 4.])
    """
    if not len(pattern.unknown):
        return None
    return _factors(_matrix(pattern, weight), "NATURAL")


def _factors(matrix: "sparse.csc_array[np.float64]", order: _Order) -> Factors:
    """Factors without exchange of rows: the matrix is positive definite."""
    options = {"SymmetricMode": True}
    return linalg.splu(matrix, order, diag_pivot_thresh=0.0, relax=1, panel_size=1, options=options)


def _places(start: Indices, end: Indices, unknown: Indices, nodes: int) -> Pattern:
    """Pattern for one order of the unknown nodes."""
    count, branches = len(unknown), np.arange(len(start))
    number = np.full(nodes, -1, dtype=np.intp)
    number[unknown] = np.arange(count)
    a, b = number[start], number[end]
    row, column = np.concatenate([a, b, a, b]), np.concatenate([a, b, b, a])
    inside = (row >= 0) & (column >= 0)
    key, slot = np.unique(column[inside] * count + row[inside], return_inverse=True)
    begin = np.searchsorted(key, count * np.arange(count + 1)) if count else np.zeros(1)
    return Pattern(
        start,
        end,
        nodes,
        unknown,
        np.tile(branches, 4)[inside],
        np.repeat([1.0, 1.0, -1.0, -1.0], len(start))[inside],
        np.asarray(slot, dtype=np.intp),
        (key % max(count, 1)).astype(np.intc),
        begin.astype(np.intc),
    )


def _matrix(pattern: Pattern, weight: Array) -> "sparse.csc_array[np.float64]":
    size = len(pattern.unknown)
    parts = pattern.sign * weight[pattern.entry]
    data: Array = np.bincount(pattern.slot, weights=parts, minlength=len(pattern.row)).astype(float)
    return sparse.csc_array((data, pattern.row, pattern.column), shape=(size, size))
