"""The vocabulary of project files, read off the models: for people and for editors."""

from collections.abc import Iterator
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from comine.errors import Fault, ProjectError
from comine.explain import instead
from comine.models.base import Slot, kinds
from comine.project import REGISTERS, Project
from comine.tables import Columns, Table
from comine.units import Unit

_BOUNDS = {Gt: "above", Ge: "at least", Lt: "below", Le: "at most"}


@dataclass(frozen=True)
class Parameter:
    """One key: its SI unit (empty where it has none), what it takes, whether it must be given."""

    name: str
    unit: str
    takes: str
    default: str
    doc: str


@dataclass(frozen=True)
class Part:
    """A table of the project file; `family` and `kind` are empty where there is no choice."""

    path: str
    family: str
    kind: str
    doc: str
    parameters: tuple[Parameter, ...]

    @property
    def names(self) -> set[str]:
        """By what it can be asked for."""
        keys = self.path.replace("[]", "").split(".")
        return {*keys, self.family.lower(), self.kind} - {"", "NAME"}


def parts() -> Iterator[Part]:
    """Every table that a project file may hold, in the order of the models."""
    return _parts(Project, "", "", "")


def parts_named(name: str) -> list[Part]:
    """Tables of a family, a kind or a path.

    Raises
    ------
    ProjectError
        If there is none of that name.
    """
    every = list(parts())
    found = [part for part in every if name.lower() in part.names or name == part.path]
    if not found:
        known = sorted({known for part in every for known in part.names})
        raise ProjectError(
            [Fault("", name, "no such family, kind or table", "", instead(name, known))]
        )
    return found


def schema() -> dict[str, Any]:
    """JSON schema of a project file, for editors that complete and check TOML."""
    whole = Project.model_json_schema()
    for register in REGISTERS:
        del whole["properties"][register]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole}


def _parts(model: type[BaseModel], path: str, family: str, kind: str) -> Iterator[Part]:
    fields = {
        name: field
        for name, field in model.model_fields.items()
        if name != "kind" and not (model is Project and name in REGISTERS)
    }
    shown_here = tuple(_parameter(name, field) for name, field in fields.items())
    yield Part(path, family, kind, _line(model.__doc__), shown_here)
    for name, field in fields.items():
        slot, below = Slot.at(field), f"{path}.{name}" if path else name
        if slot.many:
            below += ".NAME" if get_origin(slot.type) is dict else "[]"
            slot = slot.many
        if slot.family:
            for choice, cls in kinds(slot.family).items():
                yield from _parts(cls, below, slot.family.__name__, choice)
        elif slot.model and slot.type is not Table:
            yield from _parts(slot.model, below, "", "")


def _parameter(name: str, field: FieldInfo) -> Parameter:
    slot = Slot.at(field)
    unit = next((mark.si for mark in slot.marks if isinstance(mark, Unit)), "")
    bounds = [
        f"{words} {getattr(mark, kind.__name__.lower()):g}"
        for mark in slot.marks
        for kind, words in _BOUNDS.items()
        if isinstance(mark, kind)
    ]
    default = (
        "required"
        if field.is_required()
        else _default(field.get_default(call_default_factory=True))
    )
    return Parameter(
        name, unit, ", ".join([_takes(slot), *bounds]), default, _line(field.description)
    )


def _takes(slot: Slot) -> str:
    columns = [mark for mark in slot.marks if isinstance(mark, Columns)]
    if columns:
        return "CSV file: " + ", ".join(f"{name} [{unit}]" for name, unit in columns[0].units)
    if slot.family or slot.model:
        return "table"
    if get_origin(slot.type) is Literal:
        return " | ".join(map(str, get_args(slot.type)))
    if slot.many:
        return "tables by name" if get_origin(slot.type) is dict else "list"
    names = {float: "number", int: "whole number", str: "text", bool: "true | false"}
    return names.get(slot.type, "value")


def _default(value: object) -> str:
    if value in (None, "", {}, ()) or isinstance(value, BaseModel):
        return "optional"
    return f"default {str(value).lower() if isinstance(value, bool) else value}"


def _line(doc: str | None) -> str:
    """First paragraph on one line."""
    return " ".join(cleandoc(doc or "").split("\n\n")[0].split())
