"""How the flows of a network follow changes of what drives them.

Sources
-------
- E. Todini, S. Pilati, "A gradient algorithm for the analysis of pipe networks", in: Computer
  Applications in Water Supply 1, Research Studies Press, 1988, 1-20 (the matrix).
"""

import numpy as np

from comine.numerics import Array
from comine.numerics._newton import LEAST_SHARE
from comine.numerics.flow import FlowProblem
from comine.numerics.flow_matrix import Pattern, factorise
from comine.numerics.graph import incidence


def flow_response(problem: FlowProblem, flow: Array, drive: Array, pattern: Pattern) -> Array:
    r"""Change of settled flows with a small change of the drive along branches.

    Parameters
    ----------
    problem : FlowProblem
        The network.
    flow : ndarray, shape (branches,)
        Its settled flows.
    drive : ndarray, shape (branches, n)
        Changes of the head, or of the fall by the laws at the same flow with the other sign.
    pattern : Pattern
        Result of `comine.numerics.flow.prepare`.

    Returns
    -------
    ndarray, shape (branches, n)
        Changes of the flows.

    Notes
    -----
    With :math:`D = 1/f'`, :math:`A^T D A\,\mathrm dp = -A^T D\,\mathrm de` and
    :math:`\mathrm dm = D\,(A\,\mathrm dp + \mathrm de)`, exact where all slopes are above zero; a
    slope that is not, of a machine on the rising side of its curve, is taken as next to nothing.

    Examples
    --------
    >>> from comine.numerics.branch_laws import LinearLaw, Placed
    >>> from comine.numerics.flow import Given, prepare
    >>> from comine.numerics.graph import connect
    >>> loop = connect(["down", "up"], ["top", "foot"], ["foot", "top"])
    >>> law = Placed(LinearLaw(np.array([1.0, 3.0])), np.arange(2))
    >>> problem = FlowProblem(loop, (law,), Given(np.array([0]), np.array([0.0])))
    >>> flow_response(problem, np.zeros(2), np.array([[8.0], [0.0]]), prepare(problem)).T
    array([[2., 2.]])
    """
    slope, free = np.zeros(len(flow)), np.ones(len(flow), dtype=bool)
    for law, where in problem.laws:
        slope[where] += law.slope(flow[where])
    free[problem.flow.where] = False
    slope = slope[free]
    weight = 1.0 / np.maximum(slope, LEAST_SHARE * slope.max(initial=1.0))
    along = incidence(problem.graph)[free]
    driven = weight[:, None] * drive[free]
    potential = np.zeros((along.shape[1], drive.shape[1]))
    factors = factorise(pattern, weight)
    if factors is not None:
        potential[pattern.unknown] = factors.solve(-(along.T @ driven)[pattern.unknown])
    change = np.zeros_like(drive)
    change[free] = weight[:, None] * (along @ potential) + driven
    return change
