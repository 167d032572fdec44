"""Screening of water inrush into openings below or beside a pressurised aquifer.

Sources
-------
Coefficient and limits of the Chinese rules for water control in coal mines; recalled, not verified
against the printed source. They come from layered coal measures: in crystalline rock use them for
screening only.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comine.physics import Array
from comine.physics.bounds import require

DISTURBED_LIMIT = 0.06e6
"""Safe coefficient in structurally disturbed ground [Pa/m]."""
INTACT_LIMIT = 0.10e6
"""Safe coefficient in intact ground [Pa/m]."""


class Inrush(NamedTuple):
    """Water-inrush coefficient and class."""

    coefficient: Array
    """Water pressure per thickness of the barrier [Pa/m]."""
    grade: NDArray[np.int_]
    """0 safe, 1 conditional (safe in intact ground only), 2 dangerous."""


def water_inrush(pressure: ArrayLike, thickness: ArrayLike) -> Inrush:
    r"""Water-inrush coefficient of a rock barrier.

    Parameters
    ----------
    pressure : array_like, shape (...)
        Water pressure on the barrier [Pa].
    thickness : array_like, shape (...)
        Thickness of the barrier between water and opening [m].

    Returns
    -------
    Inrush
        :math:`T_s = P/M` [Pa/m] and class, shape (...): 0 up to 0.06 MPa/m, 1 up to 0.10 MPa/m, 2
        above.

    Raises
    ------
    ValueError
        If a pressure is negative or a thickness not positive.

    Examples
    --------
    >>> state = water_inrush(8e6, 90.0)
    >>> round(float(state.coefficient)), int(state.grade)
    (88889, 1)
    """
    p, M = np.asarray(pressure, dtype=float), np.asarray(thickness, dtype=float)
    require(p >= 0, "pressure", p, "0 Pa or more")
    require(M > 0, "thickness", M, "values above 0 m")
    coefficient = np.asarray(p / M)
    grade = np.searchsorted([DISTURBED_LIMIT, INTACT_LIMIT], coefficient, side="left")
    return Inrush(coefficient, np.asarray(grade))


def jacking_margin(fluid_pressure: ArrayLike, minor_stress: ArrayLike) -> Array:
    """Stress that still holds fractures closed against water in them.

    Parameters
    ----------
    fluid_pressure : array_like, shape (...)
        Pressure of the water in the fractures [Pa].
    minor_stress : array_like, shape (...)
        Smallest total principal stress [Pa].

    Returns
    -------
    ndarray, shape (...)
        Minor stress less pressure [Pa]; fractures open where it is negative.

    Examples
    --------
    >>> float(jacking_margin(20e6, 45e6))
    25000000.0
    """
    held = np.asarray(minor_stress, dtype=float)
    return np.asarray(held - np.asarray(fluid_pressure, dtype=float))
