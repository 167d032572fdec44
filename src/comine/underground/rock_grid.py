"""Grid of the rock about a set of openings: fine where they run, coarser out to the far field."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from comine.numerics.grid import Box, Grid, Triple, graded
from comine.physics import Array
from comine.underground.porous import Porous
from comine.underground.rock import Rock, Zone

SPACINGS = (5, 7.5, 10, 12.5, 15, 20, 25, 30, 35, 40, 50, 60, 75, 90, 110, 135, 165, 200)
"""Widths of cells at openings that are tried, the finest that fits is taken [m]."""
ALONG = 4.0
"""Width of cells along an opening over that across it."""
COARSER = 2.0
"""Width of cells where matter is exchanged or water flows over that at openings."""
CELLS = 100_000
"""Cells that a grid has at most, unless more are asked for."""
GROWTH = 1.3
"""Ratio of neighbouring widths; skins are verified up to this one."""
REACH = 6.0
"""Far field beyond the openings, in widths of cells at them; skins reach 2.5, or 3.5 of fractures,
of cells that have grown by then."""
DEPTHS = 4.0
"""Far field beyond the openings, in depths of penetration ``sqrt(diffusivity time)``."""


class Spanning(Protocol):
    """An opening that says where it runs."""

    @property
    def spans(self) -> Sequence["Span"]:
        """Parts of the rock that it runs through."""


class Span(NamedTuple):
    """Part of the rock that openings run through."""

    lower: Array
    """Corner of smallest coordinates (3,) [m]."""
    upper: Array
    """Corner of greatest coordinates (3,) [m]."""
    finer: float = 1.0
    """Width of cells here over that at other openings [1]."""


def segment(start: Array, end: Array) -> Span:
    """Part of the rock about one straight opening."""
    return Span(np.minimum(start, end), np.maximum(start, end))


def grid_about(
    spans: Sequence[Span],
    diffusivity: float,
    duration: float,
    cells: int = CELLS,
    faces: Sequence[Span] = (),
) -> Grid:
    """Finest grid about openings that has no more than a number of cells.

    Parameters
    ----------
    spans : sequence of Span
        Where the openings run, depth downwards from the surface at 0. [m]
    diffusivity : float
        Of the rock. [m²/s]
    duration : float
        Time to be computed. [s]
    cells : int
        Cells at most. [1]
    faces : sequence of Span
        Boxes whose faces are to be faces of cells. [m]

    Returns
    -------
    Grid
        The grid; its top is the surface, its other sides lie 4 depths of penetration and at least
        6 cells beyond the openings.

    Raises
    ------
    ValueError
        If even the coarsest grid has more cells.
    """
    far = DEPTHS * float(np.sqrt(diffusivity * duration))
    for spacing in SPACINGS:
        grid = _grid(spans, float(spacing), far, faces)
        if grid.size <= cells:
            return grid
    spread = ", ".join(f"{edges[-1] - edges[0]:,.0f} m in {name}" for name, edges in
                       zip("xyz", grid.edges, strict=True))  # fmt: skip
    raise ValueError(
        f"they and their far field spread over {spread}, for which even cells of "
        f"{SPACINGS[-1]:g} m at the openings make {grid.size:,}, more than {cells:,}; bring heat "
        "systems nearer to each other and to the mine, or make their zones smaller"
    )


def _grid(spans: Sequence[Span], spacing: float, far: float, faces: Sequence[Span]) -> Grid:
    low = np.min([span.lower for span in spans], axis=0)
    high = np.max([span.upper for span in spans], axis=0)
    margin = max(far, REACH * spacing)
    lower, upper = low - margin, high + margin
    lower[2] = 0.0
    boxes = [_box(span, spacing, lower, upper) for span in spans]
    boxes += [box for face in faces for box in _faces(face, lower, upper)]
    return graded(boxes, _triple(lower), _triple(upper), GROWTH)


def _box(span: Span, spacing: float, lower: Array, upper: Array) -> Box:
    """Cells about a span, longer along it where it is long and thin."""
    size = span.upper - span.lower
    across = span.finer * spacing
    long = size > 10 * np.partition(size, 1)[1]
    width = np.where(long, ALONG * across, across)
    pad = np.where(long, 0.0, 1.5 * across)
    corner, end = np.maximum(span.lower - pad, lower), np.minimum(span.upper + pad, upper)
    return Box(_triple(corner), _triple(end), _triple(width))


def _faces(span: Span, lower: Array, upper: Array) -> list[Box]:
    """What of a box lies in the grid, without a width of its own."""
    corner, end = np.maximum(span.lower, lower), np.minimum(span.upper, upper)
    return [Box(_triple(corner), _triple(end), np.inf)] if np.all(corner < end) else []


def grid_for(
    rock: Rock,
    openings: Sequence[Spanning],
    until: float,
    cells: int = CELLS,
    changes: Sequence[Zone] = (),
) -> Grid:
    """Finest grid for openings that has no more than a number of cells.

    Parameters
    ----------
    rock : Rock
        The rock; the faces of its zones become faces of cells, and porous ones are resolved.
    openings : sequence
        Tubes and fractures.
    until : float
        Time to be computed. [s]
    cells : int
        Cells at most. [1]
    changes : sequence of Change
        Boxes that are to be resolved too, with twice the width.

    Returns
    -------
    Grid
        As `grid_about` makes it.

    Raises
    ------
    ValueError
        If even the coarsest grid has more cells.

    Examples
    --------
    >>> from comine.underground import WATER, Rock, Tube
    >>> well = Tube("well", ((0, 0, 0), (0, 0, 900)), 0.1, WATER, 5.0, 290.0)
    >>> grid_for(Rock(3.0, 2.25e6, 283.15, gradient=0.03), [well], 1e8, cells=20_000).shape
    (13, 13, 47)
    """
    spans = [span for opening in openings for span in opening.spans]
    zones = (*rock.zones, *changes)
    boxes = [Span(np.array(zone.lower), np.array(zone.upper)) for zone in zones]
    busy = [isinstance(zone, Porous) or zone in changes for zone in zones]
    spans += [box._replace(finer=COARSER) for box, acts in zip(boxes, busy, strict=True) if acts]
    return grid_about(spans, rock.diffusivity, until, cells, boxes)


def _triple(values: Array) -> Triple:
    x, y, z = values.tolist()
    return x, y, z
