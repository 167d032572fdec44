"""Ways of taking heat from rock. Each kind is its parameters and one verb, `install`."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from comine.models.base import Model
from comine.physics.cubic_law import strip_pressure_drop
from comine.physics.fan import fan_of_holes
from comine.physics.pipe import pressure_drop
from comine.physics.water import LIQUID_DENSITY, LIQUID_VISCOSITY
from comine.underground.exchangers import Exchanger, FractureZone, HoleFan
from comine.underground.openings import Branch, Openings, Point
from comine.units import Area, Conductivity, Fraction, Length, MassFlow, Temperature, Time, Unit

Resistance = Annotated[float, Unit("m*K/W")]
MOST_HOLES = 5000
"""In one fan."""


@dataclass(frozen=True)
class Installation:
    """A heat system as built: its openings, what exchanges heat, what it takes to circulate."""

    openings: Openings
    exchanger: Exchanger
    pressure_loss: float
    """Of the whole circuit at the system's flow [Pa]."""
    exchange_area: float
    """Rock face [m²]."""
    rock_volume: float
    """Rock between and around the holes or fractures [m³]."""
    wells: tuple[Branch, ...] = field(default=())
    """Wells from the surface, injection first."""


class HeatSystem(Model, ABC):
    """Water circulated through rock; the way up and what the circuit has in common."""

    flow: MassFlow = Field(gt=0)
    """Water circulated."""
    inlet_temperature: Temperature = Field(ge=273.15)
    """Of the water sent down."""
    depth: Length = Field(gt=0)
    """Of the middle of the exchanging rock."""
    x: Length = 0.0
    """Of the middle, along strike from the downcast shaft."""
    y: Length = 0.0
    """Of the middle, across strike."""
    start: Time = Field(default=0.0, ge=0)
    """From the first day of construction to the first flow."""
    pump_efficiency: Fraction = Field(gt=0, le=1)
    """Of the circulation pump with its motor."""
    rugosity: Length = Field(default=4.5e-5, ge=0)
    """Of tubes and wells (commercial steel, comine default)."""
    riser_conductance: Conductivity = Field(default=0.0, ge=0)
    """Heat loss of the pipe up the shaft, by length and temperature difference; wells lose heat
    to the rock instead."""

    @property
    @abstractmethod
    def access(self) -> Literal["roadway", "wells"]:
        """How the rock is reached."""

    @abstractmethod
    def install(self, name: str) -> Installation:
        """Build the system under its name."""


