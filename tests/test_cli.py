"""The command: what it prints, where, with which exit code; and that it never shows a traceback."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib

import pytest
from typer.testing import CliRunner

import comine.study
from comine import Project, Study, __version__
from comine.cli import app
from comine.errors import ModelError
from comine.study import STAGES
from tests.data import FOLDER, SMALL

COMMAND = [sys.executable, "-c", "from comine.cli import main; main()"]
TEXT = SMALL.read_text(encoding="utf-8")
HEAT_ONLY = "\n".join(
    [
        TEXT.partition("[strategies.passive]")[0],
        "[strategies.heat]",
        "mine = false",
        'heat = ["zone"]',
    ]
)


def comine_(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def project(tmp_path):
    """Folder with a project that runs in a moment."""
    shutil.copy(FOLDER / "small_climate.csv", tmp_path)
    (tmp_path / "project.toml").write_text(HEAT_ONLY, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Folder of the small project after one full run, and what was printed."""
    home = tmp_path_factory.mktemp("small")
    shutil.copy(FOLDER / "small_climate.csv", home)
    shutil.copy(SMALL, home)
    return home, comine_("run", home / "small.toml")


def test_a_run_writes_all_results_and_says_where(finished):
    home, result = finished
    assert result.exit_code == 0, result.output
    results = home / "results"
    made = {path.name for path in results.iterdir()}
    assert made >= {"study.nc", "report.html", "tables.xlsx", "ledger.csv", "run.log"}
    assert ".checkpoints" not in made
    assert f"report: {results / 'report.html'}" in result.stdout.replace("\n", "")
    assert "net present value after tax" in result.stdout
    assert "comine: Run heat systems and mine air month by month" in result.stderr
    assert "[16/16]" in result.stderr


def test_the_log_says_how_the_numbers_came_about(finished):
    home, _ = finished
    log = (home / "results" / "run.log").read_text(encoding="utf-8")
    project = Project.load(home / "small.toml")
    assert f"comine {__version__}: Small deep mine" in log
    assert f"sha256 {comine.study.input_hash(project)}" in log
    assert "seed      none drawn" in log
    assert "numpy" in log
    for name in project.strategies:
        for stage in STAGES:
            if stage.by_strategy:
                assert f" s {name}/{stage.name}\n" in log
    assert "outcome   finished" in log
    assert "warning" not in log


def test_json_is_one_object_with_every_headline(project):
    result = comine_("run", project, "--json", "--no-report")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    study = Study.load(project / "results" / "study.nc")
    assert told == study.summary()
    assert told["project"] == "Small deep mine"
    assert told["strategies"]["heat"]["operate.mean_heat_power"]["unit"] == "W"
    assert "operate.peak_cooling" not in told["strategies"]["heat"]
    assert told["assess"]["assess.gradient"] == {"value": pytest.approx(0.031), "unit": "K/m"}
    assert not (project / "results" / "report.html").exists()


def test_quiet_says_nothing(project):
    result = comine_("run", project, "--quiet", "--no-report", "--out", project / "else")
    assert (result.exit_code, result.output) == (0, "")
    assert (project / "else" / "study.nc").exists()
    assert not (project / "results").exists()


def test_every_run_adds_to_the_log(project):
    for _ in range(2):
        assert comine_("run", project, "--quiet", "--no-report").exit_code == 0
    log = (project / "results" / "run.log").read_text()
    assert log.count("outcome   finished") == 2


