"""4 Decades underground: air, refrigeration, where the heat comes from, the heat taken."""

import numpy as np

from comine.report.blocks import Block, Chart, Prose, Section, series_table
from comine.report.charts import (
    COLOURS,
    DASHES,
    YEARS,
    area,
    depth_colours,
    layout,
    level_line,
    line,
    marked,
)
from comine.report.display import scale_for
from comine.report.sections.heat_taken import heat_charts
from comine.report.sections.rock import rock_charts
from comine.report.sentences import joined, listed, said, sentence
from comine.report.view import View, by_year, coordinate, in_years, labels, meaning
from comine.report.words import Words, with_unit

LOADS = {
    "load_strata": Words("rock walls", "围岩散热"),
    "load_compression": Words("auto-compression", "自压缩热"),
    "load_machines": Words("machines", "机电设备"),
    "load_broken_rock": Words("broken ore", "崩落矿石"),
    "load_water": Words("water", "水"),
}
CARRIED = Words("carried out by the air", "风流带走")
SHARES = ("strata_share", "compression_share", "machine_share", "water_share")
YEAR = Words("year", "年")
YEARLY = Words(
    "Means and greatest values of each year; each month stands in tables.xlsx.",
    "表列各年平均值与最大值；逐月数据见 tables.xlsx。",
)


def section(view: View) -> Section | None:
    """Build the section, if anything was operated."""
    operated = [s for s in view.strategies if view.dataset(f"{s}/operate") is not None]
    if not operated:
        return None
    blocks: list[Block] = []
    blocks += [chart for s in operated if (chart := _wet_bulb(view, s))]
    blocks += [chart for chart in (_cooling(view),) if chart]
    blocks += [chart for s in operated if (chart := _loads(view, s))]
    blocks += [chart for chart in (_power(view),) if chart]
    if not any(view.parts(s)[0] for s in operated):
        no_mine = Words(
            "No strategy mines, so there is no mine air to show.",
            "各方案均不采矿，故无井下风流结果。",
        )
        blocks.append(Prose(no_mine, "note"))
    blocks += heat_charts(view)
    blocks += rock_charts(view)
    title = Words("Underground, over decades", "井下数十年的变化")
    return Section("underground", title, _lead(view, operated), blocks)


def _lead(view: View, operated: list[str]) -> Words:
    told = [s for s in (_shares(view, name) for name in operated) if s]
    held = [_held(view, name) for name in operated]
    taken = [_taken(view, name) for name in operated]
    return joined(*told, *held, *taken)


def _shares(view: View, s: str) -> Words | None:
    found = [(n, v) for n in SHARES if (v := view.scalar(f"{s}/operate", n)) is not None]
    if not found:
        return None
    percent = scale_for("1")
    found.sort(key=lambda item: -item[1])
    parts = listed(
        [sentence("{v} {n}", "{n} {v}", v=said(v, percent, 2), n=_SOURCES[n]) for n, v in found]
    )
    return sentence(
        "In {s} the heat load of the mine air is {parts}.",
        "{s}：矿井热负荷中{parts}。",
        s=view.name(s),
        parts=parts,
    )


def _taken(view: View, s: str) -> Words | None:
    first, last, power = (
        view.scalar(f"{s}/operate", n) for n in ("first_outlet", "last_outlet", "mean_heat_power")
    )
    if first is None or last is None or power is None:
        return None
    celsius = scale_for("K")
    return sentence(
        "{s} brings {p} of heat to the surface on average; the hottest water has {a} in the first "
        "year and {b} in the last.",
        "{s}平均取热 {p}，最热系统出水温度首年 {a}、末年 {b}。",
        s=view.name(s),
        p=said(power, view.scale("mean_heat_power", power)),
        a=said(first, celsius),
        b=said(last, celsius),
    )


_SOURCES = {
    "strata_share": Words("rock walls", "围岩散热占"),
    "compression_share": Words("auto-compression", "自压缩热占"),
    "machine_share": Words("machines and broken ore", "机电与崩落矿石占"),
    "water_share": Words("water", "水占"),
}


def _held(view: View, s: str) -> Words | None:
    held = view.scalar(f"{s}/operate", "limit_held")
    if held is None:
        return None
    return sentence(
        "The wet-bulb limit is held in {v} of the level-months of {s}.",
        "{s}的湿球温度达标率为 {v}。",
        v=said(held, scale_for("1")),
        s=view.name(s),
    )


def _limit(view: View) -> float | None:
    ventilation = getattr(getattr(view.project, "mine", None), "ventilation", None)
    limit = getattr(ventilation, "wet_bulb_limit", None)
    return None if limit is None else float(limit)


