r"""Where plane skins meet the grid that hosts them: fractures, filled joints, thin dykes.

The skin of a fracture's piece has both its faces as its extent, 2A, and the same profile on either
side. What it hands over enters the grid on the two planes at the reach, half on each; its wall
feels the grid's temperature in its own plane. As for cylinders (`comine.numerics.skin_host`)
nothing is cut out of the grid, and pieces may lie in faces of cells, between them or across.

The wall feels the grid through a kernel across the plane. Together with the sharing of the heat at
the reach it blurs by a seventh of the square of the cells' width, wherever the plane lies: about
there the blur and the error of the grid's second differences were found to cancel.

Pieces of one plane conduct to each other through the grid alone. Where the fracture ends, heat goes
around its border (`comine.numerics.skin_borders`). Pieces of other planes within the reach are felt
directly (`plane_neighbours`).

Sources
-------
- R. W. Hockney, J. W. Eastwood, Computer Simulation Using Particles, McGraw-Hill 1981, chapter 5.
- H. S. Carslaw, J. C. Jaeger, Conduction of Heat in Solids, 2nd ed., Oxford 1959, sections 2.4,
  2.7 (the half-space that one side of a plane skin is).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from comine.numerics import Array, Indices
from comine.numerics.checks import require
from comine.numerics.polygons import checked_polygons, outline
from comine.numerics.skin_borders import points_around
from comine.numerics.skin_host import Hosts, share
from comine.numerics.skin_neighbours import Neighbours
from comine.numerics.skins import Skins

_BLUR = 1.0 / 7.0  # of the square of the cells' width; measured, 1/9 to 1/6 do nearly as well

__all__ = ["beside_plane", "host_planes", "plane_neighbours", "points_on"]


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
        If skins are not planes of twice the polygons' area, or the reach of one leaves the grid.

    Examples
    --------
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> square = [[45, 45, 50], [55, 45, 50], [55, 55, 50], [45, 55, 50]]
    >>> piece = make_skins(Shape("plane", [0.0], [25.0], [200.0]), Matter([3.0], [2.25e6]))
    >>> hosts = host_planes(piece, [square], [np.arange(0.0, 101.0, 10.0)] * 3)
    >>> hosts.spread.shape, float(hosts.spread.sum().round(12)), float(hosts.felt.sum().round(12))
    ((1000, 1), 1.0, 1.0)
    """
    c = _checked(skins, corners)
    normal = outline(c).normal
    points, number, weights = points_on(c, parts)
    count, reach = skins.wall_area.size, skins.face[-1]
    mean = csr_array((weights, (np.arange(number.size), number)), shape=(number.size, count))

    def shared(distance: Array) -> csr_array:
        away = (distance[:, None] * normal)[number]
        sides = [share((points + to * away)[None], edges) for to in (-1.0, 1.0)]
        return csr_array(0.5 * (sides[0] + sides[1]) @ mean)

    on_plane, spread = shared(np.zeros(count)), shared(reach)
    squares = np.meshgrid(*[np.diff(e) ** 2 for e in edges], indexing="ij")
    width = on_plane.T @ np.stack([each.ravel() for each in squares], axis=1)  # of the cells
    wanted = _BLUR * (normal**4 * width).sum(axis=1)
    beside = shared(np.sqrt((normal**2 * width).sum(axis=1)))
    near, far = _blur(on_plane, c, edges), _blur(beside, c, edges)
    part = np.clip((wanted + reach**2 - _blur(spread, c, edges) - near) / (far - near), -0.5, 0.5)
    felt = on_plane * (1.0 - part) + beside * part
    if border is not None:
        around = points_around(c, border, reach)
        given = np.bincount(around.polygon, around.weights, count)
        place = (around.weights, (np.arange(around.polygon.size), around.polygon))
        ahead = csr_array(place, shape=(around.polygon.size, count))
        spread = spread * (1.0 - given) + share(around.points[None], edges) @ ahead
    return Hosts(csr_array(spread), csr_array(felt.T), on_plane, csr_array(on_plane.shape))


