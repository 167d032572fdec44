"""Geometry of fans of holes drilled from a roadway."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.bounds import positive


class FanMeasures(NamedTuple):
    """Counts and distances of a fan."""

    rings: int
    """Rings along the roadway."""
    holes: int
    """Holes in all rings."""
    drilled_length: float
    """Length of all holes [m]."""
    collar_spacing: float
    """Distance of neighbouring holes of a ring at the wall of the roadway [m]."""
    toe_spacing: float
    """Distance of neighbouring holes of a ring at their ends [m]."""
    volume: float
    """Rock around the roadway as far as the holes reach, half a ring beyond the last [m³]."""


def fan_of_holes(
    start: ArrayLike,
    end: ArrayLike,
    ring_spacing: float,
    holes: int,
    length: float,
    radius: float,
) -> Array:
    r"""Ends of the holes of a full fan in rings along a straight roadway.

    Parameters
    ----------
    start, end : array_like, shape (3,)
        Ends of the roadway's axis, the third coordinate being the depth [m].
    ring_spacing : float
        Distance of the rings; the first is at `start` [m].
    holes : int
        Holes in a ring, evenly around the roadway.
    length : float
        Length of a hole [m].
    radius : float
        Radius of the roadway, where the holes begin [m].

    Returns
    -------
    ndarray, shape (rings, holes, 2, 3)
        Collar and toe of each hole, ring by ring [m]. The first hole of a ring points up, or, from
        a vertical roadway, along the first axis.

    Raises
    ------
    ValueError
        If a measure is not positive, there are no holes, or the roadway has no length.

    Notes
    -----
    The holes lie in planes normal to the roadway. There is a ring at every whole multiple of the
    spacing that the roadway holds.

    Examples
    --------
    >>> fan = fan_of_holes([0, 0, 900], [500, 0, 900], 20.0, 12, 100.0, 2.5)
    >>> fan.shape
    (26, 12, 2, 3)
    >>> fan[1, 0]
    array([[ 20. ,   0. , 897.5],
           [ 20. ,   0. , 797.5]])
    """
    origin, target = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    extent = float(np.linalg.norm(target - origin))
    _require_holes(holes)
    axis = (target - origin) / positive("the roadway's length", extent)
    count = _rings(extent, ring_spacing)
    upward = np.array([0.0, 0.0, -1.0]) - axis * -axis[2]
    if np.linalg.norm(upward) < 1e-9:
        upward = np.array([1.0, 0.0, 0.0])
    upward /= np.linalg.norm(upward)
    sideward = np.cross(axis, upward)
    angle = 2.0 * np.pi * np.arange(holes) / holes
    turn = np.multiply.outer(np.cos(angle), upward) + np.multiply.outer(np.sin(angle), sideward)
    reach = positive("radius", radius) + np.array([0.0, 1.0]) * positive("length", length)
    centres = origin + np.multiply.outer(ring_spacing * np.arange(count), axis)
    return np.asarray(centres[:, None, None, :] + turn[:, None, :] * reach[:, None])


def fan_measures(
    roadway_length: float, ring_spacing: float, holes: int, length: float, radius: float
) -> FanMeasures:
    r"""Counts, distances and rock volume of a fan of `fan_of_holes`.

    Parameters
    ----------
    roadway_length : float
        Length of the roadway [m].
    ring_spacing : float
        Distance of the rings [m].
    holes : int
        Holes in a ring.
    length : float
        Length of a hole [m].
    radius : float
        Radius of the roadway [m].

    Returns
    -------
    FanMeasures
        Rings, holes, drilled length [m], collar and toe spacing [m], volume [m³].

    Raises
    ------
    ValueError
        If a measure is not positive or there are no holes.

    Notes
    -----
    Spacing :math:`2R\sin(\pi/n)`; volume :math:`\pi[(r+L)^2 - r^2]` times rings times spacing.

    Examples
    --------
    >>> round(fan_measures(500.0, 20.0, 12, 100.0, 2.5).toe_spacing, 3)
    53.058
    """
    _require_holes(holes)
    rings = _rings(float(positive("roadway_length", roadway_length)), ring_spacing)
    toe = float(positive("radius", radius) + positive("length", length))
    chord = float(2.0 * np.sin(np.pi / holes))
    ring_volume = float(np.pi * (toe**2 - radius**2) * ring_spacing)
    count = rings * holes
    return FanMeasures(
        rings, count, count * length, chord * radius, chord * toe, ring_volume * rings
    )


def _rings(roadway_length: float, ring_spacing: float) -> int:
    """Rings on a roadway, with one at its start."""
    return int(np.floor(roadway_length / positive("ring_spacing", ring_spacing) * (1 + 1e-12))) + 1


def _require_holes(holes: int) -> None:
    if holes < 1:
        raise ValueError(f"holes must be 1 or more in a ring, got {holes}")
