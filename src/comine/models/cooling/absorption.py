"""Water chilled at the surface by heat from the rock, the rest by compressors."""

from dataclasses import replace
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from comine.models.cooling.base import EVAPORATOR, Cold, Compressors, Cooling, shared
from comine.models.cooling.shaft import WaterColumn, by_column
from comine.physics import Array
from comine.physics.power import absorption_chiller
from comine.units import Power, Temperature


class Absorption(WaterColumn, Compressors, Cooling):
    """Chilled water from lithium-bromide chillers on hot water; compressors chill what remains.

    The hot water is a given one. Whether a heat system holds it month by month is seen from the
    sink `absorption-cooling`, which does the same for the account of the heat.
    """

    kind: Literal["absorption"] = "absorption"
    driving_temperature: Temperature = Field(ge=333.15, lt=423.15)
    """Of the hot water that enters the chillers: half effect from 60 °C, single effect from
    80 °C."""
    driving_heat: Power = Field(ge=0)
    """Most heat that the hot water gives to the chillers."""

    @model_validator(mode="after")
    def _runs_downhill(self) -> Self:
        self.coldest(self.supply_temperature, self.condensing_temperature)
        return self

    def cool(self, duty: Array, depth: float | Array) -> Cold:
        """Chill by heat first, then by compressors; send down, use and pump back."""
        asked = np.asarray(duty, dtype=float)
        delivery = self.deliver(asked, depth)
        performance = float(absorption_chiller(self.driving_temperature).performance)
        chilled = shared(delivery.sensible_duty, depth, performance * self.driving_heat)
        rest = delivery.sensible_duty - chilled
        work = self.work(rest, self.water_temperature - EVAPORATOR)
        cold = by_column(asked, delivery, work, self.condensing_temperature)
        heat = np.asarray(chilled / performance)
        return replace(cold, rejected=np.asarray(cold.rejected + heat), heat=heat)
