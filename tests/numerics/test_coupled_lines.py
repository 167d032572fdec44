from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse import csr_array, eye_array

from comine.numerics import _coupled_lines
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
