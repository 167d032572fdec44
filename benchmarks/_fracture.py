"""Cold water through one vertical fracture in hot rock: the problem, its exact solution, its peers.

A fracture of 500 x 500 m with 1 mm between its faces, rock of 300 m to either side. Water of
40 degC enters along one edge, 10 kg/s in all, and leaves along the other; rock and fracture begin
at 150 degC. By symmetry half of it is computed: one face, half the aperture and half the water.
The exact outlet (Lauwerier) is that of the whole fracture with both faces or, the same, of the half
with one. It knows no conduction along the fracture, which the simulators have, and no end of the
rock, which is felt by less than 1e-5 K.

The peers run twice. Nothing changes with height, so that a slice of few cells over the height, all
steps, gives their error. A few steps of the whole grid give their time: one that is not counted
takes them to where the middle of all steps is, then some of the middle length are measured and
the median is scaled to all. Each peer has one thread; its time is that of the processor, which is
what it takes on an idle machine.
"""

import json
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import brentq

from benchmarks import _peer
from comine.physics import Array
from comine.physics.fracture import single_fracture_fraction

YEAR = 365.25 * 86400.0
UNTIL = 30.0 * YEAR
SIDE, BEHIND, APERTURE = 500.0, 300.0, 1e-3
CONDUCTIVITY, CAPACITY = 3.0, 2.2525e6
DENSITY, WATER_CAPACITY = 1000.0, 4.2e6
MASS_FLOW = 10.0
"""Of the whole fracture, both faces [kg/s]."""
COLD, WARM = 40.0, 150.0
FIRST_CELL, FIRST_STEP = 0.5, 0.02 * YEAR
STEPS = 54
"""Implicit solves of the thirty years."""
OUTLET_TIMES = np.array([1.0, 5.0, 10.0, 20.0, 30.0]) * YEAR
SMALL, LARGE = (64, 28, 112), (128, 65, 128)
SLICE = 4
"""Layers over the height of the run for the error."""
DARTS, OGS = ("open-darts==2.0.0",), ("ogs==6.5.9",)


class Ours(NamedTuple):
    """Thirty years by comine."""

    seconds: float
    outlet: Array
    """Temperature of the water that leaves at `OUTLET_TIMES` [degC]."""
    memory: float
    """Most that the process held [GB]."""


class Recorded(NamedTuple):
    """Figures of a peer where it does not run here."""

    seconds: float
    """All steps [s]."""
    error: float
    """[K]."""


class Peer(NamedTuple):
    """A simulator and what the benchmark asks of it."""

    name: str
    packages: tuple[str, ...]
    script: str
    steps: int
    """Steps that are measured, beside the first."""
    recorded: Recorded


def exact_outlet(time: Array) -> Array:
    """Outlet temperature of the whole fracture, with both faces [degC]."""
    fraction = single_fracture_fraction(
        time,
        SIDE * SIDE,
        MASS_FLOW * WATER_CAPACITY / DENSITY,
        CONDUCTIVITY,
        CONDUCTIVITY / CAPACITY,
        APERTURE * WATER_CAPACITY,
    )
    return np.asarray(COLD + (WARM - COLD) * fraction)


def growing(total: float, first: float, count: int) -> Array:
    """Widths that grow by one ratio from the first and make up the total."""
    powers = np.arange(count)
    ratio = brentq(lambda r: first * np.sum(r**powers) - total, 1.0, 2.0)
    return np.asarray(first * ratio**powers)


def step_times() -> Array:
    """Ends of the steps, which grow from a week to years [s]."""
    return np.cumsum(growing(UNTIL, FIRST_STEP, STEPS))


def grid(shape: tuple[int, int, int]) -> tuple[Array, Array, Array]:
    """Planes between the cells of rock: along the water, away from the fracture, and up [m]."""
    nx, ny, nz = shape
    y = np.concatenate([[0.0], np.cumsum(growing(BEHIND, FIRST_CELL, ny))])
    return np.linspace(0.0, SIDE, nx + 1), y, np.linspace(0.0, SIDE, nz + 1)


