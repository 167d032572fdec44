"""Cold sent down the shaft as water or ice, made by compressors at the surface."""

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from comine.models.base import Model
from comine.models.cooling.base import EVAPORATOR, Cold, Compressors, Cooling, beside
from comine.physics import Array
from comine.physics.refrigeration import (
    Delivery,
    chilled_water_delivery,
    ice_delivery,
    three_chamber_delivery,
)
from comine.units import Fraction, Temperature


class Return(Model):
    """Water that comes back up the shaft."""

    return_temperature: Temperature
    """Of the water that comes back from the coolers."""
    pump_efficiency: Fraction = Field(gt=0, le=1)
    """Of the pumps with their motors."""


class WaterColumn(Return):
    """Chilled water down the shaft and back, and what becomes of its head."""

    water_temperature: Temperature
    """Of the water sent down, at the collar."""
    feeder: Literal["none", "turbine", "three-chamber"] = "turbine"
    """What takes up the head at the shaft's foot: nothing but a throttle, a turbine, or a
    three-chamber pipe feeder that lifts the returning water."""
    turbine_efficiency: Fraction | None = Field(default=None, ge=0, le=1)
    """Share of the head that the turbine gives back; needed where the feeder is a turbine."""
    feeder_efficiency: Fraction = Field(default=0.9, ge=0, le=1)
    """Share of the head that a three-chamber feeder passes on (recalled; comine default)."""

    @model_validator(mode="after")
    def _one_feeder(self) -> Self:
        if self.feeder == "turbine" and self.turbine_efficiency is None:
            raise ValueError('turbine_efficiency is needed with feeder = "turbine"')
        if self.feeder != "turbine" and self.turbine_efficiency is not None:
            raise ValueError(
                f'turbine_efficiency has no meaning with feeder = "{self.feeder}"; leave it out'
            )
        return self

    def coldest(self, supply: float, condensing: float) -> None:
        """Refuse water that is not colder than the air it cools, its return and the condenser."""
        if self.water_temperature >= supply:
            raise ValueError(
                "water_temperature must be below supply_temperature, that of the air it cools"
            )
        if self.return_temperature <= self.water_temperature:
            raise ValueError("return_temperature must be above water_temperature")
        if condensing <= self.water_temperature:
            raise ValueError("condensing_temperature must be above water_temperature")

    def deliver(self, duty: Array, depth: float | Array) -> Delivery:
        """Flow, warming, pumps and the duty of the plant."""
        column = (duty, beside(duty, depth), self.water_temperature, self.return_temperature)
        if self.feeder == "three-chamber":
            return three_chamber_delivery(*column, self.pump_efficiency, self.feeder_efficiency)
        return chilled_water_delivery(*column, self.pump_efficiency, self.turbine_efficiency or 0.0)


class ChilledWater(WaterColumn, Compressors, Cooling):
    """Cold water down the shaft; a turbine or a feeder may use its head."""

    kind: Literal["chilled-water"] = "chilled-water"

    @model_validator(mode="after")
    def _runs_downhill(self) -> Self:
        self.coldest(self.supply_temperature, self.condensing_temperature)
        return self

    def cool(self, duty: Array, depth: float | Array) -> Cold:
        """Chill, send down, use and pump back."""
        asked = np.asarray(duty, dtype=float)
        delivery = self.deliver(asked, depth)
        work = self.work(delivery.sensible_duty, self.water_temperature - EVAPORATOR)
        return by_column(asked, delivery, work, self.condensing_temperature)


class Ice(Return, Compressors, Cooling):
    """Hard ice or slurry down a pipe, melted at depth; less water, a colder evaporator."""

    kind: Literal["ice"] = "ice"
    ice_temperature: Temperature = Field(le=273.15)
    """Of the ice sent down, at the collar."""
    ice_fraction: Fraction = Field(default=1.0, gt=0, le=1)
    """Mass fraction of ice, the rest being water at 0 °C: 1 for hard ice, less for slurry."""
    evaporating_temperature: Temperature
    """Of the ice maker."""

    @model_validator(mode="after")
    def _runs_downhill(self) -> Self:
        if self.evaporating_temperature >= self.ice_temperature:
            raise ValueError("evaporating_temperature must be below ice_temperature")
        if self.condensing_temperature <= self.evaporating_temperature:
            raise ValueError("condensing_temperature must be above evaporating_temperature")
        return self

    def cool(self, duty: Array, depth: float | Array) -> Cold:
        """Freeze, send down, melt and pump back."""
        asked = np.asarray(duty, dtype=float)
        delivery = ice_delivery(
            asked,
            beside(asked, depth),
            self.ice_temperature,
            self.return_temperature,
            self.pump_efficiency,
            self.ice_fraction,
        )
        whole = delivery.sensible_duty + delivery.ice_duty
        work = self.work(whole, self.evaporating_temperature)
        return by_column(asked, delivery, work, self.condensing_temperature)


def by_column(asked: Array, delivery: Delivery, work: Array, condensing: float) -> Cold:
    """Cold delivered by water or ice; compressors and pumps draw power, turbines give it back."""
    return Cold(
        delivered=asked,
        power=np.asarray(work + delivery.pump_power - delivery.turbine_power),
        flow=delivery.mass_flow,
        rejected=np.asarray(delivery.sensible_duty + delivery.ice_duty + work),
        condenser_temperature=np.full(asked.shape, condensing),
        heat=np.zeros(asked.shape),
    )
