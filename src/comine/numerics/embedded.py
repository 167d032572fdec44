"""Skins in the cells of a grid, and what a stage needs to know of them once for each length."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array, diags_array, hstack

from comine.numerics import Array, Indices
from comine.numerics.skin_host import Hosts
from comine.numerics.skin_neighbours import Neighbours
from comine.numerics.skin_stage import Elimination, Response, eliminate, respond
from comine.numerics.skins import Skins

UNFELT = 2e-6
"""What a neighbour feels within a stage, over what a skin itself feels, that waits for the next."""


@dataclass(frozen=True, eq=False)
class Embedded:
    """A batch of skins, the cells that host them and those among them that feel each other."""

    skins: Skins
    hosts: Hosts
    near: Neighbours

    def __post_init__(self) -> None:
        count = self.size
        if self.hosts.spread.shape[1] != count or self.hosts.felt.shape[0] != count:
            raise ValueError(
                f"hosts: got matrices of {self.hosts.spread.shape[1]} skins; give those of {count}"
            )

    @property
    def size(self) -> int:
        """Number of skins."""
        return int(self.skins.capacity.shape[1])

    @cached_property
    def touched(self) -> Indices:
        """Cells that skins give heat to, rising, shape (touched,)."""
        given = (self.hosts.spread, self.hosts.ends)
        return np.asarray(
            np.flatnonzero(sum(np.diff(csr_array(matrix).indptr) for matrix in given))
        )

    @cached_property
    def diagonal_pattern(self) -> csr_array:
        """Spread times felt within each cell that is touched, shape (touched, skins)."""
        felt = csr_array(self.hosts.felt.T)[self.touched]
        return csr_array(csr_array(self.hosts.spread)[self.touched].multiply(felt))

    @cached_property
    def released(self) -> csr_array:
        """Heat to the cells touched by what skins hand over and by their moments, shape
        (touched, 2 skins).
        """
        given = (self.hosts.spread, self.hosts.ends)
        return csr_array(hstack([csr_array(matrix)[self.touched] for matrix in given]))

    def displaced(self) -> Array:
        """Heat capacity that the host loses, shape (cells,) [J/K]."""
        return np.asarray(self.hosts.displaced @ self.skins.displaced)


class Stage(NamedTuple):
    """What stages of one length share."""

    interval: float
    """[s]"""
    elimination: Elimination
    beside: csr_array
    """Host temperature of each skin by the heat through the walls of others, (skins, skins)
    [K/W]."""
    given: csr_array
    """Heat to the cells touched by the heat through the walls, shape (touched, skins) [1]."""
    parts: Sequence[Elimination] = ()
    """Each carrier's share of the pivots."""
    pairs: Sequence[csr_array] = ()
    """Each carrier's share of `beside`."""
    across: csr_array | None = None
    """The rest of `beside`: between skins of different carriers."""


class Still(NamedTuple):
    """Skins in a stage while no heat passes their walls."""

    response: Response
    beside: Array
    """What each feels of its neighbours, shape (skins,) [K]."""
    given: Array
    """Heat to the cells touched, shape (touched,) [W]."""


def stage_of(embedded: Embedded, interval: float) -> Stage:
    """Eliminate all skins for stages of one length.

    Parameters
    ----------
    embedded : Embedded
        The skins.
    interval : float
        Length of the stages [s].

    Returns
    -------
    Stage
        Pivots and couplings.

    Examples
    --------
    >>> from comine.numerics.skin_host import host_cylinders
    >>> from comine.numerics.skin_neighbours import neighbours
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> airway = make_skins(Shape("cylinder", [2.0], [27.0], [50.0]), Matter([3.0], [2.25e6]))
    >>> ends = [[25, 50, 50]], [[75, 50, 50]]
    >>> hosts = host_cylinders(airway, [2.0], *ends, [np.arange(0.0, 101.0, 10.0)] * 3)
    >>> embedded = Embedded(airway, hosts, neighbours(airway, *ends))
    >>> float(stage_of(embedded, 1e15).given.sum().round(6))  # all that enters leaves
    1.0
    """
    elimination = eliminate(embedded.skins, interval)
    near = embedded.near
    per_heat = np.einsum("ij,ij->j", near.weights, elimination.warmed[:, near.source])
    felt = np.abs(per_heat) > UNFELT * elimination.pivot[near.target]
    pairs = (near.target[felt], near.source[felt])
    beside = coo_array((per_heat[felt], pairs), shape=(embedded.size,) * 2)
    spread, ends = embedded.released[:, : embedded.size], embedded.released[:, embedded.size :]
    given = spread @ diags_array(elimination.passed) + ends @ diags_array(elimination.drawn)
    return Stage(interval, elimination, csr_array(beside), csr_array(given))


def at_rest(embedded: Embedded, stage: Stage, rings: Array) -> Still:
    """Skins that start a stage with given rings and shut walls.

    Parameters
    ----------
    embedded : Embedded
        The skins.
    stage : Stage
        Of the stage's length.
    rings : ndarray, shape (rings, skins)
        Temperature above the host [K].

    Returns
    -------
    Still
        What they do meanwhile.

    Examples
    --------
    >>> from comine.numerics.skin_host import host_cylinders
    >>> from comine.numerics.skin_neighbours import neighbours
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> airway = make_skins(Shape("cylinder", [2.0], [27.0], [50.0]), Matter([3.0], [2.25e6]))
    >>> ends = [[25, 50, 50]], [[75, 50, 50]]
    >>> hosts = host_cylinders(airway, [2.0], *ends, [np.arange(0.0, 101.0, 10.0)] * 3)
    >>> embedded = Embedded(airway, hosts, neighbours(airway, *ends))
    >>> float(at_rest(embedded, stage_of(embedded, 86400.0), np.zeros((12, 1))).given.sum())
    0.0
    """
    response = respond(stage.elimination, rings, 0.0)
    near = embedded.near
    felt = np.einsum("ij,ij->j", near.weights, response.still[:, near.source])
    beside = np.bincount(near.target, felt, embedded.size)
    given = embedded.released @ np.concatenate([response.handed, response.moment])
    return Still(response, np.asarray(beside), np.asarray(given))


def part_of(elimination: Elimination, which: slice | Indices) -> Elimination:
    """Pivots of some skins.

    Parameters
    ----------
    elimination : Elimination
        Of a batch.
    which : slice or ndarray of int
        Numbers of the skins.

    Returns
    -------
    Elimination
        Of those.

    Examples
    --------
    >>> from comine.numerics.skins import Matter, Shape, make_skins
    >>> shape = Shape("cylinder", [2.0, 0.1], [27.0, 10.0], [1.0, 1.0])
    >>> both = eliminate(make_skins(shape, Matter([3.0, 3.0], [2.25e6, 2.25e6])), 1e15)
    >>> part_of(both, slice(1, 2)).pivot.round(3)
    array([0.244])
    """
    skins = Skins(*(array[..., which] for array in elimination.skins))
    return Elimination(skins, *(array[..., which] for array in elimination[1:]))
