r"""Implicit stages of skins: linear in the fluid's and the host's temperature.

A stage of length :math:`\delta` from the rings' temperatures :math:`w^*` has the heat flows
:math:`q_0 \ldots q_n` through the ring faces as unknowns (positive from the wall to the reach),

.. math::

    R_j q_j + X_{j-1} q_{j-1} + X_j q_{j+1} = w_{j-1} - w_j, \qquad
    w_j = w^*_j + \delta\,(q_j - q_{j+1})/C_j,

with the fluid's temperature above the host's before the first ring, zero behind the last. The
system is symmetric and tridiagonal. It is eliminated from the reach to the wall, so the film,
which stands only in the last pivot, may change at no cost, and

.. math:: q_0 = a + b\,T_\mathrm{fluid} + c\,T_\mathrm{host}, \qquad
          q_n = a' + b'\,T_\mathrm{fluid} + c'\,T_\mathrm{host}.

Temperatures follow from the flows, so heat is conserved to rounding in each stage. Two such stages
make a step of the method SDIRK2: second order, L-stable, both with the same pivots.

Sources
-------
- R. Alexander, SIAM J. Numer. Anal. 14 (1977) 1006-1021 (SDIRK2).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.numerics import Array
from comine.numerics.skins import Skins

__all__ = [
    "GAMMA",
    "Elimination",
    "Response",
    "Settled",
    "eliminate",
    "respond",
    "second_start",
    "settle",
    "step",
    "wall_conductance",
]

GAMMA = float(1.0 - np.sqrt(0.5))
"""Length of each stage of SDIRK2 over that of the step; the stages end at GAMMA and 1 of the step,
and a flow over the step is (1 - GAMMA) times the first stage's plus GAMMA times the second's."""


class Elimination(NamedTuple):
    """Pivots of stages of one length; serves all steps of that length."""

    skins: Skins
    rate: Array
    """Stage length over capacity, shape (rings, skins) [K/W]."""
    inverse: Array
    """Inverse of the pivots behind the wall, shape (rings, skins) [W/K]."""
    ratio: Array
    """Off-diagonal over the next pivot, shape (rings, skins) [1]."""
    pivot: Array
    """Pivot of the wall without film: its resistance, shape (skins,) [K/W]."""
    passed: Array
    """Heat handed to the host per heat through the wall, shape (skins,) [1]."""
    warmed: Array
    """Rings' temperature per heat through the wall, shape (rings, skins) [K/W]."""
    drawn: Array
    """Lengthwise moment per heat through the wall, shape (skins,) [m]."""


class Response(NamedTuple):
    """Heat flows of one stage as linear functions of temperatures, arrays of shape (skins,)."""

    wall: Array
    """Heat from the fluid with both temperatures zero, a [W]."""
    wall_fluid: Array
    """b [W/K]; c is minus b for a skin with a host, 0 for a closed one."""
    wall_host: Array
    """c [W/K]"""
    handed: Array
    """Heat to the host with both temperatures zero [W]."""
    handed_fluid: Array
    """[W/K]"""
    handed_host: Array
    """[W/K]"""
    moment: Array
    """Lengthwise moment with both temperatures zero: what `axial` conducts of the rings'
    temperature through a cross-section, times the distance over which it falls [W m]."""
    moment_fluid: Array
    """[W m/K]"""
    moment_host: Array
    """[W m/K]"""
    still: Array
    """Rings' temperature at the end while no heat passes the wall, shape (rings, skins) [K]."""


class Settled(NamedTuple):
    """A stage or a step of known temperatures."""

    temperature: Array
    """Rings' mean temperature above the host at its end, shape (rings, skins) [K]."""
    wall: Array
    """Heat from the fluid, shape (skins,); of a step its mean [W]."""
    handed: Array
    """Heat to the host, shape (skins,); of a step its mean [W]."""
    moment: Array
    """Lengthwise moment, shape (skins,); of a step its mean [W m]."""


