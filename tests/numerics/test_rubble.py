import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import i0e

from comine.numerics.blocks import Rubble, heat_in_blocks
from comine.numerics.rubble import at_rest, heat_in_bed, make_bed, pass_through
from comine.numerics.skins import Matter
from comine.physics.packed_bed import effective_film, specific_surface
from tests.cases import case, load_case

FRONT = load_case("engineering/C04_packed_bed_Schumann_front")
LUMPED = 1e7  # conductivity of blocks without a resistance of their own
BED = FRONT["inputs"]
X, U, PHI, ROCK, WATER = (BED[name] for name in ("X_m", "u_m_s", "porosity", "rho_c_s", "rho_cp_f"))
FLOW = U * WATER  # through 1 m2
STOICHIOMETRIC = X / U * (1 - PHI) * ROCK / WATER
SURFACE = float(specific_surface(PHI, 0.3))


def schumann(xi, tau):
    """Temperature of the fluid at a place xi and a time tau after a step at the inlet."""

    def kernel(z):
        return np.exp(-((np.sqrt(tau) - np.sqrt(z)) ** 2)) * i0e(2 * np.sqrt(tau * z))

    return 1 - quad(kernel, 0.0, xi, points=[min(tau, 0.999 * xi)], limit=400)[0]


def schumann_bed(pieces, water=WATER):
    film = BED["h_v"] / SURFACE
    volume = np.full(pieces, X / pieces)
    return make_bed(volume, Rubble(PHI, 0.15, Matter(LUMPED, ROCK), film, water), shells=1)


def outlets(bed, times, pieces):
    """Outlet at given times after a step of the inlet from 0 to 1, with the ledger of each run."""
    found = []
    for time in times:
        steps = int(np.ceil(time / STOICHIOMETRIC * pieces))
        run = pass_through(bed, at_rest(bed, 0.0), FLOW, np.ones((steps, 2)), time / steps)
        gained = heat_in_bed(bed, run.state)
        assert gained == pytest.approx((run.entered - run.left).sum(), rel=1e-9)
        found.append(run.outlet[-1])
    return np.array(found)


@case("engineering/C04_packed_bed_Schumann_front")
@pytest.mark.parametrize("water", [WATER, 0.0])
def test_front_in_a_packed_bed(water):
    """The heat of the fluid delays the front by the time that it takes through the voids."""
    expected, tolerance = FRONT["expected"], FRONT["tolerance"]["abs"]
    assert expected["t_stoich_days"] * 86400 == pytest.approx(STOICHIOMETRIC, rel=1e-9)
    xi = BED["h_v"] * X / FLOW
    assert expected["xi"] == pytest.approx(xi, rel=1e-9)
    wanted = [expected[f"Tf_star_at_{part}tst"] for part in ("0.7", "1.0", "1.3")]
    parts = np.array([0.7, 1.0, 1.3])
    assert [schumann(xi, part * xi) for part in parts] == pytest.approx(wanted, rel=1e-6)
    delay = PHI * X / U * water / WATER
    got = outlets(schumann_bed(100, water), parts * STOICHIOMETRIC + delay, 100)
    assert got == pytest.approx(wanted, abs=tolerance)


@pytest.mark.parametrize(("water", "finest"), [(WATER, 2e-4), (0.0, 7e-5)])
def test_order_of_the_front(water, finest, measured):
    xi, delay = BED["h_v"] * X / FLOW, PHI * X / U * water / WATER
    parts = np.array([0.7, 1.0, 1.3])
    exact = [schumann(xi, part * xi) for part in parts]
    errors = [
        np.max(
            np.abs(
                outlets(schumann_bed(pieces, water), parts * STOICHIOMETRIC + delay, pieces) - exact
            )
        )
        for pieces in (50, 100, 200)
    ]
    what = "front in a packed bed" + (", no heat in the fluid" if water == 0.0 else "")
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    measured.order("porous", f"{what} (50, 100, 200 pieces)", orders, 1.8)
    measured.deviation("porous", f"{what}, 200 pieces", "Schumann", errors[-1], finest, "")


