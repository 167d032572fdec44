"""Heat in place, what can be recovered of it, and its equivalents in coal and carbon dioxide.

Always print the definition, the reference temperature and the depth range with the number: for one
and the same site two published codes give 182 and 585 MW.

Sources
-------
Muffler, L. J. P. & Cataldi, R. (1978), Geothermics 7, 53-89 (volumetric method).
Williams, C. F., Reed, M. J. & Mariner, R. H. (2008), USGS Open-File Report 2008-1296.
GB/T 11615-2010, Geologic exploration standard of geothermal resources (heat of rock and pore
water; formula recalled).
Tester, J. W. et al. (2006), The Future of Geothermal Energy, MIT (block of rock cooled by a step).
GB/T 2589 (standard coal, recalled).
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from comine.physics import Array
from comine.physics.bounds import require

YEAR = 365.25 * 86400.0
"""Year [s]."""
STANDARD_COAL = 29.3076e6
"""Heat of standard coal [J/kg]; GB/T 2589, recalled. Papers use 29.07 to 30.04 MJ/kg."""


class CarbonFactor(NamedTuple):
    """Emission avoided by saving fuel or power."""

    value: float
    """Carbon dioxide per kg of standard coal [kg/kg], or per J of electricity [kg/J]."""
    year: int | None
    """Year that the factor stands for, where the source says it."""
    source: str
    """Where it comes from."""


COAL_CARBON: Mapping[str, CarbonFactor] = {
    "gbt11615": CarbonFactor(2.386, 2010, "GB/T 11615-2010 annex, recalled"),
    "lin2013": CarbonFactor(2.63, 2013, "Lin et al. 2013, 2.48e8 t of coal as 6.52e8 t of CO2"),
    "ndrc": CarbonFactor(2.66, None, "NDRC practice, lower end of 2.66 to 2.77, recalled"),
    "liaocheng": CarbonFactor(3.564 / 1.2989, None, "Liaocheng-Jinan heat line, project figures"),
}
"""Carbon dioxide per standard coal. A factor of 0.68 in the literature counts carbon, not CO2."""

GRID_CARBON: Mapping[str, CarbonFactor] = {
    "china2021": CarbonFactor(0.5568 / 3.6e6, 2021, "MEE national grid average, recalled"),
    "china2022": CarbonFactor(0.5366 / 3.6e6, 2022, "MEE national grid average, recalled"),
    "china2022_published": CarbonFactor(0.5703 / 3.6e6, 2022, "figure published for 2022, read"),
    "china2023": CarbonFactor(0.5306 / 3.6e6, 2023, "MEE national grid average, recalled"),
}
"""Carbon dioxide per electricity."""


class LognormalProduct(NamedTuple):
    """Distribution of a product of independent lognormal factors."""

    values: Array
    """Values exceeded with the probabilities asked for [unit of the product]."""
    mean: float
    """Mean [unit of the product]."""
    variance_shares: Array
    """Share of each factor in the variance of the logarithm, its first-order Sobol index [1]."""


def volumetric_heat_capacity(
    rock_capacity: ArrayLike, fluid_capacity: ArrayLike, porosity: ArrayLike
) -> Array:
    r"""Heat capacity per volume of rock with filled pores.

    Parameters
    ----------
    rock_capacity, fluid_capacity : array_like, shape (...)
        Density times specific heat of the solid and of the pore fluid [J/m3/K].
    porosity : array_like, shape (...)
        Porosity [1], 0 to 1.

    Returns
    -------
    ndarray, shape (...)
        :math:`\rho_r c_r(1-\phi) + \rho_w c_w\phi` [J/m3/K]; GB/T 11615-2010.

    Raises
    ------
    ValueError
        If a porosity is outside 0 to 1.

    Examples
    --------
    >>> round(float(volumetric_heat_capacity(2.5e6, 4.1e6, 0.10)))
    2660000
    """
    rock, phi = np.asarray(rock_capacity, dtype=float), np.asarray(porosity, dtype=float)
    require((phi >= 0) & (phi <= 1), "porosity", phi, "values of 0 to 1")
    return np.asarray(rock * (1 - phi) + np.asarray(fluid_capacity, dtype=float) * phi)


def heat_in_place(
    volume: ArrayLike,
    heat_capacity: ArrayLike,
    temperature: ArrayLike,
    reference_temperature: ArrayLike,
) -> Array:
    r"""Heat held by a body above a reference temperature.

    Parameters
    ----------
    volume : array_like, shape (...)
        Volume [m3].
    heat_capacity : array_like, shape (...)
        Heat capacity per volume [J/m3/K]: of the whole (USGS), or by `volumetric_heat_capacity`
        (GB/T 11615).
    temperature, reference_temperature : array_like, shape (...)
        Temperature of the body and of the reference [K]. The reference is the mean surface
        temperature, a rejection temperature, or the temperature after an allowed cooling (MIT).

    Returns
    -------
    ndarray, shape (...)
        :math:`H = V\,\rho c\,(T - T_0)` [J]; negative where the body is colder than the reference.

    Raises
    ------
    ValueError
        If a volume is negative or a heat capacity not positive.

    Examples
    --------
    >>> float(heat_in_place(1e9, 2.5e6, 473.15, 463.15))
    2.5e+16
    """
    V, capacity = np.asarray(volume, dtype=float), np.asarray(heat_capacity, dtype=float)
    require(V >= 0, "volume", V, "0 m3 or more")
    require(capacity > 0, "heat_capacity", capacity, "values above 0 J/m3/K")
    step = np.asarray(temperature, dtype=float) - np.asarray(reference_temperature, dtype=float)
    return np.asarray(V * capacity * step)


def recoverable_heat(heat: ArrayLike, recovery_factor: ArrayLike) -> Array:
    """Part of the heat in place that comes to the surface.

    Parameters
    ----------
    heat : array_like, shape (...)
        Heat in place [J].
    recovery_factor : array_like, shape (...)
        Recovery factor [1], 0 to 1. Used for hot dry rock: 0.02 (Gonghe) to 0.4 (MIT, recalled);
        for sediments 0.2 to 0.3; for crystalline rock 0.05 to 0.10 (GB/T 11615, recalled).

    Returns
    -------
    ndarray, shape (...)
        Recoverable heat [J].

    Raises
    ------
    ValueError
        If a factor is outside 0 to 1.

    Examples
    --------
    >>> float(recoverable_heat(260e15, 0.2))
    5.2e+16
    """
    factor = np.asarray(recovery_factor, dtype=float)
    require((factor >= 0) & (factor <= 1), "recovery_factor", factor, "values of 0 to 1")
    return np.asarray(np.asarray(heat, dtype=float) * factor)


def power_potential(
    heat: ArrayLike, efficiency: ArrayLike, life: ArrayLike, load_factor: ArrayLike = 1.0
) -> Array:
    r"""Power that uses up a heat within a life.

    Parameters
    ----------
    heat : array_like, shape (...)
        Recoverable heat [J].
    efficiency : array_like, shape (...)
        Conversion of heat to power [1], 0 to 1; one gives the thermal power.
    life : array_like, shape (...)
        Life of the project [s].
    load_factor : array_like, shape (...)
        Share of the life at this power [1], above 0 to 1.

    Returns
    -------
    ndarray, shape (...)
        :math:`P = \eta H/(t\,f)` [W].

    Raises
    ------
    ValueError
        If a value is out of range.

    Examples
    --------
    >>> round(float(power_potential(7.61e17, 1.0, 25 * YEAR)) / 1e6)
    965
    """
    eta, t = np.asarray(efficiency, dtype=float), np.asarray(life, dtype=float)
    load = np.asarray(load_factor, dtype=float)
    require((eta >= 0) & (eta <= 1), "efficiency", eta, "values of 0 to 1")
    require(t > 0, "life", t, "a time above 0 s")
    require((load > 0) & (load <= 1), "load_factor", load, "values above 0 up to 1")
    return np.asarray(np.asarray(heat, dtype=float) * eta / (t * load))


def stream_heat(
    mass_flow: ArrayLike, specific_heat: ArrayLike, inlet: ArrayLike, outlet: ArrayLike
) -> Array:
    """Heat given up by a stream of water, air or ore that is cooled.

    Parameters
    ----------
    mass_flow : array_like, shape (...)
        Mass flow [kg/s].
    specific_heat : array_like, shape (...)
        Specific heat [J/kg/K].
    inlet, outlet : array_like, shape (...)
        Temperature before and after [K].

    Returns
    -------
    ndarray, shape (...)
        Heat flow [W]; negative where the stream is warmed.

    Raises
    ------
    ValueError
        If a flow is negative or a specific heat not positive.

    Examples
    --------
    >>> round(float(stream_heat(49.0, 4190.0, 279.85, 276.15)) / 1e3)
    760
    """
    flow, cp = np.asarray(mass_flow, dtype=float), np.asarray(specific_heat, dtype=float)
    require(flow >= 0, "mass_flow", flow, "0 kg/s or more")
    require(cp > 0, "specific_heat", cp, "values above 0 J/kg/K")
    step = np.asarray(inlet, dtype=float) - np.asarray(outlet, dtype=float)
    return np.asarray(flow * cp * step)


def coal_equivalent(heat: ArrayLike, boiler_efficiency: ArrayLike = 1.0) -> Array:
    """Standard coal that gives the same heat.

    Parameters
    ----------
    heat : array_like, shape (...)
        Heat [J].
    boiler_efficiency : array_like, shape (...)
        Efficiency of the boiler replaced [1], above 0 to 1; one counts the heat content alone.

    Returns
    -------
    ndarray, shape (...)
        Mass of standard coal [kg].

    Raises
    ------
    ValueError
        If an efficiency is outside 0 to 1.

    Examples
    --------
    >>> round(float(coal_equivalent(29.3076e9)))
    1000
    """
    eta = np.asarray(boiler_efficiency, dtype=float)
    require((eta > 0) & (eta <= 1), "boiler_efficiency", eta, "values above 0 up to 1")
    return np.asarray(np.asarray(heat, dtype=float) / (STANDARD_COAL * eta))


def lognormal_product(
    medians: ArrayLike, log_deviations: ArrayLike, exceedance: ArrayLike = (0.9, 0.5, 0.1)
) -> LognormalProduct:
    r"""Exact distribution of a product of independent lognormal factors.

    Parameters
    ----------
    medians : array_like, shape (factor,)
        Medians of the factors [their units], positive.
    log_deviations : array_like, shape (factor,)
        Standard deviations of their natural logarithms [1], 0 or more and not all 0.
    exceedance : array_like, shape (...)
        Probabilities of being exceeded [1], between 0 and 1: 0.9 gives P90, the low case.

    Returns
    -------
    LognormalProduct
        Values, shape (...), mean, and variance shares, shape (factor,).

    Raises
    ------
    ValueError
        If a value is out of range.

    Notes
    -----
    :math:`\ln H` is normal with mean :math:`\sum\ln m_i` and variance :math:`\sum\sigma_i^2`.

    Examples
    --------
    >>> product = lognormal_product([5e7, 1000.0, 2.6e6, 120.0, 0.02], [0.4, 0.3, 0.05, 0.15, 0.6])
    >>> [f"{v:.4g}" for v in product.values]
    ['1.124e+17', '3.12e+17', '8.663e+17']
    """
    m, sigma = np.asarray(medians, dtype=float), np.asarray(log_deviations, dtype=float)
    p = np.asarray(exceedance, dtype=float)
    require(m > 0, "medians", m, "values above 0")
    require(sigma >= 0, "log_deviations", sigma, "0 or more")
    require((p > 0) & (p < 1), "exceedance", p, "probabilities between 0 and 1")
    variance = float(np.sum(sigma**2))
    require(variance > 0, "log_deviations", sigma, "at least one above 0")
    centre = float(np.sum(np.log(m)))
    values = np.exp(centre - np.sqrt(variance) * ndtri(p))
    return LognormalProduct(
        np.asarray(values), float(np.exp(centre + variance / 2)), sigma**2 / variance
    )
