"""The opening network: everything dug or drilled is a branch between two nodes.

A shaft, a drift, a stope, a borehole and a fracture are the same kind of thing with another
section and another fluid; ore and heat share them by sharing branches.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np

from comine.physics import Array

Part = Literal["shaft", "drift", "stope", "borehole", "well", "fracture"]
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Branch:
    """One opening, or `count` equal ones side by side. Lengths in m, areas in m²."""

    name: str
    part: Part
    medium: Literal["air", "water"]
    start: str
    end: str
    length: float
    area: float
    """0 where it is not known; then `resistance` alone says what resists, and no wall is known."""
    perimeter: float
    friction: float = 0.0
    """Atkinson factor at 1.2 kg/m³ [kg/m³]; 0 where the branch carries no air."""
    wetness: float = 0.0
    """Wet share of the wall [1]."""
    count: int = 1
    level: int = -1
    """Number of the level it belongs to, from 0; -1 for shafts and what is shared."""
    system: str = ""
    """Heat system that it belongs to; empty for the mine's own."""
    shock: float = 0.0
    """Sum of the loss factors of bends, junctions and obstacles [1]."""
    resistance: float = 0.0
    """Of doors and regulators, or of the whole airway where its friction is not known, for air of
    1.2 kg/m³ [N s²/m⁸]."""

    @property
    def radius(self) -> float:
        """Radius of the circle of equal perimeter [m]."""
        return self.perimeter / (2 * np.pi)


@dataclass(frozen=True)
class Openings:
    """Nodes at (x, y, depth) [m] and the branches between them."""

    nodes: dict[str, Point]
    branches: tuple[Branch, ...]

    def __post_init__(self) -> None:
        names = Counter(branch.name for branch in self.branches)
        if twice := sorted(name for name, count in names.items() if count > 1):
            raise ValueError(f"branches share a name: {twice}")
        ends = {node for branch in self.branches for node in (branch.start, branch.end)}
        if missing := sorted(ends - set(self.nodes)):
            raise ValueError(f"branches end at nodes that are not there: {missing}")

    def __add__(self, other: "Openings") -> "Openings":
        """Join two networks; nodes of the same name are the same place."""
        moved = [
            n for n in self.nodes.keys() & other.nodes.keys() if self.nodes[n] != other.nodes[n]
        ]
        if moved:
            raise ValueError(f"nodes lie at two places: {sorted(moved)}")
        return Openings(self.nodes | other.nodes, self.branches + other.branches)

    def __getitem__(self, name: str) -> Branch:
        return next(branch for branch in self.branches if branch.name == name)

    def points(self, branch: Branch, parts: int) -> Array:
        """Midpoints of `parts` equal pieces of a branch: (parts, 3) [m]."""
        start, end = np.array(self.nodes[branch.start]), np.array(self.nodes[branch.end])
        share = (np.arange(parts) + 0.5) / parts
        return np.asarray(start + share[:, None] * (end - start))

    def total_length(self, part: Part, system: str | None = None) -> float:
        """Length of all openings of a part [m], of one heat system where it is named."""
        return sum(
            b.length * b.count
            for b in self.branches
            if b.part == part and system in (None, b.system)
        )
