"""One step of Newton's method on the flows and potentials of a network."""

from typing import NamedTuple

import numpy as np

from comine.numerics import Array, Indices
from comine.numerics.branch_laws import Placed
from comine.numerics.flow_matrix import Factors, Pattern, factorise
from comine.numerics.graph import leaving

SMALL_FLOW = 1e-8
"""Flow, over the greatest, below which the slope is held."""
LEAST_SLOPE = 1e-6
"""Least slope over the median one: that of a branch without resistance."""
LEAST_SHARE = 1e-12
"""Least slope over the greatest one, lest the matrix be singular."""
RESISTING_SHARE = 0.5
"""Share of the resisting laws' slope that machines cannot take away."""
EVEN = 1e-11
"""Misfit of flows, over the greatest, that is rounding."""
NEARLY = 1e-6
"""Misfit of flows and step, over the greatest flow, that need no search along the step."""
REFINEMENTS = 4
"""Most corrections of rounding in a step."""
LONGEST = 1e6
"""Most by which a step is prolonged."""


class NoNumberError(ArithmeticError):
    """A flow, fall or slope is no finite number; says on which branches of unknown flow."""

    def __init__(self, where: Indices) -> None:
        super().__init__(where)
        self.where = where


class System(NamedTuple):
    """A network reduced to its branches of unknown flow."""

    laws: tuple[Placed, ...]
    pattern: Pattern
    free: Indices
    """Branches of unknown flow."""
    fixed: Array
    """Known flows, zero elsewhere, (branches,)."""
    supply: Array
    """What enters at each node from outside and by known flows, (nodes,)."""
    known: Array
    """Known potentials, zero elsewhere, (nodes,)."""
    head: Array
    """Drive besides the laws, (free,)."""

    def whole(self, flow: Array) -> Array:
        """Flows of all branches."""
        every = self.fixed.copy()
        every[self.free] = flow
        return every

    def falls(self, flow: Array) -> Array:
        """Fall by all laws."""
        return finite(all_falls(self.laws, self.whole(flow))[self.free])

    def along(self, potential: Array) -> Array:
        """Fall of potential along each branch."""
        return np.asarray(potential[self.pattern.start] - potential[self.pattern.end])

    def leaving(self, flow: Array) -> Array:
        """What leaves each node of unknown potential."""
        start, end, nodes, unknown = self.pattern[:4]
        return leaving(start, end, flow, nodes)[unknown]

    def uneven(self, flow: Array) -> Array:
        """Flow unaccounted for at each node of unknown potential."""
        return self.supply[self.pattern.unknown] - self.leaving(flow)

    def solved(self, factors: "Factors | None", right: Array) -> Array:
        """Potentials of all nodes for a right side, zero where known."""
        potential = np.zeros(len(self.known))
        if factors is not None:
            potential[self.pattern.unknown] = factors.solve(right)
        return potential


class State(NamedTuple):
    """One iterate, on the branches of unknown flow."""

    flow: Array
    fall: Array
    potential: Array
    misfit: Array
    """Potential unaccounted for along each branch."""
    step: Array
    """Last change of the flow."""
    uneven: Array
    """Flow unaccounted for at each node of unknown potential."""
    least: float
    """Flow that is as good as none."""

    @property
    def greatest(self) -> float:
        """Greatest flow."""
        return max(largest(self.flow), self.least)


def all_falls(laws: tuple[Placed, ...], flow: Array) -> Array:
    """Falls of all branches by their laws together."""
    total = np.zeros(len(flow))
    for law, where in laws:
        total[where] += law.fall(flow[where])
    return total


def finite(values: Array) -> Array:
    """Give the values back, or raise if one is no finite number."""
    if not np.isfinite(values).all():
        raise NoNumberError(np.flatnonzero(~np.isfinite(values)))
    return values


def largest(values: Array) -> float:
    """Greatest absolute value."""
    return float(np.abs(values).max(initial=0.0))


