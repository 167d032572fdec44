"""The mine: ore, openings, method, air, cold."""

from typing import Annotated

from comine.models.base import Model, OneOf
from comine.models.cooling import Cooling
from comine.models.layouts import Layout
from comine.models.mining import Mining
from comine.models.ore import Ore
from comine.models.ventilation import Ventilation


class Mine(Model):
    """All that mining needs; a project without it takes heat alone."""

    ore: Ore
    """How much, how rich, at what price."""
    layout: Annotated[Layout, OneOf(Layout)]
    """Geometry of the openings."""
    mining: Annotated[Mining, OneOf(Mining)]
    """Method and order of mining."""
    ventilation: Ventilation
    """Air, machines and the limit."""
    cooling: Annotated[Cooling, OneOf(Cooling)]
    """Refrigeration plant and its way down."""
