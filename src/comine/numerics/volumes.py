r"""Volumes that streams pass through, and what all carriers of heat in them have in common.

A volume is a piece of a pipe, a leg of a borehole, a piece of a fracture, a place where streams
mix. It takes in what its links bring, mixed, and gives out what it holds itself.

Sources
-------
- S. V. Patankar, Numerical Heat Transfer and Fluid Flow, Hemisphere 1980, section 5.2-3 (the
  exponential scheme).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import coo_array, csr_array

from comine.numerics import Array, Indices
from comine.numerics.checks import require

SLACK = 1e-6
"""What a volume may send on beyond what it gets, over the greatest flow."""

Given = TypeVar("Given", bound="tuple[Array, ...]")


class Routes(NamedTuple):
    """Where flows come from and go to."""

    source: Indices
    """Volume that each link takes from, (links,)."""
    target: Indices
    """Volume that each link brings to, (links,)."""
    size: Array
    """Flow of each link without its sign, (links,)."""
    entering: Array
    """From outside into each volume, (volumes,)."""
    through: Array
    """Through each volume, (volumes,)."""

    @property
    def leaving(self) -> Array:
        """From each volume to the outside, (volumes,)."""
        sent = np.bincount(self.source, self.size, self.through.size)
        left, slack = self.through - sent, SLACK * self.through.max(initial=0.0)
        wanted = "flows of which no volume sends on more than it gets"
        require(left >= -slack, "flow", left, wanted)
        return np.where(left > slack, left, 0.0)

    @property
    def share(self) -> Array:
        """One over the flow through each volume, one where nothing flows, (volumes,)."""
        return np.asarray(1 / np.where(self.through > 0, self.through, 1.0))

    def bring(self) -> csr_array:
        """Share of each volume in the inflow of others, (volumes, volumes) [1]."""
        shares = self.size * self.share[self.target]
        count = self.through.size
        return csr_array(coo_array((shares, (self.target, self.source)), shape=(count, count)))


@dataclass(frozen=True, eq=False)
class Volumes:
    """Volumes, links between them, and the skins that they touch."""

    links: Indices
    """Volumes that each link leads from and to, shape (links, 2)."""
    touch: csr_array
    """Share of each volume in what a skin touches, shape (skins, volumes) [1]; rows add up to 1."""
    beside: Indices
    """Pairs of volumes that exchange heat directly, shape (pairs, 2)."""
    conductance: Array
    """Of the pairs, shape (pairs,) [W/K]."""
    storage: Array
    """What each volume holds, shape (volumes,), in what flows are measured in, times time [s]."""

    def __post_init__(self) -> None:
        count = self.storage.size
        require(self.storage >= 0, "storage", self.storage, "0 or more")
        require(self.conductance >= 0, "conductance", self.conductance, "0 W/K or more")
        for name in ("links", "beside"):
            pairs = getattr(self, name)
            if pairs.ndim != 2 or pairs.shape[1] != 2:
                raise ValueError(f"{name}: got shape {pairs.shape}; give pairs")
            require((pairs >= 0) & (pairs < count), name, pairs, f"volumes from 0 to {count - 1}")
        if self.touch.shape[1] != count:
            raise ValueError(f"touch: got {self.touch.shape[1]} volumes; give {count}")
        if self.conductance.shape != (len(self.beside),):
            raise ValueError(
                f"conductance: got shape {self.conductance.shape}; give ({len(self.beside)},)"
            )
        sums = np.asarray(self.touch.sum(axis=1))
        require(np.abs(sums - 1) < 1e-9, "touch", sums, "rows that add up to 1")

    @property
    def skins(self) -> int:
        """Number of skins."""
        return int(self.touch.shape[0])

    def routes(self, links: Array, entering: Array) -> Routes:
        """Where flows along the links and from outside lead."""
        ahead = links >= 0
        source = np.where(ahead, self.links[:, 0], self.links[:, 1])
        target = np.where(ahead, self.links[:, 1], self.links[:, 0])
        size = np.abs(links)
        through = entering + np.bincount(target, size, self.storage.size)
        return Routes(source, target, size, entering, through)

    def checked(self, flow: Given) -> Given:
        """Flows along links, into volumes, what enters, films and sources, if they fit."""
        count = self.storage.size
        names = getattr(flow, "_fields", ())
        for name, value, size in zip(
            names, flow, (len(self.links), count, count, self.skins, count), strict=True
        ):
            if value.shape != (size,):
                raise ValueError(f"{name}: got shape {value.shape}; give ({size},)")
            if name in ("entering", "film"):
                require(value >= 0, name, value, "values of 0 or more")
            else:
                require(np.isfinite(value), name, value, "finite values")
        return flow

    @cached_property
    def crossing(self) -> csr_array:
        """Heat that leaves each volume for those beside it by their mean temperatures [W/K]."""
        first, second = self.beside.T
        rows = np.concatenate([first, second, first, second])
        columns = np.concatenate([first, second, second, first])
        values = np.concatenate([self.conductance] * 2 + [-self.conductance] * 2)
        return csr_array(coo_array((values, (rows, columns)), shape=(self.storage.size,) * 2))


Renewal = Callable[[float, float], Array]
"""Skins cut anew between two times."""


def mean_weight(units: ArrayLike) -> Array:
    r"""Weight of the outlet in the mean temperature of a stream along a wall of even temperature.

    Parameters
    ----------
    units : array_like, shape (...)
        Conductance of the wall over the flow of heat capacity, 0 or more [1].

    Returns
    -------
    ndarray, shape (...)
        Weight [1], from a half to one.

    Notes
    -----
    :math:`w = 1/(1 - e^{-n}) - 1/n`, by its series :math:`1/2 + n/12 - n^3/720` for small n.

    Examples
    --------
    >>> mean_weight([0.0, 1.0, np.inf]).round(4)
    array([0.5  , 0.582, 1.   ])
    """
    n = np.asarray(units, dtype=float)
    require(n >= 0, "units", n, "0 or more")
    small = n < 0.05
    little, big = np.where(small, n, 0.0), np.where(small, 1.0, n)
    series = 0.5 + little / 12 - little**3 / 720
    return np.where(small, series, 1 / -np.expm1(-big) - 1 / big)
