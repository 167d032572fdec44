"""Runs that are interrupted, crossed or repeated, and studies that are damaged."""

import json
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
    (project / "project.toml").write_text(SMALL.read_text(encoding="utf-8"), encoding="utf-8")
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


def test_a_study_of_another_version_is_named(finished, tmp_path):
    study = Study.load(finished / "study.nc")
    tree = study.results.copy()
    other = study.project.model_dump(mode="json") | {"horizon": 5}
    tree.attrs |= {"project": json.dumps(other), "comine_version": "0.0.1", "seconds": 1.0}
    tree.to_netcdf(tmp_path / "study.nc", engine="h5netcdf")
    result = invoked("report", tmp_path)
    assert result.exit_code == 2
    assert "was written by comine 0.0.1, whose project does not fit" in result.stderr
    assert "horizon: unknown key" in result.stderr


def test_a_reader_of_the_summary_that_leaves_early_is_no_error(project):
    reader, writer = os.pipe()
    os.close(reader)
    run = subprocess.run(
        [*COMMAND, "run", str(project), "--no-report"],
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert run.returncode == 0, run.stderr
    assert (project / "results" / "study.nc").exists()
