"""Indicators that contradict each other, or what physics computes.

Sources
-------
GB 18306-2015, annex G (acceleration against intensity; ranges recalled, to be verified).
S1: Li Shengtao et al. (2018). Geological Survey of China 5(2), 64-72, sections 2.1 to 2.3.
"""

from collections.abc import Mapping
from itertools import combinations
from typing import Literal, NamedTuple

from comine.siting.indicators import Value, indicator, known_values

__all__ = ["Contradiction", "contradictions", "intensity_of", "redundancies"]

_INTENSITY_FROM = ((0.75, 10), (0.38, 9), (0.19, 8), (0.09, 7), (0.04, 6))  # g, degree
_ZERO_CELSIUS = 273.15
_STEP = 50.0  # K between the isotherms of 150 and 200 degC


class Contradiction(NamedTuple):
    """Two statements about a site that do not agree.

    `kind` is "grade" (another class), "value" (same class, another number) or "linked" (two
    indicators that are one quantity); `first` and `second` are what is compared, in SI.
    """

    indicators: tuple[str, ...]
    kind: Literal["grade", "value", "linked"]
    first: float | str
    second: float | str
    message: str


def contradictions(
    typed: Mapping[str, Value], computed: Mapping[str, Value], tolerance: float = 0.1
) -> tuple[Contradiction, ...]:
    """Typed indicators that differ from computed ones.

    Parameters
    ----------
    typed, computed : mapping of str to float, str or None
        Indicators by id, in SI units or as words; those unknown on a side are left out.
    tolerance : float
        Relative difference allowed within a class [1], against the computed value; temperatures
        are compared as excess over 0 degC.

    Returns
    -------
    tuple of Contradiction
        In the order of `typed`.

    Raises
    ------
    ValueError
        If an id is unknown, a value is no value of its indicator, or the tolerance is negative.

    Examples
    --------
    >>> found = contradictions({"R.gradient": 0.081}, {"R.gradient": 0.0795})
    >>> found[0].kind, found[0].message
    ('grade', 'R.gradient: typed 0.081 K/m (grade 9) against computed 0.0795 K/m (grade 6)')
    """
    if not tolerance >= 0.0:
        raise ValueError(f"tolerance must be >= 0, got {tolerance}")
    found: list[Contradiction] = []
    known = known_values(computed)
    for id, ours in known_values(typed).items():
        if id not in known:
            continue
        theirs = known[id]
        each = indicator(id)
        grades = each.grade(ours), each.grade(theirs)
        kind: Literal["grade", "value"]
        if grades[0] != grades[1]:
            kind = "grade"
        elif isinstance(ours, str) or isinstance(theirs, str):
            continue
        else:
            zero = _ZERO_CELSIUS if each.unit == "K" else 0.0
            if not _differ(ours - zero, theirs - zero, tolerance):
                continue
            kind = "value"
        texts = [
            f"{value} {'' if isinstance(value, str) else each.unit} (grade {grade:g})"
            for value, grade in zip((ours, theirs), grades, strict=True)
        ]
        message = f"{id}: typed {texts[0]} against computed {texts[1]}"
        found.append(Contradiction((id,), kind, ours, theirs, message))
    return tuple(found)


