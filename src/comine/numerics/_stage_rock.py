"""Cells of an implicit stage, alone or with skins: what they conduct and hold at a temperature."""

import numpy as np

from comine.numerics import Array, _kernels
from comine.numerics.conduction import Conduction, Exchange
from comine.numerics.skin_stage import GAMMA

PAST = (1.0 - GAMMA) / GAMMA
"""Share of the first stage's change in the second."""
LOCAL_ERROR = (3 * GAMMA**2 - 2 * GAMMA**3 - 1 / 6) / GAMMA
"""Local error over the second divided difference of the rates, which is gamma times the third
derivative."""
MOST_SUBSTITUTIONS = 50
ROUNDING = 2e-15
"""Residual of rounding, over temperature and diagonal."""


class StageRock:
    """Conductances and heat held, made once where they are the same at every temperature.

    Parameters
    ----------
    problem : Conduction
        The cells.
    share : ndarray, shape (x, y, z), optional
        Share of its matter that each cell holds; all of it if not given [1].
    """

    def __init__(self, problem: Conduction, share: Array | None = None) -> None:
        self.problem, self.share = problem, share
        self.varies = problem.stores_by_temperature
        self._exchange = None
        if not callable(problem.conductivity):
            self._exchange = problem.exchange(np.empty(0))
        self._capacity = None if self.varies else self._held(problem.heat_capacity)

    @property
    def constant(self) -> bool:
        """Whether the matrix of a stage is the same at every temperature."""
        return self._exchange is not None and not self.varies

    def exchange(self, temperature: Array) -> Exchange:
        """Conductances at a temperature."""
        return self._exchange or self.problem.exchange(temperature)

    def capacity(self, temperature: Array) -> Array:
        """Heat capacity of each cell at a temperature [J/K]."""
        if self._capacity is not None:
            return self._capacity
        return self._held(self.problem.capacity_at(temperature))

    def stored(self, before: Array, after: Array) -> Array:
        """Heat that each cell takes up between two temperatures [J]."""
        if self._capacity is None:
            return self._held(self.problem.stored(before, after))
        change = np.subtract(after, before)
        change *= self._capacity
        return change

    def gain(self, before: Array, after: Array) -> float:
        """Heat that all cells take up between two temperatures [J]."""
        if self._capacity is None:
            return float(self.stored(before, after).sum())
        return _kernels.gained(self._capacity, *map(np.ascontiguousarray, (before, after)))

    def take(self, before: Array, after: Array, interval: float, out: Array) -> None:
        """Take from `out` what cells store over an interval between two temperatures [W]."""
        if self._capacity is None:
            out -= self.stored(before, after) / interval
        else:
            first, last = map(np.ascontiguousarray, (before, after))
            _kernels.store(1.0 / interval, self._capacity, first, last, out)

    def warmed(self, temperature: Array, heat: Array) -> Array:
        """Temperature of cells that have taken up a heat [J]."""
        after = self.problem.warmed(temperature, heat / self.capacity(temperature))
        if self.varies:
            for _ in range(3):
                lacking = heat - self.stored(temperature, after)
                after = self.problem.warmed(after, lacking / self.capacity(after))
        return after

    def _held(self, whole: Array) -> Array:
        return np.ascontiguousarray(whole if self.share is None else self.share * whole)
