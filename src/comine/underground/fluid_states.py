"""States of a fluid in many volumes, with errors that name the volume.

Liquid, and dense fluid above the critical pressure; a fluid that does not boil in its range may be
gas. Where a liquid would boil, there is an error.
"""

from collections.abc import Callable

import numpy as np

from comine.numerics.carrier import StateError
from comine.physics import Array
from comine.physics.fluid_table import BOX
from comine.physics.fluids import Fluid

CLOSE = 1e-9
"""Change of temperature at which the inverse of the enthalpy has settled, over the temperature."""
SHORT_OF_BOILING = 1e-4
"""Share of a temperature that a liquid must lie below its boiling."""
MOST_PASSES = 80
Named = Callable[[int], str]
"""Name of a volume."""


def states_of(fluid: Fluid, name: str, temperature: Array, pressure: Array, named: Named) -> Array:
    """A property of the fluid in all volumes.

    Parameters
    ----------
    fluid : Fluid
        The fluid.
    name : str
        One of `comine.physics.fluid_table.PROPERTIES`.
    temperature, pressure : ndarray, shape (volumes,)
        State [K], [Pa].
    named : callable
        Name of a volume by its number.

    Returns
    -------
    ndarray, shape (volumes,)

    Raises
    ------
    StateError
        If a state is outside the fluid's range or boils.

    Examples
    --------
    >>> from comine.physics.fluids import working_fluid
    >>> states_of(working_fluid("water"), "density", np.array([500.0]), np.array([1e5]), str)
    Traceback (most recent call last):
    comine.numerics.carrier.StateError: 0: water of 500 K and 1e+05 Pa is not liquid
    """
    of_state: Callable[[Array, Array], Array] = getattr(fluid, name)
    known = np.isfinite(temperature) & (pressure > 0)
    vapour = np.flatnonzero(known & (temperature > _hottest(fluid, np.where(known, pressure, 1.0))))
    if vapour.size:
        n = int(vapour[0])
        raise StateError(
            f"{named(n)}: {fluid.name} of {temperature[n]:.4g} K and {pressure[n]:.4g} Pa is not "
            f"{'liquid' if fluid.line else 'within its range'}",
            n,
        )
    try:
        return of_state(temperature, pressure)
    except ValueError:
        for number, state in enumerate(zip(temperature, pressure, strict=True)):
            try:
                of_state(*(np.asarray(value) for value in state))
            except ValueError as error:
                raise StateError(f"{named(number)}: {error}", number) from error
        raise


def temperature_of(fluid: Fluid, enthalpy: Array, pressure: Array, named: Named) -> Array:
    """Temperature of given enthalpies, by Newton's method within bounds.

    Parameters
    ----------
    fluid : Fluid
        The fluid.
    enthalpy, pressure : ndarray, shape (volumes,)
        State [J/kg], [Pa].
    named : callable
        Name of a volume by its number.

    Returns
    -------
    ndarray, shape (volumes,)
        Temperatures [K].

    Raises
    ------
    StateError
        If there is none in the fluid's range.

    Examples
    --------
    >>> from comine.physics.fluids import working_fluid
    >>> water, pascal = working_fluid("water"), np.array([1e7])
    >>> enthalpy = water.enthalpy(500.0, pascal)
    >>> temperature_of(water, enthalpy, pascal, str).round(6)
    array([500.])
    """
    low = np.full(pressure.shape, fluid.span.coldest)
    high = _hottest(fluid, pressure)
    cold, hot = (states_of(fluid, "enthalpy", at, pressure, named) for at in (low, high))
    outside = np.flatnonzero(~((cold <= enthalpy) & (enthalpy <= hot)))
    if outside.size:
        n = outside[0]
        beyond = "colder" if enthalpy[n] < cold[n] else "hotter"
        raise StateError(
            f"{named(int(n))}: {fluid.name} at {pressure[n]:.4g} Pa is liquid or dense from "
            f"{low[n]:.5g} to {high[n]:.5g} K, and is {beyond} here; "
            "give it more pressure, or other temperatures",
            int(n),
        )
    kelvin = low + (high - low) * (enthalpy - cold) / (hot - cold)
    for _ in range(MOST_PASSES):
        misfit = fluid.enthalpy(kelvin, pressure) - enthalpy
        low, high = np.where(misfit < 0, kelvin, low), np.where(misfit > 0, kelvin, high)
        new = kelvin - misfit / fluid.specific_heat(kelvin, pressure)
        new = np.where((new >= low) & (new <= high), new, (low + high) / 2)
        moved, kelvin = np.abs(new - kelvin), new
        if np.all(moved <= CLOSE * kelvin):
            break
    return np.asarray(kelvin)


def _hottest(fluid: Fluid, pressure: Array) -> Array:
    """Highest temperature at which the fluid is liquid or dense."""
    if fluid.line is None:
        return np.full(pressure.shape, fluid.span.hottest)
    critical, (below, _, over) = fluid.table.critical, BOX
    steep, boiling = fluid.table.saturation
    boils = -1.0 / np.interp(np.log(np.maximum(pressure, np.finfo(float).tiny)), boiling, steep)
    liquid = np.minimum(boils * (1.0 - SHORT_OF_BOILING), below * critical[0])
    return np.where(pressure > over * critical[1], fluid.span.hottest, liquid)
