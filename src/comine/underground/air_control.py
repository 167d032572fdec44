r"""Coolers that hold a wet bulb: duties as unknowns of the air's equations.

A control asks two coolers in series for :math:`d` [J/kg of dry air]. The first (bulk, at the
station) gives what it can, :math:`d_1 = \min(d, r_1)`, the second (at the stopes) the rest,
:math:`d_2 = \min(d - d_1, r_2)`, with :math:`r` the heat removable until the air is saturated at
the coldest temperature allowed. Either the duty is nil and the target's wet bulb below the limit,
or the limit is held, or both coolers give all they can and the limit is passed:

.. math:: d = \min(\max(d + \kappa\,(t_{wb} - t_{limit}),\ 0),\ r_1 + r_2),

one semi-smooth equation, solved with those of the air by Newton's method (primal-dual active set).

Sources
-------
- M. Hintermüller, K. Ito, K. Kunisch, SIAM J. Optim. 13 (2002) 865-888 (active sets as Newton).
"""

from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comine.physics import Array
from comine.physics.air import (
    enthalpy,
    liquid_enthalpy,
    saturated_humidity_ratio,
    state_from_enthalpy,
    wet_bulb,
)
from comine.physics.air_energy import DRY_HEAT, VAPOUR_HEAT
from comine.underground.air_balance import Parts
from comine.underground.air_draught import Index, Inlet, state_slopes, vapour_enthalpy

RESPONSE = 4000.0
"""Duty that is taken to lower the wet bulb by 1 K where sets change [J/kg/K]."""


class Coolers(NamedTuple):
    """Controls and their coolers, which are volumes of their own; (controls,) each."""

    first: Index
    """Volume of the cooler that works first."""
    second: Index
    """Volume of the one that does what the first cannot; -1 for none."""
    target: Index
    """Volume whose end keeps the limit."""
    limit: Array
    """Greatest wet bulb [K]; inf: no refrigeration."""
    coldest: Array
    """Least air temperature behind a cooler [K]."""

    @classmethod
    def none(cls) -> "Coolers":
        """No refrigeration."""
        empty, nothing = np.zeros(0, dtype=np.intp), np.zeros(0)
        return cls(empty, empty, empty, nothing, nothing)

    @property
    def paired(self) -> NDArray[np.bool_]:
        """Controls that have a second cooler."""
        return np.asarray(self.second >= 0)

    @property
    def volumes(self) -> Index:
        """First and second coolers, (2, controls); where there is no second, the first again."""
        return np.stack([self.first, np.where(self.paired, self.second, self.first)])


class Duty(NamedTuple):
    """What coolers remove; arrays are (first or second, controls) [J/kg]."""

    removed: Array
    able: Array
    """What they could remove."""
    by_wanted: Array
    by_inlet: Array
    """Shape (of cooler, by inlet of cooler, enthalpy or humidity, controls)."""
    able_by: Array
    """Of `able`, by each cooler's own inlet: (cooler, enthalpy or humidity, controls)."""


class Controlled(NamedTuple):
    """Coolers' and controls' part of the equations of air.

    Places count as in `AirStreams`: temperature, humidity, then duty; of inlets enthalpy, then
    humidity.
    """

    removed: Array
    """By both coolers [J/kg], (controls,)."""
    condensate: Array
    """Enthalpy of the water drained from both [J/kg], (controls,)."""
    volumes: Index
    """Coolers that air passes, (coolers,)."""
    removed_each: Array
    """[J/kg], (coolers,)."""
    condensate_each: Array
    residual: tuple[Array, Array, Array]
    """Temperature and humidity behind the coolers, (coolers,); controls, (controls,)."""
    by_inlet: Parts
    by_unknown: Parts


