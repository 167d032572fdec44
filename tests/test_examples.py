"""The shipped examples, run whole: a few numbers that physics and the public record pin down."""

from pathlib import Path

import pytest
import xarray as xr

import comine

EXAMPLES = Path(__file__).parent.parent / "examples"
CELSIUS = 273.15

# What an answer must lie in to be believed.
EXPECTED = {
    "sanshandao": {
        # The trial mines of Jiaodong have 22-27 °C/km: 57-67 °C at 2 km.
        ("assess", "temperature_2km"): (57 + CELSIUS, 67 + CELSIUS),
        ("assess", "gradient"): (0.022, 0.027),
        # A quarter to a third of the load in a network model of a mine 2 km deep; 0.2-0.5 at most.
        ("passive/operate", "strata_share"): (0.2, 0.5),
        ("passive/operate", "compression_share"): (0.2, 0.5),
        ("passive/operate", "limit_held"): (0.95, 1.0),
        ("comine/operate", "mean_heat_power"): (0.5e6, 20e6),
        # Heat taken leaves less strata heat, and not much less: the rest of the load stays.
        ("comine/operate", "strata_share"): (0.15, 0.5),
        # Water of less than 90 °C makes no power.
        ("heat/use", "power_sold"): (0.0, 0.0),
        ("comine/use", "power_sold"): (0.0, 0.0),
    },
    "gonghe": {
        # 150 °C at 2,500 m, 236 °C at 3,705 m in hole GR1.
        ("assess", "depth_150"): (2450.0, 2550.0),
        ("heat/operate", "first_outlet"): (150 + CELSIUS, 240 + CELSIUS),
        ("heat/use", "power_sold"): (1e15, 2e16),
    },
}


HEADLINES = {
    "sanshandao": {
        ("assess", "assess.temperature_2km"): 334.8,
        ("assess", "assess.heat_in_place"): 2.1662e17,
        ("passive", "operate.peak_cooling"): 2.3428e07,
        ("passive", "operate.cooling_energy"): 2.5085e15,
        ("passive", "operate.strata_share"): 0.23288,
        ("passive", "decide.npv"): 3.3815e10,
        ("passive", "decide.cooling_cost"): 0.010095,
        ("heat", "operate.mean_heat_power"): 5.4729e06,
        ("heat", "operate.first_outlet"): 353.76,
        ("heat", "use.heat_sold"): 2.6095e15,
        ("heat", "decide.npv"): -3.0410e08,
        ("heat", "decide.lcoh"): 3.8882e-07,
        ("comine", "operate.mean_heat_power"): 2.7398e06,
        ("comine", "operate.cooling_energy"): 2.3481e15,
        ("comine", "operate.strata_share"): 0.21713,
        ("comine", "use.heat_sold"): 1.7902e15,
        ("comine", "use.co2_saved"): 1.5959e08,
        ("comine", "decide.npv"): 3.3637e10,
        ("comine", "decide.lcoh"): 3.6897e-07,
    },
    "gonghe": {
        ("assess", "assess.heat_in_place"): 1.0834e20,
        ("assess", "assess.gradient"): 0.062912,
        ("heat", "operate.mean_heat_power"): 3.5119e07,
        ("heat", "operate.first_outlet"): 496.6,
        ("heat", "operate.last_outlet"): 461.83,
        ("heat", "use.power_sold"): 6.6159e15,
        ("heat", "decide.npv"): -3.2484e08,
        ("heat", "decide.lcoe"): 2.4246e-07,
    },
}
"""Headlines as last computed, to 0.2 %: a change is to be explained, not waved through."""


@pytest.fixture(scope="session")
def studies():
    return {name: comine.run(EXAMPLES / name / "project.toml") for name in EXPECTED}


pytestmark = pytest.mark.xdist_group("examples")


@pytest.mark.parametrize(
    ("name", "path", "variable"),
    [(name, *key) for name, rows in EXPECTED.items() for key in rows],
)
def test_headline(studies, name, path, variable):
    low, high = EXPECTED[name][path, variable]
    assert low <= float(studies[name][path][variable]) <= high


def test_rock_at_sanshandao_is_as_warm_as_measured(studies):
    """50-53 °C at 1,500 m; the shaft read 57.4 °C at most at 1,915 to 2,005 m, less than the column
    of borehole LZ gives: the example names that as unknown."""
    temperature = studies["sanshandao"]["assess"].temperature
    assert 50 <= float(temperature.sel(z=1500.0)) - CELSIUS <= 53
    assert 57 <= float(temperature.sel(z=1950.0)) - CELSIUS <= 62


@pytest.mark.parametrize("name", HEADLINES)
def test_headlines_are_what_they_were(studies, name):
    found = studies[name].headlines()
    got = {(place, key): found[place][key]["value"] for place, key in HEADLINES[name]}
    assert got == pytest.approx(HEADLINES[name], rel=2e-3)


@pytest.mark.parametrize("name", EXPECTED)
def test_energy_closes(studies, name):
    assert studies[name].ledger_residual <= 1e-3


def test_heat_taken_relieves_the_mine(studies):
    """Rock cooled by the heat systems gives the air less heat; nothing else of the mine changes."""
    study = studies["sanshandao"]
    passive, both = study["passive/operate"], study["comine/operate"]
    assert float(both.load_strata.sum()) < float(passive.load_strata.sum())
    assert float(both.cooling_energy) < float(passive.cooling_energy)
    machines = [float(each.load_machines.sum()) for each in (both, passive)]
    assert machines[0] == pytest.approx(machines[1], rel=1e-4)  # the fan feels the colder air


def test_heat_alone_has_no_mine(studies):
    operate = studies["sanshandao"]["heat/operate"]
    assert not {"dry_bulb", "cooling", "load_strata", "strata_share"} & set(operate)


def test_study_reloads_equal(studies, tmp_path):
    study = studies["sanshandao"]
    study.save(tmp_path / "study.nc")
    again = comine.Study.load(tmp_path / "study.nc")
    assert again.project == study.project
    assert again.headlines() == study.headlines()
    for path in ("assess", "comine/build", "comine/operate", "passive/decide", "compare"):
        xr.testing.assert_identical(again[path], study[path])


def test_every_project_file_of_the_examples_is_valid():
    files = sorted(EXAMPLES.glob("*/*.toml"))
    assert len(files) >= 3
    for file in files:
        assert comine.Project.load(file).strategies
