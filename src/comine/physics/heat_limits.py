r"""Legal limits of the mine climate: which of them states of the air exceed, and what follows.

A table, not advice: laws change, and entries marked "to be verified" were not read in their text.

Sources
-------
Named with each limit of `comine.physics.heat_limit_table`.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comine.physics import Array
from comine.physics.bounds import positive, require
from comine.physics.heat_limit_table import LIMITS, HeatLimit, Reading

__all__ = ["LIMITS", "HeatLimit", "Reading", "Verdict", "classify", "govern"]

Given = Reading | Literal["metabolic_rate"]


class Verdict(NamedTuple):
    """What a jurisdiction says of workplaces of shape (...).

    Attributes
    ----------
    limits : tuple of HeatLimit
        All limits of the jurisdiction, strictest first.
    exceeded : ndarray of bool, shape (limits, ...)
        Which limits are exceeded where.
    restricted : ndarray of bool, shape (...)
        Where any limit is exceeded.
    governing : ndarray of int, shape (...)
        Place in `limits` of the strictest one exceeded; tells nothing where not restricted.
    allowed_time : ndarray, shape (...)
        Time of work allowed in a shift [s]: the shift where no limit names a time.
    verified : ndarray of bool, shape (...)
        Whether the limit that governs was read in its text; where none does, whether all were.
    """

    limits: tuple[HeatLimit, ...]
    exceeded: NDArray[np.bool_]
    restricted: NDArray[np.bool_]
    governing: NDArray[np.intp]
    allowed_time: Array
    verified: NDArray[np.bool_]


def classify(jurisdiction: str, readings: Mapping[Given, float]) -> tuple[HeatLimit, ...]:
    """Limits that a workplace exceeds.

    Parameters
    ----------
    jurisdiction : str
        Key of `LIMITS`.
    readings : mapping
        Temperatures [K] by the names the limits use: ``dry_bulb``, ``wet_bulb``,
        ``effective_temperature`` (basic effective temperature, from its nomogram),
        ``wet_bulb_globe``, ``virgin_rock_temperature``; ``thermal_work_limit`` [W/m2]; and
        ``metabolic_rate`` [W] where limits differ by it.

    Returns
    -------
    tuple of HeatLimit
        The limits exceeded, strictest first: the first one governs. Empty if unrestricted.

    Raises
    ------
    ValueError
        If the jurisdiction is unknown or a reading that its limits need is missing.

    Examples
    --------
    >>> exceeded = classify("china-coal-face", {"dry_bulb": 273.15 + 31.0})
    >>> exceeded[0].consequence, exceeded[0].allowed_time
    ('stop work', 0.0)
    """
    limits = _limits(jurisdiction, readings)
    return tuple(limit for limit in limits if _exceeds(limit, readings))


def govern(
    jurisdiction: str, readings: Mapping[Given, ArrayLike], shift: float = 8.0 * 3600.0
) -> Verdict:
    """Limits that govern workplaces, the time they allow, and whether they are verified.

    Parameters
    ----------
    jurisdiction : str
        Key of `LIMITS`.
    readings : mapping of str to array_like, shape (...)
        As in `classify`; `comine.physics.workplace.heat_readings` gives those that follow from
        the air.
    shift : float, optional
        Length of a shift [s].

    Returns
    -------
    Verdict
        Limits exceeded, the one that governs, allowed time and status, for each workplace.

    Raises
    ------
    ValueError
        If the jurisdiction is unknown, a reading that its limits need is missing or not a number,
        or the shift is not positive.

    Notes
    -----
    The shortest time among the limits exceeded counts. A limit without a time (manage heat stress,
    shorten the shift) restricts but leaves the shift.

    Examples
    --------
    >>> verdict = govern("china-metal", {"wet_bulb": [295.0, 302.0, 304.0]})
    >>> (verdict.allowed_time / 3600.0).tolist(), verdict.verified.tolist()
    ([8.0, 8.0, 0.0], [False, False, False])
    """
    positive("shift", shift)
    limits = _limits(jurisdiction, readings)
    exceeded = np.stack(np.broadcast_arrays(*(_exceeds(limit, readings) for limit in limits)))
    restricted = np.asarray(exceeded.any(axis=0))
    governing = np.asarray(exceeded.argmax(axis=0))
    times = [shift if limit.allowed_time is None else limit.allowed_time for limit in limits]
    each = np.reshape(times, (-1,) + (1,) * (exceeded.ndim - 1))
    allowed = np.where(exceeded, each, shift).min(axis=0)
    read = np.array([limit.status == "verified" for limit in limits])
    verified = np.where(restricted, read[governing], read.all())
    return Verdict(
        limits, exceeded, restricted, governing, np.minimum(allowed, shift), np.asarray(verified)
    )


def _limits(jurisdiction: str, readings: Mapping[Given, ArrayLike]) -> tuple[HeatLimit, ...]:
    if jurisdiction not in LIMITS:
        raise ValueError(f"jurisdiction must be one of {sorted(LIMITS)}, got {jurisdiction!r}")
    limits = LIMITS[jurisdiction]
    needed: set[Given] = {limit.reading for limit in limits}
    if any(limit.graded for limit in limits):
        needed.add("metabolic_rate")
    if missing := needed - set(readings):
        raise ValueError(f"readings for {jurisdiction!r} lack {sorted(missing)}")
    for name in needed:
        require(np.isfinite(np.asarray(readings[name], float)), name, readings[name], "numbers")
    return limits


def _exceeds(limit: HeatLimit, readings: Mapping[Given, ArrayLike]) -> NDArray[np.bool_]:
    value = np.asarray(readings[limit.reading], dtype=float)
    wrong = value < limit.threshold if limit.exceeded == "below" else value > limit.threshold
    if limit.exceeded == "at or above":
        wrong = value >= limit.threshold
    if limit.graded:
        rate = np.asarray(readings["metabolic_rate"], dtype=float)
        wrong = wrong & (rate > limit.lightest) & (rate <= limit.heaviest)
    return np.asarray(wrong)
