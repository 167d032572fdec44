r"""Moist air in a network of airways whose walls are skins, as a carrier of heat.

Volumes are pieces of airways, junctions and coolers; links lead dry air from one to the next.
Temperature and humidity at the end of all volumes and the duties of all levels' coolers are solved
together, with no order of the volumes, so air may circulate and turn round. What a volume passes
on is its air once fog has dropped out. Pressure follows from the temperatures of the guess.

The equations of a volume are in `comine.underground.air_balance`, those of coolers in
`comine.underground.air_control`; what a stage holds is in `comine.underground.air_stage`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from comine.numerics.assembly import Assembler, Entries, gathered
from comine.numerics.carrier import Linear, Walls
from comine.physics import Array
from comine.physics.air import enthalpy, liquid_enthalpy, wet_bulb
from comine.physics.airway import evaporation_coefficient, film_coefficient
from comine.physics.humidity import COLDEST, HOTTEST
from comine.underground.air_balance import (
    Contact,
    Middle,
    Parts,
    Surface,
    balances,
    given_heat,
    middle,
    moisture_units,
    placed,
    surfaces,
)
from comine.underground.air_control import Controlled, Coolers, controlled
from comine.underground.air_draught import (
    Airways,
    Index,
    Inlet,
    Lining,
    Network,
    Passing,
    entered,
    passing,
    pressures,
    summed,
    vapour_enthalpy,
)
from comine.underground.air_stage import Held, Mine, held
from comine.underground.airflow import Sources

SCALE = (1e-3, 2e-7, 5.0)
"""Changes of temperature [K], humidity [kg/kg] and duty [J/kg] that no longer matter."""
LONGEST = (20.0, 0.02, 30e3)
"""Greatest changes of the same in a step of Newton."""
HEATING = 5e3
"""Duty below nil that a guess may have, lest a step that ends at nil never leaves it [J/kg]."""
MOISTEST = 0.3
"""Greatest humidity [kg/kg]."""
_MARGIN = 0.01  # to the ends of the range of temperature [K]


class Now(NamedTuple):
    """Everything about a guess."""

    stage: Held
    pressure: Array
    loss: Array
    passing: Passing
    inlet: Inlet
    mean: Middle
    contact: Contact
    surface: Surface
    control: Controlled


class Assemblers(NamedTuple):
    """Of the matrices of all guesses."""

    equations: Assembler
    heat: Assembler
    felt: Assembler
    pressure: Assembler


@dataclass(frozen=True)
class AirStreams:
    """Moist air of a mine, or of any part of it: a `comine.numerics.carrier.Carrier`.

    Unknowns are temperature [K] and humidity [kg/kg] at the end of each volume before fog drops
    out, then what each control wants its coolers to remove [J/kg]. Volumes through which nothing
    flows keep them, and their walls are shut; the heat of machines there is not counted. Every
    circuit needs air from outside, however little. Coolers have no walls, fall or sources.
    """

    airways: Airways
    network: Network
    lining: Lining
    sources: Callable[[float], Sources] | None = None
    """Heat and water given to each volume, (volumes,) each; None: none."""
    coolers: Coolers = field(default_factory=Coolers.none)
    radiation: float = 0.0
    """Radiative part of the film coefficient [W/m2/K]."""
    _kept: dict[str, Held] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if lined := np.intersect1d(self.coolers.volumes, self.lining.piece).tolist():
            raise ValueError(f"lining: skins line coolers, volumes {lined}; give coolers no walls")
        if np.any(self.airways.fall[self.coolers.volumes] != 0.0):
            raise ValueError("fall: a cooler falls or rises; give coolers a fall of 0")

    @property
    def volumes(self) -> int:
        """Number of volumes."""
        return int(self.airways.length.size)

    @property
    def skins(self) -> int:
        """Number of skins."""
        return int(self.lining.piece.size)

    @property
    def linear(self) -> bool:
        """Never: walls evaporate."""
        return False

    @property
    def scale(self) -> Array:
        """Size of a change of each unknown that no longer matters, (unknowns,)."""
        return self._spread(SCALE)

    def begun(self, time: float) -> Array:
        """Unknowns to begin with: the mean of the outside air everywhere, no cooling."""
        air = self.network.outside(time)
        means = float(air.temperature.mean()), float(air.humidity.mean()), 0.0
        return self._spread(means)

    def linearise(self, unknown: Array, before: Array, walls: Walls) -> Linear:
        """Equations of a stage about a guess; `before` holds the unknowns that it starts from."""
        now, size = self._now(unknown, walls), self.volumes
        t, x, _ = self._parted(unknown)
        moves, control = now.stage.draught.moves, now.control
        opened, piece = now.stage.opened, now.stage.piece
        exchange = (piece, now.contact, now.surface)
        equations = balances(now.stage.draught, now.inlet, (t, x), now.mean, exchange,
                             now.stage.sources, now.stage.lift)  # fmt: skip
        free = moves.copy()
        free[control.volumes] = False
        kept = np.stack([t, x]) - before[: 2 * size].reshape(2, -1)
        residual = np.where(moves, 0.0, kept)
        for row, equation in enumerate(equations):
            residual[row, free] = equation.residual[free]
            residual[row, control.volumes] = control.residual[row]
        inlet, own = placed(equations, free)
        heat_inlet, heat_own = self._heat_slopes(now)
        mixing, assemblers = self._mixing(now), self._assemblers
        felt: Parts = [
            (piece + row * size, opened, equation.felt) for row, equation in enumerate(equations)
        ]
        return Linear(
            np.concatenate([residual.ravel(), control.residual[2]]),
            assemblers.equations.assembled(
                gathered([*inlet, *control.by_inlet]), mixing, gathered([*own, *control.by_unknown])
            ),
            assemblers.felt.summed(gathered(felt)),
            self._by_skin(opened, now.surface.heat),
            assemblers.heat.assembled(gathered(heat_inlet), mixing, gathered(heat_own)),
            self._by_skin(opened, now.surface.heat_by[2]),
        )

    def limited(self, unknown: Array, change: Array) -> Array:
        """Unknowns after a step of Newton, shortened where it is long, kept within range."""
        share = min(1.0, float(1.0 / np.max(np.abs(change) / self._spread(LONGEST), initial=1e-9)))
        t, x, duty = self._parted(unknown + share * change)
        return np.concatenate(
            [
                np.clip(t, COLDEST + _MARGIN, HOTTEST - _MARGIN),
                np.clip(x, 0.0, MOISTEST),
                np.maximum(duty, -HEATING),
            ]
        )

    def rates(
        self, unknown: Array, before: Array, walls: Walls, heat: Array
    ) -> Mapping[str, Array]:
        """States, heats by origin [W] and duties [J/kg] of a solved stage, and the balance."""
        now = self._now(unknown, walls)
        stage, air, control = now.stage, now.passing, now.control
        draught, given = stage.draught, stage.sources
        flow, surface = draught.flow, now.surface
        wet = surface.evaporated * liquid_enthalpy(surface.wall)
        dropped = np.where(draught.moves, flow * air.liquid, 0.0)
        exhaust = given.exhaust * vapour_enthalpy(self._parted(unknown)[0])
        latent = given.machines + given.broken_rock + given.water
        latent = latent - given_heat(given, now.inlet)
        lined = summed(stage.piece, stage.area, self.volumes)
        wall = summed(stage.piece, stage.area * surface.wall, self.volumes)
        wall = wall / np.where(lined > 0.0, lined, 1.0)
        heats = {
            "strata": -summed(self.lining.piece, heat, self.volumes),
            "compression": flow * (1.0 + now.inlet.humidity) * stage.lift,
            "machines": given.machines + exhaust - latent,
            "broken_rock": given.broken_rock,
            "water": given.water
            + summed(stage.piece, wet, self.volumes)
            - dropped * liquid_enthalpy(air.temperature),
        }
        cooled = flow[control.volumes]
        carried = draught.leaving * air.enthalpy
        return {
            "dry_bulb": air.temperature,
            "humidity": air.humidity,
            "wet_bulb": wet_bulb(air.temperature, air.humidity, now.pressure),
            "pressure": now.pressure,
            "flow": flow,
            "friction_loss": now.loss,
            **heats,
            "wall_temperature": np.where(lined > 0.0, wall, air.temperature),
            "duty": control.removed,
            "condensate": control.condensate,
            "into entering": np.asarray((draught.entering * stage.outside.enthalpy).sum()),
            "into leaving": -np.asarray(carried[draught.moves].sum()),
            **{f"into {name}": np.asarray(heats[name].sum()) for name in list(heats)[1:]},
            "into coolers": -np.asarray((cooled * control.removed_each).sum()),
            "into condensate": -np.asarray((cooled * control.condensate_each).sum()),
        }

    def fresh(self, begin: float, end: float) -> Array:
        """Skins whose wall is cut anew from a time on, before another, (skins,)."""
        first, period = (
            np.broadcast_to(np.asarray(each, dtype=float), self.skins)
            for each in (self.lining.first, self.lining.period)
        )
        due = first < end
        age = np.stack([begin - first[due], end - first[due]]) - 1e-9 * end  # cuts of before
        cuts = np.where(age > 0.0, np.floor(age / period[due]) + 1.0, 0.0)
        renewed = np.zeros(self.skins, dtype=bool)
        renewed[due] = cuts[1] > cuts[0]
        return renewed

    def _now(self, unknown: Array, walls: Walls) -> Now:
        t, x, wanted = self._parted(unknown)
        ways, stage = self.airways, self._held(walls)
        draught, outside = stage.draught, stage.outside
        moist = entered(draught, enthalpy(t, x), x, outside)
        begin, pressure, loss = pressures(
            draught,
            stage.lift,
            stage.drag,
            ((moist.temperature + t) / 2.0, (moist.humidity + x) / 2.0),
            outside.pressure,
            self._assemblers.pressure,
        )
        passed = passing(t, x, pressure, self.coolers.volumes.ravel())
        inlet = entered(draught, passed.enthalpy, passed.humidity, outside)
        control = controlled(self.coolers, (t, x, wanted), inlet, pressure, draught.moves)

        convective = film_coefficient(
            ways.friction, stage.single, ways.area, ways.perimeter, inlet.temperature
        )
        piece, wets = stage.piece, stage.wets
        film = (convective + self.radiation)[piece] * stage.area
        total = (begin + pressure) / 2.0
        units = (
            summed(piece, film, self.volumes) / (draught.divisor * inlet.capacity),
            summed(piece, wets, self.volumes)
            * moisture_units(convective, inlet.humidity)
            / draught.divisor,
        )
        between = middle(inlet, (t, x), total, units)
        moisture = evaporation_coefficient(convective, total)[piece] * wets
        contact = Contact(film, moisture, between.temperature[piece], between.vapour[piece])
        surface = surfaces(contact, stage.skin, walls.felt[stage.opened])
        return Now(stage, pressure, loss, passed, inlet, between, contact, surface, control)

    def _held(self, walls: Walls) -> Held:
        """What the stage holds, found once for all its guesses."""
        kept = self._kept.get("stage")
        if kept is None or not kept.serves(walls):
            mine = Mine(self.airways, self.network, self.lining, self.sources, self.coolers)
            self._kept["stage"] = kept = held(mine, walls)
        return kept

    @cached_property
    def _assemblers(self) -> Assemblers:
        equations = 2 * self.volumes + self.coolers.first.size
        return Assemblers(
            Assembler((equations, equations)),
            Assembler((self.skins, equations)),
            Assembler((equations, self.skins)),
            Assembler((self.volumes, self.volumes)),
        )

    def _mixing(self, now: Now) -> Entries:
        """Enthalpy and humidity that enter volumes, by the unknowns: (2 volumes, unknowns)."""
        draught, size = now.stage.draught, self.volumes
        start, end = draught.start, draught.end
        share = draught.rate / draught.divisor[end]
        return gathered(
            [
                (row * size + end, column * size + start, share * slope[start])
                for row, by in enumerate((now.passing.enthalpy_by, now.passing.humidity_by))
                for column, slope in enumerate(by)
            ]
        )

    def _heat_slopes(self, now: Now) -> tuple[Parts, Parts]:
        """Heat into the skins by what enters volumes and by the state at their ends."""
        piece, size, (by_mean, by_vapour, _) = now.stage.piece, self.volumes, now.surface.heat_by
        share, moist = now.mean.share[piece], now.mean.moist_share[piece]
        by_humidity = by_vapour * now.mean.rise[piece]
        inlet = Inlet(*(each[piece] for each in now.inlet))
        entering = inlet.chained((1.0 - share) * by_mean, (1.0 - moist) * by_humidity)
        row = now.stage.opened
        at_inlet = [(row, piece + k * size, slope) for k, slope in enumerate(entering)]
        own = (share * by_mean, moist * by_humidity)
        return at_inlet, [(row, piece + k * size, slope) for k, slope in enumerate(own)]

    def _parted(self, unknown: Array) -> tuple[Array, Array, Array]:
        size = self.volumes
        return unknown[:size], unknown[size : 2 * size], unknown[2 * size :]

    def _spread(self, values: tuple[float, float, float]) -> Array:
        """One value for each kind of unknown, for all unknowns."""
        return np.repeat(values, [self.volumes, self.volumes, self.coolers.first.size])

    def _by_skin(self, opened: Index, value: Array) -> Array:
        """Values of skins that are open, 0 of the others."""
        every = np.zeros(self.skins)
        every[opened] = value
        return every
