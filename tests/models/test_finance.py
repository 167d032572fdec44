import numpy as np
import numpy_financial
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from comine.errors import ModelError
from comine.models.finance import NAMES, ROWS, DiscountedCashFlow
from comine.models.value import VALUE, Quantities
from tests.cases import case, load_case

BASE = {
    "discount_rate": 0.1,
    "tax_rate": 0.25,
    "depreciation_years": 2,
    "power_price": 5.0,
    "heat_price": 20.0,
    "power_sale_price": 8.0,
    "carbon_price": 3.0,
    "shaft_cost": 50.0,
    "drift_cost": 10.0,
    "refrigeration_cost": 4.0,
    "chiller_cost": 6.0,
    "mining_cost": 2.0,
    "processing_cost": 1.0,
    "roadway_cost": 7.0,
    "borehole_cost": 2.0,
    "well_cost": 10.0,
    "stimulation_cost": 0.5,
    "heat_plant_cost": 3.0,
    "power_plant_cost": 9.0,
    "plant_maintenance": 0.0,
    "field_maintenance": 0.0,
}


def finance(**changes):
    return DiscountedCashFlow(**(BASE | changes))


def rows(*numbers):
    return np.array(numbers, dtype=float)


def doublet(**changes):
    """Wells of 100 m in year 1; 50 J of heat for 10 J of pumping in years 2 and 3."""
    return Quantities(
        **{
            "years": 3,
            "well": rows(100, 0, 0),
            "heat": rows(0, 50, 50),
            "pump_energy": rows(0, 10, 10),
        }
        | changes
    )


def both(**changes):
    """Mine and heat in five years, every item there."""
    return Quantities(
        **{
            "years": 5,
            "shared": True,
            "metal_price": 30.0,
            "ore": rows(0, 0, 100, 120, 80),
            "metal": rows(0, 0, 90, 108, 72),
            "heat": rows(0, 0, 50, 60, 55),
            "power": rows(0, 0, 5, 6, 5),
            "carbon": rows(0, 0, 10, 12, 10),
            "fan_energy": rows(0, 4, 8, 8, 8),
            "refrigeration_energy": rows(0, 0, 20, 25, 18),
            "saved_energy": rows(0, 0, 3, 4, 3),
            "pump_energy": rows(0, 0, 10, 10, 10),
            "heat_pump_energy": rows(0, 0, 2, 2, 2),
            "shaft": rows(0, 20, 0, 0, 0),
            "drift": rows(0, 30, 10, 0, 0),
            "roadway": rows(0, 5, 0, 0, 0),
            "borehole": rows(0, 40, 0, 0, 0),
            "well": rows(0, 3, 0, 0, 0),
            "fracture": rows(0, 60, 0, 0, 0),
            "refrigeration": rows(0, 0, 10, 14, 12),
            "chillers": rows(0, 0, 2, 2, 2),
            "heat_plant": rows(0, 0, 8, 9, 9),
            "power_plant": rows(0, 0, 1, 1, 1),
        }
        | changes
    )


def check(value):
    """Every promise but those of the stage."""
    table = type(VALUE)({k: v for k, v in VALUE.items() if not k.startswith("assumption")})
    return table.check(value, "judge")


def present(flow, rate):
    return float(numpy_financial.npv(rate, [0.0, *flow]))


def test_three_years_by_hand():
    value = check(finance().judge(doublet()))
    # 1000 of wells; 1000 of sales less 50 of power; 500 written off; tax of 25 % on 450
    np.testing.assert_allclose(value.cash_flow, [-1000, 837.5, 837.5])
    assert float(value.npv) == pytest.approx(-1000 / 1.1 + 837.5 / 1.21 + 837.5 / 1.331)
    assert float(value.capital) == 1000
    annuity = 1000 * 0.1 / (1 - 1.1**-2)
    assert float(value.lcoh) == pytest.approx((annuity + 50) / 50)
    # annuity = 0.75 (50 p - 50) + 0.25 * 500
    assert float(value.breakeven_heat) == pytest.approx(((annuity - 125) / 0.75 + 50) / 50)
    assert float(value.irr) == pytest.approx(numpy_financial.irr([-1000, 837.5, 837.5]))
    for absent in ("lcoe", "cooling_cost", "breakeven_metal", "lcoh_shared"):
        assert absent not in value


