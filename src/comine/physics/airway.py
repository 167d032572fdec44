r"""Airways: resistance, and the transfer of heat and moisture at their walls.

Resistances are for the standard density 1.2 kg/m3, as mine practice tabulates them; flows are mass
flows of moist air, for only they keep their value along a deep airway.

Sources
-------
McPherson, M. J. (2009). Subsurface Ventilation Engineering, 2nd ed., chapters 5 and 15 and its
appendix on wall heat transfer; coefficients recalled, not verified against the printed source.
"""

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.air import air_conductivity, air_viscosity
from comine.physics.bounds import positive, within

__all__ = [
    "atkinson_factor",
    "atkinson_resistance",
    "darcy_factor",
    "evaporation_coefficient",
    "film_coefficient",
    "parallel_resistance",
    "pressure_drop",
    "radiative_coefficient",
]

STANDARD_DENSITY = 1.2
_STEFAN_BOLTZMANN = 5.670374419e-8
_TURBULENT, _LAMINAR_NUSSELT = 2300.0, 3.66


def atkinson_resistance(
    friction_factor: ArrayLike,
    length: ArrayLike,
    perimeter: ArrayLike,
    area: ArrayLike,
    shock_loss: ArrayLike = 0.0,
) -> Array:
    r"""Resistance of an airway for air of 1.2 kg/m3.

    Parameters
    ----------
    friction_factor : array_like, shape (...)
        Atkinson's k for 1.2 kg/m3 [kg/m3].
    length, perimeter : array_like, shape (...)
        Length and perimeter [m].
    area : array_like, shape (...)
        Cross-section [m2].
    shock_loss : array_like, shape (...), optional
        Sum of the shock-loss factors [1].

    Returns
    -------
    ndarray, shape (...)
        Resistance R in p = R Q |Q| [N s2/m8].

    Raises
    ------
    ValueError
        If the area is not above 0 or another argument is negative.

    Notes
    -----
    .. math:: R = \frac{k P L}{A^3} + X \frac{1.2}{2 A^2}

    Examples
    --------
    >>> round(float(atkinson_resistance(0.012, 500.0, 16.0, 16.0)), 6)
    0.023438
    """
    section = positive("area", area)
    friction = within("friction_factor", friction_factor, 0.0)
    wall = within("length", length, 0.0) * within("perimeter", perimeter, 0.0)
    shock = within("shock_loss", shock_loss, 0.0) * STANDARD_DENSITY / 2.0
    return np.asarray(friction * wall / section**3 + shock / section**2)


def parallel_resistance(resistances: ArrayLike) -> Array:
    r"""Resistance of parallel airways, with :math:`R^{-1/2} = \sum R_i^{-1/2}`.

    Parameters
    ----------
    resistances : array_like, shape (..., airways)
        Resistances [N s2/m8].

    Returns
    -------
    ndarray, shape (...)
        Joint resistance [N s2/m8].

    Raises
    ------
    ValueError
        If a resistance is not above 0.

    Examples
    --------
    >>> round(float(parallel_resistance([0.2, 0.8])), 6)
    0.088889
    """
    conductance = positive("resistances", resistances) ** -0.5
    return np.asarray(conductance.sum(axis=-1) ** -2.0)


def pressure_drop(resistance: ArrayLike, mass_flow: ArrayLike, density: ArrayLike) -> Array:
    r"""Frictional pressure drop, of the sign of the flow.

    Parameters
    ----------
    resistance : array_like, shape (...)
        Resistance for 1.2 kg/m3 [N s2/m8].
    mass_flow : array_like, shape (...)
        Mass flow of moist air [kg/s].
    density : array_like, shape (...)
        Mean density of the moist air [kg/m3].

    Returns
    -------
    ndarray, shape (...)
        Pressure drop [Pa].

    Raises
    ------
    ValueError
        If the resistance is negative or the density not above 0.

    Notes
    -----
    .. math:: p = R \frac{\rho}{1.2} Q |Q| = \frac{R}{1.2\,\rho} m |m|

    Examples
    --------
    >>> round(float(pressure_drop(0.5, -60.0, 1.2)), 1)
    -1250.0
    """
    flow = np.asarray(mass_flow, dtype=float)
    factor = within("resistance", resistance, 0.0) / STANDARD_DENSITY
    return np.asarray(factor / positive("density", density) * flow * np.abs(flow))


def darcy_factor(friction_factor: ArrayLike) -> Array:
    """Darcy-Weisbach factor of an Atkinson factor at 1.2 kg/m3, 8 k / 1.2.

    A quarter of it, k / 0.6, is the Chezy-Darcy (Fanning) factor of the mine-climate literature.

    Parameters
    ----------
    friction_factor : array_like, shape (...)
        Atkinson's k [kg/m3].

    Returns
    -------
    ndarray, shape (...)
        Darcy-Weisbach friction factor [1].

    Raises
    ------
    ValueError
        If the factor is negative.

    Examples
    --------
    >>> round(float(darcy_factor(0.012)), 3)
    0.08
    """
    return np.asarray(8.0 / STANDARD_DENSITY * within("friction_factor", friction_factor, 0.0))


