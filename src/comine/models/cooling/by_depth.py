"""What a mine's cooling takes by depth, for several plants beside each other."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from comine.models.cooling.base import Cold, Cooling
from comine.physics import Array
from comine.physics.mine_heat import LumpedMine, air_alone, refrigeration_duty


@dataclass(frozen=True)
class CoolingByDepth:
    """Power and energy by depth of one way of cooling, (depths,) each."""

    power: Array
    """Electric, beyond the fans that the mine has anyway [W]; infinite where it cannot be done."""
    energy: Array
    """Of that, by mass of ore [J/kg]."""
    heat: Array
    """Heat of a heat system that drives the plant [W]."""
    delivered: Array
    """Share of the cold asked for that the plant delivers [1]."""


def cooling_by_depth(
    mine: LumpedMine, plants: Mapping[str, Cooling], depth: Array
) -> dict[str, CoolingByDepth]:
    """Power and energy of cooling a lumped mine at depths: (depths,) [m].

    The first row, "ventilation", is more air alone; the others keep the names of the plants. Where
    a plant delivers less than asked, its power is that of what it delivers.
    """
    z = np.asarray(depth, dtype=float)
    duty = refrigeration_duty(mine, z)
    more_air = air_alone(mine, z).power - mine.fan_power
    nothing = np.zeros(z.shape)
    rows = {"ventilation": _row(mine, more_air, nothing, np.isfinite(more_air).astype(float))}
    for name, plant in plants.items():
        # each depth is a mine of its own, so the plants are asked one depth at a time
        colds = [plant.cool(q, float(d)) for q, d in zip(duty, z, strict=True)]
        part = np.divide(_each(colds, "delivered"), duty, out=np.ones(z.shape), where=duty > 0)
        rows[name] = _row(mine, _each(colds, "power"), _each(colds, "heat"), part)
    return rows


def _each(colds: list[Cold], name: str) -> Array:
    return np.array([getattr(cold, name) for cold in colds], dtype=float)


def _row(mine: LumpedMine, power: Array, heat: Array, delivered: Array) -> CoolingByDepth:
    return CoolingByDepth(power, np.asarray(power / mine.ore_rate), heat, delivered)
