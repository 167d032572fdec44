import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from comine.physics.geotherm import (
    column_geotherm,
    depth_of_isotherm,
    exponential_geotherm,
    thermal_conductivity,
)
from tests.cases import case, load_case

ZERO = 273.15
CRUST = {
    "thickness": [1500.0, 2500.0, 6000.0],
    "conductivity": [1.9, 2.6, 3.0],
    "heat_production": [1.2e-6, 2e-6, 3e-6],
    "surface_temperature": 12 + ZERO,
    "surface_heat_flow": 0.07,
}
MIXED = ["sedimentary", "crystalline", "crystalline"]


@case("decision/conductive_1d_uniform_A")
def test_uniform_heat_production():
    c = load_case("decision/conductive_1d_uniform_A")
    i = c["inputs"]
    state = column_geotherm(
        i["depths_m"], [np.inf], i["k"], i["A0"], i["T0"] + ZERO, i["q0"]
    ).temperature
    np.testing.assert_allclose(
        state - ZERO, c["expected"]["T_C"], rtol=0, atol=c["tolerance"]["abs_C"]
    )


@case("decision/conductive_1d_exponential_A")
def test_exponential_heat_production():
    c = load_case("decision/conductive_1d_exponential_A")
    i = c["inputs"]
    state = exponential_geotherm(
        i["depths_m"], i["k"], i["A0"], i["D"], i["T0"] + ZERO, i["q0"]
    ).temperature
    np.testing.assert_allclose(
        state - ZERO, c["expected"]["T_C"], rtol=0, atol=c["tolerance"]["abs_C"]
    )


@case("decision/conductive_1d_three_layers")
def test_three_layers():
    c = load_case("decision/conductive_1d_three_layers")
    i = c["inputs"]
    h = [layer["base"] - layer["top"] for layer in i["layers"]]
    k, A = ([layer[key] for layer in i["layers"]] for key in ("k", "A"))
    state = column_geotherm(i["depths_m"], h, k, A, i["T0"] + ZERO, i["q0"])
    np.testing.assert_allclose(
        state.temperature - ZERO, c["expected"]["T_C"], rtol=0, atol=c["tolerance"]["abs_C"]
    )


@case("solvers/24_steady_geotherm_heat_production")
def test_two_layers_of_the_solver_case():
    c = load_case("solvers/24_steady_geotherm_heat_production")
    p = c["parameters"]
    h = [layer["bottom"] - layer["top"] for layer in p["layers"]]
    k = [layer["k"] for layer in p["layers"]]
    T = column_geotherm([1000.0, 3000.0], h, k, p["A"], p["T0"] + ZERO, p["q0"]).temperature
    expected = [c["expected"]["T_1000"], c["expected"]["T_3000"]]
    np.testing.assert_allclose(T - ZERO, expected, rtol=1e-6)


@case("engineering/A01_granite_conductivity_vs_T")
def test_granite_conductivity():
    c = load_case("engineering/A01_granite_conductivity_vs_T")
    i, rel = c["inputs"], c["tolerance"]["rel"]
    k = thermal_conductivity(np.array(i["T_C"]) + ZERO, i["lambda_25C_W_mK"])
    expected = [c["expected"][f"lambda_{T}C"] for T in i["T_C"]]
    np.testing.assert_allclose(k, expected, rtol=rel)
    at_zero = thermal_conductivity(ZERO, i["lambda_25C_W_mK"]) * 0.99
    np.testing.assert_allclose(at_zero, c["expected"]["lambda0_W_mK"], rtol=rel)


@pytest.mark.parametrize("law", ["crystalline", "sedimentary"])
def test_conductivity_law_closes_at_25_degrees(law):
    k = np.linspace(1.5, 5.0, 8)
    np.testing.assert_allclose(thermal_conductivity(25 + ZERO, k, law), k, rtol=0.01)


def integrate(law, depth):
    """Temperature by an adaptive integration of dT/dz = q / k(T), layer by layer."""
    T, q, top = CRUST["surface_temperature"], CRUST["surface_heat_flow"], 0.0
    layers = zip(
        CRUST["thickness"], CRUST["conductivity"], CRUST["heat_production"], law, strict=True
    )
    for h, k, A, name in layers:
        distance = min(h, depth - top)
        if distance <= 0:
            break
        run = solve_ivp(
            lambda z, T, q=q, A=A, k=k, n=name: (q - A * z) / thermal_conductivity(T, k, n),
            (0.0, distance),
            [T],
            rtol=1e-11,
            atol=1e-10,
        )
        T, q, top = run.y[0, -1], q - A * distance, top + h
    return T


@pytest.mark.parametrize("depth", [800.0, 1500.0, 3200.0, 10000.0])
def test_temperature_dependent_column_matches_an_integration(depth):
    T = column_geotherm(depth, **CRUST, law=MIXED).temperature
    assert float(T) == pytest.approx(integrate(MIXED, depth), abs=1e-6)


