from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse import csr_array, eye_array

from comine.numerics import _coupled_lines
from comine.numerics import _level_kernels as kernels
from comine.numerics._network import Solved, Tangent
from comine.numerics.carrier import Linear
from comine.numerics.conduction import Conduction
from comine.numerics.coupled import Coupled, CoupledControl, advance, at_start
from comine.numerics.embedding import embed_planes
from comine.numerics.grid import Grid
from comine.numerics.streams import Flow, Streams

YEAR = 365.25 * 86400.0


def fracture(conductivity=3.0, pieces=5):
    """Water through a row of plane skins in a grid fine across them."""
    y = np.linspace(-100, 100, 41)
    grid = Grid(np.linspace(0, 200, 9), y, np.linspace(0, 200, 9))
    x = np.linspace(50, 150, pieces + 1)
    corners = np.array(
        [[[a, 0.3, 60], [b, 0.3, 60], [b, 0.3, 140], [a, 0.3, 140]] for a, b in pairwise(x)]
    )
    embedded = embed_planes(grid, (3.0, 2.25e6), corners)
    capacity = 2e3
    number = np.arange(pieces)
    flow = Flow(
        np.full(pieces - 1, capacity),
        capacity * (number == 0),
        np.full(pieces, 300.0),
        np.full(pieces, np.inf),
        np.zeros(pieces),
    )
    streams = Streams(
        np.stack([number[:-1], number[1:]], axis=1),
        csr_array(eye_array(pieces)),
        np.zeros((0, 2), dtype=np.int64),
        np.zeros(0),
        np.full(pieces, 1e6),
        lambda _: flow,
    )
    problem = Coupled(Conduction(grid, conductivity, 2.25e6), embedded, (streams,))
    return problem, at_start(problem, np.full(grid.shape, 400.0), np.full(pieces, 400.0))


@pytest.mark.parametrize("conductivity", [3.0, lambda t: 1200.0 / t], ids=["k", "k(T)"])
@pytest.mark.parametrize("years", [5.0, 30.0])
def test_lines_find_what_the_diagonal_finds_in_fewer_iterations(years, conductivity, monkeypatch):
    problem, state = fracture(conductivity)
    control = CoupledControl(linear=1e-9, nonlinear=1e-6)
    lines = advance(problem, state, years * YEAR, control)
    monkeypatch.setattr(_coupled_lines, "LINES_PAY", np.inf)
    diagonal = advance(problem, state, years * YEAR, control)
    np.testing.assert_allclose(lines.state.cells, diagonal.state.cells, atol=1e-5)
    np.testing.assert_allclose(lines.state.unknown, diagonal.state.unknown, atol=1e-5)
    assert lines.entries[0].iterations < 0.5 * diagonal.entries[0].iterations
    assert lines.entries[0].residual < 1e-11


@pytest.mark.parametrize("shape", [(3, 7, 5), (4, 6, 1)])
def test_diagonal_of_the_inverse_of_lines(shape):
    rng = np.random.default_rng(3)
    links = rng.uniform(0.1, 5.0, shape)
    links[:, -1] = 0.0
    diagonal = links + rng.uniform(0.1, 1.0, shape)
    diagonal[:, 1:] += links[:, :-1]
    ratio, pivot = np.empty((2, *shape), dtype=np.float32)
    kernels.factor(links, diagonal, ratio, pivot)
    expected = np.empty(shape)
    for o in range(shape[0]):
        for k in range(shape[2]):
            off = np.diag(links[o, :-1, k], 1)
            expected[o, :, k] = np.diag(np.linalg.inv(np.diag(diagonal[o, :, k]) - off - off.T))
    kernels.inverse_diagonal(links, pivot, diagonal)
    np.testing.assert_allclose(diagonal, expected, rtol=1e-5)


def test_skins_that_do_little_to_each_other_answer_as_if_all_were_solved_at_once():
    rng = np.random.default_rng(4)
    count = 6
    own = np.diag(np.full(count, 2.0)) - np.diag(np.ones(count - 1), -1)
    conductance = rng.uniform(1.0, 3.0, count)
    linear = Linear(
        np.zeros(count), csr_array(own + np.diag(conductance)), csr_array(np.diag(-conductance)),
        np.zeros(count), csr_array(np.diag(conductance)), -conductance,
    )  # fmt: skip
    beside = csr_array(np.diag(np.full(count, 1.5)) + np.diag(np.full(count - 1, 0.3), 1))
    tangent, others = _coupled_lines._among(linear, beside)
    assert others.nnz == count - 1
    change = rng.normal(size=count)
    closed = Solved(np.zeros(count), np.zeros(count), [tangent], 1)
    heat = _coupled_lines.Among(closed, others).heat(change)
    _, expected = Tangent(linear, beside).by_axis(change)
    np.testing.assert_allclose(heat, expected, rtol=2e-3, atol=2e-3)
    assert _coupled_lines._among(linear, csr_array(beside + 2.0 * others))[1].nnz == 0
