"""From pydantic's errors to faults that a mine planner can act on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from difflib import get_close_matches
from typing import Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from comine.errors import Fault
from comine.models.base import Slot, kinds
from comine.tables import Table
from comine.units import Unit, shown

_BOUNDS = {
    "greater_than": ("must be above", "gt"),
    "greater_than_equal": ("must be at least", "ge"),
    "less_than": ("must be below", "lt"),
    "less_than_equal": ("must be at most", "le"),
}
_WANTED = {
    "int": ("must be a whole number", ""),
    "float": ("must be a number", ""),
    "string": ("must be text", "write it in quotes"),
    "bool": ("must be true or false", "write it without quotes"),
    "dict": ("must be a table", ""),
    "model": ("must be a table", ""),
    "tuple": ("must be a list", "write it in [ ]"),
    "finite": ("is not a finite number", ""),
}
"""By the first word of pydantic's error type: what is wrong and what would do."""
_MISFIT = "misfit"


def misfit(faults: Sequence[Fault]) -> PydanticCustomError:
    """Error of a model whose parts do not fit together; `explain` gives the faults back."""
    text = "; ".join(map(str, faults)).replace("{", "(").replace("}", ")")
    return PydanticCustomError(_MISFIT, text, {"faults": tuple(faults)})


def explain(model: type[BaseModel], error: ValidationError) -> list[Fault]:
    """Every fault in `error`, with key, what was got and what would do; the file is not named."""
    found: list[Fault] = []
    for details in error.errors(include_url=False):
        if details["type"] == _MISFIT:
            found += details["ctx"]["faults"]
        else:
            found.append(_fault(_Place.of(model, details["loc"]), details))
    return found


def located(faults: Sequence[Fault], file: str, text: str) -> list[Fault]:
    """The same faults by line, with the file that they are in."""
    lines = _lines(text)
    placed = []
    for fault in faults:
        key = fault.key
        while key and key not in lines:
            key = key.rpartition(".")[0]
        placed.append(replace(fault, file=file, line=lines.get(key, 0)))
    return sorted(placed, key=lambda fault: fault.line or len(text))


@dataclass(frozen=True)
class _Place:
    """A key as the user wrote it, the model that it belongs to, and what may stand there."""

    key: str
    owner: type[BaseModel] | None
    slot: Slot

    @property
    def leaf(self) -> str:
        return self.key.rpartition(".")[2]

    @property
    def unit(self) -> str:
        return next((mark.si for mark in self.slot.marks if isinstance(mark, Unit)), "")

    @classmethod
    def of(cls, model: type[BaseModel], loc: tuple[int | str, ...]) -> "_Place":
        """Follow pydantic's location, in which the kind of a family is a step of its own."""
        keys: list[str] = []
        owner, slot = None, Slot(model)
        for part in loc:
            if slot.family and part in kinds(slot.family):
                slot = Slot(kinds(slot.family)[str(part)])
                continue
            if part == "[key]":
                continue
            keys.append(str(part))
            owner = slot.model
            field = owner.model_fields.get(str(part)) if owner else None
            slot = Slot.at(field) if field else slot.many or Slot(None)
        return cls(".".join(keys), owner, slot)


