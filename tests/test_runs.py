"""Runs that are interrupted, crossed or repeated, and studies that are damaged."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

import comine.study
from comine import Study
from comine.alone import LOCK, alone
from comine.cli import app
from tests.data import FOLDER, SMALL

COMMAND = [sys.executable, "-c", "from comine.cli import main; main()"]
HEAT_ONLY = "\n".join(
    [
        SMALL.read_text(encoding="utf-8").partition("[strategies.passive]")[0],
        "[strategies.heat]",
        "mine = false",
        'heat = ["zone"]',
    ]
)


def invoked(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def project(tmp_path):
    """Folder with a project that runs in a moment."""
    shutil.copy(FOLDER / "small_climate.csv", tmp_path)
    (tmp_path / "project.toml").write_text(HEAT_ONLY, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Results of the same project."""
    home = tmp_path_factory.mktemp("heat")
    shutil.copy(FOLDER / "small_climate.csv", home)
    (home / "project.toml").write_text(HEAT_ONLY, encoding="utf-8")
    assert invoked("run", home, "--quiet", "--no-report").exit_code == 0
    return home / "results"


def test_an_interruption_that_python_swallows_is_heeded(project, monkeypatch):
    class Trap:
        def __del__(self):
            raise KeyboardInterrupt

    plain = comine.study._run_stage
    monkeypatch.setattr(
        comine.study, "_run_stage", lambda stage, *rest: (Trap(), plain(stage, *rest))[1]
    )
    result = invoked("run", project, "--no-report")
    assert result.exit_code == 130
    assert "interrupted; finished stages are kept" in result.stderr
    assert list((project / "results" / ".checkpoints").glob("*/assess.nc"))


def test_two_runs_do_not_share_a_folder(project):
    with alone(project):
        result = invoked("run", project, "--no-report", "--out", project)
    assert result.exit_code == 1
    assert f"another run is writing into {project}; wait" in result.stderr.replace("\n", "")
    assert invoked("run", project, "--quiet", "--no-report", "--out", project).exit_code == 0
    assert not (project / LOCK).exists()


def test_the_same_project_gives_the_same_bytes_with_any_number_of_threads(project):
    """Interrupted or not, resumed or not, the numbers are the same to the last bit."""
    for threads in ("1", "2"):
        subprocess.run(
            [*COMMAND, "run", str(project), "--quiet", "--no-report", "--out", project / threads],
            env=os.environ | {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
            check=True,
        )
    one, two = (Study.load(project / threads / "study.nc").results for threads in ("1", "2"))
    assert one.groups == two.groups
    for group in one.groups:
        for name, variable in one[group].variables.items():
            other = two[group].variables[name]
            assert np.array_equal(
                variable.values, other.values, equal_nan=variable.dtype.kind == "f"
            )


@pytest.mark.parametrize("spoil", [lambda raw: raw[: len(raw) // 2], lambda raw: b"x" * 999])
def test_a_damaged_study_ends_with_2(finished, tmp_path, spoil):
    raw = (finished / "study.nc").read_bytes()
    (tmp_path / "study.nc").write_bytes(spoil(raw))
    result = invoked("report", tmp_path)
    assert result.exit_code == 2
    assert "holds no comine study" in result.stderr
