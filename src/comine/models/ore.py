"""The ore: how much, how rich, what it sells for."""

from pydantic import Field

from comine.models.base import Model
from comine.units import Fraction, Mass, MassPrice


class Ore(Model):
    """Ore of the levels that the project mines."""

    metal: str
    """Name of the metal sold."""
    tonnage: Mass = Field(gt=0)
    """Ore in the levels that the project mines."""
    grade: Fraction = Field(gt=0, lt=1)
    """Mass of metal in a mass of ore."""
    recovery: Fraction = Field(gt=0, le=1)
    """Share of the metal in the ore that is sold."""
    price: MassPrice = Field(gt=0)
    """Of the metal."""
