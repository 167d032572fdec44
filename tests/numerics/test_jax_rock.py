"""Rock on JAX against the compiled path, finite differences, dense algebra and exact solutions."""

import importlib
import sys

import numpy as np
import pytest
from scipy.special import erfc

from comine.numerics.conduction import Conduction, Sides, film, fixed, flux
from comine.numerics.diffusion import DiffusionOperator
from comine.numerics.grid import Grid
from comine.numerics.state import Control, State
from comine.numerics.stepping import march
from tests.cases import case, load_case

jax = pytest.importorskip("jax", reason="JAX is not installed: pip install 'comine[gradients]'")
jnp = jax.numpy

from comine.numerics.jax_operators import (  # noqa: E402
    Cells,
    Diffusion,
    FractureFlow,
    differentiable_solve,
)
from comine.numerics.jax_rock import Fracture, Inputs, Run, forward, gradient, inputs  # noqa: E402

YEAR = 365.25 * 86400.0


@pytest.fixture(autouse=True)
def double_precision():
    """For the operators; the runs set it for themselves, as a test of theirs shows."""
    with jax.enable_x64(True):
        yield


def random_diffusion(shape, seed=0):
    rng = np.random.default_rng(seed)
    links = 10.0 ** rng.uniform(-2, 2, (3, *shape))
    for axis in range(3):
        np.moveaxis(links[axis], axis, 0)[-1] = 0.0
    return links, 1e-3 + rng.random(shape)


def random_flow(shape, seed=0, carried=None):
    rng = np.random.default_rng(seed + 1)
    nx, _, nz = shape
    moved = rng.uniform(0.1, 10.0, nz) if carried is None else np.full(nz, carried)
    parts = (rng.uniform(0.1, 10.0, (nx, nz)), moved, rng.uniform(0.01, 1.0, (nx, nz)))
    return FractureFlow(Diffusion(*map(jnp.asarray, random_diffusion(shape, seed))), *parts)


def random_cells(shape, seed):
    rng = np.random.default_rng(seed)
    return Cells(jnp.asarray(rng.normal(size=shape)), jnp.asarray(rng.normal(size=shape[::2])))


def flat(cells):
    return np.concatenate([np.ravel(each) for each in cells])


def dense(operator, shape):
    """Matrix of the coupled cells, built cell by cell from its balances."""
    nx, _, nz = shape
    links, shift = operator.rock
    size = shift.size
    matrix = np.zeros((size + nx * nz,) * 2)
    matrix[:size, :size] = DiffusionOperator(np.array(links), np.array(shift)).matrix().toarray()
    for i, k in np.ndindex(nx, nz):
        f, r = size + i * nz + k, np.ravel_multi_index((i, 0, k), shape)
        g, m = float(operator.exchange[i, k]), float(operator.carried[k])
        matrix[[f, r], [f, r]] += g
        matrix[[f, r], [r, f]] -= g
        matrix[f, f] += m + float(operator.shift[i, k])
        if i:
            matrix[f, f - nz] -= m
    return matrix


SHAPES = [(1, 1, 1), (5, 1, 1), (1, 6, 2), (7, 5, 9)]


@pytest.mark.parametrize("shape", SHAPES)
def test_product_and_diagonal_are_those_of_the_compiled_operator(shape):
    links, shift = random_diffusion(shape)
    ours, theirs = (
        Diffusion(jnp.asarray(links), jnp.asarray(shift)),
        DiffusionOperator(links, shift),
    )
    u = np.random.default_rng(1).normal(size=shape)
    scale = abs(theirs.matrix()) @ abs(u).ravel()
    assert np.all(abs(np.ravel(ours.apply(u) - theirs.apply(u))) <= 1e-14 * scale)
    assert np.asarray(ours.diagonal()) == pytest.approx(theirs.diagonal(), rel=1e-14)
    more = ours.with_shift(2.5).diagonal()
    assert np.asarray(more) == pytest.approx(theirs.with_shift(2.5).diagonal(), rel=1e-14)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 3, 2), (5, 4, 3)])
