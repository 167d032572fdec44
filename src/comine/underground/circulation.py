"""Heat systems through the months: heat from the rock, water at the surface, pumps, cooling."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.integrate import simpson

from comine.models.heat_systems import HeatSystem, Installation
from comine.models.mining import MONTHS, YEAR
from comine.models.site import Site
from comine.physics import Array
from comine.physics.water import LIQUID_DENSITY, LIQUID_HEAT
from comine.physics.wellbore import (
    hasan_kabir_time_function,
    relaxation_length,
    well_temperature,
)
from comine.underground.exchangers import Ground

STEPS = 201
"""Points along the way up; odd, for Simpson's rule."""


@dataclass(frozen=True)
class Circulation:
    """One system, month by month from the first of the study; nothing flows before its start."""

    ground: Ground
    start: int
    rock_heat: Array
    """Taken from the rock, (months,) [W]."""
    outlet: Array
    """Water at the surface [K]; the inlet temperature while nothing flows."""
    heat: Array
    """At the surface, above the water sent down [W]."""
    way_loss: Array
    """Lost on the way up, summed along the way [W]."""
    pump_power: Array
    """Of the pump for what its thermosiphon leaves to it; none where that does all [W]."""


def circulate(
    site: Site, system: HeatSystem, installed: Installation, start: int, months: int
) -> Circulation:
    """Run one heat system from its start to the end of the study."""
    rock = site.rock
    hot = float(site.geotherm.temperature(system.depth, site.surface_temperature))
    ground = Ground(hot, rock.conductivity, rock.diffusivity)
    rock_heat, pump, loss = np.zeros((3, months))
    outlet = np.full(months, system.inlet_temperature)
    capacity = system.flow * LIQUID_HEAT
    if start < months:
        edges = np.arange(months - start + 1) * YEAR / MONTHS
        rock_heat[start:] = installed.exchanger.heat(
            edges, system.inlet_temperature, capacity, ground
        )
        leaving = system.inlet_temperature + rock_heat[start:] / capacity
        outlet[start:], loss[start:] = _way_up(site, system, installed, leaving, edges)
        work = installed.pressure_loss * system.flow / LIQUID_DENSITY
        pump[start:] = work / system.pump_efficiency
    heat = capacity * (outlet - system.inlet_temperature)
    return Circulation(ground, start, rock_heat, outlet, heat, loss, pump)


def _way_up(
    site: Site, system: HeatSystem, installed: Installation, leaving: Array, edges: Array
) -> tuple[Array, Array]:
    """Temperature of the water at the surface [K], and heat lost on the way [W].

    In a well the water follows Ramey's solution with the time function of Hasan and Kabir; in the
    shaft's riser it loses heat by the riser's conductance to the mean rock of the column. The loss
    is summed along the way from the difference of temperature, apart from the water's own balance.
    """
    capacity = system.flow * LIQUID_HEAT
    top = float(site.geotherm.temperature(0.0, site.surface_temperature))
    foot = float(site.geotherm.temperature(system.depth, site.surface_temperature))
    way = np.linspace(0.0, system.depth, STEPS)[:, None]
    if installed.wells:
        middles = (edges[1:] + edges[:-1]) / 2
        radius = installed.wells[-1].radius
        resistance = hasan_kabir_time_function(middles, radius, site.rock.diffusivity)
        scale = relaxation_length(capacity, resistance, site.rock.conductivity)
        gradient = (foot - top) / system.depth
        water = well_temperature(way, leaving, foot, -gradient, scale)
        around, conductance = foot - gradient * way, capacity / scale
    else:
        around = np.array((foot + top) / 2)
        conductance = np.array(system.riser_conductance)
        water = around + (leaving - around) * np.exp(-conductance * way / capacity)
    loss = simpson(conductance * (water - around), x=way[:, 0], axis=0)
    return water[-1], np.asarray(loss)


def rock_cooling(
    systems: dict[str, tuple[Installation, Circulation]], months: int
) -> Callable[[Array, slice], Array]:
    """Function that gives the fall of the rock temperature at points in a window of months.

    The fall is computed as yearly means and read between them linearly; it grows slowly except
    within a few metres of a hole.
    """
    years = np.arange(months // MONTHS + 1, dtype=float) * YEAR
    yearly = {
        name: np.asarray(circulation.rock_heat.reshape(-1, MONTHS).mean(axis=1), dtype=float)
        for name, (_, circulation) in systems.items()
    }
    middles = np.concatenate(([0.0], (np.arange(months // MONTHS) + 0.5) * MONTHS))

    def drop(points: Array, window: slice) -> Array:
        total = np.zeros((len(points), months // MONTHS + 1))
        for name, (installed, circulation) in systems.items():
            total[:, 1:] += installed.exchanger.cooling(
                points, years, yearly[name], circulation.ground
            )
        when = np.arange(window.start, window.stop) + 0.5
        return np.array([np.interp(when, middles, row) for row in total])

    return drop
