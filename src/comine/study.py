"""Run a project: every stage, every strategy, side by side, resumable."""

import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import xarray as xr

from comine import __version__
from comine.errors import FieldError
from comine.project import Project, Strategy
from comine.results import ENGINE, Study, write_aside
from comine.stages.assess import assess
from comine.stages.base import Stage
from comine.stages.build import build
from comine.stages.decide import decide
from comine.stages.ground import ground
from comine.stages.operate import operate
from comine.stages.use import use

STAGES = (assess, build, operate, ground, use, decide)
_PREFIX = "stages-"
Progress = Callable[[str, int, int], None]
"""Called with a stage's path before it runs, its number from 0, and how many there are."""


def run(
    project: Project | str | Path,
    *,
    checkpoints: str | Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> Study:
    """Run all stages of a project under each of its strategies.

    Parameters
    ----------
    project : Project or path
        A project, or the TOML file that declares it, or the folder that holds ``project.toml``.
    checkpoints : path, optional
        Folder in which each finished stage is kept, so that an interrupted run can go on;
        `discard` empties it.
    resume : bool
        Take up the finished stages found in `checkpoints` that belong to the same project and
        version; without it all that is found is discarded.
    progress : callable, optional
        Told of each stage before it runs.

    Returns
    -------
    Study

    Raises
    ------
    ProjectError
        If the file does not describe a project.
    ComineError
        If a model cannot answer for this project.
    """
    started = time.perf_counter()
    if not isinstance(project, Project):
        project = Project.load(project)
    if checkpoints and not resume:
        discard(checkpoints)
    shelf = _Shelf(Path(checkpoints) if checkpoints else None, input_hash(project))
    tasks = [(stage, None) for stage in STAGES if not stage.by_strategy] + [
        (stage, name) for name in project.strategies for stage in STAGES if stage.by_strategy
    ]
    done: dict[str, xr.Dataset] = {}
    for number, (stage, name) in enumerate(tasks):
        path = f"{name}/{stage.name}" if name else stage.name
        if progress:
            progress(path, number, len(tasks))
        kept = shelf.get(path, stage)
        if kept is None:
            kept = _run_stage(stage, project, name, done)
            shelf.put(path, kept)
        done[path] = kept
    tree = xr.DataTree.from_dict(done | {"compare": compare(project, done)})
    return Study(project, tree, __version__, time.perf_counter() - started)


def discard(checkpoints: str | Path) -> None:
    """Remove the finished stages that `run` kept; the folder too if nothing else is in it."""
    root = Path(checkpoints)
    for folder in root.glob(f"{_PREFIX}*"):
        shutil.rmtree(folder)
    if root.is_dir() and not any(root.iterdir()):
        root.rmdir()


def _run_stage(
    stage: Stage, project: Project, name: str | None, done: dict[str, xr.Dataset]
) -> xr.Dataset:
    shared = {path: ds for path, ds in done.items() if "/" not in path}
    own = {path.split("/")[1]: ds for path, ds in done.items() if path.startswith(f"{name}/")}
    strategy: Strategy | None = project.strategies[name] if name else None
    return stage(project, strategy, shared | own)


def compare(project: Project, done: dict[str, xr.Dataset]) -> xr.Dataset:
    """Scalars that every strategy has, over the dimension `strategy`."""
    names = list(project.strategies)
    flat = {
        name: {
            f"{path.split('/')[1]}.{key}": value
            for path, ds in done.items()
            if path.startswith(f"{name}/")
            for key, value in ds.data_vars.items()
            if not value.dims and value.attrs["units"]
        }
        for name in names
    }
    common = [key for key in flat[names[0]] if all(key in flat[name] for name in names)]
    return xr.Dataset(
        {
            key: ("strategy", [float(flat[name][key]) for name in names], flat[names[0]][key].attrs)
            for key in common
        },
        coords={"strategy": names},
    )


def input_hash(project: Project) -> str:
    """Fingerprint of everything that the numbers depend on: the project and the version."""
    text = f"{__version__}\n{project.model_dump_json()}"
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class _Shelf:
    """Finished stages on disk, for one input; nothing is kept where there is no folder."""

    root: Path | None
    fingerprint: str

    def get(self, path: str, stage: Stage) -> xr.Dataset | None:
        """Dataset of a finished stage; None if there is none that can be read and is whole."""
        file = self._file(path)
        if file is None or not file.exists():
            return None
        try:
            return stage.gives.check(xr.load_dataset(file, engine=ENGINE), stage.name)
        except (OSError, ValueError, KeyError, RuntimeError, FieldError):
            return None

    def put(self, path: str, ds: xr.Dataset) -> None:
        """Keep the dataset of a finished stage."""
        if file := self._file(path):
            write_aside(file, lambda part: ds.to_netcdf(part, engine=ENGINE))

    def _file(self, path: str) -> Path | None:
        if self.root is None:
            return None
        return self.root / f"{_PREFIX}{self.fingerprint[:16]}" / f"{path.replace('/', '.')}.nc"
