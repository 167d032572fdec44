"""Stress in rock round openings and cooled bodies, in closed form.

Compression is positive, also for thermal stress: rock that is heated and held is compressed.
Displacement is positive outwards.

Sources
-------
Kirsch, G. (1898); Jaeger, J. C., Cook, N. G. W. & Zimmerman, R. W. (2007), Fundamentals of Rock
Mechanics, 4th ed., chapter 8 (circular hole, spherical cavity).
Southwell, R. V. & Gough, H. J. (1926), Phil. Mag. 1, 71-97 (spherical cavity).
Goodier, J. N. (1937); Timoshenko, S. P. & Goodier, J. N., Theory of Elasticity, section 151.
Hubbert, M. K. & Willis, D. G. (1957), Trans. AIME 210, 153-168.
Haimson, B. & Fairhurst, C. (1967), Soc. Petrol. Eng. J. 7, 310-318.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.bounds import require


class InSituStress(NamedTuple):
    """Principal stresses before excavation, one of them vertical."""

    vertical: Array
    """Vertical stress [Pa]."""
    horizontal_major: Array
    """Greater horizontal stress [Pa]."""
    horizontal_minor: Array
    """Smaller horizontal stress [Pa]."""


class PolarStress(NamedTuple):
    """Stress in the plane across an opening, in polar components."""

    radial: Array
    """Radial stress [Pa]."""
    hoop: Array
    """Tangential stress [Pa]."""
    shear: Array
    """Shear stress [Pa]."""


class SphereState(NamedTuple):
    """State in and around a sphere."""

    radial: Array
    """Radial stress [Pa]."""
    hoop: Array
    """Tangential stress [Pa]."""
    displacement: Array
    """Radial displacement, outwards [m]."""


def stress_from_ratios(
    depth: ArrayLike, unit_weight: ArrayLike, major_ratio: ArrayLike, minor_ratio: ArrayLike
) -> InSituStress:
    """In-situ stress from the weight of the rock and two ratios of horizontal to vertical.

    Parameters
    ----------
    depth : array_like, shape (...)
        Depth below the surface [m].
    unit_weight : array_like, shape (...)
        Mean weight of the rock above [N/m3].
    major_ratio, minor_ratio : array_like, shape (...)
        Greater and smaller horizontal stress over the vertical one [1].

    Returns
    -------
    InSituStress
        Stresses [Pa], shape (...).

    Raises
    ------
    ValueError
        If a value is negative or the ratios are in the wrong order.

    Examples
    --------
    >>> stress = stress_from_ratios(2000.0, 27e3, 1.45, 1.0)
    >>> round(float(stress.horizontal_major) / 1e6, 1)
    78.3
    """
    z, weight = np.asarray(depth, dtype=float), np.asarray(unit_weight, dtype=float)
    major, minor = np.asarray(major_ratio, dtype=float), np.asarray(minor_ratio, dtype=float)
    require(z >= 0, "depth", z, "depths of 0 m or more")
    require(weight > 0, "unit_weight", weight, "values above 0 N/m3")
    require(minor >= 0, "minor_ratio", minor, "ratios of 0 or more")
    require(major >= minor, "major_ratio", major, "ratios not below the minor one")
    vertical = np.asarray(weight * z)
    return InSituStress(vertical, np.asarray(major * vertical), np.asarray(minor * vertical))


def stress_from_gradients(
    depth: ArrayLike, gradients: ArrayLike, offsets: ArrayLike = 0.0
) -> InSituStress:
    """In-situ stress from three measured lines over depth.

    Parameters
    ----------
    depth : array_like, shape (...)
        Depth below the surface [m].
    gradients : array_like, shape (..., 3)
        Gradients of the vertical, greater and smaller horizontal stress [Pa/m].
    offsets : array_like, shape (..., 3)
        Stresses of the lines at depth zero [Pa].

    Returns
    -------
    InSituStress
        Stresses [Pa], shape (...).

    Raises
    ------
    ValueError
        If a depth is negative or the lines put the smaller horizontal stress above the greater.

    Examples
    --------
    >>> stress = stress_from_gradients(1000.0, [27e3, 40e3, 25e3], [0.0, 5e6, 1e6])
    >>> float(stress.horizontal_major)
    45000000.0
    """
    z = np.asarray(depth, dtype=float)
    require(z >= 0, "depth", z, "depths of 0 m or more")
    lines = np.asarray(offsets, dtype=float) + np.asarray(gradients, dtype=float) * z[..., None]
    vertical, major, minor = np.moveaxis(lines, -1, 0)
    require(major >= minor, "gradients", major, "a greater horizontal stress above the smaller one")
    return InSituStress(vertical, major, minor)


def kirsch_stress(
    radius: ArrayLike,
    angle: ArrayLike,
    opening_radius: ArrayLike,
    major_stress: ArrayLike,
    minor_stress: ArrayLike,
    internal_pressure: ArrayLike = 0.0,
) -> PolarStress:
    r"""Elastic stress round a circular opening in a biaxial field.

    Parameters
    ----------
    radius : array_like, shape (...)
        Distance from the axis of the opening [m], not inside it.
    angle : array_like, shape (...)
        Angle from the direction of the greater far stress [rad].
    opening_radius : array_like, shape (...)
        Radius of the opening [m].
    major_stress, minor_stress : array_like, shape (...)
        Far stresses across the axis [Pa].
    internal_pressure : array_like, shape (...)
        Pressure on the wall [Pa].

    Returns
    -------
    PolarStress
        Radial, hoop and shear stress [Pa], shape (...).

    Raises
    ------
    ValueError
        If a radius is not positive or lies inside the opening.

    Notes
    -----
    With :math:`S, D = (\sigma_1 \pm \sigma_2)/2` and :math:`x = a^2/r^2`:
    :math:`\sigma_r = S(1-x) + D(1-4x+3x^2)\cos 2\theta + p x`,
    :math:`\sigma_\theta = S(1+x) - D(1+3x^2)\cos 2\theta - p x`,
    :math:`\tau = -D(1+2x-3x^2)\sin 2\theta`. Jaeger, Cook & Zimmerman (2007), section 8.5.

    Examples
    --------
    >>> wall = kirsch_stress(2.5, np.pi / 2, 2.5, 40e6, 20e6)
    >>> round(float(wall.hoop) / 1e6, 9)
    100.0
    """
    r, a = np.asarray(radius, dtype=float), np.asarray(opening_radius, dtype=float)
    require(a > 0, "opening_radius", a, "a radius above 0 m")
    require(r >= a, "radius", r, "distances not below the radius of the opening")
    theta = np.asarray(angle, dtype=float)
    s1, s2 = np.asarray(major_stress, dtype=float), np.asarray(minor_stress, dtype=float)
    p = np.asarray(internal_pressure, dtype=float)
    mean, half, x = 0.5 * (s1 + s2), 0.5 * (s1 - s2), (a / r) ** 2
    cosine, sine = np.cos(2 * theta), np.sin(2 * theta)
    radial = mean * (1 - x) + half * (1 - 4 * x + 3 * x**2) * cosine + p * x
    hoop = mean * (1 + x) - half * (1 + 3 * x**2) * cosine - p * x
    shear = -half * (1 + 2 * x - 3 * x**2) * sine
    return PolarStress(*np.broadcast_arrays(radial, hoop, shear))


def wall_thermal_stress(
    temperature_change: ArrayLike,
    youngs_modulus: ArrayLike,
    expansion: ArrayLike,
    poisson_ratio: ArrayLike,
) -> Array:
    r"""Tangential stress at a free wall whose temperature has changed.

    Parameters
    ----------
    temperature_change : array_like, shape (...)
        Change of the wall against the far rock [K]; cooling is negative.
    youngs_modulus : array_like, shape (...)
        Young's modulus [Pa].
    expansion : array_like, shape (...)
        Coefficient of linear thermal expansion [1/K].
    poisson_ratio : array_like, shape (...)
        Poisson's ratio [1].

    Returns
    -------
    ndarray, shape (...)
        Stress added along and round the wall, :math:`E\alpha\Delta T/(1-\nu)` [Pa], compression
        positive: cooling gives tension (negative).

    Raises
    ------
    ValueError
        If an elastic constant is out of range.

    Notes
    -----
    Exact in plane strain for any axisymmetric temperature about a circular opening in unbounded
    rock: only the wall's own temperature counts. Behind the wall the history counts too.

    Examples
    --------
    >>> round(float(wall_thermal_stress(-30.0, 50e9, 8e-6, 0.25)) / 1e6, 6)
    -16.0
    """
    E, nu = _elastic(youngs_modulus, poisson_ratio)
    strain = np.asarray(expansion, dtype=float) * np.asarray(temperature_change, dtype=float)
    return np.asarray(E * strain / (1 - nu))


def breakdown_pressure(
    minor_horizontal: ArrayLike,
    major_horizontal: ArrayLike,
    tensile_strength: ArrayLike,
    pore_pressure: ArrayLike,
    poroelastic_coefficient: ArrayLike = 0.5,
) -> Array:
    r"""Well pressure that starts a vertical fracture in a vertical hole.

    Parameters
    ----------
    minor_horizontal, major_horizontal : array_like, shape (...)
        Total horizontal stresses [Pa].
    tensile_strength : array_like, shape (...)
        Tensile strength, positive [Pa].
    pore_pressure : array_like, shape (...)
        Pressure of the pore fluid [Pa].
    poroelastic_coefficient : array_like, shape (...)
        :math:`\eta = \alpha (1 - 2\nu) / (2 (1 - \nu))` with Biot's :math:`\alpha` [1], 0 to 0.5.
        The default, 0.5, is the wall that lets no fluid in (Hubbert & Willis).

    Returns
    -------
    ndarray, shape (...)
        Breakdown pressure [Pa].

    Raises
    ------
    ValueError
        If the stresses are in the wrong order or a value is out of range.

    Notes
    -----
    Haimson & Fairhurst (1967) for fluid that enters the wall:
    :math:`p_b = (3\sigma_h - \sigma_H + T - 2\eta p_0) / (2 (1 - \eta))`. For :math:`\eta = 1/2`
    it is the tight wall of Hubbert & Willis (1957), :math:`3\sigma_h - \sigma_H + T - p_0`.
    The hole is smooth, along the vertical principal stress, and injected slowly.

    Examples
    --------
    >>> float(breakdown_pressure(40e6, 60e6, 8e6, 20e6))
    48000000.0
    """
    minor, major = (np.asarray(s, dtype=float) for s in (minor_horizontal, major_horizontal))
    strength, eta = (
        np.asarray(v, dtype=float) for v in (tensile_strength, poroelastic_coefficient)
    )
    require(major >= minor, "major_horizontal", major, "stresses not below the minor ones")
    require(strength >= 0, "tensile_strength", strength, "0 Pa or more")
    require((eta >= 0) & (eta <= 0.5), "poroelastic_coefficient", eta, "values of 0 to 0.5")
    p0 = np.asarray(pore_pressure, dtype=float)
    return np.asarray((3 * minor - major + strength - 2 * eta * p0) / (2 * (1 - eta)))


def spherical_cavity_stress(far_stress: ArrayLike, poisson_ratio: ArrayLike) -> Array:
    r"""Tangential stress on the wall of a spherical cavity where the principal axes meet it.

    Parameters
    ----------
    far_stress : array_like, shape (..., 3)
        Principal far stresses [Pa].
    poisson_ratio : array_like, shape (...)
        Poisson's ratio [1].

    Returns
    -------
    ndarray, shape (..., 3, 3)
        Stress [i, j] in the direction of axis j at the wall point on axis i [Pa]; the diagonal,
        the radial stress of the free wall, is zero.

    Raises
    ------
    ValueError
        If Poisson's ratio is outside -1 to 0.5.

    Notes
    -----
    Superposition of three uniaxial fields S. With :math:`N = 2(7 - 5\nu)`: in the plane across the
    load, :math:`S(27 - 15\nu)/N` along it and :math:`S(15\nu - 3)/N` across it; on the axis of the
    load, :math:`-S(3 + 15\nu)/N`. Southwell & Gough (1926).

    Examples
    --------
    >>> wall = spherical_cavity_stress([0.0, 0.0, 10e6], 0.25)
    >>> round(float(wall[0, 2]) / 1e6, 6)
    20.217391
    """
    S = np.asarray(far_stress, dtype=float)
    nu = np.asarray(poisson_ratio, dtype=float)[..., np.newaxis]
    require((nu > -1) & (nu <= 0.5), "poisson_ratio", nu, "values above -1 up to 0.5")
    scale = S / (2 * (7 - 5 * nu))
    along, across, pole = (27 - 15 * nu) * scale, (15 * nu - 3) * scale, -(3 + 15 * nu) * scale
    wall = np.zeros((*along.shape[:-1], 3, 3))
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        wall[..., i, j] = pole[..., i] + along[..., j] + across[..., k]
        wall[..., i, k] = pole[..., i] + along[..., k] + across[..., j]
    return wall


def thermoelastic_sphere(
    radius: ArrayLike,
    sphere_radius: ArrayLike,
    temperature_change: ArrayLike,
    youngs_modulus: ArrayLike,
    expansion: ArrayLike,
    poisson_ratio: ArrayLike,
) -> SphereState:
    r"""Stress and displacement of a uniformly heated sphere in unbounded rock of one kind.

    Parameters
    ----------
    radius : array_like, shape (...)
        Distance from the centre [m].
    sphere_radius : array_like, shape (...)
        Radius of the heated sphere [m].
    temperature_change : array_like, shape (...)
        Change inside the sphere [K]; cooling is negative.
    youngs_modulus, expansion, poisson_ratio : array_like, shape (...)
        Young's modulus [Pa], linear expansion [1/K] and Poisson's ratio [1].

    Returns
    -------
    SphereState
        Radial and hoop stress [Pa], compression positive, and displacement [m], shape (...).

    Raises
    ------
    ValueError
        If a radius or an elastic constant is out of range.

    Notes
    -----
    Inside, :math:`\sigma_r = \sigma_\theta = 2E\alpha\Delta T / (3(1-\nu))` and
    :math:`u = r\alpha\Delta T(1+\nu)/(3(1-\nu))`; outside, :math:`\sigma_r` and
    :math:`-2\sigma_\theta` fall with :math:`(a/r)^3` and u with :math:`(a/r)^2`. Goodier (1937).

    Examples
    --------
    >>> state = thermoelastic_sphere(0.0, 100.0, -50.0, 50e9, 1e-5, 0.25)
    >>> round(float(state.radial) / 1e6, 6)
    -22.222222
    """
    r, a = np.asarray(radius, dtype=float), np.asarray(sphere_radius, dtype=float)
    require(r >= 0, "radius", r, "distances of 0 m or more")
    require(a > 0, "sphere_radius", a, "a radius above 0 m")
    E, nu = _elastic(youngs_modulus, poisson_ratio)
    strain = np.asarray(expansion, dtype=float) * np.asarray(temperature_change, dtype=float)
    inside = r <= a
    decay = (a / np.maximum(r, a)) ** 3
    radial = 2 * E * strain / (3 * (1 - nu)) * decay
    hoop = np.where(inside, radial, -0.5 * radial)
    displacement = strain * (1 + nu) / (3 * (1 - nu)) * r * decay
    return SphereState(*np.broadcast_arrays(radial, hoop, displacement))


def _elastic(youngs_modulus: ArrayLike, poisson_ratio: ArrayLike) -> tuple[Array, Array]:
    E, nu = np.asarray(youngs_modulus, dtype=float), np.asarray(poisson_ratio, dtype=float)
    require(E > 0, "youngs_modulus", E, "values above 0 Pa")
    require((nu > -1) & (nu <= 0.5), "poisson_ratio", nu, "values above -1 up to 0.5")
    return E, nu
