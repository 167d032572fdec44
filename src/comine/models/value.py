"""What a strategy does in quantities, and what a judgement of it by money gives."""

from dataclasses import dataclass

import numpy as np

from comine.fields import Fields, Var
from comine.physics import Array

VALUE = Fields(
    cash=Var("money", ("component", "year"), "cash by item; spending is negative", "分项现金流"),
    cash_flow=Var("money", ("year",), "cash after tax", "税后现金流"),
    component_zh=Var("", ("component",), "item in Chinese", "科目中文名"),
    cost_class=Var("", ("component",), "ore, heat, shared or tax", "成本归属"),
    npv=Var("money", (), "net present value after tax", "净现值", headline=True),
    irr=Var("1", (), "internal rate of return", "内部收益率", headline=True, optional=True),
    capital=Var("money", (), "capital, not discounted", "总投资", headline=True),
    lcoh=Var(
        "money/J",
        (),
        "levelised cost of the heat delivered",
        "平准化供热成本",
        headline=True,
        optional=True,
    ),
    lcoh_shared=Var(
        "money/J",
        (),
        "the same with a share of the shafts and drifts, by revenue",
        "分摊井巷后的平准化供热成本",
        headline=True,
        optional=True,
    ),
    lcoe=Var(
        "money/J",
        (),
        "levelised cost of the electricity",
        "平准化发电成本",
        headline=True,
        optional=True,
    ),
    cooling_cost=Var(
        "money/kg",
        (),
        "cost of refrigeration and main fan per mass of ore",
        "降温成本",
        headline=True,
        optional=True,
    ),
    breakeven_metal=Var(
        "money/kg",
        (),
        "metal price at which the value is nil",
        "盈亏平衡金属价",
        headline=True,
        optional=True,
    ),
    breakeven_heat=Var(
        "money/J",
        (),
        "heat price at which the value is nil",
        "盈亏平衡热价",
        headline=True,
        optional=True,
    ),
    assumption_low=Var(
        "money", ("criterion",), "value at the low end of the range", "取下限时净现值"
    ),
    assumption_high=Var(
        "money", ("criterion",), "value at the high end of the range", "取上限时净现值"
    ),
)
"""What a judgement gives; the two `assumption` variables are added by the stage."""


@dataclass(frozen=True)
class Quantities:
    """What a strategy digs, installs, makes and uses, by year: (years,) each.

    None stands where the strategy lacks the part.
    """

    years: int
    shared: bool = False
    """Whether ore and heat use the same shafts and drifts."""
    metal_price: float | None = None
    """[money/kg]"""

    ore: Array | None = None
    """Mined [kg]."""
    metal: Array | None = None
    """Sold [kg]."""
    heat: Array | None = None
    """Delivered [J]."""
    power: Array | None = None
    """Electricity delivered [J]."""
    carbon: Array | None = None
    """CO2 saved [kg]."""

    fan_energy: Array | None = None
    """Electricity of the main fan [J]."""
    refrigeration_energy: Array | None = None
    """Electricity of the refrigeration if nothing made cold from heat [J]."""
    saved_energy: Array | None = None
    """Electricity that cold made from heat saves the refrigeration [J]."""
    pump_energy: Array | None = None
    """Electricity of the water circuits' pumps [J]."""
    heat_pump_energy: Array | None = None
    """Electricity of heat pumps [J]."""

    shaft: Array | None = None
    """Length that opens in the year [m]."""
    drift: Array | None = None
    """Drifts of the mine that open in the year [m]."""
    roadway: Array | None = None
    """Roadways for heat that open in the year [m]."""
    borehole: Array | None = None
    """Holes from roadways that come into use in the year [m]."""
    well: Array | None = None
    """Wells from the surface that come into use in the year [m]."""
    fracture: Array | None = None
    """Rock face made by stimulation that comes into use in the year [m²]."""

    refrigeration: Array | None = None
    """Greatest refrigeration of the year [W]."""
    chillers: Array | None = None
    """Greatest cold made from heat in the year [W]."""
    heat_plant: Array | None = None
    """Greatest heat delivered in the year [W]."""
    power_plant: Array | None = None
    """Greatest electric power delivered in the year [W]."""

    @property
    def surface(self) -> Array | None:
        """One in the year before the first ore, else nil."""
        if self.ore is None or not self.ore.any():
            return None
        marked = np.zeros_like(self.ore)
        marked[max(int((self.ore > 0).argmax()) - 1, 0)] = 1.0
        return marked
