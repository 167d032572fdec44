"""What the ground is made of."""

from pydantic import Field

from comine.models.base import Model
from comine.units import Conductivity, Density, Expansion, Fraction, HeatCapacity, Pressure


class Rock(Model):
    """Homogeneous, isotropic rock: heat, elasticity and strength."""

    conductivity: Conductivity = Field(ge=0.1, le=50)
    """Thermal conductivity at 25 °C."""
    density: Density = Field(ge=500, le=1e4)
    """Of the rock in place."""
    heat_capacity: HeatCapacity = Field(ge=200, le=5000)
    """Specific heat."""
    porosity: Fraction = Field(default=0.0, ge=0, lt=1)
    """Share of the volume that is pores."""
    young_modulus: Pressure = Field(ge=1e6, le=1e12)
    """Of the rock at the wall, not of the lab sample."""
    poisson_ratio: Fraction = Field(gt=0, lt=0.5)
    """Of the rock at the wall."""
    expansion: Expansion = Field(gt=0, le=1e-3)
    """Linear thermal expansion."""
    strength: Pressure = Field(ge=1e5, le=2e9)
    """Uniaxial compressive strength of the intact rock."""
    tensile_strength: Pressure = Field(ge=1e3, le=2e8)
    """Of the intact rock."""

    @property
    def diffusivity(self) -> float:
        """Thermal diffusivity [m²/s]."""
        return self.conductivity / (self.density * self.heat_capacity)
