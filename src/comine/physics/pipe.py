"""Flow of liquids in pipes: friction, columns, pumping, and the heat that pipes lose or gain.

Sources
-------
- C. F. Colebrook, J. Inst. Civ. Eng. 11 (1939) 133-156 (turbulent friction).
- S. E. Haaland, J. Fluids Eng. 105 (1983) 89-90 (explicit friction, used as the first value).
- EN 13941 (kind of resistances of buried, insulated pipes).
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import cumulative_trapezoid

from comine.physics import Array
from comine.physics.bounds import positive, within

GRAVITY = 9.80665
"""Standard acceleration of fall [m/s²]."""
LAMINAR, TURBULENT = 2300.0, 4000.0
"""Reynolds numbers between which the flow is neither."""


def friction_factor(reynolds: ArrayLike, relative_roughness: ArrayLike) -> Array:
    r"""Darcy's friction factor of a round pipe.

    Parameters
    ----------
    reynolds : array_like
        Reynolds number, positive [1].
    relative_roughness : array_like
        Height of the roughness over the diameter, 0 to 0.1 [1].

    Returns
    -------
    ndarray
        Friction factor [1].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    Laminar :math:`64/Re` up to Re = 2300. Turbulent from Re = 4000 the root of

    .. math:: f^{-1/2} = -2\log_{10}\left(\frac\epsilon{3.7} + \frac{2.51}{Re\sqrt f}\right)

    (Colebrook 1939) by Newton's method from Haaland's formula, to rounding. Between them linear in
    Re.

    Examples
    --------
    >>> friction_factor([1000.0, 1e5], [0.0, 1e-4]).round(6)
    array([0.064   , 0.018514])
    """
    Re = positive("reynolds", reynolds)
    rough = within("relative_roughness", relative_roughness, 0.0, 0.1)
    swirling = np.maximum(Re, TURBULENT)
    x = -1.8 * np.log10((rough / 3.7) ** 1.11 + 6.9 / swirling)
    for _ in range(4):
        inner = rough / 3.7 + 2.51 * x / swirling
        slope = 1.0 + 2.0 / np.log(10.0) * 2.51 / swirling / inner
        x = x - (x + 2.0 * np.log10(inner)) / slope
    share = np.clip((Re - LAMINAR) / (TURBULENT - LAMINAR), 0.0, 1.0)
    return np.asarray((1.0 - share) * 64.0 / np.minimum(Re, LAMINAR) + share / x**2)


def pressure_drop(
    mass_flow: ArrayLike,
    length: ArrayLike,
    diameter: ArrayLike,
    roughness: ArrayLike,
    density: ArrayLike,
    viscosity: ArrayLike,
) -> Array:
    r"""Loss of pressure by friction along a round pipe.

    Parameters
    ----------
    mass_flow : array_like
        Mass flow, of either sign or zero [kg/s].
    length, diameter : array_like
        Length and inner diameter [m].
    roughness : array_like
        Height of the roughness [m].
    density, viscosity : array_like
        Properties of the liquid [kg/m³], [Pa s].

    Returns
    -------
    ndarray
        Loss of pressure, of the sign of the flow [Pa].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    Darcy-Weisbach, :math:`\Delta p = f\,(L/D)\,\rho v|v|/2`.

    Examples
    --------
    >>> float(pressure_drop(5.0, 3000.0, 0.1, 5e-5, 990.0, 6e-4).round(-2))
    123900.0
    """
    m, D = np.asarray(mass_flow, float), positive("diameter", diameter)
    rho, mu = positive("density", density), positive("viscosity", viscosity)
    velocity = m / (rho * np.pi * D**2 / 4.0)
    reynolds = np.where(m == 0.0, 1.0, rho * np.abs(velocity) * D / mu)
    factor = friction_factor(reynolds, np.asarray(roughness, float) / D)
    head = rho * velocity * np.abs(velocity) / 2.0
    return np.asarray(factor * positive("length", length) / D * head)


def pumping_power(
    mass_flow: ArrayLike, pressure_rise: ArrayLike, density: ArrayLike, efficiency: ArrayLike
) -> Array:
    r"""Power that a pump draws.

    Parameters
    ----------
    mass_flow : array_like
        Mass flow, 0 or more [kg/s].
    pressure_rise : array_like
        Rise of pressure, 0 or more [Pa].
    density : array_like
        Density of the liquid [kg/m³].
    efficiency : array_like
        Efficiency of pump and motor, above 0 to 1 [1].

    Returns
    -------
    ndarray
        Power [W].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    :math:`\dot m\,\Delta p/\rho\eta`.

    Examples
    --------
    >>> float(pumping_power(5.0, 1e6, 1000.0, 0.75).round(1))
    6666.7
    """
    work = within("mass_flow", mass_flow, 0.0) * within("pressure_rise", pressure_rise, 0.0)
    share = within("efficiency", positive("efficiency", efficiency), 0.0, 1.0)
    return np.asarray(work / (positive("density", density) * share))


def hydrostatic_pressure(depth: ArrayLike, density: ArrayLike, top_pressure: float) -> Array:
    r"""Pressure in a standing column of liquid.

    Parameters
    ----------
    depth : array_like, shape (n,)
        Depths from the top of the column downwards, rising [m].
    density : array_like, shape (n,)
        Density at these depths [kg/m³].
    top_pressure : float
        Pressure at the first depth [Pa].

    Returns
    -------
    ndarray, shape (n,)
        Pressure at these depths [Pa].

    Raises
    ------
    ValueError
        If the depths do not rise, the shapes differ or a density is not positive.

    Notes
    -----
    :math:`p = p_0 + g\int\rho\,\mathrm dz` by the trapezoidal rule.

    Examples
    --------
    >>> hydrostatic_pressure([0.0, 1000.0], [1000.0, 1000.0], 1e5)
    array([ 100000., 9906650.])
    """
    z, rho = _column(depth, density)
    return np.asarray(top_pressure + GRAVITY * cumulative_trapezoid(rho, z, initial=0))


def thermosiphon_head(depth: ArrayLike, down: ArrayLike, up: ArrayLike) -> float:
    r"""Pressure that drives a loop because the column that descends is denser.

    Parameters
    ----------
    depth : array_like, shape (n,)
        Depths from the top of the loop to its bottom, rising [m].
    down, up : array_like, shape (n,)
        Density in the leg that descends and in the one that rises [kg/m³].

    Returns
    -------
    float
        Driving pressure, negative where the flow is held back [Pa].

    Raises
    ------
    ValueError
        If the depths do not rise, the shapes differ or a density is not positive.

    Notes
    -----
    :math:`\oint\rho g\,\mathrm dz = g\int(\rho_{\rm down} - \rho_{\rm up})\,\mathrm dz`.

    Examples
    --------
    >>> round(thermosiphon_head([0.0, 1000.0], [998.0, 998.0], [958.0, 958.0]))
    392266
    """
    z, dense = _column(depth, down)
    _, light = _column(depth, up)
    return float(GRAVITY * np.trapezoid(dense - light, z))


def buried_pipe_resistance(
    diameter: ArrayLike,
    insulation: ArrayLike,
    insulation_conductivity: ArrayLike,
    depth: ArrayLike,
    soil_conductivity: ArrayLike,
) -> Array:
    r"""Thermal resistance between an insulated pipe in the ground and the surface.

    Parameters
    ----------
    diameter : array_like
        Outer diameter of the bare pipe [m].
    insulation : array_like
        Thickness of the insulation [m].
    insulation_conductivity : array_like
        Conductivity of the insulation [W/(m K)].
    depth : array_like
        Depth of the pipe's axis, at least the outer diameter over the insulation [m].
    soil_conductivity : array_like
        Conductivity of the soil [W/(m K)].

    Returns
    -------
    ndarray
        Resistance times length [m K/W].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    .. math:: R = \frac{\ln(D_c/D)}{2\pi k_i} + \frac{\ln(4z/D_c)}{2\pi k_s},\qquad D_c = D + 2s

    The pipe's wall, its film and a neighbouring pipe are left out.

    Examples
    --------
    >>> float(buried_pipe_resistance(1.42, 0.1, 0.03, 1.8, 1.5).round(6))
    0.857327
    """
    bare, thickness = positive("diameter", diameter), within("insulation", insulation, 0.0)
    casing = bare + 2.0 * thickness
    if not np.all(np.asarray(depth, float) >= casing):
        raise ValueError(f"depth must be at least the casing's diameter, got {depth!r}")
    around = np.log(casing / bare) / positive("insulation_conductivity", insulation_conductivity)
    soil = np.log(4.0 * np.asarray(depth, float) / casing)
    return np.asarray(
        (around + soil / positive("soil_conductivity", soil_conductivity)) / (2.0 * np.pi)
    )


def pipe_outlet(
    inlet_temperature: ArrayLike,
    outside_temperature: ArrayLike,
    length: ArrayLike,
    heat_flow: ArrayLike,
    resistance: ArrayLike,
) -> Array:
    r"""Temperature at the end of a pipe, or of a hole, in surroundings of one temperature.

    Parameters
    ----------
    inlet_temperature, outside_temperature : array_like
        Temperatures of the fluid at the inlet and of the surroundings [K].
    length : array_like
        Length, 0 or more [m].
    heat_flow : array_like
        Mass flow times specific heat of the fluid [W/K].
    resistance : array_like
        Thermal resistance times length between fluid and surroundings [m K/W].

    Returns
    -------
    ndarray
        Temperature [K].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    :math:`T = T_a + (T_i - T_a)e^{-N}` with :math:`N = L/CR` transfer units. Rock that ages enters
    by its resistance, ``1 / (2 pi k hole_step_flux(F))`` at constant temperature of the wall or
    `infinite_cylinder_response` at constant flux.

    Examples
    --------
    >>> float(pipe_outlet(403.15, 273.15, 37800.0, 1.744e7, 0.8573272).round(3))
    402.822
    """
    units = within("length", length, 0.0) / (
        positive("heat_flow", heat_flow) * positive("resistance", resistance)
    )
    outside = np.asarray(outside_temperature, dtype=float)
    return np.asarray(outside + (np.asarray(inlet_temperature, float) - outside) * np.exp(-units))


def _column(depth: ArrayLike, density: ArrayLike) -> tuple[Array, Array]:
    z, rho = np.asarray(depth, dtype=float), positive("density", density)
    if z.ndim != 1 or z.shape != rho.shape or not np.all(np.diff(z) > 0):
        raise ValueError(f"depth must rise and match density, got {z.shape} and {rho.shape}")
    return z, rho
