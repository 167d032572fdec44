"""Account of heat over time: stored, through each side, made, exchanged with matter."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from comine.numerics import Array


class Entry(NamedTuple):
    """One step."""

    time: float
    """Time at its end [s]."""
    step: float
    """Length [s]."""
    stored: float
    """Heat that the cells gained [J]."""
    moved: float
    """Sum of what each cell gained or lost [J]."""
    sides: Array
    """Heat that came through each of the six sides [J]."""
    made: float
    """Heat made in the cells [J]."""
    error: float
    """Estimated error of the step, in the worst cell [K]."""
    iterations: int
    """Iterations of the linear systems."""
    exchanged: float = 0.0
    """Heat that came with matter into exchanged cells, less what left with the old [J]."""


@dataclass(frozen=True, eq=False)
class Ledger:
    """All steps, one row each; fields as in `Entry`."""

    time: Array
    step: Array
    stored: Array
    moved: Array
    sides: Array
    made: Array
    error: Array
    iterations: Array
    exchanged: Array

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "Ledger":
        """Ledger of a list of steps."""
        columns = [
            np.array([e[i] for e in entries], dtype=float) for i in range(len(Entry._fields))
        ]
        sides = Entry._fields.index("sides")
        columns[sides] = columns[sides].reshape(len(entries), 6)
        return cls(*columns)

    @classmethod
    def empty(cls) -> "Ledger":
        """Ledger without steps."""
        return cls.of([])

    def __add__(self, later: "Ledger") -> "Ledger":
        return Ledger(
            *(
                np.concatenate([getattr(self, field.name), getattr(later, field.name)])
                for field in fields(self)
            )
        )

    def __str__(self) -> str:
        worst = self.closure.max(initial=0.0)
        return (
            f"{self.step.size} steps, {self.iterations.sum():.0f} iterations; stored "
            f"{self.stored.sum():.6g} J, through the sides {self.sides.sum():.6g} J, made "
            f"{self.made.sum():.6g} J, exchanged with cells {self.exchanged.sum():.6g} J; "
            f"closes to {worst:.1e}"
        )

    @property
    def residual(self) -> Array:
        """What is stored and neither came in nor was made, each step [J]."""
        return np.asarray(self.stored - self.sides.sum(axis=1) - self.made - self.exchanged)

    @property
    def closure(self) -> Array:
        """Residual over the heat exchanged: moved between cells, or through sides and made [1]."""
        through = np.abs(self.sides).sum(axis=1) + np.abs(self.made) + np.abs(self.exchanged)
        scale = np.maximum(self.moved, through)
        return np.asarray(np.abs(self.residual) / np.where(scale > 0, scale, 1.0))
