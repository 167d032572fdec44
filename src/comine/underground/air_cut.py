"""Airways cut into volumes for the climate: pieces, and a junction at every node."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from comine.numerics import Indices
from comine.physics import Array
from comine.physics.air_energy import DRY_HEAT
from comine.physics.airway import film_coefficient
from comine.underground.air_draught import Airways
from comine.underground.air_network import AirNetwork
from comine.underground.openings import Branch, Openings


@dataclass(frozen=True, eq=False)
class CutAirways:
    """Volumes of a mine: first the pieces of all branches, then the junctions."""

    network: AirNetwork
    branches: tuple[Branch, ...]
    """Airways in the order of the network."""
    pieces: Indices
    """Of each branch, (branches,)."""
    points: Array
    """Middles of the pieces, (pieces, 3) [m]."""

    @cached_property
    def first(self) -> Indices:
        """First piece of each branch, (branches,)."""
        return np.asarray(np.cumsum(self.pieces) - self.pieces)

    @cached_property
    def last(self) -> Indices:
        """Last piece of each branch, (branches,)."""
        return np.asarray(self.first + self.pieces - 1)

    @cached_property
    def branch(self) -> Indices:
        """Branch of each piece, (pieces,)."""
        return np.repeat(np.arange(len(self.branches)), self.pieces)

    @property
    def count(self) -> int:
        """Number of pieces."""
        return int(self.pieces.sum())

    @property
    def size(self) -> int:
        """Number of volumes."""
        return self.count + len(self.network.graph.nodes)

    @property
    def junctions(self) -> Indices:
        """Volume of each node, (nodes,)."""
        return self.count + np.arange(len(self.network.graph.nodes))

    @cached_property
    def links(self) -> tuple[Indices, Indices]:
        """Volumes that each link joins, (links, 2), and the branch whose flow it has, (links,)."""
        graph, every = self.network.graph, np.arange(len(self.branches))
        inner = np.setdiff1d(np.arange(self.count), self.last)
        ends = [
            np.stack([self.junctions[graph.start], self.first], axis=1),
            np.stack([inner, inner + 1], axis=1),
            np.stack([self.last, self.junctions[graph.end]], axis=1),
        ]
        return np.concatenate(ends), np.concatenate([every, self.branch[inner], every])

    def column(self, name: str) -> Array:
        """A property of the branches, (branches,)."""
        return np.array([float(getattr(branch, name)) for branch in self.branches])

    def along(self, values: Array, idle: float = 0.0) -> Array:
        """Values of branches for all volumes, `idle` at junctions."""
        return np.concatenate([values[self.branch], np.full(self.size - self.count, idle)])

    @cached_property
    def airways(self) -> Airways:
        """Volumes as the climate wants them; junctions have the section of an airway."""
        graph, depth = self.network.graph, self.network.depth
        fall = (depth[graph.end] - depth[graph.start]) / self.pieces
        area, girth, friction = (self.column(n) for n in ("area", "perimeter", "friction"))
        return Airways(
            length=self.along(self.column("length") / self.pieces),
            area=self.along(area, area[0]),
            perimeter=self.along(girth, girth[0]),
            friction=self.along(friction, friction[0]),
            parallel=self.along(self.column("count"), 1.0),
            fall=self.along(fall),
        )


def cut_airways(
    openings: Openings, network: AirNetwork, flow: Array, longest: float, least: int = 2,
    most: int = 60,
) -> CutAirways:  # fmt: skip
    """Cut airways into pieces.

    Parameters
    ----------
    openings : Openings
        The mine.
    network : AirNetwork
        Its airways.
    flow : ndarray, shape (branches,)
        Dry air along each branch [kg/s].
    longest : float
        Greatest length of a piece [m].
    least, most : int
        Pieces that a branch has at least and, lest slow air want ever more of them, at most; for
        its length it may have more.

    Returns
    -------
    CutAirways

    Examples
    --------
    >>> from comine.underground.air_network import air_network
    >>> shaft = Branch("shaft", "shaft", "air", "top", "foot", 900.0, 12.0, 13.0, friction=0.01)
    >>> raise_ = Branch("raise", "drift", "air", "foot", "out", 900.0, 4.0, 8.0, friction=0.01)
    >>> nodes = {"top": (0.0, 0.0, 0.0), "foot": (0.0, 0.0, 900.0), "out": (9.0, 0.0, 0.0)}
    >>> openings = Openings(nodes, (shaft, raise_))
    >>> network = air_network(openings, ["top", "out"])
    >>> cut_airways(openings, network, np.array([30.0, 30.0]), 150.0).pieces
    array([6, 9])
    """
    branches = tuple(branch for branch in openings.branches if branch.medium == "air")
    pieces = np.array(
        [
            _pieces(branch, abs(each), longest, least, most)
            for branch, each in zip(branches, flow.tolist(), strict=True)
        ],
        dtype=np.intp,
    )
    ends = np.array([[openings.nodes[b.start], openings.nodes[b.end]] for b in branches])
    own = np.repeat(np.arange(len(branches)), pieces)
    number = np.arange(own.size) - (np.cumsum(pieces) - pieces)[own]
    share = (number + 0.5) / pieces[own]
    points = ends[own, 0] + share[:, None] * (ends[own, 1] - ends[own, 0])
    return CutAirways(network, branches, pieces, points)


def _pieces(branch: Branch, flow: float, longest: float, least: int, most: int) -> int:
    """Pieces of a branch, so short that the air goes no more than half way to the wall's state."""
    by_length = int(np.ceil(branch.length / longest))
    if branch.friction <= 0 or flow <= 0:
        return max(least, by_length)
    film = film_coefficient(
        branch.friction, flow / branch.count, branch.area, branch.perimeter, 300.0
    )
    units = float(film) * branch.perimeter * branch.length * branch.count / (DRY_HEAT * flow)
    return max(least, by_length, min(int(np.ceil(units)), most))
