r"""What cylindrical skins that lie within each other's reach feel of each other.

A skin's heat reaches the grid only at its reach. A second skin nearer than that feels, besides the
grid's temperature, the first one's own part `w` where its axis runs,

.. math:: T_{\mathrm{host},i} = (F\,T)_i + \sum_j \overline{w_j},

the mean along the axis of i over all that lies beside j and within its reach. At a junction what
ends at the same place counts half. Exact for parallel skins whose distance is large against their
radius (the hole of one in the field of the other is neglected).

Sources
-------
- H. S. Carslaw, J. C. Jaeger, *Conduction of Heat in Solids*, 2nd ed., Oxford 1959, section 10.3
  (superposition of line sources).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import KDTree

from comine.numerics import Array
from comine.numerics.skin_stage import Elimination, Response
from comine.numerics.skins import Skins

__all__ = ["Neighbours", "beside", "felt", "neighbours"]


class Neighbours(NamedTuple):
    """Pairs of skins of which one feels the other."""

    target: NDArray[np.int64]
    """Number of the skin that feels, shape (pairs,)."""
    source: NDArray[np.int64]
    """Number of the skin that is felt, shape (pairs,)."""
    weights: Array
    """Of the source's rings in what the target feels, shape (rings, pairs) [1]."""


def neighbours(
    skins: Skins,
    start: ArrayLike,
    end: ArrayLike,
    samples: int = 12,
    batch: ArrayLike | None = None,
    feeling: ArrayLike | None = None,
) -> Neighbours:
    """Find the skins that feel each other directly.

    Parameters
    ----------
    skins : Skins
        Cylinders.
    start, end : array_like, shape (skins, 3)
        Ends of the axes [m].
    samples : int
        Places along each axis at which others are felt [1].
    batch : array_like of int, shape (skins,), optional
        Number of each skin's batch; those of one batch are then left out.
    feeling : array_like of bool, shape (skins,), optional
        Skins whose neighbours are looked for; all without it.

    Returns
    -------
    Neighbours
        All pairs of which one runs beside the other within its reach.

    Examples
    --------
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> shape = Shape("cylinder", [0.1, 0.1], [10.0, 10.0], [50.0, 50.0])
    >>> holes = make_skins(shape, Matter([3.0, 3.0], [2.25e6, 2.25e6]))
    >>> near = neighbours(holes, [[0, 0, 0], [4, 0, 0]], [[0, 0, 50], [4, 0, 50]])
    >>> near.target, near.source
    (array([0, 1]), array([1, 0]))
    """
    first, last = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    length = np.linalg.norm(last - first, axis=1)
    along = (last - first) / length[:, None]
    reach = skins.face[-1]
    tree = KDTree(0.5 * (first + last))
    close = tree.query_pairs(float(reach.max() + length.max()), output_type="ndarray")
    pairs = np.concatenate([close, close[:, ::-1]]).astype(np.int64)
    if batch is not None:
        number = np.asarray(batch)
        pairs = pairs[number[pairs[:, 0]] != number[pairs[:, 1]]]
    if feeling is not None:
        pairs = pairs[np.asarray(feeling)[pairs[:, 0]]]
    centre = 0.5 * (first + last)
    apart = np.linalg.norm(centre[pairs[:, 0]] - centre[pairs[:, 1]], axis=1)
    pairs = pairs[apart - 0.5 * length[pairs].sum(axis=1) < reach[pairs[:, 1]]]
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    target, source = pairs[:, 0], pairs[:, 1]
    weights = np.zeros((skins.capacity.shape[0], target.size))
    for place in (np.arange(samples) + 0.5) / samples:
        gap = first[target] + place * (last - first)[target] - first[source]
        height = np.einsum("ij,ij->i", gap, along[source])
        away = np.linalg.norm(gap - height[:, None] * along[source], axis=1)
        away = np.maximum(away, skins.face[0, source])  # within the wall: what the wall feels
        edge = 1e-6 * length[source]
        counts = 0.5 * (height > -edge) * (height < length[source] + edge)
        counts += 0.5 * (height > edge) * (height < length[source] - edge)
        felt = np.flatnonzero((counts > 0.0) & (away < reach[source]))
        weights[:, felt] += counts[felt] / samples * beside(skins, source[felt], away[felt])
    some = weights.any(axis=0)
    return Neighbours(target[some], source[some], weights[:, some])


