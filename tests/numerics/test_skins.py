"""Skins alone: meshes, stages and steps against closed solutions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import kve

from comine.numerics.skin_stage import GAMMA, eliminate, respond, settle, step
from comine.numerics.skins import (
    Layers,
    Matter,
    Shape,
    heat_stored,
    host_reach,
    make_skins,
    release,
)
from comine.physics.conduction import (
    half_space_film,
    half_space_step_flux,
    slab_mean_fraction,
    sphere_mean_fraction,
)
from comine.physics.strata import film_with_layers
from tests.cases import case, load_case
from tests.numerics.skin_rig import (
    CAPACITY,
    CONDUCTIVITY,
    DAY,
    DIFFUSIVITY,
    YEAR,
    airway,
    alone,
    at_times,
    doubling_steps,
    exact_flow,
    orders,
)

INF = np.inf
INSULATION = Layers([[0.05]], [[0.05]], [[5e4]])


def relative(got, wanted):
    return np.abs(got / wanted - 1.0)


# ---------------------------------------------------------------- the wall of a cylinder


@pytest.mark.parametrize("radius", [0.1, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("film", [5.0, 20.0, INF])
def test_twelve_rings_carry_a_wall_from_the_first_day_to_thirty_years(radius, film, measured):
    steps = doubling_steps(1800.0, 16, 30 * YEAR)
    flow, _ = alone(airway(radius, 200.0), film, steps)
    times = np.cumsum(steps)
    counts = (times > 0.99 * DAY) & (times < 30 * YEAR)
    exact = exact_flow(times[counts], radius, film)
    of = f"12 rings alone, radius {radius:g} m"
    measured.deviation("skins", of, "exact G(F, B)", relative(flow[counts, 0], exact), 0.01)


@case("solvers/05_airway_age_of_wall_with_film")
def test_age_of_a_wall_with_film():
    data = load_case("solvers/05_airway_age_of_wall_with_film")
    given_, example = data["parameters"], data["expected"]["example"]
    biot, fourier = np.array(given_["Bi"]), np.array(given_["Fo"])
    count = biot.size
    shape = Shape("cylinder", np.ones(count), np.full(count, 600.0), np.ones(count))
    skins = make_skins(shape, Matter(np.ones(count), np.ones(count)), rings=24, soonest=0.05)
    steps = doubling_steps(5e-4, 20, 1.1e4)
    flow, _ = alone(skins, biot, steps)
    got = at_times(steps, flow, fourier).T / (2.0 * np.pi)
    np.testing.assert_allclose(got, data["expected"]["q_star_rows_Bi_cols_Fo"], rtol=0.01)

    steps = doubling_steps(1800.0, 16, 31 * YEAR)
    flow, _ = alone(airway(example["r_w"], 200.0), example["h_c"], steps)
    got = at_times(steps, flow[:, 0], np.array(example["t_days"]) * DAY)
    np.testing.assert_allclose(got[:2], example["W_per_m_per_K"][:2], rtol=0.02)
    np.testing.assert_allclose(got[2:], example["W_per_m_per_K"][2:], rtol=0.01)


@case("engineering/A11_insulated_roadway_heat_flux")
def test_an_insulated_roadway():
    data = load_case("engineering/A11_insulated_roadway_heat_flux")
    of, expected = data["inputs"], data["expected"]
    two = np.ones(2)  # bare and insulated; the reference has no heat capacity in the layer
    layer = Layers([[0.0, of["t_ins_m"]]], [of["k_ins"] * two], [1.0 * two])
    shape = Shape("cylinder", of["r_m"] * two, 250.0 * two, two)
    rock = Matter(of["k_rock"] * two, of["rho_c"] * two)
    skins = make_skins(shape, rock, layer, rings=60, soonest=0.2 * DAY)
    steps = doubling_steps(600.0, 60, 10.1 * YEAR)
    flow, _ = alone(skins, of["h_W_m2K"], steps)
    per_area = flow / (2.0 * np.pi * of["r_m"])
    rel = data["tolerance"]["rel"]
    bare, insulated = at_times(steps, per_area, [of["time_s"]])[0]
    assert bare == pytest.approx(expected["U_tau_bare_W_m2K"], rel=rel)
    assert insulated == pytest.approx(expected["U_tau_insulated_W_m2K"], rel=rel)
    for when, name in ((DAY, "1d"), (30 * DAY, "30d"), (10 * YEAR, "10y")):
        bare, insulated = at_times(steps, per_area, [when])[0]
        assert 1.0 - insulated / bare == pytest.approx(expected[f"reduction_{name}"], rel=rel)


def test_insulation_with_the_rings_of_every_day(measured):
    film = float(film_with_layers(8.0, [0.05], [0.05], 2.0))
    steps = doubling_steps(1800.0, 16, 30 * YEAR)
    thin = Layers([[0.05]], [[0.05]], [[1.0]])
    flow, _ = alone(airway(2.0, 200.0, layers=thin), 8.0, steps)
    times = np.cumsum(steps)
    counts = (times > DAY) & (times < 30 * YEAR)
    error = relative(flow[counts, 0], exact_flow(times[counts], 2.0, film))
    measured.deviation("skins", "wall behind insulation", "exact G(F, B)", error, 0.01)


def test_second_order_in_the_rings(measured):
    counts = np.array([10, 20, 40])
    steps = doubling_steps(100.0, 100, 40 * DAY)
    found = []
    for count in counts:
        soonest = DAY * (10.0 / count) ** 2  # first ring half as thick with twice the rings
        flow, _ = alone(airway(2.0, 30.0, count, soonest), 20.0, steps)
        got = at_times(steps, flow[:, 0], [10 * DAY, 30 * DAY])
        found.append(relative(got, exact_flow([10 * DAY, 30 * DAY], 2.0, 20.0)).max())
    measured.order("skins", "rings (10, 20, 40)", orders(1.0 / counts, found), 1.85)
    assert found[-1] < 3e-4


def seasons(times):
    return np.sin(2.0 * np.pi * times / YEAR)


def test_second_order_in_time(measured):
    def last(count):
        width = YEAR / count
        stage, rings = eliminate(airway(2.0, 30.0), GAMMA * width), np.zeros((12, 1))
        heat = 0.0
        for number in range(count):
            fluid = seasons(width * (number + np.array([[GAMMA], [1.0]])))
            rings, wall, *_ = step(stage, rings, 20.0, fluid, 0.0)
            heat += wall[0] * width
        return np.append(rings[:, 0], heat / 1e7)

    counts = np.array([25, 50, 100])
    fine = last(1600)
    found = [np.abs(last(count) - fine).max() for count in counts]
    measured.order("skins", "steps of a skin", orders(1.0 / counts, found), 1.85, 2.15)


@pytest.mark.parametrize(("per_year", "allowed"), [(12, 0.03), (48, 0.01)])
def test_seasons_against_the_periodic_solution(per_year, allowed, measured):
    """Amplitude and lag of the heat from air with seasons, after ten years."""
    radius, film, width = 2.0, 20.0, YEAR / per_year
    root = np.sqrt(2j * np.pi / YEAR / DIFFUSIVITY) * radius
    impedance = kve(0, root) / (root * kve(1, root)) + CONDUCTIVITY / (film * radius)
    admittance = 2.0 * np.pi * CONDUCTIVITY / impedance
    stage, rings = eliminate(airway(radius, 50.0), GAMMA * width), np.zeros((12, 1))
    phase = 0.0
    for number in range(10 * per_year):
        times = width * (number + np.array([GAMMA, 1.0]))
        start = rings
        rings, *_ = step(stage, start, film, seasons(times)[:, None], 0.0)
        one = settle(stage, respond(stage, start, film), seasons(times[0]), 0.0)
        second = start + (1.0 - GAMMA) / GAMMA * (one.temperature - start)
        end = settle(stage, respond(stage, second, film), seasons(times[1]), 0.0)
        if number >= 9 * per_year:
            phase += 2j / per_year * end.wall[0] * np.exp(-2j * np.pi * times[1] / YEAR)
    of, error = f"seasons, {per_year} steps a year, of the amplitude", phase / admittance - 1.0
    measured.deviation("skins", of, "periodic solution", error, allowed)


# ---------------------------------------------------------------- planes and spheres


def test_half_space_with_and_without_film():
    film = np.array([INF, 20.0])
    shape = Shape("plane", [0.0, 0.0], [60.0, 60.0], [1.0, 1.0])
    rock = Matter([CONDUCTIVITY] * 2, [CAPACITY] * 2)
    skins = make_skins(shape, rock, rings=40, soonest=0.2 * DAY)
    steps = doubling_steps(200.0, 40, YEAR)
    flow, rings = alone(skins, film, steps)
    times, end = np.array([DAY, 30 * DAY, YEAR]), float(np.sum(steps))
    exact = half_space_step_flux(times, CONDUCTIVITY, DIFFUSIVITY)
    np.testing.assert_allclose(at_times(steps, flow[:, 0], times), exact, rtol=0.005)
    middle = 0.5 * (skins.face[1:, 1] + skins.face[:-1, 1])
    warm = half_space_film(middle, end, 20.0, CONDUCTIVITY, DIFFUSIVITY)
    np.testing.assert_allclose(rings[:, 1], warm, atol=0.005)


def test_slab_between_two_parallel_faces():
    """A closed plane: half the rock between two fractures."""
    slab = make_skins(
        Shape("plane", [0.0], [5.0], [1.0], [True]), Matter([CONDUCTIVITY], [CAPACITY])
    )
    steps = doubling_steps(DAY, 20, 0.3 * YEAR)
    _, rings = alone(slab, INF, steps, fluid=0.0, start=np.ones((12, 1)))
    left = heat_stored(slab, rings) / (5.0 * CAPACITY)
    exact = slab_mean_fraction(DIFFUSIVITY * np.sum(steps) / 25.0)
    np.testing.assert_allclose(left, exact, rtol=0.01)


@case("solvers/32_sphere_block_cooling_caved_stope")
def test_cooling_of_blocks():
    data = load_case("solvers/32_sphere_block_cooling_caved_stope")
    hours, radius = data["parameters"]["t_hours"], np.array(data["parameters"]["a_m"])
    block = Shape("sphere", radius, [0.0, 0.0], [1.0, 1.0])
    skins = make_skins(block, Matter([CONDUCTIVITY] * 2, [CAPACITY] * 2), rings=120, soonest=60.0)
    rings, found, clock = np.ones((120, 2)), [], 0.0
    for hour, count in zip(hours, (60, 60, 300, 2400), strict=True):
        _, rings = alone(skins, INF, np.full(count, (hour - clock) * 3600.0 / count), 0.0, rings)
        found.append(heat_stored(skins, rings) / skins.capacity.sum(axis=0))
        clock = hour
    expected = data["expected"]["mean_fraction_rows_a_cols_t"]
    np.testing.assert_allclose(np.transpose(found), expected, rtol=0.02)


def test_five_shells_are_enough_for_a_block_of_rubble():
    block = Shape("sphere", [1.0], [0.0], [1.0])
    skins = make_skins(block, Matter([CONDUCTIVITY], [CAPACITY]), rings=5, soonest=3600.0)
    hour = np.full(40, 90.0)
    rings = np.ones((5, 1))
    for clock in range(1, 25):
        _, rings = alone(skins, INF, hour, 0.0, rings)
        left = float(heat_stored(skins, rings)[0] / skins.capacity.sum())
        exact = float(sphere_mean_fraction(DIFFUSIVITY * clock * 3600.0))
        assert left == pytest.approx(exact, rel=0.02)


def test_steady_resistance_of_wall_layers_and_rock():
    layers = Layers([[0.1, 0.0], [0.3, 0.3]], [[0.05, 0.05], [1.2, 1.2]], [[1e5] * 2, [2e6] * 2])
    for geometry, shell in {
        "cylinder": lambda a, b, k: np.log(b / a) / (2.0 * np.pi * k),
        "sphere": lambda a, b, k: (1.0 / a - 1.0 / b) / (4.0 * np.pi * k),
    }.items():
        shape = Shape(geometry, [2.0, 2.0], [25.0, 25.0], [1.0, 1.0])
        skins = make_skins(shape, Matter([3.0, 3.0], [2e6, 2e6]), layers)
        got = 1.0 / respond(eliminate(skins, 1e18), np.zeros((16, 2)), INF).wall_fluid
        both = shell(1.6, 1.7, 0.05) + shell(1.7, 2.0, 1.2) + shell(2.0, 25.0, 3.0)
        one = shell(1.7, 2.0, 1.2) + shell(2.0, 25.0, 3.0)
        np.testing.assert_allclose(got, [both, one], rtol=1e-9)


def test_ring_volumes_fill_the_shape():
    shape = Shape("cylinder", [2.0], [27.0], [7.0])
    skins = make_skins(shape, Matter([3.0], [2e6]), INSULATION)
    rock = np.pi * (27.0**2 - 2.0**2) * 7.0 * 2e6
    layer = np.pi * (2.0**2 - 1.95**2) * 7.0 * 5e4
    assert skins.capacity.sum() == pytest.approx(rock + layer, rel=1e-12)
    assert skins.displaced[0] == pytest.approx(np.pi * 4.0 * 7.0 * 2e6 - layer, rel=1e-12)
    assert skins.wall_area[0] == pytest.approx(2.0 * np.pi * 1.95 * 7.0)


# ---------------------------------------------------------------- stages


def three_skins():
    """An insulated airway, a bare one and a lined borehole."""
    layers = Layers([[0.05, 0.0, 0.02]], [[0.05, 1.0, 0.4]], [[5e4, 1e6, 2e6]])
    shape = Shape("cylinder", [2.0, 2.0, 0.1], [27.0, 27.0, 12.6], [50.0, 10.0, 5.0])
    return make_skins(shape, Matter([3.0, 2.5, 3.5], [2.2e6, 2.1e6, 2.4e6]), layers)


RANDOM = np.random.default_rng(3)
RINGS = RANDOM.normal(size=(14, 3))
FILM = np.array([8.0, 20.0, 1500.0])


@pytest.mark.parametrize("width", [600.0, 30.4 * DAY, 3 * YEAR])
def test_heat_is_conserved_to_rounding_in_every_step(width):
    skins = three_skins()
    films = np.stack([FILM, 1.5 * FILM])
    fluid, host = RANDOM.normal(size=(2, 2, 3))
    after, wall, handed, _ = step(eliminate(skins, GAMMA * width), RINGS, films, fluid, host)
    stored = heat_stored(skins, after) - heat_stored(skins, RINGS)
    content = (skins.capacity * np.maximum(np.abs(RINGS), np.abs(after))).sum(axis=0)
    assert np.all(
        np.abs(stored - width * (wall - handed)) < 1e-14 * (content + width * np.abs(wall))
    )


def test_coefficients_are_the_derivatives():
    skins = three_skins()
    stage = eliminate(skins, 10 * DAY)
    response = respond(stage, RINGS, FILM)
    fluid, host = np.array([300.0, 301.0, 350.0]), np.array([310.0, 312.0, 340.0])
    base = settle(stage, response, fluid, host)
    warmer = settle(stage, response, fluid + 1.0, host)
    hotter = settle(stage, response, fluid, host + 1.0)
    for name in ("wall", "handed", "moment"):
        constant, b, c = (getattr(response, name + end) for end in ("", "_fluid", "_host"))
        np.testing.assert_allclose(getattr(base, name), constant + b * fluid + c * host)
        np.testing.assert_allclose(getattr(warmer, name) - getattr(base, name), b, rtol=1e-6)
        np.testing.assert_allclose(getattr(hotter, name) - getattr(base, name), c, rtol=1e-6)


def test_the_stage_solves_its_equations():
    skins, width = three_skins(), 10 * DAY
    stage = eliminate(skins, width)
    after = settle(stage, respond(stage, RINGS, FILM), 300.0, 310.0)
    into = skins.capacity * (after.temperature - RINGS) / width
    flow = np.vstack([after.wall, after.wall - np.cumsum(into, axis=0)])
    resists = skins.resistance * flow
    resists[0] += after.wall / (FILM * skins.wall_area)
    resists[1:] += skins.cross * flow[:-1]
    resists[:-1] += skins.cross * flow[1:]
    ends = np.vstack([np.full(3, -10.0), after.temperature, np.zeros(3)])
    np.testing.assert_allclose(resists, ends[:-1] - ends[1:], atol=1e-10)
    np.testing.assert_allclose(flow[-1], after.handed, rtol=1e-9)


def test_superposition():
    skins = three_skins()
    stage = eliminate(skins, GAMMA * 30 * DAY)
    one = step(stage, RINGS, FILM, 3.0, 1.0)
    two = step(stage, 2.0 * RINGS[::-1], FILM, -1.0, 4.0)
    both = step(stage, RINGS + 2.0 * RINGS[::-1], FILM, 2.0, 5.0)
    for a, b, c in zip(one, two, both, strict=True):
        np.testing.assert_allclose(a + b, c, rtol=1e-9, atol=1e-9)


def test_only_the_difference_between_fluid_and_host_is_felt():
    stage = eliminate(three_skins(), DAY)
    response = respond(stage, RINGS, FILM)
    here, there = settle(stage, response, 300.0, 290.0), settle(stage, response, 20.0, 10.0)
    np.testing.assert_allclose(here.temperature, there.temperature, rtol=1e-9, atol=1e-11)


def test_a_shut_wall_lets_the_rest_of_the_heat_go_to_the_host():
    skins = airway(2.0, 27.0)
    flow, rings = alone(skins, 0.0, np.full(400, YEAR), start=np.ones((12, 1)))
    assert np.abs(flow).max() == 0.0
    assert np.abs(rings).max() < 1e-4


def test_only_the_chosen_skins_are_released():
    skins = three_skins()
    left, heat = release(skins, RINGS, [False, True, False])
    np.testing.assert_array_equal(left[:, [0, 2]], RINGS[:, [0, 2]])
    np.testing.assert_array_equal(left[:, 1], 0.0)
    np.testing.assert_allclose(heat, heat_stored(skins, RINGS) * [0.0, 1.0, 0.0])


def test_a_closed_skin_hands_nothing_over():
    block = make_skins(Shape("sphere", [1.0], [0.0], [2.0]), Matter([3.0], [2e6]))
    after = step(eliminate(block, DAY), np.ones((12, 1)), 10.0, 3.0, 99.0)
    assert after.handed[0] == 0.0
    assert after.wall[0] * DAY / GAMMA == pytest.approx(
        float(heat_stored(block, after.temperature - 1.0)[0]), rel=1e-12
    )


def test_skins_of_a_batch_do_not_know_of_each_other():
    skins, stage = three_skins(), eliminate(three_skins(), DAY)
    alone_ = make_skins(Shape("cylinder", [2.0], [27.0], [10.0]), Matter([2.5], [2.1e6]), rings=14)
    np.testing.assert_allclose(skins.face[:, 1], alone_.face[:, 0], rtol=1e-12)
    batch = respond(stage, RINGS, FILM)
    single = respond(eliminate(alone_, DAY), RINGS[:, 1:2], FILM[1])
    np.testing.assert_allclose(batch.wall[1], single.wall[0], rtol=1e-10)
    np.testing.assert_allclose(batch.wall_fluid[1], single.wall_fluid[0], rtol=1e-10)


@settings(max_examples=40)
@given(
    radius=st.floats(0.05, 6.0),
    wide=st.floats(0.5, 40.0),
    width=st.floats(60.0, 1e9),
    film=st.floats(0.1, 1e4),
)
def test_more_film_more_heat_and_never_more_than_the_fluid_gives(radius, wide, width, film):
    stage = eliminate(airway(radius, float(host_reach(radius, wide))), width)
    rest = np.zeros((12, 1))
    little, much = respond(stage, rest, film), respond(stage, rest, 2.0 * film)
    assert 0.0 < little.wall_fluid[0] < much.wall_fluid[0]
    assert little.wall_fluid[0] <= film * 2.0 * np.pi * radius
    assert abs(little.handed_fluid[0]) <= little.wall_fluid[0] * (1.0 + 1e-12)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"radius": [-1.0]}, "radius"),
        ({"reach": [2.0]}, "reach"),
        ({"reach": [np.nan]}, "reach"),
        ({"extent": [0.0]}, "extent"),
        ({"geometry": "cone"}, "geometry"),
    ],
)
def test_shapes_that_are_none(change, named):
    shape = Shape("cylinder", [2.0], [27.0], [1.0])._replace(**change)
    with pytest.raises(ValueError, match=named):
        make_skins(shape, Matter([3.0], [2e6]))


def test_other_input_that_is_refused():
    shape, rock = Shape("cylinder", [2.0], [27.0], [1.0]), Matter([3.0], [2e6])
    for layers, named in (
        (Layers([[2.0]], [[1.0]], [[1e6]]), "fill the hole"),
        (Layers([[-0.1]], [[1.0]], [[1e6]]), "thickness"),
        (Layers([[0.1]], [[0.0]], [[1e6]]), "conductivity of layers"),
    ):
        with pytest.raises(ValueError, match=named):
            make_skins(shape, rock, layers)
    with pytest.raises(ValueError, match="conductivity"):
        make_skins(shape, Matter([-3.0], [2e6]))
    with pytest.raises(ValueError, match="rings"):
        make_skins(shape, rock, rings=0)
    with pytest.raises(ValueError, match="plane"):
        make_skins(Shape("plane", [1.0], [9.0], [1.0]), rock)
    with pytest.raises(ValueError, match="interval"):
        eliminate(make_skins(shape, rock), 0.0)
    with pytest.raises(ValueError, match="width"):
        host_reach(2.0, 0.0)
