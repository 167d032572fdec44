"""What is wrong with rock, grid and openings, found before anything is computed."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from comine.errors import Fault, FaultyError
from comine.numerics import Array
from comine.numerics.grid import AXES, Grid
from comine.underground.course import Outlet
from comine.underground.fracture import Fracture
from comine.underground.part import Opening, Part
from comine.underground.porous import Porous, Rubble
from comine.underground.rock import Change, Property, Rock, Zone, at_temperature
from comine.underground.schedule import Steps
from comine.underground.spacing import spacing_faults
from comine.underground.tube import Tube

Channel = Tube | Fracture
NAN = float("nan")
WARM = np.linspace(260.0, 700.0, 12)
"""Temperatures at which properties are asked for [K]."""


class UndergroundError(FaultyError):
    """Rock, grid, openings or schedule do not fit; carries every fault found."""


def faults(
    grid: Grid, rock: Rock, openings: Sequence[Opening | Channel], changes: Sequence[Change] = ()
) -> list[Fault]:
    """All faults of what is to be run.

    Parameters
    ----------
    grid : Grid
        The grid.
    rock : Rock
        The rock.
    openings : sequence of Tube, Fracture or other openings
        The openings.
    changes : sequence of Change
        Exchanges of matter.

    Returns
    -------
    list of Fault
        Empty if there is none. How openings lie to each other and to the cells is looked at only
        where each is sound by itself.
    """
    channels = [each for each in openings if isinstance(each, Tube | Fracture)]
    found = [*_rock(rock), *_changes(changes), *_names(openings), *_sources(channels)]
    found += [fault for zone in (*rock.zones, *changes) for fault in _zone(grid, zone)]
    porous = [zone for zone in rock.zones if isinstance(zone, Porous)]
    found += [fault for zone in porous for fault in _porous(zone)]
    if not rock.linear and any(isinstance(zone, Rubble) for zone in porous):
        found.append(Fault("", "rock", "its properties follow the temperature beside rubble", "",
                           "give numbers"))  # fmt: skip
    if not openings and not porous:
        found.append(Fault("", "openings", "there is none", "", "give one or more"))
    for opening in openings:
        if isinstance(opening, Part):
            found += _part(opening)
    sound = []
    for channel in channels:
        own = [*_channel(channel), *(_tube(channel) if isinstance(channel, Tube)
                                     else _fracture(channel))]  # fmt: skip
        own = own or list(_outside(grid, channel))
        found += own
        sound += [channel] if not own else []
    return [*found, *spacing_faults(grid, sound)]


def _number(
    where: str, name: str, value: object, wanted: str, fits: Callable[[Array], ArrayLike]
) -> Iterator[Fault]:
    """A fault unless a number is finite and fits."""
    try:
        number = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        yield Fault("", f"{where}.{name}", "is no number", repr(value), f"give {wanted}")
        return
    if not np.all(np.isfinite(number) & fits(number)):
        wrong = "is out of range" if np.isfinite(number).all() else "is not finite"
        yield Fault("", f"{where}.{name}", wrong, f"{value}", f"give {wanted}")


def _positive(number: Array) -> ArrayLike:
    return number > 0


def _other(number: Array) -> ArrayLike:
    return np.abs(number) > 0


def _any(number: Array) -> ArrayLike:
    return np.ones_like(number, dtype=bool)


def _matter(name: str, of: Rock | Zone) -> Iterator[Fault]:
    """Conductivity and heat capacity, functions asked at some temperatures."""
    for key in ("conductivity", "heat_capacity"):
        value: Property = getattr(of, key)
        found = at_temperature(value, WARM) if callable(value) else value
        yield from _number(name, key, found, "values above 0", _positive)


def _rock(rock: Rock) -> Iterator[Fault]:
    yield from _number("rock", "surface_temperature", rock.surface_temperature,
                       "a temperature above 0 K", _positive)  # fmt: skip
    yield from _matter("rock", rock)
    for zone in rock.zones:
        yield from _matter(zone.name, zone)
    yield from _number("rock", "heat_production", rock.heat_production, "a finite number", _any)
    given = [name for name in ("gradient", "flux", "profile") if getattr(rock, name) is not None]
    if len(given) != 1:
        got = " and ".join(given) or "none"
        yield Fault("", "rock", "its temperature at depth is not said once", got,
                    "give one of gradient, flux, profile")  # fmt: skip
    for name in set(given) - {"profile"}:
        yield from _number("rock", name, getattr(rock, name), "a finite number", _any)
    if "profile" in given and not rock.linear:
        yield Fault("", "rock.profile", "is not the steady state of rock that follows its "
                    "temperature", "", "give gradient or flux")  # fmt: skip


def _changes(changes: Sequence[Change]) -> Iterator[Fault]:
    for change in changes:
        for key in ("time", "temperature"):
            yield from _number(
                change.name, key, getattr(change, key), "a number above 0", _positive
            )
        if callable(change.conductivity) or callable(change.heat_capacity):
            yield Fault(
                "", change.name, "its properties follow the temperature", "", "give numbers"
            )
        else:
            yield from _matter(change.name, change)


def _zone(grid: Grid, zone: Zone) -> Iterator[Fault]:
    """Corners in the wrong order, and faces that are not those of cells."""
    if not np.all(np.less(zone.lower, zone.upper)):
        yield Fault("", zone.name, "has no volume", f"{zone.lower} to {zone.upper}",
                    "give the corner of smallest coordinates and that of greatest")  # fmt: skip
        return
    for axis, edges in enumerate(grid.edges):
        if zone.upper[axis] <= edges[0] or zone.lower[axis] >= edges[-1]:
            yield Fault("", zone.name, f"lies outside the grid along {AXES[axis]}",
                        f"{zone.lower[axis]:g} to {zone.upper[axis]:g} m",
                        f"the grid reaches from {edges[0]:g} to {edges[-1]:g} m")  # fmt: skip
            return
    for axis, edges in enumerate(grid.edges):
        for place in (zone.lower[axis], zone.upper[axis]):
            apart = np.abs(edges - place).min()
            if edges[0] < place < edges[-1] and apart > 1e-6 * (1 + abs(place)):
                yield Fault("", zone.name, f"its face cuts cells along {AXES[axis]}",
                            f"{place:g} m", "give an edge there, as grid_for does")  # fmt: skip


def _porous(zone: Porous) -> Iterator[Fault]:
    """Screens that do not fit their zone or each other."""
    for screen in zone.screens:
        where = f"{zone.name}.{screen.name}"
        yield from _number(where, "ends", screen.ends, "finite coordinates", _any)
        yield from _number(where, "flow", screen.flow, "a flow that is not 0", _other)
        inside = (screen.line >= zone.lower) & (screen.line <= zone.upper)
        if screen.line.shape != (2, 3) or not inside.all():
            yield Fault("", f"{where}.ends", "do not lie within the zone", f"{screen.ends}",
                        f"give two points from {zone.lower} to {zone.upper} m")  # fmt: skip
        if screen.flow > 0:
            warm = NAN if screen.temperature is None else screen.temperature
            yield from _number(where, "temperature", warm, "that of the inflow [K]", _positive)
    if isinstance(zone, Rubble):
        for name in ("radius", "film", "block_conductivity"):
            yield from _number(zone.name, name, getattr(zone, name), "a number above 0", _positive)
        yield from _number(zone.name, "porosity", zone.porosity, "a share between 0 and 1",
                           lambda share: (share > 0) & (share < 1))  # fmt: skip
    flows = [screen.flow for screen in zone.screens]
    if not flows:
        yield Fault("", zone.name, "has no screens", "", "give one or more each way, or a Zone")
    elif abs(sum(flows)) > 1e-9 * max(map(abs, flows)):
        yield Fault("", zone.name, "what flows in does not flow out", f"{sum(flows):g} kg/s over",
                    "let its screens draw as much as they bring")  # fmt: skip


def _names(openings: Sequence[Opening | Channel]) -> Iterator[Fault]:
    names = [opening.name for opening in openings]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Fault("", name, "is the name of several openings", "", "rename all but one")
    for name in names:
        if not name or "/" in name:
            yield Fault("", "openings", "a name is empty or holds '/'", repr(name), "rename it")


def _part(part: Part) -> Iterator[Fault]:
    if part.undisturbed.shape != (part.embedded.size,):
        yield Fault("", part.name, "its undisturbed temperatures are not one for each skin",
                    str(part.undisturbed.shape), f"give ({part.embedded.size},)")  # fmt: skip


def _channel(each: Channel) -> Iterator[Fault]:
    """Flow, inlet and fluid."""
    for name in ("heat_capacity", "density"):
        value = getattr(each.fluid, name)
        yield from _number(f"{each.name}.fluid", name, value, "a number above 0", _positive)
    yield from _timed(each.name, "flow", each.flow, "0 kg/s or more; turn the points round for "
                      "the other direction", lambda value: value >= 0)  # fmt: skip
    if isinstance(each.inlet, Outlet):
        yield from _timed(each.name, "inlet.heat", each.inlet.heat, "a finite number", _any)
    else:
        yield from _timed(each.name, "inlet", each.inlet, "a temperature above 0 K", _positive)


def _timed(
    where: str, name: str, value: object, wanted: str, fits: Callable[[Array], ArrayLike]
) -> Iterator[Fault]:
    """Faults of a number or of steps; functions are asked at the times of the schedule."""
    if isinstance(value, Steps):
        if len(value.times) != len(value.values) or not len(value.times):
            yield Fault("", f"{where}.{name}", "has not one value for each time",
                        f"{len(value.times)} times, {len(value.values)} values",
                        "give as many of both, one or more")  # fmt: skip
            return
        yield from _number(where, f"{name}.times", value.times, "times that rise",
                           lambda times: bool(np.all(np.diff(times) > 0)))  # fmt: skip
        yield from _number(where, name, value.values, wanted, fits)
    elif not callable(value):
        yield from _number(where, name, value, wanted, fits)


def _tube(tube: Tube) -> Iterator[Fault]:
    line = tube.line
    yield from _number(tube.name, "points", tube.points, "finite coordinates", _any)
    short = np.linalg.norm(np.diff(line, axis=0), axis=1) <= 0
    if len(line) < 2 or short.any():
        yield Fault("", f"{tube.name}.points", "two that follow each other are the same"
                    if len(line) > 1 else "has no length", f"{len(line)} points",
                    "give two or more different ones")  # fmt: skip
    own = list(_number(tube.name, "radius", tube.radius, "a radius above 0 m", _positive))
    for number, layer in enumerate(tube.layers):
        for name in ("thickness", "conductivity"):
            where = f"{tube.name}.layers[{number}]"
            own += _number(where, name, getattr(layer, name), "a number above 0", _positive)
    if not own and not tube.clear > 0:
        own.append(Fault("", f"{tube.name}.layers", "fill the opening",
                         f"{tube.radius - tube.clear:g} m", "give thinner ones"))  # fmt: skip
    yield from own
    yield from _number(tube.name, "piece", tube.piece, "a length above 0 m", _positive)
    if not tube.film > 0:
        yield Fault("", f"{tube.name}.film", "is out of range", f"{tube.film}",
                    "give a film coefficient above 0 W/m2/K, infinite for none")  # fmt: skip


def _fracture(fracture: Fracture) -> Iterator[Fault]:
    plane = fracture.plane
    yield from _number(fracture.name, "corners", fracture.corners, "finite coordinates", _any)
    yield from _number(fracture.name, "aperture", fracture.aperture, "a width above 0 m", _positive)
    if plane.shape != (4, 3):
        yield Fault("", f"{fracture.name}.corners", "are not four", f"{len(plane)}", "give four")
    else:
        yield from _quadrangle(fracture.name, plane)
    if min(fracture.pieces) < 1:
        yield Fault("", f"{fracture.name}.pieces", "are too few", f"{fracture.pieces}",
                    "give 1 or more each way")  # fmt: skip
    for name, what in (("enters", "inlet"), ("leaves", "outlet")):
        points = getattr(fracture, name)
        if points is not None and len(points) == 0:
            yield Fault("", f"{fracture.name}.{name}", f"its flow has no {what}", "no point",
                        f"give a point of the {what}, or nothing for the edge")  # fmt: skip


def _quadrangle(name: str, plane: Array) -> Iterator[Fault]:
    sides = np.roll(plane, -1, axis=0) - plane
    turns = np.cross(sides, np.roll(sides, -1, axis=0))
    size = float(np.linalg.norm(sides, axis=1).max())
    normal = np.cross(plane[2] - plane[0], plane[3] - plane[1])
    area = float(np.linalg.norm(normal))
    if not area > 1e-9 * size**2:
        yield Fault("", f"{name}.corners", "span no area", f"{plane.tolist()}", "move them apart")
        return
    if abs(float((plane[1] - plane[0]) @ normal)) > 1e-6 * size * area:
        yield Fault("", f"{name}.corners", "do not lie in one plane", f"{plane.tolist()}",
                    "move one into the plane of the others")  # fmt: skip
    elif np.any(turns @ normal <= 0):
        yield Fault("", f"{name}.corners", "make a shape that is not convex", f"{plane.tolist()}",
                    "give them in order around it")  # fmt: skip


def _outside(grid: Grid, channel: Channel) -> Iterator[Fault]:
    points = channel.line if isinstance(channel, Tube) else channel.plane
    for axis, edges in enumerate(grid.edges):
        low, high = points[:, axis].min(), points[:, axis].max()
        if low < edges[0] or high > edges[-1]:
            yield Fault("", channel.name, f"leaves the grid along {AXES[axis]}",
                        f"{low:g} to {high:g} m",
                        f"the grid reaches from {edges[0]:g} to {edges[-1]:g} m; make it larger "
                        "or move the opening")  # fmt: skip


def _sources(channels: Sequence[Channel]) -> Iterator[Fault]:
    """Inlets from openings that are not there."""
    names = {each.name for each in channels}
    for each in channels:
        if isinstance(each.inlet, Outlet):
            for name in each.inlet.names:
                if name not in names:
                    known = ", ".join(sorted(names))
                    yield Fault("", f"{each.name}.inlet", "names no tube or fracture", repr(name),
                                f"give one of {known}")  # fmt: skip
