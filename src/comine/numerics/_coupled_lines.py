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
from comine.numerics.embedded import Stage
from comine.numerics.multilevel import along

LINES_PAY = 1.0
"""Greatest link of a cell over its shift from which lines take less time than the diagonal."""


class Lines:
    """Cells eliminated along the axis of the greatest links.

    Parameters
    ----------
    operator : DiffusionOperator
        Matrix of the cells.
    felt : csr_array
        Weights of the cells in the temperature on the skins' axes.
    stage : Stage
        Skins in a stage of the same length.
    """

    def __init__(self, operator: DiffusionOperator, felt: csr_array, stage: Stage) -> None:
        strengths = [kernels.strength(link, operator.shift) for link in operator.links]
        self.axis = int(np.argmax(strengths))
        self.felt, self.given = felt, stage.given
        link = operator.links[self.axis]
        diagonal = operator.shift + link + np.roll(link, 1, self.axis)  # the last is 0
        self.ratio: Single = np.empty(operator.shape, dtype=np.float32)
        self.pivot = np.empty_like(self.ratio)
        kernels.factor(
            along(link, self.axis),
            along(diagonal, self.axis),
            along(self.ratio, self.axis),
            along(self.pivot, self.axis),
        )
        warmed = diags_array(self._inverse_diagonal(link, diagonal).ravel()) @ stage.given
        self.reach = csr_array(felt @ warmed)
        self._kept: tuple[list[Tangent], Solved] = ([], Solved(np.empty(0), np.empty(0), [], 0))
        self._room = np.empty((2, *operator.shape))

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
            source, warmed = self._room
            np.copyto(source, (self.given @ heat).reshape(right.shape))
            self._lines(source, warmed)
            out += warmed

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

    def _inverse_diagonal(self, link: Array, diagonal: Array) -> Array:
        """Diagonal of the inverse: from the pivots of eliminations from both ends."""
        links, whole = (np.moveaxis(a, self.axis, 0) for a in (link, diagonal))
        ahead, back = whole.copy(), whole.copy()
        for i in range(1, len(whole)):
            ahead[i] -= links[i - 1] ** 2 / ahead[i - 1]
            back[-1 - i] -= links[-1 - i] ** 2 / back[-i]
        return np.moveaxis(1.0 / (ahead + back - whole), 0, self.axis)
