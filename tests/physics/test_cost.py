import numpy as np
import pytest

from comine.physics.cost import DRILLING, drilling_cost
from tests.cases import case, load_case


@case("engineering/F01_drilling_cost_curves")
def test_drilling_cost():
    c = load_case("engineering/F01_drilling_cost_curves")
    shallow, deep = c["inputs"]["depth_m"]
    found = {
        "vertical_small_3000m_MUSD": drilling_cost(shallow, "vertical_small"),
        "vertical_large_3000m_MUSD": drilling_cost(shallow, "vertical_large"),
        "vertical_small_4000m_MUSD": drilling_cost(deep, "vertical_small"),
        "GeoVision_ideal_vert_large_3000m_MUSD": drilling_cost(shallow, "vertical_large_ideal"),
    }
    assert {k: float(v) / 1e6 for k, v in found.items()} == pytest.approx(
        c["expected"], rel=c["tolerance"]["rel"]
    )


@pytest.mark.parametrize("well", DRILLING)
def test_longer_wells_cost_more(well):
    assert np.all(np.diff(drilling_cost(np.linspace(500, 7000, 50), well)) > 0)


def test_large_wells_cost_more_than_small_ones():
    L = np.linspace(500, 7000, 20)
    for kind in ("vertical", "deviated"):
        assert np.all(drilling_cost(L, f"{kind}_large") > drilling_cost(L, f"{kind}_small"))


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="length"):
        drilling_cost(8000.0, "vertical_small")
    with pytest.raises(ValueError, match="well"):
        drilling_cost(3000.0, "horizontal")
