r"""Heat that water carries through the cells of a grid.

A flow of heat capacity :math:`F` [W/K] through a face carries :math:`F\,T` of the cell that it
comes from: first-order upwind, the matrix of the implicit stages. Its columns add up to what leaves
the box, its off-diagonal elements are none above zero, and where flows balance its rows add up to
what enters: an M-matrix that conserves heat. To keep fronts sharp the value at a face is moved
towards that of the cell downstream,

.. math:: T_f = T_u + \frac{(T_d - T_u)(T_u - T_{uu})}{T_d - T_{uu}}

between an upstream cell u, the one before it, uu, and the one downstream, d, where the temperature
is monotone there, and else not at all (van Leer's limiter). This is of second order on even
grids and on those that grow geometrically, and keeps the bounds. It enters the right side and is
substituted until it settles (deferred correction).

Cells hold the heat capacity of the saturated rock; the flow that of the water alone.

Sources
-------
van Leer, B. (1974), J. Comput. Phys. 14, 361-370 (the limiter).
Khosla, P. K. & Rubin, S. G. (1974), Computers & Fluids 2, 207-209 (deferred correction).
LeVeque, R. J. (2002), Finite Volume Methods for Hyperbolic Problems, chapter 6.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array

from comine.numerics import Array, _advection_kernels
from comine.numerics.checks import require
from comine.numerics.conduction import FACES, Conduction, Drive, Exchange
from comine.numerics.darcy import BALANCED, Flows
from comine.numerics.diffusion import DiffusionOperator


class Entering(NamedTuple):
    """Temperature of the water that enters, needed where any does [K]."""

    x_low: Drive | None = None
    x_high: Drive | None = None
    y_low: Drive | None = None
    y_high: Drive | None = None
    z_low: Drive | None = None
    z_high: Drive | None = None
    wells: Drive | None = None


@dataclass(frozen=True, eq=False)
class Advection:
    """Heat carried by flows that balance in every cell."""

    flows: Flows
    """Flows of heat capacity [W/K]."""
    entering: Entering = field(default_factory=Entering)

    def __post_init__(self) -> None:
        rest, through = self.flows.imbalance, self.flows.throughput
        if np.max(np.abs(rest)) > BALANCED * np.max(through):
            raise ValueError(
                f"flows: cells lack up to {np.max(np.abs(rest)):.3g} W/K of flows of up to "
                f"{np.max(through):.3g} W/K; give flows that balance in every cell"
            )
        for name, flow, drive in zip(Entering._fields, self.doors, self.entering, strict=True):
            if drive is None and np.any(flow > 0):
                raise ValueError(f"entering: no temperature for {name}, where water enters")
            if drive is not None and not callable(drive):
                require(np.isfinite(drive), f"entering, {name}", drive, "finite values")

    @property
    def doors(self) -> tuple[Array, ...]:
        """Flows into the box through the six sides and from wells [W/K]."""
        return (*self.flows.sides, self.flows.wells)

    @cached_property
    def leaving(self) -> Array:
        """What leaves the box from each cell [W/K]."""
        total = np.zeros(self.flows.wells.shape)
        for place, flow in zip(_PLACES, self.doors, strict=True):
            total[place] -= np.minimum(flow, 0.0)
        return total

    def apply(self, u: Array, out: Array) -> Array:
        """Add to `out` what leaves each cell less what comes from its neighbours."""
        _advection_kernels.carry(self.flows.between, 1.0, u, out)
        out += self.leaving * u
        return out

    def apply_transpose(self, u: Array, out: Array) -> Array:
        """Add to `out` the product of the transpose: the flows reversed, with the same diagonal."""
        _advection_kernels.carry(self.flows.between, -1.0, u, out)
        out += (_outflow(self.flows.between) + self.leaving) * u
        return out

    def diagonal(self) -> Array:
        """Diagonal of the matrix [W/K]."""
        return _leaving_cell(self.flows.between) + self.leaving

    def matrix(self) -> csr_array:
        """The matrix, stored."""
        return _stored(self.flows.between, self.diagonal())

    def bring(self, time: float, out: Array) -> Array:
        """Add to `out` the heat that enters with water from outside [W]."""
        for place, flow, drive in zip(_PLACES, self.doors, self.entering, strict=True):
            if drive is not None:
                out[place] += np.maximum(flow, 0.0) * _at(drive, time)
        return out

    def sharpen(self, temperature: Array, time: float, out: Array) -> Array:
        """Add to `out` the heat that the limited correction brings to each cell [W]."""
        for axis, flow in enumerate(self.flows.between):
            if np.any(flow):
                along = np.moveaxis(temperature, axis, 0)
                ends = (self._fall(2 * axis + end, along[-end], time) for end in (0, 1))
                carried = _correction(np.moveaxis(flow, axis, 0)[:-1], along, *ends)
                target = np.moveaxis(out, axis, 0)
                target[:-1] -= carried
                target[1:] += carried
        return out

    def _fall(self, side: int, cells: Array, time: float) -> Array:
        """Temperature of the cells along a side above that of a mirror cell beyond it [K].

        The mean of both cells is the temperature of the water that enters; where none enters the
        two cells are alike.
        """
        drive, flow = self.entering[side], self.flows.sides[side]
        if drive is None:
            return np.zeros_like(cells)
        return np.where(flow > 0, 2 * (cells - _at(drive, time)), 0.0)

    def through(self, temperature: Array, time: float) -> list[Array]:
        """Heat that enters less that which leaves through the six sides and by wells [W]."""
        passing = []
        for place, flow, drive in zip(_PLACES, self.doors, self.entering, strict=True):
            beyond = 0.0 if drive is None else _at(drive, time)
            entering = np.maximum(flow, 0.0) * beyond
            passing.append(entering + np.minimum(flow, 0.0) * temperature[place])
        return passing


@dataclass(frozen=True, eq=False)
class TransportOperator(DiffusionOperator):
    """Matrix of diffusion and upwind advection; what leaves the box is in the shift."""

    flows: Array
    """Flow from a cell to the next along x, y, z, shape (3, x, y, z) [W/K]."""

    def apply(self, u: Array, out: Array | None = None) -> Array:
        out = super().apply(u, out)
        _advection_kernels.carry(self.flows, 1.0, u, out)
        return out

    def apply_transpose(self, u: Array, out: Array | None = None) -> Array:
        out = super().apply(u, out)
        _advection_kernels.carry(self.flows, -1.0, u, out)
        out += _outflow(self.flows) * u
        return out

    def diagonal(self) -> Array:
        return super().diagonal() + _leaving_cell(self.flows)

    def matrix(self) -> csr_array:
        beside = _stored(self.flows, np.zeros(self.shape))
        return csr_array(super().matrix() + beside)  # whose diagonal is that of both


@dataclass(frozen=True, eq=False)
class Transport(Conduction):
    """Cells that conduct heat and through which water carries it, for `stepping.march`.

    `capacity` and `conductivity` are those of the saturated rock. In the ledger, what water carries
    through a side counts with that side, and what it carries in and out by wells as made.
    """

    water: Advection = field(kw_only=True)
    """Flow of heat capacity and the temperature of what enters."""
    sharp: bool = field(default=True, kw_only=True)
    """Whether faces are corrected to second order; else the upwind value stands."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.water.flows.wells.shape != self.grid.shape:
            raise ValueError(
                f"water: got flows of shape {self.water.flows.wells.shape}; give {self.grid.shape}"
            )

    @property
    def linear(self) -> bool:
        """Whether a stage is one linear system."""
        return super().linear and not self.sharp

    @property
    def symmetric(self) -> bool:
        """Whether two cells answer each other alike: not where water carries heat."""
        return False

    def exchange(self, temperature: Array) -> Exchange:
        """Conductances and flows at the temperatures of the cells."""
        diffusion, sides = super().exchange(temperature)
        shift = diffusion.shift + self.water.leaving
        return Exchange(TransportOperator(diffusion.links, shift, self.water.flows.between), sides)

    def through(self, exchange: Exchange, temperature: Array, time: float) -> list[Array]:
        """Heat that enters through each side, over its cells, and last by wells [W]."""
        conducted = super().through(exchange, temperature, time)
        *carried, wells = self.water.through(temperature, time)
        return [*(a + b for a, b in zip(conducted, carried, strict=True)), wells]

    def inflow(
        self, exchange: Exchange, temperature: Array, time: float, out: Array | None = None
    ) -> Array:
        """Heat that each cell gains [W], written to `out` where that is given."""
        out = super().inflow(exchange, temperature, time, out)
        self.water.bring(time, out)
        return self.water.sharpen(temperature, time, out) if self.sharp else out


