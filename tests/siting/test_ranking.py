from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.decision.weight_samples import simplex_weights
from comine.siting.evaluate import evaluate
from comine.siting.indicators import INDICATORS
from comine.siting.ranking import cross_check, rank, weight_ranges
from comine.siting.weights import (
    CRITERIA_JUDGEMENTS,
    LAYER_JUDGEMENTS,
    comine_default,
    equal_weights,
    given_weights,
    judgement_weights,
)

IDS = [each.id for each in INDICATORS]
GONGHE = {
    "R.depth150": 2500.0,
    "R.tfrac": 236.0 + 273.15,
    "R.gradient": 0.0714,
    "R.lithology": "good",
    "R.area": 246.90e6,
    "T.drill200": 3200.0,
}
JIAODONG = {
    "R.depth150": 5400.0,
    "R.gradient": 0.025,
    "T.drill200": 7400.0,
    "R.lithology": "good",
}
KNOWN = dict.fromkeys(IDS, "medium")

RANGES = """
S.intensity .045 .145   S.pga .046 .147       S.distance .025 .085  R.depth150 .038 .079
R.tfrac .069 .133       R.gradient .067 .129  R.lithology .022 .045 R.area .014 .026
R.recoverable .038 .079 R.power .038 .079     T.drill200 .017 .043  T.stress .030 .073
T.pfrac .017 .042       T.natfrac .030 .073   T.volume .054 .117    T.life .010 .023
E.land .008 .017        E.construct .012 .031 E.water .022 .052     E.grid .022 .052
"""
"""Weights of 5 and 95 % of another program's 20,000 draws, of which 10,261 were consistent."""


def test_ranges_of_the_judgement_monte_carlo():
    found = judgement_weights(20_000, np.random.default_rng(0))
    assert found.drawn == 20_000
    share, other = len(found.weights) / 20_000, 10_261 / 20_000
    assert share == pytest.approx(other, abs=4.0 * np.sqrt(2.0 * other * (1.0 - other) / 20_000))
    np.testing.assert_allclose(found.weights.sum(axis=1), 1.0, rtol=1e-12)
    table = RANGES.split()
    assert table[::3] == IDS
    printed = np.array([table[1::3], table[2::3]], dtype=float)
    ends = np.percentile(found.weights, [5, 95], axis=0)
    rounding, sampling = 0.0005, 0.0015
    np.testing.assert_allclose(ends, printed, rtol=0, atol=rounding + sampling)
    narrow = printed[1] < 0.06
    np.testing.assert_allclose(
        ends[:, narrow], printed[:, narrow], rtol=0, atol=rounding + 0.4 * sampling
    )


def test_gonghe_before_jiaodong():
    """The worked intervals of both overlap, so either may be first; Gonghe is so more often."""
    found = rank({"Jiaodong": JIAODONG, "Gonghe": GONGHE})
    first, second = found.sites
    assert (first.name, second.name) == ("Gonghe", "Jiaodong")
    assert first.score.points == pytest.approx((4.700, 6.654, 8.608), abs=5e-4)
    assert second.score.points == pytest.approx((3.196, 5.534, 7.871), abs=5e-4)
    assert first.rank_range == second.rank_range == (1, 2)
    assert 0.8 < first.rank_shares[0] < 1.0
    assert first.vetoed is None
    assert found.drawn == 20_000 > found.samples > 9_000
    assert found.weighting is comine_default()


def test_shares_by_enumeration():
    """Two unknown indicators, three grades each, weights fixed: nine cases of equal chance."""
    weighting = equal_weights()
    a = KNOWN | {"E.land": None, "R.power": None}
    b = KNOWN | {"E.grid": "good", "E.water": "poor", "S.pga": "good"}
    expected = {1: 0.0, 2: 0.0}
    for grades in product(("poor", "medium", "good"), repeat=2):
        mine = evaluate(a | dict(zip(("E.land", "R.power"), grades, strict=True)), weighting)
        ahead = evaluate(b, weighting).points.mid > mine.points.mid + 1e-9
        expected[1 + ahead] += 1 / 9
    found = {site.name: site for site in rank({"a": a, "b": b}, weighting).sites}
    assert found["a"].rank_shares == pytest.approx(tuple(expected.values()), abs=0.015)
    assert found["a"].rank_range == (1, 2)
    assert found["b"].rank == 1


def test_known_sites_and_fixed_weights_leave_nothing_open():
    better = KNOWN | {"R.gradient": "good"}
    found = rank({"plain": KNOWN, "better": better, "same": KNOWN}, equal_weights(), draws=50)
    assert [site.name for site in found.sites] == ["better", "plain", "same"]
    assert [site.rank for site in found.sites] == [1, 2, 2]
    assert [site.rank_range for site in found.sites] == [(1, 1), (2, 2), (2, 2)]
    assert found.sites[0].rank_shares == (1.0, 0.0, 0.0)
    assert found.sites[0].central_weights == pytest.approx(equal_weights().weights)
    assert found.sites[0].confidence == 1.0
    assert found.sites[1].central_weights is None
    assert found.sites[1].confidence == 0.0


