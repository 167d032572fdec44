import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.numerics.conduction import Conduction, Sides, film, fixed, flux
from comine.numerics.grid import Grid
from comine.numerics.heat_capacity import heat_between, melting
from comine.numerics.state import Control, State
from comine.numerics.stepping import advance, march
from tests.cases import case, load_case

STEFAN = load_case("solvers/14_stefan_pcm_one_phase")
WALL, MELTS = 320.0, 300.0


def stefan(cells):
    """Solid at the begin of its melting range, which is as narrow as the grid is fine."""
    p = STEFAN["parameters"]
    half = 25.0 / cells
    volume = p["rho"] * p["c"], p["rho"] * p["c"], p["rho"] * p["latent_J_kg"]
    grid = Grid([0.0, 1.0], [0.0, 1.0], np.linspace(0.0, 1.0, cells + 1))
    curve = melting(*volume, MELTS - half, MELTS + half)
    problem = Conduction(grid, p["k"], curve, sides=Sides(z_low=fixed(MELTS + p["dT"])))
    start = State.at_rest(np.full(grid.shape, MELTS - half))
    for reached in march(problem, start, p["t_s"], Control(tolerance=0.5, shortest=1e-3)):
        temperature = reached.state.temperature
        melted = np.clip((temperature - MELTS + half) / (2 * half), 0.0, 1.0)
        entering = problem.through(problem.exchange(temperature), temperature, 0.0)[4].item()
        yield float(melted.mean()), entering, float(reached.ledger.closure.max())


@case("solvers/14_stefan_pcm_one_phase")
def test_stefan_front_flux_and_balance(measured):
    expected, rest = STEFAN["expected"], []
    for cells in (50, 100, 200):
        found = list(stefan(cells))
        for front, (place, entering, closure), wall in zip(
            expected["front_m"], found, expected["wall_flux_W_m2"], strict=True
        ):
            off, what = cells * (place - front), "melting front (50, 100, 200 cells)"
            measured.deviation("rock-grid", what, "Stefan", off, 1.0, "cells")
            assert place == pytest.approx(front, abs=1.0 / cells)
            if front > 10.0 / cells:
                assert entering == pytest.approx(wall, rel=0.03)
            assert closure < 1e-6
        rest.append(found[-1][1] / expected["wall_flux_W_m2"][-1] - 1)
    what = "flux into a melting front from a wall 20 K above (50, 100, 200 cells)"
    measured.order("rock-grid", what, np.log2(np.divide(rest[:-1], rest[1:])), 0.9, 1.1)
    measured.deviation("rock-grid", f"{what}, 200", "Stefan", rest[-1], 0.005)


CURVE = melting(2e6, 3e6, 1.5e8, 290.0, 291.0)


@given(st.floats(200.0, 400.0), st.floats(200.0, 400.0))
@settings(max_examples=50)
def test_curve_rises_and_inverts(one, other):
    low, high = CURVE.heat(np.sort([one, other]))
    assert low <= high
    assert CURVE.temperature(CURVE.heat(np.array(one))) == pytest.approx(one, abs=1e-9)


def test_slope_of_the_curve_is_its_capacity():
    temperature = np.array([250.0, 289.9, 290.5, 291.2, 350.0])
    rise = (CURVE.heat(temperature + 1e-4) - CURVE.heat(temperature - 1e-4)) / 2e-4
    assert rise == pytest.approx(CURVE.capacity(temperature), rel=1e-6)
    assert heat_between(lambda t: 3 * t**2, np.array(2.0), np.array(5.0)) == pytest.approx(117.0)


def cell(capacity, into):
    grid = Grid([0.0, 1.0], [0.0, 1.0], [0.0, 2.0])
    return Conduction(grid, 3.0, capacity, sides=Sides(z_low=flux(into)))


def test_one_step_across_the_melting_range_loses_no_latent_heat():
    start = State.at_rest(np.full((1, 1, 1), 285.0))
    for factor in (0.2, 0.7, 1.0, 2.0):
        heat = factor * 2e8
        control = Control(tolerance=np.inf)
        end, ledger = advance(cell(CURVE, 2.0 * heat / 1e6), start, 1e6, control)
        exact = CURVE.temperature(CURVE.heat(np.array(285.0)) + heat)
        assert end.temperature.item() == pytest.approx(exact, abs=1e-6)
        assert ledger.stored.sum() == pytest.approx(2.0 * heat, rel=1e-8)
        assert ledger.step.size == 1


