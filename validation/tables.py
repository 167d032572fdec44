"""The account of the validation as Markdown."""

import re

import numpy as np

from validation import cases
from validation.account import ROOT, Account, Deviation, Order
from validation.stored import modules, stored

PAGES = ROOT / "docs" / "physics"
TITLES = {"coupled": "Fracture, borehole and airway in layered rock"}
"""Of parts without a page."""


LONGER = """\
Greatest errors in per cent, computed by `python -m validation.skins` and
`python -m validation.skin_planes` and kept as they were found; tests compute single places again.
"""


def measured(account: Account, part: str) -> str:
    """Tables of deviations and orders of one part.

    Raises
    ------
    ValueError
        Where nothing is measured of that part.
    """
    own = account.of(part)
    if not own.parts():
        there = ", ".join(account.parts())
        raise ValueError(f"nothing is measured of {part!r}; there is {there}")
    blocks = []
    if own.deviations:
        rows = ["| what | against | greatest deviation | limit |", "|---|---|--:|--:|"]
        blocks.append("\n".join([*rows, *map(_deviation, own.deviations)]))
    if own.orders:
        rows = ["| order of convergence of | observed | bounds |", "|---|--:|--:|"]
        blocks.append("\n".join([*rows, *map(_order, own.orders)]))
    return "\n\n".join(blocks)


def page(account: Account) -> str:
    """Markdown of the whole account."""
    rows = (*account.deviations, *account.orders)
    out = [row for row in rows if not row.held]
    lines = [
        "## Measured deviations and orders",
        "",
        f"{len(account.deviations)} deviations from exact solutions, other codes and finer grids",
        f"and {len(account.orders)} orders of convergence, {len(out)} of them beyond their limits.",
        "",
    ]
    for part in account.parts():
        lines += [f"### {title(part)}", "", measured(account, part), ""]
    lines += ["## Longer runs", "", LONGER, ""]
    for table in (each for module in modules() for each in stored(module).values()):
        lines += [f"### {table.title}", "", table.markdown(), ""]
    lines += ["## Reference cases", "", cases.section(account.cases)]
    if account.failed:
        lines += ["## Tests that failed", "", *(f"* `{name}`" for name in account.failed), ""]
    return "\n".join(lines)


def title(part: str) -> str:
    """Title of the page of a part, with a link to it where there is one."""
    file = PAGES / f"{part}.md"
    if not file.exists():
        return TITLES[part]
    found = re.search(r"^# (.+)$", file.read_text(encoding="utf-8"), re.M)
    return f"[{found[1] if found else part}](physics/{part}.md)"


def _deviation(row: Deviation) -> str:
    found = _number(row.greatest, row.unit)
    shown = found if row.held else f"**{found}, failed**"
    return f"| {row.what} | {row.against} | {shown} | {_number(row.limit, row.unit)} |"


def _order(row: Order) -> str:
    found = ", ".join(f"{each:.2f}" for each in row.found)
    shown = found if row.held else f"**{found}, failed**"
    bounds = f"{row.least:g} to {row.most:g}" if np.isfinite(row.most) else f"above {row.least:g}"
    return f"| {row.what} | {shown} | {bounds} |"


def _number(value: float, unit: str) -> str:
    if unit == "%":
        return f"{_short(100.0 * value)} %"
    return f"{_short(value)} {unit}".rstrip()


def _short(value: float) -> str:
    return f"{value:.0f}" if 99.5 <= value < 1e4 else f"{value:.2g}"
