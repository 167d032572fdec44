r"""Sizes of blasted rock: Kuz-Ram and the distribution of Rosin and Rammler.

The share of the volume in blocks smaller than x is :math:`1 - \exp(-(x/x_c)^n)`.

Sources
-------
- V. M. Kuznetsov, Soviet Mining Science 9 (1973) 144-148 (median size).
- C. Cunningham, Proc. 1st Int. Symp. Rock Fragmentation by Blasting, Lulea 1983, 439-454 (Kuz-Ram).
- P. Rosin, E. Rammler, J. Inst. Fuel 7 (1933) 29-36 (distribution).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import exp1, gamma, gammaincc

from comine.physics import Array
from comine.physics.bounds import positive, require

TNT = 115.0
"""Strength by weight of TNT, that of ANFO being 100."""


class SizeClasses(NamedTuple):
    """Blocks in classes, from the smallest."""

    diameter: Array
    """Of the sphere of the same surface per volume, shape (classes,) [m]."""
    share: Array
    """Share in the volume of the blocks, shape (classes,) [1]."""


def median_size(
    rock_factor: ArrayLike,
    powder_factor: ArrayLike,
    charge: ArrayLike,
    strength: ArrayLike = 100.0,
) -> Array:
    r"""Size that half of the volume of blasted rock is smaller than.

    Parameters
    ----------
    rock_factor : array_like
        Rock factor A, of 0.8 to 22, 7 for medium and 10 for hard, highly fissured rock [1].
    powder_factor : array_like
        Explosive for a volume of rock [kg/m³].
    charge : array_like
        Explosive in a hole [kg].
    strength : array_like
        Strength of the explosive by weight, relative to ANFO at 100 [1].

    Returns
    -------
    ndarray
        Size [m].

    Raises
    ------
    ValueError
        If an argument is not above 0.

    Notes
    -----
    :math:`x_{50} = 0.01\,A\,K^{-0.8} Q^{1/6} (115/S)^{19/30}` (Cunningham 1983); coefficients
    recalled, not verified against the printed source.

    Examples
    --------
    >>> float(median_size(8.0, 1.2, 12.0).round(4))
    0.1143
    """
    a, k, q, s = (
        positive(name, value)
        for name, value in (
            ("rock_factor", rock_factor), ("powder_factor", powder_factor),
            ("charge", charge), ("strength", strength),
        )
    )  # fmt: skip
    return np.asarray(0.01 * a * k**-0.8 * q ** (1 / 6) * (TNT / s) ** (19 / 30))


def characteristic_size(median: ArrayLike, uniformity: ArrayLike) -> Array:
    r"""Size that all but 1/e of the volume is smaller than.

    Parameters
    ----------
    median : array_like
        Size that half of the volume is smaller than [m].
    uniformity : array_like
        Exponent n of the distribution, of 0.7 to 2.2 after blasting [1].

    Returns
    -------
    ndarray
        :math:`x_c = x_{50}/(\ln 2)^{1/n}` [m].

    Raises
    ------
    ValueError
        If an argument is not above 0.

    Examples
    --------
    >>> float(characteristic_size(0.1143, 1.2).round(4))
    0.1551
    """
    x, n = positive("median", median), positive("uniformity", uniformity)
    return np.asarray(x / np.log(2) ** (1 / n))


def size_classes(
    characteristic: float, uniformity: float, smallest: float, count: int = 5
) -> SizeClasses:
    r"""Blocks in classes of equal volume that have the surface of the whole distribution.

    Parameters
    ----------
    characteristic : float
        Size that all but 1/e of the volume is smaller than [m].
    uniformity : float
        Exponent of the distribution, above 0.5 [1].
    smallest : float
        Size below which there are no blocks, fines that the surface does not count [m].
    count : int
        Number of classes [1].

    Returns
    -------
    SizeClasses
        Diameters and shares.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    The diameter of a class is its volume over :math:`\int \mathrm dP/x`, where P is the share of
    the volume that is smaller. With one class it is the Sauter mean :math:`d_{32}` of all.

    Examples
    --------
    >>> size_classes(0.1551, 1.2, 0.005, 1).diameter.round(4)
    array([0.0597])
    >>> size_classes(0.1551, 1.2, 0.005, 3).diameter.round(3)
    array([0.027, 0.112, 0.256])
    """
    xc, least = positive("characteristic", characteristic), positive("smallest", smallest)
    n = np.asarray(uniformity, dtype=float)
    require(n > 0.5, "uniformity", n, "an exponent above 0.5")
    require(np.asarray(count) >= 1, "count", np.asarray(count), "one class or more")
    begin = (least / xc) ** n
    kept = 1.0 - np.arange(count + 1) / count  # of the volume beyond each border
    with np.errstate(divide="ignore"):
        borders = begin - np.log(kept)
    beyond = _upper_gamma(float(1 - 1 / n), borders) * np.exp(begin) / xc  # of the volume over size
    share = np.full(count, 1.0 / count)
    return SizeClasses(np.asarray(share / -np.diff(beyond)), share)


def _upper_gamma(order: float, start: Array) -> Array:
    """Integral of t^(order - 1) exp(-t) from a start to infinity, for orders above -1."""
    if order > 0:
        return np.asarray(gammaincc(order, start) * gamma(order))
    if order == 0:
        return np.asarray(exp1(start))
    end = np.exp(-start) * start**order
    return np.asarray((gammaincc(order + 1, start) * gamma(order + 1) - end) / order)
