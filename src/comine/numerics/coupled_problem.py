"""What a coupled run of rock, skins and carriers consists of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from comine.numerics import Array
from comine.numerics.blocks import Blocks, no_blocks
from comine.numerics.carrier import Carrier
from comine.numerics.checks import require
from comine.numerics.conduction import Conduction
from comine.numerics.embedded import Embedded

LEAST_LEFT = 1e-3
"""Share of its matter that skins leave a cell at least."""


@dataclass(frozen=True, eq=False)
class Coupled:
    """Cells, the skins within them, and the carriers that own the skins in their order."""

    rock: Conduction
    """Cells; a `Transport` where water flows through them. Properties may follow what they hold."""
    embedded: Embedded
    carriers: tuple[Carrier, ...]
    undisturbed: Array | float = 0.0
    """Temperature on the skins' axes to which the cells' is added, shape (skins,) [K]: for cells
    that hold departures from it."""
    asides: Mapping[int, Carrier] = field(default_factory=dict)
    """By the number of a carrier, one that is asked in its place at the end of every step, with
    the same walls, and changes nothing."""
    matter_at: float | Array | None = None
    """Temperature at which the rock has the heat capacity that the skins are made with, number or
    cells [K]; asked for where skins lie in rock whose heat capacity follows the temperature."""
    left: Array | None = None
    """Share of their matter that the skins leave the cells, shape (x, y, z) [1]; follows from what
    the skins displace if not given."""
    blocks: Blocks = field(default_factory=no_blocks)
    """What of the rock stands as blocks in cells whose temperature is that of a fluid."""

    def __post_init__(self) -> None:
        owned = sum(carrier.skins for carrier in self.carriers)
        if owned != self.embedded.size:
            raise ValueError(
                f"carriers: they own {owned} skins; give carriers of all {self.embedded.size}"
            )
        shape = np.shape(self.undisturbed)
        if shape not in ((), (owned,)):
            raise ValueError(f"undisturbed: got shape {shape}; give a number or ({owned},)")
        if not all(0 <= place < len(self.carriers) for place in self.asides):
            raise ValueError(
                f"asides: got those of carriers {sorted(self.asides)}; give numbers from 0 to "
                f"{len(self.carriers) - 1}"
            )
        count = self.rock.grid.volumes.size
        if self.blocks.lots and not 0 <= self.blocks.cell.min() <= self.blocks.cell.max() < count:
            raise ValueError(f"blocks: got lots beyond the grid; give cells from 0 to {count - 1}")
        follows = not self.rock.symmetric or not self.rock.linear
        if follows and np.ptp(self.undisturbed, axis=None) > 0.0:
            raise ValueError(
                "undisturbed: got temperatures that differ, in rock through which water flows or "
                "whose properties follow the temperature; let the cells hold the temperature itself"
            )
        known = self.left is not None or self.matter_at is not None
        if self.rock.stores_by_temperature and owned and not known:
            raise ValueError(
                "matter_at: got none, in rock whose heat capacity follows the temperature; give "
                "the temperature at which it is that of the skins"
            )

    @cached_property
    def share(self) -> Array | None:
        """Share of their matter that the skins leave the cells, shape (x, y, z), or nothing where
        they leave all [1].
        """
        displaced, shape = self.embedded.displaced(), self.rock.grid.shape
        if self.left is not None or not displaced.any():
            return self.left
        level = np.nan if self.matter_at is None else self.matter_at
        full = self.rock.capacity_at(np.broadcast_to(level, shape))
        return np.asarray(np.maximum(1.0 - displaced.reshape(shape) / full, LEAST_LEFT))


@dataclass(frozen=True)
class CoupledControl:
    """How steps are chosen and systems solved."""

    tolerance: float = np.inf
    """Greatest error of a step in any cell [K]; infinite for the steps as asked."""
    shortest: float = 60.0
    """Step below which the run stops [s]."""
    linear: float = 1e-6
    """Residual of the cells' system over that of no change."""
    close: float = 3e-3
    """Change of the temperature on a skin's axis that carriers need not feel [K]."""
    nonlinear: float = 1e-4
    """Change of any cell between two rounds to stop at, where properties follow the temperature or
    fronts are kept sharp [K]."""
    iterations: int = 2000
    """Iterations allowed in the cells' system."""
    threads: int = 1
    """Threads of the compiled loops."""

    def __post_init__(self) -> None:
        for name in ("tolerance", "shortest", "linear", "close", "nonlinear", "iterations"):
            require(getattr(self, name) > 0, name, getattr(self, name), "a value above 0")