def plane_neighbours(skins: Skins, corners: ArrayLike, parts: int = 2) -> Neighbours:
    r"""Find the plane skins that feel each other directly.

    Parameters
    ----------
    skins : Skins
        Planes.
    corners : array_like, shape (skins, corners, 3)
        Corners of each skin's polygon [m].
    parts : int
        Parts that triangles about the centroid are cut into, for the places at which others
        are felt [1].

    Returns
    -------
    Neighbours
        All pairs of which one lies over the other within its reach.

    Raises
    ------
    ValueError
        If skins are not planes of twice the polygons' area.

    Notes
    -----
    :math:`T_{\mathrm{host},i} = (F\,T)_i + \sum_j \overline{w_j}`, the mean over all of i that lies
    over or under j, at its distance from the plane of j. Pieces side by side in one plane do not
    lie over each other and feel each other through the grid alone. What the grid cannot follow is
    the bend of its temperature at the reach of the one where the other feels it.

    Examples
    --------
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> square = np.array([[0, 0, 0], [9, 0, 0], [9, 9, 0], [0, 9, 0]])
    >>> shape = Shape("plane", [0.0] * 3, [25.0] * 3, [162.0] * 3)
    >>> pieces = make_skins(shape, Matter([3.0] * 3, [2.25e6] * 3))
    >>> over_and_beside = square + np.array([[[0, 0, 0]], [[0, 0, 5]], [[9, 0, 0]]])
    >>> near = plane_neighbours(pieces, over_and_beside)
    >>> near.target, near.source
    (array([0, 1]), array([1, 0]))
    """
    c = _checked(skins, corners)
    points, polygon, share_ = points_on(c, parts)
    first = np.searchsorted(polygon, np.arange(len(c) + 1))
    pairs = _near(c, skins.face[-1])
    found = [np.zeros((0, 2), dtype=np.int64)]
    weights = [np.zeros((skins.capacity.shape[0], 0))]
    for some in np.array_split(pairs, len(pairs) // 5000 + 1):
        count = first[some[:, 0] + 1] - first[some[:, 0]]
        pair = np.repeat(np.arange(len(some)), count)
        point = np.arange(pair.size) - np.repeat(np.cumsum(count) - count, count)
        point += first[some[pair, 0]]
        over, away = _over(points[point], c, some[pair, 1])
        met = np.flatnonzero((over > 0.0) & (away < skins.face[-1, some[pair, 1]]))
        mean = csr_array(
            ((over * share_[point])[met], (np.arange(met.size), pair[met])),
            shape=(met.size, len(some)),
        )
        weight = beside_plane(skins, some[pair[met], 1], away[met]) @ mean
        felt = weight.any(axis=0)
        found.append(some[felt])
        weights.append(weight[:, felt])
    target, source = np.concatenate(found).T
    return Neighbours(target, source, np.concatenate(weights, axis=1))


def beside_plane(skins: Skins, source: ArrayLike, distance: ArrayLike) -> Array:
    """Weights of the rings of planes in what they add to the temperature at a distance.

    Parameters
    ----------
    skins : Skins
        Planes.
    source : array_like of int, shape (pairs,)
        Number of the skin that is felt.
    distance : array_like, shape (pairs,)
        Distance from its plane, to either side [m].

    Returns
    -------
    ndarray, shape (rings, pairs)
        Weights [1], all zero from the reach outwards.

    Notes
    -----
    Linear between the middles of the rings and to zero at the reach; nearer than the first ring's
    middle, behind the layers, that ring alone.

    Examples
    --------
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> shape = Shape("plane", [0.0], [8.0], [2.0])
    >>> piece = make_skins(shape, Matter([3.0], [2.25e6]), rings=2, soonest=1e9)
    >>> beside_plane(piece, [0, 0, 0], [4.0, 7.0, 9.0]).round(3)  # rings of 0 to 4, 4 to 8 m
    array([[0.5, 0. , 0. ],
           [0.5, 0.5, 0. ]])
    """
    of, away = np.asarray(source, dtype=np.int64), np.asarray(distance, dtype=float)
    face = skins.face[:, of]
    place = np.vstack([0.5 * (face[1:] + face[:-1]), face[-1]])
    low = np.clip((place <= away).sum(axis=0) - 1, 0, place.shape[0] - 2)
    pairs = np.arange(of.size)
    part = (away - place[low, pairs]) / (place[low + 1, pairs] - place[low, pairs])
    part = np.clip(part, 0.0, 1.0)
    weights = np.zeros_like(place)
    weights[low, pairs] = 1.0 - part
    weights[low + 1, pairs] += part
    return np.asarray(weights[:-1])


def _checked(skins: Skins, corners: ArrayLike) -> Array:
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


def _near(corners: Array, reach: Array) -> NDArray[np.int64]:
    """Pairs of polygons of which the first may lie over the second within its reach."""
    _, centroid, normal = outline(corners)
    size = np.linalg.norm(corners - centroid[:, None], axis=2).max(axis=1)
    tree = KDTree(centroid)
    close = tree.query_pairs(float(reach.max() + 2.0 * size.max()), output_type="ndarray")
    pairs = np.concatenate([close, close[:, ::-1]]).astype(np.int64)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    target, source = pairs.T
    gap = centroid[target] - centroid[source]
    height = np.abs(np.einsum("ij,ij->i", gap, normal[source]))
    aside = np.sqrt(np.maximum((gap**2).sum(axis=1) - height**2, 0.0))
    may = (height < reach[source] + size[target]) & (aside < size[target] + size[source])
    return np.asarray(pairs[may])


def _over(points: Array, corners: Array, which: Indices) -> tuple[Array, Array]:
    """Whether points lie over polygons (a half on the border), and their distances."""
    _, centroid, normal = outline(corners)
    side = np.roll(corners, -1, axis=1) - corners
    length = np.linalg.norm(side, axis=2)
    outwards = np.cross(side, normal[:, None]) / np.where(length > 0.0, length, 1.0)[..., None]
    border = np.einsum("ijk,ijk->ij", corners, outwards)
    beyond = np.einsum("ijk,ik->ij", outwards[which], points) - border[which]
    real = length[which] > 0.0
    edge = 1e-6 * length.max(axis=1)[which, None]
    over = 0.5 * np.all((beyond < edge) | ~real, axis=1)
    over += 0.5 * np.all((beyond < -edge) | ~real, axis=1)
    away = np.einsum("ij,ij->i", points - centroid[which], normal[which])
    return over, np.abs(away)
