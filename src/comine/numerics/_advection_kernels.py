"""Loops of first-order upwind advection between the cells of a box.

One file: a kernel may call functions of this file only. Neighbours outside the box are met at the
opposite side, over a flow of zero.
"""

from comine.numerics import Array
from comine.numerics.compiled import PARTS, compiled, share


@compiled
def _carry(flows: Array, sign: float, u: Array, out: Array, first: int, last: int) -> None:
    nx, ny, nz = u.shape
    rows = nx * ny
    for part in range(first, last):
        for row in range(part * rows // PARTS, (part + 1) * rows // PARTS):
            i, j = row // ny, row % ny
            i0, i1 = (i - 1) % nx, (i + 1) % nx
            j0, j1 = (j - 1) % ny, (j + 1) % ny
            c, o = u[i, j], out[i, j]
            w, e, n, f = u[i0, j], u[i1, j], u[i, j0], u[i, j1]
            fw, fe = flows[0, i0, j], flows[0, i, j]
            fn, ff = flows[1, i, j0], flows[1, i, j]
            fz = flows[2, i, j]
            for k in range(nz):
                q, p = sign * fe[k], sign * fw[k]
                o[k] += max(q, 0.0) * c[k] + min(q, 0.0) * e[k]
                o[k] -= max(p, 0.0) * w[k] + min(p, 0.0) * c[k]
            for k in range(nz):
                q, p = sign * ff[k], sign * fn[k]
                o[k] += max(q, 0.0) * c[k] + min(q, 0.0) * f[k]
                o[k] -= max(p, 0.0) * n[k] + min(p, 0.0) * c[k]
            for k in range(nz - 1):
                q = sign * fz[k]
                carried = max(q, 0.0) * c[k] + min(q, 0.0) * c[k + 1]
                o[k] += carried
                o[k + 1] -= carried


def carry(flows: Array, sign: float, u: Array, out: Array) -> None:
    """Add to `out` what `sign` times the flows carry out of each cell into its neighbours."""
    share(_carry, flows, sign, u, out)
