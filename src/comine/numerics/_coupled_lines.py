r"""A preconditioner of rock, skins and carriers: lines of cells and the whole network.

The matrix that the cells of a stage are solved with is :math:`A - G\,q(F\,\cdot)`, with the skins'
and carriers' heat q for a change on the skins' axes. The preconditioner keeps of A what couples
the cells along one axis, L, and the whole of q, but for what skins in different cells feel of each
other by way of the rock:

.. math::

    q = q\big(F L^{-1} r + R\,q\big), \qquad M^{-1} r = L^{-1}(r + G\,q), \qquad
    R = F \operatorname{diag}(L^{-1})\,G.

Where each line meets skins in one cell, only conduction along the other two axes is left to the
iteration: water in a fracture is then as good as solved, however strongly it is coupled.
"""

from collections.abc import Callable
from itertools import pairwise
from operator import is_
from typing import NamedTuple

import numpy as np
from scipy.sparse import block_diag, csr_array, diags_array

from comine.numerics import Array
from comine.numerics import _level_kernels as kernels
from comine.numerics._level_kernels import Single
from comine.numerics._network import Solved, Tangent
from comine.numerics.carrier import Linear
from comine.numerics.diffusion import DiffusionOperator
from comine.numerics.embedded import Embedded, Stage
from comine.numerics.multilevel import along

LINES_PAY = 1.0
"""Greatest link of a cell over its shift from which lines take less time than the diagonal."""

LITTLE, ROUNDS = 0.5, 4
"""What a skin feels of others by way of the rock, over what it feels of itself, up to which it is
found by substitution, and how often that is substituted."""


class Lines:
    """Cells eliminated along the axis of the greatest links.

    Parameters
    ----------
    operator : DiffusionOperator
        Matrix of the cells.
    embedded : Embedded
        Skins and their hosts.
    stage : Stage
        Skins in a stage of the same length.
    room : ndarray, shape (x, y, z)
        Overwritten meanwhile.
    """

    def __init__(
        self, operator: DiffusionOperator, embedded: Embedded, stage: Stage, room: Array
    ) -> None:
        strengths = [kernels.strength(link, operator.shift) for link in operator.links]
        self.axis = int(np.argmax(strengths))
        self.felt, self.given, self.touched = embedded.hosts.felt, stage.given, embedded.touched
        link = along(operator.links[self.axis], self.axis)
        diagonal = along(room, self.axis)
        np.add(along(operator.shift, self.axis), link, out=diagonal)
        diagonal[:, 1:] += link[:, :-1]
        self.ratio: Single = np.empty(operator.shape, dtype=np.float32)
        self.pivot = np.empty_like(self.ratio)
        pivot = along(self.pivot, self.axis)
        kernels.factor(link, diagonal, along(self.ratio, self.axis), pivot)
        kernels.inverse_diagonal(link, pivot, diagonal)
        warmed = diags_array(diagonal.ravel()[self.touched]) @ stage.given
        self.reach = csr_array(csr_array(self.felt)[:, self.touched] @ warmed)
        self._kept: tuple[list[Tangent], Among] | None = None

    @staticmethod
    def pay(operator: DiffusionOperator) -> bool:
        """Whether they take less time than the diagonal."""
        return max(kernels.strength(a, operator.shift) for a in operator.links) > LINES_PAY

    def with_network(self, solved: Solved) -> Callable[[Array, Array], None]:
        """The preconditioner: writes its product with a first argument to a second."""
        network = self._network(solved)

        def apply(right: Array, out: Array) -> None:
            self._lines(right, out)
            heat = network.heat(self.felt @ out.ravel())
            sources = right.reshape(right.size)
            kept = sources[self.touched]
            sources[self.touched] = kept + self.given @ heat
            self._lines(right, out)
            sources[self.touched] = kept

        return apply

    def _network(self, solved: Solved) -> "Among":
        """Carriers that feel what their heat does to the lines."""
        if self._kept and len(self._kept[0]) == len(solved.tangents):
            kept, network = self._kept
            if all(map(is_, kept, solved.tangents)):
                return network
        self._kept = None
        cuts = np.cumsum([0] + [tangent.linear.heat.size for tangent in solved.tangents])
        parts = [
            _among(tangent.linear, csr_array(tangent.beside + self.reach[a:b, a:b]))
            for tangent, (a, b) in zip(solved.tangents, pairwise(cuts), strict=True)
        ]
        closed = solved._replace(tangents=[tangent for tangent, _ in parts])
        others = csr_array(block_diag([csr_array((0, 0)), *(others for _, others in parts)]))
        self._kept = solved.tangents, Among(closed, others)
        return self._kept[1]

    def _lines(self, right: Array, out: Array) -> None:
        kernels.lines(
            along(self.ratio, self.axis),
            along(self.pivot, self.axis),
            along(right, self.axis),
            along(out, self.axis),
        )


class Among(NamedTuple):
    """Carriers whose skins feel each other by way of the rock."""

    closed: Solved
    others: csr_array
    """What skins feel of others that is little beside what they feel of themselves [K/W]."""

    def heat(self, change: Array) -> Array:
        """Change of the heats for a change on the skins' axes [W]."""
        _, heat = self.closed.by_axis(change)
        for _ in range(ROUNDS if self.others.nnz else 0):
            _, heat = self.closed.by_axis(change + self.others @ heat)
        return heat


def _among(linear: Linear, beside: csr_array) -> tuple[Tangent, csr_array]:
    """Tangent of a carrier with what a skin does to itself eliminated, and what others do to it.

    Where others do much, the tangent holds them all.
    """
    own = beside.diagonal()
    others = csr_array(beside - diags_array(own))
    if np.any(abs(others).sum(axis=1) > LITTLE * np.abs(own)):
        return Tangent(linear, beside), csr_array(beside.shape)
    others.eliminate_zeros()
    answer = 1.0 / (1.0 - linear.heat_by_felt * own)
    heat_by_unknown = csr_array(diags_array(answer) @ linear.heat_by_unknown)
    shed = linear.by_felt @ diags_array(own) @ heat_by_unknown
    closed = linear._replace(
        by_unknown=csr_array(linear.by_unknown + shed),
        by_felt=csr_array(linear.by_felt @ diags_array(answer)),
        heat_by_unknown=heat_by_unknown,
        heat_by_felt=answer * linear.heat_by_felt,
    )
    return Tangent(closed, csr_array(beside.shape)), others
