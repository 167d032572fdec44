"""Thermal resistance of films and walls of pipes and annuli.

Sources
-------
- V. Gnielinski, "On heat transfer in tubes", Int. J. Heat Mass Transf. 63 (2013) 134-140.
- B. S. Petukhov, "Heat transfer and friction in turbulent pipe flow with variable physical
  properties", Adv. Heat Transf. 6 (1970) 503-564 (friction of smooth pipes).
- *VDI Heat Atlas*, 2nd ed. 2010, chapter G2 (laminar flow in annuli; coefficients recalled).
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.bounds import positive, within
from comine.physics.pipe import LAMINAR, TURBULENT

Wall = Literal["temperature", "flux"]
LAMINAR_NUSSELT = {"temperature": 3.66, "flux": 48.0 / 11.0}
"""Developed laminar flow with an even temperature of the wall, or an even flux [1]."""


class AnnulusNusselt(NamedTuple):
    """Nusselt numbers in an annulus, by its hydraulic diameter."""

    inner: Array
    """At the inner wall, the outer one giving no heat [1]."""
    outer: Array
    """At the outer wall, the inner one giving no heat [1]."""


def smooth_friction(reynolds: ArrayLike) -> Array:
    r"""Darcy's friction factor of a smooth pipe in turbulent flow.

    Parameters
    ----------
    reynolds : array_like
        Reynolds number, 2300 to 5e6 [1].

    Returns
    -------
    ndarray
        Friction factor [1].

    Raises
    ------
    ValueError
        If the Reynolds number is out of its range.

    Notes
    -----
    :math:`(0.790\ln Re - 1.64)^{-2}` (Petukhov 1970). For rough pipes and all flows see
    `comine.physics.pipe.friction_factor`.

    Examples
    --------
    >>> float(smooth_friction(1e5).round(5))
    0.01799
    """
    return np.asarray((0.790 * np.log(within("reynolds", reynolds, LAMINAR, 5e6)) - 1.64) ** -2)


def pipe_nusselt(
    reynolds: ArrayLike,
    prandtl: ArrayLike,
    wall: Wall = "temperature",
    friction: ArrayLike | None = None,
) -> Array:
    r"""Nusselt number of developed flow in a round pipe.

    Parameters
    ----------
    reynolds : array_like
        Reynolds number, above 0 to 5e6 [1].
    prandtl : array_like
        Prandtl number, 0.5 to 2000 where the flow is not laminar [1].
    wall : {"temperature", "flux"}
        What is even along the wall in laminar flow.
    friction : array_like, optional
        Darcy's friction factor of turbulent flow, of a rough pipe for instance; that of
        `smooth_friction` by default [1].

    Returns
    -------
    ndarray
        Nusselt number [1].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    Laminar 3.66 or 48/11 up to Re = 2300; from 4000 on, with Petukhov's friction,

    .. math:: Nu = \frac{(f/8)(Re - 1000)Pr}{1 + 12.7\sqrt{f/8}\,(Pr^{2/3} - 1)}

    and between them linear in Re (Gnielinski 2013). The starting length, mixed convection and the
    change of viscosity at the wall are left out. Within about 10 % of measurements.

    Examples
    --------
    >>> pipe_nusselt([1000.0, 3150.0, 2e4], 7.0).round(2)
    array([  3.66,  17.68, 148.34])
    """
    Re = within("reynolds", positive("reynolds", reynolds), 0.0, 5e6)
    Pr = positive("prandtl", prandtl)
    if wall not in LAMINAR_NUSSELT:
        raise ValueError(f"wall: got {wall!r}; give one of {', '.join(LAMINAR_NUSSELT)}")
    return _blend(Re, Pr, LAMINAR_NUSSELT[wall], friction)


def annulus_nusselt(
    reynolds: ArrayLike, prandtl: ArrayLike, ratio: ArrayLike, friction: ArrayLike | None = None
) -> AnnulusNusselt:
    r"""Nusselt numbers of developed flow in a concentric annulus.

    Parameters
    ----------
    reynolds : array_like
        Reynolds number by the hydraulic diameter, above 0 to 5e6 [1].
    prandtl : array_like
        Prandtl number, 0.5 to 2000 where the flow is not laminar [1].
    ratio : array_like
        Inner over outer diameter of the annulus, above 0 and below 1 [1].
    friction : array_like, optional
        As in `pipe_nusselt` [1].

    Returns
    -------
    AnnulusNusselt
        Nusselt numbers at both walls [1].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    Laminar :math:`3.66 + 1.2a^{-0.8}` at the inner and :math:`3.66 + 1.2a^{0.5}` at the outer wall
    (VDI Heat Atlas; coefficients recalled, they agree with pygfunction), turbulent as in a pipe of
    the hydraulic diameter, and between them linear in Re as there.

    Examples
    --------
    >>> both = annulus_nusselt(500.0, 7.0, 0.5)
    >>> float(both.inner.round(4)), float(both.outer.round(4))
    (5.7493, 4.5085)
    """
    Re = within("reynolds", positive("reynolds", reynolds), 0.0, 5e6)
    Pr = positive("prandtl", prandtl)
    a = within("ratio", positive("ratio", ratio), 0.0, np.nextafter(1.0, 0.0))
    inner = _blend(Re, Pr, 3.66 + 1.2 * a**-0.8, friction)
    return AnnulusNusselt(inner, _blend(Re, Pr, 3.66 + 1.2 * a**0.5, friction))


def film_resistance(
    nusselt: ArrayLike, conductivity: ArrayLike, gap_ratio: ArrayLike = 1.0
) -> Array:
    r"""Resistance between a fluid and the wall that it flows along.

    Parameters
    ----------
    nusselt : array_like
        Nusselt number by the hydraulic diameter [1].
    conductivity : array_like
        Conductivity of the fluid [W/(m K)].
    gap_ratio : array_like
        Hydraulic diameter over the diameter of the wall: 1 in a pipe [1].

    Returns
    -------
    ndarray
        Resistance times length [m K/W].

    Raises
    ------
    ValueError
        If an argument is not positive.

    Notes
    -----
    :math:`1/\pi Dh` with :math:`h = Nu\,k/D_h`; in a pipe :math:`1/\pi k Nu`, whatever its size.

    Examples
    --------
    >>> float(film_resistance(3.66, 0.6).round(5))
    0.14495
    """
    number, k = positive("nusselt", nusselt), positive("conductivity", conductivity)
    return np.asarray(positive("gap_ratio", gap_ratio) / (np.pi * k * number))


def wall_resistance(
    inner_diameter: ArrayLike, outer_diameter: ArrayLike, conductivity: ArrayLike
) -> Array:
    r"""Resistance of the wall of a pipe, of insulation or of grout around a pipe.

    Parameters
    ----------
    inner_diameter, outer_diameter : array_like
        Diameters, the outer one not below the inner one [m].
    conductivity : array_like
        Conductivity [W/(m K)].

    Returns
    -------
    ndarray
        Resistance times length [m K/W].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    :math:`\ln(D_o/D_i)/2\pi k`.

    Examples
    --------
    >>> float(wall_resistance(0.026, 0.032, 0.42).round(5))
    0.07868
    """
    ratio = positive("outer_diameter", outer_diameter) / positive("inner_diameter", inner_diameter)
    if not np.all(ratio >= 1.0):
        raise ValueError(
            f"outer_diameter must not be below inner_diameter, got a ratio of {ratio.min():g}"
        )
    return np.asarray(np.log(ratio) / (2.0 * np.pi * positive("conductivity", conductivity)))


def _blend(Re: Array, Pr: Array, laminar: ArrayLike, friction: ArrayLike | None) -> Array:
    """Laminar value, Gnielinski's, and a straight line between them."""
    swirling = np.maximum(Re, TURBULENT)
    if not np.all((Re <= LAMINAR) | ((Pr >= 0.5) & (Pr <= 2000.0))):
        raise ValueError(f"prandtl must lie in 0.5..2000 in turbulent flow, got {Pr.min():g}")
    f = smooth_friction(swirling) if friction is None else positive("friction", friction)
    nusselt = f / 8.0 * (swirling - 1000.0) * Pr
    nusselt = nusselt / (1.0 + 12.7 * np.sqrt(f / 8.0) * (Pr ** (2.0 / 3.0) - 1.0))
    share = np.clip((Re - LAMINAR) / (TURBULENT - LAMINAR), 0.0, 1.0)
    return np.asarray((1.0 - share) * np.asarray(laminar) + share * nusselt)
