r"""Moist air through many pieces of airway at once: equations and their derivatives.

The physics of a piece is that of `comine.underground.piece`, for one time and all volumes of a
network together. What the wall exchanges is taken with a mean state of the piece,

.. math:: m = (1 - w)\,\mathrm{in} + w\,\mathrm{out}, \qquad
          w = \frac{1}{1 - e^{-n}} - \frac{1}{n},

with the number of transfer units n of heat or moisture: exact for a wall of one temperature, the
middle for a short piece and the end for a long one, so that no piece overshoots its wall.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comine.physics import Array
from comine.physics.air import (
    latent_heat,
    saturation_pressure,
    saturation_pressure_slope,
    vapour_pressure,
)
from comine.physics.air_energy import VAPOUR_HEAT
from comine.physics.airway import evaporation_coefficient
from comine.physics.humidity import (
    COLDEST,
    HOTTEST,
    LATENT_SLOPE,
    MASS_RATIO,
)
from comine.underground.air_draught import Draught, Index, Inlet, summed
from comine.underground.airflow import Sources

Parts = list[tuple[Index, Index, Array]]
"""Rows, columns and values of a sparse matrix, part by part."""

_STEPS, _SETTLED = 30, 1e-6  # of the wet wall's temperature [K]: the next would be 1e-13


class Middle(NamedTuple):
    """Mean state of the air that a wall exchanges with, (volumes,)."""

    share: Array
    """Weight of the end in the mean temperature [1]."""
    moist_share: Array
    """Weight of the end in the mean humidity [1]."""
    temperature: Array
    vapour: Array
    """Pressure of the vapour [Pa]."""
    rise: Array
    """Derivative of the vapour's pressure by humidity [Pa]."""


class Contact(NamedTuple):
    """What the open wall of a skin meets, (skins,)."""

    film: Array
    """Of the whole wall, convective and radiative [W/K]."""
    moisture: Array
    """Evaporation of the whole wall by difference of vapour pressure [kg/s/Pa]; 0 where dry."""
    temperature: Array
    """Mean of the air [K]."""
    vapour: Array
    """Mean of the air [Pa]."""


class Surface(NamedTuple):
    """Walls of skins, with derivatives by the air's mean temperature and vapour, by the host."""

    wall: Array
    """[K]"""
    heat: Array
    """From the air into the skin, on the skin's side [W]."""
    evaporated: Array
    """[kg/s]"""
    drying: Array
    """Derivative of `evaporated` by the wall's temperature [kg/s/K]."""
    wall_by: tuple[Array, Array, Array]
    heat_by: tuple[Array, Array, Array]


class Balance(NamedTuple):
    """One equation of each volume, (volumes,), with its derivatives."""

    residual: Array
    inlet: tuple[Array, Array]
    """By enthalpy and humidity of what enters."""
    end: tuple[Array, Array]
    """By temperature and humidity at the end, before condensation."""
    felt: Array
    """By the host's temperature at each skin, (skins,)."""


def end_share(units: Array) -> Array:
    """Weight of the end in the mean over a piece of so many transfer units."""
    many = np.maximum(units, 1e-2)
    few = np.minimum(units, 1e-2)
    return np.where(
        units > 1e-2, -1.0 / np.expm1(-many) - 1.0 / many, 0.5 + few / 12.0 - few**3 / 720.0
    )


def middle(
    inlet: Inlet, end: tuple[Array, Array], pressure: Array, units: tuple[Array, Array]
) -> Middle:
    """Mean state between inlet and end (temperature, humidity) by units of heat and moisture."""
    share, moist = end_share(units[0]), end_share(units[1])
    humidity = (1.0 - moist) * inlet.humidity + moist * end[1]
    return Middle(
        share,
        moist,
        (1.0 - share) * inlet.temperature + share * end[0],
        vapour_pressure(humidity, pressure),
        MASS_RATIO * pressure / (MASS_RATIO + humidity) ** 2,
    )


def moisture_units(convective: Array, humidity: Array) -> Array:
    """Transfer units of moisture by wet area and flow of dry air [kg/m2/s]; none of pressure."""
    return evaporation_coefficient(convective, 1.0) * MASS_RATIO / (MASS_RATIO + humidity) ** 2


