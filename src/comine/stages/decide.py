"""What is it worth?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from comine.models.base import Model
from comine.models.mine import Mine
from comine.models.mining import MONTHS, YEAR
from comine.models.strategy import Strategy
from comine.models.value import Quantities
from comine.physics import Array
from comine.project import Project
from comine.stages.base import stage
from comine.stages.promises import DECIDE

UNCERTAIN = ("finance.", "mine.ore.price", "mine.ore.grade", "mine.ore.recovery")
"""Beginnings of the paths of numbers that change the money but nothing underground."""
AnyModel = TypeVar("AnyModel", bound=Model)


@stage(gives=DECIDE)
def decide(
    project: Project, strategy: Strategy, build: xr.Dataset, operate: xr.Dataset, use: xr.Dataset
) -> xr.Dataset:
    """Judge the strategy by money, and how far each uncertain price moves the judgement."""
    found = quantities(project, strategy, build, operate, use)
    paths = [path for path in project.uncertain if path.startswith(UNCERTAIN)]
    paths = [path for path in paths if strategy.mine or not path.startswith("mine.")]

    def value(path: str, number: float) -> float:
        case = changed(project, path.split("."), number)
        return case.finance.value(with_metal(found, case.mine))

    ends = [[value(path, end) for end in project.uncertain[path].bounds] for path in paths]
    low, high = np.reshape(ends, (-1, 2)).T
    swings = DECIDE.dataset(
        {"criterion": np.array(paths, dtype=str)}, assumption_low=low, assumption_high=high
    )
    return project.finance.judge(found).merge(swings)


def changed(model: AnyModel, path: Sequence[str], value: float) -> AnyModel:
    """Copy of a model with one number replaced, unchecked, named by the keys that lead to it."""
    head, *rest = path
    inner = changed(getattr(model, head), rest, value) if rest else value
    return model.model_copy(update={head: inner})


def quantities(
    project: Project, strategy: Strategy, build: xr.Dataset, operate: xr.Dataset, use: xr.Dataset
) -> Quantities:
    """What the finance model prices, from what the stages found."""
    access = {project.heat[name].access for name in strategy.heat}
    heat, cold, power = (_of(use, product) for product in ("heat", "cold", "power"))
    found = Quantities(
        years=project.years,
        shared=strategy.mine and "roadway" in access,
        ore=build.ore_mined.values if strategy.mine else None,
        heat=_energy(heat),
        power=_energy(power),
        carbon=_carbon(use, heat, power),
        fan_energy=_energy(_monthly(operate, "fan_power")),
        refrigeration_energy=_energy(_monthly(operate, "refrigeration_power")),
        saved_energy=_energy(_saved(operate, cold)),
        pump_energy=_energy(_monthly(operate, "pump_power")),
        heat_pump_energy=_energy(_monthly(use, "power_used")),
        shaft=_opened(build, "shaft", project.years),
        drift=_opened(build, "drift", project.years, of_mine=True),
        roadway=_opened(build, "drift", project.years, of_mine=False),
        borehole=_opened(build, "borehole", project.years),
        well=_opened(build, "well", project.years),
        fracture=_fractured(build, project.years),
        refrigeration=_peak(_monthly(operate, "cooling")),
        chillers=_peak(cold),
        heat_plant=_peak(heat),
        power_plant=_peak(power),
    )
    return with_metal(found, project.mine)


def with_metal(found: Quantities, mine: Mine | None) -> Quantities:
    """Add the metal that the ore yields, and its price."""
    if found.ore is None or mine is None:
        return found
    metal = found.ore * mine.ore.grade * mine.ore.recovery
    return replace(found, metal=metal, metal_price=mine.ore.price)


def _monthly(ds: xr.Dataset, name: str) -> Array | None:
    """Sum over systems or sinks of a mean power of the month, (months,) [W]."""
    if name not in ds:
        return None
    power = ds[name]
    return np.asarray(power.sum([dim for dim in power.dims if dim != "month"]).values)


def _of(use: xr.Dataset, product: str) -> Array | None:
    """Delivered power of one product, (months,) [W]."""
    if "product" not in use or not (use["product"] == product).any():
        return None
    return _monthly(use.isel(sink=(use["product"] == product).values), "delivered")


def _energy(power: Array | None) -> Array | None:
    """By year, (years,) [J]."""
    return None if power is None else power.reshape(-1, MONTHS).mean(axis=1) * YEAR


def _peak(power: Array | None) -> Array | None:
    """Greatest month of each year, (years,) [W]."""
    return None if power is None else power.reshape(-1, MONTHS).max(axis=1)


def _saved(operate: xr.Dataset, cold: Array | None) -> Array | None:
    """Refrigeration power that cold made from heat saves, at the month's mean, (months,) [W]."""
    power, cooling = _monthly(operate, "refrigeration_power"), _monthly(operate, "cooling")
    if cold is None or power is None or cooling is None:
        return None
    replaced = np.minimum(cold, cooling)
    return np.divide(power * replaced, cooling, out=np.zeros_like(power), where=cooling > 0)


def _carbon(use: xr.Dataset, heat: Array | None, power: Array | None) -> Array | None:
    """CO2 saved, spread over the years as the energy delivered, (years,) [kg]."""
    sold = [energy for energy in (_energy(heat), _energy(power)) if energy is not None]
    if "co2_saved" not in use or not np.any(sold):
        return None
    total = np.sum(sold, axis=0)
    return np.asarray(float(use.co2_saved) * total / total.sum())


def _opened(build: xr.Dataset, part: str, years: int, of_mine: bool | None = None) -> Array | None:
    """Length of the openings of a part by the year in which they open, (years,) [m]."""
    chosen = build.branch_part.values == part
    if of_mine is not None:
        chosen &= (build.branch_system.values == "") == of_mine
    length = (build.branch_length * build.branch_count).values
    return _by_year(build, chosen, length, years)


def _fractured(build: xr.Dataset, years: int) -> Array | None:
    """Rock face of the fractures by the year in which they come into use, (years,) [m²]."""
    if "exchange_area" not in build:
        return None
    chosen = build.branch_part.values == "fracture"
    faces = np.zeros(chosen.size)
    for name, area in zip(build.system.values, build.exchange_area.values, strict=True):
        own = chosen & (build.branch_system.values == name)
        faces[own] = area / max(own.sum(), 1)
    return _by_year(build, chosen, faces, years)


def _by_year(
    build: xr.Dataset, chosen: NDArray[np.bool_], amount: Array, years: int
) -> Array | None:
    """Amounts of chosen branches by year; what opens after the study is not built."""
    opened = build.branch_opened.values.astype(int)
    chosen = chosen & (opened < years * MONTHS)
    if not chosen.any():
        return None
    year = np.maximum(opened[chosen] - 1, 0) // MONTHS
    return np.bincount(year, weights=amount[chosen], minlength=years).astype(float)
