r"""Where plane skins meet the grid that hosts them: fractures, filled joints, thin dykes.

The skin of a fracture's piece has both its faces as its extent, 2A, and the same profile on either
side. What it hands over enters the grid on the two planes at the reach, half on each; its wall
feels the grid's temperature in its own plane. As for cylinders (`comine.numerics.skin_host`)
nothing is cut out of the grid, and pieces may lie in faces of cells, between them or across.

Points shared among cells are blurred by more or less, as they lie between centres. Here both ways
use three places across the plane, a cell apart, with weights (of either sign) that make the blur
the same wherever the plane lies: together a seventh of the square of the cells' width, about where
it was found to cancel the error of the grid's second differences.

Pieces of one plane conduct to each other through the grid alone. Where the fracture ends, heat goes
around its border (`comine.numerics.skin_borders`). Pieces of other planes within the reach are felt
directly (`comine.numerics.skin_plane_neighbours`).

Sources
-------
- R. W. Hockney, J. W. Eastwood, Computer Simulation Using Particles, McGraw-Hill 1981, chapter 5.
- H. S. Carslaw, J. C. Jaeger, Conduction of Heat in Solids, 2nd ed., Oxford 1959, sections 2.4,
  2.7 (the half-space that one side of a plane skin is).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from comine.numerics import Array, Indices
from comine.numerics.checks import require
from comine.numerics.polygons import checked_polygons, outline
from comine.numerics.skin_borders import points_around
from comine.numerics.skin_host import Hosts, share_weighted
from comine.numerics.skins import Skins

_BLUR = 1.0 / 14.0  # of the square of the cells' width, each way

__all__ = ["checked_planes", "host_planes", "points_on"]


def points_on(corners: ArrayLike, parts: int = 3) -> tuple[Array, Indices, Array]:
    """Points that stand for polygons.

    Parameters
    ----------
    corners : array_like, shape (polygons, corners, 3)
        Plane convex polygons [m].
    parts : int
        Parts that the sides of the triangles about the centroid are cut into [1].

    Returns
    -------
    points : ndarray, shape (points, 3)
        Points [m].
    polygon : ndarray of int, shape (points,)
        Number of the polygon of each.
    weights : ndarray, shape (points,)
        Share of each in the area of its polygon [1].

    Raises
    ------
    ValueError
        If parts are fewer than 1 or a polygon has no area, is not plane or not convex.

    Examples
    --------
    >>> square = [[0, 0, 0], [2, 0, 0], [2, 2, 0], [0, 2, 0]]
    >>> points, _, weights = points_on([square], parts=1)
    >>> points[0].round(3), weights
    (array([1.   , 0.333, 0.   ]), array([0.25, 0.25, 0.25, 0.25]))
    """
    require(parts >= 1, "parts", parts, "1 or more")
    c = checked_polygons(corners)
    area, centroid, _ = outline(c)
    along, after = c - centroid[:, None], np.roll(c, -1, axis=1) - centroid[:, None]
    share_ = 0.5 * np.linalg.norm(np.cross(along, after), axis=2) / area[:, None]
    polygon, corner = np.nonzero(share_ > 1e-12)
    u, v = np.meshgrid(np.arange(parts), np.arange(parts), indexing="ij")
    up, down = u + v < parts, u + v < parts - 1  # small triangles that stand, and that hang
    one = np.concatenate([u[up] + 1.0 / 3.0, u[down] + 2.0 / 3.0]) / parts
    two = np.concatenate([v[up] + 1.0 / 3.0, v[down] + 2.0 / 3.0]) / parts
    points = (
        centroid[polygon][:, None]
        + one[:, None] * along[polygon, corner][:, None]
        + two[:, None] * after[polygon, corner][:, None]
    )
    weights = np.repeat(share_[polygon, corner] / parts**2, parts**2)
    return points.reshape(-1, 3), np.repeat(polygon, parts**2), np.asarray(weights)


def host_planes(
    skins: Skins,
    corners: ArrayLike,
    edges: Sequence[ArrayLike],
    border: ArrayLike | None = None,
    parts: int = 3,
) -> Hosts:
    """Matrices between a grid and plane skins on polygons.

    Parameters
    ----------
    skins : Skins
        Planes as `comine.numerics.skins.make_skins` gives them, of an extent of twice the area.
    corners : array_like, shape (skins, corners, 3)
        Corners of each skin's polygon [m].
    edges : sequence of three array_like
        Edges of the cells along each axis, in the order of the coordinates [m].
    border : array_like of bool, shape (skins, corners), optional
        Whether the fracture ends at the edge from each corner to the next; for skins that
        `comine.numerics.skin_borders.widened` has widened there.
    parts : int
        Parts that triangles about the centroid are cut into [1]: enough that points lie no further
        apart than half a cell; 3 will do for pieces that the grid has cut.

    Returns
    -------
    Hosts
        Matrices. `ends` is empty. Without layers no heat capacity is displaced; with them the
        grid is given theirs, as the filling of an opening that the grid does not show.

    Raises
    ------
    ValueError
        If skins are not planes of twice the polygons' area, or the reach of one and a cell beyond
        it leave the grid.

    Examples
    --------
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> square = [[45, 45, 50], [55, 45, 50], [55, 55, 50], [45, 55, 50]]
    >>> piece = make_skins(Shape("plane", [0.0], [25.0], [200.0]), Matter([3.0], [2.25e6]))
    >>> hosts = host_planes(piece, [square], [np.arange(0.0, 101.0, 10.0)] * 3)
    >>> hosts.spread.shape, float(hosts.spread.sum().round(12)), float(hosts.felt.sum().round(12))
    ((1000, 1), 1.0, 1.0)
    """
    c = checked_planes(skins, corners)
    normal = outline(c).normal
    points, number, weights = points_on(c, parts)
    count, reach, none = skins.wall_area.size, skins.face[-1], np.zeros(skins.wall_area.size)

    def shared(distance: Array) -> csr_array:
        away = (distance[:, None] * normal)[number]
        sides = [
            share_weighted(points + to * away, number, 0.5 * weights, edges, count)
            for to in (-1.0, 1.0)
        ]
        return csr_array(sides[0] + sides[1])

    on_plane = share_weighted(points, number, weights, edges, count)
    squares = np.meshgrid(*[np.diff(e) ** 2 for e in edges], indexing="ij")
    width = on_plane.T @ np.stack([each.ravel() for each in squares], axis=1)  # of the cells
    apart, wanted = (
        np.sqrt((normal**2 * width).sum(axis=1)),
        _BLUR * (normal**4 * width).sum(axis=1),
    )

    def blurred(distance: Array, middle: csr_array, beside: csr_array) -> csr_array:
        near, far = _blur(middle, c, edges), _blur(beside, c, edges)
        more, lacking = far - near, wanted + distance**2 - near
        # none where cells are so wide there that all three places share the same two
        part = np.divide(lacking, more, out=np.zeros_like(more), where=more != 0.0)
        part = np.clip(part, -0.5, 0.5)
        return csr_array(middle * (1.0 - part) + beside * part)

    on_reach = 0.5 * (shared(reach + apart) + shared(reach - apart))
    spread = blurred(reach, shared(reach), on_reach)
    felt = blurred(none, on_plane, shared(apart))
    if border is not None:
        around = points_around(c, border, reach)
        given = np.bincount(around.polygon, around.weights, count)
        ahead = share_weighted(around.points, around.polygon, around.weights, edges, count)
        spread = spread * (1.0 - given) + ahead
    return Hosts(csr_array(spread), csr_array(felt.T), on_plane, csr_array(on_plane.shape))


def checked_planes(skins: Skins, corners: ArrayLike) -> Array:
    """Corners, refused unless there is a polygon of half the wall's area for each skin."""
    c = checked_polygons(corners)
    area = outline(c).area
    if skins.wall_area.shape != area.shape:
        raise ValueError(
            f"corners: got {area.size} polygons for {skins.wall_area.size} skins; give one each"
        )
    ratio = skins.wall_area / area
    require(np.abs(ratio - 2.0) < 1e-6, "extent over area", ratio, "twice the polygon's area")
    require(skins.axial == 0.0, "axial", skins.axial, "plane skins")
    return c


def _blur(shares: csr_array, corners: Array, edges: Sequence[ArrayLike]) -> Array:
    """Mean square distance from each polygon's plane of the centres of the cells with a share."""
    _, centroid, normal = outline(corners)
    entries = shares.tocoo()
    cell, number = entries.coords
    places = np.unravel_index(cell, [np.size(e) - 1 for e in edges])
    away = -np.einsum("ij,ij->i", centroid, normal)[number]
    for axis, (each, place) in enumerate(zip(edges, places, strict=True)):
        edge = np.asarray(each, dtype=float)
        away += normal[number, axis] * 0.5 * (edge[place] + edge[place + 1])
    return np.asarray(np.bincount(number, entries.data * away**2, len(centroid)), dtype=float)