@settings(max_examples=20)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(IDS), st.sampled_from(["poor", "medium", "good"])),
        min_size=2,
        max_size=4,
    )
)
def test_rank_range_by_the_ends_of_the_intervals(tables):
    sites = {f"site {k}": table for k, table in enumerate(tables)}
    found = rank(sites, equal_weights(), draws=200)
    assert sorted(site.name for site in found.sites) == sorted(sites)
    for site in found.sites:
        others = [s.score.points for s in found.sites if s is not site]
        ours = site.score.points
        best = 1 + sum(p.low > ours.high + 1e-9 for p in others)
        worst = 1 + sum(p.high > ours.low + 1e-9 for p in others)
        assert site.rank_range == (best, worst)
        possible = np.flatnonzero(site.rank_shares) + 1
        assert best <= possible.min()
        assert possible.max() <= worst
        assert sum(site.rank_shares) == pytest.approx(1.0)
        assert best <= site.rank <= worst


def test_a_dominated_site_is_never_ahead():
    worse = dict.fromkeys(GONGHE, "medium")
    better = dict.fromkeys(GONGHE, "good")
    complete = dict.fromkeys(set(IDS) - set(GONGHE), "medium")
    found = rank({"worse": worse | complete, "better": better | complete}, draws=500)
    assert found.sites[0].name == "better"
    assert found.sites[0].rank_shares == (1.0, 0.0)
    weights = simplex_weights(500, 20, np.random.default_rng(0))
    again = rank({"worse": worse | complete, "better": better | complete}, weights=weights)
    assert again.sites[0].rank_shares == (1.0, 0.0)
    assert again.samples == again.drawn == 500


def test_vetoes_change_no_rank():
    near = KNOWN | {"S.distance": 500.0, "R.gradient": "good", "R.tfrac": "good"}
    found = rank({"near": near, "far": KNOWN}, draws=200)
    assert [(site.name, site.vetoed) for site in found.sites] == [("near", True), ("far", False)]
    unclear = KNOWN | {"E.land": "poor"}  # a settlement, or only a road
    assert rank({"unclear": unclear}, draws=20).sites[0].vetoed is None


def test_same_seed_same_result():
    sites = {"Gonghe": GONGHE, "Jiaodong": JIAODONG}
    one, two, other = (rank(sites, draws=2000, seed=seed) for seed in (4, 4, 5))
    assert repr(one) == repr(two)
    assert one.sites[0].rank_shares != other.sites[0].rank_shares


def test_critical_weight_by_hand():
    """a leads by 3 w(gradient) and lags by 3 w(distance): level when both weigh the same."""
    sites = {"a": {"R.gradient": "good"}, "b": {"S.distance": "good"}}
    found = weight_ranges(sites, equal_weights())
    assert found["R.gradient"].lower == pytest.approx(0.05)
    weights = dict.fromkeys(IDS, 0.9 / 18) | {"R.gradient": 0.08, "S.distance": 0.02}
    found = weight_ranges(sites, given_weights("ours", "test", weights))
    assert found["R.gradient"].weight == 0.08
    t = found["R.gradient"].lower
    assert t == pytest.approx(0.02 * (1.0 - t) / 0.92)
    assert found["R.gradient"].lower_rival == "b"
    assert found["R.gradient"].upper is found["R.gradient"].upper_rival is None
    assert found["S.distance"].upper_rival == "b"
    assert found["E.grid"].lower is found["E.grid"].upper is None


def test_cross_check():
    sites = {
        "good": dict.fromkeys(IDS, "good"),
        "middle": KNOWN,
        "poor": dict.fromkeys(IDS, "poor"),
    }
    found = cross_check(sites)
    assert set(found.ranks) >= {"weighted sum", "TOPSIS", "PROMETHEE II"}
    for ranks in found.ranks.values():
        assert ranks == {"good": 1, "middle": 2, "poor": 3}
    assert found.concordance == pytest.approx(1.0)
    jump = {"just below": {"S.distance": 2499.0}, "just above": {"S.distance": 2501.0}}
    split = cross_check(jump | {"plain": {"S.distance": 1650.0}}).ranks
    assert split["weighted sum"] == {"just below": 2, "just above": 1, "plain": 2}
    assert split["weighted sum, continuous"] == {"just below": 2, "just above": 1, "plain": 3}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rank({}), "sites must be one or more"),
        (lambda: rank({"a": {}}, draws=0), "draws must be"),
        (lambda: rank({"a": {}, "b": {"R.heat": 1.0}}), r"site 'b': no indicators \['R.heat'\]"),
        (lambda: rank({"a": {"R.area": -1.0}}), "site 'a': R.area must be finite"),
        (lambda: rank({"a": {}}, weights=np.full((5, 3), 1 / 3)), "20 of them"),
        (lambda: rank({"a": {}}, weights=np.full((5, 20), 0.1)), "sum to 1"),
        (lambda: rank({"a": {}}, weights=np.ones(20) / 20), "must be tables"),
        (lambda: rank({"a": {}}, weights=np.ones((0, 20))), "one sample or more"),
        (lambda: weight_ranges({"a": {}}), "grades must be a finite table"),
        (lambda: cross_check({"a": {}}), "two rows"),
        (lambda: cross_check({"a": {}, "b": {}}), "values must differ"),
        (
            lambda: judgement_weights(9, np.random.default_rng(0), np.ones((3, 3))),
            "criteria must have shape",
        ),
        (
            lambda: judgement_weights(9, np.random.default_rng(0), CRITERIA_JUDGEMENTS, {}),
            "layers must be",
        ),
        (
            lambda: judgement_weights(
                9,
                np.random.default_rng(0),
                [[1, 9, 1 / 9, 1], [1 / 9, 1, 9, 1], [9, 1 / 9, 1, 1], [1, 1, 1, 1]],
                LAYER_JUDGEMENTS,
            ),
            "judgements must be consistent",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
