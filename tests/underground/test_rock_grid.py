import numpy as np
import pytest

from comine.underground.rock_grid import Span, grid_about, segment

SHAFT = segment(np.array([0.0, 0.0, 0.0]), np.array([0.0, 0.0, 1500.0]))
DRIFT = segment(np.array([0.0, 0.0, 1500.0]), np.array([900.0, 0.0, 1500.0]))
DIFFUSIVITY, YEARS_30 = 1.3e-6, 9.5e8


def test_more_cells_make_a_finer_grid_that_covers_the_far_field():
    fine, coarse = (grid_about([SHAFT, DRIFT], DIFFUSIVITY, YEARS_30, n) for n in (100_000, 10_000))
    assert coarse.size <= 10_000 < fine.size <= 100_000
    far = 4 * np.sqrt(DIFFUSIVITY * YEARS_30)
    for grid in (fine, coarse):
        assert grid.z[0] == 0.0
        assert grid.z[-1] >= 1500.0 + far - 1e-6
        assert grid.x[0] <= -far + 1e-6
    assert min(w.min() for w in fine.widths) < min(w.min() for w in coarse.widths)


def test_openings_too_far_apart_for_a_grid_are_refused_with_the_cure():
    wide = Span(np.zeros(3), np.array([1e6, 1e6, 3e3]))
    with pytest.raises(ValueError, match=r"spread over .* more than 100,000; bring heat systems"):
        grid_about([SHAFT, wide], DIFFUSIVITY, YEARS_30, 100_000)
