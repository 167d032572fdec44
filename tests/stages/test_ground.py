from types import SimpleNamespace

import numpy as np
import pytest

from comine.fields import merged
from comine.models.geotherms import Straight
from comine.models.rock import Rock
from comine.models.site import Block, Site, Stress
from comine.models.strategy import Strategy
from comine.stages.ground import MONTH, ground
from comine.stages.promises import BUILD, OPERATE_HEAT, OPERATE_MINE
from tests.cases import case, load_case

ZERO = 273.15
OPERATE = merged(OPERATE_MINE, OPERATE_HEAT)
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
LEVELS = np.array([1000.0, 2000.0])


def site(stress=(27e3, 1.45, 1.0), rock=ROCK):
    gradient, major, minor = stress
    return Site(
        longitude=120.0,
        latitude=37.0,
        position_uncertainty=100.0,
        surface_temperature=ZERO + 13,
        geotherm=Straight(gradient=0.03),
        rock=rock,
        stress=Stress(vertical_gradient=gradient, major_ratio=major, minor_ratio=minor),
        block=Block(area=1e6, top=2e3, bottom=4e3, reference_temperature=ZERO + 60, recovery=0.05),
    )


def walls(celsius):
    temperature = np.asarray(celsius, dtype=float) + ZERO
    years = np.arange(1, len(temperature) + 1)
    return OPERATE.dataset({"year": years, "z": LEVELS}, wall_temperature=temperature)


def run(place, operate, strategy=None, build=None, heat=None):
    layout = SimpleNamespace(level_depths=LEVELS)
    project = SimpleNamespace(site=place, mine=SimpleNamespace(layout=layout), heat=heat or {})
    done = {"operate": operate, "build": BUILD.dataset({}) if build is None else build}
    return ground(project, strategy or Strategy(), done)


VIRGIN = [[43.0, 73.0]]


def test_stress_grows_with_depth_by_the_site():
    got = run(site(), walls(VIRGIN))
    assert got.vertical_stress.values == pytest.approx([27e6, 54e6])
    assert got.major_stress.values == pytest.approx([39.15e6, 78.3e6])
    assert got.minor_stress.values == pytest.approx([27e6, 54e6])
    assert got.z.values.tolist() == LEVELS.tolist()


def test_roof_of_the_worse_drift_by_hand():
    got = run(site(), walls(VIRGIN))
    # 3 x 39.15 - 27 MPa, drift along the lesser horizontal stress
    assert got.wall_stress.values[0] == pytest.approx([90.45e6, 180.9e6])
    assert set(got.worst_drift.values) == {"along the lesser horizontal stress"}
    # the observation that the ratio to 150 MPa passes 0.6 at 1 km and 1.2 at 2 km
    assert got.wall_stress.values[0] / 150e6 == pytest.approx([0.603, 1.206])


def test_where_the_overburden_rules_the_drift_along_the_greater_stress_is_worse():
    got = run(site((27e3, 0.8, 0.5)), walls(VIRGIN))
    assert set(got.worst_drift.values) == {"along the greater horizontal stress"}
    assert got.wall_stress.values[0] == pytest.approx([27e6 * 2.5, 54e6 * 2.5])


def test_cooling_relieves_the_wall_and_heating_loads_it():
    got = run(site(), walls([[13.0, 73.0], [43.0, 83.0]]))
    # 50 GPa x 8e-6 /K x 30 K / 0.75 = 16 MPa
    assert got.thermal_stress.values == pytest.approx(
        np.array([[-16e6, 0.0], [0.0, 16e6 / 3]]), abs=1e-3
    )
    virgin = run(site(), walls(VIRGIN * 2)).wall_stress
    assert (got.wall_stress - virgin).values == pytest.approx(got.thermal_stress.values)


def test_levels_that_are_not_open_are_gaps():
    got = run(site(), walls([[np.nan, 70.0], [np.nan, np.nan]]))
    assert np.isnan(got.wall_stress.values).tolist() == [[True, False], [True, True]]
    assert np.isnan(got.burst_class.values[:, 0, 0]).all()
    assert np.isfinite(got.burst_class.values[:, 0, 1]).all()
    assert float(got.worst_votes) == float(got.burst_votes[0, 1])


def test_no_open_level_no_vote():
    assert "worst_votes" not in run(site(), walls([[np.nan, np.nan]]))


