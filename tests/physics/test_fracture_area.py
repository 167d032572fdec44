import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comine.physics.fracture import single_fracture_fraction
from comine.physics.fracture_area import (
    area_deviation,
    fit_single_fracture_area,
    single_fracture_area,
)
from tests.cases import case, load_case

YEAR = 31557600.0
ROCK = (4e4, 3.0, 1.3e-6)


@case("engineering/G04_fracture_area_from_production_temperature")
def test_case_area_from_temperatures():
    data = load_case("engineering/G04_fracture_area_from_production_temperature")
    i, e, rel = data["inputs"], data["expected"], data["tolerance"]["rel"]
    excess = i["Tr"] - i["Tin"]
    time, sigma = YEAR * np.array(i["t_years"]), i["sigma_K"] / excess
    rock = (i["m"] * i["cw"], i["k"], i["k"] / (i["rho"] * i["c"]))
    fit = fit_single_fracture_area(time, (np.array(i["T_obs_C"]) - i["Tin"]) / excess, sigma, *rock)
    assert fit.area == pytest.approx(e["A_est_m2"], rel=rel)
    # the case gives the bound at the true area, which the fit cannot know
    bound = area_deviation(i["true_A_m2"], time, sigma, *rock)
    assert bound == pytest.approx(e["sd_A_m2"], rel=rel)
    assert fit.deviation == pytest.approx(bound, rel=5e-3)
    assert abs(fit.area - i["true_A_m2"]) < 3 * fit.deviation


@given(st.floats(0.01, 0.99), st.floats(0.1, 50))
def test_area_undoes_fraction(fraction, years):
    area = single_fracture_area(years * YEAR, fraction, *ROCK)
    assert single_fracture_fraction(years * YEAR, area, *ROCK) == pytest.approx(fraction, rel=1e-9)


def test_scatter_of_fits_is_the_bound():
    generator = np.random.default_rng(5)
    time = YEAR * np.arange(1.0, 11)
    truth = single_fracture_fraction(time, 1.5e5, *ROCK)
    fits = [
        fit_single_fracture_area(time, truth + generator.normal(0, 0.01, 10), 0.01, *ROCK)
        for _ in range(300)
    ]
    areas = np.array([fit.area for fit in fits])
    assert areas.mean() == pytest.approx(1.5e5, rel=5e-3)
    assert areas.std() == pytest.approx(fits[0].deviation, rel=0.15)


def test_noise_beyond_one_is_allowed():
    time = YEAR * np.array([0.01, 0.1, 5.0])
    record = single_fracture_fraction(time, 1.5e5, *ROCK) + np.array([0.01, 0.005, 0.0])
    assert record[0] > 1
    assert fit_single_fracture_area(time, record, 0.01, *ROCK).area == pytest.approx(
        1.5e5, rel=1e-3
    )


def test_bad_input():
    for bad in (0.0, 1.0, 1.5):
        with pytest.raises(ValueError, match="fraction"):
            single_fracture_area(YEAR, bad, *ROCK)
    with pytest.raises(ValueError, match="deviation"):
        fit_single_fracture_area([YEAR], [0.5], 0.0, *ROCK)
    with pytest.raises(ValueError, match="at one time"):
        fit_single_fracture_area([YEAR], [1.01], 0.1, *ROCK)
    with pytest.raises(ValueError, match="equal rows"):
        fit_single_fracture_area([YEAR, 2 * YEAR], [0.5], 0.1, *ROCK)
