"""Ways of cooling a mine from the surface. Each kind is its parameters and one verb, `cool`."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from comine.models.base import Model
from comine.physics import Array
from comine.physics.refrigeration import (
    Delivery,
    carnot_cop,
    chilled_water_delivery,
    ice_delivery,
)
from comine.units import Fraction, Temperature

EVAPORATOR = 3.0
"""Evaporator below the chilled water [K] (comine default)."""


@dataclass(frozen=True)
class Cold:
    """What it takes to deliver cold at depth, for each duty: (...) each."""

    power: Array
    """Electric: compressors, pumps less turbines [W]."""
    flow: Array
    """Water or ice sent down [kg/s]."""
    rejected: Array
    """Heat given off by the condensers [W]."""


class Cooling(Model, ABC):
    """A refrigeration plant at the surface and its way down the shaft."""

    supply_temperature: Temperature = Field(ge=273.15)
    """Coldest air that the coolers make, saturated."""
    return_temperature: Temperature
    """Of the water that comes back from the coolers."""
    condensing_temperature: Temperature
    """Of the refrigerant in the condenser."""
    carnot_share: Fraction = Field(gt=0, le=1)
    """Coefficient of performance over the ideal one."""
    pump_efficiency: Fraction = Field(gt=0, le=1)
    """Of the pumps with their motors."""

    def cool(self, duty: Array, depth: float) -> Cold:
        """Deliver `duty` [W] of cold at `depth` [m]."""
        delivery = self._deliver(np.asarray(duty, dtype=float), depth)
        work = self._compressor(delivery)
        rejected = delivery.sensible_duty + delivery.ice_duty + work
        power = work + delivery.pump_power - delivery.turbine_power
        return Cold(power, delivery.mass_flow, rejected)

    @abstractmethod
    def _deliver(self, duty: Array, depth: float) -> Delivery:
        """Flow, column losses and plant duty."""

    @abstractmethod
    def _compressor(self, delivery: Delivery) -> Array:
        """Electric power of the compressors [W]."""

    def _cop(self, evaporating: float) -> Array:
        return carnot_cop(evaporating, self.condensing_temperature, self.carnot_share)


class ChilledWater(Cooling):
    """Cold water down the shaft, with or without a turbine that drives part of the pumps."""

    kind: Literal["chilled-water"] = "chilled-water"
    water_temperature: Temperature
    """Of the water sent down, at the collar."""
    turbine_efficiency: Fraction = Field(ge=0, le=1)
    """Of the turbine at the shaft's foot; 0 for none."""

    @model_validator(mode="after")
    def _runs_downhill(self) -> Self:
        if self.water_temperature >= self.supply_temperature:
            raise ValueError(
                "water_temperature must be below supply_temperature, that of the air it cools"
            )
        if self.return_temperature <= self.water_temperature:
            raise ValueError("return_temperature must be above water_temperature")
        if self.condensing_temperature <= self.water_temperature:
            raise ValueError("condensing_temperature must be above water_temperature")
        return self

    def _deliver(self, duty: Array, depth: float) -> Delivery:
        return chilled_water_delivery(
            duty,
            depth,
            self.water_temperature,
            self.return_temperature,
            self.pump_efficiency,
            self.turbine_efficiency,
        )

    def _compressor(self, delivery: Delivery) -> Array:
        return np.asarray(delivery.sensible_duty / self._cop(self.water_temperature - EVAPORATOR))


class Ice(Cooling):
    """Hard ice down a dry pipe, melted at depth; less water, a colder evaporator."""

    kind: Literal["ice"] = "ice"
    ice_temperature: Temperature = Field(le=273.15)
    """Of the ice sent down, at the collar."""
    evaporating_temperature: Temperature
    """Of the ice maker."""

    @model_validator(mode="after")
    def _runs_downhill(self) -> Self:
        if self.evaporating_temperature >= self.ice_temperature:
            raise ValueError("evaporating_temperature must be below ice_temperature")
        if self.condensing_temperature <= self.evaporating_temperature:
            raise ValueError("condensing_temperature must be above evaporating_temperature")
        return self

    def _deliver(self, duty: Array, depth: float) -> Delivery:
        return ice_delivery(
            duty, depth, self.ice_temperature, self.return_temperature, self.pump_efficiency
        )

    def _compressor(self, delivery: Delivery) -> Array:
        total = delivery.sensible_duty + delivery.ice_duty
        return np.asarray(total / self._cop(self.evaporating_temperature))
