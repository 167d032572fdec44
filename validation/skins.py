"""Ways to join the rings around an opening to the cells of a grid, compared.

``python -m validation.skins`` computes the heat from a fluid that is 1 K warmer than the rock from
time zero on with each way, in two dimensions, writes `validation/skins.json` and draws the figure
of `docs/physics/skins.md`. The reference is the exact G(F, B).
"""

import sys
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.sparse import block_array, csr_array, diags_array
from scipy.sparse.linalg import splu

from comine.numerics.skin_host import around_axis, share
from comine.numerics.skin_stage import GAMMA
from comine.numerics.skins import Skins
from tests.numerics.skin_rig import (
    CAPACITY,
    CONDUCTIVITY,
    DAY,
    YEAR,
    airway,
    doubling_steps,
    errors,
    exact_flow,
    flat_grid,
    in_flat_grid,
    step_response,
)
from validation.stored import Table, keep

Floats = NDArray[np.float64]
FIGURE = Path(__file__).parent.parent / "docs" / "images" / "skins.svg"
FILM = 20.0
STEPS = doubling_steps(1800.0, 16, 30 * YEAR)
TIMES = np.cumsum(STEPS)
COUNTS = (TIMES > 0.99 * DAY) & (TIMES < 30.01 * YEAR)
SIZES = ((2.0, 40.0), (2.0, 20.0), (2.0, 10.0), (2.0, 5.0), (2.0, 2.0), (4.0, 2.0))
CENTRE, CORNER = (0.5, 0.5), (0.0, 0.0)


class Joined(NamedTuple):
    """Rings in place of the cells' matter within a circle, with the cells that they touch."""

    skins: Skins
    conductance: csr_array
    capacity: Floats
    touches: csr_array
    """Share of each cell in the temperature at the outermost face, shape (1, cells)."""


def instead_of_cell(radius: float, width: float) -> Joined:
    """Rings instead of one cell, joined to its four neighbours."""
    grid = flat_grid(width)
    skins = airway(radius, width / np.sqrt(np.pi), 24)
    middle = int(np.argmin(np.abs(share([[[0.0, 0.0, 0.5]]], grid.edges).toarray() - 1.0)))
    conductance = grid.conductance.tolil()
    beside = [int(j) for j in np.flatnonzero(grid.conductance[[middle]].toarray()) if j != middle]
    for j in beside:  # from the rings' edge to the neighbour's centre, as a steady profile resists
        joint = 0.5 * np.pi * CONDUCTIVITY / np.log(width / skins.face[-1, 0])
        old = -conductance[middle, j]
        conductance[middle, j] = conductance[j, middle] = -joint
        conductance[j, j] += joint - old
        conductance[middle, middle] += joint - old
    capacity = grid.capacity.copy()
    capacity[middle] = 1.0
    touches = csr_array(([1.0], ([0], [middle])), shape=(1, capacity.size))
    return Joined(skins, csr_array(conductance), capacity, touches)


def instead_of_circle(radius: float, width: float) -> Joined:
    """Rings instead of all that lies within the reach, joined to the cells on that circle."""
    grid, reach = flat_grid(width), radius + 2.5 * width
    axis = np.array([[0.0, 0.0, 0.0]]), np.array([[0.0, 0.0, 1.0]])
    skins = airway(radius, reach, 24)
    parts = np.sqrt((np.arange(60) + 0.5) / 60)
    disc = np.concatenate([around_axis(*axis, np.array([reach * p]), 120) for p in parts])
    within = share(disc, grid.edges).toarray()[:, 0] * np.pi * reach**2 * CAPACITY
    capacity = np.maximum(grid.capacity - within, 1e-3 * grid.capacity)
    touches = csr_array(share(around_axis(*axis, np.array([reach])), grid.edges).T)
    return Joined(skins, grid.conductance, capacity, touches)


