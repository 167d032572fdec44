"""The carriers of a coupled stage: each solved about a guess, and differentiated.

Skins of one carrier that are neighbours are solved with it; those of different carriers feel the
heat of each other's last guess.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array
from scipy.sparse.linalg import splu

from comine.numerics import Array
from comine.numerics.assembly import Assembler, Entries, entries_of, gathered
from comine.numerics.carrier import Carrier, Linear, StateError, Walls
from comine.numerics.embedded import Stage, part_of

MOST_PASSES = 40


class Tangent:
    """Change of a carrier's unknowns and heats with the temperature on its skins' axes."""

    def __init__(
        self, linear: Linear, beside: csr_array, assembler: Assembler | None = None
    ) -> None:
        self.linear, self.beside = linear, beside
        self.size = linear.residual.size
        self.factors = splu(_coupled(linear, beside, assembler)) if self.size else None

    def serves(self, linear: Linear, beside: csr_array) -> bool:
        """Whether it is the tangent of these equations too."""
        same = linear.by_unknown is self.linear.by_unknown
        return same and linear.by_felt is self.linear.by_felt and beside is self.beside

    def solve(self, right: Array, heat: Array) -> tuple[Array, Array]:
        """Change of the unknowns, and the heats, for right sides of both equations."""
        if self.factors is None:
            return right, heat
        if not self.beside.nnz:
            change = self.factors.solve(right)
            return change, heat + self.linear.heat_by_unknown @ change
        both = self.factors.solve(np.concatenate([right, heat]))
        return both[: self.size], both[self.size :]

    def by_axis(self, change: Array) -> tuple[Array, Array]:
        """Change of unknowns and heats for a change of the temperature on the axes."""
        return self.solve(-(self.linear.by_felt @ change), self.linear.heat_by_felt * change)


def _coupled(linear: Linear, beside: csr_array, assembler: Assembler | None) -> csc_array:
    """Matrix of a carrier's unknowns and, where skins have neighbours, of its heats behind them."""
    if not beside.nnz:
        return csc_array(linear.by_unknown)
    size, skins = linear.residual.size, linear.heat.size
    skin = np.arange(skins)
    row, column, value = entries_of(linear.heat_by_unknown)
    own = [entries_of(linear.by_unknown), (size + row, column, -value)]
    own += [(size + skin, size + skin, np.ones(skins))]
    felt = [entries_of(linear.by_felt), (size + skin, skin, -linear.heat_by_felt)]
    source, target, weight = entries_of(csr_array(beside.T))
    # put together as rows of the transpose, which are columns
    turned = (assembler or Assembler((size + skins,) * 2)).assembled(
        Entries(size + source, target, weight),
        _turned(gathered(felt)),
        _turned(gathered(own)),
    )
    return turned.T


def _turned(entries: Entries) -> Entries:
    return Entries(entries.column, entries.row, entries.value)


class Solved(NamedTuple):
    """Carriers in balance with hosts of given temperature."""

    unknown: Array
    heat: Array
    """Through the walls, shape (skins,) [W]."""
    tangents: list[Tangent]
    passes: int

    def by_axis(self, change: Array) -> tuple[Array, Array]:
        """Change of all unknowns and heats for a change of the temperature on the axes."""
        skins = _runs([tangent.linear.heat.size for tangent in self.tangents])
        parts = [
            tangent.by_axis(change[own]) for tangent, own in zip(self.tangents, skins, strict=True)
        ]
        return _joined([u for u, _ in parts]), _joined([q for _, q in parts])

    @property
    def slope(self) -> Array:
        """Derivative of the heats by the skins' own host temperature [W/K]."""
        return _joined([tangent.linear.heat_by_felt for tangent in self.tangents])


