import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from comine.physics.rock_mass import (
    equivalent_mohr_coulomb,
    global_strength,
    hoek_brown_constants,
    hoek_brown_strength,
    rock_mass_modulus,
    rock_mass_modulus_1997,
    tensile_strength,
    tunnel_confinement,
)
from tests.cases import case, load_case


@case("engineering/A06_hoek_brown_good_rock")
def test_good_rock():
    c = load_case("engineering/A06_hoek_brown_good_rock")
    i = c["inputs"]
    sci, gsi, D = i["sigma_ci_MPa"] * 1e6, i["GSI"], i["D"]
    constants = hoek_brown_constants(i["mi"], gsi, D)
    scm = global_strength(sci, constants)
    s3max = tunnel_confinement(scm, i["gamma_MN_m3"] * 1e6 * i["depth_m"])
    fit = equivalent_mohr_coulomb(sci, constants, s3max)
    found = {
        "mb": constants.m,
        "s": constants.s,
        "a": constants.a,
        "sigma_c_MPa": hoek_brown_strength(0.0, sci, constants) / 1e6,
        "sigma_t_MPa": tensile_strength(sci, constants) / 1e6,
        "Erm_HD2006_MPa": rock_mass_modulus(i["Ei_MPa"] * 1e6, gsi, D) / 1e6,
        "Em_1997_MPa": rock_mass_modulus_1997(sci, gsi) / 1e6,
        "sigma_cm_MPa": scm / 1e6,
        "sig3max_MPa": s3max / 1e6,
        "phi_deg": np.degrees(fit.friction_angle),
        "c_MPa": fit.cohesion / 1e6,
    }
    assert {k: float(v) for k, v in found.items()} == pytest.approx(
        c["expected"], rel=c["tolerance"]["rel"]
    )


def test_intact_rock_is_the_limit():
    constants = hoek_brown_constants(25.0, 100.0)
    assert constants == pytest.approx((25.0, 1.0, 0.5), rel=1e-3)
    assert float(hoek_brown_strength(0.0, 150e6, constants)) == pytest.approx(150e6)


def test_strength_vanishes_at_the_tensile_limit():
    constants = hoek_brown_constants(15.0, 60.0, 0.3)
    limit = tensile_strength(120e6, constants)
    assert float(hoek_brown_strength(limit, 120e6, constants)) == pytest.approx(float(limit))
    with pytest.raises(ValueError, match="tensile strength"):
        hoek_brown_strength(1.1 * limit, 120e6, constants)


def test_straight_envelope_is_near_the_best_fit():
    sci, constants = 150e6, hoek_brown_constants(25.0, 75.0)
    s3 = np.linspace(float(tensile_strength(sci, constants)), 25.76e6, 400)
    s1 = hoek_brown_strength(s3, sci, constants) / 1e6

    def misfit(p):
        k = (1 + np.sin(p[0])) / (1 - np.sin(p[0]))
        return np.sum((k * s3 / 1e6 + 2 * p[1] * np.sqrt(k) - s1) ** 2)

    best = minimize(misfit, [0.8, 10.0], method="Nelder-Mead").x
    fit = equivalent_mohr_coulomb(sci, constants, 25.76e6)
    assert float(fit.friction_angle) == pytest.approx(best[0], rel=0.05)
    assert float(fit.cohesion) / 1e6 == pytest.approx(best[1], rel=0.1)


@given(gsi=st.floats(5, 95), D=st.floats(0, 0.9), step=st.floats(0.01, 0.1))
@settings(max_examples=40, deadline=None)
def test_disturbance_weakens_and_structure_strengthens(gsi, D, step):
    def state(g, d):
        constants = hoek_brown_constants(20.0, g, d)
        return hoek_brown_strength(5e6, 130e6, constants), rock_mass_modulus(50e9, g, d)

    here = state(gsi, D)
    assert np.all(np.array(state(gsi, D + step)) < here)
    assert np.all(np.array(state(gsi + 5 * step, D)) > here)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: hoek_brown_constants(0.0, 75.0), "intact_constant"),
        (lambda: hoek_brown_constants(25.0, 120.0), "strength_index"),
        (lambda: hoek_brown_constants(25.0, 75.0, 1.2), "disturbance"),
        (lambda: rock_mass_modulus(-1.0, 75.0), "intact_modulus"),
        (lambda: tensile_strength(0.0, hoek_brown_constants(25.0, 75.0)), "intact_strength"),
        (lambda: tunnel_confinement(1e6, 0.0), "overburden"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=f"^{message}:"):
        call()
