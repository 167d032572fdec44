import numpy as np
import pytest
from scipy.special import erf

from comine.numerics.cell_changes import CellChange, changed_problem, exchange_cells
from comine.numerics.conduction import Conduction, Sides, film, fixed, flux
from comine.numerics.grid import Box, Grid, graded
from comine.numerics.heat_capacity import melting
from comine.numerics.ledger import Ledger
from comine.numerics.state import Control, State
from comine.numerics.stepping import advance, march

YEAR = 365.25 * 86400.0
ROCK, FILL = (3.0, 2.25e6), (1.2, 3.2e6)


def rock(sides=None, cells=12):
    grid = Grid(*[np.linspace(0.0, 60.0, cells + 1)] * 3)
    sides = sides or Sides(z_low=fixed(300.0), z_high=flux(0.06), x_low=film(5.0, 310.0))
    start = np.full(grid.shape, 320.0) + grid.centres[2]
    return Conduction(grid, *ROCK, source=1e-6, sides=sides), State.at_rest(start)


def stope(problem, low=20.0, high=40.0):
    inside = [(c > low) & (c < high) for c in problem.grid.centres]
    return inside[0][:, None, None] & inside[1][:, None] & inside[2]


def content(problem, temperature, level=273.15):
    return float(problem.stored(np.full(temperature.shape, level), temperature).sum())


def test_heat_is_conserved_through_excavation_backfill_and_flood():
    problem, start = rock()
    cells = stope(problem)
    changes = {
        1 * YEAR: CellChange(cells, 300.0, conductivity=0.0, capacity=1.2e3),
        3 * YEAR: CellChange(cells, 295.0, *FILL),
        4 * YEAR: CellChange(cells, 285.0, 0.6, 4.18e6, source=0.0),
    }
    end, ledger = next(march(problem, start, [6 * YEAR], changes=changes))
    after = problem
    for change in changes.values():
        after = changed_problem(after, change)
    change_of_heat = content(after, end.temperature) - content(problem, start.temperature)
    parts = ledger.sides.sum() + ledger.made.sum() + ledger.exchanged.sum()
    assert ledger.stored.sum() == pytest.approx(change_of_heat, rel=1e-9)
    assert parts == pytest.approx(change_of_heat, rel=1e-9)
    rows = ledger.step == 0
    assert ledger.time[rows].tolist() == list(changes)
    assert np.all(ledger.exchanged[~rows] == 0)
    assert ledger.closure.max() < 1e-9
    assert "exchanged with cells" in str(ledger)


def test_heat_that_is_booked_is_that_of_the_matter():
    problem, start = rock()
    cells = stope(problem)
    change = CellChange(cells, 295.0, *FILL, reference=280.0)
    after, state, entry = exchange_cells(problem, start, change)
    volume = problem.grid.volumes[cells]
    left = np.sum(volume * ROCK[1] * (start.temperature[cells] - 280.0))
    assert entry.exchanged == pytest.approx(volume.sum() * FILL[1] * 15.0 - left, rel=1e-12)
    assert np.all(state.temperature[cells] == 295.0)
    assert np.array_equal(state.temperature[~cells], start.temperature[~cells])
    assert np.unique(after.conductivity[cells]) == FILL[0]
    assert np.unique(after.capacity[~cells]) == ROCK[1]
    assert Ledger.of([entry]).closure == 0


