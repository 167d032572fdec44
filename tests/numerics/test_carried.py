import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comine.numerics.carried import carried
from comine.numerics.graph import connect

FORK = connect(
    ["in", "a", "b", "back", "out"], ["1", "2", "2", "3", "3"], ["2", "3", "3", "2", "4"]
)


def test_recirculation_is_the_sum_of_its_turns():
    flow = np.array([10.0, 9.0, 6.0, 5.0, 10.0])
    entering = np.array([10.0, 0.0, 0.0, -10.0])
    source = np.array([0.0, 3.0, 0.0, 0.0, 0.0])
    found = carried(FORK, flow, source, entering, 0.2)
    share, node = 0.0, 0.2
    for _ in range(200):  # what comes back is mixed in again and again
        node = (10 * 0.2 + 5 * share) / 15
        share = (9 * (node + 3.0 / 9.0) + 6 * node) / 15
    assert found.end == pytest.approx([0.2, node + 1 / 3, node, share, share])
    assert 10 * found.end[4] == pytest.approx(10 * 0.2 + 3.0)


@given(st.floats(-1, 1), st.floats(0.1, 9.9))
def test_what_leaves_is_what_entered_and_was_added(outside, half):
    flow = np.array([10.0, half, 10.0 - half, 0.0, 10.0])
    source = np.array([1.0, 2.0, 3.0, 0.0, 4.0])
    found = carried(FORK, flow, source, np.array([10.0, 0, 0, -10.0]), outside)
    assert 10 * found.end[4] == pytest.approx(10 * outside + 10.0, abs=1e-9)
    assert np.isnan(found.end[3])


def test_reversed_flow_is_carried_the_other_way():
    graph = connect(["a", "b"], ["1", "3"], ["2", "2"])
    found = carried(
        graph, np.array([5.0, -5.0]), np.array([5.0, 10.0]), np.array([5.0, 0.0, -5.0]), 0.0
    )
    assert found.end.tolist() == [1.0, 3.0]
    assert found.node.tolist() == [0.0, 1.0, 3.0]


def test_a_circuit_of_its_own_is_named():
    graph = connect(["x", "y", "free"], ["1", "2", "3"], ["2", "1", "4"])
    flow, none = np.array([1.0, 1.0, 1.0]), np.zeros(3)
    with pytest.raises(ValueError, match=r"branches x, y$"):
        carried(graph, flow, none, np.array([0.0, 0.0, 1.0, -1.0]), 0.0)


def test_gains_of_delays_give_the_transform_of_what_comes_later():
    flow = np.array([10.0, 9.0, 6.0, 5.0, 10.0])
    entering = np.array([10.0, 0.0, 0.0, -10.0])
    source = np.array([0.0, 9.0, 0.0, 0.0, 0.0])
    delay, rate = np.array([0.0, 3.0, 4.0, 2.0, 5.0]), 0.05
    found = carried(FORK, flow, source, entering, 0.0, np.exp(rate * delay))
    # one unit at the end of a, decaying: back by 5 of 15, on by 10 of 15, again and again
    first = 9 / 15
    turn = (5 / 15) * (9 * np.exp(rate * 5.0) + 6 * np.exp(rate * 6.0)) / 15
    assert found.node[2] == pytest.approx(first / (1 - turn * 15 / 15), rel=1e-9)
    assert found.end[4] == pytest.approx(found.node[2] * np.exp(rate * 5.0))
    with pytest.raises(ValueError, match="grows with every turn"):
        carried(FORK, flow, source, entering, 0.0, np.exp(1.0 * delay))
