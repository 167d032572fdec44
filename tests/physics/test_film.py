import numpy as np
import pygfunction as gt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comine.physics.film import (
    annulus_nusselt,
    film_resistance,
    pipe_nusselt,
    smooth_friction,
    wall_resistance,
)
from comine.physics.pipe import friction_factor

MU, RHO, K, C = 8e-4, 995.0, 0.61, 4180.0
PRANDTL = C * MU / K


@pytest.mark.parametrize("mass_flow", [0.01, 0.04, 0.06, 0.1, 0.3, 1.0])
@pytest.mark.parametrize("roughness", [1e-6, 1e-4])
def test_pipe_against_pygfunction(mass_flow, roughness):
    radius = 0.0131
    theirs = gt.pipes.convective_heat_transfer_coefficient_circular_pipe(
        mass_flow, radius, MU, RHO, K, C, roughness
    )
    Re = 4.0 * mass_flow / (np.pi * 2.0 * radius * MU)
    f = friction_factor(max(Re, 4000.0), roughness / (2.0 * radius))
    Nu = pipe_nusselt(Re, PRANDTL, friction=f)
    resistance = 1.0 / (2.0 * np.pi * radius * theirs)
    # between laminar and turbulent pygfunction takes the friction of the flow itself
    tolerance = 0.06 if 2300.0 < Re < 4000.0 else 1e-4
    assert film_resistance(Nu, K) == pytest.approx(resistance, rel=tolerance)


def test_annulus_against_pygfunction_in_laminar_flow():
    inner, outer = 0.02, 0.045
    m = 1000.0 * MU * np.pi * (inner + outer) / 2.0
    theirs = gt.pipes.convective_heat_transfer_coefficient_concentric_annulus(
        m, inner, outer, MU, RHO, K, C, 1e-6
    )
    Nu = annulus_nusselt(1000.0, PRANDTL, inner / outer)
    gap = 2.0 * (outer - inner)
    for number, radius, coefficient in zip(Nu, (inner, outer), theirs, strict=True):
        ours = film_resistance(number, K, gap / (2.0 * radius))
        assert ours == pytest.approx(1.0 / (2.0 * np.pi * radius * coefficient), rel=1e-9)


def test_annulus_at_its_limits():
    slit = annulus_nusselt(1000.0, 5.0, 1.0 - 1e-9)
    assert slit.inner == pytest.approx(4.86, abs=1e-6)  # between plates, one of them insulated
    assert slit.outer == pytest.approx(4.86, abs=1e-6)
    assert annulus_nusselt(1000.0, 5.0, 1e-12).outer == pytest.approx(3.66, abs=1e-5)
    swirling = annulus_nusselt(2e4, 5.0, 0.4)
    assert swirling.inner == swirling.outer == pipe_nusselt(2e4, 5.0)


def test_turbulent_flow_against_dittus_and_boelter():
    """An older correlation, good to about 25 %."""
    Re = np.geomspace(1e4, 4e5, 20)
    assert pipe_nusselt(Re, 3.0) == pytest.approx(0.023 * Re**0.8 * 3.0**0.4, rel=0.25)


def test_smooth_friction_against_colebrook():
    Re = np.geomspace(4000.0, 5e6, 30)
    assert smooth_friction(Re) == pytest.approx(friction_factor(Re, 0.0), rel=0.04)


def test_transition_is_continuous():
    for edge in (2300.0, 4000.0):
        below, above = pipe_nusselt([edge * (1 - 1e-9), edge * (1 + 1e-9)], 7.0)
        assert below == pytest.approx(above, rel=1e-6)
    assert pipe_nusselt(100.0, 7.0, "flux") == pytest.approx(4.3636, abs=1e-4)
    assert pipe_nusselt(2e4, 7.0, "flux") == pipe_nusselt(2e4, 7.0)


@given(st.floats(1.0, 4.9e6), st.floats(1.0, 1.02), st.floats(0.6, 500.0))
def test_faster_flow_carries_no_less(reynolds, faster, prandtl):
    assert pipe_nusselt(reynolds * faster, prandtl) >= pipe_nusselt(reynolds, prandtl) - 1e-12


def test_walls_add_up():
    both = wall_resistance(0.02, 0.03, 0.4) + wall_resistance(0.03, 0.05, 0.4)
    assert wall_resistance(0.02, 0.05, 0.4) == pytest.approx(both, rel=1e-12)
    theirs = gt.pipes.conduction_thermal_resistance_circular_pipe(0.01, 0.025, 0.4)
    assert wall_resistance(0.02, 0.05, 0.4) == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: pipe_nusselt(0.0, 7.0), "reynolds must be positive"),
        (lambda: pipe_nusselt(6e6, 7.0), "reynolds must lie in"),
        (lambda: pipe_nusselt(1e4, 0.01), "prandtl must lie in 0.5..2000"),
        (lambda: pipe_nusselt(1e4, 7.0, "cold"), "wall: got 'cold'; give one of temperature, flux"),
        (lambda: annulus_nusselt(1e3, 7.0, 1.0), "ratio must lie in"),
        (lambda: wall_resistance(0.03, 0.02, 0.4), "outer_diameter must not be below"),
        (lambda: film_resistance(-1.0, 0.6), "nusselt must be positive"),
        (lambda: smooth_friction(100.0), "reynolds must lie in 2300"),
    ],
)
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()
