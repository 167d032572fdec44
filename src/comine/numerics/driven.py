r"""Heat carried by fluids of any heat capacity, with flows that follow from the state.

What a volume holds and gives out is the heat content :math:`h` of its fluid by mass, a monotone
function of temperature. A stage of length :math:`\delta` solves, for contents h, rates m of the
flow and potentials p,

.. math::

    M\,\frac{h - h^*}{\delta} = \sum_\mathrm{in} \dot m\,(h_\mathrm{in} - h) - \sum q
      - \sum G\,(\bar\theta - \bar\theta') + s, \qquad
    m = m(\bar\theta, p), \qquad p = p(\bar\theta, m),

where m and p stand for the solution of a flow network at the mean temperatures
:math:`\bar\theta`. Newton's method takes contents and rates together, so a loop that its own
buoyancy drives settles within the stage and does not swing; potentials follow pass by pass. The
weight of a volume's own temperature in its mean counts what the volume holds as a conductance, so
that nothing jumps where a flow stands or turns round.

Sources
-------
- S. V. Patankar, Numerical Heat Transfer and Fluid Flow, Hemisphere 1980, section 5.2-3 (the
  exponential scheme).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, eye_array, hstack, vstack

from comine.numerics import Array, Indices
from comine.numerics.assembly import Assembler, Entries, entries_of, gathered
from comine.numerics.carrier import Linear, StateError, Walls
from comine.numerics.flow import FlowConvergenceError
from comine.numerics.skin_stage import Response, respond
from comine.numerics.volumes import Renewal, Routes, Volumes, mean_weight

LONGEST = 1e8
"""Most by which a pass changes a content, over what no longer matters."""
NUDGE = 1e-4
"""Change of a rate for the derivatives by it, over its size."""


class MassFlow(NamedTuple):
    """Flows at one time."""

    links: Array
    """Along each link; negative against it, shape (links,) [kg/s]."""
    entering: Array
    """From outside into each volume, shape (volumes,) [kg/s]."""
    content: Array
    """Of what enters, shape (volumes,) [J/kg]."""
    film: Array
    """Film coefficient at the wall of each skin, shape (skins,) [W/m2/K]; 0 shuts it."""
    source: Array
    """Heat given to each volume from elsewhere, shape (volumes,) [W]."""


class Driven(NamedTuple):
    """Flow that mean temperatures drive."""

    rate: Array
    """Shape (rates,) [kg/s]."""
    by_mean: Array
    """Its derivative by the mean temperatures, shape (rates, volumes) [kg/s/K]."""
    potential: Array
    """Of the volumes, shape (potentials,)."""


class Warmth(NamedTuple):
    """Temperatures of contents."""

    temperature: Array
    """[K]"""
    slope: Array
    """Its derivative by the content [K kg/J]."""


class Drive(Protocol):
    """What makes the fluid flow, and what the fluid is."""

    @property
    def scale(self) -> tuple[Array, Array, Array]:
        """Changes that no longer matter, of contents, rates and potentials."""

    def warmth(self, content: Array, potential: Array) -> Warmth:
        """Temperature of a content in each volume."""

    def driven(self, time: float, mean: Array, rate: Array, potential: Array) -> Driven:
        """Flow at mean temperatures of the volumes; rates and potentials are first guesses."""

    def flow(self, time: float, rate: Array, temperature: Array, potential: Array) -> MassFlow:
        """Flows, films and sources at rates of the flow."""


class _Fluid(NamedTuple):
    """State of the volumes."""

    content: Array
    rate: Array
    potential: Array


class _Balance(NamedTuple):
    """Balances of the volumes at given flows."""

    routes: Routes
    response: Response
    weight: Array
    mean: Array
    heat: Array
    residual: Array


class _Assemblers(NamedTuple):
    """Of the derivatives of all guesses."""

    exchanges: Assembler
    balances: Assembler
    means: Assembler
    heats: Assembler


@dataclass(frozen=True, eq=False)
class DrivenStreams(Volumes):
    """Volumes whose flows follow from their temperatures; `storage` in kg.

    The unknowns are the contents of the volumes, the rates and the potentials, one after the other.
    """

    drive: Drive
    renewed: Renewal | None = None

    @property
    def linear(self) -> bool:
        """Never: contents are no straight line."""
        return False

    @property
    def scale(self) -> Array:
        """Changes that no longer matter."""
        return np.concatenate(self.drive.scale)

    def limited(self, unknown: Array, change: Array) -> Array:
        """Unknowns after a pass, which is shortened where it changes a content by much."""
        content = self.drive.scale[0]
        longest = np.max(np.abs(change[: content.size]) / content, initial=0.0)
        return np.asarray(unknown + min(1.0, LONGEST / max(longest, 1.0)) * change)

    def fresh(self, begin: float, end: float) -> Array:
        """Skins cut anew."""
        if self.renewed is None:
            return np.zeros(self.skins, dtype=bool)
        return self.renewed(begin, end)

    def linearise(self, unknown: Array, before: Array, walls: Walls) -> Linear:
        """Balances of all volumes and the flow that drives them; none where there is no state."""
        try:
            return self._linear(unknown, before, walls)
        except StateError as error:
            return self._refused(np.array([error.volume]), unknown.size)
        except FlowConvergenceError as error:
            return self._refused(self.storage.size + error.branches, unknown.size)

    def _linear(self, unknown: Array, before: Array, walls: Walls) -> Linear:
        fluid = self._fluid(unknown)
        state = self.drive.warmth(fluid.content, fluid.potential)
        flow = self.checked(self._flow(walls.time, fluid, state))
        routes = self.routes(flow.links, flow.entering)
        inlet = self._inlet(routes, flow, fluid.content)
        entry = self.drive.warmth(inlet, fluid.potential)
        start = before[: fluid.content.size]

        def balance(changed: MassFlow) -> _Balance:
            return self._balance(changed, fluid.content, (state, entry, inlet), start, walls)

        now = balance(flow)
        driven = self.drive.driven(walls.time, now.mean, fluid.rate, fluid.potential)
        own, heat, mean, idle = self._by_content(now, state, entry, walls)
        by_rate = [
            self._by_rate(number, fluid, state, walls.time, balance, now)
            for number in range(fluid.rate.size)
        ]
        residual = np.where(idle, fluid.content - start, now.residual)
        slopes = _Slopes(own, heat, mean, by_rate)
        return Linear(
            np.concatenate([
                residual, fluid.rate - driven.rate, fluid.potential - driven.potential
            ]),
            slopes.all(driven, fluid.potential.size),
            self._by_felt(now.response, unknown.size),
            now.heat,
            slopes.heats(fluid.potential.size),
            now.response.wall_host,
        )  # fmt: skip

    def _by_content(
        self, now: _Balance, state: Warmth, entry: Warmth, walls: Walls
    ) -> tuple[csr_array, csr_array, csr_array, NDArray[np.bool_]]:
        """Derivatives of balances, heats and means by contents; volumes that nothing acts on."""
        routes, response, volumes = now.routes, now.response, np.arange(self.storage.size)
        shares = routes.size * routes.share[routes.target]
        entering = (1 - now.weight) * entry.slope
        mean = gathered([
            (routes.target, routes.source, entering[routes.target] * shares),
            (volumes, volumes, now.weight * state.slope),
        ])  # fmt: skip
        skin, touched, share = self._touching
        taken = Entries(skin, touched, response.wall_fluid[skin] * share)
        shed = self._assemblers.exchanges.assembled(
            Entries(touched, skin, share), taken, entries_of(self.crossing)
        )
        carried = gathered([
            (volumes, volumes, routes.through + self.storage / walls.interval),
            (routes.target, routes.source, -routes.through[routes.target] * shares),
        ])  # fmt: skip
        own = self._assemblers.balances.assembled(entries_of(shed), mean, carried)
        idle = np.bincount(entries_of(own).row, np.abs(own.data), volumes.size) == 0.0
        if idle.any():
            own = csr_array(own + diags_array(idle.astype(float)))
        heat = self._assemblers.heats.assembled(taken, mean, gathered([]))
        return own, heat, self._assemblers.means.summed(mean), idle

    def _by_felt(self, response: Response, unknowns: int) -> csr_array:
        """Derivatives of the equations by the temperatures on the skins' axes."""
        shed = self._shed
        ends = np.pad(shed.indptr, (0, unknowns - self.storage.size), mode="edge")
        values = shed.data * response.wall_host[shed.indices]
        return csr_array((values, shed.indices, ends), shape=(unknowns, self.skins))

    @cached_property
    def _shed(self) -> csr_array:
        """Share of each skin's heat that a volume gives, (volumes, skins) [1]."""
        return csr_array(self.touch.T)

    @cached_property
    def _touching(self) -> Entries:
        return entries_of(self.touch)

    @cached_property
    def _assemblers(self) -> _Assemblers:
        square = (self.storage.size,) * 2
        heats = Assembler((self.skins, self.storage.size))
        return _Assemblers(Assembler(square), Assembler(square), Assembler(square), heats)

    def rates(
        self, unknown: Array, before: Array, walls: Walls, heat: Array
    ) -> Mapping[str, Array]:
        """Temperatures and flows, and the balance."""
        fluid = self._fluid(unknown)
        state = self.drive.warmth(fluid.content, fluid.potential)
        flow = self._flow(walls.time, fluid, state)
        routes = self.routes(flow.links, flow.entering)
        stored = self.storage * (fluid.content - before[: fluid.content.size]) / walls.interval
        return {
            "temperature": state.temperature,
            "content": fluid.content,
            "flow": routes.through,
            "rate": fluid.rate,
            "potential": fluid.potential,
            "into entering": np.asarray(flow.entering @ flow.content),
            "into leaving": np.asarray(-(routes.leaving @ fluid.content)),
            "into sources": np.asarray(flow.source.sum()),
            "stored": np.asarray(stored.sum()),
        }

    def _fluid(self, unknown: Array) -> _Fluid:
        contents, rates, _ = (part.size for part in self.drive.scale)
        return _Fluid(*np.split(unknown, [contents, contents + rates]))

    def _flow(self, time: float, fluid: _Fluid, state: Warmth) -> MassFlow:
        return self.drive.flow(time, fluid.rate, state.temperature, fluid.potential)

    def _inlet(self, routes: Routes, flow: MassFlow, content: Array) -> Array:
        """Mixed content of what enters each volume; its own where nothing does."""
        brought = np.bincount(routes.target, routes.size * content[routes.source], content.size)
        mixed = routes.share * (brought + flow.entering * flow.content)
        return np.where(routes.through > 0, mixed, content)

    def _balance(
        self, flow: MassFlow, content: Array, states: tuple[Warmth, Warmth, Array], start: Array,
        walls: Walls,
    ) -> _Balance:  # fmt: skip
        """Balances at flows near those at which the states of all inlets were taken."""
        own, entry, mixed = states
        routes = self.routes(flow.links, flow.entering)
        inlet = self._inlet(routes, flow, content)
        response = respond(walls.elimination, walls.rings, flow.film)
        held = self.storage / walls.interval
        taken = self._shed @ response.wall_fluid + self.crossing.diagonal()
        flows = routes.through > 0
        units = (taken * own.slope + held) / np.where(flows, routes.through, 1.0)
        weight = mean_weight(np.where(flows, units, np.inf))
        entering = entry.temperature + entry.slope * (inlet - mixed)
        mean = (1 - weight) * entering + weight * own.temperature
        heat = response.wall + response.wall_fluid * (self.touch @ mean)
        heat = heat + response.wall_host * walls.felt
        residual = (
            routes.through * (content - inlet)
            + held * (content - start)
            + self._shed @ heat
            + self.crossing @ mean
            - flow.source
        )
        return _Balance(routes, response, weight, mean, heat, residual)

    def _by_rate(
        self, number: int, fluid: _Fluid, state: Warmth, time: float,
        balance: Callable[[MassFlow], _Balance], now: _Balance,
    ) -> "_ByRate":  # fmt: skip
        """Derivatives by one rate, on the side that it is on."""
        size = max(NUDGE * abs(fluid.rate[number]), self.drive.scale[1][number])
        step = float(np.copysign(size, fluid.rate[number]))
        rate = fluid.rate.copy()
        rate[number] += step
        moved = balance(self._flow(time, fluid._replace(rate=rate), state))
        return _ByRate(
            (moved.residual - now.residual) / step,
            (moved.heat - now.heat) / step,
            (moved.mean - now.mean) / step,
        )

    def _refused(self, where: Indices, size: int) -> Linear:
        """Equations without a solution, for want of some unknowns."""
        residual, heat = np.zeros(size), np.zeros(self.skins)
        residual[where] = np.nan
        none = csr_array((size, self.skins))
        return Linear(residual, csr_array(eye_array(size)), none, heat, csr_array(none.T), heat)


