import pytest

from comine.numerics._network import near_end


@pytest.mark.parametrize(
    ("moved", "last", "ends"),
    [
        (1.0, 0.0, True),  # what does not matter, on the first pass too
        (1.1, 0.0, False),  # one step says nothing of the next
        (40.0, 4000.0, True),  # of 0.4 at most
        (60.0, 4000.0, False),
        (1e3, 10.0, False),  # it grows
    ],
)
def test_newton_ends_where_the_next_step_would_not_matter(moved, last, ends):
    assert near_end(moved, last) == ends
