"""Tables in CSV files whose header says ``name [unit]`` in every column of numbers."""

import csv
import errno
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
)
from pydantic_core import CoreSchema, core_schema

from comine.errors import Fault
from comine.units import Reading, all_to_si, shown, to_si

_HEAD = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*(?:\[(?P<unit>[^\]]*)\])?\s*")


BLANK = math.nan
"""Default of numbers that may be left blank and of which the reader must know that they are."""
LARGEST = 5_000_000
"""Bytes of a file beyond which it is refused."""


def bounded(path: Path) -> bytes:
    """Bytes of a file, one more than `LARGEST` at most; OSError where there is no plain file."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise OSError(errno.EINVAL, "not a plain file")
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


class Table(BaseModel):
    """Columns of equal length, in SI.

    >>> Table(columns={"depth": (0.0, 100.0)})["depth"]
    array([  0., 100.])
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    columns: dict[str, tuple[float, ...]]

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        return np.array(self.columns[name])


class Column(NamedTuple):
    """A column that a file must or may have: numbers, or words where no unit is named."""

    name: str
    unit: str = ""
    """In SI; empty for words."""
    default: float | str | None = None
    """What holds where the column or a cell of it is left blank; None where it must be given."""
    whole: bool = False
    """Whether its numbers are whole, so that their unit may be left out."""

    @property
    def head(self) -> str:
        """How the header writes it."""
        return f"{self.name} [{shown(self.unit)}]" if self.unit and not self.whole else self.name

    @property
    def si_head(self) -> str:
        """How the header writes it for numbers in SI."""
        unit = self.unit.replace("**", "^")
        return f"{self.name} [{unit}]" if unit and not self.whole else self.name


class Cells(NamedTuple):
    """What a file holds, column by column, in SI."""

    lines: list[int]
    """Line of the file that each row ends at, from 1."""
    numbers: dict[str, list[float]]
    words: dict[str, list[str]]


def read_cells(
    path: Path, columns: Sequence[Column], heads: Mapping[str, str] | None = None
) -> tuple[Cells, list[Fault]]:
    """Read a CSV file of numbers and words, with every fault that it has.

    Parameters
    ----------
    path : Path
        The file.
    columns : sequence of Column
        What it must or may hold, in any order.
    heads : mapping of str to str, optional
        What cells of the header stand for, where the file writes no ``name [unit]``.

    Returns
    -------
    Cells
        Its columns; of no use where there are faults.
    list of Fault
    """
    rows, faults = _rows(path, path.name)
    if not rows:
        empty = Fault(path.name, "", "is empty", "", f"give a header: {_wanted(columns, heads)}")
        return Cells([], {}, {}), faults or [empty]
    return _cells(rows, columns, path.name, heads)


