"""What an opening becomes in the rock: a carrier and its skins."""

from typing import NamedTuple, Protocol

from comine.numerics import Array
from comine.numerics.between import Laid
from comine.numerics.carrier import Carrier
from comine.numerics.embedded import Embedded
from comine.underground.rock import GriddedRock


class Part(NamedTuple):
    """A carrier, and its skins in the rock."""

    name: str
    embedded: Embedded
    carrier: Carrier
    undisturbed: Array
    """Rock temperature on the skins' axes before anything was opened, shape (skins,) [K]."""
    begun: Array
    """Unknowns of the carrier to begin with."""
    axes: Laid | None = None
    """Where the skins lie, for those of other parts within their reach."""
    aside: Carrier | None = None
    """The same with something left out, asked in every stage; changes nothing."""

    def __str__(self) -> str:
        return f"{self.name}: {self.embedded.size:,} skins"

    def lay(self, rock: GriddedRock) -> "Part":
        """Itself: it lies in the rock already."""
        return self


class Opening(Protocol):
    """Anything that can be laid into the rock."""

    @property
    def name(self) -> str:
        """What it is called."""

    def lay(self, rock: GriddedRock) -> Part:
        """Lay it into the rock."""
