"""Score of a site from its indicators, as an interval where indicators are unknown.

Sources
-------
S1: Li Shengtao et al. (2018). Geological Survey of China 5(2), 64-72, section 3.1 (score P).
Classes of P and the vetoes are comine defaults; S1 has none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from comine.decision.score import score_interval
from comine.siting.indicators import (
    GOOD,
    INDICATORS,
    POOR,
    Indicator,
    Value,
    indicator,
    known_values,
)
from comine.siting.weights import Weighting, comine_default

__all__ = [
    "DEFAULT_VETOES",
    "Bounds",
    "IndicatorScore",
    "SiteScore",
    "Veto",
    "VetoRule",
    "evaluate",
    "suitability",
]

Suitability = Literal["suitable", "conditionally suitable", "unsuitable"]


class Bounds(NamedTuple):
    """Score with every unknown indicator poor, medium and good [1]."""

    low: float
    mid: float
    high: float


class VetoRule(NamedTuple):
    """A poor grade that rules a site out by itself; with `words`, only those of its category."""

    indicator: str
    reason: str
    words: tuple[str, ...] = ()


class Veto(NamedTuple):
    """Whether a rule applies to a site; None if what is known does not tell."""

    rule: VetoRule
    applies: bool | None


DEFAULT_VETOES = (
    VetoRule("S.distance", "settlement nearer than 0.8 km"),
    VetoRule("E.land", "land of a settlement", ("居民点", "settlement")),
    VetoRule("E.water", "no water"),
)
"""Rules that a weighted sum would let a site buy off (comine default)."""


@dataclass(frozen=True, slots=True)
class IndicatorScore:
    """One row of a site's table: value, weight, stepped grade and continuous score, or unknown."""

    indicator: Indicator
    value: Value
    weight: float
    grade: float | None
    score: float | None


@dataclass(frozen=True, slots=True)
class SiteScore:
    """Score of a site.

    Attributes
    ----------
    weighting : Weighting
        The weights used.
    rows : tuple of IndicatorScore
        The 20 indicators in order.
    points : Bounds
        P of the stepped grades 9/6/3 [1].
    continuous : Bounds
        The same sum of the continuous scores [1].
    coverage : float
        Share of the weight whose indicator is known [1].
    suitability : str
        Class of the middle P.
    suitability_range : tuple of str
        Classes of the low and the high P; they differ where the unknown decide.
    vetoes : tuple of Veto
        Outcome of the rules, which never touch P.
    """

    weighting: Weighting
    rows: tuple[IndicatorScore, ...]
    points: Bounds
    continuous: Bounds
    coverage: float
    suitability: Suitability
    suitability_range: tuple[Suitability, Suitability]
    vetoes: tuple[Veto, ...]


def evaluate(
    values: Mapping[str, Value],
    weighting: Weighting | None = None,
    vetoes: Sequence[VetoRule] = DEFAULT_VETOES,
) -> SiteScore:
    r"""Score of a site.

    Parameters
    ----------
    values : mapping of str to float, str or None
        Value of each indicator by id, in its SI unit or as a word of it; absent, None or NaN where
        unknown.
    weighting : Weighting, optional
        Weights, the comine default without it.
    vetoes : sequence of VetoRule
        Rules to report beside the score.

    Returns
    -------
    SiteScore
        Table of the indicators, P as an interval, coverage, class and vetoes.

    Raises
    ------
    ValueError
        If an id is unknown or a value is no value of its indicator.

    Notes
    -----
    .. math:: P = \sum_i A_i P_i, \qquad P_i \in \{9, 6, 3\}

    S1, section 3.1. The unknown are never filled in: they are all poor, all medium or all good.

    Examples
    --------
    >>> site = evaluate({"R.gradient": 0.09, "S.distance": 500.0, "E.water": "available"})
    >>> [round(p, 3) for p in site.points], round(site.coverage, 3), site.suitability
    ([3.838, 6.287, 8.737], 0.183, 'conditionally suitable')
    >>> [veto.rule.reason for veto in site.vetoes if veto.applies]
    ['settlement nearer than 0.8 km']
    """
    known = known_values(values)
    weighting = weighting or comine_default()
    rows = tuple(_row(each, known.get(each.id), weighting) for each in INDICATORS)
    points, coverage = _bounds(rows, [row.grade for row in rows])
    continuous, _ = _bounds(rows, [row.score for row in rows])
    return SiteScore(
        weighting=weighting,
        rows=rows,
        points=points,
        continuous=continuous,
        coverage=coverage,
        suitability=suitability(points.mid),
        suitability_range=(suitability(points.low), suitability(points.high)),
        vetoes=tuple(Veto(rule, _applies(rule, known.get(rule.indicator))) for rule in vetoes),
    )


def suitability(points: float) -> Suitability:
    """Class of a score by equal thirds of 3 to 9 (comine default; S1 gives no classes).

    Parameters
    ----------
    points : float
        Score P [1], from 3 to 9.

    Returns
    -------
    str
        "suitable" from 7, "conditionally suitable" from 5, "unsuitable" below.

    Raises
    ------
    ValueError
        If the score lies outside 3 to 9.

    Examples
    --------
    >>> suitability(6.65)
    'conditionally suitable'
    """
    rounding = 1e-9
    if not POOR - rounding <= points <= GOOD + rounding:
        raise ValueError(f"points must lie from {POOR} to {GOOD}, got {points}")
    if points >= 7.0 - rounding:
        return "suitable"
    return "conditionally suitable" if points >= 5.0 - rounding else "unsuitable"


def _row(each: Indicator, value: Value, weighting: Weighting) -> IndicatorScore:
    weight = weighting.weights[each.id]
    if value is None:
        return IndicatorScore(each, None, weight, None, None)
    return IndicatorScore(each, value, weight, each.grade(value), each.score(value))


def _bounds(rows: Sequence[IndicatorScore], grades: Sequence[float | None]) -> tuple[Bounds, float]:
    p = score_interval(
        [row.weight for row in rows],
        [float("nan") if grade is None else grade for grade in grades],
        POOR,
        GOOD,
    )
    return Bounds(float(p.low), float(p.mid), float(p.high)), float(p.coverage)


def _applies(rule: VetoRule, value: Value) -> bool | None:
    if value is None:
        return None
    each = indicator(rule.indicator)
    if each.grade(value) != POOR:
        return False
    if not rule.words:
        return True
    word = str(value).strip().casefold()
    if word in rule.words:
        return True
    named = any(word in (*c.chinese, *c.english) for c in each.categories)
    return False if named else None
