r"""Flow of one fluid through porous rock by Darcy's law, on a grid of box cells.

Mass balance of a cell, :math:`s V\,\dot p = m_w + \sum_j l_{ij}(p_j - p_i) + \sum_b m_b`, is the
balance of conduction with the mobility :math:`\rho k/\mu` for the conductivity: cells, sides and
steps are those of `comine.numerics.conduction` and `comine.numerics.stepping`, read in pascals and
kilograms. The pressure is the one above hydrostatic, so that gravity drops out where the density is
even; with a mobility of :math:`k/\mu` or a transmissivity, flows are volumes.

Sources
-------
Bear, J. (1972), Dynamics of Fluids in Porous Media, Elsevier, chapters 5 and 6.
Aziz, K. & Settari, A. (1979), Petroleum Reservoir Simulation, Applied Science, chapter 3.
"""

from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.numerics import Array
from comine.numerics.checks import require
from comine.numerics.conduction import FACES, Conduction, Conductivity, Side, Sides
from comine.numerics.grid import Grid
from comine.numerics.steady import steady_state

CORRECTIONS = 4
"""Corrections of steady flows allowed."""
ROUNDING = 4 * float(np.finfo(float).eps)
"""Imbalance of rounding, over the greatest flow through a cell."""
BALANCED = 1e-9
"""Imbalance, over the greatest flow through a cell, above which flows are refused."""


@dataclass(frozen=True, eq=False)
class Flows:
    """What flows between cells, through the sides and out of wells, of mass, volume or heat."""

    between: Array
    """From a cell to the next along x, y, z, shape (3, x, y, z); 0 at the last [kg/s]."""
    sides: tuple[Array, ...]
    """Into the box through each of the six sides, over its cells [kg/s]."""
    wells: Array
    """Into each cell from wells, shape (x, y, z) [kg/s]."""

    def __post_init__(self) -> None:
        shape = self.wells.shape
        if len(shape) != 3 or self.between.shape != (3, *shape) or len(self.sides) != 6:
            raise ValueError(
                f"between: got shape {self.between.shape} with wells of {shape} and "
                f"{len(self.sides)} sides; give (3, x, y, z), (x, y, z) and six"
            )
        for axis in range(3):
            last = np.take(self.between[axis], -1, axis)
            require(last == 0, "between", last, "0 at the last cells")

    def scaled(self, factor: float) -> "Flows":
        """The same flows in another unit: times a heat capacity [J/kg/K], they are [W/K]."""
        sides = tuple(factor * side for side in self.sides)
        return Flows(factor * self.between, sides, factor * self.wells)

    def __add__(self, other: "Flows") -> "Flows":
        sides = tuple(a + b for a, b in zip(self.sides, other.sides, strict=True))
        return Flows(self.between + other.between, sides, self.wells + other.wells)

    @property
    def imbalance(self) -> Array:
        """What enters each cell less what leaves it."""
        rest = self.wells.copy()
        for axis, flow in enumerate(self.between):
            rest -= flow
            rest += np.roll(flow, 1, axis)  # the last is 0
        for face, side in zip(FACES, self.sides, strict=True):
            rest[face] += side
        return rest

    @property
    def throughput(self) -> Array:
        """Half of all that enters or leaves each cell."""
        total = np.abs(self.wells)
        for axis, flow in enumerate(np.abs(self.between)):
            total += flow
            total += np.roll(flow, 1, axis)
        for face, side in zip(FACES, self.sides, strict=True):
            total[face] += np.abs(side)
        return np.asarray(0.5 * total)


class SteadyFlow(NamedTuple):
    """A steady state."""

    pressure: Array
    """Pressure of the cells, shape (x, y, z) [Pa]."""
    flows: Flows
    """Flows that balance in every cell to rounding [kg/s]."""


