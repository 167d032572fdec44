r"""Iterative solvers of large sparse systems, preconditioned by the diagonal.

Both stop when the residual, measured as :math:`\lVert D^{-1/2} r\rVert_2` (conjugate gradients) or
:math:`\lVert r\rVert_2` (BiCGStab), is at or below a limit, and both start from zero: who has a
guess solves for the correction to it. Nothing is allocated in the loop, and sums are taken in a
fixed order, so results do not depend on the number of threads.

Sources
-------
Hestenes, M. R. & Stiefel, E. (1952), J. Res. Natl. Bur. Stand. 49, 409-436.
van der Vorst, H. A. (1992), SIAM J. Sci. Stat. Comput. 13, 631-644.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from comine.numerics import Array, _kernels
from comine.numerics.checks import require
from comine.numerics.diffusion import DiffusionOperator
from comine.numerics.multilevel import Multilevel, gain

UNSEEN = 1e-12
"""Cosine between two residuals that has no digits left."""
APART = 56
"""Numbers between vectors: seven lines of a cache, so that cells of one place in many vectors do
not compete for the same lines where the number of cells is a power of two."""


class Outcome(NamedTuple):
    """How an iteration ended."""

    iterations: int
    """Products with the matrix."""
    residual: float
    """Norm of the residual at the end."""
    converged: bool
    """Whether the residual is at or below the limit."""


class ConjugateGradients:
    r"""Conjugate gradients for a diffusion operator, with room for their vectors.

    The matrix is scaled to a diagonal of ones, :math:`D^{-1/2} A D^{-1/2}`, once for each
    operator; an iteration is then two sweeps in which twelve values of each cell pass the memory.
    Where the cells exchange much more with each other than the shift holds, levels of coarser
    grids (`Multilevel`) precondition it.

    Parameters
    ----------
    shape : tuple of int
        Cells along the axes.
    centres : tuple of ndarray, optional
        Centres of the cells along the axes [m]; evenly spaced if not given.
    worth : float
        Estimated gain from which levels are made: 0 for always, infinite for never.
    """

    TRAFFIC = 12
    """Values of each cell that an iteration reads or writes, without the levels."""

    def __init__(
        self,
        shape: tuple[int, int, int],
        centres: tuple[Array, Array, Array] | None = None,
        worth: float = 1.0,
    ) -> None:
        x, y, z = (np.arange(float(count)) for count in shape)
        self.centres, self.worth = centres or (x, y, z), worth
        self.root = np.empty(shape)
        self.levels: Multilevel | None = None
        self._room = np.zeros((8, self.root.size + APART))
        cells = self._room[:, _kernels.FRONT : _kernels.FRONT + self.root.size]
        _, _, _, self._r, self._x, self._q, self._p, self._new = (v.reshape(shape) for v in cells)
        self._lead = self._room[3]

    def load(self, operator: DiffusionOperator, similar: bool = False) -> None:
        """Take the matrix to solve with; its diagonal must be above 0.

        Levels of the matrix before are kept where it is `similar`.
        """
        _kernels.inverse_root(operator.links, operator.shift, self.root)
        _kernels.scale(operator.links, self.root, self._room)
        if similar:
            return
        self.levels = None
        if self.worth < np.inf and gain(operator) > self.worth:
            self.levels = Multilevel(operator, self.centres)
            if self._lead.base is self._room:
                self._lead = np.zeros(self.root.size + APART)

    def norm(self, residual: Array) -> float:
        """Norm of a residual in the measure of the solver."""
        _kernels.multiply(self.root, residual, self._q)
        return float(np.sqrt(_kernels.dot(self._q, self._q)))

    def solve(self, right: Array, out: Array, limit: float, most: int) -> Outcome:
        """Solve with the matrix taken; the solution is written to `out`."""
        _kernels.multiply(self.root, right, self._r)
        for vector in (self._x, self._p, self._new):
            vector.fill(0.0)
        square, product = _kernels.dot(self._r, self._r), 0.0
        alpha = beta = 0.0
        count, old = 0, 6
        while np.sqrt(square) > limit and count < most:
            before, product = product, self._precondition(square)
            beta = product / before if count else 0.0
            lead = self._room[3] if self.levels is None else self._lead
            steps = (alpha, beta)
            curvature = _kernels.descend(self.root.shape, self._room, lead, old, steps)
            old = 13 - old
            if not curvature > 0:
                alpha = 0.0
                break
            alpha = product / curvature
            square = _kernels.subtract(alpha, self._q, self._r)
            count += 1
        last = self._p if old == 6 else self._new
        _kernels.add(self._x, alpha, last, 0.0, last)
        _kernels.multiply(self.root, self._x, out)
        residual = float(np.sqrt(square))
        return Outcome(count, residual, residual <= limit)

    def _precondition(self, square: float) -> float:
        """Next direction before it is made conjugate; its product with the residual."""
        if self.levels is None:
            return square
        cells = self._lead[_kernels.FRONT : _kernels.FRONT + self.root.size]
        scale = float(np.sqrt(square / self.root.size))
        return self.levels.solve(self._r, scale, cells.reshape(self.root.shape))


def conjugate_gradients(
    operator: DiffusionOperator, right: Array, tolerance: float = 1e-8, most: int = 10_000
) -> tuple[Array, Outcome]:
    r"""Solve one system with a diffusion operator.

    Parameters
    ----------
    operator : DiffusionOperator
        Symmetric positive definite matrix.
    right : ndarray, shape (x, y, z)
        Right side.
    tolerance : float
        Residual to stop at, over that of a zero solution.
    most : int
        Iterations allowed.

    Returns
    -------
    solution : ndarray, shape (x, y, z)
        Solution.
    outcome : Outcome
        How the iteration ended.

    Raises
    ------
    ValueError
        If a diagonal element is not above 0.

    Notes
    -----
    Jacobi preconditioning (Hestenes & Stiefel 1952), in the measure
    :math:`\lVert D^{-1/2}r\rVert_2`.

    Examples
    --------
    >>> links = np.zeros((3, 1, 1, 2))
    >>> links[2, 0, 0, 0] = 1.0
    >>> operator = DiffusionOperator(links, np.ones((1, 1, 2)))
    >>> solution, outcome = conjugate_gradients(operator, np.array([[[3.0, 0.0]]]))
    >>> solution.round(6)
    array([[[2., 1.]]])
    """
    diagonal = operator.diagonal()
    require(diagonal > 0, "operator", diagonal, "a matrix with its diagonal above 0")
    solver = ConjugateGradients(operator.shape)
    solver.load(operator)
    solution = np.empty(operator.shape)
    outcome = solver.solve(right, solution, tolerance * solver.norm(right), most)
    return solution, outcome


class BiCGStab:
    """BiCGStab for systems whose matrix need not be symmetric, with room for its vectors.

    Parameters
    ----------
    shape : tuple of int
        Shape of the vectors.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        size = int(np.prod(shape))
        room = np.empty((6, size + APART))[:, :size]
        self._vectors = tuple(row.reshape(shape) for row in room)

    def solve(
        self,
        apply: Callable[[Array, Array], Array],
        precondition: Callable[[Array, Array], None],
        right: Array,
        out: Array,
        stop: tuple[float, int],
    ) -> Outcome:
        """Write the solution to `out`; `stop` holds the limit of the residual and of products.

        `apply` and `precondition` write the product with their first argument to their second.
        """
        r, p, v, t, y, z = self._vectors
        limit, most = stop
        np.copyto(r, right)
        for vector in (out, p, v):
            vector.fill(0.0)
        shadow = right
        square = product = first = _kernels.dot(r, r)
        before, alpha, omega = 1.0, 1.0, 1.0
        count = 0
        while np.sqrt(square) > limit and count < most:
            if omega == 0.0 or abs(product) <= UNSEEN * np.sqrt(first * square):
                shadow = r.copy()
                p.fill(0.0)
                v.fill(0.0)
                first = product = square
                before = alpha = omega = 1.0
            _kernels.search(r, v, p, omega, product / before * alpha / omega)
            precondition(p, y)
            apply(y, v)
            seen = _kernels.dot(shadow, v)
            if seen == 0.0:
                break
            alpha = product / seen
            _kernels.subtract(alpha, v, r)
            precondition(r, z)
            apply(z, t)
            stretch, along = _kernels.project(t, r)
            omega = along / stretch if stretch > 0 else 0.0
            before = product
            square, product = _kernels.advance((alpha, omega), y, z, out, t, r, shadow)
            count += 2
        residual = float(np.sqrt(square))
        return Outcome(count, residual, bool(residual <= limit))