def eliminate(skins: Skins, interval: float) -> Elimination:
    """Eliminate the rings of stages of one length.

    Parameters
    ----------
    skins : Skins
        The batch.
    interval : float
        Length of the stages [s]: `GAMMA` times that of a step of SDIRK2.

    Returns
    -------
    Elimination
        Pivots, to be kept as long as steps are equally long.

    Raises
    ------
    ValueError
        If the interval is not above 0.

    Examples
    --------
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> airway = make_skins(Shape("cylinder", [2.0], [27.0], [1.0]), Matter([3.0], [2.25e6]))
    >>> eliminate(airway, 1e15).pivot.round(4)  # of a steady state: ln(27/2) / (2 pi 3)
    array([0.1381])
    """
    if not (interval > 0.0 and np.isfinite(interval)):
        raise ValueError(f"interval must be above 0 and finite, got {interval!r}")
    rate = interval / skins.capacity
    beside = skins.cross - rate
    inverse, passed = np.empty_like(rate), np.ones_like(skins.resistance)
    pivot = skins.resistance[-1]  # without the rate of the ring before its face
    for j in range(rate.shape[0] - 1, -1, -1):
        inverse[j] = 1.0 / (rate[j] + pivot)
        pivot = skins.resistance[j] + _beyond(rate[j], skins.cross[j], pivot)
    ratio = beside * inverse
    for j in range(rate.shape[0]):
        passed[j + 1] = -ratio[j] * passed[j]
    warmed = rate * (passed[:-1] - passed[1:])
    drawn = (skins.axial * warmed).sum(axis=0)
    return Elimination(skins, rate, inverse, ratio, pivot, passed[-1], warmed, drawn)


def wall_conductance(elimination: Elimination, film: ArrayLike) -> Array:
    """Heat flow of a stage per temperature of the fluid.

    Parameters
    ----------
    elimination : Elimination
        Pivots of the stage.
    film : array_like, shape (skins,)
        Film coefficient at the wall, from 0 to ``inf`` [W/m2/K].

    Returns
    -------
    ndarray, shape (skins,)
        The coefficient b of `respond` [W/K].

    Examples
    --------
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> airway = make_skins(Shape("cylinder", [2.0], [27.0], [1.0]), Matter([3.0], [2.25e6]))
    >>> wall_conductance(eliminate(airway, 86400.0), 20.0).round(2)
    array([79.83])
    """
    conductance = np.asarray(film, dtype=float) * elimination.skins.wall_area
    nothing = np.full(conductance.shape, np.inf)
    resists = np.divide(1.0, conductance, out=nothing, where=conductance > 0.0)
    return np.asarray(1.0 / (elimination.pivot + resists))


def respond(elimination: Elimination, start: Array, film: ArrayLike) -> Response:
    """Heat flows of a stage as linear functions of the fluid's and the host's temperature.

    Parameters
    ----------
    elimination : Elimination
        Pivots of the stage.
    start : ndarray, shape (rings, skins)
        Rings' temperature above the host that the stage starts from [K].
    film : array_like, shape (skins,)
        Film coefficient at the wall [W/m2/K]; 0 shuts the wall, ``inf`` makes the fluid's
        temperature the wall's, so that any other law of the surface can be laid on top.

    Returns
    -------
    Response
        Coefficients.

    Examples
    --------
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> airway = make_skins(Shape("cylinder", [2.0], [27.0], [1.0]), Matter([3.0], [2.25e6]))
    >>> day = respond(eliminate(airway, 86400.0), np.zeros((12, 1)), 20.0)
    >>> day.wall_fluid.round(2)  # W/K from a metre of wall
    array([79.83])
    """
    rate, ratio, skins = elimination.rate, elimination.ratio, elimination.skins
    still, load = np.empty_like(start), start[-1]
    for j in range(start.shape[0] - 1, 0, -1):
        still[j] = load  # kept here until its ring is warmed
        load = start[j - 1] - start[j] - ratio[j] * load
    still[0] = load
    load = -start[0] - ratio[0] * load
    flow = np.zeros_like(load)
    for j in range(start.shape[0]):
        after = still[j] * elimination.inverse[j] - ratio[j] * flow
        still[j] = start[j] + rate[j] * (flow - after)
        flow = after
    b = wall_conductance(elimination, film)
    wall, passed, drawn = load * b, elimination.passed, elimination.drawn
    return Response(
        wall=wall,
        wall_fluid=b,
        wall_host=-b * skins.hosted,
        handed=flow + passed * wall,
        handed_fluid=passed * b,
        handed_host=-passed * b * skins.hosted,
        moment=np.einsum("ij,ij->j", skins.axial, still) + drawn * wall,
        moment_fluid=drawn * b,
        moment_host=-drawn * b * skins.hosted,
        still=still,
    )


