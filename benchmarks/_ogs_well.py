"""The injection well of `benchmarks.well_2000m` in OpenGeoSys 6, for `benchmarks._ogs`.

The well is a borehole heat exchanger of kind 1P, a pipe whose grout and wall hardly resist. Rings
of nodes surround its axis; the first lies where a line of finite elements acts as a wall of the
well's radius (Diersch et al., Comput. Geosci. 37 (2011) 1122-1135: 6.13 radii with six neighbours).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
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
    write_project,
)

FIRST_RING = float(np.exp(2.0 * np.pi / (6.0 * np.tan(np.pi / 6.0))))
"""Distance of the first six nodes over the radius of the well."""
GROWTH, MOST = 1.4, 12
"""Ratio of the radii of rings and the number of nodes of a ring."""
WALL = 1e-3
CONDUCTIVE = 1e3
"""Share of pipe wall and grout in the radius, and their conductivity [W/(m K)]."""


def rings(radius: float, reach: float) -> tuple[Floats, Indices]:
    """Points around the axis, first of all, and triangles between them."""
    distance = radius * FIRST_RING
    count, points, triangles = 6, [np.zeros((1, 2))], []
    angle = 2.0 * np.pi * np.arange(count) / count
    points.append(distance * np.stack([np.cos(angle), np.sin(angle)], axis=-1))
    inner = 1 + np.arange(count)
    triangles.append(np.stack([np.zeros(count, np.int64), inner, np.roll(inner, -1)], axis=-1))
    made = 1 + count
    while distance < reach:
        distance *= GROWTH
        doubled = count < MOST
        count = 2 * count if doubled else count
        angle = 2.0 * np.pi * np.arange(count) / count
        points.append(distance * np.stack([np.cos(angle), np.sin(angle)], axis=-1))
        outer, after = made + np.arange(count), np.roll(inner, -1)
        made += count
        if doubled:
            left, middle, right = outer[::2], outer[1::2], np.roll(outer[::2], -1)
            corners = [(inner, left, middle), (inner, middle, after), (after, middle, right)]
        else:
            right = np.roll(outer, -1)
            corners = [(inner, outer, right), (inner, right, after)]
        triangles += [np.stack(each, axis=-1) for each in corners]
        inner = outer
    return np.concatenate(points), np.concatenate(triangles)


def prisms(flat: Floats, triangles: Indices, z: Floats) -> Mesh:
    """Prisms over triangles between levels that rise."""
    level = len(flat) * np.arange(len(z))
    points = np.concatenate([np.column_stack([flat, np.full(len(flat), each)]) for each in z])
    low = (triangles[None] + level[:-1, None, None]).reshape(-1, 3)
    cells = np.concatenate([low + len(flat), low], axis=1)  # as VTK turns its wedges
    return Mesh(points, [Block(cells, np.zeros(len(cells), np.int64))])


def rock(given: dict[str, Any]) -> dict[str, Any]:
    """Medium of conduction alone."""
    still = {"phase_velocity": "0 0 0", "specific_heat_capacity": 4200.0, "density": 1000.0}
    solid = {"specific_heat_capacity": given["capacity"] / 1000.0, "density": 1000.0}
    gas = {"specific_heat_capacity": 1000.0, "density": 1.0}
    whole = {
        "porosity": 0.0,
        "thermal_conductivity": given["conductivity"],
        "thermal_longitudinal_dispersivity": 0.0,
        "thermal_transversal_dispersivity": 0.0,
    }
    phases = [("AqueousLiquid", still), ("Solid", solid), ("Gas", gas)]
    return {
        "phases": {"phase": [{"type": k, "properties": constants(v)} for k, v in phases]},
        "properties": constants(whole),
    }


def exchanger(given: dict[str, Any]) -> dict[str, Any]:
    """The well: one pipe with hardly any wall and grout."""
    radius = given["radius"]
    return {
        "type": "1P",
        "flow_and_temperature_control": {
            "type": "InflowTemperature",
            "temperature": "T_in",
            "flow_rate": "flow",
        },
        "borehole": {"length": given["depth"], "diameter": 2.0 * radius},
        "grout": {
            "density": 1000.0,
            "porosity": 0.0,
            "specific_heat_capacity": 1000.0,
            "thermal_conductivity": CONDUCTIVE,
        },
        "pipes": {
            "inlet": {
                "diameter": 2.0 * radius * (1.0 - 2.0 * WALL),
                "wall_thickness": radius * WALL,
                "wall_thermal_conductivity": CONDUCTIVE,
            },
            "longitudinal_dispersion_length": 0.0,
        },
        "refrigerant": {
            "density": given["density"],
            "viscosity": 3e-4,
            "specific_heat_capacity": given["specific_heat"],
            "thermal_conductivity": given["water_conductivity"],
            "reference_temperature": given["inlet_celsius"],
        },
    }


def project(given: dict[str, Any]) -> dict[str, Any]:
    """Project file of the well."""
    lengths = np.diff([0.0, *given["times"]])
    start = f"{given['surface_celsius']!r} - {given['gradient']!r} * z"
    law = {"type": "Function", "expression": start}
    both = {"type": "Function", "expression": [start, start]}
    change = {"type": "DeltaX", "norm_type": "NORM2", "reltol": 1e3}
    variables = ["temperature_soil", "temperature_BHE1"]
    return {
        "meshes": {"mesh": ["whole.vtu"]},
        "processes": {
            "process": {
                "name": "well",
                "type": "HEAT_TRANSPORT_BHE",
                "integration_order": 2,
                "process_variables": {"process_variable": variables},
                "borehole_heat_exchangers": {"borehole_heat_exchanger": exchanger(given)},
            }
        },
        "media": {'medium id="0"': rock(given)},
        "time_loop": {
            "processes": {
                'process ref="well"': {
                    "nonlinear_solver": "picard",
                    "convergence_criterion": change,
                    **stepping(lengths),
                }
            },
            "output": {
                "type": "VTK",
                "prefix": "out",
                "timesteps": {"pair": {"repeat": 1, "each_steps": 1}},
                "compress_output": "false",
                "variables": {"variable": variables},
            },
        },
        "parameters": parameters(
            {
                "T0": law,
                "T0_well": both,
                "T_in": given["inlet_celsius"],
                "flow": given["mass_flow"] / given["density"],
            }
        ),
        "process_variables": {
            "process_variable": [
                {"name": name, "components": parts, "order": 1, "initial_condition": start_}
                for name, parts, start_ in zip(variables, (1, 2), ("T0", "T0_well"), strict=True)
            ]
        },
        "nonlinear_solvers": {
            "nonlinear_solver": {
                "name": "picard",
                "type": "Picard",
                "max_iter": 20,
                "linear_solver": "linear",
            }
        },
        "linear_solvers": linear_solver("SparseLU", "NONE", 1e-12),
    }


def well(given: dict[str, Any], folder: Path) -> Callable[[OGSSimulation], float]:
    """Write the well's files; how to read the temperature at its lower end."""
    flat, triangles = rings(given["radius"], given["reach"])
    z = np.linspace(-given["depth"], 0.0, given["levels"] + 1)
    mesh = prisms(flat, triangles, z)
    axis = len(flat) * np.arange(len(z))
    line = np.stack([axis[1:], axis[:-1]], axis=-1)
    mesh.blocks.append(Block(line, np.ones(len(line), np.int64)))
    write_mesh(folder / "whole.vtu", mesh)
    write_project(folder / "problem.prj", project(given))

    def bottom(found: OGSSimulation) -> float:
        values = found.mesh("whole").data_array("temperature_BHE1", "double")
        return float(np.asarray(values).reshape(-1, 2)[0, 0])

    return bottom
