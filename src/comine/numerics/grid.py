"""Rectilinear grids of box cells, fine where asked and coarser further away.

Axes are x, y and z, z downwards. A grid is its edges along the axes; everything else follows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comine.numerics import Array, Indices
from comine.numerics.checks import require

Triple = tuple[float, float, float]
AXES = ("x", "y", "z")


class Crossing(NamedTuple):
    """Cells that a segment passes, in its order."""

    cells: Indices
    """Number of each cell, the last axis running fastest."""
    lengths: Array
    """Length within each cell [m]."""


class Box(NamedTuple):
    """Part of space to resolve."""

    lower: Triple
    """Corner of smallest coordinates [m]."""
    upper: Triple
    """Corner of greatest coordinates [m]."""
    spacing: float | Triple
    """Widest cell within, for all axes or each [m]."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Box cells between edges along the axes [m]."""

    x: Array
    y: Array
    z: Array

    def __post_init__(self) -> None:
        for name in AXES:
            edges = np.array(getattr(self, name), dtype=float)
            if edges.ndim != 1 or edges.size < 2:
                raise ValueError(f"{name}: got shape {edges.shape}; give two or more edges")
            require(np.isfinite(edges), name, edges, "finite edges")
            require(np.diff(edges) > 0, name, np.diff(edges), "edges that rise")
            edges.setflags(write=False)
            object.__setattr__(self, name, edges)

    def __str__(self) -> str:
        cells = " x ".join(str(n) for n in self.shape)
        spans = ", ".join(
            f"{name} {e[0]:g} to {e[-1]:g} m ({w.min():.3g} to {w.max():.3g} m)"
            for name, e, w in zip(AXES, self.edges, self.widths, strict=True)
        )
        return f"grid of {cells} = {self.size:,} cells; {spans}; {8e-6 * self.size:.3g} MB a field"

    @property
    def edges(self) -> tuple[Array, Array, Array]:
        """Edges along the axes [m]."""
        return self.x, self.y, self.z

    @property
    def shape(self) -> tuple[int, int, int]:
        """Cells along the axes."""
        return self.x.size - 1, self.y.size - 1, self.z.size - 1

    @property
    def size(self) -> int:
        """Number of cells."""
        return int(np.prod(self.shape))

    @cached_property
    def widths(self) -> tuple[Array, Array, Array]:
        """Widths of the cells along the axes [m]."""
        return np.diff(self.x), np.diff(self.y), np.diff(self.z)

    @cached_property
    def centres(self) -> tuple[Array, Array, Array]:
        """Centres of the cells along the axes [m]."""
        x, y, z = (0.5 * (e[1:] + e[:-1]) for e in self.edges)
        return x, y, z

    @cached_property
    def distances(self) -> tuple[Array, Array, Array]:
        """Distances between neighbouring centres along the axes [m]."""
        x, y, z = (np.diff(c) for c in self.centres)
        return x, y, z

    def along_axis(self, values: Array, axis: int) -> Array:
        """Values along one axis, shaped to broadcast over the cells."""
        shape = [1, 1, 1]
        shape[axis] = values.size
        return values.reshape(shape)

    @property
    def volumes(self) -> Array:
        """Volumes of the cells [m3], shape (x, y, z)."""
        x, y, z = self.widths
        return np.asarray(x[:, None, None] * y[:, None] * z)

    def areas(self, axis: int) -> Array:
        """Areas of the cells' faces across an axis [m2], one cell long in that axis."""
        across = [self.along_axis(self.widths[a], a) for a in range(3) if a != axis]
        return np.asarray(across[0] * across[1])

    def locate(self, points: ArrayLike) -> Indices:
        """Number of the cell that holds each point, shape (..., 3) in, (...) out.

        A point on a face belongs to the cell of greater coordinates, at the end of an axis to the
        last. Points outside raise a ValueError.
        """
        p = np.asarray(points, dtype=float)
        places = []
        for axis, (name, edges) in enumerate(zip(AXES, self.edges, strict=True)):
            c = p[..., axis]
            inside = f"points within the grid, {edges[0]:g} to {edges[-1]:g} m"
            require((c >= edges[0]) & (c <= edges[-1]), f"points, {name}", c, inside)
            places.append(np.minimum(np.searchsorted(edges, c, side="right"), edges.size - 1) - 1)
        return np.asarray(np.ravel_multi_index(tuple(places), self.shape), dtype=np.intp)

    def along(self, start: ArrayLike, end: ArrayLike) -> Crossing:
        """Cells that a segment passes and its length in each; both ends within the grid."""
        a, b = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
        self.locate(np.stack([a, b]))
        cuts: list[NDArray[np.float64]] = [np.array([0.0, 1.0])]
        for axis, edges in enumerate(self.edges):
            if a[axis] != b[axis]:
                share = (edges - a[axis]) / (b[axis] - a[axis])
                cuts.append(share[(share > 0) & (share < 1)])
        t = np.unique(np.concatenate(cuts))
        middle = 0.5 * (t[1:] + t[:-1])
        cells = self.locate(a + middle[:, None] * (b - a))
        lengths = np.diff(t) * np.linalg.norm(b - a)
        first = np.concatenate([[0], np.flatnonzero(np.diff(cells)) + 1])
        return Crossing(cells[first], np.asarray(np.add.reduceat(lengths, first)))


