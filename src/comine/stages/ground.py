"""What does it do to the rock?

A level's haulage drift is taken as circular, horizontal and driven along one of the two horizontal
stresses, whichever loads its wall more. Rock is elastic; support, joints and water pressure are
left out, so stresses beyond the strength say where the wall fails, not what it carries.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from comine.models.mining import MONTHS, YEAR
from comine.models.site import Site
from comine.models.strategy import Strategy
from comine.physics import Array
from comine.physics.burst import (
    Burst,
    barton,
    elastic_energy,
    hoek,
    russenes,
    tao,
    turchaninov,
    vote,
)
from comine.physics.stress import (
    InSituStress,
    breakdown_pressure,
    kirsch_stress,
    stress_from_ratios,
    thermoelastic_sphere,
    wall_thermal_stress,
)
from comine.project import Project
from comine.stages.base import stage
from comine.stages.promises import GROUND

MONTH = YEAR / MONTHS
WATER_WEIGHT = 9806.65
"""Weight of cold water, for the pressure in the pores [N/m³]."""
ALONG = ("along the lesser horizontal stress", "along the greater horizontal stress")


@stage(gives=GROUND)
def ground(
    project: Project, strategy: Strategy, build: xr.Dataset, operate: xr.Dataset
) -> xr.Dataset:
    """Stress at drift walls with temperature, the rock-burst vote, and rock that is cooled."""
    coords: dict[str, Any] = {}
    values: dict[str, Any] = {}
    if strategy.mine and project.mine:
        levels = project.mine.layout.level_depths
        found, criteria = _levels(project.site, levels, operate.wall_temperature.values)
        values |= found
        coords |= {"z": levels, "year": operate.year.values, "criterion": list(criteria)}
    if strategy.heat:
        coords["system"] = list(strategy.heat)
        depths = np.array([project.heat[name].depth for name in strategy.heat])
        values["breakdown_pressure"] = breakdown(project.site, depths)
        if "rock_volume" in build:
            values["zone_stress"] = _zones(project.site, list(strategy.heat), build, operate)
    return GROUND.dataset(coords, **values)


def in_situ(site: Site, depth: Array) -> InSituStress:
    """Stress before anything is dug, by the site's gradient and ratios [Pa]."""
    stress = site.stress
    return stress_from_ratios(
        depth, stress.vertical_gradient, stress.major_ratio, stress.minor_ratio
    )


def breakdown(site: Site, depth: Array) -> Array:
    """Pressure at depth that starts a fracture in a tight hole, under a full water column [Pa]."""
    stress = in_situ(site, depth)
    return breakdown_pressure(
        stress.horizontal_minor,
        stress.horizontal_major,
        site.rock.tensile_strength,
        WATER_WEIGHT * depth,
    )


def _levels(
    site: Site, depth: Array, wall_temperature: Array
) -> tuple[dict[str, Any], Sequence[str]]:
    """Stress and burst classes by year and level; NaN where the level is not open."""
    rock, stress = site.rock, in_situ(site, depth)
    wall, axial, drift = _drift(stress)
    change = wall_temperature - site.geotherm.temperature(depth, site.surface_temperature)
    thermal = wall_thermal_stress(change, rock.young_modulus, rock.expansion, rock.poisson_ratio)
    open_ = np.isfinite(thermal)
    heat = np.where(open_, thermal, 0.0)
    answers = _criteria(site, stress, wall + heat, axial + heat)
    voted = vote(answers)
    grades = np.broadcast_to(voted.grades, (len(voted.criteria), *open_.shape))
    votes = np.where(open_, (grades >= 2).sum(axis=0), np.nan)
    values: dict[str, Any] = {
        "vertical_stress": stress.vertical,
        "major_stress": stress.horizontal_major,
        "minor_stress": stress.horizontal_minor,
        "worst_drift": drift,
        "thermal_stress": thermal,
        "wall_stress": wall + thermal,
        "burst_class": np.where(open_, grades, np.nan),
        "burst_votes": votes,
    }
    if open_.any():
        values["worst_votes"] = float(np.nanmax(votes))
    return values, voted.criteria


def _drift(stress: InSituStress) -> tuple[Array, Array, list[str]]:
    """Greatest hoop stress of the worse drift, stress along it [Pa], and which drift that is."""
    across = (stress.horizontal_major, stress.horizontal_minor)
    walls = np.stack(
        [
            kirsch_stress(
                1.0,
                np.pi / 2,
                1.0,
                np.maximum(horizontal, stress.vertical),
                np.minimum(horizontal, stress.vertical),
            ).hoop
            for horizontal in across
        ]
    )
    worse = np.argmax(walls, axis=0)
    along = np.where(worse == 0, stress.horizontal_minor, stress.horizontal_major)
    return walls.max(axis=0), along, [ALONG[number] for number in worse]


def _criteria(site: Site, stress: InSituStress, hoop: Array, axial: Array) -> dict[str, Burst]:
    """Answers of the criteria that need no test beyond the rock's strength and modulus."""
    strength = site.rock.strength
    greatest = np.maximum(stress.vertical, stress.horizontal_major)
    return {
        "russenes": russenes(hoop, strength),
        "hoek": hoek(hoop, strength),
        "turchaninov": turchaninov(hoop, axial, strength),
        "barton": barton(strength, greatest),
        "tao": tao(strength, greatest),
        "elastic_energy": elastic_energy(strength, site.rock.young_modulus),
    }


def _zones(site: Site, systems: Sequence[str], build: xr.Dataset, operate: xr.Dataset) -> Array:
    """Thermal stress in the cooled rock at the end, as in a sphere; tension is negative [Pa].

    The heat taken from the rock over its heat capacity is its mean cooling. Heat that flowed in
    from around is in it, so this is an upper bound; cooler than the water it cannot get.
    """
    rock = site.rock
    taken = operate.rock_heat.sel(system=systems).values.sum(axis=0) * MONTH
    capacity = rock.density * rock.heat_capacity * build.rock_volume.sel(system=systems).values
    reach = (operate.source_temperature - operate.inlet_temperature).sel(system=systems).values
    cooling = np.divide(taken, capacity, out=np.zeros_like(taken), where=capacity > 0)
    return thermoelastic_sphere(
        0.0,
        1.0,
        -np.minimum(cooling, reach),
        rock.young_modulus,
        rock.expansion,
        rock.poisson_ratio,
    ).radial
