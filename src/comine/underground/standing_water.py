"""Water in a circuit from the surface: its heat content and weight under a standing column.

Water is kept liquid at the surface by the pressure there, and is everywhere under the pressure of
a column that stands; the losses of its flow change its properties by less than the tables' error.
"""

from dataclasses import dataclass

import numpy as np

from comine.numerics.contents import Contents, contents
from comine.physics import Array
from comine.physics.fluids import Fluid, working_fluid
from comine.physics.pipe import GRAVITY
from comine.physics.water import LIQUID_DENSITY
from comine.underground.fluid_states import states_of, temperature_of

LEAST_PRESSURE = 1e6
"""At the surface, where the water is cold [Pa]."""
ABOVE_BOILING = 1.2
"""Pressure at the surface over that at which the hottest rock makes water boil (comine default)."""
WARMER = 10.0
"""Temperature up to which contents are tabulated above that of the hottest rock [K]."""
NODES = 96


@dataclass(frozen=True, eq=False)
class StandingWater:
    """Water under a standing column; made by `standing_water`."""

    fluid: Fluid
    hottest: float
    """Temperature up to which it stays liquid at the surface [K]."""
    top_pressure: float
    """At the surface [Pa]."""

    def pressure(self, depth: Array | float) -> Array:
        """Pressure at a depth [Pa]."""
        return np.asarray(self.top_pressure + GRAVITY * LIQUID_DENSITY * np.asarray(depth))

    def content(self, temperature: Array | float, depth: Array | float) -> Array:
        """Enthalpy less the height above depth: what a way without heat exchange keeps [J/kg]."""
        return self._at("enthalpy", temperature, depth) - GRAVITY * np.asarray(depth)

    def temperature(self, content: Array, depth: float) -> Array:
        """Temperature of a content at a depth [K]."""
        enthalpy = np.asarray(content) + GRAVITY * depth
        pressure = np.broadcast_to(self.pressure(depth), enthalpy.shape)
        return temperature_of(self.fluid, enthalpy, pressure, _at_depth)

    def specific_heat(self, temperature: Array | float, depth: Array | float) -> Array:
        """[J/kg/K]"""
        return self._at("specific_heat", temperature, depth)

    def density(self, temperature: Array | float, depth: Array | float) -> Array:
        """[kg/m³]"""
        return self._at("density", temperature, depth)

    def contents(self, depth: Array) -> Contents:
        """Temperature by content of volumes at some depths."""
        deep, row = np.unique(depth, return_inverse=True)
        kelvin = np.linspace(self.fluid.span.coldest, self.hottest, NODES)
        content, heat = (
            of(kelvin, deep[:, None]) for of in (self.content, self.specific_heat)
        )  # fmt: skip
        return contents(kelvin, content, heat, row)

    def _at(self, name: str, temperature: Array | float, depth: Array | float) -> Array:
        kelvin, pascal = np.broadcast_arrays(np.asarray(temperature, float), self.pressure(depth))
        found = states_of(self.fluid, name, kelvin.ravel(), pascal.ravel(), _at_depth)
        return found.reshape(kelvin.shape)


def standing_water(hottest: float) -> StandingWater:
    """Water that stays liquid at the surface.

    Parameters
    ----------
    hottest : float
        Temperature of the hottest rock that it meets [K].

    Returns
    -------
    StandingWater

    Raises
    ------
    ValueError
        If no pressure keeps water liquid that is 10 K hotter: above about 624 K.

    Examples
    --------
    >>> water = standing_water(513.15)
    >>> float((water.content(513.15, 0.0) - water.content(298.15, 0.0)).round(-2))
    928400.0
    """
    fluid, reach = working_fluid("water"), hottest + WARMER
    boiling = float(fluid.saturation_pressure(reach))
    return StandingWater(fluid, reach, max(LEAST_PRESSURE, ABOVE_BOILING * boiling))


def _at_depth(number: int) -> str:
    return f"water of a circuit, place {number}"
