"""The engine and OpenGeoSys on the coupled case, as measurements."""

import pytest

from tests.measure import Measured
from validation.coupled.run_engine import kept, others, run

CODE = "OpenGeoSys 6.5.9"
NAMES = {
    "airway_heat_w": "heat of the airway",
    "borehole_outlet_celsius": "outlet of the borehole",
    "fracture_outlet_celsius": "outlet of the fracture",
}


@pytest.fixture(scope="module")
def both() -> tuple[dict[float, dict[str, float]], dict[float, dict[str, float]]]:
    """What the engine finds and what OpenGeoSys found, by year."""
    return run(), others()


def test_all_that_both_codes_give(
    both: tuple[dict[float, dict[str, float]], dict[float, dict[str, float]]], measured: Measured
) -> None:
    """After 1, 5, 10 and 30 years; the limits are of the size of the second code's own changes."""
    ours, theirs = both
    assert list(ours) == list(theirs)
    for year, values in ours.items():
        for name, value in values.items():
            what = f"{NAMES.get(name, 'temperature of the rock at the points')}, {year:g} years"
            other = theirs[year][name]
            if name.endswith("_w"):
                measured.deviation("coupled", what, CODE, value / other - 1.0, 0.01)
            else:
                measured.deviation("coupled", what, CODE, value - other, 0.15, "K")


@pytest.mark.parametrize(
    ("change", "against"),
    [("mesh_change", "its coarser mesh"), ("step_change", "its steps halved")],
)
def test_the_second_code_against_itself(change: str, against: str, measured: Measured) -> None:
    """How far what OpenGeoSys gives can be trusted."""
    own = kept()[change]
    heat, kelvin = own["share_of_heat"], own["kelvin"]
    measured.deviation("coupled", f"{CODE} itself, heats", against, heat, 0.01)
    measured.deviation("coupled", f"{CODE} itself, temperatures", against, kelvin, 0.2, "K")
