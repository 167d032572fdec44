"""Plotly figures as plain data. A `Words` inside is a text that the page puts in its language."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.report.words import Words

INK = "#1f2a33"
GRID = "#e3e8ec"
ACCENT = "#0b5c7a"
LIMIT = "#b3261e"
COLOURS = (
    "#0b5c7a",
    "#d1731f",
    "#4d8c57",
    "#7a5195",
    "#b0892b",
    "#5b7083",
    "#a8434f",
    "#2b9a9a",
    "#8a6b4f",
    "#9aa5b1",
)
"""Distinct on white, also in grey print by their order of lightness."""
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
ROCK = ("#fdf6d8", "#fbd38a", "#f19a58", "#d4583c")
"""Rock from cool to hot, light enough for openings drawn over it."""
CHANGE = ("#2f74b8", "#a3c8e6", "#ffffff", "#f4bd9d", "#cf4f35")
"""Cooled to warmed, nil in the middle."""
_DEPTHS = np.array(
    [(158, 202, 225), (66, 146, 198), (11, 92, 122), (63, 0, 125), (30, 10, 60)], float
)

YEARS = Words("years from the first day of construction", "自建设开始的年数")
DEPTH = Words("depth [m]", "深度 [m]")


def depth_colours(count: int) -> list[str]:
    """Colours from light to dark for levels from the top down."""
    places = np.linspace(0, len(_DEPTHS) - 1, max(count, 1))
    channels = [np.interp(places, np.arange(len(_DEPTHS)), _DEPTHS[:, c]) for c in range(3)]
    return [f"rgb({r:.0f},{g:.0f},{b:.0f})" for r, g, b in zip(*channels, strict=True)]


def plain(values: ArrayLike) -> list[float | None]:
    """Numbers for JSON: five significant digits, gaps as null."""
    flat: Array = np.asarray(values, dtype=float).ravel()
    return [float(f"{v:.5g}") if np.isfinite(v) else None for v in flat.tolist()]


def layout(x: Words, y: Words, **more: Any) -> dict[str, Any]:
    """House layout with labelled axes."""
    axis = {
        "gridcolor": GRID,
        "zerolinecolor": "#9aa5b1",
        "linecolor": "#9aa5b1",
        "ticks": "outside",
        "tickcolor": "#9aa5b1",
        "automargin": True,
        "separatethousands": True,
        "exponentformat": "none",
    }
    base: dict[str, Any] = {
        "xaxis": {**axis, "title": {"text": x, "standoff": 8}},
        "yaxis": {**axis, "title": {"text": _wrapped(y), "standoff": 8}},
        "margin": {"l": 60, "r": 16, "t": 12, "b": 48},
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "colorway": list(COLOURS),
        "hovermode": "closest",
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "x": 0,
            "xanchor": "left",
            "traceorder": "normal",
        },
    }
    for key, value in more.items():
        base[key] = {**base.get(key, {}), **value} if isinstance(value, dict) else value
    return base


def _wrapped(words: Words) -> Words:
    """Title of an upright axis, in lines that a chart's height can hold."""
    return Words("<br>".join(wrap(words.en, 36)), words.zh)


def downwards(bottom: float | None = None) -> dict[str, Any]:
    """Depth axis, zero at the top."""
    return {"range": [bottom, 0]} if bottom else {"autorange": "reversed"}