def _rows(path: Path, name: str) -> tuple[list[tuple[int, list[str]]], list[Fault]]:
    """Rows of a file that are not blank, with their lines."""
    try:
        raw = bounded(path)
        text = raw[:LARGEST].decode("utf-8-sig")
        reader = csv.reader(text.splitlines(), strict=True)
        rows = [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except OSError as error:
        return [], [Fault(name, "", f"cannot be read ({error.strerror})", str(path))]
    except UnicodeDecodeError as error:
        cure = "save the file as UTF-8"
        return [], [Fault(name, "", f"is not UTF-8 text (byte {error.start})", "", cure)]
    except csv.Error as error:
        return [], [Fault(name, "", f"is not a CSV table ({error})")]
    if len(raw) > LARGEST:
        return [], [Fault(name, "", "is too large", "", f"give {LARGEST} bytes at most")]
    return rows, []


def _wanted(columns: Sequence[Column], heads: Mapping[str, str] | None = None) -> str:
    own = {said: cell for cell, said in (heads or {}).items()}
    return ", ".join(own.get(column.head, column.head) for column in columns)


def _cells(
    rows: list[tuple[int, list[str]]],
    columns: Sequence[Column],
    name: str,
    heads: Mapping[str, str] | None = None,
) -> tuple[Cells, list[Fault]]:
    """Columns of a header and its rows."""
    head = [(heads or {}).get(cell.strip(), cell) for cell in rows[0][1]]
    places, faults = _header(head, columns, name, _wanted(columns, heads))
    fit = [(line, row) for line, row in rows[1:] if len(row) == len(head)]
    cells = Cells([line for line, _ in fit], {}, {})
    if faults:
        return cells, faults
    for line, row in rows[1:]:
        if len(row) != len(head):
            wrong = f"the row has {len(row)} cells, the header {len(head)}"
            faults.append(Fault(name, "", wrong, ",".join(row)[:60], line=line))
    for column in columns:
        place, unit = places.get(column.name, (-1, column.unit))
        words = [row[place].strip() if place >= 0 else "" for _, row in fit]
        if column.unit:
            cells.numbers[column.name], wrong_ones = _numbers(words, column, unit)
        else:
            default = "" if column.default is None else str(column.default)
            cells.words[column.name] = [word or default for word in words]
            need = ("is blank", f"give the {column.name}")
            blank = [at for at, word in enumerate(words) if not word]
            wrong_ones = dict.fromkeys(blank if column.default is None else [], need)
        faults += [
            Fault(name, column.name, wrong, repr(words[at]), cure, cells.lines[at])
            for at, (wrong, cure) in wrong_ones.items()
        ]
    return cells, sorted(faults, key=lambda fault: fault.line)


def _header(
    row: list[str], columns: Sequence[Column], name: str, wanted: str
) -> tuple[dict[str, tuple[int, str]], list[Fault]]:
    """Place and unit of each column that is there."""
    places: dict[str, tuple[int, str]] = {}
    faults = []
    known = {column.name: column for column in columns}
    if len(row) == 1 and re.search("[;\\t]", row[0]):
        cure = "separate cells by commas, and write decimals with a point"
        return {}, [Fault(name, "header", "is a single cell", repr(row[0]), cure)]
    for place, cell in enumerate(row):
        match = _HEAD.fullmatch(cell)
        if not match or match["name"] not in known:
            faults.append(Fault(name, "header", "unknown column", repr(cell), f"has {wanted}"))
            continue
        column = known[match["name"]]
        if column.name in places:
            faults.append(Fault(name, "header", "column given twice", repr(cell)))
        elif match["unit"] is None and column.unit and not column.whole:
            need = f"write '{column.head}'"
            faults.append(Fault(name, "header", "no unit", repr(cell), need))
        elif match["unit"] and not column.unit:
            need = f"write '{column.name}'"
            faults.append(Fault(name, "header", "a unit for words", repr(cell), need))
        else:
            unit = (match["unit"] or "").strip() or "1"
            places[column.name] = (place, unit)
            faults += _unfit(name, cell, unit, column.unit) if column.unit else ()
    missing = [each.name for each in columns if each.default is None and each.name not in places]
    if missing and not faults:
        faults.append(Fault(name, "header", f"no column {missing}", str(row), f"has {wanted}"))
    return places, faults


def _unfit(name: str, cell: str, unit: str, wanted: str) -> Iterator[Fault]:
    try:
        to_si("1" if unit == "1" else f"1 {unit}", wanted)
    except ValueError as error:
        wrong, _, cure = str(error).partition("; ")
        yield Fault(name, "header", wrong, repr(cell), cure)


def _numbers(
    words: list[str], column: Column, unit: str
) -> tuple[list[float], dict[int, tuple[str, str]]]:
    """Numbers of a column in SI, and for the rows where there are none what is wrong, and a cure.

    A cell that is more than a number, such as ``30 %``, is read with its own unit.
    """
    plain = np.zeros(len(words))
    own: dict[int, float] = {}
    wrong: dict[int, tuple[str, str]] = {}
    for at, word in enumerate(words):
        try:
            plain[at] = float(word)
        except ValueError:
            if not word and column.default is not None:
                own[at] = float(column.default)
                continue
            try:
                own[at] = to_si(word if unit == "1" else f"{word} {unit}", column.unit)
            except ValueError as error:
                said, _, cure = str(error).partition("; ")
                wrong[at] = said, cure
    values = all_to_si(plain, "" if unit == "1" else unit, column.unit)
    for at in np.flatnonzero(~np.isfinite(values)).tolist():
        wrong[at] = "not a finite number", ""
    values[list(own)] = list(own.values())
    if column.whole:
        for at in np.flatnonzero((values != np.round(values)) & np.isfinite(values)).tolist():
            wrong[at] = "not a whole number", ""
    return values.tolist(), wrong


@dataclass(frozen=True)
class Columns:
    """Marks a `Table` field with its columns and SI units; the project file names a CSV file."""

    units: tuple[tuple[str, str], ...]
    rows: int = 1
    """Least number of rows that makes sense."""
    most: float = math.inf
    """Greatest number of rows."""

    def read(self, value: Any, info: ValidationInfo) -> Any:
        """Read the CSV file that `value` names, relative to the project file."""
        if not isinstance(value, str):
            return self._given(value)
        reading = info.context if isinstance(info.context, Reading) else None
        path = (Path(reading.file).parent if reading else Path()) / value
        columns, faults = self._parse(path, value)
        if faults and reading:
            reading.faults.extend(faults)
        if faults:
            more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
            raise ValueError(f"the table cannot be used: {faults[0].wrong}{more}")
        return {"columns": columns}

    def _given(self, value: Any) -> Any:
        """A table that is there already, if it has the columns that are wanted."""
        columns = value.get("columns") if isinstance(value, dict) else None
        if isinstance(value, Table):
            columns = value.columns
        if not isinstance(columns, dict):
            raise ValueError("name a CSV file, in quotes")
        if columns.keys() != dict(self.units).keys():
            raise ValueError(f"wants the columns {_wanted(self.columns)}")
        lengths = {
            len(column) if isinstance(column, list | tuple) else 0 for column in columns.values()
        }
        if len(lengths) != 1 or not self.rows <= min(lengths) <= self.most:
            raise ValueError(f"wants {self._counted()} in every column")
        return value

    @property
    def columns(self) -> tuple[Column, ...]:
        """What the file must hold."""
        return tuple(Column(*each) for each in self.units)

    def _counted(self) -> str:
        return f"{self.rows} rows" if self.most == self.rows else f"{self.rows} rows or more"

    def _parse(self, path: Path, name: str) -> tuple[dict[str, tuple[float, ...]], list[Fault]]:
        rows, faults = _rows(path, name)
        if faults:
            return {}, faults
        if not self.rows <= len(rows) - 1 <= self.most:
            wrong = f"holds too {'few' if len(rows) <= self.rows else 'many'} rows"
            need = f"a header and {self._counted()} are needed: {_wanted(self.columns)}"
            return {}, [Fault(name, "", wrong, str(max(len(rows) - 1, 0)), need)]
        cells, faults = _cells(rows, self.columns, name)
        return {column: tuple(values) for column, values in cells.numbers.items()}, faults

    def __get_pydantic_core_schema__(self, source: Any, get: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_before_validator_function(self.read, get(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, get: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        head = ",".join(f"{column} [{unit}]" for column, unit in self.units)
        return {"type": "string", "description": f"a CSV file with the header {head}"}
