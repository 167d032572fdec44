r"""The matrix of diffusion between the cells of a box, applied without being stored.

A cell exchanges with its six neighbours over links of given conductance and with the outside by
its shift: :math:`(Au)_i = s_i u_i + \sum_j l_{ij} (u_i - u_j)`. The matrix is symmetric, and its
columns sum to the shift: what leaves one cell enters another.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, csr_array

from comine.numerics import Array, _kernels


@dataclass(frozen=True, eq=False)
class DiffusionOperator:
    """Seven-point matrix of a box of cells."""

    links: Array
    """Conductance from a cell to the next along x, y, z, shape (3, x, y, z); 0 at the last."""
    shift: Array
    """Part of the diagonal beside the links, shape (x, y, z)."""

    def __post_init__(self) -> None:
        if self.links.shape != (3, *self.shift.shape) or self.shift.ndim != 3:
            raise ValueError(
                f"links: got shape {self.links.shape} with a shift of {self.shift.shape}; "
                "give shapes (3, x, y, z) and (x, y, z)"
            )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Cells along the axes."""
        nx, ny, nz = self.shift.shape
        return nx, ny, nz

    def apply(self, u: Array, out: Array | None = None) -> Array:
        """Product with a vector, written to `out` where that is given."""
        out = np.empty(self.shape) if out is None else out
        _kernels.apply(self.links, self.shift, u, out)
        return out

    def apply_transpose(self, u: Array, out: Array | None = None) -> Array:
        """Product of the transpose with a vector: the same, the matrix being symmetric."""
        return self.apply(u, out)

    def diagonal(self) -> Array:
        """Diagonal of the matrix."""
        total = self.shift.copy()
        for axis, link in enumerate(self.links):
            total += link
            ahead, behind = (np.moveaxis(cells, axis, 0) for cells in (total, link))
            ahead[1:] += behind[:-1]
        return total

    def with_shift(self, extra: Array) -> "DiffusionOperator":
        """The same links with more on the diagonal, such as capacity over a time step."""
        return replace(self, shift=self.shift + extra)

    def matrix(self) -> csr_array:
        """The matrix, stored, for direct solvers, multigrid and comparison."""
        number = np.arange(self.shift.size).reshape(self.shape)
        diagonal = self.diagonal().ravel()
        rows, columns, values = [number.ravel()], [number.ravel()], [diagonal]
        for axis, link in enumerate(self.links):
            pair = (
                np.moveaxis(number, axis, 0)[:-1].ravel(),
                np.moveaxis(number, axis, 0)[1:].ravel(),
            )
            between = -np.moveaxis(link, axis, 0)[:-1].ravel()
            rows += pair
            columns += pair[::-1]
            values += [between, between]
        places = (np.concatenate(rows), np.concatenate(columns))
        made = csr_array(coo_array((np.concatenate(values), places), shape=(number.size,) * 2))
        made.eliminate_zeros()
        return made
