r"""Beds of broken rock: surface, permeability, pressure and heat between fluid and blocks.

The diameter is that of the sphere of the same surface per volume (the Sauter mean of a mixture).

Sources
-------
- N. Wakao, S. Kaguei, Heat and Mass Transfer in Packed Beds, Gordon & Breach 1982 (Nusselt number).
- S. Ergun, Chem. Eng. Prog. 48 (1952) 89-94 (pressure).
- E. Glueckauf, Trans. Faraday Soc. 51 (1955) 1540-1551 (a sphere as one resistance).
"""

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.bounds import positive, require, within

WAKAO = (2.0, 1.1, 1 / 3, 0.6)
"""Nusselt number of a bed at rest, factor, powers of Prandtl and Reynolds numbers."""
ERGUN = (150.0, 1.75)
"""Factors of the viscous and the inertial part."""
KOZENY = 180.0
"""Factor of the permeability by Kozeny and Carman."""


def specific_surface(porosity: ArrayLike, diameter: ArrayLike) -> Array:
    r"""Surface of the blocks in a volume of the bed.

    Parameters
    ----------
    porosity : array_like
        Share of the voids [1].
    diameter : array_like
        Diameter of the blocks [m].

    Returns
    -------
    ndarray
        Surface per volume [1/m].

    Raises
    ------
    ValueError
        If the porosity is not between 0 and 1 or the diameter not above 0.

    Notes
    -----
    :math:`6(1-\phi)/d`, exact for spheres.

    Examples
    --------
    >>> float(specific_surface(0.3, 0.3).round(9))
    14.0
    """
    return np.asarray(6 * (1 - _porosity(porosity)) / positive("diameter", diameter))


def reynolds_number(
    velocity: ArrayLike, diameter: ArrayLike, density: ArrayLike, viscosity: ArrayLike
) -> Array:
    r"""Reynolds number of the blocks with the superficial velocity.

    Parameters
    ----------
    velocity : array_like
        Volume flow over the whole section of the bed, not below 0 [m/s].
    diameter : array_like
        Diameter of the blocks [m].
    density : array_like
        Density of the fluid [kg/m³].
    viscosity : array_like
        Dynamic viscosity of the fluid [Pa s].

    Returns
    -------
    ndarray
        :math:`\rho u d/\mu` [1].

    Raises
    ------
    ValueError
        If the velocity is negative or another argument not above 0.

    Examples
    --------
    >>> float(reynolds_number(1e-4, 0.3, 980.0, 4e-4).round(9))
    73.5
    """
    u = within("velocity", velocity, 0.0)
    d, rho, mu = (
        positive(name, value)
        for name, value in (("diameter", diameter), ("density", density), ("viscosity", viscosity))
    )
    return np.asarray(u * d * rho / mu)


def nusselt_number(reynolds: ArrayLike, prandtl: ArrayLike) -> Array:
    r"""Nusselt number of the blocks of a bed.

    Parameters
    ----------
    reynolds : array_like
        Reynolds number with the superficial velocity [1].
    prandtl : array_like
        Prandtl number of the fluid [1].

    Returns
    -------
    ndarray
        Film coefficient times diameter over the conductivity of the fluid [1].

    Raises
    ------
    ValueError
        If the Reynolds number is negative or the Prandtl number not above 0.

    Notes
    -----
    :math:`2 + 1.1\,\mathrm{Pr}^{1/3}\mathrm{Re}^{0.6}` (Wakao & Kaguei 1982), given for Re of 15 to
    8500; coefficients and range recalled, not verified against the printed source.

    Examples
    --------
    >>> float(nusselt_number(73.5, 2.5754).round(3))
    21.866
    """
    rest, factor, of_pr, of_re = WAKAO
    re, pr = within("reynolds", reynolds, 0.0), positive("prandtl", prandtl)
    return np.asarray(rest + factor * pr**of_pr * re**of_re)