class Network:
    """The carriers of a problem, their skins and unknowns side by side."""

    def __init__(self, carriers: Sequence[Carrier]) -> None:
        self.carriers = tuple(carriers)
        self.skins = _runs([carrier.skins for carrier in self.carriers])
        self.unknowns = _runs([carrier.scale.size for carrier in self.carriers])
        self.linear = all(carrier.linear for carrier in self.carriers)
        self.unsettled: tuple[int, int] | None = None
        """Where the carriers that were last asked have no solution; empty where they have."""
        self._kept: dict[tuple[int, float], Tangent] = {}
        self._assemblers: dict[int, Assembler] = {}
        self._alone: dict[int, Network] = {}

    def alone(self, place: int, carrier: Carrier) -> "Network":
        """One carrier that is asked in the place of another."""
        if place not in self._alone:
            self._alone[place] = Network([carrier])
        return self._alone[place]

    def walls(self, stage: Stage, rings: Array, felt: Array, time: float) -> list[Walls]:
        """Each carrier's share of the skins."""
        return [
            Walls(stage.parts[place], rings[:, own], felt[own], time, stage.interval)
            for place, own in enumerate(self.skins)
        ]

    def prepared(self, stage: Stage) -> Stage:
        """The stage with each carrier's share of its pivots and pairs, and pairs across them."""
        owner = np.repeat(np.arange(len(self.skins)), [s.stop - s.start for s in self.skins])
        pairs = stage.beside.tocoo()
        target, source = pairs.coords
        apart = owner[target] != owner[source]
        across = coo_array(
            (pairs.data[apart], (target[apart], source[apart])), shape=stage.beside.shape
        )
        return stage._replace(
            across=csr_array(across) if apart.any() else None,
            parts=[part_of(stage.elimination, own) for own in self.skins],
            pairs=[csr_array(stage.beside[own, own]) for own in self.skins],
        )

    def settle(
        self, stage: Stage, rings: Array, before: Array, guess: tuple[Array, Array],
        axis: Array, time: float,
    ) -> Solved | None:  # fmt: skip
        """Solve the carriers with the temperature on the axes held; nothing if one does not settle.

        `guess` holds the unknowns and the heats; `axis` the host's temperature with the skins'
        neighbours at rest, to which those are added by their heat.
        """
        unknown, heat, passes = guess[0].copy(), guess[1].copy(), 0
        self.unsettled = None
        tangents = list[Tangent]()
        for place, (own, skins) in enumerate(zip(self.unknowns, self.skins, strict=True)):
            walls = Walls(stage.parts[place], rings[:, skins], axis[skins], time, stage.interval)
            found = self.settled(
                place, stage.pairs[place], walls, before[own], (unknown[own], heat[skins])
            )
            if found is None:
                return None
            unknown[own], heat[skins], tangent, count = found
            tangents.append(tangent)
            passes += count
        return Solved(unknown, heat, tangents, passes)

    def settled(
        self, place: int, beside: csr_array, walls: Walls, before: Array,
        guess: tuple[Array, Array],
    ) -> tuple[Array, Array, Tangent, int] | None:  # fmt: skip
        """Solve one carrier by Newton; `walls` feel the axes with the neighbours at rest."""
        carrier, (unknown, heat) = self.carriers[place], guess
        moved, last = np.zeros(unknown.size), 0.0
        for count in range(1, MOST_PASSES + 1):
            others = beside @ heat
            now = walls._replace(felt=walls.felt + others)
            linear = carrier.linearise(unknown, before, now)
            try:
                tangent = self._tangent(place, walls.interval, linear, beside)
            except RuntimeError:  # the factorisation of a singular matrix
                self._refuse(place, np.abs(linear.residual))
                return None
            # heats enter whole, not as changes: neighbours count from their rest
            right = linear.by_felt @ others - linear.residual
            change, heat = tangent.solve(right, linear.heat - linear.heat_by_felt * others)
            if not np.all(np.isfinite(change)):
                self._refuse(place, np.where(np.isfinite(linear.residual), 0.0, np.inf))
                return None
            new = carrier.limited(unknown, change)
            moved = np.abs(new - unknown) / carrier.scale
            whole = bool(np.all(np.abs(new - unknown - change) <= carrier.scale))
            unknown, most = new, float(moved.max(initial=0.0))
            if carrier.linear or (whole and near_end(most, last)):
                return unknown, heat, tangent, count
            last = most if whole else 0.0
        self._refuse(place, moved)
        return None

    def _refuse(self, place: int, worst: Array) -> None:
        """Note where a carrier has no solution."""
        number = int(np.argmax(np.nan_to_num(worst, nan=np.inf)))
        self.unsettled = (place, number)

    def _tangent(self, place: int, interval: float, linear: Linear, beside: csr_array) -> Tangent:
        """The tangent, made anew only where the equations have changed."""
        key = (place, interval)
        kept = self._kept.get(key)
        if kept is None or not kept.serves(linear, beside):
            if place not in self._assemblers:
                size = linear.residual.size + linear.heat.size
                self._assemblers[place] = Assembler((size, size))
            kept = Tangent(linear, beside, self._assemblers[place])
            if self.carriers[place].linear:
                while len(self._kept) >= TANGENTS_KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = kept
        return kept

    def rates(
        self, unknown: Array, before: Array, walls: Sequence[Walls], heat: Array
    ) -> tuple[dict[str, Array], ...]:
        """What each carrier reports of a solved stage; notes where one has no such state."""
        reports = list[dict[str, Array]]()
        for place, each in enumerate(walls):
            own, skins = self.unknowns[place], self.skins[place]
            try:
                report = self.carriers[place].rates(unknown[own], before[own], each, heat[skins])
            except StateError as error:
                self.unsettled = (place, error.volume)
                raise
            reports.append(dict(report))
        return tuple(reports)

    def fresh(self, begin: float, end: float) -> Array:
        """Skins whose wall is cut anew."""
        parts = (carrier.fresh(begin, end) for carrier in self.carriers)
        return np.concatenate([np.zeros(0, dtype=bool), *parts])


def near_end(moved: float, last: float) -> bool:
    r"""Whether Newton's next step would not matter, from the last two over what matters.

    It is at most :math:`\Theta\,m` with :math:`\Theta = m/m_\mathrm{last}`; of a quadratic
    convergence :math:`\Theta^2 m` (Hairer & Wanner, Solving Ordinary Differential Equations II,
    1996, section IV.8).
    """
    return moved <= 1.0 or moved * moved <= last * STEP_LEFT


STEP_LEFT = 0.5
TANGENTS_KEPT = 24


def _joined(parts: Sequence[Array]) -> Array:
    return np.concatenate([np.zeros(0), *parts])


def _runs(counts: Sequence[int]) -> list[slice]:
    ends = np.cumsum([0, *counts])
    return [slice(int(a), int(b)) for a, b in pairwise(ends)]