def beside(skins: Skins, source: ArrayLike, distance: ArrayLike) -> Array:
    r"""Weights of the rings of cylinders in what they add to the temperature at a distance.

    Parameters
    ----------
    skins : Skins
        Cylinders.
    source : array_like of int, shape (pairs,)
        Number of the skin that is felt.
    distance : array_like, shape (pairs,)
        Distance from its axis [m].

    Returns
    -------
    ndarray, shape (rings, pairs)
        Weights [1], all zero from the reach outwards.

    Raises
    ------
    ValueError
        If a distance lies within the skin's wall.

    Notes
    -----
    Linear in the logarithm of the distance between the places where a steady profile has its rings'
    means, and to zero at the reach.

    Examples
    --------
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> hole = make_skins(Shape("cylinder", [0.1], [10.0], [1.0]), Matter([3.0], [2.25e6]), rings=4)
    >>> beside(hole, [0, 0], [5.0, 12.0]).round(3)
    array([[0.   , 0.   ],
           [0.   , 0.   ],
           [0.292, 0.   ],
           [0.708, 0.   ]])
    """
    of, away = np.asarray(source, dtype=np.int64), np.asarray(distance, dtype=float)
    face = skins.face
    if not np.all(away >= face[0, of]):
        raise ValueError(f"distance must not lie within the wall, got {distance!r}")
    moment = face**2 * (np.log(face) - 0.5)
    place = np.diff(moment, axis=0) / np.diff(face**2, axis=0)
    place = np.vstack([place, np.log(face[-1])])[:, of]
    at = np.log(away)
    low = np.clip((place <= at).sum(axis=0) - 1, 0, place.shape[0] - 2)
    pairs = np.arange(of.size)
    part = (at - place[low, pairs]) / (place[low + 1, pairs] - place[low, pairs])
    part = np.clip(part, 0.0, 1.0)
    weights = np.zeros_like(place)
    weights[low, pairs] = 1.0 - part
    weights[low + 1, pairs] += part
    return np.asarray(weights[:-1])


def felt(elimination: Elimination, response: Response, near: Neighbours) -> tuple[Array, Array]:
    """What each pair adds to the host temperature of the skin that feels, at the end of a stage.

    Parameters
    ----------
    elimination : Elimination
        Pivots of the stage.
    response : Response
        Response of the stage.
    near : Neighbours
        The pairs.

    Returns
    -------
    constant : ndarray, shape (pairs,)
        Temperature felt while no heat passes the source's wall [K].
    per_heat : ndarray, shape (pairs,)
        Change with the heat that passes it [K/W].

    Examples
    --------
    >>> from comine.numerics.skin_stage import eliminate, respond
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> hole = make_skins(Shape("cylinder", [0.1], [10.0], [1.0]), Matter([3.0], [2.25e6]))
    >>> stage = eliminate(hole, 1e15)
    >>> rest = respond(stage, np.zeros((12, 1)), 100.0)
    >>> near = Neighbours(np.array([0]), np.array([0]), beside(hole, [0], [5.0]))
    >>> round(float(felt(stage, rest, near)[1][0] * 6 * np.pi / np.log(10 / 5)), 3)  # steady
    1.0
    """
    constant = near.weights * response.still[:, near.source]
    per_heat = near.weights * elimination.warmed[:, near.source]
    return np.asarray(constant.sum(axis=0)), np.asarray(per_heat.sum(axis=0))
