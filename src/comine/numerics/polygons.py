"""Planar convex polygons in space: fractures, walls and skins of any orientation.

A batch of polygons is an array of corners of shape (polygons, corners, 3) in order around each;
one with fewer corners than others repeats its last (`stack`). The normal follows from their order
by the right hand.

Sources
-------
- I. E. Sutherland, G. W. Hodgman, Communications of the ACM 17 (1974) 32-42 (clipping).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.numerics import Array, Indices
from comine.numerics.checks import require

__all__ = ["Crossings", "Outline", "checked_polygons", "crossings", "disc", "outline", "rectangle"]
__all__ += ["stack"]

_FLAT = 1e-6  # of the size: how far corners may lie from their plane or a bend from convexity


class Outline(NamedTuple):
    """What follows from corners; leading shape (polygons,)."""

    area: Array
    """Area [m2]."""
    centroid: Array
    """Centre of the area, shape (polygons, 3) [m]."""
    normal: Array
    """Unit normal, shape (polygons, 3) [1]."""


class Crossings(NamedTuple):
    """Segments in which polygons cross."""

    first: Indices
    """Number of the one polygon, shape (crossings,)."""
    second: Indices
    """Number of the other, greater than that of the first, shape (crossings,)."""
    ends: Array
    """Ends of the segment, shape (crossings, 2, 3) [m]."""


def stack(polygons: Sequence[ArrayLike]) -> Array:
    """Stack polygons of different numbers of corners.

    Parameters
    ----------
    polygons : sequence of array_like, shape (corners, 3)
        Corners of each polygon [m].

    Returns
    -------
    ndarray, shape (polygons, corners, 3)
        Corners, the last of each repeated to the greatest number [m].

    Raises
    ------
    ValueError
        If a polygon has fewer than three corners.

    Examples
    --------
    >>> triangle = [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
    >>> square = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]
    >>> stack([triangle, square])[0, :, 1]
    array([0., 0., 1., 1.])
    """
    given = [np.asarray(p, dtype=float) for p in polygons]
    for corners in given:
        if corners.ndim != 2 or corners.shape[1] != 3 or corners.shape[0] < 3:
            raise ValueError(
                f"polygons: got shape {corners.shape}; give three or more corners, shape (n, 3)"
            )
    most = max((len(corners) for corners in given), default=3)
    padded = [np.pad(c, ((0, most - len(c)), (0, 0)), mode="edge") for c in given]
    return np.stack(padded) if padded else np.zeros((0, most, 3))


def outline(corners: ArrayLike) -> Outline:
    """Area, centroid and normal of polygons.

    Parameters
    ----------
    corners : array_like, shape (polygons, corners, 3)
        Corners in order [m].

    Returns
    -------
    Outline
        Area, centroid and normal; the mean of the corners and no normal where the area is 0.

    Examples
    --------
    >>> square = outline([[[0, 0, 0], [2, 0, 0], [2, 2, 0], [0, 2, 0]]])
    >>> square.area, square.centroid, square.normal
    (array([4.]), array([[1., 1., 0.]]), array([[0., 0., 1.]]))
    """
    c = np.asarray(corners, dtype=float)
    middle = c.mean(axis=1)
    about = c - middle[:, None]
    after = np.roll(about, -1, axis=1)
    twice = np.cross(about, after)
    total = twice.sum(axis=1)
    size = np.linalg.norm(total, axis=1)
    some = np.where(size > 0.0, size, 1.0)
    normal = total / some[:, None]
    weight = np.einsum("ijk,ik->ij", twice, normal) / some[:, None]
    offset = np.einsum("ij,ijk->ik", weight, about + after) / 3.0
    return Outline(0.5 * size, middle + offset, normal)


def checked_polygons(corners: ArrayLike) -> Array:
    """Corners as an array, refused unless each polygon is plane, convex and of some area.

    Parameters
    ----------
    corners : array_like, shape (polygons, corners, 3)
        Corners in order [m].

    Returns
    -------
    ndarray, shape (polygons, corners, 3)
        The same [m].

    Raises
    ------
    ValueError
        If a polygon has no area, is bent out of its plane or is not convex (by more than a
        millionth of its size).

    Examples
    --------
    >>> checked_polygons([[[0, 0, 0], [1, 0, 0], [0, 1, 0]]]).shape
    (1, 3, 3)
    """
    c = np.asarray(corners, dtype=float)
    if c.ndim != 3 or c.shape[2] != 3 or c.shape[1] < 3:
        raise ValueError(f"corners: got shape {c.shape}; give (polygons, 3 or more corners, 3)")
    if not c.size:
        return c
    require(np.isfinite(c), "corners", c, "finite coordinates")
    area, centroid, normal = outline(c)
    size = np.linalg.norm(c - centroid[:, None], axis=2).max(axis=1)
    require(area > _FLAT * size**2, "corners, area", area, "polygons of some area")
    bent = np.einsum("ijk,ik->ij", c - centroid[:, None], normal) / size[:, None]
    require(np.abs(bent) < _FLAT, "corners, out of plane over size", bent, "plane polygons")
    side = np.roll(c, -1, axis=1) - c
    outwards = np.cross(side, normal[:, None])
    beyond = np.einsum("nik,njik->nij", outwards, c[:, :, None] - c[:, None]) / size[:, None, None]
    limit = _FLAT * np.linalg.norm(side, axis=2)[:, :, None]
    require(
        beyond <= limit + 1e-12 * size[:, None, None], "corners, bend", beyond, "convex polygons"
    )
    return c


def rectangle(
    centre: ArrayLike,
    dip_direction: ArrayLike,
    dip: ArrayLike,
    length: ArrayLike,
    height: ArrayLike,
) -> Array:
    """Rectangles by their attitude; z is downwards, arguments broadcast.

    Parameters
    ----------
    centre : array_like, shape (..., 3)
        Centre [m].
    dip_direction : array_like, shape (...)
        Angle of the horizontal direction in which it falls, from the x axis to the y axis [rad].
    dip : array_like, shape (...)
        Angle of its fall, 0 for horizontal, pi/2 for vertical [rad].
    length, height : array_like, shape (...)
        Size along the strike and down the dip [m].

    Returns
    -------
    ndarray, shape (..., 4, 3)
        Corners; the normal points upwards, to smaller z [m].

    Raises
    ------
    ValueError
        If a dip is not within 0 to pi/2 or a size not above 0.

    Examples
    --------
    >>> rectangle([0, 0, 100], 0.0, np.pi / 2, 40.0, 20.0).round(9) + 0.0
    array([[  0., -20.,  90.],
           [  0.,  20.,  90.],
           [  0.,  20., 110.],
           [  0., -20., 110.]])
    """
    long, high = np.asarray(length, dtype=float), np.asarray(height, dtype=float)
    require(long > 0.0, "length", long, "sizes above 0 m")
    require(high > 0.0, "height", high, "sizes above 0 m")
    strike, fall = _attitude(dip_direction, dip)
    along, down = 0.5 * long[..., None] * strike, 0.5 * high[..., None] * fall
    middle = np.asarray(centre, dtype=float)
    corners = (-along - down, along - down, along + down, down - along)
    return np.stack([middle + corner for corner in corners], axis=-2)


def disc(
    centre: ArrayLike,
    dip_direction: ArrayLike,
    dip: ArrayLike,
    radius: ArrayLike,
    corners: int = 12,
) -> Array:
    """Discs by their attitude, as regular polygons of the same area; arguments broadcast.

    Parameters
    ----------
    centre : array_like, shape (..., 3)
        Centre [m].
    dip_direction, dip : array_like, shape (...)
        As for `rectangle` [rad].
    radius : array_like, shape (...)
        Radius of the disc [m].
    corners : int
        Corners of the polygon, 3 or more [1].

    Returns
    -------
    ndarray, shape (..., corners, 3)
        Corners; the normal points upwards, to smaller z [m].

    Raises
    ------
    ValueError
        If a dip is not within 0 to pi/2, a radius not above 0 or corners are fewer than 3.

    Examples
    --------
    >>> round(float(outline([disc([0, 0, 0], 1.0, 0.5, 2.0)]).area[0] / (4 * np.pi)), 12)
    1.0
    """
    r = np.asarray(radius, dtype=float)
    require(r > 0.0, "radius", r, "radii above 0 m")
    require(corners >= 3, "corners", corners, "three or more")
    strike, fall = _attitude(dip_direction, dip)
    turn = 2.0 * np.pi / corners
    angle = turn * (np.arange(corners) + 0.5)[:, None]
    out = (r * np.sqrt(turn / np.sin(turn)))[..., None, None]
    round_ = np.cos(angle) * strike[..., None, :] + np.sin(angle) * fall[..., None, :]
    return np.asarray(np.asarray(centre, dtype=float)[..., None, :] + out * round_)


def crossings(corners: ArrayLike) -> Crossings:
    """Find where polygons of a batch cross each other.

    Parameters
    ----------
    corners : array_like, shape (polygons, corners, 3)
        Plane convex polygons [m].

    Returns
    -------
    Crossings
        The pairs that share a segment. Polygons of parallel planes, one upon the other included,
        and such as only touch in a point share none.

    Raises
    ------
    ValueError
        If a polygon has no area, is not plane or not convex.

    Examples
    --------
    >>> flat = rectangle([0, 0, 0], 0.0, 0.0, 10.0, 10.0)
    >>> upright = rectangle([2, 0, 0], 0.0, np.pi / 2, 4.0, 4.0)
    >>> crossings([flat, upright]).ends.round(9) + 0.0
    array([[[ 2.,  2.,  0.],
            [ 2., -2.,  0.]]])
    """
    c = checked_polygons(corners)
    _, centroid, normal = outline(c)
    low, high = c.min(axis=1), c.max(axis=1)
    meet = [
        i
        + 1
        + np.flatnonzero(np.all((low[i + 1 :] <= high[i]) & (high[i + 1 :] >= low[i]), axis=1))
        for i in range(len(c))
    ]
    first = np.repeat(np.arange(len(c)), [len(m) for m in meet])
    second = np.concatenate([np.zeros(0, dtype=np.intp), *meet])
    along = np.cross(normal[first], normal[second])
    sine = np.linalg.norm(along, axis=1)
    some = sine > 1e-9
    first, second, along = first[some], second[some], along[some] / sine[some, None]
    about, n, m = centroid[first], normal[first], normal[second]
    apart = np.einsum("ij,ij->i", centroid[second] - about, m)
    base = (
        apart[:, None] * np.cross(along, n) / np.einsum("ij,ij->i", np.cross(along, n), m)[:, None]
    )
    one = _span(c[first] - about[:, None], m, apart, along)
    other = _span(c[second] - about[:, None], n, np.zeros(len(n)), along)
    begin, end = np.maximum(one[0], other[0]), np.minimum(one[1], other[1])
    size = np.linalg.norm(high - low, axis=1)
    some = end - begin > 1e-9 * np.maximum(size[first], size[second])
    ends = np.stack([begin, end], axis=1)[some, :, None] * along[some, None]
    return Crossings(first[some], second[some], (about + base)[some, None] + ends)


def _attitude(dip_direction: ArrayLike, dip: ArrayLike) -> tuple[Array, Array]:
    """Unit vectors along the strike and down the dip."""
    towards, fall = np.broadcast_arrays(
        np.asarray(dip_direction, dtype=float), np.asarray(dip, dtype=float)
    )
    require((fall >= 0.0) & (fall <= np.pi / 2), "dip", fall, "angles of 0 to pi/2 rad")
    cos, sin, none = np.cos(towards), np.sin(towards), np.zeros(towards.shape)
    strike = np.stack([-sin, cos, none], axis=-1)
    down = np.stack([np.cos(fall) * cos, np.cos(fall) * sin, np.sin(fall)], axis=-1)
    return strike, down


def _span(corners: Array, normal: Array, height: Array, along: Array) -> tuple[Array, Array]:
    """Where the line in a plane of given normal and height enters and leaves each polygon."""
    over = np.einsum("ijk,ik->ij", corners, normal) - height[:, None]
    place = np.einsum("ijk,ik->ij", corners, along)
    over_after, place_after = np.roll(over, -1, axis=1), np.roll(place, -1, axis=1)
    cuts = over * over_after < 0.0
    part = over / np.where(cuts, over - over_after, 1.0)
    at = np.concatenate([place + part * (place_after - place), place], axis=1)
    met = np.concatenate([cuts, over == 0.0], axis=1)
    enter, leave = np.where(met, at, np.inf).min(axis=1), np.where(met, at, -np.inf).max(axis=1)
    return np.asarray(enter), np.asarray(leave)