def first_state(system: System) -> State:
    """State by the laws' slopes at one flow, the driven part of it prolonged or shortened."""
    rest = np.zeros(len(system.free))
    nominal = max(largest(system.supply), largest(system.fixed))
    fall = system.falls(rest)
    slope = _slopes(system, rest, nominal if nominal > 0.0 else 1.0)
    factors = factorise(system.pattern, 1.0 / slope)
    flow = system.along(system.solved(factors, system.uneven(rest))) / slope
    drive = system.head - fall + system.along(system.known)
    potential = system.known - system.solved(factors, system.leaving(drive / slope))
    driven = (system.along(potential) + system.head - fall) / slope
    if driven.any():
        flow = flow + _length(system, flow, driven, potential) * driven
    return state_of(system, flow, 0.0)


def state_of(system: System, flow: Array, least: float) -> State:
    """State before any step."""
    uneven, fall = system.uneven(flow), system.falls(flow)
    return State(flow, fall, system.known, np.zeros(len(flow)), flow, uneven, least)


def improved(system: System, state: State) -> State:
    """State after one step of Newton's method."""
    flow, fall, head = state.flow, state.fall, system.head
    slope = _slopes(system, flow, SMALL_FLOW * state.greatest)
    factors = factorise(system.pattern, 1.0 / slope)
    drive = head - fall + system.along(system.known)
    right = state.uneven - system.leaving(drive / slope)
    potential = system.known + system.solved(factors, right)
    step = (system.along(potential) + head - fall) / slope
    for _ in range(REFINEMENTS):
        rounding = system.uneven(flow + step)
        if largest(rounding) <= EVEN * largest(flow + step):
            break
        correction = system.solved(factors, rounding)
        potential = potential + correction
        step = step + system.along(correction) / slope
    even = largest(state.uneven) <= NEARLY * largest(flow)
    if even and largest(step) > NEARLY * largest(flow):
        step = step * _length(system, flow, step, potential)
    new = finite(flow + step)
    new_fall = system.falls(new)
    misfit = system.along(potential) + head - new_fall
    return State(new, new_fall, potential, misfit, step, system.uneven(new), state.least)


def _slopes(system: System, flow: Array, least: float) -> Array:
    """Slopes of all laws together, held above zero."""
    total, resisting = np.zeros(len(system.fixed)), np.zeros(len(system.fixed))
    moved = system.whole(np.copysign(np.maximum(np.abs(flow), least), flow))
    for law, where in system.laws:
        slope = law.slope(moved[where])
        total[where] += slope
        resisting[where] += np.maximum(slope, 0.0)
    total, resisting = finite(total[system.free]), resisting[system.free]
    some = resisting[resisting > 0.0]
    typical, greatest = (np.median(some), some.max()) if len(some) else (1.0, 1.0)
    floor = max(LEAST_SLOPE * typical, LEAST_SHARE * greatest)
    return np.asarray(np.maximum(np.maximum(total, RESISTING_SHARE * resisting), floor))


def _length(system: System, flow: Array, step: Array, potential: Array) -> float:
    """Length of a step at which the content's slope along it has nearly vanished."""
    drive = system.head + system.along(potential)

    def slope(length: float) -> float:
        # a plain sum: the same for any number of threads
        return float(np.sum(step * (system.falls(flow + length * step) - drive)))

    low, high = 0.0, 1.0
    at_low, at_high = slope(low), slope(high)
    enough = 0.1 * abs(at_low)
    while at_high < -enough and high < LONGEST:
        low, at_low, high = high, at_high, 2.0 * high
        at_high = slope(high)
    trial, at_trial = high, at_high
    for _ in range(20):
        if abs(at_trial) <= enough or not at_low < 0.0 < at_high:
            break
        edge = 0.1 * (high - low)
        trial = low - at_low * (high - low) / (at_high - at_low)
        trial = min(max(trial, low + edge), high - edge)
        at_trial = slope(trial)
        if at_trial < 0.0:
            low, at_low = trial, at_trial
        else:
            high, at_high = trial, at_trial
    return trial
