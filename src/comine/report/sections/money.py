"""7 What it costs and earns."""

import numpy as np
import xarray as xr

from comine.report.blocks import Block, Chart, Section, Table, number, series_table, text
from comine.report.charts import COLOURS, INK, bars, layout, level_line, line
from comine.report.display import greatest
from comine.report.names import label
from comine.report.sections.tornado import tornado
from comine.report.sentences import joined, listed, said, sentence
from comine.report.view import View, coordinate, labels, meaning
from comine.report.words import Words, with_unit
from comine.stages.promises import DECIDE

YEAR = Words("year", "年")
MEASURES = tuple(name for name, var in DECIDE.items() if var.headline)
CLASSES = ("ore", "shared", "heat", "tax")
ITEMS = 9
"""Cash items drawn one by one; the smaller ones are drawn as one and printed in full."""


def section(view: View) -> Section | None:
    """Build the section, if anything was decided."""
    decided = [s for s in view.strategies if view.dataset(f"{s}/decide") is not None]
    if not decided:
        return None
    blocks: list[Block] = [t for t in (_measures(view, decided), _cumulative(view)) if t]
    blocks += [chart for chart in (_by_heat(view),) if chart]
    blocks += [chart for s in decided if (chart := _items(view, s))]
    blocks += [t for t in (_classes(view, decided),) if t]
    blocks += [chart for s in decided if (chart := tornado(view, s))]
    return Section("money", Words("Money", "经济"), _lead(view, decided), blocks)


def _lead(view: View, decided: list[str]) -> Words:
    values = {s: v for s in decided if (v := view.scalar(f"{s}/decide", "npv")) is not None}
    if not values:
        return Words("Cash by strategy.", "各方案现金流。")
    scale = view.scale("npv", greatest(values.values()))
    best = max(values, key=lambda s: values[s])
    lead = sentence(
        "{best} has the highest net present value, {v}.",
        "{best}净现值最高，为 {v}。",
        best=view.name(best),
        v=said(values[best], scale),
    )
    loss = [view.name(s) for s, v in values.items() if v < 0]
    if loss:
        lead = joined(
            lead,
            sentence(
                "{s} would lose money under these assumptions.",
                "在所给假设下，{s}亏损。",
                s=listed(loss),
            ),
        )
    basis = None
    if view.base_year:
        basis = sentence(
            "Money is in constant {currency} of {year}.",
            "金额均为 {year} 年不变价（{currency}）。",
            currency=view.currency,
            year=int(view.base_year),
        )
    return joined(lead, basis)


def _measures(view: View, decided: list[str]) -> Table | None:
    rows = []
    for name in MEASURES:
        held = [view.scalar(f"{s}/decide", name) for s in decided]
        there = [v for v in held if v is not None]
        if there:
            scale = view.scale(name, greatest(there))
            cells = (number(v, scale) for v in held)
            rows.append((text(with_unit(meaning(name), scale.symbol)), *cells))
    if not rows:
        return None
    head = (Words("measure", "指标"), *(view.name(s) for s in decided))
    return Table(Words("Value and cost", "价值与成本"), head, tuple(rows))


def _cumulative(view: View) -> Chart | None:
    held = [
        (n, s, a)
        for n, s in enumerate(view.strategies)
        if (a := view.get(f"{s}/decide", "cash_flow")) is not None
    ]
    if not held:
        return None
    sums = [a.cumsum("year").assign_attrs(a.attrs).rename("cash_flow") for _, _, a in held]
    scale = view.scale_of(*sums)
    years = [float(str(y)) for y in coordinate(held[0][2], "year")]
    traces, columns = [], []
    for (n, s, a), total in zip(held, sums, strict=True):
        traces.append(
            line(view.name(s), years, scale(total.values), COLOURS[n % len(COLOURS)], width=2.4)
        )
        who = view.name(s)
        columns.append((Words(f"{who.en}, of the year", f"{who.zh}，当年"), scale(a.values)))
        columns.append((Words(f"{who.en}, cumulative", f"{who.zh}，累计"), scale(total.values)))
    caption = Words("Cumulative cash after tax, not discounted", "累计税后现金流（未折现）")
    unit = with_unit(Words("cumulative cash", "累计现金流"), scale.symbol)
    form = layout(YEAR, unit) | level_line(0.0, Words("", ""))
    form["annotations"] = []
    form["shapes"][0]["line"] = {"color": "#5b7083", "width": 1, "dash": "dot"}
    table = series_table(
        with_unit(caption, scale.symbol), YEAR, [f"{y:.0f}" for y in years], columns
    )
    return Chart("cumulative", caption, caption, traces, form, table, wide=False)


