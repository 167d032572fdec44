r"""Matrices of rock, and of rock along a fracture that water flows through, for JAX.

The numbers of `DiffusionOperator` on arrays of JAX, for gradients and other devices. Systems are
solved by iteration and differentiated implicitly: the derivative of :math:`x = A^{-1}b` is one
solution with the transpose, whatever the iteration did. Needs the extra `gradients`.

Sources
-------
Hestenes, M. R. & Stiefel, E. (1952), J. Res. Natl. Bur. Stand. 49, 409-436.
van der Vorst, H. A. (1992), SIAM J. Sci. Stat. Comput. 13, 631-644.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol, Self, TypeVar

try:
    import jax
    import jax.numpy as jnp
    from jax import Array as Values
except ModuleNotFoundError as missing:
    raise ImportError(
        "gradients need JAX, which is not installed: pip install 'comine[gradients]'"
    ) from missing

__all__ = ["Cells", "Diffusion", "FractureFlow", "Values", "differentiable_solve", "jax", "jnp"]

Vector = TypeVar("Vector")
"""Array, or tuple of arrays."""


class Matrix(Protocol[Vector]):
    """What a solver asks of a matrix."""

    @property
    def symmetric(self) -> bool: ...
    def apply(self, u: Vector, /) -> Vector: ...
    def apply_transpose(self, u: Vector, /) -> Vector: ...
    def diagonal(self) -> Vector: ...
    def with_shift(self, extra: Vector, /) -> Self: ...
    def preconditioner(self, transpose: bool = False) -> Callable[[Vector], Vector]: ...


class Cells(NamedTuple):
    """Values of all unknowns."""

    rock: Values
    """Cells of rock, shape (x, y, z)."""
    fluid: Values
    """Cells of the fracture, shape (x, z)."""


class Diffusion(NamedTuple):
    """Seven-point matrix of a box of cells, as `DiffusionOperator`."""

    links: Values
    """Conductance from a cell to the next along x, y, z, shape (3, x, y, z); 0 at the last."""
    shift: Values
    """Part of the diagonal beside the links, shape (x, y, z)."""

    @property
    def symmetric(self) -> bool:
        """Whether the matrix equals its transpose."""
        return True

    def apply(self, u: Values) -> Values:
        """Product with a vector."""
        out = self.shift * u
        for axis in range(3):
            low, high = _part(u, axis, 0, -1), _part(u, axis, 1, None)
            flow = _part(self.links[axis], axis, 0, -1) * (low - high)
            out = out + _padded(flow, axis, (0, 1)) - _padded(flow, axis, (1, 0))
        return out

    def apply_transpose(self, u: Values) -> Values:
        """Product of the transpose with a vector: the same, the matrix being symmetric."""
        return self.apply(u)

    def diagonal(self) -> Values:
        """Diagonal of the matrix."""
        total = self.shift
        for axis in range(3):
            link = self.links[axis]
            total = total + link + _padded(_part(link, axis, 0, -1), axis, (1, 0))
        return total

    def with_shift(self, extra: Values) -> "Diffusion":
        """The same links with more on the diagonal, such as capacity over a time step."""
        return self._replace(shift=self.shift + extra)

    def preconditioner(self, transpose: bool = False) -> Callable[[Values], Values]:
        """Division by the diagonal, for the transpose too."""
        inverse = 1.0 / self.diagonal()
        return lambda r: inverse * r


class FractureFlow(NamedTuple):
    r"""Matrix of rock with a fracture along its first cells of y, fluid flowing towards greater x.

    A cell of fluid exchanges with the cell of rock beside it and takes what the cell upstream
    sends: :math:`(Au)_i = (s_i + g_i + m_i)u_i - m_i u_{i-1} - g_i u_r`.
    """

    rock: Diffusion
    """Rock alone."""
    exchange: Values
    """Conductance from the fluid to the rock beside it, shape (x, z)."""
    carried: Values
    """Heat capacity that flows, shape (z,)."""
    shift: Values
    """Part of the fluid's diagonal beside exchange and flow, shape (x, z)."""

    @property
    def symmetric(self) -> bool:
        """Whether the matrix equals its transpose."""
        return False

    def apply(self, u: Cells) -> Cells:
        """Product with a vector."""
        return self._product(u, (1, 0))

    def apply_transpose(self, u: Cells) -> Cells:
        """Product of the transpose with a vector: the flow turned round."""
        return self._product(u, (0, 1))

    def diagonal(self) -> Cells:
        """Diagonal of the matrix."""
        beside = _padded(self.exchange[:, None], 1, (0, self.rock.shift.shape[1] - 1))
        return Cells(self.rock.diagonal() + beside, self.shift + self.exchange + self.carried)

    def with_shift(self, extra: Cells) -> "FractureFlow":
        """The same exchange and flow with more on the diagonal."""
        return self._replace(rock=self.rock.with_shift(extra.rock), shift=self.shift + extra.fluid)

    def preconditioner(self, transpose: bool = False) -> Callable[[Cells], Cells]:
        """Solution of the matrix without its links along x and z off the diagonal.

        Columns of rock are eliminated towards the fracture, then the fluid downstream.
        """
        along = jnp.moveaxis(self.rock.links[1], 1, 0)

        def eliminate(beyond: Values, cell: tuple[Values, Values]) -> tuple[Values, Values]:
            pivot = cell[0] - cell[1] ** 2 / beyond
            return pivot, pivot

        cells = (jnp.moveaxis(self.diagonal().rock, 1, 0), along)
        _, pivots = jax.lax.scan(eliminate, jnp.ones_like(along[0]), cells, reverse=True)
        inwards = along / jnp.concatenate([pivots[1:], pivots[:1]])
        outwards = _padded(inwards[:-1], 0, (1, 0))
        inverse, response = 1.0 / pivots, self.exchange / pivots[0]
        pivot = self.shift + self.carried + self.exchange * (1.0 - response)
        downstream = self.carried / pivot

        def substitute(r: Cells) -> Cells:
            gathered = _recurrence(inwards, jnp.moveaxis(r.rock, 1, 0), reverse=True)
            right = (r.fluid + response * gathered[0]) / pivot
            fluid = _recurrence(downstream, right, reverse=transpose)
            beside = _padded((response * fluid)[None], 0, (0, along.shape[0] - 1))
            rock = _recurrence(outwards, inverse * gathered + beside, reverse=False)
            return Cells(jnp.moveaxis(rock, 0, 1), fluid)

        return substitute

    def _product(self, u: Cells, upstream: tuple[int, int]) -> Cells:
        given = self.exchange * (u.fluid - u.rock[:, 0])
        away = _padded(given[:, None], 1, (0, u.rock.shape[1] - 1))
        kept = _part(u.fluid, 0, 0, -1) if upstream[0] else _part(u.fluid, 0, 1, None)
        moved = self.carried * (u.fluid - _padded(kept, 0, upstream))
        return Cells(self.rock.apply(u.rock) - away, self.shift * u.fluid + given + moved)


