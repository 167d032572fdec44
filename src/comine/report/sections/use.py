"""6 Who takes the heat, and what cannot be served and why."""

import numpy as np
import xarray as xr

from comine.report.blocks import (
    Block,
    Cell,
    Chart,
    Points,
    Section,
    Table,
    number,
    series_table,
    text,
)
from comine.report.charts import COLOURS, INK, bars, layout, line
from comine.report.display import YEAR as YEAR_SECONDS
from comine.report.display import scale_for
from comine.report.names import MONTH_NAMES, label
from comine.report.sentences import joined, said, sentence
from comine.report.view import MONTHS, View, by_year, coordinate, labels, meaning
from comine.report.words import Words, with_unit

YEAR = Words("year", "年")
SERVED = 0.99
"""Share of the demand from which a sink counts as served."""


def section(view: View) -> Section | None:
    """Build the section, if any strategy delivers anything."""
    users = view.having("use", "delivered")
    if not users:
        return None
    blocks: list[Block] = []
    for s in users:
        table, why = _sinks(view, s)
        blocks += [table, *why]
        blocks += [chart for chart in (_typical(view, s), _yearly(view, s)) if chart]
    return Section("use", Words("Use of the heat", "热利用"), _lead(view, users), blocks)


def _lead(view: View, users: list[str]) -> Words:
    told = []
    for s in users:
        used = view.scalar(f"{s}/use", "used_share")
        heat = view.scalar(f"{s}/use", "heat_sold")
        if heat is None:
            continue
        sold = sentence(
            "{s} delivers {heat} of heat over the years",
            "{s}全期供热 {heat}",
            s=view.name(s),
            heat=said(heat, view.scale("heat_sold", heat)),
        )
        if used is not None:
            sold += sentence(
                "; {share} of the heat at the surface is used",
                "，地面热量利用率 {share}",
                share=said(used, scale_for("1")),
            )
        told.append(sold + Words(".", "。"))
    return joined(*told) if told else Words("Demand and delivery.", "需求与供给。")


