"""A plan's openings run through the months by the underground engine.

Mine air and heat systems live in the same rock, so they feel each other both ways.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from comine.models.heat_systems import HeatSystem, Installation
from comine.models.site import Site
from comine.numerics.grid import Grid
from comine.physics import Array
from comine.physics.air import condense
from comine.physics.water import LIQUID_DENSITY
from comine.underground.air_plan import AirPlan, outside_air
from comine.underground.airflow import Air, Heats, Passage
from comine.underground.circuits import Circuit, circuit, spans
from comine.underground.circulation import Circulation
from comine.underground.engine import Underground
from comine.underground.exchangers import Ground
from comine.underground.history import History, Recording, history, proceed
from comine.underground.level import Level
from comine.underground.mine_air import MineCarrier, mine_carrier, without_coolers
from comine.underground.part import Part
from comine.underground.rock import Rock
from comine.underground.rock_grid import CELLS, grid_about, segment
from comine.underground.schedule import MONTH, Schedule
from comine.underground.ventilation import MineAir

AIR = "mine air"


class System(NamedTuple):
    """A heat system to be run."""

    system: HeatSystem
    installed: Installation
    start: int
    """First month of flow."""


@dataclass(frozen=True, eq=False)
class Operation:
    """Rock, circuits and mine air of a plan, ready to run."""

    site: Site
    months: int
    underground: Underground
    systems: Mapping[str, System]
    circuits: Mapping[str, Circuit]
    plan: AirPlan | None
    air: MineCarrier | None

    def run(self, keep: tuple[int, ...] = (), told: Callable[[int], None] | None = None) -> History:
        """Run all months; the cells are kept at the ends of some of them."""
        starts = [system.start for system in self.systems.values()]
        if self.plan:
            starts += [self.plan.window(number).start for number in self.plan.levels]

        begins = [start * MONTH for start in starts]
        schedule = Schedule(MONTH, begins=begins, keep=[month * MONTH for month in keep])
        recording = Recording(self.underground.start())
        for time in proceed(self.underground, recording, schedule, self.months * MONTH):
            if told:
                told(round(time / MONTH))
        return history(self.underground, recording)

    def place(self, unsettled: tuple[int, int] | None) -> str | None:
        """Airway of an unknown for which the mine's air has no solution."""
        if unsettled is None or self.air is None:
            return None
        carrier, unknown = unsettled
        if self.underground.parts[carrier].name != AIR:
            return None
        volume = unknown % self.air.streams.volumes
        for name, pieces in self.air.pieces.items():
            if pieces.start <= volume < pieces.stop:
                return name
        return "a cooler"


def prepare(
    site: Site,
    months: int,
    systems: Mapping[str, System],
    plan: AirPlan | None,
    beside: Sequence[Installation] = (),
    cells: int = CELLS,
) -> Operation:
    """Lay a plan's openings into the rock.

    Parameters
    ----------
    site : Site
        Rock and geotherm.
    months : int
        Months of the study.
    systems : mapping of str to System
        Heat systems by name.
    plan : AirPlan, optional
        The mine and its air.
    beside : sequence of Installation
        Heat systems that are not there, but for which the grid is made too, so that plans can be
        compared on one grid.
    cells : int
        Cells of the rock at most.

    Returns
    -------
    Operation

    Raises
    ------
    ValueError
        If openings do not fit into a grid of so many cells.
    """
    installed = [*beside, *(each.installed for each in systems.values())]
    grid = _grid(site, months, installed, plan, cells)
    circuits = {
        name: circuit(site, grid, name, *each[:2], each.start * MONTH)
        for name, each in systems.items()
    }
    parts = [
        Part(name, each.embedded, each.streams, each.undisturbed, each.begun, each.axes)
        for name, each in circuits.items()
    ]
    air = None
    if plan:
        air = mine_carrier(plan, grid)
        idle = without_coolers(air.streams)
        parts.append(
            Part(
                AIR,
                air.embedded,
                air.streams,
                air.undisturbed,
                air.streams.begun(0.0),
                air.axes,
                idle,
            )
        )
    underground = Underground(grid, rock_of(site), parts)
    return Operation(site, months, underground, systems, circuits, plan, air)


def rock_of(site: Site) -> Rock:
    """A site's rock with the temperature of its geotherm."""
    conductivity = site.rock.conductivity
    return Rock(
        conductivity,
        conductivity / site.rock.diffusivity,
        site.surface_temperature,
        profile=lambda depth: site.geotherm.temperature(depth, site.surface_temperature),
    )


