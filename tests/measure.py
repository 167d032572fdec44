"""What a test measures: a deviation or an observed order, recorded and asserted in one call.

A test takes the fixture `measured` and says what it compares with what::

    measured.deviation("engine", "airway in cells of 10 m", "exact G(F, B)", error, 0.006)
    measured.order("engine", "water in the step", -np.diff(np.log2(errors)), 1.8, 2.2)

The call fails where the greatest deviation exceeds its limit, or an order leaves its bounds. What
was found goes into the properties of the test's report, from which `validation` makes the tables.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

CASE, COMPARISONS, DEVIATION, ORDER = "case", "comparisons", "deviation", "order"
"""Names of the properties of a report."""


@dataclass(frozen=True)
class Measured:
    """Records what a test measures, then asserts that it is within bounds."""

    record: Callable[[str, object], None]
    """Keeps a property of the test under a name."""

    def deviation(
        self,
        part: str,
        what: str,
        against: str,
        found: ArrayLike,
        limit: float,
        unit: str = "%",
    ) -> None:
        """A deviation in one or many places; `limit` and `found` are shares where `unit` is "%"."""
        greatest = float(np.abs(found).max())
        row = {"part": part, "what": what, "against": against, "unit": unit}
        self.record(DEVIATION, row | {"greatest": greatest, "limit": float(limit)})
        if not greatest <= limit:
            raise AssertionError(f"{what} against {against}: {greatest:.3g} exceeds {limit:g}")

    def order(
        self, part: str, what: str, found: ArrayLike, least: float, most: float = np.inf
    ) -> None:
        """Orders of convergence from each resolution to the next, or their mean."""
        orders = np.atleast_1d(np.asarray(found, dtype=float)).tolist()
        bounds = {"least": float(least), "most": float(most)}
        self.record(ORDER, {"part": part, "what": what, "found": orders} | bounds)
        if not all(least <= each <= most for each in orders):
            raise AssertionError(f"order of {what}: {orders} is not in {least:g} to {most:g}")
