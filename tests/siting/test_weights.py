import numpy as np
import pytest

from comine.decision.ahp import geometric_mean_weights
from comine.siting.indicators import INDICATORS, LAYERS
from comine.siting.weights import (
    CRITERIA_JUDGEMENTS,
    LAYER_JUDGEMENTS,
    comine_default,
    equal_layers,
    equal_weights,
    given_weights,
    weights_from_judgements,
)

LOCAL = {
    "safety": [0.4, 0.4, 0.2],
    "resource": [0.1314, 0.2457, 0.2392, 0.0747, 0.0460, 0.1314, 0.1314],
    "technical": [0.1063, 0.1931, 0.1063, 0.1931, 0.3409, 0.0604],
    "economic": [0.1091, 0.1891, 0.3509, 0.3509],
}
COMPOSITE = {
    "S.intensity": 0.0876,
    "S.pga": 0.0876,
    "S.distance": 0.0438,
    "R.depth150": 0.0576,
    "R.tfrac": 0.1076,
    "R.gradient": 0.1047,
    "R.lithology": 0.0327,
    "R.area": 0.0202,
    "R.recoverable": 0.0576,
    "R.power": 0.0576,
    "T.drill200": 0.0259,
    "T.stress": 0.0471,
    "T.pfrac": 0.0259,
    "T.natfrac": 0.0471,
    "T.volume": 0.0831,
    "T.life": 0.0147,
    "E.land": 0.0108,
    "E.construct": 0.0188,
    "E.water": 0.0349,
    "E.grid": 0.0349,
}
RATIOS = {
    "criteria": 0.0076,
    "safety": 0.0,
    "resource": 0.0041,
    "technical": 0.0036,
    "economic": 0.0038,
    "total": 0.0035,
}


def test_composite_weights_of_the_default():
    w = comine_default()
    assert {id: round(value, 4) for id, value in w.weights.items()} == COMPOSITE
    assert sum(w.weights.values()) == pytest.approx(1.0, abs=1e-14)
    assert w.source == "comine default"


def test_local_weights_and_layers_of_the_default():
    weights = comine_default().weights
    top = [0.2190, 0.4379, 0.2437, 0.0994]
    for layer, share in zip(LAYERS, top, strict=True):
        own = np.array([weights[each.id] for each in INDICATORS if each.layer == layer])
        assert own.sum() == pytest.approx(share, abs=6e-5)
        np.testing.assert_allclose(own / own.sum(), LOCAL[layer], rtol=0, atol=6e-5)


def test_consistency_of_the_default():
    w = comine_default()
    assert {name: round(abs(ratio), 4) for name, ratio in w.ratios.items()} == RATIOS
    assert w.random_index_table == "saaty"
    chinese = weights_from_judgements(
        "AHP", "comine default", CRITERIA_JUDGEMENTS, LAYER_JUDGEMENTS, "chinese"
    )
    assert max(chinese.ratios.values()) < 0.008
    assert chinese.weights == w.weights


def test_geometric_mean_gives_nearly_the_same():
    top = geometric_mean_weights(CRITERIA_JUDGEMENTS)
    local = [geometric_mean_weights(LAYER_JUDGEMENTS[layer]) for layer in LAYERS]
    composite = np.concatenate([share * w for share, w in zip(top, local, strict=True)])
    difference = abs(composite - list(comine_default().weights.values())).max()
    assert 0.0 < difference < 0.001


def test_equal_alternatives():
    assert set(equal_weights().weights.values()) == {0.05}
    layers = equal_layers().weights
    assert layers["S.pga"] == pytest.approx(1 / 12)
    assert layers["R.area"] == pytest.approx(1 / 28)
    assert layers["T.life"] == pytest.approx(1 / 24)
    assert layers["E.grid"] == pytest.approx(1 / 16)
    assert sum(layers.values()) == pytest.approx(1.0)
    assert equal_weights().ratios == {}


def test_weights_cannot_be_changed():
    with pytest.raises(TypeError):
        comine_default().weights["R.area"] = 1.0


def test_given_weights_keep_the_order_of_the_indicators():
    backwards = dict(reversed(equal_layers().weights.items()))
    assert list(given_weights("ours", "workshop", backwards).weights) == list(COMPOSITE)


def test_bad_weights():
    half = dict.fromkeys(COMPOSITE, 0.025)
    with pytest.raises(ValueError, match=r"sum 0\.5"):
        given_weights("x", "y", half)
    with pytest.raises(ValueError, match=r"missing \['E\.grid'\]"):
        given_weights("x", "y", dict.fromkeys(list(COMPOSITE)[:-1], 0.05))
    with pytest.raises(ValueError, match="no indicators"):
        given_weights("x", "y", {"heat": 1.0})
    negative = dict.fromkeys(COMPOSITE, 0.05) | {"R.area": -0.05, "R.power": 0.15}
    with pytest.raises(ValueError, match=">= 0"):
        given_weights("x", "y", negative)


def test_bad_judgements():
    with pytest.raises(ValueError, match="layers must be"):
        weights_from_judgements("x", "y", CRITERIA_JUDGEMENTS, {"safety": np.ones((3, 3))})
    with pytest.raises(ValueError, match=r"economic must have shape \(4, 4\)"):
        layers = {**LAYER_JUDGEMENTS, "economic": np.ones((3, 3))}
        weights_from_judgements("x", "y", CRITERIA_JUDGEMENTS, layers)
    with pytest.raises(ValueError, match="reciprocal"):
        weights_from_judgements("x", "y", np.arange(1, 17).reshape(4, 4), LAYER_JUDGEMENTS)
