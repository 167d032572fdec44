import numpy as np
import pytest

from comine.underground.openings import Branch, Openings


def drift(name, start, end, **more):
    return Branch(name, "drift", "air", start, end, 100.0, 20.0, 18.0, **more)


NODES = {"a": (0.0, 0.0, 100.0), "b": (100.0, 0.0, 100.0)}


def test_points_are_the_middles_of_equal_pieces():
    openings = Openings(NODES, (drift("one", "a", "b"),))
    np.testing.assert_allclose(openings.points(openings["one"], 2)[:, 0], [25.0, 75.0])


def test_lengths_count_parallel_openings_and_systems():
    branches = (drift("one", "a", "b", count=3), drift("two", "a", "b", system="fan"))
    openings = Openings(NODES, branches)
    assert openings.total_length("drift") == 400.0
    assert openings.total_length("drift", "") == 300.0
    assert openings.total_length("shaft") == 0.0


def test_joining_keeps_shared_nodes_and_refuses_moved_ones():
    one = Openings(NODES, (drift("one", "a", "b"),))
    two = Openings(NODES, (drift("two", "b", "a"),))
    assert len((one + two).branches) == 2
    moved = Openings({**NODES, "a": (1.0, 0.0, 0.0)}, (drift("three", "a", "b"),))
    with pytest.raises(ValueError, match="two places: \\['a'\\]"):
        one + moved


def test_names_and_ends_are_checked():
    with pytest.raises(ValueError, match="share a name"):
        Openings(NODES, (drift("one", "a", "b"), drift("one", "b", "a")))
    with pytest.raises(ValueError, match="not there: \\['c'\\]"):
        Openings(NODES, (drift("one", "a", "c"),))