def _fault(place: _Place, details: ErrorDetails) -> Fault:
    kind, given, context = details["type"], details["input"], details.get("ctx", {})
    if kind.startswith("union_tag"):
        return _no_kind(place, given)
    key, got, cure = place.key, _got(given), ""
    if kind == "missing":
        wrong, got, cure = "is required and not given", "", f"add {sample(place.leaf, place.slot)}"
    elif kind == "extra_forbidden":
        known = list(place.owner.model_fields) if place.owner else []
        wrong, cure = "unknown key", instead(place.leaf, known)
    elif kind == "literal_error":
        wrong, cure = "unknown choice", instead(str(given), _choices(context))
    elif kind in _BOUNDS:
        words, name = _BOUNDS[kind]
        wrong = f"{words} {_written(context[name], place.unit)}"
        got = _written(given, place.unit) if isinstance(given, float) else got
    elif kind.endswith("too_short"):
        wrong = f"is too short: {context['min_length']} or more wanted"
    elif kind.endswith("too_long"):
        wrong = f"is too long: {context['max_length']} at most"
    elif kind == "string_pattern_mismatch":
        wrong, cure = (
            "is not a usable name",
            "40 characters at most, none of . / \\ [ ] < > : | ? * and no quotes",
        )
    elif (wanted := kind.partition("_")[0]) in _WANTED:
        wrong, cure = _WANTED[wanted]
    else:
        wrong, _, cure = details["msg"].removeprefix("Value error, ").partition("; ")
    return Fault("", key, wrong, got, cure)


def _choices(context: Mapping[str, object]) -> list[str]:
    """Choices that pydantic names in its words, as in "'a', 'b' or 'c'"."""
    return list(filter(None, re.findall(r"'([^']*)'", str(context.get("expected", "")))))


def _no_kind(place: _Place, given: object) -> Fault:
    if not isinstance(given, Mapping):
        return Fault("", place.key, "must be a table", _got(given))
    choices = list(kinds(place.slot.family)) if place.slot.family else []
    key = f"{place.key}.kind"
    if "kind" not in given:
        return Fault("", key, "no kind is named", "", f"there is {', '.join(choices)}")
    return Fault("", key, "unknown kind", _got(given["kind"]), instead(str(given["kind"]), choices))


def instead(given: str, known: Sequence[str]) -> str:
    """What to write instead of an unknown name.

    >>> instead("conductivty", ["conductivity", "density"])
    "did you mean 'conductivity'?"
    """
    if near := get_close_matches(given, known, 1):
        return f"did you mean {near[0]!r}?"
    return f"there is {', '.join(known)}" if known else "remove it"


def sample(key: str, slot: Slot) -> str:
    """A line of a project file that gives `key`, or the table to add.

    >>> sample("depth", Slot(float, (Unit("m"),)))
    'depth = "12 m"'
    """
    units = [mark.si for mark in slot.marks if isinstance(mark, Unit)]
    if slot.family:
        return f"the table {key} with kind = one of {', '.join(kinds(slot.family))}"
    if slot.type is Table:
        return f'{key} = "{key}.csv"'
    if slot.model or get_origin(slot.type) is dict:
        return f"the table {key}"
    if units:
        return f'{key} = "12 {shown(units[0])}"'
    if get_origin(slot.type) is Literal:
        return " or ".join(f'{key} = "{choice}"' for choice in get_args(slot.type))
    return f"{key} = " + {bool: "true", int: "1", str: '"..."'}.get(slot.type, "[...]")


def _written(value: float, unit: str) -> str:
    """Write an SI number as the user may have done."""
    if unit == "K":
        return f"{value - 273.15:g} degC"
    return f"{value:g}" if unit in ("", "1") else f"{value:g} {shown(unit)}"


def _got(value: object) -> str:
    if isinstance(value, Mapping):
        return ""
    if isinstance(value, date | time):
        return value.isoformat()
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]\]?\s*(?:#.*)?")
_ENTRY = re.compile(
    r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*="""
)


def _lines(text: str) -> dict[str, int]:
    """Line of each key of a TOML text, as far as keys stand at the beginning of a line."""
    found: dict[str, int] = {}
    table = ""
    entries: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _HEADER.fullmatch(line):
            table = _dotted(match[1])
            if line.lstrip().startswith("[["):
                entries[table] = entries.get(table, -1) + 1
                table = f"{table}.{entries[table]}"
            found.setdefault(table, number)
        elif match := _ENTRY.match(line):
            key = _dotted(match[1])
            found.setdefault(f"{table}.{key}" if table else key, number)
    return found


def _dotted(key: str) -> str:
    return ".".join(part.strip(" \t\"'") for part in key.split("."))
