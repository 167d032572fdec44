r"""Heat carried by fluids of constant heat capacity through volumes: pipes, holes, fractures.

A volume is a piece of a pipe, a leg of a borehole, a piece of a fracture, a place where streams
mix. It takes in what its links bring, mixed, and gives out its own temperature
:math:`\theta`. Its exchange with skins and with other volumes goes by its mean,

.. math:: \bar\theta = (1 - w)\,\theta_\mathrm{in} + w\,\theta, \qquad
          w = \frac{1}{1 - e^{-n}} - \frac1n,

with n its conductances over the flow's capacity: exact for a wall of even temperature, second
order in the length of the pieces, and never beyond the wall's temperature. Flows may loop, and
turn round from one stage to the next.

Sources
-------
- S. V. Patankar, Numerical Heat Transfer and Fluid Flow, Hemisphere 1980, section 5.2-3 (the
  exponential scheme).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array, csr_array, diags_array, eye_array

from comine.numerics import Array, Indices
from comine.numerics.carrier import Linear, Walls
from comine.numerics.checks import require
from comine.numerics.skin_stage import Response, respond

__all__ = ["Flow", "Streams", "mean_weight"]


class Flow(NamedTuple):
    """Flows at one time, as heat capacities [W/K]."""

    links: Array
    """Along each link; negative against it, shape (links,)."""
    entering: Array
    """From outside into each volume, shape (volumes,)."""
    temperature: Array
    """Of what enters, shape (volumes,) [K]."""
    film: Array
    """Film coefficient at the wall of each skin, shape (skins,) [W/m2/K]; 0 shuts it."""
    source: Array
    """Heat given to each volume from elsewhere, shape (volumes,) [W]."""


class _Mix(NamedTuple):
    """Mixing at the inlets of all volumes."""

    bring: csr_array
    """Share of each volume in the inlet of others, shape (volumes, volumes) [1]."""
    brought: Array
    """Part of the inlet temperature from outside [K]."""
    through: Array
    """Flow of heat capacity through each volume [W/K]."""
    leaving: Array
    """To the outside [W/K]."""


class _Slopes(NamedTuple):
    """What the balances of all stages with the same flows share."""

    mix: _Mix
    weight: Array
    """Of a volume's own temperature in its mean [1]."""
    mean: csr_array
    """Mean temperatures by all temperatures [1]."""
    by_unknown: csr_array
    by_felt: csr_array
    heat_by_unknown: csr_array
    idle: NDArray[np.bool_]
    """Volumes that nothing acts on."""


SLOPES_KEPT = 24


