"""The coupled case in OpenGeoSys 6, as a process of its own (process HT, all parts in one model).

Rock is prisms over the triangles of `section`, the fracture quadrilaterals and the borehole lines
on their edges, the airway a void whose wall exchanges heat with air of a given temperature. Water
runs by the fall of pressure that gives its flow; rock is as good as tight. The script reads the
case, the size of elements, the number of layers along y and the lengths of steps as JSON from its
input, and writes one line of JSON.
"""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import ogs.OGSMesh  # noqa: F401  registers the mesh that the simulation hands out
from ogs.OGSSimulator import OGSSimulation

from benchmarks._ogs_files import (
    Block,
    Mesh,
    write_mesh,
    write_part,
    write_project,
)
from benchmarks._ogs_heat import Problem, Rock, Water, falling, fixed, medium, project
from validation.coupled.section import Floats, Indices, Section, section

VISCOSITY, FALL = 3e-4, 1e4
"""Viscosity of the water [Pa s] and fall of its pressure along fracture and borehole [Pa]."""
TIGHT = 1e-24
TOLERANCE = 1e-9
"""Permeability of the rock [m²]; of the linear solver, relative."""
FRACTURE, BOREHOLE = 3, 4
"""Materials after the three layers."""


class Model(NamedTuple):
    """Mesh and what is read from it."""

    section: Section
    mesh: Mesh
    y: Floats
    wall: Indices
    """Quadrilaterals of the wall of the airway."""


def extruded(flat: Section, y: Floats) -> Model:
    """Rock, fracture and borehole from the section and the planes along y."""
    count = len(flat.points)
    level = count * np.arange(len(y))
    x, z = flat.points.T
    points = np.concatenate([np.stack([x, np.full(count, at), z], axis=-1) for at in y])

    def raised(cells: Indices) -> tuple[Indices, Indices]:
        near = (cells[None] + level[:-1, None, None]).reshape(-1, cells.shape[1])
        return near, near + count

    low, high = raised(flat.triangles)
    # x, y, z turn the other way than x, z, y, and VTK's wedges the other way again
    rock = Block(np.concatenate([low, high], axis=1), np.tile(flat.layer, len(y) - 1))

    def strips(edges: Indices) -> Indices:
        near, far = raised(edges)
        return np.concatenate([near, far[:, ::-1]], axis=1)

    fracture = strips(flat.fracture)
    axis = flat.axis + level
    line = np.stack([axis[:-1], axis[1:]], axis=-1)
    blocks = [
        rock,
        Block(fracture, np.full(len(fracture), FRACTURE)),
        Block(line, np.full(len(line), BOREHOLE)),
    ]
    return Model(flat, Mesh(points, blocks), y, strips(flat.wall))


def media(case: dict[str, Any]) -> dict[str, Any]:
    """The three layers, the fracture and the borehole."""
    water = Water(case["water_density"], case["water_specific_heat"], VISCOSITY)
    layers = [Rock(*each) for each in zip(case["conductivity"], case["capacity"], strict=True)]
    found = [medium(water, layer, TIGHT) for layer in layers]
    fracture, hole = case["fracture"], case["borehole"]
    area = float(np.pi * hole["radius"] ** 2)
    for folded, flow in ((fracture["aperture"], fracture["flow"]), (area, hole["flow"])):
        permeability = flow * VISCOSITY * case["length"] / FALL
        found.append(medium(water, layers[1], permeability, folded))
    return {f'medium id="{number}"': each for number, each in enumerate(found)}


def problem(case: dict[str, Any]) -> Problem:
    """Materials and conditions."""
    inlets = [fixed(name, f"T_{name}") for name in ("fracture_in", "borehole_in")]
    air = {"mesh": "wall", "type": "Robin", "alpha": "film", "u_0": "T_air"}
    ends = [
        fixed(f"{part}_{end}", f"p_{end}")
        for part in ("fracture", "borehole")
        for end in ("in", "out")
    ]
    values = {
        "T0": case["rock_celsius"],
        "T_air": case["airway"]["celsius"],
        "film": case["airway"]["film"],
        "T_fracture_in": case["fracture"]["inlet_celsius"],
        "T_borehole_in": case["borehole"]["inlet_celsius"],
        "p_in": FALL,
        "p_out": 0.0,
        "p_start": falling(FALL, "y", case["length"]),
    }
    parts = ["wall", *(end["mesh"] for end in ends)]
    return Problem(parts, media(case), values, [*inlets, air], ends)


