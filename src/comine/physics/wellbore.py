"""Temperature of fluid in wells and in U-tubes in holes.

Sources
-------
- H. J. Ramey, "Wellbore heat transmission", J. Petrol. Technol. 14 (1962) 427-435.
- A. R. Hasan, C. S. Kabir, "Heat transfer during two-phase flow in wellbores; part I: formation
  temperature", SPE 22866 (1991) (time function; taken from secondary sources).
- G. Hellström, *Ground Heat Storage*, Lund 1991 (delta circuit).
- H. Zeng, N. Diao, Z. Fang, "Heat transfer analysis of boreholes in vertical ground heat
  exchangers", Int. J. Heat Mass Transf. 46 (2003) 4467-4481.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.bounds import positive, within


class UTube(NamedTuple):
    """Steady state of a U-tube."""

    outlet: Array
    """Temperature of the fluid that leaves [K]."""
    bottom: Array
    """Temperature of the fluid where the legs meet [K]."""
    heat: Array
    """Heat taken up by the fluid [W]."""
    resistance: Array
    """Effective resistance between the mean of inlet and outlet and the wall [m K/W]."""


def ramey_time_function(time: ArrayLike, radius: ArrayLike, diffusivity: ArrayLike) -> Array:
    r"""Ramey's time function of the rock around a well, at long times.

    Parameters
    ----------
    time : array_like
        Time since flow began [s].
    radius : array_like
        Radius of the well [m].
    diffusivity : array_like
        Diffusivity of the rock [m²/s].

    Returns
    -------
    ndarray
        Resistance of the rock times :math:`2\pi k` [1].

    Raises
    ------
    ValueError
        If an argument is not positive, or :math:`\alpha t < 5r^2`, where the form for long times
        is not valid.

    Notes
    -----
    :math:`f = -\ln\frac r{2\sqrt{\alpha t}} - 0.290` (Ramey 1962), the line source's limit at
    long times, 2 % below the cylinder source at :math:`\alpha t = 30 r^2`. GEOPHIRES-X has
    ``1.1 r`` for `r`. For short times take :math:`2\pi k` times
    `comine.physics.sources.infinite_cylinder_response`.

    Examples
    --------
    >>> year = 31557600.0
    >>> float(ramey_time_function(year, 0.0889, 3.0 / 2.7e6).round(4))
    4.602
    """
    scale = positive("radius", radius) ** 2
    spread = positive("diffusivity", diffusivity) * positive("time", time)
    if not np.all(spread >= 5.0 * scale):
        raise ValueError(
            f"time must be at least 5 radius²/diffusivity, got a Fourier number of "
            f"{np.min(spread / scale):g}"
        )
    return np.asarray(0.5 * np.log(4.0 * spread / scale) - 0.290)


def hasan_kabir_time_function(time: ArrayLike, radius: ArrayLike, diffusivity: ArrayLike) -> Array:
    r"""Hasan and Kabir's time function of the rock around a well.

    Parameters
    ----------
    time : array_like
        Time since flow began [s].
    radius : array_like
        Radius of the well [m].
    diffusivity : array_like
        Diffusivity of the rock [m²/s].

    Returns
    -------
    ndarray
        Resistance of the rock times :math:`2\pi k` [1].

    Raises
    ------
    ValueError
        If an argument is not positive or :math:`t_D = \alpha t/r^2` is not above 1.5.

    Notes
    -----
    :math:`f = (0.4063 + \tfrac12\ln t_D)(1 + 0.6/t_D)` for :math:`t_D > 1.5`. 4 % below the
    cylinder source at :math:`t_D = 2`, within 0.5 % from 5 on. Coefficients
    recalled, not verified against the printed source.

    Examples
    --------
    >>> float(hasan_kabir_time_function(31557600.0, 0.0889, 3.0 / 2.7e6).round(4))
    4.6058
    """
    scale = positive("radius", radius) ** 2
    number = positive("diffusivity", diffusivity) * positive("time", time) / scale
    if not np.all(number > 1.5):
        raise ValueError(
            f"time must be above 1.5 radius²/diffusivity, got a Fourier number of {number.min():g}"
        )
    return np.asarray((0.4063 + 0.5 * np.log(number)) * (1.0 + 0.6 / number))


def relaxation_length(
    heat_flow: ArrayLike,
    time_function: ArrayLike,
    conductivity: ArrayLike,
    resistance: ArrayLike = 0.0,
) -> Array:
    r"""Length over which the fluid in a well takes on the temperature of the rock.

    Parameters
    ----------
    heat_flow : array_like
        Mass flow times specific heat of the fluid [W/K].
    time_function : array_like
        Resistance of the rock times :math:`2\pi k` [1].
    conductivity : array_like
        Conductivity of the rock [W/(m K)].
    resistance : array_like
        Resistance times length between the fluid and the wall of the hole [m K/W].

    Returns
    -------
    ndarray
        Length [m].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    :math:`A = C[f/2\pi k + R]` (Ramey 1962), with :math:`R = 1/2\pi r_pU`.

    Examples
    --------
    >>> float(relaxation_length(231000.0, 4.506667618776152, 3.0).round(3))
    55228.899
    """
    rock = positive("time_function", time_function) / (2 * np.pi)
    rock = rock / positive("conductivity", conductivity)
    return np.asarray(
        positive("heat_flow", heat_flow) * (rock + within("resistance", resistance, 0.0))
    )


def well_temperature(
    distance: ArrayLike,
    inlet_temperature: ArrayLike,
    rock_temperature: ArrayLike,
    gradient: ArrayLike,
    length_scale: ArrayLike,
) -> Array:
    r"""Temperature of fluid along a well through rock of even gradient.

    Parameters
    ----------
    distance : array_like
        Distance along the flow from the inlet, 0 or more [m].
    inlet_temperature : array_like
        Temperature of the fluid at the inlet [K].
    rock_temperature : array_like
        Temperature of the undisturbed rock at the inlet [K].
    gradient : array_like
        Change of the rock's temperature along the flow: positive down an injection well, negative
        up a production well [K/m].
    length_scale : array_like
        The `relaxation_length` [m].

    Returns
    -------
    ndarray
        Temperature of the fluid [K].

    Raises
    ------
    ValueError
        If the distance is negative or the length scale is not positive.

    Notes
    -----
    .. math:: T(y) = T_r + g(y - A) + (T_i - T_r + gA)\,e^{-y/A}

    the solution of :math:`\mathrm dT/\mathrm dy = (T_{\rm rock} - T)/A` (Ramey 1962).

    Examples
    --------
    >>> wellhead = well_temperature(3000.0, 443.15, 443.15, -0.05, 55228.898986831264)
    >>> float(wellhead.round(3))
    439.149
    """
    y, A = within("distance", distance, 0.0), positive("length_scale", length_scale)
    rock, g = np.asarray(rock_temperature, float), np.asarray(gradient, float)
    excess = np.asarray(inlet_temperature, float) - rock
    return np.asarray(rock + g * y + excess * np.exp(-y / A) + g * A * np.expm1(-y / A))


def u_tube(
    inlet_temperature: ArrayLike,
    wall_temperature: ArrayLike,
    length: ArrayLike,
    heat_flow: ArrayLike,
    leg_resistance: ArrayLike,
    cross_resistance: ArrayLike,
) -> UTube:
    r"""Steady state of a U-tube in a hole whose wall has one temperature.

    Parameters
    ----------
    inlet_temperature, wall_temperature : array_like
        Temperatures of the entering fluid and of the wall of the hole [K].
    length : array_like
        Length of one leg [m].
    heat_flow : array_like
        Mass flow times specific heat of the fluid [W/K].
    leg_resistance : array_like
        Resistance times length of each leg to the wall, twice that of the hole [m K/W].
    cross_resistance : array_like
        Resistance times length between the legs; infinite if they are insulated [m K/W].

    Returns
    -------
    UTube
        Outlet and bottom temperatures [K], heat [W], effective resistance [m K/W].

    Raises
    ------
    ValueError
        If a length, flow or resistance is not positive.

    Notes
    -----
    With the delta circuit of Hellström (1991), excess temperatures over the wall and
    :math:`a = 1/CR_1,\ b = 1/CR_{12},\ \gamma = \sqrt{a^2 + 2ab},\ \tau = (a/\gamma)\tanh\gamma L`,

    .. math:: \frac{\theta_{\rm out}}{\theta_{\rm in}} = \frac{1 - \tau}{1 + \tau},\qquad
              \frac{\theta_L}{\theta_{\rm in}} = \frac{1}{\cosh\gamma L\,(1 + \tau)},\qquad
              R^* = \frac{L}{2C\tau}

    from :math:`C\theta_1' = -\theta_1/R_1 - (\theta_1 - \theta_2)/R_{12}` down and the like up.

    Examples
    --------
    >>> tube = u_tube(283.15, 313.15, 300.0, 1680.0, 0.2, 0.35)
    >>> float(tube.outlet.round(4)), float(tube.heat.round(1))
    (305.4116, 37399.6)
    """
    L, C = positive("length", length), positive("heat_flow", heat_flow)
    a = 1.0 / (C * positive("leg_resistance", leg_resistance))
    b = 1.0 / (C * positive("cross_resistance", cross_resistance))
    gamma = np.sqrt(a**2 + 2.0 * a * b)
    tau = a / gamma * np.tanh(gamma * L)
    wall = np.asarray(wall_temperature, dtype=float)
    excess = np.asarray(inlet_temperature, dtype=float) - wall
    decay = np.exp(-gamma * L)
    outlet = wall + excess * (1.0 - tau) / (1.0 + tau)
    bottom = wall + excess * 2.0 * decay / (1.0 + decay**2) / (1.0 + tau)
    heat = -C * excess * 2.0 * tau / (1.0 + tau)
    return UTube(outlet, bottom, heat, np.asarray(L / (2.0 * C * tau)))
