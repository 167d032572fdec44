"""Energy accounts: what goes into a control volume and out of it over the life, and what is left.

Each term is computed on its own side: walls from the rock's response, air from its states at the
doors, water from its temperatures. The residual is therefore a check, not a definition.
"""

from dataclasses import dataclass

import numpy as np

from comine.models.mining import MONTHS, YEAR
from comine.underground.circulation import Circulation
from comine.underground.history import History
from comine.underground.loads import MineLoads

MONTH = YEAR / MONTHS  # s


@dataclass(frozen=True)
class Account:
    """Energy into one control volume by row, out is negative [J]."""

    group: str
    rows: dict[str, float]

    @property
    def residual(self) -> float:
        """What is left of the sum, over half the energy that moved [1]."""
        values = np.array(list(self.rows.values()))
        moved = np.abs(values).sum() / 2
        return float(abs(values.sum()) / moved) if moved > 0 else 0.0


def water_account(name: str, run: Circulation) -> Account:
    """Account of the water of one heat system, from the rock to the surface and back."""
    return Account(
        f"water of {name}",
        {
            f"{name}: heat from the rock": float(run.rock_heat.sum() * MONTH),
            f"{name}: lost on the way up": float(-run.way_loss.sum() * MONTH),
            f"{name}: heat at the surface": float(-run.heat.sum() * MONTH),
        },
    )


def rock_account(history: History) -> Account:
    """Account of the rock: its cells and the skins of all openings."""
    entries = history.entries
    return Account(
        "rock",
        {
            "rock: given to mine air and water": sum(entry.walls for entry in entries),
            "rock: through the surface and the far sides": float(
                sum(entry.sides.sum() for entry in entries)
            ),
            "rock: lost by the cells": -sum(entry.cells for entry in entries),
            "rock: lost near the openings": -sum(entry.rings for entry in entries),
        },
    )


def load_account(loads: MineLoads) -> Account:
    """Account of the mine's air from the intake collar to the stopes' end: the cooling load."""
    strata, compression, machines, rock, water = (
        loads.energy(part) for part in loads.to_stopes.fields
    )
    return Account(
        "cooling load, collar to stopes' end",
        {
            "load: strata heat": strata,
            "load: auto-compression": compression,
            "load: machines": machines,
            "load: broken ore": rock,
            "load: water, evaporated less condensed": water,
            "load: condensate of the coolers": -loads.energy(loads.condensate),
            "load: refrigeration": -loads.energy(loads.cooling),
            "load: carried out at the stopes' end above the intake": -loads.energy(loads.carried),
        },
    )


def air_account(loads: MineLoads) -> Account:
    """Account of the mine's air from the intake collar to the exhaust collar."""
    strata, compression, machines, rock, water = (loads.energy(part) for part in loads.whole.fields)
    return Account(
        "mine air",
        {
            "air: strata heat": strata,
            "air: auto-compression, down less up": compression,
            "air: machines": machines,
            "air: broken ore": rock,
            "air: water, evaporated less condensed": water,
            "air: condensate of the coolers": -loads.energy(loads.condensate),
            "air: refrigeration": -loads.energy(loads.cooling),
            "air: carried out at the exhaust above the intake": -loads.energy(loads.exhausted),
        },
    )
