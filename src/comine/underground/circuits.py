"""Water circuits of heat systems as streams of the underground engine.

Each circuit is a chain: the exchanging rock (holes of a fan, or fractures side by side), a place
where its streams mix, and for wells the holes down to it and up from it. Water has the heat content
of its temperature under a standing column, and holds no heat itself.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack

from comine.models.heat_systems import HeatSystem, Installation
from comine.models.site import Site
from comine.numerics import Indices
from comine.numerics.between import Laid, laid
from comine.numerics.bundles import join
from comine.numerics.contents import KnownFlow
from comine.numerics.driven import DrivenStreams, MassFlow
from comine.numerics.embedded import Embedded
from comine.numerics.embedding import Cylinders, embed, embed_planes
from comine.numerics.grid import Grid
from comine.physics import Array
from comine.physics.pipe import GRAVITY
from comine.underground.exchangers import FractureZone, HoleFan
from comine.underground.openings import Branch
from comine.underground.rock_grid import Span, segment
from comine.underground.standing_water import StandingWater, standing_water

PIECES_OF_HOLE = 3
PIECES_OF_FRACTURE = 20
PIECE_OF_WELL = 100.0
"""Longest piece of a well [m]."""


class Skinned(NamedTuple):
    """Part of a circuit that exchanges heat: each skin touches the volume of its number."""

    embedded: Embedded
    middle: Array
    """Depth of the middle of each skin, shape (skins,) [m]."""
    film: Array
    """Film coefficient at its wall while water flows, shape (skins,) [W/m2/K]."""
    axes: Laid | None
    """Where its skins lie; nothing for fractures."""
    chains: int
    """Equal chains side by side, each of consecutive volumes in the direction of the water."""


@dataclass(frozen=True)
class Circuit:
    """A heat system in the rock: its skins, its streams, and where to read it."""

    name: str
    embedded: Embedded
    axes: Laid | None
    """Where the skins lie, if all are holes."""
    streams: DrivenStreams
    water: StandingWater
    undisturbed: Array
    """Rock temperature on the skins' axes, shape (skins,) [K]."""
    exchanger: int
    """Skins of the exchanging rock and the way down, the first ones; the others are on the way
    up."""
    foot: int
    """Volume in which the streams mix behind the exchanging rock."""
    outlet: int
    """Volume at the end of the circuit's own holes."""
    depth: Array
    """Of the middles of the volumes [m]."""
    well: int
    """Pieces of each well; none where pipes in a shaft lead down and up."""
    begun: Array
    """Contents of the volumes to begin with [J/kg]."""

    def buoyancy(self, temperature: Array, inlet: float, outlet: Array) -> Array:
        """Pressure by which the colder water that descends drives that which rises [Pa].

        `temperature` holds those of the volumes, shape (months, volumes), `inlet` and `outlet` are
        those of the water at the surface [K].
        """
        foot, sent = temperature[:, [self.foot]], np.full((len(temperature), 1), inlet)
        down, up = np.hstack([sent, sent]), np.hstack([foot, outlet[:, None]])
        depth = np.array([self.depth[self.foot] / 2])
        if self.well:
            first, last = slice(self.well), slice(self.foot - self.well, self.foot)
            down = np.hstack([sent, temperature[:, first]])
            up = np.hstack([foot, temperature[:, last]])
            depth = self.depth[first]
        dense, light = (
            self.water.density((leg[:, 1:] + leg[:, :-1]) / 2, deep).sum(axis=1)
            for leg, deep in ((down, depth), (up, depth[::-1]))
        )
        return np.asarray(GRAVITY * self.depth[self.foot] / depth.size * (dense - light))


def spans(installed: Installation) -> list[Span]:
    """Where a heat system's openings run."""
    exchanger = installed.exchanger
    found = [
        segment(*(np.array(installed.openings.nodes[end]) for end in (well.start, well.end)))
        for well in installed.wells
    ]
    if isinstance(exchanger, HoleFan):
        points = exchanger.holes.reshape(-1, 3)
        return [*found, Span(points.min(axis=0), points.max(axis=0))]
    assert isinstance(exchanger, FractureZone), "an exchanger is of one of the two kinds"
    return [*found, Span(*exchanger.box)]


def circuit(
    site: Site, grid: Grid, name: str, system: HeatSystem, installed: Installation, start: float
) -> Circuit:
    """Lay a heat system into the rock; its water flows from a time on [s]."""
    matter = (site.rock.conductivity, site.rock.conductivity / site.rock.diffusivity)
    rock = _exchanging(grid, matter, installed)
    wells = [_well(grid, matter, installed, well) for well in installed.wells]
    down, up = wells[:1], wells[1:]
    parts = [*down, rock, *up]
    embedded = join([part.embedded for part in parts])
    below, above = (sum(part.embedded.size for part in some) for some in (down, up))
    ways = _ways(below, above, rock)
    film = np.concatenate([part.film for part in parts])
    volumes = embedded.size + 1
    middles = np.concatenate([part.middle for part in parts])
    far = site.geotherm.temperature(middles, site.surface_temperature)
    water = standing_water(max(float(np.max(far)), system.inlet_temperature))
    deep = np.append(middles, system.depth)
    sent = np.full(volumes, water.content(system.inlet_temperature, 0.0))

    def flow(time: float) -> MassFlow:
        on = time > start
        moving = system.flow if on else 0.0
        return MassFlow(
            moving * ways.share,
            moving * ways.entry,
            sent,
            film if on else np.zeros_like(film),
            np.zeros(volumes),
        )

    touch = csr_array(hstack([eye_array(embedded.size), csr_array((embedded.size, 1))]))
    none = np.zeros((0, 2), dtype=np.int64)
    drive = KnownFlow(water.contents(deep), flow, volumes)
    streams = DrivenStreams(ways.links, touch, none, np.zeros(0), np.zeros(volumes), drive)
    return Circuit(
        name=name,
        embedded=embedded,
        axes=rock.axes if len(parts) == 1 else None,
        streams=streams,
        water=water,
        undisturbed=np.asarray(far),
        exchanger=embedded.size - above,
        foot=embedded.size,
        outlet=embedded.size - 1 if up else embedded.size,
        depth=deep,
        well=above,
        begun=sent,
    )


