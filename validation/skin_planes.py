"""Fractures in a grid of coarse cells: the tables of fractures in `docs/physics/skins.md`.

``python -m validation.skin_planes`` computes the heat from a fluid that is 1 K warmer than the rock
from time zero on and writes the greatest errors from the first day to 30 years, in per cent, to
`validation/skin_planes.json`.
"""

import sys

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import splu

from comine.numerics.skin_host import share
from comine.numerics.skin_plane_neighbours import plane_neighbours
from comine.numerics.skin_planes import host_planes
from comine.numerics.skin_stage import GAMMA, second_start
from tests.numerics.plane_rig import (
    between_two,
    fine_strip,
    fracture,
    half_spaces,
    inclined,
    plane_across,
    plane_errors,
    strip,
    strip_between,
)
from tests.numerics.skin_rig import (
    CONDUCTIVITY,
    DAY,
    YEAR,
    Coupled,
    at_times,
    doubling_steps,
    graded_edges,
    make_grid,
    step_response,
)
from validation.stored import Table, keep

Floats = NDArray[np.float64]
STEPS = doubling_steps(1800.0, 16, 30 * YEAR)
TIMES = np.cumsum(STEPS)
COUNTS = (TIMES > 0.99 * DAY) & (TIMES < 30.01 * YEAR)
WIDTHS = (2.0, 5.0, 10.0, 20.0, 40.0)
PLACES = (0.0, 0.15, 0.3, 0.5)
FILM = 20.0


def steady_contact(width: float, place: float) -> Floats:
    """Relative error with area over mean distance as the contact of fracture and cells."""
    across = graded_edges(width, place, equal=max(60.0, 4.0 * width), until=max(220.0, 6 * width))
    grid = make_grid([across, np.array([0.0, 1.0]), np.array([0.0, 1.0])])
    cell = share([[[0.0, 0.5, 0.5]]], grid.edges).toarray()[:, 0]  # halves beside a face
    index = 2.0 * CONDUCTIVITY / (width / 4.0 if place else width / 2.0) * cell
    cells, flows, length = np.zeros(cell.size), [], 0.0
    for step in STEPS:
        if step != length:
            length, store = step, grid.capacity / (GAMMA * step)
            factors = splu(csr_array(diags_array(store + index) + grid.conductance).tocsc())
        first = factors.solve(store * cells + index)
        cells = factors.solve(store * second_start(cells, first) + index)
        flows.append(index @ (1.0 - cells))
    return np.array(flows)[COUNTS] / half_spaces(TIMES[COUNTS], np.inf) - 1.0


def anywhere(width: float, reach: float = 2.5, rings: int = 12, film: float = np.inf) -> str:
    """Greatest error of a skin over places in the cell."""
    found = [plane_errors(plane_across(width, p, reach, rings), film, STEPS)[1] for p in PLACES]
    return greatest(*found)


def at_angle(width: float, angle: float) -> str:
    """Greatest error of a skin at an angle to the cells."""
    length = max(340.0, 16.0 * width)
    found = []
    for place in ((0.0, 0.0), (0.25, 0.1), (0.5, 0.2)):
        coupled, middle = inclined(width, np.radians(angle), place, length)
        found.append(plane_errors(coupled, np.inf, STEPS, middle)[1])
    return greatest(*found)


def bordered(width: float, half: float, ends: bool) -> str:
    """Greatest error of the heat of a strip from a month on, against a fine grid."""
    times = np.array([0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0, 30.0]) * YEAR
    fine = at_times(STEPS, fine_strip(half, STEPS), times)
    found = []
    for place in ((0.0, 0.5), (0.5, 0.0), (0.3, 0.2)):
        flow = step_response(strip_between(width, half, place, ends), np.inf, STEPS).sum(axis=1)
        found.append(at_times(STEPS, flow, times) / fine - 1.0)
    return greatest(*found)


def parallel(spacing: float, together: bool, width: float = 10.0) -> str:
    """Greatest error of two parallel fractures in cells of 10 m."""
    found = []
    for place in PLACES:
        edges = [graded_edges(width, place, equal=80.0), np.array([0.0, 1.0]), np.array([0.0, 1.0])]
        both = np.stack([strip([s, 0.0, 0.5], np.pi / 2, 1.0) for s in (0.0, spacing)])
        skins = fracture([1.0, 1.0], 2.5 * width)
        near = plane_neighbours(skins, both, edges) if together else None
        coupled = Coupled(make_grid(edges), skins, host_planes(skins, both, edges), near)
        flow = step_response(coupled, np.inf, STEPS)[COUNTS]
        found.append(flow / between_two(TIMES[COUNTS], spacing)[:, None] - 1.0)
    return greatest(*found)


def greatest(*errors: Floats) -> str:
    """Greatest error in per cent."""
    return f"{100.0 * max(float(np.abs(e).max()) for e in errors):.1f}"


def endless() -> Table:
    """Fractures without end, by the width of the cells."""
    rows = {
        f"steady contact, {name}": [greatest(steady_contact(w, place)) for w in WIDTHS]
        for name, place in (("mid-cell", 0.5), ("on a face", 0.0))
    }
    for reach in (1.0, 1.5, 2.0, 2.5, 3.0):
        rows[f"skin, reach of {reach:g} cells"] = [anywhere(w, reach) for w in WIDTHS]
    rows[f"skin, film {FILM:g} W/m²/K"] = [anywhere(w, film=FILM) for w in WIDTHS]
    for rings in (6, 8, 10, 16):
        rows[f"skin, {rings} rings"] = [anywhere(w, rings=rings) for w in WIDTHS]
    for angle in (30.0, 45.0):
        found = [at_angle(w, angle) for w in WIDTHS[2:]]
        rows[f"skin, plane at {angle:g}°, each piece"] = ["–", "–", *found]
    title = "Fracture without end, heat from its walls against two half-spaces"
    return Table(title, "way \\ cells [m]", [f"{w:g}" for w in WIDTHS], rows)


def strips() -> Table:
    """Fractures between two borders, by their width."""
    halves = (25.0, 50.0, 100.0)
    rows = {
        f"cells of {width:g} m, borders {'widened' if ends else 'ignored'}": [
            bordered(width, half, ends) for half in halves
        ]
        for width in (5.0, 10.0, 20.0)
        for ends in (True, False)
    }
    title = "Fracture between two borders, its heat from a month on against a fine grid"
    return Table(title, "way \\ width of the strip [m]", [f"{2 * half:g}" for half in halves], rows)


def pairs() -> Table:
    """Two parallel fractures, by their distance."""
    spacings = (5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0)
    rows = {
        name: [parallel(spacing, together) for spacing in spacings]
        for name, together in (("felt directly", True), ("felt through the grid alone", False))
    }
    title = "Two parallel fractures in cells of 10 m, heat of each against the exact pair"
    return Table(title, "way \\ apart [m]", [f"{spacing:g}" for spacing in spacings], rows)


def main() -> None:
    """Write and print the tables."""
    tables = {"endless": endless(), "strips": strips(), "pairs": pairs()}
    keep("skin_planes", tables)
    sys.stdout.write("\n\n".join(table.markdown() for table in tables.values()) + "\n")


if __name__ == "__main__":
    main()
