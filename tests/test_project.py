"""What a project file declares, and every way in which it can be wrong."""
# ruff: noqa: E501

import json
import tomllib

import jsonschema
import pytest
from pydantic import ValidationError

from comine import Project
from comine.errors import ProjectError
from comine.kinds import parts, parts_named, schema
from comine.models.base import kinds
from comine.models.heat_systems import HeatSystem
from comine.starters import write
from tests.data import FOLDER, SMALL

TEXT = SMALL.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project():
    return Project.load(SMALL)


@pytest.fixture
def faults_of(tmp_path):
    """Faults of the small project with pieces of its text replaced."""

    def faults(*changes, text=TEXT):
        for old, new in changes:
            assert text.count(old) >= 1, old
            text = text.replace(old, new, 1)
        (tmp_path / "small_climate.csv").write_bytes((FOLDER / "small_climate.csv").read_bytes())
        file = tmp_path / "project.toml"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ProjectError) as caught:
            Project.load(file)
        return caught.value.faults

    return faults


def test_numbers_arrive_in_si(project):
    assert project.site.surface_temperature == pytest.approx(287.15)
    assert project.site.geotherm.gradient == pytest.approx(0.031)
    assert project.mine.ore.price == pytest.approx(550e3)
    assert project.finance.processing_cost == pytest.approx(20 * 7.1 / 1000)
    assert project.finance.shaft_cost == pytest.approx(80e3)
    assert project.site.climate.monthly["dry_bulb"][6] == pytest.approx(300.15)
    assert list(project.heat) == ["fan", "zone"]


def test_distributions_and_sources_go_to_their_registers(project):
    assert {path: d.shape for path, d in project.uncertain.items()} == {
        "site.geotherm.gradient": "between",
        "site.rock.conductivity": "normal",
        "site.block.recovery": "lognormal",
        "mine.ore.price": "triangular",
    }
    assert project.uncertain["site.geotherm.gradient"].parameters == pytest.approx((0.028, 0.034))
    assert project.sources["site.rock.conductivity"].label == "measured"
    assert project.sources["site.rock.conductivity"].year == 2021


def test_a_project_survives_json(project):
    again = Project.model_validate_json(project.model_dump_json())
    assert again == project


def test_a_folder_stands_for_its_project_file(tmp_path):
    file = write(tmp_path / "a", "heat")
    assert Project.load(tmp_path / "a") == Project.load(file)


def test_replace_gives_a_changed_copy(project):
    other = project.replace({"site.block.area": "3 km**2", "years": 5, "site.inflow": None})
    assert (other.site.block.area, other.years, other.site.inflow) == (3e6, 5, None)
    assert project.site.block.area == 2e6
    assert other.replace({"site.block.area": 2e6, "years": 3, "site.inflow": 5.0}) == project


def test_replace_drops_what_was_known_of_the_old_number(project):
    other = project.replace({"site.rock.conductivity": "3.1 W/m/K"})
    assert set(project.uncertain) - set(other.uncertain) == {"site.rock.conductivity"}
    assert set(project.sources) - set(other.sources) == {"site.rock.conductivity"}
    range_ = {"between": ["2 W/m/K", "4 W/m/K"], "label": "assumption"}
    again = other.replace({"site.rock.conductivity": range_})
    assert again.site.rock.conductivity == 3.0
    assert again.uncertain["site.rock.conductivity"].parameters == (2.0, 4.0)


def test_replace_reaches_into_lists(tmp_path):
    project = Project.load(write(tmp_path / "a", "heat"))
    other = project.replace({"site.geotherm.layers.1.conductivity": "3 W/m/K"})
    assert other.site.geotherm.layers[1].conductivity == 3.0
    assert other.site.geotherm.layers[0] == project.site.geotherm.layers[0]


@pytest.mark.parametrize(
    ("path", "value", "key", "said"),
    [
        ("site.blok.area", 1, "site.blok", "did you mean 'block'?"),
        ("site.block.aera", 1, "site.block.aera", "did you mean 'area'?"),
        ("years.x", 1, "years.x", "nothing lies below this key"),
        ("mine.layout.levels", 0, "mine.layout.levels", "must be at least 1; got 0"),
        ("site.block.area", "3 kg", "site.block.area", "'kg' does not convert to m**2"),
        ("site.block.area", "3 XAU", "site.block.area", "unknown unit"),
    ],
)
def test_replace_refuses_what_is_no_project(project, path, value, key, said):
    with pytest.raises(ProjectError) as caught:
        project.replace({path: value})
    (fault,) = caught.value.faults
    assert fault.key == key
    assert said in str(fault)


