"""Part of section 4: the heat systems over the years, and the cooled rock that airways meet."""

import numpy as np
from numpy.typing import NDArray

from comine.report.blocks import Block, Chart, Prose, series_table
from comine.report.charts import COLOURS, DASHES, YEARS, layout, line, marked
from comine.report.sentences import said, sentence
from comine.report.view import View, by_year, coordinate, finite_ends, in_years, labels, meaning
from comine.report.words import Words, same, with_unit

YEAR = Words("year", "年")
FELT = 0.05
"""Fall of the rock temperature [K] from which an airway counts as meeting cooled rock."""
SHOWN = 12
"""Airways listed, those that meet the most cooled rock first."""


def heat_charts(view: View) -> list[Block]:
    """Outlet temperature, heat and the cooled rock that airways meet, as far as there are any."""
    charts = [
        _by_system(
            view,
            "outlet_temperature",
            Words(
                "Temperature of the water at the surface, by heat system", "各取热系统地面出水温度"
            ),
        ),
        _by_system(
            view, "heat_power", Words("Heat at the surface, by heat system", "各取热系统取热功率")
        ),
    ]
    blocks: list[Block] = [chart for chart in charts if chart]
    blocks += [
        block for s in view.having("operate", "rock_cooling") for block in _rock_cooling(view, s)
    ]
    return blocks


def _by_system(view: View, name: str, caption: Words) -> Chart | None:
    held = [(s, a) for s in view.strategies if (a := view.get(f"{s}/operate", name)) is not None]
    if not held:
        return None
    scale = view.scale_of(*(a for _, a in held))
    systems = list(dict.fromkeys(str(c) for _, a in held for c in coordinate(a, "system")))
    traces, columns = [], []
    years: list[object] = []
    for n, (s, array) in enumerate(held):
        mean = by_year(array)
        years = coordinate(mean, "year")
        for k, system in enumerate(labels(array, "system")):
            who = view.name(s)
            title = Words(f"{who.en}: {system.en}", f"{who.zh}：{system.zh}")
            dash = DASHES[n % len(DASHES)]
            colour = COLOURS[systems.index(str(coordinate(array, "system")[k])) % len(COLOURS)]
            shown = scale(array.isel(system=k).values)
            traces.append(line(title, in_years(array), shown, colour, dash, 1.8))
            columns.append((title, scale(mean.isel(system=k).values)))
    note = Words(
        "Means of each year; each month stands in tables.xlsx.",
        "表列年平均值；逐月数据见 tables.xlsx。",
    )
    table = series_table(
        with_unit(caption, scale.symbol), YEAR, [str(y) for y in years], columns, note
    )
    unit = with_unit(meaning(name), scale.symbol)
    return Chart(
        name.replace("_", "-"), caption, caption, traces, layout(YEARS, unit), table, wide=False
    )


def _of_the_mine(view: View, s: str, count: int) -> NDArray[np.bool_]:
    """Which branches are airways of the mine itself, as far as the openings tell."""
    system, medium = (view.get(f"{s}/build", f"branch_{n}") for n in ("system", "medium"))
    if system is None or medium is None or system.size != count:
        return np.ones(count, dtype=bool)
    names = [str(v) for v in system.values.tolist()]
    fluids = [str(v) for v in medium.values.tolist()]
    return np.array([not n and f == "air" for n, f in zip(names, fluids, strict=True)])


def _rock_cooling(view: View, s: str) -> list[Block]:
    array = view.get(f"{s}/operate", "rock_cooling")
    assert array is not None
    scale = view.scale_of(array)
    felt = scale(array.transpose("year", "branch").values)
    most = np.where(np.isnan(felt), -np.inf, felt).max(axis=0)
    own = _of_the_mine(view, s, array.sizes["branch"]) & np.isfinite(most)
    if not own.any():
        return []
    order = [n for n in np.argsort(-most, kind="stable") if own[n] and most[n] >= FELT]
    if not order:
        nothing = sentence(
            "In {s} no airway meets rock that has cooled by {t} or more beyond its own skin.",
            "{s}：各风路自身调热圈以外的围岩降温均不足 {t}。",
            s=view.name(s),
            t=said(FELT, scale),
        )
        return [Prose(nothing, "note")]
    years = coordinate(array, "year")
    names = labels(array, "branch")
    shown = order[:SHOWN]
    traces = [
        marked(
            line(names[n], years, felt[:, n], COLOURS[k % len(COLOURS)], DASHES[k // len(COLOURS)]),
            3,
        )
        for k, n in enumerate(shown)
    ]
    ends = finite_ends(felt[:, order[0]])
    caption = sentence(
        "How far the rock has cooled that airways meet beyond their own skins: {s}",
        "各风路自身调热圈以外的围岩降温：{s}",
        s=view.name(s),
    )
    note = _causes(view, s, len(order), int(own.sum()), said(FELT, scale))
    table = series_table(
        with_unit(caption, scale.symbol),
        YEAR,
        [str(y) for y in years],
        [(names[n], felt[:, n]) for n in shown],
        note,
    )
    alt = caption
    if ends:
        alt = sentence(
            "The rock beyond the skin of {name} cools most; it has cooled by {t} at the end.",
            "围岩降温最大的风路为 {name}，末年降温 {t}。",
            name=names[order[0]],
            t=said(ends[1], scale),
        )
    unit = with_unit(meaning("rock_cooling"), scale.symbol)
    return [Chart(f"rock-cooling-{s}", caption, alt, traces, layout(YEAR, unit), table)]


def _causes(view: View, s: str, count: int, airways: int, fall: Words) -> Words:
    """What has cooled the rock, and which airways are shown."""
    heat = Words("the heat systems, ", "取热系统、") if view.parts(s)[1] else same("")
    return sentence(
        "All causes together: {causes}the other openings and the airway's own cooling of the far "
        "rock. {count} of the {all} airways of the mine meet rock cooled by at least {t}; the "
        "{shown} with the greatest fall are shown. Negative values are rock that has warmed.",
        "降温为各种原因之和：{causes}其他井巷，以及风路自身对远处围岩的冷却。"
        "采矿系统 {all} 条风路中有 {count} 条降温不小于 {t}，列出降温最大的 {shown} 条。"
        "负值表示岩体升温。",
        causes=heat,
        count=count,
        all=airways,
        t=fall,
        shown=min(count, SHOWN),
    )
