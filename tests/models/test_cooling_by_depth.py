import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.models.cooling import ChilledWater, Ice
from comine.models.cooling.by_depth import cooling_by_depth
from comine.physics.cash import annuity_cost
from comine.physics.mine_heat import LumpedMine, air_alone, mine_heat, refrigeration_duty
from tests.cases import case, load_case
from tests.models.test_cooling import BELOW, BULK, FEEDER, HEAT, ICE, PLAIN, WATER

ZERO, KWH, DAY = 273.15, 3.6e6, 86400.0
F05 = "engineering/F05_mine_heat_load_and_cooling_cost_vs_depth"
X03 = "engineering/X03_passive_vs_joint_cooling_cost"
DEPTHS = [1000, 1500, 2000, 2500, 3000]


def mine_of_case():
    i = load_case(F05)["inputs"]
    flow, ore = i["air_m3_s"] * i["air_density"], i["tpd"] * 1e3 / DAY
    rise = i["air_enthalpy_reject_kJ_kg"] - i["air_enthalpy_surface_kJ_kg"]
    return LumpedMine(
        surface_temperature=ZERO + i["T0_C"],
        gradient=i["G_K_m"],
        air_flow=flow,
        air_temperature=ZERO + i["T_air_reject_C"],
        wall_conductance=i["U_tau"] * 2 * np.pi * i["r"] * i["roadway_m"],
        ore_heat_rate=ore * i["ore_cp_kJ_kgK"] * 1e3,
        machinery=i["machinery_kW"] * 1e3 * i["machinery_heat_fraction"],
        enthalpy_rise=rise * 1e3,
        fan_power=2e6,
        ore_rate=ore,
    )


def plants_of_case():
    """Plants of F03 by their coefficients of performance, written as shares of Carnot's."""
    i = load_case("engineering/F03_ice_vs_chilled_water")["inputs"]
    condensing, chilled, freezing = ZERO + 35, ZERO + i["T_chilled_C"], ZERO - 10

    def parameters(performance, evaporating):
        return {
            "supply_temperature": ZERO + 12,
            "return_temperature": ZERO + i["T_return_C"],
            "pump_efficiency": i["eta_pump"],
            "condensing_temperature": condensing,
            "carnot_share": performance * (condensing - evaporating) / evaporating,
        }

    water = ChilledWater(
        **parameters(i["COP_chiller"], chilled - 3.0),
        water_temperature=chilled,
        turbine_efficiency=i["eta_turbine"],
    )
    ice = Ice(
        **parameters(i["COP_ice"], freezing),
        ice_temperature=ZERO,
        ice_fraction=i["ice_fraction"],
        evaporating_temperature=freezing,
    )
    return {"water": water, "ice": ice}


def cost_of_case(duty, power):
    """Money by mass of ore [CNY/t]."""
    i = load_case(F05)["inputs"]
    running = power * i["hours"] * 3600 * i["price_CNY_kWh"] / KWH
    capital = duty / 1e3 * i["capex_CNY_kWr"]
    return annuity_cost(capital, i["crf"] + i["om"], running, i["tpd"] * i["days"])


@case(F05)
def test_heat_load_and_cooling_cost_by_depth():
    c, mine, depth = load_case(F05), mine_of_case(), np.array(DEPTHS, dtype=float)
    duty = refrigeration_duty(mine, depth)
    rows = cooling_by_depth(mine, plants_of_case(), depth)
    power = np.minimum(rows["water"].power, rows["ice"].power)
    per_cold = np.divide(power, duty, out=np.zeros(5), where=duty > 0)
    warmth = mine.surface_temperature + mine.gradient * depth - ZERO
    found = {
        "VRT": warmth,
        "total_heat_MW": mine_heat(mine, depth).total / 1e6,
        "refrigeration_MW": duty / 1e6,
        "kWe_per_kWr": per_cold,
        "cooling_cost_CNY_t": cost_of_case(duty, power),
    }
    wanted = dict(c["expected"])
    for name, values in found.items():
        expected = [wanted.pop(f"{name}_{z}") for z in DEPTHS]
        np.testing.assert_allclose(values, expected, rtol=c["tolerance"]["rel"], err_msg=name)
    assert not wanted


PUMPS = 0.06
"""Electric power to take heat from the rock, by that heat: missing from the inputs of X03.

It follows from `joint_net_CNY_t_1500`, where no heat is sold; the other figures then do."""


