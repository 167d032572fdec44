"""Run every reference case that a test carries and tell how near comine comes.

``python -m validation.cases`` runs the tests marked with a case, listens to each comparison that
they make with a tolerance (`pytest.approx`, `numpy.testing.assert_allclose`), and prints a table:
for each case the comparison that used most of its tolerance. Nothing in it is typed by hand.
"""

import contextlib
import io
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases"
APPROXIMATE: Any = type(pytest.approx(1.0))
"""Class that compares one number with a tolerance; those for arrays and tables use it."""


class Comparison(NamedTuple):
    """One number of ours against the reference."""

    ours: float
    reference: float
    allowed: float
    """Greatest difference that the test accepts."""

    @property
    def share(self) -> float:
        """Share of the allowed difference that is used [1]."""
        difference = abs(self.ours - self.reference)
        if self.allowed > 0:
            return difference / self.allowed
        return 0.0 if difference == 0 else np.inf

    @property
    def relative(self) -> float:
        """Difference over the reference [1]; NaN where that is zero."""
        difference = abs(self.ours - self.reference)
        return difference / abs(self.reference) if self.reference else np.nan


class Result(NamedTuple):
    """What the tests of one case found."""

    case: str
    passed: bool
    comparisons: list[Comparison]

    @property
    def worst(self) -> Comparison | None:
        """The comparison that used most of its tolerance."""
        held = [each for each in self.comparisons if each.share <= 1]
        return max(held, key=lambda each: each.share, default=None)


class Listener:
    """Plug-in for pytest that notes each comparison of a test that runs a case."""

    def __init__(self) -> None:
        self.cases: tuple[str, ...] = ()
        self.found: dict[str, list[Comparison]] = defaultdict(list)
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Listen while a test runs that carries a case."""
        self.cases = tuple(mark.args[0] for mark in item.iter_markers("case"))
        for name in self.cases:
            self.found[name]  # a case whose test only says yes or no is still in the table
        try:
            return (yield)
        except BaseException:
            self.failed.update(self.cases)
            raise
        finally:
            self.cases = ()

    def note(self, ours: Any, reference: Any, allowed: Any) -> None:
        """Keep finite numbers, element by element."""
        if not self.cases:
            return
        try:
            arrays = [np.asarray(each, dtype=float) for each in (ours, reference, allowed)]
        except (TypeError, ValueError):
            return
        flat = np.stack([each.ravel() for each in np.broadcast_arrays(*arrays)], axis=1)
        rows = [Comparison(*row) for row in flat[np.isfinite(flat).all(axis=1)].tolist()]
        for name in self.cases:
            self.found[name] += rows


@contextlib.contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Let `listener` hear every comparison with a tolerance."""
    equal: Callable[..., bool] = APPROXIMATE.__eq__
    close = np.testing.assert_allclose

    def heard_equal(self: Any, actual: Any) -> bool:
        with contextlib.suppress(TypeError):
            listener.note(actual, self.expected, self.tolerance)
        return equal(self, actual)

    def heard_close(
        actual: Any, desired: Any, rtol: float = 1e-7, atol: float = 0.0, **options: Any
    ) -> None:
        listener.note(actual, desired, atol + rtol * np.abs(np.asarray(desired, dtype=float)))
        close(actual, desired, rtol, atol, **options)

    APPROXIMATE.__eq__ = heard_equal
    np.testing.assert_allclose = heard_close
    try:
        yield
    finally:
        APPROXIMATE.__eq__ = equal
        np.testing.assert_allclose = close


def run() -> list[Result]:
    """Run the tests of all cases; sorted by name."""
    listener = Listener()
    options = ["-q", "-p", "no:cacheprovider", "-m", "case", str(ROOT / "tests")]
    said = io.StringIO()
    with listening(listener), contextlib.redirect_stdout(said):
        code = pytest.main(options, plugins=[listener])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"the tests could not be run:\n{said.getvalue()}")
    return [
        Result(name, name not in listener.failed, listener.found[name])
        for name in sorted(listener.found)
    ]


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


def page(results: list[Result]) -> str:
    """Markdown of the whole account: what was run, what was not and why."""
    missing = [f"| `{name}` | {why} |" for name, why in not_run().items()]
    failed = [result.case for result in results if not result.passed]
    numbers = sum(len(result.comparisons) for result in results)
    lines = [
        f"{len(results)} cases run, {numbers} numbers compared, {len(failed)} cases failed.",
        "",
        "Of each case the number that used most of its tolerance; the deviation is relative to",
        "the reference. Where no number stands, the test asks for a bound or a yes or no.",
        "",
        table(results),
        "",
        f"## Not run ({len(missing)})",
        "",
        "| case | reason |",
        "|---|---|",
        *missing,
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    found = run()
    sys.stdout.write(page(found))
    sys.exit(not all(result.passed for result in found))
