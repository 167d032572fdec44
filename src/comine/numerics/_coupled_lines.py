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

import numpy as np
from scipy.sparse import csr_array, diags_array

from comine.numerics import Array
from comine.numerics import _level_kernels as kernels
from comine.numerics._level_kernels import Single
from comine.numerics._network import Solved, Tangent
from comine.numerics.diffusion import DiffusionOperator
from comine.numerics.embedded import Embedded, Stage
from comine.numerics.multilevel import along

LINES_PAY = 1.0
"""Greatest link of a cell over its shift from which lines take less time than the diagonal."""


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
    """

    def __init__(self, operator: DiffusionOperator, embedded: Embedded, stage: Stage) -> None:
        strengths = [kernels.strength(link, operator.shift) for link in operator.links]
        self.axis = int(np.argmax(strengths))
        self.felt, self.given, self.touched = embedded.hosts.felt, stage.given, embedded.touched
        link = along(operator.links[self.axis], self.axis)
        diagonal = along(operator.shift, self.axis) + link
        diagonal[:, 1:] += link[:, :-1]
        self.ratio: Single = np.empty(operator.shape, dtype=np.float32)
        self.pivot = np.empty_like(self.ratio)
        pivot = along(self.pivot, self.axis)
        kernels.factor(link, diagonal, along(self.ratio, self.axis), pivot)
        kernels.inverse_diagonal(link, pivot, diagonal)
        warmed = diags_array(diagonal.ravel()[self.touched]) @ stage.given
        self.reach = csr_array(csr_array(self.felt)[:, self.touched] @ warmed)
        self._kept: tuple[list[Tangent], Solved] = ([], Solved(np.empty(0), np.empty(0), [], 0))

    @staticmethod
    def pay(operator: DiffusionOperator) -> bool:
        """Whether they take less time than the diagonal."""
        return max(kernels.strength(a, operator.shift) for a in operator.links) > LINES_PAY

    def with_network(self, solved: Solved) -> Callable[[Array, Array], None]:
        """The preconditioner: writes its product with a first argument to a second."""
        network = self._network(solved)

        def apply(right: Array, out: Array) -> None:
            self._lines(right, out)
            _, heat = network.by_axis(self.felt @ out.ravel())
            sources = right.reshape(right.size)
            kept = sources[self.touched]
            sources[self.touched] = kept + self.given @ heat
            self._lines(right, out)
            sources[self.touched] = kept

        return apply

    def _network(self, solved: Solved) -> Solved:
        """Carriers that feel what their heat does to the lines."""
        kept, network = self._kept
        if len(kept) == len(solved.tangents) and all(map(is_, kept, solved.tangents)):
            return network
        cuts = np.cumsum([0] + [tangent.linear.heat.size for tangent in solved.tangents])
        tangents = [
            Tangent(tangent.linear, csr_array(tangent.beside + self.reach[a:b, a:b]))
            for tangent, (a, b) in zip(solved.tangents, pairwise(cuts), strict=True)
        ]
        self._kept = solved.tangents, solved._replace(tangents=tangents)
        return self._kept[1]

    def _lines(self, right: Array, out: Array) -> None:
        kernels.lines(
            along(self.ratio, self.axis),
            along(self.pivot, self.axis),
            along(right, self.axis),
            along(out, self.axis),
        )
