"""Memory that a run of conduction needs, told before it starts."""

from typing import NamedTuple

import numpy as np

from comine.numerics import Indices
from comine.numerics._level_kernels import APART, FACTOR
from comine.numerics.conduction import Conduction
from comine.numerics.heat_capacity import HeatCurve

STATES = 6
"""Fields of a run: state before and after a step, heat capacity, heat made."""
CONDUCTANCES = 4
STAGES = 9
SOLVER = 9
STEP = 4
"""Fields that a step makes and leaves."""
OF_TEMPERATURE = 12
"""Further fields where the conductivity follows the temperature: two sets of conductances and what
they are made from."""
OF_HEAT = 3
"""Further fields where the heat capacity does."""


class Memory(NamedTuple):
    """Greatest memory of a run by what holds it [B]."""

    fields: float
    """Given properties, state and fields of a step."""
    conductances: float
    """Links between cells and to the outside."""
    solver: float
    """Scaled matrix and vectors of the conjugate gradients."""
    levels: float
    """Coarser grids of the preconditioner."""

    @property
    def total(self) -> float:
        """All together [B]."""
        return sum(self)

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {1e-9 * self[i]:.3g}" for i, name in enumerate(self._fields))
        return f"{1e-9 * self.total:.3g} GB: {parts}"


def memory_needed(problem: Conduction, levels: bool = True) -> Memory:
    """Memory that the arrays of a run take at their greatest.

    Parameters
    ----------
    problem : Conduction
        The cells.
    levels : bool
        Whether steps are so long for the cells that coarser grids precondition the solver.

    Returns
    -------
    Memory
        Bytes; the interpreter and compiled code take 0.2 to 0.3 GB beside them [B].

    Examples
    --------
    >>> from comine.numerics.grid import Grid
    >>> grid = Grid(*[np.linspace(0.0, 1e3, 101)] * 3)
    >>> print(memory_needed(Conduction(grid, 3.0, 2e6)))
    0.297 GB: fields 0.152, conductances 0.032, solver 0.072, levels 0.0412
    """
    field = 8.0 * problem.grid.size
    given = (problem.conductivity, problem.capacity, problem.source)
    properties = sum(float(v.nbytes) for v in given if isinstance(v, np.ndarray))
    extra = OF_HEAT * field * problem.stores_by_temperature
    if callable(problem.capacity) and not isinstance(problem.capacity, HeatCurve):
        extra -= field
    return Memory(
        properties + (STATES + STAGES + STEP) * field + extra,
        (CONDUCTANCES + OF_TEMPERATURE * callable(problem.conductivity)) * field,
        SOLVER * field,
        _levels(problem.grid.shape) if levels else 0.0,
    )


def _levels(shape: tuple[int, int, int]) -> float:
    """Bytes of a whole table of grids, the longest of the choices of lines."""
    tables = [_joined(shape[a]) for a in range(3)]
    size = float(np.prod(shape))
    cells = [
        shape[line] * np.sum(np.outer(*(tables[a] for a in range(3) if a != line)))
        for line in range(3)
    ]
    grids = max(tables[a].size * tables[b].size for a, b in ((0, 1), (0, 2), (1, 2)))
    return 16.0 * (max(cells) + grids * APART) + 4.0 * size + 8.0 * size


def _joined(count: int) -> Indices:
    """Cells along an axis, joined by and by."""
    counts = [count]
    while counts[-1] > 1:
        counts.append(-(-counts[-1] // FACTOR))
    return np.array(counts, dtype=np.intp)
