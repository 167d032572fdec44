"""Intake air cooled at the collar."""

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from comine.models.cooling.base import EVAPORATOR, Cold, Compressors, Cooling, beside, shared
from comine.physics import Array
from comine.physics.air import sigma_heat
from comine.physics.air_cooler import spray_cooler
from comine.units import Fraction, Length, MassFlow, Pressure, Temperature


class SurfaceBulk(Compressors, Cooling):
    """A spray chamber at the collar that cools the intake air to a set point.

    Its duty is the cold that reaches the workings; what the shaft's walls take on the way is made
    too. In a study the air's climate has its coolers at the levels all the same.
    """

    kind: Literal["surface-bulk"] = "surface-bulk"
    air_flow: MassFlow = Field(gt=0)
    """Intake air, dry, of the whole mine."""
    wet_bulb: Temperature
    """Of the outside air that the plant is made for."""
    set_point: Temperature
    """Wet bulb to which the air is cooled at most."""
    pressure: Pressure = Field(default=101325.0, gt=0)
    """At the collar (comine default)."""
    water_temperature: Temperature
    """Of the water that enters the chamber."""
    water_flow: MassFlow = Field(gt=0)
    """Of the chamber."""
    factor_of_merit: Fraction = Field(gt=0, lt=1)
    """Of the chamber; 0.5 to 0.8 in mines (recalled)."""
    reach: Length = Field(gt=0)
    """Depth at which a share 1/e of the cold is left in the air."""

    @model_validator(mode="after")
    def _runs_downhill(self) -> Self:
        if not self.water_temperature < self.set_point < self.wet_bulb:
            raise ValueError("set_point must be above water_temperature and below wet_bulb")
        if self.condensing_temperature <= self.water_temperature:
            raise ValueError("condensing_temperature must be above water_temperature")
        return self

    @property
    def capacity(self) -> float:
        """Cold at the collar: up to the set point, or what the chamber can do [W]."""
        entering, leaving = sigma_heat([self.wet_bulb, self.set_point], self.pressure)
        chamber = spray_cooler(
            self.air_flow,
            self.wet_bulb,
            self.pressure,
            self.water_flow,
            self.water_temperature,
            self.factor_of_merit,
        )
        return float(min(self.air_flow * (entering - leaving), chamber.duty))

    def cool(self, duty: Array, depth: float | Array) -> Cold:
        """Make at the collar what the workings ask for and the shaft takes."""
        asked = np.asarray(duty, dtype=float)
        arriving = np.exp(-beside(asked, depth) / self.reach)
        made = shared(np.asarray(asked / arriving), depth, self.capacity)
        work = self.work(made, self.water_temperature - EVAPORATOR)
        nothing = np.zeros(asked.shape)
        return Cold(
            delivered=np.asarray(made * arriving),
            power=work,
            flow=nothing,
            rejected=np.asarray(made + work),
            condenser_temperature=np.full(asked.shape, self.condensing_temperature),
            heat=nothing,
        )