def test_blocks_that_conduct_differ_little_from_one_resistance(measured):
    """The linear driving force is near a front that passes slowly against the block's time."""
    film = 47.37653384799522
    assert effective_film(film, 0.3, 3.0) * SURFACE == pytest.approx(BED["h_v"], rel=1e-9)
    bed = make_bed(np.full(100, X / 100), Rubble(PHI, 0.15, Matter(3.0, ROCK), film, WATER))
    times = np.array([0.7, 1.0, 1.3]) * STOICHIOMETRIC + PHI * X / U
    expected = [FRONT["expected"][f"Tf_star_at_{part}tst"] for part in ("0.7", "1.0", "1.3")]
    what, error = "blocks of 0.3 m in shells, of the step", outlets(bed, times, 100) - expected
    measured.deviation("porous", what, "one resistance for film and block", error, 0.002, "")


def test_small_blocks_follow_the_fluid():
    """Local equilibrium: the front moves with the flow over the heat of rock and water."""
    pieces = 200
    powder = Rubble(PHI, 1e-3, Matter(3.0, ROCK), 1e3, WATER)
    bed = make_bed(np.full(pieces, X / pieces), powder, 1)
    bulk = PHI * WATER + (1 - PHI) * ROCK
    half = X * bulk / FLOW / 2  # the front is in the middle
    run = pass_through(bed, at_rest(bed, 0.0), FLOW, np.ones((400, 2)), half / 400)
    place = (np.arange(pieces) + 0.5) * X / pieces
    assert np.interp(0.5, 1 - run.state.fluid, place) == pytest.approx(X / 2, abs=X / pieces / 2)
    assert run.state.fluid.sum() * X / pieces == pytest.approx(X / 2, rel=1e-4)
    wide = np.ptp(place[(run.state.fluid > 0.05) & (run.state.fluid < 0.95)])
    assert wide < 0.05 * X  # ten pieces
    assert np.max(np.abs(run.state.blocks - run.state.fluid)) < 0.02
    assert -1e-3 < run.state.fluid.min() <= run.state.fluid.max() < 1 + 1e-3


def sphere_with_film(biot, fourier):
    """Mean of a sphere that was 1, in a fluid of 0: roots of 1 - b cot b = Bi."""
    total = 0.0
    for n in range(200):
        low, high = n * np.pi + 1e-9, (n + 1) * np.pi - 1e-9
        b = brentq(lambda b: (1 - biot) * np.sin(b) - b * np.cos(b), low, high)
        amplitude = 4 * (np.sin(b) - b * np.cos(b)) / (2 * b - np.sin(2 * b))
        mean = 3 * (np.sin(b) - b * np.cos(b)) / b**3
        total += amplitude * mean * np.exp(-(b**2) * fourier)
    return total


@pytest.mark.parametrize("biot", [0.1, 1.0, 10.0])
def test_one_block_with_a_film(biot, measured):
    """A single piece with so much flow that the fluid keeps its inlet."""
    radius, k = 0.5, 3.0
    rubble = Rubble(0.4, radius, Matter(k, ROCK), biot * k / radius, WATER)
    bed = make_bed([1.0], rubble, shells=32)
    state = at_rest(bed, 1.0)
    for fourier in (0.05, 0.2, 0.5):
        steps = 200
        seconds = fourier * radius**2 * ROCK / k
        run = pass_through(bed, state, 1e12, np.zeros((steps, 2)), seconds / steps)
        left = float(heat_in_blocks(bed.blocks, run.state.blocks)[0]) / (0.6 * ROCK)
        error = left / sphere_with_film(biot, fourier) - 1.0
        what = "sphere with a film, Biot numbers 0.1 to 10, 32 shells, mean"
        measured.deviation("porous", what, "series", error, 0.001)


def mixed_bed(seed):
    """Pieces of all sizes, blocks of four decades."""
    rng = np.random.default_rng(seed)
    n = 12
    rubble = Rubble(
        rng.uniform(0.1, 0.6, n),
        10 ** rng.uniform(-3.0, 0.5, (2, n)),
        Matter(rng.uniform(1.0, 5.0, n), rng.uniform(1.5e6, 3e6, n)),
        10 ** rng.uniform(0.0, 3.0, (2, n)),
        rng.choice([0.0, 1.2e3, 4.1e6], n),
        share=rng.choice([[0.0, 0.3], [1.0, 0.7]], n, axis=1),
    )
    return make_bed(rng.uniform(0.1, 50.0, n), rubble), rng


