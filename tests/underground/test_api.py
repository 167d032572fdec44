"""Rock, openings and schedules as objects: against exact solutions, and what a run promises."""

import tracemalloc

import numpy as np
import pytest
import xarray as xr

from comine.numerics.coupled import CoupledControl, StoppedError
from comine.numerics.grid import Grid
from comine.physics.fracture import single_fracture_fraction
from comine.underground import (
    DRY_AIR,
    WATER,
    Change,
    Fluid,
    Fracture,
    Layer,
    Outlet,
    Part,
    Porous,
    Rock,
    Rubble,
    Schedule,
    Screen,
    Steps,
    Tube,
    Underground,
    Zone,
    grid_for,
    run,
)
from comine.underground.checkpoint import CheckpointError
from comine.underground.rock import GriddedRock
from tests.numerics.skin_rig import CAPACITY, CONDUCTIVITY, DAY, YEAR, graded_edges
from tests.numerics.test_coupled import exact_pair

MONTH = YEAR / 12
EVEN = Rock(CONDUCTIVITY, CAPACITY, 300.0, gradient=0.0)
GRANITE = Rock(3.0, 2.25e6, 283.15, gradient=0.03)
ENDLESS = 1e12
"""Flow that no wall changes the temperature of [kg/s]."""


def well(**changed):
    given = {
        "name": "well",
        "points": ((0, 0, 50), (0, 0, 450)),
        "radius": 0.1,
        "fluid": WATER,
        "flow": 2.0,
        "inlet": 280.0,
    }
    return Tube(**given | changed)


def small(*openings, rock=GRANITE, **more):
    openings = openings or (well(),)
    grid = grid_for(rock, openings, YEAR, 8000, more.get("changes", ()))
    return Underground(grid, rock, openings, **more)


def test_a_hot_and_a_cold_airway_side_by_side_are_exact(measured):
    across = graded_edges(10.0)
    grid = Grid(np.arange(-100.0, 401.0, 20.0), across, across + 500.0)
    pair = [
        Tube(name, ((0, y, 500), (300, y, 500)), 2.0, DRY_AIR, ENDLESS, warm, film=20.0, piece=20)
        for name, y, warm in (("hot", 0.0, 310.0), ("cold", 10.0, 295.0))
    ]
    underground = Underground(grid, EVEN, pair, control=CoupledControl(linear=1e-8))
    ends = np.geomspace(DAY, YEAR, 25)
    found = run(underground, Schedule(every=ends.tolist(), longest=YEAR), YEAR)
    begin = np.concatenate([[0.0], ends[:-1]])
    points, weights = np.polynomial.legendre.leggauss(4)
    times = begin[1:, None] + (points + 1) / 2 * np.diff(ends)[:, None]
    exact = exact_pair(times.ravel(), (2.0, 2.0), 10.0, (10.0, -5.0), (20.0, 20.0))
    exact = (exact.reshape(*times.shape, 2) * weights[:, None] / 2).sum(axis=1)
    middle = np.isclose(found.piece_x, 150.0)
    heat = -found.piece_heat.values[1:, middle] / 20.0
    what = "notebook: two airways 10 m apart, hot and cold, mean heats of a day to a year"
    measured.deviation("engine", what, "Laplace transform", heat / exact - 1.0, 0.011)
    assert found.residual < 1e-9
    assert float(found.ledger_carrier_residual.max()) < 1e-12


def test_water_along_a_fracture_is_warmed_as_by_lauwerier(measured):
    """A little more: heat comes around the inlet's edge, k dT a metre at most."""
    across = graded_edges(5.0, until=100.0)
    grid = Grid(np.arange(-60.0, 261.0, 10.0), across, np.arange(800.0, 1201.0, 10.0))
    corners = ((0, 0, 900), (200, 0, 900), (200, 0, 1100), (0, 0, 1100))
    fracture = Fracture("fracture", corners, 1e-3, 4.0, 290.0, pieces=(40, 5))
    underground = Underground(grid, EVEN, [fracture])
    times = np.geomspace(10 * DAY, 2 * YEAR, 30)
    found = run(underground, Schedule(every=times.tolist(), longest=YEAR), 2 * YEAR)
    row = np.isclose(found.piece_z, 1000.0)
    x = found.piece_x.values[row] + 2.5
    late = found.isel(time=found.time > 0.5 * YEAR)
    left = single_fracture_fraction(
        late.time.values[:, None],
        200.0 * x,
        4.0 * WATER.heat_capacity,
        CONDUCTIVITY,
        CONDUCTIVITY / CAPACITY,
        1e-3 * WATER.heat_capacity * WATER.density,
    )
    exact = 290.0 + 10.0 * left
    error = late.fluid_temperature.values[:, row] - exact
    around = CONDUCTIVITY * 10.0 * 200.0 / (4.0 * WATER.heat_capacity)  # k dT of the inlet's edge
    assert np.all(error > 0) and error.max() < around
    what = "notebook: water along a fracture of 200 m, half a year on, second half"
    measured.deviation("engine", what, "Lauwerier", error[:, 20:-2], 0.19, "K")


