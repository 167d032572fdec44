r"""Where skins meet the grid that hosts them.

The heat that a skin hands over is a source on the surface at its reach; the wall feels the grid's
temperature on the skin's axis. Both are points shared among the nearest cells in proportion to
nearness (multilinear weights), so with the matrices of `Hosts`

.. math::

    C\,\dot T = \ldots + S\,q_\mathrm{handed} + E\,m, \qquad T_\mathrm{host} = F\,T, \qquad
    C = C_\mathrm{full} - D\,c_\mathrm{displaced} .

`C` leaves the hole's matter out of the grid, which keeps its conductivity there. `E` conducts
heat lengthwise through the two ends of each skin, behind which its `w` is missing: along an opening
cut into many skins the parts cancel and only the ends remain. No heat is lost: each column of `S`
and `D` adds up to one, of `E` to zero. The grid needs no cell at the skin and no index
of any kind, and any number of skins may share a cell.

Skins nearer to each other than their reach also feel each other directly
(`comine.numerics.skin_neighbours`).

Sources
-------
- R. W. Hockney, J. W. Eastwood, Computer Simulation Using Particles, McGraw-Hill 1981, chapter 5
  (sharing of points among cells, and long- and short-range parts of one field).
- D. W. Peaceman, SPE Journal 18 (1978) 183-194.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from comine.numerics import Array, Indices
from comine.numerics.skins import Skins

__all__ = ["Hosts", "around_axis", "host_cylinders", "share", "share_weighted"]


class Hosts(NamedTuple):
    """Matrices between a grid's cells (flat, in C order) and skins."""

    spread: csr_array
    """Share of the handed heat that each cell gets, shape (cells, skins) [1]."""
    felt: csr_array
    """Weights of the cells in the host temperature of each skin, shape (skins, cells) [1]."""
    displaced: csr_array
    """Share of each skin's displaced heat capacity in each cell, shape (cells, skins) [1]."""
    ends: csr_array
    """Heat that each cell gets per lengthwise moment of a skin, shape (cells, skins) [1/m]."""


def share(points: ArrayLike, edges: Sequence[ArrayLike]) -> csr_array:
    r"""Share points among the cells of a rectilinear grid.

    Parameters
    ----------
    points : array_like, shape (points, skins, axes)
        Coordinates of each skin's points [m].
    edges : sequence of array_like
        Edges of the cells along each axis [m], increasing.

    Returns
    -------
    csr_array, shape (cells, skins)
        Mean of the points' multilinear weights [1]; columns add up to one.

    Raises
    ------
    ValueError
        If edges do not increase or a point lies outside the grid.

    Notes
    -----
    Along each axis a point belongs to the two cells whose centres enclose it, to each in proportion
    to its distance from the other; beyond the outermost centres to the outermost cell alone.

    Examples
    --------
    >>> share([[[5.0, 7.5]]], [[0.0, 10.0, 20.0], [0.0, 10.0, 20.0]]).toarray().ravel()
    array([0.75, 0.25, 0.  , 0.  ])
    """
    at = np.asarray(points, dtype=float)
    if at.ndim != 3 or at.shape[2] != len(edges):
        raise ValueError(f"points must have shape (points, skins, {len(edges)}), got {at.shape}")
    number = np.broadcast_to(np.arange(at.shape[1]), at.shape[:2]).ravel()
    weights = np.full(number.size, 1.0 / max(1, at.shape[0]))
    return share_weighted(at.reshape(-1, len(edges)), number, weights, edges, at.shape[1])


def share_weighted(
    points: Array, skin: Indices, weights: Array, edges: Sequence[ArrayLike], skins: int
) -> csr_array:
    """Share points that have weights among the cells of a rectilinear grid.

    Parameters
    ----------
    points : ndarray, shape (points, axes)
        Coordinates [m].
    skin : ndarray of int, shape (points,)
        Number of each point's skin.
    weights : ndarray, shape (points,)
        Their weights [1].
    edges : sequence of array_like
        Edges of the cells along each axis [m], increasing.
    skins : int
        Number of skins.

    Returns
    -------
    csr_array, shape (cells, skins)
        Sum of the points' multilinear weights, as in `share`; columns add up to the weights' sums.

    Raises
    ------
    ValueError
        If edges do not increase or a point lies outside the grid.

    Examples
    --------
    >>> edges = [[0.0, 10.0, 20.0], [0.0, 10.0, 20.0]]
    >>> one = np.array([[5.0, 7.5]])
    >>> share_weighted(one, np.array([0]), np.array([2.0]), edges, 1).toarray().ravel()
    array([1.5, 0.5, 0. , 0. ])
    """
    cells, parts = [np.zeros(len(points), dtype=np.int64)], [weights]
    for axis, each in enumerate(edges):
        low, part = _between(points[:, axis], np.asarray(each, float))
        count = np.size(each) - 1
        cells = [cell * count + low + up for cell in cells for up in (0, int(count > 1))]
        parts = [before * side for before in parts for side in (1.0 - part, part)]
    shape = (int(np.prod([np.size(each) - 1 for each in edges])), skins)
    place = (np.concatenate(cells), np.tile(skin, len(cells)))
    shares = csr_array((np.concatenate(parts), place), shape=shape)
    shares.eliminate_zeros()
    return shares


