"""Fractures: plane quadrangles of any attitude that water flows through."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csc_array
from scipy.sparse.linalg import splu

from comine.numerics import Array, Indices
from comine.numerics.polygons import outline
from comine.underground.course import WATER, Course, Fluid, Inlet, shown
from comine.underground.rock import Rock
from comine.underground.rock_grid import Span
from comine.underground.schedule import Timed


@dataclass(frozen=True)
class Fracture:
    """A plane quadrangle; its fluid flows as in a slit of even width.

    Examples
    --------
    >>> corners = ((0, 0, 900), (200, 0, 900), (200, 0, 1000), (0, 0, 1000))
    >>> print(Fracture("fracture", corners, 1e-3, flow=5.0, inlet=300.0))
    fracture: 20000 m2, 0.001 m wide; 5 kg/s of water from 300 K
    """

    name: str
    corners: Sequence[ArrayLike]
    """Four, in order, each (x, y, z) [m]."""
    aperture: float
    """[m]"""
    flow: Timed
    """[kg/s]"""
    inlet: Inlet
    """Temperature [K], or the openings that the fluid comes from."""
    fluid: Fluid = WATER
    enters: Sequence[ArrayLike] | None = None
    """Points where fluid enters, in equal shares; without them the edge from the last corner to
    the first [m]."""
    leaves: Sequence[ArrayLike] | None = None
    """Points where it leaves; without them the edge from the second corner to the third [m]."""
    pieces: tuple[int, int] = (20, 4)
    """Number from the first corner to the second, and from there to the third."""

    def __str__(self) -> str:
        area = float(outline(self.plane[None]).area[0])
        source = shown(self.inlet) + (" K" if isinstance(self.inlet, float | int) else "")
        return (
            f"{self.name}: {area:g} m2, {self.aperture:g} m wide; {shown(self.flow)} kg/s of "
            f"{self.fluid.name} from {source}"
        )

    @property
    def plane(self) -> Array:
        """Corners, shape (4, 3) [m]."""
        return np.array(self.corners, dtype=float).reshape(-1, 3)

    @property
    def spans(self) -> list[Span]:
        """Part of the rock that it runs through."""
        return [Span(self.plane.min(axis=0), self.plane.max(axis=0))]

    @property
    def quadrangles(self) -> Array:
        """Corners of its pieces, those along the second edge next to each other, (n, 4, 3) [m]."""
        a, b, c, d = self.plane
        u, v = (np.linspace(0.0, 1.0, count + 1) for count in self.pieces)
        s, t = u[:, None, None], v[None, :, None]
        nodes = (1 - t) * ((1 - s) * a + s * b) + t * ((1 - s) * d + s * c)
        around = [nodes[:-1, :-1], nodes[1:, :-1], nodes[1:, 1:], nodes[:-1, 1:]]
        return np.stack(around, axis=2).reshape(-1, 4, 3)

    @property
    def borders(self) -> NDArray[np.bool_]:
        """Whether the fracture ends at each edge of its pieces, shape (n, 4)."""
        found = np.zeros((*self.pieces, 4), dtype=bool)
        found[:, 0, 0] = found[-1, :, 1] = found[:, -1, 2] = found[0, :, 3] = True
        return found.reshape(-1, 4)

    def course(self, rock: Rock) -> Course:
        """Volumes of its fluid, with the flows of the potential between inlet and outlet."""
        corners = self.quadrangles
        area, middle, _ = outline(corners)
        number = np.arange(area.size).reshape(self.pieces)
        pairs = [(number[:-1], number[1:], 1), (number[:, :-1], number[:, 1:], 2)]
        links = np.concatenate([np.column_stack([a.ravel(), b.ravel()]) for a, b, _ in pairs])
        side = np.concatenate([np.full(a.size, edge) for a, _, edge in pairs])
        first = corners[links[:, 0]]
        rows = np.arange(len(links))
        edge = first[rows, (side + 1) % 4] - first[rows, side]
        apart = middle[links[:, 1]] - middle[links[:, 0]]
        slot = np.linalg.norm(edge, axis=1) / np.linalg.norm(apart, axis=1)
        enter = self._shares(self.enters, number[0], middle)
        leave = self._shares(self.leaves, number[-1], middle)
        share = _potential_flow(links, slot, enter - leave)
        length = np.sqrt(area)
        volume = area * self.aperture
        return Course(middle, length, links, share, enter, leave, np.inf, volume)

    def _shares(self, points: Sequence[ArrayLike] | None, edge: Indices, middle: Array) -> Array:
        """Share of the flow at each piece: at an edge, or at points."""
        found = np.zeros(len(middle))
        if points is None:
            found[edge] = 1.0 / edge.size
            return found
        at = np.array(points, dtype=float).reshape(-1, 3)
        nearest = np.linalg.norm(middle[None] - at[:, None], axis=2).argmin(axis=1)
        np.add.at(found, nearest, 1.0 / len(at))
        return found


def _potential_flow(links: Indices, conductance: Array, given: Array) -> Array:
    """Flow along links that carries what is given to volumes to where it is taken."""
    count = given.size
    rows = np.arange(len(links))
    ones = np.ones(len(links))
    by_node = csc_array(
        (np.concatenate([ones, -ones]), (np.tile(rows, 2), links.T.ravel())),
        shape=(len(links), count),
    )
    balance = csc_array(by_node.T @ (by_node * conductance[:, None]))
    held = csc_array(balance[1:, 1:])
    potential = np.append(0.0, splu(held).solve(given[1:])) if count > 1 else np.zeros(1)
    return np.asarray(conductance * (by_node @ potential))
