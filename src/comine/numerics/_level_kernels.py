"""Loops over the levels of a preconditioner, along one axis of a box.

An array of cells is met as (before, along, after): the axis in question in the middle, all axes
before it in one and all after it in one. Sums are taken over a fixed number of parts, so that they
do not depend on the number of threads. One file: a kernel may call functions of this file only.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from comine.numerics import Array, Indices
from comine.numerics.compiled import PARTS, compiled
from comine.numerics.compiled import share as share_parts

Single = NDArray[np.float32]
Cells = Array | Single
FEW = 20_000
"""Cells below which threads cost more than they bring."""
CHUNK = 256
"""Lines that are solved side by side."""
APART = 112
"""Numbers between arrays: seven lines of a cache, so that cells of one place in many arrays do not
compete for the same lines where the number of cells is a power of two."""
FACTOR = 4
"""Cells of a level that make one of the next."""


def share(kernel: Callable[..., None], *arrays: object) -> None:
    """Run a kernel on the threads in force, or on this one alone where the first array is small."""
    if isinstance(first := arrays[0], np.ndarray) and first.size < FEW:
        kernel(*arrays, 0, PARTS)
    else:
        share_parts(kernel, *arrays)


@compiled
def _strength(links: Cells, shift: Cells, best: Array, first: int, last: int) -> None:
    size = shift.size
    a, b = links.reshape(size), shift.reshape(size)
    for part in range(first, last):
        most = 0.0
        for k in range(part * size // PARTS, (part + 1) * size // PARTS):
            if a[k] > most * b[k]:
                most = a[k] / b[k] if b[k] > 0 else np.inf
        best[part] = most


def strength(links: Cells, shift: Cells) -> float:
    """Greatest link of a cell over its shift."""
    best = np.zeros(PARTS)
    share(_strength, links, shift, best)
    return float(best.max())


@compiled
def _diagonal(links: Cells, shift: Cells, out: Cells, first: int, last: int) -> None:
    nx, ny, nz = out.shape
    rows = nx * ny
    for part in range(first, last):
        for row in range(part * rows // PARTS, (part + 1) * rows // PARTS):
            i = row // ny
            j = row - i * ny
            before_i, before_j = (i if i > 0 else nx) - 1, (j if j > 0 else ny) - 1
            lx, lw = links[0, i, j], links[0, before_i, j]
            ly, ln = links[1, i, j], links[1, i, before_j]
            lz, s, d = links[2, i, j], shift[i, j], out[i, j]
            for k in range(nz):
                d[k] = s[k] + lx[k] + lw[k] + ly[k] + ln[k] + lz[k]
            for k in range(nz - 1):
                d[k + 1] += lz[k]


def diagonal(links: Cells, shift: Cells, out: Cells) -> None:
    """Diagonal of the matrix; the last link along each axis must be 0."""
    share(_diagonal, links, shift, out)


@compiled
def _factor(
    links: Cells, diagonal: Cells, ratio: Single, pivot: Single, first: int, last: int
) -> None:
    before, count, after = diagonal.shape
    chunks = (after + CHUNK - 1) // CHUNK
    tasks = before * chunks
    value = np.empty(CHUNK)
    for part in range(first, last):
        for task in range(part * tasks // PARTS, (part + 1) * tasks // PARTS):
            o, chunk = task // chunks, task % chunks
            begin, end = chunk * CHUNK, min((chunk + 1) * CHUNK, after)
            for k in range(end - begin):
                value[k] = 0.0
            for i in range(count):
                for k in range(begin, end):
                    inverse = 1.0 / (diagonal[o, i, k] - value[k - begin])
                    between = links[o, i, k] if i + 1 < count else 0.0
                    pivot[o, i, k] = inverse
                    ratio[o, i, k] = between * inverse
                    value[k - begin] = between * between * inverse


def factor(links: Cells, diagonal: Cells, ratio: Single, pivot: Single) -> None:
    """Elimination along lines: inverse pivots, and links times them."""
    share(_factor, links, diagonal, ratio, pivot)


@compiled
def _inverse_diagonal(links: Cells, pivot: Single, diagonal: Array, first: int, last: int) -> None:
    before, count, after = diagonal.shape
    chunks = (after + CHUNK - 1) // CHUNK
    tasks = before * chunks
    value = np.empty(CHUNK)
    for part in range(first, last):
        for task in range(part * tasks // PARTS, (part + 1) * tasks // PARTS):
            o, chunk = task // chunks, task % chunks
            begin, end = chunk * CHUNK, min((chunk + 1) * CHUNK, after)
            for k in range(end - begin):
                value[k] = 0.0
            for i in range(count - 1, -1, -1):
                for k in range(begin, end):
                    between = links[o, i - 1, k] if i > 0 else 0.0
                    beyond = value[k - begin]
                    value[k - begin] = between * between / (diagonal[o, i, k] - beyond)
                    diagonal[o, i, k] = 1.0 / (1.0 / pivot[o, i, k] - beyond)


def inverse_diagonal(links: Cells, pivot: Single, diagonal: Array) -> None:
    """Put the diagonal of the inverse of lines in place of theirs, once they are eliminated.

    It meets two eliminations at each cell, that of the pivots and one from the other end.
    """
    share(_inverse_diagonal, links, pivot, diagonal)


@compiled
def _lines(ratio: Single, pivot: Single, right: Cells, out: Cells, first: int, last: int) -> None:
    before, count, after = right.shape
    chunks = (after + CHUNK - 1) // CHUNK
    tasks = before * chunks
    for part in range(first, last):
        for task in range(part * tasks // PARTS, (part + 1) * tasks // PARTS):
            o, chunk = task // chunks, task % chunks
            begin, end = chunk * CHUNK, min((chunk + 1) * CHUNK, after)
            out[o, 0, begin:end] = right[o, 0, begin:end]
            for i in range(1, count):
                r, g = right[o, i, begin:end], ratio[o, i - 1, begin:end]
                w, u = out[o, i, begin:end], out[o, i - 1, begin:end]
                for k in range(end - begin):
                    w[k] = r[k] + g[k] * u[k]
            out[o, count - 1, begin:end] *= pivot[o, count - 1, begin:end]
            for i in range(count - 2, -1, -1):
                p, g = pivot[o, i, begin:end], ratio[o, i, begin:end]
                w, u = out[o, i, begin:end], out[o, i + 1, begin:end]
                for k in range(end - begin):
                    w[k] = p[k] * w[k] + g[k] * u[k]


@compiled
def _rows(ratio: Single, pivot: Single, right: Cells, out: Cells, first: int, last: int) -> None:
    rows, count = right.shape
    for part in range(first, last):
        for o in range(part * rows // PARTS, (part + 1) * rows // PARTS):
            value = right[o, 0]
            out[o, 0] = value
            for i in range(1, count):
                value = right[o, i] + ratio[o, i - 1] * value
                out[o, i] = value
            value = out[o, count - 1] * pivot[o, count - 1]
            out[o, count - 1] = value
            for i in range(count - 2, -1, -1):
                value = pivot[o, i] * out[o, i] + ratio[o, i] * value
                out[o, i] = value


def lines(ratio: Single, pivot: Single, right: Cells, out: Cells) -> None:
    """Solve along the lines that were eliminated."""
    if right.shape[2] == 1:
        share(_rows, *(a[:, :, 0] for a in (ratio, pivot, right, out)))
    else:
        share(_lines, ratio, pivot, right, out)


@compiled
def _gather(fine: Cells, coarse: Cells, first: int, last: int) -> None:
    before, count, after = fine.shape
    groups = coarse.shape[1]
    tasks = before * groups
    for part in range(first, last):
        for task in range(part * tasks // PARTS, (part + 1) * tasks // PARTS):
            o, group = task // groups, task % groups
            c = coarse[o, group]
            c[:] = 0.0
            for i in range(group * FACTOR, min((group + 1) * FACTOR, count)):
                f = fine[o, i]
                for k in range(after):
                    c[k] += f[k]


def gather(fine: Cells, coarse: Cells) -> None:
    """Sums over groups of cells."""
    share(_gather, fine, coarse)


@compiled
def _join(fine: Cells, coarse: Cells, first: int, last: int) -> None:
    before, count, after = fine.shape
    groups = coarse.shape[1]
    tasks = before * groups
    path = np.empty(after)
    for part in range(first, last):
        for task in range(part * tasks // PARTS, (part + 1) * tasks // PARTS):
            o, group = task // groups, task % groups
            begin, face = group * FACTOR, (group + 1) * FACTOR
            path[:] = 0.0
            cells = min(face + FACTOR, count) - face
            for i in range(begin, min(face + cells - 1, count)):
                share_of = (i - begin + 1) / FACTOR if i < face else (face + cells - 1 - i) / cells
                f = fine[o, i]
                for k in range(after):
                    path[k] += share_of / f[k] if f[k] > 0 else np.inf
            c = coarse[o, group]
            for k in range(after):
                c[k] = 1.0 / path[k] if group + 1 < groups else 0.0


def join(fine: Cells, coarse: Cells) -> None:
    """Links between groups of cells, in series from the middle of one to that of the next."""
    share(_join, fine, coarse)


@compiled
def _restrict(
    fine: Single, weights: Single, begin: Indices, coarse: Single, first: int, last: int
) -> None:
    before, _, after = fine.shape
    groups, width = weights.shape
    tasks = before * groups
    for part in range(first, last):
        for task in range(part * tasks // PARTS, (part + 1) * tasks // PARTS):
            o, group = task // groups, task % groups
            c, start = coarse[o, group], begin[group]
            c[:] = 0.0
            for i in range(width):
                weight = weights[group, i]
                if weight > 0:
                    f = fine[o, start + i]
                    for k in range(after):
                        c[k] += weight * f[k]


@compiled
def _restrict_rows(
    fine: Single, weights: Single, begin: Indices, coarse: Single, first: int, last: int
) -> None:
    rows = fine.shape[0]
    groups, width = weights.shape
    for part in range(first, last):
        for o in range(part * rows // PARTS, (part + 1) * rows // PARTS):
            for group in range(groups):
                total, start = np.float32(0.0), begin[group]
                for i in range(width):
                    total += weights[group, i] * fine[o, start + i]
                coarse[o, group] = total


def restrict(fine: Single, weights: Single, begin: Indices, coarse: Single) -> None:
    """Weighted sums of the cells from `begin` on for each group."""
    if fine.shape[2] == 1:
        share(_restrict_rows, fine[:, :, 0], weights, begin, coarse[:, :, 0])
    else:
        share(_restrict, fine, weights, begin, coarse)


@compiled
def _prolong(
    coarse: Single, own: Single, other: Indices, fine: Single, first: int, last: int
) -> None:
    before, count, after = fine.shape
    tasks = before * count
    for part in range(first, last):
        for task in range(part * tasks // PARTS, (part + 1) * tasks // PARTS):
            o, i = task // count, task % count
            f, a, b = fine[o, i], coarse[o, i // FACTOR], coarse[o, other[i]]
            weight, rest = own[i], np.float32(1.0) - own[i]
            for k in range(after):
                f[k] += weight * a[k] + rest * b[k]


@compiled
def _prolong_rows(
    coarse: Single, own: Single, other: Indices, fine: Single, first: int, last: int
) -> None:
    rows, count = fine.shape
    for part in range(first, last):
        for o in range(part * rows // PARTS, (part + 1) * rows // PARTS):
            for group in range(coarse.shape[1]):
                a = coarse[o, group]
                for i in range(group * FACTOR, min((group + 1) * FACTOR, count)):
                    b = coarse[o, other[i]]
                    fine[o, i] += b + own[i] * (a - b)


def prolong(coarse: Single, own: Single, other: Indices, fine: Single) -> None:
    """Add to each cell the value interpolated between its own group and another."""
    if fine.shape[2] == 1:
        share(_prolong_rows, coarse[:, :, 0], own, other, fine[:, :, 0])
    else:
        share(_prolong, coarse, own, other, fine)


@compiled
def _weigh(
    residual: Array, weight: Single, factor: float, out: Single, first: int, last: int
) -> None:
    size = residual.size
    r, w, o = residual.reshape(size), weight.reshape(size), out.reshape(size)
    for part in range(first, last):
        for k in range(part * size // PARTS, (part + 1) * size // PARTS):
            o[k] = factor * r[k] * w[k]


def weigh(residual: Array, weight: Single, factor: float, out: Single) -> None:
    """Put factor * residual * weight in `out`."""
    share(_weigh, residual, weight, factor, out)


@compiled
def _unweigh(
    found: Single,
    weight: Single,
    residual: Array,
    out: Array,
    sums: Array,
    first: int,
    last: int,
) -> None:
    size = residual.size
    for part in range(first, last):
        begin, end = part * size // PARTS, (part + 1) * size // PARTS
        f, w = found.reshape(size)[begin:end], weight.reshape(size)[begin:end]
        r, o = residual.reshape(size)[begin:end], out.reshape(size)[begin:end]
        total = 0.0
        for k in range(end - begin):
            o[k] = f[k] * w[k]
            total += o[k] * r[k]
        sums[part] = total


def unweigh(found: Single, weight: Single, residual: Array, out: Array) -> float:
    """Put found * weight in `out`; give its product with the residual."""
    sums = np.zeros(PARTS)
    share(_unweigh, found, weight, residual, out, sums)
    return float(sums.sum())
