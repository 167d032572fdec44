"""How openings lie to each other and to the cells: overlaps, and cells that are too coarse.

The limits are those of what was measured (docs/physics/engine.md and skins.md): the mean wall of
a tube as long as its reach errs by 5 %, a fracture two and a half cells across by 2 %, a tube that
runs two cells beside a fracture by 5 to 10 %, as the two feel each other through the cells alone.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from comine.errors import Fault
from comine.numerics import Array
from comine.numerics.embedding import width_across
from comine.numerics.grid import AXES, Grid
from comine.numerics.skins import host_reach
from comine.underground.fracture import Fracture
from comine.underground.tube import Tube

CELLS_OF_FRACTURE = 2.5
"""Cells across a fracture at least."""
CELLS_BESIDE = 2.0
"""Cells between a tube and a fracture at least."""
CELLS_ALONG = 8.0
"""Cells along which they may be nearer: where the one crosses the other."""


def spacing_faults(grid: Grid, channels: Sequence[Tube | Fracture]) -> list[Fault]:
    """Faults of how openings lie to each other and to the cells.

    Parameters
    ----------
    grid : Grid
        The grid.
    channels : sequence of Tube or Fracture
        Openings that are sound by themselves and within the grid.

    Returns
    -------
    list of Fault
        Empty if there is none.
    """
    tubes = [each for each in channels if isinstance(each, Tube)]
    fractures = [each for each in channels if isinstance(each, Fracture)]
    found = [fault for tube in tubes for fault in _tube(grid, tube)]
    found += [fault for each in fractures for fault in _fracture(grid, each)]
    found += _overlaps(tubes)
    found += [fault for tube in tubes for each in fractures for fault in _beside(grid, tube, each)]
    return found


def segment_distances(start: Array, end: Array, others: Array, other_ends: Array) -> Array:
    """Least distance of one segment from each of others.

    Parameters
    ----------
    start, end : ndarray, shape (3,)
        Ends of the one [m].
    others, other_ends : ndarray, shape (n, 3)
        Ends of the others [m].

    Returns
    -------
    ndarray, shape (n,)
        Distance [m]; 0 where they cross.

    Notes
    -----
    Least of the distances of each end from the other segment and, where the feet of the common
    perpendicular lie within both, of its length.

    Examples
    --------
    >>> cross = np.array([[5.0, -5.0, 2.0]]), np.array([[5.0, 5.0, 2.0]])
    >>> segment_distances(np.zeros(3), np.array([10.0, 0.0, 0.0]), *cross)
    array([2.])
    """
    u, v = end - start, other_ends - others
    gap = start - others
    uu, uv, vv = float(u @ u), v @ u, np.einsum("ij,ij->i", v, v)
    gu, gv = gap @ u, np.einsum("ij,ij->i", gap, v)
    turned = uu * vv - uv**2
    skew = turned > 1e-12 * uu * vv
    under = np.where(skew, turned, 1.0)
    s, t = (uv * gv - vv * gu) / under, (uu * gv - uv * gu) / under
    feet = skew & (s >= 0) & (s <= 1) & (t >= 0) & (t <= 1)
    across = np.linalg.norm(gap + s[:, None] * u - t[:, None] * v, axis=1)
    ends = [
        _from_segment(others, start, end),
        _from_segment(other_ends, start, end),
        _from_segment(start, others, other_ends),
        _from_segment(end, others, other_ends),
    ]
    return np.asarray(np.where(feet, across, np.min(ends, axis=0)))


def _from_segment(point: Array, start: Array, end: Array) -> Array:
    """Distance of points from segments [m]; arguments broadcast."""
    along = end - start
    size = (along**2).sum(axis=-1)
    part = np.clip(((point - start) * along).sum(axis=-1) / size, 0.0, 1.0)
    return np.asarray(np.linalg.norm(point - start - part[..., None] * along, axis=-1))


def _ends(tube: Tube) -> tuple[Array, Array]:
    line = tube.line
    return line[:-1], line[1:]


def _cells(grid: Grid, tube: Tube) -> Array:
    """Widest cells across each segment within its reach [m]."""
    start, end = _ends(tube)
    radius = np.full(len(start), tube.radius)
    width = width_across(grid, start, end, radius)
    for _ in range(3):
        width = width_across(grid, start, end, host_reach(radius, width))
    return width


def _tube(grid: Grid, tube: Tube) -> Iterator[Fault]:
    start, end = _ends(tube)
    width = _cells(grid, tube)
    reach = host_reach(np.full(len(start), tube.radius), width)
    along = (end - start) / np.linalg.norm(end - start, axis=1)[:, None]
    aside = reach[:, None] * np.sqrt(np.maximum(1.0 - along**2, 0.0))
    yield from _beyond(grid, tube.name, np.concatenate([start - aside, end - aside]),
                       np.concatenate([start + aside, end + aside]))  # fmt: skip
    if tube.length < reach.max() and not _from_side_to_side(grid, tube):
        fits = (tube.length - tube.radius) / 2.5
        cure = f"cells of {fits:.3g} m across it would do" if fits > 0 else "make it longer"
        yield Fault("", tube.name, "the cells are too coarse for an opening so short",
                    f"{tube.length:g} m in cells of {width.max():g} m", cure)  # fmt: skip


def _from_side_to_side(grid: Grid, tube: Tube) -> bool:
    """Whether both ends lie on sides of the grid, as those of endless openings."""
    ends = tube.line[[0, -1]]
    low, high = (np.array([edges[i] for edges in grid.edges]) for i in (0, -1))
    return bool(np.all(np.any((ends <= low) | (ends >= high), axis=1)))


def _beyond(grid: Grid, name: str, low: Array, high: Array) -> Iterator[Fault]:
    """Sides of the grid that are nearer than the reach of skins."""
    for axis, edges in enumerate(grid.edges):
        least, most = low[:, axis].min(), high[:, axis].max()
        slack = 1e-9 * (edges[-1] - edges[0])
        if least < edges[0] - slack or most > edges[-1] + slack:
            yield Fault("", name, f"lies too near to the side of the grid along {AXES[axis]}",
                        f"its reach is from {least:.4g} to {most:.4g} m",
                        f"the grid goes from {edges[0]:g} to {edges[-1]:g} m; make it larger or "
                        "its cells there narrower")  # fmt: skip


def _fracture(grid: Grid, fracture: Fracture) -> Iterator[Fault]:
    plane = fracture.plane
    sides = np.linalg.norm(np.roll(plane, -1, axis=0) - plane, axis=1)
    width = _widest(grid, plane.min(axis=0), plane.max(axis=0))
    if sides.min() < CELLS_OF_FRACTURE * width:
        yield Fault("", fracture.name, "the cells are too coarse for a fracture so small",
                    f"{sides.min():g} m across in cells of {width:g} m",
                    f"cells of {sides.min() / CELLS_OF_FRACTURE:.3g} m would do")  # fmt: skip
    normal = np.cross(plane[2] - plane[0], plane[3] - plane[1])
    aside = np.abs(3.5 * width * normal / np.linalg.norm(normal))
    yield from _beyond(grid, fracture.name, plane - aside, plane + aside)


def _widest(grid: Grid, low: Array, high: Array) -> float:
    """Widest cell in a box, along axes in which it extends or it is thin [m]."""
    most = 0.0
    for axis, (edges, widths) in enumerate(zip(grid.edges, grid.widths, strict=True)):
        first = int(np.clip(np.searchsorted(edges, low[axis], "right") - 1, 0, widths.size - 1))
        last = int(np.clip(np.searchsorted(edges, high[axis], "left") - 1, first, widths.size - 1))
        most = max(most, float(widths[first : last + 1].max()))
    return most


def _overlaps(tubes: Sequence[Tube]) -> Iterator[Fault]:
    """Segments nearer to each other than their walls, other than at an end that they share."""
    if not tubes:
        return
    parts = [_ends(tube) for tube in tubes]
    start, end = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    owner = np.repeat(np.arange(len(tubes)), [len(part[0]) for part in parts])
    radius = np.array([tube.radius for tube in tubes])[owner]
    told = set[tuple[int, int]]()
    for n in range(len(start) - 1):
        later = slice(n + 1, None)
        apart = segment_distances(start[n], end[n], start[later], end[later])
        joined = np.zeros(apart.size, dtype=bool)
        for one in (start[n], end[n]):
            for other in (start[later], end[later]):
                joined |= np.linalg.norm(other - one, axis=1) < 1e-6
        for m in np.flatnonzero((apart < radius[n] + radius[later]) & ~joined) + n + 1:
            pair = int(owner[n]), int(owner[m])
            if pair not in told:
                told.add(pair)
                first, second = (tubes[i] for i in pair)
                what = "itself" if first is second else second.name
                yield Fault("", first.name, f"overlaps {what}", f"{apart[m - n - 1]:.4g} m apart",
                            f"move them {radius[n] + radius[m]:g} m apart or give both a point "
                            "where they meet")  # fmt: skip


def _beside(grid: Grid, tube: Tube, fracture: Fracture) -> Iterator[Fault]:
    """A tube that runs along a fracture nearer than they feel each other rightly."""
    for start, end, width in zip(*_ends(tube), _cells(grid, tube), strict=True):
        if not width > 0:
            continue
        length = float(np.linalg.norm(end - start))
        count = int(np.ceil(4 * length / width))
        points = start + ((np.arange(count) + 0.5) / count)[:, None] * (end - start)
        apart = _from_plane(points, fracture.plane)
        along = float(np.count_nonzero(apart < CELLS_BESIDE * width)) * length / count
        if along > CELLS_ALONG * width:
            yield Fault("", tube.name, f"the cells are too coarse for it beside {fracture.name}",
                        f"{along:.0f} m of it nearer than {CELLS_BESIDE:g} cells of {width:g} m",
                        f"cells of {max(apart.min(), tube.radius) / CELLS_BESIDE:.3g} m would do, "
                        "or move them apart")  # fmt: skip
            return


def _from_plane(points: Array, plane: Array) -> Array:
    """Distance of points from a convex polygon [m]."""
    normal = np.cross(plane[2] - plane[0], plane[3] - plane[1])
    normal /= np.linalg.norm(normal)
    after = np.roll(plane, -1, axis=0)
    inwards = np.cross(normal, after - plane)
    side = np.einsum("nij,ij->ni", points[:, None] - plane, inwards)
    inside = np.all(side >= 0, axis=1)
    border = _from_segment(points[:, None], plane, after).min(axis=1)
    return np.asarray(np.where(inside, np.abs((points - plane[0]) @ normal), border))
