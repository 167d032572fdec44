"""From pydantic's errors to faults that a mine planner can act on."""

from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from comine.errors import Fault
from comine.models.base import family_of, kinds
from comine.units import Unit

_BOUNDS = {
    "greater_than": ("must be above", "gt"),
    "greater_than_equal": ("must be at least", "ge"),
    "less_than": ("must be below", "lt"),
    "less_than_equal": ("must be at most", "le"),
}


def explain(model: type[BaseModel], error: ValidationError, file: str) -> list[Fault]:
    """Every fault in `error`, with file, key, what was got and what would do."""
    return [_fault(model, details, file) for details in error.errors(include_url=False)]


def _fault(model: type[BaseModel], details: ErrorDetails, file: str) -> Fault:
    key, owner, unit = _place(model, details["loc"])
    kind, got = details["type"], _got(details["input"])
    leaf = key.rpartition(".")[2]
    if kind == "missing":
        sample = f' = "12 {unit}"' if unit not in ("", "1") else " = ..."
        return Fault(file, key, "is required and not given", "", f"add {leaf}{sample}")
    if kind == "extra_forbidden":
        known = sorted(owner.model_fields) if owner else []
        near = get_close_matches(leaf, known, 1)
        cure = f"did you mean {near[0]!r}?" if near else f"there is {', '.join(known)}"
        return Fault(file, key, "unknown key", got, cure)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        tags = details.get("ctx", {}).get("expected_tags", "")
        given = details["input"].get("kind") if isinstance(details["input"], dict) else None
        near = get_close_matches(str(given), [t.strip(" '") for t in tags.split(",")], 1)
        hint = f"did you mean {near[0]!r}? " if given and near else ""
        what = "unknown kind" if given else "no kind is named"
        return Fault(
            file, f"{key}.kind", what, repr(given) if given else "", f"{hint}there is {tags}"
        )
    if kind in _BOUNDS:
        words, name = _BOUNDS[kind]
        shown = unit if unit != "1" else ""
        bound = f"{details['ctx'][name]:g} {shown}".strip()
        return Fault(file, key, f"{words} {bound}", got)
    return Fault(file, key, details["msg"].removeprefix("Value error, "), got)


def _got(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _place(
    model: type[BaseModel], loc: tuple[int | str, ...]
) -> tuple[str, type[BaseModel] | None, str]:
    """Key as the user wrote it, the model that holds it, and the unit of the field."""
    keys: list[str] = []
    owner: type[BaseModel] | None = model
    here: Any = model
    unit = ""
    for part in loc:
        family = here if isinstance(here, _Family) else None
        if family and part in kinds(family.base):
            here = kinds(family.base)[str(part)]
            continue
        keys.append(str(part))
        owner = here if isinstance(here, type) and issubclass(here, BaseModel) else owner
        here, unit = _step(here, part)
    return ".".join(keys), owner, unit


class _Family:
    """A field that any kind of a family may fill."""

    def __init__(self, base: Any) -> None:
        self.base = base


def _step(here: Any, part: int | str) -> tuple[Any, str]:
    """What stands behind one part of a location, and its unit."""
    if isinstance(here, type) and issubclass(here, BaseModel):
        field = here.model_fields.get(str(part))
        if field is None:
            return None, ""
        if family := family_of(field.annotation, field.metadata):
            many = get_origin(field.annotation) in (dict, tuple, list)
            return (dict[str, Any], family) if many else _Family(family), ""
        units = [mark.si for mark in field.metadata if isinstance(mark, Unit)]
        return field.annotation, units[0] if units else _unit_of(field.annotation)
    if isinstance(here, tuple):
        return _Family(here[1]), ""
    arguments = [a for a in get_args(here) if isinstance(a, type) and issubclass(a, BaseModel)]
    return (arguments[0] if arguments else None), ""


def _unit_of(annotation: Any) -> str:
    marks = [m for a in (annotation, *get_args(annotation)) for m in getattr(a, "__metadata__", ())]
    return next((mark.si for mark in marks if isinstance(mark, Unit)), "")
