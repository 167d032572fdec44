import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.physics.comfort import thermal_work_limit
from tests.cases import case, load_case

ZERO = 273.15
CASE = "ventilation/21_thermal_work_limit_table1"


def limit(row):
    temperatures = (ZERO + row[name] for name in ("db", "wb", "mrt"))
    clothing = row["Icl"] * 0.155, row["icl"]
    return thermal_work_limit(*temperatures, row["v"], row["P"] * 1e3, *clothing)


@case(CASE)
def test_published_table():
    data = load_case(CASE)
    rows, tolerance = data["expected"]["rows"], data["tolerance"]
    error = np.array([limit(row) - row["TWL"] for row in rows])
    dry = np.array([row["v"] == 1.5 and row["db"] - row["wb"] >= 14 for row in rows])
    assert len(rows) == 62
    assert np.sum(np.abs(error) > tolerance["abs_W_m2"]) <= 4
    assert np.all(np.abs(error[~dry]) <= tolerance["abs_W_m2"])
    assert np.all(np.abs(error[dry]) <= tolerance["abs_for_four_dry_points"])


@case(CASE)
def test_worked_examples_of_the_paper():
    data = load_case(CASE)
    for row in data["expected"]["worked_example"]:
        assert limit(row) == pytest.approx(row["TWL"], abs=data["tolerance"]["abs_W_m2"])


@settings(max_examples=50, deadline=None)
@given(st.floats(20, 33), st.floats(0, 10), st.floats(0.2, 3), st.floats(0.1, 1.0))
def test_limit_falls_with_heat_and_rises_with_air(wet, depression, speed, step):
    dry = wet + depression + 1.0
    state = np.array([dry, wet, dry]) + ZERO
    now = thermal_work_limit(*state, speed, 1.1e5)
    assert thermal_work_limit(*(state + np.array([0.0, step, 0.0])), speed, 1.1e5) < now
    assert thermal_work_limit(*(state + np.array([0.0, 0.0, step])), speed, 1.1e5) < now
    if dry < 36.0:
        assert thermal_work_limit(*state, speed + step, 1.1e5) > now


def test_no_rate_is_sustained_in_hot_fog():
    assert thermal_work_limit(323.15, 323.15, 323.15, 0.5, 1e5) == pytest.approx(0.0, abs=1e-6)


def test_nude_skin_in_dry_air_loses_what_its_blood_brings():
    """No clothing and air at skin temperature: all heat leaves as evaporated sweat."""
    skin = 308.65
    rate = thermal_work_limit(skin, 293.15, skin, 1.0, 1e5, 0.0, 1.0)
    vapour = (2338.0 - 6.6e-4 * 1e5 * 15.5) / 1e3
    breath = 0.0014 * (34 - 35.5) + 0.0173 * (5.87 - vapour)
    heat = rate * (1 - breath)
    signal = 0.1 * 35.5 + 0.9 * 38.2
    conductance = 84 + 72 * np.tanh(1.3 * (signal - 37.9))
    sweat = 2430 / 3.6 * (0.42 + 0.44 * np.tanh(1.16 * (signal - 37.4)))
    low, high = sorted([conductance * (38.2 - 35.5), min(sweat, 2430 / 3.6 * 0.67)])
    assert low < heat < high


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: thermal_work_limit(310.0, 300.0, 310.0, 0.0, 1e5), "air_speed"),
        (lambda: thermal_work_limit(310.0, 311.0, 310.0, 0.5, 1e5), "wet_bulb"),
        (lambda: thermal_work_limit(310.0, 300.0, 310.0, 0.5, 1e5, -1.0), "clothing_resistance"),
        (lambda: thermal_work_limit(310.0, 300.0, 310.0, 0.5, 1e5, 0.1, 0.0), "permeability"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