def joint_cost(drop, hours, depth):
    """Cost [CNY/t] with the rock cooled by `drop`, and heat sold [W]."""
    i, f = load_case(X03)["inputs"], load_case(F05)["inputs"]
    mine = mine_of_case()
    cooled = mine._replace(surface_temperature=mine.surface_temperature - drop)
    duty, left = refrigeration_duty(mine, depth), refrigeration_duty(cooled, depth)
    taken = duty - left
    rows = cooling_by_depth(cooled, plants_of_case(), depth)
    cold = cost_of_case(left, np.minimum(rows["water"].power, rows["ice"].power))
    warm = cooled.surface_temperature + mine.gradient * depth - ZERO >= i["direct_min_C"]
    sold = np.where(warm, taken, 0.0)
    running = PUMPS * taken / 1e3 * f["hours"] * f["price_CNY_kWh"]
    running = running - sold / 1e3 * hours * i["heat_price"]
    capital = taken / 1e3 * i["capex_network_CNY_kW"]
    heat = annuity_cost(capital, f["crf"] + f["om"], running, f["tpd"] * f["days"])
    return cold + heat, sold


@case(X03)
def test_cooling_with_and_without_heat_from_the_rock():
    c, depth = load_case(X03), np.array(DEPTHS[1:], dtype=float)
    i, f = c["inputs"], load_case(F05)["inputs"]
    mine = mine_of_case()
    rows = cooling_by_depth(mine, plants_of_case(), depth)
    power = np.minimum(rows["water"].power, rows["ice"].power)
    passive = cost_of_case(refrigeration_duty(mine, depth), power)
    joint, sold = joint_cost(i["dT_precool"], i["hours"], depth)
    best, sold_best = joint_cost(i["variant_opt"]["dT_precool"], i["variant_opt"]["hours"], depth)
    # a booster turns one unit of source heat into COP/(COP - 1) units of heat to sell
    gain = i["booster_COP"] / (i["booster_COP"] - 1)
    margin = i["heat_price"] * gain - f["price_CNY_kWh"] * (gain - 1)
    yearly = (f["crf"] + f["om"]) * i["capex_HP_CNY_kW"] * gain

    def booster(hours):
        return np.full(4, float(margin * hours > yearly))

    found = {
        "passive_CNY_t": passive,
        "joint_net_CNY_t": joint,
        "saving_pct": 100 * (1 - joint / passive),
        "heat_sold_MW": sold / 1e6,
        "booster_on": booster(i["hours"]),
        "joint_opt_CNY_t": best,
        "saving_opt_pct": 100 * (1 - best / passive),
        "booster_on_opt": booster(i["variant_opt"]["hours"]),
        "heat_sold_opt_MW": sold_best / 1e6,
        "cutoff_shift_g_t": passive / (i["gold_CNY_g"] * i["recovery"]),
    }
    wanted = dict(c["expected"])
    for name, values in found.items():
        expected = [wanted.pop(f"{name}_{z}") for z in DEPTHS[1:]]
        np.testing.assert_allclose(values, expected, rtol=c["tolerance"]["rel"], err_msg=name)
    assert not wanted


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 3500), st.floats(0, 500))
def test_more_air_alone_closes_the_balance_and_grows_with_depth(depth, deeper):
    mine = mine_of_case()
    got = air_alone(mine, depth)
    heat = mine_heat(mine._replace(air_flow=float(got.air_flow)), depth).total
    room = got.air_flow * mine.enthalpy_rise
    assert heat <= room * (1 + 1e-9)
    if got.air_flow > mine.air_flow:
        assert heat == pytest.approx(float(room), rel=1e-9)
    assert air_alone(mine, depth + deeper).power >= got.power
    assert np.isinf(air_alone(mine, mine.enthalpy_rise / 9.81 + 1.0).power)


def test_ways_of_cooling_by_depth():
    """Head costs power: a throttle more than a turbine, a turbine more than a feeder."""
    depth = np.linspace(500.0, 3500.0, 7)
    plants = {"water": PLAIN, "turbine": WATER, "feeder": FEEDER, "ice": ICE, "heat": HEAT}
    rows = cooling_by_depth(mine_of_case(), plants | {"below": BELOW, "bulk": BULK}, depth)
    assert next(iter(rows)) == "ventilation"
    for row in rows.values():
        assert (np.diff(row.power) >= 0).all()
        np.testing.assert_allclose(row.energy * mine_of_case().ore_rate, row.power)
    deep = depth >= 1500.0
    for better, worse in (("feeder", "turbine"), ("turbine", "water")):
        assert (rows[better].power[deep] < rows[worse].power[deep]).all()
    assert rows["water"].delivered[-1] == 1.0
    # one level's return air does not take the heat of this mine, and the rows say so
    assert (rows["below"].delivered[deep][1:] < 1.0).all()
    assert rows["heat"].heat.max() == pytest.approx(4e6)


def test_bad_depth_is_named():
    for function in (mine_heat, refrigeration_duty, air_alone):
        with pytest.raises(ValueError, match="depth"):
            function(mine_of_case(), -1.0)
