"""What the equations of moist air hold through a stage, whatever the guess."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from comine.numerics.carrier import Walls
from comine.numerics.skin_stage import respond
from comine.physics import Array
from comine.physics.airway import atkinson_resistance, pressure_drop
from comine.underground.air_control import Coolers
from comine.underground.air_draught import (
    Airways,
    Draught,
    Index,
    Lining,
    Network,
    at_time,
    directed,
)
from comine.underground.airflow import Air, Sources
from comine.underground.piece import GRAVITY


class Held(NamedTuple):
    """Flows, sources and walls of a stage."""

    walls: Walls
    """For which it was made."""
    draught: Draught
    outside: Air
    sources: Sources
    """Where air passes, (volumes,)."""
    lift: Array
    """Descent along the flow times gravity, (volumes,) [J/kg]."""
    single: Array
    """Flow of dry air through one opening, (volumes,) [kg/s]."""
    drag: Array
    """Pressure lost at 1 kg/m3, (volumes,) [Pa]."""
    opened: Index
    """Skins whose wall air passes; all that follows is theirs, (opened,)."""
    piece: Index
    """Volumes that they line."""
    area: Array
    """[m2]"""
    wets: Array
    """Area where the wall is wet, else 0 [m2]."""
    skin: tuple[Array, Array, Array]
    """Heat into the skins with wall and host at nil [W], by the wall's and the host's temperature
    [W/K]."""

    def serves(self, walls: Walls) -> bool:
        """Whether it is that of these walls' stage too."""
        own = self.walls
        return (
            walls.time == own.time
            and walls.elimination is own.elimination
            and np.array_equal(walls.rings, own.rings)
        )


class Mine(NamedTuple):
    """What a mine's air flows through, and what it is given."""

    airways: Airways
    network: Network
    lining: Lining
    sources: Callable[[float], Sources] | None
    coolers: Coolers


def held(mine: Mine, walls: Walls) -> Held:
    """Flows, sources and walls of the stage of these walls."""
    ways, net, time = mine.airways, mine.network, walls.time
    size = int(ways.length.size)
    draught = directed(
        net.links, at_time(net.flow, time), net.doors, at_time(net.entering, time), size
    )
    single = draught.flow / ways.parallel
    resists = atkinson_resistance(ways.friction, ways.length, ways.perimeter, ways.area)
    lining = mine.lining
    passed = draught.moves[lining.piece]
    if lining.opened is not None:
        passed = passed & lining.opened(time)
    opened = np.flatnonzero(passed)
    area = walls.elimination.skins.wall_area[opened]
    response = respond(walls.elimination, walls.rings, np.inf)
    return Held(
        walls,
        draught,
        net.outside(time),
        _given(mine, draught, time),
        GRAVITY * ways.fall * draught.forward,
        single,
        pressure_drop(resists, single, 1.0),
        opened,
        lining.piece[opened],
        area,
        area * lining.wet[opened],
        (response.wall[opened], response.wall_fluid[opened], response.wall_host[opened]),
    )


def _given(mine: Mine, draught: Draught, time: float) -> Sources:
    """Heat and water where air passes."""
    given = Sources.none(draught.flow.size) if mine.sources is None else mine.sources(time)
    passed = np.stack(list(vars(given).values())) * draught.moves
    if passed[:, mine.coolers.volumes].any():
        raise ValueError("sources: a cooler is given heat or water; give it to a piece")
    return Sources(*passed)
