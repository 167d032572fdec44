"""Takers of heat at the surface. Each kind is its parameters and one verb, `serve`."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from comine.models.base import Model
from comine.physics import Array
from comine.physics.power import PLANTS, absorption_chiller, heat_pump_performance, plant_state
from comine.physics.water import LIQUID_HEAT
from comine.units import Fraction, Power, Temperature, TemperatureDifference

Product = Literal["heat", "cold", "power"]


@dataclass(frozen=True)
class Stream:
    """Water at the surface by month, (n,); it may be cooled to `coldest`, no further."""

    temperature: Array
    """[K]."""
    flow: Array
    """[kg/s]."""
    coldest: float
    """Temperature at which it is wanted back [K]."""

    @property
    def rate(self) -> Array:
        """Heat capacity rate [W/K]."""
        return np.asarray(self.flow * LIQUID_HEAT)

    def above(self, temperature: float) -> Array:
        """Heat that the water gives in cooling to a temperature, not below `coldest` [W]."""
        drop = self.temperature - max(temperature, self.coldest)
        return np.asarray(self.rate * np.maximum(drop, 0.0))

    def less(self, heat: Array) -> "Stream":
        """The stream after heat [W] has been taken from it."""
        drop = np.divide(heat, self.rate, out=np.zeros_like(self.temperature), where=self.flow > 0)
        return Stream(self.temperature - drop, self.flow, self.coldest)


@dataclass(frozen=True)
class Service:
    """What a sink does with a stream by month, (n,)."""

    demand: Array
    """Wanted [W]."""
    delivered: Array
    """Heat, cold or electricity given to the customer [W]."""
    taken: Array
    """Heat taken from the water [W]."""
    power_used: Array
    """Electric power of heat pumps [W]."""
    outlet_temperature: Array
    """Water that leaves the sink [K]."""


class Sink(Model, ABC):
    """A taker of heat that sells one product."""

    product: ClassVar[Product]

    @property
    @abstractmethod
    def least_temperature(self) -> float:
        """Coldest water that it can use [K]."""

    @abstractmethod
    def demand(self, months: int, refrigeration: Array | None) -> Array:
        """What is wanted in each month from the first January on, (months,) [W].

        The mine's refrigeration [W] is None where there is no mine. A sink that takes all it gets
        wants infinitely much.
        """

    @abstractmethod
    def serve(self, stream: Stream, demand: Array) -> Service:
        """Meet as much of the demand [W] as the stream can, month by month."""


class DistrictHeat(Sink):
    """A heating network: hot water heats it directly, colder water through a heat pump.

    The water heats the network's return as far up as its own temperature allows; what is then
    missing to the supply temperature, or in heat, a heat pump lifts out of the same water. The
    heat pump works from the temperature of the water that leaves it to an approach above supply.
    """

    kind: Literal["district-heat"] = "district-heat"
    product: ClassVar[Product] = "heat"
    peak: Power = Field(gt=0)
    """Greatest demand of the network."""
    supply_temperature: Temperature = Field(gt=293.15, lt=423.15)
    """Of the network's water that goes out."""
    network_return: Temperature = Field(gt=273.15, lt=403.15)
    """Of the network's water that comes back."""
    profile: tuple[Fraction, ...] = Field(
        default=(0.83, 0.78, 0.59, 0.10, 0.10, 0.10, 0.10, 0.10, 0.10, 0.10, 0.33, 0.70),
        min_length=12,
        max_length=12,
    )
    """Share of the peak, January to December (comine default for a northern coast: heating from
    mid-November to the end of March by monthly means of −2 to 6 °C against 18 °C indoors and −6 °C
    at the design point, and hot water of a tenth of the peak all year; 2,870 h at full load)."""
    approach: TemperatureDifference = Field(default=3.0, ge=0, le=20)
    """Least temperature difference of a heat exchanger (comine default)."""
    carnot_share: Fraction = Field(default=0.5, gt=0, le=0.8)
    """Share of the ideal heat pump (comine default; machines reach 0.4 to 0.6)."""
    coldest_outlet: Temperature = Field(default=283.15, gt=273.65, lt=373.15)
    """Coldest water that leaves the heat pump (comine default: 10 °C)."""

    @model_validator(mode="after")
    def _can_work(self) -> Self:
        if self.supply_temperature <= self.network_return:
            raise ValueError("supply_temperature must lie above network_return")
        if min(self.profile) < 0 or max(self.profile) > 1:
            raise ValueError("profile must hold shares of 0 to 1")
        if self.coldest_outlet >= self._hot:
            raise ValueError("coldest_outlet must lie below supply_temperature")
        if self.carnot_share * self._hot <= self._hot - self.coldest_outlet:
            raise ValueError(
                "a heat pump of this carnot_share does not beat plain electric heating from "
                "coldest_outlet to supply_temperature; raise coldest_outlet or carnot_share"
            )
        return self

    @property
    def _hot(self) -> float:
        return self.supply_temperature + self.approach

    @property
    def least_temperature(self) -> float:
        """Coldest outlet of the heat pump [K]."""
        return self.coldest_outlet

    def demand(self, months: int, refrigeration: Array | None) -> Array:
        """Peak times the share of the calendar month [W]."""
        return np.asarray(self.peak * np.resize(self.profile, months))

    def serve(self, stream: Stream, demand: Array) -> Service:
        """Heat directly first, then by the heat pump."""
        lift = self.supply_temperature - self.network_return
        reach = np.clip((stream.temperature - self.approach - self.network_return) / lift, 0, 1)
        direct = np.minimum(stream.above(self.network_return + self.approach), demand * reach)
        left = stream.less(direct)
        source, pumped = self._pump(left, demand - direct)
        end = left.less(source)
        return Service(demand, direct + pumped, direct + source, pumped - source, end.temperature)

    def _pump(self, stream: Stream, wanted: Array) -> tuple[Array, Array]:
        r"""Heat taken from the water and heat given to the network by the heat pump [W].

        With COP = s H/(H − T) at the water's outlet T, the heat of the water C (T₁ − T) equals
        Q (1 − 1/COP), which is linear in T; where T would fall below its floor, the floor rules.
        """
        floor = max(self.coldest_outlet, stream.coldest)
        if floor >= self._hot:
            return np.zeros_like(wanted), np.zeros_like(wanted)
        ideal = self.carnot_share * self._hot
        whole = stream.rate * stream.temperature + wanted * (self._hot / ideal - 1)
        rate = stream.rate + wanted / ideal
        outlet = np.divide(whole, rate, out=stream.temperature.copy(), where=rate > 0)
        running = (stream.temperature > floor) & (stream.flow > 0) & (wanted > 0)
        outlet = np.clip(outlet, floor, None)
        on = running & (outlet < self._hot)
        performance = np.full(wanted.shape, np.inf)
        performance[on] = heat_pump_performance(outlet[on], self._hot, self.carnot_share)
        source = np.where(
            running, np.minimum(stream.above(floor), wanted * (1 - 1 / performance)), 0
        )
        return source, np.where(running, source / (1 - 1 / performance), 0)


