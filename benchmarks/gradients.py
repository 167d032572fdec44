"""Derivatives of the outlet of a fracture after thirty years by the conductivity of every cell.

``python -m benchmarks.gradients`` runs water between an injector and a producer 500 m apart through
a fracture in rock of 51,200 cells, 27 steps of second order, and takes the gradient of its outlet
temperature by conductivity, capacity and start of each cell, flow and inlet. Peer are central
differences of the same code by conductivity, flow and inlet alone, two runs for each, scaled from
one run (certain). ``error`` is the deviation of the gradient in a random direction of conductivity
from the central difference in that direction. Both parts are compiled before they are timed;
``compile_s`` are first calls less later ones. It ends with one line of JSON.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import brentq

from comine.numerics import Array
from comine.numerics.conduction import Conduction
from comine.numerics.grid import Grid
from comine.numerics.jax_operators import Values, jax, jnp
from comine.numerics.jax_rock import (
    Fracture,
    Inputs,
    Run,
    Temperatures,
    forward,
    gradient,
    inputs,
)

YEAR = 365.25 * 86400.0
SIDE, BEHIND, NARROWEST = 500.0, 300.0, 0.5
SHAPE = (64, 25, 32)
STEPS, FIRST, UNTIL = 27, 0.02 * YEAR, 30 * YEAR
CONDUCTIVITY, CAPACITY = 3.0, 2.2525e6
WARM, COLD, FLOW = 150.0, 40.0, 2e-5


def growing(count: int) -> Array:
    """Edges from the fracture into the rock, the narrowest cell first [m]."""
    ratio = brentq(lambda r: NARROWEST * (r**count - 1) / (r - 1) - BEHIND, 1.01, 3.0)
    return np.concatenate([[0.0], np.cumsum(NARROWEST * ratio ** np.arange(count))])


def half_of_the_rock() -> tuple[Run, Inputs]:
    """Rock on one side of the fracture."""
    nx, ny, nz = SHAPE
    grid = Grid(np.linspace(0, SIDE, nx + 1), growing(ny), np.linspace(0, SIDE, nz + 1))
    ends = FIRST + (UNTIL - FIRST) * np.linspace(0.0, 1.0, STEPS) ** 2
    steps = np.diff(ends, prepend=0.0)
    run = Run(Conduction(grid, CONDUCTIVITY, CAPACITY), steps, Fracture())
    return run, inputs(run, WARM, FLOW, COLD)


def outlet(reached: Temperatures) -> Values:
    """Temperature of the water that leaves at the end."""
    return jnp.mean(reached.fluid[-1, -1])


def timed(calls: Sequence[Callable[[], object]], rounds: int = 8) -> Array:
    """Time of the first call and shortest of later ones, taken in turns, for each [s]."""
    taken: list[list[float]] = []
    for _ in range(1 + rounds):
        taken.append([])
        for call in calls:
            begun = time.perf_counter()
            call()
            taken[-1].append(time.perf_counter() - begun)
    return np.array([taken[0], np.min(taken[1:], axis=0)])


def deviation(call: Callable[[Inputs], Temperatures], given: Inputs, slope: Inputs) -> float:
    """Of the gradient from a central difference in a random direction."""
    direction = np.random.default_rng(0).normal(size=SHAPE)
    ends = [
        float(np.mean(call(given._replace(conductivity=given.conductivity + move)).fluid[-1, -1]))
        for move in (1e-3 * direction, -1e-3 * direction)
    ]
    difference = (ends[0] - ends[1]) / 2e-3
    return abs(float(np.vdot(slope.conductivity, direction)) / difference - 1.0)


def main() -> None:
    """Run and print the line."""
    run, given = half_of_the_rock()
    call, derive = forward(run), gradient(run, outlet)
    first, (seconds, ours) = timed([lambda: call(given), lambda: derive(given)])
    value, slope = derive(given)
    count = given.conductivity.size + given.flow.size + given.inlet.size
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # KiB on Linux
    line = {
        "name": "gradients",
        "ours_s": round(ours, 3),
        "peer": "central differences of the same code",
        "peer_s": round(2 * count * seconds),
        "ratio": round(2 * count * seconds / ours),
        "error": float(f"{deviation(call, given, slope):.1e}"),
        "peer_error": None,
        "memory_gb": round(memory / 1e9, 3),
        "cells": int(np.prod(SHAPE)),
        "derivatives": sum(int(np.size(each)) for each in slope),
        "forward_s": round(seconds, 3),
        "gradient_over_forward": round(ours / seconds, 2),
        "compile_s": [round(first[0] - seconds, 1), round(first[1] - ours, 1)],
        "outlet": round(value, 3),
        "outlet_by_flow": float(f"{float(slope.flow):.5g}"),
        "device": jax.devices()[0].platform,
        "peer_scaled": True,
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
