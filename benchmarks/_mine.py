"""A mine of 204 branches for thirty years: what `mine_30_years` and `climate_30_years` run.

34 levels between two shafts, eight of them at work at a time, with coolers at their stations and
stopes; moist air and rock month by month.
"""

import resource
import time
from typing import Any

from comine.models.cooling import ChilledWater
from comine.models.geotherms import Straight
from comine.models.layouts import LevelsAndShafts
from comine.models.mine import Mine
from comine.models.mining import MONTHS, YEAR, CutAndFill
from comine.models.ore import Ore
from comine.models.rock import Rock
from comine.models.site import Block, Climate, Site, Stress
from comine.models.ventilation import Ventilation
from comine.tables import Table
from comine.underground.air_plan import AirPlan
from comine.underground.history import History
from comine.underground.operation import Operation

LEVELS, YEARS = 34, 30
ICE_POINT = 273.15
WINTER = (0.0, 2.0, 6.0, 13.0, 19.0, 23.0, 26.0, 26.0, 22.0, 16.0, 9.0, 2.0)
DRIFT = {"area": 20.0, "perimeter": 18.0, "friction": 0.012, "wetness": 0.3}
SHAFT = {"area": 50.0, "perimeter": 25.1, "friction": 0.004, "wetness": 0.2}


def site() -> Site:
    """Rock at 3 W/m/K that warms by 3 K on 100 m, under a climate of seasons."""
    return Site(
        longitude=120.0,
        latitude=37.0,
        position_uncertainty=0.0,
        surface_temperature=286.0,
        geotherm=Straight(gradient=0.03),
        rock=Rock(
            conductivity=3.0,
            density=2700.0,
            heat_capacity=850.0,
            young_modulus=5e10,
            poisson_ratio=0.25,
            expansion=8e-6,
            strength=1.5e8,
            tensile_strength=1e7,
        ),
        stress=Stress(vertical_gradient=27e3, major_ratio=1.4, minor_ratio=1.0),
        block=Block(area=1e6, top=400.0, bottom=1600.0, reference_temperature=288.0, recovery=0.05),
        climate=Climate(
            monthly=Table(
                columns={
                    "dry_bulb": tuple(ICE_POINT + t for t in WINTER),
                    "relative_humidity": (0.65,) * MONTHS,
                }
            )
        ),
    )


def mine() -> Mine:
    """34 levels at 500 to 1,490 m, cut and fill, air and chilled water."""
    return Mine(
        ore=Ore(metal="gold", tonnage=4e10, grade=5e-6, recovery=0.9, price=5e5),
        layout=LevelsAndShafts(
            top_level=500.0,
            bottom_level=1490.0,
            levels=LEVELS,
            downcast=SHAFT,
            upcast=SHAFT,
            drift=DRIFT,
            stope=DRIFT,
            crosscut=600.0,
            haulage=1200.0,
            stopes=6,
            stope_length=200.0,
            return_drift=800.0,
        ),
        mining=CutAndFill(
            rate=4e10 / (28 * YEAR),
            start=YEAR,
            development=YEAR / 2,
            stope_life=YEAR,
            active_levels=8,
        ),
        ventilation=Ventilation(
            level_flow=120.0, wet_bulb_limit=301.15, electric=1.5e6, diesel=1e6, fan_efficiency=0.7
        ),
        cooling=ChilledWater(
            supply_temperature=285.15,
            return_temperature=299.15,
            condensing_temperature=308.15,
            carnot_share=0.6,
            pump_efficiency=0.75,
            water_temperature=276.15,
            turbine_efficiency=0.7,
        ),
    )


def plan(years: int = YEARS) -> AirPlan:
    """The mine's air through the months."""
    place, whole = site(), mine()
    schedule = whole.mining.schedule(whole.ore.tonnage, LEVELS, years)
    return AirPlan(place, whole, whole.layout.openings(), schedule, years * MONTHS)


def figures(operation: Operation, history: History, begun: float) -> dict[str, Any]:
    """What is told of a run that began at a reading of the clock."""
    seconds = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # KiB on Linux
    assert operation.air is not None and operation.plan is not None
    used = history.entries
    return {
        "ours_s": round(seconds, 1),
        "peer": None,
        "peer_s": None,
        "ratio": None,
        "error": None,
        "peer_error": None,
        "memory_gb": round(memory / 1e9, 3),
        "cells": operation.underground.grid.size,
        "branches": len(operation.plan.openings.branches),
        "volumes": operation.air.streams.volumes,
        "skins": operation.air.streams.skins,
        "months": operation.months,
        "steps": len(used),
        "passes": sum(entry.passes for entry in used),
        "iterations": sum(entry.iterations for entry in used),
        "ledger": float(f"{max(entry.residual for entry in used):.1e}"),
        "ledger_air": float(f"{max(entry.carrier_residual for entry in used):.1e}"),
    }