def test_product_with_flow_is_that_of_the_balances_cell_by_cell(shape):
    operator, u = random_flow(shape), random_cells(shape, 2)
    matrix = dense(operator, shape)
    scale = abs(matrix) @ abs(flat(u))
    assert np.all(abs(flat(operator.apply(u)) - matrix @ flat(u)) <= 1e-14 * scale)
    assert np.all(
        abs(flat(operator.apply_transpose(u)) - matrix.T @ flat(u)) <= 1e-14 * scale.max()
    )
    assert flat(operator.diagonal()) == pytest.approx(np.diag(matrix), rel=1e-14)


def test_products_with_the_transpose_are_adjoint(measured):
    shape = (6, 5, 4)
    operator, u, v = random_flow(shape), random_cells(shape, 2), random_cells(shape, 3)
    left = np.vdot(flat(v), flat(operator.apply(u)))
    assert np.vdot(flat(operator.apply_transpose(v)), flat(u)) == pytest.approx(left, rel=1e-13)
    rock = operator.rock
    left = np.vdot(v.rock, rock.apply(u.rock))
    back = np.vdot(rock.apply_transpose(v.rock), u.rock)
    what = "product of a vector with the transpose"
    measured.deviation("gradients", what, "the adjoint", back / left - 1.0, 1e-13, "")


def test_transpose_that_jax_derives_is_ours():
    shape = (6, 5, 4)
    operator, u = random_flow(shape), random_cells(shape, 2)
    (theirs,) = jax.linear_transpose(operator.apply, u)(u)
    assert flat(operator.apply_transpose(u)) == pytest.approx(flat(theirs), rel=1e-12)


@pytest.mark.parametrize("transpose", [False, True])
def test_preconditioner_is_exact_without_links_along_the_fracture(transpose):
    shape = (6, 5, 4)
    operator, u = random_flow(shape), random_cells(shape, 2)
    still = operator._replace(
        rock=operator.rock._replace(links=operator.rock.links.at[::2].set(0.0))
    )
    product = still.apply_transpose(u) if transpose else still.apply(u)
    assert flat(still.preconditioner(transpose)(product)) == pytest.approx(flat(u), rel=1e-9)


@jax.jit
def weighed(operator, right, weights):
    """Solution times weights, and its derivatives by matrix and right side."""

    def number(operator, right):
        zero = jax.tree.map(jnp.zeros_like, right)
        found = differentiable_solve(operator, right, zero, 1e-13, 500)
        return jnp.vdot(found.rock, weights.rock) + jnp.vdot(found.fluid, weights.fluid)

    return jax.value_and_grad(number, argnums=(0, 1))(operator, right)


@pytest.mark.parametrize("carried", [0.0, 1.0, 100.0])
def test_systems_and_their_derivatives_against_dense_algebra(carried, measured):
    shape = (4, 3, 2)
    operator, right = random_flow(shape, carried=carried), random_cells(shape, 2)
    weights = random_cells(shape, 3)
    value, (by_operator, by_right) = weighed(operator, right, weights)
    matrix = dense(operator, shape)
    solution = np.linalg.solve(matrix, flat(right))
    adjoint = np.linalg.solve(matrix.T, flat(weights))
    assert value == pytest.approx(flat(weights) @ solution, rel=1e-9)
    scale = abs(adjoint).max()
    error = (flat(by_right) - adjoint) / scale
    what = "derivatives of a system by its right side"
    measured.deviation("gradients", what, "dense adjoint", error, 1e-8, "")
    shifts = flat((by_operator.rock.shift, by_operator.shift))
    assert shifts == pytest.approx(-adjoint * solution, rel=1e-7, abs=1e-9 * scale)


def test_a_system_that_does_not_converge_is_not_a_number():
    shape = (4, 3, 2)
    operator, right = random_flow(shape), random_cells(shape, 2)
    zero = jax.tree.map(jnp.zeros_like, right)
    assert np.all(np.isnan(flat(differentiable_solve(operator, right, zero, 1e-14, 1))))
    assert np.all(np.isnan(differentiable_solve(operator.rock, right.rock, zero.rock, 1e-14, 1)))