def differentiable_solve(
    operator: Matrix[Vector], right: Vector, guess: Vector, tolerance: float, most: int
) -> Vector:
    r"""Solution of a system, to be differentiated by matrix and right side.

    Parameters
    ----------
    operator : Diffusion or FractureFlow
        Matrix; positive definite where it is a Diffusion.
    right : jax.Array or Cells
        Right side.
    guess : jax.Array or Cells
        Where the iteration begins; no derivative passes through it.
    tolerance : float
        Residual to stop at over the right side, both as :math:`\lVert D^{-1/2} r\rVert_2`.
    most : int
        Iterations allowed.

    Returns
    -------
    jax.Array or Cells
        Solution; NaN where the iteration did not converge.

    Notes
    -----
    Conjugate gradients with the diagonal as the preconditioner (Hestenes & Stiefel 1952) for a
    Diffusion; BiCGStab (van der Vorst 1992) preconditioned on the right for flow. For
    :math:`Ax = b`, :math:`\dot x = A^{-1}(\dot b - \dot A x)`: the iteration itself is never
    differentiated.

    Examples
    --------
    >>> links = jnp.zeros((3, 1, 1, 2)).at[2, 0, 0, 0].set(1.0)
    >>> operator = Diffusion(links, jnp.ones((1, 1, 2)))
    >>> right, guess = jnp.array([[[3.0, 0.0]]]), jnp.zeros((1, 1, 2))
    >>> differentiable_solve(operator, right, guess, 1e-6, 10).round(3)
    Array([[[2., 1.]]], dtype=float32)
    """
    method = _conjugate_gradients if operator.symmetric else _bicgstab
    diagonal = operator.diagonal()

    def ahead(apply: Callable[[Vector], Vector], b: Vector) -> Vector:
        precondition = operator.preconditioner()
        return method(apply, precondition, diagonal, (b, guess), (tolerance, most))

    def back(_: Callable[[Vector], Vector], b: Vector) -> Vector:
        precondition, zero = operator.preconditioner(transpose=True), _scaled(0.0, b)
        apply = operator.apply_transpose
        return method(apply, precondition, diagonal, (b, zero), (tolerance, most))

    solution: Vector = jax.lax.custom_linear_solve(operator.apply, right, ahead, back)
    return solution