def around_axis(
    start: ArrayLike, end: ArrayLike, distance: ArrayLike, turns: int = 24, along: int = 8
) -> Array:
    """Points on cylinders.

    Parameters
    ----------
    start, end : array_like, shape (skins, 3)
        Ends of the axes [m].
    distance : array_like, shape (skins,)
        Distance from the axis [m].
    turns, along : int
        Points around and along each axis [1].

    Returns
    -------
    ndarray, shape (turns * along, skins, 3)
        Coordinates [m].

    Raises
    ------
    ValueError
        If an axis has no length.

    Examples
    --------
    >>> around_axis([[0, 0, 0]], [[0, 0, 8]], [2.0], turns=2, along=1)[:, 0].round(3) + 0.0
    array([[ 2.,  0.,  4.],
           [-2.,  0.,  4.]])
    """
    first, last = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    length = np.linalg.norm(last - first, axis=1, keepdims=True)
    if not np.all(length > 0.0):
        raise ValueError("start and end: an axis has no length; give two different points")
    along_axis = (last - first) / length
    least = np.eye(3)[np.argmin(np.abs(along_axis), axis=1)]
    across = np.cross(along_axis, np.cross(least, along_axis))
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    other = np.cross(along_axis, across)
    place = (np.arange(along) + 0.5)[:, None] / along
    golden = 0.5 * (np.sqrt(5.0) - 1.0)
    angle = 2.0 * np.pi / turns * (np.arange(turns) + golden * np.arange(along)[:, None])
    radial = np.cos(angle)[..., None, None] * across + np.sin(angle)[..., None, None] * other
    axis = first + place[..., None] * (last - first)
    points = axis[:, None] + radial * np.asarray(distance, dtype=float)[:, None]
    return np.asarray(points.reshape(turns * along, *first.shape))


def host_cylinders(
    skins: Skins, radius: ArrayLike, start: ArrayLike, end: ArrayLike, edges: Sequence[ArrayLike]
) -> Hosts:
    """Matrices between a grid and cylindrical skins on straight axes.

    Parameters
    ----------
    skins : Skins
        Cylinders as `comine.numerics.skins.make_skins` gives them.
    radius : array_like, shape (skins,)
        Radius of the hole behind the layers [m].
    start, end : array_like, shape (skins, 3)
        Ends of the axes [m].
    edges : sequence of three array_like
        Edges of the cells along each axis, in the order of the coordinates [m].

    Returns
    -------
    Hosts
        Matrices.

    Raises
    ------
    ValueError
        If the reach of a skin leaves the grid.

    Examples
    --------
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> airway = make_skins(Shape("cylinder", [2.0], [27.0], [50.0]), Matter([3.0], [2.25e6]))
    >>> edges = [np.arange(0.0, 101.0, 10.0)] * 3
    >>> hosts = host_cylinders(airway, [2.0], [[25, 50, 50]], [[75, 50, 50]], edges)
    >>> hosts.spread.shape, float(hosts.spread.sum().round(12)), float(hosts.felt.sum())
    ((1000, 1), 1.0, 1.0)
    """
    first, last = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    hole = np.asarray(radius, dtype=float)
    steps = np.sqrt((np.arange(6) + 0.5) / 6.0)  # rings of equal area
    disc = np.concatenate([around_axis(first, last, hole * part) for part in steps])
    axis = around_axis(first, last, np.zeros_like(hole), turns=1, along=24)
    apart = 0.4 * (skins.face[-1] - hole)  # a cell, with the reach of `host_reach`
    near = _end(first, first - last, skins.face[-1], apart, edges)
    far = _end(last, last - first, skins.face[-1], apart, edges)
    return Hosts(
        spread=share(around_axis(first, last, skins.face[-1], 48), edges),
        felt=csr_array(share(axis, edges).T),
        displaced=share(disc, edges),
        ends=csr_array(near + far),
    )


def _end(
    at: Array, outwards: Array, reach: Array, apart: Array, edges: Sequence[ArrayLike]
) -> csr_array:
    """Sources beyond an end and sinks before it, `apart`; none where the end is the grid's."""
    beyond = outwards / np.linalg.norm(outwards, axis=1, keepdims=True) * apart[:, None] / 2.0
    discs = [
        np.concatenate(
            [around_axis(place, place + beyond, reach * part, along=1) for part in (0.1, 0.3, 0.5)]
        )
        for place in (at + 0.5 * beyond, at - 1.5 * beyond)
    ]
    low, high = (np.array([np.asarray(e, float)[i] for e in edges]) for i in (0, -1))
    inside = np.all([(disc >= low) & (disc <= high) for disc in discs], axis=(0, 1, 3))
    discs = [np.where(inside[:, None], disc, at) for disc in discs]
    return csr_array((share(discs[0], edges) - share(discs[1], edges)) / apart)


def _between(at: Array, edges: Array) -> tuple[NDArray[np.int64], Array]:
    """Cell whose centre lies below each coordinate, and the share of the next cell."""
    if edges.ndim != 1 or edges.size < 2 or not np.all(np.diff(edges) > 0.0):
        raise ValueError(f"edges must increase, got {edges!r}")
    if not np.all((at >= edges[0]) & (at <= edges[-1])):
        raise ValueError(
            f"points from {at.min():g} to {at.max():g} lie outside the grid, which reaches from "
            f"{edges[0]:g} to {edges[-1]:g}; make the grid larger"
        )
    centre = 0.5 * (edges[1:] + edges[:-1])
    if centre.size == 1:
        return np.zeros(at.shape, dtype=np.int64), np.zeros(at.shape)
    low = np.clip(np.searchsorted(centre, at) - 1, 0, centre.size - 2)
    part = np.clip((at - centre[low]) / (centre[low + 1] - centre[low]), 0.0, 1.0)
    return np.asarray(low, dtype=np.int64), np.asarray(part)