def test_replace_knows_the_currencies(project):
    assert project.replace({"mine.ore.price": "70 USD/g"}).mine.ore.price == pytest.approx(497e3)


FAULTY = [
    # the fault, the change, the key, what is said
    ("missing unit", ('depth = "1700 m"', "depth = 1700"), "heat.fan.depth", "no unit; got 1700"),
    ("text without unit", ('"1700 m"', '"1700"'), "heat.fan.depth", "no unit; got '1700'"),
    ("wrong dimension", ('"1700 m"', '"1700 kg"'), "heat.fan.depth", "'kg' does not convert to m"),
    ("negative length", ('"1700 m"', '"-1700 m"'), "heat.fan.depth", "must be above 0 m; got -1700 m"),
    ("huge whole number", ('"1700 m"', "1" + "0" * 400), "heat.fan.depth", "not a finite number"),
    ("truth for a count", ("years = 3", "years = true"), "years", "must be a whole number; got true"),
    ("unknown label", ('"1700 m"', '{ value = "1700 m", label = "guess" }'), "heat.fan.depth.label", "there is measured, published"),
    ("a date", ('"1700 m"', "2020-01-01"), "heat.fan.depth", "a number is wanted; got 2020-01-01"),
    ("not a number", ('"1700 m"', "nan"), "heat.fan.depth", "not a finite number; got nan"),
    ("infinite", ('"1700 m"', '"inf m"'), "heat.fan.depth", "not a finite number"),
    ("a truth", ('"1700 m"', "true"), "heat.fan.depth", "a number is wanted; got true"),
    ("a list", ('"1700 m"', "[1]"), "heat.fan.depth", "a number is wanted"),
    ("mistyped unit", ('"1700 m"', '"1700 metr"'), "heat.fan.depth", "unknown unit 'metr'"),
    ("mistyped key", ("hole_length", "hole_lenth"), "heat.fan.hole_lenth", "did you mean 'hole_length'?"),
    ("foreign key", ("years = 3", "years = 3\nqqq = 1"), "qqq", "unknown key; got 1; there is name"),
    ("missing table", ("[mine.ore]", "[unknown.ore]"), "mine.ore", "is required and not given"),
    ("missing key", ("levels = 2\n", ""), "mine.layout.levels", "not given; add levels = 1"),
    ("missing price", ('well_cost = "8 kCNY/m"', ""), "finance.well_cost", 'add well_cost = "12 CNY/m"'),
    ("unknown kind", ('"fan-boreholes"', '"fan-borehole"'), "heat.fan.kind", "did you mean 'fan-boreholes'?"),
    ("no kind", ('kind = "cut-and-fill"\n', ""), "mine.mining.kind", "no kind is named; there is cut-and-fill"),
    ("family no table", ("[heat.fan]", "[heat]\nfan = 3\n[heat.fon]"), "heat.fan", "must be a table; got 3"),
    ("unknown choice", ('"wells"\nflow', '"well"\nflow'), "heat.zone.reached_by", "did you mean 'wells'?"),
    ("too hot", ("poisson_ratio = 0.25", "poisson_ratio = 0.5"), "site.rock.poisson_ratio", "below 0.5"),
    ("bound in degC", ('supply_temperature = "60 degC"', 'supply_temperature = "5 degC"'),
     "sinks.town.supply_temperature", "must be above 20 degC; got 5 degC"),
    ("not whole", ("years = 3", "years = 2.5"), "years", "must be a whole number; got 2.5"),
    ("number for text", ('name = "Small deep mine"', "name = 3"), "name", "must be text; got 3"),
    ("text for truth", ("mine = false", 'mine = "no way"'), "strategies.heat.mine", "true or false"),
    ("text for list", ('heat = ["fan"]', 'heat = "fan"'), "strategies.comine.heat", "must be a list"),
    ("text for table", ("[mine.ore]", "[mine]\nore = 3\n[mine.x]"), "mine.ore", "must be a table; got 3"),
    ("empty name", ('"Small deep mine"', '""'), "name", "is too short"),
    ("currency", ('"CNY"', '"RMB"'), "money.currency", "there is CNY, USD"),
    ("rate", ("USD = 7.1", "USD = 0"), "money.rates.USD", "must be above 0; got 0"),
    ("no rate", ('"20 USD/t"', '"20 EUR/t"'), "finance.processing_cost", "no exchange rate for EUR"),
    ("name with a dot", ("[heat.zone]", '[heat."a.b"]'), "heat.a.b", "is not a usable name"),
    ("reserved name", ("[strategies.passive]", "[strategies.assess]"), "strategies.assess", "is taken"),
    ("no such system", ('["fan"]', '["fen"]'), "strategies.comine.heat", "got 'fen'; did you mean 'fan'?"),
    ("roadway without mine", ('["zone"]', '["fan"]'), "strategies.heat.heat", "reached from a roadway"),
    ("empty strategy", ('mine = false\nheat = ["zone"]', "mine = false"), "strategies.heat", "neither"),
    ("perimeter", ('perimeter = "16 m"', 'perimeter = "1.6 m"'), "mine.layout.drift", "less than a circle"),
    ("no climate", ('[site.climate]\nmonthly = "small_climate.csv"\npressure = "101 kPa"\n', ""), "site.climate", "required where there is a mine"),
    ("no such table", ("small_climate.csv", "nix.csv"), "site.climate.monthly", "cannot be read"),
    ("register", ("[unknown]", "[uncertain]"), "uncertain", "is filled by the reader"),
    ("range falls", ('["28 K/km", "34 K/km"]', '["34 K/km", "28 K/km"]'), "site.geotherm.gradient", "must rise"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "key", "said"), [f[1:] for f in FAULTY], ids=[f[0] for f in FAULTY]
)
def test_each_fault_is_named_with_key_and_cure(faults_of, change, key, said):
    faults = [fault for fault in faults_of(change) if fault.key == key]
    assert len(faults) == 1, faults
    assert said in str(faults[0])
    assert faults[0].file == "project.toml"


