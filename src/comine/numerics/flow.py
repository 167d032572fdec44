r"""Flow through a network of branches with any laws, by Newton's method on flows and potentials.

Sources
-------
- E. Todini, S. Pilati, "A gradient algorithm for the analysis of pipe networks", in: Computer
  Applications in Water Supply 1, Research Studies Press, 1988, 1-20.
- L. A. Rossman, EPANET 2 Users Manual, EPA/600/R-00/057, 2000, appendix D (the same in use).
- M. Collins, L. Cooper, R. Helgason, J. Kennington, L. LeBlanc, "Solving the pipe network analysis
  problem using optimization techniques", Management Science 24 (1978) 747-760 (content, whose least
  value is the solution; recalled, not held against the printed source).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from comine.numerics import Array, Indices
from comine.numerics._newton import (
    NoNumberError,
    State,
    System,
    all_falls,
    first_state,
    improved,
    largest,
    state_of,
)
from comine.numerics.branch_laws import Placed
from comine.numerics.flow_matrix import Pattern, pattern_of
from comine.numerics.graph import Graph, leaving, listed, parts

LEAST_FLOW = 1e-9
"""Flow that is as good as none, over the greatest to begin with."""


class FlowConvergenceError(ArithmeticError):
    """The flows did not settle; says where."""

    def __init__(self, message: str, branches: Indices, iterations: int) -> None:
        super().__init__(message)
        self.branches = branches
        """Branches that are not settled, the worst first."""
        self.iterations = iterations


class Given(NamedTuple):
    """Values known beforehand, and the nodes or branches at which."""

    where: Indices
    value: Array


NOTHING = Given(np.empty(0, dtype=np.intp), np.empty(0))
"""No value known."""


@dataclass(frozen=True, eq=False)
class FlowProblem:
    """A network, the laws of its branches, and what is known."""

    graph: Graph
    laws: tuple[Placed, ...]
    potential: Given
    """Known potentials of nodes, one at least in each connected part."""
    flow: Given = NOTHING
    """Known flows of branches, whatever it takes."""
    injection: Array | None = None
    """What enters each node from outside, (nodes,); without effect where the potential is known."""
    head: Array | None = None
    """Drive along each branch besides its laws, as by buoyancy, (branches,)."""

    def __post_init__(self) -> None:
        _check(self)


class Limits(NamedTuple):
    """When flows are held to be settled; all four must be kept."""

    closure: float = 1e-6
    """Greatest misfit of potential along a branch, over the greatest fall by a law."""
    balance: float = 1e-9
    """Greatest misfit of flows at a node, over the greatest flow."""
    change: float = 1e-6
    """Greatest change of a flow by the last step, over the greatest flow."""
    iterations: int = 60
    """Most solutions of the linear equations."""


LIMITS = Limits()
"""The usual limits."""


class FlowSolution(NamedTuple):
    """Settled flows."""

    flow: Array
    """(branches,)"""
    potential: Array
    """(nodes,)"""
    entering: Array
    """What enters the network at each node, known or found, (nodes,)."""
    added: Array
    """Fall to add to each branch of known flow: a throttle above zero, a drive below."""
    closure: float
    """Greatest misfit of potential along a branch."""
    imbalance: float
    """Greatest misfit of flows at a node."""
    change: float
    """Greatest change of a flow by the last step."""
    iterations: int
    """Solutions of the linear equations."""
    stalled: Indices
    """Branches with a law that works where its fall sinks with the flow, or backwards."""


def prepare(problem: FlowProblem) -> Pattern:
    """Find what solutions of a network share as long as the same values are known.

    Parameters
    ----------
    problem : FlowProblem
        The network.

    Returns
    -------
    Pattern
        To be handed to `solve`; laws, heads and known values may change between the calls.

    Raises
    ------
    ValueError
        If a part has no node of known potential; the message names its nodes.

    Examples
    --------
    >>> from comine.numerics.branch_laws import LinearLaw
    >>> from comine.numerics.graph import connect
    >>> graph = connect(["1", "2"], ["a", "c"], ["b", "d"])
    >>> law = Placed(LinearLaw(1.0), np.arange(2))
    >>> prepare(FlowProblem(graph, (law,), Given(np.array([0]), np.array([0.0]))))
    Traceback (most recent call last):
    ValueError: no potential is known in the part of nodes c, d; give one there, or join it
    """
    graph, closed = problem.graph, problem.flow.where
    label = parts(graph, closed)
    lost = np.setdiff1d(label, label[problem.potential.where])
    if len(lost):
        names = (graph.nodes[i] for i in np.flatnonzero(label == lost[0]))
        others = f" (and {len(lost) - 1} parts more)" if len(lost) > 1 else ""
        raise ValueError(
            f"no potential is known in the part of nodes {listed(names)}{others}; "
            "give one there, or join it"
        )
    return pattern_of(graph, problem.potential.where, closed)


def solve(
    problem: FlowProblem,
    start: Array | None = None,
    limits: Limits = LIMITS,
    pattern: Pattern | None = None,
) -> FlowSolution:
    r"""Flows and potentials of a network.

    Parameters
    ----------
    problem : FlowProblem
        The network, its laws and what is known.
    start : ndarray, shape (branches,), optional
        Flows to begin with, as of a similar problem.
    limits : Limits
        When the flows are settled.
    pattern : Pattern, optional
        Result of `prepare` for this network, to save its time.

    Returns
    -------
    FlowSolution
        Flows, potentials, and how well they fulfil the equations.

    Raises
    ------
    ValueError
        If a part has no node of known potential.
    FlowConvergenceError
        If the flows do not settle, or a law gives no number; it names the branches.

    Notes
    -----
    Along each branch :math:`f(m) = p_a - p_b + e`, at each node the flows balance. A step solves

    .. math:: A^T D A\,p = i - A^T\left[m + D(e - f)\right],\qquad D = 1/f'

    and goes to :math:`m + D(Ap + e - f)` (Todini and Pilati 1988). Slopes are held above those of a
    small flow; where machines make the fall of a branch sink, above the half of what the others of
    its laws have. Such a step goes downhill on the content :math:`\sum\int(f - e)\,dm` of balanced
    flows, and is shortened or prolonged until the content's slope along it has nearly vanished.

    Examples
    --------
    >>> from comine.numerics.branch_laws import PowerLaw
    >>> from comine.numerics.graph import connect
    >>> graph = connect(["1", "2"], ["in", "in"], ["out", "out"])
    >>> law = Placed(PowerLaw(np.array([0.2, 0.8])), np.arange(2))
    >>> ends = Given(np.array([0, 1]), np.array([80.0, 0.0]))
    >>> solve(FlowProblem(graph, (law,), ends)).flow.round(6)
    array([20., 10.])
    """
    system = _system(problem, prepare(problem) if pattern is None else pattern)
    iteration = 0
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            state = _first(system, start)
            for iteration in range(1 + (start is None), limits.iterations + 1):
                state = improved(system, state)
                if _settled(system, state, limits):
                    return _solution(problem, system, state, iteration)
    except NoNumberError as error:
        what = "flows, falls or slopes are no numbers"
        raise _failure(problem, what, system.free[error.where], iteration) from error
    figures = "misfits of potential {:.3g} and flow {:.3g}, last change {:.3g}"
    what = "flows did not settle: " + figures.format(*_found(state))
    raise _failure(problem, what, _unsettled(system, state, limits), limits.iterations)


def _first(system: System, start: Array | None) -> State:
    """State to begin with."""
    if start is None:
        return first_state(system)
    _check_values("start", start, len(system.fixed))
    flow = start[system.free]
    return state_of(system, flow, LEAST_FLOW * largest(flow))


def _system(problem: FlowProblem, pattern: Pattern) -> System:
    graph, count = problem.graph, len(problem.graph.branches)
    fixed, known = np.zeros(count), np.zeros(len(graph.nodes))
    fixed[problem.flow.where] = problem.flow.value
    known[problem.potential.where] = problem.potential.value
    free = np.ones(count, dtype=bool)
    free[problem.flow.where] = False
    unknown = len(known) - len(problem.potential.where)
    sizes = len(pattern.start), pattern.nodes, len(pattern.unknown)
    if sizes != (np.sum(free), len(known), unknown):
        raise ValueError("pattern: made for another network or other known values; prepare it anew")
    supply = np.zeros(len(known)) if problem.injection is None else problem.injection
    supply = supply - leaving(graph.start, graph.end, fixed, len(known))
    head = np.zeros(count) if problem.head is None else problem.head
    return System(problem.laws, pattern, np.flatnonzero(free), fixed, supply, known, head[free])


def _found(state: State) -> tuple[float, float, float]:
    """Greatest misfits of potential and flow, and last change."""
    return largest(state.misfit), largest(state.uneven), largest(state.step)


def _allowed(state: State, limits: Limits) -> tuple[float, float, float]:
    """What is allowed of each; rounding of great potentials is."""
    return (
        limits.closure * largest(state.fall) + _rounding(state),
        limits.balance * state.greatest,
        limits.change * state.greatest,
    )


def _rounding(state: State) -> float:
    """Misfit of potential that is rounding."""
    return float(64.0 * np.finfo(float).eps * largest(state.potential))


def _settled(system: System, state: State, limits: Limits) -> bool:
    """Whether all is within its limits; flows that rounding drives count as rest."""
    found, allowed = _found(state), _allowed(state, limits)
    if not system.supply.any() and largest(state.fall) <= _rounding(state):
        return found[0] <= allowed[0]
    return all(f <= a for f, a in zip(found, allowed, strict=True))


def _unsettled(system: System, state: State, limits: Limits) -> Indices:
    """Branches whose misfit, change, or balance at their ends is beyond the limits; worst first."""
    closure, balance, change = (max(a, np.finfo(float).tiny) for a in _allowed(state, limits))
    node = np.zeros(system.pattern.nodes)
    node[system.pattern.unknown] = np.abs(state.uneven) / balance
    ends = np.maximum(node[system.pattern.start], node[system.pattern.end])
    excess = np.maximum(np.abs(state.misfit) / closure, np.abs(state.step) / change)
    excess = np.maximum(excess, ends)
    worst = np.argsort(-excess, kind="stable")
    return np.asarray(system.free[worst[excess[worst] > 1.0]])


def _failure(
    problem: FlowProblem, what: str, branches: Indices, iterations: int
) -> FlowConvergenceError:
    names = listed(problem.graph.branches[i] for i in branches)
    message = f"{what} after {iterations} iterations; branches {names}"
    return FlowConvergenceError(message, branches, iterations)


def _solution(problem: FlowProblem, system: System, state: State, iterations: int) -> FlowSolution:
    graph, flow = problem.graph, system.whole(state.flow)
    along = state.potential[graph.start] - state.potential[graph.end]
    head = 0.0 if problem.head is None else problem.head
    over = along + head - all_falls(problem.laws, flow)
    entering = leaving(graph.start, graph.end, flow, len(graph.nodes))
    stalled = [where[law.stalled(flow[where])] for law, where in problem.laws]
    return FlowSolution(
        flow,
        state.potential,
        entering,
        over[problem.flow.where],
        *_found(state),
        iterations,
        np.unique(np.concatenate([NOTHING.where, *stalled])),
    )


def _check(problem: FlowProblem) -> None:
    """Raise unless the parts of a problem fit each other."""
    graph = problem.graph
    lawless = np.ones(len(graph.branches), dtype=bool)
    lawless[problem.flow.where] = False
    for law, where in problem.laws:
        _check_places(f"branches of {type(law).__name__}", where, graph.branches)
        lawless[where] = False
    if lawless.any():
        names = listed(graph.branches[i] for i in np.flatnonzero(lawless))
        raise ValueError(f"branches without a law or a known flow: {names}")
    for name, given, every in (
        ("potential", problem.potential, graph.nodes),
        ("flow", problem.flow, graph.branches),
    ):
        _check_places(name, given.where, every)
        _check_values(name, given.value, len(given.where))
    for name, values, count in (
        ("injection", problem.injection, len(graph.nodes)),
        ("head", problem.head, len(graph.branches)),
    ):
        if values is not None:
            _check_values(name, values, count)


def _check_places(what: str, where: Indices, names: tuple[str, ...]) -> None:
    if len(where) and not (where.min() >= 0 and where.max() < len(names)):
        raise ValueError(f"{what}: got place {where.min()}..{where.max()} of {len(names)}")
    count = np.bincount(where, minlength=len(names))
    if count.max(initial=0) > 1:
        raise ValueError(
            f"{what} named twice: {listed(names[i] for i in np.flatnonzero(count > 1))}"
        )


def _check_values(what: str, values: Array, count: int) -> None:
    if np.shape(values) != (count,) or not np.isfinite(values).all():
        raise ValueError(f"{what}: got shape {np.shape(values)}; give {count} finite numbers")
