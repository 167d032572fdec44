import numpy as np
import pytest

from comine.numerics.conduction import Conduction, Sides, film, fixed, flux
from comine.numerics.grid import Grid
from comine.numerics.steady import steady_state
from comine.physics.geotherm import column_geotherm, thermal_conductivity
from tests.cases import case, load_case

GEOTHERM = load_case("solvers/24_steady_geotherm_heat_production")


def column(edges, conductivity, source, surface, base_flux):
    grid = Grid([0.0, 100.0], [0.0, 100.0], edges)
    sides = Sides(z_low=fixed(surface), z_high=flux(base_flux))
    return Conduction(grid, conductivity, 2.2e6, source, sides)


def layered(grid):
    tops = np.array([layer["top"] for layer in GEOTHERM["parameters"]["layers"]])
    values = np.array([layer["k"] for layer in GEOTHERM["parameters"]["layers"]])
    return values[np.searchsorted(tops, grid.centres[2], side="right") - 1]


@case("solvers/24_steady_geotherm_heat_production")
def test_geotherm_of_two_layers():
    p, expected = GEOTHERM["parameters"], GEOTHERM["expected"]
    edges = np.linspace(0.0, 3000.0, 301)
    k = layered(Grid([0.0, 1.0], [0.0, 1.0], edges))
    base = p["q0"] - p["A"] * 3000.0
    T = steady_state(column(edges, k[None, None], p["A"], p["T0"], base)).ravel()
    above, below = 99, 100  # cells on the two sides of 1000 m
    share = k[above] / (k[above] + k[below])
    interface = share * T[above] + (1 - share) * T[below]
    assert interface == pytest.approx(expected["T_1000"], rel=1e-6)
    assert T[-1] + base * 5.0 / k[-1] == pytest.approx(expected["T_3000"], rel=1e-6)
    flow = (T[below] - T[above]) / (5.0 / k[above] + 5.0 / k[below])
    assert flow == pytest.approx(p["q0"] - p["A"] * 1000.0, rel=1e-9)  # the same on both sides


LAYERS = ([800.0, 2200.0], [2.4, 3.3], [1.5e-6, 3e-6])


def geotherm_error(cells):
    """Greatest error of a column whose conductivity falls with temperature [K]."""
    edges = np.linspace(0.0, 3000.0, cells + 1)
    grid = Grid([0.0, 1.0], [0.0, 1.0], edges)
    depth = grid.centres[2]
    thickness, k25, production = (np.array(values) for values in LAYERS)
    layer = (depth > thickness[0]).astype(int)
    base = 0.075 - thickness @ production
    problem = column(
        edges,
        lambda T: thermal_conductivity(T, k25[layer]),
        production[layer][None, None] * np.ones((1, 1, cells)),
        285.0,
        base,
    )
    exact = column_geotherm(depth, thickness, k25, production, 285.0, 0.075, "crystalline")
    return np.max(np.abs(steady_state(problem).ravel() - exact.temperature))


def test_conductivity_that_falls_with_temperature_at_second_order(measured):
    errors = [geotherm_error(cells) for cells in (30, 60, 120)]
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    what = "steady column of two layers, conductivity by Vosteen and Schellschmidt"
    measured.deviation("rock-grid", f"{what}, 120 cells", "closed form", errors[-1], 2e-3, "K")
    measured.order("rock-grid", f"{what} (30, 60, 120)", orders, 1.85, 2.15)


def test_flux_is_continuous_through_layers_of_any_contrast():
    edges = np.cumsum([0.0, 1.0, 3.0, 0.5, 2.0, 7.0])
    k = np.array([2.0, 0.03, 400.0, 1e-3, 5.0])
    grid = Grid([0.0, 1.0], [0.0, 1.0], edges)
    sides = Sides(z_low=fixed(280.0), z_high=film(8.0, 350.0))
    problem = Conduction(grid, k[None, None], 2e6, sides=sides)
    T = steady_state(problem)
    exact = 70.0 / (np.sum(np.diff(edges) / k) + 1 / 8.0)
    entering = problem.through(problem.exchange(T), T, 0.0)
    assert entering[4].item() == pytest.approx(-exact, rel=1e-9)
    assert entering[5].item() == pytest.approx(exact, rel=1e-9)


def test_each_axis_and_both_ends_alike():
    edges = [0.0, 2.0, 3.0, 7.0]
    found = []
    for axis, low, high in ((0, "x_low", "x_high"), (1, "y_low", "y_high"), (2, "z_low", "z_high")):
        grid = Grid(*(edges if a == axis else [0.0, 1.0] for a in range(3)))
        sides = Sides(**{low: fixed(300.0), high: flux(12.0)})
        found.append(steady_state(Conduction(grid, 3.0, 2e6, sides=sides)).ravel())
        sides = Sides(**{low: flux(12.0), high: fixed(300.0)})
        mirrored = Grid(*([0.0, 4.0, 5.0, 7.0] if a == axis else [0.0, 1.0] for a in range(3)))
        found.append(steady_state(Conduction(mirrored, 3.0, 2e6, sides=sides)).ravel()[::-1])
    assert found == [pytest.approx([304.0, 310.0, 320.0], rel=1e-10)] * 6


def test_a_harmonic_field_of_second_degree_gains_nothing():
    edges = np.linspace(0.0, 1.0, 9)
    grid = Grid(edges, edges, edges)
    x, y, z = np.meshgrid(*grid.centres, indexing="ij")
    T = 300 + 10 * (x * y + 2 * x * z + 3 * y * z + x**2 - z**2)
    problem = Conduction(grid, 3.0, 2e6)
    gained = problem.inflow(problem.exchange(T), T, 0.0)
    assert np.max(np.abs(gained[1:-1, 1:-1, 1:-1])) < 1e-9


def test_nothing_that_holds_the_temperature_is_refused():
    grid = Grid([0.0, 1.0], [0.0, 1.0], [0.0, 1.0, 2.0])
    with pytest.raises(ValueError, match="sides: none holds"):
        steady_state(Conduction(grid, 3.0, 2e6, sides=Sides(z_low=flux(0.06))))


def test_a_cell_that_exchanges_with_nothing_is_refused():
    grid = Grid([0.0, 1.0], [0.0, 1.0], [0.0, 1.0, 2.0, 3.0])
    k = np.array([3.0, 3.0, 0.0]).reshape(1, 1, 3)
    with pytest.raises(ValueError, match="cells that each exchange"):
        steady_state(Conduction(grid, k, 2e6, sides=Sides(z_low=fixed(300.0))))


def test_substitutions_that_do_not_settle_are_told():
    grid = Grid([0.0, 1.0], [0.0, 1.0], [0.0, 1.0, 2.0])
    problem = Conduction(
        grid,
        lambda T: np.where(T > 310, 50.0, 0.01),
        2e6,
        sides=Sides(z_low=fixed(300.0), z_high=flux(100.0)),
    )
    with pytest.raises(ArithmeticError, match="steady state"):
        steady_state(problem)
