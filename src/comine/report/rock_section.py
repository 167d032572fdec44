"""A section through the rock along strike, and the openings near it."""

from typing import NamedTuple

import numpy as np
import xarray as xr

from comine.physics import Array
from comine.report.sections.openings import node_places
from comine.report.view import MONTHS, View, coordinate

SHOWN = 0.02
"""Change of the rock temperature [K] from which rock is shown."""
NEAR = 100.0
"""Distance across strike from the section [m] within which openings are drawn."""


class Openings(NamedTuple):
    """The parts of a strategy's openings that lie near a section, one row each."""

    x: Array
    """Places of both ends along strike (n, 2) [m]."""
    z: Array
    """Depths of both ends (n, 2) [m]."""
    opened: Array
    """Month from which it is open (n,) [1]."""

    def by(self, year: float) -> tuple[Array, Array]:
        """Places and depths, to the metre, of what is open by the end of a year; each line once."""
        there = self.opened <= MONTHS * year
        lines = np.unique(np.hstack([self.x, self.z])[there].round(), axis=0)
        return lines[:, :2], lines[:, 2:]


class RockSection(NamedTuple):
    """Rock temperature in a section along strike at the end of some years."""

    years: list[float]
    x: Array
    """Places of the cells along strike [m]."""
    z: Array
    """Depths of the cells [m]."""
    temperature: Array
    """Rock temperature (years, depths, places) [K]."""
    departure: Array
    """Its change since the first opening (years, depths, places) [K]."""
    y: float | None
    """Place of the section across strike [m]."""
    cells: int | None
    """Cells of the whole rock."""
    openings: Openings

    @property
    def areas(self) -> Array:
        """Area of each cell, out to half-way to its neighbours (depths, places) [m²]."""
        return np.outer(_widths(self.z), _widths(self.x))

    def cropped(self) -> "RockSection":
        """The part in which rock has changed or openings lie; all of it where there is neither."""
        change = np.abs(self.departure).max(axis=0)
        down = _extent(self.z, change.max(axis=1), self.openings.z)
        along = _extent(self.x, change.max(axis=0), self.openings.x)
        return self._replace(
            x=self.x[along],
            z=self.z[down],
            temperature=self.temperature[:, down, along],
            departure=self.departure[:, down, along],
        )


def rock_section(view: View, strategy: str) -> RockSection | None:
    """Section of a strategy, or None where the study holds none."""
    path = f"{strategy}/operate"
    temperature, departure = (
        view.get(path, f"section_{name}") for name in ("temperature", "departure")
    )
    if temperature is None or departure is None or min(temperature.shape) < 1:
        return None
    x, z = (
        np.array([float(str(v)) for v in coordinate(departure, f"section_{axis}")]) for axis in "xz"
    )
    if min(x.size, z.size) < 2:
        return None
    order = ("snapshot", "section_z", "section_x")
    y, cells = view.scalar(path, "section_y"), view.scalar(path, "rock_cells")
    return RockSection(
        [float(str(year)) for year in coordinate(departure, "snapshot")],
        x,
        z,
        np.asarray(temperature.transpose(*order).values, dtype=float),
        np.asarray(departure.transpose(*order).values, dtype=float),
        y,
        None if cells is None else round(cells),
        _openings(view.dataset(f"{strategy}/build"), y),
    )


def _openings(ds: xr.Dataset | None, y: float | None) -> Openings:
    """Openings within `NEAR` of the section, cut off where they leave it; all if it has no `y`."""
    needed = ("node_x", "node_depth", "branch_start", "branch_end")
    if ds is None or any(name not in ds for name in needed):
        return Openings(np.empty((0, 2)), np.empty((0, 2)), np.empty(0))
    ends = np.stack([node_places(ds, "branch_start"), node_places(ds, "branch_end")], axis=1)
    across = np.zeros(ends.shape)
    if y is not None and "node_y" in ds:
        across = ds.node_y.values[ends] - y
    part = _within(across)
    there = part[:, 1] > part[:, 0]
    x, z = (
        values[:, :1] + part * (values[:, 1:] - values[:, :1])
        for values in (ds.node_x.values[ends], ds.node_depth.values[ends])
    )
    opened = ds.branch_opened.values if "branch_opened" in ds else np.zeros(len(ends))
    return Openings(x[there], z[there], np.asarray(opened, dtype=float)[there])


def _within(across: Array) -> Array:
    """Part of each opening, from 0 to 1, that lies near; `across` is the distance of its ends."""
    step = across[:, 1:] - across[:, :1]
    level = step == 0
    passed = np.sort((np.array([-NEAR, NEAR]) - across[:, :1]) / np.where(level, 1.0, step), axis=1)
    whole = np.where(np.abs(across[:, :1]) <= NEAR, [0.0, 1.0], [1.0, 0.0])
    return np.asarray(np.clip(np.where(level, whole, passed), 0.0, 1.0))


def _widths(centres: Array) -> Array:
    """Widths of cells, from half-way to half-way between their middles."""
    half: Array = np.diff(centres) / 2
    widths: Array = np.concatenate([half[:1], half]) + np.concatenate([half, half[-1:]])
    return widths


def _extent(centres: Array, change: Array, ends: Array) -> slice:
    """Cells from the first to the last that has changed or meets openings, and one beyond."""
    places = np.flatnonzero(change > SHOWN)
    if ends.size:
        met = np.searchsorted(centres, [ends.min(), ends.max()])
        places = np.concatenate([places, met - [1, 0]])
    if not places.size:
        return slice(0, centres.size)
    return slice(max(int(places.min()) - 1, 0), int(places.max()) + 2)
