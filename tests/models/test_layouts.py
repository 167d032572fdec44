import numpy as np
import pytest
from pydantic import ValidationError

from comine.models.layouts import LevelsAndShafts, Section

SECTION = {"area": 20.0, "perimeter": 18.0, "friction": 0.012, "wetness": 0.3}
PLAN = {
    "top_level": 1000.0,
    "bottom_level": 1400.0,
    "levels": 3,
    "downcast": SECTION,
    "upcast": SECTION,
    "drift": SECTION,
    "stope": SECTION,
    "crosscut": 300.0,
    "haulage": 900.0,
    "stopes": 5,
    "stope_length": 200.0,
    "return_drift": 700.0,
}


def test_levels_hang_between_two_shafts():
    layout = LevelsAndShafts(**PLAN)
    openings = layout.openings()
    np.testing.assert_allclose(layout.level_depths, [1000.0, 1200.0, 1400.0])
    assert openings.total_length("shaft") == 2 * 1400.0
    assert openings.total_length("drift") == 3 * (300.0 + 900.0 + 700.0)
    assert openings.total_length("stope") == 3 * 5 * 200.0
    assert len(openings.branches) == 3 * 6


def test_air_finds_a_way_through_every_level():
    openings = LevelsAndShafts(**PLAN).openings()
    for tag in ("1000", "1200", "1400"):
        node = f"in {tag}"
        for name in ("crosscut", "haulage", "stope", "return"):
            branch = openings[f"{name} {tag}"]
            assert branch.start == node
            node = branch.end
        assert node == openings[f"upcast {tag}"].start


def test_faults_are_named():
    with pytest.raises(ValidationError, match="bottom_level must lie below"):
        LevelsAndShafts(**PLAN | {"bottom_level": 900.0})
    with pytest.raises(ValidationError, match="less than a circle"):
        Section(**SECTION | {"perimeter": 10.0})
