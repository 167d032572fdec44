"""Part of section 4: the rock's temperature in a section along strike, and its change."""

from typing import Any

import numpy as np

from comine.physics import Array
from comine.report.blocks import Block, Cell, Chart, Table, number, text
from comine.report.charts import (
    CHANGE,
    DEPTH,
    INK,
    ROCK,
    colour_axis,
    isolines,
    layout,
    round_levels,
    short,
)
from comine.report.display import Scale, figure, scale_for
from comine.report.rock_section import NEAR, SHOWN, RockSection, rock_section
from comine.report.sentences import joined, said, sentence
from comine.report.view import View, meaning
from comine.report.words import Words, with_unit

COOLED = (1.0, 5.0)
"""Falls of the rock temperature [K] whose areas are told."""
NOTHING = 0.005
"""Change [K] that two decimals do not show."""
STEPS = (0.01, 0.02, 0.05, 0.1)
"""Steps [K] to which temperatures in the pictures may be rounded."""
SHADES = 60
"""Steps from nil to the greatest change that the colours are to show, at least."""
ROWS = 12
"""Depths in the table of the temperature, about."""
METRES = scale_for("m")
KELVIN = scale_for("K", "section_departure")
CELSIUS = scale_for("K")
ALONG = with_unit(meaning("node_x"), METRES.symbol)


def rock_charts(view: View) -> list[Block]:
    """Temperature and its change, for every strategy that has a section."""
    blocks: list[Block] = []
    for s in view.strategies:
        section = rock_section(view, s)
        if section is not None:
            blocks.append(_temperature(view, s, section))
            if any(year > 0 for year in section.years):
                blocks.append(_change(view, s, section))
    return blocks


def _about(section: RockSection) -> Words:
    """Where the section lies and what it cannot show."""
    place = None
    if section.y is not None:
        place = sentence(
            "Section at y = {y}; drawn over it the openings within {near} of it.",
            "剖面位于 y = {y}，图中绘出距剖面 {near} 以内的井巷。",
            y=said(section.y, METRES),
            near=said(NEAR, METRES),
        )
    cells = None
    if section.cells is not None:
        cells = sentence(
            "The rock is computed in {n} cells.", "岩体共 {n} 个网格单元。", n=f"{section.cells:,}"
        )
    fine = Words(
        "The skins of rock next to the openings are computed finer than this picture shows.",
        "井巷近壁调热圈另以更细网格计算，图中不显示。",
    )
    return joined(place, cells, fine)


def _year(year: float) -> str:
    return f"{year:g}"


def _temperature(view: View, s: str, whole: RockSection) -> Chart:
    """Rock temperature at the end of the last of the years kept."""
    section = whole.cropped()
    shown = CELSIUS(section.temperature[-1])
    low, high = float(shown.min()), float(shown.max())
    field = isolines(section.x, section.z, shown, round_levels(low, high), STEPS[-1])
    title = sentence(
        "Rock temperature in a section along strike at the end of year {year}: {s}",
        "第 {year} 年末走向剖面岩温：{s}",
        year=_year(section.years[-1]),
        s=view.name(s),
    )
    form = layout(ALONG, DEPTH, xaxis=_span(section.x), yaxis=_span(section.z[::-1]))
    form |= {"showlegend": False, "coloraxis": colour_axis(ROCK, low, high, CELSIUS.symbol)}
    traces = [field, *_drawn(section, section.years[-1])]
    caption = joined(_stopped(title), _about(section))
    table = _by_depth(section, title)
    return Chart(f"rock-temperature-{s}", caption, title, traces, form, table, 480)


def _stopped(title: Words) -> Words:
    return Words(f"{title.en}.", f"{title.zh}。")


def _span(places: Array) -> dict[str, Any]:
    return {"range": [round(float(places[0]), 1), round(float(places[-1]), 1)]}


