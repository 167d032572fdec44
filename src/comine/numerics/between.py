"""Cylindrical skins of different batches that lie within each other's reach."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import coo_array, csr_array

from comine.numerics import Array, Indices
from comine.numerics.bundles import no_neighbours
from comine.numerics.skin_neighbours import Neighbours, neighbours
from comine.numerics.skins import Skins

__all__ = ["Laid", "between", "laid"]


class Laid(NamedTuple):
    """Axes of a batch of skins; a skin may stand for many cylinders, or share one."""

    start: Array
    """Shape (cylinders, 3) [m]."""
    end: Array
    """Shape (cylinders, 3) [m]."""
    first: Indices
    """A skin of each cylinder, whose rings lie as all of that cylinder's do, (cylinders,)."""
    feels: csr_array
    """Share of each cylinder in what a skin feels, shape (skins, cylinders) [1]."""
    carries: csr_array
    """Share of each skin in the temperature about a cylinder, shape (cylinders, skins) [1]."""


def laid(start: Array, end: Array, owner: ArrayLike, skin: ArrayLike, share: ArrayLike) -> Laid:
    """Axes from pairs of a cylinder and a skin that is on it.

    Parameters
    ----------
    start, end : ndarray, shape (cylinders, 3)
        Ends of the axes [m].
    owner : array_like of int, shape (pairs,)
        Cylinder of each pair.
    skin : array_like of int, shape (pairs,)
        Skin of each pair.
    share : array_like, shape (pairs,)
        Share of the skin in the cylinder's wall [1].

    Returns
    -------
    Laid
        The axes; a skin of many cylinders feels their mean.

    Examples
    --------
    >>> ends = np.zeros((2, 3)), np.ones((2, 3))
    >>> laid(*ends, [0, 1], [0, 0], [1.0, 1.0]).feels.toarray()
    array([[0.5, 0.5]])
    """
    of, on, part = np.asarray(owner), np.asarray(skin), np.asarray(share, dtype=float)
    count = np.bincount(on)
    shape = (count.size, len(start))
    feels = coo_array((1.0 / count[on], (on, of)), shape=shape)
    carries = coo_array((part, (of, on)), shape=shape[::-1])
    first = np.zeros(len(start), dtype=np.int64)
    first[of[::-1]] = on[::-1]
    return Laid(start, end, first, csr_array(feels), csr_array(carries))


def between(batches: Sequence[tuple[Skins, Laid | None]]) -> Neighbours:
    """Pairs of skins of different batches of which one feels the other.

    Parameters
    ----------
    batches : sequence of (Skins, Laid)
        Batches of the same number of rings; one without axes feels none and is not felt.

    Returns
    -------
    Neighbours
        Pairs; skins count through all batches.

    Examples
    --------
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> hole = make_skins(Shape("cylinder", [0.1], [10.0], [50.0]), Matter([3.0], [2.25e6]))
    >>> axes = [np.array([[x, 0.0, z]]) for x in (0.0, 4.0) for z in (0.0, 50.0)]
    >>> one, two = (laid(*pair, [0], [0], [1.0]) for pair in (axes[:2], axes[2:]))
    >>> pairs = between([(hole, one), (hole, two)])
    >>> pairs.target, pairs.source
    (array([0, 1]), array([1, 0]))
    """
    held = [(number, skins, axes) for number, (skins, axes) in enumerate(batches) if axes]
    rings, total = batches[0][0].capacity.shape[0], sum(s.wall_area.size for s, _ in batches)
    if len(held) < 2:
        return no_neighbours(rings)
    before = np.cumsum([0] + [skins.wall_area.size for skins, _ in batches])
    cylinders = Skins(
        *(
            np.concatenate([array[..., axes.first] for array, axes in pairs], axis=-1)
            for pairs in zip(*([(a, axes) for a in skins] for _, skins, axes in held), strict=True)
        )
    )
    batch = np.concatenate([np.full(len(axes.start), number) for number, _, axes in held])
    start, end = (np.concatenate([axes[i] for _, _, axes in held]) for i in (0, 1))
    near = neighbours(cylinders, start, end, samples=6, batch=batch)
    if not near.target.size:
        return no_neighbours(rings)
    feels = _placed([(axes.feels, before[n], True) for n, _, axes in held], total)
    carries = _placed([(axes.carries, before[n], False) for n, _, axes in held], total)
    shape = (batch.size,) * 2
    places = near.target, near.source
    layers = [
        csr_array(feels @ coo_array((weights, places), shape=shape) @ carries)
        for weights in near.weights
    ]
    target, source = sum((abs(layer) for layer in layers[1:]), abs(layers[0])).nonzero()
    weights = np.stack([np.asarray(layer[target, source]).ravel() for layer in layers])
    return Neighbours(target.astype(np.int64), source.astype(np.int64), weights)


def _placed(parts: Sequence[tuple[csr_array, int, bool]], total: int) -> csr_array:
    """Matrices of all batches in one, skins in rows or in columns, their cylinders in turn."""
    rows, columns, values, cylinders = list[Indices](), list[Indices](), list[Array](), 0
    for matrix, first, skins_first in parts:
        each = coo_array(matrix)
        skins, own = each.coords if skins_first else each.coords[::-1]
        rows.append(np.asarray(skins + first, dtype=np.intp))
        columns.append(np.asarray(own + cylinders, dtype=np.intp))
        values.append(each.data)
        cylinders += matrix.shape[1] if skins_first else matrix.shape[0]
    by_skin = coo_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(total, cylinders),
    )
    return csr_array(by_skin if parts[0][2] else by_skin.T)