def _grid(
    site: Site, months: int, installed: Sequence[Installation], plan: AirPlan | None, cells: int
) -> Grid:
    found = [span for each in installed for span in spans(each)]
    if plan:
        nodes = plan.openings.nodes
        found += [
            segment(np.array(nodes[branch.start]), np.array(nodes[branch.end]))
            for branch in plan.openings.branches
            if branch.medium == "air"
        ]
    return grid_about(found, site.rock.diffusivity, months * MONTH, cells)


def circulations(operation: Operation, history: History) -> dict[str, Circulation]:
    """Heat systems of a run, month by month."""
    return {
        name: _circulation(operation, history, name, each)
        for name, each in operation.systems.items()
    }


def _circulation(operation: Operation, history: History, name: str, each: System) -> Circulation:
    system, installed, start = each
    site, laid, report = operation.site, operation.circuits[name], history.means[name]
    water, flow, inlet = laid.water, system.flow, system.inlet_temperature
    on = np.arange(operation.months) >= start
    walls = -history.walls[name]
    rock_heat = walls[:, : laid.exchanger].sum(axis=1)
    content, foot = report["content"][:, laid.outlet], report["temperature"][:, laid.outlet]
    sent, loss = float(water.content(inlet, 0.0)), -walls[:, laid.exchanger :].sum(axis=1)
    ends = np.array([0.0, system.depth])
    top, hot = site.geotherm.temperature(ends, site.surface_temperature).tolist()
    if not installed.wells:
        around = (top + hot) / 2
        capacity = flow * water.specific_heat(foot, system.depth)
        decay = np.exp(-system.riser_conductance * system.depth / capacity)
        loss = capacity * (foot - around) * (1 - decay)
        content = content - loss / flow
    content = np.where(on, content, sent)
    outlet = np.where(on, water.temperature(content, 0.0), inlet)
    needed = installed.pressure_loss - laid.buoyancy(report["temperature"], inlet, outlet)
    work = np.maximum(needed, 0.0) * flow / LIQUID_DENSITY / system.pump_efficiency
    ground = Ground(hot, site.rock.conductivity, site.rock.diffusivity)
    heat = flow * (content - sent)
    return Circulation(
        ground, start, rock_heat * on, outlet, heat, loss * on, np.where(on, work, 0.0)
    )


def mine_air(operation: Operation, history: History) -> MineAir:
    """Air of a run, branch by branch, level by level."""
    plan, air = operation.plan, operation.air
    assert plan is not None and air is not None, "the plan has a mine"
    report, idle = history.means[AIR], history.asides[AIR]
    result = MineAir(intake=outside_air(operation.site, operation.months))
    for name, pieces in air.pieces.items():
        window = _window(plan, name)
        result.flow[name] = report["flow"][:, pieces.stop - 1]
        result.passages[name] = (window, _passage(report, pieces, window))
    for place, number in enumerate(air.levels):
        window, tag = plan.window(number), plan.tag(number)
        crosscut, haulage, stope = (
            result.passages[f"{name} {tag}"][1] for name in ("crosscut", "haulage", "stope")
        )
        removed = report["duty"][window, place]
        condensate = report["condensate"][window, place]
        level = Level((crosscut, haulage, stope), removed, condensate)
        result.levels[number] = (window, level)
        end = air.pieces[f"stope {tag}"].stop - 1
        result.uncooled[number] = idle["wet_bulb"][window, end]
    return result


def _window(plan: AirPlan, name: str) -> slice:
    """Months in which a branch is open."""
    part, tag = name.split()
    number = next(n for n in range(max(plan.levels) + 1) if plan.tag(n) == tag)
    return plan.shaft_window(number) if part in ("downcast", "upcast") else plan.window(number)


def _passage(report: Mapping[str, Array], pieces: slice, window: slice) -> Passage:
    """Air through a branch in the months that it is open."""
    last = pieces.stop - 1
    dry, moist, pressure = (
        report[name][window, last] for name in ("dry_bulb", "humidity", "pressure")
    )
    mean = condense(dry, moist, pressure)  # of saturated states: a little beyond saturation
    air = Air(mean.temperature, mean.humidity_ratio, pressure)

    def total(name: str) -> Array:
        return np.asarray(report[name][window, pieces].sum(axis=1))

    heats = Heats(
        *(total(name) for name in ("strata", "compression", "machines", "broken_rock", "water"))
    )
    wall = report["wall_temperature"][window, pieces].mean(axis=1)
    return Passage(air, heats, wall, total("friction_loss"))
