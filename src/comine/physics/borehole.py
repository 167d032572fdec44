"""What a borehole with pipes in grout, or a pipe in a pipe, offers to the fluid in it.

Sources
-------
- G. Hellström, *Ground Heat Storage. Thermal Analyses of Duct Storage Systems*, Lund 1991 (line
  sources in a borehole, delta circuit, effective resistance).
- J. Claesson, G. Hellström, "Multipole method to calculate borehole thermal resistances in a
  borehole heat exchanger", HVAC&R Research 17 (2011) 895-911.
- H. Zeng, N. Diao, Z. Fang, "Heat transfer analysis of boreholes in vertical ground heat
  exchangers", Int. J. Heat Mass Transf. 46 (2003) 4467-4481.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comine.physics import Array
from comine.physics.bounds import positive, within

Complex = NDArray[np.complex128]
POINTS = 64
"""Points around a pipe where its condition is expanded."""


class Legs(NamedTuple):
    """Conductances of a borehole with one way down and one way up, by length."""

    down: Array
    """Between the fluid that descends and the wall of the hole [W/(m K)]."""
    up: Array
    """Between the fluid that rises and the wall of the hole [W/(m K)]."""
    cross: Array
    """Between both fluids [W/(m K)]."""


class Exchange(NamedTuple):
    """Steady state of a borehole."""

    outlet: Array
    """Temperature of the fluid that leaves [K]."""
    bottom: Array
    """Temperature of the fluid where it turns [K]."""
    heat: Array
    """Heat taken up by the fluid [W]."""
    resistance: Array
    """Effective resistance between the mean of inlet and outlet and the wall [m K/W]."""


def pipe_resistances(
    positions: ArrayLike,
    outer_radius: float,
    borehole_radius: float,
    conductivities: tuple[float, float],
    pipe_resistance: ArrayLike,
    order: int = 5,
) -> Array:
    r"""Resistances between the fluids in the pipes of a borehole and its wall.

    Parameters
    ----------
    positions : array_like, shape (n, 2)
        Axes of the pipes from the axis of the hole [m].
    outer_radius, borehole_radius : float
        Radii of the pipes outside, and of the hole [m].
    conductivities : tuple of float
        Conductivities of grout and rock [W/(m K)].
    pipe_resistance : array_like, shape (n,) or scalar
        Resistance of film and wall of each pipe, times length [m K/W].
    order : int
        Multipoles at each pipe, 0 for line sources alone.

    Returns
    -------
    ndarray, shape (n, n)
        `R` with fluid less mean wall temperature :math:`T_m - T_b = \sum_n R_{mn}q_n` for the heat
        that the fluids give off by length [m K/W].

    Raises
    ------
    ValueError
        If pipes overlap or leave the hole, or a measure is not positive.

    Notes
    -----
    With :math:`\sigma = (k_g - k_r)/(k_g + k_r)` each pipe bears a line source, and poles of
    strength :math:`P_{nj}`,

    .. math:: \ln\frac{r_b}{z - z_n} + \sigma\ln\frac{r_b^2}{r_b^2 - \bar z_nz},\qquad
              P\left(\frac{r_p}{z - z_n}\right)^j +
              \sigma\bar P\left(\frac{r_pz}{r_b^2 - \bar z_nz}\right)^j

    (real parts) such that :math:`T - 2\pi k_gR_p\,r\,\partial T/\partial r` has none of the first
    harmonics around any pipe (Claesson and Hellström 2011). For legs that nearly touch in poor
    grout, the fifth order is within 1e-5 of the tenth, the first 1 % and line sources 11 % off.

    Examples
    --------
    >>> two = [(-0.026, 0.0), (0.026, 0.0)]
    >>> pipe_resistances(two, 0.016, 0.065, (1.5, 2.5), 0.12).round(4)
    array([[0.2648, 0.0277],
           [0.0277, 0.2648]])
    """
    z, film = _checked_pipes(positions, outer_radius, borehole_radius, pipe_resistance)
    grout, rock = (float(positive("conductivities", value)) for value in conductivities)
    if order < 0 or order > 10:
        raise ValueError(f"order must lie in 0..10, got {order}")
    n, sigma = len(z), (grout - rock) / (grout + rock)
    turn = np.exp(2j * np.pi * np.arange(POINTS) / POINTS)
    around = z[:, None] + outer_radius * turn  # of the pipe where the condition holds
    arm = outer_radius * turn[None, :]
    beta = (2.0 * np.pi * grout * film)[:, None]
    scale = 1.0 / (2.0 * np.pi * grout)

    def condition(value: Complex, slope: Complex) -> Array:
        return np.asarray(np.real(value) - beta * np.real(arm * slope))

    columns = []
    image = borehole_radius**2 - np.conj(z)[:, None, None] * around
    apart = around - z[:, None, None]
    for k in range(n):
        value = -np.log(np.abs(apart[k]) / borehole_radius) + 0j
        value -= sigma * np.log(np.abs(image[k]) / borehole_radius**2)
        slope = -1.0 / apart[k] + sigma * np.conj(z[k]) / image[k]
        columns.append(scale * condition(value, slope))
    for k in range(n):
        for j in range(1, order + 1):
            pole, mirror = (outer_radius / apart[k]) ** j, (outer_radius * around / image[k]) ** j
            pole_slope = -j * pole / apart[k]
            mirror_slope = j * mirror * borehole_radius**2 / (around * image[k])
            for strength in (1.0, 1j):
                back = sigma * np.conj(strength)
                value = strength * pole + back * mirror
                columns.append(condition(value, strength * pole_slope + back * mirror_slope))
    harmonics = np.fft.rfft(np.array(columns), axis=-1)[:, :, : order + 1] / POINTS
    mean, waves = harmonics[:, :, 0].real, harmonics[:, :, 1:]
    if order == 0:
        return np.asarray(mean.T)
    matrix = np.concatenate([waves.real, waves.imag], axis=2).reshape(len(columns), -1).T
    strengths = np.linalg.solve(matrix[:, n:], -matrix[:, :n])
    return np.asarray((mean[:n] + strengths.T @ mean[n:]).T)


def delta_circuit(resistances: ArrayLike, descending: ArrayLike) -> Legs:
    r"""Conductances of a borehole as a network needs them, pipes of one direction in parallel.

    Parameters
    ----------
    resistances : array_like, shape (n, n)
        From `pipe_resistances` [m K/W].
    descending : array_like of bool, shape (n,)
        Whether the fluid in a pipe goes down: one or more pipes, and not all.

    Returns
    -------
    Legs
        Conductances by length [W/(m K)].

    Raises
    ------
    ValueError
        If the shapes differ or one direction has no pipe.

    Notes
    -----
    :math:`q = KT` with :math:`K = R^{-1}`; pipes of one direction have one temperature. The wall
    stands for its mean temperature, so the cross conductance is negative where the legs lie far
    apart, near opposite sides of the wall: right for the hole, but no conductance of a thing.

    Examples
    --------
    >>> legs = delta_circuit([[0.25, 0.03], [0.03, 0.25]], [True, False])
    >>> float(legs.down.round(4)), float(legs.cross.round(4))
    (3.5714, 0.487)
    """
    K = np.linalg.inv(np.asarray(resistances, dtype=float))
    down = np.asarray(descending, dtype=bool)
    if down.shape != K.shape[:1] or down.all() or not down.any():
        raise ValueError(
            f"descending: got {down.tolist()} for {len(K)} pipes; give one value a pipe, both kinds"
        )
    cross = -K[np.ix_(down, ~down)].sum()
    return Legs(np.asarray(K[down].sum()), np.asarray(K[~down].sum()), np.asarray(cross))


def coaxial_legs(
    inner_resistance: ArrayLike, outer_resistance: ArrayLike, down_inside: bool = False
) -> Legs:
    r"""Conductances of a borehole with a pipe in a pipe.

    Parameters
    ----------
    inner_resistance : array_like
        Resistance times length between the fluids: film, wall of the inner pipe, film [m K/W].
    outer_resistance : array_like
        Resistance times length between the fluid in the annulus and the wall of the hole: film,
        wall of the outer pipe, grout [m K/W].
    down_inside : bool
        Whether the fluid descends in the inner pipe.

    Returns
    -------
    Legs
        Conductances by length [W/(m K)].

    Raises
    ------
    ValueError
        If a resistance is not positive.

    Notes
    -----
    Sums of `comine.physics.film.film_resistance` and `comine.physics.film.wall_resistance`.

    Examples
    --------
    >>> legs = coaxial_legs(0.2, 0.1)
    >>> float(legs.down), float(legs.up), float(legs.cross)
    (10.0, 0.0, 5.0)
    """
    cross = 1.0 / positive("inner_resistance", inner_resistance)
    wall = np.asarray(1.0 / positive("outer_resistance", outer_resistance))
    none = np.zeros_like(wall)
    return Legs(none, wall, cross) if down_inside else Legs(wall, none, cross)


def borehole_resistance(legs: Legs) -> Array:
    r"""Resistance of a borehole in which both fluids have one temperature.

    Parameters
    ----------
    legs : Legs
        Conductances by length [W/(m K)].

    Returns
    -------
    ndarray
        Resistance times length [m K/W].

    Notes
    -----
    :math:`R_b = 1/(K_1 + K_2)`. The effective resistance is in `borehole_exchange`.

    Examples
    --------
    >>> float(borehole_resistance(coaxial_legs(0.2, 0.1)))
    0.1
    """
    return np.asarray(1.0 / (legs.down + legs.up))


def borehole_exchange(
    inlet_temperature: ArrayLike,
    wall_temperature: ArrayLike,
    length: ArrayLike,
    heat_flow: ArrayLike,
    legs: Legs,
) -> Exchange:
    r"""Steady state of a borehole whose wall has one temperature.

    Parameters
    ----------
    inlet_temperature, wall_temperature : array_like
        Temperatures of the entering fluid and of the wall of the hole [K].
    length : array_like
        Depth of the hole along its axis [m].
    heat_flow : array_like
        Mass flow times specific heat of all the fluid [W/K].
    legs : Legs
        Conductances by length [W/(m K)].

    Returns
    -------
    Exchange
        Outlet and bottom temperatures [K], heat [W], effective resistance [m K/W].

    Raises
    ------
    ValueError
        If a length, flow or conductance is out of its range.

    Notes
    -----
    :math:`C\theta_1' = -K_1\theta_1 - K_{12}(\theta_1 - \theta_2)` down and the like up have the
    eigenvalues :math:`\delta\pm\gamma` with :math:`\delta = (K_2 - K_1)/2C`,
    :math:`\sigma = (K_1 + K_2)/2C`, :math:`\gamma = \sqrt{\sigma(\sigma + 2K_{12}/C)}`. With
    :math:`\tau = (\sigma/\gamma)\tanh\gamma L`,

    .. math:: \frac{\theta_{\rm out}}{\theta_{\rm in}} = \frac{1 - \tau}{1 + \tau},\qquad
              \frac{\theta_L}{\theta_{\rm in}} = \frac{e^{\delta L}}{\cosh\gamma L\,(1 + \tau)},
              \qquad R^* = \frac{L}{2C\tau}

    Legs of equal conductance are `comine.physics.wellbore.u_tube`. It is all the same for the
    outlet which leg descends.

    Examples
    --------
    >>> legs = Legs(np.array(5.0), np.array(5.0), np.array(1 / 0.35))
    >>> float(borehole_exchange(283.15, 313.15, 300.0, 1680.0, legs).outlet.round(4))
    305.4116
    """
    L, C = positive("length", length), positive("heat_flow", heat_flow)
    first, second = within("legs.down", legs.down, 0.0), within("legs.up", legs.up, 0.0)
    mean = positive("legs.down + legs.up", first + second) / (2.0 * C)
    gamma = np.sqrt(mean * positive("conductance of the legs", mean + 2.0 * legs.cross / C))
    tau = mean / gamma * np.tanh(gamma * L)
    wall = np.asarray(wall_temperature, dtype=float)
    excess = np.asarray(inlet_temperature, dtype=float) - wall
    shift = (second - first) / (2.0 * C)
    fall = np.exp((shift - gamma) * L) * 2.0 / (1.0 + np.exp(-2.0 * gamma * L))
    return Exchange(
        wall + excess * (1.0 - tau) / (1.0 + tau),
        wall + excess * fall / (1.0 + tau),
        -C * excess * 2.0 * tau / (1.0 + tau),
        np.asarray(L / (2.0 * C * tau)),
    )


def _checked_pipes(
    positions: ArrayLike, outer_radius: float, borehole_radius: float, pipe_resistance: ArrayLike
) -> tuple[Complex, Array]:
    """Axes as complex numbers, and the resistance of each pipe."""
    places = np.asarray(positions, dtype=float)
    if places.ndim != 2 or places.shape[1] != 2:
        raise ValueError(f"positions must have the shape (n, 2), got {places.shape}")
    z = places[:, 0] + 1j * places[:, 1]
    radius = float(positive("outer_radius", outer_radius))
    if not np.all(np.abs(z) + radius <= positive("borehole_radius", borehole_radius)):
        raise ValueError(f"positions: got {places.tolist()}; give pipes within the hole")
    distance = np.abs(z[:, None] - z) + np.diag(np.full(len(z), np.inf))
    if not np.all(distance >= 2.0 * radius * (1.0 - 1e-12)):
        raise ValueError(f"positions: got {places.tolist()}; give pipes that do not overlap")
    film = positive("pipe_resistance", pipe_resistance)
    return z, np.broadcast_to(film, z.shape)
