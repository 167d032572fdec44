"""Thirty years of cold water down a well of 2,000 m, against OpenGeoSys.

``python -m benchmarks.well_2000m`` ends with one line of JSON. Water enters at 20 degC, as warm as
the rock at the surface, 5 kg/s down a bore of 0.1 m radius; the rock warms by 0.05 K/m. Between
water and wall there is no resistance. ``error`` is the greatest deviation of the water at the lower
end after 30 days, 1 year and 30 years from the exact one, of rock that conducts sideways alone; the
water in the well begins at the temperature of the rock and counts. Peer: a borehole heat exchanger
of kind 1P in OpenGeoSys, 54 steps with one
thread; its time is that of the processor, with the files that it writes after each step.
"""

import json
import sys
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import kve

from benchmarks import _peer
from benchmarks._well_comine import run
from comine.physics import Array
from comine.physics.laplace import talbot

DAY, YEAR = 86400.0, 365.25 * 86400.0
DEPTH, RADIUS = 2000.0, 0.1
CONDUCTIVITY, CAPACITY = 3.0, 2.2525e6
MASS_FLOW, DENSITY, SPECIFIC = 5.0, 1000.0, 4200.0
INLET, SURFACE, GRADIENT = 20.0, 20.0, 0.05
TIMES = np.array([30.0 * DAY, YEAR, 30.0 * YEAR])
STEPS = 54
OGS = ("ogs==6.5.9",)
LEVELS, REACH = 10, 300.0
"""Layers over the depth and half width of the peer's grid [m]."""
RECORDED_SECONDS, RECORDED_ERROR = 5.0, 0.149


class Ours(NamedTuple):
    """Thirty years by comine."""

    seconds: float
    outlet: Array
    """Temperature of the water at the lower end at `TIMES` [degC]."""
    memory: float
    """Most that the process held [GB]."""


def exact_outlet(time: Array) -> Array:
    """Temperature at the lower end by Laplace inversion [degC]."""
    flow = MASS_FLOW * SPECIFIC
    content = np.pi * RADIUS**2 * DENSITY * SPECIFIC

    def excess(s: NDArray[np.complex128]) -> NDArray[np.complex128]:
        x = RADIUS * np.sqrt(s * CAPACITY / CONDUCTIVITY)
        wall = 2.0 * np.pi * CONDUCTIVITY * x * kve(1, x) / kve(0, x)
        length = flow / (wall + content * s)
        fallen = np.exp(-DEPTH / length)
        rock = GRADIENT * (DEPTH + length * (fallen - 1.0))
        return np.asarray((rock + (INLET - SURFACE) * fallen) / s)

    return SURFACE + talbot(excess, time, 32)


def ours() -> Ours:
    """The thirty years by comine."""
    case = (
        (DEPTH, RADIUS), (CONDUCTIVITY, CAPACITY), (MASS_FLOW * SPECIFIC, DENSITY * SPECIFIC),
        (SURFACE, GRADIENT), INLET, TIMES, DAY / 4,
    )  # fmt: skip
    run(*case)  # compiles
    return Ours(*run(*case))


def step_times() -> Array:
    """Ends of the peer's steps, which grow from a day to years [s]."""
    powers = np.arange(STEPS)
    ratio = brentq(lambda r: DAY * np.sum(r**powers) - TIMES[-1], 1.0, 2.0)
    return np.cumsum(DAY * ratio**powers)


def peer() -> dict[str, Any] | None:
    """What OpenGeoSys finds, or None where it does not run."""
    folder = _peer.kept(OGS)
    given = {
        "problem": "well",
        "radius": RADIUS,
        "reach": REACH,
        "depth": DEPTH,
        "levels": LEVELS,
        "mass_flow": MASS_FLOW,
        "density": DENSITY,
        "specific_heat": SPECIFIC,
        "water_conductivity": 6.0,
        "conductivity": CONDUCTIVITY,
        "capacity": CAPACITY,
        "surface_celsius": SURFACE,
        "inlet_celsius": INLET,
        "gradient": GRADIENT,
        "times": step_times().tolist(),
    }
    if folder is None:
        return None
    return _peer.run(folder, "benchmarks/_ogs.py", given, {"OMP_NUM_THREADS": "1"})


def main() -> None:
    """Run both and print the line."""
    own, exact = ours(), exact_outlet(TIMES)
    other = peer()
    seconds, error = RECORDED_SECONDS, RECORDED_ERROR
    if other:
        seconds = float(np.sum(other["step_cpu_s"]))
        found = np.interp(TIMES, step_times(), other["outlet_celsius"])
        error = float(np.max(np.abs(found - exact)))
    line = {
        "name": "well_2000m",
        "ours_s": round(own.seconds, 3),
        "peer": "OpenGeoSys 6.5.9, HEAT_TRANSPORT_BHE with a 1P",
        "peer_s": round(seconds, 2),
        "ratio": round(seconds / own.seconds, 1),
        "error": round(float(np.max(np.abs(own.outlet - exact))), 3),
        "peer_error": round(error, 3),
        "memory_gb": round(own.memory, 3),
        "peer_recorded": other is None,
        "peer_steps": STEPS,
        "peer_wall_s": round(float(np.sum(other["step_s"])), 2) if other else None,
        "peer_memory_gb": round(other["memory_gb"], 3) if other else None,
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
