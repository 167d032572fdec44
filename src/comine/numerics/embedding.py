"""Cylindrical skins laid into a grid: their reach from its cells, their hosts and neighbours."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comine.numerics import Array, Indices
from comine.numerics.bundles import bundle_hosts, bundle_neighbours, no_neighbours, sampled
from comine.numerics.checks import require
from comine.numerics.embedded import Embedded
from comine.numerics.grid import Grid
from comine.numerics.polygons import checked_polygons, outline
from comine.numerics.skin_borders import widened
from comine.numerics.skin_host import host_cylinders
from comine.numerics.skin_neighbours import neighbours
from comine.numerics.skin_plane_neighbours import plane_neighbours
from comine.numerics.skin_planes import host_planes
from comine.numerics.skins import Matter, Shape, Skins, host_reach, make_skins

__all__ = ["Cylinders", "embed", "embed_planes", "width_across"]

SAMPLES, FEWER, MANY = 12, 4, 1500
"""Places along an axis at which others are felt; fewer for a great many, which are short."""
MEMBERS = 4
"""Cylinders of a bundle, evenly chosen, for which hosts and neighbours are looked up."""


class Cylinders(NamedTuple):
    """Cylinders of rock behind walls, on straight axes."""

    start: Array
    """Shape (cylinders, 3) [m]."""
    end: Array
    """Shape (cylinders, 3) [m]."""
    radius: Array
    """Of the wall, shape (cylinders,) [m]."""
    bundle: Indices | None = None
    """Number of the skin that each belongs to, from 0, shape (cylinders,); without it each is a
    skin of its own."""
    extent: Array | None = None
    """Length of wall of each skin, shape (skins,) [m]; without it that of its cylinders."""
    together: bool = True
    """Whether they feel each other within their reach."""


def width_across(grid: Grid, start: Array, end: Array, near: ArrayLike) -> Array:
    """Greatest width of cells across segments, within a distance of them.

    Parameters
    ----------
    grid : Grid
        The grid.
    start, end : ndarray, shape (segments, 3)
        Ends [m].
    near : array_like, shape (segments,)
        Distance to look within [m].

    Returns
    -------
    ndarray, shape (segments,)
        Width [m].

    Notes
    -----
    Along an axis that the segment follows to more than 0.9 the width does not matter.

    Examples
    --------
    >>> grid = Grid([0, 10, 30, 60], [0, 5, 10], [0, 50, 100])
    >>> width_across(grid, np.array([[5, 5, 20]]), np.array([[5, 5, 80]]), 2.0)
    array([10.])
    """
    along = np.abs(end - start) / np.linalg.norm(end - start, axis=1)[:, None]
    widest = np.zeros(len(start))
    for axis, (edges, widths) in enumerate(zip(grid.edges, grid.widths, strict=True)):
        low = np.minimum(start, end)[:, axis] - near
        high = np.maximum(start, end)[:, axis] + near
        first = np.clip(np.searchsorted(edges, low, side="right") - 1, 0, widths.size - 1)
        last = np.clip(np.searchsorted(edges, high, side="left") - 1, first, widths.size - 1)
        most = np.array([widths[a : b + 1].max() for a, b in zip(first, last, strict=True)])
        widest = np.where(along[:, axis] > 0.9, widest, np.maximum(widest, most))
    return widest


def embed(
    grid: Grid, matter: tuple[ArrayLike, ArrayLike], cylinders: Cylinders, soonest: float = 86400.0
) -> Embedded:
    """Lay cylinders into a grid.

    Parameters
    ----------
    grid : Grid
        The grid.
    matter : (conductivity, heat capacity)
        Of the rock about them, numbers or shape (skins,) [W/m/K], [J/m3/K].
    cylinders : Cylinders
        The cylinders.
    soonest : float
        Time after a change from which on the heat through the walls is to be right [s].

    Returns
    -------
    Embedded
        Skins, hosts and neighbours.

    Raises
    ------
    ValueError
        If a radius is not above 0 or not that of its bundle, bundles are not numbered without
        gaps, an axis has no length, or the reach of a skin, 2.5 cells beyond its wall, leaves the
        grid.

    Examples
    --------
    >>> grid = Grid(*[np.arange(0.0, 101.0, 5.0)] * 3)
    >>> hole = Cylinders(np.array([[50, 50, 25]]), np.array([[50, 50, 75]]), np.array([0.1]))
    >>> embed(grid, (3.0, 2.25e6), hole).skins.face[-1]
    array([12.6])
    """
    start, end, radius = cylinders.start, cylinders.end, cylinders.radius
    require(radius > 0, "radius", radius, "radii above 0 m")
    length = np.linalg.norm(end - start, axis=1)
    require(length > 0, "start and end", length, "two different points")
    width = width_across(grid, start, end, radius)
    for _ in range(3):
        width = width_across(grid, start, end, host_reach(radius, width))
    reach = host_reach(radius, width)
    alone = np.arange(len(start))
    bundle = alone if cylinders.bundle is None else np.asarray(cylinders.bundle)
    number, first = np.unique(bundle, return_index=True)
    if bundle.shape != radius.shape or not np.array_equal(number, np.arange(number.size)):
        raise ValueError(f"bundle: got {number}; give each cylinder one, from 0 without gaps")
    require(radius == radius[first][bundle], "radius", radius, "one radius in each bundle")
    own = np.bincount(bundle, length) if cylinders.extent is None else cylinders.extent
    k, c = (np.full(first.size, value) for value in matter)
    same = reach[first][bundle]
    members = make_skins(
        Shape("cylinder", radius, same, length),
        Matter(*(np.full(length.size, value) for value in matter)),
        soonest=soonest,
    )
    some = sampled(bundle, MEMBERS)
    chosen = Skins(*(array[..., some] for array in members))
    hosts = host_cylinders(chosen, radius[some], start[some], end[some], grid.edges)
    hosts = bundle_hosts(hosts, bundle[some])
    skins = make_skins(
        Shape("cylinder", radius[first], reach[first], own), Matter(k, c), soonest=soonest
    )
    near = no_neighbours(skins.capacity.shape[0])
    if cylinders.together and len(start) > 1:
        places = SAMPLES if len(start) < MANY else FEWER
        near = neighbours(members, start, end, places, feeling=some)
        near = bundle_neighbours(near, bundle, some)
    return Embedded(skins, hosts, near)


def embed_planes(
    grid: Grid,
    matter: tuple[ArrayLike, ArrayLike],
    corners: Array,
    border: NDArray[np.bool_] | None = None,
    together: bool = True,
    soonest: float = 86400.0,
) -> Embedded:
    """Lay plane convex polygons into a grid, both faces of which give heat.

    Parameters
    ----------
    grid : Grid
        The grid.
    matter : (conductivity, heat capacity)
        Of the rock about them, numbers or shape (skins,) [W/m/K], [J/m3/K].
    corners : ndarray, shape (polygons, corners, 3)
        Their corners in order [m].
    border : ndarray of bool, shape (polygons, corners), optional
        Whether the fracture ends at the edge from each corner to the next.
    together : bool
        Whether they feel each other within their reach.
    soonest : float
        Time after a change from which on the heat through the faces is to be right [s].

    Returns
    -------
    Embedded
        Skins, hosts and neighbours.

    Raises
    ------
    ValueError
        If a polygon is not plane and convex, or the reach of a skin leaves the grid.

    Examples
    --------
    >>> grid = Grid(*[np.arange(0.0, 101.0, 5.0)] * 3)
    >>> square = [[40, 40, 50], [60, 40, 50], [60, 60, 50], [40, 60, 50]]
    >>> embed_planes(grid, (3.0, 2.25e6), np.array([square], dtype=float)).skins.face[-1]
    array([12.5])
    """
    area, middle, normal = outline(checked_polygons(corners))
    width = np.zeros(area.size)
    for _ in range(3):
        far = host_reach(0.0, width) if width.all() else np.ones(area.size)
        tip = far[:, None] * normal
        width = _width_along(grid, middle - tip, middle + tip)
    reach = host_reach(0.0, width)
    shape = Shape("plane", np.zeros(area.size), reach, 2.0 * area)
    rock = Matter(*(np.full(area.size, value) for value in matter))
    skins = make_skins(shape, rock, soonest=soonest)
    if border is not None:
        skins = widened(skins, corners, border)
    near = no_neighbours(skins.capacity.shape[0])
    if together and area.size > 1:
        near = plane_neighbours(skins, corners, grid.edges)
    across = np.linalg.norm(corners - middle[:, None], axis=2).max()
    finest = min(float(widths.min()) for widths in grid.widths)
    parts = max(3, int(np.ceil(2.0 * across / finest)))
    return Embedded(skins, host_planes(skins, corners, grid.edges, border, parts), near)


def _width_along(grid: Grid, start: Array, end: Array) -> Array:
    """Greatest width of cells along segments, by the part of it that they follow [m]."""
    part = np.abs(end - start) / np.linalg.norm(end - start, axis=1)[:, None]
    widest = np.zeros(len(start))
    for axis, (edges, widths) in enumerate(zip(grid.edges, grid.widths, strict=True)):
        low, high = np.sort(np.stack([start[:, axis], end[:, axis]]), axis=0)
        first = np.clip(np.searchsorted(edges, low, side="right") - 1, 0, widths.size - 1)
        last = np.clip(np.searchsorted(edges, high, side="left") - 1, first, widths.size - 1)
        most = np.array([widths[a : b + 1].max() for a, b in zip(first, last, strict=True)])
        widest = np.maximum(widest, most * (part[:, axis] > 0.1))
    return widest