def redundancies(
    values: Mapping[str, Value],
    surface_temperature: float | None = None,
    tolerance: float = 0.1,
) -> tuple[Contradiction, ...]:
    r"""Indicators of one site that are one quantity and do not agree.

    Intensity and acceleration are linked by GB 18306 annex G; depths of 150 and 200 degC and the
    gradient by one linear geotherm.

    Parameters
    ----------
    values : mapping of str to float, str or None
        Indicators by id, in SI units; words and unknown ones are left out.
    surface_temperature : float, optional
        Temperature of the ground at the surface [K]; without it each depth alone says nothing.
    tolerance : float
        Relative difference of two gradients allowed [1].

    Returns
    -------
    tuple of Contradiction
        Every pair that does not agree.

    Raises
    ------
    ValueError
        If an id is unknown, a number is no value of its indicator, or the tolerance is negative.

    Notes
    -----
    With the depths z of the two isotherms the gradient is each of

    .. math:: G, \quad \frac{50\,\mathrm{K}}{z_{200} - z_{150}}, \quad
        \frac{423.15\,\mathrm{K} - T_0}{z_{150}}, \quad \frac{473.15\,\mathrm{K} - T_0}{z_{200}}

    A real geotherm bends, so a difference asks for a look, not for a correction.

    Examples
    --------
    >>> found = redundancies({"S.pga": 0.2, "S.intensity": 7.0})
    >>> found[0].message
    'S.pga 0.2 g belongs to intensity 8, typed 7'
    """
    if not tolerance >= 0.0:
        raise ValueError(f"tolerance must be >= 0, got {tolerance}")
    numbers = {id: v for id, v in known_values(values).items() if not isinstance(v, str)}
    for id, number in numbers.items():
        indicator(id).grade(number)
    found: list[Contradiction] = []
    if "S.pga" in numbers and "S.intensity" in numbers:
        pga, typed = numbers["S.pga"], numbers["S.intensity"]
        degree = intensity_of(pga)
        if round(min(max(typed, 5.0), 10.0)) != degree:
            text = {5: "5 or less", 10: "10 or more"}.get(degree, str(degree))
            message = f"S.pga {pga:g} g belongs to intensity {text}, typed {typed:g}"
            found.append(
                Contradiction(("S.pga", "S.intensity"), "linked", float(degree), typed, message)
            )
    shallow, deep = numbers.get("R.depth150"), numbers.get("T.drill200")
    if shallow is not None and deep is not None and deep <= shallow:
        message = f"200 degC at {deep:g} m lies above 150 degC at {shallow:g} m"
        found.append(Contradiction(("R.depth150", "T.drill200"), "linked", shallow, deep, message))
        return tuple(found)
    gradients = _gradients(numbers, surface_temperature)
    for (one, first), (other, second) in combinations(gradients.items(), 2):
        if _differ(first, second, tolerance):
            ids = tuple(dict.fromkeys([*one, *other]))
            message = (
                f"gradient {1e3 * first:.1f} K/km from {' and '.join(one)} against "
                f"{1e3 * second:.1f} K/km from {' and '.join(other)}"
            )
            found.append(Contradiction(ids, "linked", first, second, message))
    return tuple(found)


def intensity_of(acceleration: float) -> int:
    """Seismic intensity that a peak ground acceleration belongs to.

    Parameters
    ----------
    acceleration : float
        Peak ground acceleration as a multiple of standard gravity [1], >= 0.

    Returns
    -------
    int
        Degree from 6 to 10 (10 and more), or 5 for 5 and less.

    Raises
    ------
    ValueError
        If the acceleration is negative or NaN.

    Notes
    -----
    VI from 0.04, VII from 0.09, VIII from 0.19, IX from 0.38, X from 0.75 g: GB 18306-2015 annex
    G, recalled, not verified against the printed source.

    Examples
    --------
    >>> [intensity_of(a) for a in (0.05, 0.15, 0.2)]
    [6, 7, 8]
    """
    if not acceleration >= 0.0:
        raise ValueError(f"acceleration must be >= 0, got {acceleration}")
    return next((degree for least, degree in _INTENSITY_FROM if acceleration >= least), 5)


def _gradients(numbers: Mapping[str, float], surface: float | None) -> dict[tuple[str, ...], float]:
    gradients: dict[tuple[str, ...], float] = {}
    shallow, deep = numbers.get("R.depth150"), numbers.get("T.drill200")
    if "R.gradient" in numbers:
        gradients["R.gradient",] = numbers["R.gradient"]
    if shallow is not None and deep is not None:
        gradients["R.depth150", "T.drill200"] = _STEP / (deep - shallow)
    if surface is not None:
        for id, depth, celsius in (("R.depth150", shallow, 150.0), ("T.drill200", deep, 200.0)):
            if depth is not None and depth > 0.0:
                gradients[id,] = (celsius + _ZERO_CELSIUS - surface) / depth
    return gradients


def _differ(first: float, second: float, tolerance: float) -> bool:
    return abs(first - second) > tolerance * abs(second) * (1.0 + 1e-12)
