import numpy as np
import pytest

from comine.physics.temperature_log import bullard_heat_flow, interpolate_log
from tests.cases import case, load_case

ZERO = 273.15


@case("engineering/G01_bullard_heat_flow_inversion")
def test_bullard_fit():
    c = load_case("engineering/G01_bullard_heat_flow_inversion")
    i, e, rel = c["inputs"], c["expected"], c["tolerance"]["rel"]
    fit = bullard_heat_flow(i["z_m"], np.array(i["T_obs_C"]) + ZERO, i["k_interval"], i["sigma_K"])
    assert fit.heat_flow == pytest.approx(e["q_W_m2"], rel=rel)
    assert fit.surface_temperature - ZERO == pytest.approx(e["T0_C"], rel=rel)
    assert fit.heat_flow_deviation == pytest.approx(e["sd_q"], rel=rel)


def test_log_interpolation_keeps_points_and_monotony():
    z = np.array([0.0, 300.0, 350.0, 1200.0, 1500.0])
    T = np.array([286.0, 294.0, 294.1, 325.0, 326.0])
    fine = interpolate_log(np.linspace(0, 1500, 400), z, T)
    assert np.all(np.diff(fine.temperature) >= 0)
    assert not fine.extrapolated.any()
    np.testing.assert_allclose(interpolate_log(z, z, T).temperature, T, rtol=1e-15)


def test_log_extrapolation_is_linear_and_flagged():
    z, T = [100.0, 500.0, 1000.0], [288.0, 296.0, 311.0]
    out = interpolate_log([50.0, 700.0, 2000.0], z, T, extrapolate=True)
    np.testing.assert_array_equal(out.extrapolated, [True, False, True])
    np.testing.assert_allclose(out.temperature[[0, 2]], [287.0, 341.0])
    with pytest.raises(ValueError, match="leaves the log"):
        interpolate_log(2000.0, z, T)


def test_bullard_line_is_exact_without_noise():
    z, k = np.array([100.0, 300.0, 700.0, 1500.0]), np.array([2.0, 3.5, 2.8])
    T = 290.0 + 0.065 * np.concatenate(([0.0], np.cumsum(np.diff(z) / k)))
    fit = bullard_heat_flow(z, T, k, 0.0)
    assert fit == pytest.approx((0.065, 290.0, 0.0), rel=1e-12)


def test_bullard_deviation_is_that_of_repeated_noise():
    z, k = np.linspace(0, 2000, 9), np.full(8, 3.0)
    noise = np.random.default_rng(7).normal(0.0, 0.3, (2000, 9))
    fits = [bullard_heat_flow(z, 290 + 0.025 * z + n, k, 0.3) for n in noise]
    spread = np.std([f.heat_flow for f in fits])
    assert spread == pytest.approx(fits[0].heat_flow_deviation, rel=0.06)


def test_bad_logs_are_refused():
    with pytest.raises(ValueError, match="strictly increasing"):
        interpolate_log(1.0, [0.0, 0.0], [280.0, 281.0])
    with pytest.raises(ValueError, match="one conductivity an interval"):
        bullard_heat_flow([0.0, 1.0], [280.0, 281.0], [3.0, 3.0], 0.1)
    with pytest.raises(ValueError, match="strictly increasing"):
        bullard_heat_flow([1.0, 0.0], [280.0, 281.0], [3.0], 0.1)
    with pytest.raises(ValueError, match="deviation"):
        bullard_heat_flow([0.0, 1.0], [280.0, 281.0], [3.0], -0.1)
