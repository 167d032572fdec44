r"""Rubble with two temperatures: a fluid that flows through a bed of blocks.

The bed is a chain of pieces along the flow. In each the blocks are spheres of one size, one closed
skin of shells for all of them (`comine.numerics.skins`), and touch the fluid over a film. A stage
of length :math:`\delta` eliminates the shells, so that the blocks of a piece take
:math:`q = a + b\,T` from the fluid, and the fluid obeys

.. math:: F\,\frac{\mathrm dT}{\mathrm dn} + b\,T + a + \frac{C_f}{\delta}(T - T^*) = 0

along the piece, n from 0 to 1: it tends to the equilibrium of what the blocks and the piece hold.
This is taken as a straight line over each piece, with the slope that van Leer's limiter allows, and
the solution is an exponential: outlet and mean are means of the inlet and of temperatures nearby
with weights between 0 and 1, so that no stage overshoots. The pieces follow one another, without
iteration. Second order in the length of the pieces.

Sources
-------
- T. E. W. Schumann, J. Franklin Inst. 208 (1929) 405-416 (fluid and blocks of one temperature
  each).
- K. Pruess, T. N. Narasimhan, SPE Journal 25 (1985) 14-26 (blocks with temperatures within).
- B. van Leer, J. Comput. Phys. 14 (1974) 361-370 (the limiter).
- R. Alexander, SIAM J. Numer. Anal. 14 (1977) 1006-1021 (SDIRK2).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import solve_banded

from comine.numerics import Array
from comine.numerics.checks import require
from comine.numerics.skin_stage import GAMMA, Elimination, eliminate, respond, second_start, settle
from comine.numerics.skins import Matter, Shape, Skins, heat_stored, make_skins


class Bed(NamedTuple):
    """Pieces of rubble along a flow."""

    blocks: Skins
    """All blocks of each piece as one closed skin, shape (shells, pieces)."""
    film: Array
    """Film coefficient between fluid and blocks, shape (pieces,) [W/m2/K]."""
    fluid_capacity: Array
    """Heat capacity of the fluid in each piece, shape (pieces,) [J/K]."""


class BedState(NamedTuple):
    """Temperatures of a bed."""

    fluid: Array
    """Mean of the fluid in each piece, shape (pieces,) [K]."""
    blocks: Array
    """Mean of each shell, shape (shells, pieces) [K]."""


class Passage(NamedTuple):
    """What a stretch of time gives."""

    state: BedState
    """At its end."""
    outlet: Array
    """Temperature of the fluid that leaves, at the end of each step, shape (steps,) [K]."""
    entered: Array
    """Heat that came in with the fluid, each step, shape (steps,) [J]."""
    left: Array
    """Heat that went out with it, each step, shape (steps,) [J]."""


def make_bed(
    volume: ArrayLike,
    porosity: ArrayLike,
    radius: ArrayLike,
    matter: Matter,
    film: ArrayLike,
    fluid_capacity: ArrayLike,
    shells: int = 8,
) -> Bed:
    r"""Bed of blocks of one size in each piece.

    Parameters
    ----------
    volume : array_like, shape (pieces,)
        Volume of each piece, blocks and voids, in the order of the flow [m3].
    porosity : array_like
        Share of the voids [1].
    radius : array_like
        Radius of the blocks: half of the diameter of the same surface per volume [m].
    matter : Matter
        Conductivity and heat capacity of the blocks.
    film : array_like
        Film coefficient between fluid and blocks [W/m2/K].
    fluid_capacity : array_like
        Heat capacity of a volume of the fluid [J/m3/K].
    shells : int
        Shells of a block [1]; they grow inwards from a hundredth of the greatest radius, or are
        equal in blocks that are small beside it.

    Returns
    -------
    Bed
        The bed.

    Raises
    ------
    ValueError
        If the porosity is not between 0 and 1 or another argument is out of range.

    Notes
    -----
    A volume holds blocks of the surface :math:`3(1-\phi)/r` per volume.

    Examples
    --------
    >>> bed = make_bed([10.0, 10.0], 0.3, 0.15, Matter(3.0, 2.3e6), 47.4, 4.1e6)
    >>> bed.blocks.wall_area.round(6)
    array([140., 140.])
    """
    v = np.atleast_1d(np.asarray(volume, dtype=float))
    require(v > 0, "volume", v, "volumes above 0 m3")
    share, r, h, c = (np.broadcast_to(x, v.shape) for x in (porosity, radius, film, fluid_capacity))
    require((share > 0) & (share < 1), "porosity", share, "shares between 0 and 1")
    require(r > 0, "radius", r, "radii above 0 m")
    require((h > 0) & ~np.isnan(h), "film", h, "values above 0 W/m2/K")
    require((c >= 0) & np.isfinite(c), "fluid_capacity", c, "finite values of 0 J/m3/K or more")
    count = (1 - share) * v / (4 / 3 * np.pi * r**3)
    shape = Shape("sphere", r, np.zeros_like(r), count)
    k, heat = (np.broadcast_to(np.asarray(x, dtype=float), v.shape) for x in matter)
    for name, value in zip(Matter._fields, (k, heat), strict=True):
        require((value > 0) & np.isfinite(value), name, value, "finite values above 0")
    soonest = float(np.max((0.015 * r) ** 2 * heat / k))
    return Bed(
        make_skins(shape, Matter(k, heat), None, shells, soonest), np.array(h, float), share * v * c
    )


def at_rest(bed: Bed, temperature: ArrayLike) -> BedState:
    """State in which fluid and blocks of each piece have one temperature.

    Parameters
    ----------
    bed : Bed
        The bed.
    temperature : array_like, shape (pieces,) or what broadcasts with it
        Temperature [K].

    Returns
    -------
    BedState
        The state.

    Examples
    --------
    >>> bed = make_bed([10.0, 10.0], 0.3, 0.15, Matter(3.0, 2.3e6), 47.4, 4.1e6)
    >>> at_rest(bed, 350.0).blocks.shape
    (8, 2)
    """
    t = np.asarray(temperature, dtype=float)
    return BedState(
        np.array(np.broadcast_to(t, bed.film.shape)),
        np.array(np.broadcast_to(t, bed.blocks.capacity.shape)),
    )


def heat_in_bed(bed: Bed, state: BedState) -> float:
    """Heat of fluid and blocks above 0 K.

    Parameters
    ----------
    bed : Bed
        The bed.
    state : BedState
        Its temperatures.

    Returns
    -------
    float
        Heat [J].

    Examples
    --------
    >>> bed = make_bed([10.0], 0.3, 0.15, Matter(3.0, 2.3e6), 47.4, 4.1e6)
    >>> round(heat_in_bed(bed, at_rest(bed, 1.0)))  # 7 m3 of rock, 3 m3 of water
    28400000
    """
    return float(bed.fluid_capacity @ state.fluid + heat_stored(bed.blocks, state.blocks).sum())


def pass_through(bed: Bed, state: BedState, flow: float, inlet: ArrayLike, step: float) -> Passage:
    r"""Let fluid flow through a bed for a number of equal steps.

    Parameters
    ----------
    bed : Bed
        The bed.
    state : BedState
        Its temperatures at first.
    flow : float
        Flow of heat capacity from the first piece to the last [W/K]; below 0 from the last to the
        first.
    inlet : array_like, shape (steps, 2)
        Temperature of the fluid that enters, at `GAMMA` and at the end of each step [K].
    step : float
        Length of a step [s].

    Returns
    -------
    Passage
        State at the end, outlet, and the heat that came and went in each step.

    Raises
    ------
    ValueError
        If an argument is out of range or of the wrong shape.

    Notes
    -----
    SDIRK2. In each stage, with :math:`N = (b + C_f/\delta)/F`, the equilibrium
    :math:`T_e = (C_f T^*/\delta - a)/(b + C_f/\delta)` of a piece and half its rise r over it,

    .. math:: T_\mathrm{out} = T_\mathrm{in}e^{-N} + T_e(1 - e^{-N}) + r(1 + e^{-N} - 2w), \qquad
              \bar T = T_e + w\,(T_\mathrm{in} - T_e + r) - 2r\,(1 - w)/N,

    where :math:`w = (1 - e^{-N})/N`.
    No heat is conducted along the bed. What came in less what went out is the change of
    `heat_in_bed`, to rounding.

    Examples
    --------
    >>> bed = make_bed(np.full(20, 0.5), 0.3, 0.15, Matter(3.0, 2.3e6), 47.4, 4.1e6)
    >>> hours = pass_through(bed, at_rest(bed, 350.0), 410.0, np.full((48, 2), 290.0), 3600.0)
    >>> hours.outlet[[5, 17, 47]].round(1)
    array([350. , 323.9, 290. ])
    """
    entering = np.asarray(inlet, dtype=float)
    if entering.ndim != 2 or entering.shape[1] != 2:
        raise ValueError(f"inlet: got shape {entering.shape}; give (steps, 2)")
    require(np.isfinite(entering), "inlet", entering, "finite temperatures")
    require(np.isfinite(flow) & (flow != 0), "flow", flow, "a finite flow that is not 0 W/K")
    require(np.isfinite(step) & (step > 0), "step", step, "a finite step above 0 s")
    interval = GAMMA * step
    elimination = eliminate(bed.blocks, interval)
    outlet, heat = np.empty(entering.shape), abs(flow) * step * np.array([1 - GAMMA, GAMMA])
    for warm, out in zip(entering, outlet, strict=True):
        middle, out[0] = _stage(bed, interval, elimination, state, flow, warm[0])
        start = BedState(*map(second_start, state, middle))
        state, out[1] = _stage(bed, interval, elimination, start, flow, warm[1])
    return Passage(state, outlet[:, 1], entering @ heat, outlet @ heat)


def _stage(
    bed: Bed,
    interval: float,
    elimination: Elimination,
    start: BedState,
    flow: float,
    warm: float,
) -> tuple[BedState, float]:
    """State at the end of a stage and what leaves then."""
    response = respond(elimination, start.blocks, bed.film)
    stored = bed.fluid_capacity / interval
    rate = response.wall_fluid + stored
    equilibrium = (stored * start.fluid - response.wall) / rate
    fluid, outlet = _along(equilibrium, rate / abs(flow), warm, flow)
    return BedState(fluid, settle(elimination, response, fluid, 0.0).temperature), outlet


def _along(equilibrium: Array, units: Array, warm: float, flow: float) -> tuple[Array, float]:
    """Mean in each piece and outlet of a fluid that tends to an equilibrium in each."""
    order = slice(None, None, 1 if flow > 0 else -1)
    rest, n = equilibrium[order], units[order]
    kept, half = np.exp(-n), _half_rise(rest, warm)
    w = -np.expm1(-n) / n
    v = np.where(n > 1e-3, (1 - w) / n, 0.5 - n / 6 + n**2 / 24)
    bands = np.stack([np.ones_like(n), np.append(-kept[1:], 0.0)])
    right = (1 - kept) * rest + half * (1 + kept - 2 * w)
    right[0] += kept[0] * warm
    after = np.asarray(solve_banded((1, 0), bands, right))
    before = np.concatenate([[warm], after[:-1]])
    mean = rest + w * (before - rest + half) - 2 * half * v
    return np.asarray(mean[order]), float(after[-1])


def _half_rise(rest: Array, warm: float) -> Array:
    """Half of the rise of the equilibrium within each piece, by van Leer's limiter."""
    step = np.diff(rest, prepend=rest[0], append=rest[-1])
    step[0] = 2 * (rest[0] - warm)
    product = step[:-1] * step[1:]
    total = step[:-1] + step[1:]
    return np.divide(product, total, out=np.zeros_like(rest), where=product > 0)
