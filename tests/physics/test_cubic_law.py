import numpy as np
import pytest

from comine.physics.cubic_law import doublet_pressure_drop, strip_pressure_drop, transmissivity
from tests.cases import case, load_case


@case("solvers/25_network_hydraulics_cubic_law_colebrook")
def test_case_cubic_law():
    data = load_case("solvers/25_network_hydraulics_cubic_law_colebrook")
    p = data["parameters"]
    drop = strip_pressure_drop(data["expected"]["Q_m3_s"], p["b"], p["L"], p["w"], p["mu"])
    assert drop == pytest.approx(p["dp"], rel=1e-8)


def test_strip_is_odd_in_the_flow_and_cubic_in_the_aperture():
    args = (500.0, 100.0, 3e-4)
    assert strip_pressure_drop(-1e-3, 1e-3, *args) == -strip_pressure_drop(1e-3, 1e-3, *args)
    ratio = strip_pressure_drop(1e-3, 1e-3, *args) / strip_pressure_drop(1e-3, 2e-3, *args)
    assert ratio == pytest.approx(8)


def test_doublet_against_a_numerical_flow_rate():
    """Flow across the mid-plane of the pressure of two images must be the flow put in."""
    d, r, mu, b, q = 20.0, 0.5, 3e-4, 1e-3, 2e-3
    drop = doublet_pressure_drop(q, b, d, r, mu)
    half = np.sqrt((d / 2) ** 2 - r**2)  # foci of the bipolar system
    y = np.tan(np.linspace(-1, 1, 200001) * (np.pi / 2 - 1e-6))
    steepness = drop / (2 * np.arccosh(d / 2 / r))  # p = steepness * ln(r2 / r1)
    gradient = steepness * 2 * half / (half**2 + y**2)
    flow = transmissivity(b) / mu * np.trapezoid(gradient, y)
    assert flow == pytest.approx(q, rel=1e-3)
    far = doublet_pressure_drop(q, b, 1000.0, 0.1, mu)
    assert far == pytest.approx(mu * q / (np.pi * transmissivity(b)) * np.log(1e4), rel=1e-6)


def test_bad_input():
    with pytest.raises(ValueError, match="aperture"):
        transmissivity(-1e-3)
    with pytest.raises(ValueError, match="width"):
        strip_pressure_drop(1e-3, 1e-3, 1.0, 0.0, 1e-3)
    with pytest.raises(ValueError, match="twice the radius"):
        doublet_pressure_drop(1e-3, 1e-3, 0.1, 0.1, 1e-3)
