r"""Laws of branches: the fall of potential along each against its flow, and its slope.

A law is a small frozen object for a set of branches, one value of each parameter a branch (or one
for all). Several laws may act on a branch, their falls add: a resistance and a machine, say. A law
that drives has a fall below zero for a flow along its branch. Whoever has another law writes a
class with `fall` and `slope` that inherits from `BranchLaw`; both must give a number for any flow,
the fall must be continuous, and the slope its derivative wherever that exists.

Sources
-------
- J. J. Atkinson, "On the theory of the ventilation of mines", Trans. N. Engl. Inst. Min. Eng. 3
  (1854) 73-222 (fall with the square of the flow).
- C. F. Colebrook, J. Inst. Civ. Eng. 11 (1939) 133-156 (turbulent friction); S. E. Haaland,
  J. Fluids Eng. 105 (1983) 89-90 (its first value).
- S. Ergun, Chem. Eng. Prog. 48 (1952) 89-94 (linear and quadratic part).
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from comine.numerics import Array, Indices

Values = Array | float
"""One value a branch, or one for all."""
LAMINAR, TURBULENT = 2300.0, 4000.0
"""Reynolds numbers between which the flow is neither."""


class BranchLaw(Protocol):
    """Fall of potential along branches against their flow; inherit from it."""

    def fall(self, flow: Array) -> Array:
        """Fall from start to end, for each branch."""

    def slope(self, flow: Array) -> Array:
        """Derivative of the fall by the flow, for each branch."""

    def stalled(self, flow: Array) -> NDArray[np.bool_]:
        """Whether a branch works where the fall sinks with the flow."""
        return np.asarray(self.slope(flow) < 0.0)


class Placed(NamedTuple):
    """A law and the branches that it acts on."""

    law: BranchLaw
    where: Indices


@dataclass(frozen=True, eq=False)
class PowerLaw(BranchLaw):
    r"""Fall with a power of the flow, :math:`R\,m|m|^{n-1}`; the square by default."""

    resistance: Values
    exponent: Values = 2.0

    def __post_init__(self) -> None:
        checked_range("resistance", self.resistance, 0.0)
        checked_range("exponent", self.exponent, 1.0, 2.0)

    def fall(self, flow: Array) -> Array:
        n = np.asarray(self.exponent)
        size = np.abs(flow)
        return np.asarray(self.resistance * flow * (size if (n == 2).all() else size ** (n - 1)))

    def slope(self, flow: Array) -> Array:
        n = np.asarray(self.exponent)
        size = np.abs(flow)
        return np.asarray(n * self.resistance * (size if (n == 2).all() else size ** (n - 1)))


@dataclass(frozen=True, eq=False)
class LinearLaw(BranchLaw):
    r"""Fall with the flow, :math:`R\,m`: laminar pipes, plane fractures, Darcy's law."""

    resistance: Values

    def __post_init__(self) -> None:
        checked_range("resistance", self.resistance, 0.0)

    def fall(self, flow: Array) -> Array:
        return np.asarray(self.resistance * flow)

    def slope(self, flow: Array) -> Array:
        return np.asarray(self.resistance + np.zeros_like(flow))


@dataclass(frozen=True, eq=False)
class ErgunLaw(BranchLaw):
    r"""Fall with flow and square, :math:`a\,m + b\,m|m|`: packed beds, rubble, leaky seals."""

    linear: Values
    quadratic: Values

    def __post_init__(self) -> None:
        checked_range("linear", self.linear, 0.0)
        checked_range("quadratic", self.quadratic, 0.0)

    def fall(self, flow: Array) -> Array:
        return np.asarray((self.linear + self.quadratic * np.abs(flow)) * flow)

    def slope(self, flow: Array) -> Array:
        return np.asarray(self.linear + 2.0 * self.quadratic * np.abs(flow))


