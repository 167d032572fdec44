"""Ore and heat out of the same deep, hot rock: is it worth it, and how sure is that?"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from comine.project import Project
    from comine.results import Study
    from comine.study import run

__all__ = ["Project", "Study", "__version__", "run"]

_HOMES = {"Project": "comine.project", "Study": "comine.results", "run": "comine.study"}


def __getattr__(name: str) -> Any:
    """Load the public names when they are first asked for, so that the command starts at once."""
    if name not in _HOMES:
        raise AttributeError(f"module 'comine' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(_HOMES[name]), name)
