from types import SimpleNamespace

import numpy as np
import pytest

from comine.fields import merged
from comine.models.finance import DiscountedCashFlow
from comine.models.mine import Mine
from comine.models.mining import YEAR
from comine.models.ore import Ore
from comine.models.strategy import Strategy
from comine.project import Project
from comine.stages.decide import changed, decide, quantities
from comine.stages.promises import BUILD, DECIDE, OPERATE_HEAT, OPERATE_MINE, USE
from comine.units import Distribution

YEARS = 3
MONTHS = np.arange(1, 12 * YEARS + 1)
HEATING = MONTHS % 12 < 6
FINANCE = DiscountedCashFlow(
    discount_rate=0.08,
    tax_rate=0.25,
    depreciation_years=10,
    power_price=1.5e-7,
    heat_price=2e-8,
    power_sale_price=1e-7,
    carbon_price=0.08,
    shaft_cost=1e5,
    drift_cost=1e4,
    refrigeration_cost=5.0,
    chiller_cost=2.0,
    mining_cost=0.2,
    processing_cost=0.1,
    roadway_cost=1e4,
    borehole_cost=300.0,
    well_cost=1e4,
    stimulation_cost=2.0,
    heat_plant_cost=1.0,
    power_plant_cost=10.0,
)


def project(**uncertain):
    ore = Ore(metal="gold", tonnage=1e9, grade=4e-6, recovery=0.9, price=5.5e5)
    return Project.model_construct(
        name="test",
        years=YEARS,
        mine=Mine.model_construct(ore=ore),
        heat={"fan": SimpleNamespace(access="roadway"), "deep": SimpleNamespace(access="wells")},
        finance=FINANCE,
        uncertain={path.replace("__", "."): value for path, value in uncertain.items()},
    )


BRANCHES = [
    # part, system, length, count, opened, closed
    ("shaft", "", 1000.0, 1, 0, 36),
    ("shaft", "", 500.0, 1, 13, 36),
    ("drift", "", 800.0, 1, 12, 36),
    ("drift", "", 700.0, 1, 36, 36),
    ("stope", "", 50.0, 4, 12, 36),
    ("drift", "fan", 300.0, 1, 24, 36),
    ("borehole", "fan", 100.0, 12, 24, 36),
    ("well", "deep", 3000.0, 1, 5, 36),
    ("well", "deep", 3000.0, 1, 5, 36),
    ("fracture", "deep", 200.0, 20, 5, 36),
]


def built(mine=True, systems=("fan", "deep")):
    kept = [b for b in BRANCHES if (mine if not b[1] else b[1] in systems)]
    part, system, length, count, opened, closed = zip(*kept, strict=True)
    number = range(len(kept))
    coords = {"node": ["a"], "branch": [f"{b[0]} {i}" for i, b in enumerate(kept)]}
    values = {"node_x": [0.0], "node_y": [0.0], "node_depth": [0.0]}
    if mine:
        coords["year"] = [1, 2, 3]
        values["ore_mined"] = [0.0, 3e8, 6e8]
    if systems:
        coords["system"] = list(systems)
        values["exchange_area"] = [{"fan": 5e3, "deep": 1e5}[name] for name in systems]
    return BUILD.dataset(
        coords,
        branch_start=[0 for _ in number],
        branch_end=[0 for _ in number],
        branch_part=list(part),
        branch_medium=["air" for _ in number],
        branch_system=list(system),
        branch_length=list(length),
        branch_area=[1.0 for _ in number],
        branch_count=list(count),
        branch_opened=list(opened),
        branch_closed=list(closed),
        rock_temperature=[300.0 for _ in number],
        **values,
    )


def operated(mine=True, systems=("fan", "deep")):
    values, coords = {}, {"month": MONTHS}
    if mine:
        values |= {
            "fan_power": np.full(36, 1e6),
            "refrigeration_power": np.where(HEATING, 0.0, 2e6),
            "cooling": np.where(HEATING, 0.0, 8e6) * (MONTHS > 12),
        }
    if systems:
        coords["system"] = list(systems)
        values["pump_power"] = np.full((36, len(systems)), 1e5)
    return merged(OPERATE_MINE, OPERATE_HEAT).dataset(coords, **values)


def used():
    delivered = np.column_stack(
        [
            np.where(HEATING, 6e6, 1e6),
            np.full(36, 1e6),
            np.full(36, 3e6),
            np.full(36, 0.4e6),
        ]
    )
    return USE.dataset(
        {"month": MONTHS, "sink": ["town", "greenhouse", "chiller", "turbine"]},
        delivered=delivered,
        power_used=np.full((36, 4), 1e4),
        product=["heat", "heat", "cold", "power"],
        co2_saved=9e6,
    )


COMINE = Strategy(mine=True, heat=("fan", "deep"))
PASSIVE = Strategy(mine=True)
HEAT = Strategy(mine=False, heat=("deep",))


def run(case, strategy):
    """The whole stage, promise and all, as the study runs it."""
    mine, systems = strategy.mine, strategy.heat
    use = used() if systems else USE.dataset({})
    done = {"build": built(mine, systems), "operate": operated(mine, systems), "use": use}
    return decide(case, strategy, done)


