"""The coupled case in comine's own engine, beside what OpenGeoSys found.

``python -m validation.coupled.run_engine`` runs fracture, borehole and airway in layered rock and
prints a table of both codes and their greatest differences.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array, eye_array

from comine.numerics import Array
from comine.numerics.between import between, laid
from comine.numerics.bundles import join
from comine.numerics.conduction import Conduction
from comine.numerics.coupled import Coupled, at_start, march
from comine.numerics.embedded import Embedded
from comine.numerics.embedding import Cylinders, embed, embed_planes
from comine.numerics.grid import Grid
from comine.numerics.skin_host import share
from comine.numerics.skin_neighbours import Neighbours
from comine.numerics.streams import Flow, Streams
from validation.coupled.case import CASE, REPORT_YEARS, YEAR

ZERO = 273.15
WIDTH = 4.0
"""Of the cells across [m]."""
PIECES = 20
"""Along y."""
STEPS = 16
"""From one time of report to the next; the first stretch has twice as many and grows."""


def rock() -> tuple[Grid, Conduction, Array]:
    """Grid with faces at the layers, the rock, and the layer of each row of cells in z."""
    half, tops = CASE["half_width"], CASE["layer_tops"]
    across = np.linspace(-half, half, round(2 * half / WIDTH) + 1)
    stops = [-half, *tops, half]
    z = np.unique(
        np.concatenate([np.linspace(a, b, round((b - a) / WIDTH) + 1) for a, b in pairwise(stops)])
    )
    grid = Grid(across, np.linspace(0.0, CASE["length"], PIECES + 1), z)
    layer = np.searchsorted(tops, grid.centres[2])
    conductivity, capacity = (
        np.broadcast_to(np.array(CASE[name])[layer], grid.shape).copy()
        for name in ("conductivity", "capacity")
    )
    return grid, Conduction(grid, conductivity, capacity), layer


def matter(z: float) -> tuple[float, float]:
    """Conductivity and heat capacity at a height."""
    layer = int(np.searchsorted(CASE["layer_tops"], z))
    return CASE["conductivity"][layer], CASE["capacity"][layer]


def line(grid: Grid, x: float, z: float, radius: float) -> tuple[Embedded, Any]:
    """Skins of an opening along y, and where they lie."""
    y = np.linspace(0.0, CASE["length"], PIECES + 1)
    points = np.column_stack([np.full_like(y, x), y, np.full_like(y, z)])
    own = np.arange(PIECES)
    ends = points[:-1], points[1:]
    embedded = embed(grid, matter(z), Cylinders(*ends, np.full(PIECES, radius)))
    return embedded, laid(*ends, own, own, np.ones(PIECES))


def fracture(grid: Grid) -> tuple[Embedded, Array]:
    """Skins of the fracture, row by row in z and along y in each, and the heights of the rows."""
    x, half = CASE["fracture"]["x"], CASE["fracture"]["half_height"]
    stops = [-half, *CASE["layer_tops"], half]
    z = np.unique(np.concatenate([np.linspace(a, b, 5) for a, b in pairwise(stops)]))
    y = np.linspace(0.0, CASE["length"], PIECES + 1)
    parts = []
    for low, high in pairwise(z):
        corners = np.array(
            [[[x, a, low], [x, b, low], [x, b, high], [x, a, high]] for a, b in pairwise(y)]
        )
        border = np.tile([[low == z[0], False, high == z[-1], False]], (PIECES, 1))
        parts.append(
            embed_planes(grid, matter(0.5 * (low + high)), corners, border, together=False)
        )
    return join(parts), np.diff(z)


def stream(chains: Array, temperature: float, film: Array | float) -> Streams:
    """Chains of `PIECES` volumes, each with its flow of heat capacity [W/K]."""
    count = chains.size * PIECES
    number = np.arange(count).reshape(chains.size, PIECES)
    links = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    entering = np.zeros(count)
    entering[number[:, 0]] = chains
    flow = Flow(
        np.repeat(chains, PIECES - 1),
        entering,
        np.full(count, temperature),
        np.broadcast_to(film, count),
        np.zeros(count),
    )
    none = np.zeros((0, 2), dtype=np.int64)
    return Streams(
        links, csr_array(eye_array(count)), none, np.zeros(0), np.zeros(count), lambda time: flow
    )


def problem() -> tuple[Coupled, Array]:
    """All three openings in the rock, and the flow of each row of the fracture."""
    grid, conduction, _ = rock()
    water = CASE["water_density"] * CASE["water_specific_heat"]
    air, hole = CASE["airway"], CASE["borehole"]
    airway, axis = line(grid, 0.0, 0.0, air["radius"])
    borehole, bore = line(grid, hole["x"], hole["z"], hole["radius"])
    plane, heights = fracture(grid)
    parts = [airway, borehole, plane]
    whole = join(parts)
    across = between([(airway.skins, axis), (borehole.skins, bore), (plane.skins, None)])
    near = Neighbours(
        *(np.concatenate(pair, axis=-1) for pair in zip(whole.near, across, strict=True))
    )
    rows = CASE["fracture"]["flow"] * water * heights
    carriers = (
        stream(np.array([1e12]), air["celsius"] + ZERO, air["film"]),
        stream(np.array([hole["flow"] * water]), hole["inlet_celsius"] + ZERO, np.inf),
        stream(rows, CASE["fracture"]["inlet_celsius"] + ZERO, np.inf),
    )
    return Coupled(conduction, Embedded(whole.skins, whole.hosts, near), carriers), rows


def run() -> dict[float, dict[str, float]]:
    """Heat of the airway [W], outlets [degC] and temperatures at the points, by year."""
    coupled, rows = problem()
    grid = coupled.rock.grid
    unknowns = sum(carrier.scale.size for carrier in coupled.carriers)
    warm = CASE["rock_celsius"] + ZERO
    state = at_start(coupled, np.full(grid.shape, warm), np.full(unknowns, warm))
    first = REPORT_YEARS[0] * np.linspace(0.0, 1.0, 2 * STEPS + 1)[1:] ** 3
    later = [np.linspace(a, b, STEPS + 1)[1:] for a, b in pairwise(REPORT_YEARS)]
    found = {}
    for advanced in march(coupled, state, (np.concatenate([first, *later]) * YEAR).tolist()):
        now = advanced.state
        year = now.time / YEAR
        if any(abs(year - asked) < 1e-9 for asked in REPORT_YEARS):
            u = now.unknown - ZERO
            outlets = u[2 * PIECES :].reshape(rows.size, PIECES)[:, -1]
            found[round(year, 6)] = {
                "airway_heat_w": -float(now.heat[:PIECES].sum()),
                "borehole_outlet_celsius": float(u[2 * PIECES - 1]),
                "fracture_outlet_celsius": float(outlets @ rows / rows.sum()),
            } | _points(grid, now.cells - ZERO)
    return found


def _points(grid: Grid, cells: Array) -> dict[str, float]:
    """Temperatures in the middle of the length at the points a cell beyond any reach."""
    found = {}
    for x, z in CASE["points"]:
        hole = np.hypot(x - CASE["borehole"]["x"], z - CASE["borehole"]["z"])
        if min(abs(x - CASE["fracture"]["x"]), np.hypot(x, z) - 2.0, hole) > 3.5 * WIDTH:
            weights = share([[[x, CASE["length"] / 2, z]]], grid.edges)
            found[f"point ({x:g}, {z:g})"] = float((weights.T @ cells.ravel())[0])
    return found


def kept() -> dict[str, Any]:
    """All that OpenGeoSys found."""
    text = (Path(__file__).parent / "ogs.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def others() -> dict[float, dict[str, float]]:
    """The same of OpenGeoSys."""
    theirs = kept()
    found = {}
    for year, values in zip(theirs["years"], theirs["best"], strict=True):
        middle = CASE["point_lengths"].index(CASE["length"] / 2)
        points = {
            f"point ({x:g}, {z:g})": values["points_celsius"][n][middle]
            for n, (x, z) in enumerate(CASE["points"])
        }
        found[float(year)] = points | {
            name: values[name]
            for name in ("airway_heat_w", "borehole_outlet_celsius", "fracture_outlet_celsius")
        }
    return found


def main() -> None:
    """Print both."""
    ours, theirs = run(), others()
    worst = {"W": 0.0, "K": 0.0}
    for year, values in ours.items():
        sys.stdout.write(f"{year:g} years\n")
        for name, value in values.items():
            other = theirs[year][name]
            heat = name.endswith("_w")
            off = value / other - 1 if heat else value - other
            worst["W" if heat else "K"] = max(worst["W" if heat else "K"], abs(off))
            shown = f"{off:+.2%}" if heat else f"{off:+.3f} K"
            sys.stdout.write(f"  {name:28s} {value:10.2f} {other:10.2f} {shown}\n")
    sys.stdout.write(f"greatest: heat {worst['W']:.2%}, temperature {worst['K']:.2f} K\n")


if __name__ == "__main__":
    main()
