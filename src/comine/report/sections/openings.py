"""3 What is dug and drilled, and when the ore comes."""

from typing import Any

import numpy as np
import xarray as xr

from comine.physics import Array
from comine.report.blocks import Block, Chart, Section, Table, number, series_table, text
from comine.report.charts import COLOURS, DEPTH, bars, depth_colours, downwards, layout, line, plain
from comine.report.display import greatest, scale_for
from comine.report.names import label
from comine.report.sentences import joined, said, sentence
from comine.report.view import View, coordinate, labels, meaning
from comine.report.words import Words, same, with_unit

PARTS = ("shaft", "drift", "stope", "borehole", "well", "fracture")
LENGTHS = ("shaft_length", "drift_length", "roadway_length", "borehole_length", "well_length")
SYSTEM_SIZES = (
    "roadway_length",
    "borehole_length",
    "well_length",
    "well_count",
    "exchange_area",
    "rock_volume",
)


def section(view: View) -> Section | None:
    """Build the section, if any strategy was built."""
    built = [s for s in view.strategies if view.dataset(f"{s}/build") is not None]
    if not built:
        return None
    blocks: list[Block] = [chart for s in built if (chart := _section_through(view, s))]
    blocks += _ore(view)
    blocks += [
        table for table in (_lengths(view, built), *(_systems(view, s) for s in built)) if table
    ]
    return Section(
        "openings", Words("Openings and schedule", "井巷与进度"), _lead(view, built), blocks
    )


def _lead(view: View, built: list[str]) -> Words:
    told = []
    for s in built:
        lengths = view.get(f"{s}/build", "branch_length")
        depths = view.get(f"{s}/build", "node_depth")
        if lengths is None or depths is None:
            continue
        count = view.get(f"{s}/build", "branch_count")
        total = float((lengths * (1 if count is None else count)).sum())
        told.append(
            sentence(
                "{s} opens {length} in all, down to {depth}.",
                "{s}共开凿 {length}，最深 {depth}。",
                s=view.name(s),
                length=said(total / 1e3, scale_for("km"), 3),
                depth=said(float(depths.max()), scale_for("m"), 4),
            )
        )
    return joined(*told) if told else Words("What is dug and drilled.", "开凿的井巷与钻孔。")


def _section_through(view: View, s: str) -> Chart | None:
    ds = view.dataset(f"{s}/build")
    needed = [
        "node_x",
        "node_depth",
        "branch_start",
        "branch_end",
        "branch_part",
        "rock_temperature",
    ]
    if ds is None or any(n not in ds for n in needed):
        return None
    along = with_unit(meaning("node_x"), same("m"))
    form = layout(along, DEPTH, yaxis=downwards(), legend={"y": -0.2, "yanchor": "top"})
    caption = sentence(
        "Section along strike, {s}: openings and the undisturbed rock temperature at their middles",
        "沿走向剖面，{s}：井巷与其中点原岩温度",
        s=view.name(s),
    )
    traces = [*_part_lines(ds), _rock_marks(ds)]
    table = _branches(ds, caption)
    return Chart(f"section-{s}", caption, caption, traces, form, table, 460, wide=False)


def _ends(ds: xr.Dataset, name: str) -> tuple[Array, Array]:
    """Coordinate of both ends of every branch."""
    values = ds[name].values
    return values[node_places(ds, "branch_start")], values[node_places(ds, "branch_end")]


def _part_lines(ds: xr.Dataset) -> list[dict[str, Any]]:
    """One trace for each part, its openings apart by gaps."""
    (xa, xb), (za, zb) = _ends(ds, "node_x"), _ends(ds, "node_depth")
    parts = np.array([str(p) for p in ds.branch_part.values])
    gap = np.full(parts.size, np.nan)
    traces = []
    for colour, part in zip(COLOURS, PARTS, strict=False):
        mine = parts == part
        if mine.any():
            x, z = (np.stack(ends, axis=1)[mine].ravel() for ends in ((xa, xb, gap), (za, zb, gap)))
            trace = line(label(part), x.tolist(), z, colour, width=2.5)
            traces.append({**trace, "hoverinfo": "skip"})
    return traces


