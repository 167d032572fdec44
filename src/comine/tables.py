"""Tables of numbers in CSV files whose header says ``name [unit]`` in every column."""

import csv
import errno
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
from comine.units import Reading, shown, to_si

_HEAD = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*(?:\[(?P<unit>[^\]]*)\])?\s*")


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
            raise ValueError(f"wants the columns {self._wanted()}")
        lengths = {
            len(column) if isinstance(column, list | tuple) else 0 for column in columns.values()
        }
        if len(lengths) != 1 or not self.rows <= min(lengths) <= self.most:
            raise ValueError(f"wants {self._counted()} in every column")
        return value

    def _wanted(self) -> str:
        return ", ".join(f"{column} [{shown(unit)}]" for column, unit in self.units)

    def _counted(self) -> str:
        return f"{self.rows} rows" if self.most == self.rows else f"{self.rows} rows or more"

    def _parse(self, path: Path, name: str) -> tuple[dict[str, tuple[float, ...]], list[Fault]]:
        try:
            raw = bounded(path)
            text = raw[:LARGEST].decode("utf-8-sig")
            reader = csv.reader(text.splitlines(), strict=True)
            rows = [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
        except OSError as error:
            return {}, [Fault(name, "", f"cannot be read ({error.strerror})", str(path))]
        except UnicodeDecodeError as error:
            cure = "save the file as UTF-8"
            return {}, [Fault(name, "", f"is not UTF-8 text (byte {error.start})", "", cure)]
        except csv.Error as error:
            return {}, [Fault(name, "", f"is not a CSV table ({error})")]
        if len(raw) > LARGEST:
            return {}, [Fault(name, "", "is too large", "", f"give {LARGEST} bytes at most")]
        if not self.rows <= len(rows) - 1 <= self.most:
            wrong = f"holds too {'few' if len(rows) <= self.rows else 'many'} rows"
            need = f"a header and {self._counted()} are needed: {self._wanted()}"
            return {}, [Fault(name, "", wrong, str(max(len(rows) - 1, 0)), need)]
        places, faults = self._header(rows[0][1], name)
        return ({}, faults) if faults else self._body(rows[1:], places, len(rows[0][1]), name)

    def _header(self, row: list[str], name: str) -> tuple[dict[str, tuple[int, str]], list[Fault]]:
        places: dict[str, tuple[int, str]] = {}
        faults = []
        known, wanted = dict(self.units), self._wanted()
        if len(row) == 1 and re.search("[;\\t]", row[0]):
            cure = "separate cells by commas, and write decimals with a point"
            return {}, [Fault(name, "header", "is a single cell", repr(row[0]), cure)]
        for place, cell in enumerate(row):
            match = _HEAD.fullmatch(cell)
            if not match or match["name"] not in known:
                faults.append(Fault(name, "header", "unknown column", repr(cell), f"has {wanted}"))
            elif match["name"] in places:
                faults.append(Fault(name, "header", "column given twice", repr(cell)))
            elif match["unit"] is None:
                need = f"write '{match['name']} [{shown(known[match['name']])}]'"
                faults.append(Fault(name, "header", "no unit", repr(cell), need))
            else:
                unit = match["unit"].strip() or "1"
                places[match["name"]] = (place, unit)
                faults += self._unfit(name, cell, unit, known[match["name"]])
        missing = [column for column in known if column not in places]
        if missing and not faults:
            faults.append(Fault(name, "header", f"no column {missing}", str(row), f"has {wanted}"))
        return places, faults

    def _unfit(self, name: str, cell: str, unit: str, wanted: str) -> Iterator[Fault]:
        try:
            to_si("1" if unit == "1" else f"1 {unit}", wanted)
        except ValueError as error:
            wrong, _, cure = str(error).partition("; ")
            yield Fault(name, "header", wrong, repr(cell), cure)

    def _body(
        self,
        rows: list[tuple[int, list[str]]],
        places: dict[str, tuple[int, str]],
        width: int,
        name: str,
    ) -> tuple[dict[str, tuple[float, ...]], list[Fault]]:
        columns: dict[str, list[float]] = {column: [] for column in places}
        faults = []
        for line, row in rows:
            if len(row) != width:
                wrong = f"the row has {len(row)} cells, the header {width}"
                faults.append(Fault(name, "", wrong, ",".join(row)[:60], line=line))
                continue
            for column, (place, unit) in places.items():
                cell = row[place].strip()
                try:
                    plain = "" if unit == "1" else f" {unit}"
                    columns[column].append(to_si(f"{cell}{plain}", dict(self.units)[column]))
                except ValueError as error:
                    wrong, _, cure = str(error).partition("; ")
                    faults.append(Fault(name, column, wrong, repr(cell), cure, line))
        return {column: tuple(values) for column, values in columns.items()}, faults

    def __get_pydantic_core_schema__(self, source: Any, get: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_before_validator_function(self.read, get(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, get: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        head = ",".join(f"{column} [{unit}]" for column, unit in self.units)
        return {"type": "string", "description": f"a CSV file with the header {head}"}
