"""What a section is made of: sentences, lists, tables, charts. The page template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from comine.report.display import ABSENT, Scale, figure
from comine.report.words import Words, same


@dataclass(frozen=True)
class Cell:
    """One cell of a table; `kind` is a class of the style sheet, ``n`` for a number."""

    words: Words
    kind: str = ""
    span: int = 1


@dataclass(frozen=True)
class Group:
    """A row that heads the rows below it."""

    words: Words


@dataclass(frozen=True)
class Table:
    """Rows under a head; the first column names the row."""

    caption: Words
    head: tuple[Words, ...]
    rows: tuple["Group | tuple[Cell, ...]", ...]
    note: Words | None = None
    kind: str = ""
    wide: bool = True


@dataclass(frozen=True)
class Chart:
    """A plotly figure as plain data, and the same numbers as a table."""

    key: str
    caption: Words
    alt: Words
    data: list[dict[str, Any]]
    layout: dict[str, Any]
    table: Table
    height: int = 380
    wide: bool = True


@dataclass(frozen=True)
class Prose:
    """A paragraph; `kind` is lead, note or warning."""

    words: Words
    kind: str = ""


@dataclass(frozen=True)
class Points:
    """A list of sentences."""

    items: tuple[Words, ...]
    title: Words | None = None
    kind: str = ""


Block = Table | Chart | Prose | Points


@dataclass
class Section:
    """A numbered part of the report."""

    key: str
    title: Words
    lead: Words
    blocks: list[Block] = field(default_factory=list)


def text(words: Words | str, kind: str = "") -> Cell:
    """Cell with words."""
    return Cell(same(words) if isinstance(words, str) else words, kind)


def number(value: float | None, scale: Scale | None = None, digits: int = 4) -> Cell:
    """Cell with a number in display units; absent where there is none."""
    if value is None or not np.isfinite(value):
        return Cell(same(ABSENT), "n absent")
    shown = float(scale(value)) if scale else float(value)
    counted = scale is not None and not scale.symbol.en and shown.is_integer()
    return Cell(same(f"{shown:,.0f}" if counted else figure(shown, digits)), "n")


def series_table(
    caption: Words,
    index: Words,
    ticks: Sequence[Words | str],
    columns: Sequence[tuple[Words, ArrayLike]],
    note: Words | None = None,
) -> Table:
    """Table of series in display units over one index."""
    held = [np.asarray(values, dtype=float) for _, values in columns]
    rows = tuple(
        (text(tick), *(number(float(values[place])) for values in held))
        for place, tick in enumerate(ticks)
    )
    return Table(caption, (index, *(name for name, _ in columns)), rows, note)
