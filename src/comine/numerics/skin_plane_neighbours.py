r"""What plane skins that lie within each other's reach feel of each other.

As for cylinders (`comine.numerics.skin_neighbours`), a skin feels besides the grid the part `w` of
another that it lies over, at its distance from that plane. Pieces side by side in one plane do not
lie over each other.

Sources
-------
- H. S. Carslaw, J. C. Jaeger, Conduction of Heat in Solids, 2nd ed., Oxford 1959, section 10.3
  (superposition of sources).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from comine.numerics import Array, Indices
from comine.numerics.polygons import outline
from comine.numerics.skin_host import Hosts
from comine.numerics.skin_neighbours import Neighbours
from comine.numerics.skin_planes import checked_planes, host_planes, points_on
from comine.numerics.skins import Skins

_BEYOND = 1.8  # of the reach: as far as its bend is felt

__all__ = ["beside_plane", "plane_neighbours"]


def plane_neighbours(
    skins: Skins, corners: ArrayLike, edges: Sequence[ArrayLike], parts: int = 2
) -> Neighbours:
    r"""Find the plane skins that feel each other directly.

    Parameters
    ----------
    skins : Skins
        Planes.
    corners : array_like, shape (skins, corners, 3)
        Corners of each skin's polygon [m].
    edges : sequence of three array_like
        Edges of the cells along each axis, in the order of the coordinates [m].
    parts : int
        Parts that triangles about the centroid are cut into, for the places at which others
        are felt [1].

    Returns
    -------
    Neighbours
        All pairs of which one lies over the other within its reach or little beyond.

    Raises
    ------
    ValueError
        If skins are not planes of twice the polygons' area.

    Notes
    -----
    :math:`T_{\mathrm{host},i} = (F\,T)_i + \sum_j \overline{w_j}`, the mean over all of i that lies
    over or under j, at its distance from the plane of j. Pieces side by side in one plane do not
    lie over each other and feel each other through the grid alone.

    At the reach of the source the grid's temperature bends, which the grid rounds off. With the
    flow q that is handed over to one side it lacks there :math:`q/(2k)` times the excess of the
    mean distance between the cells that give and those that are felt over that of the planes; it is
    added by way of the outermost ring.

    Examples
    --------
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> square = np.array([[0, 0, 0], [9, 0, 0], [9, 9, 0], [0, 9, 0]])
    >>> shape = Shape("plane", [0.0] * 3, [25.0] * 3, [162.0] * 3)
    >>> pieces = make_skins(shape, Matter([3.0] * 3, [2.25e6] * 3))
    >>> over_and_beside = square + np.array([[[0, 0, 0]], [[0, 0, 5]], [[9, 0, 0]]])
    >>> near = plane_neighbours(pieces, over_and_beside, [np.arange(-50.0, 61.0, 10.0)] * 3)
    >>> near.target, near.source
    (array([0, 1]), array([1, 0]))
    """
    c, reach = checked_planes(skins, corners), skins.face[-1]
    points, polygon, share_ = points_on(c, parts)
    first = np.searchsorted(polygon, np.arange(len(c) + 1))
    pairs = _near(c, _BEYOND * reach)
    found = [np.zeros((0, 2), dtype=np.int64)]
    weights = [np.zeros((skins.capacity.shape[0], 0))]
    bends = [np.zeros((2, 0))]
    for some in np.array_split(pairs, len(pairs) // 5000 + 1):
        count = first[some[:, 0] + 1] - first[some[:, 0]]
        pair = np.repeat(np.arange(len(some)), count)
        point = np.arange(pair.size) - np.repeat(np.cumsum(count) - count, count)
        point += first[some[pair, 0]]
        source = some[pair, 1]
        over, away = _over(points[point], c, source)
        over[away >= _BEYOND * reach[source]] = 0.0
        place = (np.arange(pair.size), pair)
        over_one = csr_array((over * share_[point], place), shape=(pair.size, len(some)))
        from_planes = 0.5 * (np.abs(away - reach[source]) + away + reach[source])
        bend = np.bincount(pair, share_[point] * from_planes, len(some))
        covered = np.asarray(over_one.sum(axis=0))
        felt = covered > 0.0
        found.append(some[felt])
        weights.append((beside_plane(skins, source, away) @ over_one)[:, felt])
        bends.append(np.stack([covered, bend])[:, felt])
    target, source = np.concatenate(found).T
    weight, (covered, exact) = np.concatenate(weights, axis=1), np.concatenate(bends, axis=1)
    hosts = host_planes(skins, c, edges)
    last = reach[source] - skins.face[-2, source]
    weight[-1] += 2.0 * covered / last * (_apart(hosts, c, edges, target, source) - exact)
    some_felt = weight.any(axis=0)
    return Neighbours(target[some_felt], source[some_felt], weight[:, some_felt])


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


def _apart(
    hosts: Hosts, corners: Array, edges: Sequence[ArrayLike], target: Indices, source: Indices
) -> Array:
    """Mean distance, across the source's plane, of the cells that targets feel and it heats."""
    normal = outline(corners).normal
    middles = [0.5 * (np.asarray(e, dtype=float)[1:] + np.asarray(e)[:-1]) for e in edges]
    shape = [len(m) for m in middles]
    spread, found = hosts.spread.tocsc(), np.zeros(target.size)

    def height(cells: NDArray[np.integer], number: int) -> Array:
        places = np.unravel_index(cells, shape)
        parts = (n * m[i] for n, m, i in zip(normal[number], middles, places, strict=True))
        return np.asarray(sum(parts), dtype=float)

    order = np.argsort(source, kind="stable")
    starts = np.searchsorted(source[order], np.arange(len(corners) + 1))
    for number in range(len(corners)):
        pairs = order[starts[number] : starts[number + 1]]
        if pairs.size:
            own = slice(*spread.indptr[number : number + 2])
            felt = hosts.felt[target[pairs]]
            gap = height(felt.indices, number)[:, None] - height(spread.indices[own], number)
            mean = np.abs(gap) @ spread.data[own]
            found[pairs] = csr_array((mean * felt.data, felt.indices, felt.indptr), felt.shape).sum(
                1
            )
    return found
