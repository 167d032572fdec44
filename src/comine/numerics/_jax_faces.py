"""Conductances of the faces of cells as arrays of JAX, from conductivities to be derived by."""

import numpy as np

from comine.numerics import Array
from comine.numerics.conduction import FACES
from comine.numerics.grid import Grid
from comine.numerics.jax_operators import Values, jnp


def links(grid: Grid, k: Values) -> Values:
    """Conductances between neighbours, 0 where both conduct nothing [W/K]."""
    made = []
    for axis in range(3):
        half = jnp.broadcast_to(grid.along_axis(0.5 * grid.widths[axis], axis), grid.shape)
        low, high = (_cells(axis, slice(None, -1)), _cells(axis, slice(1, None)))
        resisting = half[low] * k[axis][high] + half[high] * k[axis][low]
        link = grid.areas(axis) * k[axis][low] * k[axis][high] / _above(resisting)
        made.append(jnp.pad(link, [(0, int(a == axis)) for a in range(3)]))
    return jnp.stack(made)


def conductance(grid: Grid, k: Values, number: int, coefficient: float | Array) -> Values:
    """Conductances from the cells along a side to beyond its film [W/K]."""
    axis, face = number // 2, FACES[number]
    half = jnp.broadcast_to(grid.along_axis(0.5 * grid.widths[axis], axis), grid.shape)[face]
    h = np.asarray(coefficient, dtype=float)
    film, rest = np.where(np.isinf(h), 1.0, h), np.where(np.isinf(h), 0.0, 1.0)
    through = k[axis][face]
    return (
        jnp.asarray(side_areas(grid)[number] * film)
        * through
        / _above(half * film + through * rest)
    )


def side_areas(grid: Grid) -> list[Array]:
    """Areas of the cells along each of the six sides [m2]."""
    return [np.squeeze(grid.areas(number // 2), number // 2) for number in range(6)]


def _above(values: Values) -> Values:
    """Values, 1 in place of 0: the numerator is then 0 too, and so is the derivative."""
    return jnp.where(values > 0, values, 1.0)


def _cells(axis: int, part: slice) -> tuple[slice, ...]:
    return tuple(part if a == axis else slice(None) for a in range(3))
