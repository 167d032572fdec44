"""What do rock, water and air do over the years?

Heat systems run first; the airways then meet rock that those have cooled. The coupling is one way
in this form: airways do not cool the rock that the heat systems draw on.
"""

from typing import Any

import numpy as np
import xarray as xr

from comine.errors import ConvergenceError, ModelError, brief
from comine.fields import merged
from comine.models.mining import MONTHS
from comine.models.strategy import Strategy
from comine.physics import Array
from comine.project import Project
from comine.stages.base import stage
from comine.stages.plan import Plan, plan
from comine.stages.promises import LEDGER, OPERATE_HEAT, OPERATE_MINE
from comine.underground.balance import Account, air_account, load_account, water_account
from comine.underground.circulation import Circulation, circulate, rock_cooling
from comine.underground.loads import MineLoads, mine_loads
from comine.underground.ventilation import MineAir, MineVentilation, RockDrop

CLOSURE = 1e-3
"""Greatest residual of an energy account that is accepted [1]."""
OPERATE = merged(OPERATE_MINE, OPERATE_HEAT, LEDGER)


@stage(gives=OPERATE)
def operate(project: Project, strategy: Strategy) -> xr.Dataset:
    """Run heat systems and mine air month by month."""
    planned = plan(project, strategy)
    runs = _circulated(project, planned)
    drop = rock_cooling(
        {name: (planned.systems[name], run) for name, run in runs.items()}, planned.months
    )
    coords: dict[str, Any] = {
        "month": np.arange(1, planned.months + 1),
        "year": np.arange(1, project.years + 1),
        "branch": [branch.name for branch in planned.openings.branches],
    }
    values: dict[str, Any] = {}
    accounts = []
    if runs:
        coords["system"] = list(runs)
        values |= _heat(project, planned, runs, drop)
        accounts += [water_account(name, run) for name, run in runs.items()]
    if planned.mine and planned.schedule:
        ventilation = MineVentilation(
            project.site, planned.mine, planned.openings, planned.schedule, planned.months, drop
        )
        air = ventilation.run()
        loads = mine_loads(ventilation.plan, air)
        coords["z"] = planned.mine.layout.level_depths
        values |= _airways(planned, air) | _levels(planned, air) | _loads(loads)
        accounts += [load_account(loads), air_account(loads)]
    coords["component"] = [row for account in accounts for row in account.rows]
    return OPERATE.dataset(coords, **values, **_ledger(accounts))


def _circulated(project: Project, planned: Plan) -> dict[str, Circulation]:
    runs = {}
    for name, installed in planned.systems.items():
        system, start = project.heat[name], planned.starts[name]
        try:
            runs[name] = circulate(project.site, system, installed, start, planned.months)
        except ValueError as error:
            raise ModelError(
                f"heat.{name} lies beyond the range of its model, given its flow, its size and "
                f"the rock: {brief(error)}"
            ) from error
    return runs


def _heat(
    project: Project, planned: Plan, runs: dict[str, Circulation], drop: RockDrop
) -> dict[str, Any]:
    systems = {name: project.heat[name] for name in runs}
    hottest = max(runs, key=lambda name: float(runs[name].outlet[-MONTHS:].mean()))
    begun = runs[hottest].start
    heat = np.stack([run.heat for run in runs.values()], axis=1)
    values = {
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
    if planned.mine:
        values["rock_cooling"] = _felt(planned, drop)
    return values


def _felt(planned: Plan, drop: RockDrop) -> Array:
    """Fall of the rock temperature that each airway feels, (years, branches) [K]."""
    branches = planned.openings.branches
    airways = [place for place, branch in enumerate(branches) if branch.medium == "air"]
    points = np.concatenate([planned.openings.points(branches[place], 1) for place in airways])
    fall = drop(points, slice(0, planned.months)).reshape(len(airways), -1, MONTHS)
    felt = np.full((planned.months // MONTHS, len(branches)), np.nan)
    felt[:, airways] = fall.mean(axis=2).T
    return felt


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