def _drawn(section: RockSection, year: float) -> list[dict[str, Any]]:
    """Openings that are open by the end of a year; those that cross the section are dots."""
    x, z = section.openings.by(year)
    if not x.size:
        return []
    gap = np.full((len(x), 1), np.nan)
    places, depths = (short(np.hstack([ends, gap])) for ends in (x, z))
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": Words("openings", "井巷"),
            "x": places,
            "y": depths,
            "line": {"color": INK, "width": 1.2},
            "marker": {"size": 3, "color": INK},
            "connectgaps": False,
            "hoverinfo": "skip",
        }
    ]


def _by_depth(section: RockSection, caption: Words) -> Table:
    """Rock temperature depth by depth: undisturbed, and over the section."""
    hot = section.temperature[-1]
    virgin = (hot - section.departure[-1]).mean(axis=1)
    places = np.unique(np.linspace(0, section.z.size - 1, ROWS).round().astype(int))
    rows = tuple(
        (
            text(figure(float(section.z[n]), 4)),
            number(float(virgin[n]), CELSIUS),
            number(float(hot[n].min()), CELSIUS),
            number(float(hot[n].max()), CELSIUS),
        )
        for n in places
    )
    names = (
        Words("undisturbed", "原岩温度"),
        Words("coldest in the section", "剖面内最低"),
        Words("warmest in the section", "剖面内最高"),
    )
    return Table(caption, (DEPTH, *(with_unit(n, CELSIUS.symbol) for n in names)), rows)


def _change(view: View, s: str, whole: RockSection) -> Chart:
    """Change of the rock temperature, a panel for each of the years kept but the first."""
    section = whole.cropped()
    kept = [n for n, year in enumerate(section.years) if year > 0]
    most = max(float(np.abs(section.departure[kept]).max()), NOTHING)
    form = _panels(section, [section.years[n] for n in kept])
    form["coloraxis"] = colour_axis(CHANGE, -most, most, KELVIN.symbol)
    levels = _levels(section.departure[kept])
    step = next((size for size in reversed(STEPS) if size <= most / SHADES), STEPS[0])
    told = np.where(np.abs(section.departure) > SHOWN, section.departure, 0.0)
    traces: list[dict[str, Any]] = []
    for place, n in enumerate(kept):
        field = isolines(section.x, section.z, told[n], levels, step)
        for trace in (field, *_drawn(section, section.years[n])):
            traces.append({**trace, "xaxis": _axis("x", place), "yaxis": _axis("y", place)})
    title = sentence(
        "Change of the rock temperature since the first opening, at the ends of years: {s}",
        "首条井巷开通以来各年末岩温变化：{s}",
        s=view.name(s),
    )
    caption = joined(_stopped(title), _about(section))
    height = 90 + min(250 * len(kept), 780) if _stacked(section) else 500
    alt = _alt(whole, title)
    table = _extremes(whole, title)
    return Chart(f"rock-change-{s}", caption, alt, traces, form, table, height)


def _levels(departure: Array) -> list[float]:
    """Round values on the side of the greater change, without zero."""
    low, high = float(departure.min()), float(departure.max())
    span = (low, 0.0) if -low >= high else (0.0, high)
    return [level for level in round_levels(*span, 6) if level]


def _stacked(section: RockSection) -> bool:
    """Whether the panels stand one below the other, as a wide section wants it."""
    return bool(np.ptp(section.x) > np.ptp(section.z))


def _axis(letter: str, place: int) -> str:
    return f"{letter}{place + 1}" if place else letter


