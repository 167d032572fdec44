r"""The rock of a run: its matter, zones of other matter, and how warm it is before any opening.

Even rock has :math:`T(z) = T_0 + q_0 z/k - A z^2/2k`. Where zones conduct otherwise, the steady
state of the cells with that flux from below takes its place, as where the conductivity follows the
temperature; then the gradient is that at the surface.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import ArrayLike

from comine.numerics import Array
from comine.numerics.cell_changes import CellChange
from comine.numerics.conduction import Capacity, Conduction, Conductivity, Sides, fixed, flux
from comine.numerics.grid import Grid, Triple
from comine.numerics.skin_host import share
from comine.numerics.steady import steady_state

Property = float | Callable[[Array], ArrayLike]
"""A number, or a function of temperature [K]."""


def at_temperature(value: Property, temperature: Array) -> Array:
    """Property at temperatures, of their shape."""
    found = value(temperature) if callable(value) else value
    return np.asarray(np.broadcast_to(np.asarray(found, dtype=float), np.shape(temperature)))


@dataclass(frozen=True)
class Zone:
    """A box of other rock."""

    name: str
    lower: Triple
    """Corner of smallest coordinates [m]."""
    upper: Triple
    """Corner of greatest coordinates [m]."""
    conductivity: Property
    """[W/m/K]"""
    heat_capacity: Property
    """Of a volume [J/m3/K]."""

    def __str__(self) -> str:
        return (
            f"{self.name} from {_point(self.lower)} to {_point(self.upper)}: "
            f"{_matter(self.conductivity, self.heat_capacity)}"
        )

    def holds(self, points: ArrayLike) -> Array:
        """Whether it holds each point, shape (..., 3) in, (...) out."""
        p = np.asarray(points, dtype=float)
        return np.asarray(np.all((p >= self.lower) & (p < self.upper), axis=-1))


@dataclass(frozen=True)
class Change(Zone):
    """A box whose matter is exchanged at a time: excavated, backfilled, flooded.

    Openings that lie in it keep the skins that they have.

    Examples
    --------
    >>> corner, end = (0.0, 0.0, 900.0), (50.0, 50.0, 950.0)
    >>> print(Change("fill", corner, end, 1.0, 2e6, time=1e8, temperature=300.0))
    fill from (0, 0, 900) m to (50, 50, 950) m: 1 W/m/K, 2 MJ/m3/K; at 300 K from 1e+08 s on
    """

    time: float
    """[s]"""
    temperature: float
    """Of the new matter [K]."""

    def __str__(self) -> str:
        return f"{super().__str__()}; at {self.temperature:g} K from {self.time:g} s on"


@dataclass(frozen=True)
class Rock:
    """Rock below a surface at depth 0; give its gradient there, the flux through it, or a profile.

    Examples
    --------
    >>> granite = Rock(3.0, 2.25e6, 283.15, gradient=0.03)
    >>> print(granite)
    rock of 3 W/m/K, 2.25 MJ/m3/K; 283.15 K at the surface, 0.03 K/m below it
    >>> float(granite.undisturbed(2000.0))
    343.15
    """

    conductivity: Property
    """[W/m/K]"""
    heat_capacity: Property
    """Of a volume [J/m3/K]."""
    surface_temperature: float
    """[K]"""
    gradient: float | None = None
    """Rise of the temperature with depth, at the surface [K/m]."""
    flux: float | None = None
    """Heat flux through the surface [W/m2]."""
    profile: Callable[[Array], ArrayLike] | None = None
    """Temperature by depth [K], where it is known."""
    heat_production: float = 0.0
    """Heat made in a volume [W/m3]."""
    zones: tuple[Zone, ...] = ()
    """Of two that overlap the later one counts."""

    def __str__(self) -> str:
        if self.profile is not None:
            warmth = "a given profile"
        elif self.gradient is not None:
            warmth = f"{self.gradient:g} K/m"
        else:
            warmth = f"{self.flux:g} W/m2"
        made = f", {self.heat_production:g} W/m3 made" if self.heat_production else ""
        zones = "".join(f"; {zone}" for zone in self.zones)
        return (
            f"rock of {_matter(self.conductivity, self.heat_capacity)}; "
            f"{self.surface_temperature:g} K at the surface, {warmth} below it{made}{zones}"
        )

    @property
    def linear(self) -> bool:
        """Whether no property follows the temperature."""
        values = [self.conductivity, self.heat_capacity]
        for zone in self.zones:
            values += [zone.conductivity, zone.heat_capacity]
        return not any(callable(value) for value in values)

    @property
    def surface_conductivity(self) -> float:
        """At the surface [W/m/K]."""
        return float(at_temperature(self.conductivity, np.array(self.surface_temperature)))

    @property
    def diffusivity(self) -> float:
        """At the surface's temperature [m²/s]."""
        warm = np.array(self.surface_temperature)
        return self.surface_conductivity / float(at_temperature(self.heat_capacity, warm))

    @property
    def surface_flux(self) -> float:
        """Heat flux through the surface [W/m2]."""
        if self.flux is not None:
            return self.flux
        return self.surface_conductivity * (self.gradient or 0.0)

    def undisturbed(self, depth: ArrayLike) -> Array:
        """Temperature of even rock before any opening [K]."""
        z = np.asarray(depth, dtype=float)
        if self.profile is not None:
            return np.asarray(self.profile(z), dtype=float)
        rise = (self.surface_flux - 0.5 * self.heat_production * z) / self.surface_conductivity
        return np.asarray(self.surface_temperature + rise * z)


