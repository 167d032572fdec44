import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.physics import burst
from tests.cases import case, load_case

WORDS = {"strong": 3, "moderate": 2, "weak": 1, "heavy": 3, "very": 3}


@case("engineering/A09_rockburst_indices")
def test_indices():
    c = load_case("engineering/A09_rockburst_indices")
    i, e, rel = c["inputs"], c["expected"], c["tolerance"]["rel"]
    ucs, hoop, major = (i[k] * 1e6 for k in ("UCS_MPa", "sigma_theta_MPa", "sigma_1_MPa"))
    answers = {
        "russenes": burst.russenes(hoop, ucs),
        "hoek": burst.hoek(hoop, ucs),
        "turchaninov": burst.turchaninov(hoop, i["sigma_L_MPa"] * 1e6, ucs),
        "barton": burst.barton(ucs, major),
        "tao": burst.tao(ucs, major),
        "elastic_energy": burst.elastic_energy(ucs, i["Es_MPa"] * 1e6),
        "energy_index": burst.energy_index(i["Wet"]),
        "energy_release_rate": burst.energy_release_rate(
            i["sigma_normal_MPa"] * 1e6, i["slot_half_span_m"], i["E_rockmass_MPa"] * 1e6, i["nu"]
        ),
    }
    values = {
        "russenes": e["russenes_ratio_sth_over_UCS"],
        "hoek": e["hoek"],
        "turchaninov": e["turchaninov"],
        "barton": e["barton_UCS_over_s1"],
        "tao": e["tao"],
        "elastic_energy": e["PES_kJ_m3"] * 1e3,
        "energy_index": i["Wet"],
        "energy_release_rate": e["ERR_MJ_m2"] * 1e6,
    }
    assert {k: float(a.value) for k, a in answers.items()} == pytest.approx(values, rel=rel)
    brittleness = burst.brittleness(ucs, i["BTS_MPa"] * 1e6)
    assert float(brittleness) == pytest.approx(e["brittleness_UCS_over_BTS"], rel=rel)
    classes = {
        "russenes": e["class_russenes"],
        "barton": e["class_barton_srf"],
        "tao": e["class_tao"],
        "energy_index": e["class_Wet"],
        "elastic_energy": e["class_PES"],
    }
    for name, words in classes.items():
        assert int(answers[name].grade) == WORDS[words.split()[0]], name
    result = burst.vote(answers)
    assert dict(zip(result.criteria, result.grades, strict=True)) == {
        "russenes": 3,
        "hoek": 3,
        "turchaninov": 3,
        "barton": 3,
        "tao": 3,
        "elastic_energy": 3,
        "energy_index": 2,
        "energy_release_rate": 0,
    }
    np.testing.assert_array_equal(result.counts, [1, 0, 1, 6])


@pytest.mark.parametrize(("name", "limits"), burst.LIMITS.items())
def test_limit_tables_are_ordered(name, limits):
    assert list(limits.bounds) == sorted(set(limits.bounds))
    assert len(limits.grades) == len(limits.bounds) + 1
    steps = np.diff(limits.grades)
    assert np.all(steps > 0) or np.all(steps < 0)
    assert {limits.grades[0], limits.grades[-1]} == {0, 3}
    assert "recalled" in limits.source


def test_classes_change_at_the_limits():
    ratio = np.array([0.199, 0.201, 0.299, 0.301, 0.549, 0.551])
    np.testing.assert_array_equal(burst.russenes(ratio, 1.0).grade, [0, 1, 1, 2, 2, 3])
    strength = np.array([2.49, 2.51, 4.99, 5.01])
    np.testing.assert_array_equal(burst.barton(strength, 1.0).grade, [3, 1, 1, 0])
    strength = np.array([2.49, 2.51, 5.49, 5.51, 14.4, 14.6])
    np.testing.assert_array_equal(burst.tao(strength, 1.0).grade, [3, 2, 2, 1, 1, 0])


@given(stress=st.floats(1e6, 2e8), more=st.floats(1.0, 3.0))
@settings(max_examples=40, deadline=None)
def test_more_stress_never_lowers_a_class(stress, more):
    def grades(s):
        answers = (
            burst.russenes(s, 150e6),
            burst.hoek(s, 150e6),
            burst.turchaninov(s, 20e6, 150e6),
            burst.barton(150e6, s),
            burst.tao(150e6, s),
            burst.energy_release_rate(s, 50.0, 60e9, 0.25),
        )
        return np.array([a.grade for a in answers])

    assert np.all(grades(stress * more) >= grades(stress))


def test_vote_broadcasts_and_counts_every_criterion():
    hoop = np.array([10e6, 50e6, 120e6])
    result = burst.vote({"hoek": burst.hoek(hoop, 150e6), "tao": burst.tao(150e6, 20e6)})
    assert result.grades.shape == (2, 3)
    np.testing.assert_array_equal(result.counts.sum(axis=0), [2, 2, 2])
    np.testing.assert_array_equal(result.counts[:, 0], [1, 1, 0, 0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: burst.russenes(1.0, 0.0), "compressive_strength"),
        (lambda: burst.tao(1.0, 0.0), "major_stress"),
        (lambda: burst.elastic_energy(1.0, -1.0), "unloading_modulus"),
        (lambda: burst.energy_index(1.0, 0.0), "dissipated"),
        (lambda: burst.energy_release_rate(1.0, -1.0, 1.0, 0.2), "half_span"),
        (lambda: burst.brittleness(1.0, 0.0), "tensile_strength"),
        (lambda: burst.hoek(np.nan, 1.0), "hoek"),
        (lambda: burst.vote({}), "answers"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=f"^{message}:"):
        call()
