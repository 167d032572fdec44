"""The flow solver on networks of any kind: equations, symmetries, limits, refusals."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from comine.numerics.branch_laws import BranchLaw, ErgunLaw, LinearLaw, Placed, PowerLaw
from comine.numerics.flow import (
    NOTHING,
    FlowConvergenceError,
    FlowProblem,
    Given,
    Limits,
    prepare,
    solve,
)
from comine.numerics.graph import connect, incidence, stagnant
from comine.numerics.rises import PolynomialRise


def at(where, values):
    return Given(np.array(where, dtype=int), np.array(values, dtype=float))


def network(pairs, *laws, potential, **more):
    """Problem of branches between numbered nodes."""
    names = [f"b{i}" for i in range(len(pairs))]
    starts, ends = ([f"n{p[k]}" for p in pairs] for k in (0, 1))
    count = 1 + max(max(p) for p in pairs)
    graph = connect(names, starts, ends, nodes=[f"n{i}" for i in range(count)])
    every = np.arange(len(pairs))
    placed = tuple(law if isinstance(law, Placed) else Placed(law, every) for law in laws)
    return FlowProblem(graph, placed, potential, **more)


@st.composite
def problems(draw, zeros=False):
    """Connected networks with resistances over eight decades, machines, heads and injections."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    nodes, extra = draw(st.integers(2, 30)), draw(st.integers(0, 30))
    pairs = [(int(rng.integers(0, i)), i) for i in range(1, nodes)]
    pairs += [tuple(rng.choice(nodes, 2, replace=False).tolist()) for _ in range(extra)]
    pairs = [p if rng.random() < 0.5 else p[::-1] for p in pairs]
    count = len(pairs)
    resistance = 10 ** rng.uniform(-5, 3, count)
    if zeros:
        resistance[: nodes - 1][rng.random(nodes - 1) < 0.3] = 0.0
    law = draw(st.sampled_from(["square", "power", "ergun"]))
    if law == "ergun":
        resisting = ErgunLaw(resistance * 10 ** rng.uniform(-2, 2, count), resistance)
    else:
        resisting = PowerLaw(resistance, 2.0 if law == "square" else rng.uniform(1, 2, count))
    where = rng.choice(count, 1 + count // 8, replace=False)
    a0, a1 = rng.uniform(100, 2000, len(where)), rng.uniform(0, 30, len(where))
    machines = Placed(PolynomialRise(a0, a1, -(10 ** rng.uniform(-1.5, 0, len(where)))), where)
    injection = rng.normal(0, 10, nodes) * (rng.random(nodes) < 0.2)
    head = rng.normal(0, 100, count) if draw(st.booleans()) else None
    return network(
        pairs, resisting, machines, potential=at([0], [0.0]), injection=injection, head=head
    )


def equations(problem, found):
    """Greatest errors of closure and balance, over greatest fall and flow."""
    A = incidence(problem.graph)
    fall = np.zeros(len(found.flow))
    for law, where in problem.laws:
        np.add.at(fall, where, law.fall(found.flow[where]))
    head = 0.0 if problem.head is None else problem.head
    closure = A @ found.potential + head - fall
    balance = np.delete(problem.injection - A.T @ found.flow, problem.potential.where)
    scale = max(np.abs(fall).max(), 1e-9), max(np.abs(found.flow).max(), 1e-9)
    return np.abs(closure).max() / scale[0], np.abs(balance).max(initial=0) / scale[1]


@given(problems())
@settings(max_examples=50)
def test_random_networks_close_and_balance(problem):
    closure, balance = equations(problem, solve(problem))
    assert closure < 2e-6
    assert balance < 2e-9


@given(problems(zeros=True))
@settings(max_examples=50)
def test_branches_without_resistance_do_no_harm(problem):
    closure, balance = equations(problem, solve(problem))
    assert closure < 2e-6
    assert balance < 2e-9


@given(problems(), st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_the_order_of_branches_does_not_matter(problem, seed):
    order = np.random.default_rng(seed).permutation(len(problem.graph.branches))
    back = np.argsort(order)
    graph = problem.graph
    turned = replace(graph, start=graph.start[order], end=graph.end[order])
    resisting, machines = problem.laws
    law = resisting.law
    values = {k: v[order] for k, v in vars(law).items() if np.ndim(v)}
    laws = (
        Placed(replace(law, **values), resisting.where),
        Placed(machines.law, back[machines.where]),
    )
    head = None if problem.head is None else problem.head[order]
    mixed = solve(FlowProblem(turned, laws, problem.potential, NOTHING, problem.injection, head))
    straight = solve(problem)
    if not len(straight.stalled):  # machines on their rising side may have two states
        scale = np.abs(straight.flow).max()
        np.testing.assert_allclose(mixed.flow[back], straight.flow, rtol=0, atol=1e-5 * scale)


def test_the_same_again_to_the_last_bit():
    def draw():
        rng = np.random.default_rng(5)
        pairs = [(i, i + 1) for i in range(200)] + [(i, i + 9) for i in range(0, 190, 3)]
        return network(
            pairs, PowerLaw(10 ** rng.uniform(-3, 2, len(pairs))), potential=at([0, 200], [900, 0])
        )

    first, second = solve(draw()), solve(draw())
    assert first.flow.tobytes() == second.flow.tobytes()
    assert first.potential.tobytes() == second.potential.tobytes()


SQUARE = [(0, 1), (1, 2), (0, 2), (1, 3), (3, 2)]


def test_all_drives_turned_about_turn_the_flow_about():
    law = PowerLaw(np.array([0.2, 1.0, 3.0, 0.5, 0.1]))
    head = np.array([3.0, -1.0, 4.0, -1.0, 5.0])
    one = solve(network(SQUARE, law, potential=at([0, 2], [50.0, 0.0]), head=head))
    other = solve(network(SQUARE, law, potential=at([0, 2], [-50.0, 0.0]), head=-head))
    np.testing.assert_allclose(other.flow, -one.flow, rtol=1e-9)


def test_a_loop_without_drive_is_still_and_heads_in_balance_cancel():
    law = PowerLaw(np.ones(3))
    loop = [(0, 1), (1, 2), (2, 0)]
    still = solve(network(loop, law, potential=at([0], [7.0])))
    assert still.flow.tolist() == [0, 0, 0]
    assert still.potential.tolist() == [7, 7, 7]
    level = solve(network(loop, law, potential=at([0], [7.0]), head=np.array([3.0, -1.0, -2.0])))
    np.testing.assert_allclose(level.flow, 0, atol=1e-6)
    buoyant = solve(network(loop, law, potential=at([0], [7.0]), head=np.array([3.0, 0, 0])))
    np.testing.assert_allclose(buoyant.flow, 1.0, rtol=1e-9)


def test_from_a_flow_to_standstill():
    loop = network([(0, 1), (1, 2), (2, 0)], PowerLaw(np.ones(3)), potential=at([0], [0.0]))
    found = solve(loop, start=np.full(3, 40.0))
    np.testing.assert_allclose(found.flow, 0, atol=1e-6)


def test_two_like_machines_in_parallel_share_the_flow():
    fan = PolynomialRise(2000.0, 10.0, -0.2)
    pairs = [(0, 1), (0, 1), (1, 0)]
    resistance = PowerLaw(np.array([0.01, 0.01, 0.05]))
    both = network(pairs, resistance, Placed(fan, np.array([0, 1])), potential=at([0], [0.0]))
    found = solve(both)

    def shortfall(q):  # of one machine at flow q, with 2 q through the common branch
        return 2000 + 10 * q - 0.2 * q**2 - 0.01 * q**2 - 0.05 * (2 * q) ** 2

    q = brentq(shortfall, 1.0, 500.0)
    np.testing.assert_allclose(found.flow, [q, q, 2 * q], rtol=1e-9)
    assert found.stalled.tolist() == []


def test_a_weak_machine_beside_a_strong_one_is_driven_backwards_and_reported():
    fans = PolynomialRise(np.array([2000.0, 200.0]), 0.0, -0.1)
    pairs = [(0, 1), (0, 1), (1, 0)]
    resistance = PowerLaw(np.array([0.01, 0.05, 1.0]))
    placed = Placed(fans, np.array([0, 1]))
    found = solve(network(pairs, resistance, placed, potential=at([0], [0.0])))
    assert found.flow[1] < 0
    assert found.stalled.tolist() == [1]


def test_machines_against_each_other():
    fans = PolynomialRise(np.array([1000.0, 600.0]), 0.0, -0.1)
    problem = network(
        [(0, 1), (0, 1)], PowerLaw(0.1 * np.ones(2)), Placed(fans, np.array([0, 1])),
        potential=at([0], [0.0]),
    )  # fmt: skip
    found = solve(problem)
    q = np.sqrt(400 / 0.3)  # 1000 - 0.1 q² - 0.1 q² = 600 + 0.1 q²
    np.testing.assert_allclose(found.flow, [q, -q], rtol=1e-7)


def test_known_flows_are_kept_and_what_they_take_is_said():
    pairs = [(0, 1), (1, 2), (1, 2), (2, 0)]
    law = PowerLaw(np.array([0.1, 0.5, 0.5, 0.1]))
    fan = Placed(PolynomialRise(1000.0, 0.0, -0.05), np.array([0]))
    free = solve(network(pairs, law, fan, potential=at([0], [0.0])))
    held = solve(network(pairs, law, fan, potential=at([0], [0.0]), flow=at([1], [5.0])))
    assert held.flow[1] == 5.0
    assert free.flow[1] > 5.0
    assert held.added[0] > 0  # a regulator
    along = held.potential[1] - held.potential[2]
    assert along == pytest.approx(0.5 * 25 + held.added[0], rel=1e-9)
    boosted = solve(network(pairs, law, fan, potential=at([0], [0.0]), flow=at([1], [60.0])))
    assert boosted.added[0] < 0  # a booster
    # with the regulator as a resistance the flow is the same
    added = np.array([0.0, held.added[0] / 25, 0.0, 0.0])
    throttled = solve(network(pairs, law, PowerLaw(added), fan, potential=at([0], [0.0])))
    np.testing.assert_allclose(throttled.flow, held.flow, rtol=1e-6)


def test_what_enters_and_leaves_balances():
    problem = network(
        SQUARE, LinearLaw(np.ones(5)), potential=at([0, 2], [10.0, 0.0]),
        injection=np.array([0, 2.0, 0, -0.5]),
    )  # fmt: skip
    found = solve(problem)
    assert found.entering.sum() == pytest.approx(0, abs=1e-12)
    assert found.entering[[1, 3]] == pytest.approx([2.0, -0.5])
    assert found.entering[0] == pytest.approx(found.flow[0] + found.flow[2])


def test_linear_network_against_plain_algebra():
    rng = np.random.default_rng(3)
    pairs = [(i, i + 1) for i in range(30)] + [(i, i + 5) for i in range(25)]
    R, head = rng.uniform(0.1, 10, 55), rng.normal(0, 5, 55)
    injection = rng.normal(0, 1, 31)
    problem = network(pairs, LinearLaw(R), potential=at([0], [3.0]), injection=injection, head=head)
    A = incidence(problem.graph).toarray()
    block = np.block([[np.diag(R), -A[:, 1:]], [A[:, 1:].T, np.zeros((30, 30))]])
    exact = np.linalg.solve(block, np.concatenate([head + A[:, 0] * 3.0, injection[1:]]))
    np.testing.assert_allclose(solve(problem).flow, exact[:55], rtol=1e-9, atol=1e-10)


def test_nothing_flows_in_stagnant_branches():
    pairs = [*SQUARE, (3, 4), (4, 5), (5, 6), (6, 4)]
    problem = network(pairs, PowerLaw(np.ones(9)), potential=at([0, 2], [50.0, 0.0]))
    found = solve(problem)
    still = stagnant(problem.graph, doors=[0, 2])
    assert still.tolist() == [5]
    assert abs(found.flow[5]) < 1e-9 * found.flow.max()
    np.testing.assert_allclose(found.potential[4:], found.potential[3], rtol=1e-6)


def test_potentials_of_all_nodes_known():
    found = solve(network([(0, 1), (1, 0)], PowerLaw(np.array([1.0, 4.0])),
                          potential=at([0, 1], [16.0, 0.0])))  # fmt: skip
    np.testing.assert_allclose(found.flow, [4.0, -2.0], rtol=1e-9)


def test_great_potentials_do_not_spoil_small_falls():
    """Absolute pressures of a deep column: friction of 100 Pa under 40 MPa."""
    law = PowerLaw(np.array([1.0, 1.0, 2.0]))
    pairs = [(0, 1), (1, 2), (1, 2)]
    low = solve(network(pairs, law, potential=at([0, 2], [100.0, 0.0])))
    high = solve(network(pairs, law, potential=at([0, 2], [4e7 + 100.0, 4e7])))
    np.testing.assert_allclose(high.flow, low.flow, rtol=1e-7)


def test_prepared_once_for_many_heads():
    problem = network(SQUARE, PowerLaw(np.ones(5)), potential=at([0, 2], [9.0, 0.0]))
    pattern = prepare(problem)
    start = None
    for head in (0.0, 1.0, 2.0):
        driven = replace(problem, head=np.full(5, head))
        found = solve(driven, start=start, pattern=pattern)
        np.testing.assert_allclose(found.flow, solve(driven).flow, rtol=1e-6)
        start = found.flow


def test_a_pattern_of_another_network_is_refused():
    problem = network(SQUARE, PowerLaw(np.ones(5)), potential=at([0, 2], [9.0, 0.0]))
    fewer = replace(problem, flow=at([1], [0.0]))
    with pytest.raises(ValueError, match="prepare it anew"):
        solve(fewer, pattern=prepare(problem))


def test_parts_without_potential_are_named():
    pairs = [(0, 1), (2, 3), (3, 4), (5, 6)]
    problem = network(pairs, PowerLaw(np.ones(4)), potential=at([0], [0.0]))
    with pytest.raises(ValueError, match=r"nodes n2, n3, n4 \(and 1 parts more\)"):
        solve(problem)


def test_a_part_cut_off_by_known_flows_is_named():
    with pytest.raises(ValueError, match="nodes n2, n3"):
        solve(network([(0, 1), (1, 2), (2, 3)], PowerLaw(np.ones(3)),
                      potential=at([0], [0.0]), flow=at([1], [3.0])))  # fmt: skip


def test_without_resistance_there_is_no_answer_but_an_error():
    """A constant drive round a loop without resistance."""
    problem = network(
        [(0, 1), (1, 0)], LinearLaw(np.zeros(2)), potential=at([0], [0.0]), head=np.array([5.0, 0])
    )
    with pytest.raises(FlowConvergenceError, match=r"branches b0, b1|branches b1, b0"):
        solve(problem)


def test_too_few_iterations_are_an_error_that_names_branches():
    problem = network(SQUARE, PowerLaw(np.ones(5)), potential=at([0, 2], [9.0, 0.0]))
    with pytest.raises(FlowConvergenceError, match="did not settle") as caught:
        solve(problem, limits=Limits(iterations=2))
    assert caught.value.iterations == 2
    assert len(caught.value.branches) > 0


@dataclass(frozen=True)
class Broken(BranchLaw):
    fall_there: float
    slope_there: float

    def fall(self, flow):
        return np.where(np.abs(flow) > 1.0, self.fall_there, flow)

    def slope(self, flow):
        return np.where(np.abs(flow) > 1.0, self.slope_there, 1.0)


@pytest.mark.parametrize("values", [(np.nan, 1.0), (np.inf, 1.0), (2.0, np.nan)])
def test_a_law_that_gives_no_number_is_named(values):
    broken = Placed(Broken(*values), np.array([1]))
    law = PowerLaw(np.array([1.0, 1e-3]))
    problem = network([(0, 1), (1, 2)], law, broken, potential=at([0, 2], [100.0, 0.0]))
    with pytest.raises(FlowConvergenceError, match=r"no numbers.*branches b1"):
        solve(problem)


class Cubic(BranchLaw):
    """A law from outside."""

    def fall(self, flow):
        return flow**3

    def slope(self, flow):
        return 3 * flow**2


def test_a_law_from_outside():
    found = solve(network([(0, 1), (0, 1)], Cubic(), potential=at([0, 1], [27.0, 0.0])))
    np.testing.assert_allclose(found.flow, 3.0, rtol=1e-8)


def test_bad_input():
    law, fixed = PowerLaw(np.ones(5)), at([0], [0.0])
    with pytest.raises(ValueError, match="without a law or a known flow: b3, b4"):
        network(SQUARE, Placed(PowerLaw(1.0), np.arange(3)), potential=fixed)
    with pytest.raises(ValueError, match=r"potential: got place 9\.\.9 of 4"):
        network(SQUARE, law, potential=at([9], [0.0]))
    with pytest.raises(ValueError, match="flow named twice: b2"):
        network(SQUARE, law, potential=fixed, flow=at([2, 2], [1.0, 1.0]))
    with pytest.raises(ValueError, match="injection: got shape"):
        network(SQUARE, law, potential=fixed, injection=np.zeros(3))
    with pytest.raises(ValueError, match="head: got shape"):
        network(SQUARE, law, potential=fixed, head=np.full(5, np.nan))
    with pytest.raises(ValueError, match="start: got shape"):
        solve(network(SQUARE, law, potential=fixed), start=np.zeros(4))
