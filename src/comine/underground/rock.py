r"""The rock of a run: its matter, zones of other matter, and how warm it is before any opening.

Even rock has :math:`T(z) = T_0 + q_0 z/k - A z^2/2k`. Where zones conduct otherwise, the steady
state of the cells with that flux from below takes its place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from comine.numerics import Array
from comine.numerics.conduction import Conduction, Sides, fixed, flux
from comine.numerics.grid import Grid, Triple
from comine.numerics.skin_host import share
from comine.numerics.steady import steady_state


@dataclass(frozen=True)
class Zone:
    """A box of other rock."""

    name: str
    lower: Triple
    """Corner of smallest coordinates [m]."""
    upper: Triple
    """Corner of greatest coordinates [m]."""
    conductivity: float
    """[W/m/K]"""
    heat_capacity: float
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

    conductivity: float
    """[W/m/K]"""
    heat_capacity: float
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
    def diffusivity(self) -> float:
        """[m²/s]"""
        return self.conductivity / self.heat_capacity

    @property
    def surface_flux(self) -> float:
        """Heat flux through the surface [W/m2]."""
        if self.flux is not None:
            return self.flux
        return self.conductivity * (self.gradient or 0.0)

    def undisturbed(self, depth: ArrayLike) -> Array:
        """Temperature of rock without zones, before any opening [K]."""
        z = np.asarray(depth, dtype=float)
        if self.profile is not None:
            return np.asarray(self.profile(z), dtype=float)
        rise = (self.surface_flux - 0.5 * self.heat_production * z) / self.conductivity
        return np.asarray(self.surface_temperature + rise * z)

    def matter(self, points: ArrayLike) -> tuple[Array, Array]:
        """Conductivity [W/m/K] and heat capacity [J/m3/K], points (..., 3) in, (...) out."""
        p = np.asarray(points, dtype=float)
        k = np.full(p.shape[:-1], self.conductivity)
        c = np.full(p.shape[:-1], self.heat_capacity)
        for zone in self.zones:
            inside = zone.holds(p)
            k[inside], c[inside] = zone.conductivity, zone.heat_capacity
        return k, c


@dataclass(frozen=True, eq=False)
class GriddedRock:
    """Rock in the cells of a grid."""

    grid: Grid
    rock: Rock

    @cached_property
    def departing(self) -> Conduction:
        """Cells that hold departures from the undisturbed temperature; all sides keep theirs."""
        kept = fixed(0.0)
        return Conduction(self.grid, *self._matter(), sides=Sides(*[kept] * 6))

    def undisturbed(self, points: ArrayLike) -> Array:
        """Temperature at points before any opening, shape (..., 3) in, (...) out [K]."""
        p = np.asarray(points, dtype=float)
        even = self.rock.undisturbed(p[..., 2])
        if not self._bent.any():
            return even
        weights = share(p.reshape(1, -1, 3), self.grid.edges)
        return np.asarray(even + (weights.T @ self._bent.ravel()).reshape(even.shape))

    @cached_property
    def cells(self) -> Array:
        """Undisturbed temperature of the cells, shape (x, y, z) [K]."""
        return np.asarray(self.rock.undisturbed(self.grid.centres[2]) + self._bent)

    @cached_property
    def _bent(self) -> Array:
        """What zones add to the temperature of even rock, shape (x, y, z) [K]."""
        rock, grid = self.rock, self.grid
        conductivity = self._matter()[0]
        if rock.profile is not None or np.all(np.asarray(conductivity) == rock.conductivity):
            return np.zeros(grid.shape)
        even = np.broadcast_to(rock.undisturbed(grid.centres[2]), grid.shape)
        deepest = rock.surface_flux - rock.heat_production * grid.z[-1]
        top = fixed(float(rock.undisturbed(grid.z[0])))
        sides = Sides(z_low=top, z_high=flux(deepest))
        problem = Conduction(
            grid, conductivity, rock.heat_capacity, rock.heat_production, sides=sides
        )
        return np.asarray(steady_state(problem, even) - even)

    def _matter(self) -> tuple[float | Array, float | Array]:
        if not self.rock.zones:
            return self.rock.conductivity, self.rock.heat_capacity
        centres = np.stack(np.meshgrid(*self.grid.centres, indexing="ij"), axis=-1)
        return self.rock.matter(centres)


def _matter(conductivity: float, heat_capacity: float) -> str:
    return f"{conductivity:g} W/m/K, {heat_capacity / 1e6:g} MJ/m3/K"


def _point(at: Triple) -> str:
    return "({:g}, {:g}, {:g}) m".format(*at)
