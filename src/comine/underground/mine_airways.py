"""A mine's airways as files hold them: openings, the open air, fans and given flows together."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from comine.physics import Array
from comine.underground.air_network import AirNetwork, Fan, air_network
from comine.underground.openings import Openings, Point


@dataclass(frozen=True, eq=False)
class MineAirways:
    """What is dug, where it meets the open air, and what drives air through it."""

    openings: Openings
    surface: tuple[str, ...] = ()
    """Nodes in the open air."""
    fans: tuple[Fan, ...] = ()
    given: Mapping[str, float] = field(default_factory=dict)
    """Dry air that is to flow along branches [kg/s]."""

    def __repr__(self) -> str:
        openings = self.openings
        counts = f"{len(openings.branches)} branches, {len(openings.nodes)} nodes"
        return f"MineAirways({counts}, {len(self.fans)} fans)"

    def network(self) -> AirNetwork:
        """Network of their flows; ValueError with every fault if there is none."""
        return air_network(self.openings, self.surface, self.fans, self.given)


def square_perimeter(area: float) -> float:
    """Perimeter of a square section, taken where none is given (comine default).

    Parameters
    ----------
    area : float
        Section; 0 or less where it is not known [m²].

    Returns
    -------
    float
        Perimeter [m].

    Examples
    --------
    >>> square_perimeter(16.0)
    16.0
    """
    return 4.0 * math.sqrt(area) if area > 0.0 else 0.0


def apart(nodes: Mapping[str, Point], start: str, end: str) -> float:
    """Distance of two nodes, nil where one of them is not there.

    Parameters
    ----------
    nodes : mapping of str to (x, y, depth)
        The nodes [m].
    start, end : str
        Two of them.

    Returns
    -------
    float
        Distance [m].

    Examples
    --------
    >>> apart({"a": (0.0, 0.0, 0.0), "b": (3.0, 0.0, 4.0)}, "a", "b")
    5.0
    """
    return math.dist(nodes[start], nodes[end]) if start in nodes and end in nodes else 0.0


def depths(elevation: Sequence[float] | Array, datum: float) -> Array:
    """Depths of elevations.

    Parameters
    ----------
    elevation : array_like, shape (n,)
        Heights, upwards [m].
    datum : float
        Elevation of depth 0 [m].

    Returns
    -------
    ndarray, shape (n,)
        Depths, downwards [m].

    Examples
    --------
    >>> depths([1466.0, 730.0], 1466.0)
    array([  0., 736.])
    """
    return np.asarray(datum - np.asarray(elevation, dtype=float) + 0.0)


def polynomial_curve(
    constant: float, linear: float, quadratic: float, points: int = 200
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    r"""Points of a fan whose rise is a polynomial of its volume flow.

    Parameters
    ----------
    constant, linear, quadratic : float
        Of :math:`a_0 + a_1 Q + a_2 Q^2` [Pa, Pa s/m³, Pa s²/m⁶].
    points : int
        How many.

    Returns
    -------
    tuple of float
        Volume flows, from 0 to a fifth beyond that at which the rise is nil [m³/s].
    tuple of float
        Rises there [Pa].

    Raises
    ------
    ValueError
        If the rise grows for ever or is never above 0.

    Notes
    -----
    Between 200 points the curve of `comine.numerics.rises` is off by less than 1e-4 of the peak.

    Examples
    --------
    >>> polynomial_curve(200.0, 0.0, -0.5, 3)
    ((0.0, 12.0, 24.0), (200.0, 128.0, -88.0))
    """
    if quadratic > 0.0 or (quadratic == 0.0 and linear > 0.0):
        raise ValueError("the rise must not grow for ever; give a falling quadratic part")
    if quadratic == 0.0:
        end = -constant / linear if linear < 0.0 else 1.0
    else:
        root = linear**2 - 4.0 * quadratic * constant
        end = (-linear - np.sqrt(max(root, 0.0))) / (2.0 * quadratic) if root > 0.0 else 0.0
    if end <= 0.0 or (linear == quadratic == 0.0 and constant <= 0.0):
        raise ValueError("the rise is never above 0; look at the signs of the polynomial")
    flow = np.linspace(0.0, 1.2 * float(end), points)
    rise = constant + (linear + quadratic * flow) * flow
    return tuple(flow.tolist()), tuple(rise.tolist())
