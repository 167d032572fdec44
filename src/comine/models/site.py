"""Where the project is: air above, stress in the ground, water in it."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from comine.models.base import Model, OneOf
from comine.models.geotherms import Geotherm
from comine.models.rock import Rock
from comine.tables import Columns, Table
from comine.units import (
    Area,
    Fraction,
    Length,
    MassFlow,
    Pressure,
    PressureGradient,
    Temperature,
    Unit,
)

MONTHLY = Columns((("dry_bulb", "K"), ("relative_humidity", "1")), rows=12, most=12)


class Climate(Model):
    """Air at the shaft collar through the year."""

    monthly: Annotated[Table, MONTHLY]
    """Twelve rows, January to December, the mean of each month."""
    pressure: Pressure = Field(default=101325.0, gt=5e4, lt=1.2e5)
    """Air pressure at the collar."""

    @model_validator(mode="after")
    def _can_be_air(self) -> Self:
        coldest, hottest = self.monthly["dry_bulb"].min(), self.monthly["dry_bulb"].max()
        if coldest < 233.15 or hottest > 333.15:
            raise ValueError(
                f"a month's dry bulb is {(coldest if coldest < 233.15 else hottest) - 273.15:.4g} "
                "degC; -40 to 60 degC can be computed"
            )
        humidity = self.monthly["relative_humidity"]
        if humidity.min() < 0 or humidity.max() > 1:
            worst = humidity.min() if humidity.min() < 0 else humidity.max()
            raise ValueError(
                f"a month's relative humidity is {100 * worst:.4g} percent; 0 to 100 percent can be"
            )
        return self


class Stress(Model):
    """In-situ stress that grows with depth; compression is positive."""

    vertical_gradient: PressureGradient = Field(gt=0)
    """Growth of the vertical stress with depth."""
    major_ratio: Fraction = Field(gt=0)
    """Greatest horizontal stress over the vertical one."""
    minor_ratio: Fraction = Field(gt=0)
    """Least horizontal stress over the vertical one."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.minor_ratio > self.major_ratio:
            raise ValueError("minor_ratio must not exceed major_ratio; exchange the two")
        return self


class Block(Model):
    """Body of rock whose heat is counted."""

    area: Area = Field(gt=0)
    """In plan."""
    top: Length = Field(ge=0)
    """Depth of its upper face."""
    bottom: Length = Field(gt=0)
    """Depth of its lower face."""
    reference_temperature: Temperature
    """Down to which the heat is counted."""
    recovery: Fraction = Field(gt=0, le=1)
    """Share of the heat in place that can be brought out."""

    @model_validator(mode="after")
    def _has_thickness(self) -> Self:
        if self.bottom <= self.top:
            raise ValueError("bottom must lie below top; depths grow downwards")
        return self


class Site(Model):
    """A place: position, surface, rock column, air, stress, water."""

    longitude: Annotated[float, Unit("degree")] = Field(ge=-180, le=180)
    """East of Greenwich."""
    latitude: Annotated[float, Unit("degree")] = Field(ge=-90, le=90)
    """North of the equator."""
    position_uncertainty: Length = Field(ge=0)
    """Radius within which the place lies."""
    surface_temperature: Temperature = Field(ge=213.15, le=333.15)
    """Mean of the year at the rock surface."""
    geotherm: Annotated[Geotherm, OneOf(Geotherm)]
    """How hot the rock is with depth."""
    rock: Rock
    """What the ground is made of."""
    climate: Climate | None = None
    """Needed where a mine is ventilated."""
    stress: Stress
    """In-situ stress."""
    block: Block
    """Body of rock whose heat is counted."""
    inflow: MassFlow | None = Field(default=None, ge=0)
    """Fissure water into the mine workings; left out means unknown, not none."""
