"""A run as a labelled dataset: units, meanings, and whether a value is a mean over an interval."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from comine.numerics import Array
from comine.underground.channels import NAME, Channels
from comine.underground.engine import Underground
from comine.underground.history import History, Recording, history

SIDES = ("x_low", "x_high", "y_low", "y_high", "z_low", "z_high")
MEAN, POINT = "time: mean", "time: point"
Variable = tuple[tuple[str, ...], Array, dict[str, str]]


def dataset(underground: Underground, recording: Recording) -> xr.Dataset:
    """A run as a dataset.

    Parameters
    ----------
    underground : Underground
        What there is.
    recording : Recording
        Its run.

    Returns
    -------
    xarray.Dataset
        Parts other than tubes and fractures have their heat and what their carriers report, as
        `part report`.
    """
    told = history(underground, recording)
    data = _snapshots(underground, told) | _account(told)
    coords: dict[str, Variable] = {
        "time": (("time",), told.times, _says("s", "end of the interval of report")),
        "side": (("side",), np.array(SIDES), {"long_name": "side of the grid"}),
    }
    if underground.channels:
        data |= _channels(underground.channels, told)
        coords |= _places(underground.channels)
    if underground.screens:
        names = np.array(list(underground.screens))
        says = _says("K", "temperature of the cells at the screen", POINT)
        coords["screen"] = (("screen",), names, {"long_name": "screen of a well in a porous zone"})
        data["screen_temperature"] = (("time", "screen"), told.screens, says)
    for name in told.means:
        if name != NAME:
            data |= _part(name, told)
    attrs = {"title": "Rock, openings and fluids", "residual": told.residual}
    return xr.Dataset(data, coords | _axes(underground, told), attrs)


def _says(units: str, long_name: str, cells: str = "") -> dict[str, str]:
    found = {"units": units, "long_name": long_name}
    return found | ({"cell_methods": cells} if cells else {})


def _places(channels: Channels) -> dict[str, Variable]:
    """Where the openings' pieces are."""
    middle = np.concatenate([course.middle for course in channels.courses])
    length = np.concatenate([course.length for course in channels.courses])
    names = [each.name for each in channels.channels]
    counts = [course.length.size for course in channels.courses]
    found: dict[str, Variable] = {
        "opening": (("opening",), np.array(names), {"long_name": "tube or fracture"}),
        "piece_opening": (("piece",), np.repeat(names, counts), {"long_name": "its opening"}),
        "piece_length": (("piece",), length, _says("m", "length of the piece")),
    }
    for axis, values in zip("xyz", middle.T, strict=True):
        found[f"piece_{axis}"] = (("piece",), values, _says("m", f"{axis} of its middle"))
    return found


def _channels(channels: Channels, told: History) -> dict[str, Variable]:
    """Temperatures and heats of tubes and fractures."""
    report = told.means[NAME]
    warm = told.unknowns[NAME][:, : channels.size]
    heat = -told.walls[NAME]
    axis = told.axis[NAME] + channels.part.undisturbed

    def by_opening(values: Array, weights: list[Array]) -> Array:
        columns = [values[:, own] @ w for own, w in zip(channels.pieces, weights, strict=True)]
        return np.stack(columns, axis=1)

    enter, leave = ([getattr(c, side) for c in channels.courses] for side in ("enter", "leave"))
    ones = [np.ones_like(weights) for weights in leave]
    opening, piece = ("time", "opening"), ("time", "piece")
    return {
        "outlet_temperature": (
            opening, by_opening(warm, leave), _says("K", "temperature of outflow", POINT)),
        "inlet_temperature": (
            opening, by_opening(report["inlet"], enter), _says("K", "temperature of inflow", MEAN)),
        "heat": (
            opening, by_opening(heat, ones), _says("W", "from the rock into the fluid", MEAN)),
        "fluid_temperature": (piece, warm, _says("K", "temperature at its end", POINT)),
        "piece_heat": (piece, heat, _says("W", "from the rock into the fluid", MEAN)),
        "wall_temperature": (
            piece, report["wall_temperature"], _says("K", "temperature of the rock's wall", MEAN)),
        "axis_temperature": (
            piece, axis, _says("K", "temperature of cells on the axis, without skins", POINT)),
    }  # fmt: skip


def _part(name: str, told: History) -> dict[str, Variable]:
    """Heat and reports of another carrier."""
    values = {"wall_heat": -told.walls[name]} | told.means[name]
    return {
        f"{name} {key}": (
            ("time", *(f"{name} {value.shape[n]}" for n in range(1, value.ndim))),
            value,
            {"long_name": key.replace("_", " "), "cell_methods": MEAN},
        )
        for key, value in values.items()
    }


def _axes(underground: Underground, told: History) -> dict[str, Variable]:
    """Centres of the cells, where any are kept."""
    if not told.departures:
        return {}
    found: dict[str, Variable] = {
        name: ((name,), centres, _says("m", f"{name} of the cells"))
        for name, centres in zip("xyz", underground.grid.centres, strict=True)
    }
    times = np.array(list(told.departures))
    return found | {"snapshot": (("snapshot",), times, _says("s", "time of the snapshot"))}


def _snapshots(underground: Underground, told: History) -> dict[str, Variable]:
    """Temperature of the cells at the times asked for."""
    if not told.departures:
        return {}
    fields = np.stack([each + underground.gridded.cells for each in told.departures.values()])
    says = _says(
        "K", "temperature of the cells, without the skins about openings", "snapshot: point"
    )
    return {"temperature": (("snapshot", "x", "y", "z"), fields, says)}


LEDGER: Mapping[str, tuple[str, str]] = {
    "time": ("s", "end of the step"),
    "step": ("s", "length of the step"),
    "cells": ("J", "heat that the cells gained"),
    "blocks": ("J", "heat that blocks of rubble gained"),
    "rings": ("J", "heat that the skins gained"),
    "sides": ("J", "heat that came through each side"),
    "made": ("J", "heat made in the cells"),
    "walls": ("J", "heat that came from the openings"),
    "matter": ("J", "heat that came with exchanged matter, less what left with the old"),
    "exchanged": ("J", "heat exchanged either way"),
    "residual": ("1", "what is left of the rock's account, over the heat exchanged"),
    "carrier_residual": ("1", "what is left of the fluids' account, over what moved"),
    "iterations": ("1", "iterations of the cells' systems"),
}


def _account(told: History) -> dict[str, Variable]:
    """Ledger of all steps."""
    found = dict[str, Variable]()
    for name, (units, long_name) in LEDGER.items():
        values = np.array([getattr(entry, name) for entry in told.entries])
        dims = ("step", "side") if name == "sides" else ("step",)
        found[f"ledger_{name}"] = (dims, values, _says(units, long_name))
    return found