@dataclass(frozen=True, eq=False)
class CoupledState:
    """All that a run needs to go on exactly as if it had never stopped."""

    time: float
    """[s]"""
    cells: Array
    """Temperature, shape (x, y, z) [K]."""
    rings: Array
    """Temperature above the host, shape (rings, skins) [K]."""
    unknown: Array
    """Of the carriers, one after the other."""
    heat: Array
    """Through the walls at the end of the last step, shape (skins,) [W]."""
    rate: Array
    """Change of the cells' temperature at the end of the last step, shape (x, y, z) [K/s]."""
    blocks: Array = field(default_factory=lambda: np.zeros((1, 0)))
    """Temperature of the shells of the blocks, shape (shells, lots) [K]."""

    def arrays(self) -> dict[str, Array]:
        """The state as arrays, to be kept in a file."""
        return {name: np.asarray(getattr(self, name)) for name in self.__dataclass_fields__}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> "CoupledState":
        """The state that `arrays` gave."""
        names = (name for name in cls.__dataclass_fields__ if name != "time")
        return cls(float(arrays["time"]), *(np.array(arrays[name]) for name in names))


class CoupledEntry(NamedTuple):
    """Account of one step."""

    time: float
    """Time at its end [s]."""
    step: float
    """Length [s]."""
    cells: float
    """Heat that the cells gained [J]."""
    rings: float
    """Heat that the skins gained [J]."""
    sides: Array
    """Heat that came through each of the six sides [J]."""
    made: float
    """Heat made in the cells, and brought by water through wells less what leaves by them [J]."""
    walls: float
    """Heat that came through the walls of the skins [J]."""
    exchanged: float
    """Heat exchanged with walls, sides and blocks, either way, made, and moved with matter [J]."""
    carriers: Mapping[str, float]
    """Heat that entered the carriers by name, `stored` what they gained [J]."""
    iterations: int
    """Iterations of the cells' systems."""
    passes: int
    """Passes of the carriers."""
    error: float
    """Estimated error [K]; 0 where none is asked for."""
    matter: float = 0.0
    """Heat that came with matter into exchanged cells, less what left with the old [J]."""
    blocks: float = 0.0
    """Heat that the blocks in the cells gained [J]."""

    @property
    def residual(self) -> float:
        """What rock and skins gained and neither came in nor was made, over what moved [1]."""
        gained = self.cells + self.blocks + self.rings
        left = gained - self.sides.sum() - self.made - self.walls - self.matter
        return abs(left) / self.exchanged if self.exchanged > 0 else 0.0

    @property
    def carrier_residual(self) -> float:
        """What entered the carriers and neither stays nor passed the walls, over what moved [1]."""
        left = sum(
            -value if name.endswith("stored") else value for name, value in self.carriers.items()
        )
        moved = max(sum(map(abs, self.carriers.values())) / 2, abs(self.walls))
        return abs(left - self.walls) / moved if moved > 0 else 0.0


class StoppedError(ArithmeticError):
    """A step did not converge at the shortest length; `state` is the last good one,
    `unsettled` the carrier without a solution and the worst of its unknowns, if one had none.
    """

    def __init__(
        self, message: str, state: CoupledState, unsettled: tuple[int, int] | None = None
    ) -> None:
        super().__init__(message)
        self.state, self.unsettled = state, unsettled
