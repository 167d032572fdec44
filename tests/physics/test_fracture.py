from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr

from comine.physics.fracture import (
    extracted_heat,
    mean_rock_fraction,
    outlet_fraction,
    outlet_with_inlet_history,
    parallel_drawdown,
    single_fracture_fraction,
)
from tests.cases import case, load_case

YEAR = 31557600.0
ROCK = {"conductivity": 3.0, "diffusivity": 3.0 / 2252500}
SET = {"area": 500.0, "half_spacing": 25.0, "heat_flow": 84.0, **ROCK}


@case("technoeconomic/gringarten1975_parallel_fractures")
def test_case_parallel_fractures_without_dimensions():
    data = load_case("technoeconomic/gringarten1975_parallel_fractures")
    t, x, exact = np.array([[r["t_D"], r["x_ED"], r["T_D"]] for r in data["rows"]]).T
    error = np.abs(parallel_drawdown(t, x) - exact)
    assert error.max() < data["tolerance"]
    assert error.max() < 1e-10


@case("technoeconomic/single_fracture_erfc")
def test_case_single_fracture():
    data = load_case("technoeconomic/single_fracture_erfc")
    t, exact = np.array([[r["t_D"], r["T_D"]] for r in data["rows"]]).T
    # unit properties with C = 2 k A: t_D is the time
    ours = 1.0 - single_fracture_fraction(t, 1.0, 2.0, 1.0, 1.0)
    assert np.allclose(ours, exact, rtol=0, atol=data["tolerance"])
    equally = 1.0 - outlet_fraction(t, 1.0, np.inf, 2.0, 1.0, 1.0)
    assert np.allclose(equally, exact, rtol=0, atol=data["tolerance"])


@case("technoeconomic/lauwerier1955")
def test_case_layer():
    data = load_case("technoeconomic/lauwerier1955")
    i = data["inputs"]
    water = i["rho_w"] * i["c_w"]
    for row in data["rows"]:
        fraction = single_fracture_fraction(
            row["t_years"] * data["year_s"],
            row["x_m"],
            water * i["darcy_v"] * i["h"],
            i["k"],
            i["k"] / data["Cc"],
            data["Ca"] * i["h"],
        )
        assert 1 - fraction == pytest.approx(row["theta"], abs=data["tolerance"])
        assert i["Tinj"] + fraction * (i["T0"] - i["Tinj"]) == pytest.approx(row["T_C"], abs=1e-7)


@case("solvers/06_lauwerier_1955_single_fracture")
def test_case_single_fracture_with_passage():
    data = load_case("solvers/06_lauwerier_1955_single_fracture")
    p, e = data["parameters"], data["expected"]
    fraction = single_fracture_fraction(
        YEAR * np.array(e["t_yr"])[:, None],
        np.array(e["x_m"]),
        p["rhoc_w"] * p["q_m2_s"],
        p["lam"],
        p["lam"] / p["rhoc"],
        p["rhoc_w"] * p["aperture"],
    )
    ours = p["Tin"] + (p["T0"] - p["Tin"]) * fraction
    assert np.allclose(ours, e["T_C_rows_t_cols_x"], rtol=0, atol=1e-4)  # printed to 8 digits


@case("solvers/07_gringarten_1975_parallel_fractures")
def test_case_parallel_fractures():
    data = load_case("solvers/07_gringarten_1975_parallel_fractures")
    d, p, e = data["parameters"]["dimensionless"], data["parameters"]["physical"], data["expected"]
    ours = 1 - parallel_drawdown(d["t_D"], np.array(d["x_ED"])[:, None])
    assert np.allclose(ours, e["outlet_1_minus_TD_rows_xED_cols_tD"], rtol=0, atol=1e-8)
    passage = p["L"] * p["aperture"] / p["q_m2_s_per_fracture"]
    for half_spacing, row in zip(p["half_spacing_m"], e["T_out_C_rows_D_cols_t"], strict=True):
        fraction = outlet_fraction(
            YEAR * np.array(p["t_yr"]) - passage,
            p["L"],
            half_spacing,
            p["rhoc_w"] * p["q_m2_s_per_fracture"],
            p["lam"],
            p["lam"] / p["rhoc"],
        )
        assert np.allclose(p["Tin"] + (p["T0"] - p["Tin"]) * fraction, row, rtol=0, atol=2e-5)


def test_start_and_scalar_shape():
    assert outlet_fraction(0.0, **SET) == 1.0
    assert outlet_fraction(0.0, **SET).shape == ()
    assert extracted_heat([0.0, YEAR], **SET)[0] == 0.0
    assert mean_rock_fraction(0.0, **SET) == 1.0


