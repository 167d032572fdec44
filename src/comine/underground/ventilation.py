"""The whole mine's air through the years: shafts, levels, coolers, returns, one heat balance."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from comine.errors import ConvergenceError, ModelError, brief
from comine.models.mine import Mine
from comine.models.mining import MONTHS, YEAR, Schedule
from comine.models.site import Site
from comine.physics import Array
from comine.physics.air import (
    state_from_enthalpy,
)
from comine.physics.strata import response_matrix
from comine.underground.air_plan import AirPlan, outside_air
from comine.underground.airflow import Air, Passage, Sources, Wall
from comine.underground.climate import march
from comine.underground.level import Leg, Level, hold_limit, without_cooling
from comine.underground.openings import Branch, Openings

RockDrop = Callable[[Array, slice], Array]
"""Fall of the rock temperature at points (p, 3) [m] in a window of months: (p, n) [K]."""

MOST_PIECES = 200
"""Of one airway, where its air is slow."""


@dataclass
class MineAir:
    """What the mine's air did, month by month; filled branch by branch as the air passes."""

    intake: Air
    flow: dict[str, Array] = field(default_factory=dict)
    passages: dict[str, tuple[slice, Passage]] = field(default_factory=dict)
    levels: dict[int, tuple[slice, Level]] = field(default_factory=dict)
    uncooled: dict[int, Array] = field(default_factory=dict)
    """Wet bulb at the stopes' end without refrigeration [K], by level."""


