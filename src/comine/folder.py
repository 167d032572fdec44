"""A results folder: the study, its report, and a log of how it came about."""

import platform
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from comine import __version__, report
from comine.alone import alone
from comine.errors import ComineError
from comine.project import Project
from comine.results import Study, write_aside
from comine.study import Progress, discard, input_hash, run

STUDY, LOG, CHECKPOINTS = "study.nc", "run.log", ".checkpoints"
SEED = "none drawn (a plain run draws no random numbers)"


def run_into(
    project: Project,
    folder: str | Path,
    *,
    resume: bool = False,
    with_report: bool = True,
    progress: Progress | None = None,
) -> Study:
    """Run a project and write ``study.nc``, the report's files and ``run.log`` into a folder.

    Finished stages stay in the folder until the study is saved; an interrupted run goes on from
    them with `resume`. Every file is written aside and then put in its place, so that an earlier
    one survives whatever goes wrong. Each run adds an entry to the log.

    Parameters
    ----------
    project : Project
        What to run.
    folder : path
        Made if it is not there.
    resume : bool
        Take up the finished stages of an interrupted run of the same project.
    with_report : bool
        Whether the report's files are written.
    progress : callable, optional
        Told of each stage before it runs.

    Returns
    -------
    Study
    """
    home = Path(folder)
    home.mkdir(parents=True, exist_ok=True)
    with alone(home), _logged(home / LOG, project) as entry:

        def told(path: str, number: int, total: int) -> None:
            entry.begin(path)
            if progress:
                progress(path, number, total)

        study = run(project, checkpoints=home / CHECKPOINTS, resume=resume, progress=told)
        entry.begin("saving the study")
        study.save(home / STUDY)
        discard(home / CHECKPOINTS)
        if with_report:
            entry.begin("writing the report")
            report.write(study, home)
    return study


@dataclass
class _Entry:
    """What the log says of one run."""

    project: Project
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    begun: list[tuple[str, float]] = field(default_factory=list)
    """Steps and when they began, by the performance counter."""

    def begin(self, step: str) -> None:
        """Note that a step begins."""
        self.begun.append((step, time.perf_counter()))

    def text(self, outcome: str, caught: list[str]) -> str:
        """Write the entry once the run is over."""
        ends = [start for _, start in self.begun[1:]] + [time.perf_counter()]
        packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "xarray"))
        lines = [
            f"comine {__version__}: {self.project.name}",
            f"  started   {self.started.isoformat(timespec='seconds')}",
            f"  input     sha256 {input_hash(self.project)}",
            f"  seed      {SEED}",
            f"  uncertain {len(self.project.uncertain)} numbers at their central values",
            f"  with      python {platform.python_version()}, {packages}",
            *(
                f"  {end - start:7.2f} s {step}"
                for (step, start), end in zip(self.begun, ends, strict=True)
            ),
            *(f"  warning   {line}" for line in caught),
            f"  outcome   {outcome}",
        ]
        return "\n".join(lines) + "\n\n"


@contextmanager
def _logged(path: Path, project: Project) -> Iterator[_Entry]:
    """Add an entry to a log, whatever happens; warnings go there."""
    entry = _Entry(project)
    with warnings.catch_warnings(record=True) as caught:
        try:
            yield entry
        except BaseException as error:
            with suppress(OSError):
                _append(path, entry.text(_outcome(error), _told(caught)))
            raise
    _append(path, entry.text("finished", _told(caught)))


def _told(caught: list[warnings.WarningMessage]) -> list[str]:
    return [f"{item.category.__name__}: {item.message}" for item in caught]


def _outcome(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, ComineError | OSError):
        return f"failed: {error}"
    return "failed on an error of comine's own\n" + "".join(traceback.format_exception(error))


def _append(path: Path, text: str) -> None:
    earlier = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    write_aside(path, lambda part: part.write_text(earlier + text, encoding="utf-8"))
