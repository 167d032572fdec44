import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from comine.physics.fragmentation import characteristic_size, median_size, size_classes
from comine.physics.packed_bed import specific_surface
from tests.cases import case, load_case


@case("engineering/C05_KuzRam_specific_surface")
def test_surface_of_blasted_rock():
    data = load_case("engineering/C05_KuzRam_specific_surface")
    given_, expected, within = data["inputs"], data["expected"], data["tolerance"]["rel"]
    median = median_size(given_["A"], given_["K_kg_m3"], given_["Q_kg"], given_["RWS"])
    size = characteristic_size(median, given_["n_uniformity"])
    assert float(median) == pytest.approx(expected["X50_m"], rel=within)
    assert float(size) == pytest.approx(expected["Xc_m"], rel=within)
    for count in (1, 4):
        classes = size_classes(float(size), given_["n_uniformity"], given_["xmin_m"], count)
        solid = 6.0 * (classes.share / classes.diameter).sum()
        assert solid == pytest.approx(expected["specific_surface_m2_m3_solid"], rel=within)
    mean = size_classes(float(size), given_["n_uniformity"], given_["xmin_m"], 1).diameter[0]
    assert mean == pytest.approx(expected["d32_m"], rel=within)
    bulk = float(specific_surface(given_["porosity"], mean))
    assert bulk == pytest.approx(expected["surface_m2_per_m3_bulk"], rel=within)


@given(st.floats(0.55, 2.5) | st.just(1.0), st.floats(0.01, 1.0), st.floats(1e-3, 0.3))
@settings(max_examples=40, deadline=None)
def test_classes_hold_what_lies_between_their_borders(uniformity, size, smallest):
    least = smallest * size
    classes = size_classes(size, uniformity, least, 4)
    left = np.exp(-((least / size) ** uniformity))
    borders = size * (-np.log(left * (1.0 - np.arange(4) / 4))) ** (1.0 / uniformity)
    assert classes.share == pytest.approx(0.25)
    assert np.all(np.diff(classes.diameter) > 0.0)
    assert np.all(classes.diameter > borders)
    for low, high, diameter in zip(borders[:-1], borders[1:], classes.diameter, strict=False):
        density = quad(
            lambda x: uniformity / size * (x / size) ** (uniformity - 1)
            * np.exp(-((x / size) ** uniformity)) / x, low, high, epsabs=0.0, epsrel=1e-10,
        )[0]  # fmt: skip
        assert 0.25 * left / density == pytest.approx(diameter, rel=1e-6)


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({"characteristic": 0.0}, "characteristic"),
        ({"uniformity": 0.5}, "uniformity"),
        ({"smallest": -1.0}, "smallest"),
        ({"count": 0}, "count"),
    ],
)
def test_bad_sizes_are_refused(what, message):
    parts = {"characteristic": 0.15, "uniformity": 1.2, "smallest": 0.005, "count": 3}
    with pytest.raises(ValueError, match=message):
        size_classes(**(parts | what))


def test_bad_blasts_are_refused():
    with pytest.raises(ValueError, match="powder_factor"):
        median_size(8.0, 0.0, 12.0)
    with pytest.raises(ValueError, match="uniformity"):
        characteristic_size(0.1, 0.0)
