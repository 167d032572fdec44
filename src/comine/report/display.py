"""From SI to the units that engineers read. Nothing outside the report uses these."""

from collections.abc import Iterable
from math import floor, isfinite, log10
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.report.words import Words, same

ABSENT = "–"
ZERO_CELSIUS = 273.15
YEAR = 365.25 * 86400.0
DAY = 86400.0

DIFFERENCES = frozenset({"rock_cooling", "section_departure"})
"""Variables in K that are temperature differences and stay in K."""
PLAIN_SHARES = frozenset(
    [
        "score_low",
        "score_mid",
        "score_high",
        "indicator_low",
        "indicator_high",
        "branch_start",
        "branch_end",
        "branch_count",
        "branch_opened",
        "branch_closed",
        "well_count",
        "rock_cells",
        "burst_class",
        "burst_votes",
        "worst_votes",
    ]
)
"""Dimensionless variables that are scores, numbers or counts rather than shares."""


class Scale(NamedTuple):
    """Shown value = (SI value - offset) / size."""

    symbol: Words
    size: float = 1.0
    offset: float = 0.0

    def __call__(self, value: ArrayLike) -> Array:
        """Value or values as shown."""
        return np.asarray((np.asarray(value, dtype=float) - self.offset) / self.size)


_BY_SIZE: dict[str, tuple[tuple[float, str], ...]] = {
    "W": ((1e9, "GW"), (1e6, "MW"), (1e3, "kW"), (1.0, "W")),
    "J": ((1e18, "EJ"), (1e15, "PJ"), (1e12, "TJ"), (1e9, "GJ"), (1e6, "MJ")),
    "kg": ((1e9, "Mt"), (1e6, "kt"), (1e3, "t"), (1.0, "kg")),
    "Pa": ((1e9, "GPa"), (1e6, "MPa"), (1e3, "kPa")),
    "m**3": ((1e9, "km³"), (1e6, "million m³"), (1.0, "m³")),
    "m**2": ((1e6, "km²"), (1.0, "m²")),
}
_AT_ZERO = {"W": 1e6, "J": 1e12, "kg": 1e3}
"""Size at which a quantity is shown where all of it is nil."""
_FIXED = {
    "K": (same("°C"), 1.0, ZERO_CELSIUS),
    "delta_degC": (same("K"), 1.0, 0.0),
    "K/m": (same("K/km"), 1e-3, 0.0),
    "Pa/m": (same("MPa/km"), 1e3, 0.0),
    "W/m/K": (same("W/(m K)"), 1.0, 0.0),
    "W/m**2": (same("mW/m²"), 1e-3, 0.0),
    "W/m**3": (same("µW/m³"), 1e-6, 0.0),
    "W/m**2/K": (same("W/(m² K)"), 1.0, 0.0),
    "J/kg/K": (same("J/(kg K)"), 1.0, 0.0),
    "1/K": (same("µm/(m K)"), 1e-6, 0.0),
    "": (same(""), 1.0, 0.0),
}
_SHIFTED = {"money/s": ("a", 1 / YEAR), "money/W": ("kW", 1e-3), "money/m": ("m", 1.0)}


def scale_for(unit: str, name: str = "", largest: float = 1.0, currency: str = "") -> Scale:
    """How to show a quantity of SI `unit`, called `name`, whose greatest size is `largest`.

    >>> scale_for("W", largest=3.2e6).symbol.en
    'MW'
    >>> float(scale_for("K")(338.15))
    65.0
    """
    largest = abs(largest) if isfinite(largest) else 1.0
    largest = largest or _AT_ZERO.get(unit, 0.0)
    if unit.startswith("money"):
        return _money(unit, name, largest, currency)
    if unit == "1":
        return _share(name, largest)
    if unit == "m" and 0 < largest < 0.05:
        return Scale(same("mm"), 1e-3)
    if unit in _BY_SIZE:
        steps = _BY_SIZE[unit]
        size, symbol = next((s for s in steps if largest >= 0.9995 * s[0]), steps[-1])
        return Scale(Words(symbol, symbol.replace("million", "百万")), size)
    return _duration(largest) if unit == "s" else _fixed(unit, name)


def _fixed(unit: str, name: str) -> Scale:
    if unit == "K" and name in DIFFERENCES:
        return Scale(same("K"))
    if (unit, name) == ("kg/s", "rate"):
        return Scale(same("kt/a"), 1e6 / YEAR)
    if unit in _FIXED:
        return Scale(*_FIXED[unit])
    return Scale(same(_symbol(unit)))


def _symbol(unit: str) -> str:
    return unit.replace("**2", "²").replace("**3", "³").replace("*", " ")


def _share(name: str, largest: float) -> Scale:
    if name in PLAIN_SHARES or name.endswith("_ratio"):
        return Scale(same(""))
    if name.endswith("grade") and largest < 1e-3:
        return Scale(same("g/t"), 1e-6)
    if name == "ledger_residual":
        return Scale(same(""))
    return Scale(same("%"), 1e-2)


def _duration(largest: float) -> Scale:
    if largest >= YEAR / 2:
        return Scale(Words("a", "年"), YEAR)
    return Scale(Words("d", "天"), DAY) if largest >= DAY else Scale(same("s"))


def _money(unit: str, name: str, largest: float, currency: str) -> Scale:
    code = currency or "money"
    zh = "元" if code == "CNY" else code
    if unit == "money":
        return Scale(Words(f"{code} million", f"百万{zh}" if zh == "元" else f"百万 {zh}"), 1e6)
    if unit == "money/J":
        kwh = name == "lcoe" or "power" in name or "electric" in name
        per, size = ("kWh", 1 / 3.6e6) if kwh else ("GJ", 1e-9)
    elif unit == "money/kg":
        per, size = ("g", 1e3) if largest > 1e4 else ("t", 1e-3)
    else:
        per, size = _SHIFTED.get(unit, (_symbol(unit.removeprefix("money/")), 1.0))
    return Scale(Words(f"{code}/{per}", f"{zh}/{per}"), size)


def figure(value: float, digits: int = 4) -> str:
    """Number with `digits` significant digits, thousands apart; what is not a number is absent.

    >>> figure(12345.678), figure(0.0123444), figure(3.1e-9, 2), figure(float("nan"))
    ('12,346', '0.01234', '3.1e−9', '–')
    """
    if not isfinite(value):
        return ABSENT
    if value == 0:
        return "0"
    size = floor(log10(abs(value)))
    if not -4 <= size < 9:
        head, _, power = f"{value:.{max(digits - 1, 0)}e}".partition("e")
        return f"{head}e{int(power)}".replace("-", "−")
    places = max(digits - 1 - size, 0)
    return f"{value:,.{places}f}".replace("-", "−")


def signed(value: float, digits: int = 3) -> str:
    """Number with its sign always shown.

    >>> signed(-3.1234), signed(2.0)
    ('−3.12', '+2.00')
    """
    return ("+" if value > 0 else "") + figure(value, digits)


def greatest(values: Iterable[float]) -> float:
    """Greatest size among finite numbers; 0 if there is none."""
    return max((abs(v) for v in values if isfinite(v)), default=0.0)
