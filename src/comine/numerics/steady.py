r"""Steady conduction by algebraic multigrid.

The conductances follow the temperature by successive substitution; each system is solved by
conjugate gradients with one cycle of classical multigrid as the preconditioner.

Sources
-------
Ruge, J. W. & Stüben, K. (1987), Algebraic multigrid, in McCormick (ed.), Multigrid Methods, SIAM.
Bell, N., Olson, L. N., Schroder, J. & Southworth, B. (2023), PyAMG, J. Open Source Softw. 8, 5495.
"""

import numpy as np
import pyamg
from scipy.sparse import csr_array

from comine.numerics import Array
from comine.numerics.checks import require
from comine.numerics.conduction import Conduction


def steady_state(
    problem: Conduction,
    guess: float | Array = 300.0,
    time: float = 0.0,
    tolerance: float = 1e-8,
    most: int = 50,
) -> Array:
    r"""Temperatures at which every cell gains as much heat as it loses.

    Parameters
    ----------
    problem : Conduction
        The cells. A side must fix the temperature or exchange with a fluid.
    guess : float or ndarray, shape (x, y, z)
        Temperature to begin with [K]; matters where the conductivity depends on it.
    time : float
        Time at which the sides are taken [s].
    tolerance : float
        Change between two substitutions to stop at [K].
    most : int
        Substitutions allowed.

    Returns
    -------
    ndarray, shape (x, y, z)
        Temperature [K].

    Raises
    ------
    ValueError
        If no side holds the temperature, a cell exchanges with nothing, or water flows through the
        cells.
    ArithmeticError
        If the substitutions do not settle.

    Notes
    -----
    :math:`K(T_m)\,\delta = q(T_m)`, :math:`T_{m+1} = T_m + \delta`, where q is what the cells gain.

    Examples
    --------
    >>> from comine.numerics.conduction import Sides, fixed
    >>> from comine.numerics.grid import Grid
    >>> grid = Grid([0.0, 1.0], [0.0, 1.0], [0.0, 1.0, 2.0])
    >>> sides = Sides(z_low=fixed(300.0), z_high=fixed(340.0))
    >>> steady_state(Conduction(grid, 3.0, 2e6, sides=sides)).round(6)
    array([[[310., 330.]]])
    """
    if not problem.symmetric:
        raise ValueError(
            "problem: got cells that water flows through; give conduction alone, or carry a state "
            "on for long with `stepping.advance`"
        )
    temperature = np.array(np.broadcast_to(guess, problem.grid.shape), dtype=float)
    for _ in range(most):
        exchange = problem.exchange(temperature)
        if not np.any(exchange.operator.shift > 0):
            raise ValueError(
                "sides: none holds the temperature, so any level would do; fix one or give a film"
            )
        diagonal = exchange.operator.diagonal()
        require(diagonal > 0, "conductivity", diagonal, "cells that each exchange with something")
        gained = problem.inflow(exchange, temperature, time)
        change = _multigrid(exchange.operator.matrix(), gained.ravel()).reshape(gained.shape)
        temperature += change
        if problem.linear or np.max(np.abs(change)) <= tolerance:
            return temperature
    raise ArithmeticError(
        f"steady state: the temperature still changes by {np.max(np.abs(change)):.3g} K after "
        f"{most} substitutions; give a nearer guess"
    )


def _multigrid(matrix: csr_array, right: Array) -> Array:
    """Solution of a system with a matrix of diffusion."""
    levels = pyamg.ruge_stuben_solver(matrix)
    return np.asarray(levels.solve(right, tol=1e-12, maxiter=200, accel="cg"))
