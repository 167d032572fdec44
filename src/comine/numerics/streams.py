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
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, eye_array

from comine.numerics import Array
from comine.numerics.carrier import Linear, Walls
from comine.numerics.skin_stage import Response, respond
from comine.numerics.volumes import Renewal, Routes, Volumes, mean_weight

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
    routes: Routes
    """Flows of heat capacity [W/K]."""
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


SLOPES_KEPT, VOLUMES_KEPT = 24, 120_000
"""Sets of derivatives that are kept, and volumes of them in all."""


@dataclass(frozen=True, eq=False)
class Streams(Volumes):
    """Volumes, links between them, and the skins that they touch; `storage` in J/K."""

    flow: Callable[[float], Flow]
    """Flows by time [s]."""
    renewed: Renewal | None = None
    _kept: dict[tuple[object, ...], _Slopes] = field(default_factory=dict, init=False, repr=False)

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
        flow = self.checked(self.flow(walls.time))
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
            mix.routes.through * (unknown - inlet)
            + self.storage / walls.interval * (unknown - before)
            + self.touch.T @ heat
            + self.crossing @ mean
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

    def _slopes(self, flow: Flow, response: Response, interval: float) -> _Slopes:
        """Derivatives, made anew only where flows, films or the stage's length have changed."""
        parts = (flow.links, flow.entering, flow.temperature, response.wall_fluid)
        key = (interval, *(part.tobytes() for part in parts))
        if key not in self._kept:
            while len(self._kept) >= min(SLOPES_KEPT, max(2, VOLUMES_KEPT // self.storage.size)):
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = self._fresh_slopes(flow, response, interval)
        return self._kept[key]

    def _fresh_slopes(self, flow: Flow, response: Response, interval: float) -> _Slopes:
        mix = self._mix(flow)
        weight, mean = self._weighted(mix, response)
        shed = csr_array(self.touch.T)
        heat = diags_array(response.wall_fluid) @ (self.touch @ mean)
        carried = diags_array(mix.routes.through) @ (eye_array(weight.size) - mix.bring)
        own = carried + diags_array(self.storage / interval) + shed @ heat + self.crossing @ mean
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
            "flow": mix.routes.through,
            "into entering": np.asarray(flow.entering @ flow.temperature),
            "into leaving": np.asarray(-(mix.leaving @ unknown)),
            "into sources": np.asarray(flow.source.sum()),
            "stored": np.asarray(stored.sum()),
        }

    def _mix(self, flow: Flow) -> _Mix:
        """Where the inflow of each volume comes from."""
        routes = self.routes(flow.links, flow.entering)
        brought = routes.share * flow.entering * flow.temperature
        return _Mix(routes.bring(), brought, routes, routes.leaving)

    def _weighted(self, mix: _Mix, response: Response) -> tuple[Array, csr_array]:
        """Weight of a volume's own temperature in its mean, and the mean by all temperatures."""
        taken = self.touch.T @ response.wall_fluid + self.crossing.diagonal()
        through = mix.routes.through
        flows = through > 0
        weight = mean_weight(np.where(flows, taken / np.where(flows, through, 1.0), np.inf))
        mean = diags_array(1 - weight) @ mix.bring + diags_array(weight)
        return weight, csr_array(mean)
