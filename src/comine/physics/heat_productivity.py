r"""Working time lost to heat, from the wet-bulb globe temperature and how hard the work is.

Sources
-------
Kjellstrom, T. et al. (2018). Estimating population heat exposure and impacts on working people in
conjunction with climate change. Int. J. Biometeorol. 62, 291-306 (also ILO 2019, Working on a
warmer planet), for the normal response; coefficients recalled, a public implementation agrees.
Broede, P. et al. (2018). Estimated work ability in warm outdoor environments depends on the chosen
heat stress assessment metric. Int. J. Biometeorol. 62, 331-345, for the logistic response and the
share of work of a limit; coefficients read in public implementations that agree, not in print.
NIOSH (2016). Occupational exposure to heat and hot environments, 2016-106, section 8.1, for the
limit; it is also that of ISO 7243:2017. Read second-hand.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from comine.physics import Array
from comine.physics.bounds import require, within

__all__ = [
    "Intensity",
    "lost_working_time",
    "reference_wet_bulb_globe",
    "work_ability",
    "work_share",
]

Intensity = Literal["light", "moderate", "heavy"]
"""Work of about 200, 300 and 400 W of metabolic heat."""

_ICE_POINT = 273.15
_NORMAL = {"light": (35.5, 3.9), "moderate": (33.5, 3.9), "heavy": (32.5, 4.2)}  # mean, deviation
_LOGISTIC = {"light": (34.64, 22.72), "moderate": (32.93, 17.81), "heavy": (30.94, 16.64)}
_AT_REST = 117.0  # metabolic rate [W]


def lost_working_time(wet_bulb_globe: ArrayLike, intensity: Intensity) -> Array:
    r"""Share of working time lost, as epidemiological studies of output show it.

    Parameters
    ----------
    wet_bulb_globe : array_like, shape (...)
        Wet-bulb globe temperature of the hour [K].
    intensity : {"light", "moderate", "heavy"}
        Work of about 200, 300 or 400 W.

    Returns
    -------
    ndarray, shape (...)
        Share of the time lost [1].

    Raises
    ------
    ValueError
        If the temperature is not in kelvin or the intensity unknown.

    Notes
    -----
    .. math:: f = \tfrac12 \left[1 + \operatorname{erf}\frac{t - \bar t}{s\sqrt2}\right]

    with :math:`\bar t`, s of 35.5, 3.9 C (light), 33.5, 3.9 (moderate), 32.5, 4.2 (heavy). Fitted
    to few field studies of output, gold miners among them, from about 26 to 38 C (range recalled).
    Below, the 1-6 % lost are of the fitted form, not of data.

    Examples
    --------
    >>> round(float(lost_working_time(273.15 + 30.0, "heavy")), 3)
    0.276
    """
    mean, deviation = _coefficients(_NORMAL, intensity)
    return np.asarray(ndtr((_celsius(wet_bulb_globe) - mean) / deviation))


def work_ability(wet_bulb_globe: ArrayLike, intensity: Intensity) -> Array:
    r"""Share of the work of a cool place that is done, which never falls below a tenth.

    Parameters
    ----------
    wet_bulb_globe : array_like, shape (...)
        Wet-bulb globe temperature [K].
    intensity : {"light", "moderate", "heavy"}
        Work of about 200, 300 or 400 W.

    Returns
    -------
    ndarray, shape (...)
        Ability to work [1].

    Raises
    ------
    ValueError
        If the temperature is not in kelvin or the intensity unknown.

    Notes
    -----
    .. math:: A = 0.1 + \frac{0.9}{1 + (t/a)^b}

    with a, b of 34.64 C, 22.72 (light), 32.93, 17.81 (moderate), 30.94, 16.64 (heavy). A second
    form for the same field data as `lost_working_time`; to 38 C the two differ by at most 0.13.

    Examples
    --------
    >>> round(float(work_ability(273.15 + 30.0, "heavy")), 3)
    0.663
    """
    a, b = _coefficients(_LOGISTIC, intensity)
    return np.asarray(0.1 + 0.9 / (1.0 + (np.maximum(_celsius(wet_bulb_globe), 0.0) / a) ** b))


def reference_wet_bulb_globe(metabolic_rate: ArrayLike, acclimatised: bool = True) -> Array:
    r"""Wet-bulb globe temperature up to which work may go on all hour.

    Parameters
    ----------
    metabolic_rate : array_like, shape (...)
        Mean metabolic rate over the hour [W], from 100 to 600.
    acclimatised : bool, optional
        Whether people are used to heat.

    Returns
    -------
    ndarray, shape (...)
        Limit [K].

    Raises
    ------
    ValueError
        If the metabolic rate is out of range.

    Notes
    -----
    :math:`56.7 - 11.5\log_{10} M` C; without acclimatisation :math:`59.9 - 14.1\log_{10} M`.

    Examples
    --------
    >>> round(float(reference_wet_bulb_globe(300.0)) - 273.15, 2)
    28.21
    """
    rate = np.log10(within("metabolic_rate", metabolic_rate, 100.0, 600.0))
    limit = 56.7 - 11.5 * rate if acclimatised else 59.9 - 14.1 * rate
    return np.asarray(limit + _ICE_POINT)


def work_share(
    wet_bulb_globe: ArrayLike, metabolic_rate: ArrayLike, acclimatised: bool = True
) -> Array:
    r"""Share of each hour for work, the rest for rest in the same place, that keeps to the limit.

    Parameters
    ----------
    wet_bulb_globe : array_like, shape (...)
        Wet-bulb globe temperature [K].
    metabolic_rate : array_like, shape (...)
        Metabolic rate while at work [W], above that at rest (117) and to 600.
    acclimatised : bool, optional
        Whether people are used to heat.

    Returns
    -------
    ndarray, shape (...)
        Share of the hour [1]: 1 up to the limit for work, 0 from that at rest.

    Raises
    ------
    ValueError
        If a quantity is out of range.

    Notes
    -----
    Between the limits at rest, :math:`L_r`, and at work, :math:`L_w`, of
    `reference_wet_bulb_globe`, the share is :math:`(L_r - t)/(L_r - L_w)`. Rest in a cooler place
    allows more.

    Examples
    --------
    >>> round(float(work_share(273.15 + 30.0, 300.0)), 3)
    0.62
    """
    rate = np.asarray(metabolic_rate, dtype=float)
    require(rate > _AT_REST, "metabolic_rate", metabolic_rate, f"more than {_AT_REST:g} W at rest")
    rest = reference_wet_bulb_globe(_AT_REST, acclimatised)
    work = reference_wet_bulb_globe(rate, acclimatised)
    now = _celsius(wet_bulb_globe) + _ICE_POINT
    return np.asarray(np.clip((rest - now) / (rest - work), 0.0, 1.0))


def _celsius(wet_bulb_globe: ArrayLike) -> Array:
    return within("wet_bulb_globe", wet_bulb_globe, 233.15, 373.15) - _ICE_POINT


def _coefficients(table: dict[str, tuple[float, float]], intensity: str) -> tuple[float, float]:
    if intensity not in table:
        raise ValueError(f"intensity must be one of {list(table)}, got {intensity!r}")
    return table[intensity]