def atkinson_factor(darcy_factor: ArrayLike) -> Array:
    """Atkinson factor at 1.2 kg/m3 of a Darcy-Weisbach factor, the inverse of `darcy_factor`.

    Parameters
    ----------
    darcy_factor : array_like, shape (...)
        Darcy-Weisbach friction factor [1].

    Returns
    -------
    ndarray, shape (...)
        Atkinson's k [kg/m3].

    Raises
    ------
    ValueError
        If the factor is negative.

    Examples
    --------
    >>> round(float(atkinson_factor(0.08)), 3)
    0.012
    """
    return np.asarray(STANDARD_DENSITY / 8.0 * within("darcy_factor", darcy_factor, 0.0))


def film_coefficient(
    friction_factor: ArrayLike,
    mass_flow: ArrayLike,
    area: ArrayLike,
    perimeter: ArrayLike,
    temperature: ArrayLike,
) -> Array:
    r"""Convective heat-transfer coefficient of an airway's wall.

    Parameters
    ----------
    friction_factor : array_like, shape (...)
        Atkinson's k of the wall for 1.2 kg/m3 [kg/m3].
    mass_flow : array_like, shape (...)
        Mass flow of air [kg/s]; its sign does not matter.
    area : array_like, shape (...)
        Cross-section [m2].
    perimeter : array_like, shape (...)
        Perimeter [m].
    temperature : array_like, shape (...)
        Temperature of the air [K].

    Returns
    -------
    ndarray, shape (...)
        Coefficient [W/m2/K].

    Raises
    ------
    ValueError
        If the friction factor, area or perimeter is not above 0.

    Notes
    -----
    .. math:: Nu = \frac{0.35 f Re}{1 + 1.592 (15.217 f Re^{0.2} - 1)/Re^{0.125}}

    with :math:`f = k/0.6` and the hydraulic diameter (McPherson 2009, appendix to chapter 15,
    recalled): the Prandtl-Taylor analogy with Pr = 0.7 and a smooth wall's f = 0.046 Re^-0.2.
    Valid for turbulent flow. Below Re = 2300 the Nusselt number is bridged linearly to the
    laminar 3.66 at rest, so that a stagnant airway keeps a continuous, positive coefficient;
    natural convection is not included.

    Examples
    --------
    >>> round(float(film_coefficient(0.012, 60.0, 20.0, 18.0, 300.0)), 2)
    14.82
    """
    section, rim = positive("area", area), positive("perimeter", perimeter)
    fanning = positive("friction_factor", friction_factor) / (STANDARD_DENSITY / 2.0)
    diameter = 4.0 * section / rim
    flow = np.abs(np.asarray(mass_flow, dtype=float))
    actual = flow * diameter / (section * air_viscosity(temperature))
    reynolds = np.maximum(actual, _TURBULENT)
    roughness = 1.592 * (15.217 * fanning * reynolds**0.2 - 1.0) / reynolds**0.125
    turbulent = 0.35 * fanning * reynolds / (1.0 + roughness)
    nusselt = _LAMINAR_NUSSELT + (turbulent - _LAMINAR_NUSSELT) * actual / reynolds
    return np.asarray(nusselt * air_conductivity(temperature) / diameter)


def radiative_coefficient(temperature: ArrayLike, exchange_factor: ArrayLike) -> Array:
    """Linearised radiative coefficient between walls, 4 sigma T^3 F.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Mean temperature of the surfaces [K].
    exchange_factor : array_like, shape (...)
        Combined view and emissivity factor [1], from 0 to 1; 0.2-0.4 in airways (recalled).

    Returns
    -------
    ndarray, shape (...)
        Coefficient [W/m2/K].

    Raises
    ------
    ValueError
        If the temperature is not above 0 or the factor outside 0 to 1.

    Examples
    --------
    >>> round(float(radiative_coefficient(305.0, 0.3)), 3)
    1.931
    """
    factor = within("exchange_factor", exchange_factor, 0.0)
    if not np.all(factor <= 1.0):
        raise ValueError(f"exchange_factor must lie from 0 to 1, got {exchange_factor!r}")
    return np.asarray(4.0 * _STEFAN_BOLTZMANN * positive("temperature", temperature) ** 3 * factor)


def evaporation_coefficient(film_coefficient: ArrayLike, pressure: ArrayLike) -> Array:
    r"""Mass-transfer coefficient of a wet surface by the difference of vapour pressures.

    Parameters
    ----------
    film_coefficient : array_like, shape (...)
        Convective coefficient :math:`h_c` [W/m2/K].
    pressure : array_like, shape (...)
        Total pressure [Pa].

    Returns
    -------
    ndarray, shape (...)
        Water evaporated per area and vapour-pressure difference [kg/m2/s/Pa]; times the latent
        heat it gives the latent flux.

    Raises
    ------
    ValueError
        If the coefficient is negative or the pressure not above 0.

    Notes
    -----
    .. math:: q_L = 0.0007\,h_c\,L\,(e_{ws} - e)/p

    (McPherson 2009, chapter 15, recalled), the Lewis analogy: 0.622 / c_p times Le^(2/3).

    Examples
    --------
    >>> round(float(evaporation_coefficient(10.0, 1e5)) * 1e8, 3)
    7.0
    """
    film = within("film_coefficient", film_coefficient, 0.0)
    return np.asarray(0.0007 * film / positive("pressure", pressure))
