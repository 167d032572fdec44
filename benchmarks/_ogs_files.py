"""Meshes and project files of OpenGeoSys 6, and its results, with NumPy alone."""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
CELL_TYPES = {1: 1, 2: 3, 3: 5, 4: 9, 6: 13, 8: 12}
"""Number of nodes of a cell, and VTK's number for its kind."""


class Block(NamedTuple):
    """Cells of one kind and one material."""

    cells: Indices
    """Nodes of each cell, shape (cells, nodes of a cell)."""
    material: Indices
    """Of each cell."""


class Mesh(NamedTuple):
    """Points and cells."""

    points: Floats
    blocks: list[Block]


def _array(name: str, values: NDArray[Any], kind: str) -> str:
    data = np.ascontiguousarray(values).tobytes()
    head = np.uint64(len(data)).tobytes()
    parts = f' NumberOfComponents="{values.shape[1]}"' if values.ndim == 2 else ""
    text = base64.b64encode(head + data).decode()
    return f'<DataArray type="{kind}" Name="{name}"{parts} format="binary">{text}</DataArray>\n'


def write_mesh(path: Path, mesh: Mesh, bulk: Mapping[str, Indices] | None = None) -> None:
    """Write a mesh as VTU; `bulk` names the nodes and cells of the mesh it is a part of."""
    connectivity = np.concatenate([block.cells.ravel() for block in mesh.blocks])
    sizes = np.concatenate([np.full(len(b.cells), b.cells.shape[1]) for b in mesh.blocks])
    kinds = np.concatenate(
        [np.full(len(b.cells), CELL_TYPES[b.cells.shape[1]]) for b in mesh.blocks]
    )
    material = np.concatenate([block.material for block in mesh.blocks]).astype(np.int32)
    point_data = cell_data = ""
    if bulk is None:
        cell_data = _array("MaterialIDs", material, "Int32")
    else:
        point_data = _array("bulk_node_ids", bulk["nodes"].astype(np.uint64), "UInt64")
        cell_data = _array("bulk_element_ids", bulk["cells"].astype(np.uint64), "UInt64")
    path.write_text(
        '<?xml version="1.0"?>\n<VTKFile type="UnstructuredGrid" version="1.0"'
        ' byte_order="LittleEndian" header_type="UInt64">\n<UnstructuredGrid>\n'
        f'<Piece NumberOfPoints="{len(mesh.points)}" NumberOfCells="{len(sizes)}">\n'
        f"<PointData>{point_data}</PointData>\n<CellData>{cell_data}</CellData>\n"
        f"<Points>{_array('Points', mesh.points, 'Float64')}</Points>\n<Cells>\n"
        + _array("connectivity", connectivity.astype(np.int64), "Int64")
        + _array("offsets", np.cumsum(sizes).astype(np.int64), "Int64")
        + _array("types", kinds.astype(np.uint8), "UInt8")
        + "</Cells>\n</Piece>\n</UnstructuredGrid>\n</VTKFile>\n"
    )


def write_part(path: Path, mesh: Mesh, cells: Indices, of_cells: Indices) -> None:
    """Write lower cells, given by the nodes of the whole mesh, as a boundary mesh."""
    nodes, inverse = np.unique(cells, return_inverse=True)
    block = Block(inverse.reshape(cells.shape), np.zeros(len(cells), np.int64))
    part = Mesh(mesh.points[nodes], [block])
    write_mesh(path, part, {"nodes": nodes, "cells": of_cells})


def xml(tag: str, value: Any) -> str:
    """Element of a project file: a mapping nests, a list repeats its tag (with attributes)."""
    end = tag.split(maxsplit=1)[0]
    if isinstance(value, Mapping):
        inner = "".join(xml(key, each) for key, each in value.items())
        return f"<{tag}>{inner}</{end}>\n"
    if isinstance(value, list):
        return "".join(xml(tag, each) for each in value)
    if isinstance(value, np.ndarray | tuple):
        value = " ".join(repr(float(each)) for each in value)
    return f"<{tag}>{escape(str(value))}</{end}>\n"


def constants(values: Mapping[str, Any]) -> dict[str, Any]:
    """Properties that are constant; a value that is no number names a law."""
    found = []
    for name, value in values.items():
        if isinstance(value, str) and not value.replace(" ", "").replace(".", "").isdigit():
            found.append({"name": name, "type": value})
        else:
            found.append({"name": name, "type": "Constant", "value": value})
    return {"property": found}


def parameters(values: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters: numbers are constant, mappings are taken as they are."""
    found = []
    for name, value in values.items():
        body = value if isinstance(value, Mapping) else {"type": "Constant", "value": value}
        found.append({"name": name, **body})
    return {"parameter": found}


def stepping(lengths: Sequence[float]) -> dict[str, Any]:
    """Backward Euler with steps of the given lengths [s]."""
    pairs = [{"repeat": 1, "delta_t": repr(float(each))} for each in lengths]
    return {
        "time_discretization": {"type": "BackwardEuler"},
        "time_stepping": {
            "type": "FixedTimeStepping",
            "t_initial": 0,
            "t_end": repr(float(np.sum(lengths))),
            "timesteps": {"pair": pairs},
        },
    }


def linear_solver(kind: str, preconditioner: str, tolerance: float) -> dict[str, Any]:
    """The solver of Eigen that is named `linear` [relative tolerance]."""
    eigen = {
        "solver_type": kind,
        "precon_type": preconditioner,
        "max_iteration_step": 10000,
        "error_tolerance": tolerance,
    }
    return {"linear_solver": {"name": "linear", "eigen": eigen}}


def write_project(path: Path, parts: Mapping[str, Any]) -> None:
    """Write a project file."""
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
    path.write_text(head + xml("OpenGeoSysProject", parts))
