"""Heat loads, refrigeration and fan of a mine, summed over its openings."""

from dataclasses import dataclass

import numpy as np

from comine.errors import ModelError
from comine.models.cooling import Cold
from comine.models.mining import MONTHS, YEAR
from comine.physics import Array
from comine.physics.air import dry_density
from comine.underground.air_plan import AirPlan
from comine.underground.airflow import Heats
from comine.underground.ventilation import MineAir

SHORT = 1e-9
"""Share of the greatest duty that rounding may leave out."""


@dataclass(frozen=True)
class MineLoads:
    """Sums by month, (months,) each [W] unless said otherwise."""

    to_stopes: Heats
    """Taken up between the collar and the stopes' end."""
    whole: Heats
    """Taken up between the intake collar and the exhaust collar."""
    carried: Array
    """Carried out at the stopes' end above the intake."""
    exhausted: Array
    """Carried out at the exhaust collar above the intake."""
    cooling: Array
    condensate: Array
    """Enthalpy of water condensed in the coolers."""
    power: Array
    """Electric, for refrigeration."""
    rejected: Array
    coolant: Array
    """Water or ice sent down [kg/s]."""
    fan_power: Array

    @staticmethod
    def energy(power: Array) -> float:
        """Over the whole life [J]."""
        return float(power.sum() * YEAR / MONTHS)


def mine_loads(plan: AirPlan, air: MineAir) -> MineLoads:
    """Sum what the air of a mine took up, and what its cooling takes."""
    months = plan.months
    to_stopes, whole = Heats.none(months), Heats.none(months)
    for name, (window, passage) in air.passages.items():
        spread = _spread(passage.heats, window, months)
        whole = whole + spread
        if not name.startswith(("return", "upcast")):
            to_stopes = to_stopes + spread
    carried, condensate = np.zeros((2, months))
    duty = np.zeros((len(air.levels), months))
    flow = plan.mine.ventilation.level_flow
    for row, (window, level) in zip(duty, air.levels.values(), strict=True):
        carried[window] += flow * (level.end.enthalpy - air.intake.enthalpy[window])
        row[window] = flow * level.removed
        condensate[window] += flow * level.condensate
    cold = _made(plan, duty, list(air.levels))
    top = air.passages[f"upcast {plan.tag(0)}"]
    exhausted = np.zeros(months)
    out_flow = air.flow[f"upcast {plan.tag(0)}"]
    rise = top[1].air.enthalpy - air.intake.enthalpy[top[0]]
    exhausted[top[0]] = out_flow[top[0]] * rise
    return MineLoads(
        to_stopes=to_stopes,
        whole=whole,
        carried=carried,
        exhausted=exhausted,
        cooling=duty.sum(0),
        condensate=condensate,
        power=cold.power.sum(0),
        rejected=cold.rejected.sum(0),
        coolant=cold.flow.sum(0),
        fan_power=_fan_power(plan, air),
    )


def _made(plan: AirPlan, duty: Array, levels: list[int]) -> Cold:
    """The cold of each level, (levels, months); refused where the plant cannot make it.

    Raises
    ------
    ModelError
        If a plant's limit leaves less than the coolers take from the air.
    """
    cooling = plan.mine.cooling
    cold = cooling.cool(duty, np.asarray(plan.mine.layout.level_depths)[levels])
    lacking = duty - cold.delivered
    if np.any(lacking > SHORT * duty.max()):
        row, month = np.unravel_index(lacking.argmax(), lacking.shape)
        asked, got = (values[row, month] / 1e6 for values in (duty, cold.delivered))
        raise ModelError(
            f"mine.cooling: the level at {plan.tag(levels[row])} m asks for {asked:.3g} MW of cold"
            f" in month {month + 1} and gets {got:.3g} MW; raise the plant's limits or take another"
            " kind"
        )
    return cold


def _spread(heats: Heats, window: slice, months: int) -> Heats:
    """Heats of a window set into the whole study."""
    spread = Heats.none(months)
    for whole, part in zip(spread.fields, heats.fields, strict=True):
        whole[window] = part
    return spread


def _fan_power(plan: AirPlan, air: MineAir) -> Array:
    """Electric power of an exhausting main fan that serves the longest way in each month [W].

    Regulators on the other levels take up the difference. Natural ventilation is left out: in a
    hot mine it helps the fan.
    """
    pressure = np.zeros(plan.months)
    for number in plan.levels:
        window = plan.window(number)
        way = np.zeros(plan.months)
        names = [
            f"{part} {plan.tag(number)}" for part in ("crosscut", "haulage", "stope", "return")
        ]
        names += [
            f"{shaft} {plan.tag(n)}" for n in range(number + 1) for shaft in ("downcast", "upcast")
        ]
        for name in names:
            own, passage = air.passages[name]
            loss = np.zeros(plan.months)
            loss[own] = passage.loss
            way += loss
        pressure[window] = np.maximum(pressure[window], way[window])
    name = f"upcast {plan.tag(0)}"
    window, passage = air.passages[name]
    end = passage.air
    power = np.zeros(plan.months)
    volume = air.flow[name][window] / dry_density(end.temperature, end.humidity, end.pressure)
    power[window] = pressure[window] * volume / plan.mine.ventilation.fan_efficiency
    return power
