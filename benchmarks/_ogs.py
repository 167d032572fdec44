"""Problems of the benchmarks in OpenGeoSys 6, as a process of its own.

It runs in an environment with the package ogs (licence BSD-3-Clause), reads a problem as JSON from
its input and writes one line of JSON. `fracture` is the problem of `benchmarks._fracture`: rock of
hexahedra, the half fracture as quadrilaterals on their outer faces. `well` is that of
`benchmarks.well_2000m`.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import ogs.OGSMesh  # noqa: F401
from ogs.OGSSimulator import OGSSimulation

from benchmarks._ogs_files import (
    Block,
    Floats,
    Indices,
    Mesh,
    write_mesh,
    write_part,
    write_project,
)
from benchmarks._ogs_heat import Problem, Rock, Water, falling, fixed, medium, project
from benchmarks._ogs_well import well

VISCOSITY = 3e-4
TIGHT = 1e-20
"""Viscosity of the water [Pa s] and permeability of the rock [m²]."""
TOLERANCE = 1e-10
"""Of the linear solver, relative."""


def boxes(x: Floats, y: Floats, z: Floats) -> tuple[Mesh, Indices]:
    """Hexahedra between the given planes and the number of each node, shape (x, y, z)."""
    node = np.arange(len(x) * len(y) * len(z)).reshape(len(x), len(y), len(z))
    points = np.stack(np.meshgrid(x, y, z, indexing="ij"), axis=-1).reshape(-1, 3)
    floor = [node[:-1, :-1], node[1:, :-1], node[1:, 1:], node[:-1, 1:]]
    corners = [each[..., :-1] for each in floor] + [each[..., 1:] for each in floor]
    cells = np.stack(corners, axis=-1).reshape(-1, 8)
    return Mesh(points, [Block(cells, np.zeros(len(cells), np.int64))]), node


def heat_and_flow(given: dict[str, Any], parts: list[str], pressure: float) -> dict[str, Any]:
    """Project of the fracture, of which half belongs to the rock at hand."""
    density, half = given["density"], given["half_aperture"]
    water = Water(density, given["water_capacity"] / density, VISCOSITY)
    rock = Rock(given["conductivity"], given["capacity"])
    problem = Problem(
        parts,
        {
            'medium id="0"': medium(water, rock, TIGHT),
            'medium id="1"': medium(water, rock, half * (2.0 * half) ** 2 / 12.0, half),
        },
        {
            "T0": given["rock_celsius"],
            "T_in": given["inlet_celsius"],
            "p_in": pressure,
            "p_start": falling(pressure, "x", given["x"][-1]),
            "p_out": 0.0,
        },
        [fixed("in", "T_in")],
        [fixed(part, f"p_{part}") for part in parts],
    )
    return project(problem, np.diff([0.0, *given["times"]]).tolist(), 1, TOLERANCE)


def fracture(given: dict[str, Any], folder: Path) -> Callable[[OGSSimulation], float]:
    """Write the fracture's files; how to read the outlet temperature."""
    x, y, z = (np.asarray(given[axis]) for axis in "xyz")
    mesh, node = boxes(x, y, z)
    on = node[:, 0]
    quads = np.stack([on[:-1, :-1], on[1:, :-1], on[1:, 1:], on[:-1, 1:]], axis=-1).reshape(-1, 4)
    mesh.blocks.append(Block(quads, np.ones(len(quads), np.int64)))
    write_mesh(folder / "whole.vtu", mesh)
    for name, column in (("in", on[0]), ("out", on[-1])):
        edge = np.stack([column[:-1], column[1:]], axis=-1)
        write_part(folder / f"{name}.vtu", mesh, edge, np.zeros(len(edge), np.int64))
    half = given["half_aperture"]
    flow = given["mass_flow"] / given["density"] / (z[-1] - z[0])
    pressure = VISCOSITY * flow * (x[-1] - x[0]) / (half * (2.0 * half) ** 2 / 12.0)
    write_project(folder / "problem.prj", heat_and_flow(given, ["in", "out"], float(pressure)))
    return lambda found: float(np.trapezoid(field(found)[on[-1]], z) / (z[-1] - z[0]))


def field(found: OGSSimulation, name: str = "temperature") -> Floats:
    """Values at the nodes."""
    return np.asarray(found.mesh("whole").data_array(name, "double"))


PROBLEMS = {"fracture": fracture, "well": well}


def main() -> None:
    """Solve and write the line; the time holds the files that OpenGeoSys writes after each step."""
    given = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begun = time.perf_counter()
        outlet = PROBLEMS[given["problem"]](given, folder)
        found = OGSSimulation(["", str(folder / "problem.prj"), "-o", name, "-l", "error"])
        clock = [(time.perf_counter(), time.process_time())]
        reached = []
        for _ in given["times"]:
            if found.execute_time_step() != 0:
                sys.exit("OpenGeoSys gave up a step")
            clock.append((time.perf_counter(), time.process_time()))
            reached.append(outlet(found))
        found.close()
    wall, cpu = np.diff(clock, axis=0).T
    line = {
        "prepare_s": clock[0][0] - begun,
        "step_s": wall.tolist(),
        "step_cpu_s": cpu.tolist(),
        "outlet_celsius": reached,
        "memory_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9,
    }
    sys.stdout.write("\n" + json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
