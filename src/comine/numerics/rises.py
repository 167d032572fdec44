r"""Laws of machines that drive a flow: fans and pumps by curve or polynomial.

A curve holds at one density and speed; others follow by similarity, the volume flow with the speed,
the rise with the density and the square of the speed. For a flow below the curve (driven
backwards, or left of its first point) the rise of its first point holds: a parabola carried on to
flows below zero would cross the network's curve two or three times.

Sources
-------
- F. N. Fritsch, R. E. Carlson, SIAM J. Numer. Anal. 17 (1980) 238-246; F. N. Fritsch, J. Butland,
  SIAM J. Sci. Stat. Comput. 5 (1984) 300-304 (monotone cubic pieces, PCHIP).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator

from comine.numerics import Array
from comine.numerics.branch_laws import BranchLaw, Values, checked_range


@dataclass(frozen=True, eq=False)
class RiseCurve(BranchLaw):
    """Rise by cubic pieces through points; made by `rise_curve`."""

    knots: Array
    """Volume flows of the points, filled up with infinity, (branches, points) [m³/s]."""
    pieces: Array
    """Coefficients below, between and beyond the points, (branches, points + 1, 4)."""
    density: Values = 1.0
    """[kg/m³]"""
    reference: Values = 1.0
    """Density that the curve holds at [kg/m³]."""
    speed: Values = 1.0
    """Speed over that which the curve holds at [1]."""

    def __post_init__(self) -> None:
        _check_similarity(self.density, self.reference, self.speed)

    def fall(self, flow: Array) -> Array:
        (a, b, c, d), x = self._piece(flow)
        return np.asarray(-self._strength * (((a * x + b) * x + c) * x + d))

    def slope(self, flow: Array) -> Array:
        (a, b, c, _), x = self._piece(flow)
        strength = self._strength / (self.density * self.speed)
        return np.asarray(-strength * ((3.0 * a * x + 2.0 * b) * x + c))

    def stalled(self, flow: Array) -> NDArray[np.bool_]:
        """Whether the rise grows with the flow, or the flow is below the curve."""
        below = flow / (self.density * self.speed) < self.knots[:, 0]
        return np.asarray((self.slope(flow) < 0.0) | below)

    @property
    def _strength(self) -> Values:
        return self.density / self.reference * self.speed**2

    def _piece(self, flow: Array) -> tuple[Array, Array]:
        """Coefficients at a flow, and the volume flow from the beginning of the piece."""
        volume = np.asarray(flow / (self.density * self.speed))
        place = np.sum(volume[:, None] >= self.knots, axis=1)
        row = np.arange(len(self.knots))
        begin = self.knots[row, np.maximum(place - 1, 0)]
        return self.pieces[row, place].T, volume - begin


@dataclass(frozen=True, eq=False)
class PolynomialRise(BranchLaw):
    r"""Rise by a polynomial of the volume flow, :math:`a_0 + a_1 Q + a_2 Q^2`, held for Q < 0."""

    constant: Values
    linear: Values
    quadratic: Values
    density: Values = 1.0
    """[kg/m³]"""
    reference: Values = 1.0
    """Density that the polynomial holds at [kg/m³]."""
    speed: Values = 1.0
    """Speed over that which the polynomial holds at [1]."""

    def __post_init__(self) -> None:
        _check_similarity(self.density, self.reference, self.speed)
        quadratic, linear = np.broadcast_arrays(self.quadratic, self.linear)
        if np.any((quadratic > 0.0) | ((quadratic == 0.0) & (linear > 0.0))):
            raise ValueError("the rise must not grow for ever; give a falling quadratic part")

    def fall(self, flow: Array) -> Array:
        Q = np.maximum(flow, 0.0) / (self.density * self.speed)
        strength = self.density / self.reference * self.speed**2
        return np.asarray(-strength * (self.constant + (self.linear + self.quadratic * Q) * Q))

    def slope(self, flow: Array) -> Array:
        Q = np.maximum(flow, 0.0) / (self.density * self.speed)
        rising = self.linear + 2.0 * self.quadratic * Q
        return np.asarray(np.where(flow < 0.0, 0.0, -self.speed / self.reference * rising))

    def stalled(self, flow: Array) -> NDArray[np.bool_]:
        """Whether the rise grows with the flow, or the flow is driven backwards."""
        return np.asarray((self.slope(flow) < 0.0) | (flow < 0.0))


def rise_curve(
    points: Sequence[tuple[ArrayLike, ArrayLike]],
    density: Values = 1.0,
    reference: Values = 1.0,
    speed: Values = 1.0,
) -> RiseCurve:
    r"""Law of machines from points of their curves.

    Parameters
    ----------
    points : sequence of pairs of array_like
        For each branch the volume flows [m³/s], growing, and the rises there [Pa].
    density : float or ndarray
        Density of the fluid [kg/m³].
    reference : float or ndarray
        Density that the curves hold at [kg/m³].
    speed : float or ndarray
        Speed over that which the curves hold at [1].

    Returns
    -------
    RiseCurve
        The law.

    Raises
    ------
    ValueError
        If a curve has no two points, its flows do not grow, or its rise does not fall (or stay) at
        its end.

    Notes
    -----
    Cubic pieces with continuous slope that rise and fall only where the points do (PCHIP), held
    below the first point and straight beyond the last, as steep as its end or its last chord,
    whichever falls more. With the volume flow :math:`Q = m/(\rho s)` the rise is
    :math:`(\rho/\rho_0)\,s^2\,P(Q)`, s being the speed.

    Examples
    --------
    >>> law = rise_curve([([0.0, 50.0, 100.0], [2000.0, 1800.0, 0.0])], density=1.2, reference=1.2)
    >>> float(law.fall(np.array([60.0]))[0])
    -1800.0
    """
    curves = [_curve(f"points of branch {i}", *pair) for i, pair in enumerate(points)]
    most = max((len(x) for x, _ in curves), default=0)
    knots = np.full((len(curves), most), np.inf)
    pieces = np.zeros((len(curves), most + 1, 4))
    for i, (x, coefficients) in enumerate(curves):
        knots[i, : len(x)] = x
        pieces[i, : len(x) + 1] = coefficients
    return RiseCurve(knots, pieces, density, reference, speed)


def _curve(name: str, flows: ArrayLike, rises: ArrayLike) -> tuple[Array, Array]:
    """Knots of a curve and coefficients of its pieces, with those below and beyond."""
    x, y = np.asarray(flows, dtype=float), np.asarray(rises, dtype=float)
    if x.shape != y.shape or x.ndim != 1 or len(x) < 2:
        raise ValueError(f"{name}: got {x.size} flows and {y.size} rises; give two or more pairs")
    if not (np.isfinite(x).all() and np.isfinite(y).all() and np.all(np.diff(x) > 0.0)):
        raise ValueError(f"{name}: flows must be numbers that grow, got {x.tolist()}")
    last = (y[-1] - y[-2]) / (x[-1] - x[-2])
    if last > 0.0:
        raise ValueError(f"{name}: the rise grows at its end; give points as far as it falls")
    cubic = PchipInterpolator(x, y)
    end = min(last, float(cubic(x[-1], 1)))
    below, beyond = [0.0, 0.0, 0.0, y[0]], [0.0, 0.0, end, y[-1]]
    return x, np.vstack([below, cubic.c.T, beyond])


def _check_similarity(density: Values, reference: Values, speed: Values) -> None:
    for name, value in (("density", density), ("reference", reference), ("speed", speed)):
        checked_range(name, value, np.finfo(float).tiny)
