import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.physics.seismicity import (
    allowed_volume,
    exceedance_probability,
    expected_events,
    greatest_moment,
    magnitude_of_largest,
    moment_magnitude,
)
from tests.cases import case, load_case


@case("engineering/H02_seismogenic_index_Basel")
def test_basel():
    c = load_case("engineering/H02_seismogenic_index_Basel")
    i = c["inputs"]
    V, site = i["V_m3"], (i["a_fb"], i["b"])
    found = {
        "N_ge_mc": expected_events(V, i["mc"], *site),
        "P_M_ge_3": exceedance_probability(V, 3.0, *site),
        "P_M_ge_2": exceedance_probability(V, 2.0, *site),
        "M_median_largest": magnitude_of_largest(V, *site),
        "M_expected_one": magnitude_of_largest(V, *site, 1 - math.exp(-1)),
        "V_for_1pct_M2_m3": allowed_volume(0.01, 2.0, *site),
    }
    assert {k: float(v) for k, v in found.items()} == pytest.approx(
        c["expected"], rel=c["tolerance"]["rel"]
    )


def test_bound_for_basel_volume():
    assert float(moment_magnitude(greatest_moment(11627.0, 30e9))) == pytest.approx(3.63, abs=0.005)


@given(P=st.floats(1e-4, 0.99), m=st.floats(0.0, 4.0), index=st.floats(-3.0, 0.5))
@settings(max_examples=50, deadline=None)
def test_inverses(P, m, index):
    V = allowed_volume(P, m, index, 1.2)
    assert float(exceedance_probability(V, m, index, 1.2)) == pytest.approx(P, rel=1e-9)
    assert float(magnitude_of_largest(V, index, 1.2, P)) == pytest.approx(m, abs=1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: expected_events(-1.0, 2.0, 0.0, 1.0), "volume"),
        (lambda: expected_events(1.0, 2.0, 0.0, 0.0), "b_value"),
        (lambda: allowed_volume(1.0, 2.0, 0.0, 1.0), "probability"),
        (lambda: magnitude_of_largest(0.0, 0.0, 1.0), "volume"),
        (lambda: greatest_moment(1.0, 0.0), "shear_modulus"),
        (lambda: moment_magnitude(0.0), "moment"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=f"^{message}:"):
        call()
