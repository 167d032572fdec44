import dataclasses

import numpy as np
import pytest

from comine.errors import ModelError
from comine.models.cooling import ChilledWater, UndergroundPlant
from comine.models.layouts import LevelsAndShafts
from comine.models.mine import Mine
from comine.models.mining import YEAR, CutAndFill
from comine.models.ore import Ore
from comine.models.site import Climate
from comine.models.ventilation import Ventilation
from comine.tables import Table
from comine.underground.air_plan import outside_air
from comine.underground.airflow import Air
from comine.underground.balance import air_account
from comine.underground.loads import mine_loads
from comine.underground.ventilation import MineVentilation, _joined, _renewed
from tests.underground.test_circulation import SITE

MONTHS = 72
LIMIT = 301.15
SECTION = {"area": 20.0, "perimeter": 18.0, "friction": 0.012, "wetness": 0.3}
SHAFT = {"area": 50.0, "perimeter": 25.1, "friction": 0.02, "wetness": 0.2}
WINTER = [0, 2, 6, 13, 19, 23, 26, 26, 22, 16, 9, 2]
MINE = Mine(
    ore=Ore(metal="gold", tonnage=4e9, grade=5e-6, recovery=0.9, price=5e5),
    layout=LevelsAndShafts(
        top_level=1400.0,
        bottom_level=1600.0,
        levels=2,
        downcast=SHAFT,
        upcast=SHAFT,
        drift=SECTION,
        stope=SECTION,
        crosscut=300.0,
        haulage=900.0,
        stopes=6,
        stope_length=200.0,
        return_drift=600.0,
    ),
    mining=CutAndFill(
        rate=1e9 / YEAR, start=YEAR, development=YEAR / 2, stope_life=YEAR, active_levels=1
    ),
    ventilation=Ventilation(
        level_flow=120.0, wet_bulb_limit=LIMIT, electric=1.5e6, diesel=1e6, fan_efficiency=0.7
    ),
    cooling=ChilledWater(
        supply_temperature=285.15,
        return_temperature=299.15,
        condensing_temperature=308.15,
        carnot_share=0.6,
        pump_efficiency=0.75,
        water_temperature=276.15,
        turbine_efficiency=0.7,
    ),
)
CLIMATE = Climate(
    monthly=Table(
        columns={
            "dry_bulb": tuple(273.15 + t for t in WINTER),
            "relative_humidity": (0.65,) * 12,
        }
    )
)
SITE = SITE.model_copy(update={"climate": CLIMATE})


