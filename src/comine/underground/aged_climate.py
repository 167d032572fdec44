r"""Air and climate of a mine at one time, in balance with rock of a given age.

The flows follow from the densities of the air and the climate from the flows, in turn until both
settle. Rock behind a wall that was cut a time ago gives what it would give after that time beside
air of an even temperature: a steady skin whose reach makes its resistance that of the exact flux
ratio :math:`G(F, B)`,

.. math:: \ln\frac Rr = \frac1{G(F, B)} - \frac1B .

Sources
-------
- H. S. Carslaw, J. C. Jaeger, Conduction of Heat in Solids, 2nd ed., 1959, section 13.5 (the flux
  ratio).
- A. M. Starfield, A. J. Bleloch, J. Mine Vent. Soc. S. Afr. 36 (1983) 65-71 (partly wet walls,
  quasi-steady; recalled, not held against the printed source).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from comine.numerics import Indices
from comine.numerics._network import Network as Carriers
from comine.numerics.carrier import Walls
from comine.numerics.skin_stage import eliminate
from comine.numerics.skins import Matter, Shape, make_skins
from comine.physics import Array
from comine.physics.air import density
from comine.physics.airway import film_coefficient
from comine.physics.strata import wall_flux_ratio
from comine.underground.air_control import Coolers
from comine.underground.air_cut import CutAirways, cut_airways
from comine.underground.air_draught import Lining, Network
from comine.underground.air_network import AirNetwork, BranchAir, Outside, still
from comine.underground.air_streams import AirStreams
from comine.underground.airflow import Air, Sources
from comine.underground.network_flow import Airflow, solve_airflow
from comine.underground.openings import Openings

STEADY = 1e15
"""Length of a stage in which nothing is stored any more [s]."""
SHARE = 0.5
"""Of a change of density that the next turn takes up [1]."""
SETTLED = 1e-4
"""Change of a flow over the greatest that no longer matters [1]."""
TURNS = 60


@dataclass(frozen=True, eq=False)
class AgedMine:
    """A mine at one time."""

    openings: Openings
    network: AirNetwork
    conductivity: float
    """Of the rock [W/m/K]."""
    diffusivity: float
    """[m²/s]"""
    virgin: Callable[[Array], Array]
    """Temperature of untouched rock at a depth [K]."""
    age: Array
    """Time since each branch was cut, (branches,) [s]."""
    sources: Sources
    """Given to the air of each branch, (branches,) each."""
    radiation: float = 0.0
    """Radiative part of the film coefficient [W/m²/K]."""
    longest: float = 150.0
    """Greatest length of a piece [m]."""
    coolers: Coolers = field(default_factory=Coolers.none)


@dataclass(frozen=True, eq=False)
class AgedClimate:
    """Air of a mine in balance."""

    airflow: Airflow
    air: BranchAir
    cut: CutAirways
    report: dict[str, Array]
    """What `AirStreams.rates` reports, by volume."""
    turns: int
    """Turns of flow and climate."""

    def at_end(self, name: str) -> Array:
        """A reported value where the air leaves each branch, (branches,)."""
        flow = self.airflow.flow
        return self.report[name][np.where(flow >= 0, self.cut.last, self.cut.first)]

    def summed(self, name: str) -> Array:
        """A reported heat of each branch, (branches,)."""
        pieces = self.report[name][: self.cut.count]
        return np.asarray(np.bincount(self.cut.branch, pieces, len(self.cut.branches)), dtype=float)


def settle_climate(mine: AgedMine, open_air: Outside) -> AgedClimate:
    """Flows and climate of a mine that agree with each other.

    Parameters
    ----------
    mine : AgedMine
        The mine.
    open_air : Outside
        Air at depth 0.

    Returns
    -------
    AgedClimate
        Flows, states and heats.

    Raises
    ------
    ArithmeticError
        If the climate has no solution or flows and climate do not settle; names branches.
    """
    air = still(mine.network, open_air)
    airflow = solve_airflow(mine.network, air, open_air)
    cut = cut_airways(mine.openings, mine.network, airflow.flow, mine.longest)
    unknown: Array | None = None
    change, turn = np.zeros(len(airflow.flow)), 0
    for turn in range(1, TURNS + 1):
        unknown, report = _climate(mine, cut, airflow, open_air, unknown)
        found = _branch_air(cut, report)
        air = BranchAir(*(a + SHARE * (b - a) for a, b in zip(air, found, strict=True)))
        before = airflow.flow
        airflow = solve_airflow(mine.network, air, open_air, before)
        change = np.abs(airflow.flow - before) / np.abs(airflow.flow).max()
        if change.max() <= SETTLED:
            unknown, report = _climate(mine, cut, airflow, open_air, unknown)
            return AgedClimate(airflow, air, cut, report, turn)
    worst = [mine.network.graph.branches[i] for i in np.argsort(-change)[:5]]
    raise ArithmeticError(
        f"air and climate do not settle in {TURNS} turns; flows still change by "
        f"{change.max():.2g} of the greatest, most in {', '.join(worst)}"
    )


def _climate(
    mine: AgedMine, cut: CutAirways, airflow: Airflow, open_air: Outside, unknown: Array | None
) -> tuple[Array, dict[str, Array]]:
    """Climate for given flows: unknowns of the air and what it reports."""
    streams, walls = _streams(mine, cut, airflow, open_air)
    start = streams.begun(0.0) if unknown is None else unknown
    heat, alone = np.zeros(streams.skins), Carriers([streams])
    found = alone.settled(0, csr_array((streams.skins, streams.skins)), walls, start, (start, heat))
    if found is None:
        volume = (alone.unsettled or (0, 0))[1] % streams.volumes
        where = cut.branches[cut.branch[min(volume, cut.count - 1)]].name
        raise ArithmeticError(f"the air has no state within the range of the model in {where!r}")
    return found[0], dict(streams.rates(found[0], start, walls, found[1]))


def _streams(
    mine: AgedMine, cut: CutAirways, airflow: Airflow, open_air: Outside
) -> tuple[AirStreams, Walls]:
    links, way = cut.links
    entering = np.maximum(airflow.solution.entering, 0.0)
    doors = np.flatnonzero(entering > 0)
    state = Air(*(np.full(len(doors), value) for value in open_air))
    network = Network(links, airflow.flow[way], cut.junctions[doors], entering[doors],
                      lambda time: state)  # fmt: skip
    skin, wet, extent = _lined(cut)
    given = Sources(*(cut.along(each / cut.pieces) for each in vars(mine.sources).values()))
    streams = AirStreams(
        cut.airways, network, Lining(skin, wet), lambda time: given, mine.coolers, mine.radiation
    )
    return streams, _walls(mine, cut, airflow, (skin, extent))


def _lined(cut: CutAirways) -> tuple[Indices, np.ndarray, Array]:
    """Piece, wetness and length of wall of each skin: dry parts, then wet parts."""
    share = cut.column("wetness")[cut.branch]
    long = (cut.column("length") * cut.column("count") / cut.pieces)[cut.branch]
    dry, wet = np.flatnonzero(share < 1), np.flatnonzero(share > 0)
    extent = np.concatenate([((1 - share) * long)[dry], (share * long)[wet]])
    return np.concatenate([dry, wet]), np.repeat([False, True], [dry.size, wet.size]), extent


def _walls(
    mine: AgedMine, cut: CutAirways, airflow: Airflow, skins: tuple[Indices, Array]
) -> Walls:
    """Steady skins of the resistance that rock of its age has."""
    friction, area, girth = (cut.column(n) for n in ("friction", "area", "perimeter"))
    flow, radius = airflow.flow / cut.column("count"), girth / (2 * np.pi)
    film = film_coefficient(friction, flow, area, girth, 300.0) + mine.radiation
    biot = film * radius / mine.conductivity
    fourier = mine.diffusivity * mine.age / radius**2
    slender = np.exp(1.0 / wall_flux_ratio(fourier, biot) - 1.0 / biot)
    (piece, extent), k = skins, mine.conductivity
    own = cut.branch[piece]
    shape = Shape("cylinder", radius[own], (radius * slender)[own], extent)
    made = make_skins(shape, Matter(np.full(own.size, k), np.full(own.size, k / mine.diffusivity)),
                      rings=1)  # fmt: skip
    rings = np.zeros_like(made.capacity)
    felt = np.asarray(mine.virgin(cut.points[:, 2]))[piece]
    return Walls(eliminate(made, STEADY), rings, felt, 0.0, STEADY)


def _branch_air(cut: CutAirways, report: dict[str, Array]) -> BranchAir:
    """Mean of the states at the ends of each branch's pieces."""
    names = ("dry_bulb", "humidity", "pressure")
    states = [report[name][: cut.count] for name in names]
    mean = [np.bincount(cut.branch, each) / cut.pieces for each in states]
    return BranchAir(density(*mean), mean[1])