def by_diagonal(diagonal: Array) -> Callable[[Array, Array], None]:
    """Preconditioner of the inverse diagonal.

    Parameters
    ----------
    diagonal : ndarray, shape (...)
        Diagonal of a matrix, nowhere 0.

    Returns
    -------
    callable
        Writes its product with a first argument to a second.

    Raises
    ------
    ValueError
        If an element is 0.

    Examples
    --------
    >>> out = np.empty(2)
    >>> by_diagonal(np.array([2.0, 4.0]))(np.ones(2), out)
    >>> out
    array([0.5 , 0.25])
    """
    require(diagonal != 0, "diagonal", diagonal, "elements that are not 0")
    inverse = 1.0 / diagonal
    return lambda right, out: _kernels.multiply(inverse, right, out)


def bicgstab(
    apply: Callable[[Array, Array], Array],
    diagonal: Array,
    right: Array,
    tolerance: float = 1e-8,
    most: int = 10_000,
) -> tuple[Array, Outcome]:
    r"""Solve a system whose matrix need not be symmetric.

    Parameters
    ----------
    apply : callable
        Writes the product of the matrix with its first argument to its second.
    diagonal : ndarray, shape (...)
        Diagonal of the matrix, nowhere 0.
    right : ndarray, shape (...)
        Right side.
    tolerance : float
        Residual to stop at, over that of a zero solution.
    most : int
        Products with the matrix allowed.

    Returns
    -------
    solution : ndarray, shape (...)
        Solution.
    outcome : Outcome
        How the iteration ended; not converged where the method broke down.

    Raises
    ------
    ValueError
        If a diagonal element is 0.

    Notes
    -----
    BiCGStab (van der Vorst 1992) with the inverse diagonal on the right, so that the residual is
    that of the system itself. Where the residual has left what the first one points at, such as the
    cells where water enters, it begins anew from what is left.

    Examples
    --------
    >>> matrix = np.array([[2.0, -1.0], [0.0, 4.0]])
    >>> solution, outcome = bicgstab(
    ...     lambda u, out: np.matmul(matrix, u, out=out), np.array([2.0, 4.0]), np.array([3.0, 4.0])
    ... )
    >>> solution.round(6)
    array([2., 1.])
    """
    solution = np.empty(right.shape)
    limit = tolerance * float(np.sqrt(_kernels.dot(right, right)))
    solver = BiCGStab(right.shape)
    return solution, solver.solve(apply, by_diagonal(diagonal), right, solution, (limit, most))
