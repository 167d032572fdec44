"""Ranking of several sites whose indicators and weights are not all known.

Sources
-------
S1: Li Shengtao et al. (2018). Geological Survey of China 5(2), 64-72 (score P).
Lahdelma, R. & Salminen, P. (2001). Oper. Res. 49, 444-454 (shares of ranks; recalled).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comine.decision.promethee import Preference, promethee
from comine.decision.sensitivity import concordance, critical_weights
from comine.decision.smaa import acceptability, ranks_of
from comine.decision.topsis import topsis
from comine.siting.evaluate import DEFAULT_VETOES, SiteScore, VetoRule, evaluate
from comine.siting.indicators import GOOD, INDICATORS, MEDIUM, POOR, Value
from comine.siting.weights import Weighting, comine_default, judgement_weights

__all__ = [
    "CrossCheck",
    "RankedSite",
    "Ranking",
    "WeightRange",
    "cross_check",
    "rank",
    "weight_ranges",
]

_IDS = tuple(each.id for each in INDICATORS)
_TIE = 1e-9
_LEVELS = 3  # an unknown grade is poor, medium or good


class RankedSite(NamedTuple):
    """A site in the order of the ranking.

    `rank` counts from 1 by the middle score, equal scores sharing the better rank. `rank_range`
    is the best and the worst rank that the unknown indicators allow under the central weights.
    `rank_shares` are the shares of the samples in which the site has rank 1, 2, ..., `mean_rank`
    their mean. `central_weights` are the mean weights under which it is first (None if it never
    is), and `confidence` the share of the unknown for which they put it first. `vetoed` says
    whether a rule rules the site out, whatever its score; None if what is known does not tell.
    """

    name: str
    score: SiteScore
    rank: int
    rank_range: tuple[int, int]
    rank_shares: tuple[float, ...]
    mean_rank: float
    central_weights: Mapping[str, float] | None
    confidence: float
    vetoed: bool | None


class WeightRange(NamedTuple):
    """Weights of an indicator between which the first site stays first, and who follows beyond.

    None where no weight down to 0, or up to 1, displaces it.
    """

    weight: float
    lower: float | None
    lower_rival: str | None
    upper: float | None
    upper_rival: str | None


class CrossCheck(NamedTuple):
    """Ranks of the sites, from 1, by each method, and Kendall's W of all methods [1]."""

    ranks: Mapping[str, Mapping[str, int]]
    concordance: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Sites in order, best first.

    Attributes
    ----------
    weighting : Weighting
        Central weights, which give the scores and the ranks.
    sites : tuple of RankedSite
        Sites from the highest middle score down; equal scores in the order given.
    samples : int
        Number of samples of weights and unknown grades behind the shares.
    drawn : int
        Number drawn; the others were too inconsistent.
    seed : int
        Seed of the random numbers.
    """

    weighting: Weighting
    sites: tuple[RankedSite, ...]
    samples: int
    drawn: int
    seed: int


def rank(
    sites: Mapping[str, Mapping[str, Value]],
    weighting: Weighting | None = None,
    weights: ArrayLike | None = None,
    vetoes: Sequence[VetoRule] = DEFAULT_VETOES,
    draws: int = 20_000,
    seed: int = 0,
) -> Ranking:
    """Rank sites by their score, with what the unknown leaves open.

    Parameters
    ----------
    sites : mapping of str to mapping
        Values of the indicators of each site, as for :func:`comine.siting.evaluate.evaluate`.
    weighting : Weighting, optional
        Central weights, the comine default without it.
    weights : array_like, shape (samples, 20), optional
        Samples of the weights in the order of the indicators [1], for example from
        :mod:`comine.decision.weight_samples`. Without them the comine default's judgements are
        drawn anew by :func:`judgement_weights`, while a `weighting` that is given stays fixed.
    vetoes : sequence of VetoRule
        Rules that rule a site out; they are reported and change no rank.
    draws : int
        Number of samples where `weights` are not given.
    seed : int
        Seed of the random numbers: the same seed gives the same result.

    Returns
    -------
    Ranking
        Sites from the best down, with intervals and shares of ranks.

    Raises
    ------
    ValueError
        If there is no site, a value is no value of its indicator (the site is named), or the
        weights do not fit.

    Notes
    -----
    In each sample every unknown indicator is poor, medium or good with equal chance, independently
    of the others and of the weights: a convention, not knowledge.

    Examples
    --------
    >>> found = rank({"a": {"R.gradient": 0.09}, "b": {"R.gradient": 0.05}}, draws=2000)
    >>> [(site.name, site.rank, site.rank_range) for site in found.sites]
    [('a', 1, (1, 2)), ('b', 2, (1, 2))]
    >>> round(found.sites[0].rank_shares[0], 1)
    0.6
    """
    if not sites:
        raise ValueError("sites must be one or more, got none")
    if draws < 1:
        raise ValueError(f"draws must be 1 or more, got {draws}")
    rng = np.random.default_rng(seed)
    if weights is not None:
        sampled = np.asarray(weights, dtype=float)
        drawn = int(sampled.shape[0]) if sampled.ndim else 0
    elif weighting is None:
        sampled, drawn = judgement_weights(draws, rng).weights, draws
    else:
        sampled, drawn = np.tile([weighting.weights[id] for id in _IDS], (draws, 1)), draws
    weighting = weighting or comine_default()
    scores = _scores(sites, weighting, vetoes)
    grades = _grades(scores)
    low, high = np.where(np.isnan(grades), POOR, grades), np.where(np.isnan(grades), GOOD, grades)
    shares = acceptability(sampled, low, high, _LEVELS, rng)
    points = np.array([score.points for score in scores.values()])
    ranks = ranks_of(points[:, 1], _TIE) + 1
    best, worst = _rank_range(points)
    ranked = []
    for k in np.argsort(ranks, kind="stable"):
        name = list(scores)[k]
        central = dict(zip(_IDS, shares.central[k].tolist(), strict=True))
        ranked.append(
            RankedSite(
                name,
                scores[name],
                int(ranks[k]),
                (int(best[k]), int(worst[k])),
                tuple(shares.ranks[k].tolist()),
                float(shares.mean_rank[k]),
                MappingProxyType(central) if shares.ranks[k, 0] > 0.0 else None,
                float(shares.confidence[k]),
                _vetoed(scores[name]),
            )
        )
    return Ranking(weighting, tuple(ranked), shares.samples, drawn, seed)


def weight_ranges(
    sites: Mapping[str, Mapping[str, Value]], weighting: Weighting | None = None
) -> dict[str, WeightRange]:
    """Weights of each indicator between which the first site stays first.

    Parameters
    ----------
    sites : mapping of str to mapping
        Values of the indicators of each site, two sites or more; the unknown count as medium.
    weighting : Weighting, optional
        Weights, the comine default without it.

    Returns
    -------
    dict of str to WeightRange
        By indicator; the other weights keep their proportions.

    Raises
    ------
    ValueError
        If there are fewer than two sites, a value is no value of its indicator, or one indicator
        has all the weight.

    Notes
    -----
    Closed form: :func:`comine.decision.sensitivity.critical_weights`.

    Examples
    --------
    >>> sites = {"a": {"R.gradient": 0.09}, "b": {"S.distance": 5000.0}}
    >>> found = weight_ranges(sites)["R.gradient"]
    >>> round(found.lower, 4), found.lower_rival, found.upper
    (0.0466, 'b', None)
    """
    weighting = weighting or comine_default()
    scores = _scores(sites, weighting, ())
    names = list(scores)
    grades = _grades(scores)
    found = critical_weights(
        [weighting.weights[id] for id in _IDS], np.where(np.isnan(grades), MEDIUM, grades)
    )

    def side(end: float, rival: int) -> tuple[float | None, str | None]:
        return (None, None) if rival < 0 else (float(end), names[rival])

    return {
        id: WeightRange(
            weighting.weights[id],
            *side(found.lower[i], found.lower_rival[i]),
            *side(found.upper[i], found.upper_rival[i]),
        )
        for i, id in enumerate(_IDS)
    }


def cross_check(
    sites: Mapping[str, Mapping[str, Value]], weighting: Weighting | None = None
) -> CrossCheck:
    """Ranks of the sites by other methods than the weighted sum.

    Parameters
    ----------
    sites : mapping of str to mapping
        Values of the indicators of each site, two sites or more; the unknown count as medium.
    weighting : Weighting, optional
        Weights, the comine default without it.

    Returns
    -------
    CrossCheck
        Ranks by weighted sum of the stepped grades and of the continuous scores, by TOPSIS
        (min-max), and by PROMETHEE II (usual preference).

    Raises
    ------
    ValueError
        If there are fewer than two sites, no weighted grade differs between them, or a value is no
        value of its indicator.

    Examples
    --------
    >>> sites = {"a": {"R.gradient": 0.09}, "b": {"R.gradient": 0.05}}
    >>> cross_check(sites).ranks["PROMETHEE II"], cross_check(sites).concordance
    ({'a': 1, 'b': 2}, 1.0)
    """
    weighting = weighting or comine_default()
    scores = _scores(sites, weighting, ())
    grades = np.where(np.isnan(_grades(scores)), MEDIUM, _grades(scores))
    w, up = [weighting.weights[id] for id in _IDS], np.ones(len(_IDS))
    results: dict[str, ArrayLike] = {
        "weighted sum": [score.points.mid for score in scores.values()],
        "weighted sum, continuous": [score.continuous.mid for score in scores.values()],
        "TOPSIS": topsis(grades, w, up, "min-max").closeness,
        "PROMETHEE II": promethee(grades, w, up, [Preference("usual")] * len(_IDS)).net,
    }
    ranks = {method: ranks_of(result, _TIE) + 1 for method, result in results.items()}
    return CrossCheck(
        {
            method: {name: int(r) for name, r in zip(scores, row, strict=True)}
            for method, row in ranks.items()
        },
        concordance(list(ranks.values())),
    )


def _scores(
    sites: Mapping[str, Mapping[str, Value]], weighting: Weighting, vetoes: Sequence[VetoRule]
) -> dict[str, SiteScore]:
    scores = {}
    for name, values in sites.items():
        try:
            scores[name] = evaluate(values, weighting, vetoes)
        except ValueError as error:
            raise ValueError(f"site {name!r}: {error}") from error
    return scores


def _grades(scores: Mapping[str, SiteScore]) -> NDArray[np.float64]:
    return np.array(
        [[np.nan if r.grade is None else r.grade for r in s.rows] for s in scores.values()]
    )


def _rank_range(points: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Best rank, all others at their lowest, and worst, all others at their highest."""
    low, high = points[:, 0], points[:, 2]
    above = high > low[:, None] + _TIE
    np.fill_diagonal(above, False)
    best = 1 + np.count_nonzero(low > high[:, None] + _TIE, axis=1)
    return np.asarray(best), np.asarray(1 + np.count_nonzero(above, axis=1))


def _vetoed(score: SiteScore) -> bool | None:
    applies = [veto.applies for veto in score.vetoes]
    if True in applies:
        return True
    return None if None in applies else False
