"""A study as its readers want it: a page, a workbook, the energy ledger, pictures."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from comine.report.page import page
from comine.report.pictures import pictures
from comine.report.tables import write_ledger, write_workbook
from comine.report.view import View
from comine.results import write_aside

if TYPE_CHECKING:
    from comine.results import Study

__all__ = ["write"]


def write(
    study: "Study", folder: str | Path, log: Callable[[str], None] = lambda line: None
) -> tuple[Path, ...]:
    """Write ``report.html``, ``tables.xlsx``, ``ledger.csv`` and ``figures/*.png``.

    Parameters
    ----------
    study
        What was computed. A part that it lacks is left out of the report.
    folder
        Where to write; made if it is not there.
    log
        Told the name of each file once it is written.

    Returns
    -------
    tuple of Path
        The files, in the order in which they were written.
    """
    view, home = View(study), Path(folder)
    writers: list[tuple[str, Callable[[Path], None]]] = [
        ("report.html", lambda path: _write_text(path, page(view))),
        ("tables.xlsx", lambda path: write_workbook(view, path)),
        ("ledger.csv", lambda path: write_ledger(view, path)),
        *((f"figures/{name}", draw) for name, draw in pictures(view)),
    ]
    written = []
    for name, writer in writers:
        write_aside(home / name, writer)
        log(f"wrote {name}")
        written.append(home / name)
    return tuple(written)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
