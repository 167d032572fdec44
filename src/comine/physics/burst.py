"""Rock-burst criteria side by side: value and class of each, and the vote, never an average.

Classes: 0 none, 1 weak, 2 moderate, 3 strong. Compression is positive. The class limits in
`LIMITS` are recalled, not verified against the printed sources: show the value by the class.

Sources
-------
Russenes, B. F. (1974), thesis, NTH Trondheim. Hoek, E. & Brown, E. T. (1980), Underground
Excavations in Rock. Turchaninov, I. A. et al. (1972). Barton, N., Lien, R. & Lunde, J. (1974), Rock
Mech. 6, 189-236. Tao, Z. (1987), Rock bursts in deep tunnels and their criterion. Kidybinski, A.
(1981), Int. J. Rock Mech. Min. Sci. 18, 295-304 (W_et). Wang, J.-A. & Park, H. D. (2001), Tunn.
Undergr. Space Technol. 16, 49-57 (elastic energy). Cook, N. G. W. (1963) and Salamon, M. D. G.
(1984), J. S. Afr. Inst. Min. Metall. 84 (energy release rate).
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comine.physics import Array
from comine.physics.bounds import require

Grades = NDArray[np.int_]
"""Classes 0 to 3."""


class Limits(NamedTuple):
    """Class limits of a criterion."""

    bounds: tuple[float, ...]
    """Values at which the class changes, rising [unit of the criterion]."""
    grades: tuple[int, ...]
    """Class below the first bound, between the bounds, and from the last bound on."""
    source: str
    """Where the limits come from."""


LIMITS: Mapping[str, Limits] = {
    "russenes": Limits((0.20, 0.30, 0.55), (0, 1, 2, 3), "Russenes 1974, recalled"),
    "hoek": Limits(
        (0.34, 0.42, 0.56),
        (0, 1, 2, 3),
        "Hoek & Brown 1980, recalled; their fifth class from 0.70 counts as strong",
    ),
    "turchaninov": Limits((0.3, 0.5, 0.8), (0, 1, 2, 3), "Turchaninov 1972, recalled"),
    "barton": Limits((2.5, 5.0), (3, 1, 0), "Barton et al. 1974, recalled: heavy, mild from 2.5"),
    "tao": Limits((2.5, 5.5, 14.5), (3, 2, 1, 0), "Tao 1987, recalled"),
    "elastic_energy": Limits(
        (50e3, 100e3, 150e3),
        (0, 1, 2, 3),
        "Wang & Park 2001, recalled; their class above 200 kJ/m3, very high, counts as strong",
    ),
    "energy_index": Limits((2.0, 3.5, 5.0), (0, 1, 2, 3), "Kidybinski 1981, recalled"),
    "energy_release_rate": Limits(
        (15e6, 30e6),
        (0, 2, 3),
        "South African design ceiling of 15-30 MJ/m2, recalled; the classes are a reading of it",
    ),
}
"""Class limits by criterion, in SI units."""


class Burst(NamedTuple):
    """Answer of one criterion."""

    value: Array
    """Value of the criterion [its unit]."""
    grade: Grades
    """Class: 0 none, 1 weak, 2 moderate, 3 strong."""


class Vote(NamedTuple):
    """Answers of several criteria side by side."""

    criteria: tuple[str, ...]
    """Names, in the order of the classes."""
    grades: Grades
    """Classes, shape (criterion, ...)."""
    counts: Grades
    """Number of criteria in classes 0 to 3, shape (4, ...)."""


def russenes(hoop_stress: ArrayLike, compressive_strength: ArrayLike) -> Burst:
    r"""Greatest hoop stress over uniaxial strength, classed by Russenes.

    Parameters
    ----------
    hoop_stress : array_like, shape (...)
        Greatest tangential stress at the wall [Pa].
    compressive_strength : array_like, shape (...)
        Uniaxial compressive strength of the intact rock [Pa].

    Returns
    -------
    Burst
        :math:`\sigma_\theta/\sigma_c` [1] and class, shape (...).

    Raises
    ------
    ValueError
        If a strength is not positive.

    Examples
    --------
    >>> float(russenes(60e6, 150e6).value), int(russenes(60e6, 150e6).grade)
    (0.4, 2)
    """
    return _ratio("russenes", hoop_stress, _positive("compressive_strength", compressive_strength))


def hoek(hoop_stress: ArrayLike, compressive_strength: ArrayLike) -> Burst:
    r"""Greatest hoop stress over uniaxial strength, classed by Hoek.

    Parameters
    ----------
    hoop_stress, compressive_strength : array_like, shape (...)
        As in `russenes` [Pa].

    Returns
    -------
    Burst
        :math:`\sigma_\theta/\sigma_c` [1] and class, shape (...).

    Raises
    ------
    ValueError
        If a strength is not positive.

    Examples
    --------
    >>> int(hoek(60e6, 150e6).grade)
    1
    """
    return _ratio("hoek", hoop_stress, _positive("compressive_strength", compressive_strength))


def turchaninov(
    hoop_stress: ArrayLike, axial_stress: ArrayLike, compressive_strength: ArrayLike
) -> Burst:
    r"""Sum of hoop and axial stress over uniaxial strength.

    Parameters
    ----------
    hoop_stress : array_like, shape (...)
        Greatest tangential stress at the wall [Pa].
    axial_stress : array_like, shape (...)
        Stress along the opening [Pa].
    compressive_strength : array_like, shape (...)
        Uniaxial compressive strength of the intact rock [Pa].

    Returns
    -------
    Burst
        :math:`(\sigma_\theta + \sigma_L)/\sigma_c` [1] and class, shape (...).

    Raises
    ------
    ValueError
        If a strength is not positive.

    Examples
    --------
    >>> int(turchaninov(60e6, 30e6, 150e6).grade)
    2
    """
    total = np.asarray(hoop_stress, dtype=float) + np.asarray(axial_stress, dtype=float)
    return _ratio("turchaninov", total, _positive("compressive_strength", compressive_strength))


def barton(compressive_strength: ArrayLike, major_stress: ArrayLike) -> Burst:
    r"""Uniaxial strength over greatest far stress, classed as in the Q system of 1974.

    Parameters
    ----------
    compressive_strength : array_like, shape (...)
        Uniaxial compressive strength of the intact rock [Pa].
    major_stress : array_like, shape (...)
        Greatest principal stress before excavation [Pa].

    Returns
    -------
    Burst
        :math:`\sigma_c/\sigma_1` [1] and class, shape (...).

    Raises
    ------
    ValueError
        If a strength or a stress is not positive.

    Examples
    --------
    >>> int(barton(150e6, 40e6).grade)
    1
    """
    return _ratio(
        "barton",
        _positive("compressive_strength", compressive_strength),
        _positive("major_stress", major_stress),
    )


def tao(compressive_strength: ArrayLike, major_stress: ArrayLike) -> Burst:
    r"""Uniaxial strength over greatest far stress, classed by Tao.

    Parameters
    ----------
    compressive_strength, major_stress : array_like, shape (...)
        As in `barton` [Pa].

    Returns
    -------
    Burst
        :math:`\sigma_c/\sigma_1` [1] and class, shape (...).

    Raises
    ------
    ValueError
        If a strength or a stress is not positive.

    Examples
    --------
    >>> int(tao(150e6, 40e6).grade)
    2
    """
    return _ratio(
        "tao",
        _positive("compressive_strength", compressive_strength),
        _positive("major_stress", major_stress),
    )


def elastic_energy(compressive_strength: ArrayLike, unloading_modulus: ArrayLike) -> Burst:
    r"""Potential energy of elastic strain at the peak of uniaxial loading.

    Parameters
    ----------
    compressive_strength : array_like, shape (...)
        Uniaxial compressive strength of the intact rock [Pa].
    unloading_modulus : array_like, shape (...)
        Tangent modulus on unloading [Pa].

    Returns
    -------
    Burst
        :math:`\sigma_c^2/(2E_s)` [J/m3] and class, shape (...).

    Raises
    ------
    ValueError
        If a value is not positive.

    Examples
    --------
    >>> round(float(elastic_energy(150e6, 55e9).value))
    204545
    """
    E = _positive("unloading_modulus", unloading_modulus)
    strength = _positive("compressive_strength", compressive_strength)
    return _ratio("elastic_energy", strength**2, 2 * E)


def energy_index(stored: ArrayLike, dissipated: ArrayLike = 1.0) -> Burst:
    r"""Elastic over lost energy of a sample unloaded at 80 to 90 % of its strength, W_et.

    Parameters
    ----------
    stored : array_like, shape (...)
        Energy given back on unloading [J/m3], or W_et itself [1] with `dissipated` left at 1.
    dissipated : array_like, shape (...)
        Energy lost in the cycle [J/m3].

    Returns
    -------
    Burst
        W_et [1] and class, shape (...).

    Raises
    ------
    ValueError
        If the lost energy is not positive.

    Examples
    --------
    >>> int(energy_index(4.2).grade)
    2
    """
    lost = np.asarray(dissipated, dtype=float)
    require(lost > 0, "dissipated", lost, "values above 0")
    return _ratio("energy_index", stored, lost)


def energy_release_rate(
    normal_stress: ArrayLike, half_span: ArrayLike, modulus: ArrayLike, poisson_ratio: ArrayLike
) -> Burst:
    r"""Energy released per area as a long slot-like stope advances.

    Parameters
    ----------
    normal_stress : array_like, shape (...)
        Far stress across the slot [Pa].
    half_span : array_like, shape (...)
        Half the span of the slot, which has not closed [m].
    modulus : array_like, shape (...)
        Deformation modulus of the rock mass [Pa].
    poisson_ratio : array_like, shape (...)
        Poisson's ratio [1].

    Returns
    -------
    Burst
        :math:`\pi(1-\nu^2)\sigma^2 c/E` [J/m2] and class, shape (...).

    Raises
    ------
    ValueError
        If a span or modulus is out of range.

    Examples
    --------
    >>> round(float(energy_release_rate(54e6, 50.0, 60e9, 0.25).value) / 1e6, 3)
    7.157
    """
    stress, nu = np.asarray(normal_stress, dtype=float), np.asarray(poisson_ratio, dtype=float)
    c, E = np.asarray(half_span, dtype=float), _positive("modulus", modulus)
    require(c >= 0, "half_span", c, "0 m or more")
    return _ratio("energy_release_rate", np.pi * (1 - nu**2) * stress**2 * c, E)


def brittleness(compressive_strength: ArrayLike, tensile_strength: ArrayLike) -> Array:
    """Uniaxial compressive over tensile strength.

    Parameters
    ----------
    compressive_strength, tensile_strength : array_like, shape (...)
        Strengths of the intact rock, both positive [Pa].

    Returns
    -------
    ndarray, shape (...)
        Ratio [1]. It has no class here: published limits run in opposite directions.

    Raises
    ------
    ValueError
        If a strength is not positive.

    Examples
    --------
    >>> float(brittleness(150e6, 10e6))
    15.0
    """
    strength = _positive("compressive_strength", compressive_strength)
    return np.asarray(strength / _positive("tensile_strength", tensile_strength))


def vote(answers: Mapping[str, Burst]) -> Vote:
    """Classes of several criteria side by side, and how many fall in each class.

    Parameters
    ----------
    answers : mapping of str to Burst
        Answers by name of the criterion, of shapes that broadcast; one or more.

    Returns
    -------
    Vote
        Names, classes, shape (criterion, ...), and counts of classes 0 to 3, shape (4, ...).

    Raises
    ------
    ValueError
        If there is no answer.

    Examples
    --------
    >>> vote({"hoek": hoek(60e6, 150e6), "tao": tao(150e6, 40e6)}).counts
    array([0, 1, 1, 0])
    """
    if not answers:
        raise ValueError("answers: got none; give one criterion or more")
    grades = np.stack(np.broadcast_arrays(*(answer.grade for answer in answers.values())))
    counts = np.stack([np.count_nonzero(grades == grade, axis=0) for grade in range(4)])
    return Vote(tuple(answers), grades, np.asarray(counts))


def _ratio(criterion: str, numerator: ArrayLike, denominator: ArrayLike) -> Burst:
    value = np.asarray(np.asarray(numerator, float) / np.asarray(denominator, float))
    require(np.isfinite(value), criterion, value, "finite stresses and strengths")
    limits = LIMITS[criterion]
    band = np.searchsorted(np.asarray(limits.bounds), value, side="right")
    return Burst(value, np.asarray(np.asarray(limits.grades)[band]))


def _positive(name: str, value: ArrayLike) -> Array:
    v = np.asarray(value, dtype=float)
    require(v > 0, name, v, "values above 0 Pa")
    return v
