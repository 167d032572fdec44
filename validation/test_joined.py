"""How wrong skins are that were laid in apart although they lie in each other's reach."""

import numpy as np
import pytest

from comine.numerics.bundles import join
from comine.numerics.embedding import embed
from tests.measure import Measured
from tests.numerics.coupled_rig import MATTER, coupled, doubling, even_grid, held, holes, run
from tests.numerics.skin_rig import DAY, graded_edges
from tests.numerics.test_coupled import exact_pair

RADIUS, FLUID, FILM = (2.0, 0.1), np.array([1.0, -1.0]), np.array([20.0, 500.0])


@pytest.mark.parametrize(("apart", "limit"), [(5.0, 0.5), (12.0, 0.26), (20.0, 0.11)])
def test_airway_and_borehole_laid_in_apart(apart: float, limit: float, measured: Measured) -> None:
    """The exact pair of cylinders, from the first day to 30 years."""
    across = graded_edges(10.0)
    grid = even_grid([0, 10, 20], across, across)
    lines = [([0, y, 0], [20, y, 0], 1) for y in (0.0, apart)]
    parts = [
        embed(grid, MATTER, holes([line], radius))
        for line, radius in zip(lines, RADIUS, strict=True)
    ]
    times = doubling()
    found = run(coupled(grid, join(parts), [held(FLUID, FILM)]), times)
    late = times > 0.99 * DAY
    heat = np.array([each.state.heat for each in found])[late] / 20.0
    error = heat / exact_pair(times[late], RADIUS, apart, FLUID, FILM) - 1.0
    for name, of in zip(("airway", "borehole"), error.T, strict=True):
        what = f"{name} of a pair laid in apart and joined, {apart:g} m apart in cells of 10 m"
        measured.deviation("engine", what, "Laplace transform", of, limit)
