"""The air of a mine as a carrier of the underground engine: pieces, junctions, coolers, skins.

Every airway is cut into pieces, so short that the air goes no more than half way to the wall's
state. A piece is lined by two skins, the dry and the wet part of its wall; in stopes, whose walls
are renewed one after the other, by as many pairs as months pass between two renewals.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comine.models.mining import MONTHS, YEAR
from comine.models.site import Site
from comine.numerics import Indices
from comine.numerics.between import Laid, laid
from comine.numerics.bundles import parted
from comine.numerics.embedded import Embedded
from comine.numerics.embedding import Cylinders, embed
from comine.numerics.grid import Grid
from comine.physics import Array
from comine.underground.air_control import Coolers
from comine.underground.air_draught import Airways, Lining, Network
from comine.underground.air_plan import AirPlan, outside_air
from comine.underground.air_streams import AirStreams
from comine.underground.airflow import Air, Sources
from comine.underground.openings import Branch

MONTH = YEAR / MONTHS  # s
MOST_PIECES = 60
"""Of one airway, where its air is slow."""
COHORTS = 6
"""Most pairs of skins that line a piece of a stope."""


@dataclass(frozen=True)
class MineCarrier:
    """A mine's air in the rock: its skins, its streams, and where to read it."""

    embedded: Embedded
    axes: Laid
    """Where the skins lie."""
    streams: AirStreams
    undisturbed: Array
    """Rock temperature on the skins' axes, shape (skins,) [K]."""
    pieces: dict[str, slice]
    """Volumes of each branch, in the direction of the air."""
    stations: Indices
    """Coolers at the stations and at the stopes, shape (levels, 2)."""
    levels: tuple[int, ...]
    """Numbers of the levels that are opened."""


class _Cut(NamedTuple):
    """One airway in pieces."""

    branch: Branch
    first: int
    points: Array
    """Ends of the pieces, shape (pieces + 1, 3) [m]."""
    window: slice
    """Months in which it is open."""
    flow: Array
    """Dry air, shape (months,) [kg/s]."""

    @property
    def pieces(self) -> int:
        """How many there are."""
        return len(self.points) - 1

    @property
    def last(self) -> int:
        """Volume of the last piece."""
        return self.first + self.pieces - 1

    @property
    def walls(self) -> Array:
        """Ends of the pieces where their walls are: stopes stand side by side at one depth."""
        if self.branch.part != "stope":
            return self.points
        level = self.points.copy()
        level[:, 2] = self.points[:, 2].min()
        return level


class _Lined(NamedTuple):
    """Skins of all pieces, (skins,) each."""

    piece: Indices
    """Number of the piece, which counts as the cylinders do."""
    volume: Indices
    wet: NDArray[np.bool_]
    share: Array
    """Of the piece's wall [1]."""
    extent: Array
    """Length of wall [m]."""
    opens: Array
    """Time from which the wall is there [s]."""
    closes: Array
    """Time from which it is filled or sealed [s]."""
    first: Array
    """Time at which it is first cut anew [s]."""
    period: float
    """Time between renewals [s]."""

    def opened(self, time: float) -> NDArray[np.bool_]:
        """Whether each wall is there in a stage that ends at a time."""
        return np.asarray((time > self.opens) & (time <= self.closes * (1 + 1e-12)))


def mine_carrier(plan: AirPlan, grid: Grid) -> MineCarrier:
    """Cut a mine's airways into pieces and line them with skins.

    Parameters
    ----------
    plan : AirPlan
        The mine and where its air flows.
    grid : Grid
        Of the rock.

    Returns
    -------
    MineCarrier
    """
    cuts, stations, size = _cuts(plan)
    lining = _lining(plan, cuts)
    embedded, axes = _embedded(plan.site, grid, cuts, lining)
    streams = AirStreams(
        airways=_airways(cuts, size),
        network=_network(plan, cuts, stations),
        lining=Lining(lining.volume, lining.wet, lining.opened, lining.first, lining.period),
        sources=_sources(plan, cuts, size),
        coolers=_coolers(plan, cuts, stations),
        radiation=plan.mine.ventilation.film_radiation,
    )
    middle = 0.5 * (axes.start + axes.end)[:, 2]
    far = plan.site.geotherm.temperature(middle, plan.site.surface_temperature)
    pieces = {cut.branch.name: slice(cut.first, cut.first + cut.pieces) for cut in cuts}
    return MineCarrier(
        embedded, axes, streams, np.asarray(far)[lining.piece], pieces, stations, tuple(plan.levels)
    )


