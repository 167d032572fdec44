"""Ways of laying out a mine. Each kind is its parameters and one verb, `openings`."""

from abc import ABC, abstractmethod
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from comine.models.base import Model
from comine.physics import Array
from comine.underground.openings import Branch, Openings, Point
from comine.units import Area, Density, Fraction, Length

STOPE_RISE = 15.0
"""Middle of the stopes above the haulage that serves them [m] (comine default)."""
LEAST_APART = 5.0
"""Between levels [m]; a drift and the floor above it."""

Dug = Literal["shaft", "drift", "stope"]


class Layout(Model, ABC):
    """Geometry of the mine's openings."""

    @abstractmethod
    def openings(self) -> Openings:
        """Build the network; air runs from each branch's start to its end."""

    @property
    @abstractmethod
    def level_depths(self) -> Array:
        """Depths of the levels from the top down, (levels,) [m]."""


class Section(Model):
    """Cross-section of an opening and what its wall is like."""

    area: Area = Field(gt=0)
    """Of the free section."""
    perimeter: Length = Field(gt=0)
    """Of the free section."""
    friction: Density = Field(gt=0)
    """Atkinson friction factor at 1.2 kg/m³."""
    wetness: Fraction = Field(ge=0, le=1)
    """Share of the wall that is wet."""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        least = 2 * np.sqrt(np.pi * self.area)
        if self.perimeter < 0.99 * least:  # room for rounded inputs
            raise ValueError(
                f"perimeter {self.perimeter:g} m is less than a circle of that area has "
                f"({least:.3g} m); enlarge the perimeter or reduce the area"
            )
        return self


class LevelsAndShafts(Layout):
    """Two shafts, one downcast and one upcast, with levels between them.

    On each level air goes from the downcast through a crosscut, the haulage drift and the stopes
    side by side, and by a return drift to the upcast.
    """

    kind: Literal["levels-and-shafts"] = "levels-and-shafts"
    top_level: Length = Field(gt=0)
    """Depth of the uppermost level."""
    bottom_level: Length = Field(gt=0)
    """Depth of the lowest level."""
    levels: int = Field(ge=1, le=60)
    """How many there are, equally spaced."""
    downcast: Section
    """Shaft that takes the fresh air down."""
    upcast: Section
    """Shaft that takes the used air up."""
    drift: Section
    """Crosscuts, haulage and return drifts."""
    stope: Section
    """Stopes, as the air sees them."""
    crosscut: Length = Field(gt=0)
    """Length from the downcast shaft to the ore, on each level."""
    haulage: Length = Field(gt=0)
    """Length of the haulage drift along the ore."""
    stopes: int = Field(ge=1)
    """Stopes open side by side on a level."""
    stope_length: Length = Field(gt=0)
    """Way of the air through a stope."""
    return_drift: Length = Field(gt=0)
    """Length from the stopes to the upcast shaft."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.levels > 1 and self.bottom_level <= self.top_level:
            raise ValueError("bottom_level must lie below top_level")
        if self.top_level <= STOPE_RISE:
            raise ValueError(
                f"top_level must be deeper than {STOPE_RISE:g} m; the stopes rise that far above it"
            )
        apart = (self.bottom_level - self.top_level) / max(self.levels - 1, 1)
        if self.levels > 1 and apart < LEAST_APART:
            raise ValueError(
                f"the levels are {apart:.3g} m apart, less than {LEAST_APART:g} m; "
                "take fewer levels or a lower bottom_level"
            )
        return self

    @property
    def level_depths(self) -> Array:
        """Evenly spaced from the top to the bottom level [m]."""
        return np.linspace(self.top_level, self.bottom_level, self.levels)

    def openings(self) -> Openings:
        """Both shafts piece by piece, and four openings in a row on each level."""
        nodes: dict[str, Point] = {
            "intake": (0.0, 0.0, 0.0),
            "exhaust": (-self.return_drift, self.crosscut, 0.0),
        }
        shafts, levels = [], []
        above_in, above_out = "intake", "exhaust"
        for number, depth in enumerate(self.level_depths.tolist()):
            tag = f"{depth:.0f}"
            nodes |= self._level_nodes(tag, depth)
            step = depth - nodes[above_in][2]
            shafts += [
                self._branch(
                    f"downcast {tag}", "shaft", above_in, f"in {tag}", step, self.downcast
                ),
                self._branch(f"upcast {tag}", "shaft", f"out {tag}", above_out, step, self.upcast),
            ]
            levels += self._level(tag, number)
            above_in, above_out = f"in {tag}", f"out {tag}"
        return Openings(nodes, tuple(shafts + levels))

    def _level_nodes(self, tag: str, depth: float) -> dict[str, Point]:
        """Ends of a level's openings; the stopes lie in a row above the haulage."""
        above = depth - STOPE_RISE
        return {
            f"in {tag}": (0.0, 0.0, depth),
            f"ore {tag}": (0.0, self.crosscut, depth),
            f"face {tag}": (self.haulage, self.crosscut, depth),
            f"stope {tag}": (0.0, self.crosscut, above),
            f"out {tag}": (-self.return_drift, self.crosscut, depth),
        }

    def _level(self, tag: str, number: int) -> list[Branch]:
        chain: tuple[tuple[str, Dug, str, str, float, Section, int], ...] = (
            ("crosscut", "drift", "in", "ore", self.crosscut, self.drift, 1),
            ("haulage", "drift", "ore", "face", self.haulage, self.drift, 1),
            ("stope", "stope", "face", "stope", self.stope_length, self.stope, self.stopes),
            ("return", "drift", "stope", "out", self.return_drift, self.drift, 1),
        )
        return [
            self._branch(
                f"{name} {tag}", part, f"{a} {tag}", f"{b} {tag}", length, kind, count, number
            )
            for name, part, a, b, length, kind, count in chain
        ]

    def _branch(
        self,
        name: str,
        part: Dug,
        start: str,
        end: str,
        length: float,
        section: Section,
        count: int = 1,
        level: int = -1,
    ) -> Branch:
        return Branch(
            name=name,
            part=part,
            medium="air",
            start=start,
            end=end,
            length=length,
            area=section.area,
            perimeter=section.perimeter,
            friction=section.friction,
            wetness=section.wetness,
            count=count,
            level=level,
        )
