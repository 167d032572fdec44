"""Run all that compares comine with something else, and keep what was found.

The tests of reference cases, the tests that measure, and those beside this file which are too long
for the tests' own run (`validation/**/test_*.py`) run once; each row of the tables comes from them.
"""

import contextlib
import io
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from tests.measure import CASE, COMPARISONS, DEVIATION, ORDER

ROOT = Path(__file__).parent.parent


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


class Deviation(NamedTuple):
    """Greatest deviation of one thing from another, over all tests that measure it."""

    part: str
    what: str
    against: str
    unit: str
    greatest: float
    limit: float

    @property
    def held(self) -> bool:
        """Whether it is within its limit."""
        return self.greatest <= self.limit


class Order(NamedTuple):
    """Observed orders of convergence."""

    part: str
    what: str
    found: tuple[float, ...]
    least: float
    most: float

    @property
    def held(self) -> bool:
        """Whether all are within their bounds."""
        return all(self.least <= each <= self.most for each in self.found)


class Account(NamedTuple):
    """All that was found."""

    cases: list[Result]
    deviations: list[Deviation]
    orders: list[Order]
    failed: list[str]
    """Tests that failed."""

    def parts(self) -> list[str]:
        """Parts that something was measured of."""
        return sorted({row.part for row in (*self.deviations, *self.orders)})

    def of(self, part: str) -> "Account":
        """What was measured of one part."""
        deviations = [row for row in self.deviations if row.part == part]
        return Account([], deviations, [row for row in self.orders if row.part == part], [])

    def plain(self) -> dict[str, Any]:
        """As tables of JSON."""
        return {
            "cases": [
                {"case": each.case, "passed": each.passed, "comparisons": each.comparisons}
                for each in self.cases
            ],
            "deviations": [each._asdict() for each in self.deviations],
            "orders": [each._asdict() for each in self.orders],
            "failed": self.failed,
        }


class Collector:
    """Plug-in for pytest that gathers the reports of the tests."""

    def __init__(self) -> None:
        self.comparisons: dict[str, list[Comparison]] = defaultdict(list)
        self.failed_cases: set[str] = set()
        self.failed: list[str] = []
        self.rows: dict[str, list[dict[str, Any]]] = {DEVIATION: [], ORDER: []}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take over what a test heard and measured."""
        cases = [str(value) for name, value in report.user_properties if name == CASE]
        if report.failed:
            self.failed.append(report.nodeid)
            self.failed_cases.update(cases)
        if report.when != "call":
            return
        for name, value in report.user_properties:
            if name in self.rows:
                self.rows[name].append(value)
            elif name == COMPARISONS:
                for case in cases:
                    self.comparisons[case] += [Comparison(*each) for each in value]

    def account(self) -> Account:
        """What was found, sorted by name."""
        results = [
            Result(name, name not in self.failed_cases, self.comparisons[name])
            for name in sorted(self.failed_cases | set(self.comparisons))
        ]
        orders = [Order(**row | {"found": tuple(row["found"])}) for row in self.rows[ORDER]]
        deviations = greatest(Deviation(**row) for row in self.rows[DEVIATION])
        orders.sort(key=lambda row: in_order(row.what))
        return Account(results, deviations, orders, sorted(self.failed))


def greatest(rows: Iterable[Deviation]) -> list[Deviation]:
    """One row for what is measured in several tests under the same limit; in order of names."""
    found: dict[Any, Deviation] = {}
    for row in rows:
        key = row._replace(greatest=0.0)
        before = found.setdefault(key, row)
        if not row.greatest <= before.greatest:  # also one that is no number
            found[key] = row
    return sorted(found.values(), key=lambda row: in_order(row.what))


def in_order(text: str) -> list[str | int]:
    """Key to sort names by words and whole numbers."""
    return [int(each) if each.isdecimal() else each for each in re.split(r"(\d+)", text.casefold())]


def files() -> list[Path]:
    """Files with tests that compare."""
    compares = re.compile(r"\bmeasured\.|\bcase\(")
    found = [path for part in ("tests", "validation") for path in (ROOT / part).rglob("test_*.py")]
    return sorted(path for path in found if compares.search(path.read_text("utf-8")))


def run(paths: Iterable[Path], workers: str = "auto") -> Account:
    """Run those tests of the given files that compare."""
    options = ["-q", "-c", str(ROOT / "pyproject.toml"), "-o", "addopts=--strict-markers"]
    options += ["-p", "no:cacheprovider", "-p", "validation.listener"]
    options += ["-n", workers, "--dist", "loadgroup"]
    said, collector = io.StringIO(), Collector()
    with contextlib.redirect_stdout(said):
        code = pytest.main([*options, *map(str, paths)], plugins=[collector])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"the tests could not be run:\n{said.getvalue()}")
    return collector.account()
