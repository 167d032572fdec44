from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import j0, j1, y0, y1

from comine.physics.strata import (
    film_with_layers,
    released_heat_ratio,
    response_matrix,
    wall_flux_ratio,
)
from tests.cases import case, load_case

INF = float("inf")
YEAR = 31_557_600.0
MONTH = YEAR / 12.0
ROCK = {"radius": 2.0, "diffusivity": 1.2e-6, "conductivity": 3.0}
FILM = 15.0


def carslaw_jaeger(fourier, biot):
    """The integral of section 13.5, with v = exp(x) and the lower tail in closed form."""
    film = 0.0 if np.isinf(biot) else 1.0 / biot

    def integrand(x):
        v = np.exp(x)
        real, imaginary = j0(v) + v * film * j1(v), y0(v) + v * film * y1(v)
        return np.exp(-fourier * v * v) / (real**2 + imaginary**2)

    low, high = np.log(min(1e-8, 1e-6 / np.sqrt(fourier))), np.log(6.3 / np.sqrt(fourier))
    cuts = np.append(np.arange(low, high, 1.0), high)
    body = sum(quad(integrand, a, b, epsabs=0.0, epsrel=1e-12)[0] for a, b in pairwise(cuts))
    tail = np.pi / 2 + np.arctan(2 / np.pi * (low - np.log(2) + np.euler_gamma - film))
    return 4 / np.pi**2 * (body + np.pi / 2 * tail)