def given(shape: tuple[int, int, int], times: Array) -> dict[str, Any]:
    """The half problem as a peer reads it, with the ends of its steps."""
    planes = dict(zip("xyz", (each.tolist() for each in grid(shape)), strict=True))
    return {
        "problem": "fracture",
        **planes,
        "half_aperture": 0.5 * APERTURE,
        "conductivity": CONDUCTIVITY,
        "capacity": CAPACITY,
        "density": DENSITY,
        "water_capacity": WATER_CAPACITY,
        "mass_flow": 0.5 * MASS_FLOW,
        "inlet_celsius": COLD,
        "rock_celsius": WARM,
        "times": times.tolist(),
    }


def sample(count: int) -> Array:
    """Ends of one step to the middle of all steps and of some of the middle length."""
    ends = step_times()
    middle = STEPS // 2
    return np.asarray(ends[middle] + (ends[middle + 1] - ends[middle]) * np.arange(count + 1))


def greatest_error(times: Array, outlet: Array) -> float:
    """Greatest deviation from the exact outlet at `OUTLET_TIMES`, linear between steps [K]."""
    found = np.interp(OUTLET_TIMES, times, outlet)
    return float(np.max(np.abs(found - exact_outlet(OUTLET_TIMES))))


def peer_figures(peer: Peer, shape: tuple[int, int, int]) -> dict[str, Any]:
    """Time, error and memory of a peer, measured or recorded."""
    slice_ = *shape[:2], SLICE
    folder = _peer.kept(peer.packages)
    variables = {"OMP_NUM_THREADS": "1"}
    if folder is not None and peer.packages is DARTS:
        own = next(folder.glob("**/site-packages/darts/libstdc++.so.6"), None)
        variables |= {"LD_PRELOAD": str(own)} if own else {}
    every = part = None
    if folder is not None:
        every = _peer.run(folder, peer.script, given(slice_, step_times()), variables)
        part = _peer.run(folder, peer.script, given(shape, sample(peer.steps)), variables)
    figures: dict[str, Any] = {
        "name": peer.name,
        "s": peer.recorded.seconds,
        "wall_s": None,
        "error": peer.recorded.error,
        "memory_gb": None,
        "scaled": True,
        "steps": peer.steps,
        "recorded": part is None or every is None,
    }
    if part:
        for key, taken in (("s", "step_cpu_s"), ("wall_s", "step_s")):
            figures[key] = round(float(np.median(part[taken][1:])) * STEPS, 1)
        figures["memory_gb"] = round(part["memory_gb"], 3)
    if every:
        outlet = np.array(every["outlet_celsius"])
        figures["error"] = round(greatest_error(step_times(), outlet), 3)
    return figures


def report(
    name: str,
    shape: tuple[int, int, int],
    ours: Callable[[tuple[int, int, int]], Ours],
    peers: tuple[Peer, Peer],
) -> None:
    """Run comine and the peers on one grid and print the line."""
    own = ours(shape)
    first, second = (peer_figures(peer, shape) for peer in peers)
    error = np.max(np.abs(own.outlet - exact_outlet(OUTLET_TIMES)))
    line = {
        "name": name,
        "ours_s": round(own.seconds, 2),
        "peer": first["name"],
        "peer_s": first["s"],
        "ratio": round(first["s"] / own.seconds, 1),
        "error": round(float(error), 3),
        "peer_error": first["error"],
        "memory_gb": round(own.memory, 3),
        "cells": int(np.prod(shape)),
        "steps": STEPS,
        **{f"peer_{key}": first[key] for key in ("scaled", "recorded", "steps", "wall_s")},
        "peer_memory_gb": first["memory_gb"],
        "second_peer": second["name"],
        "second_ratio": round(second["s"] / own.seconds, 1),
        **{f"second_peer_{key}": second[key] for key in second if key != "name"},
    }
    sys.stdout.write(json.dumps(line) + "\n")