def graded(
    boxes: Sequence[Box], lower: Triple, upper: Triple, growth: float = 1.3, widest: float = np.inf
) -> Grid:
    r"""Grid that resolves boxes and coarsens away from them.

    Parameters
    ----------
    boxes : sequence of Box
        Parts to resolve, each with its widest cell; their faces become faces of cells.
    lower, upper : tuple of float
        Corners of the whole grid, the far field [m].
    growth : float
        Ratio of neighbouring widths away from the boxes, above 1.
    widest : float
        Widest cell anywhere [m].

    Returns
    -------
    Grid
        The grid.

    Raises
    ------
    ValueError
        If a box leaves the grid or a number is out of range.

    Notes
    -----
    Along each axis the width wanted is :math:`h(s) = \min_b (h_b + d_b(s)\ln g)`, with the distance
    d to box b. Between faces of boxes the edges share the integral of 1/h evenly among the next
    whole number of cells, so that neighbouring widths keep the ratio g up to that rounding.

    Examples
    --------
    >>> box = Box((40.0, 0.0, 0.0), (60.0, 1.0, 1.0), 5.0)
    >>> graded([box], (0.0, 0.0, 0.0), (100.0, 1.0, 1.0), growth=1.5).x.round(1)
    array([  0. ,  15.9,  26.9,  34.6,  40. ,  45. ,  50. ,  55. ,  60. ,
            65.4,  73.1,  84.1, 100. ])
    """
    require(growth > 1, "growth", growth, "a ratio above 1")
    require(widest > 0, "widest", widest, "a width above 0 m")
    if not boxes:
        raise ValueError("boxes: got none; give one or more to resolve")
    axes = [
        _edges(
            [(b.lower[i], b.upper[i], float(np.broadcast_to(b.spacing, 3)[i])) for b in boxes],
            (lower[i], upper[i]),
            float(np.log(growth)),
            widest,
        )
        for i in range(3)
    ]
    return Grid(*axes)


def _edges(
    spans: Sequence[tuple[float, float, float]],
    extent: tuple[float, float],
    slope: float,
    widest: float,
) -> Array:
    """Edges along one axis for spans of (low, high, width)."""
    low, high, width = np.array(spans).T
    require(width > 0, "boxes", width, "spacings above 0 m")
    require(low < high, "boxes", high - low, "upper corners beyond the lower")
    inside = (low >= extent[0]) & (high <= extent[1])
    require(
        inside, "boxes", [low.min(), high.max()], f"boxes within {extent[0]:g} to {extent[1]:g}"
    )
    stops = np.unique(np.concatenate([low, high, extent]))
    near_ends = np.sin(np.linspace(0.0, np.pi / 2, 1001)) ** 2
    pieces = [stops[:1]]
    for a, b in pairwise(stops):
        s = a + (b - a) * near_ends
        away = np.maximum(np.maximum(low[:, None] - s, s - high[:, None]), 0.0)
        wanted = np.minimum(np.min(width[:, None] + slope * away, axis=0), widest)
        steps = 0.5 * (1 / wanted[1:] + 1 / wanted[:-1]) * np.diff(s)
        count = np.concatenate([[0.0], np.cumsum(steps)])
        cells = int(np.ceil(count[-1] * (1 - 1e-9)))
        inner = np.interp(np.arange(1, cells) * count[-1] / cells, count, s)
        pieces.append(np.append(inner, b))
    return np.concatenate(pieces)