def test_halves_in_a_chain_are_the_whole(measured):
    whole = well(piece=25.0)
    upper = well(name="upper", points=((0, 0, 50), (0, 0, 250)), piece=25.0)
    lower = well(name="lower", points=((0, 0, 250), (0, 0, 450)), piece=25.0, inlet=Outlet("upper"))
    grid = grid_for(GRANITE, [whole], YEAR, 8000)
    one, two = (
        run(Underground(grid, GRANITE, openings), Schedule(), YEAR / 2)
        for openings in ([whole], [lower, upper])
    )
    assert two.opening.values.tolist() == ["lower", "upper"]
    error = (one.outlet_temperature[:, 0] - two.outlet_temperature[:, 0]).values
    measured.deviation("engine", "notebook: two halves of a well", "the whole", error, 1e-9, "K")
    assert np.allclose(one.heat[:, 0], two.heat.sum("opening"), rtol=1e-9)


def test_a_loop_settles_where_the_rock_gives_what_is_taken():
    down = well(name="down", inlet=Outlet("up", heat=-4e4))
    zone = Fracture(
        "zone",
        ((0, 0, 450), (80, 0, 450), (80, 0, 530), (0, 0, 530)),
        1e-3,
        2.0,
        Outlet("down"),
        enters=[(2, 0, 452)],
        leaves=[(78, 0, 452)],
        pieces=(8, 8),
    )
    up = well(name="up", points=((80, 0, 450), (80, 0, 50)), inlet=Outlet("zone"))
    found = run(small(down, zone, up), Schedule(), YEAR)
    cooled = found.outlet_temperature.sel(opening="up") - found.inlet_temperature.sel(
        opening="down"
    )
    assert float(cooled[-1]) == pytest.approx(4e4 / (2.0 * WATER.heat_capacity), abs=0.1)
    assert float(found.heat[-1].sum()) == pytest.approx(4e4, rel=0.02)
    assert float(found.ledger_carrier_residual.max()) < 1e-10


def test_places_are_named_by_opening():
    channels = small(well(), well(name="next", points=((40, 0, 50), (40, 0, 450)),
                                  inlet=Outlet("well"))).channels  # fmt: skip
    named = [channels.at(volume) for volume in (0, 8, 16)]
    assert named == ["well at (0, 0, 75) m", "next at (40, 0, 75) m", "the way to next"]


def test_a_lining_resists_as_a_cylinder():
    lined = well(layers=(Layer(0.02, 0.5),), film=np.inf)
    assert lined.rock_film == pytest.approx(0.5 / (0.1 * np.log(0.1 / 0.08)))
    bare, behind = (run(small(each), Schedule(), YEAR / 4) for each in (well(), lined))
    assert float(behind.heat[-1, 0]) < 0.95 * float(bare.heat[-1, 0])
    gap = behind.wall_temperature - behind.fluid_temperature
    area = 2 * np.pi * 0.1 * behind.piece_length
    across = behind.piece_heat / area / lined.rock_film
    inner = slice(1, None)  # in the mean of the piece, between its ends
    assert np.allclose(gap[-1, inner], across[-1, inner], rtol=0.05)


def test_flow_in_steps_begins_and_ends_when_they_say():
    flow = Steps((0.0, 2.5 * MONTH), (2.0, 0.0))
    found = run(small(well(flow=flow)), Schedule(), 5 * MONTH)
    heat = found.heat.values[:, 0]
    assert np.all(heat[:3] > 0) and np.all(heat[3:] == 0)
    assert np.any(np.isclose(found.ledger_time, 2.5 * MONTH, rtol=1e-12))
    wall = found.wall_temperature.mean("piece").values
    assert wall[2] < wall[3] < wall[4]


