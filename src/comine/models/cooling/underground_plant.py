"""Plants at the levels that reject their heat into the return air."""

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from comine.models.cooling.base import Cold, Cooling
from comine.physics import Array
from comine.physics.underground_plant import (
    ReturnAir,
    Tower,
    performance_curve,
    underground_plant,
)
from comine.units import Fraction, MassFlow, Pressure, Temperature, TemperatureDifference


class UndergroundPlant(Cooling):
    """A plant at each level with a spray tower in the level's return air.

    Its condensing temperature rises with the duty, and its capacity ends where the return air or
    the condenser is at its limit. The power of the pumps at the level is not counted.
    """

    kind: Literal["underground-plant"] = "underground-plant"
    refrigerant: Literal["R134a", "R1234ze(E)", "Ammonia"] = "R134a"
    """Ammonia is poisonous: it is seldom allowed underground."""
    evaporating_temperature: Temperature
    """Of the refrigerant."""
    isentropic_efficiency: Fraction = Field(default=0.8, gt=0, le=1)
    """Of the compressors with their motors (comine default)."""
    return_air_flow: MassFlow = Field(gt=0)
    """Return air of a level, dry."""
    return_wet_bulb: Temperature
    """Of the return air before the tower."""
    return_wet_bulb_limit: Temperature
    """Highest wet bulb after the tower."""
    return_pressure: Pressure = Field(gt=0)
    """Of the return air."""
    tower_flow: MassFlow = Field(gt=0)
    """Condenser water of a level."""
    factor_of_merit: Fraction = Field(gt=0, lt=1)
    """Of the tower; 0.5 to 0.8 in mines (recalled)."""
    condenser_approach: TemperatureDifference = Field(default=3.0, ge=0)
    """Condensation above the water that leaves the condenser (comine default)."""
    condensing_limit: Temperature = Field(default=333.15, lt=353.15)
    """Highest condensing temperature (comine default: 60 °C)."""

    @model_validator(mode="after")
    def _runs_downhill(self) -> Self:
        if self.evaporating_temperature >= self.supply_temperature:
            raise ValueError("evaporating_temperature must be below supply_temperature")
        if self.return_wet_bulb <= self.evaporating_temperature:
            raise ValueError("return_wet_bulb must be above evaporating_temperature")
        if self.return_wet_bulb_limit <= self.return_wet_bulb:
            raise ValueError("return_wet_bulb_limit must be above return_wet_bulb")
        if self.condensing_limit <= self.return_wet_bulb + self.condenser_approach:
            raise ValueError("condensing_limit must exceed return_wet_bulb by condenser_approach")
        return self

    def cool(self, duty: Array, depth: float | Array) -> Cold:
        """Cool as far as the return air takes the heat; the depth does not matter."""
        asked = np.asarray(duty, dtype=float)
        curve = performance_curve(
            self.refrigerant,
            self.evaporating_temperature,
            self.isentropic_efficiency,
            (self.return_wet_bulb + self.condenser_approach, self.condensing_limit),
        )
        plant = underground_plant(
            asked,
            curve,
            ReturnAir(
                self.return_air_flow,
                self.return_wet_bulb,
                self.return_pressure,
                self.return_wet_bulb_limit,
            ),
            Tower(
                self.tower_flow,
                self.factor_of_merit,
                self.condenser_approach,
                self.condensing_limit,
            ),
        )
        nothing = np.zeros(asked.shape)
        return Cold(
            delivered=plant.duty,
            power=plant.power,
            flow=nothing,
            rejected=plant.rejected,
            condenser_temperature=plant.condensing,
            heat=nothing,
        )
