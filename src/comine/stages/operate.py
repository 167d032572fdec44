"""What do rock, water and air do over the years?

Mine air and heat systems run together in one rock, month by month, and feel each other both ways.
"""

from typing import Any

import numpy as np
import xarray as xr

from comine.errors import ConvergenceError, ModelError, brief
from comine.fields import merged
from comine.models.heat_systems import Installation
from comine.models.mining import MONTHS
from comine.models.strategy import Strategy
from comine.numerics.coupled import StoppedError
from comine.physics import Array
from comine.project import Project
from comine.stages.base import stage
from comine.stages.plan import Plan, plan
from comine.stages.promises import LEDGER, OPERATE_HEAT, OPERATE_MINE, OPERATE_ROCK
from comine.underground.air_plan import AirPlan
from comine.underground.balance import (
    Account,
    air_account,
    load_account,
    rock_account,
    water_account,
)
from comine.underground.circulation import Circulation
from comine.underground.history import History
from comine.underground.loads import MineLoads, mine_loads
from comine.underground.operation import AIR, Operation, System, circulations, mine_air, prepare
from comine.underground.ventilation import MineAir

CLOSURE = 1e-3
"""Greatest residual of an energy account that is accepted [1]."""
OPERATE = merged(OPERATE_MINE, OPERATE_HEAT, OPERATE_ROCK, LEDGER)
SNAPSHOTS = 4
"""Sections of the rock that are kept, the undisturbed one among them."""


@stage(gives=OPERATE)
def operate(project: Project, strategy: Strategy) -> xr.Dataset:
    """Run heat systems and mine air month by month."""
    planned = plan(project, strategy)
    operation = _prepared(project, planned)
    years = np.unique(np.linspace(0, project.years, SNAPSHOTS).round().astype(int))
    history = _run(operation, tuple(int(year) * MONTHS for year in years[1:]))
    runs = circulations(operation, history)
    coords: dict[str, Any] = {
        "month": np.arange(1, planned.months + 1),
        "year": np.arange(1, project.years + 1),
        "branch": [branch.name for branch in planned.openings.branches],
        "snapshot": years,
        "section_z": operation.underground.grid.centres[2],
        "section_x": operation.underground.grid.centres[0],
    }
    values: dict[str, Any] = _rock(planned, operation, history)
    accounts = [rock_account(history)]
    if runs:
        coords["system"] = list(runs)
        values |= _heat(project, runs)
        accounts += [water_account(name, run) for name, run in runs.items()]
    if operation.plan:
        air = mine_air(operation, history)
        loads = mine_loads(operation.plan, air)
        coords["z"] = operation.plan.mine.layout.level_depths
        values |= _airways(planned, air) | _levels(planned, air) | _loads(loads)
        accounts += [load_account(loads), air_account(loads)]
    coords["component"] = [row for account in accounts for row in account.rows]
    return OPERATE.dataset(coords, **values, **_ledger(accounts))


def _prepared(project: Project, planned: Plan) -> Operation:
    systems = {
        name: System(project.heat[name], installed, planned.starts[name])
        for name, installed in planned.systems.items()
    }
    air = None
    if planned.mine and planned.schedule:
        air = AirPlan(
            project.site, planned.mine, planned.openings, planned.schedule, planned.months
        )
    try:
        return prepare(project.site, planned.months, systems, air, _beside(project, planned))
    except ValueError as error:
        raise ModelError(f"the openings cannot be laid into the rock: {brief(error)}") from error


def _beside(project: Project, planned: Plan) -> list[Installation]:
    """Heat systems of other strategies that also mine, or also do not: all get one grid."""
    mine = planned.mine is not None
    names = {n for s in project.strategies.values() if s.mine == mine for n in s.heat}
    return [project.heat[name].install(name) for name in sorted(names - set(planned.systems))]


def _run(operation: Operation, keep: tuple[int, ...]) -> History:
    try:
        return operation.run(keep)
    except StoppedError as error:
        place = operation.place(error.unsettled)
        if place is None:
            raise ConvergenceError(f"rock, air and water: {brief(error)}") from error
        raise ModelError(
            f"the air in {place!r} finds no state within the range of the model, -40 to 100 degC "
            "at a pressure above nil; change the flow or the machines in mine.ventilation, or the "
            "sections in mine.layout"
        ) from error
    except ValueError as error:
        raise ModelError(
            f"air or water leaves the range of the models ({brief(error)}); change the flow or the "
            "machines in mine.ventilation, the sections in mine.layout, or a flow in heat"
        ) from error


def _rock(planned: Plan, operation: Operation, history: History) -> dict[str, Any]:
    """Sections along strike, and what each branch meets beyond its own skin."""
    grid, site = operation.underground.grid, operation.site
    y = _section_place(planned)
    row = int(np.abs(grid.centres[1] - y).argmin())
    virgin = site.geotherm.temperature(grid.centres[2], site.surface_temperature)
    kept = [np.zeros(grid.shape), *history.departures.values()]
    departure = np.stack([cells[:, row].T for cells in kept])
    return {
        "rock_cells": grid.size,
        "section_y": grid.centres[1][row],
        "section_temperature": virgin[None, :, None] + departure,
        "section_departure": departure,
        "rock_cooling": _met(planned, operation, history),
    }