def found(strategy=COMINE):
    mine, systems = strategy.mine, strategy.heat
    use = used() if systems else USE.dataset({})
    return quantities(project(), strategy, built(mine, systems), operated(mine, systems), use)


def test_openings_fall_in_the_year_in_which_they_open():
    q = found()
    np.testing.assert_allclose(q.shaft, [1000, 500, 0])
    # the level of month 36 opens after the study; stopes are no drifts
    np.testing.assert_allclose(q.drift, [800, 0, 0])
    np.testing.assert_allclose(q.roadway, [0, 300, 0])
    np.testing.assert_allclose(q.borehole, [0, 1200, 0])
    np.testing.assert_allclose(q.well, [6000, 0, 0])
    np.testing.assert_allclose(q.fracture, [1e5, 0, 0])


def test_energy_and_peaks_by_year():
    q = found()
    half = YEAR / 2
    np.testing.assert_allclose(q.heat, half * (7e6 + 2e6) * np.ones(3), rtol=1e-12)
    np.testing.assert_allclose(q.heat_plant, [7e6, 7e6, 7e6])
    np.testing.assert_allclose(q.power, 0.4e6 * YEAR * np.ones(3), rtol=1e-12)
    np.testing.assert_allclose(q.fan_energy, 1e6 * YEAR * np.ones(3), rtol=1e-12)
    np.testing.assert_allclose(q.pump_energy, 2e5 * YEAR * np.ones(3), rtol=1e-12)
    np.testing.assert_allclose(q.heat_pump_energy, 4e4 * YEAR * np.ones(3), rtol=1e-12)
    np.testing.assert_allclose(q.refrigeration, [0, 8e6, 8e6])
    np.testing.assert_allclose(q.chillers, [3e6, 3e6, 3e6])


def test_cold_saves_refrigeration_power_only_while_there_is_some():
    q = found()
    # 3 of 8 MW of cold replaced in the half year with refrigeration, from the second year on
    np.testing.assert_allclose(q.saved_energy, np.array([0, 1, 1]) * YEAR / 2 * 2e6 * 3 / 8)


def test_metal_and_carbon():
    q = found()
    np.testing.assert_allclose(q.metal, np.array([0, 3e8, 6e8]) * 4e-6 * 0.9)
    assert q.metal_price == 5.5e5
    np.testing.assert_allclose(q.carbon, [3e6, 3e6, 3e6])


def test_parts_that_a_strategy_lacks_are_none():
    passive, heat = found(PASSIVE), found(HEAT)
    for name in ("heat", "power", "carbon", "saved_energy", "well", "roadway", "fracture"):
        assert getattr(passive, name) is None
    for name in ("ore", "metal", "metal_price", "shaft", "drift", "fan_energy", "saved_energy"):
        assert getattr(heat, name) is None
    assert (found().shared, passive.shared, heat.shared) == (True, False, False)
    wells = Strategy(mine=True, heat=("deep",))
    assert not found(wells).shared


@pytest.mark.parametrize("strategy", [COMINE, PASSIVE, HEAT])
def test_keeps_the_promise_for_every_strategy(strategy):
    value = run(project(), strategy)
    assert value.sizes["criterion"] == 0
    assert set(map(str, value.data_vars)) <= set(DECIDE)
    assert ("lcoh" in value) == bool(strategy.heat)
    assert ("cooling_cost" in value) == strategy.mine
    assert ("lcoh_shared" in value) == (strategy is COMINE)


RANGE = Distribution(shape="between", parameters=(1e-8, 4e-8))
PRICE = Distribution(shape="lognormal", parameters=(5.5e5, 1.2))


def test_assumptions_are_the_uncertain_prices():
    case = project(finance__heat_price=RANGE, mine__ore__price=PRICE, site__depth=RANGE)
    value = run(case, COMINE)
    assert value.criterion.values.tolist() == ["finance.heat_price", "mine.ore.price"]
    for end, got in enumerate((value.assumption_low, value.assumption_high)):
        by_hand = case.model_copy(
            update={"finance": FINANCE.model_copy(update={"heat_price": RANGE.bounds[end]})}
        )
        assert float(got[0]) == pytest.approx(float(run(by_hand, COMINE).npv), rel=1e-12)
    assert (value.assumption_low < value.npv).all()
    assert (value.npv < value.assumption_high).all()


def test_what_the_mine_does_not_know_does_not_move_heat_alone():
    value = run(project(finance__heat_price=RANGE, mine__ore__price=PRICE), HEAT)
    assert value.criterion.values.tolist() == ["finance.heat_price"]


def test_the_swing_of_a_price_without_tax_is_its_discounted_sales():
    untaxed = FINANCE.model_copy(update={"tax_rate": 0.0})
    case = project(finance__heat_price=RANGE).model_copy(update={"finance": untaxed})
    value = run(case, COMINE)
    years = np.arange(1, YEARS + 1)
    sold = (found().heat / 1.08**years).sum()
    swing = float(value.assumption_high[0] - value.assumption_low[0])
    assert swing == pytest.approx(3e-8 * sold, rel=1e-9)


def test_changed_leaves_the_original_alone():
    case = project()
    other = changed(case, ["mine", "ore", "price"], 1.0)
    assert (other.mine.ore.price, case.mine.ore.price) == (1.0, 5.5e5)
    assert other.finance is case.finance
