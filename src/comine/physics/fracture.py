"""Heat drawn from rock by water that sweeps plane fractures.

The *fraction* is what is left of the rock's excess temperature in the water that leaves,
``(T_out - T_in) / (T_rock - T_in)``: 1 at first, 0 in the end. Every `area` is that of one face of
the fracture; the water touches two. `heat_flow` is the water's mass flow through one fracture times
its specific heat [W/K]. Conduction is normal to the fracture, in rock of even temperature.

Sources
-------
- H. A. Lauwerier, "The transport of heat in an oil layer caused by the injection of hot fluid",
  Appl. Sci. Res. A5 (1955) 145-150.
- G. Bodvarsson, "On the temperature of water flowing through fractures", J. Geophys. Res. 74
  (1969) 1987-1992.
- A. C. Gringarten, P. A. Witherspoon, Y. Ohnishi, "Theory of heat extraction from fractured hot dry
  rock", J. Geophys. Res. 80 (1975) 1120-1124, eq. A19.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erf, erfc

from comine.physics import Array
from comine.physics.bounds import positive, within
from comine.physics.laplace import Complex, fourier_series, talbot
from comine.physics.superposition import interval_response

FRONT = 0.1
"""Dimensionless half spacing below which the Talbot contour fails (useless at 0.03)."""
THINNEST = 1e-6
"""Least dimensionless half spacing."""


def single_fracture_fraction(
    time: ArrayLike,
    area: ArrayLike,
    heat_flow: ArrayLike,
    conductivity: ArrayLike,
    diffusivity: ArrayLike,
    layer_capacity: ArrayLike = 0.0,
) -> Array:
    r"""Fraction left in water that sweeps one fracture, or a layer, between two half-spaces.

    Parameters
    ----------
    time : array_like
        Time since injection began, 0 or more [s].
    area : array_like
        Area of one face, from the inlet to where the fraction is wanted [m²].
    heat_flow : array_like
        Mass flow times specific heat of the water [W/K].
    conductivity, diffusivity : array_like
        Properties of the rock [W/(m K)], [m²/s].
    layer_capacity : array_like
        Heat capacity of the fracture or layer and its water, per area of its plane [J/(m² K)].

    Returns
    -------
    ndarray
        ``(T - T_in) / (T_rock - T_in)`` [1].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    .. math:: \theta = \mathrm{erf}\frac{kA}{C\sqrt{\alpha(t - t_0)}},\qquad t_0 = C_l A/C

    and 1 before :math:`t_0`, with the water's heat flow `C` and the layer's capacity `C_l`
    (Lauwerier 1955; for a fracture without capacity Bodvarsson 1969). For a layer of thickness `h`,
    :math:`C_l = h[\phi\rho_wc_w + (1-\phi)\rho_rc_r]`.

    Examples
    --------
    >>> year = 31557600.0
    >>> float(single_fracture_fraction(30 * year, 500.0, 84.0, 3.0, 1.3318535e-6).round(5))
    0.52303
    """
    A, C = positive("area", area), positive("heat_flow", heat_flow)
    k, alpha = positive("conductivity", conductivity), positive("diffusivity", diffusivity)
    age = within("time", time, 0.0) - within("layer_capacity", layer_capacity, 0.0) * A / C
    swept = age > 0.0
    return np.where(swept, erf(k * A / (C * np.sqrt(alpha * np.where(swept, age, 1.0)))), 1.0)


def parallel_drawdown(
    dimensionless_time: ArrayLike, dimensionless_half_spacing: ArrayLike
) -> Array:
    r"""Drawdown of evenly spaced parallel fractures, without dimensions.

    Parameters
    ----------
    dimensionless_time : array_like
        :math:`t_D = C^2\alpha t / 4k^2A^2`, positive [1].
    dimensionless_half_spacing : array_like
        :math:`x_{ED} = CD / 2kA` with the half spacing `D`, 1e-6 or more [1].

    Returns
    -------
    ndarray
        ``(T_rock - T_out) / (T_rock - T_in)`` [1].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    .. math:: T_D = \mathcal L^{-1}\left\{
              \tfrac1s\exp[-\sqrt s\tanh(x_{ED}\sqrt s)]\right\}(t_D)

    Gringarten et al. (1975), with `A` the whole path (their length is arbitrary: the printed
    equation A19 holds with :math:`z_D = 2`). Below :math:`x_{ED} = 0.1` the water leaves as a front
    about :math:`t_D = x_{ED}`, which a Fourier series inverts. Error about 1e-10. For
    :math:`x_{ED}\to\infty` it is the single fracture, :math:`\mathrm{erfc}(1/2\sqrt{t_D})`.

    Examples
    --------
    >>> float(parallel_drawdown(5.0, 2.0).round(8))
    0.89547008
    """
    return _invert_drawdown(1, dimensionless_time, dimensionless_half_spacing)


def outlet_fraction(
    time: ArrayLike,
    area: float,
    half_spacing: float,
    heat_flow: float,
    conductivity: float,
    diffusivity: float,
) -> Array:
    r"""Fraction left in the water that leaves a fracture of an evenly spaced parallel set.

    Parameters
    ----------
    time : array_like
        Time since injection began, 0 or more [s].
    area : float
        Area of one face of one fracture [m²].
    half_spacing : float
        Half the distance between neighbouring fractures; infinite for a single fracture [m].
    heat_flow : float
        Mass flow through one fracture times specific heat [W/K].
    conductivity, diffusivity : float
        Properties of the rock [W/(m K)], [m²/s].

    Returns
    -------
    ndarray, shape of `time`
        ``(T_out - T_in) / (T_rock - T_in)`` [1].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    ``1 - parallel_drawdown``; the capacity of the water in the fracture is left out, which
    delays the outlet by the time of passage: ask for ``time - passage`` to keep it.

    Examples
    --------
    >>> year = 31557600.0
    >>> float(outlet_fraction(30 * year, 500.0, 25.0, 84.0, 3.0, 1.3318535e-6).round(6))
    0.231458
    """
    t = within("time", time, 0.0)
    positive("half_spacing", half_spacing)
    if np.isinf(half_spacing):
        return single_fracture_fraction(t, area, heat_flow, conductivity, diffusivity)
    scale, spacing = _dimensionless(area, half_spacing, heat_flow, conductivity, diffusivity)
    begun = t > 0.0
    drawdown = parallel_drawdown(np.where(begun, t, 1.0 / scale) * scale, spacing)
    return np.where(begun, 1.0 - drawdown, 1.0)


def extracted_heat(
    time: ArrayLike,
    area: float,
    half_spacing: float,
    heat_flow: float,
    conductivity: float,
    diffusivity: float,
) -> Array:
    r"""Heat drawn from the rock by one fracture per excess temperature of the rock.

    Parameters
    ----------
    time : array_like
        Time since injection began, 0 or more [s].
    area, half_spacing, heat_flow, conductivity, diffusivity : float
        As in `outlet_fraction`.

    Returns
    -------
    ndarray, shape of `time`
        Heat per ``T_rock - T_in`` [J/K].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    :math:`C\int_0^t\theta\,\mathrm dt`. For parallel fractures from the transform of
    the integral of the drawdown, :math:`\exp[-\sqrt s\tanh(x_{ED}\sqrt s)]/s^2`; for one, with
    :math:`a = kA/C\sqrt\alpha`,

    .. math:: C\left[t\,\mathrm{erf}\frac a{\sqrt t} + 2a\sqrt{t/\pi}\,e^{-a^2/t}
              - 2a^2\,\mathrm{erfc}\frac a{\sqrt t}\right]

    Examples
    --------
    >>> heat = extracted_heat(1e12, 500.0, 25.0, 84.0, 3.0, 1.3318535e-6)
    >>> capacity = 2 * 25.0 * 500.0 * 3.0 / 1.3318535e-6  # all of the rock of one fracture
    >>> float((heat / capacity).round(6))
    1.0
    """
    t = within("time", time, 0.0)
    positive("half_spacing", half_spacing)
    scale, spacing = _dimensionless(area, half_spacing, heat_flow, conductivity, diffusivity)
    begun = np.where(t > 0.0, t, 1.0 / scale)
    if np.isinf(half_spacing):
        a = 0.5 / np.sqrt(scale)
        ratio = a / np.sqrt(begun)
        held = begun * erf(ratio) - 2.0 * a**2 * erfc(ratio)
        held += 2.0 * a * np.sqrt(begun / np.pi) * np.exp(-(ratio**2))
        return np.where(t > 0.0, heat_flow * held, 0.0)

    held = begun * scale - _invert_drawdown(2, begun * scale, spacing)
    return np.where(t > 0.0, heat_flow / scale * held, 0.0)


def mean_rock_fraction(
    time: ArrayLike,
    area: float,
    half_spacing: float,
    heat_flow: float,
    conductivity: float,
    diffusivity: float,
) -> Array:
    r"""Fraction of the excess temperature that is left in the rock between parallel fractures.

    Parameters
    ----------
    time : array_like
        Time since injection began, 0 or more [s].
    area, half_spacing, heat_flow, conductivity, diffusivity : float
        As in `outlet_fraction`, the half spacing finite.

    Returns
    -------
    ndarray, shape of `time`
        ``(mean T_rock(t) - T_in) / (T_rock - T_in)`` [1].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    One less `extracted_heat` over the capacity :math:`2DAk/\alpha` of the rock of one fracture.

    Examples
    --------
    >>> float(mean_rock_fraction(1e9, 500.0, 25.0, 84.0, 3.0, 1.3318535e-6).round(4))
    0.1183
    """
    if not np.isfinite(half_spacing):
        raise ValueError(f"half_spacing must be finite, got {half_spacing}")
    heat = extracted_heat(time, area, half_spacing, heat_flow, conductivity, diffusivity)
    return np.asarray(1.0 - heat * diffusivity / (2.0 * half_spacing * area * conductivity))


def outlet_with_inlet_history(
    edges: ArrayLike,
    inlet_temperature: ArrayLike,
    rock_temperature: float,
    fraction: Callable[[Array], Array],
) -> Array:
    r"""Mean outlet temperature in each interval where the inlet temperature changes, at one flow.

    Parameters
    ----------
    edges : array_like, shape (n + 1,)
        Bounds of the intervals, the first being the begin of injection [s].
    inlet_temperature : array_like, shape (n,)
        Inlet temperature within each interval [K].
    rock_temperature : float
        Temperature of the undisturbed rock [K].
    fraction : callable
        Fraction left at times since the begin of injection, at this flow, such as a
        `functools.partial` of `outlet_fraction` [1].

    Returns
    -------
    ndarray, shape (n,)
        Mean temperature of the water that leaves in each interval [K].

    Raises
    ------
    ValueError
        If the edges do not rise or the lengths do not fit.

    Notes
    -----
    Duhamel's theorem: the drawdown ``1 - fraction`` is the response to a step of the inlet.

    .. math:: \bar T_{\rm out} = T_r + M(T_{\rm in} - T_r)

    with `M` from `comine.physics.superposition.interval_response` on 160 nodes (error about 1e-5,
    more where the outlet is a front).

    Examples
    --------
    >>> from functools import partial
    >>> fraction = partial(single_fracture_fraction, area=1e5, heat_flow=4e4, conductivity=3.0,
    ...                    diffusivity=1.3e-6)
    >>> years = 31557600.0 * np.arange(4)
    >>> outlet_with_inlet_history(years, [300.0, 320.0, 320.0], 420.0, fraction).round(1)
    array([416.4, 399.7, 388.3])
    """
    inlet = np.asarray(inlet_temperature, dtype=float)
    matrix = interval_response(edges, lambda t: 1.0 - fraction(t), nodes=160)
    if inlet.shape != matrix.shape[:1]:
        raise ValueError(f"inlet_temperature must have {len(matrix)} values, got {inlet.shape}")
    return np.asarray(rock_temperature + matrix @ (inlet - rock_temperature))


def _invert_drawdown(integrals: int, time: ArrayLike, half_spacing: ArrayLike) -> Array:
    """Inverse of exp(-sqrt(s) tanh(x sqrt(s))) / s**integrals, all without dimensions."""
    t, x = np.broadcast_arrays(
        positive("dimensionless_time", time),
        within("dimensionless_half_spacing", half_spacing, THINNEST),
    )
    result = np.empty(t.shape)
    for sharp in (False, True):
        chosen = (x < FRONT) == sharp
        if not chosen.any():
            continue
        part, spacing = t[chosen], x[chosen]

        def transform(s: Complex, spacing: Array = spacing) -> Complex:
            root = np.sqrt(s)
            return np.asarray(np.exp(-root * np.tanh(spacing * root)) / s**integrals)

        if sharp:
            # the front has a relative width of sqrt(2 x / 3); 15 widths on, all is 1
            over = spacing * (1.0 + 15.0 * np.sqrt(2.0 / 3.0 * spacing))
            capped = np.minimum(part, over)
            height = 2000.0 + 12.0 / spacing**1.5  # there the transform is below 1e-10
            terms = int(np.ceil(np.max(height * capped) / np.pi))
            value = fourier_series(transform, capped, terms)
            result[chosen] = value + (part - capped) if integrals == 2 else value
        else:
            result[chosen] = talbot(transform, part)
    return result


def _dimensionless(
    area: float, half_spacing: float, heat_flow: float, conductivity: float, diffusivity: float
) -> tuple[Array, Array]:
    """Dimensionless time per second and dimensionless half spacing."""
    reach = positive("heat_flow", heat_flow) / (
        2.0 * positive("conductivity", conductivity) * positive("area", area)
    )
    return reach**2 * positive("diffusivity", diffusivity), reach * half_spacing