def test_backfilled_box_against_the_exact_decay(measured):
    """A box of another temperature in endless rock: a product of error functions."""
    half, far = 10.0, 120.0
    box = Box((0.0, 0.0, 0.0), (half, half, half), 1.0)
    grid = graded([box], (0.0, 0.0, 0.0), (far, far, far), 1.2)
    problem = Conduction(grid, *ROCK)
    start = State.at_rest(np.full(grid.shape, 350.0))
    cells = np.logical_and.reduce(np.meshgrid(*[c < half for c in grid.centres], indexing="ij"))
    times = [2 * YEAR, 4 * YEAR, 11 * YEAR]
    changes = {YEAR: CellChange(cells, 300.0)}
    for reached in march(problem, start, times, Control(tolerance=0.02), changes):
        root = np.sqrt(4 * ROCK[0] / ROCK[1] * (reached.state.time - YEAR))
        x, y, z = (0.5 * (erf((half - c) / root) + erf((half + c) / root)) for c in grid.centres)
        exact = 350.0 - 50.0 * x[:, None, None] * y[:, None] * z
        what, error = "backfilled box 50 K colder, 1 to 10 years", reached.state.temperature - exact
        measured.deviation("rock-grid", what, "error functions", error, 0.25, "K")
        assert reached.ledger.closure.max() < 1e-9


def test_fill_of_other_properties_against_a_fine_grid():
    def middle(cells):
        problem, start = rock(Sides(z_low=fixed(300.0)), cells)
        fill = CellChange(stope(problem), 295.0, *FILL)
        times = [6 * YEAR]
        control = Control(tolerance=0.02)
        end = next(march(problem, start, times, control, {YEAR: fill})).state
        joined = end.temperature.reshape(6, cells // 6, 6, cells // 6, 6, cells // 6)
        return joined.mean(axis=(1, 3, 5))

    fine = middle(48)
    errors = [np.max(np.abs(middle(cells) - fine)) for cells in (6, 12, 24)]
    assert errors[0] > 1.5 * errors[1] > 2.0 * errors[2]
    assert errors[2] < 0.3


def test_a_run_goes_on_exactly_before_at_and_after_a_change():
    problem, start = rock()
    changes = {
        2 * YEAR: CellChange(stope(problem), 295.0, *FILL),
        3 * YEAR: CellChange(stope(problem, 5.0, 20.0), 280.0, 0.6, 4.18e6),
    }
    times = [1 * YEAR, 2 * YEAR, 2.5 * YEAR, 4 * YEAR]
    whole = list(march(problem, start, times, changes=changes))
    assert np.all(whole[1].state.temperature[stope(problem)] > 310)
    for kept in range(3):
        again = State.from_arrays(whole[kept].state.arrays())
        rest = list(march(problem, again, times[kept + 1 :], changes=changes))
        assert rest[-1].state.temperature.tobytes() == whole[-1].state.temperature.tobytes()
        assert rest[-1].ledger.exchanged.tobytes() == whole[-1].ledger.exchanged.tobytes()


def test_functions_of_temperature_and_heat_curves_take_their_place():
    problem, start = rock()
    cells = stope(problem)
    wax = melting(2e6, 2e6, 1.5e8, 300.0, 302.0)
    change = CellChange(cells, 299.0, lambda t: 0.2 + 0.0 * t, wax)
    after, state, _ = exchange_cells(problem, start, change)
    end, ledger = advance(after, state, YEAR, Control(tolerance=0.5))
    assert ledger.closure.max() < 1e-6
    assert ledger.stored.sum() == pytest.approx(
        content(after, end.temperature) - content(after, state.temperature), rel=1e-6
    )
    plain = CellChange(cells, capacity=lambda t: 2e6 + t)
    assert changed_problem(problem, plain).stores_by_temperature
    with pytest.raises(ValueError, match="heat curve"):
        changed_problem(after, plain)


def test_bad_changes_are_refused():
    problem, start = rock()
    with pytest.raises(ValueError, match="cells: got none"):
        CellChange(np.zeros(problem.grid.shape, dtype=bool))
    with pytest.raises(ValueError, match="temperature"):
        CellChange(stope(problem), np.nan)
    with pytest.raises(ValueError, match="cells: got shape"):
        exchange_cells(problem, start, CellChange(np.ones((2, 2, 2), dtype=bool)))
    with pytest.raises(ValueError, match="capacity: got"):
        exchange_cells(problem, start, CellChange(stope(problem), capacity=-1.0))
