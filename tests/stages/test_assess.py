from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from comine.errors import ModelError
from comine.models.geotherms import Layer, Layered, Log, Straight
from comine.models.indicators import SiteValues
from comine.models.ore import Ore
from comine.models.rock import Rock
from comine.models.site import Block, Site, Stress
from comine.physics.power import plant_state
from comine.stages.assess import assess
from comine.tables import Table

ZERO = 273.15
ROCK = Rock(
    conductivity=3.0,
    density=2650.0,
    heat_capacity=850.0,
    young_modulus=50e9,
    poisson_ratio=0.25,
    expansion=8e-6,
    strength=150e6,
    tensile_strength=8e6,
)
ORE = Ore(metal="gold", tonnage=40e9, grade=4e-6, recovery=0.9, price=5.5e5)


def place(geotherm, rock=ROCK, top=2000.0, bottom=4000.0, reference=ZERO + 60):
    return Site(
        longitude=120.0,
        latitude=37.0,
        position_uncertainty=100.0,
        surface_temperature=ZERO + 13,
        geotherm=geotherm,
        rock=rock,
        stress=Stress(vertical_gradient=27e3, major_ratio=1.45, minor_ratio=0.9),
        block=Block(
            area=4e6, top=top, bottom=bottom, reference_temperature=reference, recovery=0.05
        ),
    )


def run(site, mine=None, heat=None, siting=None):
    project = SimpleNamespace(
        site=site, mine=mine, heat=heat or {}, siting=siting or SiteValues(), years=30
    )
    return assess(project, None, {})


STRAIGHT = place(Straight(gradient=0.04))


def row(got, id):
    return {
        name: got[f"indicator_{name}"].sel(criterion=id).item()
        for name in ("value", "origin", "low", "high")
    }


def test_profile_and_gradient_of_a_straight_line():
    got = run(STRAIGHT)
    assert got.z.values.tolist() == np.arange(0.0, 4001.0, 50.0).tolist()
    assert got.temperature.values == pytest.approx(ZERO + 13 + 0.04 * got.z.values)
    assert float(got.temperature_2km) == pytest.approx(ZERO + 93)
    assert float(got.gradient) == pytest.approx(0.04)
    assert float(got.depth_150) == pytest.approx(137 / 0.04)
    assert float(got.depth_200) == pytest.approx(187 / 0.04)


def test_profile_goes_down_to_a_deep_block():
    assert run(place(Straight(gradient=0.03), bottom=5020.0)).z.values[-1] == 5050.0


def test_isotherms_beyond_reach_are_absent_and_poor():
    got = run(place(Straight(gradient=0.0137)))
    assert float(got.depth_150) == pytest.approx(10_000.0)
    assert "depth_200" not in got
    beyond = {"value": "deeper than 10 km", "origin": "computed", "low": 3.0, "high": 3.0}
    assert row(got, "T.drill200") == beyond


def test_isotherm_of_a_bent_geotherm_is_on_it():
    geotherm = Layered(
        heat_flow=0.08,
        layers=(
            Layer(thickness=1500.0, conductivity=2.2, heat_production=1e-6),
            Layer(thickness=3000.0, conductivity=3.2, heat_production=3e-6),
        ),
    )
    got = run(place(geotherm))
    assert float(geotherm.temperature(float(got.depth_150), ZERO + 13)) == pytest.approx(ZERO + 150)


def test_log_is_asked_only_as_deep_as_it_goes():
    table = Table(columns={"depth": (0.0, 1930.0), "temperature": (ZERO + 13, ZERO + 80)})
    got = run(place(Log(log=table), top=1000.0, bottom=1900.0))
    assert got.z.values[-1] == 1900.0
    assert "temperature_2km" not in got
    assert row(got, "R.depth150") == {"value": "", "origin": "unknown", "low": 3.0, "high": 9.0}


def test_block_below_a_log_is_refused():
    table = Table(columns={"depth": (0.0, 1500.0), "temperature": (ZERO + 13, ZERO + 80)})
    with pytest.raises(ModelError, match="gradient_below"):
        run(place(Log(log=table)))


def test_heat_in_place_by_hand():
    got = run(STRAIGHT)
    # 8 km³ at a mean of 133 °C, counted down to 60 °C
    heat = 8e9 * 2650 * 850 * 73
    assert float(got.block_temperature) == pytest.approx(ZERO + 133)
    assert float(got.heat_in_place) == pytest.approx(heat)
    assert float(got.recoverable_heat) == pytest.approx(0.05 * heat)


def test_pore_water_counts():
    porous = ROCK.model_copy(update={"porosity": 0.1})
    got = run(place(Straight(gradient=0.04), porous))
    capacity = 0.9 * 2650 * 850 + 0.1 * 4.0e6
    assert float(got.heat_in_place) == pytest.approx(8e9 * capacity * 73)


