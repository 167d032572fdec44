"""What every kind of every family must keep, plug-ins included."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Annotated

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from comine.models.base import Model, OneOf, Slot, kinds
from comine.models.sinks import Stream
from comine.models.value import VALUE, Quantities
from comine.project import Project
from comine.units import Reading
from tests.models.samples import SAMPLES

PLUGIN = Path(__file__).parent.parent / "plugin"


def gather(model, models, families):
    """All models that a project file can name, and all families, in the order of the file."""
    if model in models:
        return
    models.append(model)
    for field in model.model_fields.values():
        slot = Slot.at(field)
        slot = slot.many or slot
        if slot.family and slot.family not in families:
            families.append(slot.family)
            for kind in kinds(slot.family).values():
                gather(kind, models, families)
        elif slot.model and issubclass(slot.model, Model):
            gather(slot.model, models, families)


MODELS, FAMILIES = [], []
gather(Project, MODELS, FAMILIES)
KINDS = [(family, name) for family in FAMILIES for name in kinds(family)]
every_kind = pytest.mark.parametrize(
    ("family", "name"), KINDS, ids=[f"{f.__name__}-{n}" for f, n in KINDS]
)


def sample(family, name, **more):
    kind = kinds(family)[name]
    parameters = SAMPLES.get(family.__name__, {}).get(name)
    assert parameters is not None, f"tests/models/samples.py has no {family.__name__} {name!r}"
    return kind.model_validate(parameters | more, context=Reading("", {"CNY": 1.0}))


# --------------------------------------------------------------------------- what each verb gives


def finite(values, low=-np.inf, high=np.inf):
    values = np.asarray(values, dtype=float)
    assert values.size > 0
    assert np.isfinite(values).all()
    assert values.min() >= low
    assert values.max() <= high


def check_geotherm(geotherm):
    temperature = geotherm.temperature([0.0, 1000.0, 3000.0], 288.15)
    finite(temperature, 288.0, 500.0)
    assert (np.diff(temperature) >= 0).all()


def check_layout(layout):
    openings = layout.openings()
    finite(layout.level_depths, 0.0, 6000.0)
    assert (np.diff(layout.level_depths) > 0).all()
    check_openings(openings)
    assert all(branch.medium == "air" for branch in openings.branches)


def check_openings(openings):
    names = [branch.name for branch in openings.branches]
    assert len(set(names)) == len(names)
    for branch in openings.branches:
        assert {branch.start, branch.end} <= set(openings.nodes)
        finite([branch.length, branch.area, branch.perimeter], 1e-9, 1e5)
        # No shape encloses more area than a circle of that perimeter.
        assert branch.part == "fracture" or branch.area <= branch.perimeter**2 / (4 * np.pi) * 1.01
    finite(np.array(list(openings.nodes.values())), -1e4, 1e4)


def check_mining(mining):
    tonnage, levels, years = 5e9, 4, 30
    schedule = mining.schedule(tonnage, levels, years)
    finite(schedule.ore, 0.0, tonnage)
    assert schedule.ore.shape == (years, levels)
    assert schedule.ore.sum() == pytest.approx(tonnage, rel=1e-9)
    assert (schedule.opened <= schedule.first).all()
    assert (schedule.first < schedule.closed).all()


def check_cooling(cooling):
    duty = np.array([0.0, 1e6, 2e6])
    cold = cooling.cool(duty, 1500.0)
    finite(cold.power, 0.0, 4e6)
    finite(cold.flow, 0.0, 200.0)
    assert cold.rejected[0] == 0.0
    # What the condensers give off is the cold, the compressor's work and nothing less.
    assert (cold.rejected >= duty + cold.heat).all()
    np.testing.assert_allclose(cold.delivered, duty, rtol=1e-9)
    # Twice the cold takes twice the power, or more where a plant works at its limits.
    assert cold.power[2] >= 2 * cold.power[1] * (1 - 1e-9)
    finite(cold.heat, 0.0, 1e7)
    finite(cold.condenser_temperature, 280.0, 360.0)
    levels = cooling.cool(np.array([duty, duty]) / 2, np.array([1500.0, 1500.0]))
    assert levels.power.shape == (2, 3)


def check_heatsystem(system):
    installed = system.install("sample")
    check_openings(installed.openings)
    assert {branch.system for branch in installed.openings.branches} == {"sample"}
    assert bool(installed.wells) == (system.access == "wells")
    finite([installed.exchange_area, installed.rock_volume], 1.0, 1e10)
    finite(installed.pressure_loss, 1.0, 1e8)


def check_sink(sink):
    months = 12
    stream = Stream(np.full(months, 370.0), np.full(months, 40.0), 300.0)
    demand = sink.demand(months, np.full(months, 2e6))
    service = sink.serve(stream, demand)
    finite(service.delivered, 0.0)
    finite(service.power_used, 0.0)
    finite(service.taken, 0.0, stream.above(0.0).max() * (1 + 1e-9))
    finite(service.outlet_temperature, 300.0 - 1e-6, 370.0)
    assert (service.delivered <= demand * (1 + 1e-9)).all()
    assert service.delivered.sum() > 0
    # The water loses what the sink takes.
    np.testing.assert_allclose(stream.less(service.taken).temperature, service.outlet_temperature)


def check_finance(finance):
    years = 20
    sold = np.r_[0.0, 0.0, np.full(years - 2, 1e14)]
    bought = np.r_[0.0, 5e6, np.zeros(years - 2)]
    value = finance.judge(Quantities(years=years, heat=sold, heat_plant=bought))
    VALUE_ALONE = {name for name in VALUE if not name.startswith("assumption")}
    assert set(map(str, value.data_vars)) <= VALUE_ALONE
    finite(value.npv)
    finite(value.capital, 0.0)
    finite(value.cash_flow)
    np.testing.assert_allclose(value.cash.sum("component"), value.cash_flow)


VERBS = {
    "Geotherm": check_geotherm,
    "Layout": check_layout,
    "Mining": check_mining,
    "Cooling": check_cooling,
    "HeatSystem": check_heatsystem,
    "Sink": check_sink,
    "Finance": check_finance,
}


# --------------------------------------------------------------------------- what all kinds keep


def test_families_are_found():
    assert {family.__name__ for family in FAMILIES} == set(VERBS)


@every_kind
def test_verb_gives_sound_numbers(family, name):
    VERBS[family.__name__](sample(family, name))


@every_kind
def test_round_trip_through_json(family, name):
    made = sample(family, name)
    kind = kinds(family)[name]
    assert kind.model_validate_json(made.model_dump_json()) == made
    assert made.kind == name == kind.model_fields["kind"].default


@every_kind
def test_kind_chooses(family, name):
    made = sample(family, name)
    read = TypeAdapter(Annotated[family, OneOf(family)]).validate_python(made.model_dump())
    assert read == made
    assert type(read) is kinds(family)[name]


@every_kind
def test_frozen(family, name):
    made = sample(family, name)
    for key in type(made).model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(made, key, getattr(made, key))


@every_kind
def test_unknown_key_is_refused(family, name):
    with pytest.raises(ValidationError, match="Extra inputs"):
        sample(family, name, no_such_key=1)


@every_kind
def test_units_are_read(family, name):
    """A dimensional number without its unit is refused, and so is one of another dimension."""
    given = SAMPLES[family.__name__][name]
    lengths = [key for key, value in given.items() if str(value).endswith((" m", " mm", " km"))]
    for key in lengths:
        for wrong in (12.0, "12", "12 kg", "12 metres-ish"):
            with pytest.raises(ValidationError):
                sample(family, name, **{key: wrong})


@pytest.mark.parametrize("model", MODELS, ids=[m.__name__ for m in MODELS])
def test_every_model_and_field_is_documented(model):
    assert (model.__doc__ or "").strip()
    silent = [n for n, f in model.model_fields.items() if n != "kind" and not f.description]
    assert silent == []


# --------------------------------------------------------------------------- plug-ins


def installed_plugin(folder):
    """Lay out the plug-in as an installer would; gives the environment that finds it."""
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    lines = [
        line
        for group, entries in project["entry-points"].items()
        for line in (f"[{group}]", *(f"{key} = {value}" for key, value in entries.items()))
    ]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    (folder / "comine_constant.py").write_bytes((PLUGIN / "comine_constant.py").read_bytes())
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    return os.environ | {"PYTHONPATH": path}


def test_a_plugin_is_found_and_conforms(tmp_path):
    """In a process of its own, as kinds are gathered once."""
    options = ["-rp", "-p", "no:cacheprovider", "-k", "Geotherm-constant or Constant"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(Path(__file__))],
        cwd=PLUGIN.parent.parent,
        env=installed_plugin(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    passed = set(re.findall(r"^PASSED .*::(\w+)\[", done.stdout, re.M))
    assert passed == {
        "test_every_model_and_field_is_documented",
        "test_frozen",
        "test_kind_chooses",
        "test_round_trip_through_json",
        "test_units_are_read",
        "test_unknown_key_is_refused",
        "test_verb_gives_sound_numbers",
    }
