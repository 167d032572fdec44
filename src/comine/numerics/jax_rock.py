r"""Heat in rock over given steps, with gradients of whatever is made of its temperatures.

The cells, sides and two implicit stages of `conduction` and `stepping`, on arrays of JAX, and
optionally a fracture along the side of smallest y through which water flows from small to great
x. Steps are given beforehand; the gradient follows the same steps backwards. Numbers are of double
precision within the functions of this module; nothing is switched for other users of JAX.
Needs the extra `gradients`.

Sources
-------
Alexander, R. (1977), SIAM J. Numer. Anal. 14, 1006-1021 (the two-stage method).
Griewank, A. & Walther, A. (2008), Evaluating Derivatives, 2nd edition, SIAM, chapters 3 and 12.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.numerics import Array
from comine.numerics._jax_faces import conductance, links, side_areas
from comine.numerics._stage_rock import PAST
from comine.numerics.checks import require
from comine.numerics.conduction import FACES, Conduction, Drive
from comine.numerics.jax_operators import (
    Cells,
    Diffusion,
    FractureFlow,
    Matrix,
    Values,
    Vector,
    differentiable_solve,
    jax,
    jnp,
)
from comine.numerics.skin_stage import GAMMA


@dataclass(frozen=True)
class Fracture:
    """Plane of flowing water along the side y = low, seen from one of two equal halves of rock."""

    aperture: float = 1e-3
    """Width of the whole fracture [m]; half of it is of this half."""
    capacity: float = 4.2e6
    """Heat capacity of the water [J/m3/K]."""
    film: float = np.inf
    """Film coefficient between water and rock [W/m2/K]."""

    def __post_init__(self) -> None:
        for name, unit in (("aperture", "m"), ("capacity", "J/m3/K"), ("film", "W/m2/K")):
            require(getattr(self, name) > 0, name, getattr(self, name), f"a value above 0 {unit}")


@dataclass(frozen=True, eq=False)
class Run:
    """What stays the same while inputs change."""

    rock: Conduction
    """Grid, sides and source; conductivity and capacity are those to begin with."""
    steps: Array
    """Lengths of the steps [s]."""
    fracture: Fracture | None = None
    """Fracture along the side y = low, which must then be insulated."""
    begin: float = 0.0
    """Time at the beginning, for sides that are functions of time [s]."""
    tolerance: float = 1e-9
    """Residual of a linear system over its right side."""
    iterations: int = 5000
    """Iterations allowed in a linear system."""

    def __post_init__(self) -> None:
        steps = np.asarray(self.steps, dtype=float)
        if steps.ndim != 1 or not steps.size:
            raise ValueError(f"steps: got shape {steps.shape}; give a row of one or more lengths")
        require(np.isfinite(steps) & (steps > 0), "steps", steps, "finite lengths above 0 s")
        for name in ("tolerance", "iterations"):
            require(getattr(self, name) > 0, name, getattr(self, name), "a value above 0")
        if not self.rock.linear:
            raise ValueError("rock: got a conductivity that follows temperature; give numbers")
        low = self.rock.sides.y_low
        if self.fracture and (np.any(low.coefficient) or callable(low.flux) or np.any(low.flux)):
            raise ValueError("sides, y_low: got an exchange beside a fracture; leave it insulated")
        object.__setattr__(self, "steps", steps)


class Inputs(NamedTuple):
    """What gradients are taken with respect to; gradients come in the same form."""

    conductivity: Array | Values
    """Of the cells, or of each axis (3, x, y, z) [W/m/K]."""
    capacity: Array | Values
    """Of the cells [J/m3/K]."""
    start: Array | Values
    """Temperature of the cells at the beginning [K]; the fluid begins at that of its rock."""
    flow: Array | Values
    """Flow of the whole fracture through a metre of height, number or (z,) [m2/s]."""
    inlet: Array | Values
    """Temperature of the water that enters, number or one for each step [K]."""


class Temperatures(NamedTuple):
    """Temperatures at the ends of the steps [K]."""

    rock: Array | Values
    """Of the cells, shape (steps, x, y, z)."""
    fluid: Array | Values
    """Of the water, shape (steps, x, z); (steps, 0, 0) without a fracture."""


Scalar = Callable[[Temperatures], Values]
"""Number made of temperatures by functions of `jax.numpy`."""


def inputs(run: Run, start: ArrayLike, flow: ArrayLike = 0.0, inlet: ArrayLike = 0.0) -> Inputs:
    """Inputs to begin with: those of the rock as it was given.

    Parameters
    ----------
    run : Run
        The rock.
    start : float or ndarray, shape (x, y, z)
        Temperature at the beginning [K].
    flow : float or ndarray, shape (z,)
        Flow of the whole fracture through a metre of height [m2/s].
    inlet : float or ndarray, shape (steps,)
        Temperature of the water that enters [K].

    Returns
    -------
    Inputs
        Conductivity and capacity of each cell, and the rest as given.

    Raises
    ------
    ValueError
        If a shape does not fit or a number is out of range.

    Examples
    --------
    >>> from comine.numerics.grid import Grid
    >>> run = Run(Conduction(Grid([0, 1], [0, 1], [0, 1, 2]), 3.0, 2e6), [1e6, 1e6])
    >>> inputs(run, 300.0).conductivity
    array([[[3., 3.]]])
    """
    if not run.rock.linear:
        raise ValueError("rock: got properties that depend on temperature; give fixed ones")
    shape, k = run.rock.grid.shape, np.asarray(run.rock.conductivity, dtype=float)
    made = Inputs(
        np.array(np.broadcast_to(k, k.shape if k.ndim == 4 else shape)),
        np.array(run.rock.heat_capacity / run.rock.grid.volumes),
        np.array(np.broadcast_to(start, shape), dtype=float),
        np.array(flow, dtype=float),
        np.array(inlet, dtype=float),
    )
    _check(run, made)
    return made


def forward(run: Run) -> Callable[[Inputs], Temperatures]:
    r"""Function that gives the temperatures for inputs, compiled at its first call.

    Parameters
    ----------
    run : Run
        Cells and steps.

    Returns
    -------
    callable
        Takes Inputs and gives Temperatures; raises a ValueError where an input is out of
        range, an ArithmeticError where a linear system does not converge.

    Notes
    -----
    Two implicit stages of second order, :math:`\gamma = 1 - \sqrt{1/2}` (Alexander 1977), as
    `stepping.advance` without its control of the error. Water: :math:`C\dot T_i =
    m(T_{i-1} - T_i) + g(T_r - T_i)` with m the heat capacity flow of half the fracture.

    Examples
    --------
    >>> from comine.numerics.grid import Grid
    >>> run = Run(Conduction(Grid([0, 1], [0, 1], [0, 1, 2]), 3.0, 2e6), [1e5, 1e5])
    >>> start = inputs(run, [[[300.0, 340.0]]])
    >>> forward(run)(start).rock[:, 0, 0].round(1)
    array([[305.2, 334.8],
           [309. , 331. ]])
    """
    compiled = jax.jit(lambda given: _temperatures(run, given))

    def call(given: Inputs) -> Temperatures:
        _check(run, given)
        with jax.enable_x64(True):
            reached = Temperatures(*(np.asarray(each) for each in compiled(_doubles(given))))
        _converged(reached.rock)
        return reached

    return call


def gradient(run: Run, scalar: Scalar) -> Callable[[Inputs], tuple[float, Inputs]]:
    r"""Function that gives a number made of temperatures and its gradient, compiled at first call.

    Parameters
    ----------
    run : Run
        Cells and steps.
    scalar : callable
        Makes the number of Temperatures at the ends of all steps, by functions of `jax.numpy`.

    Returns
    -------
    callable
        Takes Inputs; gives the number and its derivatives by each input, as Inputs.
        Raises as that of `forward`.

    Notes
    -----
    Reverse mode with the linear systems differentiated implicitly: each stage costs one more
    system, with the transpose. Kept for each step are the temperatures and the solutions of its
    two stages; the rest is computed again on the way back (Griewank & Walther 2008, chapter 12).

    Examples
    --------
    >>> from comine.numerics.grid import Grid
    >>> run = Run(Conduction(Grid([0, 1], [0, 1], [0, 1, 2]), 3.0, 2e6), [1e5, 1e5])
    >>> warmest = gradient(run, lambda reached: reached.rock[-1].max())
    >>> value, slope = warmest(inputs(run, [[[300.0, 340.0]]]))
    >>> round(value, 1), slope.conductivity.round(2)
    (331.0, array([[[-1.11, -1.11]]]))
    """
    compiled = jax.jit(jax.value_and_grad(lambda given: scalar(_temperatures(run, given))))

    def call(given: Inputs) -> tuple[float, Inputs]:
        _check(run, given)
        with jax.enable_x64(True):
            value, slope = compiled(_doubles(given))
        derivatives = Inputs(*(np.asarray(each) for each in slope))
        _converged(*derivatives, np.asarray(value))
        return float(value), derivatives

    return call


def _doubles(given: Inputs) -> Inputs:
    return Inputs(*(jnp.asarray(each, dtype=jnp.float64) for each in given))


def _check(run: Run, given: Inputs) -> None:
    """Refuse inputs that do not fit the run or are out of range."""
    shape, count = run.rock.grid.shape, run.steps.size
    allowed: tuple[list[tuple[int, ...]], ...] = (
        [shape, (3, *shape)],
        [shape],
        [shape],
        [(), shape[2:]],
        [(), (count,)],
    )
    for name, value, shapes in zip(Inputs._fields, given, allowed, strict=True):
        if np.shape(value) not in shapes:
            wanted = " or ".join(str(each) for each in shapes)
            raise ValueError(f"{name}: got shape {np.shape(value)}; give {wanted}")
        v = np.asarray(value)
        require(np.isfinite(v), name, v, "finite values")
    k, capacity, _, flow, _ = (np.asarray(each) for each in given)
    require(k >= 0, "conductivity", k, "values of 0 W/m/K or more")
    require(capacity > 0, "capacity", capacity, "values above 0 J/m3/K")
    require(flow >= 0, "flow", flow, "values of 0 m2/s or more, towards greater x")


def _converged(*values: Array | Values) -> None:
    if not all(np.all(np.isfinite(each)) for each in values):
        raise ArithmeticError(
            "a linear system of a step does not converge; allow more iterations, a wider "
            "tolerance or shorter steps"
        )


class _Drives(NamedTuple):
    """What acts from outside in one step, or in all of them along a first axis."""

    step: Values
    """Length [s]."""
    beyond: tuple[Values, ...]
    """Temperature beyond each side at both stages [K]."""
    flux: tuple[Values, ...]
    """Heat flux into each side at both stages [W/m2]."""
    inlet: Values
    """Temperature of the water that enters [K]."""


def _temperatures(run: Run, given: Inputs) -> Temperatures:
    """Temperatures at the ends of all steps; the part that is differentiated."""
    grid, areas = run.rock.grid, side_areas(run.rock.grid)
    k, capacity, start, volume, inlet = (jnp.asarray(each) for each in given)
    k = jnp.broadcast_to(k, (3, *grid.shape))
    sides = [conductance(grid, k, n, side.coefficient) for n, side in enumerate(run.rock.sides)]
    produced = jnp.asarray(np.broadcast_to(run.rock.produced, grid.shape))
    shift = jnp.zeros(grid.shape)
    for face, outwards in zip(FACES, sides, strict=True):
        shift = shift.at[face].add(outwards)
    diffusion = Diffusion(links(grid, k), shift)
    stored, drives = capacity * grid.volumes, _drives(run, inlet)

    def entering(now: _Drives, stage: int) -> Values:
        """Heat that would enter cells at 0 K from sources and sides [W]."""
        heat = produced
        for number, face in enumerate(FACES):
            beyond, flux = now.beyond[number][stage], now.flux[number][stage]
            heat = heat.at[face].add(sides[number] * beyond + areas[number] * flux)
        return heat

    if run.fracture is None:
        rock = _march(run, diffusion, (stored, start), entering, drives)
        return Temperatures(rock, jnp.zeros((run.steps.size, 0, 0)))
    half = 0.5 * run.fracture.capacity
    carried = half * volume * grid.widths[2]
    exchange = conductance(grid, k, 2, run.fracture.film)
    both = FractureFlow(diffusion, exchange, carried, jnp.zeros(exchange.shape))
    water = jnp.asarray(half * run.fracture.aperture * areas[2])

    def entering_both(now: _Drives, stage: int) -> Cells:
        fluid = jnp.zeros(exchange.shape).at[0].set(carried * now.inlet)
        return Cells(entering(now, stage), fluid)

    begin = Cells(stored, water), Cells(start, start[:, 0])
    return Temperatures(*_march(run, both, begin, entering_both, drives))


def _march(
    run: Run,
    matrix: Matrix[Vector],
    cells: tuple[Vector, Vector],
    entering: Callable[[_Drives, int], Vector],
    drives: _Drives,
) -> Vector:
    """Temperatures at the ends of the steps, from capacities [J/K] and temperatures of cells."""
    stored, start = cells

    def step(state: tuple[Vector, Vector], now: _Drives) -> tuple[tuple[Vector, Vector], Vector]:
        temperature, rate = state
        time = GAMMA * now.step
        over_step: Vector = jax.tree.map(lambda c: c / time, stored)
        stage, left = matrix.with_shift(over_step), matrix.apply(temperature)
        right: Vector = jax.tree.map(jnp.subtract, entering(now, 0), left)
        guess: Vector = jax.tree.map(lambda v: time * v, rate)
        first = differentiable_solve(stage, right, guess, run.tolerance, run.iterations)
        right = jax.tree.map(
            lambda q, a, c, d: q - a + PAST * c * d, entering(now, 1), left, over_step, first
        )
        guess = jax.tree.map(lambda d: d / GAMMA, first)
        second = differentiable_solve(stage, right, guess, run.tolerance, run.iterations)
        after: Vector = jax.tree.map(jnp.add, temperature, second)
        rate = jax.tree.map(lambda d, e: (d - PAST * e) / time, second, first)
        return (after, jax.lax.stop_gradient(rate)), after

    kept = jax.checkpoint(step, prevent_cse=False, policy=_solutions)
    still: Vector = jax.tree.map(jnp.zeros_like, start)
    reached: Vector = jax.lax.scan(kept, (start, still), drives)[1]
    return reached


def _solutions(primitive: object, *_: object, **__: object) -> bool:
    """Whether to keep what an operation gives: solutions of systems, which cost most."""
    return primitive is jax.lax.linear_solve_p


def _drives(run: Run, inlet: Values) -> _Drives:
    """What acts from outside, at both stages of all steps."""
    begins = run.begin + np.concatenate([[0.0], np.cumsum(run.steps)[:-1]])
    times = begins[:, None] + np.array([GAMMA, 1.0]) * run.steps[:, None]

    def at_stages(drive: Drive) -> Values:
        both = [[drive(t) if callable(drive) else drive for t in row] for row in times.tolist()]
        return jnp.asarray(np.array(both, dtype=float))

    beyond = tuple(at_stages(side.temperature) for side in run.rock.sides)
    flux = tuple(at_stages(side.flux) for side in run.rock.sides)
    return _Drives(jnp.asarray(run.steps), beyond, flux, jnp.broadcast_to(inlet, run.steps.shape))