def surfaces(contact: Contact, skin: tuple[Array, Array, Array], felt: Array) -> Surface:
    """Solve the balance of each wall: what the air gives less evaporation enters the skin.

    `skin` holds heat into the skin with wall and host at nil, and its derivatives by the wall's
    and the host's temperature.
    """
    rest, slope, by_host = skin
    film, moisture, air, vapour = contact
    drive = film * air - rest - by_host * felt
    wall = drive / (slope + film)
    steep = slope + film
    drying, latent, evaporated = (np.zeros_like(wall) for _ in range(3))
    wet = np.flatnonzero(moisture > 0.0)
    if wet.size:
        t = np.clip(wall[wet], COLDEST, HOTTEST)
        wets, outside, firm = moisture[wet], vapour[wet], steep[wet]
        for _ in range(_STEPS):
            lack, heat = saturation_pressure(t) - outside, latent_heat(t)
            rise = saturation_pressure_slope(t)
            own = firm + wets * (heat * rise - LATENT_SLOPE * lack)
            new = np.clip(t - (firm * t + wets * heat * lack - drive[wet]) / own, COLDEST, HOTTEST)
            moved, t = np.abs(new - t).max(), new
            if moved < _SETTLED:
                break
        wall[wet], steep[wet], latent[wet] = t, own, heat
        drying[wet], evaporated[wet] = wets * rise, wets * (saturation_pressure(t) - outside)
    wall_by = film / steep, moisture * latent / steep, -by_host / steep
    heat_by = slope * wall_by[0], slope * wall_by[1], by_host + slope * wall_by[2]
    heat = rest + slope * wall + by_host * felt
    return Surface(wall, heat, evaporated, drying, wall_by, heat_by)


def given_heat(sources: Sources, inlet: Inlet) -> Array:
    """Sensible heat of the sources: what evaporates the exhaust's water is latent [W]."""
    return np.asarray(
        sources.machines
        + sources.broken_rock
        + sources.water
        - sources.exhaust * latent_heat(inlet.temperature)
    )


def balances(
    draught: Draught,
    inlet: Inlet,
    end: tuple[Array, Array],
    mean: Middle,
    exchange: tuple[Index, Contact, Surface],
    sources: Sources,
    lift: Array,
) -> tuple[Balance, Balance]:
    """Balances of sensible heat [K] and moisture [kg/kg] of volumes through which air passes."""
    piece, contact, skin = exchange
    flow, (t, x) = draught.divisor, end
    above = VAPOUR_HEAT * (t[piece] - skin.wall)
    # derivatives of both balances by the wall's temperature and, wall held, by the mean state
    wall_heat = above * skin.drying - VAPOUR_HEAT * skin.evaporated - contact.film
    wall_water = -skin.drying

    def total(value: Array) -> Array:
        return summed(piece, value, flow.size)

    vapour = total(skin.evaporated)
    capacity = flow * inlet.capacity
    taken = total(contact.film * (skin.wall - contact.temperature) - above * skin.evaporated)
    warmed = capacity * (t - inlet.temperature)
    gain = given_heat(sources, inlet) + flow * (1.0 + inlet.humidity) * lift
    by_mean = total(wall_heat * skin.wall_by[0] + contact.film)
    by_vapour = mean.rise * total(wall_heat * skin.wall_by[1] - above * contact.moisture)
    heat_in = inlet.chained(
        (1.0 - mean.share) * by_mean - capacity - LATENT_SLOPE * sources.exhaust,
        (1.0 - mean.moist_share) * by_vapour
        + flow * (VAPOUR_HEAT * (t - inlet.temperature) - lift),
    )
    heat = Balance(
        (warmed - taken - gain) / capacity,
        (heat_in[0] / capacity, heat_in[1] / capacity),
        (
            1.0 + (VAPOUR_HEAT * vapour + mean.share * by_mean) / capacity,
            mean.moist_share * by_vapour / capacity,
        ),
        wall_heat * skin.wall_by[2] / capacity[piece],
    )
    by_mean = total(wall_water * skin.wall_by[0]) / flow
    by_vapour = mean.rise * total(wall_water * skin.wall_by[1] + contact.moisture) / flow
    water = Balance(
        x - inlet.humidity - (vapour + sources.exhaust) / flow,
        inlet.chained((1.0 - mean.share) * by_mean, (1.0 - mean.moist_share) * by_vapour - 1.0),
        (mean.share * by_mean, 1.0 + mean.moist_share * by_vapour),
        wall_water * skin.wall_by[2] / flow[piece],
    )
    return heat, water


def placed(equations: tuple[Balance, Balance], free: NDArray[np.bool_]) -> tuple[Parts, Parts]:
    """Derivatives of volumes' equations by their inlets and their own unknowns.

    Volumes that are not free are held: by what they were or by a cooler.
    """
    size, at, held = free.size, np.flatnonzero(free), np.flatnonzero(~free)
    inlet = [
        (row * size + at, column * size + at, slope[at])
        for row, equation in enumerate(equations)
        for column, slope in enumerate(equation.inlet)
    ]
    own = [
        (row * size + at, column * size + at, slope[at])
        for row, equation in enumerate(equations)
        for column, slope in enumerate(equation.end)
    ]
    own += [(row * size + held, row * size + held, np.ones(held.size)) for row in range(2)]
    return inlet, own