def test_every_item_is_there_and_named_in_both_tongues():
    value = check(finance(surface_cost=9000.0, plant_maintenance=0.1).judge(both()))
    assert sorted(value.component.values) == sorted(NAMES)
    assert value.component_zh.values.tolist() == [NAMES[name] for name in value.component.values]
    assert {name for name, var in VALUE.items() if not name.startswith("assumption")} == set(
        map(str, value.data_vars)
    )
    assert {row.quantity for row in ROWS} - {"surface"} == {
        name for name in both().__dict__ if name not in ("years", "shared", "metal_price")
    }


def test_items_add_up_to_the_cash_flow():
    value = finance(surface_cost=40.0, plant_maintenance=0.1).judge(both())
    np.testing.assert_allclose(value.cash.sum("component"), value.cash_flow, rtol=1e-12)
    assert float(value.npv) == pytest.approx(present(value.cash_flow.values, 0.1), rel=1e-12)


def test_classes_of_cost():
    value = finance().judge(both())
    classes = dict(zip(value.component.values, value.cost_class.values, strict=True))
    assert classes["shafts"] == classes["drifts"] == "shared"
    assert classes["roadways"] == classes["wells"] == classes["pump power"] == "heat"
    assert classes["absorption chillers"] == classes["power saved by cold"] == "ore"
    assert classes["income tax"] == "tax"


def test_what_only_one_part_needs_is_its_own():
    mine = both(shared=False, heat=None, well=None)
    value = finance().judge(mine)
    assert str(value.cost_class.sel(component="shafts").item()) == "ore"
    own_shaft = finance().judge(doublet(shaft=rows(2, 0, 0)))
    assert str(own_shaft.cost_class.sel(component="shafts").item()) == "heat"
    assert float(own_shaft.lcoh) > float(finance().judge(doublet()).lcoh)


def test_openings_are_paid_over_the_construction_years():
    plan = doublet(years=5, well=rows(0, 0, 60, 0, 6), heat=rows(0, 0, 0, 50, 50),
                   pump_energy=None)  # fmt: skip
    value = finance(construction_years=3).judge(plan)
    np.testing.assert_allclose(
        value.cash.sel(component="wells"), [-200, -200, -220, -20, -20], rtol=1e-12
    )
    value = finance(construction_years=20).judge(plan)
    np.testing.assert_allclose(value.cash.sel(component="wells").sum(), -660, rtol=1e-12)


def test_plant_is_bought_when_first_needed():
    plan = Quantities(
        years=4, metal_price=1.0, ore=rows(0, 10, 10, 10), refrigeration=rows(0, 5, 4, 7)
    )
    value = finance(plant_maintenance=0.1).judge(plan)
    np.testing.assert_allclose(value.cash.sel(component="refrigeration plant"), [0, -20, 0, -8])
    np.testing.assert_allclose(value.cash.sel(component="cooling maintenance"), [0, 0, -2, -2])


def test_maintenance_ends_with_the_service():
    plan = doublet(years=4, well=rows(100, 0, 0, 0), heat=rows(0, 50, 50, 0),
                   pump_energy=None)  # fmt: skip
    value = finance(field_maintenance=0.02).judge(plan)
    np.testing.assert_allclose(value.cash.sel(component="heat maintenance"), [0, -20, -20, 0])


def test_surface_plant_is_paid_before_the_first_ore():
    value = finance(surface_cost=90.0).judge(both())
    np.testing.assert_allclose(value.cash.sel(component="mine surface plant"), [0, -90, 0, 0, 0])


def test_cooling_cost_by_hand():
    plan = Quantities(
        years=2, metal_price=1.0, ore=rows(10, 10), fan_energy=rows(2, 2),
        refrigeration_energy=rows(3, 3), saved_energy=rows(1, 1), refrigeration=rows(5, 5),
    )  # fmt: skip
    value = finance(discount_rate=0.0).judge(plan)
    # plant 5 * 4, power 5 * (2 + 3 - 1) a year
    assert float(value.cooling_cost) == pytest.approx((20 + 2 * 20) / 20)


def test_shared_openings_by_share_of_sales():
    value = finance(discount_rate=0.0).judge(
        Quantities(
            years=2,
            shared=True,
            metal_price=3.0,
            shaft=rows(4, 0),
            well=rows(1, 0),
            ore=rows(0, 100),
            metal=rows(0, 100),
            heat=rows(0, 5),
        )
    )
    # sales 300 and 100; shaft 200; well 10
    assert float(value.lcoh) == pytest.approx(10 / 5)
    assert float(value.lcoh_shared) == pytest.approx((10 + 200 / 4) / 5)


