import numpy as np
import pytest

from comine.physics.inrush import jacking_margin, water_inrush
from tests.cases import case, load_case


@case("engineering/H03_water_inrush_coefficient")
def test_coefficient():
    c = load_case("engineering/H03_water_inrush_coefficient")
    state = water_inrush(c["inputs"]["P_MPa"] * 1e6, c["inputs"]["M_m"])
    assert float(state.coefficient) / 1e6 == pytest.approx(
        c["expected"]["Ts_MPa_m"], rel=c["tolerance"]["rel"]
    )
    assert c["expected"]["class_"].endswith("conditional") and int(state.grade) == 1


def test_classes():
    state = water_inrush(np.array([5.9e6, 6.1e6, 9.9e6, 10.1e6]), 100.0)
    np.testing.assert_array_equal(state.grade, [0, 1, 1, 2])


def test_jacking_margin_turns_negative_above_the_minor_stress():
    np.testing.assert_array_equal(np.sign(jacking_margin([20e6, 50e6], 45e6)), [1.0, -1.0])


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="thickness"):
        water_inrush(1e6, 0.0)
    with pytest.raises(ValueError, match="pressure"):
        water_inrush(-1e6, 10.0)
