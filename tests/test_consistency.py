"""What cannot be is refused before anything runs, by the key that is to be changed."""

import os

import pytest
from pydantic import ValidationError

from comine import Project, run
from comine.errors import Fault, ModelError, ProjectError
from tests.data import SMALL

IMPOSSIBLE = [
    ({"years": 1}, "mine.mining.start", "no ore is mined within the study"),
    ({"heat.zone.start": "3 year"}, "heat.zone.start", "is after the end of the study"),
    ({"heat.zone.inlet_temperature": "200 degC"}, "heat.zone.inlet_temperature", "can give it no"),
    ({"heat.zone.inlet_temperature": "-3 degC"}, "heat.zone.inlet_temperature", "at least 0 degC"),
    ({"heat.zone.depth": "14 km"}, "heat.zone.depth", "water is a liquid up to 350 degC"),
    ({"heat.fan.ring_spacing": "1 mm"}, "heat.fan", "5000 at most can be computed"),
    (
        {"site.block.reference_temperature": "99 degC"},
        "site.block.reference_temperature",
        "no heat",
    ),
    ({"site.block.bottom": "900 m"}, "site.block", "bottom must lie below top"),
    ({"site.stress.major_ratio": 0.5}, "site.stress", "minor_ratio must not exceed major_ratio"),
    ({"site.surface_temperature": "14 K"}, "site.surface_temperature", "at least -60 degC"),
    ({"mine.layout.bottom_level": "1503 m"}, "mine.layout", "the levels are 3 m apart"),
    ({"mine.layout.top_level": "15 m"}, "mine.layout", "top_level must be deeper than 15 m"),
    (
        {"mine.ventilation.wet_bulb_limit": "9 degC"},
        "mine.ventilation.wet_bulb_limit",
        "must be above cooling.supply_temperature",
    ),
    ({"mine.cooling.supply_temperature": "-4 degC"}, "mine.cooling.supply_temperature", "0 degC"),
    ({"mine.cooling.water_temperature": "40 degC"}, "mine.cooling", "must be below supply"),
    ({"mine.cooling.return_temperature": "1 degC"}, "mine.cooling", "return_temperature must be"),
    ({"mine.cooling.condensing_temperature": "1 degC"}, "mine.cooling", "condensing_temperature"),
]
BARRED = ("a\x00b", "a\nb", "a:b", "a|b", "<b>", "a?", "*", 'a"b', " a")
FROST = {"dry_bulb": [250.0] * 11 + [220.0], "relative_humidity": [0.5] * 12}
FOG = {"dry_bulb": [280.0] * 12, "relative_humidity": [0.5] * 11 + [1.2]}


@pytest.fixture(scope="module")
def project():
    return Project.load(SMALL).replace({"heat.zone.start": "0 year"})


@pytest.mark.parametrize(("changes", "key", "said"), IMPOSSIBLE, ids=lambda part: str(part)[:40])
def test_what_cannot_be_is_refused_at_its_key(project, changes, key, said):
    with pytest.raises(ProjectError) as caught:
        project.replace(changes)
    faults = {fault.key: str(fault) for fault in caught.value.faults}
    assert said in faults[key]


@pytest.mark.parametrize(("columns", "said"), [(FROST, "-53.15 degC"), (FOG, "120 percent")])
def test_air_that_cannot_be_is_refused(project, columns, said):
    with pytest.raises(ProjectError, match=said) as caught:
        project.replace({"site.climate.monthly": {"columns": columns}})
    assert caught.value.faults[0].key == "site.climate"


def test_depths_below_a_log_are_refused(project):
    log = {"columns": {"depth": [0.0, 1600.0], "temperature": [290.0, 335.0]}}
    geotherm = {"kind": "log", "log": log}
    with pytest.raises(ProjectError) as caught:
        project.replace({"site.geotherm": geotherm})
    keys = {fault.key for fault in caught.value.faults}
    assert keys == {"site.block.bottom", "heat.fan.depth", "heat.zone.depth"}
    assert "give site.geotherm.gradient_below" in str(caught.value)
    assert project.replace({"site.geotherm": geotherm | {"gradient_below": 0.03}})


def test_a_system_that_no_strategy_uses_may_begin_late(project):
    changes = {"strategies.heat.heat": ["zone"], "strategies.comine.heat": ["zone"]}
    assert project.replace(changes | {"heat.fan.start": "50 year"})


@pytest.mark.parametrize("name", BARRED)
def test_names_that_no_file_can_have_are_refused(project, name):
    tree = project.model_dump(mode="json", exclude={"uncertain", "sources"})
    tree["strategies"][name] = {"mine": True}
    with pytest.raises(ValidationError, match="String should match pattern"):
        Project.model_validate(tree)


def test_a_fault_is_one_line_of_plain_text():
    assert str(Fault("a.toml", "b\n\x1b[31m", "is wrong")) == "a.toml: b\\x0a\\x1b[31m: is wrong"


def test_names_that_differ_in_case_only_are_refused(project):
    tree = project.model_dump(mode="json", exclude={"uncertain", "sources"})
    tree["strategies"]["Passive"] = {"mine": True}
    with pytest.raises(ValidationError, match=r"strategies\.Passive: differs .* got 'passive'"):
        Project.model_validate(tree)


def test_a_circuit_that_no_pump_drives_is_refused(project):
    with pytest.raises(ModelError, match=r"heat\.zone: the water would need .* MPa to circulate"):
        run(project.replace({"heat.zone.aperture": 1e-6}))


@pytest.mark.parametrize("flow", [1e4, 2.0])
def test_air_beyond_the_range_of_the_model_is_named(project, flow):
    with pytest.raises(ModelError, match=r"finds no state within the range|leaves the range"):
        run(project.replace({"mine.ventilation.level_flow": flow}))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"dry_bulb": [280.0] * 12}, "wants the columns dry_bulb"),
        ({"dry_bulb": [280.0] * 12, "relative_humidity": [0.5] * 11}, "wants 12 rows in every"),
        ({"dry_bulb": [280.0] * 24, "relative_humidity": [0.5] * 24}, "wants 12 rows in every"),
    ],
)
def test_a_table_given_in_place_of_a_file_is_whole(project, columns, said):
    with pytest.raises(ProjectError, match=said):
        project.replace({"site.climate.monthly": {"columns": columns}})


@pytest.mark.skipif(os.name != "posix", reason="devices")
def test_files_that_never_end_are_refused():
    with pytest.raises(ProjectError, match="not a plain file"):
        Project.load("/dev/zero")