def test_layers_of_rock_have_their_steady_temperature():
    zone = Zone("salt", (-1e4, -1e4, 200.0), (1e4, 1e4, 300.0), 6.0, 2e6)
    grid = Grid(np.arange(0, 41.0, 20.0), np.arange(0, 41.0, 20.0), np.arange(0, 501.0, 10.0))
    rock = GriddedRock(grid, Rock(3.0, 2e6, 280.0, flux=0.09, zones=(zone,)))
    points = np.array([[20.0, 20.0, z] for z in (105.0, 205.0, 245.0, 305.0, 405.0)])
    exact = 280.0 + 0.09 * np.array([35.0, 200 / 3 + 5 / 6, 200 / 3 + 45 / 6, 250 / 3 + 5 / 3, 0])
    exact[-1] = 280.0 + 0.09 * (250 / 3 + 105 / 3)
    assert rock.undisturbed(points) == pytest.approx(exact, abs=1e-6)
    assert rock.matter(points)[0].tolist() == [3.0, 6.0, 6.0, 3.0, 3.0]


def test_rock_that_makes_heat_and_conducts_by_temperature_follows_kirchhoff(measured):
    """k = 3/(1 + b T'): T' = (exp(b q z/3) - 1)/b; even rock that makes heat, a parabola."""
    grid = Grid([0.0, 50.0], [0.0, 50.0], np.arange(0, 4001.0, 20.0))
    b, flux = 1e-3, 0.09
    rock = Rock(lambda t: 3.0 / (1 + b * (t - 280.0)), 2e6, 280.0, flux=flux)
    z = grid.centres[2]
    exact = 280.0 + np.expm1(b * flux * z / 3.0) / b
    what = "notebook: undisturbed rock of k(T), cells of 20 m"
    error = GriddedRock(grid, rock).cells[0, 0] - exact
    measured.deviation("engine", what, "Kirchhoff", error, 0.01, "K")
    made = Rock(3.0, 2e6, 280.0, gradient=0.03, heat_production=3e-6)
    assert float(made.undisturbed(2000.0)) == pytest.approx(280 + 60 - 3e-6 * 4e6 / 6)
    assert GriddedRock(grid, made).cells[0, 0] == pytest.approx(made.undisturbed(z))


def test_cells_that_hold_temperatures_give_what_departures_give():
    following = Rock(lambda t: 3.0 + 0.0 * t, 2.25e6, 283.15, gradient=0.03)
    one, two = (run(small(rock=rock), Schedule(), YEAR / 2) for rock in (GRANITE, following))
    assert np.abs(one.outlet_temperature - two.outlet_temperature).max() < 1e-9
    assert np.abs(one.axis_temperature - two.axis_temperature).max() < 1e-6


def test_heat_of_exchanged_matter_is_in_the_account_and_warms_what_is_near():
    fill = Change("fill", (50, -20, 200), (90, 20, 300), 3.0, 2.25e6, 2 * MONTH, 330.0)
    found = run(small(changes=(fill,)), Schedule(keep=(4 * MONTH,)), 4 * MONTH)
    rise = 330.0 - float(GRANITE.undisturbed(250.0))
    assert float(found.ledger_matter.sum()) == pytest.approx(2.25e6 * 160000 * rise, rel=1e-9)
    assert found.residual < 1e-8
    inside = found.temperature[0].sel(x=70, y=0, z=250, method="nearest")
    assert 325.0 < float(inside) < 330.1
    assert float(found.temperature[0].sel(x=45, y=0, z=250, method="nearest")) > 291.0


@pytest.fixture(scope="module")
def whole():
    return run(small(), Schedule(keep=(2 * MONTH,)), 6 * MONTH)


def test_a_run_that_was_cut_off_goes_on_to_the_same_bytes(tmp_path, whole):
    file = tmp_path / "run.npz"
    schedule = Schedule(keep=(2 * MONTH,))

    def cut(time):
        if time > 2.5 * MONTH:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(small(), schedule, 6 * MONTH, file, told=cut)
    begun = list[float]()
    again = run(small(), schedule, 6 * MONTH, file, told=begun.append)
    assert np.allclose(np.array(begun) / MONTH, [4, 5, 6])
    xr.testing.assert_identical(again, whole)
    assert not list(tmp_path.glob("*.part"))
    once_more = run(small(), schedule, 6 * MONTH, file, told=begun.append)
    assert len(begun) == 3
    xr.testing.assert_identical(once_more, whole)
    longer = run(small(), schedule, 8 * MONTH, file)
    xr.testing.assert_identical(longer, run(small(), schedule, 8 * MONTH))


