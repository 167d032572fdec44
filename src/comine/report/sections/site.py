"""2 The rock, the heat in it, the ore, the site's score, and what is not known."""

import re

import numpy as np

from comine.report.blocks import (
    Block,
    Cell,
    Chart,
    Points,
    Prose,
    Section,
    Table,
    number,
    series_table,
    text,
)
from comine.report.charts import ACCENT, DEPTH, downwards, layout, line
from comine.report.display import figure, scale_for
from comine.report.names import label
from comine.report.sentences import joined, said, sentence
from comine.report.view import View, meaning
from comine.report.words import Words, same, with_unit

PLACE = "assess"
GRADES = ("good", "medium", "poor")


def section(view: View) -> Section | None:
    """Build the section, if the place was assessed or anything is noted as unknown."""
    blocks: list[Block] = []
    for block in (
        _geotherm(view),
        _heat(view),
        _heat_note(view),
        _ore(view),
        _score_chart(view),
        _indicators(view),
    ):
        if block is not None:
            blocks.append(block)
    blocks += _contradictions(view)
    blocks.append(_unknown(view))
    return Section("site", Words("Site and rock", "场址与岩体"), _lead(view), blocks)


def _lead(view: View) -> Words:
    heat, taken = (view.scalar(PLACE, n) for n in ("heat_in_place", "recoverable_heat"))
    reference, mean = (
        view.scalar(PLACE, n) for n in ("reference_temperature", "block_temperature")
    )
    if heat is None or taken is None or reference is None or mean is None:
        return Words("What is known of the place.", "场址已知情况。")
    scale = view.scale("heat_in_place", heat)
    degrees = scale_for("K")
    return sentence(
        "The block of rock that is counted has {mean} on average and holds {heat} above "
        "{reference}; "
        "{taken} of it is taken to be recoverable.",
        "所计岩块平均温度 {mean}，相对基准温度 {reference} 含热 {heat}，其中可采 {taken}。",
        mean=said(mean, degrees),
        heat=said(heat, scale),
        reference=said(reference, degrees),
        taken=said(taken, scale),
    )


def _geotherm(view: View) -> Chart | None:
    profile = view.get(PLACE, "temperature")
    if profile is None or "z" not in profile.coords:
        return None
    depth = np.asarray(profile.z.values, dtype=float)
    celsius = scale_for("K")
    shown = celsius(profile.values)
    trace = line(meaning("temperature"), shown.tolist(), depth, ACCENT, width=2.5)
    trace["hovertemplate"] = "%{x:.1f} °C, %{y:.0f} m<extra></extra>"
    temperature = with_unit(meaning("temperature"), celsius.symbol)
    figure_layout = layout(
        temperature, DEPTH, yaxis=downwards(float(depth.max())), showlegend=False
    )
    figure_layout |= _block_band(view)
    caption = Words("Undisturbed rock temperature against depth", "原岩温度随深度变化")
    alt = sentence(
        "The temperature rises from {top} to {bottom} at {depth}.",
        "温度由 {top} 升至 {depth} 处的 {bottom}。",
        top=said(float(profile.values[0]), celsius),
        bottom=said(float(profile.values[-1]), celsius),
        depth=said(float(depth.max()), scale_for("m"), 4),
    )
    step = max(1, len(depth) // 60)
    table = series_table(
        caption, DEPTH, [f"{z:,.0f}" for z in depth[::step]], [(temperature, shown[::step])]
    )
    return Chart("geotherm", caption, alt, [trace], figure_layout, table, 430, wide=False)


def _block_band(view: View) -> dict[str, object]:
    block = getattr(getattr(view.project, "site", None), "block", None)
    if block is None:
        return {}
    top, bottom = float(block.top), float(block.bottom)
    band = {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": top,
        "y1": bottom,
        "fillcolor": "#d1731f",
        "opacity": 0.1,
        "line": {"width": 0},
    }
    note = {
        "xref": "paper",
        "x": 0.02,
        "y": bottom,
        "text": Words("block of rock that is counted", "计算岩块"),
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "bottom",
        "font": {"size": 12},
    }
    return {"shapes": [band], "annotations": [note]}


def _values(view: View, caption: Words, names: tuple[str, ...]) -> Table | None:
    rows = []
    for name in names:
        value = view.scalar(PLACE, name)
        if value is not None:
            scale = view.scale(name, value)
            rows.append((text(meaning(name)), number(value, scale), text(scale.symbol)))
    if not rows:
        return None
    head = (Words("quantity", "量"), Words("value", "数值"), Words("unit", "单位"))
    return Table(caption, head, tuple(rows), wide=False)


def _heat(view: View) -> Table | None:
    names = (
        "temperature_2km gradient depth_150 depth_200 block_temperature reference_temperature "
        "heat_in_place recoverable_heat"
    )
    return _values(
        view, Words("Temperature and heat of the block", "岩块温度与热量"), tuple(names.split())
    )


def _heat_note(view: View) -> Prose | None:
    reference = view.scalar(PLACE, "reference_temperature")
    if reference is None:
        return None
    block = getattr(getattr(view.project, "site", None), "block", None)
    bounds = None
    if block is not None:
        area, metres = float(block.area), scale_for("m")
        bounds = sentence(
            "The block covers {area} between {top} and {bottom}; {share} of its heat is "
            "taken to be "
            "recoverable, a typed share.",
            "岩块面积 {area}，埋深 {top} 至 {bottom}；可采比例取 {share}（填报值）。",
            area=said(area, scale_for("m**2", largest=area)),
            top=said(float(block.top), metres, 4),
            bottom=said(float(block.bottom), metres, 4),
            share=said(float(block.recovery), scale_for("1")),
        )
    defined = sentence(
        "Heat in place is the heat that the block would give if all of it cooled to {t}; "
        "it says nothing "
        "of how fast that could happen.",
        "热储量指整个岩块冷却至 {t} 时放出的热量，不代表取热快慢。",
        t=said(reference, scale_for("K")),
    )
    return Prose(joined(defined, bounds), "note")


def _ore(view: View) -> Table | None:
    return _values(view, Words("Ore in place", "矿石资源"), ("ore_tonnage", "ore_grade", "metal"))


def _score_chart(view: View) -> Chart | None:
    low, mid, high = (view.scalar(PLACE, f"score_{n}") for n in ("low", "mid", "high"))
    if low is None or mid is None or high is None:
        return None
    row = Words("score", "得分")
    interval = {
        "type": "scatter",
        "mode": "lines",
        "x": [low, high],
        "y": [0, 0],
        "line": {"color": ACCENT, "width": 14},
        "opacity": 0.35,
        "hoverinfo": "skip",
    }
    middle = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [low, mid, high],
        "y": [0, 0, 0],
        "text": [figure(v, 3) for v in (low, mid, high)],
        "textposition": "top center",
        "marker": {
            "color": ACCENT,
            "size": [9, 13, 9],
            "symbol": ["line-ns-open", "diamond", "line-ns-open"],
        },
        "hoverinfo": "x",
    }
    form = layout(
        Words("composite score: 3 poor, 6 medium, 9 good", "综合得分：3 差，6 中，9 好"),
        same(""),
        xaxis={"range": [2.8, 9.2], "dtick": 1},
        yaxis={"visible": False, "range": [-1, 1.4]},
        showlegend=False,
    )
    caption = Words(
        "Site score with the unknown indicators poor, medium and good",
        "未知指标取差、中、好时的场址得分",
    )
    names = tuple(meaning(f"score_{n}") for n in ("low", "mid", "high"))
    cells = tuple(number(v, digits=3) for v in (low, mid, high))
    table = Table(caption, (row, *names), ((text(row), *cells),))
    return Chart("score", caption, caption, [interval, middle], form, table, 170)


