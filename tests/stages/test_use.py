from types import SimpleNamespace

import numpy as np
import pytest

from comine.fields import merged
from comine.models.sinks import AbsorptionCooling, DistrictHeat, OrganicRankine
from comine.models.strategy import Strategy
from comine.physics.water import LIQUID_HEAT
from comine.stages.promises import OPERATE_HEAT, OPERATE_MINE
from comine.stages.use import GRID_COAL, MONTH, use

ZERO = 273.15
OPERATE = merged(OPERATE_MINE, OPERATE_HEAT)
NETWORK = DistrictHeat(peak=20e6, supply_temperature=ZERO + 60, network_return=ZERO + 40)
STRATEGY = Strategy(mine=False, heat=("deep", "shallow"))


def operated(outlet, flow=(100.0, 50.0), inlet=(ZERO + 20, ZERO + 15), cooling=None, pump=0.0):
    """Outlet in degC, (month, system); `cooling` as the mine's refrigeration."""
    outlet = np.asarray(outlet, dtype=float) + ZERO
    months, systems = outlet.shape
    heat = np.asarray(flow[:systems]) * LIQUID_HEAT * (outlet - np.asarray(inlet[:systems]))
    values = {} if cooling is None else {"cooling": np.full(months, cooling)}
    return OPERATE.dataset(
        {"month": np.arange(1, months + 1), "system": ["deep", "shallow"][:systems]},
        system_flow=np.array(flow[:systems]),
        inlet_temperature=np.array(inlet[:systems]),
        outlet_temperature=outlet,
        heat_power=heat,
        pump_power=np.full(outlet.shape, pump),
        **values,
    )


def run(sinks, operate, strategy=STRATEGY):
    return use(SimpleNamespace(sinks=sinks), strategy, {"operate": operate})


def test_without_heat_systems_there_is_nothing():
    assert not run({"town": NETWORK}, operated([[90.0, 40.0]]), Strategy()).data_vars


def test_without_sinks_all_is_unused():
    operate = operated([[90.0, 40.0]] * 2)
    got = run({}, operate)
    assert got.unused.values == pytest.approx(operate.heat_power.values.sum(axis=1))
    assert float(got.used_share) == 0.0
    assert "heat_sold" not in got
    assert "tce_saved" not in got


def test_taken_and_unused_make_up_the_heat():
    rng = np.random.default_rng(7)
    outlet = np.column_stack([rng.uniform(70, 130, 36), rng.uniform(20, 60, 36)])
    operate = operated(outlet, cooling=4e6)
    sinks = {"plant": OrganicRankine(), "chiller": AbsorptionCooling(), "town": NETWORK}
    got = run(sinks, operate)
    whole = got.taken.values.sum(axis=1) + got.unused.values
    assert whole == pytest.approx(operate.heat_power.values.sum(axis=1), rel=1e-12)
    assert (got.unused.values > -1e-3).all()
    used = got.taken.values.sum() / operate.heat_power.values.sum()
    assert float(got.used_share) == pytest.approx(used)
    assert (got.delivered.values <= got.demand.values + 1e-3).all()


def test_cascade_cools_from_sink_to_sink():
    operate = operated([[95.0]])
    sinks = {"chiller": AbsorptionCooling(), "town": NETWORK}
    got = run(sinks, operated([[95.0]], cooling=1e9), Strategy(mine=False, heat=("deep",)))
    assert got.hottest_water.values - ZERO == pytest.approx([95.0, 80.0])
    assert float(got.taken.sel(sink="chiller")[0]) == pytest.approx(100 * LIQUID_HEAT * 15)
    assert float(got.delivered.sel(sink="chiller")[0]) == pytest.approx(
        0.75 * 100 * LIQUID_HEAT * 15
    )
    turned = run(dict(reversed(sinks.items())), operate, Strategy(mine=False, heat=("deep",)))
    assert float(turned.hottest_water.sel(sink="town")) - ZERO == pytest.approx(95.0)


def test_hottest_system_is_offered_first_and_the_next_gets_the_rest():
    small = NETWORK.model_copy(update={"peak": 10e6, "profile": (1.0,) * 12})
    operate = operated([[45.0, 90.0]], flow=(100.0, 50.0))
    got = run({"town": small}, operate)
    direct = 50 * LIQUID_HEAT * (90 - 43)
    assert float(got.hottest_water[0]) == pytest.approx(ZERO + 90)
    assert float(got.delivered[0, 0]) == pytest.approx(10e6)
    # all the direct heat of the hot water, and its heat pump before the lukewarm system's
    assert direct < float(got.taken[0, 0]) < 10e6
    alone = run({"town": small}, operate, Strategy(mine=False, heat=("shallow",)))
    assert float(alone.taken[0, 0]) == pytest.approx(float(got.taken[0, 0]))


def test_two_systems_share_a_demand_too_great_for_one():
    big = NETWORK.model_copy(update={"peak": 1e9, "profile": (1.0,) * 12})
    operate = operated([[80.0, 50.0]])
    got = run({"town": big}, operate)
    assert float(got.unused[0]) == pytest.approx(0.0, abs=1e-3)
    assert float(got.used_share) == pytest.approx(1.0)


def test_sums_over_life_and_what_they_save():
    steady = NETWORK.model_copy(update={"peak": 5e6, "profile": (1.0,) * 12})
    operate = operated([[90.0]] * 24, pump=1e5)
    got = run({"town": steady}, operate, Strategy(mine=False, heat=("deep",)))
    sold = 5e6 * 24 * MONTH
    assert float(got.heat_sold) == pytest.approx(sold)
    coal = sold / (29.3076e6 * 0.85)
    pumps = 1e5 * 24 * MONTH
    assert float(got.tce_saved) == pytest.approx(coal - pumps * GRID_COAL)
    assert float(got.co2_saved) == pytest.approx(coal * 2.66 - pumps * 0.5366 / 3.6e6)
    assert "cold_made" not in got
    assert "power_sold" not in got


def test_heat_pumps_cost_some_of_the_saving():
    steady = NETWORK.model_copy(update={"peak": 5e6, "profile": (1.0,) * 12})
    one = Strategy(mine=False, heat=("deep",))
    hot, warm = (run({"town": steady}, operated([[t]] * 12), one) for t in (90.0, 45.0))
    power = float(warm.power_used.sum()) * MONTH
    assert power > 0
    assert float(hot.tce_saved - warm.tce_saved) == pytest.approx(power * GRID_COAL)


def test_a_plant_that_delivers_nothing_shows_zero():
    got = run({"plant": OrganicRankine(), "chiller": AbsorptionCooling()}, operated([[70.0, 40.0]]))
    assert float(got.power_sold) == 0.0
    assert float(got.cold_made) == 0.0
    assert "heat_sold" not in got
    assert got["product"].values.tolist() == ["power", "cold"]
    assert got.demand.values.tolist() == [[0.0, 0.0]]


def test_a_system_that_gives_nothing_sends_no_water():
    operate = operated([[20.0, 15.0]] * 2)
    got = run({"town": NETWORK}, operate)
    assert np.isnan(got.hottest_water.values).all()
    assert got.taken.values.tolist() == [[0.0], [0.0]]
    assert "used_share" not in got
