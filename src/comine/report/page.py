"""The report as one page that needs nothing else: style, script, font and numbers are inside."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from comine.report import fonts
from comine.report.blocks import Block, Cell, Chart, Group, Points, Section, Table
from comine.report.charts import INK
from comine.report.sections import (
    ground,
    headline,
    ledger,
    method,
    money,
    openings,
    site,
    sources,
    underground,
    use,
)
from comine.report.sentences import sentence
from comine.report.texts import SECTION_TITLES, TEXTS
from comine.report.view import View
from comine.report.words import Words, same

SCRIPT_LIBRARY = "plotly-cartesian-4.1.1.min.js"
_SECTIONS: tuple[Callable[[View], Section | None], ...] = (
    headline.section,
    site.section,
    openings.section,
    underground.section,
    ground.section,
    use.section,
    money.section,
    ledger.section,
    sources.section,
    method.section,
)


def sections(view: View) -> list[Section]:
    """Every section that the study has something for, in order."""
    found = [section for make in _SECTIONS if (section := make(view))]
    for section in found:
        section.blocks = _without_gaps(section.blocks)
    return found


def _without_gaps(blocks: list[Block]) -> list[Block]:
    """Blocks of half the page's width stand in pairs; one that is left over takes the whole."""
    filled: list[Block] = []
    waiting = False
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        half = _half(block)
        alone = half and not waiting and not (after is not None and _half(after))
        if (alone and isinstance(block, Chart)) or (alone and isinstance(block, Table)):
            filled.append(replace(block, wide=True))
        else:
            filled.append(block)
        waiting = half and not alone and not waiting
    return filled


def _half(block: Block) -> bool:
    return isinstance(block, Chart | Table) and not block.wide


def page(view: View) -> str:
    """The whole page."""
    parts = sections(view)
    there = {part.key for part in parts}
    environment = _environment()
    content = {
        "title": view.title,
        "sections": parts,
        "left_out": [title for key, title in SECTION_TITLES.items() if key not in there],
        "facts": _facts(view),
        "texts": TEXTS,
        "version": view.study.version,
        "language": getattr(view.project, "language", None),
        "family": fonts.FAMILY,
        "style": _asset("templates", "style.css"),
        "script": _asset("templates", "page.js"),
    }
    template = environment.get_template("page.html.j2")
    letters = template.render(content, plotly="", font="")
    return template.render(
        content, plotly=_asset("assets", SCRIPT_LIBRARY), font=fonts.embedded(_shown(letters))
    )


def _shown(page_text: str) -> str:
    """Characters of the page, with those that scripts write as escapes."""
    return page_text + "".join(map(chr, range(0x20, 0x7F)))


def _facts(view: View) -> list[tuple[Words, Words]]:
    facts = []
    place = getattr(view.project, "site", None)
    longitude, latitude = (getattr(place, n, None) for n in ("longitude", "latitude"))
    if isinstance(longitude, int | float) and isinstance(latitude, int | float):
        facts.append((TEXTS["place"], same(f"{_pole(latitude, 'NS')}, {_pole(longitude, 'EW')}")))
    years = int(getattr(view.project, "years", 0))
    facts.append((TEXTS["length"], sentence("{n} years", "{n} 年", n=years)))
    if view.currency:
        basis = f"{view.currency} {view.base_year}" if view.base_year else view.currency
        facts.append((TEXTS["money"], same(basis)))
    facts.append((Words("Strategies", "方案"), same(", ".join(view.strategies))))
    return facts


def _pole(value: float, ends: str) -> str:
    return f"{abs(value):.3f}° {ends[0] if value >= 0 else ends[1]}"


def _asset(*path: str) -> str:
    return files("comine.report").joinpath(*path).read_text(encoding="utf-8")


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: _asset("templates", name)),
        autoescape=True,
        trim_blocks=False,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["spec"] = _spec
    environment.filters["numeric"] = _numeric
    environment.tests["group"] = lambda row: isinstance(row, Group)
    environment.tests["chart"] = lambda block: isinstance(block, Chart)
    environment.tests["datatable"] = lambda block: isinstance(block, Table)
    environment.tests["points"] = lambda block: isinstance(block, Points)
    return environment


def _numeric(rows: Sequence[Group | tuple[Cell, ...]], column: int) -> bool:
    """Whether most cells of a column are numbers."""
    cells = [row[column] for row in rows if not isinstance(row, Group) and column < len(row)]
    return 2 * sum("n" in cell.kind.split() for cell in cells) > len(cells)


def _spec(chart: Chart) -> Any:
    """JSON of a chart that may stand inside a script element."""
    form = {
        **chart.layout,
        "font": {"family": f'"{fonts.FAMILY}", sans-serif', "size": 13, "color": INK},
    }
    told = json.dumps(
        {"data": _bilingual(chart.data), "layout": _bilingual(form)},
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    )
    safe = told.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe)


def _bilingual(node: Any) -> Any:
    """Replace every `Words` by what the page's script reads."""
    if isinstance(node, Words):
        return node.en if node.en == node.zh else {"en": node.en, "zh": node.zh}
    if isinstance(node, dict):
        return {key: _bilingual(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_bilingual(item) for item in node]
    return node
