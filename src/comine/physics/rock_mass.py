"""Strength and stiffness of a jointed rock mass after Hoek and Brown. Compression is positive.

Sources
-------
Hoek, E., Carranza-Torres, C. & Corkum, B. (2002), Hoek-Brown failure criterion - 2002 edition,
Proc. NARMS-TAC Conference, Toronto, 1, 267-273.
Hoek, E. & Diederichs, M. S. (2006), Int. J. Rock Mech. Min. Sci. 43, 203-215.
Hoek, E. & Brown, E. T. (1997), Int. J. Rock Mech. Min. Sci. 34, 1165-1186.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.bounds import require


class HoekBrown(NamedTuple):
    """Constants of the Hoek-Brown criterion for a rock mass."""

    m: Array
    """Reduced friction constant m_b [1]."""
    s: Array
    """Cohesion constant [1]."""
    a: Array
    """Exponent [1]."""


class MohrCoulomb(NamedTuple):
    """Straight strength envelope fitted over a range of confinement."""

    cohesion: Array
    """Cohesion [Pa]."""
    friction_angle: Array
    """Friction angle [rad]."""


def hoek_brown_constants(
    intact_constant: ArrayLike, strength_index: ArrayLike, disturbance: ArrayLike = 0.0
) -> HoekBrown:
    r"""Constants of a rock mass from its intact rock and its structure.

    Parameters
    ----------
    intact_constant : array_like, shape (...)
        Friction constant m_i of the intact rock [1], about 4 to 33.
    strength_index : array_like, shape (...)
        Geological strength index GSI [1], 0 to 100.
    disturbance : array_like, shape (...)
        Disturbance factor D by blasting and relaxation [1], 0 to 1.

    Returns
    -------
    HoekBrown
        Constants m_b, s and a, shape (...).

    Raises
    ------
    ValueError
        If a value is out of range.

    Notes
    -----
    :math:`m_b = m_i e^{(GSI-100)/(28-14D)}`, :math:`s = e^{(GSI-100)/(9-3D)}`,
    :math:`a = 1/2 + (e^{-GSI/15} - e^{-20/3})/6`; Hoek et al. (2002), equations 3 to 5.

    Examples
    --------
    >>> round(float(hoek_brown_constants(25.0, 75.0).m), 4)
    10.2371
    """
    mi, gsi, D = (np.asarray(v, float) for v in (intact_constant, strength_index, disturbance))
    require(mi > 0, "intact_constant", mi, "values above 0")
    _require_index(gsi, D)
    m = mi * np.exp((gsi - 100) / (28 - 14 * D))
    s = np.exp((gsi - 100) / (9 - 3 * D))
    a = 0.5 + (np.exp(-gsi / 15) - np.exp(-20 / 3)) / 6
    return HoekBrown(*np.broadcast_arrays(m, s, a))


def hoek_brown_strength(
    minor_stress: ArrayLike, intact_strength: ArrayLike, constants: HoekBrown
) -> Array:
    r"""Greatest principal stress that the rock mass bears.

    Parameters
    ----------
    minor_stress : array_like, shape (...)
        Smallest effective principal stress [Pa], not below the tensile strength.
    intact_strength : array_like, shape (...)
        Uniaxial compressive strength of the intact rock [Pa].
    constants : HoekBrown
        Constants of the rock mass.

    Returns
    -------
    ndarray, shape (...)
        :math:`\sigma_1 = \sigma_3 + \sigma_{ci}(m_b\sigma_3/\sigma_{ci} + s)^a` [Pa].

    Raises
    ------
    ValueError
        If a strength is not positive or the rock mass would fail in tension.

    Examples
    --------
    >>> strength = hoek_brown_strength(0.0, 150e6, hoek_brown_constants(25.0, 75.0))
    >>> round(float(strength) / 1e6, 3)
    37.308
    """
    s3, sci = np.asarray(minor_stress, dtype=float), _strength(intact_strength)
    base = constants.m * s3 / sci + constants.s
    require(base >= -1e-12, "minor_stress", s3, "stresses not below the tensile strength")
    return np.asarray(s3 + sci * np.maximum(base, 0.0) ** constants.a)


def tensile_strength(intact_strength: ArrayLike, constants: HoekBrown) -> Array:
    r"""Biaxial tensile strength of the rock mass, as a negative stress.

    Parameters
    ----------
    intact_strength : array_like, shape (...)
        Uniaxial compressive strength of the intact rock [Pa].
    constants : HoekBrown
        Constants of the rock mass.

    Returns
    -------
    ndarray, shape (...)
        :math:`\sigma_t = -s\sigma_{ci}/m_b` [Pa]; Hoek et al. (2002), equation 7.

    Raises
    ------
    ValueError
        If a strength is not positive.

    Examples
    --------
    >>> round(float(tensile_strength(150e6, hoek_brown_constants(25.0, 75.0))) / 1e6, 3)
    -0.911
    """
    return np.asarray(-constants.s * _strength(intact_strength) / constants.m)


def global_strength(intact_strength: ArrayLike, constants: HoekBrown) -> Array:
    r"""Strength of the rock mass as a whole, for pillars and the confinement of openings.

    Parameters
    ----------
    intact_strength : array_like, shape (...)
        Uniaxial compressive strength of the intact rock [Pa].
    constants : HoekBrown
        Constants of the rock mass.

    Returns
    -------
    ndarray, shape (...)
        Strength [Pa].

    Raises
    ------
    ValueError
        If a strength is not positive.

    Notes
    -----
    :math:`\sigma_{cm} = \sigma_{ci}\,(m_b + 4s - a(m_b - 8s))(m_b/4 + s)^{a-1} / (2(1+a)(2+a))`;
    Hoek et al. (2002), equation 17.

    Examples
    --------
    >>> round(float(global_strength(150e6, hoek_brown_constants(25.0, 75.0))) / 1e6, 3)
    69.256
    """
    m, s, a = constants
    grown = (m + 4 * s - a * (m - 8 * s)) * (m / 4 + s) ** (a - 1)
    return np.asarray(_strength(intact_strength) * grown / (2 * (1 + a) * (2 + a)))


def tunnel_confinement(global_strength: ArrayLike, overburden: ArrayLike) -> Array:
    r"""Upper limit of confinement for the straight envelope of a deep tunnel.

    Parameters
    ----------
    global_strength : array_like, shape (...)
        Strength of the rock mass as a whole [Pa].
    overburden : array_like, shape (...)
        Vertical stress, or the greater horizontal stress where that is more [Pa].

    Returns
    -------
    ndarray, shape (...)
        :math:`0.47\,\sigma_{cm}(\sigma_{cm}/\gamma H)^{-0.94}` [Pa]; Hoek et al. (2002), eq. 18.

    Raises
    ------
    ValueError
        If a value is not positive.

    Examples
    --------
    >>> round(float(tunnel_confinement(69.2558e6, 54e6)) / 1e6, 2)
    25.76
    """
    scm, load = np.asarray(global_strength, dtype=float), np.asarray(overburden, dtype=float)
    require(scm > 0, "global_strength", scm, "values above 0 Pa")
    require(load > 0, "overburden", load, "values above 0 Pa")
    return np.asarray(0.47 * scm * (scm / load) ** -0.94)


def equivalent_mohr_coulomb(
    intact_strength: ArrayLike, constants: HoekBrown, confinement: ArrayLike
) -> MohrCoulomb:
    r"""Cohesion and friction angle that balance the areas above and below the curved envelope.

    Parameters
    ----------
    intact_strength : array_like, shape (...)
        Uniaxial compressive strength of the intact rock [Pa].
    constants : HoekBrown
        Constants of the rock mass.
    confinement : array_like, shape (...)
        Greatest confinement of the fit [Pa], such as `tunnel_confinement`.

    Returns
    -------
    MohrCoulomb
        Cohesion [Pa] and friction angle [rad], shape (...).

    Raises
    ------
    ValueError
        If a value is not positive.

    Notes
    -----
    Hoek et al. (2002), equations 12 and 13, with :math:`\sigma_{3n} = \sigma_{3max}/\sigma_{ci}`.

    Examples
    --------
    >>> fit = equivalent_mohr_coulomb(150e6, hoek_brown_constants(25.0, 75.0), 25.76e6)
    >>> round(float(np.degrees(fit.friction_angle)), 1)
    48.8
    """
    sci, s3max = _strength(intact_strength), np.asarray(confinement, dtype=float)
    require(s3max > 0, "confinement", s3max, "values above 0 Pa")
    m, s, a = constants
    s3n = s3max / sci
    slope = (s + m * s3n) ** (a - 1)
    product = (1 + a) * (2 + a)
    friction = np.arcsin(6 * a * m * slope / (2 * product + 6 * a * m * slope))
    cohesion = sci * ((1 + 2 * a) * s + (1 - a) * m * s3n) * slope
    cohesion = cohesion / (product * np.sqrt(1 + 6 * a * m * slope / product))
    return MohrCoulomb(np.asarray(cohesion), np.asarray(friction))


def rock_mass_modulus(
    intact_modulus: ArrayLike, strength_index: ArrayLike, disturbance: ArrayLike = 0.0
) -> Array:
    r"""Deformation modulus of the rock mass from that of the intact rock.

    Parameters
    ----------
    intact_modulus : array_like, shape (...)
        Young's modulus of the intact rock [Pa].
    strength_index, disturbance : array_like, shape (...)
        Geological strength index, 0 to 100, and disturbance factor, 0 to 1 [1].

    Returns
    -------
    ndarray, shape (...)
        :math:`E_i(0.02 + (1 - D/2)/(1 + e^{(60 + 15D - GSI)/11}))` [Pa]; Hoek & Diederichs (2006).

    Raises
    ------
    ValueError
        If a value is out of range.

    Examples
    --------
    >>> round(float(rock_mass_modulus(60e9, 75.0)) / 1e9, 3)
    48.981
    """
    Ei, gsi, D = (np.asarray(v, float) for v in (intact_modulus, strength_index, disturbance))
    require(Ei > 0, "intact_modulus", Ei, "values above 0 Pa")
    _require_index(gsi, D)
    return np.asarray(Ei * (0.02 + (1 - D / 2) / (1 + np.exp((60 + 15 * D - gsi) / 11))))


def rock_mass_modulus_1997(intact_strength: ArrayLike, strength_index: ArrayLike) -> Array:
    r"""Deformation modulus of the rock mass where the intact modulus is not known.

    Parameters
    ----------
    intact_strength : array_like, shape (...)
        Uniaxial compressive strength of the intact rock [Pa].
    strength_index : array_like, shape (...)
        Geological strength index [1], 0 to 100.

    Returns
    -------
    ndarray, shape (...)
        :math:`\sqrt{\min(\sigma_{ci}/100\,\mathrm{MPa}, 1)}\;10^{(GSI-10)/40}` GPa [Pa];
        Hoek & Brown (1997).

    Raises
    ------
    ValueError
        If a value is out of range.

    Examples
    --------
    >>> round(float(rock_mass_modulus_1997(150e6, 75.0)) / 1e9, 2)
    42.17
    """
    sci, gsi = _strength(intact_strength), np.asarray(strength_index, dtype=float)
    _require_index(gsi, np.zeros(()))
    return np.asarray(1e9 * np.sqrt(np.minimum(sci / 100e6, 1.0)) * 10 ** ((gsi - 10) / 40))


def _strength(intact_strength: ArrayLike) -> Array:
    sci = np.asarray(intact_strength, dtype=float)
    require(sci > 0, "intact_strength", sci, "values above 0 Pa")
    return sci


def _require_index(strength_index: Array, disturbance: Array) -> None:
    gsi, D = strength_index, disturbance
    require((gsi >= 0) & (gsi <= 100), "strength_index", gsi, "values of 0 to 100")
    require((D >= 0) & (D <= 1), "disturbance", D, "values of 0 to 1")
