"""The numbers as a workbook, one sheet for each node of the study, and the ledger as CSV."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import xarray as xr
import xlsxwriter

from comine.report.display import Scale, scale_for
from comine.report.names import STAGES, label
from comine.report.view import STAGES as STAGE_KEYS
from comine.report.view import View, meaning

TEXTS_STAY_TEXTS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""A text of the project that looks like a formula or a link is written as the text that it is."""
_UNSAFE = re.compile(r"[\[\]:*?/\\']")
LONGEST = 31
"""Characters that a sheet's name may have."""


def nodes(view: View) -> Iterator[tuple[str, xr.Dataset]]:
    """Every node of the study that holds something."""
    paths = [
        "assess",
        "compare",
        *(f"{s}/{stage}" for s in view.strategies for stage in STAGE_KEYS),
    ]
    for path in paths:
        ds = view.dataset(path)
        if ds is not None:
            yield path, ds


def write_workbook(view: View, path: Path) -> None:
    """Write the workbook; numbers are in display units, which the headers name."""
    with xlsxwriter.Workbook(str(path), TEXTS_STAY_TEXTS) as book:
        taken: set[str] = set()
        forms = {
            "head": book.add_format(
                {"bold": True, "bottom": 2, "text_wrap": True, "valign": "top"}
            ),
            "title": book.add_format({"bold": True, "font_color": "#0b5c7a"}),
            "number": book.add_format({"num_format": "#,##0.0###;-#,##0.0###;0"}),
        }
        for node, ds in nodes(view):
            sheet = book.add_worksheet(_sheet_name(node, taken))
            sheet.set_column(0, 0, 34)
            sheet.set_column(1, 400, 16)
            _Sheet(sheet, forms, view).fill(node, ds)


def _sheet_name(node: str, taken: set[str]) -> str:
    base = _UNSAFE.sub(" ", node.replace("/", " - "))[:LONGEST].strip() or "sheet"
    name, number = base, 2
    while name.lower() in taken:
        name, number = f"{base[: LONGEST - 4]} ({number})", number + 1
    taken.add(name.lower())
    return name


class _Sheet:
    """Writes the tables of one node one below the other."""

    def __init__(
        self, sheet: xlsxwriter.worksheet.Worksheet, forms: dict[str, object], view: View
    ) -> None:
        self.sheet, self.forms, self.view = sheet, forms, view
        self.row = 0

    def fill(self, node: str, ds: xr.Dataset) -> None:
        stage = STAGES.get(node.rpartition("/")[2])
        title = f"{node}: {stage.en} / {stage.zh}" if stage else node
        self._line([title], "title")
        self.row += 1
        self._scalars([a for a in ds.data_vars.values() if not a.dims])
        flat: dict[str, list[xr.DataArray]] = {}
        for array in ds.data_vars.values():
            if len(array.dims) == 1:
                flat.setdefault(str(array.dims[0]), []).append(array)
        for dim, arrays in flat.items():
            self._columns(dim, arrays)
        for array in ds.data_vars.values():
            if len(array.dims) > 1:
                self._grid(array)

    def _scalars(self, arrays: list[xr.DataArray]) -> None:
        if not arrays:
            return
        self._line(["variable", "meaning", "含义", "value", "unit / 单位"], "head")
        for array in arrays:
            scale = self._scale(array)
            words = meaning(str(array.name))
            value = _shown(array, scale).item()
            self._line([str(array.name), words.en, words.zh, value, scale.symbol.en])
        self.row += 1

    def _columns(self, dim: str, arrays: list[xr.DataArray]) -> None:
        self._line([f"by {dim}"], "title")
        self._line([dim, *(self._header(a) for a in arrays)], "head")
        columns = [_shown(a, self._scale(a)) for a in arrays]
        for n, tick in enumerate(_ticks(arrays[0], dim)):
            self._line([tick, *(column[n] for column in columns)])
        self.row += 1

    def _grid(self, array: xr.DataArray) -> None:
        """Rows over all dimensions but the last, columns over the last."""
        *down, across = map(str, array.dims)
        self._line([self._header(array)], "title")
        self._line([*down, *(f"{across} {tick}" for tick in _ticks(array, across))], "head")
        shown = _shown(array, self._scale(array))
        ticks = [_ticks(array, dim) for dim in down]
        for place in np.ndindex(*shown.shape[:-1]):
            index = [ticks[k][n] for k, n in enumerate(place)]
            self._line([*index, *shown[place]])
        self.row += 1

    def _scale(self, array: xr.DataArray) -> Scale:
        return self.view.scale_of(array) if array.dtype.kind in "fiub" else scale_for("")

    def _header(self, array: xr.DataArray) -> str:
        words, unit = meaning(str(array.name)), self._scale(array).symbol.en
        head = f"{words.en} / {words.zh}"
        return f"{head} [{unit}]" if unit else head

    def _line(self, cells: list[object], form: str = "") -> None:
        style = self.forms.get(form)
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                self.sheet.write_string(self.row, column, cell, style)
            elif isinstance(cell, int | float | np.number) and np.isfinite(cell):
                plain = float(cell)
                wide = abs(plain) >= 1e-3 or plain == 0
                number = style or (
                    self.forms["number"] if wide and not plain.is_integer() else None
                )
                self.sheet.write_number(self.row, column, plain, number)
        self.row += 1


def _shown(array: xr.DataArray, scale: Scale) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    """Values in display units, texts as they are."""
    if array.dtype.kind in "fiub":
        return np.asarray(scale(array.values)).astype(object)
    return np.asarray(np.vectorize(str, otypes=[object])(array.values))


def _ticks(array: xr.DataArray, dim: str) -> list[object]:
    found = array[dim].values.tolist() if dim in array.coords else range(1, array.sizes[dim] + 1)
    return [t if isinstance(t, int | float) else str(t) for t in found]


def write_ledger(view: View, path: Path) -> None:
    """Write every strategy's energy ledger in joules."""
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        out = csv.writer(file)
        out.writerow(["strategy", "control volume", "component", "component zh", "energy [J]"])
        for s in view.having("operate", "ledger", "ledger_group"):
            ds = view.dataset(f"{s}/operate")
            assert ds is not None
            for name, group, value in zip(
                _ticks(ds.ledger, "component"),
                ds.ledger_group.values,
                ds.ledger.values,
                strict=True,
            ):
                words = label(str(name))
                cells = [s, str(group), words.en, words.zh]
                out.writerow([*map(_as_text, cells), repr(float(value))])


def _as_text(cell: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell
