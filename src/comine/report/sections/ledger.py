"""8 Where every joule went."""

import numpy as np

from comine.report.blocks import Block, Cell, Group, Section, Table, number, text
from comine.report.display import figure, greatest, scale_for
from comine.report.names import label
from comine.report.sentences import joined, sentence
from comine.report.view import View, coordinate
from comine.report.words import Words, same


def section(view: View) -> Section | None:
    """Build the section, if any strategy keeps a ledger."""
    kept = view.having("operate", "ledger", "ledger_group")
    if not kept:
        return None
    blocks: list[Block] = [_ledger(view, s) for s in kept]
    residuals = [
        r for s in kept if (r := view.scalar(f"{s}/operate", "ledger_residual")) is not None
    ]
    lead = joined(
        Words(
            "All energy that crosses the bounds of a control volume over the study is "
            "booked; what is "
            "not accounted for is the residual.",
            "全期内穿过控制体边界的能量逐项入账，未能入账者即残差。",
        ),
        sentence(
            "The greatest residual of any strategy is {r} of the energy exchanged.",
            "各方案最大残差为交换能量的 {r}。",
            r=figure(max(residuals), 2),
        )
        if residuals
        else None,
    )
    return Section("ledger", Words("Energy ledger", "能量账"), lead, blocks)


def _ledger(view: View, s: str) -> Table:
    ds = view.dataset(f"{s}/operate")
    assert ds is not None
    values = np.asarray(ds.ledger.values, dtype=float)
    groups = [str(g) for g in ds.ledger_group.values]
    names = [str(n) for n in coordinate(ds.ledger, "component")]
    rows: list[Group | tuple[Cell, ...]] = []
    for group in dict.fromkeys(groups):
        mine = [n for n, g in enumerate(groups) if g == group]
        into = float(np.clip(values[mine], 0, None).sum())
        scale = scale_for("J", largest=greatest(values[mine].tolist()))
        rows.append(Group(label(group)))
        for n in mine:
            share = values[n] / into if into > 0 else None
            rows.append(
                (
                    text(label(names[n])),
                    number(float(values[n]), scale),
                    text(scale.symbol),
                    number(share, scale_for("1"), 3),
                )
            )
        left = float(values[mine].sum())
        total = Words("sum: what is not accounted for", "合计：未入账")
        part = left / into if into > 0 else None
        rows.append(
            (
                text(total, "total"),
                Cell(same(figure(float(scale(left)), 2)), "n total"),
                text(scale.symbol, "total"),
                number(part, scale_for("1"), 2),
            )
        )
    head = (
        Words("component", "项目"),
        Words("energy", "能量"),
        Words("unit", "单位"),
        Words("share of what comes in [%]", "占输入 [%]"),
    )
    residual = view.scalar(f"{s}/operate", "ledger_residual")
    note = None
    if residual is not None:
        note = sentence(
            "Residual over the energy exchanged: {r}. In is positive, out is negative.",
            "残差与交换能量之比：{r}。输入为正，输出为负。",
            r=figure(residual, 2),
        )
    return Table(
        sentence("Energy ledger of {s}", "能量账：{s}", s=view.name(s)), head, tuple(rows), note
    )
