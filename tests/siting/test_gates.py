import pytest

from comine.siting.gates import STAGES, Evidence, evidence, gate
from tests.cases import case, load_case


@case("engineering/I02_stage_gate_rules")
def test_evidence_at_a_gate():
    data = load_case("engineering/I02_stage_gate_rules")
    records = [
        Evidence(r["item"], r["obs"], r["required"], r["rel_sd"], r["max_rel_sd"])
        for r in data["inputs"]["records"]
    ]
    result = evidence(records)
    assert result.passed is data["expected"]["passed"]
    assert list(result.failed) == data["expected"]["failed_items"]
    assert result.completeness == data["expected"]["completeness"]
    assert evidence(records[:2]) == (True, (), 1.0)


def test_ladder():
    assert "".join(stage.letter for stage in STAGES) == "EDCBA"
    have = []
    for k, stage in enumerate(STAGES):
        start = gate(have)
        assert start.closed == tuple("EDCBA"[:k])
        assert start.stage == stage.letter
        assert start.missing == tuple(need.id for need in stage.requires)
        have += [need.id for need in stage.requires]
    done = gate(have)
    assert done.passed
    assert done.stage is None
    assert done.closed == tuple("EDCBA")


def test_a_later_item_does_not_close_an_earlier_stage():
    result = gate(["exploration_hole", "heat_flow_map"])
    assert result.closed == ()
    assert result.stage == "E"
    assert result.present == ("heat_flow_map",)
    assert not result.passed


def test_only_what_s1_says_is_its_own():
    own = [need.id for stage in STAGES for need in stage.requires if need.source == "S1"]
    assert own == ["favourable_target", "hot_body", "site_score", "site_and_well"]
    scales = [scale for stage in STAGES for scale in stage.scales]
    assert scales == sorted(scales, reverse=True)


def test_bad_input():
    with pytest.raises(ValueError, match="magic"):
        gate(["magic"])
    with pytest.raises(ValueError, match="got none"):
        evidence([])
    with pytest.raises(ValueError, match=">= 0"):
        evidence([Evidence("stress", -1, 3, 0.1, 0.2)])