def _wet_bulb(view: View, s: str) -> Chart | None:
    """Hottest month of each year, level by level."""
    held = view.get(f"{s}/operate", "reject_wet_bulb")
    if held is None:
        return None
    celsius = scale_for("K")
    without = view.get(f"{s}/operate", "uncooled_wet_bulb")
    kinds = [(held, "solid", Words("with refrigeration", "制冷"))]
    if without is not None:
        stopped = Words("if refrigeration stood still at the month's end", "假定月末停止制冷")
        kinds.append((without, "dot", stopped))
    traces, columns = [], []
    years: list[object] = []
    for array, dash, kind in kinds:
        top = by_year(array, "max")
        years = coordinate(top, "year")
        tones = depth_colours(top.sizes["z"])
        for n, level in enumerate(labels(array, "z")):
            shown = celsius(top.isel(z=n).values)
            name = Words(f"{level.en}, {kind.en}", f"{level.zh}，{kind.zh}")
            trace = marked(line(level, years, shown, tones[n], dash), 4)
            legend = {"legendgroup": level.en, "showlegend": dash == "solid"}
            traces.append({**trace, **legend})
            columns.append((name, shown))
    wet_bulb = with_unit(Words("wet bulb, hottest month", "湿球温度（最热月）"), celsius.symbol)
    form = layout(YEAR, wet_bulb)
    limit = _limit(view)
    if limit is not None:
        form |= level_line(
            float(celsius(limit)), sentence("limit {t}", "限值 {t}", t=said(limit, celsius))
        )
    caption = sentence(
        "Wet bulb where the air leaves the stopes, hottest month of each year: {s} "
        "(solid: with refrigeration; dotted: the same if refrigeration stood still at the month's "
        "end, with the walls as the cooled months left them)",
        "各中段采场出风湿球温度（各年最热月）：{s}"
        "（实线：制冷；点线：假定月末停止制冷，壁温仍为制冷期形成的壁温）",
        s=view.name(s),
    )
    table = series_table(caption, YEAR, [str(y) for y in years], columns)
    return Chart(f"wet-bulb-{s}", caption, caption, traces, form, table, 440)


def _cooling(view: View) -> Chart | None:
    return over_months(
        view,
        "cooling",
        [("cooling", "solid")],
        Words(
            "Refrigeration delivered, month by month, strategies side by side", "各方案逐月制冷量"
        ),
    )


def _power(view: View) -> Chart | None:
    return over_months(
        view,
        "power",
        [("refrigeration_power", "solid"), ("fan_power", "dot"), ("pump_power", "dashdot")],
        Words("Electric power of refrigeration, main fan and pumps", "制冷、主扇与水泵耗电功率"),
    )


def over_months(view: View, key: str, names: list[tuple[str, str]], caption: Words) -> Chart | None:
    """Monthly series of several strategies in one chart; yearly mean and greatest in its table."""
    held = []
    for n, s in enumerate(view.strategies):
        for name, dash in names:
            array = view.get(f"{s}/operate", name)
            if array is not None:
                total = (
                    array.sum("system").assign_attrs(array.attrs)
                    if "system" in array.dims
                    else array
                )
                held.append((n, s, name, dash, total.rename(name)))
    if not held:
        return None
    scale = view.scale_of(*(item[-1] for item in held))
    traces, columns = [], []
    years: list[object] = []
    for n, s, name, dash, array in held:
        who = view.name(s)
        title = (
            who
            if len(names) == 1
            else Words(f"{who.en}: {meaning(name).en}", f"{who.zh}：{meaning(name).zh}")
        )
        traces.append(
            line(title, in_years(array), scale(array.values), COLOURS[n % len(COLOURS)], dash, 1.6)
        )
        mean, top = by_year(array), by_year(array, "max")
        years = coordinate(mean, "year")
        columns.append((Words(f"{title.en}, mean", f"{title.zh}，平均"), scale(mean.values)))
        columns.append((Words(f"{title.en}, greatest", f"{title.zh}，最大"), scale(top.values)))
    unit = with_unit(
        Words("power", "功率") if len(names) > 1 else meaning(names[0][0]), scale.symbol
    )
    table = series_table(
        with_unit(caption, scale.symbol), YEAR, [str(y) for y in years], columns, YEARLY
    )
    return Chart(key, caption, caption, traces, layout(YEARS, unit), table)


def _loads(view: View, s: str) -> Chart | None:
    held = [(n, a) for n in LOADS if (a := view.get(f"{s}/operate", n)) is not None]
    if not held:
        return None
    yearly = [(n, by_year(a)) for n, a in held]
    scale = view.scale_of(*(a for _, a in yearly))
    years = [float(str(y)) for y in coordinate(yearly[0][1], "year")]
    shown = [(LOADS[n], scale(a.values)) for n, a in yearly]
    traces = [
        area(name, years, np.clip(v, 0, None), COLOURS[k]) for k, (name, v) in enumerate(shown)
    ]
    total = view.get(f"{s}/operate", "load_air")
    if total is not None:
        carried = scale(by_year(total).values)
        shown.append((CARRIED, carried))
        traces.append(line(CARRIED, years, carried, "#1f2a33", DASHES[1], 1.8))
    caption = sentence(
        "Where the heat in the mine air comes from, mean of each year: {s}",
        "矿井热负荷构成（年均）：{s}",
        s=view.name(s),
    )
    note = Words(
        "Collar to stope exit. What the air does not carry out, refrigeration takes.",
        "自井口至采场出口；风流未带走者由制冷移除。",
    )
    if any((v < 0).any() for _, v in shown[: len(held)]):
        lost = Words(
            "Negative parts (air losing heat) are drawn as zero and printed in the table.",
            "负值（风流失热）图中按零绘制，表中照列。",
        )
        note = joined(note, lost)
    unit = with_unit(Words("heat load", "热负荷"), scale.symbol)
    table = series_table(
        with_unit(caption, scale.symbol), YEAR, [f"{y:.0f}" for y in years], shown, note
    )
    return Chart(f"loads-{s}", caption, caption, traces, layout(YEAR, unit), table, wide=False)
