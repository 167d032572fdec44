import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.physics.hoist import (
    conveyor_energy,
    hydraulic_hoist_energy,
    lift_energy,
    pipe_friction,
    truck_energy,
)
from tests.cases import case, load_case

KWH_PER_TONNE = 3600.0


@case("engineering/A13_hoisting_energy_per_tonne")
def test_energy_per_tonne():
    c = load_case("engineering/A13_hoisting_energy_per_tonne")
    i, e = c["inputs"], c["expected"]
    ramp = (i["H_m"], i["ramp_grade"], i["rolling_res"], i["tare_t"] / i["payload_t"])
    incline = conveyor_energy(
        i["stage_incline_m"], np.radians(i["incline_deg"]), i["belt_f"], i["eta_belt"]
    )
    slurry = i["rho_w"] + i["Cv"] * (i["rho_s"] - i["rho_w"])
    loss = sum(
        pipe_friction(rho, i["v_m_s"], i["D_m"], i["f_darcy"]) for rho in (slurry, i["rho_w"])
    )
    pipe = (i["H_m"], i["rho_s"], i["rho_w"], i["Cv"])
    hydraulic = hydraulic_hoist_energy(*pipe, loss, i["eta_pump"])
    litres = truck_energy(*ramp, i["eta_diesel"]) / KWH_PER_TONNE / i["diesel_kWh_L"]
    found = {
        "skip_kWh_t": lift_energy(i["H_m"], i["eta_skip"]),
        "truck_wheel_kWh_t": truck_energy(*ramp),
        "truck_diesel_L_t": litres * KWH_PER_TONNE,
        "truck_bev_kWh_t": truck_energy(*ramp, i["eta_bev"], i["regen"]),
        "shaft_plus_incline_kWh_t": lift_energy(i["stage_shaft_m"], i["eta_skip"]) + incline,
        "hydraulic_Utube_kWh_t": hydraulic,
        "hydraulic_incl_crushing_kWh_t": hydraulic + i["crush_kWh_t"] * KWH_PER_TONNE,
        "hydraulic_ideal_kWh_t": hydraulic_hoist_energy(*pipe, 0.0, 1.0),
    }
    solids = np.pi / 4 * i["D_m"] ** 2 * i["v_m_s"] * i["Cv"] * i["rho_s"] * 3.6
    assert solids == pytest.approx(e["hydraulic_solids_t_h"], rel=c["tolerance"]["rel"])
    expected = {k: v for k, v in e.items() if k != "hydraulic_solids_t_h"}
    assert {k: float(v) / KWH_PER_TONNE for k, v in found.items()} == pytest.approx(
        expected, rel=c["tolerance"]["rel"]
    )


def test_upright_conveyor_without_friction_is_a_lift():
    assert float(conveyor_energy(500.0, np.pi / 2, 0.03, 0.9)) == pytest.approx(
        float(lift_energy(500.0, 0.9))
    )


@given(C=st.floats(0.05, 0.4), J=st.floats(0.0, 2000.0))
@settings(max_examples=40, deadline=None)
def test_hydraulic_hoist_never_beats_the_ideal(C, J):
    ideal = (1 - 1000 / 2700) * lift_energy(1500.0, 1.0)
    assert hydraulic_hoist_energy(1500.0, 2700.0, 1000.0, C, J, 1.0) >= ideal * (1 - 1e-12)


@given(grade=st.floats(0.06, 0.2), step=st.floats(0.01, 0.05))
@settings(max_examples=30, deadline=None)
def test_steeper_ramps_take_less_energy(grade, step):
    steep, flat = (truck_energy(800.0, g, 0.03, 0.8) for g in (grade + step, grade))
    assert lift_energy(800.0, 1.0) * 1.8 < steep < flat


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lift_energy(-1.0, 0.8), "height"),
        (lambda: lift_energy(1.0, 1.2), "efficiency"),
        (lambda: truck_energy(1.0, 0.02, 0.03, 0.8), "grade"),
        (lambda: truck_energy(1.0, 0.1, 0.03, 0.8, 1.0, 1.5), "regeneration"),
        (lambda: conveyor_energy(1.0, 0.0, 0.02, 0.8), "angle"),
        (lambda: hydraulic_hoist_energy(1.0, 900.0, 1000.0, 0.1, 0.0, 1.0), "solid_density"),
        (lambda: hydraulic_hoist_energy(1.0, 2700.0, 1000.0, 0.0, 0.0, 1.0), "concentration"),
        (lambda: pipe_friction(1000.0, 1.0, 0.0, 0.02), "diameter"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=f"^{message}:"):
        call()