def _rock_marks(ds: xr.Dataset) -> dict[str, Any]:
    """Rock temperature at the middle of each opening, in colour."""
    (xa, xb), (za, zb) = _ends(ds, "node_x"), _ends(ds, "node_depth")
    hot = scale_for("K")(ds.rock_temperature.values)
    names = coordinate(ds.branch_part, "branch")
    return {
        "type": "scatter",
        "mode": "markers",
        "name": meaning("rock_temperature"),
        "x": plain((xa + xb) / 2),
        "y": plain((za + zb) / 2),
        "text": [f"{n}: {t:.1f} °C" for n, t in zip(names, hot, strict=True)],
        "hoverinfo": "text",
        "marker": {
            "color": plain(hot),
            "colorscale": "YlOrRd",
            "reversescale": True,
            "size": 8,
            "line": {"color": "#5b7083", "width": 0.5},
            "colorbar": {"title": {"text": "°C", "side": "top"}, "thickness": 12, "len": 0.9},
        },
    }


def _branches(ds: xr.Dataset, caption: Words) -> Table:
    za, zb = _ends(ds, "node_depth")
    celsius = scale_for("K")
    rows = tuple(
        (
            text(str(name)),
            text(label(str(ds.branch_part.values[n]))),
            number(float(za[n] + zb[n]) / 2),
            number(float(ds.branch_length.values[n]) if "branch_length" in ds else None),
            number(float(ds.rock_temperature.values[n]), celsius),
        )
        for n, name in enumerate(coordinate(ds.branch_part, "branch"))
    )
    head = (
        Words("opening", "井巷"),
        meaning("branch_part"),
        with_unit(Words("depth of its middle", "中点深度"), same("m")),
        with_unit(meaning("branch_length"), same("m")),
        with_unit(meaning("rock_temperature"), celsius.symbol),
    )
    return Table(caption, head, rows)


def node_places(ds: xr.Dataset, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int_]]:
    """Numbers of the nodes from 0, whether the dataset counts from 0 or from 1."""
    found = np.asarray(ds[name].values, dtype=int)
    ends = np.concatenate([ds.branch_start.values, ds.branch_end.values])
    return found - int(ends.max() >= ds.sizes["node"])


def _ore(view: View) -> list[Block]:
    blocks: list[Block] = []
    seen: dict[bytes, str] = {}
    for s in view.having("build", "ore_by_level"):
        ore = view.get(f"{s}/build", "ore_by_level")
        assert ore is not None
        key = np.ascontiguousarray(ore.values).tobytes()
        if key not in seen:
            seen[key] = s
    same_ore = len(seen) == 1 and len(view.having("build", "ore_by_level")) > 1
    for s in seen.values():
        ore = view.get(f"{s}/build", "ore_by_level")
        assert ore is not None
        scale = view.scale_of(ore.sum("z"))
        years, levels = coordinate(ore, "year"), labels(ore, "z")
        shown = scale(ore.transpose("year", "z").values)
        tones = depth_colours(len(levels))
        traces = [bars(level, years, shown[:, n], tones[n]) for n, level in enumerate(levels)]
        unit = with_unit(meaning("ore_mined"), scale.symbol)
        form = layout(Words("year", "年"), unit, barmode="stack")
        who = Words("all strategies with a mine", "各采矿方案相同") if same_ore else view.name(s)
        caption = sentence("Ore by year and level, {who}", "分年分中段采矿量，{who}", who=who)
        columns = [*((level, shown[:, n]) for n, level in enumerate(levels))]
        columns.append((Words("all levels", "合计"), shown.sum(axis=1)))
        table = series_table(caption, Words("year", "年"), [str(y) for y in years], columns)
        blocks.append(Chart(f"ore-{s}", caption, caption, traces, form, table))
    return blocks


def _lengths(view: View, built: list[str]) -> Table | None:
    rows = []
    for name in LENGTHS:
        held = [view.get(f"{s}/build", name) for s in built]
        totals = [None if h is None else float(h.sum()) for h in held]
        if any(t is not None for t in totals):
            rows.append((text(meaning(name)), *(number(t) for t in totals)))
    if not rows:
        return None
    head = (Words("length [m]", "长度 [m]"), *(view.name(s) for s in built))
    return Table(Words("Lengths dug and drilled", "开凿与钻进长度"), head, tuple(rows))


def _systems(view: View, s: str) -> Table | None:
    held = [(n, a) for n in SYSTEM_SIZES if (a := view.get(f"{s}/build", n)) is not None]
    if not held:
        return None
    systems = labels(held[0][1], "system")
    rows = []
    for name, array in held:
        scale = view.scale(name, greatest(array.values.ravel().tolist()))
        cells = (number(float(v), scale) for v in array.values)
        rows.append((text(with_unit(meaning(name), scale.symbol)), *cells))
    caption = sentence("Heat systems: {s}", "取热系统：{s}", s=view.name(s))
    return Table(caption, (Words("size", "规模"), *systems), tuple(rows), wide=len(systems) > 3)
