"""Run a project: every stage, every strategy, side by side, resumable."""

import hashlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import xarray as xr

from comine import __version__
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
        A project, or the TOML file that declares it.
    checkpoints : path, optional
        Folder in which each finished stage is kept until the study is whole, so that an
        interrupted run can go on.
    resume : bool
        Take up the finished stages found in `checkpoints`, if they belong to the same project
        and version; otherwise they are discarded.
    progress : callable, optional
        Told of each stage before it runs.

    Returns
    -------
    Study

    Raises
    ------
    ProjectError
        If the file does not describe a project.
    """
    started = time.perf_counter()
    if not isinstance(project, Project):
        project = Project.load(project)
    shelf = _Shelf(Path(checkpoints) if checkpoints else None, input_hash(project), resume)
    tasks = [(stage, None) for stage in STAGES if not stage.by_strategy] + [
        (stage, name) for name in project.strategies for stage in STAGES if stage.by_strategy
    ]
    done: dict[str, xr.Dataset] = {}
    for number, (stage, name) in enumerate(tasks):
        path = f"{name}/{stage.name}" if name else stage.name
        if progress:
            progress(path, number, len(tasks))
        done[path] = shelf.get(path) or shelf.put(path, _run_stage(stage, project, name, done))
    tree = xr.DataTree.from_dict(done | {"compare": compare(project, done)})
    study = Study(project, tree, __version__, time.perf_counter() - started)
    shelf.clear()
    return study


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


class _Shelf:
    """Finished stages on disk, for one input; nothing is kept where there is no folder."""

    def __init__(self, folder: Path | None, fingerprint: str, resume: bool) -> None:
        self.folder = folder / fingerprint[:16] if folder else None
        self.root = folder
        if not resume:
            self.clear()

    def get(self, path: str) -> xr.Dataset | None:
        file = self._file(path)
        if file is None or not file.exists():
            return None
        return xr.load_dataset(file, engine=ENGINE)

    def put(self, path: str, ds: xr.Dataset) -> xr.Dataset:
        if file := self._file(path):
            write_aside(file, lambda part: ds.to_netcdf(part, engine=ENGINE))
        return ds

    def clear(self) -> None:
        if self.root and self.root.exists():
            shutil.rmtree(self.root)

    def _file(self, path: str) -> Path | None:
        return self.folder / f"{path.replace('/', '.')}.nc" if self.folder else None
