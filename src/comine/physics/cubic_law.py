"""Laminar flow in a plane fracture of even aperture.

Sources
-------
- P. A. Witherspoon, J. S. Y. Wang, K. Iwai, J. E. Gale, "Validity of cubic law for fluid flow in a
  deformable rock fracture", Water Resour. Res. 16 (1980) 1016-1024.
"""

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.bounds import positive


def transmissivity(aperture: ArrayLike) -> Array:
    r"""Transmissivity of a fracture, permeability times aperture.

    Parameters
    ----------
    aperture : array_like
        Hydraulic aperture [m].

    Returns
    -------
    ndarray
        Transmissivity without the fluid's properties [m³].

    Raises
    ------
    ValueError
        If the aperture is not positive.

    Notes
    -----
    :math:`b^3/12`, the cubic law, for laminar flow between even walls (Witherspoon et al. 1980).

    Examples
    --------
    >>> float(1e10 * transmissivity(1.2e-3).round(14))
    1.44
    """
    return np.asarray(positive("aperture", aperture) ** 3 / 12.0)


def strip_pressure_drop(
    flow: ArrayLike, aperture: ArrayLike, length: ArrayLike, width: ArrayLike, viscosity: ArrayLike
) -> Array:
    r"""Drop of pressure along a strip of fracture that is swept evenly over its width.

    Parameters
    ----------
    flow : array_like
        Volume flow, of either sign [m³/s].
    aperture : array_like
        Hydraulic aperture [m].
    length, width : array_like
        Length along and width across the flow [m].
    viscosity : array_like
        Dynamic viscosity of the fluid [Pa s].

    Returns
    -------
    ndarray
        Drop of pressure, of the sign of the flow [Pa].

    Raises
    ------
    ValueError
        If an argument but the flow is not positive.

    Notes
    -----
    :math:`\Delta p = 12\mu LQ/(wb^3)`.

    Examples
    --------
    >>> float(strip_pressure_drop(1 / 180, 1e-3, 500.0, 100.0, 3e-4).round(4))
    100000.0
    """
    slope = positive("viscosity", viscosity) * np.asarray(flow, float) / transmissivity(aperture)
    return np.asarray(slope * positive("length", length) / positive("width", width))


def doublet_pressure_drop(
    flow: ArrayLike,
    aperture: ArrayLike,
    distance: ArrayLike,
    radius: ArrayLike,
    viscosity: ArrayLike,
) -> Array:
    r"""Difference of pressure between two holes that cross a wide fracture, one feeding the other.

    Parameters
    ----------
    flow : array_like
        Volume flow from hole to hole [m³/s].
    aperture : array_like
        Hydraulic aperture [m].
    distance : array_like
        Distance of the holes, more than twice the radius [m].
    radius : array_like
        Radius of both holes [m].
    viscosity : array_like
        Dynamic viscosity of the fluid [Pa s].

    Returns
    -------
    ndarray
        Difference of pressure between the walls of the holes, of the sign of the flow [Pa].

    Raises
    ------
    ValueError
        If an argument but the flow is not positive or the holes overlap.

    Notes
    -----
    Source and sink in an unbounded plane,

    .. math:: \Delta p = \frac{\mu Q}{\pi b^3/12}\,\mathrm{arcosh}\frac{d}{2r}

    (exact for two equal circles each at one pressure; :math:`\ln(d/r)` where they lie far apart).

    Examples
    --------
    >>> float(doublet_pressure_drop(1e-3, 5e-4, 100.0, 0.1, 2e-4).round())
    42217.0
    """
    apart = positive("distance", distance) / (2.0 * positive("radius", radius))
    if not np.all(apart > 1.0):
        raise ValueError(
            f"distance must be more than twice the radius {radius!r}, got {distance!r}"
        )
    mobility = np.pi * transmissivity(aperture) / positive("viscosity", viscosity)
    return np.asarray(np.asarray(flow, float) / mobility * np.arccosh(apart))
