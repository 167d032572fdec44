"""What is dug and drilled, and when?"""

from typing import Any

import numpy as np
import xarray as xr

from comine.models.strategy import Strategy
from comine.project import Project
from comine.stages.base import stage
from comine.stages.plan import Plan, plan
from comine.stages.promises import BUILD
from comine.underground.openings import Part


@stage(gives=BUILD)
def build(project: Project, strategy: Strategy) -> xr.Dataset:
    """Lay out the opening network and the yearly schedule."""
    planned = plan(project, strategy)
    names = list(planned.openings.nodes)
    coords: dict[str, Any] = {
        "node": names,
        "branch": [branch.name for branch in planned.openings.branches],
    }
    values = _network(planned, names) | {"rock_temperature": _rock_temperature(project, planned)}
    if planned.mine and planned.schedule:
        coords |= {
            "year": np.arange(1, project.years + 1),
            "z": planned.mine.layout.level_depths,
        }
        values |= {
            "ore_mined": planned.schedule.ore.sum(axis=1),
            "ore_by_level": planned.schedule.ore,
            "shaft_length": planned.openings.total_length("shaft"),
            "drift_length": planned.openings.total_length("drift", ""),
        }
    if planned.systems:
        coords["system"] = list(planned.systems)
        values |= _systems(planned)
    return BUILD.dataset(coords, **values)


def _network(planned: Plan, names: list[str]) -> dict[str, Any]:
    branches = planned.openings.branches
    place = np.array([planned.openings.nodes[name] for name in names])
    number = {name: index for index, name in enumerate(names)}
    lives = np.array([planned.life(branch) for branch in branches])
    return {
        "node_x": place[:, 0],
        "node_y": place[:, 1],
        "node_depth": place[:, 2],
        "branch_start": [number[branch.start] for branch in branches],
        "branch_end": [number[branch.end] for branch in branches],
        "branch_part": [branch.part for branch in branches],
        "branch_medium": [branch.medium for branch in branches],
        "branch_system": [branch.system for branch in branches],
        "branch_length": [branch.length for branch in branches],
        "branch_area": [branch.area for branch in branches],
        "branch_count": [branch.count for branch in branches],
        "branch_opened": lives[:, 0],
        "branch_closed": lives[:, 1],
    }


def _rock_temperature(project: Project, planned: Plan) -> Any:
    middles = np.array([planned.openings.points(b, 1)[0, 2] for b in planned.openings.branches])
    return project.site.geotherm.temperature(middles, project.site.surface_temperature)


def _systems(planned: Plan) -> dict[str, Any]:
    def length(part: Part) -> list[float]:
        return [planned.openings.total_length(part, name) for name in planned.systems]

    installed = planned.systems.values()
    return {
        "roadway_length": length("drift"),
        "borehole_length": length("borehole"),
        "well_length": length("well"),
        "well_count": [len(each.wells) for each in installed],
        "exchange_area": [each.exchange_area for each in installed],
        "rock_volume": [each.rock_volume for each in installed],
    }