def mass_mobility(permeability: ArrayLike, density: ArrayLike, viscosity: ArrayLike) -> Array:
    r"""Mass flux per gradient of pressure.

    Parameters
    ----------
    permeability : array_like
        Permeability [m2].
    density : array_like
        Density of the fluid [kg/m3].
    viscosity : array_like
        Dynamic viscosity of the fluid [Pa s].

    Returns
    -------
    ndarray
        Mobility [s].

    Raises
    ------
    ValueError
        If the permeability is negative or another argument not above 0.

    Notes
    -----
    :math:`\rho k/\mu` (Bear 1972, chapter 5), for flow without inertia: Reynolds numbers of the
    grains below about 1 to 10.

    Examples
    --------
    >>> float(mass_mobility(1e-14, 900.0, 1.5e-4).round(12))
    6e-08
    """
    k, rho, mu = (np.asarray(v, dtype=float) for v in (permeability, density, viscosity))
    require((k >= 0) & np.isfinite(k), "permeability", k, "finite values of 0 m2 or more")
    require((rho > 0) & np.isfinite(rho), "density", rho, "finite values above 0 kg/m3")
    require((mu > 0) & np.isfinite(mu), "viscosity", mu, "finite values above 0 Pa s")
    return np.asarray(rho * k / mu)


def darcy(
    grid: Grid,
    mobility: Conductivity,
    storage: float | Array = 1.0,
    wells: float | Array = 0.0,
    sides: Sides | None = None,
) -> Conduction:
    r"""Cells through which a fluid flows, for `steady_flow` or for `stepping.march`.

    Parameters
    ----------
    grid : Grid
        The cells.
    mobility : float, ndarray or callable
        :math:`\rho k/\mu`, number, cells or one for each axis (3, x, y, z) [s].
    storage : float or ndarray
        Mass stored by a volume per pressure, number or cells [kg/m3/Pa]; of no matter where the
        flow is steady.
    wells : float or ndarray
        What enters each cell from wells, number or cells; below 0 where wells draw [kg/s].
    sides : Sides, optional
        Sides with a pressure (`conduction.fixed`) [Pa] or an inflow (`conduction.flux`) [kg/m2/s];
        without, all are shut.

    Returns
    -------
    Conduction
        The cells; temperatures are pressures [Pa], heat is mass [kg].

    Raises
    ------
    ValueError
        If a shape or value does not fit.

    Notes
    -----
    Storage is :math:`\rho(\phi\beta_f + \beta_b)` with the compressibilities of fluid and bulk, or
    :math:`S_s/g` with the specific storage [1/m]. In `stepping.march` the tolerance of `Control`
    is in pascals.

    Examples
    --------
    >>> grid = Grid([0.0, 100.0], [0.0, 1.0], [0.0, 1.0])
    >>> darcy(grid, 6e-8, wells=0.02).produced
    array([[[0.02]]])
    """
    drawn = np.asarray(wells, dtype=float)
    require(np.isfinite(drawn), "wells", drawn, "finite values")
    return Conduction(grid, mobility, storage, drawn / grid.volumes, sides or Sides())


def face_flows(problem: Conduction, pressure: Array, time: float = 0.0) -> Flows:
    """Flows through all faces at given pressures.

    Parameters
    ----------
    problem : Conduction
        The cells, as `darcy` gives them.
    pressure : ndarray, shape (x, y, z)
        Pressure of the cells [Pa].
    time : float
        Time at which the sides are taken [s].

    Returns
    -------
    Flows
        Flows [kg/s]; they balance where the pressure is steady.

    Examples
    --------
    >>> grid = Grid([0.0, 1.0, 2.0], [0.0, 1.0], [0.0, 1.0])
    >>> face_flows(darcy(grid, 6e-8), np.array([[[1e6]], [[0.0]]])).between[0, 0].round(12)
    array([[0.06]])
    """
    exchange = problem.exchange(pressure)
    between = np.array(exchange.operator.links)
    for axis in range(3):
        between[axis] *= pressure - np.roll(pressure, -1, axis)
    entering = problem.through(exchange, pressure, time)
    return Flows(between, tuple(entering), np.array(problem.produced))