def _by_heat(view: View) -> Chart | None:
    """What heat alone brings, beside what taking it from the mine adds to the mine."""
    flows = {
        s: a for s in view.strategies if (a := view.get(f"{s}/decide", "cash_flow")) is not None
    }
    mines = [s for s in flows if view.parts(s) == (True, ())]
    shown: list[tuple[Words, xr.DataArray]] = []
    for s, flow in flows.items():
        mine, heat = view.parts(s)
        who = view.name(s)
        if not mine:
            shown.append((who, flow))
        elif heat:
            for m in mines:
                less = view.name(m)
                title = Words(f"{who.en} less {less.en}", f"{who.zh}减去{less.zh}")
                shown.append(
                    (title, (flow - flows[m]).assign_attrs(flow.attrs).rename("cash_flow"))
                )
    if not mines or not shown:
        return None
    sums = [(name, a.cumsum("year").assign_attrs(a.attrs).rename("cash_flow")) for name, a in shown]
    scale = view.scale_of(*(a for _, a in sums))
    years = [float(str(y)) for y in coordinate(shown[0][1], "year")]
    traces = [
        line(name, years, scale(a.values), COLOURS[k + 3], width=2.4)
        for k, (name, a) in enumerate(sums)
    ]
    caption = Words(
        "What taking the heat brings: cumulative cash after tax, not discounted",
        "取热带来的累计税后现金流（未折现）",
    )
    unit = with_unit(Words("cumulative cash", "累计现金流"), scale.symbol)
    columns = [(name, scale(a.values)) for name, a in sums]
    table = series_table(
        with_unit(caption, scale.symbol), YEAR, [f"{y:.0f}" for y in years], columns
    )
    return Chart("cumulative-heat", caption, caption, traces, layout(YEAR, unit), table, wide=False)


def _items_named(view: View, s: str, cash: xr.DataArray) -> list[Words]:
    """Names of the items, in Chinese as the study itself says them."""
    chinese = view.get(f"{s}/decide", "component_zh")
    if chinese is None:
        return labels(cash, "component")
    english = [str(name).replace("_", " ") for name in coordinate(cash, "component")]
    return [Words(en, str(zh)) for en, zh in zip(english, chinese.values.tolist(), strict=True)]


def _items(view: View, s: str) -> Chart | None:
    cash = view.get(f"{s}/decide", "cash")
    if cash is None:
        return None
    scale = view.scale_of(cash)
    years = [float(str(y)) for y in coordinate(cash, "year")]
    shown = scale(cash.transpose("component", "year").values)
    names = _items_named(view, s, cash)
    order = np.argsort(-np.abs(shown).sum(axis=1), kind="stable")
    drawn, rest = order[:ITEMS], order[ITEMS:]
    traces = [
        bars(names[n], years, shown[n], COLOURS[k % len(COLOURS)]) for k, n in enumerate(drawn)
    ]
    if rest.size:
        other = shown[rest]
        title = sentence("{n} smaller items", "其余 {n} 项", n=int(rest.size))
        traces.append(bars(title, years, other.sum(axis=0), "#c3cbd2"))
    columns = [(names[n], shown[n]) for n in order]
    flow = view.get(f"{s}/decide", "cash_flow")
    if flow is not None:
        after = scale(flow.values)
        traces.append(line(meaning("cash_flow"), years, after, INK, width=1.6))
        columns.append((meaning("cash_flow"), after))
    caption = sentence("Cash by item and year: {s}", "分项逐年现金流：{s}", s=view.name(s))
    unit = with_unit(Words("cash", "现金流"), scale.symbol)
    form = layout(YEAR, unit, barmode="relative", legend={"y": -0.2, "yanchor": "top"})
    table = series_table(
        with_unit(caption, scale.symbol), YEAR, [f"{y:.0f}" for y in years], columns
    )
    return Chart(f"cash-{s}", caption, caption, traces, form, table, 460)


def _classes(view: View, decided: list[str]) -> Table | None:
    """Spending over life by whom it belongs to: ore, heat, shared, tax."""
    spent: dict[str, dict[str, float]] = {}
    for s in decided:
        cash, owner = view.get(f"{s}/decide", "cash"), view.get(f"{s}/decide", "cost_class")
        if cash is None or owner is None:
            continue
        out = -np.clip(cash.transpose("component", "year").values, None, 0).sum(axis=1)
        sums: dict[str, float] = {}
        for name, value in zip(owner.values.tolist(), out.tolist(), strict=True):
            sums[str(name)] = sums.get(str(name), 0.0) + value
        spent[s] = sums
    if not spent:
        return None
    found = dict.fromkeys(c for sums in spent.values() for c in sums)
    classes = [*(c for c in CLASSES if c in found), *(c for c in found if c not in CLASSES)]
    scale = view.scale("capital", 1.0)
    rows = [
        (text(label(c)), *(number(spent.get(s, {}).get(c), scale) for s in decided))
        for c in classes
    ]
    head = (with_unit(Words("belongs to", "归属"), scale.symbol), *(view.name(s) for s in decided))
    note = Words(
        "Spending over the whole study, not discounted. Shared: needed by ore and heat alike.",
        "全期支出，未折现。共用：采矿与采热都需要。",
    )
    return Table(Words("Own and shared costs", "自有成本与共用成本"), head, tuple(rows), note)