def robin_mean_flux(edges):
    """Mean of the exact flux after a unit step of the air, by Gauss rule on sqrt(t) panels."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    roots = np.sqrt(edges)
    low, high = roots[:-1, None], roots[1:, None]
    root = 0.5 * (high + low) + 0.5 * (high - low) * nodes
    fourier = ROCK["diffusivity"] * root**2 / ROCK["radius"] ** 2
    flux = wall_flux_ratio(fourier, FILM * ROCK["radius"] / ROCK["conductivity"])
    flux *= ROCK["conductivity"] / ROCK["radius"]
    integral = (flux * 2.0 * root * weights).sum(axis=1) * 0.5 * (high - low)[:, 0]
    return integral / np.diff(edges)


@case("ventilation/14_strata_G_function")
def test_flux_table_of_a_convective_wall():
    data = load_case("ventilation/14_strata_G_function")
    rows = data["expected"]["table"]
    biot = [INF if row["B"] is None else row["B"] for row in rows]
    got = wall_flux_ratio([row["F"] for row in rows], biot)
    np.testing.assert_allclose(got, [row["G"] for row in rows], rtol=data["tolerance"]["G_rel"])


@case("technoeconomic/roadway_wall_heat_flux")
def test_flux_of_a_dry_roadway():
    data = load_case("technoeconomic/roadway_wall_heat_flux")
    biot = [float(row["Bi"]) for row in data["rows"]]
    got = wall_flux_ratio([row["Fo"] for row in data["rows"]], biot)
    np.testing.assert_allclose(got, [row["q_D"] for row in data["rows"]], rtol=data["tolerance"])


@case("solvers/04_cylinder_constant_wall_temperature")
def test_flux_at_constant_wall_temperature():
    data = load_case("solvers/04_cylinder_constant_wall_temperature")
    got = wall_flux_ratio(data["parameters"]["Fo"], INF)
    np.testing.assert_allclose(got, data["expected"]["dimensionless_flux"], rtol=1e-7)
    per_metre = 2 * np.pi * 3.0 * got
    np.testing.assert_allclose(per_metre, data["expected"]["W_per_m_for_dT1_lam3"], rtol=1e-7)


@case("solvers/05_airway_age_of_wall_with_film")
def test_flux_by_age_of_the_wall():
    data = load_case("solvers/05_airway_age_of_wall_with_film")
    biot = np.array(data["parameters"]["Bi"])[:, None]
    got = wall_flux_ratio(data["parameters"]["Fo"], biot)
    np.testing.assert_allclose(got, data["expected"]["q_star_rows_Bi_cols_Fo"], rtol=1e-7)
    wall = data["expected"]["example"]
    fourier = wall["alpha"] * np.array(wall["t_days"]) * 86400 / wall["r_w"] ** 2
    flux = wall_flux_ratio(fourier, wall["h_c"] * wall["r_w"] / wall["lam"])
    per_metre = 2 * np.pi * wall["lam"] * flux
    np.testing.assert_allclose(per_metre, wall["W_per_m_per_K"], rtol=1e-6)


@case("engineering/B02_hole_heat_flux_constant_wall_T")
def test_flux_into_a_hole():
    data = load_case("engineering/B02_hole_heat_flux_constant_wall_T")
    given_, expected = data["inputs"], data["expected"]
    days = {"1d": 1, "30d": 30, "1y": 365.25, "10y": 3652.5, "30y": 10957.5}
    for label, age in days.items():
        fourier = given_["k"] / given_["rho_c"] * age * 86400 / given_["r_m"] ** 2
        flux = 2 * np.pi * given_["k"] * given_["dT_K"] * wall_flux_ratio(fourier, INF)
        wanted = expected[f"q_W_per_m_K_{label}"]
        assert flux == pytest.approx(wanted, rel=data["tolerance"]["rel"])
        logarithm = np.log(4 * fourier) - 2 * np.euler_gamma
        asymptote = 4 * np.pi * given_["k"] * (1 / logarithm - np.euler_gamma / logarithm**2)
        assert asymptote == pytest.approx(expected[f"approx_W_per_m_K_{label}"], rel=1e-9)
        assert abs(flux / asymptote - 1) < 3.0 / logarithm**2


@case("engineering/A11_insulated_roadway_heat_flux")
def test_insulated_roadway():
    data = load_case("engineering/A11_insulated_roadway_heat_flux")
    given_, expected, rel = data["inputs"], data["expected"], data["tolerance"]["rel"]
    r, k, film = given_["r_m"], given_["k_rock"], given_["h_W_m2K"]
    behind = film_with_layers(film, [given_["t_ins_m"]], [given_["k_ins"]], r)
    assert behind == pytest.approx(expected["h_eff_insulated"], rel=rel)

    def flux(age, coefficient):
        fourier = k / given_["rho_c"] * age / r**2
        return k / r * wall_flux_ratio(fourier, coefficient * r / k)

    bare, insulated = flux(given_["time_s"], film), flux(given_["time_s"], behind)
    perimeter_and_difference = 2 * np.pi * r * given_["dT_K"]
    assert given_["time_s"] * k / given_["rho_c"] / r**2 == pytest.approx(expected["Fo"], rel=rel)
    assert bare == pytest.approx(expected["U_tau_bare_W_m2K"], rel=rel)
    assert insulated == pytest.approx(expected["U_tau_insulated_W_m2K"], rel=rel)
    assert bare * perimeter_and_difference == pytest.approx(expected["heat_W_per_m_bare"], rel=rel)
    heat = insulated * perimeter_and_difference
    assert heat == pytest.approx(expected["heat_W_per_m_insulated"], rel=rel)
    ages = {"fraction": given_["time_s"], "1d": 86400.0, "30d": 30 * 86400.0, "10y": 10 * YEAR}
    for label, age in ages.items():
        reduction = 1 - flux(age, behind) / flux(age, film)
        assert reduction == pytest.approx(expected[f"reduction_{label}"], rel=rel)


@pytest.mark.parametrize("biot", [0.1, 3.0, 100.0, INF])
@pytest.mark.parametrize("fourier", [0.01, 1.0, 1e3, 1e8])
def test_flux_against_the_integral(fourier, biot):
    reference = carslaw_jaeger(fourier, biot)
    assert wall_flux_ratio(fourier, biot) == pytest.approx(reference, rel=1e-11)


def test_flux_at_short_times_is_that_of_a_plane():
    fourier = np.array([1e-10, 1e-8])
    plane = 1 / np.sqrt(np.pi * fourier) + 0.5
    np.testing.assert_allclose(wall_flux_ratio(fourier, INF), plane, rtol=1e-8)
    np.testing.assert_allclose(wall_flux_ratio(1e-10, 2.0), 2.0, rtol=1e-4)


@settings(max_examples=50, deadline=None)
@given(st.floats(-6, 6), st.floats(-2, 4), st.floats(0.01, 3))
def test_flux_falls_with_age_and_rises_with_the_film(log_age, log_film, step):
    age, film = 10**log_age, 10**log_film
    flux = wall_flux_ratio(age, film)
    assert 0 < flux < min(film, wall_flux_ratio(age, INF))
    assert wall_flux_ratio(age * (1 + step), film) < flux < wall_flux_ratio(age, film * (1 + step))


def test_released_heat_is_the_integral_of_the_flux():
    fourier = np.array([1e-5, 1e-3, 0.1, 1.0, 30.0, 1e4, 1e7])
    exact = [
        quad(lambda x: 2 * x * wall_flux_ratio(x * x, INF), 0, np.sqrt(f), epsrel=1e-10)[0]
        for f in fourier[:5]
    ]
    np.testing.assert_allclose(released_heat_ratio(fourier[:5]), exact, rtol=1e-8)
    shift = 1e-4
    slope = released_heat_ratio(fourier * (1 + shift)) - released_heat_ratio(fourier * (1 - shift))
    flux = slope / (2 * shift * fourier)
    np.testing.assert_allclose(flux, wall_flux_ratio(fourier, INF), rtol=1e-7)


def test_released_heat_is_smooth_where_series_and_table_meet():
    below, above = released_heat_ratio([1e-4 * (1 - 1e-9), 1e-4 * (1 + 1e-9)])
    assert above / below - 1 == pytest.approx(1e-9, abs=5e-11)
    assert released_heat_ratio(0.0) == 0.0
    assert released_heat_ratio(1e-8) == pytest.approx(2 * np.sqrt(1e-8 / np.pi) + 5e-9, rel=1e-8)


def test_response_to_a_step_of_the_wall_keeps_the_heat():
    edges = np.array([0.0, 0.3, 1.0, 1.5, 4.0, 9.0, 40.0]) * MONTH
    matrix = response_matrix(edges, opened=0.0, **ROCK)
    mean = matrix @ np.ones(6)
    fourier = ROCK["diffusivity"] * edges / ROCK["radius"] ** 2
    density = ROCK["conductivity"] * ROCK["radius"] / ROCK["diffusivity"]
    heat = np.cumsum(mean * np.diff(edges))
    np.testing.assert_allclose(heat, density * released_heat_ratio(fourier[1:]), rtol=1e-12)
    np.testing.assert_array_equal(np.triu(matrix, 1), 0.0)
    assert np.all(matrix[np.tril_indices(6, -1)] < 0.0)


def test_response_to_a_pulse_is_superposed():
    edges = np.linspace(0, 6, 7) * MONTH
    pulse = response_matrix(edges, opened=0.0, **ROCK)[-1, 1]
    ages = np.linspace(3, 5, 4001) * MONTH  # from the pulse's end, two intervals' worth
    flux = wall_flux_ratio(ROCK["diffusivity"] * ages / ROCK["radius"] ** 2, INF)
    flux *= ROCK["conductivity"] / ROCK["radius"]
    later = np.trapezoid(flux[2000:], ages[2000:]) / MONTH
    sooner = np.trapezoid(flux[:2001], ages[:2001]) / MONTH
    assert pulse == pytest.approx(later - sooner, rel=1e-6)


def test_even_and_uneven_intervals_agree():
    edges = np.linspace(0, 12, 13) * MONTH
    uneven = np.append(edges, 12.5 * MONTH)
    matrix = response_matrix(edges, opened=0.0, **ROCK)
    longer = response_matrix(uneven, opened=0.0, **ROCK)
    np.testing.assert_allclose(longer[:12, :12], matrix, rtol=1e-7, atol=1e-12)


def test_opening_later_shifts_the_response():
    edges = np.linspace(0, 6, 7) * MONTH
    matrix = response_matrix(edges, opened=2 * MONTH, **ROCK)
    whole = response_matrix(edges, opened=0.0, **ROCK)
    np.testing.assert_allclose(matrix[2:, 2:], whole[:4, :4], rtol=1e-12)
    assert not matrix[:2].any()
    assert not matrix[:, :2].any()
    assert not response_matrix(edges, opened=7 * MONTH, **ROCK).any()


def test_film_on_the_wall_against_the_exact_solution():
    months = 120
    exact = robin_mean_flux(np.arange(months + 1) * MONTH)
    errors = []
    for parts in (1, 2, 4):
        edges = np.linspace(0, months * MONTH, months * parts + 1)
        matrix = response_matrix(edges, opened=0.0, **ROCK)
        sink = matrix + FILM * np.eye(months * parts)
        wall = np.linalg.solve(sink, matrix @ np.ones(months * parts))
        mean = (FILM * wall).reshape(months, parts).mean(axis=1)
        errors.append(np.abs(mean / exact - 1)[[0, 1, 5, 11, 119]])
    assert np.all(errors[0] < [0.016, 0.019, 7e-4, 1.3e-4, 1e-6])
    assert np.all(errors[0][0] > 0.014)  # the figure the documentation states
    order = np.log2(np.array(errors[:-1])[:, :4] / np.array(errors[1:])[:, :4])
    assert np.all(order > 1.5)


def test_layers():
    thin = film_with_layers(10.0, [0.01, 0.02], [0.05, 1.0], 1e6)
    assert thin == pytest.approx(1 / (1 / 10 + 0.01 / 0.05 + 0.02 / 1.0), rel=1e-7)
    split = film_with_layers(10.0, [0.1, 0.1], [0.3, 0.3], 2.0)
    assert split == pytest.approx(film_with_layers(10.0, [0.2], [0.3], 2.0), rel=1e-14)
    bare = film_with_layers([8.0, 10.0], np.zeros((2, 1)), [1.0], [2.0, 3.0])
    np.testing.assert_allclose(bare, [8.0, 10.0])


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: wall_flux_ratio(0.0, 1.0), "fourier"),
        (lambda: wall_flux_ratio([1.0, np.nan], 1.0), "fourier"),
        (lambda: wall_flux_ratio(1.0, -1.0), "biot"),
        (lambda: released_heat_ratio(-1.0), "fourier"),
        (lambda: released_heat_ratio(1e11), "fourier"),
        (lambda: response_matrix([0.0, 1.0, 1.0], 2.0, 1e-6, 3.0, 0.0), "edges"),
        (lambda: response_matrix([0.0], 2.0, 1e-6, 3.0, 0.0), "edges"),
        (lambda: response_matrix([0.0, 1.0], -2.0, 1e-6, 3.0, 0.0), "radius"),
        (lambda: response_matrix([0.0, 1.0], 2.0, 0.0, 3.0, 0.0), "diffusivity"),
        (lambda: response_matrix([0.0, 1.0], 2.0, 1e-6, -3.0, 0.0), "conductivity"),
        (lambda: response_matrix([0.0, 1.0], 2.0, 1e-6, 3.0, 0.5), "opened"),
        (lambda: response_matrix([0.0, 1.0], 2.0, 1e-6, 3.0, -1.0), "opened"),
        (lambda: film_with_layers(0.0, [0.1], [1.0], 2.0), "film_coefficient"),
        (lambda: film_with_layers(8.0, [-0.1], [1.0], 2.0), "thicknesses"),
        (lambda: film_with_layers(8.0, [1.0, 1.0], [1.0, 1.0], 2.0), "thicknesses"),
        (lambda: film_with_layers(8.0, [0.1], [0.0], 2.0), "conductivities"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