def test_levelised_costs_balance():
    money = finance(field_maintenance=0.03)
    value = money.judge(both())
    cash = value.cash.where(value.cost_class == "heat", drop=True)
    for cost, sales, output in (
        (value.lcoh, "heat sales", both().heat),
        (value.lcoe, "power sales", both().power),
    ):
        others = cash.sel(component=[c for c in cash.component.values if c != sales])
        paid = -present(others.sum("component").values, 0.1)
        assert float(cost) * present(output, 0.1) == pytest.approx(paid, rel=1e-12)


@pytest.mark.parametrize("tax", [0.0, 0.25, 0.6])
def test_value_is_nil_at_the_break_even_price(tax):
    money = {"tax_rate": tax, "depreciation_years": 10, "surface_cost": 3000.0}
    value = finance(**money).judge(both(metal_price=15.0))
    scale = float(value.capital)
    dear = finance(**money).judge(both(metal_price=float(value.breakeven_metal)))
    assert abs(float(dear.npv)) < 1e-6 * scale
    hot = finance(**money, heat_price=float(value.breakeven_heat))
    assert abs(float(hot.judge(both(metal_price=15.0)).npv)) < 1e-6 * scale


def test_no_break_even_where_the_other_product_pays_for_all():
    value = finance().judge(both(metal_price=1e4))
    assert "breakeven_heat" not in value
    assert "breakeven_metal" in value


def test_no_rate_of_return_without_a_change_of_sign():
    value = finance(heat_price=0.0).judge(doublet())
    assert "irr" not in value
    assert float(value.npv) < 0


def test_no_rate_of_return_where_there_are_two():
    plan = doublet(heat=rows(0, 2300, 0), well=rows(1000, 0, 0), pump_energy=rows(0, 0, 1320))
    money = finance(
        heat_price=1.0, well_cost=1.0, power_price=1.0, tax_rate=0.0, discount_rate=0.15
    )
    value = money.judge(plan)
    np.testing.assert_allclose(value.cash_flow, [-1000, 2300, -1320])
    assert "irr" not in value


def test_spending_at_the_end_leaves_one_rate_that_is_not_negative():
    plan = doublet(heat=rows(0, 2300, 0), well=rows(1000, 0, 0), pump_energy=rows(0, 0, 100))
    value = finance(heat_price=1.0, well_cost=1.0, power_price=1.0, tax_rate=0.0).judge(plan)
    # 1000 u^2 - 2300 u + 100 = 0 in u = 1 + rate
    assert float(value.irr) == pytest.approx(1.15 + np.sqrt(1.15**2 - 0.1) - 1, rel=1e-9)


def test_losses_are_carried_and_bear_no_tax():
    def tax(sold):
        plan = doublet(heat=rows(0, 0, sold), pump_energy=rows(20, 60, 0))
        value = finance(depreciation_years=1).judge(plan)
        return value.cash.sel(component="income tax").values.tolist()

    # losses of 100, then 300 and 1000 written off
    assert tax(70) == [0, 0, 0]
    assert tax(80) == [0, 0, pytest.approx(-0.25 * 200)]


prices = st.integers(0, 8000).map(lambda eighths: eighths / 8)
amounts = st.lists(prices, min_size=4, max_size=4)


@settings(max_examples=50, deadline=None)
@given(amounts, amounts, prices, prices, st.floats(0.0, 0.9))
def test_value_rises_with_price_and_tax_takes_only_from_profit(heat, pumped, price, rise, tax):
    plan = doublet(years=4, well=rows(100, 0, 50, 0), heat=rows(*heat), pump_energy=rows(*pumped))
    low = finance(heat_price=price, tax_rate=tax).judge(plan)
    high = finance(heat_price=price + rise, tax_rate=tax).judge(plan)
    assert float(high.npv) >= float(low.npv) - 1e-6
    paid = low.cash.sel(component="income tax").values
    surplus = price * rows(*heat) - BASE["power_price"] * rows(*pumped)
    assert (paid <= 0).all()
    assert (paid[surplus <= 0] == 0).all()
    assert -paid.sum() <= tax * np.maximum(surplus, 0).sum() + 1e-6


@settings(max_examples=50, deadline=None)
@given(st.floats(0.0, 0.9), st.floats(0.001, 0.09))
def test_value_falls_with_the_discount_rate(rate, step):
    low = finance(discount_rate=rate).judge(doublet(heat=rows(0, 500, 500)))
    high = finance(discount_rate=rate + step).judge(doublet(heat=rows(0, 500, 500)))
    assert float(low.irr) > rate + step
    assert float(high.npv) < float(low.npv)