def test_the_line_of_the_key_is_given(faults_of):
    (fault,) = faults_of(('depth = "1700 m"', "depth = 1700"))
    lines = TEXT.splitlines()
    assert lines[fault.line - 1] == 'depth = "1700 m"'
    assert str(fault).startswith(f"project.toml:{fault.line}: heat.fan.depth: no unit")
    (inside,) = faults_of(('downcast = { area = "38 m**2"', "downcast = { area = 38"))
    assert lines[inside.line - 1].startswith("downcast")


def test_lines_in_arrays_of_tables(faults_of):
    text = TEXT.replace(
        'geotherm = { kind = "gradient", gradient = { between = ["28 K/km", "34 K/km"], label = "assumption" } }',
        "",
    ) + (
        '[site.geotherm]\nkind = "layers"\nheat_flow = "60 mW/m**2"\n'
        '[[site.geotherm.layers]]\nthickness = "1 km"\nconductivity = "3 W/m/K"\n'
        'heat_production = "1 uW/m**3"\n'
        '[[site.geotherm.layers]]\nthickness = "1 kg"\nconductivity = "3 W/m/K"\n'
        'heat_production = "1 uW/m**3"\n'
    )  # fmt: skip
    (fault,) = faults_of(text=text)
    assert fault.key == "site.geotherm.layers.1.thickness"
    assert text.splitlines()[fault.line - 1] == 'thickness = "1 kg"'


def test_all_faults_come_at_once_in_the_order_of_the_file(faults_of):
    faults = faults_of(
        ("years = 3", "years = 0"),
        ("density", "densty"),
        ("small_climate.csv", "nix.csv"),
        ('"1700 m"', '"1700 kg"'),
        ('["fan"]', '["fen"]'),
        ("[unknown]", "[sources]"),
    )
    keys = [fault.key for fault in faults if fault.file == "project.toml"]
    expected = {"years", "site.rock.density", "site.rock.densty", "site.climate.monthly"}
    assert set(keys) == expected | {"heat.fan.depth", "strategies.comine.heat", "sources"}
    assert len(keys) == len(set(keys))
    lines = [fault.line for fault in faults if fault.line]
    assert lines == sorted(lines)
    assert [fault.wrong for fault in faults if fault.file == "nix.csv"]


