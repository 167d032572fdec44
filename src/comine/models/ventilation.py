"""Air and machines in the mine."""

from pydantic import Field

from comine.models.base import Model
from comine.units import FilmCoefficient, Fraction, MassFlow, Power, Temperature


class Ventilation(Model):
    """Air sent to each level that is open, the heat of what works there, and the limit."""

    level_flow: MassFlow = Field(gt=0)
    """Air to an open level."""
    wet_bulb_limit: Temperature
    """Highest wet bulb allowed where the air leaves the stopes."""
    electric: Power = Field(ge=0)
    """Electric power turned to heat on a level that mines."""
    diesel: Power = Field(ge=0)
    """Fuel power burnt on a level that mines."""
    fan_efficiency: Fraction = Field(gt=0, le=1)
    """Of the main fan with its motor."""
    film_radiation: FilmCoefficient = Field(default=1.5, ge=0)
    """Radiative part of the wall's film coefficient, wall to wall (comine default)."""
    water_effectiveness: Fraction = Field(default=0.5, ge=0, le=1)
    """Share of its heat above the wet-bulb limit that fissure water gives to the air on its way
    (comine default)."""
    broken_rock_share: Fraction = Field(default=0.5, ge=0, le=1)
    """Share of its heat above the wet-bulb limit that broken ore gives to the air
    (comine default)."""
