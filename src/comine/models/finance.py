"""Ways of judging a project by money. Each kind is its parameters and one verb, `judge`.

Sources
-------
Short, W., Packey, D. J. & Holt, T. (1995), A manual for the economic evaluation of energy
efficiency and renewable energy technologies, NREL/TP-462-5173 (levelised cost).
"""

from abc import ABC, abstractmethod
from collections.abc import Collection
from typing import Literal, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field
from scipy.optimize import brentq

from comine.errors import ModelError
from comine.models.base import Model
from comine.models.value import VALUE, Quantities
from comine.physics import Array
from comine.physics.cash import internal_rates, levelised_cost, npv
from comine.physics.tax import after_tax_cash_flow, straight_line_depreciation
from comine.units import (
    AreaPrice,
    EnergyPrice,
    Fraction,
    LengthPrice,
    MassPrice,
    Money,
    PowerPrice,
)


class Row(NamedTuple):
    """What makes an item of the cash flow: a quantity at a price, in the way of `how`.

    The part `access` is shared, or of ore or heat alone; `cold` is of ore where there is a mine.
    """

    name: str
    zh: str
    part: Literal["ore", "heat", "access", "cold"]
    how: Literal["sale", "saving", "opening", "plant", "running"]
    quantity: str
    price: str


ROWS = tuple(Row(*row) for row in (
    ("metal sales", "金属销售", "ore", "sale", "metal", "metal_price"),
    ("heat sales", "供热收入", "heat", "sale", "heat", "heat_price"),
    ("power sales", "售电收入", "heat", "sale", "power", "power_sale_price"),
    ("carbon credits", "碳减排收入", "heat", "sale", "carbon", "carbon_price"),
    ("power saved by cold", "供冷节电", "cold", "saving", "saved_energy", "power_price"),
    ("shafts", "竖井", "access", "opening", "shaft", "shaft_cost"),
    ("drifts", "采矿巷道", "access", "opening", "drift", "drift_cost"),
    ("mine surface plant", "矿山地面工程", "ore", "opening", "surface", "surface_cost"),
    ("roadways", "取热巷道", "heat", "opening", "roadway", "roadway_cost"),
    ("boreholes", "取热钻孔", "heat", "opening", "borehole", "borehole_cost"),
    ("wells", "地面钻井", "heat", "opening", "well", "well_cost"),
    ("stimulation", "储层改造", "heat", "opening", "fracture", "stimulation_cost"),
    ("refrigeration plant", "制冷站", "cold", "plant", "refrigeration", "refrigeration_cost"),
    ("absorption chillers", "吸收式制冷机", "cold", "plant", "chillers", "chiller_cost"),
    ("heat plant", "供热站", "heat", "plant", "heat_plant", "heat_plant_cost"),
    ("power plant", "发电站", "heat", "plant", "power_plant", "power_plant_cost"),
    ("mining", "采矿", "ore", "running", "ore", "mining_cost"),
    ("processing", "选矿", "ore", "running", "ore", "processing_cost"),
    ("main fan power", "主扇电费", "ore", "running", "fan_energy", "power_price"),
    ("refrigeration power", "制冷电费", "cold", "running", "refrigeration_energy", "power_price"),
    ("pump power", "循环泵电费", "heat", "running", "pump_energy", "power_price"),
    ("heat pump power", "热泵电费", "heat", "running", "heat_pump_energy", "power_price"),
))  # fmt: skip
NAMES = {row.name: row.zh for row in ROWS} | {
    "cooling maintenance": "制冷设备维护",
    "heat maintenance": "取热供热设施维护",
    "income tax": "所得税",
}
"""Every item of the cash flow, and its name in Chinese."""
CLIMATE = (
    "main fan power",
    "refrigeration power",
    "power saved by cold",
    "refrigeration plant",
    "absorption chillers",
    "cooling maintenance",
)
"""Items that a mass of ore bears for a bearable climate."""


class Item(NamedTuple):
    """A row of the cash flow; spending is negative."""

    name: str
    part: str
    how: str
    cash: Array