def flow_of_joined(joined: Joined) -> Floats:
    """Heat from the fluid at the end of each step."""
    skins, grid, capacity, touches = joined
    inner = skins.resistance[:-1, 0].copy()
    inner[0] += 1.0 / (FILM * skins.wall_area[0])
    faces = np.diag(np.append(inner, skins.resistance[-1, 0]))
    faces += np.diag(skins.cross[:, 0], 1) + np.diag(skins.cross[:, 0], -1)
    gates = np.linalg.inv(faces)  # flows for the temperature drops over the faces
    count = gates.shape[0]
    drop = np.eye(count, count - 1, -1) - np.eye(count, count - 1)
    last = np.eye(1, count, count - 1)
    rings = csr_array(drop.T @ gates @ drop)
    across = csr_array(drop.T @ gates @ -last.T) @ touches
    outer = touches.T @ csr_array(last @ gates @ last.T) @ touches
    system = csr_array(block_array([[rings, across], [across.T, grid + outer]]))
    store = np.append(skins.capacity[:, 0], capacity)
    entry = np.zeros(count)
    entry[0] = 1.0
    load = np.append(-(drop.T @ gates @ entry), (touches.T @ -(last @ gates @ entry)) * -1.0)
    temperature, flows, length = np.zeros(store.size), [], 0.0
    for width in STEPS:
        if width != length:
            length = width
            factors = splu((diags_array(store / (GAMMA * width)) + system).tocsc())
        first = factors.solve(store / (GAMMA * width) * temperature + load)
        start = temperature + (1.0 - GAMMA) / GAMMA * (first - temperature)
        temperature = factors.solve(store / (GAMMA * width) * start + load)
        drops = entry + drop @ temperature[: count - 1]
        drops[-1] -= (touches @ temperature[count - 1 :])[0]
        flows.append(gates[0] @ drops)
    return np.array(flows)


def error_of_joined(joined: Joined, radius: float) -> Floats:
    """Relative error at each time from the first day on."""
    return flow_of_joined(joined)[COUNTS] / exact_flow(TIMES[COUNTS], radius, FILM) - 1.0


def error_of_skin(
    radius: float,
    width: float,
    cells: float = 2.5,
    rings: int = 12,
    place: tuple[float, float] = CENTRE,
) -> Floats:
    """Relative error of a skin that reaches so many cells from the wall."""
    skins = airway(radius, radius + cells * width, rings)
    grid = flat_grid(width, place, equal=max(4.0 * width, 10.0))
    coupled = in_flat_grid(grid, skins, [radius], [[0.0, 0.0]])
    return np.asarray(errors(coupled, radius, FILM, STEPS, 30.01 * YEAR)[1])


def steady_index(radius: float, width: float) -> Floats:
    """Relative error with the steady index of a well in its cell."""
    grid = flat_grid(width)
    index = 1.0 / (
        np.log(0.2079 * width / radius) / (2.0 * np.pi * CONDUCTIVITY)
        + 1.0 / (2.0 * np.pi * radius * FILM)
    )
    place = share([[[0.0, 0.0, 0.5]]], grid.edges).toarray()[:, 0]
    cells, flows, length = np.zeros(place.size), [], 0.0
    for width_ in STEPS:
        if width_ != length:
            length = width_
            store = diags_array(grid.capacity / (GAMMA * length) + index * place)
            factors = splu((store + grid.conductance).tocsc())
        first = factors.solve(grid.capacity / (GAMMA * length) * cells + index * place)
        start = cells + (1.0 - GAMMA) / GAMMA * (first - cells)
        cells = factors.solve(grid.capacity / (GAMMA * length) * start + index * place)
        flows.append(index * (1.0 - place @ cells))
    return np.array(flows)[COUNTS] / exact_flow(TIMES[COUNTS], radius, FILM) - 1.0


def greatest(error: Floats) -> str:
    """Greatest error in per cent."""
    return f"{100.0 * np.abs(error).max():.1f}"