def mixed_rock(seed=0):
    """Layers, heat production and every kind of side at once."""
    rng = np.random.default_rng(seed)
    grid = Grid(*(np.cumsum(rng.uniform(0.5, 8.0, n)) for n in (6, 5, 7)))
    sides = Sides(
        x_low=fixed(rng.uniform(280.0, 330.0, grid.shape[1:])),
        x_high=film(12.0, lambda time: 300.0 + 10 * np.sin(2 * np.pi * time / YEAR)),
        y_high=flux(lambda time: 5.0 * np.cos(2 * np.pi * time / YEAR)),
        z_low=film(rng.uniform(0.0, 20.0, grid.shape[:2]), 290.0),
        z_high=flux(0.08),
    )
    k, capacity = rng.uniform(0.3, 6.0, grid.shape), rng.uniform(1.5e6, 4e6, grid.shape)
    problem = Conduction(grid, k, capacity, rng.uniform(0.0, 3.0, grid.shape), sides)
    return problem, rng.uniform(290.0, 340.0, grid.shape)


def test_temperatures_are_those_of_the_compiled_path_whatever_the_precision_outside(measured):
    problem, start = mixed_rock()
    steps = np.array([0.01, 0.02, 0.05, 0.1, 0.3, 1.0]) * YEAR
    run = Run(problem, steps, tolerance=1e-13)
    control = Control(tolerance=np.inf, linear=1e-13)
    with jax.enable_x64(False):
        ours = forward(run)(inputs(run, start)).rock
        assert jnp.ones(1).dtype == np.float32
    theirs = march(problem, State.at_rest(start), np.cumsum(steps).tolist(), control)
    for mine, reached in zip(ours, theirs, strict=True):
        error = mine / reached.state.temperature - 1.0
        what = "temperatures, layers and every kind of side, six steps"
        measured.deviation("gradients", what, "compiled path", error, 1e-11, "")


def heated_fracture():
    """Rock of varied cells along a fracture; cells of (x, y, z) = (6, 5, 3)."""
    rng = np.random.default_rng(3)
    grid = Grid(*(np.cumsum(rng.uniform(1.0, 9.0, n)) for n in (7, 6, 4)))
    k, capacity = rng.uniform(1.0, 5.0, grid.shape), rng.uniform(1.5e6, 3e6, grid.shape)
    problem = Conduction(grid, k, capacity, sides=Sides(z_high=flux(0.5)))
    steps = np.array([0.01, 0.03, 0.1, 0.3]) * YEAR
    run = Run(problem, steps, Fracture(aperture=2e-3, film=50.0), tolerance=1e-12)
    flow = rng.uniform(1e-7, 1e-6, grid.shape[2])
    return run, inputs(run, rng.uniform(410.0, 430.0, grid.shape), flow, rng.uniform(300, 320, 4))


@pytest.fixture(scope="module")
def heated():
    """Run along a fracture, its inputs and its compiled function."""
    run, given = heated_fracture()
    return run, given, forward(run)


def test_temperatures_with_flow_are_those_of_dense_stages(heated, measured):
    """The method by its table of coefficients, the cells by their balances."""
    run, given, call = heated
    grid, half = run.rock.grid, 0.5 * run.fracture.capacity
    beside = grid.areas(1)[:, 0] / (0.5 * grid.widths[1][0] / given.conductivity[:, 0] + 1 / 50.0)
    carried, area = half * given.flow * grid.widths[2], grid.areas(1)[:, 0]
    rock = run.rock.exchange(given.start).operator
    operator = FractureFlow(
        Diffusion(rock.links, rock.shift), beside, carried, np.zeros_like(beside)
    )
    matrix = dense(operator, grid.shape)
    water = half * run.fracture.aperture * area
    stored = flat(Cells(given.capacity * grid.volumes, water))
    state = flat(Cells(given.start, given.start[:, 0]))
    gamma, reached = 1 - np.sqrt(0.5), call(given)
    for number, h in enumerate(run.steps):
        heat = Cells(np.zeros(grid.shape), np.zeros_like(beside))
        heat.rock[:, :, -1] = 0.5 * grid.areas(2)[:, :, 0]
        heat.fluid[0] = carried * given.inlet[number]
        stage = np.diag(stored) + gamma * h * matrix
        one = np.linalg.solve(stage, stored * state + gamma * h * flat(heat))
        rate = flat(heat) - matrix @ one
        right = stored * state + (1 - gamma) * h * rate + gamma * h * flat(heat)
        state = np.linalg.solve(stage, right)
        ours = flat((reached.rock[number], reached.fluid[number]))
        what = "temperatures with flow, of the temperature"
        measured.deviation("gradients", what, "dense algebra", ours / state - 1.0, 1e-10, "")