@dataclass(frozen=True, eq=False)
class Streams:
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
    """Heat capacity of what each volume holds, shape (volumes,) [J/K]."""
    flow: Callable[[float], Flow]
    """Flows by time [s]."""
    renewed: Callable[[float, float], Array] | None = None
    """Skins cut anew between two times."""
    _kept: dict[tuple[object, ...], _Slopes] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        count = self.storage.size
        require(self.storage >= 0, "storage", self.storage, "0 J/K or more")
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

    @property
    def linear(self) -> bool:
        """Always."""
        return True

    @property
    def scale(self) -> Array:
        """Change of a temperature that no longer matters [K]."""
        return np.full(self.storage.size, 1e-6)

    def limited(self, unknown: Array, change: Array) -> Array:
        """All of the change."""
        return unknown + change

    def fresh(self, begin: float, end: float) -> Array:
        """Skins cut anew."""
        if self.renewed is None:
            return np.zeros(self.skins, dtype=bool)
        return self.renewed(begin, end)

    def linearise(self, unknown: Array, before: Array, walls: Walls) -> Linear:
        """Balances of all volumes."""
        flow = self._checked(self.flow(walls.time))
        response = respond(walls.elimination, walls.rings, flow.film)
        slopes = self._slopes(flow, response, walls.interval)
        mix = slopes.mix
        inlet = mix.bring @ unknown + mix.brought
        mean = slopes.mean @ unknown + (1 - slopes.weight) * mix.brought
        heat = (
            response.wall
            + response.wall_fluid * (self.touch @ mean)
            + response.wall_host * walls.felt
        )
        residual = (
            mix.through * (unknown - inlet)
            + self.storage / walls.interval * (unknown - before)
            + self.touch.T @ heat
            + self._crossing @ mean
            - flow.source
        )
        return Linear(
            np.where(slopes.idle, unknown - before, residual),
            slopes.by_unknown,
            slopes.by_felt,
            heat,
            slopes.heat_by_unknown,
            response.wall_host,
        )

    def _checked(self, flow: Flow) -> Flow:
        """The flow, if it fits."""
        count = self.storage.size
        for name, size in zip(
            Flow._fields, (len(self.links), count, count, self.skins, count), strict=True
        ):
            value = getattr(flow, name)
            if value.shape != (size,):
                raise ValueError(f"{name}: got shape {value.shape}; give ({size},)")
            if name in ("entering", "film"):
                require(value >= 0, name, value, "values of 0 or more")
            else:
                require(np.isfinite(value), name, value, "finite values")
        return flow

    def _slopes(self, flow: Flow, response: Response, interval: float) -> _Slopes:
        """Derivatives, made anew only where flows, films or the stage's length have changed."""
        parts = (flow.links, flow.entering, flow.temperature, response.wall_fluid)
        key = (interval, *(part.tobytes() for part in parts))
        if key not in self._kept:
            while len(self._kept) >= SLOPES_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = self._fresh_slopes(flow, response, interval)
        return self._kept[key]

    def _fresh_slopes(self, flow: Flow, response: Response, interval: float) -> _Slopes:
        mix = self._mix(flow)
        weight, mean = self._weighted(mix, response)
        shed = csr_array(self.touch.T)
        heat = diags_array(response.wall_fluid) @ (self.touch @ mean)
        carried = diags_array(mix.through) @ (eye_array(weight.size) - mix.bring)
        own = carried + diags_array(self.storage / interval) + shed @ heat + self._crossing @ mean
        idle = np.asarray(np.abs(own).sum(axis=1)) == 0.0
        own = own + diags_array(idle.astype(float))
        felt = shed @ diags_array(response.wall_host)
        return _Slopes(mix, weight, mean, csr_array(own), csr_array(felt), csr_array(heat), idle)

    def rates(
        self, unknown: Array, before: Array, walls: Walls, heat: Array
    ) -> Mapping[str, Array]:
        """Temperatures and flows of the volumes, that of the walls, and the balance."""
        flow = self.flow(walls.time)
        mix = self._mix(flow)
        stored = self.storage * (unknown - before) / walls.interval
        open_wall = respond(walls.elimination, walls.rings, np.inf)
        wall = walls.felt + walls.elimination.pivot * (heat - open_wall.wall)
        return {
            "temperature": unknown,
            "wall_temperature": np.asarray(wall),
            "inlet": mix.bring @ unknown + mix.brought,
            "flow": mix.through,
            "into entering": np.asarray(flow.entering @ flow.temperature),
            "into leaving": np.asarray(-(mix.leaving @ unknown)),
            "into sources": np.asarray(flow.source.sum()),
            "stored": np.asarray(stored.sum()),
        }

    @cached_property
    def _crossing(self) -> csr_array:
        """Heat that leaves each volume for those beside it by their mean temperatures [W/K]."""
        first, second = self.beside.T
        rows = np.concatenate([first, second, first, second])
        columns = np.concatenate([first, second, second, first])
        values = np.concatenate([self.conductance] * 2 + [-self.conductance] * 2)
        return csr_array(coo_array((values, (rows, columns)), shape=(self.storage.size,) * 2))

    def _mix(self, flow: Flow) -> _Mix:
        """Where the inflow of each volume comes from."""
        count = self.storage.size
        ahead = flow.links >= 0
        source = np.where(ahead, self.links[:, 0], self.links[:, 1])
        target = np.where(ahead, self.links[:, 1], self.links[:, 0])
        size = np.abs(flow.links)
        through = flow.entering + np.bincount(target, size, count)
        leaving = through - np.bincount(source, size, count)
        slack = 1e-6 * through.max(initial=0.0)
        require(
            leaving >= -slack,
            "flow",
            leaving,
            "flows of which no volume sends on more than it gets",
        )
        share = 1 / np.where(through > 0, through, 1.0)
        bring = coo_array((size * share[target], (target, source)), shape=(count, count))
        return _Mix(
            csr_array(bring), share * flow.entering * flow.temperature, through,
            np.where(leaving > slack, leaving, 0.0),
        )  # fmt: skip

    def _weighted(self, mix: _Mix, response: Response) -> tuple[Array, csr_array]:
        """Weight of a volume's own temperature in its mean, and the mean by all temperatures."""
        taken = self.touch.T @ response.wall_fluid + self._crossing.diagonal()
        flows = mix.through > 0
        weight = mean_weight(np.where(flows, taken / np.where(flows, mix.through, 1.0), np.inf))
        mean = diags_array(1 - weight) @ mix.bring + diags_array(weight)
        return weight, csr_array(mean)


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
