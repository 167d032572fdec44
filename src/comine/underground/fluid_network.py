r"""Water, carbon dioxide or another fluid in conduits, driven by pumps and by its own buoyancy.

Along each conduit, cut into pieces j with the properties of their mean temperature and pressure,

.. math:: p_a - p_b + \sum_j\rho_jg\,\Delta z_j + \Delta p_\mathrm{pump}
          = \sum_j f(\dot m;\rho_j, \mu_j),

and what a volume holds and gives out is :math:`h(T, p) - gz`: a fluid that descends is warmed by
its compression, and one that is throttled keeps what it has. The fluid stays liquid or dense.

Sources
-------
- V. Gnielinski, "On heat transfer in tubes", Int. J. Heat Mass Transf. 63 (2013) 134-140 (films).
- R. K. Shah, A. L. London, *Laminar Flow Forced Convection in Ducts*, Academic Press 1978 (between
  parallel plates of one temperature the Nusselt number is 7.541; recalled).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from comine.numerics import Array, Indices
from comine.numerics.branch_laws import BranchLaw, DarcyWeisbach, InPieces, LinearLaw, Placed
from comine.numerics.driven import Driven, DrivenStreams, MassFlow, Warmth
from comine.numerics.flow import (
    FlowConvergenceError,
    FlowProblem,
    FlowSolution,
    Given,
    prepare,
    solve,
)
from comine.numerics.flow_matrix import Pattern
from comine.numerics.flow_response import flow_response
from comine.numerics.graph import leaving, listed
from comine.numerics.rises import rise_curve
from comine.physics.film import pipe_nusselt
from comine.physics.fluids import Fluid
from comine.physics.pipe import GRAVITY
from comine.underground.conduits import Conduit, Door, Layout
from comine.underground.fluid_states import states_of, temperature_of

PLATES_NUSSELT = 7.541
"""Between parallel plates, by twice their distance [1]."""
STANDING = 1e-9
"""Reynolds number of a fluid that stands, whose film is that of laminar flow [1]."""
MOST_ROUNDS = 40
"""Most solutions of the flow for one set of temperatures."""
SETTLED_CONTENT, SETTLED_RATE, SETTLED_PRESSURE = 1e-3, 1e-5, 1.0
"""Changes that no longer matter, of content [J/kg], flow by area [kg/m²/s] and pressure [Pa]."""
NUDGE = 1e-3
"""Change of temperature for the derivatives of the flow by it [K]."""


class _Pieces(NamedTuple):
    """Pieces of conduits at one state of the fluid."""

    density: Array
    """[kg/m³]"""
    weight: Array
    """Gain of pressure with depth along each piece [Pa]."""
    friction: tuple[tuple[BranchLaw, Indices], ...]
    """Laws, and the pieces that each acts on."""

    def gain(self, rate: Array) -> Array:
        """Rise of pressure along each piece, whose own flow is given [Pa]."""
        gain = self.weight.copy()
        for law, own in self.friction:
            gain[own] -= law.fall(rate[own])
        return gain


@dataclass(frozen=True, eq=False)
class FluidNetwork:
    """Conduits and the fluid in them, made by `fluid_network`; drives `DrivenStreams`.

    Potentials are pressures, rates the mass flows of the conduits in their order.
    """

    fluid: Fluid
    layout: Layout
    source: Callable[[float], Array] | None = None
    """Heat given to each volume by time [s], shape (volumes,) [W]."""

    @property
    def scale(self) -> tuple[Array, Array, Array]:
        """Changes that no longer matter, of contents, rates and pressures."""
        size, section = self.layout.size, [way.section for way in self.layout.conduits]
        pressures = np.full(size, SETTLED_PRESSURE)
        return np.full(size, SETTLED_CONTENT), SETTLED_RATE * np.array(section), pressures

    def content(self, temperature: Array, pressure: Array) -> Array:
        """What volumes of given temperature and pressure hold and give out [J/kg]."""
        enthalpy = states_of(self.fluid, "enthalpy", temperature, pressure, self.layout.place)
        return np.asarray(enthalpy - GRAVITY * self.layout.depth)

    def warmth(self, content: Array, potential: Array) -> Warmth:
        """Temperature of a content in each volume, and its slope."""
        enthalpy = content + GRAVITY * self.layout.depth
        kelvin = temperature_of(self.fluid, enthalpy, potential, self.layout.place)
        return Warmth(kelvin, 1.0 / self.fluid.specific_heat(kelvin, potential))

    def driven(self, time: float, mean: Array, rate: Array, potential: Array) -> Driven:
        """Flow at mean temperatures, solved with pressures until these no longer change."""
        layout, start = self.layout, rate if rate.any() else None
        for _ in range(MOST_ROUNDS):
            pieces, before = self._pieces(mean, potential), potential
            problem = self._problem(pieces)
            solution = solve(problem, start, pattern=self._pattern)
            start, potential = solution.flow, self._pressure(solution, pieces)
            moved = np.abs(potential - before)
            if moved.max() <= SETTLED_PRESSURE:
                by_mean = self._by_mean(problem, pieces, (mean, before), start)
                return Driven(start, by_mean, potential)
        wild = np.unique(layout.branch[moved[: layout.pieces] > SETTLED_PRESSURE])
        names = listed(layout.graph.branches[n] for n in wild)
        raise FlowConvergenceError(f"pressures along {names} did not settle", wild, MOST_ROUNDS)

    def flow(self, time: float, rate: Array, temperature: Array, potential: Array) -> MassFlow:
        """Flows along all links, what enters, films and sources."""
        layout, graph, size = self.layout, self.layout.graph, self.layout.size
        entering, content = np.zeros(size), np.zeros(size)
        gained = leaving(graph.start, graph.end, rate, len(graph.nodes))
        for name, door in layout.doors.items():
            if door.temperature is not None:
                node = graph.nodes.index(name)
                entering[layout.pieces + node] = max(float(gained[node]), 0.0)
                enthalpy = float(self.fluid.enthalpy(door.temperature, door.pressure))
                content[layout.pieces + node] = (
                    enthalpy - GRAVITY * layout.depth[layout.pieces + node]
                )
        source = np.zeros(size) if self.source is None else self.source(time)
        film = self._film(rate, temperature, potential)
        return MassFlow(np.repeat(rate, layout.count + 1), entering, content, film, source)

    def begun(self, temperature: Array, time: float = 0.0) -> Array:
        """Unknowns to begin with: volumes of given temperature, and the flow that they drive.

        Pressures are sought from those of the first door in a column of its density.
        """
        layout = self.layout
        name, door = next(iter(layout.doors.items()))
        density = float(self.fluid.density(np.mean(temperature), door.pressure))
        column = GRAVITY * density * (layout.depth - layout.depths[name])
        none = np.zeros(len(layout.conduits))
        found = self.driven(time, temperature, none, door.pressure + column)
        return np.concatenate(
            [self.content(temperature, found.potential), found.rate, found.potential]
        )

    def named(self, unknown: int) -> str:
        """Conduit or node that an unknown of the carrier is about."""
        layout = self.layout
        rate = unknown - layout.size
        if 0 <= rate < len(layout.conduits):
            return layout.conduits[rate].name
        return layout.place(unknown if rate < 0 else rate - len(layout.conduits))

    def streams(self, begun: Array) -> DrivenStreams:
        """The carrier: each walled piece has a skin of its own, in their order.

        Volumes hold the mass that they have at the beginning.
        """
        layout, nothing = self.layout, np.zeros((0, 2), dtype=np.int64)
        contents, rates, _ = (part.size for part in self.scale)
        pressure = begun[contents + rates :]
        kelvin = self.warmth(begun[:contents], pressure).temperature
        held = np.zeros(layout.size)
        held[: layout.pieces] = layout.length * layout.of_pieces("section")
        mass = held * self.fluid.density(kelvin, pressure)
        own = layout.walled
        place = (np.ones(own.size), (np.arange(own.size), own))
        touch = csr_array(place, shape=(own.size, layout.size))
        return DrivenStreams(layout.links, touch, nothing, np.zeros(0), mass, self)

    @cached_property
    def _known(self) -> tuple[Given, Given]:
        """Pressures of nodes and flows of conduits."""
        layout = self.layout
        doors = [layout.graph.nodes.index(name) for name in layout.doors]
        pressure = [door.pressure for door in layout.doors.values()]
        flow = {n: way.flow for n, way in enumerate(layout.conduits) if way.flow is not None}
        return (
            Given(np.array(doors, dtype=np.intp), np.array(pressure, dtype=float)),
            Given(np.array(list(flow), dtype=np.intp), np.array(list(flow.values()), dtype=float)),
        )

    @cached_property
    def _pattern(self) -> Pattern:
        places = np.zeros(self.layout.pieces)
        resting = self._laid(places + 1e3, places + 1e-3)
        return prepare(self._problem(resting))

    def _pieces(self, mean: Array, potential: Array) -> _Pieces:
        """Weight and friction of the pieces at given states."""
        layout = self.layout
        state = mean[: layout.pieces], potential[: layout.pieces]
        density, viscosity = (
            states_of(self.fluid, name, *state, layout.place) for name in ("density", "viscosity")
        )
        return self._laid(density, viscosity)

    def _laid(self, density: Array, viscosity: Array) -> _Pieces:
        layout = self.layout
        flat = layout.of_pieces("plane") > 0
        own = ~flat
        bore, section, rough, loss = (
            layout.of_pieces(name) for name in ("diameter", "section", "roughness", "loss")
        )
        friction = DarcyWeisbach(
            layout.length[own], bore[own], rough[own], density[own], viscosity[own],
            (loss / layout.count[layout.branch])[own], section[own],
        )  # fmt: skip
        resistance = 48.0 * viscosity * layout.length / (density * section * bore**2)
        laws = (friction, np.flatnonzero(own)), (LinearLaw(resistance[flat]), np.flatnonzero(flat))
        return _Pieces(density, GRAVITY * density * layout.descent, laws)

    def _problem(self, pieces: _Pieces) -> FlowProblem:
        """The flow network at states of the pieces."""
        layout, laws = self.layout, list[Placed]()
        for law, own in pieces.friction:
            where, branch = np.unique(layout.branch[own], return_inverse=True)
            laws.append(Placed(InPieces(law, branch), where))
        pumped = [n for n, way in enumerate(layout.conduits) if way.rise is not None]
        curves = [way.rise for way in layout.conduits if way.rise is not None]
        if pumped:
            density = pieces.density[(np.cumsum(layout.count) - layout.count)[pumped]]
            laws.append(Placed(rise_curve(curves, density, density), np.array(pumped)))
        head = np.bincount(layout.branch, pieces.weight, len(layout.conduits)).astype(float)
        return FlowProblem(layout.graph, tuple(laws), *self._known, head=head)

    def _pressure(self, solution: FlowSolution, pieces: _Pieces) -> Array:
        """In the middle of each piece, from the end of its conduit backwards, and at the nodes."""
        layout = self.layout
        gain = pieces.gain(solution.flow[layout.branch])
        risen = np.cumsum(gain)
        last = np.cumsum(layout.count) - 1
        behind = (risen[last][layout.branch] - risen) + gain / 2
        middle = solution.potential[layout.graph.end][layout.branch] - behind
        return np.concatenate([middle, solution.potential])

    def _by_mean(
        self, problem: FlowProblem, pieces: _Pieces, state: tuple[Array, Array], rate: Array
    ) -> Array:
        """Derivative of the flows by the mean temperatures."""
        layout = self.layout
        along, (mean, potential) = rate[layout.branch], state
        try:
            warmer, step = self._pieces(mean + NUDGE, potential), NUDGE
        except ValueError:
            warmer, step = self._pieces(mean - NUDGE, potential), -NUDGE
        change = (warmer.gain(along) - pieces.gain(along)) / step
        drive = np.zeros((len(rate), layout.size))
        drive[layout.branch, np.arange(layout.pieces)] = change
        return flow_response(problem, rate, drive, self._pattern)

    def _film(self, rate: Array, temperature: Array, potential: Array) -> Array:
        """Film coefficient at the wall of each piece that has one [W/m2/K]."""
        own, layout = self.layout.walled, self.layout
        kelvin, pascal = temperature[own], potential[own]
        bore, section = (layout.of_pieces(name)[own] for name in ("diameter", "section"))
        viscosity = self.fluid.viscosity(kelvin, pascal)
        conductivity = self.fluid.conductivity(kelvin, pascal)
        reynolds = np.abs(rate[layout.branch[own]]) * bore / (section * viscosity)
        prandtl = viscosity * self.fluid.specific_heat(kelvin, pascal) / conductivity
        nusselt = pipe_nusselt(np.maximum(reynolds, STANDING), prandtl)
        plane = layout.of_pieces("plane")[own] > 0
        return np.asarray(np.where(plane, PLATES_NUSSELT, nusselt) * conductivity / bore)


def fluid_network(
    fluid: Fluid,
    conduits: Sequence[Conduit],
    depths: Mapping[str, float],
    doors: Mapping[str, Door],
    source: Callable[[float], Array] | None = None,
) -> FluidNetwork:
    """Conduits and the fluid in them, checked.

    Parameters
    ----------
    fluid : Fluid
        The fluid.
    conduits : sequence of Conduit
        Pipes, holes, wells and fractures.
    depths : mapping of str to float
        Depth of each node, positive downwards [m].
    doors : mapping of str to Door
        Nodes of known pressure, one at least in each connected part.
    source : callable, optional
        Heat given to each volume by time [s], pieces of the conduits first [W].

    Returns
    -------
    FluidNetwork

    Raises
    ------
    ValueError
        If a conduit is impossible, a part has no known pressure, or a flow that is kept up has no
        way out; the message names the conduits.

    Examples
    --------
    >>> from comine.physics.fluids import working_fluid
    >>> loop = [
    ...     Conduit("down", "top", "foot", 100.0, 0.1, pieces=2),
    ...     Conduit("up", "foot", "top", 100.0, 0.1, pieces=2),
    ... ]
    >>> network = fluid_network(
    ...     working_fluid("water"), loop, {"top": 0.0, "foot": 100.0}, {"top": Door(1e6)}
    ... )
    >>> begun = network.begun(np.array([300.0, 300.0, 340.0, 340.0, 320.0, 340.0]))
    >>> begun[6:8].round(2)  # kg/s
    array([7.92, 7.92])
    """
    network = FluidNetwork(fluid, Layout(tuple(conduits), dict(depths), dict(doors)), source)
    for name, door in network.layout.doors.items():
        if door.temperature is not None:
            state = np.array([door.temperature]), np.array([door.pressure])
            states_of(fluid, "enthalpy", *state, partial("door {0}".format, name))
    return network
