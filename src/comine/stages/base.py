"""What a stage is: a function of the project and of earlier stages, with a promise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import signature

import xarray as xr

from comine.errors import ModelError, brief
from comine.fields import Fields
from comine.models.strategy import Strategy
from comine.project import Project


@dataclass(frozen=True)
class Stage:
    """A stage function, the names of the stages it needs, and what it gives."""

    function: Callable[..., xr.Dataset]
    needs: tuple[str, ...]
    gives: Fields
    by_strategy: bool

    @property
    def name(self) -> str:
        """Name by which later stages ask for it."""
        return self.function.__name__

    @property
    def doc(self) -> str:
        """What it does, in a line."""
        return (self.function.__doc__ or "").strip().split("\n")[0]

    def __call__(
        self, project: Project, strategy: Strategy | None, done: Mapping[str, xr.Dataset]
    ) -> xr.Dataset:
        """Run it on what earlier stages gave, and hold it to its promise."""
        first = (project, strategy) if self.by_strategy else (project,)
        try:
            result = self.function(*first, **{name: done[name] for name in self.needs})
        except ValueError as error:
            if not _out_of_range(error):
                raise
            raise ModelError(f"stage {self.name!r} cannot answer here: {brief(error)}") from error
        return self.gives.check(result, f"stage {self.name!r}")


def _out_of_range(error: ValueError) -> bool:
    """Whether a physics function refused what the project leads to."""
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    return frame is not None and frame.tb_frame.f_globals["__name__"].startswith("comine.physics.")


def stage(gives: Fields) -> Callable[[Callable[..., xr.Dataset]], Stage]:
    """Declare a stage.

    Its parameters after `project` (and `strategy`, where it runs once for each strategy) name the
    stages that it reads.
    """

    def wrap(function: Callable[..., xr.Dataset]) -> Stage:
        _, *rest = signature(function).parameters
        by_strategy = rest[:1] == ["strategy"]
        return Stage(function, tuple(rest[by_strategy:]), gives, by_strategy)

    return wrap
