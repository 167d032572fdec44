"""What carries heat past the walls of skins: the side of a coupled step that is not rock.

A carrier owns a run of consecutive skins and unknowns of its own (temperatures of water, states of
air). In an implicit stage it is asked, at a guess of its unknowns, for the residuals of its
equations, the heat that passes the wall of each of its skins, and the derivatives of both; the
coupled step (`comine.numerics.coupled`) solves for all carriers, skins and cells together.
"""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from scipy.sparse import csr_array

from comine.numerics import Array
from comine.numerics.skin_stage import Elimination


class Walls(NamedTuple):
    """A carrier's skins in one stage."""

    elimination: Elimination
    """Of these skins, for the stage's length."""
    rings: Array
    """Temperature above the host that the stage starts from, shape (rings, skins) [K]."""
    felt: Array
    """Temperature of the host on the skins' axes at the stage's end, shape (skins,) [K]."""
    time: float
    """Time at the stage's end [s]."""
    interval: float
    """Length of the stage [s]."""


class Linear(NamedTuple):
    """A carrier's equations about a guess of its unknowns."""

    residual: Array
    """Shape (unknowns,); zero when solved."""
    by_unknown: csr_array
    """Derivative of the residual, shape (unknowns, unknowns)."""
    by_felt: csr_array
    """Derivative of the residual by the host's temperature, shape (unknowns, skins)."""
    heat: Array
    """Through the walls, from the carrier into the skins, shape (skins,) [W]."""
    heat_by_unknown: csr_array
    """Its derivative, shape (skins, unknowns)."""
    heat_by_felt: Array
    """Its derivative by the skin's own host temperature, shape (skins,) [W/K]."""


class StateError(ValueError):
    """A volume's fluid has no such state; the message says why."""

    def __init__(self, message: str, volume: int) -> None:
        super().__init__(message)
        self.volume = volume


class Carrier(Protocol):
    """Water in pipes, air in openings: anything that exchanges heat with skins."""

    @property
    def skins(self) -> int:
        """Number of skins that it owns."""

    @property
    def linear(self) -> bool:
        """Whether the equations are linear, so that one pass solves them."""

    @property
    def scale(self) -> Array:
        """Size of a change of each unknown that no longer matters, shape (unknowns,)."""

    def linearise(self, unknown: Array, before: Array, walls: Walls) -> Linear:
        """Equations of a stage about a guess; `before` holds the unknowns that it starts from."""

    def limited(self, unknown: Array, change: Array) -> Array:
        """Unknowns after a step of Newton, kept within what is possible."""

    def rates(
        self, unknown: Array, before: Array, walls: Walls, heat: Array
    ) -> Mapping[str, Array]:
        """What a solved stage is worth reporting, each by name; means over a step are reported.

        `heat` is what passes the walls [W]. Entries named `into ...` are heat that enters the
        carrier, scalars [W]; they less the heat through the walls and less `stored`, where it has
        one [W], make its balance.
        """

    def fresh(self, begin: float, end: float) -> Array:
        """Skins whose wall is cut anew from a time on, before another: bool, shape (skins,)."""
