"""Tubes and fractures laid into the rock together: one carrier, so that loops are no iteration."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack

from comine.numerics import Array, Indices
from comine.numerics.between import laid
from comine.numerics.bundles import join
from comine.numerics.embedding import Cylinders, embed, embed_planes
from comine.numerics.streams import Flow, Streams
from comine.underground.course import Course, Outlet
from comine.underground.fracture import Fracture
from comine.underground.part import Part
from comine.underground.rock import GriddedRock
from comine.underground.schedule import at
from comine.underground.tube import Tube

Channel = Tube | Fracture
NAME = "streams"
"""Of the part that all tubes and fractures make."""


class _Way(NamedTuple):
    """From the outlets of some openings through a place where they mix into another."""

    taker: int
    """Number of the opening."""
    givers: list[int]
    into: Indices
    """Links from each giver to the place, giver by giver, and on, shape (links, 2)."""
    given: list[Array]
    """Share of what each giver brings, along each of its links [1]."""
    taken: Array
    """Share of the flow, along each link from the place on [1]."""


@dataclass(frozen=True, eq=False)
class Channels:
    """Tubes and fractures in the rock."""

    channels: tuple[Channel, ...]
    """Tubes before fractures."""
    rock: GriddedRock

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        """Of each."""
        return tuple(channel.course(self.rock.rock) for channel in self.channels)

    @cached_property
    def pieces(self) -> tuple[slice, ...]:
        """Volumes of each and its skins; places where streams mix come behind."""
        ends = np.cumsum([0, *(course.length.size for course in self.courses)]).tolist()
        return tuple(slice(a, b) for a, b in pairwise(ends))

    @property
    def size(self) -> int:
        """Number of pieces."""
        return int(self.pieces[-1].stop)

    def flows(self, time: float) -> Array:
        """Flow of heat capacity through each, shape (channels,) [W/K]."""
        return np.array([at(each.flow, time) * each.fluid.heat_capacity for each in self.channels])

    def at(self, volume: int) -> str:
        """Opening and place of a volume, in words."""
        if volume >= self.size:
            return f"the way to {self.channels[self._ways[volume - self.size].taker].name}"
        for each, course, own in zip(self.channels, self.courses, self.pieces, strict=True):
            if volume < own.stop:
                place = course.middle[volume - own.start]
                return "{} at ({:g}, {:g}, {:g}) m".format(each.name, *place)
        raise ValueError(f"volume: got {volume}; give 0 or more")

    @cached_property
    def part(self) -> Part:
        """The carrier and its skins."""
        courses = self.courses
        middle = np.concatenate([course.middle for course in courses])
        tubes = [each for each in self.channels if isinstance(each, Tube)]
        fractures = [each for each in self.channels if isinstance(each, Fracture)]
        laid_in, axes = [], None
        if tubes:
            ends = [tube.cut(self.rock.rock) for tube in tubes]
            start, end = (np.concatenate([line[cut] for line in ends])
                          for cut in (slice(-1), slice(1, None)))  # fmt: skip
            counts = [len(line) - 1 for line in ends]
            radius = np.repeat([tube.radius for tube in tubes], counts)
            matter = self.rock.matter(middle[: radius.size])
            laid_in.append(embed(self.rock.grid, matter, Cylinders(start, end, radius)))
            own = np.arange(radius.size)
            axes = laid(start, end, own, own, np.ones(radius.size))
        if fractures:
            corners = np.concatenate([each.quadrangles for each in fractures])
            border = np.concatenate([each.borders for each in fractures])
            matter = self.rock.matter(middle[-len(corners) :])
            laid_in.append(embed_planes(self.rock.grid, matter, corners, border))
        undisturbed = self.rock.undisturbed(middle)
        heads = [self.pieces[way.taker].start for way in self._ways]
        begun = np.append(undisturbed, undisturbed[heads])
        return Part(NAME, join(laid_in), self._streams(), undisturbed, begun, axes)

    def _streams(self) -> Streams:
        courses, size = self.courses, self.size
        ways = self._ways
        count = size + len(ways)
        inner = [c.links + own.start for c, own in zip(courses, self.pieces, strict=True)]
        stored = self._spread(
            [course.volume for course in courses],
            np.array([each.fluid.density * each.fluid.heat_capacity for each in self.channels]),
        )
        outside = np.ones(len(courses))
        outside[[way.taker for way in ways]] = 0.0
        one = [np.ones(course.length.size) for course in courses]
        enter = [course.enter for course in courses]
        films = np.array([course.film for course in courses])

        def flow(time: float) -> Flow:
            through = self.flows(time)
            along = [c.share * carried for c, carried in zip(courses, through, strict=True)]
            source, inlet = np.zeros(count), np.zeros(len(courses))
            for number, way in enumerate(ways, start=size):
                brought = self._brought(way, through)
                along += [part * heat for part, heat in zip(way.given, brought, strict=True)]
                along.append(way.taken * through[way.taker])
                source[number] = self._heat(way.taker, time)
            for number, each in enumerate(self.channels):
                if not isinstance(each.inlet, Outlet):
                    inlet[number] = at(each.inlet, time)
            more = np.zeros(len(ways))
            entering = np.append(self._spread(enter, through * outside), more)
            temperature = np.append(self._spread(one, inlet), more)
            film = self._spread(one, np.where(through > 0, films, 0.0))
            return Flow(np.concatenate(along), entering, temperature, film, source)

        none = np.zeros((0, 2), dtype=np.int64)
        touch = csr_array(hstack([eye_array(size), csr_array((size, len(ways)))]))
        storage = np.append(stored, np.zeros(len(ways)))
        links = np.concatenate([*inner, *(way.into for way in ways)])
        return Streams(links, touch, none, np.zeros(0), storage, flow)

    @cached_property
    def _ways(self) -> list[_Way]:
        number = {each.name: n for n, each in enumerate(self.channels)}
        found = list[_Way]()
        for taker, each in enumerate(self.channels):
            if not isinstance(each.inlet, Outlet):
                continue
            place = self.size + len(found)
            givers = [number[name] for name in each.inlet.names]
            out = [np.flatnonzero(self.courses[giver].leave) for giver in givers]
            into = np.flatnonzero(self.courses[taker].enter)
            starts = [self.pieces[giver].start + w for giver, w in zip(givers, out, strict=True)]
            links = [np.column_stack([w, np.full(w.size, place)]) for w in starts]
            after = into + self.pieces[taker].start
            links.append(np.column_stack([np.full(into.size, place), after]))
            given = [self.courses[g].leave[w] for g, w in zip(givers, out, strict=True)]
            taken = self.courses[taker].enter[into]
            found.append(_Way(taker, givers, np.concatenate(links), given, taken))
        return found

    def _brought(self, way: _Way, through: Array) -> Array:
        """What each giver brings, in proportion to its flow [W/K]."""
        given = through[way.givers]
        total = float(given.sum())
        return np.asarray(given * (through[way.taker] / total if total > 0 else 0.0))

    def _heat(self, taker: int, time: float) -> float:
        """Heat given to the fluid on the way to an opening [W]."""
        inlet = self.channels[taker].inlet
        assert isinstance(inlet, Outlet), "its fluid comes from other openings"
        return at(inlet.heat, time)

    def _spread(self, parts: Sequence[Array], factor: Array) -> Array:
        """Values of all volumes, each course's by its factor; 0 where that is 0."""
        return np.concatenate([
            part * each if each else np.zeros_like(part)
            for part, each in zip(parts, factor, strict=True)
        ])  # fmt: skip
