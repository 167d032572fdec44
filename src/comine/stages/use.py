"""Who takes the heat?

The streams of the strategy's heat systems, hottest first, run down the cascade of the project's
sinks. A stream leaves each sink cooler and goes on to the next; what nobody takes returns unused.
Heat counts above the temperature at which a system wants its water back.

Coal and carbon dioxide saved are net of the electricity of heat pumps and of the systems' pumps;
cold counts for nothing there, since the mine's own refrigeration stays as it was designed.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from comine.models.mining import MONTHS, YEAR
from comine.models.sinks import Sink, Stream
from comine.models.strategy import Strategy
from comine.physics import Array
from comine.physics.resource import COAL_CARBON, GRID_CARBON, coal_equivalent
from comine.physics.water import LIQUID_HEAT
from comine.project import Project
from comine.stages.base import stage
from comine.stages.promises import USE

MONTH = YEAR / MONTHS
"""Mean month [s]."""
BOILER_EFFICIENCY = 0.85
"""Of the coal-fired heating boiler that is replaced [1] (comine default)."""
COAL = COAL_CARBON["ndrc"]
GRID = GRID_CARBON["china2022"]
GRID_COAL = 0.3007 / 3.6e6
"""Standard coal per electricity supplied by thermal plants, China 2022 [kg/J]; recalled."""


@stage(gives=USE)
def use(project: Project, strategy: Strategy, operate: xr.Dataset) -> xr.Dataset:
    """Lead the water through the takers of heat, month by month."""
    if not strategy.heat:
        return USE.dataset({})
    heat = operate.heat_power.sel(system=list(strategy.heat))
    months = operate.month.values
    total = heat.values.sum(axis=1)
    if not project.sinks:
        values = {"unused": total} | _share(np.zeros_like(total), total)
        return USE.dataset({"month": months}, **values)
    sinks = list(project.sinks.values())
    flows = _cascade(sinks, list(_streams(operate, strategy)), _refrigeration(operate))
    products = [sink.product for sink in sinks]
    pumps = operate.pump_power.sel(system=list(strategy.heat)).values.sum()
    return USE.dataset(
        {"month": months, "sink": list(project.sinks)},
        demand=flows.demand,
        delivered=flows.delivered,
        taken=flows.taken,
        power_used=flows.power_used,
        least_temperature=[sink.least_temperature for sink in sinks],
        hottest_water=flows.hottest,
        product=products,
        unused=total - flows.taken.sum(axis=1),
        **_share(flows.taken.sum(axis=1), total),
        **_sales(products, flows.delivered, float(pumps + flows.power_used.sum()) * MONTH),
    )


class _Flows(NamedTuple):
    """What all sinks do with all streams, (months, sinks) [W]."""

    demand: Array
    delivered: Array
    taken: Array
    power_used: Array
    hottest: Array
    """Hottest water that reached each sink, (sinks,) [K]."""


def _streams(operate: xr.Dataset, strategy: Strategy) -> Iterator[Stream]:
    """Water of each system, hottest first; none flows where a system gives no heat."""
    outlet = operate.outlet_temperature
    by_heat = sorted(strategy.heat, key=lambda name: -float(outlet.sel(system=name).max()))
    for name in by_heat:
        temperature = outlet.sel(system=name).values
        coldest = float(operate.inlet_temperature.sel(system=name))
        heat = operate.heat_power.sel(system=name).values
        drop = temperature - coldest
        flow = np.divide(
            heat, LIQUID_HEAT * drop, out=np.zeros_like(heat), where=(heat > 0) & (drop > 0)
        )
        yield Stream(temperature, flow, coldest)


def _refrigeration(operate: xr.Dataset) -> Array | None:
    return operate.cooling.values if "cooling" in operate else None


def _cascade(
    sinks: Sequence[Sink], streams: Sequence[Stream], refrigeration: Array | None
) -> _Flows:
    """Lead each stream from sink to sink; a later stream finds what the earlier left wanted."""
    months = streams[0].temperature.size
    wanted = np.stack([sink.demand(months, refrigeration) for sink in sinks], axis=1)
    delivered, taken, power_used = (np.zeros_like(wanted) for _ in range(3))
    hottest = np.full(len(sinks), np.nan)
    for stream in streams:
        water = stream
        for number, sink in enumerate(sinks):
            if (water.flow > 0).any():
                reaching = water.temperature[water.flow > 0].max()
                hottest[number] = np.fmax(hottest[number], reaching)
            service = sink.serve(water, wanted[:, number] - delivered[:, number])
            delivered[:, number] += service.delivered
            taken[:, number] += service.taken
            power_used[:, number] += service.power_used
            water = water.less(service.taken)
    demand = np.where(np.isfinite(wanted), wanted, delivered)
    return _Flows(demand, delivered, taken, power_used, hottest)


def _share(taken: Array, total: Array) -> dict[str, float]:
    whole = float(total.sum())
    return {"used_share": float(taken.sum()) / whole} if whole > 0 else {}


def _sales(products: Sequence[str], delivered: Array, drawn: float) -> dict[str, float]:
    """Energy delivered by product, and what it saves less the electricity drawn [J]."""
    energy = {
        product: float(delivered[:, np.array(products) == product].sum()) * MONTH
        for product in set(products)
    }
    names = {"heat": "heat_sold", "cold": "cold_made", "power": "power_sold"}
    sales = {names[product]: amount for product, amount in energy.items()}
    if energy.keys() & {"heat", "power"}:
        boiler = float(coal_equivalent(energy.get("heat", 0.0), BOILER_EFFICIENCY))
        power = energy.get("power", 0.0) - drawn
        sales["tce_saved"] = boiler + power * GRID_COAL
        sales["co2_saved"] = boiler * COAL.value + power * GRID.value
    return sales
