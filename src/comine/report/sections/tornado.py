"""Part of section 7: how far each uncertain assumption moves the value."""

import numpy as np

from comine.report.blocks import Chart, Table, number, text
from comine.report.charts import layout, level_line, plain
from comine.report.display import greatest
from comine.report.sentences import said, sentence
from comine.report.view import View, labels
from comine.report.words import Words, same, with_unit

SHOWN = 15
"""Assumptions drawn; the table holds all."""
LEAST = 1e-3
"""Share of the widest swing from which an assumption is drawn."""
LOW, HIGH = "#5b7083", "#0b5c7a"


def tornado(view: View, s: str) -> Chart | None:
    """Value at both ends of each assumption's range, those that move it most first."""
    low, high = (view.get(f"{s}/decide", f"assumption_{end}") for end in ("low", "high"))
    npv = view.scalar(f"{s}/decide", "npv")
    if low is None or high is None or npv is None or not low.size:
        return None
    names = labels(low, "criterion")
    ends = np.stack([low.values, high.values]).astype(float)
    swing = np.nanmax(ends, axis=0) - np.nanmin(ends, axis=0)
    order = np.argsort(-swing, kind="stable")
    scale = view.scale("npv", greatest([npv, *ends.ravel().tolist()]))
    shown = scale(ends)
    base = float(scale(npv))
    drawn = order[swing[order] > LEAST * np.nanmax(swing)][:SHOWN][::-1]
    titles = (
        (Words("low end of the range", "取下限"), LOW),
        (Words("high end of the range", "取上限"), HIGH),
    )
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": title,
            "y": [names[n] for n in drawn],
            "x": plain(shown[k][drawn] - base),
            "base": base,
            "marker": {"color": colour},
            "customdata": plain(shown[k][drawn]),
            "hovertemplate": "%{y}: %{customdata:,.4g}<extra></extra>",
        }
        for k, (title, colour) in enumerate(titles)
    ]
    unit = with_unit(Words("value", "净现值"), scale.symbol)
    form = layout(unit, same(""), barmode="overlay", margin={"l": 150}) | level_line(
        base, same(""), horizontal=False
    )
    form["annotations"] = []
    caption = sentence(
        "Net present value at the ends of each assumption's range, one at a time: {s}",
        "各假设单独取上下限时的净现值：{s}",
        s=view.name(s),
    )
    rows = tuple(
        (
            text(names[n]),
            *(number(float(shown[k][n])) for k in (0, 1)),
            number(float(swing[n] / scale.size)),
        )
        for n in order
    )
    head = (Words("assumption", "假设"), titles[0][0], titles[1][0], Words("swing", "变幅"))
    alt = sentence(
        "{name} moves the value most; the central value is {v}.",
        "{name} 影响最大；中值为 {v}。",
        name=names[order[0]],
        v=said(npv, scale),
    )
    table = Table(with_unit(caption, scale.symbol), head, rows)
    height = 130 + 26 * len(drawn)
    return Chart(f"tornado-{s}", caption, alt, traces, form, table, height, wide=False)