@case("engineering/A09_rockburst_indices")
def test_classes_of_the_reference_rock():
    reference = load_case("engineering/A09_rockburst_indices")
    given, expected = reference["inputs"], reference["expected"]
    rock = ROCK.model_copy(
        update={"strength": given["UCS_MPa"] * 1e6, "young_modulus": given["Es_MPa"] * 1e6}
    )
    # greatest far stress 75 MPa at the lower level, as in the case
    place = site((given["sigma_1_MPa"] * 1e6 / 2000 / 1.25, 1.25, 0.8), rock)
    got = run(place, walls([[43.0, 73.0]])).isel(year=0, z=1)
    classes = {name: float(got.burst_class.sel(criterion=name)) for name in got.criterion.values}
    assert (classes["tao"], expected["class_tao"].startswith("strong")) == (3, True)
    assert (classes["barton"], expected["class_barton_srf"].startswith("heavy")) == (3, True)
    assert (classes["elastic_energy"], expected["class_PES"].startswith("very high")) == (3, True)
    assert float(got.wall_stress) == pytest.approx(3 * 75e6 - 60e6)
    assert (classes["russenes"], expected["class_russenes"]) == (3, "strong")
    # hoop 165 and axial 48 MPa over 150 MPa
    assert classes["turchaninov"] == 3
    assert float(got.burst_votes) == 6


def test_shallow_strong_rock_gets_few_votes():
    quiet = site((27e3, 0.6, 0.5), ROCK.model_copy(update={"strength": 300e6}))
    got = run(quiet, walls(VIRGIN))
    # hoop 3 x 27 - 13.5 = 67.5 MPa: ratio 0.225, Russenes weak, Hoek none
    first = got.burst_class.isel(year=0, z=0)
    assert float(first.sel(criterion="russenes")) == 1
    assert float(first.sel(criterion="hoek")) == 0
    assert float(first.sel(criterion="tao")) == 1
    assert float(first.sel(criterion="barton")) == 0


def test_cooling_lowers_votes_where_a_class_turns():
    calm = site((20e3, 1.0, 1.0), ROCK.model_copy(update={"strength": 120e6}))
    warm, cold = (
        run(calm, walls([[t, 73.0]])).burst_class.sel(criterion="russenes")[0, 0]
        for t in (43.0, 13.0)
    )
    # hoop 40 MPa over 120 MPa is moderate; less 16 MPa it is weak
    assert (float(warm), float(cold)) == (2.0, 1.0)


def heated(volume, watts, months=24):
    coords = {"system": ["fan", "zone"]}
    build = BUILD.dataset(coords, rock_volume=np.asarray(volume, dtype=float))
    operate = OPERATE.dataset(
        coords | {"month": np.arange(1, months + 1)},
        rock_heat=np.full((months, 2), watts),
        source_temperature=np.array([ZERO + 70, ZERO + 90]),
        inlet_temperature=np.array([ZERO + 20, ZERO + 20]),
    )
    heat = {"fan": SimpleNamespace(depth=2000.0), "zone": SimpleNamespace(depth=2500.0)}
    strategy = Strategy(mine=False, heat=("fan", "zone"))
    return run(site(), operate, strategy, build, heat)


def test_cooled_zone_by_hand():
    got = heated([1e6, 2e6], 1e5)
    cooling = 1e5 * 24 * MONTH / (2650 * 850 * np.array([1e6, 2e6]))
    # two thirds of E alpha dT / (1 - nu), tension
    expected = -2 / 3 * 50e9 * 8e-6 / 0.75 * cooling
    assert got.zone_stress.values == pytest.approx(expected)
    assert "vertical_stress" not in got


def test_cooled_zone_cannot_get_colder_than_the_water():
    got = heated([1e3, 1e3], 1e7)
    expected = -2 / 3 * 50e9 * 8e-6 / 0.75 * np.array([50.0, 70.0])
    assert got.zone_stress.values == pytest.approx(expected)


def test_system_that_cools_no_rock_has_no_stress():
    assert heated([0.0, 1e6], 1e5).zone_stress.values[0] == 0.0


def test_breakdown_pressure_by_hand():
    got = heated([1e6, 1e6], 1e5)
    # 3 x 54 - 78.3 + 8 - 19.6133 MPa at 2 km
    assert float(got.breakdown_pressure[0]) == pytest.approx(72.0867e6)
