r"""Borders of fractures: heat that goes around the edge, in the skins of the pieces there.

Beside a plane of given temperature the border draws heat from ahead of the fracture as well. As
long as borders are far apart against the depth that the heat has gone, both faces together pass
:math:`k\,\Delta T` more than two half-spaces for each metre of border, at all times. A piece of
area A with a length P of border is given this by surfaces that widen with the distance s,

.. math:: A(s) = 2A\,(1 + c\,s)^2, \qquad c = \frac{P}{2A},

those of a sphere of radius 1/c, whose flow is exactly
:math:`k\,2A\,[(\pi\alpha t)^{-1/2} + c]\,\Delta T` until the reach.

Sources
-------
- H. S. Carslaw, J. C. Jaeger, Conduction of Heat in Solids, 2nd ed., Oxford 1959, section 9.10
  (the sphere).
- K. Pruess, T. N. Narasimhan, SPE Journal 25 (1985) 14-26 (volumes by the distance from
  fractures). That a border adds kΔT was found on fine grids (`tests/numerics/test_skin_planes.py`).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comine.numerics import Array, Indices
from comine.numerics._rings import resistances, volume
from comine.numerics.grid import Grid
from comine.numerics.polygon_cells import Pieces, length_tolerance
from comine.numerics.polygons import checked_polygons, outline
from comine.numerics.skins import Skins

__all__ = ["Around", "borders", "points_around", "widened"]

_TURNS, _ALONG = 12, 4


class Around(NamedTuple):
    """Points around borders, leading shape (points,)."""

    points: Array
    """Coordinates, shape (points, 3) [m]."""
    polygon: Indices
    """Number of the polygon of each."""
    weights: Array
    """Share of each in the heat that the polygon hands over [1]."""


def borders(pieces: Pieces, corners: ArrayLike, grid: Grid) -> NDArray[np.bool_]:
    """Find the edges of pieces that lie on the border of their polygon.

    Parameters
    ----------
    pieces : Pieces
        Pieces as `comine.numerics.polygon_cells.cut` gives them.
    corners : array_like, shape (polygons, corners, 3)
        The polygons that were cut [m].
    grid : Grid
        The grid that cut them.

    Returns
    -------
    ndarray of bool, shape (pieces, corners)
        Whether the edge from each corner to the next lies on the border; edges on the border of the
        grid, beyond which no heat goes, do not.

    Examples
    --------
    >>> from comine.numerics.polygon_cells import cut
    >>> edges = np.arange(0.0, 31.0, 10.0)
    >>> grid = Grid(edges, edges, edges)
    >>> upright = np.array([[[5, 0, 0], [5, 20, 0], [5, 20, 10], [5, 0, 10]]])
    >>> borders(cut(upright, grid), upright, grid).sum(axis=1)
    array([1, 2])
    """
    whole, tolerance = checked_polygons(corners), length_tolerance(grid)
    begin, end = pieces.corners, np.roll(pieces.corners, -1, axis=1)
    lies = np.zeros(begin.shape[:2], dtype=bool)
    normal = outline(whole).normal
    for k in range(whole.shape[1]):
        start, side = whole[:, k], np.roll(whole, -1, axis=1)[:, k] - whole[:, k]
        length = np.linalg.norm(side, axis=1)
        outwards = np.cross(side, normal) / np.where(length > 0.0, length, 1.0)[:, None]
        first, out = start[pieces.polygon][:, None], outwards[pieces.polygon]
        near = [
            np.abs(np.einsum("ijk,ik->ij", at - first, out)) <= tolerance for at in (begin, end)
        ]
        lies |= near[0] & near[1] & (length[pieces.polygon] > 0.0)[:, None]
    for axis, edges in enumerate(grid.edges):
        for edge in (edges[0], edges[-1]):
            on = np.abs(pieces.corners[..., axis] - edge) <= tolerance
            in_side = np.all(on, axis=1, keepdims=True)  # the whole piece lies on the grid's side
            lies &= ~(on & np.roll(on, -1, axis=1)) | in_side
    return np.asarray(lies & (np.linalg.norm(end - begin, axis=2) > tolerance))


def widened(skins: Skins, corners: ArrayLike, border: ArrayLike) -> Skins:
    """Let plane skins widen away from the fracture at its borders.

    Parameters
    ----------
    skins : Skins
        Planes, of an extent of twice the polygons' area.
    corners : array_like, shape (skins, corners, 3)
        Corners of each skin's polygon [m].
    border : array_like of bool, shape (skins, corners)
        Whether the fracture ends at the edge from each corner to the next.

    Returns
    -------
    Skins
        The same with the rings behind the layers widened; those without a border are left as
        they are.

    Examples
    --------
    >>> from comine.numerics.skin_stage import eliminate
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> square = [[0, 0, 0], [10, 0, 0], [10, 10, 0], [0, 10, 0]]
    >>> piece = make_skins(Shape("plane", [0.0], [30.0], [200.0]), Matter([3.0], [2.25e6]))
    >>> wide = widened(piece, [square], [[True, False, False, False]])
    >>> steady = 1.0 / (3.0 * 10.0) - 1.0 / (3.0 * 10.0 * (1 + 10 / 200 * 30))  # of a sphere
    >>> float((eliminate(wide, 1e15).pivot / steady).round(6)[0])
    1.0
    """
    length = _border_length(corners, border)
    some = np.flatnonzero(length > 0.0)
    face, area = skins.face[:, some], skins.wall_area[some]
    radius = area / length[some]
    cross, capacity = skins.cross[:, some], skins.capacity[:, some]
    width = np.diff(face, axis=0)
    conductivity = width / (6.0 * cross * area)
    count = area / (4.0 * np.pi * radius**2)
    behind = face[:-1] >= 0.0
    layered = np.minimum(face, 0.0) / np.where(face[0] < 0.0, -2.0 * face[0], 1.0)
    at = np.where(face < 0.0, radius * (1.0 + layered), radius + face)  # those of layers: any
    inner, between, outer = resistances(at, count, 2, conductivity)
    filled = capacity / (area * width) * np.diff(volume(at, count, 2), axis=0)
    plain = 2.0 * cross  # of either face of a ring that does not widen
    inner, outer = np.where(behind, inner, plain), np.where(behind, outer, plain)
    faces = np.vstack([inner, np.zeros_like(area)])
    faces[1:] += outer
    faces[np.isinf(skins.resistance[:, some])] = np.inf
    changed = {
        "capacity": np.where(behind, filled, capacity),
        "resistance": faces,
        "cross": np.where(behind, between, cross),
    }
    made = {name: getattr(skins, name).copy() for name in changed}
    for name, values in changed.items():
        made[name][:, some] = values
    return skins._replace(**made)


def points_around(corners: ArrayLike, border: ArrayLike, reach: ArrayLike) -> Around:
    """Points ahead of borders at which the skins' heat is handed over.

    Parameters
    ----------
    corners : array_like, shape (skins, corners, 3)
        Corners of each skin's polygon [m].
    border : array_like of bool, shape (skins, corners)
        Whether the fracture ends at the edge from each corner to the next.
    reach : array_like, shape (skins,)
        Reach of each skin [m].

    Returns
    -------
    Around
        Points on half cylinders of the radius of the reach about the edges; what their weights
        leave of one is handed over beside the polygon.

    Examples
    --------
    >>> square = [[0, 0, 0], [10, 0, 0], [10, 10, 0], [0, 10, 0]]
    >>> around = points_around([square], [[True, False, False, False]], [30.0])
    >>> around.points[:, 1].max().round(3) + 0.0, round(float(around.weights.sum()), 3)
    (np.float64(-3.916), 0.84)
    """
    c, ends, far = np.asarray(corners, float), np.asarray(border, bool), np.asarray(reach, float)
    area, _, normal = outline(c)
    length = _border_length(c, ends)
    given = 1.0 - (1.0 + 0.5 * length / area * far) ** -2.0
    polygon, corner = np.nonzero(ends)
    begin = c[polygon, corner]
    side = c[polygon, (corner + 1) % c.shape[1]] - begin
    size = np.linalg.norm(side, axis=1)
    outwards = np.cross(side, normal[polygon]) / np.where(size > 0.0, size, 1.0)[:, None]
    angle = np.pi * ((np.arange(_TURNS) + 0.5) / _TURNS - 0.5)
    turned = (
        np.cos(angle)[:, None, None] * outwards + np.sin(angle)[:, None, None] * normal[polygon]
    )
    place = ((np.arange(_ALONG) + 0.5) / _ALONG)[:, None, None, None]
    points = begin + place * side + far[polygon][:, None] * turned
    total = np.where(length > 0.0, length, 1.0)
    weights = (given / total)[polygon] * size / (_TURNS * _ALONG)
    repeats = _TURNS * _ALONG
    return Around(points.reshape(-1, 3), np.tile(polygon, repeats), np.tile(weights, repeats))


def _border_length(corners: ArrayLike, border: ArrayLike) -> Array:
    """Length of the borders of each polygon."""
    c, ends = np.asarray(corners, dtype=float), np.asarray(border, dtype=bool)
    if ends.shape != c.shape[:2]:
        raise ValueError(f"border: got shape {ends.shape}; give one for each corner, {c.shape[:2]}")
    return np.asarray((np.linalg.norm(np.roll(c, -1, axis=1) - c, axis=2) * ends).sum(axis=1))
