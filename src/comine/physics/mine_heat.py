r"""Heat balance of a mine by depth, lumped: what must be cooled, and what air alone would take.

One number stands for the walls and one for the air: enough to show how cooling grows with depth.
Studies use the climate of all openings instead.

Sources
-------
McPherson, M. J. (2009). Subsurface Ventilation Engineering, 2nd ed., chapter 15, for the parts of
the balance (recalled, not verified against the printed source).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.bounds import within

__all__ = [
    "AirAlone",
    "LumpedMine",
    "MineHeat",
    "air_alone",
    "mine_heat",
    "refrigeration_duty",
]

_GRAVITY = 9.81


class LumpedMine(NamedTuple):
    """A mine in ten numbers."""

    surface_temperature: float
    """Of the rock [K]."""
    gradient: float
    """Of the rock's temperature [K/m]."""
    air_flow: float
    """[kg/s]."""
    air_temperature: float
    """At the working places [K]."""
    wall_conductance: float
    """Of all walls [W/K]."""
    ore_heat_rate: float
    """Heat capacity rate of the ore [W/K]."""
    machinery: float
    """Heat of the machines [W]."""
    enthalpy_rise: float
    """What the air may gain from the surface to where it is rejected [J/kg]."""
    fan_power: float
    """At this flow of air [W]."""
    ore_rate: float
    """[kg/s]."""


class MineHeat(NamedTuple):
    """Parts of the heat that the air takes up [W]."""

    autocompression: Array
    strata: Array
    ore: Array
    machinery: Array

    @property
    def total(self) -> Array:
        """Sum of the parts [W]."""
        return np.asarray(self.autocompression + self.strata + self.ore + self.machinery)


class AirAlone(NamedTuple):
    """Air that takes all heat without refrigeration [kg/s] and the power of its fans [W]."""

    air_flow: Array
    power: Array


def mine_heat(mine: LumpedMine, depth: ArrayLike) -> MineHeat:
    r"""Heat that the air of a mine takes up by depth.

    Parameters
    ----------
    mine : LumpedMine
        The mine.
    depth : array_like, shape (...)
        Depth [m], 0 or more.

    Returns
    -------
    MineHeat
        Parts [W], each of shape (...). Walls and ore colder than the air take heat from it.

    Raises
    ------
    ValueError
        If a depth is negative.

    Notes
    -----
    .. math:: Q = m g z + (UA + C_{ore})(T_0 + G z - T_a) + P

    Examples
    --------
    >>> mine = LumpedMine(286.15, 0.03, 720.0, 303.15, 235.6e3, 78.7e3, 10.2e6, 37e3, 2e6, 92.6)
    >>> (mine_heat(mine, [1000.0, 2000.0]).total / 1e6).round(2)
    array([21.35, 37.84])
    """
    z = within("depth", depth, 0.0)
    warmth = mine.surface_temperature + mine.gradient * z - mine.air_temperature
    return MineHeat(
        np.asarray(mine.air_flow * _GRAVITY * z),
        np.asarray(mine.wall_conductance * warmth),
        np.asarray(mine.ore_heat_rate * warmth),
        np.full(z.shape, mine.machinery),
    )


def refrigeration_duty(mine: LumpedMine, depth: ArrayLike) -> Array:
    r"""Heat that the air cannot carry out and refrigeration must.

    Parameters
    ----------
    mine : LumpedMine
        The mine.
    depth : array_like, shape (...)
        Depth [m], 0 or more.

    Returns
    -------
    ndarray, shape (...)
        :math:`\max(Q - m\,\Delta h, 0)` [W].

    Raises
    ------
    ValueError
        If a depth is negative.

    Examples
    --------
    >>> mine = LumpedMine(286.15, 0.03, 720.0, 303.15, 235.6e3, 78.7e3, 10.2e6, 37e3, 2e6, 92.6)
    >>> (refrigeration_duty(mine, [1000.0, 2000.0]) / 1e6).round(2)
    array([ 0. , 11.2])
    """
    carried = mine.air_flow * mine.enthalpy_rise
    return np.asarray(np.maximum(mine_heat(mine, depth).total - carried, 0.0))


def air_alone(mine: LumpedMine, depth: ArrayLike) -> AirAlone:
    r"""More air instead of refrigeration.

    Parameters
    ----------
    mine : LumpedMine
        The mine.
    depth : array_like, shape (...)
        Depth [m], 0 or more.

    Returns
    -------
    AirAlone
        Flow [kg/s], at least the mine's, and fan power [W], each of shape (...); infinite from the
        depth on where autocompression uses up all that the air may gain.

    Raises
    ------
    ValueError
        If a depth is negative.

    Notes
    -----
    .. math:: m' = \frac{Q - m g z}{\Delta h - g z}, \qquad P' = P\,(m'/m)^3

    through the same airways, whose walls give the same heat.

    Examples
    --------
    >>> mine = LumpedMine(286.15, 0.03, 720.0, 303.15, 235.6e3, 78.7e3, 10.2e6, 37e3, 2e6, 92.6)
    >>> air = air_alone(mine, [1000.0, 2000.0, 4000.0])
    >>> air.air_flow.round(1), (air.power / 1e6).round(2)
    (array([ 720. , 1364.5,    inf]), array([ 2.  , 13.61,   inf]))
    """
    heat = mine_heat(mine, depth)
    left = mine.enthalpy_rise - _GRAVITY * np.asarray(depth, dtype=float)
    rest = heat.total - heat.autocompression
    able = left > 0.0
    flow = np.where(able, rest / np.where(able, left, 1.0), np.inf)
    flow = np.maximum(flow, mine.air_flow)
    return AirAlone(flow, np.asarray(mine.fan_power * (flow / mine.air_flow) ** 3))