def without_coolers(streams: AirStreams) -> AirStreams:
    """Air of the same mine whose refrigeration stands still."""
    limit = np.full_like(streams.coolers.limit, np.inf)
    return replace(streams, coolers=streams.coolers._replace(limit=limit))


def _cuts(plan: AirPlan) -> tuple[list[_Cut], Indices, int]:
    """Airways in pieces, coolers of each level, and the number of volumes."""
    cuts, first = list[_Cut](), 0
    for number in range(max(plan.levels) + 1):
        shaft = plan.shaft_window(number), plan.shaft_flow(number)
        level = plan.window(number), plan.level_flow(number)
        parts = [("downcast", *shaft), ("upcast", *shaft)]
        if number in plan.levels:
            parts += [(name, *level) for name in ("crosscut", "haulage", "stope", "return")]
        for name, window, flow in parts:
            branch = plan.openings[f"{name} {plan.tag(number)}"]
            pieces = plan.pieces(branch, flow[window], MOST_PIECES)
            begin, end = (np.array(plan.openings.nodes[at]) for at in (branch.start, branch.end))
            points = begin + np.linspace(0.0, 1.0, pieces + 1)[:, None] * (end - begin)
            cuts.append(_Cut(branch, first, points, window, flow))
            first += pieces
    stations = first + np.arange(2 * len(plan.levels)).reshape(-1, 2)
    return cuts, stations, first + stations.size


def _airways(cuts: list[_Cut], size: int) -> Airways:
    """Volumes of all pieces; coolers, the last, have the section of an airway and no length."""
    count = [cut.pieces for cut in cuts]
    coolers = size - sum(count)

    def spread(name: str) -> Array:
        values = [float(getattr(cut.branch, name)) for cut in cuts]
        return np.concatenate([np.repeat(values, count), np.full(coolers, values[0])])

    length = [cut.branch.length / cut.pieces for cut in cuts]
    fall = [(cut.points[-1, 2] - cut.points[0, 2]) / cut.pieces for cut in cuts]
    none = np.zeros(coolers)
    return Airways(
        length=np.concatenate([np.repeat(length, count), none]),
        area=spread("area"),
        perimeter=spread("perimeter"),
        friction=spread("friction"),
        parallel=spread("count"),
        fall=np.concatenate([np.repeat(fall, count), none]),
    )


def _network(plan: AirPlan, cuts: list[_Cut], stations: Indices) -> Network:
    """Down the downcast, on each level by station, crosscut, haulage, stopes and return, up."""
    at = {cut.branch.name: cut for cut in cuts}
    links = list[tuple[int, int]]()
    flows = list[Array]()

    def link(start: int, end: int, flow: Array) -> None:
        links.append((start, end))
        flows.append(flow)

    for cut in cuts:
        for piece in range(cut.first, cut.last):
            link(piece, piece + 1, cut.flow)
    deepest = max(plan.levels)
    for number in range(deepest):
        tag, below = plan.tag(number), plan.tag(number + 1)
        flow = at[f"downcast {below}"].flow
        link(at[f"downcast {tag}"].last, at[f"downcast {below}"].first, flow)
        link(at[f"upcast {below}"].last, at[f"upcast {tag}"].first, flow)
    for (station, stopes), number in zip(stations.tolist(), plan.levels, strict=True):
        tag = plan.tag(number)
        ways = [at[f"{name} {tag}"] for name in ("crosscut", "haulage", "stope", "return")]
        flow = ways[0].flow
        stops = [at[f"downcast {tag}"].last, station, ways[0].first]
        stops += [ways[0].last, ways[1].first, ways[1].last, stopes, ways[2].first]
        stops += [ways[2].last, ways[3].first, ways[3].last, at[f"upcast {tag}"].first]
        for start, end in (stops[0:2], stops[1:3], stops[3:5], stops[5:7], stops[6:8],
                           stops[8:10], stops[10:12]):  # fmt: skip
            link(start, end, flow)
    table, entering = np.stack(flows), at[f"downcast {plan.tag(0)}"].flow
    outside = outside_air(plan.site, plan.months)

    def air(time: float) -> Air:
        month = _month(time)
        return Air(*(np.array([values[month]]) for values in vars(outside).values()))

    return Network(
        links=np.array(links),
        flow=lambda time: table[:, _month(time)],
        doors=np.array([at[f"downcast {plan.tag(0)}"].first]),
        entering=lambda time: entering[[_month(time)]],
        outside=air,
    )