def _indicators(view: View) -> Table | None:
    ds = view.dataset(PLACE)
    if ds is None or "indicator_name" not in ds:
        return None
    rows = []
    for n in range(ds.sizes["criterion"]):
        at = ds.isel(criterion=n)
        name = Words(
            str(at.indicator_name.item()),
            _text(at, "indicator_name_zh") or str(at.indicator_name.item()),
        )
        low, high = float(at.indicator_low), float(at.indicator_high)
        grade = figure(low, 1) if low == high else f"{figure(low, 1)}–{figure(high, 1)}"
        origin, value = _text(at, "indicator_origin"), _text(at, "indicator_value")
        rows.append(
            (
                text(name),
                number(float(at.indicator_weight), scale_for("1"), 3),
                Cell(same(grade), "n"),
                text(label(value) if value in GRADES else value or "–"),
                text(label(origin), "warn" if origin == "unknown" else ""),
            )
        )
    head = (
        Words("indicator", "指标"),
        Words("weight [%]", "组合权重 [%]"),
        Words("grade", "赋值"),
        Words("value", "指标值"),
        Words("origin", "来源"),
    )
    count = len(rows)
    caption = sentence("The {n} indicators of the site score", "场址评价的 {n} 项指标", n=count)
    note = Words(
        "Grades: 9 good, 6 medium, 3 poor; an unknown indicator spans 3 to 9.",
        "赋值：9 好，6 中，3 差；未知指标取 3～9。",
    )
    return Table(caption, head, tuple(rows), note)


def _text(ds: object, name: str) -> str:
    found = getattr(ds, name, None)
    return "" if found is None else str(found.item())


def _contradictions(view: View) -> list[Block]:
    found = view.get(PLACE, "contradictions")
    if found is None:
        return []
    raw = [str(v) for v in np.asarray(found.values).ravel().tolist()]
    lines = [
        part.strip(" -") for item in raw for part in re.split(r"[\n;]+", item) if part.strip(" -")
    ]
    if not lines:
        none = Words(
            "No typed value contradicts what physics computes.", "填报值与计算结果无矛盾。"
        )
        return [Prose(none, "note")]
    title = Words("Typed values that physics contradicts", "与计算结果矛盾的填报值")
    return [Points(tuple(same(item) for item in lines), title, "warning")]


def _unknown(view: View) -> Block:
    unknown: dict[str, str] = dict(getattr(view.project, "unknown", {}) or {})
    if not unknown:
        return Prose(
            Words(
                "The project names nothing as unknown. That is rarely so: check it.",
                "项目未列出任何未知事项；实际很少如此，请核查。",
            ),
            "warning",
        )
    zh: dict[str, str] = dict(getattr(view.project, "unknown_zh", {}) or {})
    rows = tuple(
        (text(label(name)), text(Words(cure, zh.get(name) or cure)))
        for name, cure in unknown.items()
    )
    head = (Words("not known", "未知事项"), Words("what would settle it", "如何查明"))
    return Table(Words("What we do not know", "尚不清楚的事项"), head, rows, kind="prominent")