class _Ways(NamedTuple):
    """How a circuit's volumes hang together; the last one is where its streams mix."""

    links: Indices
    share: Array
    """Of the circuit's flow, along each link [1]."""
    entry: Array
    """Of the circuit's flow, from outside into each volume [1]."""


def _ways(down: int, up: int, rock: Skinned) -> _Ways:
    """Links of `down` volumes, the chains of the rock, `up` volumes and the mixing place."""
    size = rock.embedded.size
    heads = down + np.arange(rock.chains) * (size // rock.chains)
    tails = heads + size // rock.chains - 1
    foot = down + size + up
    inner = np.setdiff1d(np.arange(down, down + size), tails)
    pairs = [
        (np.arange(down - 1), np.arange(1, down), 1.0),
        (np.full(rock.chains if down else 0, down - 1), heads[: None if down else 0], 0.0),
        (inner, inner + 1, 0.0),
        (tails, np.full(rock.chains, foot), 0.0),
        (np.full(1 if up else 0, foot), np.full(1 if up else 0, down + size), 1.0),
        (np.arange(foot - up, foot - 1), np.arange(foot - up + 1, foot), 1.0),
    ]
    links = np.concatenate([np.column_stack([a, b]) for a, b, _ in pairs])
    share = np.concatenate([np.full(len(a), whole or 1.0 / rock.chains) for a, _, whole in pairs])
    entry = np.zeros(foot + 1)
    entry[[0] if down else heads] = 1.0 if down else 1.0 / rock.chains
    return _Ways(links.astype(np.int64), share, entry)


def _exchanging(grid: Grid, matter: tuple[float, float], installed: Installation) -> Skinned:
    exchanger = installed.exchanger
    if isinstance(exchanger, HoleFan):
        return _fan(grid, matter, exchanger)
    assert isinstance(exchanger, FractureZone), "an exchanger is of one of the two kinds"
    return _zone(grid, matter, exchanger)


def _fan(grid: Grid, matter: tuple[float, float], fan: HoleFan) -> Skinned:
    """Holes of a ring see the same, so the pieces of a ring at one distance are one skin."""
    rings, pieces = len(fan.receivers), PIECES_OF_HOLE
    holes = len(fan.holes)
    cuts = np.linspace(0.0, 1.0, pieces + 1)
    begin, along = fan.holes[:, 0], fan.holes[:, 1] - fan.holes[:, 0]
    start = (begin[:, None] + cuts[:-1, None] * along[:, None]).reshape(-1, 3)
    end = (begin[:, None] + cuts[1:, None] * along[:, None]).reshape(-1, 3)
    ring = np.arange(holes) // (holes // rings)
    bundle = (ring[:, None] * pieces + np.arange(pieces)).ravel()
    embedded = embed(grid, matter, Cylinders(start, end, np.full(len(start), fan.radius), bundle))
    depth = np.bincount(bundle, 0.5 * (start + end)[:, 2]) / np.bincount(bundle)
    film = np.full(embedded.size, 1.0 / (fan.resistance * 2 * np.pi * fan.radius))
    axes = laid(start, end, np.arange(len(start)), bundle, np.ones(len(start)))
    return Skinned(embedded, depth, film, axes, rings)


def _zone(grid: Grid, matter: tuple[float, float], zone: FractureZone) -> Skinned:
    """Upright fractures across the second axis, swept along the first."""
    low, high = zone.box
    tall = zone.area / (high[0] - low[0])
    top, bottom = (low[2] + high[2] - tall) / 2, (low[2] + high[2] + tall) / 2
    y = low[1] + (np.arange(zone.fractures) + 0.5) * 2 * zone.half_spacing
    x = np.linspace(low[0], high[0], PIECES_OF_FRACTURE + 1)
    corners = np.array([
        [[a, place, top], [b, place, top], [b, place, bottom], [a, place, bottom]]
        for place in y for a, b in pairwise(x)
    ])  # fmt: skip
    border = np.tile([[True, False, True, False]], (len(corners), 1))
    border[::PIECES_OF_FRACTURE, 3] = border[PIECES_OF_FRACTURE - 1 :: PIECES_OF_FRACTURE, 1] = True
    embedded = embed_planes(grid, matter, corners, border)
    middle = np.full(embedded.size, (top + bottom) / 2)
    return Skinned(embedded, middle, np.full(embedded.size, np.inf), None, zone.fractures)


def _well(
    grid: Grid, matter: tuple[float, float], installed: Installation, well: Branch
) -> Skinned:
    """A well in pieces, in the direction of the water; its film is good against the rock."""
    begin, end = (np.array(installed.openings.nodes[name]) for name in (well.start, well.end))
    pieces = int(np.ceil(well.length / PIECE_OF_WELL))
    cuts = np.linspace(0.0, 1.0, pieces + 1)[:, None]
    points = begin + cuts * (end - begin)
    cylinders = Cylinders(points[:-1], points[1:], np.full(pieces, well.radius))
    embedded = embed(grid, matter, cylinders)
    middle = 0.5 * (points[1:] + points[:-1])[:, 2]
    own = np.arange(pieces)
    axes = laid(points[:-1], points[1:], own, own, np.ones(pieces))
    return Skinned(embedded, middle, np.full(pieces, np.inf), axes, 1)