def line(
    name: Words,
    x: Sequence[Any],
    y: ArrayLike,
    colour: str,
    dash: str = "solid",
    width: float = 2.0,
) -> dict[str, Any]:
    """Line over numbers; it breaks where there is no number."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": plain(np.asarray(x, dtype=float)),
        "y": plain(y),
        "line": {"color": colour, "dash": dash, "width": width},
        "connectgaps": False,
    }


def marked(trace: dict[str, Any], size: int = 5) -> dict[str, Any]:
    """The same line with markers, for series with lone points."""
    return {**trace, "mode": "lines+markers", "marker": {"size": size}}


def bars(name: Words, x: Sequence[Any], y: ArrayLike, colour: str) -> dict[str, Any]:
    """Bars over categories or years."""
    return {"type": "bar", "name": name, "x": list(x), "y": plain(y), "marker": {"color": colour}}


def area(name: Words, x: Sequence[float], y: ArrayLike, colour: str) -> dict[str, Any]:
    """One layer of a stacked area."""
    filled = line(name, x, y, colour, width=0.6)
    return {**filled, "stackgroup": "one", "fillcolor": colour}


def isolines(
    x: ArrayLike, y: ArrayLike, values: Array, levels: Sequence[float], step: float
) -> dict[str, Any]:
    """Colours of a field over a section on the layout's `coloraxis`, and lines at `levels`.

    The values are rounded to multiples of `step`, so that the page stays small.
    """
    return {
        "type": "contour",
        "x": short(x),
        "y": short(y),
        "z": [short(row, step) for row in values],
        "coloraxis": "coloraxis",
        "contours": {"coloring": "heatmap", **_lines(levels)},
        "line": {"width": 0.8, "color": "rgba(31,42,51,.6)", "smoothing": 0},
        "hovertemplate": "x %{x:.0f} m, z %{y:.0f} m: %{z}<extra></extra>",
    }


def short(values: ArrayLike, step: float = 1.0) -> list[float | None]:
    """Multiples of `step` as `plain` gives them, whole numbers without a decimal point.

    >>> short([12.34, -0.01, float("nan")], 0.1)
    [12.3, 0, None]
    """
    rounded = plain(np.round(np.asarray(values, dtype=float) / step) * step)
    return [int(v) if v is not None and v.is_integer() else v for v in rounded]


def _lines(levels: Sequence[float]) -> dict[str, Any]:
    if not levels:
        return {"showlines": False}
    return {
        "showlabels": True,
        "labelfont": {"size": 11, "color": INK},
        "start": levels[0],
        "end": levels[-1],
        "size": float(f"{levels[1] - levels[0]:.5g}") if len(levels) > 1 else 1.0,
    }


def colour_axis(colours: Sequence[str], low: float, high: float, unit: Words) -> dict[str, Any]:
    """Colour scale that several fields of a chart share."""
    places = np.linspace(0.0, 1.0, len(colours))
    return {
        "colorscale": [[place, tone] for place, tone in zip(plain(places), colours, strict=True)],
        "cmin": low,
        "cmax": high,
        "colorbar": {"title": {"text": unit, "side": "top"}, "thickness": 12, "len": 0.9},
    }


def round_levels(low: float, high: float, most: int = 8) -> list[float]:
    """Round values between `low` and `high`, at most `most` of them and one more.

    >>> round_levels(14.7, 62.3)
    [20.0, 30.0, 40.0, 50.0, 60.0]
    """
    if not high > low:
        return []
    power = 10.0 ** np.floor(np.log10((high - low) / most))
    size = float(next(power * k for k in (1, 2, 5, 10) if (high - low) / (power * k) <= most))
    first, last = int(np.ceil(low / size)), int(np.floor(high / size))
    return [float(f"{n * size:.5g}") for n in range(first, last + 1)]


def level_line(value: float, name: Words, horizontal: bool = True) -> dict[str, Any]:
    """Shape and annotation of a limit across the whole chart."""
    across, along = ("y", "x") if horizontal else ("x", "y")
    shape = {
        "type": "line",
        f"{along}ref": "paper",
        f"{along}0": 0,
        f"{along}1": 1,
        f"{across}0": value,
        f"{across}1": value,
        "line": {"color": LIMIT, "width": 1.5, "dash": "dash"},
    }
    note = {
        f"{along}ref": "paper",
        along: 1 if horizontal else 0.02,
        across: value,
        "text": name,
        "showarrow": False,
        "font": {"color": LIMIT, "size": 12},
        "xanchor": "right" if horizontal else "left",
        "yanchor": "bottom",
    }
    return {"shapes": [shape], "annotations": [note]}