def scalar(reached):
    """Of intermediate and final temperatures, of rock and water, not linear."""
    late, early = reached.fluid[-1, -1], reached.rock[1]
    return jnp.mean(late) + 1e-2 * jnp.sum(early[2] ** 2) / 400 + jnp.mean(reached.fluid[2])


@pytest.fixture(scope="module")
def slope(heated):
    """Compiled function, inputs and derivatives of a number."""
    run, given, call = heated
    value, derivatives = gradient(run, scalar)(given)
    with jax.enable_x64(True):
        assert value == pytest.approx(float(scalar(call(given))), rel=1e-12)
    return call, given, derivatives


@pytest.mark.parametrize("name", Inputs._fields)
def test_gradient_is_that_of_central_differences(name, slope, measured):
    call, given, derivatives = slope
    values = getattr(given, name)
    rng = np.random.default_rng(5)
    for place in rng.choice(values.size, min(values.size, 4), replace=False):
        step = 1e-4 * values.flat[place]
        ends = []
        for sign in (1, -1):
            moved = values.copy()
            moved.flat[place] += sign * step
            ends.append(float(scalar(call(given._replace(**{name: moved})))))
        difference = (ends[0] - ends[1]) / (2 * step)
        error = getattr(derivatives, name).flat[place] / difference - 1.0
        what = f"derivatives of a number of rock and water by {name}"
        measured.deviation("gradients", what, "central differences", error, 2e-5, "")


def test_gradient_by_conductivity_and_capacity_is_homogeneous(measured):
    """With fixed sides and no source, temperatures depend on the ratio of the two alone."""
    problem, start = mixed_rock()
    held = Sides(x_low=fixed(280.0), z_high=fixed(lambda time: 300.0 + 1e-7 * time))
    axes = np.stack([problem.conductivity, 0.0 * problem.conductivity, problem.conductivity])
    problem = Conduction(problem.grid, axes, problem.capacity, sides=held)
    run = Run(problem, np.array([0.02, 0.3]) * YEAR, tolerance=1e-12)
    given = inputs(run, start)
    _, by = gradient(run, lambda reached: reached.rock[-1, 2, 1, 3])(given)
    assert np.all(np.isfinite(by.conductivity))
    parts = by.conductivity * given.conductivity
    total = np.sum(parts) + np.sum(by.capacity * given.capacity)
    what = "derivatives by conductivity and capacity where only their ratio counts"
    measured.deviation("gradients", what, "no sum", total / np.abs(parts).sum(), 1e-9, "")
    assert np.abs(parts).sum() > 1.0
    assert not by.flow.any()
    assert not by.inlet.any()


LAUWERIER = load_case("solvers/06_lauwerier_1955_single_fracture")


def lauwerier():
    """Sections of 500 m along the water and 300 m of rock that conducts across the fracture."""
    p = LAUWERIER["parameters"]
    y = np.concatenate([[0.0], np.cumsum(0.25 * 1.185 ** np.arange(32))])
    grid = Grid(np.linspace(0.0, p["L"], 101), y, [0.0, 1.0])
    k = np.zeros((3, *grid.shape))
    k[1] = p["lam"]
    ends = YEAR * np.concatenate(
        [[0.01, 0.04, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0], np.arange(5.0, 31.0)]
    )
    fracture = Fracture(p["aperture"], p["rhoc_w"])
    run = Run(Conduction(grid, k, p["rhoc"]), np.diff(ends, prepend=0.0), fracture)
    return run, inputs(run, p["T0"], p["q_m2_s"], p["Tin"]), ends / YEAR


