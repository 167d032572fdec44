"""Triangles of the section of the coupled case, by Gmsh in the peer's environment."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import gmsh
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
FIRST_RING = float(np.exp(2.0 * np.pi / (6.0 * np.tan(np.pi / 6.0))))
"""Distance of six nodes around a line source over the radius of the wall that it stands for."""


class Section(NamedTuple):
    """Points and triangles, and what lies on them."""

    points: Floats
    triangles: Indices
    layer: Indices
    """Of each triangle, counted from below."""
    wall: Indices
    """Edges around the airway."""
    fracture: Indices
    """Edges on the fracture."""
    axis: int
    """Point on the axis of the borehole."""
    probes: Indices
    """The points that the case asks for."""


def hexagon(case: dict[str, Any]) -> Floats:
    """Six points around the borehole."""
    hole = case["borehole"]
    angle = np.pi / 3.0 * np.arange(6)
    around = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return np.asarray([hole["x"], hole["z"]] + hole["radius"] * FIRST_RING * around)


def draw(case: dict[str, Any]) -> None:
    """Geometry of the section in which all parts share their edges."""
    occ, reach = gmsh.model.occ, case["half_width"]
    levels = [-reach, *case["layer_tops"], reach]
    rocks = [
        (2, occ.addRectangle(-reach, low, 0.0, 2.0 * reach, high - low))
        for low, high in pairwise(levels)
    ]
    void = [(2, occ.addDisk(0.0, 0.0, 0.0, case["airway"]["radius"], case["airway"]["radius"]))]
    rocks, _ = occ.cut(rocks, void)

    def line(a: Sequence[float], b: Sequence[float]) -> tuple[int, int]:
        ends = [occ.addPoint(float(p[0]), float(p[1]), 0.0) for p in (a, b)]
        return (1, occ.addLine(*ends))

    fracture, corners = case["fracture"], hexagon(case)
    hole = (case["borehole"]["x"], case["borehole"]["z"])
    lines = [line(*[(fracture["x"], s * fracture["half_height"]) for s in (-1.0, 1.0)])]
    lines += [line(corners[i], corners[i - 1]) for i in range(6)]
    lines += [line(hole, corners[i]) for i in range(6)]
    points = [(0, occ.addPoint(x, z, 0.0)) for x, z in case["points"]]
    occ.fragment(rocks, lines + points)
    occ.synchronize()


def set_sizes(case: dict[str, Any], size: float) -> None:
    """Fine at the airway, the borehole and the fracture, and growing away from them."""
    corners = hexagon(case)
    reach = float(np.max(np.abs(corners - corners.mean(axis=0))))
    middle = corners.mean(axis=0)
    curves: dict[str, list[int]] = {"wall": [], "fracture": [], "hole": []}
    for _, tag in gmsh.model.getEntities(1):
        x0, z0, _, x1, z1, _ = gmsh.model.getBoundingBox(1, tag)
        inside = max(abs(x0), abs(x1), abs(z0), abs(z1)) < 1.01 * case["airway"]["radius"]
        around = np.max(np.abs([[x0, z0] - middle, [x1, z1] - middle])) < 1.01 * reach
        if around:
            gmsh.model.mesh.setTransfiniteCurve(tag, 2)
            curves["hole"].append(tag)
        elif inside:
            curves["wall"].append(tag)
        elif abs(x0 - case["fracture"]["x"]) < 1e-3 and abs(x1 - x0) < 1e-3:
            curves["fracture"].append(tag)
    field = gmsh.model.mesh.field
    near = {"wall": 0.25 * size, "fracture": size, "hole": 0.6}
    growths = []
    for name, tags in curves.items():
        distance = field.add("Distance")
        field.setNumbers(distance, "CurvesList", tags)
        field.setNumber(distance, "Sampling", 400)
        growth = field.add("MathEval")
        field.setString(growth, "F", f"min({near[name]} + 0.25*{size}*F{distance}, {12.0 * size})")
        growths.append(growth)
    least = field.add("Min")
    field.setNumbers(least, "FieldsList", growths)
    field.setAsBackgroundMesh(least)
    for option in ("ExtendFromBoundary", "FromPoints", "FromCurvature"):
        gmsh.option.setNumber(f"Mesh.MeshSize{option}", 0)


def section(case: dict[str, Any], size: float) -> Section:
    """Mesh of the section with elements of about `size` at the fracture [m]."""
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    draw(case)
    set_sizes(case, size)
    gmsh.model.mesh.generate(2)
    tags, coordinates, _ = gmsh.model.mesh.getNodes()
    _, _, nodes = gmsh.model.mesh.getElements(2)
    gmsh.finalize()
    used, triangles = np.unique(np.asarray(nodes[0], np.int64), return_inverse=True)
    triangles = triangles.reshape(-1, 3)
    place = np.argsort(tags)[np.searchsorted(np.sort(tags), used)]
    points = np.asarray(coordinates).reshape(-1, 3)[place, :2]
    turned = np.linalg.det(points[triangles[:, 1:]] - points[triangles[:, :1]]) < 0.0
    triangles[turned] = triangles[turned][:, ::-1]
    layer = np.searchsorted(case["layer_tops"], points[triangles].mean(axis=1)[:, 1])
    sides = np.concatenate([triangles[:, [i, (i + 1) % 3]] for i in range(3)])
    edges, times = np.unique(np.sort(sides), axis=0, return_counts=True)
    ends = points[edges]
    radius = case["airway"]["radius"]
    wall = (times == 1) & np.all(np.hypot(ends[..., 0], ends[..., 1]) < 1.01 * radius, axis=1)
    fracture = case["fracture"]
    on = np.all(np.abs(ends[..., 0] - fracture["x"]) < 1e-6, axis=1)
    on &= np.all(np.abs(ends[..., 1]) < fracture["half_height"] + 1e-6, axis=1)

    def nearest(x: float, z: float) -> int:
        distance = np.hypot(*(points - [x, z]).T)
        if distance.min() > 1e-6:
            raise ValueError(f"no node of the section lies at {x:g}, {z:g}")
        return int(distance.argmin())

    probes = np.array([nearest(*each) for each in case["points"]])
    axis = nearest(case["borehole"]["x"], case["borehole"]["z"])
    return Section(points, triangles, layer, edges[wall], edges[on], axis, probes)