def test_an_interrupted_run_is_resumed(project, monkeypatch):
    plain = comine.study._run_stage

    def interrupted(stage, *rest):
        if stage.name == "use":
            raise KeyboardInterrupt
        return plain(stage, *rest)

    monkeypatch.setattr(comine.study, "_run_stage", interrupted)
    result = comine_("run", project, "--no-report")
    assert result.exit_code == 130
    assert "interrupted; finished stages are kept" in result.stderr
    assert f"comine run --resume {project}" in result.stderr
    assert "outcome   interrupted" in (project / "results" / "run.log").read_text()
    assert not (project / "results" / "study.nc").exists()

    computed = []
    monkeypatch.setattr(
        comine.study,
        "_run_stage",
        lambda stage, *rest: computed.append(stage.name) or plain(stage, *rest),
    )
    assert comine_("run", project, "--resume", "--no-report").exit_code == 0
    assert computed == ["use", "decide"]
    resumed = Study.load(project / "results" / "study.nc")
    assert resumed.headlines() == comine.run(project).headlines()


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_control_c_leaves_finished_stages_on_disk(tmp_path):
    shutil.copy(FOLDER / "small_climate.csv", tmp_path)
    (tmp_path / "project.toml").write_text(TEXT.replace("years = 3", "years = 60"))
    run = subprocess.Popen(
        [*COMMAND, "run", str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    kept = tmp_path / "results" / ".checkpoints"
    end = time.monotonic() + 60
    while not list(kept.glob("*/passive.build.nc")) and time.monotonic() < end:
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 130, err
    assert "Traceback" not in err
    assert "interrupted; finished stages are kept" in err
    assert not out
    assert list(kept.glob("*/assess.nc"))


def test_a_model_that_cannot_answer_ends_with_1(project, monkeypatch):
    def refuses(*_):
        raise ModelError("the log ends at 3000 m; give a deeper one")

    monkeypatch.setattr(comine.study, "_run_stage", refuses)
    result = comine_("run", project)
    assert result.exit_code == 1
    assert "comine: the log ends at 3000 m; give a deeper one" in result.stderr
    assert "failed: the log ends at 3000 m" in (project / "results" / "run.log").read_text()


def test_an_error_of_our_own_ends_with_70_and_a_log(project, monkeypatch):
    def breaks(*_):
        raise ZeroDivisionError("by chance")

    monkeypatch.setattr(comine.study, "_run_stage", breaks)
    result = comine_("run", project)
    assert result.exit_code == 70
    (line,) = [line for line in result.stderr.splitlines() if not line.startswith("[")]
    assert "please report it" in line
    assert "run.log: ZeroDivisionError: by chance" in line
    assert "Traceback" in (project / "results" / "run.log").read_text()


def test_a_failed_run_spoils_no_earlier_result(project, monkeypatch):
    results = project / "results"
    results.mkdir()
    earlier = {name: f"earlier {name}" for name in ("study.nc", "report.html", "run.log")}
    for name, text in earlier.items():
        (results / name).write_text(text)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Study, "save", full)
    result = comine_("run", project)
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    for name, text in earlier.items():
        assert (results / name).read_text().startswith(text)
    assert (results / "study.nc").read_text() == earlier["study.nc"]
    assert list(results.glob(".checkpoints/*/heat.decide.nc"))


@pytest.mark.parametrize("command", ["run", "check"])
def test_faults_are_listed_and_end_with_2(project, command):
    bad = HEAT_ONLY.replace("years = 3", "years = 0").replace("fractures = 10", "fracture = 10")
    (project / "project.toml").write_text(bad)
    result = comine_(command, project)
    assert result.exit_code == 2
    for said in (
        "3 faults",
        "project.toml:3: years: must be at least 1; got 0",
        "heat.zone.fracture: unknown key; got 10; did you mean 'fractures'?",
        "heat.zone.fractures: is required and not given; add fractures = 1",
    ):
        assert said in result.output
    assert (result.stdout == "") is (command == "run")
    assert not (project / "results").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"name = '\xe9'", "is not UTF-8"),
        (b"[", "is not TOML"),
        (b"x = 1\n", "unknown key"),
        (b"".join(b"k%d = 1\n" % number for number in range(10_000)), "more"),
    ],
)
def test_files_that_are_no_project_end_with_2(tmp_path, content, said):
    (tmp_path / "bad.toml").write_bytes(content)
    result = comine_("check", tmp_path / "bad.toml")
    assert result.exit_code == 2
    assert said in result.output


def test_a_table_with_faults_ends_with_2(project):
    (project / "small_climate.csv").write_text("dry_bulb [degC],relative_humidity\n1,50\n")
    result = comine_("check", project)
    assert result.exit_code == 2
    assert "small_climate.csv: holds too few rows" in result.output
    assert "site.climate.monthly" in result.output


def test_check_of_a_sound_project(project):
    result = comine_("check", project)
    assert result.exit_code == 0
    assert "no faults: Small deep mine, 3 years" in result.stdout
    assert json.loads(comine_("check", project, "--json").stdout) == {
        "project": "Small deep mine",
        "faults": [],
    }


def test_check_as_json_lists_every_fault(project):
    (project / "project.toml").write_text(HEAT_ONLY.replace("years = 3", "years = 0"))
    result = comine_("check", project, "--json")
    assert result.exit_code == 2
    told = json.loads(result.stdout)
    assert told["project"] is None
    assert told["faults"] == [
        {
            "file": "project.toml",
            "key": "years",
            "wrong": "must be at least 1",
            "got": "0",
            "cure": "",
            "line": 3,
        }
    ]