_PLACES = (*FACES, (slice(None),) * 3)
"""Position of the cells along each side, and of all cells."""


def _at(drive: Drive, time: float) -> Array:
    return np.asarray(drive(time) if callable(drive) else drive, dtype=float)


def _outflow(between: Array) -> Array:
    """Net flow out of each cell to its neighbours."""
    total = np.zeros(between.shape[1:])
    for axis, flow in enumerate(between):
        total += flow
        total -= np.roll(flow, 1, axis)  # the last is 0
    return total


def _leaving_cell(between: Array) -> Array:
    """Flow out of each cell to those neighbours that take any."""
    total = np.zeros(between.shape[1:])
    for axis, flow in enumerate(between):
        total += np.maximum(flow, 0.0)
        total -= np.minimum(np.roll(flow, 1, axis), 0.0)
    return total


def _stored(between: Array, diagonal: Array) -> csr_array:
    """Matrix of upwind flows with a given diagonal."""
    number = np.arange(diagonal.size).reshape(diagonal.shape)
    rows, columns, values = [number.ravel()], [number.ravel()], [diagonal.ravel()]
    for axis, flow in enumerate(between):
        along = np.moveaxis(flow, axis, 0)[:-1].ravel()
        places = np.moveaxis(number, axis, 0)
        low, high = places[:-1].ravel(), places[1:].ravel()
        rows += [low, high]
        columns += [high, low]
        values += [np.minimum(along, 0.0), -np.maximum(along, 0.0)]
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    made = csr_array(coo_array(entries, shape=(diagonal.size,) * 2))
    made.eliminate_zeros()
    return made


def _correction(flow: Array, temperature: Array, low: Array, high: Array) -> Array:
    """Heat beyond upwind through the faces along the first axis [W].

    `low` and `high` are the cells at the two ends less what lies beyond [K].
    """
    step = np.diff(temperature, axis=0)
    around = np.concatenate([low[None], step, -high[None]])
    upstream = np.where(flow > 0, around[:-2], around[2:])
    product = step * upstream
    mean = np.divide(product, step + upstream, out=np.zeros_like(step), where=product > 0)
    return np.asarray(np.abs(flow) * mean)
