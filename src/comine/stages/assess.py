"""How hot is the rock, what is in it, how good is the place?

The block's heat is that of its rock and pore water above the reference temperature; rock colder
than that counts for nothing. An indicator is scored as it was typed, or else as computed here;
where both exist and differ, both are named.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xarray as xr
from scipy.optimize import brentq

from comine.models.mining import YEAR
from comine.models.ore import Ore
from comine.models.site import Block, Site
from comine.physics import Array
from comine.physics.power import PLANTS, plant_state
from comine.physics.resource import (
    heat_in_place,
    power_potential,
    recoverable_heat,
    volumetric_heat_capacity,
)
from comine.physics.water import LIQUID_HEAT
from comine.project import Project
from comine.siting.contradictions import contradictions, redundancies
from comine.siting.evaluate import IndicatorScore, evaluate
from comine.siting.indicators import GOOD, INDICATORS, POOR, Value
from comine.stages.base import stage
from comine.stages.ground import WATER_WEIGHT, breakdown
from comine.stages.promises import ASSESS

STEP = 50.0
"""Distance between the depths of the profile [m]."""
LEAST_PROFILE = 4000.0
"""Depth down to which the profile goes at least, where the geotherm reaches [m]."""
REACH = 10_000.0
"""Depth down to which isotherms are sought [m]."""
SLICES = 400
"""Of the block, of equal thickness."""
PORE_WATER = 4.0e6
"""Heat capacity per volume of pore water [J/m³/K]; within 5 % from 20 to 200 °C."""
AMBIENT = 288.15
"""Outside air of the power potential [K]."""
HOTTEST_PLANT = 523.15
"""Water above which the power potential is not computed [K]."""
STANDARD_GRAVITY = 9.80665
ID = {each.id.partition(".")[2]: each.id for each in INDICATORS} | {"construction": "E.construct"}
SHOWN = {
    "S.intensity": (1.0, 0.0, "degrees"),
    "S.pga": (1.0, 0.0, "g"),
    "S.distance": (1e-3, 0.0, "km"),
    "R.depth150": (1e-3, 0.0, "km"),
    "R.tfrac": (1.0, -273.15, "°C"),
    "R.gradient": (1e3, 0.0, "K/km"),
    "R.area": (1e-6, 0.0, "km²"),
    "R.recoverable": (1e-15, 0.0, "PJ"),
    "R.power": (1e-6, 0.0, "MW"),
    "T.drill200": (1e-3, 0.0, "km"),
    "T.pfrac": (1e-6, 0.0, "MPa"),
    "T.volume": (1e-9, 0.0, "km³"),
    "T.life": (1 / YEAR, 0.0, "years"),
}
"""Factor, then offset, and unit in which an indicator is shown."""


@stage(gives=ASSESS)
def assess(project: Project) -> xr.Dataset:
    """Rock temperature, heat and ore in place, and the 20 indicators of the site."""
    site = project.site
    depth = _profile(site)
    heat = _heat(site)
    isotherms = {
        name: found
        for name, celsius in (("depth_150", 150.0), ("depth_200", 200.0))
        if (found := _isotherm(site, celsius + 273.15)) is not None
    }
    bottom = site.block.bottom
    gradient = (float(_rock(site)(bottom)) - float(_rock(site)(0.0))) / bottom
    known = {"gradient": gradient} | isotherms | heat
    if site.geotherm.deepest >= 2000.0:
        known["temperature_2km"] = float(_rock(site)(2000.0))
    return ASSESS.dataset(
        {"z": depth, "criterion": [each.id for each in INDICATORS]},
        temperature=_rock(site)(depth),
        **known,
        **(_ore(project.mine.ore) if project.mine else {}),
        **_indicators(project, known),
    )


def _rock(site: Site) -> Callable[[Any], Array]:
    return lambda depth: site.geotherm.temperature(depth, site.surface_temperature)


def _profile(site: Site) -> Array:
    """Depths of the profile, (z,) [m]."""
    end = np.ceil(max(site.block.bottom, LEAST_PROFILE) / STEP) * STEP
    depth = np.arange(0.0, end + STEP / 2, STEP)
    return depth[depth <= site.geotherm.deepest]


def _isotherm(site: Site, temperature: float) -> float | None:
    """Shallowest depth of a temperature [m], if it lies in reach."""
    rock = _rock(site)
    depth = np.append(
        np.arange(0.0, min(REACH, site.geotherm.deepest), STEP), min(REACH, site.geotherm.deepest)
    )
    hot = np.flatnonzero(rock(depth) >= temperature)
    if not hot.size:
        return None
    if hot[0] == 0:
        return 0.0
    above, below = depth[hot[0] - 1], depth[hot[0]]
    return float(brentq(lambda z: float(rock(z)) - temperature, above, below, xtol=1e-6))


def _heat(site: Site) -> dict[str, float]:
    """Mean temperature [K] of the block and the heat in it [J]."""
    block: Block = site.block
    share = (np.arange(SLICES) + 0.5) / SLICES
    temperature = _rock(site)(block.top + share * (block.bottom - block.top))
    capacity = volumetric_heat_capacity(
        site.rock.density * site.rock.heat_capacity, PORE_WATER, site.rock.porosity
    )
    heat = heat_in_place(
        block.area * (block.bottom - block.top) / SLICES,
        capacity,
        np.maximum(temperature, block.reference_temperature),
        block.reference_temperature,
    ).sum()
    return {
        "block_temperature": float(temperature.mean()),
        "reference_temperature": block.reference_temperature,
        "heat_in_place": float(heat),
        "recoverable_heat": float(recoverable_heat(heat, block.recovery)),
    }


def _ore(ore: Ore) -> dict[str, float]:
    return {
        "ore_tonnage": ore.tonnage,
        "ore_grade": ore.grade,
        "metal": ore.tonnage * ore.grade,
    }


def _indicators(project: Project, known: Mapping[str, float]) -> dict[str, Any]:
    """Score of the site and its table."""
    typed = _typed(project)
    computed = _computed(project, known)
    site = evaluate({**computed, **typed})
    found = [
        *contradictions(typed, computed),
        *redundancies(typed, project.site.surface_temperature),
    ]
    return {
        "score_low": site.points.low,
        "score_mid": site.points.mid,
        "score_high": site.points.high,
        "score_coverage": site.coverage,
        "indicator_name": [row.indicator.english for row in site.rows],
        "indicator_name_zh": [row.indicator.chinese for row in site.rows],
        "indicator_weight": [row.weight for row in site.rows],
        "indicator_low": [POOR if row.grade is None else row.grade for row in site.rows],
        "indicator_high": [GOOD if row.grade is None else row.grade for row in site.rows],
        "indicator_value": [_shown(row) for row in site.rows],
        "indicator_origin": [_origin(row, typed) for row in site.rows],
        "contradictions": "; ".join(contradiction.message for contradiction in found),
    }


def _typed(project: Project) -> dict[str, Value]:
    """Indicators that the project states, by id, in the units of the indicators."""
    given: dict[str, Value] = {
        ID[name]: value for name, value in project.siting if value is not None
    }
    if isinstance(acceleration := given.get("S.pga"), float):
        given["S.pga"] = acceleration / STANDARD_GRAVITY
    return given


def _computed(project: Project, known: Mapping[str, float]) -> dict[str, Value]:
    """Indicators that follow from the geotherm, the block, the stress and the heat systems."""
    site = project.site
    found: dict[str, Value] = {"R.recoverable": known["recoverable_heat"]}
    for id, name in (("R.depth150", "depth_150"), ("T.drill200", "depth_200")):
        if name in known:
            found[id] = known[name]
        elif site.geotherm.deepest >= REACH:
            found[id] = "poor"
    if known["gradient"] > 0:
        found["R.gradient"] = known["gradient"]
    if (power := _power(known, project.years)) is not None:
        found["R.power"] = power
    depths = [system.depth for system in project.heat.values()]
    if depths:
        deepest = np.array(max(depths))
        found["R.tfrac"] = float(_rock(site)(deepest))
        surplus = float(breakdown(site, deepest) - WATER_WEIGHT * deepest)
        found["T.pfrac"] = max(surplus, 0.0)
    return found


def _power(known: Mapping[str, float], years: int) -> float | None:
    """Power that uses up the recoverable heat in the study's years; none where it is too cool [W].

    Heat turns into power as in a subcritical organic Rankine cycle fed with water of the block's
    mean temperature: its power over the water's heat above the outside air.
    """
    temperature = known["block_temperature"]
    if temperature > HOTTEST_PLANT:
        return None
    if temperature < PLANTS["subcritical_orc"].lower_limit:
        return 0.0
    power = plant_state(temperature, AMBIENT, "subcritical_orc").power
    efficiency = power / (LIQUID_HEAT * (temperature - AMBIENT))
    return float(power_potential(known["recoverable_heat"], efficiency, years * YEAR))


def _shown(row: IndicatorScore) -> str:
    if row.value is None:
        return ""
    if isinstance(row.value, str):
        deep = row.indicator.id in ("R.depth150", "T.drill200")
        return f"deeper than {REACH / 1e3:g} km" if deep else row.value
    factor, offset, unit = SHOWN[row.indicator.id]
    return f"{row.value * factor + offset:.4g} {unit}"


def _origin(row: IndicatorScore, typed: Mapping[str, Value]) -> str:
    if row.value is None:
        return "unknown"
    return "typed" if row.indicator.id in typed else "computed"
