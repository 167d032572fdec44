"""Skins that stand for many: parts joined to one batch, and equal members bundled to one skin."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array, csr_array, diags_array, hstack, vstack

from comine.numerics import Array, Indices
from comine.numerics.checks import require
from comine.numerics.embedded import Embedded
from comine.numerics.skin_host import Hosts
from comine.numerics.skin_neighbours import Neighbours
from comine.numerics.skins import Skins

__all__ = ["bundle_hosts", "bundle_neighbours", "join", "no_neighbours", "parted", "sampled"]


def bundle_hosts(hosts: Hosts, group: ArrayLike) -> Hosts:
    """Hosts of bundles: what one member hands over goes to the hosts of all in equal parts.

    Parameters
    ----------
    hosts : Hosts
        Matrices of the members.
    group : array_like of int, shape (members,)
        Number of each member's bundle, from 0.

    Returns
    -------
    Hosts
        Matrices of the bundles: means over their members.

    Raises
    ------
    ValueError
        If a bundle has no member.

    Examples
    --------
    >>> from comine.numerics.skin_host import host_cylinders
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> shape = Shape("cylinder", [0.1, 0.1], [10.0, 10.0], [50.0, 50.0])
    >>> holes = make_skins(shape, Matter([3.0, 3.0], [2.25e6, 2.25e6]))
    >>> ends = [[20, 50, 25], [80, 50, 25]], [[20, 50, 75], [80, 50, 75]]
    >>> hosts = host_cylinders(holes, [0.1, 0.1], *ends, [np.arange(0.0, 101.0, 5.0)] * 3)
    >>> bundle_hosts(hosts, [0, 0]).felt.shape
    (1, 8000)
    """
    mean = _mean(np.asarray(group))
    spread, displaced, ends = (
        csr_array(each @ mean.T) for each in (hosts.spread, hosts.displaced, hosts.ends)
    )
    return Hosts(spread, csr_array(mean @ hosts.felt), displaced, ends)


def bundle_neighbours(
    near: Neighbours, group: ArrayLike, feeling: ArrayLike | None = None
) -> Neighbours:
    """Pairs of bundles: the mean over the members that feel of all the members that are felt.

    Parameters
    ----------
    near : Neighbours
        Pairs of members.
    group : array_like of int, shape (members,)
        Number of each member's bundle, from 0.
    feeling : array_like of bool, shape (members,), optional
        Members whose neighbours were looked for, one or more of each bundle; all without it.

    Returns
    -------
    Neighbours
        Pairs of bundles; a bundle may feel itself, by its members' neighbours within it.

    Raises
    ------
    ValueError
        If a bundle has no member.

    Notes
    -----
    The rings of a bundle are those of one member, so its members must be equal: exact for holes
    of one ring of a fan, which all see the same.

    Examples
    --------
    >>> from comine.numerics.skin_neighbours import neighbours
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> shape = Shape("cylinder", [0.1] * 3, [10.0] * 3, [50.0] * 3)
    >>> holes = make_skins(shape, Matter([3.0] * 3, [2.25e6] * 3))
    >>> start, end = ([[x, 0, z] for x in (0, 4, 8)] for z in (0, 50))
    >>> near = bundle_neighbours(neighbours(holes, start, end), [0, 0, 0])
    >>> near.target, near.source
    (array([0]), array([0]))
    """
    number = np.asarray(group)
    asked = np.ones(number.size, dtype=bool) if feeling is None else np.asarray(feeling)
    counts = np.bincount(number[asked], minlength=int(number.max()) + 1)
    require(counts > 0, "group", counts, "a member or more of each bundle that feels others")
    share = 1.0 / counts
    bundles = share.size
    key = number[near.target] * bundles + number[near.source]
    pairs, place = np.unique(key, return_inverse=True)
    total = np.zeros((near.weights.shape[0], pairs.size))
    for ring, weights in enumerate(near.weights * share[number[near.target]]):
        total[ring] = np.bincount(place, weights, pairs.size)
    return Neighbours(pairs // bundles, pairs % bundles, total)


def join(parts: Sequence[Embedded]) -> Embedded:
    """Batch of the skins of all parts in their order; those of different parts feel each other
    through the grid alone.

    Parameters
    ----------
    parts : sequence of Embedded
        Skins of the same number of rings in the same grid.

    Returns
    -------
    Embedded
        All of them.

    Raises
    ------
    ValueError
        If there is no part, or the numbers of rings differ.

    Examples
    --------
    >>> from comine.numerics.embedding import Cylinders, embed
    >>> from comine.numerics.grid import Grid
    >>> grid = Grid(*[np.arange(0.0, 101.0, 5.0)] * 3)
    >>> one = Cylinders(np.array([[50, 50, 20]]), np.array([[50, 50, 80]]), np.array([2.0]))
    >>> part = embed(grid, (3.0, 2e6), one)
    >>> join([part, part]).skins.wall_area.round(1)
    array([754., 754.])
    """
    if not parts:
        raise ValueError("parts: got none; give one or more")
    counts = {part.skins.capacity.shape[0] for part in parts}
    if len(counts) > 1:
        raise ValueError(f"parts: got skins of {sorted(counts)} rings; give one number for all")
    skins = Skins(
        *(np.concatenate(arrays, axis=-1) for arrays in zip(*(p.skins for p in parts), strict=True))
    )
    spread, displaced, ends = (
        csr_array(hstack([getattr(part.hosts, name) for part in parts]))
        for name in ("spread", "displaced", "ends")
    )
    felt = csr_array(vstack([part.hosts.felt for part in parts]))
    first = np.cumsum([0] + [part.size for part in parts])
    near = Neighbours(
        np.concatenate([part.near.target + n for part, n in zip(parts, first, strict=False)]),
        np.concatenate([part.near.source + n for part, n in zip(parts, first, strict=False)]),
        np.concatenate([part.near.weights for part in parts], axis=1),
    )
    return Embedded(skins, Hosts(spread, felt, displaced, ends), near)


def parted(whole: Embedded, owner: ArrayLike, share: ArrayLike, extent: ArrayLike) -> Embedded:
    """Skins that share cylinders: parts of a wall whose histories differ, such as dry and wet.

    Parameters
    ----------
    whole : Embedded
        One skin for each cylinder.
    owner : array_like of int, shape (parts,)
        Cylinder of each part.
    share : array_like, shape (parts,)
        Share of each part in its cylinder's wall [1].
    extent : array_like, shape (parts,)
        Length of its wall [m].

    Returns
    -------
    Embedded
        The parts: each feels the rock as its cylinder does, others by their shares, and no part of
        the same cylinder.

    Raises
    ------
    ValueError
        If the shares of a cylinder add up to more than 1.

    Examples
    --------
    >>> from comine.numerics.embedding import Cylinders, embed
    >>> from comine.numerics.grid import Grid
    >>> grid = Grid(*[np.arange(0.0, 101.0, 5.0)] * 3)
    >>> one = Cylinders(np.array([[50, 50, 20]]), np.array([[50, 50, 80]]), np.array([2.0]))
    >>> both = parted(embed(grid, (3.0, 2e6), one), [0, 0], [0.7, 0.3], [42.0, 18.0])
    >>> both.skins.wall_area.round(1)
    array([527.8, 226.2])
    """
    of, part, long = np.asarray(owner), np.asarray(share, float), np.asarray(extent, float)
    sums = np.bincount(of, part, whole.size)
    require(sums < 1 + 1e-9, "share", sums, "shares of each cylinder that add up to 1 at most")
    ratio = long / _extents(whole.skins)[of]
    skins = Skins(
        face=whole.skins.face[:, of],
        capacity=whole.skins.capacity[:, of] * ratio,
        resistance=whole.skins.resistance[:, of] / ratio,
        cross=whole.skins.cross[:, of] / ratio,
        wall_area=whole.skins.wall_area[of] * ratio,
        axial=whole.skins.axial[:, of],
        hosted=whole.skins.hosted[of],
        displaced=whole.skins.displaced[of] * ratio,
    )
    hosts = Hosts(
        csr_array(whole.hosts.spread[:, of]),
        csr_array(whole.hosts.felt[of]),
        csr_array(whole.hosts.displaced[:, of]),
        csr_array(whole.hosts.ends[:, of] @ diags_array(part)),
    )
    target, source, weights = (list[Array]() for _ in range(3))
    parts = [np.flatnonzero(of == number) for number in range(whole.size)]
    near = whole.near
    for feels, felt, column in zip(near.target, near.source, near.weights.T, strict=True):
        pairs = np.meshgrid(parts[feels], parts[felt], indexing="ij")
        target.append(pairs[0].ravel())
        source.append(pairs[1].ravel())
        weights.append(column[:, None] * part[pairs[1].ravel()])
    if not target:
        return Embedded(skins, hosts, no_neighbours(skins.capacity.shape[0]))
    joined = Neighbours(
        np.concatenate(target), np.concatenate(source), np.concatenate(weights, axis=1)
    )
    return Embedded(skins, hosts, joined)


def no_neighbours(rings: int) -> Neighbours:
    """Pairs of skins of which none feels another.

    Parameters
    ----------
    rings : int
        Rings of the skins.

    Returns
    -------
    Neighbours
        No pairs.

    Examples
    --------
    >>> no_neighbours(12).weights.shape
    (12, 0)
    """
    none: Indices = np.zeros(0, dtype=np.int64)
    return Neighbours(none, none, np.zeros((rings, 0)))


def sampled(group: ArrayLike, most: int) -> NDArray[np.bool_]:
    """Members that stand for their bundles, evenly chosen.

    Parameters
    ----------
    group : array_like of int, shape (members,)
        Number of each member's bundle, from 0.
    most : int
        Members of a bundle at most [1].

    Returns
    -------
    ndarray of bool, shape (members,)
        Whether each is chosen.

    Examples
    --------
    >>> sampled([0, 0, 0, 0, 1], 2)
    array([ True, False,  True, False,  True])
    """
    number = np.asarray(group)
    order = np.argsort(number, kind="stable")
    count = np.bincount(number)
    first = np.cumsum(count) - count
    place = np.empty(number.size, dtype=np.int64)
    place[order] = np.arange(number.size) - first[number[order]]
    every = np.maximum(-(-count // most), 1)
    return np.asarray(place % every[number] == 0)


def _mean(group: Array) -> csr_array:
    """Mean of the members of each bundle, shape (bundles, members)."""
    count = np.bincount(group)
    require(count > 0, "group", count, "one member or more in each bundle from 0 to the last")
    ones = np.ones(group.size)
    sums = coo_array((ones, (group, np.arange(group.size))), shape=(count.size, group.size))
    return csr_array(diags_array(1.0 / count) @ sums)


def _extents(skins: Skins) -> Array:
    """Lengths of cylinders [m]."""
    return np.asarray(skins.wall_area / (2 * np.pi * skins.face[0]))