def test_a_wrong_currency_is_said_once(faults_of):
    assert [f.key for f in faults_of(('"CNY"', '"CNX"'))] == ["money.currency"]


def test_the_parts_of_a_faulty_file_are_still_checked_against_each_other(faults_of):
    keys = {f.key for f in faults_of(("years = 3", "years = 0"), ('["zone"]', '["fan"]'))}
    assert keys == {"years", "strategies.heat.heat"}
    keys = {f.key for f in faults_of(('depth = "1700 m"', "depth = 1700"))}
    assert keys == {"heat.fan.depth"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"# only a remark\n", "is empty"),
        (b"name = \xff\n", "is not UTF-8 text"),
        (b"name =\n", "is not TOML"),
        (b"name = 'a'\nname = 'b'\n", "is not TOML"),
        (b"a = " + b"[" * 100_000, "is not TOML"),
        (b"a = " + b"9" * 5000, "is not TOML"),
        (b"#" * 5_000_001, "is too large"),
        (None, "cannot be read"),
    ],
    ids=["empty", "remark", "latin", "torn", "twice", "deep", "digits", "large", "absent"],
)
def test_files_that_are_no_project(tmp_path, content, said):
    file = tmp_path / "project.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ProjectError) as caught:
        Project.load(file)
    assert said in str(caught.value)
    assert str(file) in str(caught.value)


def test_ten_thousand_lines_of_nonsense(faults_of):
    nonsense = "".join(f"key{number} = {number}\n" for number in range(10_000))
    faults = faults_of(text=nonsense + TEXT)
    assert len(faults) == 10_000
    assert faults[-1].line == 10_000


def test_python_callers_meet_the_same_checks(project):
    data = project.model_dump() | {"strategies": {"heat": {"mine": False, "heat": ["fen"]}}}
    with pytest.raises(
        ValidationError, match=r"strategies.heat.heat: no such heat system; got 'fen'"
    ):
        Project.model_validate(data)


def test_the_table_of_kinds_is_complete():
    every = list(parts())
    for family in ("Layout", "Geotherm", "HeatSystem", "Sink", "Cooling", "Mining", "Finance"):
        assert [part for part in every if part.family == family], family
    told = {part.kind for part in every if part.family == "HeatSystem"}
    assert told == set(kinds(HeatSystem))
    fan = next(part for part in every if part.kind == "fan-boreholes")
    depth = next(p for p in fan.parameters if p.name == "depth")
    assert (fan.path, depth.unit, depth.default) == ("heat.NAME", "m", "required")
    assert depth.takes == "number, above 0"
    assert depth.doc == "Of the middle of the exchanging rock."


def test_kinds_are_found_by_family_kind_or_path():
    assert {part.path for part in parts_named("HeatSystem")} == {"heat.NAME"}
    assert [part.kind for part in parts_named("ice")] == ["ice"]
    assert [part.path for part in parts_named("site.rock")] == ["site.rock"]
    with pytest.raises(ProjectError, match="did you mean 'layout'"):
        parts_named("layuot")


@pytest.mark.parametrize("source", ["small", "mine", "heat"])
def test_the_schema_accepts_real_projects(tmp_path, source):
    file = SMALL if source == "small" else write(tmp_path / source, source)
    tree = tomllib.loads(file.read_text(encoding="utf-8"))
    rules = schema()
    jsonschema.Draft202012Validator.check_schema(rules)
    jsonschema.validate(tree, rules)
    json.dumps(rules)


@pytest.mark.parametrize(
    "change",
    [
        ("years = 3", "years = 0"),
        ('depth = "1700 m"', "depth = 1700"),
        ("hole_length", "hole_lenth"),
        ('"fan-boreholes"', '"fan-borehole"'),
        ('"CNY"', '"RMB"'),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(change):
    tree = tomllib.loads(TEXT.replace(*change, 1))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tree, schema())