def settle(
    elimination: Elimination, response: Response, fluid: ArrayLike, host: ArrayLike
) -> Settled:
    """End a stage whose fluid and host temperatures have been found.

    Parameters
    ----------
    elimination : Elimination
        Pivots of the stage.
    response : Response
        Its response.
    fluid, host : array_like, shape (skins,)
        Temperature of fluid and host at the stage's end [K]; the host's is not used for closed
        skins.

    Returns
    -------
    Settled
        Rings' temperatures and heat flows at the stage's end.

    Examples
    --------
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> airway = make_skins(Shape("cylinder", [2.0], [27.0], [1.0]), Matter([3.0], [2.25e6]))
    >>> day = eliminate(airway, 86400.0)
    >>> settle(day, respond(day, np.zeros((12, 1)), 20.0), 300.0, 310.0).wall.round(1)
    array([-798.3])
    """
    change = response.wall_fluid * np.asarray(fluid) + response.wall_host * np.asarray(host)
    wall = response.wall + change
    warmed = elimination.warmed * wall
    warmed += response.still
    return Settled(
        temperature=warmed,
        wall=wall,
        handed=response.handed + elimination.passed * change,
        moment=response.moment + elimination.drawn * change,
    )


def second_start(before: Array, first: Array) -> Array:
    r"""Temperatures that the second stage of SDIRK2 starts from.

    Parameters
    ----------
    before, first : ndarray
        Temperatures before the step and at the end of its first stage [K].

    Returns
    -------
    ndarray
        Start of the second stage [K].

    Notes
    -----
    :math:`T + (1 - \gamma)/\gamma\,(T_1 - T)`: the step with the first stage's rate without the
    second's share.

    Examples
    --------
    >>> second_start(np.array([0.0]), np.array([1.0])).round(4)
    array([2.4142])
    """
    start = np.subtract(first, before)
    start *= (1.0 - GAMMA) / GAMMA
    start += before
    return np.asarray(start)


def step(
    elimination: Elimination,
    temperature: Array,
    film: ArrayLike,
    fluid: ArrayLike,
    host: ArrayLike,
) -> Settled:
    """One step of SDIRK2 with known temperatures of fluid and host.

    Parameters
    ----------
    elimination : Elimination
        Pivots of stages of `GAMMA` times the step's length.
    temperature : ndarray, shape (rings, skins)
        Rings' temperature above the host before the step [K].
    film : array_like, shape (2, skins) or what broadcasts with it
        Film coefficient in the two stages [W/m2/K].
    fluid, host : array_like, shape (2, skins) or what broadcasts with it
        Temperatures at the ends of the stages, `GAMMA` and 1 of the step [K].

    Returns
    -------
    Settled
        Temperatures at the end, mean heat flows over the step: their difference times the step's
        length is the change of the heat stored, to rounding.

    Examples
    --------
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> airway = make_skins(Shape("cylinder", [2.0], [200.0], [1.0]), Matter([3.0], [2.2525e6]))
    >>> hour, w = eliminate(airway, GAMMA * 3600.0), np.zeros((12, 1))
    >>> for _ in range(25):
    ...     w, wall, *_ = step(hour, w, 20.0, 1.0, 0.0)
    >>> wall.round(1)  # mean of the 25th hour; exact 62.4 W
    array([62.])
    """
    shape = (2, temperature.shape[1])
    films, fluids, hosts = (
        np.broadcast_to(np.asarray(each, dtype=float), shape) for each in (film, fluid, host)
    )
    one = settle(elimination, respond(elimination, temperature, films[0]), fluids[0], hosts[0])
    start = second_start(temperature, one.temperature)
    two = settle(elimination, respond(elimination, start, films[1]), fluids[1], hosts[1])
    means = ((1.0 - GAMMA) * a + GAMMA * b for a, b in zip(one[1:], two[1:], strict=True))
    return Settled(two.temperature, *means)


def _beyond(rate: Array, cross: Array, behind: Array) -> Array:
    """Give rate - (rate - cross)^2 / (rate + behind), without loss of digits for long intervals."""
    shut = np.isinf(behind)
    known = np.where(shut, 0.0, behind)
    through = (rate * (known + 2.0 * cross) - cross**2) / (rate + known)
    return np.asarray(np.where(shut, rate, through))