@pytest.mark.parametrize("kind", ["mine", "heat"])
def test_a_new_project_is_sound_and_labelled(tmp_path, kind):
    result = comine_("new", tmp_path / "my pit", "--kind", kind)
    assert result.exit_code == 0
    file = tmp_path / "my pit" / "project.toml"
    project = Project.load(file)
    assert project.name == "my pit"
    assert (project.mine is not None) is (kind == "mine")
    assert comine_("check", file).exit_code == 0
    assert {source.label for source in project.sources.values()} == {"assumption"}
    tree = tomllib.loads(file.read_text(encoding="utf-8"))
    assert len(project.sources) > 40
    assert set(project.uncertain) <= set(project.sources)
    assert tree["unknown"]


def test_a_new_heat_project_runs(tmp_path):
    assert comine_("new", tmp_path / "warm", "--kind", "heat").exit_code == 0
    result = comine_("run", tmp_path / "warm", "--json", "--no-report")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["strategies"]["heat"]["use.power_sold"]["value"] > 0


def test_new_overwrites_nothing(tmp_path):
    (tmp_path / "there").mkdir()
    result = comine_("new", tmp_path / "there")
    assert result.exit_code == 2
    assert "is there already" in result.stderr
    assert list((tmp_path / "there").iterdir()) == []
    assert comine_("new", tmp_path / "x", "--kind", "gold").exit_code == 2


def test_kinds_prints_parameters_units_and_meanings():
    whole = comine_("kinds").stdout
    for said in ('kind = "fan-boreholes" (HeatSystem)', "site.rock:", "W/m/K", "required"):
        assert said in whole
    some = comine_("kinds", "cooling").stdout
    assert some.count("kind = ") == 5
    assert "turbine_efficiency" in some
    assert "site.rock" not in some
    wrong = comine_("kinds", "coolin")
    assert wrong.exit_code == 2
    assert "did you mean 'cooling'?" in wrong.stderr


def test_kinds_prints_the_schema():
    rules = json.loads(comine_("kinds", "--schema").stdout)
    assert rules["title"] == "Project"
    assert "uncertain" not in rules["properties"]


def test_a_saved_study_is_reported_again(finished, tmp_path):
    home, _ = finished
    result = comine_("report", home / "results", "--out", tmp_path / "again")
    assert result.exit_code == 0
    assert str(tmp_path / "again" / "report.html") in result.stdout
    again = (tmp_path / "again" / "ledger.csv").read_bytes()
    assert again == (home / "results" / "ledger.csv").read_bytes()


def test_a_report_of_no_study_ends_with_2(tmp_path):
    result = comine_("report", tmp_path / "nothing.nc")
    assert result.exit_code == 2
    assert "holds no comine study" in result.stderr


@pytest.mark.parametrize(
    "arguments", [["run"], ["nonsense"], ["run", "a", "b"], ["check", "--nonsense", "x"]]
)
def test_wrong_arguments_end_with_2(arguments):
    assert comine_(*arguments).exit_code == 2


def test_a_results_folder_that_cannot_be_made(project):
    (project / "file").write_text("x")
    result = comine_("run", project, "--out", project / "file" / "results")
    assert result.exit_code == 1
    assert "Not a directory" in result.stderr


def test_version_and_help():
    assert comine_("--version").stdout == f"comine {__version__}\n"
    told = comine_("--help").stdout
    for command in ("run", "check", "new", "kinds", "report", "Exit codes"):
        assert command in told


def test_help_loads_nothing_heavy():
    code = (
        "import sys\nfrom comine.cli import app\ntry:\n    app(['--help'])\n"
        "except SystemExit: pass\n"
        "print('loaded', {'numpy', 'scipy', 'xarray', 'pydantic', 'pint'} & set(sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.endswith("loaded set()\n")


def test_a_reader_that_leaves_early_is_no_error():
    reader, writer = os.pipe()
    os.close(reader)
    run = subprocess.run(
        [*COMMAND, "kinds"], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert (run.returncode, run.stderr) == (0, "")


def test_output_that_cannot_be_encoded_is_no_error():
    run = subprocess.run(
        [*COMMAND, "kinds", "district-heat"],
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0
    assert b"monthly means of ?2" in run.stdout
