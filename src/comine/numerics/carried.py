r"""What a settled flow carries through a network: mixed at nodes, added to along branches.

With :math:`\varphi` per mass of the flow, a source S and a gain g in a branch of flow m,
:math:`\varphi_\text{end} = g\,\varphi_\text{start} + S/|m|`, and at a node
:math:`\varphi = \sum |m|\,\varphi_\text{end} / \sum |m|` over what enters it. With the mass held in
a branch as its source, :math:`\varphi` is the mean time since the flow entered the network; with
gains :math:`e^{-s\tau}` of delays :math:`\tau` it is the transform of what sources give at s.

Sources
-------
- D. W. M. Sandberg, "What is ventilation efficiency?", Building and Environment 16 (1981) 123-135
  (mean age as a carried quantity of source one; recalled, not held against the printed source).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, csr_array, eye_array
from scipy.sparse.linalg import splu

from comine.numerics import Array
from comine.numerics.branch_laws import Values
from comine.numerics.graph import Graph, listed

STILL = 1e-9
"""Flow that counts as none, over the greatest."""


class Carried(NamedTuple):
    """A quantity per mass of the flow."""

    node: Array
    """Mixed at each node; not a number where nothing flows, (nodes,)."""
    end: Array
    """Where each branch's flow leaves it; not a number where nothing flows, (branches,)."""


def carried(
    graph: Graph, flow: Array, source: Array, entering: Array, outside: float, gain: Values = 1.0
) -> Carried:
    """Quantity that a settled flow carries.

    Parameters
    ----------
    graph : Graph
        The network.
    flow : ndarray, shape (branches,)
        Flow along each branch, against it below zero [kg/s].
    source : ndarray, shape (branches,)
        What each branch adds [x/s].
    entering : ndarray, shape (nodes,)
        Flow that enters each node from outside; what leaves is below zero [kg/s].
    outside : float
        What that brings [x/kg].
    gain : ndarray, shape (branches,), or float
        What is left at a branch's end of what it gets at its start [1].

    Returns
    -------
    Carried
        The quantity at nodes and at the ends of branches [x/kg].

    Raises
    ------
    ValueError
        If something circulates without any inflow from outside, or comes back greater than it
        left by gains above one; names branches of the circuit, or nodes.

    Examples
    --------
    >>> from comine.numerics.graph import connect
    >>> graph = connect(["intake", "face", "bypass", "return"],
    ...                 ["in", "split", "split", "join"], ["split", "join", "join", "out"])
    >>> flow, source = np.array([10.0, 4.0, 6.0, 10.0]), np.array([0.0, 8.0, 0.0, 0.0])
    >>> carried(graph, flow, source, np.array([10.0, 0.0, 0.0, -10.0]), 0.0).end
    array([0. , 2. , 0. , 0.8])
    """
    size = np.abs(flow)
    moves = np.asarray(size > STILL * size.max(initial=0.0))
    start = np.where(flow >= 0, graph.start, graph.end)[moves]
    end = np.where(flow >= 0, graph.end, graph.start)[moves]
    rate, count = size[moves], len(graph.nodes)
    kept = np.broadcast_to(np.asarray(gain, dtype=float), size.shape)[moves]
    enters = np.maximum(entering, 0.0)
    through = np.bincount(end, rate, count) + enters
    share = 1.0 / np.where(through > 0, through, 1.0)
    bring = csr_array(coo_array((rate * kept * share[end], (end, start)), shape=(count, count)))
    _require_inflow(graph, bring, enters, moves)
    given = share * (enters * outside + np.bincount(end, source[moves], count))
    node = np.asarray(splu(csc_array(eye_array(count) - bring)).solve(given))
    if np.min(given) >= 0 > np.min(node) + 1e-9 * np.max(np.abs(node)):
        names = listed(graph.nodes[i] for i in np.flatnonzero(node < 0))
        raise ValueError(f"gain: what circulates grows with every turn, at nodes {names}")
    at_end = np.full(len(flow), np.nan)
    at_end[moves] = kept * node[start] + source[moves] / rate
    return Carried(np.where(through > 0, node, np.nan), at_end)


def _require_inflow(
    graph: Graph, bring: csr_array, enters: Array, moves: NDArray[np.bool_]
) -> None:
    """Raise if a circuit gets nothing from outside."""
    reached = enters > 0
    waiting = np.flatnonzero(reached)
    ahead = csr_array(bring.T)
    while len(waiting):
        ahead_of = ahead[waiting].indices
        waiting = np.unique(ahead_of[~reached[ahead_of]])
        reached[waiting] = True
    lost = moves & ~(reached[graph.start] & reached[graph.end])
    if lost.any():
        names = listed(graph.branches[i] for i in np.flatnonzero(lost))
        raise ValueError(f"flow circulates without any from outside in branches {names}")