def test_rock_colder_than_the_reference_counts_for_nothing():
    got = run(place(Straight(gradient=0.04), reference=ZERO + 133))
    # upper half colder; lower half 20 K above on average
    assert float(got.heat_in_place) == pytest.approx(4e9 * 2650 * 850 * 20)
    cold = run(place(Straight(gradient=0.04), reference=ZERO + 200))
    assert float(cold.heat_in_place) == 0.0


def test_ore():
    got = run(STRAIGHT, mine=SimpleNamespace(ore=ORE))
    assert float(got.ore_tonnage) == 40e9
    assert float(got.metal) == pytest.approx(160e3)
    assert "metal" not in run(STRAIGHT)


def test_computed_indicators():
    got = run(
        STRAIGHT, heat={"a": SimpleNamespace(depth=2000.0), "b": SimpleNamespace(depth=3000.0)}
    )
    assert row(got, "R.tfrac")["value"] == "133 °C"
    assert row(got, "R.gradient") == {
        "value": "40 K/km",
        "origin": "computed",
        "low": 3.0,
        "high": 3.0,
    }
    assert row(got, "R.depth150")["value"] == "3.425 km"
    # (3 x 0.9 - 1.45) x 81 + 8 - 2 x 29.42 MPa at 3 km
    surplus = 1.25 * 81 + 8 - 2 * 9.80665 * 3
    assert row(got, "T.pfrac")["value"] == f"{surplus:.4g} MPa"
    assert row(got, "T.life")["origin"] == "unknown"


def test_power_potential_by_hand():
    got = run(STRAIGHT)
    per_flow = float(plant_state(ZERO + 133, 288.15, "subcritical_orc").power)
    efficiency = per_flow / (4186 * 118)
    assert 0.03 < efficiency < 0.06
    power = efficiency * float(got.recoverable_heat) / (30 * 365.25 * 86400)
    assert row(got, "R.power")["value"] == f"{power / 1e6:.4g} MW"


@pytest.mark.parametrize(
    ("gradient", "expected"), [(0.02, ("0 MW", "computed")), (0.085, ("", "unknown"))]
)
def test_power_potential_outside_of_what_plants_can(gradient, expected):
    found = row(run(place(Straight(gradient=gradient))), "R.power")
    assert (found["value"], found["origin"]) == expected


def test_without_heat_systems_their_indicators_are_unknown():
    got = run(STRAIGHT)
    assert row(got, "R.tfrac") == {"value": "", "origin": "unknown", "low": 3.0, "high": 9.0}


def test_typed_value_rules_and_the_contradiction_is_named():
    siting = SiteValues(gradient=0.05, pga=0.1 * 9.80665, construction="good")
    got = run(STRAIGHT, siting=siting)
    assert row(got, "R.gradient") == {
        "value": "50 K/km",
        "origin": "typed",
        "low": 6.0,
        "high": 6.0,
    }
    assert row(got, "S.pga")["value"] == "0.1 g"
    assert row(got, "E.construct") == {"value": "good", "origin": "typed", "low": 9.0, "high": 9.0}
    assert "R.gradient: typed 0.05 K/m" in got.contradictions.item()
    assert run(STRAIGHT).contradictions.item() == ""


def test_typed_values_that_disagree_among_themselves_are_named():
    siting = SiteValues(intensity=7, pga=0.2 * 9.80665)
    assert "belongs to intensity 8" in run(STRAIGHT, siting=siting).contradictions.item()


def test_score_is_an_interval_that_what_is_known_narrows():
    less, more = run(STRAIGHT), run(STRAIGHT, siting=SiteValues(water="good", grid="good"))
    for got in (less, more):
        assert 3 <= float(got.score_low) <= float(got.score_mid) <= float(got.score_high) <= 9
        width = float(got.score_high - got.score_low)
        assert width == pytest.approx(6 * (1 - float(got.score_coverage)))
        weights = got.indicator_weight.values
        assert weights.sum() == pytest.approx(1.0)
        assert float((weights * got.indicator_low.values).sum()) == pytest.approx(
            float(got.score_low)
        )
    assert float(more.score_coverage) > float(less.score_coverage)


def test_every_indicator_of_the_project_is_taken_over():
    siting = SiteValues(
        intensity=6, pga=0.5, distance=3000.0, depth150=3500.0, tfrac=430.0, gradient=0.04,
        lithology="good", area=2e8, recoverable=1e17, power=2e7, drill200=4700.0, stress="medium",
        pfrac=2e7, natfrac="poor", volume=1.5e9, life=1e9, land="good", construction="good",
        water="good", grid="good",
    )  # fmt: skip
    got = run(STRAIGHT, siting=siting)
    assert set(got.indicator_origin.values) == {"typed"}
    assert float(got.score_coverage) == pytest.approx(1.0)
    assert "" not in got.indicator_value.values


def test_texts_survive_a_file(tmp_path):
    got = run(STRAIGHT)
    got.to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    back = xr.load_dataset(tmp_path / "a.nc", engine="h5netcdf")
    assert back.indicator_name_zh.values.tolist() == got.indicator_name_zh.values.tolist()
    assert back.contradictions.item() == ""