@dataclass(frozen=True, eq=False)
class DarcyWeisbach(BranchLaw):
    r"""Friction in pipes of mass flow :math:`m`, with a factor that depends on Reynolds' number.

    .. math:: \left(f\,\frac LD + K\right)\frac{m|m|}{2\rho A^2} ,\quad Re = \frac{|m|D}{\mu A}

    with :math:`f = 64/Re` up to Re = 2300, Colebrook's root to rounding from 4000, and linear in
    Re between them.
    """

    length: Values
    """[m]"""
    diameter: Values
    """Hydraulic diameter [m]."""
    roughness: Values
    """Height of the roughness [m]."""
    density: Values
    """[kg/m³]"""
    viscosity: Values
    """Dynamic viscosity [Pa s]."""
    loss: Values = 0.0
    """Sum of the loss coefficients of bends and fittings [1]."""
    area: Values | None = None
    """Cross-section [m²]; without it, that of a round pipe."""

    def __post_init__(self) -> None:
        for name in ("length", "roughness", "loss"):
            checked_range(name, getattr(self, name), 0.0)
        for name in ("diameter", "density", "viscosity", "area"):
            if (value := getattr(self, name)) is not None:
                checked_range(name, value, np.finfo(float).tiny)
        checked_range("roughness over diameter", self._rough, 0.0, 0.1)

    def fall(self, flow: Array) -> Array:
        size = np.abs(flow)
        factor, _ = self._factor(size)
        return np.asarray(self._scale * (factor * self._slender + self.loss * size) * flow)

    def slope(self, flow: Array) -> Array:
        size = np.abs(flow)
        factor, change = self._factor(size)
        friction = (factor + change * size) * self._slender
        return np.asarray(self._scale * (friction + 2.0 * self.loss * size))

    def _factor(self, size: Array) -> tuple[Array, Array]:
        """Friction factor times the size of the flow, finite at rest, and its derivative."""
        per_flow = self.diameter / (self.viscosity * self._area)
        Re = size * per_flow
        swirling = np.maximum(Re, TURBULENT)
        x = -1.8 * np.log10((self._rough / 3.7) ** 1.11 + 6.9 / swirling)
        for _ in range(4):
            inner = self._rough / 3.7 + 2.51 * x / swirling
            lean = 2.0 / np.log(10.0) * 2.51 / swirling / inner
            x = x - (x + 2.0 * np.log10(inner)) / (1.0 + lean)
        steep = np.where(Re > TURBULENT, -2.0 * lean / (1.0 + lean) / x**2, 0.0)
        low, span = 64.0 / LAMINAR, TURBULENT - LAMINAR
        share = np.clip((Re - LAMINAR) / span, 0.0, 1.0)
        factor = (1.0 - share) * low + share / x**2
        between = np.where(Re <= TURBULENT, (1.0 / x**2 - low) * Re / span, 0.0)
        still = Re < LAMINAR
        value = np.where(still, 64.0 / per_flow, factor * size)
        return value, np.where(still, 0.0, factor + between + steep)

    @property
    def _area(self) -> Array:
        return np.asarray(np.pi * self.diameter**2 / 4.0 if self.area is None else self.area)

    @property
    def _scale(self) -> Array:
        return np.asarray(0.5 / (self.density * self._area**2))

    @property
    def _slender(self) -> Array:
        return np.asarray(self.length / self.diameter)

    @property
    def _rough(self) -> Array:
        return np.asarray(self.roughness / self.diameter)


@dataclass(frozen=True, eq=False)
class InPieces(BranchLaw):
    """A law of pieces of branches, whose falls add along each branch."""

    law: BranchLaw
    """Of all pieces."""
    branch: Indices
    """Branch that each piece belongs to, counted from 0 among those that the law acts on."""

    def fall(self, flow: Array) -> Array:
        return np.bincount(self.branch, self.law.fall(flow[self.branch]), len(flow)).astype(float)

    def slope(self, flow: Array) -> Array:
        return np.bincount(self.branch, self.law.slope(flow[self.branch]), len(flow)).astype(float)


def checked_range(name: str, value: Values, low: float, high: float = np.inf) -> None:
    """Raise unless all values are numbers between two bounds."""
    array = np.asarray(value, dtype=float)
    wrong = ~((array >= low) & (array <= high) & np.isfinite(array))
    if wrong.any():
        raise ValueError(f"{name} must lie in {low:g}..{high:g}, got {array[wrong].flat[0]:g}")