@pytest.mark.parametrize(
    ("openings", "schedule", "more", "named"),
    [
        ((well(flow=2.1),), Schedule(), {}, "other rock"),
        ((well(inlet=lambda time: 280.0 + 1e-8 * time),), Schedule(), {}, "other rock"),
        ((well(),), Schedule(longest=MONTH / 2), {}, "other rock"),
        ((well(),), Schedule(begins=(MONTH,)), {}, "other rock"),
        ((well(),), Schedule(), {"control": CoupledControl(linear=1e-7)}, "other rock"),
        ((well(),), Schedule(), {"rock": Rock(3.1, 2.25e6, 283.15, gradient=0.03)}, "other rock"),
        ((well(),), Schedule(every=MONTH / 2), {}, "other times"),
    ],
    ids=["flow", "inlet", "steps", "begins", "control", "rock", "times"],
)
def test_a_checkpoint_of_another_run_is_refused(tmp_path, openings, schedule, more, named):
    file = tmp_path / "run.npz"
    run(small(), Schedule(), 2 * MONTH, file)
    with pytest.raises(CheckpointError, match=named):
        run(small(*openings, **more), schedule, 4 * MONTH, file)


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path):
    file = tmp_path / "run.npz"
    file.write_text("nothing", encoding="utf-8")
    with pytest.raises(CheckpointError, match="is no checkpoint"):
        run(small(), Schedule(), MONTH, file)


def test_a_run_that_stops_says_where_and_names_the_last_good_checkpoint(tmp_path):
    file = tmp_path / "run.npz"
    control = CoupledControl(tolerance=1e-5, shortest=DAY)
    jump = Steps((0.0, 2 * MONTH), (283.0, 400.0))
    underground = small(well(inlet=jump), control=control)
    with pytest.raises(
        StoppedError, match=r"\(.*\) m;.*checkpoint, .*run\.npz, holds 5.2596e\+06 s"
    ):
        run(underground, Schedule(), 6 * MONTH, file)
    assert file.exists()


def test_datasets_go_through_netcdf(tmp_path, whole):
    whole.to_netcdf(tmp_path / "run.nc", engine="h5netcdf")
    with xr.open_dataset(tmp_path / "run.nc", engine="h5netcdf") as again:
        xr.testing.assert_identical(again.load(), whole)
    units = {name: whole[name].attrs.get("units") for name in whole}
    assert units["outlet_temperature"] == "K" and units["heat"] == "W"
    assert all(units.values())


def test_snapshots_are_kept_at_their_times_only(whole):
    assert whole.snapshot.values.tolist() == [2 * MONTH]
    far = whole.temperature[0, 0, 0]
    assert far.values == pytest.approx(GRANITE.undisturbed(whole.z), abs=0.01)


def test_a_part_is_an_opening_and_its_reports_are_in_the_dataset():
    underground = small()
    (part,) = underground.parts
    foreign = Part("foreign", *part[1:])
    found = run(
        Underground(underground.grid, GRANITE, [foreign]), Schedule(begins=(0.0,)), 3 * MONTH
    )
    direct = run(underground, Schedule(), 3 * MONTH)
    assert np.array_equal(found["foreign wall_heat"], direct.piece_heat)
    assert np.array_equal(found["foreign wall_temperature"], direct.wall_temperature)


SALT = Zone("salt", (0, 0, 300), (600, 600, 400), 5.0, 2e6)


