"""Heat systems through the months: heat from the rock, water at the surface, pumps, cooling."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from comine.models.heat_systems import HeatSystem, Installation
from comine.models.mining import MONTHS, YEAR
from comine.models.site import Site
from comine.physics import Array
from comine.physics.wellbore import (
    hasan_kabir_time_function,
    relaxation_length,
    well_temperature,
)
from comine.underground.exchangers import Ground

WATER_HEAT = 4186.0  # J/kg/K, liquid water at 50 °C within 0.1 %
WATER_DENSITY = 985.0  # kg/m³


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
    riser_loss: Array
    """Lost on the way up [W]."""
    pump_power: Array


def circulate(
    site: Site, system: HeatSystem, installed: Installation, start: int, months: int
) -> Circulation:
    """Run one heat system from its start to the end of the study."""
    rock = site.rock
    hot = float(site.geotherm.temperature(system.depth, site.surface_temperature))
    ground = Ground(hot, rock.conductivity, rock.diffusivity)
    rock_heat = np.zeros(months)
    outlet = np.full(months, system.inlet_temperature)
    pump = np.zeros(months)
    if start < months:
        edges = np.arange(months - start + 1) * YEAR / MONTHS
        capacity = system.flow * WATER_HEAT
        rock_heat[start:] = installed.exchanger.heat(
            edges, system.inlet_temperature, capacity, ground
        )
        leaving = system.inlet_temperature + rock_heat[start:] / capacity
        outlet[start:] = _at_surface(site, system, installed, leaving, edges)
        work = installed.pressure_loss * system.flow / WATER_DENSITY
        pump[start:] = work / system.pump_efficiency
    heat = system.flow * WATER_HEAT * (outlet - system.inlet_temperature)
    return Circulation(ground, start, rock_heat, outlet, heat, rock_heat - heat, pump)


def _at_surface(
    site: Site, system: HeatSystem, installed: Installation, leaving: Array, edges: Array
) -> Array:
    """Temperature of the water when it reaches the surface [K].

    In the shaft's riser it loses heat by the riser's conductance to the mean rock of the column; in
    a well to the rock, by Ramey's solution with the time function of Hasan and Kabir.
    """
    depths = np.linspace(0.0, system.depth, 51)
    column = site.geotherm.temperature(depths, site.surface_temperature)
    if not installed.wells:
        around = float(column.mean())
        share = np.exp(-system.riser_conductance * system.depth / (system.flow * WATER_HEAT))
        return np.asarray(around + (leaving - around) * share)
    middles = (edges[1:] + edges[:-1]) / 2
    resistance = hasan_kabir_time_function(middles, installed.wells[-1].radius, site.rock.diffusivity)
    scale = relaxation_length(system.flow * WATER_HEAT, resistance, site.rock.conductivity)
    gradient = float((column[-1] - column[0]) / system.depth)
    return well_temperature(system.depth, leaving, column[-1], -gradient, scale)


def rock_cooling(
    systems: dict[str, tuple[Installation, Circulation]], months: int
) -> Callable[[Array, slice], Array]:
    """Function that gives the fall of the rock temperature at points in a window of months.

    The fall is computed as yearly means and read between them linearly; it grows slowly except
    within a few metres of a hole.
    """
    years = np.arange(months // MONTHS + 1) * YEAR
    yearly = {
        name: circulation.rock_heat.reshape(-1, MONTHS).mean(axis=1)
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
