"""9 Every number that has a source or a range."""

from typing import Any

from comine.report.blocks import Block, Cell, Prose, Section, Table, number, text
from comine.report.display import ABSENT, figure, greatest, scale_for
from comine.report.names import label
from comine.report.numbers import value_at
from comine.report.sentences import sentence
from comine.report.view import View
from comine.report.words import Words, same


def section(view: View) -> Section:
    """Build the section."""
    uncertain = dict(getattr(view.project, "uncertain", {}) or {})
    sources = dict(getattr(view.project, "sources", {}) or {})
    lead = sentence(
        "A plain run uses the central values of {n} uncertain numbers; {m} numbers carry a source.",
        "普通计算采用 {n} 个不确定数的中值；{m} 个数注明了来源。",
        n=len(uncertain),
        m=len(sources),
    )
    blocks: list[Block] = []
    paths = sorted({*uncertain, *sources})
    if paths:
        rows = tuple(_row(view, path, uncertain.get(path), sources.get(path)) for path in paths)
        head = (
            Words("number", "参数"),
            Words("central value", "中值"),
            Words("range", "范围"),
            Words("unit", "单位"),
            Words("label", "类别"),
            Words("source", "来源"),
            Words("year", "年份"),
        )
        note = Words(
            "Range: ends of the distribution, or its central 90 % where it has no ends.",
            "范围：分布的上下限；无界分布取中间 90 %。",
        )
        blocks.append(
            Table(
                Words("Numbers with a source or a range", "注明来源或范围的参数"), head, rows, note
            )
        )
    else:
        blocks.append(
            Prose(
                Words(
                    "No number of the project carries a source or a range; treat the "
                    "results as an exercise.",
                    "项目各数均未注明来源或范围，结果仅可作为演算。",
                ),
                "warning",
            )
        )
    blocks.append(
        Prose(
            Words(
                "Numbers without a source or range are taken as typed in the project file.",
                "未注明来源与范围的数，按项目文件填写值采用。",
            ),
            "note",
        )
    )
    return Section("sources", Words("Assumptions and sources", "假设与来源"), lead, blocks)


def _row(view: View, path: str, distribution: Any, source: Any) -> tuple[Cell, ...]:
    value, unit = value_at(view.project, path)
    low, high = distribution.bounds if distribution is not None else (None, None)
    if value is None and distribution is not None:
        value = float(distribution.central)
    ends = [v for v in (value, low, high) if v is not None]
    scale = scale_for(unit, path.rpartition(".")[2], greatest(ends), view.currency)
    spread: Cell = Cell(same(ABSENT), "n absent")
    if low is not None and high is not None:
        a, b = (figure(float(scale(end)), 3) for end in (low, high))
        spread = Cell(Words(f"{a} to {b}", f"{a}～{b}"), "n")
    tag = str(getattr(source, "label", "") or "")
    year = getattr(source, "year", None)
    return (
        text(path, "path"),
        number(value, scale),
        spread,
        text(scale.symbol),
        text(label(tag) if tag else ABSENT),
        text(str(getattr(source, "source", "") or ABSENT), "words"),
        text(str(year) if year else ABSENT),
    )