@pytest.mark.parametrize("half_spacing", [0.5, 2.0, 25.0, 300.0, np.inf])
def test_extracted_heat_is_the_integral_of_the_outlet(half_spacing):
    given_set = SET | {"half_spacing": half_spacing}
    for t in (0.5 * YEAR, 10 * YEAR, 50 * YEAR):
        exact = (
            84.0 * quad(lambda s: outlet_fraction(s, **given_set), 0, t, epsrel=1e-9, limit=200)[0]
        )
        assert extracted_heat(t, **given_set) == pytest.approx(exact, rel=1e-6)


def test_rock_cools_to_the_inlet_and_keeps_the_balance():
    times = YEAR * np.array([1.0, 10, 30, 100, 1000])
    left = mean_rock_fraction(times, **SET)
    capacity = 2 * 25 * 500 * 2252500
    assert np.allclose(left, 1 - extracted_heat(times, **SET) / capacity)
    assert np.all(np.diff(left) < 0)
    assert left[-1] == pytest.approx(0, abs=1e-6)


def test_against_finite_differences():
    """Implicit scheme for the rock between two fractures, explicit in no way related to Talbot."""
    nx, ny, steps = 60, 40, 400
    A, D, C, k, alpha = 500.0, 25.0, 84.0, 3.0, ROCK["diffusivity"]
    t_end = 20 * YEAR
    faces = D * (np.geomspace(1, 60, ny + 1) - 1) / 59
    widths, centres = np.diff(faces), 0.5 * (faces[1:] + faces[:-1])
    conductance = k / np.diff(centres, prepend=0.0)  # first: wall to first cell
    dt, dA = t_end / steps, A / nx
    diagonal = k / alpha * widths / dt
    matrix = np.diag(diagonal)
    for j in range(1, ny):
        g = conductance[j]
        matrix[[j, j - 1], [j, j - 1]] += g
        matrix[[j, j - 1], [j - 1, j]] -= g
    matrix[0, 0] += conductance[0]
    inverse = np.linalg.inv(matrix)
    rock = np.ones((nx, ny))
    for _ in range(steps):
        water = 0.0
        for i in range(nx):
            base = inverse @ (diagonal * rock[i])
            gain = inverse[:, 0] * conductance[0]
            # C (w_out - w_in) = 2 dA g (T0 - w_out), T0 = base + gain w_out
            loss = 2 * dA * conductance[0]
            water = (C * water + loss * base[0]) / (C + loss * (1 - gain[0]))
            rock[i] = base + gain * water
    assert water == pytest.approx(float(outlet_fraction(t_end, **SET)), abs=8e-3)
    assert rock @ widths / D @ np.ones(nx) / nx == pytest.approx(
        float(mean_rock_fraction(t_end, **SET)), abs=8e-3
    )


@given(st.floats(1e-3, 50), st.floats(1e-4, 500))
@settings(max_examples=50, deadline=None)
def test_drawdown_is_bounded_and_rises_with_time_and_with_crowding(x, t):
    here = parallel_drawdown(t, x)
    assert -1e-9 < here < 1 + 1e-9
    assert parallel_drawdown(1.2 * t, x) >= here - 1e-9
    assert parallel_drawdown(t, 1.2 * x) <= here + 1e-9


def test_very_short_and_very_long_times_are_quiet():
    t = np.geomspace(1.0, 1e15, 40)
    fraction = outlet_fraction(t, **SET)
    assert np.all(np.isfinite(fraction))
    assert fraction[0] == pytest.approx(1, abs=1e-9)
    assert fraction[-1] == pytest.approx(0, abs=1e-9)


def test_front_joins_the_talbot_form():
    t = np.linspace(0.02, 0.6, 30)
    below, above = parallel_drawdown(t, [[0.1 - 1e-13], [0.1]])
    assert np.allclose(below, above, rtol=0, atol=1e-9)


def test_front_becomes_normal():
    """exp(-x s + x^3 s^2 / 3): mean x, variance 2 x^3 / 3, where spacing is narrow."""
    x, deviation = 1e-4, np.sqrt(2e-12 / 3)
    z = np.linspace(-3, 3, 13)
    ours = parallel_drawdown(x + z * deviation, x)
    assert np.allclose(ours, ndtr(z), atol=2.5e-3)  # skewness 1.5 sqrt(x)
    assert parallel_drawdown(0.5 * x, x) == pytest.approx(0, abs=1e-9)
    assert parallel_drawdown([2 * x, 1e6], x) == pytest.approx(1, abs=1e-9)


