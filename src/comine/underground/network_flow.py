"""Airflow of a mine for a given state of its air: flows, pressures, fans, regulators.

Equations in `comine.underground.air_network`, the method in `comine.numerics.flow`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from comine.numerics.branch_laws import Placed
from comine.numerics.flow import LIMITS, FlowSolution, Limits, solve
from comine.physics import Array
from comine.physics.airway import STANDARD_DENSITY
from comine.underground.air_network import AirNetwork, BranchAir, Outside
from comine.underground.piece import GRAVITY


class FanPoint(NamedTuple):
    """Where the fans of a branch work."""

    branch: str
    flow: float
    """Volume flow of all of them [m³/s]."""
    rise: float
    """[Pa]"""
    power: float
    """Electric [W]."""
    stalled: bool
    """Whether they work left of the curve's peak, or backwards."""


class Throttle(NamedTuple):
    """What a branch needs to carry the flow that it is given."""

    branch: str
    fall: float
    """Of pressure to add by a regulator; below zero, the rise of a booster fan [Pa]."""
    resistance: float
    """Of the regulator; nil where a booster is needed [N s²/m⁸]."""


@dataclass(frozen=True, eq=False)
class Airflow:
    """Settled flows of a mine."""

    flow: Array
    """Dry air along each branch, against it below zero, (branches,) [kg/s]."""
    pressure: Array
    """Of the air at each node, (nodes,) [Pa]."""
    loss: Array
    """Fall of pressure by friction along each branch in its own direction, (branches,) [Pa]."""
    drive: Array
    """Natural ventilation along each branch, (branches,) [Pa]."""
    fans: tuple[FanPoint, ...]
    throttles: tuple[Throttle, ...]
    solution: FlowSolution

    @property
    def entering(self) -> float:
        """Dry air that enters the mine [kg/s]."""
        return float(np.maximum(self.solution.entering, 0.0).sum())

    @property
    def natural_pressure(self) -> float:
        """Natural ventilating pressure of the mine: its power over the air that enters [Pa]."""
        return float(self.flow @ self.drive) / self.entering if self.entering > 0 else 0.0


def solve_airflow(
    network: AirNetwork,
    air: BranchAir,
    open_air: Outside,
    start: Array | None = None,
    limits: Limits = LIMITS,
) -> Airflow:
    """Flows of a mine for a given state of its air.

    Parameters
    ----------
    network : AirNetwork
        The airways.
    air : BranchAir
        Mean state in each branch.
    open_air : Outside
        Air at depth 0.
    start : ndarray, shape (branches,), optional
        Flows to begin with.
    limits : Limits
        When the flows are settled.

    Returns
    -------
    Airflow
        Flows, pressures, and where fans work.

    Raises
    ------
    FlowConvergenceError
        If the flows do not settle; it names the branches.

    Examples
    --------
    >>> from comine.underground.air_network import outside, still, two_shafts
    >>> mine, open_air = two_shafts(), outside(288.15, 0.5, 101325.0)
    >>> found = solve_airflow(mine, still(mine, open_air), open_air)
    >>> found.flow.round(1)
    array([222.3, 222.3, 222.3])
    """
    graph, column = network.graph, open_air.column(network.depth)
    fall = network.depth[graph.end] - network.depth[graph.start]
    drive = air.density * GRAVITY * fall - (column[graph.end] - column[graph.start])
    problem = network.problem(air, drive)
    found = solve(problem, start, limits, network.pattern)
    ways = problem.laws[0].law.fall(found.flow)
    fans = _points(network, air, found, problem.laws[1:])
    return Airflow(
        found.flow, found.potential + column, ways, drive, fans,
        _throttles(network, air, found), found,
    )  # fmt: skip


def _points(
    network: AirNetwork, air: BranchAir, found: FlowSolution, laws: Sequence[Placed]
) -> tuple[FanPoint, ...]:
    points = list[FanPoint]()
    for law, at in laws:
        flow = found.flow[at]
        volume = flow * (1.0 + air.humidity[at]) / air.density[at]
        rows = zip(
            network.fans, volume.tolist(), (-law.fall(flow)).tolist(),
            law.stalled(flow).tolist(), strict=True,
        )  # fmt: skip
        points += [
            FanPoint(fan.branch, each, rise, max(each * rise, 0.0) / fan.efficiency, stalls)
            for fan, each, rise, stalls in rows
        ]
    return tuple(points)


def _throttles(network: AirNetwork, air: BranchAir, found: FlowSolution) -> tuple[Throttle, ...]:
    result = list[Throttle]()
    for (name, flow), added in zip(network.fixed.items(), found.added.tolist(), strict=True):
        at = network.place[name]
        moist = flow * (1.0 + float(air.humidity[at]))
        along = added if flow >= 0 else -added
        square = moist**2 / (STANDARD_DENSITY * float(air.density[at]))
        result.append(Throttle(name, along, max(along, 0.0) / square if square > 0 else np.inf))
    return tuple(result)
