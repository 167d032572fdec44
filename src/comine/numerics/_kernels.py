"""Loops over the cells of a box of nx * ny * nz, seven points each.

Sums are taken over a fixed number of parts of the box and then over the parts, so that they do not
depend on the number of threads. Neighbours outside the box are met at the opposite side, over a
link of zero conductance. One file: a kernel may call functions of this file only.
"""

import numpy as np

from comine.numerics import Array
from comine.numerics.compiled import PARTS, compiled, share

FRONT = 8
"""Numbers before the cells in a row of a solver's room."""


@compiled
def around(row: int, nx: int, ny: int) -> tuple[int, int, int, int, int, int]:
    """Position of a row of cells, and those before and after it in x and y, closed to a ring."""
    i = row // ny
    j = row - i * ny
    before_i, after_i = (i - 1 if i > 0 else nx - 1), (i + 1 if i < nx - 1 else 0)
    before_j, after_j = (j - 1 if j > 0 else ny - 1), (j + 1 if j < ny - 1 else 0)
    return i, j, before_i, after_i, before_j, after_j


@compiled
def _apply(links: Array, shift: Array, u: Array, out: Array, first: int, last: int) -> None:
    nx, ny, nz = u.shape
    rows = nx * ny
    for part in range(first, last):
        for row in range(part * rows // PARTS, (part + 1) * rows // PARTS):
            i, j, i0, i1, j0, j1 = around(row, nx, ny)
            c, o, s = u[i, j], out[i, j], shift[i, j]
            w, e, n, f = u[i0, j], u[i1, j], u[i, j0], u[i, j1]
            lw, le = links[0, i0, j], links[0, i, j]
            ln, lf = links[1, i, j0], links[1, i, j]
            lz = links[2, i, j]
            for k in range(nz):
                o[k] = s[k] * c[k] + lw[k] * (c[k] - w[k]) + le[k] * (c[k] - e[k])
            for k in range(nz):
                o[k] += ln[k] * (c[k] - n[k]) + lf[k] * (c[k] - f[k])
            for k in range(nz - 1):
                o[k] += lz[k] * (c[k] - c[k + 1])
            for k in range(nz - 1):
                o[k + 1] += lz[k] * (c[k + 1] - c[k])


def apply(links: Array, shift: Array, u: Array, out: Array) -> None:
    """Shift * u plus what leaves each cell over its links: link * (u - u of the neighbour)."""
    share(_apply, links, shift, u, out)


@compiled
def _inverse_root(links: Array, shift: Array, root: Array, first: int, last: int) -> None:
    nx, ny, nz = root.shape
    rows = nx * ny
    for part in range(first, last):
        for row in range(part * rows // PARTS, (part + 1) * rows // PARTS):
            i, j, i0, _, j0, _ = around(row, nx, ny)
            d, lz = root[i, j], links[2, i, j]
            for k in range(nz):
                d[k] = shift[i, j, k] + lz[k] + links[0, i, j, k] + links[0, i0, j, k]
            for k in range(nz):
                d[k] += links[1, i, j, k] + links[1, i, j0, k]
            for k in range(nz - 1):
                d[k + 1] += lz[k]
            for k in range(nz):
                d[k] = 1.0 / np.sqrt(d[k])


def inverse_root(links: Array, shift: Array, root: Array) -> None:
    """One over the square root of the diagonal."""
    share(_inverse_root, links, shift, root)


@compiled
def _scale(links: Array, root: Array, scaled: Array, first: int, last: int) -> None:
    nx, ny, nz = root.shape
    rows = nx * ny
    for part in range(first, last):
        for row in range(part * rows // PARTS, (part + 1) * rows // PARTS):
            i, j, _, i1, _, j1 = around(row, nx, ny)
            d = root[i, j]
            begin = FRONT + row * nz
            x, y, z = (
                scaled[0, begin : begin + nz],
                scaled[1, begin : begin + nz],
                scaled[2, begin : begin + nz],
            )
            for k in range(nz):
                x[k] = links[0, i, j, k] * d[k] * root[i1, j, k]
            for k in range(nz):
                y[k] = links[1, i, j, k] * d[k] * root[i, j1, k]
            for k in range(nz - 1):
                z[k] = links[2, i, j, k] * d[k] * d[k + 1]
            z[nz - 1] = 0.0


def scale(links: Array, root: Array, scaled: Array) -> None:
    """Links times the roots of their two cells, each axis to a row that begins at `FRONT`."""
    share(_scale, links, root, scaled)


@compiled
def _descend(
    shape: tuple[int, int, int],
    room: Array,
    lead: Array,
    old: int,
    steps: tuple[float, float],
    sums: Array,
    first: int,
    last: int,
) -> None:
    nx, ny, nz = shape
    rows = nx * ny
    alpha, beta = steps
    lx, ly, lz, r, x, q, p, new = (
        room[0], room[1], room[2], lead, room[4], room[5], room[old], room[13 - old],
    )  # fmt: skip
    for part in range(first, last):
        total = 0.0
        for row in range(part * rows // PARTS, (part + 1) * rows // PARTS):
            i, j, i0, i1, j0, j1 = around(row, nx, ny)
            c, w, e = FRONT + row * nz, FRONT + (i0 * ny + j) * nz, FRONT + (i1 * ny + j) * nz
            n, f = FRONT + (i * ny + j0) * nz, FRONT + (i * ny + j1) * nz
            rc, pc, xc = r[c : c + nz], p[c : c + nz], x[c : c + nz]
            nc, o = new[c : c + nz], q[c : c + nz]
            above, below = new[c - 1 : c - 1 + nz], new[c + 1 : c + 1 + nz]
            rw, re, rn, rf = r[w : w + nz], r[e : e + nz], r[n : n + nz], r[f : f + nz]
            pw, pe, pn, pf = p[w : w + nz], p[e : e + nz], p[n : n + nz], p[f : f + nz]
            lw, le, ln, lf = lx[w : w + nz], lx[c : c + nz], ly[n : n + nz], ly[c : c + nz]
            la, lb = lz[c - 1 : c - 1 + nz], lz[c : c + nz]
            for k in range(nz):
                nc[k] = rc[k] + beta * pc[k]
                xc[k] += alpha * pc[k]
            for k in range(nz):
                value = (
                    nc[k]
                    - lw[k] * (rw[k] + beta * pw[k])
                    - le[k] * (re[k] + beta * pe[k])
                    - ln[k] * (rn[k] + beta * pn[k])
                    - lf[k] * (rf[k] + beta * pf[k])
                    - la[k] * above[k]
                    - lb[k] * below[k]
                )
                o[k] = value
                total += nc[k] * value
        sums[part] = total


def descend(
    shape: tuple[int, int, int], room: Array, lead: Array, old: int, steps: tuple[float, float]
) -> float:
    """Step x along p, make the next direction, multiply it by the matrix; direction * product.

    The rows of `room` are the links along x, y, z of a matrix with ones on its diagonal, then r, x,
    the product, and two for p, of which `old` (6 or 7) holds it and the other takes the next. Cells
    begin at `FRONT`; what lies before and after them, and p, must be finite. `lead` is r, or r
    preconditioned, laid out as a row. `steps` holds the step along p and the share of p in the next
    direction. Nine values of each cell pass the memory.
    """
    sums = np.zeros(PARTS)
    share(_descend, shape, room, lead, old, steps, sums)
    return float(sums.sum())


@compiled
def _subtract(alpha: float, q: Array, r: Array, sums: Array, first: int, last: int) -> None:
    size = r.size
    a, b = q.reshape(size), r.reshape(size)
    for part in range(first, last):
        total = 0.0
        for k in range(part * size // PARTS, (part + 1) * size // PARTS):
            b[k] -= alpha * a[k]
            total += b[k] * b[k]
        sums[part] = total


def subtract(alpha: float, q: Array, r: Array) -> float:
    """Put r - alpha * q in place of r; give its square. Three values of a cell pass the memory."""
    sums = np.zeros(PARTS)
    share(_subtract, alpha, q, r, sums)
    return float(sums.sum())


@compiled
def _dot(a: Array, b: Array, sums: Array, first: int, last: int) -> None:
    size = a.size
    u, v = a.reshape(size), b.reshape(size)
    for part in range(first, last):
        total = 0.0
        for k in range(part * size // PARTS, (part + 1) * size // PARTS):
            total += u[k] * v[k]
        sums[part] = total


def dot(a: Array, b: Array) -> float:
    """Sum of the products."""
    sums = np.zeros(PARTS)
    share(_dot, a, b, sums)
    return float(sums.sum())


@compiled
def _search(r: Array, v: Array, p: Array, omega: float, beta: float, first: int, last: int) -> None:
    size = r.size
    a, b, c = r.reshape(size), v.reshape(size), p.reshape(size)
    for part in range(first, last):
        for k in range(part * size // PARTS, (part + 1) * size // PARTS):
            c[k] = a[k] + beta * (c[k] - omega * b[k])


def search(r: Array, v: Array, p: Array, omega: float, beta: float) -> None:
    """Put r + beta * (p - omega * v) in place of p."""
    share(_search, r, v, p, omega, beta)


@compiled
def _project(t: Array, r: Array, sums: Array, first: int, last: int) -> None:
    size = t.size
    a, b = t.reshape(size), r.reshape(size)
    for part in range(first, last):
        square = product = 0.0
        for k in range(part * size // PARTS, (part + 1) * size // PARTS):
            square += a[k] * a[k]
            product += a[k] * b[k]
        sums[0, part], sums[1, part] = square, product


def project(t: Array, r: Array) -> tuple[float, float]:
    """Square of t, and its product with r, in one pass."""
    sums = np.zeros((2, PARTS))
    share(_project, t, r, sums)
    return float(sums[0].sum()), float(sums[1].sum())


@compiled
def _advance(
    steps: tuple[float, float],
    y: Array,
    z: Array,
    x: Array,
    t: Array,
    r: Array,
    shadow: Array,
    sums: Array,
    first: int,
    last: int,
) -> None:
    size = x.size
    alpha, omega = steps
    for part in range(first, last):
        begin, end = part * size // PARTS, (part + 1) * size // PARTS
        a, b, c = x.reshape(size)[begin:end], y.reshape(size)[begin:end], z.reshape(size)[begin:end]
        for k in range(end - begin):
            a[k] += alpha * b[k] + omega * c[k]
        d, e, f = (
            r.reshape(size)[begin:end],
            t.reshape(size)[begin:end],
            shadow.reshape(size)[begin:end],
        )
        square = product = 0.0
        for k in range(end - begin):
            d[k] -= omega * e[k]
            square += d[k] * d[k]
            product += d[k] * f[k]
        sums[0, part], sums[1, part] = square, product


def advance(
    steps: tuple[float, float], y: Array, z: Array, x: Array, t: Array, r: Array, shadow: Array
) -> tuple[float, float]:
    """Step x along y and z, take the second step times t from r; square of r, r * shadow."""
    sums = np.zeros((2, PARTS))
    share(_advance, steps, y, z, x, t, r, shadow, sums)
    return float(sums[0].sum()), float(sums[1].sum())


@compiled
def _store(
    rate: float, capacity: Array, before: Array, after: Array, out: Array, first: int, last: int
) -> None:
    size = out.size
    c, b, a = capacity.reshape(size), before.reshape(size), after.reshape(size)
    o = out.reshape(size)
    for part in range(first, last):
        for k in range(part * size // PARTS, (part + 1) * size // PARTS):
            o[k] -= rate * c[k] * (a[k] - b[k])


def store(rate: float, capacity: Array, before: Array, after: Array, out: Array) -> None:
    """Take rate * capacity * (after - before) from `out`."""
    share(_store, rate, capacity, before, after, out)


@compiled
def _gained(
    capacity: Array, before: Array, after: Array, sums: Array, first: int, last: int
) -> None:
    size = capacity.size
    c, b, a = capacity.reshape(size), before.reshape(size), after.reshape(size)
    for part in range(first, last):
        total = 0.0
        for k in range(part * size // PARTS, (part + 1) * size // PARTS):
            total += c[k] * (a[k] - b[k])
        sums[part] = total


def gained(capacity: Array, before: Array, after: Array) -> float:
    """Sum of capacity * (after - before)."""
    sums = np.zeros(PARTS)
    share(_gained, capacity, before, after, sums)
    return float(sums.sum())


@compiled
def _multiply(a: Array, b: Array, out: Array, first: int, last: int) -> None:
    size = a.size
    u, v, o = a.reshape(size), b.reshape(size), out.reshape(size)
    for part in range(first, last):
        for k in range(part * size // PARTS, (part + 1) * size // PARTS):
            o[k] = u[k] * v[k]


def multiply(a: Array, b: Array, out: Array) -> None:
    """Products."""
    share(_multiply, a, b, out)


@compiled
def _add(x: Array, alpha: float, y: Array, omega: float, z: Array, first: int, last: int) -> None:
    size = x.size
    a, b, c = x.reshape(size), y.reshape(size), z.reshape(size)
    for part in range(first, last):
        for k in range(part * size // PARTS, (part + 1) * size // PARTS):
            a[k] += alpha * b[k] + omega * c[k]


def add(x: Array, alpha: float, y: Array, omega: float, z: Array) -> None:
    """Put x + alpha * y + omega * z in place of x."""
    share(_add, x, alpha, y, omega, z)
