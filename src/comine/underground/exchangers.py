"""Heat exchangers in the rock: what comes out over the months, and how far they cool around them.

Both kinds live in unbounded rock of constant properties and are linear in the temperature that
the water comes in with. They do not feel each other or the mine's airways; the airways feel them.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.linalg import solve_triangular

from comine.physics import Array
from comine.physics.finite_line import line_response_at, segment_response
from comine.physics.fracture import extracted_heat
from comine.physics.sources import box_response
from comine.physics.superposition import interval_response

NODES = 24
"""Times at which a response is asked for when only its slow growth in the distance matters."""


@dataclass(frozen=True)
class Ground:
    """Rock that an exchanger lives in."""

    temperature: float
    """Undisturbed, at the exchanger [K]."""
    conductivity: float
    diffusivity: float


class Exchanger(ABC):
    """Something that takes heat from rock into water."""

    @abstractmethod
    def heat(self, edges: Array, inlet: float, capacity: float, ground: Ground) -> Array:
        """Heat taken from the rock, mean of each interval, (n,) [W].

        `edges` [s] bound the intervals and begin with the flow, `inlet` [K] is the water's
        temperature, `capacity` its flow of heat capacity [W/K].
        """

    @abstractmethod
    def step_response(self, points: Array, time: Array, ground: Ground) -> Array:
        """Fall of temperature at points for a unit of heat taken since time zero, (p, t) [K/W]."""

    def cooling(self, points: Array, edges: Array, heat: Array, ground: Ground) -> Array:
        """Fall of the rock's temperature at points (p, 3), mean of each interval, (p, n) [K]."""

        def fall(point: Array) -> Array:
            def response(time: Array) -> Array:
                return np.asarray(self.step_response(point[None], time, ground)[0])

            return np.asarray(interval_response(edges, response, NODES) @ heat)

        return np.array([fall(point) for point in points])


@dataclass(frozen=True)
class HoleFan(Exchanger):
    """Closed boreholes, all with the same share of the flow and the same heat along their length.

    Per hole the water follows an effective resistance between it and the wall, so that the outlet
    is ``wall + (inlet - wall) exp(-L / (capacity R))``; the wall's temperature is that of finite
    line sources, mean over the holes.
    """

    holes: Array
    """Start and end of each hole, (h, 2, 3) [m]."""
    receivers: Array
    """Holes whose wall is taken as the mean of all, (r, 2, 3) [m]."""
    radius: float
    resistance: float
    """Between water and wall, along a metre of hole [m K/W]."""

    @property
    def length(self) -> float:
        """Of all holes together [m]."""
        return float(np.linalg.norm(self.holes[:, 1] - self.holes[:, 0], axis=1).sum())

    def heat(self, edges: Array, inlet: float, capacity: float, ground: Ground) -> Array:
        """Heat of all holes, interval by interval, by forward substitution [W]."""
        drawdown = interval_response(edges, partial(self._wall_response, ground=ground))
        share = capacity * -np.expm1(-self.length / (capacity * self.resistance))
        matrix = np.eye(edges.size - 1) + share * drawdown / self.length
        drive = np.full(edges.size - 1, share * (ground.temperature - inlet))
        return np.asarray(solve_triangular(matrix, drive, lower=True))

    def _wall_response(self, time: Array, ground: Ground) -> Array:
        response = segment_response(
            self.holes[None],
            self.receivers[:, None],
            time,
            self.radius,
            ground.conductivity,
            ground.diffusivity,
        )
        return np.asarray(response.sum(axis=1).mean(axis=0))

    def step_response(self, points: Array, time: Array, ground: Ground) -> Array:
        """Fall by the mean of all holes [K/W]."""
        response = line_response_at(
            points[:, None],
            self.holes[None],
            time,
            self.radius,
            ground.conductivity,
            ground.diffusivity,
        )
        return np.asarray(response.sum(axis=1) / self.length)


@dataclass(frozen=True)
class FractureZone(Exchanger):
    """Equal, parallel, evenly spaced fractures in a box of rock that share the flow."""

    box: Array
    """Lower and upper corner, (2, 3) [m]."""
    fractures: int
    area: float
    """Swept face of one fracture [m²]; both faces conduct."""
    half_spacing: float

    def heat(self, edges: Array, inlet: float, capacity: float, ground: Ground) -> Array:
        """Heat of all fractures after Gringarten et al. (1975), exact means [W]."""
        drawn = self.fractures * extracted_heat(
            edges - edges[0],
            self.area,
            self.half_spacing,
            capacity / self.fractures,
            ground.conductivity,
            ground.diffusivity,
        )
        return np.asarray((ground.temperature - inlet) * np.diff(drawn) / np.diff(edges))

    def step_response(self, points: Array, time: Array, ground: Ground) -> Array:
        """Fall by a box that gives its heat evenly [K/W]."""
        return box_response(points, self.box, time, ground.conductivity, ground.diffusivity)
