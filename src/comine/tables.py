"""Tables of numbers in CSV files whose header says ``name [unit]`` in every column."""

import csv
import re
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
from comine.units import Reading, to_si

_HEAD = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*(?:\[(?P<unit>[^\]]*)\])?\s*")


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

    def read(self, value: Any, info: ValidationInfo) -> Any:
        """Read the CSV file that `value` names, relative to the project file."""
        if not isinstance(value, str):
            return value
        reading = info.context if isinstance(info.context, Reading) else None
        path = (Path(reading.file).parent if reading else Path()) / value
        columns, faults = self._parse(path, value)
        if faults and reading:
            reading.faults.extend(faults)
        if faults:
            more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
            raise ValueError(f"the table cannot be used: {faults[0].wrong}{more}")
        return {"columns": columns}

    def _parse(self, path: Path, name: str) -> tuple[dict[str, tuple[float, ...]], list[Fault]]:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            return {}, [Fault(name, "", f"cannot be read ({error.strerror})", str(path))]
        except UnicodeDecodeError as error:
            return {}, [Fault(name, "", f"is not UTF-8 text (byte {error.start})")]
        try:
            reader = csv.reader(text.splitlines(), strict=True)
            rows = [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
        except csv.Error as error:
            return {}, [Fault(name, "", f"is not a CSV table ({error})")]
        wanted = ", ".join(f"{column} [{unit}]" for column, unit in self.units)
        if len(rows) < 1 + self.rows:
            need = f"a header and {self.rows} rows or more are needed: {wanted}"
            return {}, [Fault(name, "", "holds too few rows", str(max(len(rows) - 1, 0)), need)]
        places, faults = self._header(rows[0][1], name, wanted)
        if faults:
            return {}, faults
        return self._body(rows[1:], places, len(rows[0][1]), name)

    def _header(
        self, row: list[str], name: str, wanted: str
    ) -> tuple[dict[str, tuple[int, str]], list[Fault]]:
        places: dict[str, tuple[int, str]] = {}
        faults = []
        known = dict(self.units)
        for place, cell in enumerate(row):
            match = _HEAD.fullmatch(cell)
            if not match or match["name"] not in known:
                faults.append(Fault(name, "header", "unknown column", repr(cell), f"has {wanted}"))
            elif match["name"] in places:
                faults.append(Fault(name, "header", "column given twice", repr(cell)))
            elif match["unit"] is None:
                need = f"write '{match['name']} [{known[match['name']]}]'"
                faults.append(Fault(name, "header", "no unit", repr(cell), need))
            else:
                places[match["name"]] = (place, match["unit"].strip() or "1")
        missing = [column for column in known if column not in places]
        if missing and not faults:
            faults.append(Fault(name, "header", f"no column {missing}", str(row), f"has {wanted}"))
        return places, faults

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
