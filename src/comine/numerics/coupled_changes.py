"""Changes of the rock in a coupled run: other cells from a time on, or an exchange of matter."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from comine.numerics.cell_changes import CellChange, changed_problem, exchange_cells
from comine.numerics.conduction import Conduction
from comine.numerics.coupled_problem import Coupled, CoupledEntry, CoupledState
from comine.numerics.state import State

Changes = Mapping[float, Conduction | CellChange]
"""The rock from a time on, or an exchange of matter in it at a time [s]."""


class Changed(NamedTuple):
    """What a change of the rock gives."""

    problem: Coupled
    """The problem afterwards."""
    state: CoupledState
    """Its state; skins and carriers are what they were."""
    entry: CoupledEntry | None
    """Account of the exchange, of no length; none where no matter is exchanged."""


def change_rock(problem: Coupled, state: CoupledState, change: Conduction | CellChange) -> Changed:
    """Change the rock of a coupled run at once.

    Parameters
    ----------
    problem : Coupled
        The problem before.
    state : CoupledState
        Its state.
    change : Conduction or CellChange
        The rock from now on, or an exchange of matter in some of its cells.

    Returns
    -------
    Changed
        Problem and state afterwards, and the heat that came with the matter.

    Raises
    ------
    ValueError
        As in `cell_changes.exchange_cells`.

    Notes
    -----
    The skins keep their rings and what they are made of, and leave the cells the same share of
    their matter, old or new. Matter is exchanged in that share.

    Examples
    --------
    >>> import numpy as np
    >>> from comine.numerics.coupled_problem import CoupledState
    >>> from comine.numerics.embedding import Cylinders, embed
    >>> from comine.numerics.grid import Grid
    >>> grid = Grid(*[np.arange(0.0, 101.0, 5.0)] * 3)
    >>> none = Cylinders(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0))
    >>> alone = Coupled(Conduction(grid, 3.0, 2e6), embed(grid, (3.0, 2e6), none), ())
    >>> warm, nothing = np.full(grid.shape, 300.0), np.zeros((12, 0))
    >>> state = CoupledState(0.0, warm, nothing, nothing[0], nothing[0], 0.0 * warm)
    >>> fill = CellChange(grid.volumes > 0.0, 310.0)
    >>> change_rock(alone, state, fill).entry.matter / 1e6 / 2e6  # 10 K in a million m3
    10.0
    """
    after = changed(problem, change)
    if isinstance(change, Conduction):
        return Changed(after, state, None)
    cells = State(state.time, state.cells, state.rate)
    share = 1.0 if problem.share is None else problem.share
    _, new, entry = exchange_cells(problem.rock, cells, change, share)
    account = CoupledEntry(
        state.time, 0.0, entry.stored, 0.0, entry.sides, 0.0, 0.0, entry.moved, {}, 0, 0, 0.0,
        matter=entry.exchanged,
    )  # fmt: skip
    return Changed(after, replace(state, cells=new.temperature, rate=new.rate), account)


def changed(problem: Coupled, change: Conduction | CellChange) -> Coupled:
    """The problem after a change of its rock.

    Parameters
    ----------
    problem : Coupled
        The problem before.
    change : Conduction or CellChange
        As in `change_rock`.

    Returns
    -------
    Coupled
        The problem afterwards; the skins leave the cells the same share of their matter.

    Examples
    --------
    >>> import numpy as np
    >>> from comine.numerics.embedding import Cylinders, embed
    >>> from comine.numerics.grid import Grid
    >>> grid = Grid(*[np.arange(0.0, 101.0, 5.0)] * 3)
    >>> hole = Cylinders(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0))
    >>> alone = Coupled(Conduction(grid, 3.0, 2e6), embed(grid, (3.0, 2e6), hole), ())
    >>> float(changed(alone, Conduction(grid, 2.0, 2e6)).rock.conductivity)
    2.0
    """
    rock = change if isinstance(change, Conduction) else changed_problem(problem.rock, change)
    return replace(problem, rock=rock, left=problem.share)
