"""Ways of knowing how hot the rock is. Each kind is its parameters and one verb, `temperature`."""

from abc import ABC, abstractmethod
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, model_validator

from comine.errors import ModelError
from comine.models.base import Model
from comine.physics import Array
from comine.physics.geotherm import column_geotherm
from comine.physics.temperature_log import interpolate_log
from comine.tables import Columns, Table
from comine.units import Conductivity, Gradient, HeatFlow, HeatProduction, Length


class Geotherm(Model, ABC):
    """Temperature of undisturbed rock against depth."""

    @abstractmethod
    def temperature(self, depth: ArrayLike, surface_temperature: float) -> Array:
        """Rock temperature [K] at depths [m], with the given mean surface temperature [K]."""

    @property
    def deepest(self) -> float:
        """Depth down to which the kind can answer [m]."""
        return np.inf


class Straight(Geotherm):
    """One gradient from the surface down."""

    kind: Literal["gradient"] = "gradient"
    gradient: Gradient = Field(gt=0)
    """Rise of the temperature with depth."""

    def temperature(self, depth: ArrayLike, surface_temperature: float) -> Array:
        """Straight line through the surface temperature."""
        return np.asarray(surface_temperature + self.gradient * np.asarray(depth, dtype=float))


class Layer(Model):
    """One layer of the rock column, from the top down."""

    thickness: Length = Field(gt=0)
    """Along the depth."""
    conductivity: Conductivity = Field(gt=0)
    """At 25 °C."""
    heat_production: HeatProduction = Field(ge=0)
    """Radiogenic."""


class Layered(Geotherm):
    """Steady conduction: surface heat flow through layers that make heat themselves."""

    kind: Literal["layers"] = "layers"
    heat_flow: HeatFlow = Field(gt=0)
    """At the surface."""
    layers: tuple[Layer, ...] = Field(min_length=1)
    """From the top down; the last one goes on below its thickness."""
    conductivity_falls: bool = True
    """Whether conductivity falls with temperature (crystalline rock, Vosteen and Schellschmidt)."""

    @model_validator(mode="after")
    def _in_range_of_the_law(self) -> Self:
        least = min(layer.conductivity for layer in self.layers)
        if self.conductivity_falls and least <= 0.38:
            raise ValueError(
                f"a layer has {least:g} W/m/K, too little for crystalline rock; "
                "set conductivity_falls = false"
            )
        return self

    def temperature(self, depth: ArrayLike, surface_temperature: float) -> Array:
        """Exact column of layers, the last without end."""
        return column_geotherm(
            depth,
            [*(layer.thickness for layer in self.layers[:-1]), np.inf],
            [layer.conductivity for layer in self.layers],
            [layer.heat_production for layer in self.layers],
            surface_temperature,
            self.heat_flow,
            "crystalline" if self.conductivity_falls else "constant",
        ).temperature


class Log(Geotherm):
    """A measured temperature log, continued below its end by a stated gradient.

    Above a log that starts in the ground the curve runs on to the mean surface temperature.
    """

    kind: Literal["log"] = "log"
    log: Annotated[Table, Columns((("depth", "m"), ("temperature", "K")), rows=2)]
    """Readings from the top down."""
    gradient_below: Gradient | None = Field(default=None, gt=0)
    """Below the last reading; left out, deeper questions are refused."""

    @model_validator(mode="after")
    def _goes_down(self) -> Self:
        depth = self.log["depth"]
        if depth[0] < 0 or np.any(np.diff(depth) <= 0):
            raise ValueError("the depths of the log must rise from 0 m or more, row by row")
        return self

    @property
    def deepest(self) -> float:
        """End of the log, unless a gradient carries it on [m]."""
        return float(self.log["depth"][-1]) if self.gradient_below is None else np.inf

    def temperature(self, depth: ArrayLike, surface_temperature: float) -> Array:
        """Monotone curve through the readings, and a straight line below them."""
        z = np.asarray(depth, dtype=float)
        readings, known = self.log["depth"], self.log["temperature"]
        if z.max() > self.deepest:
            raise ModelError(
                f"the temperature log ends at {self.deepest:.0f} m, asked for {z.max():.0f} m; "
                "give site.geotherm.gradient_below or a deeper log"
            )
        if readings[0] > 0:
            readings = np.concatenate(([0.0], readings))
            known = np.concatenate(([surface_temperature], known))
        end = readings[-1]
        inside = interpolate_log(np.minimum(z, end), readings, known).temperature
        return np.asarray(inside + (self.gradient_below or 0.0) * np.maximum(z - end, 0.0))