@pytest.mark.parametrize(
    ("conductivity", "zones"),
    [(3.0, ()), (lambda t: 3.0 / (1 + 1e-3 * (t - 283.0)), ()), (3.0, (SALT,))],
    ids=["even", "following", "zones"],
)
def test_memory_is_stated_before_the_run(conductivity, zones):
    edges = np.linspace(0.0, 600.0, 25)
    rock = Rock(conductivity, 2.25e6, 283.15, gradient=0.03, zones=zones)
    hole = well(points=((300, 300, 100), (300, 300, 500)))

    underground = Underground(Grid(edges, edges, edges), rock, [hole])
    schedule = Schedule(YEAR / 4, longest=YEAR / 4)
    run(underground, schedule, YEAR / 2)  # compiles
    again = Underground(Grid(edges, edges, edges), rock, [hole])
    tracemalloc.start()
    run(again, schedule, YEAR / 2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0.8 < peak / again.memory < 1.1


def test_objects_print_themselves_and_state_the_memory():
    brine = Fluid("brine", 3800.0, 1080.0)
    fill = Change("fill", (50, -20, 200), (90, 20, 300), 3.0, 2.25e6, YEAR, 330.0)
    text = str(small(well(fluid=brine, flow=Steps((0.0,), (1.0,))), changes=(fill,)))
    for named in ("cells", "0.03 K/m", "kg/s of brine", "fill from", "8 skins", "MB to run"):
        assert named in text, named


def sand(*screens, **changed):
    given = {"conductivity": 1e-3, "heat_capacity": 2.7e6, "screens": screens}
    return Porous("sand", (0, -20, 480), (300, 20, 520), **given | changed)


def doublet(flow=2.0):
    down = Screen("down", ((5, -20, 500), (5, 20, 500)), flow, 290.0)
    return down, Screen("up", ((295, -20, 500), (295, 20, 500)), -flow)


def test_a_cold_front_crosses_porous_rock_when_the_water_has_changed_its_heat(measured):
    """Rock that hardly conducts: half way down when the front is in the middle of the last cell."""
    edges = np.arange(-60.0, 61.0, 40.0)
    grid = Grid(np.arange(-100.0, 401.0, 10.0), edges, edges + 500.0)
    rock = Rock(1e-3, 2.25e6, 320.0, gradient=0.0, zones=(sand(*doublet()),))
    whole = 300.0 * 40.0 * 40.0 * 2.7e6 / (2.0 * WATER.heat_capacity)
    found = run(Underground(grid, rock, []), Schedule(whole / 40, longest=whole / 40), 2 * whole)
    warm = found.screen_temperature.sel(screen="up").values
    half = np.interp(305.0, warm[::-1], found.time.values[::-1] / whole)
    what = "notebook: time in which a cold front crosses porous rock"
    measured.deviation("engine", what, "exchange of its heat", half - 295.0 / 300.0, 0.015)
    assert found.residual < 1e-8


def test_a_well_beside_a_porous_zone_runs_in_one_rock_with_it():
    zone = sand(*doublet(), conductivity=2.5)
    rock = Rock(3.0, 2.25e6, 283.15, gradient=0.03, zones=(zone,))
    beside = well(points=((150, 80, 420), (150, 80, 580)), piece=20.0)
    grid = grid_for(rock, [beside], YEAR, 20_000)
    found = run(Underground(grid, rock, [beside]), Schedule(), YEAR / 4)
    alone = run(
        Underground(grid, Rock(3.0, 2.25e6, 283.15, gradient=0.03), [beside]), Schedule(), YEAR / 4
    )
    assert found.outlet_temperature.values == pytest.approx(alone.outlet_temperature, abs=0.01)
    assert found.residual < 1e-8


def test_small_blocks_of_rubble_are_porous_rock_and_large_ones_spread_the_front(measured):
    edges = np.arange(-60.0, 61.0, 40.0)
    grid = Grid(np.arange(-100.0, 401.0, 10.0), edges, edges + 500.0)
    porosity, blocks = 0.3, 2.3e6
    both = porosity * WATER.density * WATER.heat_capacity + (1 - porosity) * blocks
    box = ((0, -20, 480), (300, 20, 520))
    zones = [
        Porous("sand", *box, 1e-3, both, doublet()),
        *(
            Rubble("cave", *box, 1e-3, blocks, doublet(), radius=radius, film=1e3)
            for radius in (0.05, 5.0)
        ),
    ]
    whole = 300.0 * 40.0 * 40.0 * both / (2.0 * WATER.heat_capacity)
    warm = []
    for zone in zones:
        rock = Rock(1e-3, 2.25e6, 320.0, gradient=0.0, zones=(zone,))
        found = run(Underground(grid, rock, []), Schedule(whole / 30, longest=whole / 30), whole)
        warm.append(found.screen_temperature.sel(screen="up").values)
        assert found.residual < 1e-8
    what = "notebook: front of 30 K through rubble of 0.05 m"
    measured.deviation("engine", what, "porous rock", warm[1] - warm[0], 0.2, "K")
    assert np.abs(warm[2] - warm[0]).max() > 1.0
    assert float(np.abs(found.ledger_blocks).sum()) > 0
