r"""Conduction of heat in a box of cells: what a cell stores, makes and exchanges.

Finite volumes: :math:`C_i\,\dot T_i = S_i V_i + \sum_j l_{ij}(T_j - T_i) + \sum_b Q_b`. The link
between two cells is the harmonic mean of their conductances from centre to face, exact for layers
across the axes; a side b of the box gives :math:`Q_b = g(T_b - T) + Aq`.

Sources
-------
Patankar, S. V. (1980), Numerical Heat Transfer and Fluid Flow, section 4.2.
LeVeque, R. J. (2002), Finite Volume Methods for Hyperbolic Problems, chapter 4.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike

from comine.numerics import Array
from comine.numerics.checks import require
from comine.numerics.diffusion import DiffusionOperator
from comine.numerics.grid import Grid
from comine.numerics.heat_capacity import HeatCurve, heat_between

Drive = float | Array | Callable[[float], ArrayLike]
"""A number, an array over the cells of a side, or either as a function of time [s]."""
Conductivity = float | Array | Callable[[Array], Array]
"""Conductivity [W/m/K], or a function that gives it for the temperatures of all cells."""
Capacity = float | Array | Callable[[Array], Array] | HeatCurve
"""Heat capacity of a volume [J/m3/K], a smooth function of the temperatures of all cells, or the
heat held as a function of them."""


@dataclass(frozen=True, eq=False)
class Side:
    """What a side of the box exchanges with: film, fixed temperature, flux, or nothing."""

    coefficient: float | Array = 0.0
    """Film coefficient [W/m2/K]; infinite for a fixed temperature of the surface."""
    temperature: Drive = 0.0
    """Temperature beyond the film [K]."""
    flux: Drive = 0.0
    """Heat flux into the box [W/m2]."""

    def __post_init__(self) -> None:
        h = np.asarray(self.coefficient)
        require(h >= 0, "coefficient", h, "0 W/m2/K or more")
        for name in ("temperature", "flux"):
            if not callable(value := getattr(self, name)):
                require(np.isfinite(value), name, value, "finite values")


def insulated() -> Side:
    """Side that lets nothing through.

    Returns
    -------
    Side
        The side.

    Examples
    --------
    >>> insulated().coefficient
    0.0
    """
    return Side()


def fixed(temperature: Drive) -> Side:
    """Side kept at a temperature.

    Parameters
    ----------
    temperature : float, ndarray or callable
        Temperature of the surface [K].

    Returns
    -------
    Side
        The side.

    Examples
    --------
    >>> fixed(285.0).coefficient
    inf
    """
    return Side(np.inf, temperature)


def film(coefficient: float | Array, temperature: Drive) -> Side:
    """Side that exchanges with a fluid over a film.

    Parameters
    ----------
    coefficient : float or ndarray
        Film coefficient [W/m2/K].
    temperature : float, ndarray or callable
        Temperature of the fluid [K].

    Returns
    -------
    Side
        The side.

    Examples
    --------
    >>> film(20.0, 285.0).temperature
    285.0
    """
    return Side(coefficient, temperature)


def flux(into: Drive) -> Side:
    """Side through which a given heat flows.

    Parameters
    ----------
    into : float, ndarray or callable
        Heat flux into the box [W/m2].

    Returns
    -------
    Side
        The side.

    Examples
    --------
    >>> flux(0.065).flux
    0.065
    """
    return Side(flux=into)


@dataclass(frozen=True, eq=False)
class Sides:
    """The six sides of the box; those not named are insulated."""

    x_low: Side = Side()
    x_high: Side = Side()
    y_low: Side = Side()
    y_high: Side = Side()
    z_low: Side = Side()
    z_high: Side = Side()

    def __iter__(self) -> Iterator[Side]:
        return (getattr(self, field.name) for field in fields(self))


FACES = tuple(
    tuple(end if a == axis else slice(None) for a in range(3))
    for axis in range(3)
    for end in (0, -1)
)
"""Position of the cells along each of the six sides."""


class Exchange(NamedTuple):
    """Conductances at one state of the cells [W/K]."""

    operator: DiffusionOperator
    """Between the cells, and to the outside as its shift."""
    sides: tuple[Array, ...]
    """From the cells along each side to beyond it."""


@dataclass(frozen=True, eq=False)
class Conduction:
    """A box of cells that conduct heat."""

    grid: Grid
    conductivity: Conductivity
    """Number, cells, one for each axis (3, x, y, z), or a function of temperature [W/m/K]."""
    capacity: Capacity
    """Number, cells, or as a function of temperature [J/m3/K]."""
    source: float | Array = 0.0
    """Heat made in a volume, number or cells [W/m3]."""
    sides: Sides = Sides()

    def __post_init__(self) -> None:
        shape = self.grid.shape
        given = {"source": self.source}
        if not self.stores_by_temperature:
            given["capacity"] = cast("float | Array", self.capacity)
        for name, number in given.items():
            value = np.asarray(number, dtype=float)
            if value.ndim and value.shape != shape:
                raise ValueError(f"{name}: got shape {value.shape}; give a number or {shape}")
            require(np.isfinite(value), name, value, "finite values")
            require((value > 0) | (name == "source"), name, value, "values above 0 J/m3/K")
        if not callable(self.conductivity):
            self._checked(self.conductivity)

    @property
    def stores_by_temperature(self) -> bool:
        """Whether the heat capacity follows the temperature."""
        return callable(self.capacity) or isinstance(self.capacity, HeatCurve)

    @property
    def linear(self) -> bool:
        """Whether conductances and heat capacities are the same at every temperature."""
        return not callable(self.conductivity) and not self.stores_by_temperature

    @property
    def symmetric(self) -> bool:
        """Whether two cells answer each other alike."""
        return True

    @cached_property
    def heat_capacity(self) -> Array:
        """Heat capacity of each cell [J/K], where it does not follow the temperature."""
        if self.stores_by_temperature:
            raise ValueError(
                "capacity: got a function of temperature; ask `capacity_at` for the slope and "
                "`stored` for the heat"
            )
        return np.asarray(cast("float | Array", self.capacity) * self.grid.volumes)

    def capacity_at(self, temperature: Array) -> Array:
        """Heat capacity of each cell at a temperature [J/K]."""
        if not self.stores_by_temperature:
            return self.heat_capacity
        c = self.capacity.capacity if isinstance(self.capacity, HeatCurve) else self.capacity
        value = np.asarray(cast("Callable[[Array], Array]", c)(temperature), dtype=float)
        require(value > 0, "capacity", value, "values above 0 J/m3/K")
        return np.asarray(value * self.grid.volumes)

    def stored(self, before: Array, after: Array) -> Array:
        """Heat that each cell takes up between two temperatures [J]."""
        if isinstance(self.capacity, HeatCurve):
            gained = self.capacity.heat(after) - self.capacity.heat(before)
        elif callable(self.capacity):
            gained = heat_between(self.capacity, before, after)
        else:
            return np.asarray(self.heat_capacity * (after - before))
        return np.asarray(gained * self.grid.volumes)

    def warmed(self, temperature: Array, change: Array) -> Array:
        """Temperature of cells that take up heat for a change at the present slope [K]."""
        if not isinstance(self.capacity, HeatCurve):
            return np.asarray(temperature + change)
        curve = self.capacity
        return curve.temperature(curve.heat(temperature) + curve.capacity(temperature) * change)

    @cached_property
    def produced(self) -> Array:
        """Heat made in each cell [W]."""
        return np.asarray(self.source * self.grid.volumes)

    @cached_property
    def made(self) -> float:
        """Heat made in all cells [W]."""
        return float(self.produced.sum()) if np.any(self.source) else 0.0

    def exchange(self, temperature: Array) -> Exchange:
        """Conductances at the temperatures of the cells."""
        k = self.conductivity
        k = self._checked(k(temperature) if callable(k) else k)
        links, sides = np.zeros((3, *self.grid.shape)), []
        shift = np.zeros(self.grid.shape)
        drives = tuple(self.sides)
        with np.errstate(divide="ignore"):
            for axis in range(3):
                area = self.grid.areas(axis)
                half = self.grid.along_axis(0.5 * self.grid.widths[axis], axis) / k[axis]
                low, high = _ends(axis)
                np.divide(area, half[low] + half[high], out=links[axis][low])
                for number in (2 * axis, 2 * axis + 1):
                    face = FACES[number]
                    film_resistance = 1 / np.asarray(drives[number].coefficient, dtype=float)
                    conductance = np.squeeze(area, axis) / (half[face] + film_resistance)
                    sides.append(conductance)
                    shift[face] += conductance
        return Exchange(DiffusionOperator(links, shift), tuple(sides))

    def through(self, exchange: Exchange, temperature: Array, time: float) -> list[Array]:
        """Heat that enters through each side, over its cells [W]."""
        entering = []
        for number, side in enumerate(self.sides):
            area = np.squeeze(self.grid.areas(number // 2), number // 2)
            beyond, given = _at(side.temperature, time), _at(side.flux, time)
            gap = beyond - temperature[FACES[number]]
            entering.append(np.asarray(exchange.sides[number] * gap + area * given))
        return entering

    def inflow(
        self, exchange: Exchange, temperature: Array, time: float, out: Array | None = None
    ) -> Array:
        """Heat that each cell gains [W], written to `out` where that is given."""
        out = exchange.operator.apply(temperature, out)
        np.negative(out, out=out)
        out += self.produced if np.ndim(self.source) or self.source else 0.0
        for number, side in enumerate(self.sides):
            area = np.squeeze(self.grid.areas(number // 2), number // 2)
            beyond, given = _at(side.temperature, time), _at(side.flux, time)
            out[FACES[number]] += exchange.sides[number] * beyond + area * given
        return out

    def _checked(self, conductivity: float | Array) -> Array:
        """Conductivity along each axis, shape (3, x, y, z), or (3, 1, 1, 1) for a number."""
        k, shape = np.asarray(conductivity, dtype=float), self.grid.shape
        if k.ndim and k.shape not in (shape, (3, *shape)):
            raise ValueError(
                f"conductivity: got shape {k.shape}; give a number, {shape} or {(3, *shape)}"
            )
        require(np.isfinite(k) & (k >= 0), "conductivity", k, "finite values of 0 W/m/K or more")
        return np.broadcast_to(k, (3, *shape) if k.ndim else (3, 1, 1, 1))


def _at(drive: Drive, time: float) -> Array:
    return np.asarray(drive(time) if callable(drive) else drive, dtype=float)


def _ends(axis: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """All cells but the last along an axis, and all but the first."""
    low = tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))
    high = tuple(slice(1, None) if a == axis else slice(None) for a in range(3))
    return low, high
