"""Ways of cooling a mine. Each kind is its parameters and one verb, `cool`."""

from comine.models.cooling.absorption import Absorption
from comine.models.cooling.base import Cold, Cooling
from comine.models.cooling.shaft import ChilledWater, Ice
from comine.models.cooling.surface_bulk import SurfaceBulk
from comine.models.cooling.underground_plant import UndergroundPlant

__all__ = [
    "Absorption",
    "ChilledWater",
    "Cold",
    "Cooling",
    "Ice",
    "SurfaceBulk",
    "UndergroundPlant",
]