@given(st.integers(0, 500), st.floats(1.0, 1e5), st.floats(1.0, 1e7), st.sampled_from([-1, 1]))
@settings(max_examples=30)
def test_heat_is_kept_to_rounding(seed, flow, step, sign):
    bed, rng = mixed_bed(seed)
    start = at_rest(bed, rng.uniform(290.0, 350.0, 12))
    run = pass_through(bed, start, sign * flow, rng.uniform(280.0, 360.0, (20, 2)), step)
    gained = heat_in_bed(bed, run.state) - heat_in_bed(bed, start)
    gross = run.entered.sum() + heat_in_bed(bed, start)
    assert gained == pytest.approx((run.entered - run.left).sum(), abs=1e-11 * gross)


@given(st.integers(0, 500), st.floats(1.0, 1e5), st.floats(1.0, 1e7))
@settings(max_examples=30)
def test_what_has_one_temperature_keeps_it(seed, flow, step):
    bed, _ = mixed_bed(seed)
    run = pass_through(bed, at_rest(bed, 333.0), flow, np.full((10, 2), 333.0), step)
    assert np.max(np.abs(run.state.fluid - 333.0)) < 1e-8
    assert np.max(np.abs(run.state.blocks - 333.0)) < 1e-8
    assert np.max(np.abs(run.outlet - 333.0)) < 1e-8


def test_the_other_way_round_is_the_mirror_image():
    rubble = Rubble(0.3, [0.1, 0.2, 0.4], Matter(3.0, ROCK), 40.0, WATER)
    bed = make_bed([1.0, 2.0, 3.0], rubble)
    mirror = make_bed([3.0, 2.0, 1.0], rubble._replace(radius=[0.4, 0.2, 0.1]))
    inlet = np.linspace(0.0, 1.0, 20).reshape(10, 2)
    start = np.array([0.2, 0.9, 0.4])
    there = pass_through(bed, at_rest(bed, start), 50.0, inlet, 3600.0)
    back = pass_through(mirror, at_rest(mirror, start[::-1]), -50.0, inlet, 3600.0)
    np.testing.assert_allclose(back.outlet, there.outlet, rtol=1e-12)
    np.testing.assert_allclose(back.state.fluid, there.state.fluid[::-1], rtol=1e-12)


def warm_wave(pieces):
    """Outlet through a warm hour after hour, pieces and steps refined together."""
    rubble = Rubble(0.3, 0.15, Matter(3.0, 2.3e6), 47.4, WATER)
    bed = make_bed(np.full(pieces, 10.0 / pieces), rubble)
    steps = 4 * pieces
    ends = np.stack([np.arange(steps) + 1 - np.sqrt(0.5), np.arange(steps) + 1.0], axis=1)
    inlet = 0.5 * (1 - np.cos(2 * np.pi * ends / steps))
    run = pass_through(bed, at_rest(bed, 0.0), 410.0, inlet, 48 * 3600.0 / steps)
    every = steps // 80
    return run.outlet[every - 1 :: every]


def test_order_of_a_smooth_wave():
    finest = warm_wave(640)
    errors = [np.mean(np.abs(warm_wave(pieces) - finest)) for pieces in (20, 40, 80)]
    assert np.all(np.log2(np.divide(errors[:-1], errors[1:])) > 1.7)


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({"porosity": 1.0}, "porosity: got 1"),
        ({"radius": -1.0}, "radius: got -1"),
        ({"film": 0.0}, "film: got 0"),
        ({"fluid_capacity": -1.0}, "fluid_capacity: got -1"),
        ({"matter": Matter(0.0, 2e6)}, "conductivity"),
    ],
)
def test_bad_beds_are_refused(what, message):
    parts = {
        "porosity": 0.3,
        "radius": 0.1,
        "matter": Matter(3.0, 2e6),
        "film": 40.0,
        "fluid_capacity": 4e6,
    }
    with pytest.raises(ValueError, match=message):
        make_bed(1.0, Rubble(**(parts | what)))


def test_bad_runs_are_refused():
    bed = make_bed([1.0], Rubble(0.3, 0.1, Matter(3.0, 2e6), 40.0, 4e6))
    state = at_rest(bed, 300.0)
    with pytest.raises(ValueError, match="inlet: got shape"):
        pass_through(bed, state, 1.0, [300.0], 1.0)
    with pytest.raises(ValueError, match="inlet: got nan"):
        pass_through(bed, state, 1.0, [[300.0, np.nan]], 1.0)
    with pytest.raises(ValueError, match="flow: got 0"):
        pass_through(bed, state, 0.0, [[300.0, 300.0]], 1.0)
    with pytest.raises(ValueError, match="step: got 0"):
        pass_through(bed, state, 1.0, [[300.0, 300.0]], 0.0)
