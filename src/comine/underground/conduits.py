"""Ways of a fluid through the rock: pipes, holes, wells and fractures, and their network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from comine.numerics import Array, Indices
from comine.numerics.graph import Graph, connect, listed, parts
from comine.physics.bounds import positive, require, within


@dataclass(frozen=True)
class Conduit:
    """A pipe, hole or well from one node to another; a fracture by `fracture`."""

    name: str
    start: str
    end: str
    length: float
    """[m]"""
    diameter: float
    """Hydraulic [m]."""
    area: float | None = None
    """Cross-section, that of a round pipe by default [m²]."""
    roughness: float = 0.0
    """Height of the roughness [m]."""
    loss: float = 0.0
    """Sum of the loss coefficients of bends and fittings [1]."""
    pieces: int = 1
    """Equal pieces that it is cut into."""
    plane: bool = False
    """Whether it is a plane fracture, in which the flow stays laminar."""
    walled: bool = True
    """Whether its pieces exchange heat with walls."""
    flow: float | None = None
    """Mass flow that a machine keeps up, whatever it takes [kg/s]."""
    rise: tuple[Sequence[float], Sequence[float]] | None = None
    """Curve of a pump at the start: volume flows [m³/s] and rises of pressure [Pa]."""

    def __post_init__(self) -> None:
        for name, value in (
            ("length", self.length), ("diameter", self.diameter), ("area", self.section)
        ):  # fmt: skip
            positive(f"{name} of {self.name}", value)
        for name in ("roughness", "loss"):
            within(f"{name} of {self.name}", getattr(self, name), 0.0)
        within(f"pieces of {self.name}", self.pieces, 1)
        if self.flow is not None:
            require(np.isfinite(self.flow), f"flow of {self.name}", self.flow, "finite")
            if self.rise is not None:
                raise ValueError(f"{self.name}: got a flow and a rise; give one of the two")

    @property
    def section(self) -> float:
        """Cross-section [m²]."""
        return np.pi / 4 * self.diameter**2 if self.area is None else self.area


def fracture(
    name: str, ends: tuple[str, str], length: float, aperture: float, width: float, pieces: int = 1
) -> Conduit:
    """A plane fracture of even aperture, swept evenly over its width.

    Parameters
    ----------
    name : str
        Its name.
    ends : pair of str
        Nodes that it leads from and to.
    length, aperture, width : float
        Way of the fluid, hydraulic aperture, and width across the way [m].
    pieces : int
        Equal pieces that it is cut into.

    Returns
    -------
    Conduit

    Examples
    --------
    >>> fracture("crack", ("in", "out"), 500.0, 1e-3, 100.0).section
    0.1
    """
    return Conduit(name, *ends, length, 2 * aperture, width * aperture, pieces=pieces, plane=True)


@dataclass(frozen=True)
class Door:
    """A node at which the fluid has a given pressure."""

    pressure: float
    """[Pa]"""
    temperature: float | None = None
    """Of what may enter [K]; none where nothing does, as at the expansion vessel of a loop."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Conduits in pieces, and the volumes that these and the nodes are, nodes last."""

    conduits: tuple[Conduit, ...]
    depths: Mapping[str, float]
    """Of the nodes, positive downwards [m]."""
    doors: Mapping[str, Door]

    def __post_init__(self) -> None:
        graph = self.graph
        for way in self.conduits:
            lost = [node for node in (way.start, way.end) if node not in self.depths]
            if lost:
                raise ValueError(f"{way.name}: got no depth of {listed(lost)}; give it")
            fall = within(f"depths of {way.name}", self.depths[way.end] - self.depths[way.start],
                          -np.inf)  # fmt: skip
            if abs(fall) > way.length * (1 + 1e-9):
                raise ValueError(
                    f"{way.name}: got a length of {way.length:g} m over {abs(fall):g} m of depth; "
                    "give a length of no less"
                )
        unknown = [name for name in self.doors if name not in graph.nodes]
        if unknown:
            raise ValueError(f"doors: got {listed(unknown)}; give nodes of the conduits")
        for name, door in self.doors.items():
            positive(f"pressure at {name}", door.pressure)
        self._check_open()

    @cached_property
    def graph(self) -> Graph:
        """Conduits as branches."""
        names, starts, ends = zip(*((c.name, c.start, c.end) for c in self.conduits), strict=True)
        return connect(names, starts, ends)

    @cached_property
    def count(self) -> Indices:
        """Pieces of each conduit."""
        return np.array([way.pieces for way in self.conduits])

    @cached_property
    def branch(self) -> Indices:
        """Conduit of each piece."""
        return np.repeat(np.arange(len(self.conduits)), self.count)

    @property
    def pieces(self) -> int:
        """Number of pieces."""
        return len(self.branch)

    @cached_property
    def length(self) -> Array:
        """Of each piece [m]."""
        return self.of_pieces("length") / self.count[self.branch]

    @cached_property
    def size(self) -> int:
        """Number of volumes."""
        return len(self.branch) + len(self.graph.nodes)

    @cached_property
    def _node_depth(self) -> Array:
        """[m]"""
        return np.array([self.depths[name] for name in self.graph.nodes], dtype=float)

    @cached_property
    def descent(self) -> Array:
        """Gain of depth along each piece [m]."""
        whole = self._node_depth[self.graph.end] - self._node_depth[self.graph.start]
        return np.asarray((whole / self.count)[self.branch])

    @cached_property
    def depth(self) -> Array:
        """Of the middles of all volumes [m]."""
        begin = self._node_depth[self.graph.start][self.branch]
        return np.concatenate([begin + (self._number + 0.5) * self.descent, self._node_depth])

    @cached_property
    def _number(self) -> Array:
        """Number of each piece in its conduit, from 0."""
        first = np.cumsum(self.count) - self.count
        return np.asarray(np.arange(len(self.branch)) - first[self.branch], dtype=float)

    @cached_property
    def links(self) -> Indices:
        """Volumes that each link leads from and to, conduit by conduit."""
        nodes, first = len(self.branch), np.cumsum(self.count) - self.count
        found = [
            pair
            for number, begin in enumerate(first)
            for pair in pairwise([
                nodes + self.graph.start[number],
                *range(begin, begin + self.count[number]),
                nodes + self.graph.end[number],
            ])
        ]  # fmt: skip
        return np.array(found)

    @cached_property
    def walled(self) -> Indices:
        """Pieces that exchange heat with walls, in the order of the skins."""
        return np.flatnonzero([self.conduits[number].walled for number in self.branch])

    def of_pieces(self, name: str) -> Array:
        """A property of the conduit of each piece."""
        values = np.array([float(getattr(way, name)) for way in self.conduits])
        return np.asarray(values[self.branch])

    def place(self, volume: int) -> str:
        """Name of a volume."""
        if volume < len(self.branch):
            return self.conduits[int(self.branch[volume])].name
        return self.graph.nodes[volume - self.pieces]

    def _check_open(self) -> None:
        """Raise where no pressure is known, or the fluid would have to come from nowhere."""
        graph = self.graph
        doors = [graph.nodes.index(name) for name in self.doors]
        kept_up = [n for n, way in enumerate(self.conduits) if way.flow is not None]
        for closed, what in (
            ((), "the part of {} has no node of known pressure; give one"),
            (kept_up, "{} lead to where flows are kept up without a way out; "
             "leave one flow open, or give a pressure there"),
        ):  # fmt: skip
            label = parts(graph, closed)
            lost = np.setdiff1d(label, label[doors])
            if len(lost):
                inside = (label[graph.start] == lost[0]) | (label[graph.end] == lost[0])
                names = listed(graph.branches[n] for n in np.flatnonzero(inside))
                raise ValueError(what.format(names))
        label = parts(graph)
        for number in np.unique(label[doors]):
            own = [name for name, at in zip(self.doors, doors, strict=True) if label[at] == number]
            cold = [name for name in own if self.doors[name].temperature is None]
            if len(own) > 1 and cold:
                raise ValueError(
                    f"doors: the fluid may enter at {listed(cold)}; give its temperature there"
                )
