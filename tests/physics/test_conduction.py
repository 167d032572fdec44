import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from comine.physics.conduction import (
    brick_mean_fraction,
    half_space_film,
    half_space_step,
    half_space_step_flux,
    hole_step_flux,
    hole_step_heat,
    slab_cooling_time,
    slab_mean_fraction,
    sphere_mean_fraction,
)
from comine.physics.fan import fan_measures
from comine.physics.fracture import single_fracture_fraction
from tests.cases import case, load_case

YEAR = 31557600.0


@case("solvers/16_half_space_step_and_film")
def test_case_half_space():
    data = load_case("solvers/16_half_space_step_and_film")
    p, e = data["parameters"], data["expected"]
    alpha = p["lam"] / p["rhoc"]
    x, t = np.array(p["x_m"]), np.array(p["t_s"])[:, None]
    assert np.allclose(half_space_step(x, t, alpha), e["step"], rtol=2e-7, atol=0)
    film = half_space_film(x, t, p["h_c"], p["lam"], alpha)
    assert np.allclose(film, e["film"], rtol=2e-7, atol=0)
    flux = half_space_step_flux(t[:, 0], p["lam"], alpha)
    assert np.allclose(flux, e["wall_flux_step_W_m2_per_K"], rtol=2e-7, atol=0)


@case("solvers/32_sphere_block_cooling_caved_stope")
def test_case_sphere():
    data = load_case("solvers/32_sphere_block_cooling_caved_stope")
    p = data["parameters"]
    radius = np.array(p["a_m"])[:, None]
    fourier = p["alpha"] * 3600 * np.array(p["t_hours"]) / radius**2
    exact = np.array(data["expected"]["mean_fraction_rows_a_cols_t"])
    assert np.allclose(sphere_mean_fraction(fourier), exact, rtol=1e-7, atol=1e-9)


@case("engineering/C06_heat_first_then_mine_precooling")
def test_case_precooling():
    data = load_case("engineering/C06_heat_first_then_mine_precooling")
    i, e, rel = data["inputs"], data["expected"], data["tolerance"]["rel"]
    alpha = i["k"] / i["rho_c"]
    assert slab_mean_fraction(e["Fo_50pct"]) == pytest.approx(0.5, rel=rel)
    time = slab_cooling_time(0.5, i["half_thickness_m"], alpha)
    assert time / YEAR == pytest.approx(e["t50_years"], rel=rel)
    assert slab_cooling_time(0.5, i["half_thickness_m"] / 2, alpha) == pytest.approx(time / 4)


@case("solvers/04_cylinder_constant_wall_temperature")
def test_case_hole_dimensionless():
    data = load_case("solvers/04_cylinder_constant_wall_temperature")
    exact = data["expected"]["dimensionless_flux"]
    assert np.allclose(hole_step_flux(data["parameters"]["Fo"]), exact, rtol=1e-7, atol=0)


@case("engineering/B02_hole_heat_flux_constant_wall_T")
def test_case_hole():
    data = load_case("engineering/B02_hole_heat_flux_constant_wall_T")
    i, e, rel = data["inputs"], data["expected"], data["tolerance"]["rel"]
    alpha = i["k"] / i["rho_c"]
    for name, time in (
        ("1d", 86400), ("30d", 30 * 86400), ("1y", YEAR), ("10y", 10 * YEAR), ("30y", 30 * YEAR)
    ):  # fmt: skip
        q = 2 * np.pi * i["k"] * hole_step_flux(alpha * time / i["r_m"] ** 2)
        assert q == pytest.approx(e[f"q_W_per_m_K_{name}"], rel=rel), name


@case("engineering/X05_breakeven_fracture_area_per_m_pipe")
def test_case_breakeven_area():
    data = load_case("engineering/X05_breakeven_fracture_area_per_m_pipe")
    i, rel = data["inputs"], data["tolerance"]["rel"]
    alpha = i["alpha_m2_s"]
    for radius in i["radii_m"]:
        for years in i["years"]:
            time = years * YEAR
            pipe = 2 * np.pi * hole_step_flux(alpha * time / radius**2)
            area = pipe / (2 * half_space_step_flux(time, 1.0, alpha))
            name = f"m2_per_m_r{radius}_{years}y"
            assert area == pytest.approx(data["expected"][name], rel=rel), name


@case("engineering/D05_fracture_vs_pipe_exchange")
def test_case_fracture_against_pipe():
    data = load_case("engineering/D05_fracture_vs_pipe_exchange")
    i, e, rel = data["inputs"], data["expected"], data["tolerance"]["rel"]
    k, radius, time = i["k"], i["r_hole_m"], i["t_years"] * YEAR
    alpha = k / (i["rho_r"] * i["c_r"])
    fourier = alpha * time / radius**2
    pipe = 2 * np.pi * k * hole_step_flux(fourier)
    plane = 2 * half_space_step_flux(time, k, alpha)
    assert pipe == pytest.approx(e["q_pipe_W_mK"], rel=rel)
    assert plane == pytest.approx(e["q_fracture_W_m2K"], rel=rel)
    assert pipe / plane == pytest.approx(e["breakeven_m2_per_m"], rel=rel)
    equivalent = np.pi * i["fracture_radius_m"] ** 2 * plane / pipe
    assert equivalent == pytest.approx(e["equiv_pipe_m_for_R100_fracture"], rel=rel)
    heat = 2 * np.pi * k * radius**2 / alpha * hole_step_heat(fourier) / (2 * time * plane)
    assert heat == pytest.approx(e["cumulative_breakeven_m2_per_m"], rel=rel)
    flow, excess = i["m_kg_s"] * i["c_w"], i["Tr"] - i["Tin"]
    closed = flow * excess * -np.expm1(-pipe * i["hole_length_m"] / flow)
    area = np.pi * i["fracture_radius_system_m"] ** 2
    swept = single_fracture_fraction(time, area, flow / i["n_fractures"], k, alpha)
    assert closed / 1e3 == pytest.approx(e["Q_pipe_1000m_kW"], rel=rel)
    assert flow * excess * swept / 1e3 == pytest.approx(e["Q_fracture_system_kW"], rel=rel)
    assert flow * excess * swept / closed == pytest.approx(e["ratio_system"], rel=rel)


