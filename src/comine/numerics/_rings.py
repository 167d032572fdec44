"""Widths, volumes and resistances of the rings of skins: planes, cylinders and spheres.

Shapes differ in the power (0, 1, 2) with which area grows with the distance.
"""

import numpy as np
from numpy.typing import NDArray

from comine.numerics import Array

_FACTOR = (1.0, 2.0 * np.pi, 4.0 * np.pi)  # area at distance 1 per extent, by power
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


def graded(number: NDArray[np.int64], count: Array, first: Array, length: Array) -> Array:
    """Widths that begin with `first`, grow geometrically and add up to `length`."""

    def total(log: Array) -> Array:
        return np.asarray(np.expm1(count * log) / np.expm1(log))

    low, high = np.full(length.shape, 1e-9), np.minimum(5.0, 600.0 / count)
    for _ in range(60):
        middle = 0.5 * (low + high)
        short = total(middle) * first < length
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    growth = 0.5 * (low + high)
    equal = (first * count >= length) | (count == 1)
    graded = length / total(growth) * np.exp(np.maximum(number, 0) * growth)
    return np.asarray(np.where(equal, length / count, graded))


def area(x: Array, extent: Array, power: int) -> Array:
    """Area of a surface at distance `x`."""
    return np.asarray(_FACTOR[power] * x**power * extent)


def volume(x: Array, extent: Array, power: int) -> Array:
    """Volume within distance `x`."""
    return area(x, extent, power) * x / (power + 1)


def resistances(
    face: Array, extent: Array, power: int, conductivity: Array
) -> tuple[Array, Array, Array]:
    """Matrix of each ring's mixed element: first face, between the faces, last face."""
    begin, end = face[:-1], face[1:]
    inner, cross, outer = (np.zeros_like(begin) for _ in range(3))
    filled = volume(face, extent, power)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        x = 0.5 * (begin + end) + 0.5 * (end - begin) * node
        share = (volume(x, extent, power) - filled[:-1]) / (filled[1:] - filled[:-1])
        slice_ = 0.5 * weight * np.abs(end - begin) / (conductivity * area(x, extent, power))
        inner += slice_ * (1.0 - share) ** 2
        cross += slice_ * share * (1.0 - share)
        outer += slice_ * share**2
    return inner, cross, outer
