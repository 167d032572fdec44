"""Heat and water in OpenGeoSys 6 (process HT): rock, and water in elements of a lower dimension.

Such elements count as 1 m thick, or 1 m² wide, whatever aperture is named, so that permeability,
porosity and conductivity carry the aperture, or the area, as a factor. No stabilisation: full
upwinding gives thousands of degrees at the outlet of such elements. The problems are linear and
begin with their own field of pressure, so that each step is one pass for heat and one for flow.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from benchmarks._ogs_files import constants, linear_solver, parameters, stepping


class Water(NamedTuple):
    """What flows."""

    density: float
    specific_heat: float
    viscosity: float


class Rock(NamedTuple):
    """What conducts."""

    conductivity: float
    capacity: float
    """By volume."""


class Problem(NamedTuple):
    """Names of the meshes that are parts of the whole, materials, and conditions on the parts."""

    parts: list[str]
    media: dict[str, Any]
    values: dict[str, Any]
    """Parameters; `T0` and `p_start` begin."""
    temperature: list[dict[str, str]]
    pressure: list[dict[str, str]]


def medium(water: Water, rock: Rock, permeability: float, folded: float = 0.0) -> dict[str, Any]:
    """Rock, or the water of an aperture or area `folded` that lies in it."""
    fluid = {
        "specific_heat_capacity": water.specific_heat,
        "thermal_conductivity": rock.conductivity,
        "density": water.density,
        "viscosity": water.viscosity,
    }
    solid = {
        "storage": 0.0,
        "density": 1000.0,
        "thermal_conductivity": rock.conductivity,
        "specific_heat_capacity": 0.0 if folded else rock.capacity / 1000.0,
    }
    whole = {
        "thermal_longitudinal_dispersivity": 0.0,
        "thermal_transversal_dispersivity": 0.0,
        "permeability": permeability,
        "porosity": folded,
        "thermal_conductivity": (folded or 1.0) * rock.conductivity,
    }
    phases = [("AqueousLiquid", fluid), ("Solid", solid)]
    return {
        "phases": {"phase": [{"type": k, "properties": constants(v)} for k, v in phases]},
        "properties": constants(whole),
    }


def fixed(part: str, parameter: str) -> dict[str, str]:
    """A part on which a variable has the value of a parameter."""
    return {"mesh": part, "type": "Dirichlet", "parameter": parameter}


def variable(name: str, initial: str, conditions: list[dict[str, str]]) -> dict[str, Any]:
    """A variable of first order."""
    return {
        "name": name,
        "components": 1,
        "order": 1,
        "initial_condition": initial,
        "boundary_conditions": {"boundary_condition": conditions},
    }


def project(
    problem: Problem, lengths: Sequence[float], every: int, tolerance: float
) -> dict[str, Any]:
    """Project file for steps of the given lengths, with output after so many of them."""
    once = {"type": "DeltaX", "norm_type": "NORM2", "reltol": 1e3}
    turn = {"nonlinear_solver": "picard", "convergence_criterion": once, **stepping(lengths)}
    return {
        "meshes": {"mesh": [f"{name}.vtu" for name in ("whole", *problem.parts)]},
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
        "media": problem.media,
        "time_loop": {
            "global_process_coupling": {
                "max_iter": 1,
                "convergence_criteria": {"convergence_criterion": [once, once]},
            },
            "processes": {'process ref="HT"': [turn, turn]},
            "output": {
                "type": "VTK",
                "prefix": "out",
                "timesteps": {"pair": {"repeat": 1, "each_steps": every}},
                "compress_output": "false",
                "variables": {"variable": ["temperature", "pressure"]},
            },
        },
        "parameters": parameters(problem.values),
        "process_variables": {
            "process_variable": [
                variable("temperature", "T0", problem.temperature),
                variable("pressure", "p_start", problem.pressure),
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
        "linear_solvers": linear_solver("BiCGSTAB", "DIAGONAL", tolerance),
    }


def falling(pressure: float, axis: str, length: float) -> dict[str, str]:
    """Law of a pressure that falls evenly along an axis."""
    return {"type": "Function", "expression": f"{pressure!r} * (1 - {axis} / {length!r})"}
