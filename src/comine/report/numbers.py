"""Numbers of the project by their path: value and SI unit."""

from collections.abc import Mapping
from typing import Any, get_args


def value_at(project: object, path: str) -> tuple[float | None, str]:
    """Value of the number at a dotted `path` and its SI unit; None and ``""`` where unknown."""
    here: Any = project
    unit = ""
    for key in path.split("."):
        unit = _unit(here, key)
        here = _step(here, key)
        if here is None:
            return None, ""
    if isinstance(here, bool) or not isinstance(here, int | float):
        return None, unit
    return float(here), unit


def _step(here: Any, key: str) -> Any:
    if isinstance(here, Mapping):
        return here.get(key)
    if isinstance(here, list | tuple):
        return here[int(key)] if key.isdigit() and int(key) < len(here) else None
    return getattr(here, key, None)


def _unit(owner: Any, key: str) -> str:
    """Unit that the owner's model marks the field with."""
    field = getattr(type(owner), "model_fields", {}).get(key)
    if field is None:
        return ""
    marks = [*field.metadata]
    for annotation in (field.annotation, *get_args(field.annotation)):
        marks += getattr(annotation, "__metadata__", ())
    return next((str(mark.si) for mark in marks if hasattr(mark, "si")), "")
