"""What the sections read: the study, asked for parts that may not be there."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from comine.errors import StudyError
from comine.physics import Array
from comine.report.display import Scale, greatest, scale_for
from comine.report.names import GLOSSARY, label, strategy_name
from comine.report.words import Words, same, with_unit

if TYPE_CHECKING:
    from comine.results import Study

STAGES = ("build", "operate", "ground", "use", "decide")
MONTHS = 12
NAMED_BY_USER = ("system", "sink", "branch", "node")
"""Dimensions whose labels are names that the project gives; they are shown as they are."""


class View:
    """A study as the report sees it; what is absent is None, never an error and never zero."""

    def __init__(self, study: "Study") -> None:
        self.study = study
        self.project = study.project
        self.strategies = tuple(study.strategies)
        money = getattr(self.project, "money", None)
        self.currency = str(getattr(money, "currency", ""))
        self.base_year = getattr(money, "base_year", None)
        self.headlines = study.headlines()
        self._held: dict[str, xr.Dataset | None] = {}

    def dataset(self, path: str) -> xr.Dataset | None:
        """Dataset of a node, or None where the study has none."""
        if path not in self._held:
            try:
                found = self.study[path]
            except (StudyError, KeyError):
                found = None
            self._held[path] = found if found is not None and found.data_vars else None
        return self._held[path]

    def get(self, path: str, name: str) -> xr.DataArray | None:
        """Variable of a node, or None."""
        ds = self.dataset(path)
        return ds[name] if ds is not None and name in ds.data_vars else None

    def scalar(self, path: str, name: str) -> float | None:
        """Finite scalar of a node, or None."""
        found = self.get(path, name)
        if found is None or found.ndim or not np.isfinite(float(found)):
            return None
        return float(found)

    def having(self, stage: str, *names: str) -> list[str]:
        """Strategies whose stage holds all the variables."""
        return [
            s
            for s in self.strategies
            if all(self.get(f"{s}/{stage}", n) is not None for n in names)
        ]

    def parts(self, strategy: str) -> tuple[bool, tuple[str, ...]]:
        """Whether the strategy mines, and the heat systems that it builds."""
        told = self.project.strategies[strategy]
        return bool(getattr(told, "mine", False)), tuple(getattr(told, "heat", ()))

    @property
    def title(self) -> Words:
        """Name of the project."""
        name = str(getattr(self.project, "name", "comine"))
        return Words(name, getattr(self.project, "name_zh", "") or name)

    def doc(self, strategy: str) -> Words:
        """What the project says that the strategy means."""
        said = self.project.strategies[strategy]
        doc = str(getattr(said, "doc", ""))
        return Words(doc, getattr(said, "doc_zh", "") or doc)

    def name(self, strategy: str) -> Words:
        """Name of a strategy for a reader."""
        return strategy_name(strategy)

    def scale(self, name: str, largest: float) -> Scale:
        """Display scale of a variable of the glossary."""
        return scale_for(GLOSSARY[name].unit, name, largest, self.currency)

    def scale_of(self, *arrays: xr.DataArray) -> Scale:
        """One display scale for arrays of the same variable or kind."""
        first = arrays[0]
        top = greatest(v for a in arrays for v in np.abs(np.asarray(a.values, float)).ravel())
        return scale_for(str(first.attrs.get("units", "")), str(first.name), top, self.currency)

    def axis(self, name: str, scale: Scale) -> Words:
        """Meaning of a variable with the unit of the scale."""
        return with_unit(meaning(name), scale.symbol)


def meaning(name: str) -> Words:
    """What a variable of the glossary means, in both languages."""
    var = GLOSSARY.get(name)
    return Words(var.doc, var.zh) if var else label(name)


def coordinate(array: xr.DataArray, dim: str) -> list[object]:
    """Labels along a dimension; numbers from 1 where the dataset gives none."""
    if dim in array.coords:
        return list(array[dim].values.tolist())
    return list(range(1, array.sizes[dim] + 1))


def labels(array: xr.DataArray, dim: str) -> list[Words]:
    """Readable labels along a dimension: names in both languages, depths with their unit."""
    found = coordinate(array, dim)
    if dim == "z":
        return [same(f"{float(str(z)):,.0f} m") for z in found]
    if dim in NAMED_BY_USER:
        return [same(str(item)) for item in found]
    return [label(str(item)) for item in found]


def in_years(array: xr.DataArray) -> list[float]:
    """Middle of each month, in years from the first day of construction."""
    return [(float(str(m)) - 0.5) / MONTHS for m in coordinate(array, "month")]


def by_year(array: xr.DataArray, how: str = "mean") -> xr.DataArray:
    """Monthly values as yearly means or greatest values; an incomplete last year is left out."""
    years = array.sizes["month"] // MONTHS
    values = array.transpose("month", ...).values[: years * MONTHS]
    blocks = np.asarray(values, dtype=float).reshape(years, MONTHS, *values.shape[1:])
    empty = np.isnan(blocks).all(axis=1)
    if how == "max":
        found = np.where(np.isnan(blocks), -np.inf, blocks).max(axis=1)
    else:
        counts = np.maximum((~np.isnan(blocks)).sum(axis=1), 1)
        found = np.nansum(blocks, axis=1) / counts
    rest = [d for d in array.dims if d != "month"]
    coords = {d: array[d].values for d in rest if d in array.coords}
    return xr.DataArray(
        np.where(empty, np.nan, found),
        dims=["year", *rest],
        coords={"year": np.arange(1, years + 1), **coords},
        name=array.name,
        attrs=array.attrs,
    )


def finite_ends(values: Array) -> tuple[float, float] | None:
    """First and last finite value of a series, or None."""
    fine = values[np.isfinite(values)]
    return (float(fine[0]), float(fine[-1])) if fine.size else None