def ventilate(drop=0.0, site=SITE, mine=MINE):
    schedule = mine.mining.schedule(mine.ore.tonnage, 2, MONTHS // 12)
    ventilation = MineVentilation(
        site,
        mine,
        mine.layout.openings(),
        schedule,
        MONTHS,
        lambda points, window: np.full((len(points), window.stop - window.start), drop),
    )
    air = ventilation.run()
    return ventilation, air, mine_loads(ventilation.plan, air)


@pytest.fixture(scope="module")
def plain():
    return ventilate()


def test_energy_account_of_the_air_closes(plain):
    account = air_account(plain[2])
    assert account.residual < 1e-4
    assert account.rows["air: strata heat"] > 0 > account.rows["air: refrigeration"]


def test_loads_to_the_stopes_are_what_the_air_carries_and_the_coolers_take(plain):
    loads = plain[2]
    left = loads.to_stopes.total - loads.carried - loads.cooling - loads.condensate
    assert np.abs(left).max() < 1e-3 * loads.to_stopes.total.max()


def test_the_limit_is_kept_on_every_level(plain):
    for _, level in plain[1].levels.values():
        assert (level.end.wet_bulb < LIMIT + 0.011).all()
    assert plain[2].cooling.max() > 0


def test_levels_open_and_close_with_the_schedule(plain):
    ventilation, air, _ = plain
    assert ventilation.plan.window(0).start == 6 and ventilation.plan.window(1).start == 30
    assert (air.flow["haulage 1400"][:6] == 0).all()
    assert air.flow["downcast 1400"][32] == 240.0  # both levels
    assert air.flow["downcast 1600"][32] == 120.0


def test_autocompression_balances_on_the_way_back(plain):
    """What falls 1,400 to 1,600 m rises again; the rest is the water that the air took up."""
    whole = plain[2].whole
    assert abs(whole.compression.sum()) < 0.03 * plain[2].to_stopes.compression.sum()


def test_dry_autocompression_is_g_times_depth(plain):
    _, air, _ = plain
    window, passage = air.passages["downcast 1400"]
    expected = air.flow["downcast 1400"][window] * 9.80665 * 1400.0
    ratio = passage.heats.compression / expected
    assert (ratio > 1.0).all() and (ratio < 1.025).all()


def test_colder_rock_takes_less_refrigeration(plain):
    cooler = ventilate(drop=10.0)[2]
    assert cooler.cooling.sum() < plain[2].cooling.sum()
    assert cooler.to_stopes.strata.sum() < plain[2].to_stopes.strata.sum()
    same = cooler.to_stopes.machines.sum()
    assert same == pytest.approx(plain[2].to_stopes.machines.sum(), rel=1e-3)


def test_fissure_water_adds_its_heat_where_it_is_known():
    wet = ventilate(site=SITE.model_copy(update={"inflow": 20.0}))[2]
    dry = ventilate()[2]
    assert wet.to_stopes.water.sum() > dry.to_stopes.water.sum() + 1e5


def test_the_fan_works_harder_while_two_levels_are_open(plain):
    power = plain[2].fan_power
    assert power[32] > 2 * power[20] > 0
    assert (power[:6] == 0).all()


def test_outside_air_repeats_every_year():
    air = outside_air(SITE, 30)
    assert (air.temperature[12:24] == air.temperature[:12]).all()
    assert air.temperature[6] == pytest.approx(273.15 + 26)


def test_renewed_walls_forget():
    matrix = np.tril(np.ones((6, 6)))
    kept = _renewed(matrix, 3 * YEAR / 12)
    assert kept[5, 5] == 1.0 and kept[5, 4] == pytest.approx(2 / 3) and kept[5, 2] == 0.0


def test_streams_mix_by_flow_and_gaps_are_refused():
    one = np.ones(2)
    warm, cold = Air(300 * one, 0.01 * one, 1e5 * one), Air(290 * one, 0.01 * one, 1e5 * one)
    streams = [(slice(0, 2), warm, 3 * one), (slice(0, 2), cold, one)]
    mixed = _joined(streams, 2, slice(0, 2))
    np.testing.assert_allclose(mixed.temperature, 297.5, atol=1e-6)
    with pytest.raises(ModelError, match="month without air"):
        _joined([(slice(0, 1), Air(*(a[:1] for a in (one * 300, one * 0.01, one * 1e5))), one)], 2,
                slice(0, 2))  # fmt: skip


PLANT = UndergroundPlant(
    supply_temperature=285.15,
    evaporating_temperature=276.15,
    return_air_flow=120.0,
    return_wet_bulb=LIMIT,
    return_wet_bulb_limit=318.15,
    return_pressure=118e3,
    tower_flow=200.0,
    factor_of_merit=0.7,
)


def cooled_by(plain, plant):
    plan, air, _ = plain
    plan = dataclasses.replace(plan.plan, mine=MINE.model_copy(update={"cooling": plant}))
    return mine_loads(plan, air)


def test_loads_add_up_what_each_level_takes(plain):
    """The climate does not know the plant, so a plant may be put in its place."""
    _, air, _ = plain
    loads = cooled_by(plain, PLANT)
    power = np.zeros(MONTHS)
    for window, level in air.levels.values():
        duty = MINE.ventilation.level_flow * level.removed
        power[window] += PLANT.cool(duty, 1500.0).power
    np.testing.assert_allclose(loads.power, power, rtol=1e-9)
    assert loads.cooling == pytest.approx(plain[2].cooling)
    assert not loads.coolant.any()


def test_a_plant_that_cannot_is_refused(plain):
    weak = PLANT.model_copy(update={"return_air_flow": 5.0})
    with pytest.raises(ModelError, match=r"the level at \d+ m asks for .* MW of cold in month"):
        cooled_by(plain, weak)
