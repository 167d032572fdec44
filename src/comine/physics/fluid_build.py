"""Tables of fluids from the equations of state of CoolProp (loaded at the first call).

Sources
-------
- I. H. Bell, J. Wronski, S. Quoilin, V. Lemort, "Pure and pseudo-pure fluid thermophysical property
  evaluation and the open-source library CoolProp", Ind. Eng. Chem. Res. 53 (2014) 2498-2508, and
  the equations of state named there for each fluid.
"""

from importlib import import_module
from typing import Protocol

import numpy as np

from comine.physics import Array
from comine.physics.fluid_table import (
    BOX,
    PROPERTIES,
    FluidRange,
    FluidTable,
    Patch,
    node_states,
    patches_of,
    saturation_line,
)


class State(Protocol):
    """What is used of an abstract state of CoolProp."""

    def update(self, inputs: int, first: float, second: float) -> None: ...
    def specify_phase(self, phase: int) -> None: ...
    def unspecify_phase(self) -> None: ...
    def p(self) -> float: ...
    def rhomass(self) -> float: ...
    def hmass(self) -> float: ...
    def cpmass(self) -> float: ...
    def viscosity(self) -> float: ...
    def conductivity(self) -> float: ...
    def isobaric_expansion_coefficient(self) -> float: ...


def build_table(name: str, span: FluidRange) -> FluidTable:
    """Table of a fluid from its equation of state.

    Parameters
    ----------
    name : str
        Name of the fluid in CoolProp.
    span : FluidRange
        Range of the table, above the triple point and below melting pressure.

    Returns
    -------
    FluidTable
        The table.

    Raises
    ------
    ValueError
        If the highest pressure is not above 1.15 times the critical one, or CoolProp does not give
        one of the `PROPERTIES` of the fluid in the range.

    Notes
    -----
    Conductivities that fail at isolated states (corresponding states of R245fa, vapour below
    0.5 MPa) are interpolated along the isotherm.

    Examples
    --------
    >>> table = build_table("Nitrogen", FluidRange(250.0, 400.0, 1e7))
    >>> [layers.shape for layers in table.layers]
    [(6, 160, 64), (6, 80, 24), (6, 80, 20)]
    """
    library = import_module("CoolProp.CoolProp")
    state = library.AbstractState("HEOS", name)
    critical = float(state.T_critical()), float(state.p_critical())
    edge = critical[0] * BOX[0]
    if not span.highest_pressure > BOX[2] * critical[1]:
        raise ValueError(f"the highest pressure must be above {BOX[2] * critical[1]:g} Pa")
    state.update(library.QT_INPUTS, 0.0, edge)
    box_pressure = float(state.p())
    saturation = np.empty((2, 0))
    if span.coldest < edge:
        inverse = np.linspace(-1.0 / span.coldest, -1.0 / min(edge, span.hottest), 200)
        pressure = []
        for kelvin in -1.0 / inverse:
            state.update(library.QT_INPUTS, 0.0, kelvin)
            pressure.append(state.p())
        saturation = np.stack([inverse, np.log(pressure)])
    bare = FluidTable(
        critical, box_pressure, saturation, patches_of(critical, box_pressure, span), ()
    )
    return bare._replace(layers=tuple(_fill(state, patch, bare) for patch in bare.patches))


def _fill(state: State, patch: Patch, table: FluidTable) -> Array:
    """Stored properties at the nodes of a patch."""
    kelvins, pascals = node_states(patch, table)
    line = saturation_line(table)
    edge = table.critical[0] * BOX[0] * (1.0 + 1e-12)
    layers = np.empty((len(PROPERTIES), *pascals.shape))
    for row, kelvin in enumerate(kelvins):
        boiling = float(np.exp(line(-1.0 / kelvin))) if line and kelvin <= edge else 0.0
        for column, pascal in enumerate(pascals[row]):
            _move(state, kelvin, pascal, boiling, patch.gaseous)
            layers[:, row, column] = _properties(state, pascal if patch.gaseous else 1.0)
    known = np.isfinite(layers[4])
    if known.mean(axis=1).min() < 0.3:
        raise ValueError("the conductivity cannot be computed in most of the range")
    for row in np.flatnonzero(~known.all(axis=1)).tolist():
        there = known[row]
        layers[4, row, ~there] = np.interp(
            pascals[row, ~there], pascals[row, there], layers[4, row, there]
        )
    return layers


def _move(state: State, kelvin: float, pascal: float, boiling: float, gaseous: bool) -> None:
    """Bring the state to a node, which may lie on the line of saturation."""
    library = import_module("CoolProp.CoolProp")
    phase = library.iphase_gas if gaseous else library.iphase_liquid
    if abs(pascal - boiling) > 2e-6 * pascal:
        if boiling:
            state.specify_phase(phase)
        state.update(library.PT_INPUTS, pascal, kelvin)
    else:
        state.update(library.QT_INPUTS, float(gaseous), kelvin)
        saturated = state.rhomass()
        state.specify_phase(phase)
        state.update(library.DmassT_INPUTS, saturated, kelvin)
    state.unspecify_phase()


def _properties(state: State, divisor: float) -> tuple[float, ...]:
    try:
        conductivity = float(np.log(state.conductivity()))
    except ValueError:
        conductivity = float("nan")
    return (
        float(np.log(state.rhomass() / divisor)),
        state.hmass(),
        float(np.log(state.cpmass())),
        float(np.log(state.viscosity())),
        conductivity,
        state.isobaric_expansion_coefficient(),
    )