class Finance(Model, ABC):
    """A way of judging yearly quantities by money."""

    @abstractmethod
    def judge(self, quantities: Quantities) -> xr.Dataset:
        """Value of what a strategy does; gives `VALUE` without the assumptions.

        Raises
        ------
        ModelError
            If a price is not given that the quantities need.
        """

    def value(self, quantities: Quantities) -> float:
        """Net present value alone, as `judge` gives it; a kind may have a shorter way."""
        return float(self.judge(quantities).npv)

    def missing(self, mine: bool, access: Collection[str], products: Collection[str]) -> list[str]:
        """Keys not given that a project with these parts is going to need."""
        return []


class DiscountedCashFlow(Finance):
    """Cash after tax on profit, discounted; all in real money of the base year, net of VAT.

    The cash of a year falls at its end, and the value is that on the first day of construction.
    Openings are paid evenly over the construction years up to when they open, plant in the year
    that first needs it. Maintenance is paid in the years of use, from the year after the
    purchase. Losses are carried forward without limit; what is not written off at the end of the
    study is lost, and so is all salvage.

    Levelised costs are before tax. The cost of heat is everything that only heat needs, less the
    sales of its by-products (power, carbon credits), over the heat delivered; that of electricity
    likewise with heat as the by-product. Shafts and drifts that ore needs anyway are not in it;
    `lcoh_shared` charges heat with them by its share of the discounted sales. Cold made from heat
    belongs to the mine, which pays its chillers and saves refrigeration power.
    """

    kind: Literal["discounted-cash-flow"] = "discounted-cash-flow"
    discount_rate: Fraction = Field(ge=0, lt=1)
    """Real, per year."""
    tax_rate: Fraction = Field(ge=0, lt=1)
    """On profit."""
    depreciation_years: int = Field(ge=1, le=60)
    """Years over which tax law writes capital off, in equal parts from the year after it."""
    construction_years: int = Field(default=1, ge=1, le=20)
    """Years over which an opening is paid, the last being the one in which it opens."""

    heat_price: EnergyPrice | None = Field(default=None, ge=0)
    """Of heat delivered."""
    power_price: EnergyPrice = Field(ge=0)
    """Of electricity bought."""
    power_sale_price: EnergyPrice | None = Field(default=None, ge=0)
    """Of electricity sold."""
    carbon_price: MassPrice = Field(default=0.0, ge=0)
    """Of CO2 saved."""

    shaft_cost: LengthPrice | None = Field(default=None, ge=0)
    """Of shafts, equipped."""
    drift_cost: LengthPrice | None = Field(default=None, ge=0)
    """Of the mine's drifts."""
    surface_cost: Money = Field(default=0.0, ge=0)
    """Hoist, mill and other surface plant of the mine, paid before the first ore."""
    refrigeration_cost: PowerPrice | None = Field(default=None, ge=0)
    """Of refrigeration plant, by the cold that it delivers."""
    chiller_cost: PowerPrice | None = Field(default=None, ge=0)
    """Of absorption chillers, by the cold that they deliver."""
    mining_cost: MassPrice | None = Field(default=None, ge=0)
    """By mass of ore, without ventilation and refrigeration."""
    processing_cost: MassPrice | None = Field(default=None, ge=0)
    """By mass of ore."""

    roadway_cost: LengthPrice | None = Field(default=None, ge=0)
    """Of roadways driven for heat."""
    borehole_cost: LengthPrice | None = Field(default=None, ge=0)
    """Of holes drilled from roadways, with their tubes."""
    well_cost: LengthPrice | None = Field(default=None, ge=0)
    """Of wells from the surface, completed."""
    stimulation_cost: AreaPrice | None = Field(default=None, ge=0)
    """Of opened fractures, by the rock face that the water sweeps."""
    heat_plant_cost: PowerPrice | None = Field(default=None, ge=0)
    """Of exchangers, heat pumps and pipes, by the heat that they deliver."""
    power_plant_cost: PowerPrice | None = Field(default=None, ge=0)
    """By net electric power."""

    plant_maintenance: Fraction = Field(default=0.015, ge=0, lt=1)
    """Share of the cost of plant, per year (comine default, as in GEOPHIRES)."""
    field_maintenance: Fraction = Field(default=0.01, ge=0, lt=1)
    """Share of the cost of the heat's own openings, per year (comine default, as in GEOPHIRES)."""

    def missing(self, mine: bool, access: Collection[str], products: Collection[str]) -> list[str]:
        """Keys not given that a project with these parts is going to need."""
        needs = {
            "shaft_cost": mine,
            "drift_cost": mine,
            "refrigeration_cost": mine,
            "mining_cost": mine,
            "processing_cost": mine,
            "roadway_cost": "roadway" in access,
            "borehole_cost": "roadway" in access,
            "well_cost": "wells" in access,
            "heat_price": "heat" in products,
            "heat_plant_cost": "heat" in products,
            "power_sale_price": "power" in products,
            "power_plant_cost": "power" in products,
            "chiller_cost": "cold" in products,
        }
        return [key for key, needed in needs.items() if needed and getattr(self, key) is None]

    def value(self, quantities: Quantities) -> float:
        """Net present value after tax [money]."""
        flows = _parted(self._items(quantities), quantities.years)
        return self._present(self._after_tax(*flows)[0])

    def judge(self, quantities: Quantities) -> xr.Dataset:
        """Value of what a strategy does; gives `VALUE` without the assumptions."""
        years = quantities.years
        items = self._items(quantities)
        surplus, capital = _parted(items, years)
        flow, tax = self._after_tax(surplus, capital)
        items.append(Item("income tax", "tax", "tax", -tax))
        metal, heat = (quantities.metal, quantities.metal_price), (quantities.heat, self.heat_price)
        value = {
            "npv": self._present(flow),
            "irr": _rate_of_return(flow),
            "capital": float(capital.sum()),
            "breakeven_metal": self._break_even(surplus, capital, *metal),
            "breakeven_heat": self._break_even(surplus, capital, *heat),
        } | self._levelised(items, quantities)
        return VALUE.dataset(
            {"component": [item.name for item in items], "year": 1 + np.arange(years)},
            cash=np.stack([item.cash for item in items]),
            cash_flow=flow,
            component_zh=[NAMES[item.name] for item in items],
            cost_class=[item.part for item in items],
            **{name: number for name, number in value.items() if number is not None},
        )

    def _items(self, q: Quantities) -> list[Item]:
        alone = "heat" if q.ore is None else "ore"
        parts = {"access": "shared" if q.shared else alone, "cold": alone}
        items = []
        for row in ROWS:
            quantity: Array | None = getattr(q, row.quantity)
            if quantity is not None and quantity.any():
                cash = self._cash(row, quantity, self._price(row, q))
                items.append(Item(row.name, parts.get(row.part, row.part), row.how, cash))
        items += self._maintenance(items, q)
        return [item for item in items if item.cash.any()]

    def _price(self, row: Row, q: Quantities) -> float:
        owner = q if row.price == "metal_price" else self
        price: float | None = getattr(owner, row.price)
        if price is None:
            raise ModelError(
                f"finance.{row.price}: not given, but there is {row.name!r}; add {row.price}"
            )
        return price

    def _cash(self, row: Row, quantity: Array, price: float) -> Array:
        if row.how in ("sale", "saving"):
            return price * quantity
        if row.how == "opening":
            return -price * _spread(quantity, self.construction_years)
        if row.how == "plant":
            return -price * np.diff(np.maximum.accumulate(quantity), prepend=0.0)
        return -price * quantity

    def _maintenance(self, items: list[Item], q: Quantities) -> list[Item]:
        """Of what was bought in earlier years, in years in which it serves."""

        def in_place(how: str, part: str) -> Array:
            bought = [item for item in items if item.how == how and item.part == part]
            spent = -_total(bought, q.years)
            return np.asarray(np.cumsum(spent) - spent)

        def serves(*services: Array | None) -> NDArray[np.bool_]:
            used = [service > 0 for service in services if service is not None]
            return np.asarray(np.any([np.zeros(q.years, dtype=bool), *used], axis=0))

        cooling = self.plant_maintenance * in_place("plant", "ore")
        heat = self.plant_maintenance * in_place("plant", "heat")
        heat = heat + self.field_maintenance * in_place("opening", "heat")
        cooled, heated = serves(q.refrigeration, q.chillers), serves(q.heat, q.power, q.chillers)
        return [
            Item("cooling maintenance", "ore", "running", -cooling * cooled),
            Item("heat maintenance", "heat", "running", -heat * heated),
        ]

    def _after_tax(self, surplus: Array, capital: Array) -> tuple[Array, Array]:
        """Cash after tax, and the tax, (years,) each."""
        share = straight_line_depreciation(1.0, self.depreciation_years, capital.size - 1)
        written_off = np.convolve(capital, share)[: capital.size]
        kept = after_tax_cash_flow(
            surplus, np.zeros_like(capital), written_off, self.tax_rate, carry_losses=True
        )
        return kept - capital, surplus - kept

    def _present(self, flow: Array) -> float:
        return float(npv(flow, self.discount_rate, first_year=1))

    def _break_even(
        self, surplus: Array, capital: Array, sold: Array | None, price: float | None
    ) -> float | None:
        """Price at which the value is nil; none where a price of nil leaves no deficit.

        Tax takes no more of an added revenue than the tax rate, and no sooner, so that the
        deficit at a price of nil, made good after tax, bounds the price from above.
        """
        if sold is None or price is None or not sold.any():
            return None
        others = surplus - price * sold

        def value(asked: float) -> float:
            return self._present(self._after_tax(others + asked * sold, capital)[0])

        if (deficit := -value(0.0)) <= 0:
            return None
        bound = 2 * deficit / ((1 - self.tax_rate) * self._present(sold))
        return float(brentq(value, 0.0, bound, xtol=1e-15 * bound, rtol=1e-14))

    def _levelised(self, items: list[Item], q: Quantities) -> dict[str, float | None]:
        def net_cost(names: Collection[str]) -> Array:
            return -_total([item for item in items if item.name in names], q.years)

        def per(cost: Array, output: Array | None) -> float | None:
            if output is None or not output.any():
                return None
            return float(levelised_cost(cost, output, self.discount_rate, first_year=1))

        own = {item.name for item in items if item.part == "heat"}
        both = {item.name for item in items if item.part == "shared"}
        sales = {item.name for item in items if item.how == "sale"}
        earned = self._present(-net_cost(sales))
        by_heat = self._present(-net_cost(own & sales))
        own_cost = net_cost(own - {"heat sales"})
        charged = own_cost + by_heat / earned * net_cost(both) if both and earned > 0 else None
        return {
            "lcoh": per(own_cost, q.heat),
            "lcoh_shared": None if charged is None else per(charged, q.heat),
            "lcoe": per(net_cost(own - {"power sales"}), q.power),
            "cooling_cost": per(net_cost(CLIMATE), q.ore),
        }


def _total(items: list[Item], years: int) -> Array:
    return sum((item.cash for item in items), np.zeros(years))


def _parted(items: list[Item], years: int) -> tuple[Array, Array]:
    """Running surplus and capital spent, (years,) each."""
    capital = _total([item for item in items if item.how in ("opening", "plant")], years)
    return _total(items, years) - capital, -capital


def _rate_of_return(flow: Array) -> float | None:
    """The internal rate, where there is one, or one alone that is not negative.

    Spending after the mine has closed gives a second, deeply negative rate that means nothing.
    """
    rates = internal_rates(flow)
    if rates.size > 1:
        rates = rates[rates >= 0]
    return float(rates[0]) if rates.size == 1 else None


def _spread(cost: Array, years: int) -> Array:
    """Each cost spread evenly over the years up to its own, within the study."""
    spread = np.zeros_like(cost)
    for year in np.flatnonzero(cost).tolist():
        first = max(year - years + 1, 0)
        spread[first : year + 1] += cost[year] / (year + 1 - first)
    return spread
