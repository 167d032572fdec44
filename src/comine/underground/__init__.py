"""Rock, openings and the fluids in them, joined: what physics and models make together.

The names here are all that a notebook needs; see `comine.underground.engine` for an example.
"""

from comine.numerics.coupled import CoupledControl, StoppedError
from comine.underground.course import DRY_AIR, WATER, Fluid, Outlet
from comine.underground.engine import Underground
from comine.underground.fracture import Fracture
from comine.underground.part import Part
from comine.underground.porous import Porous, Rubble, Screen
from comine.underground.rock import Change, Rock, Zone
from comine.underground.rock_grid import grid_for
from comine.underground.runs import run
from comine.underground.schedule import Schedule, Steps
from comine.underground.tube import Layer, Tube

__all__ = [
    "DRY_AIR",
    "WATER",
    "Change",
    "CoupledControl",
    "Fluid",
    "Fracture",
    "Layer",
    "Outlet",
    "Part",
    "Porous",
    "Rock",
    "Rubble",
    "Schedule",
    "Screen",
    "Steps",
    "StoppedError",
    "Tube",
    "Underground",
    "Zone",
    "grid_for",
    "run",
]