def _section_place(planned: Plan) -> float:
    """Place across strike of the section: where most of the openings' length lies."""
    branches = planned.openings.branches
    nodes = planned.openings.nodes
    places = [(nodes[b.start][1] + nodes[b.end][1]) / 2 for b in branches]
    lengths = [b.length * b.count * (nodes[b.start][1] == nodes[b.end][1]) for b in branches]
    return float(places[int(np.argmax(lengths))])


def _met(planned: Plan, operation: Operation, history: History) -> Array:
    """Fall of the rock temperature on each airway's axis, beyond its skin, (years, branches)."""
    branches = planned.openings.branches
    met = np.full((planned.months // MONTHS, len(branches)), np.nan)
    if operation.air is None:
        return met
    axis = history.axis[AIR].reshape(-1, MONTHS, history.axis[AIR].shape[1]).mean(axis=1)
    lined = operation.air.streams.lining.piece
    for place, branch in enumerate(branches):
        if branch.name in operation.air.pieces:
            pieces = operation.air.pieces[branch.name]
            own = (lined >= pieces.start) & (lined < pieces.stop)
            met[:, place] = -axis[:, own].mean(axis=1)
    return met


def _heat(project: Project, runs: dict[str, Circulation]) -> dict[str, Any]:
    systems = {name: project.heat[name] for name in runs}
    hottest = max(runs, key=lambda name: float(runs[name].outlet[-MONTHS:].mean()))
    begun = runs[hottest].start
    heat = np.stack([run.heat for run in runs.values()], axis=1)
    return {
        "system_flow": [system.flow for system in systems.values()],
        "inlet_temperature": [system.inlet_temperature for system in systems.values()],
        "source_temperature": [run.ground.temperature for run in runs.values()],
        "outlet_temperature": np.stack([run.outlet for run in runs.values()], axis=1),
        "heat_power": heat,
        "rock_heat": np.stack([run.rock_heat for run in runs.values()], axis=1),
        "pump_power": np.stack([run.pump_power for run in runs.values()], axis=1),
        "mean_heat_power": heat.sum(axis=1).mean(),
        "first_outlet": runs[hottest].outlet[begun : begun + MONTHS].mean(),
        "last_outlet": runs[hottest].outlet[-MONTHS:].mean(),
    }


def _airways(planned: Plan, air: MineAir) -> dict[str, Any]:
    shape = (planned.months, len(planned.openings.branches))
    flow, dry, wet = np.zeros(shape), np.full(shape, np.nan), np.full(shape, np.nan)
    for place, branch in enumerate(planned.openings.branches):
        if branch.name in air.passages:
            window, passage = air.passages[branch.name]
            flow[:, place] = air.flow[branch.name]
            dry[window, place] = passage.air.temperature
            wet[window, place] = passage.air.wet_bulb
    return {"air_flow": flow, "dry_bulb": dry, "wet_bulb": wet}


def _levels(planned: Plan, air: MineAir) -> dict[str, Any]:
    assert planned.mine is not None
    levels = planned.mine.layout.level_depths.size
    reject, uncooled, wall = (np.full((planned.months, levels), np.nan) for _ in range(3))
    cooling = np.zeros((planned.months, levels))
    for number, (window, level) in air.levels.items():
        reject[window, number] = level.end.wet_bulb
        uncooled[window, number] = air.uncooled[number]
        wall[window, number] = level.passages[1].wall_temperature
        cooling[window, number] = level.removed * planned.mine.ventilation.level_flow
    limit = planned.mine.ventilation.wet_bulb_limit
    open_months = np.isfinite(reject)
    return {
        "reject_wet_bulb": reject,
        "uncooled_wet_bulb": uncooled,
        "wall_temperature": wall[MONTHS - 1 :: MONTHS],
        "level_cooling": cooling,
        "limit_held": (reject[open_months] <= limit + 0.05).mean(),
    }


def _loads(loads: MineLoads) -> dict[str, Any]:
    total = loads.to_stopes.total.sum()
    strata, compression, machines, rock, water = (
        part.sum() / total for part in loads.to_stopes.fields
    )
    return {
        "cooling": loads.cooling,
        "refrigeration_power": loads.power,
        "refrigeration_heat": loads.rejected,
        "coolant_flow": loads.coolant,
        "fan_power": loads.fan_power,
        "load_strata": loads.to_stopes.strata,
        "load_compression": loads.to_stopes.compression,
        "load_machines": loads.to_stopes.machines,
        "load_broken_rock": loads.to_stopes.broken_rock,
        "load_water": loads.to_stopes.water,
        "load_air": loads.carried,
        "strata_share": strata,
        "compression_share": compression,
        "machine_share": machines + rock,
        "water_share": water,
        "peak_cooling": loads.cooling.max(),
        "cooling_energy": loads.energy(loads.cooling),
    }


def _ledger(accounts: list[Account]) -> dict[str, Any]:
    residual = max(account.residual for account in accounts)
    if residual > CLOSURE:
        worst = max(accounts, key=lambda account: account.residual)
        raise ConvergenceError(
            f"the energy account {worst.group!r} does not close: {worst.residual:.2e} of the "
            f"energy exchanged, allowed {CLOSURE:g}"
        )
    return {
        "ledger": [value for account in accounts for value in account.rows.values()],
        "ledger_group": [account.group for account in accounts for _ in account.rows],
        "ledger_residual": residual,
    }