class FanBoreholes(HeatSystem):
    """Rings of closed holes drilled all round from a roadway, water down and back in each."""

    kind: Literal["fan-boreholes"] = "fan-boreholes"
    roadway: Length = Field(gt=0)
    """Length of the roadway that the holes are drilled from."""
    roadway_area: Area = Field(gt=0)
    """Cross-section of the roadway."""
    ring_spacing: Length = Field(gt=0)
    """Between rings of holes along the roadway."""
    holes: int = Field(ge=2, le=60)
    """Holes in a ring."""
    hole_length: Length = Field(gt=0)
    """Of each hole, from the wall of the roadway."""
    hole_diameter: Length = Field(gt=0)
    """Of each hole, as drilled."""
    resistance: Resistance = Field(gt=0)
    """Between water and hole wall, along a metre of hole."""
    tube_diameter: Length = Field(gt=0)
    """Inner diameter of the tube in the hole."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.ring_spacing > self.roadway:
            raise ValueError("ring_spacing must not exceed the roadway's length")
        if self.tube_diameter >= self.hole_diameter:
            raise ValueError("tube_diameter must be below hole_diameter")
        total = (int(self.roadway / self.ring_spacing) + 1) * self.holes
        if total > MOST_HOLES:
            raise ValueError(
                f"there would be {total} holes; {MOST_HOLES} at most can be computed; "
                "widen ring_spacing or take fewer holes in a ring"
            )
        return self

    @property
    def access(self) -> Literal["roadway", "wells"]:
        """How the rock is reached."""
        return "roadway"

    def install(self, name: str) -> Installation:
        """Drive the roadway and drill the rings."""
        radius = float(np.sqrt(self.roadway_area / np.pi))
        half = np.array([self.roadway / 2, 0.0, 0.0])
        middle = np.array([self.x, self.y, self.depth])
        fan = fan_of_holes(
            middle - half, middle + half, self.ring_spacing, self.holes, self.hole_length, radius
        )
        holes = fan.reshape(-1, 2, 3)
        exchanger = HoleFan(holes, fan[:, 0], self.hole_diameter / 2, self.resistance)
        loss = pressure_drop(
            self.flow / len(holes),
            2 * self.hole_length,
            self.tube_diameter,
            self.rugosity,
            LIQUID_DENSITY,
            LIQUID_VISCOSITY,
        )
        reach = radius + self.hole_length
        volume = np.pi * (reach**2 - radius**2) * self.ring_spacing * len(fan)
        area = np.pi * self.hole_diameter * exchanger.length
        openings = self._openings(name, fan.tolist(), radius)
        return Installation(openings, exchanger, float(loss), float(area), float(volume))

    def _openings(self, name: str, fan: list[list[list[Point]]], radius: float) -> Openings:
        west, east = f"{name} west", f"{name} east"
        nodes: dict[str, Point] = {
            west: (self.x - self.roadway / 2, self.y, self.depth),
            east: (self.x + self.roadway / 2, self.y, self.depth),
        }
        perimeter = 2 * np.pi * radius
        branches = [
            Branch(f"{name} roadway", "drift", "water", west, east, self.roadway,
                   self.roadway_area, perimeter, system=name)
        ]  # fmt: skip
        girth, section = np.pi * self.hole_diameter, np.pi * self.hole_diameter**2 / 4
        for number, ring in enumerate(fan, start=1):
            collar, toe = f"{name} collar {number}", f"{name} toe {number}"
            nodes |= {collar: _point(ring[0][0]), toe: _point(ring[0][1])}
            branches.append(
                Branch(f"{name} ring {number}", "borehole", "water", collar, toe, self.hole_length,
                       section, girth, count=self.holes, system=name)
            )  # fmt: skip
        return Openings(nodes, tuple(branches))


class FracturedZone(HeatSystem):
    """Equal parallel fractures, stimulated or blasted, swept by water from one side to the other.

    Reached by holes from a roadway, or by two wells from the surface.
    """

    kind: Literal["fractured-zone"] = "fractured-zone"
    reached_by: Literal["roadway", "wells"]
    """Holes from a roadway, or wells from the surface."""
    length: Length = Field(gt=0)
    """Way of the water through each fracture, along strike."""
    height: Length = Field(gt=0)
    """Of each fracture, along the depth."""
    spacing: Length = Field(gt=0)
    """Between neighbouring fractures."""
    fractures: int = Field(ge=1, le=2000)
    """How many there are."""
    swept_share: Fraction = Field(gt=0, le=1)
    """Share of each fracture's face that the water really sweeps."""
    aperture: Length = Field(gt=0, le=0.1)
    """Hydraulic aperture."""
    bore_diameter: Length = Field(gt=0)
    """Of the wells, or of the holes from the roadway."""
    hole_length: Length | None = Field(default=None, gt=0)
    """Of each of the two holes from the roadway; wells reach from the surface instead."""

    @model_validator(mode="after")
    def _reached(self) -> Self:
        if (self.hole_length is None) == (self.reached_by == "roadway"):
            raise ValueError("give hole_length with reached_by = 'roadway', and only then")
        if self.height > 2 * self.depth:
            raise ValueError("the zone reaches above the surface; lower depth or reduce height")
        return self

    @property
    def bore_length(self) -> float:
        """Of one well or hole [m]."""
        return self.depth if self.hole_length is None else self.hole_length

    @property
    def access(self) -> Literal["roadway", "wells"]:
        """How the rock is reached."""
        return self.reached_by

    def install(self, name: str) -> Installation:
        """Open the fractures and reach them."""
        width = self.spacing * self.fractures
        middle = np.array([self.x, self.y, self.depth])
        half = np.array([self.length, width, self.height]) / 2
        area = self.length * self.height * self.swept_share
        box = np.stack([middle - half, middle + half])
        exchanger = FractureZone(box, self.fractures, area, self.spacing / 2)
        openings, wells = self._openings(name, half)
        return Installation(
            openings,
            exchanger,
            self._loss(),
            2 * area * self.fractures,
            float(8 * half.prod()),
            wells,
        )

    def _loss(self) -> float:
        """Of one fracture, swept over its whole height, and of both bores [Pa]."""
        fracture = strip_pressure_drop(
            self.flow / LIQUID_DENSITY / self.fractures,
            self.aperture,
            self.length,
            self.height * self.swept_share,
            LIQUID_VISCOSITY,
        )
        way = self.bore_length
        bores = pressure_drop(
            self.flow, 2 * way, self.bore_diameter, self.rugosity, LIQUID_DENSITY, LIQUID_VISCOSITY
        )
        return float(fracture + bores)

    def _openings(self, name: str, half: np.ndarray) -> tuple[Openings, tuple[Branch, ...]]:
        west, east = f"{name} inlet", f"{name} outlet"
        left = (self.x - half[0], self.y, self.depth)
        right = (self.x + half[0], self.y, self.depth)
        way = self.bore_length
        nodes: dict[str, Point] = {
            west: _point(left),
            east: _point(right),
            f"{west} collar": (left[0], self.y, self.depth - way),
            f"{east} collar": (right[0], self.y, self.depth - way),
        }
        part: Literal["well", "borehole"] = "well" if self.reached_by == "wells" else "borehole"
        section, girth = np.pi * self.bore_diameter**2 / 4, np.pi * self.bore_diameter
        bores = tuple(
            Branch(f"{name} {label}", part, "water", *ends, way, section, girth, system=name)
            for label, ends in (
                ("injection", (f"{west} collar", west)),
                ("production", (east, f"{east} collar")),
            )
        )
        tall = self.height * self.swept_share
        fracture = Branch(
            f"{name} fractures", "fracture", "water", west, east, self.length,
            tall * self.aperture, 2 * tall, count=self.fractures, system=name,
        )  # fmt: skip
        return Openings(nodes, (*bores, fracture)), bores if part == "well" else ()


def _point(values: object) -> Point:
    x, y, z = np.asarray(values, dtype=float).tolist()
    return (x, y, z)
