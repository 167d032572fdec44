r"""Legal limits of the mine climate, and which of them a state of the air exceeds.

A table, not advice: laws change, and entries marked "to be verified" were not read in their text.

Sources
-------
Named with each limit. "verified" means read in the named text, "to be verified" recalled or read
second-hand.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

__all__ = ["LIMITS", "HeatLimit", "Reading", "classify"]

Reading = Literal["dry_bulb", "wet_bulb", "effective_temperature", "virgin_rock_temperature"]


class HeatLimit(NamedTuple):
    """One limit: what follows if the reading is above the threshold [K] (or at it)."""

    reading: Reading
    threshold: float
    consequence: str
    source: str
    status: Literal["verified", "to be verified"] = "verified"
    inclusive: bool = False


def _celsius(temperature: float) -> float:
    return 273.15 + temperature


_KLIMA = "KlimaBergV (Germany)"
_CHINA_COAL = "Coal mine safety regulation (China)"
_CHINA_METAL = "GB 16423-2020 (China)"
_SOUTH_AFRICA = "Code of practice on thermal stress, Notice 1754, GG 45903, 2022, annex 5"

LIMITS: Mapping[str, tuple[HeatLimit, ...]] = {
    "germany": (
        HeatLimit(
            "effective_temperature",
            _celsius(30),
            "not allowed without derogation",
            f"{_KLIMA} s. 4",
            "to be verified",
        ),
        HeatLimit("effective_temperature", _celsius(29), "at most 5 h a shift", f"{_KLIMA} s. 3"),
        HeatLimit("effective_temperature", _celsius(25), "at most 6 h a shift", f"{_KLIMA} s. 3"),
        HeatLimit("dry_bulb", _celsius(28), "at most 6 h a shift", f"{_KLIMA} s. 3"),
    ),
    "germany-salt": (
        HeatLimit("dry_bulb", _celsius(52), "not allowed", f"{_KLIMA} s. 5"),
        HeatLimit("wet_bulb", _celsius(27), "not allowed", f"{_KLIMA} s. 5"),
        HeatLimit("dry_bulb", _celsius(46), "at most 6.5 h a shift", f"{_KLIMA} s. 3"),
        HeatLimit("dry_bulb", _celsius(28), "at most 7 h a shift", f"{_KLIMA} s. 3"),
    ),
    "western-australia": (
        HeatLimit(
            "wet_bulb", _celsius(27), "manage heat stress", "WHS (Mines) Regulations 2022 r. 635"
        ),
    ),
    "south-australia": (
        HeatLimit("wet_bulb", _celsius(27), "manage heat stress", "WHS Regulations 2012 r. 635"),
    ),
    "queensland-coal": (
        HeatLimit("effective_temperature", _celsius(29.4), "stop work", "CMSHR 2017 s. 369"),
        HeatLimit("wet_bulb", _celsius(27), "manage heat stress", "CMSHR 2017 s. 369"),
    ),
    "china-coal-face": (
        HeatLimit("dry_bulb", _celsius(30), "stop work", _CHINA_COAL),
        HeatLimit("dry_bulb", _celsius(26), "shorten the shift", _CHINA_COAL),
    ),
    "china-coal-machine-room": (
        HeatLimit("dry_bulb", _celsius(34), "stop work", _CHINA_COAL),
        HeatLimit("dry_bulb", _celsius(30), "shorten the shift", _CHINA_COAL),
    ),
    "china-metal": (
        HeatLimit("wet_bulb", _celsius(30), "stop work", _CHINA_METAL, "to be verified"),
        HeatLimit("wet_bulb", _celsius(27), "limit the time", _CHINA_METAL, "to be verified"),
    ),
    "china-heat-hazard": (
        HeatLimit(
            "virgin_rock_temperature", _celsius(37), "grade II", "GB 50418 (China)", inclusive=True
        ),
        HeatLimit(
            "virgin_rock_temperature", _celsius(31), "grade I", "GB 50418 (China)", inclusive=True
        ),
    ),
    "south-africa": (
        HeatLimit("wet_bulb", _celsius(32.5), "stop work", _SOUTH_AFRICA, "to be verified"),
        HeatLimit("dry_bulb", _celsius(37), "stop work", _SOUTH_AFRICA, "to be verified"),
        HeatLimit(
            "wet_bulb", _celsius(27.5), "manage heat stress", _SOUTH_AFRICA, "to be verified"
        ),
    ),
}
"""Limits by jurisdiction, each list from the strictest consequence down."""


def classify(jurisdiction: str, readings: Mapping[Reading, float]) -> tuple[HeatLimit, ...]:
    """Limits that a workplace exceeds.

    Parameters
    ----------
    jurisdiction : str
        Key of `LIMITS`.
    readings : mapping
        Temperatures [K] by the names the limits use: ``dry_bulb``, ``wet_bulb``,
        ``effective_temperature`` (basic effective temperature, from its nomogram),
        ``virgin_rock_temperature``.

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
    >>> exceeded[0].consequence
    'stop work'
    """
    if jurisdiction not in LIMITS:
        raise ValueError(f"jurisdiction must be one of {sorted(LIMITS)}, got {jurisdiction!r}")
    limits = LIMITS[jurisdiction]
    missing = {limit.reading for limit in limits} - set(readings)
    if missing:
        raise ValueError(f"readings for {jurisdiction!r} lack {sorted(missing)}")
    return tuple(limit for limit in limits if _exceeds(readings[limit.reading], limit))


def _exceeds(reading: float, limit: HeatLimit) -> bool:
    return reading > limit.threshold or (limit.inclusive and reading == limit.threshold)
