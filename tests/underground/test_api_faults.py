"""Rock, grids, openings and schedules that cannot be run are refused, all faults at once."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comine.numerics.grid import Grid
from comine.underground import (
    WATER,
    Change,
    Fluid,
    Fracture,
    Layer,
    Outlet,
    Porous,
    Rock,
    Schedule,
    Screen,
    Steps,
    Tube,
    Underground,
    Zone,
    run,
)
from comine.underground.faults import UndergroundError
from comine.underground.spacing import segment_distances
from tests.numerics.skin_rig import YEAR

GRID = Grid(*[np.arange(0.0, 401.0, 10.0)] * 3)
ROCK = Rock(3.0, 2.25e6, 283.15, gradient=0.03)
CORNERS = ((150, 200, 150), (250, 200, 150), (250, 200, 250), (150, 200, 250))
NAN = float("nan")


def tube(**changed):
    start = {
        "name": "hole",
        "points": ((200, 100, 100), (200, 100, 300)),
        "radius": 0.1,
        "fluid": WATER,
        "flow": 1.0,
        "inlet": 280.0,
    }
    return Tube(**start | changed)


def fracture(**changed):
    start = {"name": "slit", "corners": CORNERS, "aperture": 1e-3, "flow": 1.0, "inlet": 280.0}
    return Fracture(**start | changed)


def refused(*openings, rock=ROCK, changes=()):
    with pytest.raises(UndergroundError) as found:
        Underground(GRID, rock, openings, changes)
    return [str(fault) for fault in found.value.faults]


def test_what_is_sound_is_taken():
    Underground(GRID, ROCK, [tube(), fracture()])


BAD_TUBES = {
    "outside": ({"points": ((200, 100, 100), (200, 100, 500))}, "leaves the grid along z"),
    "near side": ({"points": ((10, 100, 100), (10, 100, 300))}, "too near to the side .* along x"),
    "no radius": ({"radius": 0.0}, "hole.radius: is out of range; got 0.0; give a radius above 0"),
    "radius nan": ({"radius": NAN}, "hole.radius: is not finite"),
    "points nan": ({"points": ((200, 100, NAN), (200, 100, 300))}, "hole.points: is not finite"),
    "one point": ({"points": ((200, 100, 100),)}, "hole.points: has no length"),
    "same points": ({"points": ((200, 100, 100),) * 2}, "hole.points: two .* are the same"),
    "short": ({"points": ((200, 100, 100), (200, 100, 120))}, "too coarse .* cells of 7.96 m"),
    "film": ({"film": 0.0}, "hole.film: is out of range"),
    "piece": ({"piece": 0.0}, "hole.piece: is out of range"),
    "layer": ({"layers": (Layer(-0.01, 1.0),)}, r"hole.layers\[0\].thickness: is out of range"),
    "thick": ({"layers": (Layer(0.1, 1.0),)}, "hole.layers: fill the opening"),
    "flow": ({"flow": -1.0}, "hole.flow: is out of range; got -1.0; .* turn the points round"),
    "flow nan": ({"flow": NAN}, "hole.flow: is not finite"),
    "steps": ({"flow": Steps((0.0, 1.0), (1.0,))}, "hole.flow: has not one value for each time"),
    "steps fall": ({"flow": Steps((1.0, 0.0), (1.0, 2.0))}, "hole.flow.times: is out of range"),
    "inlet": ({"inlet": -3.0}, "hole.inlet: is out of range; got -3.0; give a temperature"),
    "heat": ({"inlet": Outlet("hole", heat=NAN)}, "hole.inlet.heat: is not finite"),
    "source": ({"inlet": Outlet("hull")}, "hole.inlet: names no tube or fracture; got 'hull'"),
    "fluid": ({"fluid": Fluid("brine", 0.0, 1000.0)}, "hole.fluid.heat_capacity: is out of range"),
    "no name": ({"name": ""}, "a name is empty"),
    "text": ({"radius": "wide"}, "hole.radius: is no number; got 'wide'"),
}


@pytest.mark.parametrize(("changed", "named"), BAD_TUBES.values(), ids=BAD_TUBES.keys())
def test_a_tube_that_cannot_be(changed, named):
    (fault,) = refused(tube(**changed))
    assert re.search(named, fault), fault


BAD_FRACTURES = {
    "outside": ({"corners": [(x + 200, y, z) for x, y, z in CORNERS]}, "leaves the grid along x"),
    "near side": ({"corners": [(x, 20, z) for x, _, z in CORNERS]}, "too near .* along y"),
    "three": ({"corners": CORNERS[:3]}, "slit.corners: are not four"),
    "bent": ({"corners": (*CORNERS[:3], (150, 220, 250))}, "do not lie in one plane"),
    "crossed": ({"corners": [CORNERS[i] for i in (0, 2, 1, 3)]}, "span no area|not convex"),
    "flat": ({"corners": [CORNERS[0]] * 4}, "span no area"),
    "small": ({"corners": [(x, y, 150 + (z - 150) / 5) for x, y, z in CORNERS]}, "cells of 8 m"),
    "aperture": ({"aperture": 0.0}, "slit.aperture: is out of range"),
    "pieces": ({"pieces": (0, 4)}, "slit.pieces: are too few"),
    "no outlet": ({"leaves": ()}, "slit.leaves: its flow has no outlet"),
    "no inlet": ({"enters": ()}, "slit.enters: its flow has no inlet"),
}


@pytest.mark.parametrize(("changed", "named"), BAD_FRACTURES.values(), ids=BAD_FRACTURES.keys())
def test_a_fracture_that_cannot_be(changed, named):
    (fault,) = refused(fracture(**changed))
    assert re.search(named, fault), fault


IN, OUT = Screen("in", ((50, 50, 50),) * 2, 1.0, 290.0), Screen("out", ((90, 50, 50),) * 2, -1.0)


@pytest.mark.parametrize(
    ("screens", "named"),
    [
        ((), "sand: has no screens"),
        ((IN,), "sand: what flows in does not flow out; got 1 kg/s over; let its screens draw"),
        ((replace(IN, temperature=None), OUT), "sand.in.temperature: is not finite"),
        ((IN, replace(OUT, flow=0.0)), "sand.out.flow: is out of range"),
        (
            (IN, replace(OUT, ends=((90, 50, 50), (90, 50, 500)))),
            "out.ends: do not lie within",
        ),
    ],
)
def test_a_porous_zone_that_cannot_be(screens, named):
    zone = Porous("sand", (0.0, 0.0, 0.0), (100.0, 100.0, 100.0), 2.5, 2.7e6, screens)
    found = refused(tube(), rock=replace(ROCK, zones=(zone,)))
    assert re.search(named, found[0]), found


BOX = ((0.0, 0.0, 100.0), (400.0, 400.0, 200.0))
BAD_ROCKS = {
    "conductivity": ({"conductivity": -3.0}, "rock.conductivity: is out of range"),
    "capacity": ({"heat_capacity": NAN}, "rock.heat_capacity: is not finite"),
    "surface": ({"surface_temperature": 0.0}, "rock.surface_temperature: is out of range"),
    "production": ({"heat_production": np.inf}, "rock.heat_production: is not finite"),
    "twice": ({"flux": 0.09}, "said once; got gradient and flux"),
    "never": ({"gradient": None}, "said once; got none"),
    "gradient": ({"gradient": NAN}, "rock.gradient: is not finite"),
    "function": ({"conductivity": lambda t: 3.0 - 0.01 * t}, "rock.conductivity: is out of range"),
    "zone": ({"zones": (Zone("salt", *BOX, -5.0, 2e6),)}, "salt.conductivity: is out of range"),
    "corners": ({"zones": (Zone("salt", *BOX[::-1], 5.0, 2e6),)}, "salt: has no volume"),
    "face": ({"zones": (Zone("salt", BOX[0], (400, 400, 205), 5.0, 2e6),)}, "cuts cells along z"),
    "away": ({"zones": (Zone("salt", (0, 0, 500), (9, 9, 600), 5.0, 2e6),)}, "outside the grid"),
    "profile": (
        {
            "gradient": None,
            "profile": lambda z: 283 + 0.03 * z,
            "conductivity": lambda t: 3 + 0 * t,
        },
        "rock.profile: is not the steady state",
    ),
}


@pytest.mark.parametrize(("changed", "named"), BAD_ROCKS.values(), ids=BAD_ROCKS.keys())
def test_rock_that_cannot_be(changed, named):
    given = {
        "conductivity": 3.0,
        "heat_capacity": 2.25e6,
        "surface_temperature": 283.15,
        "gradient": 0.03,
    }
    (fault,) = refused(tube(), rock=Rock(**given | changed))
    assert re.search(named, fault), fault


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (Change("fill", *BOX, 3.0, 2e6, -1.0, 300.0), "fill.time: is out of range"),
        (Change("fill", *BOX, 3.0, 2e6, 1.0, NAN), "fill.temperature: is not finite"),
        (Change("fill", *BOX, 3.0, lambda t: 2e6 + t, 1.0, 300.0), "follow the temperature"),
        (Change("fill", *BOX, 0.0, 2e6, 1.0, 300.0), "fill.conductivity: is out of range"),
    ],
)
def test_a_change_that_cannot_be(change, named):
    (fault,) = refused(tube(), changes=[change])
    assert re.search(named, fault), fault


def test_openings_that_overlap_are_refused_unless_they_meet_in_a_point():
    crossing = tube(name="drift", points=((100, 101, 200), (300, 101, 200)), radius=2.0)
    (fault,) = refused(tube(), crossing)
    assert "hole: overlaps drift; got 1 m apart; move them 2.1 m apart" in fault
    back = ((200, 100, 100), (200, 100, 300), (200, 120, 300), (200, 120, 200), (200, 50, 200))
    (fault,) = refused(tube(points=back))
    assert "hole: overlaps itself" in fault
    branch = tube(name="branch", points=((200, 100, 300), (300, 100, 300)))
    Underground(GRID, ROCK, [tube(), branch])


def test_a_tube_along_a_fracture_needs_finer_cells_and_one_across_it_does_not():
    beside = tube(points=((200, 210, 120), (200, 210, 280)))
    (fault,) = refused(beside, fracture())
    assert "too coarse for it beside slit" in fault and "cells of 5 m would do" in fault
    Underground(GRID, ROCK, [tube(points=((200, 100, 200), (200, 300, 200))), fracture()])


def test_all_faults_are_told_at_once():
    found = refused(
        tube(radius=0.0, flow=NAN), tube(inlet=Outlet("nowhere")), rock=Rock(NAN, 2e6, 283.0)
    )
    words = ("is the name of several", "radius", "flow", "nowhere", "rock.conductivity", "once")
    assert all(any(word in fault for fault in found) for word in words), found
    assert len(found) == len(words)


def test_there_is_an_opening():
    assert refused() == ["openings: there is none; give one or more"]


@pytest.mark.parametrize(
    ("openings", "schedule", "until", "named"),
    [
        ([tube()], Schedule(), -1.0, "until: is out of range"),
        ([tube()], Schedule(every=0.0), YEAR, "schedule.every: does not rise"),
        ([tube()], Schedule(every=(2.0, 1.0)), YEAR, "schedule.every: does not rise"),
        ([tube()], Schedule(longest=0.0), YEAR, "schedule.longest: is out of range"),
        ([tube()], Schedule(keep=(2 * YEAR,)), YEAR, "schedule.keep: has times outside the run"),
        ([tube()], Schedule(begins=(-1.0,)), YEAR, "schedule.begins: has times outside the run"),
        ([tube(flow=lambda time: 1.0 - time / 1e7)], Schedule(), YEAR, "flow: is not a finite"),
        ([tube(inlet=lambda time: NAN)], Schedule(), YEAR, "hole.inlet: is no temperature"),
        ([tube(inlet=Outlet("hole")), fracture(flow=2.0, inlet=Outlet("hole"))], Schedule(), YEAR,
         "hole.flow: brings less than is taken from its outlet; got 1 kg/s at .* 3 taken"),
        ([tube(flow=Steps((YEAR / 2,), (1.0,))), fracture(inlet=Outlet("hole"))], Schedule(), YEAR,
         "slit.flow: flows out of openings in which nothing flows"),
    ],
)  # fmt: skip
def test_a_run_that_cannot_be(openings, schedule, until, named):
    with pytest.raises(UndergroundError, match=named):
        run(Underground(GRID, ROCK, openings), schedule, until)


numbers = st.floats(-10.0, 10.0)
points = st.tuples(numbers, numbers, numbers).map(np.array)


@given(points, points, points, points)
def test_distances_of_segments_are_the_least(a, b, c, d):
    if np.linalg.norm(b - a) < 1e-3 or np.linalg.norm(d - c) < 1e-3:
        return
    found = segment_distances(a, b, c[None], d[None])[0]

    s, t = np.meshgrid(*[np.linspace(0.0, 1.0, 201)] * 2, indexing="ij")
    between = a + s[..., None] * (b - a) - c - t[..., None] * (d - c)
    least = np.linalg.norm(between, axis=-1).min()
    slack = (np.linalg.norm(b - a) + np.linalg.norm(d - c)) / 400.0
    assert least - slack <= found <= least + 1e-9
