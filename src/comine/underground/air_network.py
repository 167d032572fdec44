r"""A mine's airways as a network: what resists, what drives, and the flows that follow.

The flow along each branch is that of dry air, which is the same at both of its ends whatever the
water that the air takes up. With the mean density of moist air :math:`\rho` and its humidity X a
branch from a to b obeys

.. math:: p_a - p_b + \rho g (z_b - z_a) = \frac{R}{1.2}\,\rho^{1-n} \left|\frac{(1+X)m}{c}\right|^n
          - \text{fan}(m),

z downwards, R the resistance at 1.2 kg/m³, c equal airways side by side, n = 2 unless given. The
unknown of a node is its pressure less that of the outside air's column at its depth, so that
numbers stay small and still air at outside temperature drives nothing; what is left of the column's
weight is natural ventilation.

Sources
-------
- M. J. McPherson, Subsurface Ventilation Engineering, 2nd ed., 2009, chapters 5, 7 and 8 (square
  law, networks, natural ventilation; recalled, not held against the printed source).
- The method of the flows: `comine.numerics.flow`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from comine.numerics import Indices
from comine.numerics.branch_laws import Placed, PowerLaw
from comine.numerics.flow import FlowProblem, Given, prepare
from comine.numerics.flow_matrix import Pattern
from comine.numerics.graph import Graph, connect
from comine.numerics.rises import RiseCurve, rise_curve
from comine.physics import Array
from comine.physics.air import density, humidity_ratio_from_relative_humidity
from comine.physics.airway import STANDARD_DENSITY, atkinson_resistance
from comine.underground.air_checks import branch_faults, network_faults
from comine.underground.openings import Branch, Openings
from comine.underground.piece import GRAVITY


@dataclass(frozen=True, eq=False)
class Fan:
    """Equal fans in a branch, by points of their curve."""

    branch: str
    flow: Sequence[float]
    """Volume flow of one fan [m³/s], growing."""
    rise: Sequence[float]
    """Rise of its total pressure there [Pa]."""
    density: float = STANDARD_DENSITY
    """Of the air that the curve holds at [kg/m³]."""
    speed: float = 1.0
    """Speed over that which the curve holds at [1]."""
    series: int = 1
    """Fans one behind the other."""
    parallel: int = 1
    """Rows of them side by side."""
    efficiency: float = 0.7
    """Of the fan with its motor [1]."""

    @property
    def curve(self) -> tuple[Array, Array]:
        """Volume flows and rises of them all."""
        return np.array(self.flow) * self.parallel, np.array(self.rise) * self.series


class Outside(NamedTuple):
    """The open air at depth 0."""

    temperature: float
    """[K]"""
    humidity: float
    """Vapour per dry air [kg/kg]."""
    pressure: float
    """[Pa]"""

    @property
    def density(self) -> float:
        """Of the moist air [kg/m³]."""
        return float(density(self.temperature, self.humidity, self.pressure))

    def column(self, depth: Array) -> Array:
        """Pressure in a column of air of the outside temperature [Pa]."""
        return np.asarray(self.pressure * np.exp(GRAVITY * depth * self.density / self.pressure))


def outside(temperature: float, relative_humidity: float, pressure: float) -> Outside:
    """Open air of a relative humidity.

    Parameters
    ----------
    temperature : float
        Dry bulb [K].
    relative_humidity : float
        Share of saturation [1].
    pressure : float
        At depth 0 [Pa].

    Returns
    -------
    Outside
        The air.

    Examples
    --------
    >>> round(outside(293.15, 0.5, 101325.0).density, 4)
    1.1989
    """
    ratio = humidity_ratio_from_relative_humidity(temperature, relative_humidity, pressure)
    return Outside(temperature, float(ratio), pressure)


class BranchAir(NamedTuple):
    """Mean state of the air in each branch, (branches,)."""

    density: Array
    """Of moist air [kg/m³]."""
    humidity: Array
    """Vapour per dry air [kg/kg]."""


@dataclass(frozen=True, eq=False)
class AirNetwork:
    """Airways as columns, (branches,) each."""

    graph: Graph
    depth: Array
    """Of each node, downwards [m]."""
    surface: Indices
    """Nodes in the open air."""
    resistance: Array
    """For air of 1.2 kg/m³, of one of the `parallel` airways [N sⁿ/m^(3n+2)]."""
    parallel: Array
    """Equal airways side by side [1]."""
    exponent: Array | float = 2.0
    fans: tuple[Fan, ...] = ()
    fixed: Mapping[str, float] = field(default_factory=dict)
    """Dry air that is to flow along branches, whatever it takes [kg/s]."""

    def __repr__(self) -> str:
        nodes, branches = len(self.graph.nodes), len(self.graph.branches)
        return f"AirNetwork({branches} branches, {nodes} nodes, {len(self.fans)} fans)"

    @cached_property
    def place(self) -> dict[str, int]:
        """Number of each branch by its name."""
        return {name: number for number, name in enumerate(self.graph.branches)}

    @cached_property
    def pattern(self) -> Pattern:
        """What all solutions of this network share."""
        return prepare(self.problem(still(self, outside(288.15, 0.5, 101325.0))))

    def problem(self, air: BranchAir, drive: Array | None = None) -> FlowProblem:
        """Problem of its flows for given air, with `drive` along branches as by buoyancy [Pa]."""
        thick = (1.0 + air.humidity) / self.parallel
        ways = self.resistance * thick**self.exponent / STANDARD_DENSITY
        laws = [Placed(PowerLaw(ways * air.density ** (1.0 - np.asarray(self.exponent)),
                                self.exponent), np.arange(len(self.graph.branches)))]  # fmt: skip
        at = np.array([self.place[fan.branch] for fan in self.fans], dtype=np.intp)
        if len(at):
            laws.append(Placed(_rises(self.fans, BranchAir(*(each[at] for each in air))), at))
        known = np.array([self.place[name] for name in self.fixed], dtype=np.intp)
        return FlowProblem(
            self.graph, tuple(laws), Given(self.surface, np.zeros(len(self.surface))),
            Given(known, np.array(list(self.fixed.values()))), head=drive,
        )  # fmt: skip


def still(network: AirNetwork, open_air: Outside) -> BranchAir:
    """Air of the outside's temperature and humidity everywhere, which drives nothing.

    Parameters
    ----------
    network : AirNetwork
        The airways.
    open_air : Outside
        Air at depth 0.

    Returns
    -------
    BranchAir
        Mean state in each branch.

    Examples
    --------
    >>> air = still(two_shafts(), outside(288.15, 0.5, 101325.0))
    >>> air.density.round(3)
    array([1.296, 1.374, 1.296])
    """
    column = open_air.column(network.depth)
    ends = column[network.graph.start], column[network.graph.end]
    fall = network.depth[network.graph.end] - network.depth[network.graph.start]
    level = np.abs(fall) < 1e-6
    slope = (ends[1] - ends[0]) / np.where(level, 1.0, fall) / GRAVITY
    dense = np.where(level, ends[0] * open_air.density / open_air.pressure, slope)
    return BranchAir(dense, np.full(len(dense), open_air.humidity))


def _rises(fans: Sequence[Fan], air: BranchAir) -> RiseCurve:
    """Law of fans by the flow of dry air."""
    dry = air.density / (1.0 + air.humidity)
    reference = np.array([fan.density for fan in fans]) * dry / air.density
    speed = np.array([fan.speed for fan in fans])
    return rise_curve([fan.curve for fan in fans], dry, reference, speed)


def air_network(
    openings: Openings,
    surface: Sequence[str],
    fans: Sequence[Fan] = (),
    fixed: Mapping[str, float] | None = None,
) -> AirNetwork:
    """Airways of a mine's openings.

    Parameters
    ----------
    openings : Openings
        What is dug; branches that carry no air are left out. A resistance alone does without area.
    surface : sequence of str
        Nodes in the open air; what leaves there does not come back by another branch.
    fans : sequence of Fan
        Fans by branch.
    fixed : mapping of str to float, optional
        Dry air that is to flow along branches [kg/s].

    Returns
    -------
    AirNetwork

    Raises
    ------
    ValueError
        If something cannot be: every fault that `comine.underground.air_checks` finds.

    Examples
    --------
    >>> shaft = Branch("shaft", "shaft", "air", "top", "foot", 100.0, 12.0, 13.0, friction=0.01)
    >>> raise_ = Branch("raise", "drift", "air", "foot", "out", 100.0, 4.0, 8.0, friction=0.01)
    >>> nodes = {"top": (0.0, 0.0, 0.0), "foot": (0.0, 0.0, 100.0), "out": (9.0, 0.0, 0.0)}
    >>> air_network(Openings(nodes, (shaft, raise_)), ["top", "out"]).resistance.round(4)
    array([0.0075, 0.125 ])
    """
    branches = [branch for branch in openings.branches if branch.medium == "air"]
    given = dict(fixed or {})
    faults = branch_faults(branches, openings.nodes, walls=False) or network_faults(
        branches, openings.nodes, surface, [fan.branch for fan in fans], given
    )
    if faults:
        raise ValueError("; ".join(str(fault) for fault in faults))
    starts = [_mouth(branch, branch.start, surface) for branch in branches]
    ends = [_mouth(branch, branch.end, surface) for branch in branches]
    names = [branch.name for branch in branches]
    graph = connect(names, [name for name, _ in starts], [name for name, _ in ends])
    node = dict(starts + ends)

    def column(name: str) -> Array:
        return np.array([float(getattr(branch, name)) for branch in branches])

    area = column("area")
    area[area == 0.0] = np.inf  # then nothing but the resistance counts
    resistance = column("resistance") + atkinson_resistance(
        column("friction"), column("length"), column("perimeter"), area, column("shock")
    )
    depth = np.array([openings.nodes[node[name]][2] for name in graph.nodes])
    open_to_air = set(surface)
    at = np.array([i for i, name in enumerate(graph.nodes) if node[name] in open_to_air])
    return AirNetwork(graph, depth, at, resistance, column("count"), fans=tuple(fans), fixed=given)


def _mouth(branch: Branch, node: str, surface: Sequence[str]) -> tuple[str, str]:
    """Name of a branch's end, and its node: in the open air every branch has an end of its own."""
    return (f"{node} ({branch.name})" if node in surface else node), node


def two_shafts() -> AirNetwork:
    """Smallest mine there is: two shafts of 1,000 m, a drift between them, a fan.

    Returns
    -------
    AirNetwork
        The mine, for examples.

    Examples
    --------
    >>> two_shafts()
    AirNetwork(3 branches, 4 nodes, 1 fans)
    """
    names = ("downcast", "drift", "upcast")
    graph = connect(names, ("in", "foot", "face"), ("foot", "face", "out"))
    resistance = atkinson_resistance(
        [0.004, 0.012, 0.004], [1000, 800, 1000], [19, 18, 19], [28, 20, 28]
    )
    fan = Fan("upcast", [0.0, 60.0, 120.0, 180.0], [2500.0, 2400.0, 1900.0, 600.0])
    return AirNetwork(
        graph, np.array([0.0, 1000.0, 1000.0, 0.0]), np.array([0, 3]), resistance, np.ones(3),
        fans=(fan,),
    )  # fmt: skip