class AbsorptionCooling(Sink):
    """Cold for the mine from a lithium-bromide chiller at the surface.

    Its coefficient of performance follows the water's temperature: half effect from 60 °C, single
    effect from 80 °C. It rejects the heat it takes and the cold it makes, some 2.5 times the cold,
    to the surface air.
    """

    kind: Literal["absorption-cooling"] = "absorption-cooling"
    product: ClassVar[Product] = "cold"
    least_driving: Temperature = Field(default=353.15, ge=333.15, lt=423.15)
    """Coldest driving water (comine default: 80 °C, single effect; half effect from 60 °C)."""
    drop: TemperatureDifference = Field(default=15.0, gt=0, le=40)
    """By how much the driving water is cooled at most (comine default)."""

    @property
    def least_temperature(self) -> float:
        """Coldest driving water [K]."""
        return self.least_driving

    def demand(self, months: int, refrigeration: Array | None) -> Array:
        """The mine's refrigeration duty; nothing where there is no mine [W]."""
        return np.zeros(months) if refrigeration is None else np.asarray(refrigeration)

    def serve(self, stream: Stream, demand: Array) -> Service:
        """Make cold where the water is hot enough."""
        hot = stream.temperature >= self.least_driving
        performance = np.where(hot, absorption_chiller(stream.temperature).performance, 0.0)
        offer = np.minimum(stream.above(0.0), stream.rate * self.drop)
        cold = np.minimum(demand, performance * offer)
        taken = np.divide(cold, performance, out=np.zeros_like(cold), where=performance > 0)
        nothing = np.zeros_like(cold)
        return Service(demand, cold, taken, nothing, stream.less(taken).temperature)


class OrganicRankine(Sink):
    """Electricity from an organic Rankine cycle, by the correlations of GEOPHIRES.

    Power is the water's exergy times a utilisation efficiency; nothing below 85 °C. Where the
    water may not be cooled as far as the plant would, power falls in proportion to the heat. All
    power is sold; that of wells and mine pumps is counted elsewhere.
    """

    kind: Literal["orc"] = "orc"
    product: ClassVar[Product] = "power"
    ambient_temperature: Temperature = Field(default=288.15, ge=278.15, le=298.15)
    """Mean of the outside air (comine default: 15 °C; the correlations hold for 5 to 25 °C)."""
    outlet_temperature: Temperature | None = Field(default=None, gt=313.15, lt=348.15)
    """Water that leaves the plant; left out, as the correlation gives it (70 to 76 °C)."""
    cycle: Literal["subcritical", "supercritical"] = "subcritical"
    """Which of the two correlations holds."""

    @property
    def least_temperature(self) -> float:
        """Where the correlation begins to hold [K]."""
        return PLANTS[self._plant].lower_limit

    @property
    def _plant(self) -> Literal["subcritical_orc", "supercritical_orc"]:
        return "subcritical_orc" if self.cycle == "subcritical" else "supercritical_orc"

    def demand(self, months: int, refrigeration: Array | None) -> Array:
        """Takes all it gets."""
        return np.full(months, np.inf)

    def serve(self, stream: Stream, demand: Array) -> Service:
        """Turn the heat of the water into power, up to the demand."""
        plant = plant_state(stream.temperature, self.ambient_temperature, self._plant)
        outlet = plant.outlet_temperature
        if self.outlet_temperature is not None:
            outlet = np.where(plant.running, self.outlet_temperature, stream.temperature)
        whole = LIQUID_HEAT * (stream.temperature - outlet)
        efficiency = np.divide(plant.power, whole, out=np.zeros_like(whole), where=plant.running)
        allowed = np.maximum(stream.temperature - np.maximum(outlet, stream.coldest), 0.0)
        power = np.minimum(efficiency * stream.rate * allowed, demand)
        taken = np.divide(power, efficiency, out=np.zeros_like(power), where=plant.running)
        wanted = np.where(np.isfinite(demand), demand, power)
        left = stream.less(taken)
        return Service(wanted, power, taken, np.zeros_like(power), left.temperature)
