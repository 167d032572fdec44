"""Tables of runs that are too long for a build, kept as JSON beside what computes them.

``python -m validation.skins`` and ``python -m validation.skin_planes`` write theirs anew; tests
compute single places of them again.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent


class Table(NamedTuple):
    """Greatest errors in per cent, by ways and places."""

    title: str
    corner: str
    """What stands at the side, and what above."""
    heads: list[str]
    rows: dict[str, list[str]]

    def markdown(self) -> str:
        """As a page shows it."""
        lines = [f"| {self.corner} | " + " | ".join(self.heads) + " |"]
        lines.append("|---|" + "--:|" * len(self.heads))
        return "\n".join(
            [*lines, *(f"| {name} | " + " | ".join(row) + " |" for name, row in self.rows.items())]
        )


def keep(module: str, tables: Mapping[str, Table]) -> None:
    """Write the tables that a module computes."""
    kept = {
        "computed_by": f"python -m validation.{module}",
        "tables": {name: table._asdict() for name, table in tables.items()},
    }
    text = json.dumps(kept, indent=1, ensure_ascii=False)
    (FOLDER / f"{module}.json").write_text(text + "\n", encoding="utf-8")


def stored(module: str) -> dict[str, Table]:
    """Tables that a module has computed, by name."""
    kept = json.loads((FOLDER / f"{module}.json").read_text(encoding="utf-8"))
    return {name: Table(**table) for name, table in kept["tables"].items()}


def modules() -> list[str]:
    """Modules with tables that are kept."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))