def write(model: Model, folder: Path) -> None:
    """Write the mesh and its parts."""
    mesh, flat = model.mesh, model.section
    write_mesh(folder / "whole.vtu", mesh)
    write_part(folder / "wall.vtu", mesh, model.wall, np.zeros(len(model.wall), np.int64))
    last = len(flat.points) * (len(model.y) - 1)
    for end, shift in (("in", 0), ("out", last)):
        edges = flat.fracture + shift
        write_part(folder / f"fracture_{end}.vtu", mesh, edges, np.zeros(len(edges), np.int64))
        point = np.array([[flat.axis + shift]])
        write_part(folder / f"borehole_{end}.vtu", mesh, point, np.zeros(1, np.int64))


def read(case: dict[str, Any], model: Model, values: Floats) -> dict[str, Any]:
    """What the case asks for from the temperatures at the nodes."""
    flat = model.section
    field = values.reshape(len(model.y), -1)
    ends = flat.points[flat.fracture]
    widths = np.abs(ends[:, 1, 1] - ends[:, 0, 1])
    along = np.average(field[:, flat.fracture].mean(axis=2), axis=1, weights=widths)
    around = flat.points[flat.wall]
    lengths = np.hypot(*(around[:, 1] - around[:, 0]).T)
    drop = field[:, flat.wall].mean(axis=2) - case["airway"]["celsius"]
    per_length = case["airway"]["film"] * drop @ lengths
    water = case["water_density"] * case["water_specific_heat"]
    fracture, hole = case["fracture"], case["borehole"]
    outlet, bore = float(along[-1]), float(field[-1, flat.axis])
    flow = 2.0 * fracture["half_height"] * fracture["flow"]
    planes = [int(np.flatnonzero(np.isclose(model.y, at))[0]) for at in case["point_lengths"]]
    return {
        "points_celsius": [[float(field[k, probe]) for k in planes] for probe in flat.probes],
        "airway_heat_w": float(np.trapezoid(per_length, model.y)),
        "airway_heat_w_per_m": [float(per_length[k]) for k in planes],
        "airway_wall_celsius": [
            float(np.average(field[k, flat.wall].mean(axis=1), weights=lengths)) for k in planes
        ],
        "fracture_outlet_celsius": outlet,
        "fracture_heat_w": water * flow * (outlet - fracture["inlet_celsius"]),
        "borehole_outlet_celsius": bore,
        "borehole_heat_w": water * hole["flow"] * (bore - hole["inlet_celsius"]),
    }


def main() -> None:
    """Solve and write the line."""
    given = json.load(sys.stdin)
    case, lengths = given["case"], given["lengths"]
    y = np.linspace(0.0, case["length"], given["layers"] + 1)
    model = extruded(section(case, given["size"]), y)
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(model, folder)
        write_project(
            folder / "problem.prj", project(problem(case), lengths, given["every"], TOLERANCE)
        )
        begun = time.process_time()
        run = OGSSimulation(["", str(folder / "problem.prj"), "-o", name, "-l", "error"])
        for number in range(1, len(lengths) + 1):
            if run.execute_time_step() != 0:
                sys.exit("OpenGeoSys gave up a step")
            if number in given["report"]:
                values = np.asarray(run.mesh("whole").data_array("temperature", "double"))
                found.append(read(case, model, values))
        run.close()
    line = {
        "nodes": len(model.mesh.points),
        "steps": len(lengths),
        "cpu_s": time.process_time() - begun,
        "memory_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9,
        "found": found,
    }
    sys.stdout.write("\n" + json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