def controlled(
    coolers: Coolers,
    unknown: tuple[Array, Array, Array],
    inlet: Inlet,
    pressure: Array,
    moves: NDArray[np.bool_],
) -> Controlled:
    """Equations at a guess of temperature, humidity and what the controls want [J/kg]."""
    t, x, wanted = unknown
    size, controls = t.size, np.arange(wanted.size)
    at = coolers.volumes
    live = moves[at] & np.stack([np.ones_like(coolers.paired), coolers.paired])
    able, able_by = _removable(inlet, at, pressure, coolers.coldest)
    able, able_by = able * live, able_by * live[:, None]
    asked, by_target = _asked(coolers, unknown, pressure)
    most = able.sum(axis=0)
    idle = asked <= 0.0
    holds = ~idle & (asked < most)
    duty = _shared(wanted, able, able_by, holds)

    heat, water = inlet.enthalpy[at] - duty.removed, inlet.humidity[at]
    state = state_from_enthalpy(heat, water, pressure[at])
    drained = state.liquid * liquid_enthalpy(state.temperature) * live
    slopes = state_slopes(state.temperature, water, pressure[at], state.liquid > 0.0)
    left_by, water_by = -duty.by_inlet, np.zeros_like(duty.by_inlet)
    for k in range(2):
        left_by[k, k, 0] += 1.0
        water_by[k, k, 1] = 1.0
    by_inlet: Parts = []
    by_unknown: Parts = [
        (2 * size + controls, 2 * size + controls, np.where(holds, 0.0, 1.0)),
        (2 * size + controls, coolers.target, -(holds * by_target[0])),
        (2 * size + controls, size + coolers.target, -(holds * by_target[1])),
    ]
    full = ~(idle | holds)
    for j, q in product(range(2), repeat=2):
        column = q * size + at[j]
        by_inlet.append((2 * size + controls, column, -(full * able_by[j, q])))
        for k, part in product(range(2), repeat=2):
            slope = slopes[0][part][k] * left_by[k, j, q] + slopes[1][part][k] * water_by[k, j, q]
            on = live[k]
            by_inlet.append((part * size + at[k, on], column[on], -slope[on]))
    for k, part in product(range(2), repeat=2):
        on, effect = live[k], slopes[0][part][k] * duty.by_wanted[k]
        by_unknown.append((part * size + at[k, on], 2 * size + controls[on], effect[on]))
    own = at[live]
    return Controlled(
        duty.removed.sum(axis=0),
        drained.sum(axis=0),
        own,
        duty.removed[live],
        drained[live],
        (
            t[own] - state.temperature[live],
            x[own] - state.humidity_ratio[live],
            wanted - np.clip(asked, 0.0, most),
        ),
        by_inlet,
        by_unknown,
    )


def _removable(inlet: Inlet, at: Index, pressure: Array, coldest: Array) -> tuple[Array, Array]:
    """What coolers at volumes can remove [J/kg], and its derivatives by enthalpy and humidity."""
    water, total = inlet.humidity[at], pressure[at]
    cold = np.minimum(inlet.temperature[at], coldest)
    least = np.minimum(water, saturated_humidity_ratio(cold, total))
    drained = (water - least) * liquid_enthalpy(cold)
    able = np.maximum(inlet.enthalpy[at] - enthalpy(cold, least) - drained, 0.0)
    by_humidity = -np.where(water > least, liquid_enthalpy(cold), vapour_enthalpy(cold))
    return able, np.stack([np.ones_like(able), by_humidity], axis=1) * (able > 0.0)[:, None]


def _asked(
    coolers: Coolers, unknown: tuple[Array, Array, Array], pressure: Array
) -> tuple[Array, tuple[Array, Array]]:
    """Duty that the wet bulb asks for [J/kg], and its derivatives by the target's end."""
    at, none = coolers.target, np.zeros(coolers.limit.size)
    if np.isinf(coolers.limit).all():  # no refrigeration
        return none - np.inf, (none, none)
    t, x, total = unknown[0][at], unknown[1][at], pressure[at]
    wet = wet_bulb(t, x, total)
    by_heat, by_water = state_slopes(wet, x, total, np.ones(x.shape, dtype=bool))
    slope = RESPONSE * by_heat[0]
    by_temperature = slope * (DRY_HEAT + VAPOUR_HEAT * x)
    by_humidity = slope * vapour_enthalpy(t) + RESPONSE * by_water[0]
    return unknown[2] + RESPONSE * (wet - coolers.limit), (by_temperature, by_humidity)


def _shared(wanted: Array, able: Array, able_by: Array, holds: NDArray[np.bool_]) -> Duty:
    """Share what is wanted between the coolers.

    Where the limit is to be held, the derivatives take the last cooler as able to do more: duty
    without effect would leave the equations singular.
    """
    removed = np.stack([np.minimum(wanted, able[0]), np.clip(wanted - able[0], 0.0, able[1])])
    first = (wanted < able[0]) | (holds & (able[1] <= 0.0))
    second = ~first & ((wanted < able.sum(axis=0)) | holds)
    by_inlet = np.zeros((2, 2, 2, wanted.size))
    by_inlet[0, 0] = ~first * able_by[0]
    by_inlet[1, 0] = -1.0 * second * able_by[0]
    by_inlet[1, 1] = ~(first | second) * able_by[1]
    return Duty(removed, able, np.stack([1.0 * first, 1.0 * second]), by_inlet, able_by)
