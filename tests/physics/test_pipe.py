import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from comine.physics.conduction import hole_step_flux
from comine.physics.pipe import (
    buried_pipe_resistance,
    friction_factor,
    hydrostatic_pressure,
    pipe_outlet,
    pressure_drop,
    pumping_power,
    thermosiphon_head,
)
from tests.cases import case, load_case

YEAR = 31557600.0


@case("engineering/D10_long_distance_heat_pipeline")
def test_case_pipeline():
    data = load_case("engineering/D10_long_distance_heat_pipeline")
    i, e, rel = data["inputs"], data["expected"], data["tolerance"]["rel"]
    resistance = buried_pipe_resistance(
        i["D_steel_out"], i["ins_m"], i["k_ins"], i["depth_m"], i["k_soil"]
    )
    flow = i["Q_per_pipe_W"] / (i["cp"] * i["dT_K"])
    end = pipe_outlet(i["T_in_C"], i["T_soil_C"], i["L_m"], flow * i["cp"], resistance)
    loss = flow * i["cp"] * (i["T_in_C"] - end)
    velocity = flow / i["rho"] / (np.pi * i["D_in"] ** 2 / 4)
    factor = friction_factor(i["rho"] * velocity * i["D_in"] / i["mu"], i["eps_m"] / i["D_in"])
    drop = pressure_drop(flow, i["L_m"], i["D_in"], i["eps_m"], i["rho"], i["mu"])
    power = pumping_power(flow, drop, i["rho"], i["eta_pump"])
    leaky = resistance / i["field_factor"]
    worn = pipe_outlet(i["T_in_C"], i["T_soil_C"], i["L_m"], flow * i["cp"], leaky)
    # the heat of one supply pipe bears the pumping of two, supply and return
    for name, value in (
        ("R_mK_W", resistance), ("mdot_kg_s", flow), ("T_end_C", end),
        ("drop_K", i["T_in_C"] - end), ("loss_MW", loss / 1e6),
        ("loss_fraction", loss / i["Q_per_pipe_W"]), ("v_m_s", velocity), ("f_darcy", factor),
        ("dp_MPa", drop / 1e6), ("pump_MW_per_pipe", power / 1e6),
        ("pump_kWh_per_MWh_heat", 2e3 * power / i["Q_per_pipe_W"]),
        ("drop_K_with_field_factor_3", i["T_in_C"] - worn),
    ):  # fmt: skip
        assert value == pytest.approx(e[name], rel=rel), name


@case("solvers/25_network_hydraulics_cubic_law_colebrook")
def test_case_colebrook():
    data = load_case("solvers/25_network_hydraulics_cubic_law_colebrook")
    p = data["parameters"]
    factor = friction_factor(p["Re"], p["eps_over_D"])
    assert factor == pytest.approx(data["expected"]["f_colebrook"], rel=1e-7)


@given(st.floats(4000, 1e9), st.floats(0, 0.1))
def test_friction_solves_colebrook(reynolds, rough):
    x = brentq(lambda x: x + 2 * np.log10(rough / 3.7 + 2.51 * x / reynolds), 1e-3, 100, xtol=1e-14)
    assert friction_factor(reynolds, rough) == pytest.approx(1 / x**2, rel=1e-10)


def test_friction_is_continuous_and_laminar_below():
    assert friction_factor(500.0, 0.03) == pytest.approx(64 / 500)
    for edge in (2300.0, 4000.0):
        below, above = friction_factor([edge * (1 - 1e-9), edge * (1 + 1e-9)], 1e-3)
        assert below == pytest.approx(above, rel=1e-7)


def test_laminar_pressure_drop_is_poiseuille():
    m, L, D, rho, mu = 1e-3, 10.0, 0.02, 1000.0, 1e-3
    exact = 128 * mu * L * m / rho / (np.pi * D**4)
    assert pressure_drop(m, L, D, 0.0, rho, mu) == pytest.approx(exact, rel=1e-12)
    assert pressure_drop(-m, L, D, 0.0, rho, mu) == pytest.approx(-exact, rel=1e-12)
    assert pressure_drop(0.0, L, D, 1e-5, rho, mu) == 0.0


def test_columns():
    z = np.linspace(0, 3000, 301)
    down, up = 1000 - 0.01 * z, 930 + 0.0 * z
    head = thermosiphon_head(z, down, up)
    bottoms = [hydrostatic_pressure(z, rho, 2e5)[-1] for rho in (down, up)]
    assert head == pytest.approx(bottoms[0] - bottoms[1], rel=1e-12)
    assert head == pytest.approx(9.80665 * (1000 * 3000 - 0.01 * 3000**2 / 2 - 930 * 3000))
    assert thermosiphon_head(z, up, down) == -head


def test_outlet_solves_the_balance_and_meets_the_recorded_loop():
    flow, resistance = 5000.0, 0.3
    solution = solve_ivp(
        lambda y, T: (310.0 - T) / (flow * resistance), (0, 2000), [350.0], rtol=1e-10, atol=1e-10
    )
    ours = pipe_outlet(350.0, 310.0, 2000.0, flow, resistance)
    assert ours == pytest.approx(solution.y[0, -1], abs=1e-6)
    # 3 km of hole of 0.1 m, 5 kg/s, rock of 70 degC, ten years: 349 kW by the reference notes
    fourier = 3.0 / (2700 * 850) * 10 * YEAR / 0.1**2
    rock = 1 / (2 * np.pi * 3.0 * hole_step_flux(fourier))
    hot = pipe_outlet(20.0, 70.0, 3000.0, 5 * 4190, rock)
    assert 1.5 * 5 * 4.19 * 10 < 5 * 4.19 * (hot - 20) < 400


@given(st.floats(1, 1e5), st.floats(1, 1e6))
def test_outlet_lies_between(length, flow):
    T = pipe_outlet(280.0, 340.0, length, flow, 0.2)
    assert 280 <= T <= 340
    assert pipe_outlet(280.0, 340.0, 2 * length, flow, 0.2) >= T


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: friction_factor(0.0, 0.0), "reynolds"),
        (lambda: friction_factor(1e5, 0.2), "relative_roughness"),
        (lambda: pressure_drop(1.0, 1.0, -0.1, 0.0, 1e3, 1e-3), "diameter"),
        (lambda: pumping_power(1.0, 1e5, 1e3, 1.2), "efficiency"),
        (lambda: pumping_power(1.0, 1e5, 1e3, 0.0), "efficiency"),
        (lambda: hydrostatic_pressure([1.0, 0.0], [1e3, 1e3], 0.0), "depth must rise"),
        (lambda: thermosiphon_head([0.0, 1.0], [1e3, 1e3], [1e3]), "match density"),
        (lambda: buried_pipe_resistance(1.4, 0.1, 0.03, 0.5, 1.5), "depth"),
        (lambda: pipe_outlet(300.0, 280.0, 1.0, 0.0, 1.0), "heat_flow"),
    ],
)
def test_bad_input(call, match):
    with pytest.raises(ValueError, match=match):
        call()
