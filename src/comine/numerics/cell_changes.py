r"""Cells whose matter is exchanged: excavated, backfilled, flooded.

The matter that leaves takes its heat along and that which enters brings its own:
:math:`E = \sum_i V_i\,[h'_i(T'_i) - h_i(T_i)]`, both counted from one reference temperature. The
ledger books it beside what comes through the sides.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from comine.numerics import Array
from comine.numerics.checks import require
from comine.numerics.conduction import Capacity, Conduction, Conductivity
from comine.numerics.heat_capacity import HeatCurve
from comine.numerics.ledger import Entry
from comine.numerics.state import State

Values = float | Array | Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class CellChange:
    """New matter in some cells; what is not named stays."""

    cells: NDArray[np.bool_]
    """Which cells, shape (x, y, z)."""
    temperature: float | Array | None = None
    """Temperature of the new matter, number or all cells [K]; without it, that of the old."""
    conductivity: Conductivity | None = None
    """Conductivity there, as for `Conduction` [W/m/K]."""
    capacity: Capacity | None = None
    """Heat capacity there, as for `Conduction` [J/m3/K]."""
    source: float | Array | None = None
    """Heat made there [W/m3]."""
    reference: float = 273.15
    """Temperature from which the heat of matter is counted [K]."""

    def __post_init__(self) -> None:
        if self.cells.dtype != np.bool_ or not self.cells.any():
            raise ValueError("cells: got none that is true; give an array of truth values")
        if self.temperature is not None:
            t = np.asarray(self.temperature)
            require(np.isfinite(t), "temperature", t, "finite values")


class Exchanged(NamedTuple):
    """What an exchange of matter gives."""

    problem: Conduction
    """The cells afterwards."""
    state: State
    """Their state; the next step is chosen anew."""
    entry: Entry
    """Row of the ledger, of no length."""


def exchange_cells(
    problem: Conduction, state: State, change: CellChange, share: float | Array = 1.0
) -> Exchanged:
    r"""Exchange the matter of some cells at once.

    Parameters
    ----------
    problem : Conduction
        The cells before.
    state : State
        Their state.
    change : CellChange
        New matter and its temperature.
    share : float or ndarray, shape (x, y, z)
        Share of the cells that holds matter: less than 1 where skins lie in them [1].

    Returns
    -------
    Exchanged
        Cells and state afterwards, and the row for the ledger: heat that came with the matter,
        less what left with the old [J].

    Raises
    ------
    ValueError
        If the cells do not fit, or a heat curve meets a plain function of temperature.

    Notes
    -----
    Heat of matter is counted from `change.reference`; it matters where the heat capacity changes.

    Examples
    --------
    >>> from comine.numerics.grid import Grid
    >>> problem = Conduction(Grid([0, 1], [0, 1], [0, 1, 2]), 3.0, 2e6)
    >>> start = State.at_rest(np.array([[[300.0, 340.0]]]))
    >>> fill = CellChange(np.array([[[False, True]]]), 310.0)
    >>> exchange_cells(problem, start, fill).entry.exchanged
    -60000000.0
    """
    after = changed_problem(problem, change)
    temperature = state.temperature
    if change.temperature is not None:
        temperature = np.where(change.cells, change.temperature, temperature)
    level = np.full(problem.grid.shape, change.reference)
    gained = after.stored(level, temperature) - problem.stored(level, state.temperature)
    gained *= share
    gained[~change.cells] = 0.0
    rate = np.where(change.cells, 0.0, state.rate)
    came, moved = float(gained.sum()), float(np.abs(gained).sum())
    entry = Entry(state.time, 0.0, came, moved, np.zeros(6), 0.0, 0.0, 0, came)
    return Exchanged(after, State(state.time, temperature, rate), entry)


def changed_problem(problem: Conduction, change: CellChange) -> Conduction:
    """Properties after an exchange of matter.

    Parameters
    ----------
    problem : Conduction
        The cells before.
    change : CellChange
        New matter.

    Returns
    -------
    Conduction
        The cells afterwards.

    Raises
    ------
    ValueError
        As in `exchange_cells`.

    Examples
    --------
    >>> from comine.numerics.grid import Grid
    >>> problem = Conduction(Grid([0, 1], [0, 1], [0, 1, 2]), 3.0, 2e6)
    >>> change = CellChange(np.array([[[False, True]]]), conductivity=0.6)
    >>> changed_problem(problem, change).conductivity
    array([[[3. , 0.6]]])
    """
    cells, shape = change.cells, problem.grid.shape
    if cells.shape != shape:
        raise ValueError(f"cells: got shape {cells.shape}; give {shape}")
    conductivity, capacity, source = problem.conductivity, problem.capacity, problem.source
    if change.conductivity is not None:
        conductivity = _either(cells, change.conductivity, conductivity)
    if change.capacity is not None:
        capacity = _stored(cells, change.capacity, capacity)
    if change.source is not None:
        source = np.where(cells, change.source, source)
    return replace(problem, conductivity=conductivity, capacity=capacity, source=source)


def _either(cells: NDArray[np.bool_], new: Values, old: Values) -> Values:
    """New values in some cells and old ones elsewhere."""
    if not callable(new) and not callable(old):
        return np.where(cells, new, old)
    return lambda t: np.where(cells, _at(new, t), _at(old, t))


def _at(values: Values, temperature: Array) -> float | Array:
    return values(temperature) if callable(values) else values


def _stored(cells: NDArray[np.bool_], new: Capacity, old: Capacity) -> Capacity:
    """New heat capacity in some cells and the old one elsewhere."""
    if not isinstance(new, HeatCurve) and not isinstance(old, HeatCurve):
        return _either(cells, new, old)
    one, other = _curve(new), _curve(old)
    return HeatCurve(
        *(
            cast("Callable[[Array], Array]", _either(cells, inside, outside))
            for inside, outside in zip(one, other, strict=True)
        )
    )


def _curve(capacity: Capacity) -> HeatCurve:
    if isinstance(capacity, HeatCurve):
        return capacity
    if callable(capacity):
        raise ValueError(
            "capacity: got a function of temperature beside a heat curve; give a curve for both"
        )
    c = np.asarray(capacity, dtype=float)
    return HeatCurve(lambda t: c + 0.0 * t, lambda t: c * t, lambda heat: np.asarray(heat / c))