def _typical_year(
    array: xr.DataArray, running: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> xr.DataArray:
    """Mean of each calendar month over the years in which anything is delivered."""
    years = array.sizes["month"] // MONTHS
    values = array.transpose("month", ...).values[: years * MONTHS]
    blocks = values.reshape(years, MONTHS, *values.shape[1:])
    return xr.DataArray(
        blocks[running].mean(axis=0),
        dims=array.transpose("month", ...).dims,
        attrs=array.attrs,
        name=array.name,
    )


def _running(delivered: xr.DataArray) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    total = by_year(delivered.sum("sink")).values
    return np.asarray(total > 0)


def _typical(view: View, s: str) -> Chart | None:
    delivered = view.get(f"{s}/use", "delivered")
    demand = view.get(f"{s}/use", "demand")
    assert delivered is not None
    running = _running(delivered)
    if not running.any():
        return None
    given = _typical_year(delivered, running)
    wanted = None if demand is None else _typical_year(demand, running)
    scale = view.scale_of(
        given.sum("sink").assign_attrs(given.attrs),
        *([] if wanted is None else [wanted.sum("sink").assign_attrs(given.attrs)]),
    )
    traces, columns = [], []
    for k, sink in enumerate(labels(delivered, "sink")):
        shown = scale(given.isel(sink=k).values)
        name = Words(f"{sink.en}, delivered", f"{sink.zh}，供出")
        if shown.any():
            traces.append(bars(name, MONTH_NAMES, shown, COLOURS[k % len(COLOURS)]))
        if wanted is not None:
            columns.append(
                (Words(f"{sink.en}, wanted", f"{sink.zh}，需求"), scale(wanted.isel(sink=k).values))
            )
        columns.append((name, shown))
    if wanted is not None:
        total = scale(wanted.sum("sink").values)
        trace = line(Words("all that is wanted", "总需求"), [0.0] * MONTHS, total, INK, "dash")
        traces.append(
            {**trace, "x": list(MONTH_NAMES), "mode": "lines+markers", "marker": {"size": 5}}
        )
    caption = sentence(
        "Demand and delivery in a typical year (mean of the {n} years with delivery): {s}",
        "典型年逐月需求与供给（{n} 个供能年的平均）：{s}",
        n=int(running.sum()),
        s=view.name(s),
    )
    unit = with_unit(Words("power", "功率"), scale.symbol)
    table = series_table(
        with_unit(caption, scale.symbol), Words("month", "月"), MONTH_NAMES, columns
    )
    form = layout(Words("month", "月"), unit, barmode="stack")
    return Chart(f"typical-{s}", caption, caption, traces, form, table, wide=False)


def _yearly(view: View, s: str) -> Chart | None:
    delivered, demand = (view.get(f"{s}/use", n) for n in ("delivered", "demand"))
    assert delivered is not None
    given = by_year(delivered)
    years = coordinate(given, "year")
    totals = [given.sum("sink").assign_attrs(given.attrs)]
    if demand is not None:
        totals.append(by_year(demand).sum("sink").assign_attrs(given.attrs))
    unused = view.get(f"{s}/use", "unused")
    scale = view.scale_of(*totals)
    traces, columns = [], []
    for k, sink in enumerate(labels(delivered, "sink")):
        shown = scale(given.isel(sink=k).values)
        if shown.any():
            traces.append(bars(sink, years, shown, COLOURS[k % len(COLOURS)]))
        columns.append((sink, shown))
    if demand is not None:
        wanted = scale(totals[1].values)
        name = Words("all that is wanted", "总需求")
        traces.append(line(name, [float(str(y)) for y in years], wanted, INK, "dash"))
        columns.append((name, wanted))
    if unused is not None:
        columns.append((meaning("unused"), scale(by_year(unused).values)))
    caption = sentence(
        "Delivered over the years, yearly means: {s}", "历年供出（年均功率）：{s}", s=view.name(s)
    )
    unit = with_unit(Words("mean power", "年均功率"), scale.symbol)
    table = series_table(with_unit(caption, scale.symbol), YEAR, [str(y) for y in years], columns)
    return Chart(
        f"delivered-{s}",
        caption,
        caption,
        traces,
        layout(YEAR, unit, barmode="stack"),
        table,
        wide=False,
    )


def _sinks(view: View, s: str) -> tuple[Table, list[Points]]:
    ds = view.dataset(f"{s}/use")
    assert ds is not None
    seconds = YEAR_SECONDS / MONTHS
    celsius, terajoule = scale_for("K"), scale_for("J", largest=1e12)
    rows, why = [], []
    for k, sink in enumerate(labels(ds.delivered, "sink")):
        at = ds.isel(sink=k)
        given = float(at.delivered.sum()) * seconds
        wanted = float(at.demand.sum()) * seconds if "demand" in at else None
        least, hottest = (
            float(at[n]) if n in at else None for n in ("least_temperature", "hottest_water")
        )
        reason, kind = _verdict(wanted, given, least, hottest)
        product = label(str(at["product"].item())) if "product" in at else Words("–", "–")
        share = given / wanted if wanted else None
        rows.append(
            (
                text(sink),
                text(product),
                number(least, celsius),
                number(hottest, celsius),
                number(wanted, terajoule),
                number(given, terajoule),
                number(share, scale_for("1"), 3),
                Cell(reason, kind),
            )
        )
        if kind == "bad":
            why.append(_explained(sink, least, hottest, share))
    head = (
        Words("sink", "用户"),
        Words("product", "产品"),
        Words("least water [°C]", "最低水温 [℃]"),
        Words("hottest that reaches it [°C]", "到达最高水温 [℃]"),
        Words("wanted [TJ]", "需求 [TJ]"),
        Words("delivered [TJ]", "供出 [TJ]"),
        Words("share [%]", "满足率 [%]"),
        Words("verdict", "结论"),
    )
    caption = sentence(
        "Sinks over the whole study, in the order of the cascade: {s}",
        "各用户全期供需（按梯级顺序）：{s}",
        s=view.name(s),
    )
    title = sentence("What {s} cannot serve, and why", "{s}不能满足的用户及原因", s=view.name(s))
    return Table(caption, head, tuple(rows)), [Points(tuple(why), title, "warning")] if why else []


def _verdict(
    wanted: float | None, given: float, least: float | None, hottest: float | None
) -> tuple[Words, str]:
    if given <= 0 and least is not None and hottest is not None and hottest < least:
        return Words("water too cold", "水温不足"), "bad"
    if not wanted:
        none = Words("nothing wanted", "无需求")
        return (Words("delivers", "供出"), "good") if given > 0 else (none, "")
    if given >= SERVED * wanted:
        return Words("served", "满足"), "good"
    return (
        (Words("served in part", "部分满足"), "warn")
        if given > 0
        else (Words("not served", "不能满足"), "bad")
    )


def _explained(
    sink: Words, least: float | None, hottest: float | None, share: float | None
) -> Words:
    celsius, kelvin = scale_for("K"), scale_for("delta_degC")
    if least is not None and hottest is not None and hottest < least:
        return sentence(
            "{sink}: needs water of {least}, the hottest that reaches it has {hottest}, "
            "{short} too little.",
            "{sink}：需 {least} 热水，到达的最高水温 {hottest}，差 {short}。",
            sink=sink,
            least=said(least, celsius),
            hottest=said(hottest, celsius),
            short=said(least - hottest, kelvin),
        )
    if least is None or hottest is None or not np.isfinite(hottest):
        return sentence("{sink}: no water reaches it.", "{sink}：没有热水到达。", sink=sink)
    return sentence(
        "{sink}: the water is hot enough, but sinks before it in the cascade take it all.",
        "{sink}：水温足够，但热量已被梯级中前面的用户取尽。",
        sink=sink,
    )
