"""What was computed: the project and every dataset, in one file that reloads equal."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import xarray as xr
from pydantic import ValidationError

from comine import __version__
from comine.errors import StudyError
from comine.explain import explain
from comine.project import Project

ENGINE: Final = "h5netcdf"


@dataclass(frozen=True)
class Study:
    """A project and its results; everything a report needs, and nothing else.

    The tree holds ``/assess`` once, ``/<strategy>/<stage>`` for each strategy and ``/compare``.
    """

    project: Project
    results: xr.DataTree
    version: str = __version__
    seconds: float = 0.0

    def __getitem__(self, path: str) -> xr.Dataset:
        """Dataset of ``"assess"``, ``"compare"`` or ``"<strategy>/<stage>"``."""
        try:
            return self.results[path].to_dataset()
        except KeyError:
            there = sorted(node.path.strip("/") for node in self.results.leaves)
            raise StudyError(f"the study holds no {path!r}; there is {there}") from None

    def __contains__(self, path: str) -> bool:
        return f"/{path}" in self.results.groups

    def __repr__(self) -> str:
        lines = [f"<comine.Study {self.project.name!r}, {self.project.years} years>"]
        lines += [
            f"  {node.path.strip('/')}: {len(node.data_vars)} variables"
            for node in self.results.leaves
        ]
        return "\n".join(lines)

    @property
    def strategies(self) -> tuple[str, ...]:
        """Names of the strategies that were run, in the project's order."""
        return tuple(name for name in self.project.strategies if name in self.results)

    def headlines(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Headline scalars: strategy (and ``assess``) → ``stage.variable`` → value and unit."""
        found = {"assess": dict(_scalars("assess", self["assess"]))}
        for name in self.strategies:
            found[name] = {
                key: value
                for stage in self.results[name].children
                for key, value in _scalars(stage, self[f"{name}/{stage}"])
            }
        return found

    @property
    def ledger_residual(self) -> float:
        """Greatest residual of any strategy's energy ledger [1]."""
        ledgers = [self[f"{name}/operate"] for name in self.strategies]
        return max(
            (float(ds.ledger_residual) for ds in ledgers if "ledger_residual" in ds), default=0.0
        )

    def summary(self) -> dict[str, Any]:
        """What the command prints as JSON: headlines in SI, money in the project's currency."""
        site = self["assess"]
        score = {part: float(site[f"score_{part}"]) for part in ("low", "mid", "high", "coverage")}
        currency = self.project.money.currency
        named = {
            place: {
                key: {"value": entry["value"], "unit": entry["unit"].replace("money", currency)}
                for key, entry in entries.items()
            }
            for place, entries in self.headlines().items()
        }
        return {
            "project": self.project.name,
            "version": self.version,
            "seconds": self.seconds,
            "ledger_residual": self.ledger_residual,
            "site_score": score,
            "assess": named.pop("assess"),
            "strategies": named,
        }

    def save(self, path: str | Path) -> None:
        """Write results, project and all, to one netCDF file; beside it first, then renamed."""
        tree = self.results.copy()
        tree.attrs["project"] = self.project.model_dump_json()
        tree.attrs["comine_version"] = self.version
        tree.attrs["seconds"] = self.seconds
        write_aside(Path(path), lambda part: tree.to_netcdf(part, engine=ENGINE))

    @classmethod
    def load(cls, path: str | Path) -> "Study":
        """Read a study that `save` wrote.

        Raises
        ------
        StudyError
            If the file is not there or holds no study.
        """
        try:
            tree = xr.load_datatree(path, engine=ENGINE)
            version = str(tree.attrs.pop("comine_version"))
            project = Project.model_validate_json(tree.attrs.pop("project"))
            seconds = float(tree.attrs.pop("seconds"))
        except ValidationError as error:
            faults = explain(Project, error)
            raise StudyError(
                f"{path} was written by comine {version}, whose project does not fit comine "
                f"{__version__} ({faults[0]}); run the project again"
            ) from None
        except (OSError, KeyError, ValueError) as error:
            raise StudyError(f"{path} holds no comine study ({error})") from None
        return cls(project, tree, version, seconds)


def _scalars(stage: str, ds: xr.Dataset) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, value in ds.data_vars.items():
        if value.attrs.get("headline") and not value.dims:
            yield f"{stage}.{name}", {"value": float(value), "unit": value.attrs["units"]}


def write_aside(path: Path, write: Callable[[Path], object]) -> None:
    """Call `write` with a path beside `path`, then put the file in its place in one move.

    An earlier file stays as it was if the writing fails or is interrupted.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
