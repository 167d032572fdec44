"""Static pictures for papers and slides, in both languages."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colormaps, rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from comine.report import fonts
from comine.report.charts import ACCENT, CHANGE, COLOURS, DEPTH, GRID, INK, round_levels
from comine.report.display import scale_for
from comine.report.rock_section import rock_section
from comine.report.sections.openings import node_places
from comine.report.sentences import sentence
from comine.report.view import View, by_year, coordinate, meaning
from comine.report.words import Words, same, with_unit

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

RESOLUTION = 150  # dots per inch
LANGUAGES = ("en", "zh")
WARM = LinearSegmentedColormap.from_list("warm", colormaps["YlOrRd"](np.linspace(0.3, 1.0, 64)))
"""Yellow to dark red, without the shades that are lost on white."""
CHANGED = LinearSegmentedColormap.from_list("changed", CHANGE)
Drawn = Callable[[Axes, str], None]


def pictures(view: View) -> Iterator[tuple[str, Callable[[Path], None]]]:
    """Name of each picture that the study allows, and what writes it to a path."""
    found = [("geotherm", _geotherm(view)), ("cooling", _cooling(view))]
    found += [(f"section-{s}", _section(view, s)) for s in view.strategies]
    found += [(f"rock-{s}", _rock(view, s)) for s in view.strategies]
    for name, draw in found:
        if draw is not None:
            for language in LANGUAGES:
                yield f"{name}_{language}.png", _writer(draw, language)


def _writer(draw: Drawn, language: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        style: dict[RcKeyType, Any] = {
            "font.family": [fonts.for_pictures()],
            "axes.unicode_minus": True,
            "axes.edgecolor": "#9aa5b1",
            "axes.labelcolor": INK,
            "text.color": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": GRID,
            "legend.frameon": False,
        }
        with rc_context(style):
            figure = Figure(figsize=(7.0, 4.6), layout="constrained")
            FigureCanvasAgg(figure)
            draw(figure.add_subplot(), language)
            figure.savefig(path, dpi=RESOLUTION, format="png")

    return write


def _in(words: Words, language: str) -> str:
    return words.zh if language == "zh" else words.en


def _geotherm(view: View) -> Drawn | None:
    profile = view.get("assess", "temperature")
    if profile is None or "z" not in profile.coords:
        return None
    celsius = scale_for("K")

    def draw(axes: Axes, language: str) -> None:
        axes.plot(celsius(profile.values), profile.z.values, color=ACCENT, linewidth=2.2)
        axes.set_xlabel(_in(with_unit(meaning("temperature"), celsius.symbol), language))
        axes.set_ylabel(_in(DEPTH, language))
        axes.set_ylim(float(profile.z.max()), 0)
        block = getattr(getattr(view.project, "site", None), "block", None)
        if block is not None:
            name = _in(Words("block that is counted", "计算岩块"), language)
            axes.axhspan(
                float(block.top), float(block.bottom), color=COLOURS[1], alpha=0.12, label=name
            )
            axes.legend(loc="upper right")

    return draw


def _cooling(view: View) -> Drawn | None:
    held = [
        (n, s, a)
        for n, s in enumerate(view.strategies)
        if (a := view.get(f"{s}/operate", "cooling")) is not None
    ]
    if not held:
        return None
    scale = view.scale_of(*(a for _, _, a in held))

    def draw(axes: Axes, language: str) -> None:
        for n, s, array in held:
            mean, top = by_year(array), by_year(array, "max")
            years = [float(str(y)) for y in coordinate(mean, "year")]
            colour = COLOURS[n % len(COLOURS)]
            name = _in(view.name(s), language)
            kinds = [
                _in(w, language) for w in (Words("hottest month", "最热月"), Words("mean", "平均"))
            ]
            axes.plot(
                years, scale(top.values), color=colour, linewidth=2, label=f"{name}: {kinds[0]}"
            )
            axes.plot(
                years,
                scale(mean.values),
                color=colour,
                linewidth=1.2,
                linestyle="--",
                label=f"{name}: {kinds[1]}",
            )
        axes.set_xlabel(_in(Words("year", "年"), language))
        axes.set_ylabel(_in(with_unit(meaning("cooling"), scale.symbol), language))
        axes.set_ylim(bottom=0)
        axes.legend()

    return draw


def _section(view: View, s: str) -> Drawn | None:
    ds = view.dataset(f"{s}/build")
    needed = ["node_x", "node_depth", "branch_start", "branch_end", "rock_temperature"]
    if ds is None or any(n not in ds for n in needed):
        return None
    points = np.column_stack([ds.node_x.values, ds.node_depth.values])
    start, end = (node_places(ds, n) for n in ("branch_start", "branch_end"))
    celsius = scale_for("K")

    def draw(axes: Axes, language: str) -> None:
        lines = LineCollection(
            list(np.stack([points[start], points[end]], axis=1)), cmap=WARM, linewidths=2.5
        )
        lines.set_array(celsius(ds.rock_temperature.values))
        axes.add_collection(lines)
        axes.autoscale()
        axes.invert_yaxis()
        axes.set_xlabel(_in(with_unit(meaning("node_x"), same("m")), language))
        axes.set_ylabel(_in(DEPTH, language))
        axes.set_title(_in(view.name(s), language), loc="left", fontsize=11)
        figure = axes.get_figure()
        assert figure is not None
        figure.colorbar(
            lines,
            ax=axes,
            label=_in(with_unit(meaning("rock_temperature"), celsius.symbol), language),
        )

    return draw


def _rock(view: View, s: str) -> Drawn | None:
    """Change of the rock temperature in colour, isotherms as lines, the openings over both."""
    found = rock_section(view, s)
    if found is None:
        return None
    section = found.cropped()
    celsius, kelvin = scale_for("K"), scale_for("K", "section_departure")
    departure, hot = section.departure[-1], celsius(section.temperature[-1])
    most = max(float(np.abs(departure).max()), 0.1)
    year = section.years[-1]

    def draw(axes: Axes, language: str) -> None:
        places = (section.x, section.z)
        mesh = axes.pcolormesh(
            *places, departure, cmap=CHANGED, vmin=-most, vmax=most, shading="gouraud"
        )
        levels = round_levels(float(hot.min()), float(hot.max()))
        if levels:
            lines = axes.contour(*places, hot, levels=levels, colors=INK, linewidths=0.6)
            axes.clabel(lines, fmt="%g °C", fontsize=8)
        x, z = section.openings.by(year)
        axes.plot(x.T, z.T, color=INK, linewidth=1.3, marker="o", markersize=1.5)
        axes.grid(visible=False)
        axes.set_xlim(section.x[0], section.x[-1])
        axes.set_ylim(section.z[-1], section.z[0])
        axes.set_xlabel(_in(with_unit(meaning("node_x"), same("m")), language))
        axes.set_ylabel(_in(DEPTH, language))
        title = sentence(
            "{s}, end of year {n}: rock temperature (lines) and its change (colours)",
            "{s}，第 {n} 年末：岩温等温线与岩温变化（色阶）",
            s=view.name(s),
            n=f"{year:g}",
        )
        axes.set_title(_in(title, language), loc="left", fontsize=11)
        figure = axes.get_figure()
        assert figure is not None
        name = with_unit(meaning("section_departure"), kelvin.symbol)
        figure.colorbar(mesh, ax=axes, label=_in(name, language))

    return draw
