"""Problems of the benchmarks in OpenGeoSys 6, as a process of its own.

It runs in an environment with the package ogs (licence BSD-3-Clause), reads a problem as JSON from
its input and writes one line of JSON. `fracture` is the problem of `benchmarks._fracture`: rock of
hexahedra, the half fracture as quadrilaterals on their outer faces. Elements of a lower dimension
count as 1 m thick whatever aperture is named, so that permeability, porosity and conductivity of
the fracture carry the half aperture as a factor. No stabilisation: full upwinding gives thousands
of degrees at the outlet of such elements. `well` is that of `benchmarks.well_2000m`.
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
    constants,
    linear_solver,
    parameters,
    stepping,
    write_mesh,
    write_part,
    write_project,
)
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


def medium(fluid: dict[str, Any], solid: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """One material of a project."""
    phases = [("AqueousLiquid", fluid), ("Solid", solid)]
    return {
        "phases": {"phase": [{"type": k, "properties": constants(v)} for k, v in phases]},
        "properties": constants(whole),
    }


def water_and_rock(given: dict[str, Any], half: float | None) -> dict[str, Any]:
    """The rock, or the fracture with its half aperture folded in."""
    density, conductivity = given["density"], given["conductivity"]
    water = {
        "specific_heat_capacity": given["water_capacity"] / density,
        "thermal_conductivity": conductivity,
        "density": density,
        "viscosity": VISCOSITY,
    }
    solid = {
        "storage": 0.0,
        "density": 1000.0,
        "thermal_conductivity": conductivity,
        "specific_heat_capacity": given["capacity"] / 1000.0,
    }
    whole = {
        "thermal_longitudinal_dispersivity": 0.0,
        "thermal_transversal_dispersivity": 0.0,
        "permeability": TIGHT,
        "porosity": 0.0,
        "thermal_conductivity": conductivity,
    }
    if half is not None:
        solid["specific_heat_capacity"] = 0.0
        whole["permeability"] = half * (2.0 * half) ** 2 / 12.0
        whole["porosity"] = half
        whole["thermal_conductivity"] = half * conductivity
    return medium(water, solid, whole)


def heat_and_flow(given: dict[str, Any], parts: list[str], pressure: float) -> dict[str, Any]:
    """Project of the fracture: one pass for heat, one for flow.

    The problem is linear and begins with its own field of pressure, so that no pass is repeated.
    """
    lengths = np.diff([0.0, *given["times"]])
    once = {"type": "DeltaX", "norm_type": "NORM2", "reltol": 1e3}
    turns = [{"nonlinear_solver": "picard", "convergence_criterion": once, **stepping(lengths)}] * 2
    edge = {"components": 1, "order": 1}
    fixed = [{"mesh": part, "type": "Dirichlet", "parameter": f"p_{part}"} for part in parts]
    return {
        "meshes": {"mesh": [f"{name}.vtu" for name in ("whole", *parts)]},
        "processes": {
            "process": {
                "name": "HT",
                "type": "HT",
                "coupling_scheme": "staggered",
                "integration_order": 2,
                "process_variables": {"temperature": "temperature", "pressure": "pressure"},
                "specific_body_force": "0 0 0",
                "secondary_variables": "",
            }
        },
        "media": {
            'medium id="0"': water_and_rock(given, None),
            'medium id="1"': water_and_rock(given, given["half_aperture"]),
        },
        "time_loop": {
            "global_process_coupling": {
                "max_iter": 1,
                "convergence_criteria": {"convergence_criterion": [once, once]},
            },
            "processes": {'process ref="HT"': turns},
            "output": {
                "type": "VTK",
                "prefix": "out",
                "timesteps": {"pair": {"repeat": 1, "each_steps": 1}},
                "compress_output": "false",
                "variables": {"variable": ["temperature", "pressure"]},
            },
        },
        "parameters": parameters(
            {
                "T0": given["rock_celsius"],
                "T_in": given["inlet_celsius"],
                "p_in": pressure,
                "p_start": {
                    "type": "Function",
                    "expression": f"{pressure!r} * (1 - x / {given['x'][-1]!r})",
                },
                "p_out": 0.0,
            }
        ),
        "process_variables": {
            "process_variable": [
                {
                    "name": "temperature",
                    **edge,
                    "initial_condition": "T0",
                    "boundary_conditions": {
                        "boundary_condition": {
                            "mesh": "in",
                            "type": "Dirichlet",
                            "parameter": "T_in",
                        }
                    },
                },
                {
                    "name": "pressure",
                    **edge,
                    "initial_condition": "p_start",
                    "boundary_conditions": {"boundary_condition": fixed},
                },
            ]
        },
        "nonlinear_solvers": {
            "nonlinear_solver": {
                "name": "picard",
                "type": "Picard",
                "max_iter": 5,
                "linear_solver": "linear",
            }
        },
        "linear_solvers": linear_solver("BiCGSTAB", "DIAGONAL", TOLERANCE),
    }


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
