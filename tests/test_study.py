"""Running, keeping, going on, comparing; and what never spoils an earlier result."""

import numpy as np
import pytest
import xarray as xr

import comine.study
from comine import Project, Study, run
from comine.errors import StudyError
from comine.results import write_aside
from comine.study import STAGES, compare, discard, input_hash
from tests.data import SMALL

HEAT = {"strategies": {"heat": {"mine": False, "heat": ["zone"]}}}


@pytest.fixture(scope="module")
def whole():
    return run(SMALL)


@pytest.fixture(scope="module")
def heat_only():
    """Runs in a moment: wells alone."""
    return Project.load(SMALL).replace(HEAT)


@pytest.fixture(scope="module")
def heat_study(heat_only):
    return run(heat_only)


@pytest.fixture
def computed(monkeypatch):
    """Paths of the stages that are really computed."""
    paths = []
    plain = comine.study._run_stage

    def noted(stage, project, name, done):
        paths.append(f"{name}/{stage.name}" if name else stage.name)
        return plain(stage, project, name, done)

    monkeypatch.setattr(comine.study, "_run_stage", noted)
    return paths


def interrupt_before(number):
    def progress(path, place, total):
        if place == number:
            raise KeyboardInterrupt

    return progress


def assert_same(one, other):
    assert one.results.groups == other.results.groups
    for node in one.results.leaves:
        xr.testing.assert_identical(node.to_dataset(), other[node.path.strip("/")])


def test_every_strategy_has_every_stage(whole):
    assert whole.strategies == ("passive", "heat", "comine")
    stages = [stage.name for stage in STAGES if stage.by_strategy]
    paths = {f"{name}/{stage}" for name in whole.strategies for stage in stages}
    assert {node.path.strip("/") for node in whole.results.leaves} == paths | {"assess", "compare"}
    assert "comine/operate" in whole
    assert "comine/nothing" not in whole
    with pytest.raises(StudyError, match="there is"):
        whole["comine/nothing"]


def test_what_a_strategy_lacks_is_absent(whole):
    assert "heat_power" not in whole["passive/operate"]
    assert "cooling" not in whole["heat/operate"]
    assert {"heat_power", "cooling"} <= set(whole["comine/operate"].data_vars)


def test_the_ledger_closes(whole):
    assert 0 <= whole.ledger_residual < 1e-3
    assert whole.ledger_residual == max(
        float(whole[f"{name}/operate"].ledger_residual) for name in whole.strategies
    )


def test_the_comparison_holds_what_all_strategies_have(whole):
    assert whole["compare"].strategy.values.tolist() == ["passive", "heat", "comine"]
    assert "decide.npv" in whole["compare"]
    assert "operate.peak_cooling" not in whole["compare"]
    for name in whole.strategies:
        beside = whole["compare"]["decide.npv"].sel(strategy=name)
        assert float(beside) == float(whole[f"{name}/decide"].npv)


def test_a_comparison_takes_only_numbers(heat_only):
    done = {
        "heat/x": xr.Dataset({"n": ((), 1.0, {"units": "m"}), "t": ((), "text", {"units": ""})})
    }
    assert list(compare(heat_only, done).data_vars) == ["x.n"]


def test_headlines_are_the_flagged_scalars(whole):
    held = whole.headlines()
    assert list(held) == ["assess", "passive", "heat", "comine"]
    assert held["assess"]["assess.temperature_2km"] == {
        "value": pytest.approx(287.15 + 0.031 * 2000),
        "unit": "K",
    }
    for name in whole.strategies:
        for key, entry in held[name].items():
            stage, variable = key.split(".")
            found = whole[f"{name}/{stage}"][variable]
            assert (found.units, float(found)) == (entry["unit"], entry["value"])
            assert found.headline
    assert "use.heat_sold" not in held["passive"]


def test_the_summary_names_the_currency(whole):
    told = whole.summary()
    assert list(told) == [
        "project",
        "version",
        "seconds",
        "ledger_residual",
        "site_score",
        "assess",
        "strategies",
    ]
    assert told["site_score"]["low"] <= told["site_score"]["mid"] <= told["site_score"]["high"]
    assert told["strategies"]["heat"]["decide.npv"]["unit"] == "CNY"
    assert told["strategies"]["heat"]["decide.lcoh"]["unit"] == "CNY/J"
    assert "assess" not in told["strategies"]


def test_a_saved_study_reloads_equal(whole, tmp_path):
    whole.save(tmp_path / "deep" / "study.nc")
    again = Study.load(tmp_path / "deep" / "study.nc")
    assert (again.project, again.version, again.seconds) == (
        whole.project,
        whole.version,
        whole.seconds,
    )
    assert_same(whole, again)
    assert again.headlines() == whole.headlines()
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["study.nc"]


