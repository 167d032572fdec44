"""A mine of 204 branches for thirty years: what `mine_30_years` and `climate_30_years` run."""

import resource
import sys
import time
from typing import Any

import numpy as np

from comine.models.cooling import ChilledWater
from comine.models.layouts import LevelsAndShafts
from comine.models.mine import Mine
from comine.models.mining import MONTHS, YEAR, CutAndFill
from comine.models.ore import Ore
from comine.models.site import Block, Climate, Rock, Site, Straight, Stress
from comine.models.ventilation import Ventilation
from comine.tables import Table