def _sources(plan: AirPlan, cuts: list[_Cut], size: int) -> Callable[[float], Sources]:
    """Machines, broken ore and water, shared evenly by the pieces of the stopes."""
    at = {cut.branch.name: cut for cut in cuts}
    whole = slice(0, plan.months)
    given = [
        (at[f"stope {plan.tag(number)}"], plan.sources(number, whole)) for number in plan.levels
    ]

    def sources(time: float) -> Sources:
        month, total = _month(time), Sources.none(size)
        for cut, level in given:
            share = level.shared(cut.pieces)
            for into, part in zip(vars(total).values(), vars(share).values(), strict=True):
                into[cut.first : cut.last + 1] = part[month]
        return total

    return sources


def _coolers(plan: AirPlan, cuts: list[_Cut], stations: Indices) -> Coolers:
    at = {cut.branch.name: cut for cut in cuts}
    levels = len(plan.levels)
    return Coolers(
        first=stations[:, 0],
        second=stations[:, 1],
        target=np.array([at[f"stope {plan.tag(number)}"].last for number in plan.levels]),
        limit=np.full(levels, plan.mine.ventilation.wet_bulb_limit),
        coldest=np.full(levels, plan.mine.cooling.supply_temperature),
    )


def _lining(plan: AirPlan, cuts: list[_Cut]) -> _Lined:
    """Skins of all pieces, dry before wet."""
    rows = []
    stope_life = plan.mine.mining.stope_life
    cohorts = int(np.clip(round(stope_life / MONTH), 1, COHORTS))
    piece = 0
    for cut in cuts:
        branch = cut.branch
        whole = branch.length * branch.count / cut.pieces
        opened, closed = cut.window.start * MONTH, cut.window.stop * MONTH
        parts = cohorts if branch.part == "stope" else 1
        for number in range(cut.pieces):
            for wet, share in ((False, 1 - branch.wetness), (True, branch.wetness)):
                for cohort in range(parts if share > 0 else 0):
                    first = opened + (cohort + 1) * stope_life / parts if parts > 1 else np.inf
                    rows.append((piece, cut.first + number, wet, share / parts,
                                 whole * share / parts, opened, closed, first))  # fmt: skip
            piece += 1
    pieces, volume, wet_, share_, extent, opens, closes, first_ = map(
        np.array, zip(*rows, strict=True)
    )
    return _Lined(pieces, volume, wet_, share_, extent, opens, closes, first_, stope_life)


def _embedded(site: Site, grid: Grid, cuts: list[_Cut], lining: _Lined) -> tuple[Embedded, Laid]:
    """Skins in the grid, and where they lie."""
    start = np.concatenate([cut.walls[:-1] for cut in cuts])
    end = np.concatenate([cut.walls[1:] for cut in cuts])
    radius = np.concatenate([np.full(cut.pieces, cut.branch.radius) for cut in cuts])
    matter = (site.rock.conductivity, site.rock.conductivity / site.rock.diffusivity)
    pieces = embed(grid, matter, Cylinders(start, end, radius))
    embedded = parted(pieces, lining.piece, lining.share, lining.extent)
    skins = np.arange(lining.piece.size)
    return embedded, laid(start, end, lining.piece, skins, lining.share)


def _month(time: float) -> int:
    """Month in which a stage ends; at its very end still that month."""
    return max(int(np.ceil(time / MONTH * (1 - 1e-12))) - 1, 0)
