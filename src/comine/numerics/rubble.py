r"""Rubble with two temperatures: a fluid that flows through a bed of blocks.

The bed is a chain of pieces along the flow, which is given. The blocks of a piece touch the fluid
over a film (`comine.numerics.blocks`). A stage of length :math:`\delta` eliminates their shells
(`comine.numerics.block_stage`), so that they take :math:`q = a + b\,T` from the fluid, and it obeys

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
from comine.numerics.block_stage import Pivots, begin_blocks, eliminate_blocks, end_blocks
from comine.numerics.blocks import Blocks, Rubble, blocks_at, heat_in_blocks, make_blocks
from comine.numerics.checks import require
from comine.numerics.skin_stage import GAMMA, second_start


class Bed(NamedTuple):
    """Pieces of rubble along a flow."""

    blocks: Blocks
    """Their cells are the pieces."""
    fluid_capacity: Array
    """Heat capacity of the fluid in each piece, shape (pieces,) [J/K]."""


class BedState(NamedTuple):
    """Temperatures of a bed."""

    fluid: Array
    """Mean of the fluid in each piece, shape (pieces,) [K]."""
    blocks: Array
    """Mean of each shell, shape (shells, lots) [K]."""


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


def make_bed(volume: ArrayLike, rubble: Rubble, shells: int = 8) -> Bed:
    """Bed of blocks.

    Parameters
    ----------
    volume : array_like, shape (pieces,)
        Volume of each piece, blocks and voids, in the order of the flow [m3].
    rubble : Rubble
        What fills them; the conductivity of the bed at rest is not used.
    shells : int
        Shells of a block [1].

    Returns
    -------
    Bed
        The bed.

    Raises
    ------
    ValueError
        If the heat capacity of the fluid is below 0, or as in `comine.numerics.blocks.make_blocks`.

    Examples
    --------
    >>> from comine.numerics.skins import Matter
    >>> rubble = Rubble(0.3, 0.15, Matter(3.0, 2.3e6), 47.4, 4.1e6)
    >>> make_bed([10.0, 10.0], rubble).fluid_capacity.round()
    array([12300000., 12300000.])
    """
    v = np.atleast_1d(np.asarray(volume, dtype=float))
    blocks = make_blocks(np.arange(v.size), v, rubble, shells)
    c = np.asarray(rubble.fluid_capacity, dtype=float)
    require((c >= 0) & np.isfinite(c), "fluid_capacity", c, "finite values of 0 J/m3/K or more")
    return Bed(blocks, np.asarray(rubble.porosity * v * c))


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
    >>> from comine.numerics.skins import Matter
    >>> bed = make_bed([10.0, 10.0], Rubble(0.3, 0.15, Matter(3.0, 2.3e6), 47.4, 4.1e6))
    >>> at_rest(bed, 350.0).blocks.shape
    (8, 2)
    """
    fluid = np.array(np.broadcast_to(temperature, bed.fluid_capacity.shape), dtype=float)
    return BedState(fluid, blocks_at(bed.blocks, fluid))


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
    >>> from comine.numerics.skins import Matter
    >>> bed = make_bed([10.0], Rubble(0.3, 0.15, Matter(3.0, 2.3e6), 47.4, 4.1e6))
    >>> round(heat_in_bed(bed, at_rest(bed, 1.0)))  # 7 m3 of rock, 3 m3 of water
    28400000
    """
    held = heat_in_blocks(bed.blocks, state.blocks)
    return float(bed.fluid_capacity @ state.fluid + held.sum())


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
    >>> from comine.numerics.skins import Matter
    >>> rubble = Rubble(0.3, 0.15, Matter(3.0, 2.3e6), 47.4, 4.1e6)
    >>> bed = make_bed(np.full(20, 0.5), rubble)
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
    pivots = eliminate_blocks(bed.blocks, interval)
    outlet, heat = np.empty(entering.shape), abs(flow) * step * np.array([1 - GAMMA, GAMMA])
    for warm, out in zip(entering, outlet, strict=True):
        middle, out[0] = _stage(bed, interval, pivots, state, flow, warm[0])
        start = BedState(*map(second_start, state, middle))
        state, out[1] = _stage(bed, interval, pivots, start, flow, warm[1])
    return Passage(state, outlet[:, 1], entering @ heat, outlet @ heat)


def _stage(
    bed: Bed,
    interval: float,
    pivots: Pivots,
    start: BedState,
    flow: float,
    warm: float,
) -> tuple[BedState, float]:
    """State at the end of a stage and what leaves then."""
    begun, stored = begin_blocks(bed.blocks, pivots, start.blocks), bed.fluid_capacity / interval
    rest, slope = (
        np.bincount(bed.blocks.cell, lots, stored.size) for lots in (begun.rest, pivots.slope)
    )
    rate = slope + stored
    equilibrium = (stored * start.fluid - rest) / rate
    fluid, outlet = _along(equilibrium, rate / abs(flow), warm, flow)
    return BedState(fluid, end_blocks(bed.blocks, pivots, begun, fluid)), outlet


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
