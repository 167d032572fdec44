"""Steady conductive temperature in the ground.

A column of layers with uniform heat production, or a half-space whose heat production decays
exponentially, is solved in closed form with the Kirchhoff transform, also where the conductivity
falls with temperature. Depth is positive downwards, heat flow is positive upwards.

Sources
-------
Lachenbruch, A. H. (1970), Crustal temperature and heat production, J. Geophys. Res. 75, 3291-3300.
Turcotte, D. L. & Schubert, G., Geodynamics, section 4.6 to 4.8.
Vosteen, H.-D. & Schellschmidt, R. (2003), Phys. Chem. Earth 28, 499-509.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import exprel

from comine.physics import Array
from comine.physics.bounds import require

ConductivityLaw = Literal["constant", "crystalline", "sedimentary"]
"""How conductivity depends on temperature."""

_ZERO_CELSIUS = 273.15
_COEFFICIENTS = {
    "crystalline": (0.53, 1.13, 0.42, 0.0030, 0.0042),
    "sedimentary": (0.54, 1.16, 0.39, 0.0034, 0.0039),
}


class Geotherm(NamedTuple):
    """State of the ground at the depths asked for."""

    temperature: Array
    """Temperature [K]."""
    heat_flow: Array
    """Upward conductive heat flow [W/m2]."""
    gradient: Array
    """Local temperature gradient, heat flow over local conductivity [K/m]."""


def thermal_conductivity(
    temperature: ArrayLike, conductivity: ArrayLike, law: ConductivityLaw = "crystalline"
) -> Array:
    r"""Conductivity of rock at a temperature from its value at 25 degC.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature [K].
    conductivity : array_like, shape (...)
        Conductivity measured at 25 degC [W/m/K], above 0.38 W/m/K unless the law is constant.
    law : {"crystalline", "sedimentary", "constant"}
        Rock class of Vosteen & Schellschmidt, or no dependence on temperature.

    Returns
    -------
    ndarray, shape (...)
        Conductivity [W/m/K].

    Raises
    ------
    ValueError
        If a conductivity is too small or the law turns negative at the temperature.

    Notes
    -----
    With T in degC, :math:`\lambda(T) = \lambda_0 / (0.99 + T (a - b/\lambda_0))`, where for
    crystalline rock :math:`\lambda_0 = 0.53\lambda_{25} + 0.5\sqrt{1.13\lambda_{25}^2 -
    0.42\lambda_{25}}`, a = 0.0030, b = 0.0042, and for sedimentary rock the numbers are 0.54,
    1.16, 0.39, a = 0.0034, b = 0.0039. Vosteen & Schellschmidt (2003); coefficients recalled, not
    verified against the printed source. Fitted to about 0-500 degC (crystalline) and 0-300 degC
    (sedimentary). The law returns the value at 25 degC to 0.5 %, not exactly.

    Examples
    --------
    >>> round(float(thermal_conductivity(373.15, 3.0)), 4)
    2.6717
    """
    T = np.asarray(temperature, dtype=float) - _ZERO_CELSIUS
    base, offset, slope = _law_parameters(np.asarray(conductivity, dtype=float), law)
    denominator = offset + slope * T
    if np.any(denominator <= 0):
        raise ValueError(
            f"temperature: the {law} law has no positive conductivity at "
            f"{np.max(T) + _ZERO_CELSIUS:g} K; use a constant conductivity there"
        )
    return np.asarray(base / denominator)


def column_geotherm(
    depth: ArrayLike,
    thickness: ArrayLike,
    conductivity: ArrayLike,
    heat_production: ArrayLike,
    surface_temperature: ArrayLike,
    surface_heat_flow: ArrayLike,
    law: ConductivityLaw | Sequence[ConductivityLaw] = "constant",
) -> Geotherm:
    r"""Steady temperature in a column of layers.

    Parameters
    ----------
    depth : array_like, shape (...)
        Depth below the surface [m], within the column.
    thickness, conductivity, heat_production : array_like, shape (..., layer)
        Thickness [m] (the last may be infinite), conductivity at 25 degC [W/m/K] and radiogenic
        heat [W/m3] of the layers from the top; axes before the last broadcast with `depth`.
    surface_temperature, surface_heat_flow : array_like, shape (...)
        Temperature [K] and upward heat flow [W/m2] at depth zero.
    law : str or sequence of str
        Conductivity law of all layers or of each; see `thermal_conductivity`.

    Returns
    -------
    Geotherm
        Temperature [K], heat flow [W/m2] and gradient [K/m], shape (...).

    Raises
    ------
    ValueError
        If a property is out of range or a depth lies outside the column.

    Notes
    -----
    In a layer with top flux q and heat production A, the conductivity integral grows by
    :math:`\Theta = q\zeta - A\zeta^2/2` over the distance :math:`\zeta`. For
    :math:`\lambda = \lambda_0/(p + cT)` this gives
    :math:`T = T_t + (p + cT_t)\,(e^{c\Theta/\lambda_0} - 1)/c`, exact, and
    :math:`T_t + \Theta/\lambda_0` for c = 0. Turcotte & Schubert, section 4.6.

    Examples
    --------
    >>> column_geotherm(3000.0, [1000.0, 2000.0], [2.0, 3.2], 2e-6, 288.15, 0.065).temperature
    array(358.275)
    """
    z = np.asarray(depth, dtype=float)
    h, k, A, laws = _layers(thickness, conductivity, heat_production, law)
    q = np.asarray(surface_heat_flow, dtype=float)
    T = np.asarray(surface_temperature, dtype=float)
    if np.any(z < 0) or np.any(z > h.sum(axis=-1) * (1 + 1e-12)):
        raise ValueError(
            f"depth: {z.min():g} to {z.max():g} m leaves the column of 0 to "
            f"{h.sum(axis=-1).min():g} m; add a layer below"
        )
    top: Array = np.zeros(h.shape[:-1])
    local = np.full(np.broadcast_shapes(z.shape, h.shape[:-1], q.shape, T.shape), np.nan)
    for i, name in enumerate(laws):
        base, offset, slope = _law_parameters(k[..., i], name)
        distance = np.clip(z - top, 0.0, h[..., i])
        T = _advance(T, (q - 0.5 * A[..., i] * distance) * distance, base, offset, slope)
        q = q - A[..., i] * distance
        inside = z >= top
        local = np.where(inside, base / (offset + slope * (T - _ZERO_CELSIUS)), local)
        top = top + h[..., i]
    q = np.broadcast_to(q, local.shape)
    return Geotherm(np.asarray(T), np.asarray(q), np.asarray(q / local))


def depth_of_isotherm(
    temperature: ArrayLike,
    thickness: ArrayLike,
    conductivity: ArrayLike,
    heat_production: ArrayLike,
    surface_temperature: ArrayLike,
    surface_heat_flow: ArrayLike,
    law: ConductivityLaw | Sequence[ConductivityLaw] = "constant",
) -> Array:
    r"""Shallowest depth at which a layered column reaches a temperature.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature sought [K], not below the surface temperature.
    thickness, conductivity, heat_production, surface_temperature, surface_heat_flow, law
        As in `column_geotherm`.

    Returns
    -------
    ndarray, shape (...)
        Depth [m]; infinite where the column nowhere reaches the temperature.

    Raises
    ------
    ValueError
        If a property is out of range or a temperature is below that of the surface.

    Notes
    -----
    The closed form of `column_geotherm` is inverted layer by layer:
    :math:`\zeta = 2\Theta/(q + \sqrt{q^2 - 2A\Theta})`.

    Examples
    --------
    >>> float(depth_of_isotherm(358.275, [1000.0, 2000.0], [2.0, 3.2], 2e-6, 288.15, 0.065))
    3000.0
    """
    target = np.asarray(temperature, dtype=float)
    h, k, A, laws = _layers(thickness, conductivity, heat_production, law)
    q = np.asarray(surface_heat_flow, dtype=float)
    T = np.asarray(surface_temperature, dtype=float)
    if np.any(target < T):
        raise ValueError(
            f"temperature: {target.min():g} K is below the surface temperature "
            f"{T.max():g} K; ask for a warmer isotherm"
        )
    top: Array = np.zeros(h.shape[:-1])
    found = np.full(np.broadcast_shapes(target.shape, top.shape, q.shape, T.shape), np.inf)
    for i, name in enumerate(laws):
        base, offset, slope = _law_parameters(k[..., i], name)
        potential = _potential(T, target, base, offset, slope)
        root = q**2 - 2 * A[..., i] * potential
        pace = q + np.sqrt(np.maximum(root, 0.0))
        reachable = (root >= 0) & (pace > 0)
        distance = np.where(reachable, 2 * potential / np.where(reachable, pace, 1.0), np.inf)
        distance = np.where(target == T, 0.0, distance)
        hit = (distance >= 0) & (distance <= h[..., i] * (1 + 1e-12)) & ~np.isfinite(found)
        found = np.where(hit, top + distance, found)
        if i == len(laws) - 1:
            break
        T = _advance(T, (q - 0.5 * A[..., i] * h[..., i]) * h[..., i], base, offset, slope)
        q = q - A[..., i] * h[..., i]
        top = top + h[..., i]
    return np.asarray(found)


def exponential_geotherm(
    depth: ArrayLike,
    conductivity: ArrayLike,
    surface_heat_production: ArrayLike,
    decay_depth: ArrayLike,
    surface_temperature: ArrayLike,
    surface_heat_flow: ArrayLike,
    law: ConductivityLaw = "constant",
) -> Geotherm:
    r"""Steady temperature where heat production decays exponentially with depth.

    Parameters
    ----------
    depth : array_like, shape (...)
        Depth below the surface [m].
    conductivity : array_like, shape (...)
        Conductivity at 25 degC [W/m/K].
    surface_heat_production : array_like, shape (...)
        Radiogenic heat at the surface [W/m3].
    decay_depth : array_like, shape (...)
        Depth over which the heat production falls by e [m].
    surface_temperature, surface_heat_flow : array_like, shape (...)
        Temperature [K] and upward heat flow [W/m2] at depth zero.
    law : str
        Conductivity law; see `thermal_conductivity`.

    Returns
    -------
    Geotherm
        Temperature [K], heat flow [W/m2] and gradient [K/m], shape (...).

    Raises
    ------
    ValueError
        If a property or a depth is out of range.

    Notes
    -----
    :math:`\Theta = (q_0 - A_0 D) z + A_0 D^2 (1 - e^{-z/D})` (Lachenbruch 1970) in place of the
    polynomial of `column_geotherm`.

    Examples
    --------
    >>> state = exponential_geotherm(5000.0, 2.8, 3e-6, 1e4, 285.15, 0.07)
    >>> round(float(state.temperature), 4)
    398.736
    """
    z = np.asarray(depth, dtype=float)
    A, D = np.asarray(surface_heat_production, dtype=float), np.asarray(decay_depth, dtype=float)
    q0 = np.asarray(surface_heat_flow, dtype=float)
    require(z >= 0, "depth", z, "depths of 0 m or more")
    require(A >= 0, "surface_heat_production", A, "0 W/m3 or more")
    require(D > 0, "decay_depth", D, "a depth above 0 m")
    base, offset, slope = _law_parameters(np.asarray(conductivity, dtype=float), law)
    decayed = -D * np.expm1(-z / D)
    potential = q0 * z - A * D * (z - decayed)
    T = _advance(np.asarray(surface_temperature, dtype=float), potential, base, offset, slope)
    q = q0 - A * decayed
    return Geotherm(T, q, np.asarray(q * (offset + slope * (T - _ZERO_CELSIUS)) / base))


def _law_parameters(conductivity: Array, law: ConductivityLaw) -> tuple[Array, float, Array]:
    """Base conductivity, offset and slope of `base / (offset + slope * T)`, T in degC."""
    if law == "constant":
        require(conductivity > 0, "conductivity", conductivity, "values above 0 W/m/K")
        return conductivity, 1.0, np.zeros_like(conductivity)
    if law not in _COEFFICIENTS:
        raise ValueError(f"law: got {law!r}; give constant, {' or '.join(_COEFFICIENTS)}")
    linear, square, mixed, a, b = _COEFFICIENTS[law]
    require(conductivity > mixed / square, "conductivity", conductivity, "values above 0.38 W/m/K")
    base = linear * conductivity + 0.5 * np.sqrt(square * conductivity**2 - mixed * conductivity)
    return base, 0.99, np.asarray(a - b / base)


def _layers(
    thickness: ArrayLike,
    conductivity: ArrayLike,
    heat_production: ArrayLike,
    law: ConductivityLaw | Sequence[ConductivityLaw],
) -> tuple[Array, Array, Array, list[ConductivityLaw]]:
    h, k, A = np.broadcast_arrays(
        np.atleast_1d(np.asarray(thickness, dtype=float)),
        np.asarray(conductivity, dtype=float),
        np.asarray(heat_production, dtype=float),
    )
    require(h > 0, "thickness", h, "values above 0 m")
    require(np.isfinite(h[..., :-1]), "thickness", h, "finite values above the last layer")
    require(A >= 0, "heat_production", A, "0 W/m3 or more")
    laws: list[ConductivityLaw] = [law] * h.shape[-1] if isinstance(law, str) else list(law)
    if len(laws) != h.shape[-1]:
        raise ValueError(f"law: got {len(laws)} laws; give one or {h.shape[-1]}")
    return h, k, A, laws


def _advance(T: Array, potential: Array, base: Array, offset: float, slope: Array) -> Array:
    """Temperature after the conductivity integral has grown by `potential` [W/m]."""
    start = offset + slope * (T - _ZERO_CELSIUS)
    return np.asarray(T + start * potential / base * exprel(slope * potential / base))


def _potential(T: Array, target: Array, base: Array, offset: float, slope: Array) -> Array:
    """Conductivity integral from T to the target [W/m]."""
    start = offset + slope * (T - _ZERO_CELSIUS)
    w = np.asarray(slope * (target - T) / start)
    w_safe = np.where(w == 0, 1.0, w)
    attainable = w_safe > -1
    ratio = np.log1p(np.where(attainable, w_safe, 0.0)) / w_safe
    growth = base * (target - T) / start * np.where(w == 0, 1.0, ratio)
    return np.asarray(np.where(attainable, growth, np.inf))
