"""5 Stress in the ground and at the walls, and what the rock burst criteria say."""

import numpy as np
import xarray as xr

from comine.report.blocks import Block, Cell, Chart, Section, Table, number, series_table, text
from comine.report.charts import COLOURS, DASHES, DEPTH, downwards, layout, line, marked
from comine.report.display import ABSENT, greatest, scale_for
from comine.report.names import BURST, label
from comine.report.sentences import joined, said, sentence
from comine.report.view import View, coordinate, labels, meaning
from comine.report.words import Words, same, with_unit

IN_SITU = ("vertical_stress", "major_stress", "minor_stress")


def section(view: View) -> Section | None:
    """Build the section, if any strategy has a ground stage with something in it."""
    blocks: list[Block] = []
    stress = _stress(view)
    if stress:
        blocks.append(stress)
    blocks += [t for s in view.having("ground", "burst_class") if (t := _votes(view, s))]
    blocks += [t for s in view.strategies if (t := _systems(view, s))]
    if not blocks:
        return None
    return Section("ground", Words("Ground", "地压"), _lead(view), blocks)


def _lead(view: View) -> Words:
    told = []
    for s in view.strategies:
        votes = view.scalar(f"{s}/ground", "worst_votes")
        classes = view.get(f"{s}/ground", "burst_class")
        if votes is None or classes is None:
            continue
        told.append(
            sentence(
                "In {s}, at worst {v} of {all} rock burst criteria say moderate or strong.",
                "{s}：最不利时 {all} 项岩爆判据中有 {v} 项判为中等以上。",
                s=view.name(s),
                v=int(votes),
                all=int(classes.sizes["criterion"]),
            )
        )
    told += [change for s in view.strategies if (change := _wall_change(view, s))]
    told.append(
        Words(
            "The criteria disagree by nature; they stand side by side and are not averaged.",
            "各判据本就不一，并列给出，不作平均。",
        )
    )
    return joined(*told)


def _wall_change(view: View, s: str) -> Words | None:
    """How much the thermal part relieves or loads the wall, at its extremes."""
    array = view.get(f"{s}/ground", "thermal_stress")
    if array is None or not np.isfinite(array.values).any():
        return None
    scale = scale_for("Pa", largest=greatest(array.values.ravel().tolist()))
    low = float(np.nanmin(array.values))
    return sentence(
        "In {s} the thermal part at the wall reaches {t}.",
        "{s}：巷壁温度应力达 {t}。",
        s=view.name(s),
        t=said(low, scale),
    )


def _profiles(view: View) -> list[tuple[Words, xr.DataArray, str, str]]:
    """Name, values by level, colour and dash of each stress: in situ once, walls by strategy."""
    held: list[tuple[Words, xr.DataArray, str, str]] = []
    for s in view.having("ground", "vertical_stress")[:1]:
        for n, name in enumerate(IN_SITU):
            array = view.get(f"{s}/ground", name)
            if array is not None:
                held.append((meaning(name), array, "#5b7083", DASHES[n]))
    for n, s in enumerate(view.strategies):
        array = view.get(f"{s}/ground", "wall_stress")
        if array is not None:
            who = view.name(s)
            title = Words(
                f"greatest wall stress of all years, {who.en}",
                f"巷壁最大应力（历年最大），{who.zh}",
            )
            top = array.max("year", skipna=True).assign_attrs(array.attrs)
            held.append((title, top, COLOURS[n % len(COLOURS)], "solid"))
    return held


def _stress(view: View) -> Chart | None:
    held = _profiles(view)
    if not held:
        return None
    scale = view.scale_of(*(a for _, a, _, _ in held))
    traces = [
        marked(line(name, scale(a.values).tolist(), _depths(a), colour, dash))
        for name, a, colour, dash in held
    ]
    unit = with_unit(Words("stress", "应力"), scale.symbol)
    form = layout(unit, DEPTH, xaxis={"rangemode": "tozero"}, yaxis=downwards())
    caption = Words(
        "In-situ stress and greatest wall stress by level", "各中段原岩应力与巷壁最大应力"
    )
    depth = sorted({z for _, a, _, _ in held for z in _depths(a)})
    columns = [
        (name, scale(a.assign_coords(z=_depths(a)).reindex(z=depth).values))
        for name, a, _, _ in held
    ]
    table = series_table(
        with_unit(caption, scale.symbol), DEPTH, [f"{z:,.0f}" for z in depth], columns
    )
    return Chart("stress", caption, caption, traces, form, table, 440)


def _depths(array: xr.DataArray) -> list[float]:
    return [float(str(z)) for z in coordinate(array, "z")]


def _votes(view: View, s: str) -> Table | None:
    """Class by level and criterion in each level's first and last year."""
    array = view.get(f"{s}/ground", "burst_class")
    assert array is not None
    drift = view.get(f"{s}/ground", "worst_drift")
    values = np.asarray(array.transpose("z", "year", "criterion").values, dtype=float)
    years = [int(str(y)) for y in coordinate(array, "year")]
    rows = []
    for n, level in enumerate(labels(array, "z")):
        classes = values[n]
        open_in = np.flatnonzero(np.isfinite(classes).any(axis=1))
        if not open_in.size:
            continue
        first, last = int(open_in[0]), int(open_in[-1])
        span = str(years[first]) if first == last else f"{years[first]}–{years[last]}"
        cells = [
            _class(before, after)
            for before, after in zip(classes[first], classes[last], strict=True)
        ]
        worst = [] if drift is None else [text(label(str(drift.values[n])))]
        rows.append((text(level, "level"), Cell(same(span), "n"), *cells, *worst))
    if not rows:
        return None
    head = [Words("level", "中段"), Words("years open", "开放年份"), *labels(array, "criterion")]
    if drift is not None:
        head.append(Words("worst drift runs", "最不利巷道走向"))
    caption = sentence(
        "Rock burst criteria in the first and last year of each level: {s}",
        "各中段首年与末年岩爆判据结果：{s}",
        s=view.name(s),
    )
    note = Words(
        "One class where the first and the last year agree, else first → last.",
        "首末年等级相同者只列一个，否则列首年 → 末年。",
    )
    return Table(caption, tuple(head), tuple(rows), note)


def _class(first: float, last: float) -> Cell:
    if not np.isfinite(first) or not np.isfinite(last):
        return Cell(same(ABSENT), "absent")
    before, after = (int(np.clip(round(v), 0, len(BURST) - 1)) for v in (first, last))
    words = BURST[before]
    if after != before:
        words = words + same(" → ") + BURST[after]
    return Cell(words, f"burst{max(before, after)}")


def _systems(view: View, s: str) -> Table | None:
    held = [
        (n, a)
        for n in ("zone_stress", "breakdown_pressure")
        if (a := view.get(f"{s}/ground", n)) is not None
    ]
    if not held:
        return None
    rows = []
    for name, array in held:
        scale = view.scale(name, greatest(array.values.ravel().tolist()))
        cells = (number(float(v), scale) for v in array.values)
        rows.append((text(with_unit(meaning(name), scale.symbol)), *cells))
    systems = labels(held[0][1], "system")
    caption = sentence("Stress at the heat systems: {s}", "取热系统处的应力：{s}", s=view.name(s))
    return Table(caption, (Words("quantity", "量"), *systems), tuple(rows))