@case("solvers/06_lauwerier_1955_single_fracture")
def test_water_along_a_fracture_is_warmed_as_by_lauwerier():
    expected = LAUWERIER["expected"]
    run, given, ends = lauwerier()
    reached = forward(run)(given).fluid[..., 0]
    at = [100 * int(x) // 500 - 1 for x in expected["x_m"]]
    rows = [int(np.argmin(abs(ends - t))) for t in expected["t_yr"]]
    exact = np.array(expected["T_C_rows_t_cols_x"])
    off = np.abs(reached[np.ix_(rows, at)] - exact)
    assert off[expected["t_yr"].index(30.0)].max() < 0.5
    assert off.max() < 1.5  # in the first year, by upwind differences


def test_gradient_of_the_outlet_is_that_of_lauwerier(measured):
    """Closed form without the storage of the water."""
    p = LAUWERIER["parameters"]
    run, given, ends = lauwerier()
    _, by = gradient(run, lambda reached: reached.fluid[-1, -1, 0])(given)
    over = np.sqrt(p["lam"] / p["rhoc"] * ends[-1] * YEAR)
    z = p["lam"] * p["L"] / (p["rhoc_w"] * p["q_m2_s"] * over)
    bell = (p["Tin"] - p["T0"]) * -2 / np.sqrt(np.pi) * np.exp(-(z**2)) * z
    for name, exact in {
        "flow": -bell / p["q_m2_s"],
        "inlet": erfc(z),
        "start": 1 - erfc(z),
        "conductivity": 0.5 * bell / p["lam"],
        "capacity": 0.5 * bell / p["rhoc"],
    }.items():
        error = np.sum(getattr(by, name)) / exact - 1.0
        measured.deviation("gradients", f"outlet by {name} at 30 years", "Lauwerier", error, 0.02)


def changed(**what):
    grid = Grid([0, 1, 2], [0, 1], [0, 1, 2])
    parts = {"rock": Conduction(grid, 3.0, 2e6), "steps": [1e6, 1e6], "fracture": Fracture()}
    return Run(**(parts | what))


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({"steps": []}, "steps: got shape"),
        ({"steps": [1e6, 0.0]}, "steps: got 0 to 1e"),
        ({"tolerance": 0.0}, "tolerance: got 0"),
        ({"iterations": 0}, "iterations: got 0"),
        ({"rock": Conduction(Grid([0, 1], [0, 1], [0, 1]), lambda T: T, 2e6)}, "rock: got a cond"),
        (
            {
                "rock": Conduction(
                    Grid([0, 1], [0, 1], [0, 1]), 3.0, 2e6, sides=Sides(y_low=flux(1))
                )
            },
            "y_low: got an exchange",
        ),
    ],
)
def test_bad_runs_are_refused(what, message):
    with pytest.raises(ValueError, match=message):
        changed(**what)


@pytest.mark.parametrize("name", ["aperture", "capacity", "film"])
def test_bad_fractures_are_refused(name):
    with pytest.raises(ValueError, match=f"{name}: got -1"):
        Fracture(**{name: -1.0})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("conductivity", np.full((2, 1, 2), -1.0), "conductivity: got -1"),
        ("conductivity", 3.0, r"conductivity: got shape \(\)"),
        ("capacity", np.zeros((2, 1, 2)), "capacity: got 0"),
        ("start", np.full((2, 1, 2), np.nan), "start: got nan"),
        ("flow", -1e-5, "flow: got -1e-05"),
        ("flow", np.ones(3), "flow: got shape"),
        ("inlet", np.ones(3), "inlet: got shape"),
    ],
)
def test_bad_inputs_are_refused(name, value, message):
    run = changed()
    given = inputs(run, 400.0, 1e-6, 300.0)._replace(**{name: value})
    for make in (forward(run), gradient(run, lambda reached: reached.rock.sum())):
        with pytest.raises(ValueError, match=message):
            make(given)


def test_a_run_that_does_not_converge_says_so():
    problem, start = mixed_rock()
    run = Run(problem, np.array([YEAR]), iterations=1)
    with pytest.raises(ArithmeticError, match="does not converge"):
        forward(run)(inputs(run, start))


def test_without_jax_the_import_says_what_to_install(monkeypatch):
    for name in ("comine.numerics.jax_rock", "comine.numerics.jax_operators"):
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "comine.numerics._jax_faces")
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(ImportError, match=r"pip install 'comine\[gradients\]'"):
        importlib.import_module("comine.numerics.jax_rock")
