"""State of a run over time, how its steps are chosen, and how it fails."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from comine.numerics import Array
from comine.numerics.checks import require


@dataclass(frozen=True)
class Control:
    """How steps are chosen and systems solved."""

    tolerance: float = 0.05
    """Greatest error of a step in any cell [K]; infinite for steps of one size."""
    first: float | None = None
    """First step [s]; without it, a tenth of the shortest time constant of a cell."""
    shortest: float = 1.0
    """Step below which the run stops as diverged [s]."""
    longest: float = np.inf
    """Longest step [s]."""
    linear: float = 1e-5
    """Residual of a linear system over that of no change."""
    nonlinear: float = 1e-4
    """Change between two substitutions of the conductivity to stop at [K]."""
    iterations: int = 5000
    """Iterations allowed in a linear system."""
    threads: int = 1
    """Threads of the compiled loops."""

    def __post_init__(self) -> None:
        for name in ("tolerance", "shortest", "longest", "linear", "nonlinear", "iterations"):
            require(getattr(self, name) > 0, name, getattr(self, name), "a value above 0")
        if self.first is not None:
            require(self.first > 0, "first", self.first, "a step above 0 s")


@dataclass(frozen=True, eq=False)
class State:
    """All that a run needs to go on exactly as if it had never stopped."""

    time: float
    """Time [s]."""
    temperature: Array
    """Temperature of the cells [K]."""
    rate: Array
    """Change of the temperature at the end of the last step [K/s], zero at first."""
    step: float = np.nan
    """Next step wanted [s]; NaN at first."""

    @classmethod
    def at_rest(cls, temperature: Array, time: float = 0.0) -> "State":
        """State to begin with."""
        return cls(
            time, np.array(temperature, dtype=float), np.zeros_like(temperature, dtype=float)
        )

    def arrays(self) -> dict[str, Array]:
        """The state as arrays, to be kept in a file."""
        return {name: np.asarray(getattr(self, name)) for name in self.__dataclass_fields__}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> "State":
        """The state that `arrays` gave."""
        time, step = float(arrays["time"]), float(arrays["step"])
        return cls(time, np.array(arrays["temperature"]), np.array(arrays["rate"]), step)


class DivergedError(ArithmeticError):
    """A step did not converge at the shortest length; `state` is the last good one."""

    def __init__(self, message: str, state: State) -> None:
        super().__init__(message)
        self.state = state
