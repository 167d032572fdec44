"""Loops that clip a convex polygon to the layers of a grid, axis by axis.

Points within a tolerance of a plane lie upon it and belong to both of its sides. One file: a kernel
may call functions of this file only.
"""

import numpy as np

from comine.numerics import Array, Indices
from comine.numerics.compiled import compiled


@compiled
def _clipped(
    points: Array, count: int, axis: int, plane: float, side: float, tolerance: float, out: Array
) -> int:
    """Keep what lies on one side of a plane across an axis, and what lies upon it."""
    kept = 0
    for corner in range(count):
        a, b = points[corner], points[(corner + 1) % count]
        before, after = side * (a[axis] - plane), side * (b[axis] - plane)
        if before >= -tolerance:
            for i in range(3):
                out[kept, i] = a[i]
            kept += 1
        if (before > tolerance and after < -tolerance) or (
            before < -tolerance and after > tolerance
        ):
            for i in range(3):
                out[kept, i] = a[i] + before / (before - after) * (b[i] - a[i])
            out[kept, axis] = plane
            kept += 1
    return kept


@compiled
def _layers(
    points: Array, count: int, axis: int, edges: Array, tolerance: float
) -> tuple[int, int, int]:
    """First layer of cells that a polygon passes, the one after the last, and in a face the layer
    beyond it, counted from the first.
    """
    low, high = points[0, axis], points[0, axis]
    for i in range(1, count):
        low, high = min(low, points[i, axis]), max(high, points[i, axis])
    layers = edges.size - 1
    begin = np.searchsorted(edges, low + tolerance, side="right") - 1
    end = np.searchsorted(edges, high - tolerance, side="left")
    if end <= begin:  # within the tolerance of an edge
        below = max(begin - 1, 0)
        return below, below + 1, min(begin, layers - 1) - below
    return max(begin, 0), min(end, layers), 0


@compiled
def _layer(
    points: Array,
    count: int,
    axis: int,
    low: float,
    high: float,
    tolerance: float,
    out: Array,
) -> int:
    """Part of a polygon within one layer of cells."""
    room = np.empty(out.shape)
    count = _clipped(points, count, axis, low, 1.0, tolerance, room)
    return _clipped(room, count, axis, high, -1.0, tolerance, out)


@compiled
def cut_polygon(
    polygon: Array, x: Array, y: Array, z: Array, tolerance: float, cells: Indices, shapes: Array
) -> int:
    """Write pieces of a polygon as far as there is room; gives how many there are."""
    (room, most), ny, nz = shapes.shape[:2], y.size - 1, z.size - 1
    slab, bar, piece = np.empty((most, 3)), np.empty((most, 3)), np.empty((most, 3))
    number = 0
    i0, i1, over_x = _layers(polygon, polygon.shape[0], 0, x, tolerance)
    for i in range(i0, i1):
        n = _layer(polygon, polygon.shape[0], 0, x[i], x[i + 1], tolerance, slab)
        j0, j1, over_y = _layers(slab, n, 1, y, tolerance)
        for j in range(j0, j1):
            m = _layer(slab, n, 1, y[j], y[j + 1], tolerance, bar)
            k0, k1, over_z = _layers(bar, m, 2, z, tolerance)
            for k in range(k0, k1):
                last = _layer(bar, m, 2, z[k], z[k + 1], tolerance, piece)
                if number < room:
                    cells[number, 0] = (i * ny + j) * nz + k
                    cells[number, 1] = cells[number, 0] + (over_x * ny + over_y) * nz + over_z
                    for corner in range(most):
                        for axis in range(3):
                            shapes[number, corner, axis] = piece[min(corner, last - 1), axis]
                number += 1
    return number
