import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.physics import air
from comine.physics.airway import (
    atkinson_factor,
    atkinson_resistance,
    darcy_factor,
    evaporation_coefficient,
    film_coefficient,
    parallel_resistance,
    pressure_drop,
    radiative_coefficient,
)
from tests.cases import case, load_case


@case("ventilation/01_parallel_split_constant_fan")
def test_parallel_pair_behind_a_fan():
    data = load_case("ventilation/01_parallel_split_constant_fan")
    branch = {b["id"]: b["R"] for b in data["inputs"]["branches"]}
    fan = data["inputs"]["branches"][0]["fan_pressure"]
    expected, tolerance = data["expected"], data["tolerance"]
    pair = parallel_resistance([branch["P1"], branch["P2"]])
    flow = np.sqrt(fan / (branch["F"] + branch["R"] + pair))
    drop = pressure_drop(pair, 1.2 * flow, 1.2)
    flows = {"F": flow, "R": flow} | {i: np.sqrt(drop / branch[i]) for i in ("P1", "P2")}
    for name, value in flows.items():
        assert value == pytest.approx(expected["Q"][name], abs=tolerance["Q_abs"])
    assert drop == pytest.approx(expected["dP_P1"], abs=tolerance["dP_abs"])
    assert 60 * flow == pytest.approx(expected["Q_F_m3_min_published"], abs=1e-3)


def test_resistance():
    friction = atkinson_resistance(0.012, 500.0, 16.0, 16.0)
    assert friction == pytest.approx(0.012 * 500 * 16 / 16**3)
    shocked = atkinson_resistance(0.012, 500.0, 16.0, 16.0, shock_loss=2.0)
    flow = 60.0  # at 1.2 kg/m3: two velocity heads more
    more = pressure_drop(shocked - friction, flow, 1.2)
    assert more == pytest.approx(2 * 0.5 * 1.2 * (flow / 1.2 / 16.0) ** 2)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.003, 0.1), st.floats(1, 100), st.floats(0.9, 1.6))
def test_drop_is_that_of_darcy_and_weisbach(friction, flow, rho):
    length, diameter = 400.0, 5.0
    area, rim = np.pi / 4 * diameter**2, np.pi * diameter
    speed = flow / rho / area
    expected = darcy_factor(friction) * length / diameter * rho * speed**2 / 2
    resistance = atkinson_resistance(friction, length, rim, area)
    assert pressure_drop(resistance, flow, rho) == pytest.approx(expected, rel=1e-12)
    assert pressure_drop(resistance, -flow, rho) == pytest.approx(-expected, rel=1e-12)
    assert atkinson_factor(darcy_factor(friction)) == pytest.approx(friction, rel=1e-14)


def test_equal_airways_in_parallel():
    np.testing.assert_allclose(parallel_resistance([[1.0, 1.0], [4.0, 4.0]]), [0.25, 1.0])


def test_film_of_a_smooth_duct_against_dittus_and_boelter():
    area, rim, temperature = np.pi, 2 * np.pi, 300.0
    flow = np.array([5.0, 20.0, 100.0])
    reynolds = flow * 2.0 / (area * air.air_viscosity(temperature))
    smooth = 0.6 * 0.046 * reynolds**-0.2
    classic = 0.023 * reynolds**0.8 * 0.7**0.4 * air.air_conductivity(temperature) / 2.0
    ours = film_coefficient(smooth, flow, area, rim, temperature)
    np.testing.assert_allclose(ours, classic, rtol=0.15)  # its own scatter


def test_film_is_continuous_down_to_rest():
    shape = (0.012, np.array([0.0, 1e-9]), 20.0, 18.0, 300.0)
    at_rest = 3.66 * air.air_conductivity(300.0) / (4 * 20.0 / 18.0)
    np.testing.assert_allclose(film_coefficient(*shape), at_rest, rtol=1e-6)
    critical = 2300.0 * 20.0 * air.air_viscosity(300.0) / (4 * 20.0 / 18.0)
    around = critical * np.array([1 - 1e-9, 1 + 1e-9])
    below, above = film_coefficient(0.012, around, 20.0, 18.0, 300.0)
    assert below == pytest.approx(above, rel=1e-6)
    assert film_coefficient(0.012, -50.0, 20.0, 18.0, 300.0) == film_coefficient(
        0.012, 50.0, 20.0, 18.0, 300.0
    )


@settings(max_examples=50, deadline=None)
@given(st.floats(0.003, 0.03), st.floats(1e-3, 300), st.floats(1.01, 2))
def test_film_rises_with_flow_and_roughness(friction, flow, more):
    film = film_coefficient(friction, flow, 20.0, 18.0, 300.0)
    assert film_coefficient(friction, more * flow, 20.0, 18.0, 300.0) > film
    if flow > 1.0:
        assert film_coefficient(more * friction, flow, 20.0, 18.0, 300.0) > film


def test_evaporation_obeys_the_lewis_analogy():
    from CoolProp.HumidAirProp import HAPropsSI

    known = ("T", 300.0, "P", 1e5, "W", 0.01)
    conductivity, heat = HAPropsSI("k", *known), HAPropsSI("cp", *known)
    lewis = conductivity / (heat / HAPropsSI("V", *known)) / 2.6e-5  # D of vapour in air
    expected = 10.0 * 0.622 / heat * lewis ** (-2 / 3) / 1e5
    assert evaporation_coefficient(10.0, 1e5) == pytest.approx(expected, rel=0.08)


def test_radiation_between_two_surfaces():
    hot, cold, factor = 310.0, 300.0, 0.3
    exact = factor * 5.670374419e-8 * (hot**4 - cold**4)
    linear = radiative_coefficient(305.0, factor) * (hot - cold)
    assert linear == pytest.approx(exact, rel=1e-3)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: atkinson_resistance(0.01, 1.0, 1.0, 0.0), "area"),
        (lambda: atkinson_resistance(-0.01, 1.0, 1.0, 1.0), "friction_factor"),
        (lambda: atkinson_resistance(0.01, -1.0, 1.0, 1.0), "length"),
        (lambda: parallel_resistance([1.0, 0.0]), "resistances"),
        (lambda: pressure_drop(1.0, 1.0, 0.0), "density"),
        (lambda: darcy_factor(-1.0), "friction_factor"),
        (lambda: film_coefficient(0.0, 1.0, 1.0, 1.0, 300.0), "friction_factor"),
        (lambda: film_coefficient(0.01, 1.0, 1.0, 1.0, 20.0), "temperature"),
        (lambda: radiative_coefficient(300.0, 1.2), "exchange_factor"),
        (lambda: evaporation_coefficient(-1.0, 1e5), "film_coefficient"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
