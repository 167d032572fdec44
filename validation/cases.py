"""Table of the reference cases, and those that are not run with the reason."""

import re
import tomllib
from itertools import groupby

import numpy as np

from validation.account import ROOT, Result

CASES = ROOT / "tests" / "cases"


def titles() -> dict[str, str]:
    """What each case checks, from the table of the cases."""
    text = (CASES / "README.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `([^`]+)\.json` \| ([^|]+?) \|", text, re.M))


def not_run() -> dict[str, str]:
    """Cases that no test runs, and why."""
    table = tomllib.loads((CASES / "not_run.toml").read_text(encoding="utf-8"))
    return {f"{field}/{name}": why for field, names in table.items() for name, why in names.items()}


def table(results: list[Result]) -> str:
    """Markdown table of the deviations."""
    what = titles()
    lines = [
        "| case | checks | numbers | ours | reference | deviation | of tolerance |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for result in results:
        head = f"| `{result.case}` | {what.get(result.case, '')} | {len(result.comparisons)} | "
        worst = result.worst
        if not result.passed:
            lines.append(f"{head} | | **failed** | |")
        elif worst is None:
            lines.append(f"{head} | | passed | |")
        else:
            off = f"{worst.relative:.1e}" if np.isfinite(worst.relative) else "–"
            lines.append(
                f"{head}{worst.ours:.6g} | {worst.reference:.6g} | {off} | {worst.share:.0%} |"
            )
    return "\n".join(lines)


def section(results: list[Result]) -> str:
    """Markdown of all cases by field, and of those that are not run."""
    failed = [result.case for result in results if not result.passed]
    numbers = sum(len(result.comparisons) for result in results)
    lines = [
        f"{len(results)} cases run, {numbers} numbers compared, {len(failed)} cases failed.",
        "",
        "Of each case the number that used most of its tolerance; the deviation is relative to",
        "the reference. Where no number stands, the test asks for a bound or a yes or no.",
        "",
    ]
    for field, rows in groupby(results, key=lambda result: result.case.partition("/")[0]):
        lines += [f"### {field}", "", table(list(rows)), ""]
    missing = [f"| `{name}` | {why} |" for name, why in not_run().items()]
    lines += [f"### Not run ({len(missing)})", "", "| case | reason |", "|---|---|", *missing, ""]
    return "\n".join(lines)