@case("technoeconomic/finance_basic")
def test_levelised_cost_and_rate_of_return_of_the_case():
    reference = load_case("technoeconomic/finance_basic")
    tolerance = reference["tolerance"]
    flow, plant, decline = reference["cases"]
    sales = np.maximum(flow["cashflow"], 0.0)
    money = finance(heat_price=1.0, well_cost=1.0, tax_rate=0.0, discount_rate=flow["rate"])
    value = money.judge(
        Quantities(years=5, well=rows(-flow["cashflow"][0], 0, 0, 0, 0), heat=sales)
    )
    assert float(value.irr) == pytest.approx(flow["irr"], abs=tolerance)
    excel = flow["npv_excel_style_first_flow_discounted"]
    assert float(value.npv) == pytest.approx(excel, abs=tolerance)

    years = plant["years"]
    money = finance(
        power_plant_cost=plant["capex"], power_price=plant["opex_per_year"],
        discount_rate=plant["rate"], power_sale_price=0.0,
    )  # fmt: skip
    for case_, fall in ((plant, 1.0), (decline, 0.99)):
        output = plant["mwh_per_year"] * fall ** np.arange(years)
        value = money.judge(
            Quantities(
                years=years + 1,
                power=rows(0, *output),
                pump_energy=rows(0, *np.ones(years)),
                power_plant=np.ones(years + 1),
            )
        )
        assert float(value.lcoe) == pytest.approx(case_["lcoe_per_mwh"], rel=tolerance)


@case("engineering/F06_policy_after_tax_NPV")
@pytest.mark.parametrize("variant", ["NPV_base", "NPV_vat_exempt", "NPV_carbon"])
def test_value_after_tax_of_the_case(variant):
    reference = load_case("engineering/F06_policy_after_tax_NPV")
    given = reference["inputs"]
    net = 1.0 if variant == "NPV_vat_exempt" else 1 / (1 + given["VAT"])
    running = np.concatenate([[0.0], np.ones(given["years"])])
    value = finance(
        discount_rate=given["rate"], tax_rate=given["CIT"], well_cost=given["capex"],
        depreciation_years=given["depreciation_years"], heat_price=given["gross_revenue"] * net,
        power_price=given["opex"],
        carbon_price=given["carbon_price"] if variant == "NPV_carbon" else 0.0,
    ).judge(
        Quantities(
            years=given["years"] + 1,
            well=np.eye(1, given["years"] + 1)[0],
            heat=running,
            pump_energy=running,
            carbon=given["carbon_t"] * running,
        )
    )  # fmt: skip
    # the case pays in year zero what falls here at the end of the first year
    year_zero = float(value.npv) * (1 + given["rate"])
    tolerance = reference["tolerance"]["rel"]
    assert year_zero == pytest.approx(reference["expected"][variant], rel=tolerance)


def test_a_price_that_is_needed_and_not_given():
    with pytest.raises(ModelError, match=r"finance\.well_cost: not given, but there is 'wells'"):
        finance(well_cost=None).judge(doublet())


def test_missing_names_what_a_project_is_going_to_need():
    bare = DiscountedCashFlow(
        discount_rate=0.08, tax_rate=0.25, depreciation_years=10, power_price=1e-7
    )
    assert bare.missing(False, ["wells"], ["heat"]) == [
        "well_cost",
        "heat_price",
        "heat_plant_cost",
    ]
    assert "shaft_cost" in bare.missing(True, [], [])
    assert bare.missing(True, ["roadway"], ["power", "cold"]).count("roadway_cost") == 1
    assert finance().missing(True, ["roadway", "wells"], ["heat", "cold", "power"]) == []


@pytest.mark.parametrize(
    "field, wrong",
    [
        ("discount_rate", -0.01),
        ("discount_rate", 1.0),
        ("tax_rate", 1.0),
        ("depreciation_years", 0),
        ("construction_years", 0),
        ("heat_price", -1.0),
        ("shaft_cost", -1.0),
        ("plant_maintenance", float("nan")),
    ],
)
def test_refuses_what_cannot_be(field, wrong):
    with pytest.raises(ValidationError, match=field):
        finance(**{field: wrong})


def test_prices_come_with_units():
    money = finance(heat_price="36 money/GJ", stimulation_cost="12 money/m**2")
    assert money.heat_price == pytest.approx(3.6e-8)
    assert money.stimulation_cost == 12.0


def test_the_short_way_to_the_value_and_the_long_one_agree():
    money = finance(surface_cost=40.0, plant_maintenance=0.1)
    assert money.value(both()) == float(money.judge(both()).npv)