class _ByRate(NamedTuple):
    """Derivatives by one rate."""

    residual: Array
    heat: Array
    mean: Array


class _Slopes(NamedTuple):
    """Derivatives of the balances by contents and rates."""

    own: csr_array
    heat: csr_array
    mean: csr_array
    by_rate: list[_ByRate]

    def all(self, driven: Driven, potentials: int) -> csr_array:
        """Of all equations by all unknowns."""
        if not self.by_rate and not potentials:
            return self.own
        residual, mean = (self._columns(which) for which in (0, 2))
        rates = np.eye(driven.rate.size) - driven.by_mean @ mean
        follow = csr_array(-(driven.by_mean @ self.mean))
        flow = vstack([
            hstack([self.own, csr_array(residual)]), hstack([follow, csr_array(rates)])
        ])  # fmt: skip
        size = flow.shape[0] + potentials
        rest = eye_array(potentials, size, k=size - potentials)
        return csr_array(vstack([hstack([flow, csr_array((flow.shape[0], potentials))]), rest]))

    def heats(self, potentials: int) -> csr_array:
        """Of the heats by all unknowns."""
        if not self.by_rate and not potentials:
            return self.heat
        heats = csr_array(self._columns(1))
        return csr_array(hstack([self.heat, heats, csr_array((self.heat.shape[0], potentials))]))

    def _columns(self, which: int) -> Array:
        rows = (self.own, self.heat, self.mean)[which].shape[0]
        return np.reshape([each[which] for each in self.by_rate], (len(self.by_rate), rows)).T
