"""The contract of a dataset: which variables, over which dimensions, in which units."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from comine.errors import FieldError

DIMENSIONS = [
    "strategy",
    "time",
    "year",
    "month",
    "z",
    "y",
    "x",
    "node",
    "branch",
    "system",
    "sink",
    "block",
    "site",
    "criterion",
    "sample",
    "snapshot",
    "section_z",
    "section_x",
    "component",
]
"""All dimensions of the house. `z` is depth, positive downwards; `month` and `year` are running
numbers, from 1; `snapshot` is a year, from 0, at whose end a section of the rock is kept;
`section_z` and `section_x` are depth and place along strike of its cells."""


class Var(NamedTuple):
    """One promised variable: SI unit, dimensions, meaning in English and Chinese.

    A `headline` scalar is printed on the command line; an `optional` one is absent where the
    strategy lacks the part that gives it; one with `gaps` holds NaN outside the life of the
    branch or level. A unit of ``""`` marks a text.
    """

    unit: str
    dims: tuple[str, ...]
    doc: str
    zh: str
    headline: bool = False
    optional: bool = False
    gaps: bool = False


class Fields(dict[str, Var]):
    """A table of promised variables; builds datasets and checks them.

    >>> RATE = Fields(flow=Var("kg/s", ("time",), "brine flow", "卤水流量"))
    >>> RATE.dataset({"time": [0.0, 1.0]}, flow=[3.0, 2.0]).flow.units
    'kg/s'
    """

    def dataset(self, coords: Mapping[str, Any], **values: Any) -> xr.Dataset:
        """Label `values` by this table. Shapes follow the declared dimensions."""
        if extra := sorted(set(values) - set(self)):
            raise FieldError(f"not in the table: {extra}; it has {sorted(self)}")
        variables = {
            name: (
                self[name].dims,
                value,
                {
                    "units": self[name].unit,
                    "long_name": self[name].doc,
                    "long_name_zh": self[name].zh,
                    "headline": int(self[name].headline),
                },
            )
            for name, value in values.items()
        }
        return xr.Dataset(variables, coords=dict(coords))

    def check(self, ds: xr.Dataset, giver: str) -> xr.Dataset:
        """Return `ds` if it keeps every promise, else raise one error that lists all breaches."""
        wrong = [f"{n}: missing" for n, v in self.items() if n not in ds and not v.optional]
        wrong += [f"{name}: not promised" for name in map(str, ds.data_vars) if name not in self]
        for name in [n for n in self if n in ds]:
            wrong += self._breaches(name, ds[name])
        if wrong:
            raise FieldError(f"{giver} broke its promise:\n  " + "\n  ".join(wrong))
        return ds

    def _breaches(self, name: str, got: xr.DataArray) -> list[str]:
        var, wrong = self[name], []
        if got.dims != var.dims:
            wrong.append(f"{name}: dims {got.dims}, promised {var.dims}")
        if got.attrs.get("units") != var.unit:
            wrong.append(f"{name}: units {got.attrs.get('units')!r}, promised {var.unit!r}")
        if var.unit and not var.gaps and not bool(np.isfinite(got.values).all()):
            wrong.append(f"{name}: holds values that are not finite")
        return wrong


def merged(*tables: Fields) -> Fields:
    """One table of several; a name may stand in one of them only."""
    whole = Fields()
    for table in tables:
        if twice := sorted(set(whole) & set(table)):
            raise FieldError(f"promised twice: {twice}")
        whole.update(table)
    return whole