def test_narrow_spacing_takes_all_the_heat():
    narrow = SET | {"half_spacing": 0.05}
    capacity = 2 * 0.05 * 500 * 2252500
    passed = capacity / 84.0  # time in which the water could carry it
    assert np.allclose(outlet_fraction(passed * np.array([0.8, 1.2]), **narrow), [1, 0], atol=1e-4)
    heat = extracted_heat(passed * np.array([0.5, 2, 1e4]), **narrow)
    assert np.allclose(heat, capacity * np.array([0.5, 1, 1]), rtol=1e-8)


def test_inlet_history_of_one_value_is_the_mean_outlet():
    edges = YEAR * np.arange(0, 31, 2.0)
    fraction = partial(outlet_fraction, **SET)
    ours = outlet_with_inlet_history(edges, np.full(15, 313.15), 423.15, fraction)
    heat = extracted_heat(edges, **SET)
    exact = 313.15 + 110 * np.diff(heat) / (84.0 * np.diff(edges))
    assert np.allclose(ours, exact, rtol=0, atol=5e-3)


def test_inlet_history_by_superposed_steps():
    edges = YEAR * np.array([0, 1, 2.5, 4, 8.0])
    inlet = np.array([313.15, 333.15, 303.15, 320.0])
    fraction = partial(single_fracture_fraction, area=500.0, heat_flow=84.0, **ROCK)
    ours = outlet_with_inlet_history(edges, inlet, 423.15, fraction)
    jumps = np.diff(inlet, prepend=423.15)
    for i in range(4):
        exact = 423.15
        for j in range(i + 1):
            low, high = edges[i] - edges[j], edges[i + 1] - edges[j]
            exact += jumps[j] * quad(lambda t: 1 - fraction(t), low, high)[0] / (high - low)
        assert ours[i] == pytest.approx(exact, abs=5e-3)


def test_inlet_at_rock_temperature_draws_nothing():
    edges = YEAR * np.arange(5.0)
    fraction = partial(outlet_fraction, **SET)
    assert np.allclose(outlet_with_inlet_history(edges, np.full(4, 400.0), 400.0, fraction), 400.0)


@case("technoeconomic/field_observations")
def test_field_project_red():
    """Two years at 36 kg/s: the plateau of 175-185 degC, with the well's drop of 4.8 K."""
    entries = load_case("technoeconomic/field_observations")
    entries = (
        entries
        if isinstance(entries, list)
        else next(v for v in entries.values() if isinstance(v, list))
    )
    red = next(entry for entry in entries if entry["id"] == "fervo_project_red_2yr_2026")
    i, run = red["inputs"], red["outputs"]["geophires_run"]
    low, high = map(float, red["outputs"]["measured_steady_T_C"].split()[0].split("-"))
    area = i["frac_height_ft"] * i["frac_width_ft"] * 0.3048**2
    flow = i["flow_kg_s"] / i["fractures_effective"] * 4200
    rock = i["T_surf_C"] + i["gradient_C_km"] * i["depth_ft"] * 0.3048e-3
    assert rock == pytest.approx(run["bottom_hole"], abs=0.1)
    days = np.linspace(30, i["days"], 40) * 86400.0
    fraction = outlet_fraction(
        days, area, i["frac_sep_m"] / 2, flow, i["k"], i["k"] / (i["rho"] * i["cp"])
    )
    wellhead = i["T_inj_C"] + fraction * (rock - i["T_inj_C"]) - run["well_drop"]
    assert np.all((wellhead > low) & (wellhead < high))
    assert wellhead.mean() == pytest.approx(run["T_avg"], abs=2.0)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"time": -1.0}, "time"),
        ({"area": 0.0}, "area"),
        ({"half_spacing": -5.0}, "half_spacing"),
        ({"heat_flow": -1.0}, "heat_flow"),
        ({"conductivity": 0.0}, "conductivity"),
        ({"diffusivity": np.nan}, "diffusivity"),
    ],
)
def test_bad_input(change, match):
    bad = {"time": YEAR, **SET} | change
    for function in (outlet_fraction, extracted_heat, mean_rock_fraction):
        with pytest.raises(ValueError, match=match):
            function(**bad)


def test_other_bad_input():
    with pytest.raises(ValueError, match="finite"):
        mean_rock_fraction(YEAR, **(SET | {"half_spacing": np.inf}))
    with pytest.raises(ValueError, match="dimensionless_half_spacing"):
        parallel_drawdown(1.0, 0.0)
    with pytest.raises(ValueError, match="layer_capacity"):
        single_fracture_fraction(YEAR, 1.0, 1.0, 1.0, 1.0, -1.0)
    with pytest.raises(ValueError, match="inlet_temperature"):
        outlet_with_inlet_history(
            [0.0, YEAR], [300.0, 310.0], 400.0, partial(outlet_fraction, **SET)
        )
