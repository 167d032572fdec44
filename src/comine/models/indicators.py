"""The 20 site indicators as a project may state them; left out means unknown."""

from typing import Annotated, Literal

from pydantic import Field

from comine.models.base import Model
from comine.units import (
    Area,
    Fraction,
    Gradient,
    Length,
    Power,
    Pressure,
    Temperature,
    Time,
    Unit,
    Volume,
)

Grade = Literal["good", "medium", "poor"]
Energy = Annotated[float, Unit("J")]
Acceleration = Annotated[float, Unit("m/s**2")]


class SiteValues(Model):
    """Typed values of the indicators of Li et al. (2018); physics computes what it can."""

    intensity: Fraction | None = Field(default=None, ge=1, le=12)
    """Basic seismic intensity, in degrees."""
    pga: Acceleration | None = Field(default=None, ge=0)
    """Peak ground acceleration."""
    distance: Length | None = Field(default=None, ge=0)
    """Distance to settlements."""
    depth150: Length | None = Field(default=None, gt=0)
    """Depth of the 150 °C isotherm."""
    tfrac: Temperature | None = None
    """Temperature of the fractured section."""
    gradient: Gradient | None = Field(default=None, gt=0)
    """Geothermal gradient."""
    lithology: Grade | None = None
    """Of the reservoir rock."""
    area: Area | None = Field(default=None, gt=0)
    """Extent of the hot rock in plan."""
    recoverable: Energy | None = Field(default=None, gt=0)
    """Recoverable heat."""
    power: Power | None = Field(default=None, ge=0)
    """Electric power potential."""
    drill200: Length | None = Field(default=None, gt=0)
    """Depth of the 200 °C isotherm."""
    stress: Grade | None = None
    """How well the in-situ stress is known."""
    pfrac: Pressure | None = Field(default=None, gt=0)
    """Breakdown pressure of the reservoir rock."""
    natfrac: Grade | None = None
    """Natural fractures."""
    volume: Volume | None = Field(default=None, gt=0)
    """Volume that can be fractured."""
    life: Time | None = Field(default=None, gt=0)
    """Service life of the resource."""
    land: Grade | None = None
    """Land for the plant."""
    construction: Grade | None = None
    """Conditions for building."""
    water: Grade | None = None
    """Supply of water."""
    grid: Grade | None = None
    """Nearness of the power grid."""
