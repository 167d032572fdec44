import numpy as np
import pytest

from comine.errors import ConvergenceError
from comine.physics.air import wet_bulb
from comine.physics.airway import film_coefficient
from comine.physics.strata import response_matrix, wall_flux_ratio
from comine.underground import piece
from comine.underground.airflow import Air, Sources, Wall
from comine.underground.climate import march
from comine.underground.openings import Branch
from tests.cases import case, load_case

ZERO = 273.15
ROWS = load_case("ventilation/16_wet_airways_ode")["expected"]["rows"]


def airway(length=1000.0, wetness=0.3, count=1):
    return Branch("drift", "drift", "air", "a", "b", length, 20.0, 18.0, 0.012, wetness, count)


def run(branch, pieces=10, months=24, start=26.0, rock=52.0, flow=60.0, sources=None, drop=0.0):
    humidity = 0.016 if start > 10.0 else 0.0005
    edges = np.arange(months + 1) * 2629800.0
    response = response_matrix(edges, branch.radius, 1.3e-6, 3.0, 0.0)
    far = np.full((pieces, months), ZERO + rock) - drop
    one = np.ones(months)
    air = Air(one * (ZERO + start), one * humidity, one * 118000.0)
    rest = sources or Sources.none(months)
    return air, march(branch, air, one * flow, Wall(response, far), (1500.0, 1500.0), rest, 1.2)


@case("ventilation/16_wet_airways_ode")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_air_follows_the_adaptive_solution_of_partly_wet_airways(row):
    """The case holds the wall's conductance still; so does a response of one interval."""
    x = row["inputs"]
    tolerance = load_case("ventilation/16_wet_airways_ode")["tolerance"]
    branch = Branch("x", "drift", "air", "a", "b", x["L"], x["area"], x["per"], x["katk"], x["w"])
    radiation = 4 * 5.67e-8 * (ZERO + x["t0"] + 3.0) ** 3 * 0.2
    film = film_coefficient(x["katk"], x["m"], x["area"], x["per"], ZERO + x["t0"]) + radiation
    insulation = x.get("ins", 0.0)
    wetted = film * (1 + 2 * x["w"])
    behind = 1 / (1 / wetted + insulation)
    scale = x["k"] / branch.radius
    flux = scale * wall_flux_ratio(x["alpha"] * x["age"] / branch.radius**2, behind / scale)
    rock = 1 / (1 / (1 / (1 / flux - 1 / behind)) + insulation)
    pieces = 20
    depth = -(x["z0"] + (np.arange(pieces) + 0.5) / pieces * (x["z1"] - x["z0"]))
    far = (ZERO + x["vrt0"] + x["grad"] * depth)[:, None]
    one = np.ones(1)
    air = Air(one * (ZERO + x["t0"]), one * x["X0"], one * x["P0"])
    sources = Sources(one * x.get("qs", 0.0), 0 * one, 0 * one, 0 * one)
    wall = Wall(np.array([[float(rock)]]), far)
    end = march(branch, air, one * x["m"], wall, (-x["z0"], -x["z1"]), sources, radiation)
    frictionless = end.air.pressure + end.loss  # the case has no friction in its pressure
    assert end.air.temperature[0] - ZERO == pytest.approx(row["t_out"], abs=tolerance["t_abs"])
    assert end.air.humidity[0] == pytest.approx(row["X_out"], rel=tolerance["X_rel"])
    assert frictionless[0] == pytest.approx(row["P_out"], rel=tolerance["P_rel"])
    wet = wet_bulb(end.air.temperature, end.air.humidity, frictionless) - ZERO
    assert wet[0] == pytest.approx(row["wb_out"], abs=tolerance["wb_abs"])


def test_enthalpy_gained_is_the_heat_taken_up():
    months = 24
    one = np.ones(months)
    sources = Sources(3e5 * one, 0.004 * one, 1e5 * one, 5e4 * one)
    air, end = run(airway(), sources=sources, months=months)
    gained = 60.0 * (end.air.enthalpy - air.enthalpy)
    np.testing.assert_allclose(gained, end.heats.total, rtol=1e-5)
    assert (end.heats.machines > 3e5).all()  # the exhaust's water brings its own enthalpy


def test_second_order_in_the_length_of_the_pieces():
    fine = run(airway(3000.0), 96)[1].air.temperature[-1]
    errors = [abs(run(airway(3000.0), n)[1].air.temperature[-1] - fine) for n in (3, 6, 12)]
    rates = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert (rates > 1.8).all(), (errors, rates)


def test_an_old_wall_gives_less_than_a_young_one():
    heat = run(airway())[1].heats.strata
    assert (np.diff(heat) < 0).all()
    assert heat[-1] < 0.6 * heat[0]


@pytest.mark.parametrize("change", [{"rock": 60.0}, {"start": 20.0}])
def test_warmer_rock_and_colder_air_draw_more_heat(change):
    assert (run(airway(), **change)[1].heats.strata > run(airway())[1].heats.strata).all()


def test_a_wetter_wall_makes_the_air_cooler_and_moister():
    dry, wet = run(airway(wetness=0.0))[1].air, run(airway(wetness=0.6))[1].air
    assert (wet.temperature < dry.temperature - 1).all()
    assert (wet.humidity > dry.humidity).all()


def test_parallel_openings_share_the_flow():
    one, four = run(airway(), flow=60.0), run(airway(count=4), flow=240.0)
    np.testing.assert_allclose(four[1].air.temperature, one[1].air.temperature, rtol=1e-12)
    np.testing.assert_allclose(four[1].heats.strata, 4 * one[1].heats.strata, rtol=1e-9)


def test_falling_rock_temperature_is_remembered():
    """Cooling the rock half way cuts the heat later, not before."""
    drop = np.where(np.arange(24) >= 12, 10.0, 0.0)
    before, after = run(airway())[1].heats.strata, run(airway(), drop=drop)[1].heats.strata
    np.testing.assert_allclose(after[:12], before[:12], rtol=1e-6)
    assert (after[12:] < before[12:]).all()


def test_what_does_not_settle_is_named(monkeypatch):
    monkeypatch.setattr(piece, "PASSES", 2)
    with pytest.raises(ConvergenceError, match="drift"):
        run(airway())


@pytest.mark.parametrize("wetness", [0.0, 1.0])
def test_frosty_air_on_very_hot_rock_settles(wetness):
    air, end = run(airway(3000.0, wetness), pieces=20, start=-20.0, rock=95.0, flow=120.0)
    gained = 120.0 * (end.air.enthalpy - air.enthalpy)
    np.testing.assert_allclose(gained, end.heats.total, rtol=1e-5)
    assert (end.air.temperature < ZERO + 95.0).all()