def test_capacity_that_rises_with_temperature_against_its_integral():
    def capacity(t):
        return 2e6 + 4e3 * (t - 300.0)

    start = State.at_rest(np.full((1, 1, 1), 300.0))
    end, ledger = advance(cell(capacity, 500.0), start, 1e6)
    rise = (-2e6 + np.sqrt(4e12 + 2 * 4e3 * 2.5e8)) / 4e3
    assert end.temperature.item() == pytest.approx(300.0 + rise, abs=1e-5)
    assert ledger.closure.max() < 1e-8


def mixed(capacity, conductivity=3.0):
    rng = np.random.default_rng(0)
    grid = Grid(*(np.cumsum(rng.uniform(0.5, 8.0, n)) for n in (9, 7, 11)))
    sides = Sides(x_low=fixed(280.0), y_high=film(10.0, 330.0), z_high=flux(0.08))
    start = State.at_rest(rng.uniform(285.0, 320.0, grid.shape))
    return Conduction(grid, conductivity, capacity, 1.0, sides), start


def test_a_function_that_gives_a_number_is_that_number():
    control = Control(tolerance=1e-2, linear=1e-9)
    number, start = mixed(2.5e6)
    function, _ = mixed(lambda t: np.full_like(t, 2.5e6))
    one, two = (advance(problem, start, 3e7, control) for problem in (number, function))
    assert one.state.temperature == pytest.approx(two.state.temperature, abs=1e-4)
    assert one.ledger.stored.sum() == pytest.approx(two.ledger.stored.sum(), rel=1e-6)


@pytest.mark.parametrize(
    "capacity", [CURVE, lambda t: 2e6 + 2e3 * (t - 300.0), lambda t: 2e6 * (t / 300.0) ** 2]
)
def test_ledger_counts_the_heat_of_the_curve_and_closes(capacity):
    problem, start = mixed(capacity, lambda t: 3.0 * 300.0 / t)
    end, ledger = advance(problem, start, 3e7)
    assert ledger.closure.max() < 1e-6
    gained = problem.stored(start.temperature, end.temperature).sum()
    assert ledger.stored.sum() == pytest.approx(gained, rel=1e-6)


def test_order_in_time_where_capacity_follows_temperature(measured):
    grid = Grid([0.0, 1.0], [0.0, 1.0], np.linspace(0.0, 20.0, 21))
    problem = Conduction(grid, lambda t: 900.0 / t, lambda t: 2e6 * (t / 300.0) ** 2)
    start = State.at_rest(300 + 150 * np.cos(np.pi * grid.centres[2] / 20)[None, None] ** 2)

    def end(count):
        control = Control(tolerance=np.inf, first=2e7 / count, linear=1e-12, nonlinear=1e-9)
        return advance(problem, start, 2e7, control).state.temperature

    finest = end(512)
    errors = [np.max(np.abs(end(count) - finest)) for count in (16, 32, 64)]
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    what = "time, conductivity and heat capacity that follow the temperature (16 to 64 steps)"
    measured.order("rock-grid", what, orders, 1.85, 2.15)


def test_melting_resumes_and_runs_on_two_threads_to_the_last_bit():
    problem, start = mixed(CURVE)
    times = [1e7, 3e7]
    whole = [r.state for r in march(problem, start, times)]
    again = State.from_arrays(whole[0].arrays())
    for control in (Control(), Control(threads=2)):
        rest = advance(problem, again, 3e7, control).state
        assert rest.temperature.tobytes() == whole[1].temperature.tobytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.0, 1.0, 1.0, 1.0, 2.0), "solid"),
        ((1.0, -1.0, 1.0, 1.0, 2.0), "liquid"),
        ((1.0, 1.0, -1.0, 1.0, 2.0), "latent"),
        ((1.0, 1.0, 1.0, 2.0, 2.0), "ends"),
    ],
)
def test_bad_curves_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        melting(*arguments)


def test_a_capacity_that_falls_to_nothing_and_one_asked_for_without_a_temperature():
    problem, start = mixed(lambda t: 300.0 - t)
    with pytest.raises(ValueError, match="capacity: got"):
        advance(problem, start, 1e6)
    with pytest.raises(ValueError, match="capacity_at"):
        problem.heat_capacity  # noqa: B018
