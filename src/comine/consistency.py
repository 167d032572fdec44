"""What cannot be, in nature or in time, seen from the project before anything runs."""

from collections.abc import Iterable, Iterator, Mapping

from comine.errors import Fault
from comine.models.heat_systems import HeatSystem
from comine.models.mine import Mine
from comine.models.mining import MONTHS, YEAR
from comine.models.site import Site
from comine.models.strategy import Strategy

ICE_POINT = 273.15
HOTTEST = ICE_POINT + 350.0
"""Rock in which water circulates as a liquid, below its critical point [K]."""


def impossible(
    site: Site,
    mine: Mine | None,
    heat: Mapping[str, HeatSystem],
    strategies: Mapping[str, Strategy],
    years: int,
) -> Iterator[Fault]:
    """Yield what contradicts the rock's temperature or the length of the study."""
    yield from _alike("strategies", strategies)
    yield from _alike("heat", heat)
    used = {name for strategy in strategies.values() for name in strategy.heat}
    mined = mine is not None and any(strategy.mine for strategy in strategies.values())
    deep = list(_too_deep(site, mine, heat))
    yield from deep
    if mine and mined:
        yield from _mine_in_time(mine, years)
    if mine and mine.ventilation.wet_bulb_limit <= mine.cooling.supply_temperature:
        wrong = (
            f"must be above cooling.supply_temperature, {_celsius(mine.cooling.supply_temperature)}"
        )
        got, cure = _celsius(mine.ventilation.wet_bulb_limit), "raise it, or lower the other"
        yield Fault("", "mine.ventilation.wet_bulb_limit", wrong, got, cure)
    for name, system in heat.items():
        if name in used and round(system.start / YEAR * MONTHS) >= years * MONTHS:
            got = f"{system.start / YEAR:.4g} years of {years}"
            cure = "start it earlier or lengthen the study"
            yield Fault("", f"heat.{name}.start", "is after the end of the study", got, cure)
    if not deep:
        yield from _cold(site, heat)


def _alike(table: str, names: Iterable[str]) -> Iterator[Fault]:
    """Names that would share a file where upper and lower case are one."""
    known: dict[str, str] = {}
    for name in names:
        if (twin := known.setdefault(name.casefold(), name)) != name:
            wrong = "differs from another name in upper and lower case only"
            yield Fault("", f"{table}.{name}", wrong, repr(twin), "rename one")


def _too_deep(site: Site, mine: Mine | None, heat: Mapping[str, HeatSystem]) -> Iterator[Fault]:
    """Depths below the end of what is known of the rock's temperature."""
    depths = {"site.block.bottom": site.block.bottom}
    depths |= {f"heat.{name}.depth": system.depth for name, system in heat.items()}
    if mine:
        depths["mine.layout"] = float(mine.layout.level_depths.max())
    for key, depth in depths.items():
        if depth > site.geotherm.deepest:
            wrong = f"lies below the end of the temperature log, {site.geotherm.deepest:g} m"
            yield Fault("", key, wrong, f"{depth:g} m", "give site.geotherm.gradient_below")


def _mine_in_time(mine: Mine, years: int) -> Iterator[Fault]:
    schedule = mine.mining.schedule(mine.ore.tonnage, mine.layout.level_depths.size, years)
    if not schedule.ore.any():
        wrong = "no ore is mined within the study"
        cure = "start earlier or lengthen the study"
        yield Fault("", "mine.mining.start", wrong, f"years = {years}", cure)


def _cold(site: Site, heat: Mapping[str, HeatSystem]) -> Iterator[Fault]:
    """Rock that can give no heat, or is too hot for the model."""

    def rock(depth: float) -> float:
        return float(site.geotherm.temperature(depth, site.surface_temperature))

    try:
        temperatures = {name: rock(system.depth) for name, system in heat.items()}
        bottom = rock(site.block.bottom)
    except ValueError as error:
        yield Fault("", "site.geotherm", f"gives no temperature at depth ({error})")
        return
    reference = site.block.reference_temperature
    if bottom <= reference:
        wrong = f"the block holds no heat above it: its rock has {_celsius(bottom)} at most"
        key = "site.block.reference_temperature"
        yield Fault("", key, wrong, _celsius(reference), "lower it or take a deeper block")
    for name, system in heat.items():
        hot = temperatures[name]
        if system.inlet_temperature >= hot:
            wrong = f"the rock at {system.depth:g} m has {_celsius(hot)} and can give it no heat"
            got = _celsius(system.inlet_temperature)
            cure = "send colder water down or go deeper"
            yield Fault("", f"heat.{name}.inlet_temperature", wrong, got, cure)
        if hot > HOTTEST:
            wrong = f"the rock there has {_celsius(hot)}; water is a liquid up to 350 degC here"
            yield Fault("", f"heat.{name}.depth", wrong, f"{system.depth:g} m", "go less deep")


def _celsius(temperature: float) -> str:
    return f"{temperature - ICE_POINT:.4g} degC"
