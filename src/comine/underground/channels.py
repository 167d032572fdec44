"""Tubes and fractures laid into the rock together: one carrier, so that loops are no iteration."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, eye_array

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


class _Ways(NamedTuple):
    """Links from the outlets of some openings to the inlet of another."""

    taker: int
    """Number of the opening."""
    givers: list[int]
    links: list[Indices]
    """From each giver, shape (links, 2)."""
    shares: list[Array]
    """Of what the giver brings, along each of its links [1]."""


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
        """Volumes of each, which are also its skins."""
        ends = np.cumsum([0, *(course.length.size for course in self.courses)]).tolist()
        return tuple(slice(a, b) for a, b in pairwise(ends))

    @property
    def size(self) -> int:
        """Number of volumes."""
        return int(self.pieces[-1].stop)

    def flows(self, time: float) -> Array:
        """Flow of heat capacity through each, shape (channels,) [W/K]."""
        return np.array([at(each.flow, time) * each.fluid.heat_capacity for each in self.channels])

    def at(self, volume: int) -> str:
        """Opening and place of a volume, in words."""
        for each, course, own in zip(self.channels, self.courses, self.pieces, strict=True):
            if volume < own.stop:
                place = course.middle[volume - own.start]
                return "{} at ({:g}, {:g}, {:g}) m".format(each.name, *place)
        raise ValueError(f"volume: got {volume}; give one of {self.size}")

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
        return Part(NAME, join(laid_in), self._streams(), undisturbed, undisturbed, axes)

    def _streams(self) -> Streams:
        courses, size = self.courses, self.size
        inner = [c.links + own.start for c, own in zip(courses, self.pieces, strict=True)]
        share = [course.share for course in courses]
        ways = self._ways
        links = [*inner, *(pairs for way in ways for pairs in way.links)]
        storage = [
            course.volume * each.fluid.density * each.fluid.heat_capacity
            for course, each in zip(courses, self.channels, strict=True)
        ]
        outside = np.ones(len(courses))
        outside[[way.taker for way in ways]] = 0.0

        def flow(time: float) -> Flow:
            through = self.flows(time)
            along = [part * carried for part, carried in zip(share, through, strict=True)]
            source = np.zeros(size)
            for way in ways:
                along += [
                    part * brought
                    for part, brought in zip(way.shares, self.brought(way, through), strict=True)
                ]
                source[self.pieces[way.taker]] += self._given(way.taker, time)
            entering = self._spread([c.enter for c in courses], through * outside)
            film = self._spread([np.full(c.length.size, c.film) for c in courses], np.sign(through))
            inlet = [0.0 if isinstance(each.inlet, Outlet) else at(each.inlet, time)
                     for each in self.channels]  # fmt: skip
            temperature = self._spread([np.ones(c.length.size) for c in courses], np.array(inlet))
            return Flow(np.concatenate(along), entering, temperature, film, source)

        none = np.zeros((0, 2), dtype=np.int64)
        touch = csr_array(eye_array(size))
        return Streams(
            np.concatenate(links), touch, none, np.zeros(0), np.concatenate(storage), flow
        )

    @cached_property
    def _ways(self) -> list[_Ways]:
        number = {each.name: n for n, each in enumerate(self.channels)}
        found = []
        for taker, each in enumerate(self.channels):
            if not isinstance(each.inlet, Outlet):
                continue
            into = np.flatnonzero(self.courses[taker].enter)
            givers = [number[name] for name in each.inlet.names]
            links, shares = [], []
            for giver in givers:
                out = np.flatnonzero(self.courses[giver].leave)
                a, b = (x.ravel() for x in np.meshgrid(out, into, indexing="ij"))
                shares.append(self.courses[giver].leave[a] * self.courses[taker].enter[b])
                starts = self.pieces[giver].start, self.pieces[taker].start
                links.append(np.column_stack([a + starts[0], b + starts[1]]))
            found.append(_Ways(taker, givers, links, shares))
        return found

    def brought(self, way: _Ways, through: Array) -> Array:
        """What each giver brings, in proportion to its flow [W/K]."""
        given = through[way.givers]
        total = float(given.sum())
        return np.asarray(given * (through[way.taker] / total if total > 0 else 0.0))

    def _given(self, taker: int, time: float) -> Array:
        """Heat given to each volume of an opening on the way to it [W]."""
        inlet = self.channels[taker].inlet
        assert isinstance(inlet, Outlet), "its fluid comes from other openings"
        return at(inlet.heat, time) * self.courses[taker].enter

    def _spread(self, parts: Sequence[Array], factor: Array) -> Array:
        """Values of all volumes, each course's by its factor; 0 where that is 0."""
        return np.concatenate([
            part * each if each else np.zeros_like(part)
            for part, each in zip(parts, factor, strict=True)
        ])  # fmt: skip
