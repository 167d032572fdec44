r"""What the air of a mine carries besides heat: dust, exhaust, gas, blasting fume; its age.

Steady: sources are diluted by the flows of a mine and mixed at its junctions. After a blast fume
fills the face; it thins out there as in a stirred vessel, :math:`c = c_0 e^{-Qt/V}`, and reaches
other places later, diluted by the air that joins it.

Sources
-------
- M. J. McPherson, Subsurface Ventilation Engineering, 2nd ed., 2009, chapter 11 (dilution;
  recalled, not held against the printed source).
- M. Jernigan, M. Gillies, in: proceedings of the 10th US mine ventilation symposium, 2004 (stirred
  face after blasting; recalled, not held against the printed source).
"""

from typing import NamedTuple

import numpy as np

from comine.numerics.carried import carried
from comine.physics import Array
from comine.underground.air_network import AirNetwork, BranchAir
from comine.underground.network_flow import Airflow

LONGEST = 500.0
"""Delay in a branch over the time in which fume thins, at most [1]."""


class Fume(NamedTuple):
    """Gas that a blast leaves at a face."""

    branch: str
    volume: float
    """That it fills before the air takes it away [m³]."""
    fraction: float
    """Share of gas there at once [1]."""


def concentration(
    network: AirNetwork, found: Airflow, source: Array, outside: float = 0.0
) -> Array:
    """Concentration where the air leaves each branch, while sources are steady.

    Parameters
    ----------
    network : AirNetwork
        The airways.
    found : Airflow
        Their flows.
    source : ndarray, shape (branches,)
        What each branch gives to its air [kg/s].
    outside : float
        What outside air brings [kg/kg].

    Returns
    -------
    ndarray, shape (branches,)
        Mass per dry air; not a number where nothing flows [kg/kg].

    Raises
    ------
    ValueError
        If air circulates without any from outside.

    Examples
    --------
    >>> from comine.underground.air_network import outside, still, two_shafts
    >>> from comine.underground.network_flow import solve_airflow
    >>> mine, air = two_shafts(), outside(288.15, 0.5, 101325.0)
    >>> found = solve_airflow(mine, still(mine, air), air)
    >>> exhaust = concentration(mine, found, np.array([0.0, 1e-4, 0.0]))
    >>> (1e6 * exhaust).round(3)  # mg/kg
    array([0.  , 0.45, 0.45])
    """
    return carried(network.graph, found.flow, source, found.solution.entering, outside).end


def age_of_air(network: AirNetwork, found: Airflow, air: BranchAir, volume: Array) -> Array:
    """Mean time since the air that leaves each branch entered the mine.

    Parameters
    ----------
    network : AirNetwork
        The airways.
    found : Airflow
        Their flows.
    air : BranchAir
        Mean state in each branch.
    volume : ndarray, shape (branches,)
        Of each branch, all airways side by side [m³].

    Returns
    -------
    ndarray, shape (branches,)
        Age; not a number where nothing flows [s].

    Raises
    ------
    ValueError
        If air circulates without any from outside.

    Examples
    --------
    >>> from comine.underground.air_network import outside, still, two_shafts
    >>> from comine.underground.network_flow import solve_airflow
    >>> mine, open_air = two_shafts(), outside(288.15, 0.5, 101325.0)
    >>> air = still(mine, open_air)
    >>> found = solve_airflow(mine, air, open_air)
    >>> age_of_air(mine, found, air, np.array([28e3, 16e3, 28e3])).round()
    array([162., 261., 423.])
    """
    held = volume * air.density / (1.0 + air.humidity)
    return carried(network.graph, found.flow, held, found.solution.entering, 0.0).end


def clearing_time(
    network: AirNetwork, found: Airflow, air: BranchAir, volume: Array, fume: Fume, limit: float
) -> Array:
    r"""Time after a blast until the air that leaves each branch is within a limit again.

    Parameters
    ----------
    network : AirNetwork
        The airways.
    found : Airflow
        Their flows.
    air : BranchAir
        Mean state in each branch.
    volume : ndarray, shape (branches,)
        Of each branch, all airways side by side [m³].
    fume : Fume
        What the blast leaves, and where.
    limit : float
        Share of gas that is allowed [1].

    Returns
    -------
    ndarray, shape (branches,)
        Time; 0 where the limit is never passed, infinite where the face has no air [s].

    Raises
    ------
    ValueError
        If a volume, fraction or limit is not above 0, or air that circulates holds the fume
        longer than the face does.

    Notes
    -----
    The face gives :math:`c_0 e^{-\lambda t}`, :math:`\lambda = Q/V`. Once what is diluted has
    come by all ways, what leaves a branch is :math:`H c_0 e^{-\lambda t}` with the transform H of
    the mine at :math:`-\lambda`, in which each branch counts with its delay :math:`\tau` as
    :math:`e^{\lambda\tau}`; before that it is less. So
    :math:`t = \ln(H c_0/c_\text{limit})/\lambda` is exact where it is later than that, and else
    too long. The time is 0 where no air comes from the face.

    Examples
    --------
    >>> from comine.underground.air_network import outside, still, two_shafts
    >>> from comine.underground.network_flow import solve_airflow
    >>> mine, open_air = two_shafts(), outside(288.15, 0.5, 101325.0)
    >>> air = still(mine, open_air)
    >>> found, volume = solve_airflow(mine, air, open_air), np.array([28e3, 16e3, 28e3])
    >>> fume = Fume("drift", 2000.0, 1e-3)
    >>> clearing_time(mine, found, air, volume, fume, 3e-5).round()
    array([  0.,  43., 206.])
    """
    for name, value in (("volume", fume.volume), ("fraction", fume.fraction), ("limit", limit)):
        if not value > 0:
            raise ValueError(f"{name} must be above 0, got {value}")
    at, flow = network.place[fume.branch], np.abs(found.flow)
    if not flow[at] > 0:
        return np.where(np.arange(len(flow)) == at, np.inf, 0.0)
    dry = air.density / (1.0 + air.humidity)
    thinning = flow[at] / (fume.volume * dry[at])
    delay = np.divide(volume * dry, flow, out=np.zeros_like(flow), where=flow > 0)
    if (most := float(np.max(thinning * delay))) > LONGEST:
        raise ValueError(
            f"volume: the fume thins {most:.0f} times over while the air passes one branch; give "
            "the face a greater volume"
        )
    source, gain = np.zeros(len(flow)), np.exp(thinning * delay)
    source[at], gain[at] = flow[at], 0.0
    whole = carried(network.graph, found.flow, source, found.solution.entering, 0.0, gain).end
    over = np.nan_to_num(whole) * fume.fraction / limit
    return np.asarray(np.log(np.maximum(over, 1.0)) / thinning)