def _panels(section: RockSection, years: list[float]) -> dict[str, Any]:
    """Layout with a panel for each year, linked in both directions."""
    form = layout(ALONG, DEPTH, xaxis=_span(section.x), yaxis=_span(section.z[::-1]))
    stacked, count = _stacked(section), len(years)
    shape = {"rows": count, "columns": 1} if stacked else {"rows": 1, "columns": count}
    inner = {"title": {"text": ""}, "showticklabels": False}
    bare = {letter: {**form[f"{letter}axis"], **inner} for letter in "xy"}
    titled = {letter: form[f"{letter}axis"] for letter in "xy"}
    silent = {**titled, "x": {**titled["x"], "title": {"text": ""}}}
    notes = []
    for place, year in enumerate(years):
        outer = {"x": not stacked or place == count - 1, "y": stacked or place == 0}
        for letter in "xy":
            told = titled if stacked or place == count // 2 or letter == "y" else silent
            axis = (told if outer[letter] else bare)[letter]
            linked = {"matches": letter} if place else {}
            form[f"{letter}axis{place + 1 if place else ''}"] = {**axis, **linked}
        notes.append(
            {
                "xref": f"{_axis('x', place)} domain",
                "yref": f"{_axis('y', place)} domain",
                "x": 0,
                "y": 1,
                "yanchor": "bottom",
                "showarrow": False,
                "text": sentence("year {n}", "第 {n} 年末", n=_year(year)),
            }
        )
    gaps = {"xgap": 0.06, "ygap": 0.12}
    margin = {**form["margin"], "t": 28}
    return form | {
        "grid": {**shape, "pattern": "independent", **gaps},
        "annotations": notes,
        "margin": margin,
        "showlegend": False,
    }


def _alt(section: RockSection, title: Words) -> Words:
    lowest = np.unravel_index(int(section.departure.argmin()), section.departure.shape)
    fall = -float(section.departure[lowest])
    if fall < NOTHING:
        return title
    told = sentence(
        "The rock cools most, by {t}, at x = {x} in a depth of {z} at the end of year {year}.",
        "降温最大处位于 x = {x}、深度 {z}，第 {year} 年末降温 {t}。",
        t=said(fall, KELVIN),
        x=said(float(section.x[lowest[2]]), METRES),
        z=said(float(section.z[lowest[1]]), METRES),
        year=_year(section.years[int(lowest[0])]),
    )
    return joined(_stopped(title), told)


def _extremes(section: RockSection, caption: Words) -> Table:
    """For each year: greatest cooling and warming with their places, and areas that cooled."""
    areas = [
        np.where(section.departure < -fall, section.areas, 0.0).sum(axis=(1, 2)) for fall in COOLED
    ]
    area = scale_for("m**2", largest=max(float(a.max()) for a in areas) or 1.0)
    rows = []
    for n, year in enumerate(section.years):
        cells = [text(_year(year))]
        for sign in (-1.0, 1.0):
            cells += _greatest(section, sign * section.departure[n])
        rows.append((*cells, *(number(float(a[n]), area, 3) for a in areas)))
    place = (Words("at x", "位置 x"), Words("depth", "深度"))
    head = [Words("end of year", "年末")]
    for kind in (Words("greatest cooling", "最大降温"), Words("greatest warming", "最大升温")):
        head += [with_unit(kind, KELVIN.symbol), *(with_unit(p, METRES.symbol) for p in place)]
    head += [_cooled(fall, area) for fall in COOLED]
    note = Words(
        "Areas in the section of the cells that have cooled by more; a cell reaches half-way to "
        "its neighbours.",
        "面积为剖面内降温超过该值的单元面积之和；单元边界取相邻单元中心的中点。",
    )
    return Table(caption, tuple(head), tuple(rows), note)


def _greatest(section: RockSection, change: Array) -> list[Cell]:
    """Greatest value with its place and depth; absent where nothing has changed that way."""
    down, along = np.unravel_index(int(change.argmax()), change.shape)
    if change[down, along] < NOTHING:
        return [number(None)] * 3
    return [
        number(float(change[down, along]), KELVIN, 3),
        number(float(section.x[along]), METRES),
        number(float(section.z[down]), METRES),
    ]


def _cooled(fall: float, area: Scale) -> Words:
    return with_unit(
        sentence("cooled by more than {t}", "降温大于 {t}", t=said(fall, KELVIN, 1)), area.symbol
    )