@pytest.mark.parametrize("content", [None, b"", b"no study", b"\x89HDF\r\n\x1a\n" + b"\0" * 50])
def test_what_is_no_study_is_refused(tmp_path, content):
    file = tmp_path / "study.nc"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(StudyError, match="holds no comine study"):
        Study.load(file)


def test_another_netcdf_file_is_refused(tmp_path):
    xr.Dataset({"a": 1.0}).to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    with pytest.raises(StudyError, match="holds no comine study"):
        Study.load(tmp_path / "a.nc")


def test_a_run_is_repeatable(heat_only, heat_study):
    assert_same(heat_study, run(heat_only))


def test_progress_tells_each_stage_in_order(heat_only):
    told = []
    run(heat_only, progress=lambda *what: told.append(what))
    own = [f"heat/{stage.name}" for stage in STAGES if stage.by_strategy]
    assert told == [(path, number, 6) for number, path in enumerate(["assess", *own])]


@pytest.mark.parametrize("number", range(6))
def test_an_interrupted_run_goes_on(heat_only, heat_study, tmp_path, computed, number):
    with pytest.raises(KeyboardInterrupt):
        run(heat_only, checkpoints=tmp_path, progress=interrupt_before(number))
    before = list(computed)
    assert len(before) == number
    computed.clear()
    resumed = run(heat_only, checkpoints=tmp_path, resume=True)
    assert len(computed) == 6 - number
    assert not set(computed) & set(before)
    assert_same(heat_study, resumed)


def test_without_resume_all_is_computed_anew(heat_only, tmp_path, computed):
    with pytest.raises(KeyboardInterrupt):
        run(heat_only, checkpoints=tmp_path, progress=interrupt_before(3))
    computed.clear()
    run(heat_only, checkpoints=tmp_path)
    assert len(computed) == 6


def test_checkpoints_of_another_project_are_not_taken(heat_only, tmp_path, computed):
    run(heat_only, checkpoints=tmp_path)
    computed.clear()
    run(heat_only.replace({"site.block.area": "3 km**2"}), checkpoints=tmp_path, resume=True)
    assert len(computed) == 6


@pytest.mark.parametrize("spoil", ["cut", "noise", "other"])
def test_a_spoilt_checkpoint_is_computed_again(heat_only, heat_study, tmp_path, computed, spoil):
    run(heat_only, checkpoints=tmp_path)
    (file,) = tmp_path.glob("*/heat.operate.nc")
    if spoil == "cut":
        file.write_bytes(file.read_bytes()[:1000])
    elif spoil == "noise":
        file.write_bytes(b"noise")
    else:
        xr.Dataset({"a": 1.0}).to_netcdf(file, engine="h5netcdf")
    computed.clear()
    assert_same(heat_study, run(heat_only, checkpoints=tmp_path, resume=True))
    assert computed == ["heat/operate"]


def test_discarding_touches_only_its_own(heat_only, tmp_path):
    (tmp_path / "precious.txt").write_text("x")
    run(heat_only, checkpoints=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    discard(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]
    discard(tmp_path / "nothing")
    run(heat_only, checkpoints=tmp_path / "own")
    discard(tmp_path / "own")
    assert not (tmp_path / "own").exists()


def test_the_fingerprint_follows_every_input(heat_only):
    assert input_hash(heat_only) == input_hash(Project.load(SMALL).replace(HEAT))
    assert input_hash(heat_only) != input_hash(heat_only.replace({"years": 4}))
    monthly = heat_only.site.climate.monthly.columns
    warmer = {"columns": monthly | {"dry_bulb": tuple(np.add(monthly["dry_bulb"], 1.0))}}
    assert input_hash(heat_only) != input_hash(heat_only.replace({"site.climate.monthly": warmer}))


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failed_write_leaves_the_earlier_file(tmp_path, error):
    file = tmp_path / "study.nc"
    file.write_text("earlier")

    def fails(part):
        part.write_text("half")
        raise error

    with pytest.raises(type(error)):
        write_aside(file, fails)
    assert file.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [file]


def test_a_failed_save_leaves_the_earlier_study(heat_study, tmp_path, monkeypatch):
    file = tmp_path / "study.nc"
    heat_study.save(file)
    earlier = file.read_bytes()

    def torn(self, path, **options):
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(xr.DataTree, "to_netcdf", torn)
    with pytest.raises(OSError, match="disk full"):
        heat_study.save(file)
    assert file.read_bytes() == earlier