def test_midpoint_march_converges_to_the_closed_form_with_second_order():
    exact = float(
        column_geotherm(6000.0, [np.inf], 3.0, 2e-6, 285.0, 0.08, "crystalline").temperature
    )
    error = []
    for n in (80, 160, 320):
        T, dz = 285.0, 6000.0 / n
        for j in range(n):
            q = 0.08 - 2e-6 * (j * dz)
            half = T + 0.5 * dz * q / thermal_conductivity(T, 3.0)
            T = T + dz * (q - 1e-6 * dz) / thermal_conductivity(half, 3.0)
        error.append(abs(float(T) - exact))
    rates = np.log2(np.array(error[:-1]) / error[1:])
    np.testing.assert_allclose(rates, 2.0, atol=0.1)


def test_exponential_column_with_law_matches_an_integration():
    state = exponential_geotherm(8000.0, 3.0, 3e-6, 9e3, 285.0, 0.08, "crystalline")
    run = solve_ivp(
        lambda z, T: (0.08 - 3e-6 * 9e3 * (1 - np.exp(-z / 9e3))) / thermal_conductivity(T, 3.0),
        (0.0, 8000.0),
        [285.0],
        rtol=1e-11,
        atol=1e-10,
    )
    assert float(state.temperature) == pytest.approx(run.y[0, -1], abs=1e-6)


def test_exponential_tends_to_uniform_for_great_decay_depth():
    deep = exponential_geotherm(5000.0, 2.8, 3e-6, 1e12, 285.0, 0.07).temperature
    uniform = column_geotherm(5000.0, [np.inf], 2.8, 3e-6, 285.0, 0.07).temperature
    assert float(deep) == pytest.approx(float(uniform), abs=1e-3)


@pytest.mark.parametrize("law", ["constant", MIXED])
def test_gradient_is_the_slope_of_the_temperature(law):
    z = np.array([400.0, 2000.0, 5000.0, 9000.0])
    up, down = (column_geotherm(z + d, **CRUST, law=law).temperature for d in (-0.5, 0.5))
    gradient = column_geotherm(z, **CRUST, law=law).gradient
    np.testing.assert_allclose(down - up, gradient, rtol=1e-6)


def test_samples_broadcast_against_depths():
    k = np.array([[1.9, 2.6, 3.0], [2.4, 2.6, 3.0], [2.9, 2.6, 3.0]])
    z = np.array([500.0, 2500.0])
    T = column_geotherm(
        z[:, None], CRUST["thickness"], k, CRUST["heat_production"], 285.15, [0.07, 0.08, 0.06]
    ).temperature
    assert T.shape == (2, 3)
    one = column_geotherm(
        2500.0, CRUST["thickness"], k[1], CRUST["heat_production"], 285.15, 0.08
    ).temperature
    assert T[1, 1] == pytest.approx(float(one), rel=1e-14)


@given(
    depth=st.floats(0.0, 9900.0), law=st.sampled_from(["constant", "crystalline", "sedimentary"])
)
@settings(max_examples=50, deadline=None)
def test_isotherm_is_the_inverse(depth, law):
    state = column_geotherm(depth, **CRUST, law=law)
    assert float(depth_of_isotherm(state.temperature, **CRUST, law=law)) == pytest.approx(
        depth, abs=1e-6
    )


def test_isotherm_out_of_reach_is_infinite():
    found = depth_of_isotherm([300.0, 420.0, 900.0], **CRUST)
    np.testing.assert_array_equal(np.isinf(found), [False, False, True])
    # heat production turns the flux round before the temperature is reached
    assert np.isinf(depth_of_isotherm(800.0, [np.inf], 2.5, 5e-6, 285.0, 0.06))


def test_colder_than_surface_is_refused():
    with pytest.raises(ValueError, match="below the surface temperature"):
        depth_of_isotherm(270.0, **CRUST)


@given(q=st.floats(0.03, 0.12), more=st.floats(1e-4, 0.03))
@settings(max_examples=30, deadline=None)
def test_more_heat_flow_is_hotter(q, more):
    cold, hot = (
        column_geotherm(4000.0, [np.inf], 3.0, 1e-6, 285.0, f, "crystalline").temperature
        for f in (q, q + more)
    )
    assert hot > cold


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"conductivity": -1.0}, "conductivity"),
        ({"thickness": [0.0, 1.0, 1.0]}, "thickness"),
        ({"thickness": [np.inf, 1.0, 1.0]}, "finite"),
        ({"heat_production": -1e-6}, "heat_production"),
        ({"law": ["constant"]}, "law"),
        ({"law": "metamorphic"}, "law"),
        ({"conductivity": 0.3, "law": "crystalline"}, "0.38"),
    ],
)
def test_bad_columns_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        column_geotherm(500.0, **(CRUST | change))


def test_depth_outside_the_column_is_refused():
    with pytest.raises(ValueError, match="leaves the column"):
        column_geotherm([100.0, 10001.0], **CRUST)
    with pytest.raises(ValueError, match="leaves the column"):
        column_geotherm(-1.0, **CRUST)


def test_law_beyond_its_pole_is_refused():
    with pytest.raises(ValueError, match="no positive conductivity"):
        thermal_conductivity(900.0, 0.8)
