"""All carriers of a coupled stage as one system about a guess: solved, and differentiated."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.sparse import block_array, block_diag, csc_array, csr_array, diags_array, eye_array
from scipy.sparse.linalg import splu

from comine.numerics import Array
from comine.numerics.carrier import Carrier, Linear, Walls
from comine.numerics.embedded import Stage, part_of

MOST_PASSES = 40


class Solved(NamedTuple):
    """Carriers in balance with hosts of given temperature."""

    unknown: Array
    heat: Array
    """Through the walls, shape (skins,) [W]."""
    felt: Array
    """Host temperature of the skins, neighbours included, shape (skins,) [K]."""
    tangent: "Tangent"
    passes: int


class Tangent:
    """Change of unknowns and heats with the temperature on the skins' axes."""

    def __init__(self, linear: Linear, beside: csr_array) -> None:
        self.linear, self.alone = linear, beside.nnz == 0
        self.slope = diags_array(linear.heat_by_felt)
        n, skins = linear.residual.size, linear.heat.size
        matrix = linear.by_unknown
        if not self.alone:
            others = eye_array(skins) - self.slope @ beside
            matrix = block_array(
                [[matrix, linear.by_felt @ beside], [-linear.heat_by_unknown, others]]
            )
        self.size = n
        self.factors = splu(csc_array(matrix)) if matrix.shape[0] else None

    def solve(self, right: Array, heat: Array) -> tuple[Array, Array]:
        """Change of the unknowns, and the heats, for right sides of both equations."""
        if self.factors is None:
            return right, heat
        if self.alone:
            change = self.factors.solve(right)
            return change, heat + self.linear.heat_by_unknown @ change
        both = self.factors.solve(np.concatenate([right, heat]))
        return both[: self.size], both[self.size :]

    def by_axis(self, change: Array) -> tuple[Array, Array]:
        """Change of unknowns and heats for a change of the temperature on the axes."""
        return self.solve(-(self.linear.by_felt @ change), self.linear.heat_by_felt * change)


class Network:
    """The carriers of a problem, their skins and unknowns side by side."""

    def __init__(self, carriers: Sequence[Carrier]) -> None:
        self.carriers = tuple(carriers)
        self.skins = _runs([carrier.skins for carrier in self.carriers])
        self.unknowns = _runs([carrier.scale.size for carrier in self.carriers])
        self.scale = np.concatenate([np.zeros(0), *(c.scale for c in self.carriers)])
        self.linear = all(carrier.linear for carrier in self.carriers)

    def walls(self, stage: Stage, rings: Array, felt: Array, time: float) -> list[Walls]:
        """Each carrier's share of the skins."""
        return [
            Walls(part_of(stage.elimination, own), rings[:, own], felt[own], time, stage.interval)
            for own in self.skins
        ]

    def linearise(self, unknown: Array, before: Array, walls: Sequence[Walls]) -> Linear:
        """Equations of all carriers about a guess."""
        parts = [
            carrier.linearise(unknown[own], before[own], each)
            for carrier, own, each in zip(self.carriers, self.unknowns, walls, strict=True)
        ]
        if len(parts) == 1:
            return parts[0]
        return Linear(
            np.concatenate([part.residual for part in parts]),
            csr_array(block_diag([part.by_unknown for part in parts])),
            csr_array(block_diag([part.by_felt for part in parts])),
            np.concatenate([part.heat for part in parts]),
            csr_array(block_diag([part.heat_by_unknown for part in parts])),
            np.concatenate([part.heat_by_felt for part in parts]),
        )

    def settle(
        self, stage: Stage, rings: Array, before: Array, guess: tuple[Array, Array],
        axis: Array, time: float,
    ) -> Solved | None:  # fmt: skip
        """Solve the carriers with the temperature on the axes held; nothing if they do not settle.

        `guess` holds the unknowns and the heats; `axis` the host's temperature with the skins'
        neighbours at rest, to which those are added by their heat.
        """
        unknown, heat = guess
        for count in range(1, MOST_PASSES + 1):
            felt = axis + stage.beside @ heat
            linear = self.linearise(unknown, before, self.walls(stage, rings, felt, time))
            tangent = Tangent(linear, stage.beside)
            # heats enter whole, not as changes: the neighbours' share is counted from `axis`
            shift = axis - felt
            right = -linear.residual - linear.by_felt @ shift
            change, after = tangent.solve(right, linear.heat + linear.heat_by_felt * shift)
            if not np.all(np.isfinite(change)):
                return None
            new = self.limited(unknown, change)
            settled = self.linear or bool(
                np.all(np.abs(new - unknown) <= self.scale)
                and np.all(np.abs(new - unknown - change) <= self.scale)
            )
            unknown, heat = new, after
            if settled:
                return Solved(unknown, heat, axis + stage.beside @ heat, tangent, count)
        return None

    def limited(self, unknown: Array, change: Array) -> Array:
        """Unknowns after a step of Newton, each carrier's kept within what is possible."""
        return np.concatenate([
            np.zeros(0),
            *(
                carrier.limited(unknown[own], change[own])
                for carrier, own in zip(self.carriers, self.unknowns, strict=True)
            ),
        ])  # fmt: skip

    def rates(
        self, unknown: Array, before: Array, walls: Sequence[Walls], heat: Array
    ) -> tuple[dict[str, Array], ...]:
        """What each carrier reports of a solved stage."""
        return tuple(
            dict(carrier.rates(unknown[own], before[own], each, heat[skins]))
            for carrier, own, skins, each in zip(
                self.carriers, self.unknowns, self.skins, walls, strict=True
            )
        )

    def fresh(self, begin: float, end: float) -> Array:
        """Skins whose wall is cut anew."""
        parts = (carrier.fresh(begin, end) for carrier in self.carriers)
        return np.concatenate([np.zeros(0, dtype=bool), *parts])


def _runs(counts: Sequence[int]) -> list[slice]:
    ends = np.cumsum([0, *counts])
    return [slice(int(a), int(b)) for a, b in pairwise(ends)]