def steady_flow(problem: Conduction, time: float = 0.0) -> SteadyFlow:
    r"""Pressures and flows that no longer change.

    Parameters
    ----------
    problem : Conduction
        The cells, as `darcy` gives them. Where no side holds a pressure, the wells and inflows must
        add up to 0 and the mean pressure is 0.
    time : float
        Time at which the sides are taken [s].

    Returns
    -------
    SteadyFlow
        Pressures and flows.

    Raises
    ------
    ValueError
        If the mobility depends on the pressure, a cell is shut on all faces, or all sides are shut
        and what enters does not leave.
    ArithmeticError
        If parts of the box are cut off from what drives them.

    Notes
    -----
    Multigrid leaves residuals of 1e-12 of those without flow, and where pressures are high the
    rounding of their differences. What a cell then lacks is a source for a correction of the
    pressure, whose flows are added to the flows: they balance to a few roundings of the greatest
    flow.

    Examples
    --------
    >>> from comine.numerics.conduction import fixed
    >>> grid = Grid([0.0, 1.0, 2.0], [0.0, 1.0], [0.0, 1.0])
    >>> sides = Sides(x_low=fixed(1e6), x_high=fixed(0.0))
    >>> steady = steady_flow(darcy(grid, 6e-8, sides=sides))
    >>> steady.pressure.ravel().round(3), steady.flows.sides[0].round(12)
    (array([750000., 250000.]), array([[0.03]]))
    """
    if not problem.linear:
        raise ValueError("mobility: got a function of the pressure; give numbers")
    held = _held(problem, time)
    pressure = steady_state(held, 0.0, time)
    flows = face_flows(problem, pressure, time)
    calm = replace(problem, source=0.0, sides=_without_drive(problem.sides))
    lacking = replace(held, sides=_without_drive(held.sides))
    for _ in range(CORRECTIONS):
        rest = flows.imbalance
        if np.max(np.abs(rest)) <= ROUNDING * np.max(flows.throughput):
            break
        change = steady_state(replace(lacking, source=rest / problem.grid.volumes), 0.0)
        pressure += change
        flows += face_flows(calm, change)
    greatest = float(np.max(flows.throughput))
    if np.max(np.abs(flows.imbalance)) > BALANCED * greatest:
        raise ArithmeticError(
            f"steady flow: cells lack up to {np.max(np.abs(flows.imbalance)):.3g} kg/s of flows of "
            f"up to {greatest:.3g} kg/s; look for parts of the box that nothing connects"
        )
    if not _holds(problem.sides):
        pressure -= float(np.average(pressure, weights=problem.grid.volumes))
    return SteadyFlow(pressure, flows)


def _holds(sides: Sides) -> bool:
    """Whether a side holds the pressure."""
    return any(np.any(np.asarray(side.coefficient) > 0) for side in sides)


def _held(problem: Conduction, time: float) -> Conduction:
    """Give the cells a place that holds the pressure, where no side does."""
    if _holds(problem.sides):
        return problem
    entering = problem.through(problem.exchange(np.empty(0)), np.zeros(problem.grid.shape), time)
    given = np.concatenate([problem.produced.ravel(), *(flow.ravel() for flow in entering)])
    if abs(given.sum()) > BALANCED * np.abs(given).sum():
        raise ValueError(
            f"wells: with all sides shut {given.sum():.3g} kg/s more enters than leaves; "
            "let both be the same or fix the pressure of a side"
        )
    k = np.broadcast_to(np.asarray(problem.conductivity, dtype=float), (3, *problem.grid.shape))
    along = k[0][FACES[0]]
    at = np.unravel_index(int(np.argmax(along)), along.shape)
    coefficient = np.zeros(along.shape)
    coefficient[at] = along[at] / problem.grid.widths[0][0]
    held = replace(problem.sides.x_low, coefficient=coefficient, temperature=0.0)
    return replace(problem, sides=replace(problem.sides, x_low=held))


def _without_drive(sides: Sides) -> Sides:
    """Sides of the same conductance with nothing behind them."""
    return Sides(**{f.name: Side(getattr(sides, f.name).coefficient) for f in fields(sides)})
