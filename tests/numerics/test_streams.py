"""Streams against exact solutions of wells, U-tubes, fractures and stirred volumes in a row."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.special import gammainc, kve

from comine.numerics.conduction import Conduction
from comine.numerics.coupled import Coupled, StoppedError
from comine.numerics.embedding import embed, embed_planes
from comine.numerics.grid import Grid
from comine.numerics.streams import Flow, Streams, mean_weight
from comine.physics.laplace import talbot
from comine.physics.wellbore import u_tube
from tests.cases import case, load_case
from tests.numerics.coupled_rig import (
    MATTER,
    NO_PAIRS,
    coupled,
    doubling,
    even_grid,
    hole_in_box,
    holes,
    pipe,
    run,
    streams,
)
from tests.numerics.skin_rig import CONDUCTIVITY, DAY, DIFFUSIVITY, YEAR, graded_edges, orders

HOUR = 3600.0


def exact_well(depth, time, carries, inlet, rock, film, radius):
    """Water down a well in rock of a temperature at its top and a gradient."""
    top, gradient = rock

    def transform(s):
        root = np.sqrt(s * radius**2 / DIFFUSIVITY)
        resists = kve(0, root) / (root * kve(1, root)) + CONDUCTIVITY / (film * radius)
        far = carries * resists / (2.0 * np.pi * CONDUCTIVITY)
        excess = inlet - top + gradient * far
        return (top + gradient * (depth - far) + excess * np.exp(-depth / far)) / s

    return talbot(transform, time)


def well_errors(count):
    """Outlet of an injection well of 2,000 m, less the exact one, after 30 days, 1 and 30 years."""
    across = graded_edges(10.0)
    grid = even_grid(across, across, np.linspace(0.0, 2000.0, 21))
    well = embed(grid, MATTER, holes([([0, 0, 0], [0, 0, 2000], count)], 0.1))
    geotherm = 288.15 + 0.05 * (np.arange(count) + 0.5) * 2000.0 / count
    carries, film = 5.0 * 4186.0, 1000.0
    problem = coupled(grid, well, [pipe(count, carries, 300.0, film)], undisturbed=geotherm)
    asked = np.array([30.0 * DAY, YEAR, 30.0 * YEAR])
    times = np.union1d(doubling(DAY / 8, 4), asked)
    found = run(problem, times, unknown=geotherm)
    outlet = np.array([a.state.unknown[-1] for a in found])[np.isin(times, asked)]
    assert max(a.entries[-1].residual for a in found) < 1e-9
    assert max(a.entries[-1].carrier_residual for a in found) < 1e-12
    return outlet - exact_well(2000.0, asked, carries, 300.0, (288.15, 0.05), film, 0.1)


def test_water_down_a_well_in_a_gradient_is_warmed_as_by_the_exact_laplace_transform(measured):
    well, times = "injection well of 2,000 m, 5 kg/s, 0.05 K/m", ("30 days", "a year", "30 years")
    for count, limits in ((40, (0.04, 0.02, 0.005)), (20, (0.05, 0.05, 0.05))):
        for error, after, limit in zip(well_errors(count), times, limits, strict=True):
            what = f"{well}, {count} pieces, after {after}"
            measured.deviation("engine", what, "Laplace transform", error, limit, "K")


def small_hole(count, length=100.0, radius=0.1):
    """A hole through rock that conducts so well that its wall keeps its temperature."""
    across = np.arange(-40.0, 41.0, 10.0)
    grid = even_grid(across, across, [0, length])
    matter = (1e9, 1e9)
    skins = embed(grid, matter, holes([([0, 0, 0], [0, 0, length], count)], radius))
    return Conduction(grid, *matter), skins


def along_even_wall(count, storage=0.0):
    rock, skins = small_hole(count)
    units = 2.0
    film = units * 1000.0 / (2.0 * np.pi * 0.1 * 100.0)
    problem = Coupled(rock, skins, (pipe(count, 1000.0, 1.0, film, storage=storage),))
    return run(problem, [1.0], unknown=0.0)[-1].state.unknown[-1] - np.exp(-units)


def test_pieces_along_an_even_wall_are_exact(measured):
    """The weights are those of the exponential, so one piece does as well as many."""
    error = [along_even_wall(n) for n in (1, 4, 16)]
    measured.deviation(
        "engine", "pieces along an even wall, of the step", "exponential", error, 1e-6, ""
    )


def test_pieces_converge_with_second_order_where_the_wall_is_not_even(measured):
    rock, _ = small_hole(1)
    counts, errors = np.array([4, 8, 16, 32]), []
    for count in counts:
        _, skins = small_hole(count)
        z = (np.arange(count) + 0.5) / count
        wall = np.sin(3.0 * z)
        film = 2.0 * 1000.0 / (2.0 * np.pi * 0.1 * 100.0)
        problem = Coupled(rock, skins, (pipe(count, 1000.0, 1.0, film),), undisturbed=wall)
        out = run(problem, [1.0])[-1].state.unknown[-1]
        # y' = 2 (sin 3z - y), y(0) = 1
        exact = (4 * np.sin(3) - 6 * np.cos(3)) / 13 + (1 + 6 / 13) * np.exp(-2.0)
        errors.append(abs(out - exact))
    measured.order("engine", "pieces along an uneven wall", -orders(counts, errors), 1.9, 2.1)


@case("solvers/19_utube_steady_two_leg")
def test_two_legs_that_touch_one_skin_are_the_delta_circuit(measured):
    data = load_case("solvers/19_utube_steady_two_leg")
    p, expected = data["parameters"], data["expected"]
    pieces, radius = 30, 0.1
    piece = p["L"] / pieces
    rock, skins = small_hole(pieces, p["L"], radius)
    level = np.arange(pieces)
    touch = csr_array((np.full(2 * pieces, 0.5),
                       (np.r_[level, level], np.r_[level, 2 * pieces - 1 - level])))  # fmt: skip
    beside = np.column_stack([level, 2 * pieces - 1 - level])
    crossing = piece * (1.0 / p["R_12"] + 0.5 / p["R_1"])
    legs = pipe(
        2 * pieces, p["m"] * p["c"], p["T_in"], 2.0 / p["R_1"] / (2.0 * np.pi * radius),
        touch=touch, beside=beside, conductance=np.full(pieces, crossing),
    )  # fmt: skip
    problem = Coupled(rock, skins, (legs,))
    last = run(problem, [1.0], cells=p["T_b"], unknown=p["T_b"])[-1]
    water = last.state.unknown
    exact = u_tube(p["T_in"], p["T_b"], p["L"], p["m"] * p["c"], p["R_1"], p["R_12"])
    error = water[[-1, pieces - 1]] - [expected["T_out"], expected["T_bottom"]]
    measured.deviation("engine", "U-tube, 30 pieces a leg", "closed form", error, 0.05, "K")
    assert -last.state.heat.sum() == pytest.approx(expected["heat_W"], rel=1e-3)
    assert abs(water[-1] - exact.outlet) < 0.05


@case("solvers/06_lauwerier_1955_single_fracture")
def test_water_along_a_fracture_is_warmed_as_by_lauwerier(measured):
    data = load_case("solvers/06_lauwerier_1955_single_fracture")
    p, expected = data["parameters"], data["expected"]
    count = 50
    x = np.linspace(0.0, p["L"], count + 1)
    across = graded_edges(10.0, until=320.0)
    grid = Grid(x, np.array([0.0, 1.0]), across)
    corners = np.array([[[a, 0, 0], [b, 0, 0], [b, 1, 0], [a, 1, 0]] for a, b in pairwise(x)])
    skins = embed_planes(grid, (p["lam"], p["rhoc"]), corners)
    across_only = np.zeros((3, *grid.shape))
    across_only[2] = p["lam"]
    water = pipe(count, p["rhoc_w"] * p["q_m2_s"], p["Tin"], np.inf)
    problem = Coupled(Conduction(grid, across_only, p["rhoc"]), skins, (water,))
    asked = np.array(expected["t_yr"]) * YEAR
    times = np.union1d(doubling(DAY, 4), asked)
    found = run(problem, times, cells=p["T0"], unknown=p["T0"])
    places = np.round(np.array(expected["x_m"]) / p["L"] * count).astype(int) - 1
    outlet = np.array([a.state.unknown[places] for a in found])[np.isin(times, asked)]
    error = outlet - np.array(expected["T_C_rows_t_cols_x"])
    what = "water along a fracture of 500 m, 50 pieces"
    measured.deviation("engine", f"{what}, 1 to 30 years", "Lauwerier", error[1:], 0.5, "K")
    measured.deviation("engine", f"{what}, outlet after 30", "Lauwerier", error[-1, -1], 0.5, "K")


def shut_pipe(count, steps, storage=2000.0, carries=10.0, inlet=1.0):
    """A pipe whose walls are shut, an hour a step."""
    grid, skins = hole_in_box()
    touch = np.zeros((2, count))
    touch[:, 0] = 1.0
    problem = coupled(grid, skins, [pipe(count, carries, inlet, 0.0, touch=touch, storage=storage)])
    return run(problem, HOUR * np.arange(1, steps + 1) * count * storage / carries / 36000.0)


def test_a_step_travels_through_a_pipe_as_through_stirred_volumes_in_a_row(measured):
    count, residence = 20, 20 * 2000.0 / 10.0
    found = shut_pipe(count, 40)
    time = np.array([a.state.time for a in found])
    outlet = np.array([a.state.unknown[-1] for a in found])
    exact = gammainc(count, count * time / residence)
    what = "step of the inlet through 20 stirred volumes"
    measured.deviation("engine", what, "gamma distribution", outlet - exact, 0.02)
    leaving = np.array([-a.means[0]["into leaving"] for a in found])
    step = np.diff(time, prepend=0.0)
    kept = step @ (10.0 - leaving)
    assert kept == pytest.approx(2000.0 * found[-1].state.unknown.sum(), rel=1e-12)
    assert kept / 10.0 == pytest.approx(residence, rel=1e-4)
    assert max(a.entries[-1].carrier_residual for a in found) < 1e-12


def turning(period):
    """Water round a loop of four volumes with an inlet and an outlet; now and then it turns."""

    def flow(time):
        around = 30.0 if (time // period) % 2 == 0 else -20.0
        entering, temperature = np.array([10.0, 0, 0, 0]), np.array([320.0, 0, 0, 0])
        return Flow(np.full(4, around), entering, temperature, np.full(2, 15.0), np.zeros(4))

    links = [[0, 1], [1, 2], [2, 3], [3, 0]]
    touch = np.array([[0, 1.0, 0, 0], [0, 0, 0, 1.0]])
    return streams(links, flow, 4, touch=touch, storage=5e4)


def test_loops_that_turn_round_conserve_heat():
    grid, skins = hole_in_box()
    carrier = turning(5.0 * HOUR)
    found = run(
        coupled(grid, skins, [carrier], undisturbed=300.0), HOUR * np.arange(1.0, 31.0), 0.0, 300.0
    )
    entries = [a.entries[-1] for a in found]
    assert max(e.residual for e in entries) < 1e-9
    assert max(e.carrier_residual for e in entries) < 1e-12
    water = found[-1].state.unknown
    entered = sum(sum(v for k, v in e.carriers.items() if "into" in k) for e in entries)
    in_rock = sum(e.cells + e.rings for e in entries)
    kept = 5e4 * (water - 300.0).sum() + in_rock
    assert kept == pytest.approx(entered, rel=1e-9)
    assert kept > 1e6 and np.all((water > 300.0) & (water < 320.0))
    assert np.ptp(water) > 0.05


def test_flow_that_turns_round_leaves_by_the_other_end():
    def flow(time):
        ahead = time < 1.5 * HOUR
        entering = np.array([10.0, 0.0]) if ahead else np.array([0.0, 10.0])
        warm = np.array([1.0, 0.0]) if ahead else np.array([0.0, 2.0])
        return Flow(np.array([10.0 if ahead else -10.0]), entering, warm, np.zeros(2), np.zeros(2))

    grid, skins = hole_in_box()
    found = run(coupled(grid, skins, [streams([[0, 1]], flow, 2)]), [HOUR, 2 * HOUR, 3 * HOUR])
    assert np.allclose(found[0].state.unknown, 1.0, atol=1e-12)
    assert np.allclose(found[-1].state.unknown, 2.0, atol=1e-12)
    assert found[-1].means[0]["into leaving"] == pytest.approx(-20.0)


def test_volumes_without_flow_rest_or_follow_their_wall():
    grid, skins = hole_in_box()

    def still(film):
        return lambda time: Flow(
            np.zeros(0), np.zeros(2), np.zeros(2), np.full(2, film), np.zeros(2)
        )

    shut = run(coupled(grid, skins, [streams([], still(0.0), 2)]), [HOUR], 300.0, 310.0)[-1]
    assert np.array_equal(shut.state.unknown, [310.0, 310.0])
    open_ = run(coupled(grid, skins, [streams([], still(10.0), 2)]), [HOUR], 300.0, 310.0)[-1]
    assert np.allclose(open_.state.unknown, 300.0, atol=1e-9)
    assert np.abs(open_.state.heat).max() < 1e-9


def test_sources_and_pairs_exchange_what_they_are_given():
    """A heated volume beside one that is flushed: conductance and source set the difference."""
    grid, skins = hole_in_box()

    def flow(time):
        return Flow(
            np.zeros(0), np.array([0.0, 1e12]), np.zeros(2), np.zeros(2), np.array([50.0, 0])
        )

    both = streams([], flow, 2, beside=[[0, 1]], conductance=[10.0])
    found = run(coupled(grid, skins, [both]), [HOUR])[-1]
    assert found.state.unknown == pytest.approx([5.0, 0.0], abs=1e-8)


def given(**other):
    """Streams with some parts changed."""
    parts = {
        "links": np.array([[0, 1]]), "touch": csr_array(np.eye(2)), "beside": NO_PAIRS,
        "conductance": np.zeros(0), "storage": np.zeros(2), "flow": lambda time: None,
    }  # fmt: skip
    return Streams(**(parts | other))


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"links": np.array([[0, 2]])}, "links"),
        ({"links": np.array([0, 1])}, "links"),
        ({"touch": csr_array(np.eye(3))}, "touch"),
        ({"touch": csr_array(0.5 * np.eye(2))}, "touch"),
        ({"storage": np.array([-1.0, 0.0])}, "storage"),
        ({"beside": np.array([[0, 5]]), "conductance": np.ones(1)}, "beside"),
        ({"beside": np.array([[0, 1]]), "conductance": -np.ones(1)}, "conductance"),
        ({"beside": np.array([[0, 1]]), "conductance": np.ones(3)}, "conductance"),
    ],
)
def test_bad_parts_are_refused(changed, named):
    with pytest.raises(ValueError, match=named):
        given(**changed)


def test_a_volume_that_sends_on_more_than_it_gets_is_refused():
    grid, skins = hole_in_box()

    def flow(time):
        return Flow(np.array([12.0]), np.array([10.0, 0]), np.zeros(2), np.zeros(2), np.zeros(2))

    with pytest.raises(ValueError, match="sends on more than it gets"):
        run(coupled(grid, skins, [streams([[0, 1]], flow, 2)]), [HOUR])


@pytest.mark.parametrize(
    "changed",
    [
        {"links": np.zeros(3)}, {"entering": np.zeros(3)}, {"entering": np.array([-1.0, 0.0])},
        {"film": np.zeros(3)}, {"film": np.array([-1.0, 0.0])}, {"source": np.zeros(1)},
        {"temperature": np.array([np.nan, 0.0])},
    ],
)  # fmt: skip
def test_bad_flows_are_refused(changed):
    grid, skins = hole_in_box()
    good = Flow(np.zeros(1), np.array([10.0, 0]), np.zeros(2), np.zeros(2), np.zeros(2))
    carrier = streams([[0, 1]], lambda time: good._replace(**changed), 2)
    with pytest.raises(ValueError, match=next(iter(changed))):
        run(coupled(grid, skins, [carrier]), [HOUR])


def test_a_loop_that_nothing_holds_stops_and_says_where():
    """Water that goes round between shut walls and stores nothing has no temperature."""

    def flow(time):
        return Flow(np.full(2, 5.0), np.zeros(2), np.zeros(2), np.zeros(2), np.zeros(2))

    grid, skins = hole_in_box()
    problem = coupled(grid, skins, [streams([[0, 1], [1, 0]], flow, 2)])
    with pytest.raises(StoppedError, match="carrier 0"):
        run(problem, [HOUR])


def test_weight_of_the_outlet():
    n = np.array([1e-8, 0.049999, 0.050001, 3.0, 800.0])
    exact = 1 / -np.expm1(-n[3]) - 1 / n[3]
    assert mean_weight(n)[[0, 3, 4]] == pytest.approx([0.5, exact, 1 - 1 / 800.0], abs=1e-8)
    assert abs(np.diff(mean_weight(n))[1] - 2e-6 / 12) < 1e-10
    with pytest.raises(ValueError, match="units"):
        mean_weight(-1.0)