def _conjugate_gradients(
    apply: Callable[[Vector], Vector],
    precondition: Callable[[Vector], Vector],
    diagonal: Vector,
    system: tuple[Vector, Vector],
    limits: tuple[float, int],
) -> Vector:
    right, x = system
    limit = limits[0] ** 2 * _square(right, diagonal)
    r = _plus(right, -1.0, apply(x))
    z = precondition(r)
    square = _dot(r, z)

    def going(carry: tuple[Values, Values, Vector, Vector, Vector]) -> Values:
        return (carry[1] > limit) & (carry[0] < limits[1])

    def descend(
        carry: tuple[Values, Values, Vector, Vector, Vector],
    ) -> tuple[Values, Values, Vector, Vector, Vector]:
        count, square, x, r, p = carry
        q = apply(p)
        alpha = square / _dot(p, q)
        x, r = _plus(x, alpha, p), _plus(r, -alpha, q)
        z = precondition(r)
        reduced = _dot(r, z)
        return count + 1, reduced, x, r, _plus(z, reduced / square, p)

    start = (jnp.zeros((), int), square, x, r, z)
    _, square, x, *_ = jax.lax.while_loop(going, descend, start)
    return _scaled(jnp.where(square <= limit, 1.0, jnp.nan), x)


def _bicgstab(
    apply: Callable[[Vector], Vector],
    precondition: Callable[[Vector], Vector],
    diagonal: Vector,
    system: tuple[Vector, Vector],
    limits: tuple[float, int],
) -> Vector:
    right, x = system
    limit = limits[0] ** 2 * _square(right, diagonal)
    r = shadow = _plus(right, -1.0, apply(x))

    def going(carry: tuple[Values, Values, Values, Vector, Vector, Vector]) -> Values:
        return (carry[1] > limit) & (carry[0] < limits[1])

    def search(
        carry: tuple[Values, Values, Values, Vector, Vector, Vector],
    ) -> tuple[Values, Values, Values, Vector, Vector, Vector]:
        count, _, rho, x, r, p = carry
        y = precondition(p)
        v = apply(y)
        alpha = rho / _dot(shadow, v)
        s = _plus(r, -alpha, v)
        z = precondition(s)
        t = apply(z)
        stretch = _dot(t, t)
        omega = jnp.where(stretch > 0, _dot(t, s) / stretch, 0.0)
        x, r = _plus(_plus(x, alpha, y), omega, z), _plus(s, -omega, t)
        after = _dot(shadow, r)
        p = _plus(r, after / rho * alpha / omega, _plus(p, -omega, v))
        return count + 1, _square(r, diagonal), after, x, r, p

    start = (jnp.zeros((), int), _square(r, diagonal), _dot(r, r), x, r, r)
    _, square, _, x, *_ = jax.lax.while_loop(going, search, start)
    return _scaled(jnp.where(square <= limit, 1.0, jnp.nan), x)


def _plus(x: Vector, factor: Values | float, y: Vector) -> Vector:
    total: Vector = jax.tree.map(lambda a, b: a + factor * b, x, y)
    return total


def _scaled(factor: Values | float, x: Vector) -> Vector:
    product: Vector = jax.tree.map(lambda a: factor * a, x)
    return product


def _dot(x: Vector, y: Vector) -> Values:
    products = jax.tree.leaves(jax.tree.map(lambda a, b: jnp.sum(a * b), x, y))
    return jnp.sum(jnp.stack(products))


def _square(r: Vector, diagonal: Vector) -> Values:
    """Square of the norm of a residual, scaled by the diagonal."""
    return _dot(r, jax.tree.map(lambda a, d: a / d, r, diagonal))


def _recurrence(factor: Values, right: Values, reverse: bool) -> Values:
    """Solution of y[i] = factor[i] * y[i - 1] + right[i] along the first axis, or from its end."""

    def follow(before: Values, cell: tuple[Values, Values]) -> tuple[Values, Values]:
        here = cell[0] * before + cell[1]
        return here, here

    whole: Values
    _, whole = jax.lax.scan(follow, jnp.zeros_like(right[0]), (factor, right), reverse=reverse)
    return whole


def _part(values: Values, axis: int, first: int, last: int | None) -> Values:
    """Cells from the first to before the last along an axis."""
    return values[
        tuple(slice(first, last) if a == axis else slice(None) for a in range(values.ndim))
    ]


def _padded(values: Values, axis: int, zeros: tuple[int, int]) -> Values:
    """Values with zeros before and after them along an axis."""
    return jnp.pad(values, [zeros if a == axis else (0, 0) for a in range(values.ndim)])
