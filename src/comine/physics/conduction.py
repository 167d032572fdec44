"""Closed solutions of conduction: half-space, slab, brick, sphere and the wall of a hole.

Fractions are of the initial excess temperature over a surface that is held from time zero.

Sources
-------
- H. S. Carslaw, J. C. Jaeger, *Conduction of Heat in Solids*, 2nd ed., Oxford 1959: sections 2.5
  (half-space), 2.7 (with film), 3.3 (slab), 9.3 (sphere), 13.5 (hole).
- J. C. Jaeger, M. Clarke, Proc. R. Soc. Edinb. A 61 (1942) 229-230 (table of the hole's flux).
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import erfc, erfcx, kve

from comine.physics import Array
from comine.physics.bounds import positive, within
from comine.physics.laplace import Complex, talbot

SERIES = np.arange(1, 41)
EARLY = 0.05
"""Fourier number below which the series of images is used."""


def half_space_step(depth: ArrayLike, time: ArrayLike, diffusivity: ArrayLike) -> Array:
    r"""Change inside a half-space after its surface jumps by one.

    Parameters
    ----------
    depth : array_like
        Distance from the surface, 0 or more [m].
    time : array_like
        Time since the jump [s].
    diffusivity : array_like
        Diffusivity [m²/s].

    Returns
    -------
    ndarray
        Change over that of the surface [1].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    :math:`\mathrm{erfc}(x/\sqrt{4\alpha t})`, Carslaw & Jaeger (1959) 2.5.

    Examples
    --------
    >>> float(half_space_step(2.0, 2592000.0, 3.0 / 2252500).round(6))
    0.446569
    """
    reach = np.sqrt(4.0 * positive("diffusivity", diffusivity) * positive("time", time))
    return np.asarray(erfc(within("depth", depth, 0.0) / reach))


def half_space_step_flux(time: ArrayLike, conductivity: ArrayLike, diffusivity: ArrayLike) -> Array:
    r"""Heat flux through the surface of a half-space after it jumps by one.

    Parameters
    ----------
    time : array_like
        Time since the jump [s].
    conductivity, diffusivity : array_like
        Properties [W/(m K)], [m²/s].

    Returns
    -------
    ndarray
        Flux per jump [W/(m² K)].

    Raises
    ------
    ValueError
        If an argument is not positive.

    Notes
    -----
    :math:`k/\sqrt{\pi\alpha t}`. The heat that has passed since the jump is twice the product of
    this flux and the time.

    Examples
    --------
    >>> float(half_space_step_flux(86400.0, 3.0, 3.0 / 2252500).round(4))
    4.9895
    """
    reach = np.sqrt(np.pi * positive("diffusivity", diffusivity) * positive("time", time))
    return np.asarray(positive("conductivity", conductivity) / reach)


def half_space_film(
    depth: ArrayLike,
    time: ArrayLike,
    film: ArrayLike,
    conductivity: ArrayLike,
    diffusivity: ArrayLike,
) -> Array:
    r"""Change inside a half-space after the fluid at its surface jumps by one.

    Parameters
    ----------
    depth : array_like
        Distance from the surface, 0 or more [m].
    time : array_like
        Time since the jump [s].
    film : array_like
        Coefficient of heat transfer at the surface [W/(m² K)].
    conductivity, diffusivity : array_like
        Properties [W/(m K)], [m²/s].

    Returns
    -------
    ndarray
        Change over that of the fluid [1].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    With :math:`\eta = x/\sqrt{4\alpha t}` and :math:`\beta = h\sqrt{\alpha t}/k`,
    :math:`\mathrm{erfc}\,\eta - e^{hx/k + \beta^2}\mathrm{erfc}(\eta + \beta)`, Carslaw & Jaeger
    (1959) 2.7; written :math:`\mathrm{erfc}\,\eta - e^{-\eta^2}\mathrm{erfcx}(\eta + \beta)`, which
    does not overflow.

    Examples
    --------
    >>> float(half_space_film(2.0, 2592000.0, 20.0, 3.0, 3.0 / 2252500).round(6))
    0.413992
    """
    reach = np.sqrt(positive("diffusivity", diffusivity) * positive("time", time))
    eta = within("depth", depth, 0.0) / (2.0 * reach)
    beta = positive("film", film) * reach / positive("conductivity", conductivity)
    return np.asarray(erfc(eta) - np.exp(-(eta**2)) * erfcx(eta + beta))


def slab_mean_fraction(fourier: ArrayLike) -> Array:
    r"""Fraction that is left, on the mean, in a slab cooled at both faces.

    Parameters
    ----------
    fourier : array_like
        :math:`\alpha t/L^2` with half the thickness `L`, 0 or more [1].

    Returns
    -------
    ndarray
        Fraction left [1].

    Raises
    ------
    ValueError
        If the Fourier number is negative.

    Notes
    -----
    .. math:: \bar\theta = \sum_{n\ge0}\frac{8}{(2n+1)^2\pi^2}
              \exp\!\left[-\left(n+\tfrac12\right)^2\pi^2F\right]

    (Carslaw & Jaeger 1959, 3.3); below F = 0.05 :math:`1 - 2\sqrt{F/\pi}`, the two half-spaces,
    within 1e-10.

    Examples
    --------
    >>> float(slab_mean_fraction(0.19673073952370812).round(9))
    0.5
    """
    F = within("fourier", fourier, 0.0)
    odd = SERIES - 0.5
    decay = np.exp(-np.multiply.outer(np.maximum(F, EARLY), (np.pi * odd) ** 2))
    late = decay @ (2.0 / (np.pi * odd) ** 2)
    return np.where(F < EARLY, 1.0 - 2.0 * np.sqrt(F / np.pi), late)


def brick_mean_fraction(time: ArrayLike, sizes: ArrayLike, diffusivity: ArrayLike) -> Array:
    r"""Fraction that is left, on the mean, in a rectangular block cooled at all faces.

    Parameters
    ----------
    time : array_like
        Time since cooling began, 0 or more [s].
    sizes : array_like, shape (3,)
        Edges of the block; infinite where it is not cooled along an axis [m].
    diffusivity : array_like
        Diffusivity, broadcasting with `time` [m²/s].

    Returns
    -------
    ndarray
        Fraction left [1].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    The product of three slabs' fractions (Carslaw & Jaeger 1959, 5.6).

    Examples
    --------
    >>> float(brick_mean_fraction(15082890.0, [20.0, np.inf, np.inf], 3.0 / 2.3e6).round(4))
    0.5
    """
    edges = positive("sizes", sizes)
    if edges.shape != (3,):
        raise ValueError(f"sizes must be three edges, got shape {edges.shape}")
    spread = within("time", time, 0.0) * positive("diffusivity", diffusivity)
    fractions = slab_mean_fraction(np.multiply.outer(4.0 / edges**2, spread))
    return np.asarray(np.prod(fractions, axis=0))


def sphere_mean_fraction(fourier: ArrayLike) -> Array:
    r"""Fraction that is left, on the mean, in a sphere cooled at its surface.

    Parameters
    ----------
    fourier : array_like
        :math:`\alpha t/a^2` with the radius `a`, 0 or more [1].

    Returns
    -------
    ndarray
        Fraction left [1].

    Raises
    ------
    ValueError
        If the Fourier number is negative.

    Notes
    -----
    .. math:: \bar\theta = \frac6{\pi^2}\sum_{n\ge1}\frac1{n^2}e^{-n^2\pi^2F}

    (Carslaw & Jaeger 1959, 9.3); below F = 0.05 :math:`1 - 6\sqrt{F/\pi} + 3F`, within 1e-8.

    Examples
    --------
    >>> float(sphere_mean_fraction(1.3318535e-6 * 3600).round(6))  # one metre, one hour
    0.779985
    """
    F = within("fourier", fourier, 0.0)
    decay = np.exp(-np.multiply.outer(np.maximum(F, EARLY), (np.pi * SERIES) ** 2))
    late = decay @ (6.0 / (np.pi * SERIES) ** 2)
    return np.where(F < EARLY, 1.0 - 6.0 * np.sqrt(F / np.pi) + 3.0 * F, late)


def slab_cooling_time(fraction: float, half_thickness: float, diffusivity: float) -> float:
    r"""Time after which a slab cooled at both faces has a given fraction left on the mean.

    Parameters
    ----------
    fraction : float
        Fraction left, above 1e-6 and below 1 [1].
    half_thickness : float
        Half the thickness [m].
    diffusivity : float
        Diffusivity [m²/s].

    Returns
    -------
    float
        Time [s].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    Inverse of `slab_mean_fraction`.

    Examples
    --------
    >>> round(slab_cooling_time(0.5, 10.0, 3.0 / 2.3e6) / 31557600.0, 6)
    0.477942
    """
    if not 1e-6 < fraction < 1.0:
        raise ValueError(f"fraction must lie above 1e-6 and below 1, got {fraction}")
    scale = float(positive("half_thickness", half_thickness) ** 2)
    fourier = brentq(lambda F: float(slab_mean_fraction(F)) - fraction, 0.0, 10.0, xtol=1e-14)
    return float(fourier * scale / positive("diffusivity", diffusivity))


def hole_step_flux(fourier: ArrayLike) -> Array:
    r"""Heat that enters an infinitely long hole whose wall jumps by one, per length.

    Parameters
    ----------
    fourier : array_like
        :math:`\alpha t/r^2` with the hole's radius `r`, positive [1].

    Returns
    -------
    ndarray
        Flux through the wall times `r` over conductivity and jump; times
        :math:`2\pi k` it is the heat per length and kelvin [1].

    Raises
    ------
    ValueError
        If the Fourier number is not positive.

    Notes
    -----
    .. math:: G(F) = \mathcal L^{-1}\left\{\frac{K_1(\sqrt s)}{\sqrt s\,K_0(\sqrt s)}\right\}
              = \frac4{\pi^2}\int_0^\infty\frac{e^{-Fu^2}\,\mathrm du}{u[J_0^2(u) + Y_0^2(u)]}

    (Carslaw & Jaeger 1959, 13.5(8); Jaeger & Clarke's table gives G(1) = 0.984), to about 1e-9.

    Examples
    --------
    >>> hole_step_flux([1.0, 10.0, 100.0]).round(6)
    array([0.983771, 0.533916, 0.34556 ])
    """

    def transform(s: Complex) -> Complex:
        root = np.sqrt(s)
        return np.asarray(kve(1, root) / (root * kve(0, root)))

    return talbot(transform, positive("fourier", fourier))


def hole_step_heat(fourier: ArrayLike) -> Array:
    r"""Heat that has entered an infinitely long hole since its wall jumped by one, per length.

    Parameters
    ----------
    fourier : array_like
        :math:`\alpha t/r^2` with the hole's radius `r`, positive [1].

    Returns
    -------
    ndarray
        Integral of `hole_step_flux` over the Fourier number; times :math:`2\pi k r^2/\alpha` it is
        the heat per length and kelvin [1].

    Raises
    ------
    ValueError
        If the Fourier number is not positive.

    Notes
    -----
    :math:`\mathcal L^{-1}\{K_1(\sqrt s)/(s^{3/2}K_0(\sqrt s))\}`.

    Examples
    --------
    >>> float((hole_step_heat(1e-6) / (2 * np.sqrt(1e-6 / np.pi))).round(4))  # a plane at first
    1.0004
    """

    def transform(s: Complex) -> Complex:
        root = np.sqrt(s)
        return np.asarray(kve(1, root) / (s * root * kve(0, root)))

    return talbot(transform, positive("fourier", fourier))