class MineVentilation:
    """Leads the air of a mine through its openings over its life."""

    def __init__(
        self,
        site: Site,
        mine: Mine,
        openings: Openings,
        schedule: Schedule,
        months: int,
        drop: RockDrop,
    ) -> None:
        self.site, self.mine, self.openings = site, mine, openings
        self.months, self.drop = months, drop
        self.plan = AirPlan(site, mine, openings, schedule, months)
        self.edges = np.arange(months + 1) * YEAR / MONTHS
        self._matrices: dict[tuple[float, int, bool], Array] = {}
        self._walls: dict[str, Wall] = {}

    def run(self) -> MineAir:
        """Air down the intake, through each level, up the exhaust."""
        result = MineAir(intake=outside_air(self.site, self.months))
        self._descend(result)
        for number in self.plan.levels:
            self._level(result, number)
        self._ascend(result)
        return result

    def _descend(self, result: MineAir) -> None:
        above, air = slice(0, self.months), result.intake
        for number in range(max(self.plan.levels) + 1):
            branch = self.openings[f"downcast {self.plan.tag(number)}"]
            window, flow = self.plan.shaft_window(number), self.plan.shaft_flow(number)
            inner = slice(window.start - above.start, window.stop - above.start)
            passage = self._pass(branch, _within(air, inner), flow, window, None)
            result.flow[branch.name] = flow
            result.passages[branch.name] = (window, passage)
            above, air = window, passage.air

    def _level(self, result: MineAir, number: int) -> None:
        window = self.plan.window(number)
        tag = self.plan.tag(number)
        names = [f"{name} {tag}" for name in ("crosscut", "haulage", "stope")]
        flow, sources = self.plan.level_flow(number), self.plan.sources(number, window)
        at_rest = Sources.none(window.stop - window.start)

        def leg(name: str) -> Leg:
            source = sources if name.startswith("stope") else at_rest
            return lambda air: self._pass(self.openings[name], air, flow, window, source)

        begun, shaft = result.passages[f"downcast {tag}"]
        inner = slice(window.start - begun.start, window.stop - begun.start)
        station = _within(shaft.air, inner)
        legs = (leg(names[0]), leg(names[1]), leg(names[2]))
        limit, coldest = self.mine.ventilation.wet_bulb_limit, self.mine.cooling.supply_temperature
        idle = without_cooling(station, legs, coldest)
        result.uncooled[number] = idle.end.wet_bulb
        try:
            level = hold_limit(station, legs, limit, coldest, idle)
        except ConvergenceError as error:
            raise ConvergenceError(f"the level at {tag} m: {error}") from None
        result.levels[number] = (window, level)
        for name, passage in zip(names, level.passages, strict=True):
            result.flow[name] = flow
            result.passages[name] = (window, passage)
        back = self.openings[f"return {tag}"]
        result.flow[back.name] = flow
        result.passages[back.name] = (window, self._pass(back, level.end, flow, window, None))

    def _ascend(self, result: MineAir) -> None:
        rising: list[tuple[slice, Air, Array]] = []
        for number in range(max(self.plan.levels), -1, -1):
            tag, window = self.plan.tag(number), self.plan.shaft_window(number)
            if number in self.plan.levels:
                own, back = result.passages[f"return {tag}"]
                rising.append((own, back.air, self.plan.level_flow(number)))
            branch, flow = self.openings[f"upcast {tag}"], self.plan.shaft_flow(number)
            joined = _joined(rising, self.months, window)
            passage = self._pass(branch, joined, flow, window, None)
            result.flow[branch.name] = flow
            result.passages[branch.name] = (window, passage)
            rising = [(window, passage.air, flow)]

    def _pass(
        self, branch: Branch, air: Air, flow: Array, window: slice, sources: Sources | None
    ) -> Passage:
        depths = (self.openings.nodes[branch.start][2], self.openings.nodes[branch.end][2])
        rest = sources or Sources.none(window.stop - window.start)
        radiation = self.mine.ventilation.film_radiation
        try:
            wall = self._wall(branch, window, flow[window])
            return march(branch, air, flow[window], wall, depths, rest, radiation)
        except ValueError as error:
            raise ModelError(
                f"the air in {branch.name!r} leaves the range of the model, -40 to 100 degC at a "
                f"pressure above nil ({brief(error)}); change the flow or the machines in "
                "mine.ventilation, or the sections in mine.layout"
            ) from None

    def _wall(self, branch: Branch, window: slice, flow: Array) -> Wall:
        if branch.name not in self._walls:
            pieces = self.plan.pieces(branch, flow, MOST_PIECES)
            points = self.openings.points(branch, pieces)
            virgin = self.site.geotherm.temperature(points[:, 2], self.site.surface_temperature)
            far = virgin[:, None] - self.drop(points, window)
            self._walls[branch.name] = Wall(self._response(branch, window), far)
        return self._walls[branch.name]

    def _response(self, branch: Branch, window: slice) -> Array:
        months = window.stop - window.start
        key = (branch.radius, months, branch.part == "stope")
        if key not in self._matrices:
            rock = self.site.rock
            matrix = response_matrix(
                self.edges[: months + 1], branch.radius, rock.diffusivity, rock.conductivity, 0.0
            )
            stope_life = self.mine.mining.stope_life
            self._matrices[key] = _renewed(matrix, stope_life) if key[2] else matrix
        return self._matrices[key]


def _renewed(matrix: Array, life: float) -> Array:
    """Response of walls that are renewed every `life` [s], evenly staggered.

    With equal months the response depends on the lag alone, and a wall of lag `d` months is still
    there with the chance ``1 - d / life``.
    """
    lag = np.subtract.outer(np.arange(matrix.shape[0]), np.arange(matrix.shape[0]))
    span = max(1.0, life / (YEAR / MONTHS))
    return np.asarray(matrix * np.clip(1.0 - lag / span, 0.0, 1.0))


def _within(air: Air, window: slice) -> Air:
    """Air in a window of the months that it covers."""
    return Air(air.temperature[window], air.humidity[window], air.pressure[window])


def _joined(streams: list[tuple[slice, Air, Array]], months: int, window: slice) -> Air:
    """Air after streams (window, air, flow of all months) mix, within a window."""
    flow, heat, water, pressure = np.zeros((4, months))
    for own, air, weight in streams:
        share = weight[own]
        flow[own] += share
        heat[own] += share * air.enthalpy
        water[own] += share * air.humidity
        pressure[own] += share * air.pressure
    if not (flow[window] > 0).all():
        raise ModelError("the upcast shaft has a month without air; let levels overlap in time")
    mean = [part[window] / flow[window] for part in (heat, water, pressure)]
    state = state_from_enthalpy(mean[0], mean[1], mean[2])
    return Air(state.temperature, state.humidity_ratio, mean[2])
