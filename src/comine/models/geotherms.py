"""Ways of knowing how hot the rock is. Each kind is its parameters and one verb, `temperature`."""

from abc import ABC, abstractmethod
from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field

from comine.errors import ModelError
from comine.models.base import Model
from comine.physics import Array
from comine.physics.geotherm import layered_temperature, log_temperature
from comine.tables import Columns, Table
from comine.units import Conductivity, Gradient, HeatFlow, HeatProduction, Length


class Geotherm(Model, ABC):
    """Temperature of undisturbed rock against depth."""

    @abstractmethod
    def temperature(self, depth: ArrayLike, surface_temperature: float) -> Array:
        """Rock temperature [K] at depths [m], with the given mean surface temperature [K]."""


class Straight(Geotherm):
    """One gradient from the surface down."""

    kind: Literal["gradient"] = "gradient"
    gradient: Gradient = Field(gt=0)

    def temperature(self, depth: ArrayLike, surface_temperature: float) -> Array:
        return np.asarray(surface_temperature + self.gradient * np.asarray(depth, dtype=float))


class Layer(Model):
    """One layer of the rock column, from the top down."""

    thickness: Length = Field(gt=0)
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

    def temperature(self, depth: ArrayLike, surface_temperature: float) -> Array:
        return layered_temperature(
            depth,
            surface_temperature,
            self.heat_flow,
            [layer.thickness for layer in self.layers],
            [layer.conductivity for layer in self.layers],
            [layer.heat_production for layer in self.layers],
            self.conductivity_falls,
        )


class Log(Geotherm):
    """A measured temperature log, continued below its end by a stated gradient."""

    kind: Literal["log"] = "log"
    log: Annotated[Table, Columns((("depth", "m"), ("temperature", "K")), rows=2)]
    gradient_below: Gradient | None = Field(default=None, gt=0)
    """Below the last reading; left out, deeper questions are refused."""

    def temperature(self, depth: ArrayLike, surface_temperature: float) -> Array:
        z = np.asarray(depth, dtype=float)
        deepest = self.log["depth"].max()
        if self.gradient_below is None and z.max() > deepest:
            raise ModelError(
                f"the temperature log ends at {deepest:.0f} m, asked for {z.max():.0f} m; "
                "give site.geotherm.gradient_below or a deeper log"
            )
        return log_temperature(
            z, self.log["depth"], self.log["temperature"], surface_temperature, self.gradient_below
        )
