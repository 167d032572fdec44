r"""Blocks of rubble in cells: rock in pieces that the fluid of the cells flows around.

The temperature of a cell of rubble is that of the fluid, and of what is in balance with it. All
blocks of one size in one cell are a *lot*. A block is a sphere of shells, a closed skin
(`comine.numerics.skins`), and touches the cell's temperature over a film. What is kept for each lot
is the temperature of its shells, their mesh only for each size.

Sources
-------
- K. Pruess, T. N. Narasimhan, SPE Journal 25 (1985) 14-26 (blocks with temperatures within).
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comine.numerics import Array, Indices
from comine.numerics.checks import require
from comine.numerics.conduction import Conduction
from comine.numerics.skins import Matter, Shape, Skins, make_skins

__all__ = [
    "Blocks",
    "Rubble",
    "blocks_at",
    "caved",
    "heat_in_blocks",
    "make_blocks",
    "no_blocks",
]

_FIRST_SHELL = 0.015  # depth for the first shell over the radius: it is a hundredth thick


class Rubble(NamedTuple):
    """What fills cells; arrays of shape (cells,), those marked + (sizes, cells), or broadcast."""

    porosity: ArrayLike
    """Share of the voids [1]."""
    radius: ArrayLike
    """Of the blocks +: half of the diameter of the same surface per volume [m]."""
    matter: Matter
    """Conductivity and heat capacity of the blocks + [W/m/K], [J/m3/K]."""
    film: ArrayLike
    """Film coefficient between fluid and blocks + [W/m2/K]."""
    fluid_capacity: ArrayLike
    """Heat capacity of a volume of the fluid [J/m3/K]."""
    conductivity: ArrayLike = 0.0
    """Of the bed while the fluid rests, through fluid and contacts [W/m/K]."""
    share: ArrayLike = 1.0
    """Share of each size in the volume of the blocks +; adds up to 1 over the sizes [1]."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """Lots of blocks: all of one size in one cell."""

    cell: Indices
    """Flat number of the cell, shape (lots,)."""
    size: Indices
    """Number of the size, shape (lots,)."""
    count: Array
    """Blocks in the lot, shape (lots,) [1]."""
    film: Array
    """Film coefficient between fluid and blocks, shape (lots,) [W/m2/K]."""
    spheres: Skins
    """One block of each size, shape (shells, sizes)."""

    @property
    def lots(self) -> int:
        """Number of lots."""
        return int(self.cell.size)

    @property
    def area(self) -> Array:
        """Surface of the blocks in each lot, shape (lots,) [m2]."""
        return self.count * self.spheres.wall_area[self.size]


def make_blocks(cell: ArrayLike, volume: ArrayLike, rubble: Rubble, shells: int = 8) -> Blocks:
    r"""Blocks that fill cells.

    Parameters
    ----------
    cell : array_like of int, shape (cells,)
        Flat numbers of the cells.
    volume : array_like, shape (cells,)
        Volume of each, blocks and voids [m3].
    rubble : Rubble
        What fills them.
    shells : int
        Shells of a block [1]; they grow inwards from a hundredth of the radius.

    Returns
    -------
    Blocks
        A lot for each size in each cell.

    Raises
    ------
    ValueError
        If an argument is out of range, shapes do not fit, or the shares in a cell do not add up
        to 1.

    Notes
    -----
    A volume holds blocks of the surface :math:`3(1-\phi)/r` per volume.

    Examples
    --------
    >>> even = Rubble(0.3, 0.15, Matter(3.0, 2.3e6), 47.4, 4.1e6)
    >>> mixed = even._replace(radius=[[0.15], [0.05]], share=[[0.8], [0.2]])
    >>> make_blocks([7, 8], [10.0, 10.0], mixed).area.round(6)
    array([112., 112.,  84.,  84.])
    """
    number, v = np.atleast_1d(np.asarray(cell)), np.atleast_1d(np.asarray(volume, dtype=float))
    if number.shape != v.shape or v.ndim != 1:
        raise ValueError(f"cell: got shape {number.shape} with volumes of {v.shape}; give equal")
    k, c = rubble.matter
    given = (rubble.radius, k, c, rubble.film, rubble.share, (1 - _porosity(rubble)) * v)
    each = np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in given), v[None])
    if each[0].shape[1:] != v.shape:
        raise ValueError(f"rubble: got cells of {each[0].shape[1:]}; give arrays for {v.shape}")
    radius, k, c, film, share, solid = each[:6]
    require(v > 0, "volume", v, "volumes above 0 m3")
    for name, value in (("radius", radius), ("conductivity", k), ("heat_capacity", c)):
        require((value > 0) & np.isfinite(value), name, value, "finite values above 0")
    require(film > 0, "film", film, "values above 0 W/m2/K")
    require(share >= 0, "share", share, "shares of 0 or more")
    whole = share.sum(axis=0)
    require(np.abs(whole - 1) < 1e-9, "share", whole, "shares of each cell that add up to 1")
    there = share > 0
    kinds, size = np.unique(
        np.stack([radius[there], k[there], c[there]]), axis=1, return_inverse=True
    )
    rock = (share * solid)[there]
    count = rock / (4 / 3 * np.pi * radius[there] ** 3)
    place = np.broadcast_to(number, share.shape)[there]
    return Blocks(place, size.ravel(), count, np.array(film[there]), _spheres(kinds, shells))


def no_blocks() -> Blocks:
    """Blocks of which there are none.

    Returns
    -------
    Blocks
        No lots.

    Examples
    --------
    >>> no_blocks().lots
    0
    """
    none: Indices = np.zeros(0, dtype=np.int64)
    zero = np.zeros(0)
    return Blocks(none, none, zero, zero, _spheres(np.zeros((3, 0)), 1))


def caved(
    rock: Conduction, cells: NDArray[np.bool_], rubble: Rubble, shells: int = 8
) -> tuple[Conduction, Blocks]:
    """Rock of which some cells are rubble.

    Parameters
    ----------
    rock : Conduction
        Cells of fixed properties, with or without water that flows through them.
    cells : ndarray of bool, shape (x, y, z)
        Which are rubble.
    rubble : Rubble
        What fills those, in the order of the flat numbers.
    shells : int
        Shells of a block [1].

    Returns
    -------
    rock : Conduction
        The same with the heat capacity of the fluid and the conductivity of the bed at rest in
        those cells.
    blocks : Blocks
        The rest of their matter.

    Raises
    ------
    ValueError
        If properties of the rock depend on temperature, no cell is rubble, or as in `make_blocks`.

    Examples
    --------
    >>> from comine.numerics.grid import Grid
    >>> whole = Conduction(Grid([0, 10, 20], [0, 10], [0, 10]), 3.0, 2.3e6)
    >>> water = Rubble(0.3, 0.15, Matter(3.0, 2.3e6), 47.4, 4.1e6, 1.5)
    >>> broken, blocks = caved(whole, np.array([[[True]], [[False]]]), water)
    >>> broken.capacity.ravel(), blocks.area.round()
    (array([1230000., 2300000.]), array([14000.]))
    """
    shape = rock.grid.shape
    if cells.shape != shape or not cells.any():
        raise ValueError(f"cells: got {cells.sum()} of shape {cells.shape}; give some of {shape}")
    if callable(rock.conductivity) or rock.stores_by_temperature:
        raise ValueError("rock: got properties that depend on temperature; give fixed ones")
    fluid = _porosity(rubble) * np.asarray(rubble.fluid_capacity, dtype=float)
    require((fluid > 0) & np.isfinite(fluid), "fluid_capacity", fluid, "values above 0 J/m3/K")
    number = np.flatnonzero(cells)
    blocks = make_blocks(number, rock.grid.volumes.ravel()[number], rubble, shells)
    capacity = np.array(np.broadcast_to(np.asarray(rock.capacity, dtype=float), shape))
    capacity[cells] = fluid
    k = np.asarray(rock.conductivity)
    conductivity = np.array(np.broadcast_to(k, k.shape if k.ndim > 3 else shape), dtype=float)
    conductivity[..., cells] = rubble.conductivity
    return replace(rock, capacity=capacity, conductivity=conductivity), blocks


def blocks_at(blocks: Blocks, cells: ArrayLike) -> Array:
    """Shells in balance with their cells.

    Parameters
    ----------
    blocks : Blocks
        The blocks.
    cells : array_like, shape (x, y, z)
        Temperature of the cells [K].

    Returns
    -------
    ndarray, shape (shells, lots)
        Temperature of the shells [K].

    Examples
    --------
    >>> lot = make_blocks([1], [10.0], Rubble(0.3, 0.15, Matter(3.0, 2.3e6), 47.4, 4.1e6), shells=2)
    >>> blocks_at(lot, [290.0, 350.0])
    array([[350.],
           [350.]])
    """
    fluid = np.ravel(cells)[blocks.cell]
    return np.tile(fluid, (blocks.spheres.capacity.shape[0], 1))


def heat_in_blocks(blocks: Blocks, temperature: Array) -> Array:
    """Heat of the blocks above 0 K.

    Parameters
    ----------
    blocks : Blocks
        The blocks.
    temperature : ndarray, shape (shells, lots)
        Of the shells, or its change [K].

    Returns
    -------
    ndarray, shape (lots,)
        Heat [J].

    Examples
    --------
    >>> lot = make_blocks([0], [10.0], Rubble(0.3, 0.15, Matter(3.0, 2.3e6), 47.4, 4.1e6))
    >>> heat_in_blocks(lot, np.ones((8, 1))).round()  # of 7 m3
    array([16100000.])
    """
    of_one = np.zeros(blocks.lots)
    for capacity, shell in zip(blocks.spheres.capacity, temperature, strict=True):
        of_one += capacity[blocks.size] * shell
    return blocks.count * of_one


def _spheres(kinds: Array, shells: int) -> Skins:
    """One block of each radius, conductivity and heat capacity."""
    radius, conductivity, capacity = kinds
    shape = Shape("sphere", radius, np.zeros_like(radius), np.ones_like(radius))
    soonest = (_FIRST_SHELL * radius) ** 2 * capacity / conductivity
    return make_skins(shape, Matter(conductivity, capacity), None, shells, soonest)


def _porosity(rubble: Rubble) -> Array:
    share = np.asarray(rubble.porosity, dtype=float)
    require((share > 0) & (share < 1), "porosity", share, "shares between 0 and 1")
    return share