def table() -> Table:
    """Greatest errors of all ways."""
    rows: dict[str, list[str]] = {
        "steady index": [fits(steady_index, *s, 5.0) for s in SIZES],
        "rings instead of the cell": [fits(cell_error, *s, 4.0) for s in SIZES],
        "rings instead of the circle": [fits(circle_error, *s, 0.0) for s in SIZES],
    }
    for reach in (1.0, 1.5, 2.0, 2.5, 3.0):
        name = f"skin, reach of {reach:g} cells"
        rows[name] = [greatest(error_of_skin(*s, reach)) for s in SIZES]
    rows["skin, axis on a corner"] = [greatest(error_of_skin(*s, place=CORNER)) for s in SIZES]
    for rings in (6, 8, 10, 16):
        rows[f"skin, {rings} rings"] = [greatest(error_of_skin(*s, rings=rings)) for s in SIZES]
    heads = [f"{width / radius:g}" for radius, width in SIZES]
    title = "Opening in a grid, heat from its wall against the exact G(F, B)"
    return Table(title, "way \\ cell width over radius", heads, rows)


def cell_error(radius: float, width: float) -> Floats:
    """Relative error with rings instead of the cell."""
    return error_of_joined(instead_of_cell(radius, width), radius)


def circle_error(radius: float, width: float) -> Floats:
    """Relative error with rings instead of the circle."""
    return error_of_joined(instead_of_circle(radius, width), radius)


def fits(way: Any, radius: float, width: float, least: float) -> str:
    """Greatest error, or a dash where the opening does not fit into its cell."""
    return greatest(way(radius, width)) if width >= least * radius else "–"


def draw() -> None:
    """Write the figure."""
    mpl.rcParams.update({"svg.hashsalt": "comine", "font.size": 9, "axes.grid": True})
    figure = Figure(figsize=(9.0, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    fields(left)
    days = TIMES[COUNTS] / DAY
    for name, error in (
        ("steady index", steady_index(2.0, 10.0)),
        ("rings instead of the cell", cell_error(2.0, 10.0)),
        ("rings instead of the circle", circle_error(2.0, 10.0)),
        ("skin", error_of_skin(2.0, 10.0)),
    ):
        right.semilogx(days, 100.0 * error, label=name, lw=2.5 if name == "skin" else 1.2)
    right.set(xlabel="days since the step", ylabel="error of the wall's heat [%]", ylim=(-14, 14))
    right.set_title("radius 2 m in cells of 10 m", fontsize=9)
    right.legend()
    figure.savefig(FIGURE, metadata={"Date": None})


def fields(axes: Axes) -> None:
    """Temperature from the axis outwards after half a year and after ten years."""
    for until, colour in ((0.5 * YEAR, "C0"), (10.0 * YEAR, "C3")):
        skins, grid = airway(2.0, 27.0, 48), flat_grid(10.0)
        coupled = in_flat_grid(grid, skins, [2.0], [[0.0, 0.0]])
        step_response(coupled, FILM, doubling_steps(3600.0, 12, until))
        radius = np.geomspace(2.0, 60.0, 200)
        points = np.stack([radius, 0.0 * radius, 0.5 + 0.0 * radius], axis=-1)[None]
        host = share(points, grid.edges).T @ coupled.cells
        middle = 0.5 * (skins.face[1:, 0] + skins.face[:-1, 0])
        own = np.interp(radius, middle, coupled.rings[:, 0], right=0.0)
        years = f"{until / YEAR:g} years"
        axes.plot(radius, host + own, colour, lw=2.0, label=f"rock, {years}")
        axes.plot(radius, host, colour, ls="--", label="host")
        axes.plot(radius, own, colour, ls=":", label="skin")
    axes.axvline(27.0, color="0.6", lw=1.0)
    axes.annotate("reach", (27.5, 0.9), color="0.4")
    axes.set(xlabel="distance from the axis [m]", ylabel="share of the fluid's step", xlim=(0, 60))
    axes.set_title("the rock is the sum of host and skin", fontsize=9)
    axes.legend(ncols=2)


def main() -> None:
    """Write and print the table, and draw the figure."""
    found = table()
    keep("skins", {"openings": found})
    sys.stdout.write(found.markdown() + "\n")
    draw()


if __name__ == "__main__":
    main()
