import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.numerics.graph import bridges, connect, incidence, parts, stagnant


@st.composite
def graphs(draw):
    """Any graph, with parallel branches and several parts."""
    count = draw(st.integers(2, 9))
    node = st.integers(0, count - 1)
    pairs = draw(st.lists(st.tuples(node, node).filter(lambda p: p[0] != p[1]), max_size=14))
    names = [str(i) for i in range(len(pairs))]
    starts, ends = ([f"n{p[k]}" for p in pairs] for k in (0, 1))
    return connect(names, starts, ends, nodes=[f"n{i}" for i in range(count)])


def reach(graph, start, closed):
    """Nodes reached from a node, by walking."""
    seen, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        for i, (a, b) in enumerate(zip(graph.start.tolist(), graph.end.tolist(), strict=True)):
            if i not in closed and here in (a, b) and (other := a + b - here) not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


@given(graphs())
@settings(max_examples=50)
def test_parts_are_what_a_walk_reaches(graph):
    label = parts(graph)
    for node in range(len(graph.nodes)):
        assert set(np.flatnonzero(label == label[node])) == reach(graph, node, set())


@given(graphs(), st.sets(st.integers(0, 13), max_size=3), st.sets(st.integers(0, 8), max_size=3))
@settings(max_examples=50)
def test_bridges_and_stagnant_branches_against_taking_each_branch_away(graph, closed, doors):
    closed = {i for i in closed if i < len(graph.branches)}
    doors = {i for i in doors if i < len(graph.nodes)}
    cut, still = [], []
    for i, (a, b) in enumerate(zip(graph.start.tolist(), graph.end.tolist(), strict=True)):
        sides = [reach(graph, node, closed | {i}) for node in (a, b)]
        if i not in closed and b not in sides[0]:
            cut.append(i)
            if not (doors & sides[0] and doors & sides[1]):
                still.append(i)
    assert bridges(graph, sorted(closed)).tolist() == cut
    assert stagnant(graph, sorted(doors), sorted(closed)).tolist() == still


def test_incidence_gives_falls_and_what_leaves():
    graph = connect(["1", "2", "3"], ["a", "b", "a"], ["b", "c", "c"])
    A = incidence(graph)
    assert (A @ np.array([5.0, 3.0, 1.0])).tolist() == [2, 2, 4]
    assert (A.T @ np.array([1.0, 1.0, 2.0])).tolist() == [3, 0, -3]


def test_a_long_chain_is_no_trouble():
    count = 30_000
    names = [str(i) for i in range(count + 1)]
    graph = connect(names[:-1], names[:-1], names[1:])
    assert len(bridges(graph)) == count
    assert len(stagnant(graph, doors=[0, count])) == 0
    assert len(stagnant(graph, doors=[0, 10])) == count - 10


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="branches named twice: x"):
        connect(["x", "x"], ["a", "b"], ["b", "c"])
    with pytest.raises(ValueError, match="not among the nodes: c"):
        connect(["x", "y"], ["a", "b"], ["b", "c"], nodes=["a", "b"])
    with pytest.raises(ValueError, match="nodes named twice: b"):
        connect(["x"], ["a"], ["b"], nodes=["a", "b", "b"])
    with pytest.raises(ValueError, match="end where they start: y"):
        connect(["x", "y"], ["a", "b"], ["b", "b"])
    with pytest.raises(ValueError, match="as many, got 2, 2 and 1"):
        connect(["x", "y"], ["a", "b"], ["b"])
