"""The plan of a strategy: its openings, schedule and installed heat systems, before any time runs.

Both `build` and `operate` start from it; it follows from the project alone.
"""

from dataclasses import dataclass

import numpy as np

from comine.errors import ModelError
from comine.models.heat_systems import Installation
from comine.models.mine import Mine
from comine.models.mining import MONTHS, YEAR, Schedule
from comine.models.strategy import Strategy
from comine.physics import Array
from comine.project import Project
from comine.underground.openings import Branch, Openings

MOST_PRESSURE = 1e8
"""Of a circulation pump [Pa]."""


@dataclass(frozen=True)
class Plan:
    """What a strategy builds."""

    openings: Openings
    mine: Mine | None
    schedule: Schedule | None
    systems: dict[str, Installation]
    starts: dict[str, int]
    """First month of flow of each heat system."""
    months: int

    @property
    def edges(self) -> Array:
        """Bounds of the months, (months + 1,) [s]."""
        return np.arange(self.months + 1) * YEAR / MONTHS

    def life(self, branch: Branch) -> tuple[int, int]:
        """Month in which a branch opens and the month from which it is filled or sealed."""
        if branch.system:
            return self.starts[branch.system], self.months
        assert self.schedule is not None, "a branch of the mine has a schedule"
        opened, closed = self.schedule.opened, self.schedule.closed
        if branch.level >= 0:
            first, last = int(opened[branch.level]), int(closed[branch.level])
        else:
            depth = max(self.openings.nodes[end][2] for end in (branch.start, branch.end))
            assert self.mine is not None
            below = self.mine.layout.level_depths >= depth - 1e-6
            first, last = int(opened[below].min()), int(closed[below].max())
        return min(first, self.months), min(last, self.months)


def plan(project: Project, strategy: Strategy) -> Plan:
    """Lay out what a strategy builds."""
    months = project.years * MONTHS
    mine = project.mine if strategy.mine else None
    openings = mine.layout.openings() if mine else Openings({}, ())
    schedule = None
    if mine:
        levels = mine.layout.level_depths.size
        schedule = mine.mining.schedule(mine.ore.tonnage, levels, project.years)
    systems = {name: project.heat[name].install(name) for name in strategy.heat}
    for name, installed in systems.items():
        if installed.pressure_loss > MOST_PRESSURE:
            raise ModelError(
                f"heat.{name}: the water would need {installed.pressure_loss / 1e6:.4g} MPa to "
                f"circulate, more than any pump gives ({MOST_PRESSURE / 1e6:g} MPa); send less "
                "flow, or open more or wider ways for it"
            )
        openings = openings + installed.openings
    starts = {
        name: min(round(project.heat[name].start / (YEAR / MONTHS)), months) for name in systems
    }
    return Plan(openings, mine, schedule, systems, starts, months)
