"""Induced seismicity: greatest moment by injected volume, and counts by the seismogenic index.

Sources
-------
McGarr, A. (2014), J. Geophys. Res. Solid Earth 119, 1008-1019.
Shapiro, S. A., Dinske, C., Langenbruch, C. & Wenzel, F. (2010), The Leading Edge 29, 304-309.
Mignan, A. et al. (2017), Scientific Reports 7, 13607.
Hanks, T. C. & Kanamori, H. (1979), J. Geophys. Res. 84, 2348-2350 (moment magnitude).
"""

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.bounds import require


def greatest_moment(volume: ArrayLike, shear_modulus: ArrayLike = 30e9) -> Array:
    r"""Upper bound of the seismic moment for an injected volume.

    Parameters
    ----------
    volume : array_like, shape (...)
        Net injected volume [m3].
    shear_modulus : array_like, shape (...)
        Shear modulus of the rock [Pa].

    Returns
    -------
    ndarray, shape (...)
        :math:`M_0 = G\,\Delta V` [N m]; McGarr (2014), equation 13. A bound that some later
        sequences broke, for example Pohang.

    Raises
    ------
    ValueError
        If a volume is negative or a modulus not positive.

    Examples
    --------
    >>> round(float(moment_magnitude(greatest_moment(11627.0))), 2)
    3.63
    """
    V, G = np.asarray(volume, dtype=float), np.asarray(shear_modulus, dtype=float)
    require(V >= 0, "volume", V, "0 m3 or more")
    require(G > 0, "shear_modulus", G, "values above 0 Pa")
    return np.asarray(G * V)


def moment_magnitude(moment: ArrayLike) -> Array:
    r"""Moment magnitude of a seismic moment.

    Parameters
    ----------
    moment : array_like, shape (...)
        Seismic moment [N m].

    Returns
    -------
    ndarray, shape (...)
        :math:`M_w = (\log_{10} M_0 - 9.1)/1.5` [1].

    Raises
    ------
    ValueError
        If a moment is not positive.

    Examples
    --------
    >>> round(float(moment_magnitude(1e18)), 3)
    5.933
    """
    M0 = np.asarray(moment, dtype=float)
    require(M0 > 0, "moment", M0, "values above 0 N m")
    return np.asarray((np.log10(M0) - 9.1) / 1.5)


def expected_events(
    volume: ArrayLike, magnitude: ArrayLike, index: ArrayLike, b_value: ArrayLike
) -> Array:
    r"""Expected number of induced events of a magnitude or more.

    Parameters
    ----------
    volume : array_like, shape (...)
        Injected volume [m3].
    magnitude : array_like, shape (...)
        Magnitude [1].
    index : array_like, shape (...)
        Seismogenic index, or underground feedback, of the site [1], for volumes in m3.
    b_value : array_like, shape (...)
        Slope of the frequency-magnitude law [1].

    Returns
    -------
    ndarray, shape (...)
        :math:`N = V\,10^{\Sigma - bm}` [1]; Shapiro et al. (2010). During injection only.

    Raises
    ------
    ValueError
        If a volume is negative or a slope not positive.

    Examples
    --------
    >>> round(float(expected_events(11626.74, 0.8, 0.100735, 1.606944)), 2)
    759.69
    """
    V, b = np.asarray(volume, dtype=float), _slope(b_value)
    require(V >= 0, "volume", V, "0 m3 or more")
    exponent = np.asarray(index, dtype=float) - b * np.asarray(magnitude, dtype=float)
    return np.asarray(V * 10.0**exponent)


def exceedance_probability(
    volume: ArrayLike, magnitude: ArrayLike, index: ArrayLike, b_value: ArrayLike
) -> Array:
    r"""Probability of one event or more of a magnitude, events being Poissonian.

    Parameters
    ----------
    volume, magnitude, index, b_value : array_like, shape (...)
        As in `expected_events`.

    Returns
    -------
    ndarray, shape (...)
        :math:`P = 1 - e^{-N}` [1].

    Raises
    ------
    ValueError
        If a volume is negative or a slope not positive.

    Examples
    --------
    >>> round(float(exceedance_probability(11626.74, 3.0, 0.100735, 1.606944)), 4)
    0.1987
    """
    return np.asarray(-np.expm1(-expected_events(volume, magnitude, index, b_value)))


def allowed_volume(
    probability: ArrayLike, magnitude: ArrayLike, index: ArrayLike, b_value: ArrayLike
) -> Array:
    r"""Volume at which the probability of exceeding a magnitude reaches a limit.

    Parameters
    ----------
    probability : array_like, shape (...)
        Probability accepted [1], between 0 and 1.
    magnitude, index, b_value : array_like, shape (...)
        As in `expected_events`.

    Returns
    -------
    ndarray, shape (...)
        :math:`V = -\ln(1 - P)\,10^{bm - \Sigma}` [m3].

    Raises
    ------
    ValueError
        If a probability is not between 0 and 1 or a slope not positive.

    Examples
    --------
    >>> round(float(allowed_volume(0.01, 2.0, 0.100735, 1.606944)), 2)
    13.04
    """
    P, b = np.asarray(probability, dtype=float), _slope(b_value)
    require((P > 0) & (P < 1), "probability", P, "values between 0 and 1")
    exponent = b * np.asarray(magnitude, dtype=float) - np.asarray(index, dtype=float)
    return np.asarray(-np.log1p(-P) * 10.0**exponent)


def magnitude_of_largest(
    volume: ArrayLike, index: ArrayLike, b_value: ArrayLike, probability: ArrayLike = 0.5
) -> Array:
    r"""Magnitude that the largest event exceeds with a given probability.

    Parameters
    ----------
    volume, index, b_value : array_like, shape (...)
        As in `expected_events`; the volume is positive.
    probability : array_like, shape (...)
        Probability of exceedance [1]; 0.5 gives the median, 1 - 1/e the magnitude at which one
        event is expected.

    Returns
    -------
    ndarray, shape (...)
        :math:`m = (\Sigma + \log_{10}(V / -\ln(1 - P)))/b` [1].

    Raises
    ------
    ValueError
        If a volume or slope is not positive or a probability not between 0 and 1.

    Examples
    --------
    >>> round(float(magnitude_of_largest(11626.74, 0.100735, 1.606944)), 3)
    2.692
    """
    V, P, b = np.asarray(volume, float), np.asarray(probability, float), _slope(b_value)
    require(V > 0, "volume", V, "values above 0 m3")
    require((P > 0) & (P < 1), "probability", P, "values between 0 and 1")
    return np.asarray((np.asarray(index, dtype=float) + np.log10(V / -np.log1p(-P))) / b)


def _slope(b_value: ArrayLike) -> Array:
    b = np.asarray(b_value, dtype=float)
    require(b > 0, "b_value", b, "values above 0")
    return b
