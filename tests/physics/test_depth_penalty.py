"""Cases that join several relations: energy, heat and cost of a deep mine."""

import numpy as np
import pytest

from comine.physics.cash import annuity_cost
from comine.physics.cost import drilling_cost
from comine.physics.hoist import lift_energy
from comine.physics.resource import YEAR, heat_in_place, power_potential, stream_heat
from tests.cases import case, load_case

KWH = 3.6e6
DAY = 86400.0


@case("engineering/X02_heat_source_ranking_2000m")
def test_heat_sources_at_two_kilometres():
    """Mine water, ore and fan; the other three figures are one product of two inputs each."""
    c = load_case("engineering/X02_heat_source_ranking_2000m")
    i, e, rel = c["inputs"], c["expected"], c["tolerance"]["rel"]
    warm, cool = (T + 273.15 for T in i["mine_water_T"])
    water = stream_heat(i["mine_water_m3_d"] * 1e3 / DAY, i["mine_water_cp"] * 1e3, warm, cool)
    ore = stream_heat(i["ore_tpd"] * 1e3 / DAY, i["ore_cp"] * 1e3, 300.0 + i["ore_dT"], 300.0)
    fan = load_case("engineering/X01_reservoir_area_vs_capacity")
    heat = heat_in_place(
        fan["expected"]["fan_volume_m3"],
        fan["inputs"]["rho_c"],
        300.0 + fan["inputs"]["dT_K"],
        300.0,
    )
    found = {
        "mine_water_MW": water,
        "ore_precooling_MW": ore,
        "one_fan_roadway_MW": power_potential(heat, 1.0, 25 * YEAR),
    }
    for name, power in found.items():
        assert float(power) / 1e6 == pytest.approx(e[name], rel=rel), name


@case("engineering/X04_depth_penalty_per_tonne_2000m")
def test_depth_penalty():
    """The case works 8000 h and 330 d a year, which its inputs do not say."""
    c = load_case("engineering/X04_depth_penalty_per_tonne_2000m")
    i, e, rel = c["inputs"], c["expected"], c["tolerance"]["rel"]
    price = i["price_CNY_kWh"] / KWH
    hoist = 1e3 * lift_energy(i["H_m"], 0.8) * price
    water = i["inflow_m3_d"] * 1e3 * lift_energy(i["H_m"], i["eta_pump"]) / i["tpd"] * price
    fan_power = i["air_m3_s"] * i["fan_kPa"] * 1e3 / i["eta_fan"]
    fan = annuity_cost(0.0, 0.0, fan_power * 8000 * 3600 * price, i["tpd"] * 330)
    total = hoist + water + fan + cooling_cost(2000)
    found = {
        "hoist_CNY_t": hoist,
        "cool_CNY_t": cooling_cost(2000),
        "fan_CNY_t": fan,
        "water_pump_CNY_t": water,
        "sum": total,
        "share_gold_pct": 100 * total / e["ore_value_4g_550"],
        "share_300_pct": 100 * total / e["ore_value_CuPb_300"],
    }
    for name, value in found.items():
        assert float(value) == pytest.approx(e[name], rel=rel), name


def cooling_cost(depth):
    """Cost of refrigeration by the annuity method, with the power that the case states."""
    c = load_case("engineering/F05_mine_heat_load_and_cooling_cost_vs_depth")
    i, e = c["inputs"], c["expected"]
    cold = e[f"refrigeration_MW_{depth}"] * 1e3
    running = cold * e[f"kWe_per_kWr_{depth}"] * i["hours"] * i["price_CNY_kWh"]
    return annuity_cost(
        cold * i["capex_CNY_kWr"], i["crf"] + i["om"], running, i["tpd"] * i["days"]
    )


@case("engineering/X06_cost_per_exchange_area_fan_vs_EGS")
def test_cost_of_exchange_area():
    c = load_case("engineering/X06_cost_per_exchange_area_fan_vs_EGS")
    i, e, rel = c["inputs"], c["expected"], c["tolerance"]["rel"]
    reservoir = load_case("engineering/X01_reservoir_area_vs_capacity")
    wells = 2 * drilling_cost(4000.0, "vertical_small") + i["egs_stim_MUSD"] * 1e6
    egs = float(wells) * i["fx"] / 1e6
    capital = np.dot(
        [i["hole_m"], i["roadway_m"], i["rings"]],
        [i["hole_CNY_m"], i["roadway_CNY_m"], i["stim_CNY"]],
    )
    fan = capital / reservoir["expected"]["fan_fracture_area_m2"]
    heat = heat_in_place(
        reservoir["expected"]["fan_volume_m3"],
        reservoir["inputs"]["rho_c"],
        300.0 + reservoir["inputs"]["dT_K"],
        300.0,
    )
    assert egs == pytest.approx(e["egs_CNY_m2"], rel=rel)
    assert fan == pytest.approx(e["fan_CNY_m2"], rel=rel)
    assert egs / fan == pytest.approx(e["ratio"], rel=rel)
    assert capital / (float(heat) / KWH) == pytest.approx(
        e["fan_capex_CNY_per_kWh_in_place"], rel=rel
    )
