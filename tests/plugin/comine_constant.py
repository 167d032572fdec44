"""A geotherm that a plug-in adds."""

from typing import Literal

import numpy as np

from comine.models.geotherms import Geotherm
from comine.units import TemperatureDifference


class Constant(Geotherm):
    """The same temperature at all depths."""

    kind: Literal["constant"] = "constant"
    excess: TemperatureDifference = 20.0
    """Above the surface."""

    def temperature(self, depth, surface_temperature):
        return np.full_like(np.asarray(depth, dtype=float), surface_temperature + self.excess)