def effective_film(film: ArrayLike, diameter: ArrayLike, conductivity: ArrayLike) -> Array:
    r"""Film coefficient that also stands for the resistance within a block.

    Parameters
    ----------
    film : array_like
        Film coefficient at the surface [W/m²/K].
    diameter : array_like
        Diameter of the blocks [m].
    conductivity : array_like
        Conductivity of the blocks [W/m/K].

    Returns
    -------
    ndarray
        Coefficient between the fluid and the mean temperature of a block [W/m²/K].

    Raises
    ------
    ValueError
        If an argument is not above 0.

    Notes
    -----
    :math:`1/(1/h + d/(10k))`, exact for a sphere that warms evenly (linear driving force,
    Glueckauf 1955). It is late where the fluid changes faster than `block_time`.

    Examples
    --------
    >>> float(effective_film(47.3765, 0.3, 3.0).round(3))
    32.147
    """
    h, d = positive("film", film), positive("diameter", diameter)
    return np.asarray(1 / (1 / h + d / (10 * positive("conductivity", conductivity))))


def block_time(diameter: ArrayLike, conductivity: ArrayLike, heat_capacity: ArrayLike) -> Array:
    r"""Time constant of the mean temperature of a block whose surface is held.

    Parameters
    ----------
    diameter : array_like
        Diameter of the block [m].
    conductivity : array_like
        Conductivity [W/m/K].
    heat_capacity : array_like
        Heat capacity of a volume [J/m³/K].

    Returns
    -------
    ndarray
        :math:`d^2\rho c/(60k)`, of the linear driving force [s].

    Raises
    ------
    ValueError
        If an argument is not above 0.

    Examples
    --------
    >>> float(block_time(0.3, 3.0, 2.3e6).round(6))
    1150.0
    """
    d, c = positive("diameter", diameter), positive("heat_capacity", heat_capacity)
    return np.asarray(d**2 * c / (60 * positive("conductivity", conductivity)))


def permeability(porosity: ArrayLike, diameter: ArrayLike) -> Array:
    r"""Permeability of a bed of blocks.

    Parameters
    ----------
    porosity : array_like
        Share of the voids [1].
    diameter : array_like
        Diameter of the blocks [m].

    Returns
    -------
    ndarray
        Permeability [m²].

    Raises
    ------
    ValueError
        If the porosity is not between 0 and 1 or the diameter not above 0.

    Notes
    -----
    Kozeny and Carman, :math:`d^2\phi^3/(180(1-\phi)^2)`, without inertia (Re below about 10); the
    factor is recalled, not verified against a printed source. The viscous part of `pressure_slope`
    has 150 in its place.

    Examples
    --------
    >>> float(1e5 * permeability(0.3, 0.3).round(9))
    2.7551
    """
    phi, d = _porosity(porosity), positive("diameter", diameter)
    return np.asarray(d**2 * phi**3 / (KOZENY * (1 - phi) ** 2))


def pressure_slope(
    velocity: ArrayLike,
    porosity: ArrayLike,
    diameter: ArrayLike,
    density: ArrayLike,
    viscosity: ArrayLike,
) -> Array:
    r"""Fall of pressure along a bed.

    Parameters
    ----------
    velocity : array_like
        Superficial velocity, of either sign [m/s].
    porosity : array_like
        Share of the voids [1].
    diameter : array_like
        Diameter of the blocks [m].
    density : array_like
        Density of the fluid [kg/m³].
    viscosity : array_like
        Dynamic viscosity of the fluid [Pa s].

    Returns
    -------
    ndarray
        Fall of pressure per length, of the sign of the velocity [Pa/m].

    Raises
    ------
    ValueError
        If the porosity is not between 0 and 1 or another argument but the velocity not above 0.

    Notes
    -----
    .. math:: 150\,\frac{\mu(1-\phi)^2}{\phi^3 d^2}\,u + 1.75\,\frac{\rho(1-\phi)}{\phi^3 d}\,
              u\lvert u\rvert

    (Ergun 1952; factors recalled, not verified against the printed source).

    Examples
    --------
    >>> float(pressure_slope(1e-4, 0.3, 0.3, 980.0, 4e-4).round(6))
    0.002692
    """
    phi, d = _porosity(porosity), positive("diameter", diameter)
    u, rho, mu = np.asarray(velocity, float), positive("density", density), viscosity
    viscous = ERGUN[0] * positive("viscosity", mu) * (1 - phi) ** 2 / (phi**3 * d**2)
    inertial = ERGUN[1] * rho * (1 - phi) / (phi**3 * d)
    return np.asarray(viscous * u + inertial * u * np.abs(u))


def _porosity(value: ArrayLike) -> Array:
    phi = np.asarray(value, dtype=float)
    require((phi > 0) & (phi < 1), "porosity", phi, "shares between 0 and 1")
    return phi