@case("engineering/X01_reservoir_area_vs_capacity")
def test_case_area_against_capacity():
    data = load_case("engineering/X01_reservoir_area_vs_capacity")
    i, e, rel = data["inputs"], data["expected"], data["tolerance"]["rel"]
    layout = load_case("engineering/B01_360_fan_layout")["inputs"]
    fan = fan_measures(
        i["roadway_m"], i["ring_spacing"], layout["n_holes"], i["hole_len"],
        layout["roadway_radius_m"],
    )  # fmt: skip
    area = fan.rings * np.pi * (i["hole_len"] + layout["roadway_radius_m"]) ** 2
    assert area == pytest.approx(e["fan_fracture_area_m2"], rel=rel)
    assert area / 1e6 == pytest.approx(e["EGS_target_area_ratio_fan"], rel=rel)
    pair = load_case("engineering/D05_fracture_vs_pipe_exchange")["inputs"]
    alpha_hole, ten = pair["k"] / (pair["rho_r"] * pair["c_r"]), 10 * YEAR
    per_metre = np.pi * hole_step_flux(alpha_hole * ten / pair["r_hole_m"] ** 2)
    per_metre /= half_space_step_flux(ten, 1.0, alpha_hole)
    assert fan.drilled_length * per_metre == pytest.approx(
        e["fan_holes_equiv_fracture_area_m2"], rel=rel
    )
    assert fan.volume == pytest.approx(e["fan_volume_m3"], rel=rel)
    energy = fan.volume * i["rho_c"] * i["dT_K"]
    assert energy / 3.6e12 == pytest.approx(e["fan_capacity_GWh"], rel=rel)
    assert energy / (25 * YEAR) / 1e6 == pytest.approx(e["fan_mean_MWth_25y"], rel=rel)
    faces = 6 * i["cave_volume_m3"] ** (2 / 3)
    time = 25 * YEAR
    flux = half_space_step_flux(time, i["k"], i["k"] / i["rho_c"])
    recharge = faces * i["dT_K"] * 2 * time * flux
    assert recharge / 3.6e12 == pytest.approx(e["cave_conductive_recharge_GWh_25y"], rel=rel)


def test_early_and_late_forms_meet():
    for function, slope in ((slab_mean_fraction, 10), (sphere_mean_fraction, 30)):
        below, above = function([0.05 - 1e-12, 0.05 + 1e-12])
        assert below == pytest.approx(above, abs=1e-9)
        assert function(0.0) == 1.0
        assert function(1e-6) == pytest.approx(1 - slope * 1e-4, abs=3e-3)
        assert function(50.0) < 1e-50


def test_film_limits():
    x, t, alpha = np.array([0.0, 0.5, 3.0]), 1e6, 1.3e-6
    hard = half_space_film(x, t, 1e9, 3.0, alpha)
    assert np.allclose(hard, half_space_step(x, t, alpha), atol=1e-6)
    assert np.all(half_space_film(x, t, 1e-9, 3.0, alpha) < 1e-8)
    assert np.isfinite(half_space_film(0.0, 1e15, 1e4, 0.5, alpha))


def test_brick_is_the_product_of_its_slabs():
    time = np.array([1e6, 1e7, 1e8])
    cube = brick_mean_fraction(time, [20.0, 20, 20], 1.3e-6)
    slab = brick_mean_fraction(time, [20.0, np.inf, np.inf], 1.3e-6)
    assert np.allclose(cube, slab**3)
    assert np.allclose(slab, slab_mean_fraction(1.3e-6 * time / 100))
    assert np.all(cube < slab)


@given(st.floats(0.01, 0.99), st.floats(0.1, 50))
def test_cooling_time_undoes_fraction(fraction, half):
    time = slab_cooling_time(fraction, half, 1.3e-6)
    assert slab_mean_fraction(1.3e-6 * time / half**2) == pytest.approx(fraction, rel=1e-9)


@given(st.floats(-4, 4))
def test_mean_fractions_fall(log_fourier):
    F = 10**log_fourier
    for function in (slab_mean_fraction, sphere_mean_fraction):
        assert 0 <= function(1.1 * F) <= function(F) <= 1


def test_hole_heat_is_the_integral_of_its_flux():
    for low, high in ((1e-3, 1.0), (1.0, 1e3), (1e3, 1e5)):
        exact = quad(lambda y: np.exp(y) * hole_step_flux(np.exp(y)), np.log(low), np.log(high))[0]
        assert hole_step_heat(high) - hole_step_heat(low) == pytest.approx(exact, rel=1e-7)


def test_bad_input():
    with pytest.raises(ValueError, match="depth"):
        half_space_step(-1.0, 1.0, 1e-6)
    with pytest.raises(ValueError, match="film"):
        half_space_film(1.0, 1.0, 0.0, 3.0, 1e-6)
    with pytest.raises(ValueError, match="fourier"):
        hole_step_flux(0.0)
    with pytest.raises(ValueError, match="fourier"):
        slab_mean_fraction(-0.1)
    with pytest.raises(ValueError, match="three edges"):
        brick_mean_fraction(1.0, [1.0, 2.0], 1e-6)
    with pytest.raises(ValueError, match="fraction"):
        slab_cooling_time(1.0, 10.0, 1e-6)