@dataclass(frozen=True, eq=False)
class GriddedRock:
    """Rock in the cells of a grid."""

    grid: Grid
    rock: Rock

    @cached_property
    def departing(self) -> Conduction:
        """Cells that hold departures from the undisturbed temperature; all sides keep theirs."""
        kept = fixed(0.0)
        return Conduction(self.grid, *self._properties, sides=Sides(*[kept] * 6))

    @cached_property
    def absolute(self) -> Conduction:
        """Cells that hold the temperature itself; all sides keep theirs."""
        cells, rock = self.cells, self.rock
        last = at_temperature(rock.conductivity, cells[..., -1])
        below = cells[..., -1] + 0.5 * self.grid.widths[2][-1] * self._deepest / last
        sides = Sides(
            fixed(cells[0]),
            fixed(cells[-1]),
            fixed(cells[:, 0]),
            fixed(cells[:, -1]),
            fixed(rock.undisturbed(self.grid.z[0])),
            fixed(below),
        )
        return Conduction(self.grid, *self._properties, rock.heat_production, sides)

    def matter(self, points: Array) -> tuple[Array, Array]:
        """Conductivity [W/m/K] and heat capacity [J/m3/K] before any opening, (..., 3) in."""
        warm = self.undisturbed(points)
        k, c = (self._at(points, name, warm) for name in ("conductivity", "heat_capacity"))
        return k, c

    def undisturbed(self, points: ArrayLike) -> Array:
        """Temperature at points before any opening, shape (..., 3) in, (...) out [K]."""
        p = np.asarray(points, dtype=float)
        even = self.rock.undisturbed(p[..., 2])
        if self.even:
            return even
        weights = share(p.reshape(1, -1, 3), self.grid.edges)
        return np.asarray(even + (weights.T @ self._bent.ravel()).reshape(even.shape))

    @cached_property
    def cells(self) -> Array:
        """Undisturbed temperature of the cells, shape (x, y, z) [K]."""
        return np.asarray(self.rock.undisturbed(self.grid.centres[2]) + self._bent)

    @property
    def uneven(self) -> bool:
        """Whether zones bend the undisturbed temperature, so that all cells are solved for it."""
        rock = self.rock
        return rock.profile is None and any(
            zone.conductivity != rock.conductivity for zone in rock.zones
        )

    @property
    def even(self) -> bool:
        """Whether the undisturbed temperature is that of `Rock.undisturbed`."""
        return not (self.uneven or callable(self.rock.conductivity))

    @cached_property
    def _bent(self) -> Array:
        """What zones and changing conductivity add to even rock, shape (x, y, z) [K]."""
        grid = self.grid
        if self.even:
            return np.zeros(grid.shape)
        if self.uneven:
            return self._steady()
        column = Grid(grid.x[[0, -1]], grid.y[[0, -1]], grid.z)
        alone = GriddedRock(column, replace(self.rock, zones=()))
        return np.array(np.broadcast_to(alone._steady(), grid.shape))

    def _steady(self) -> Array:
        """Steady state of the cells less the temperature of even rock, shape (x, y, z) [K]."""
        rock, grid = self.rock, self.grid
        even = np.broadcast_to(rock.undisturbed(grid.centres[2]), grid.shape)
        top = fixed(float(rock.undisturbed(grid.z[0])))
        sides = Sides(z_low=top, z_high=flux(self._deepest))
        conductivity, _ = self._properties
        problem = Conduction(grid, conductivity, 1.0, rock.heat_production, sides)
        return np.asarray(steady_state(problem, even) - even)

    def exchanged(self, changes: Sequence[Change]) -> dict[float, CellChange]:
        """Exchanges of matter in the cells, by their times [s]; of two at once the later counts."""
        found = dict[float, CellChange]()
        centres = np.stack(np.meshgrid(*self.grid.centres, indexing="ij"), axis=-1)
        for time in sorted({change.time for change in changes}):
            which = np.zeros(self.grid.shape, dtype=bool)
            values = np.zeros((3, *self.grid.shape))
            for change in changes:
                if change.time == time:
                    inside = change.holds(centres)
                    which |= inside
                    new = (change.temperature, change.conductivity, change.heat_capacity)
                    values[:, inside] = np.array(new, dtype=float)[:, None]
            found[time] = CellChange(which, *values)
        return found

    @property
    def _deepest(self) -> float:
        """Heat flux through the bottom of the grid [W/m2]."""
        return float(self.rock.surface_flux - self.rock.heat_production * self.grid.z[-1])

    @cached_property
    def _properties(self) -> tuple[Conductivity, Capacity]:
        """Conductivity and heat capacity of the cells."""
        if not self.rock.zones and self.rock.linear:
            return cast("tuple[float, float]", (self.rock.conductivity, self.rock.heat_capacity))
        centres = np.stack(np.meshgrid(*self.grid.centres, indexing="ij"), axis=-1)

        def cells(name: str) -> Array | Callable[[Array], Array]:
            each = [getattr(part, name) for part in (self.rock, *self.rock.zones)]
            if any(callable(value) for value in each):
                return lambda warm: self._at(centres, name, warm)
            return self._at(centres, name, np.zeros(self.grid.shape))

        return cells("conductivity"), cells("heat_capacity")

    def _at(self, points: Array, name: str, temperature: Array) -> Array:
        """A property at points of given temperature."""
        found = np.array(at_temperature(getattr(self.rock, name), temperature))
        for zone in self.rock.zones:
            inside = zone.holds(points)
            found[inside] = at_temperature(getattr(zone, name), temperature[inside])
        return found


def _matter(conductivity: Property, heat_capacity: Property) -> str:
    k = "k(T)" if callable(conductivity) else f"{conductivity:g} W/m/K"
    c = "c(T)" if callable(heat_capacity) else f"{heat_capacity / 1e6:g} MJ/m3/K"
    return f"{k}, {c}"


def _point(at: Triple) -> str:
    return "({:g}, {:g}, {:g}) m".format(*at)
