"""What a mine's air is to do month by month: where it flows, what is given to it."""

from dataclasses import dataclass

import numpy as np

from comine.models.mine import Mine
from comine.models.mining import MONTHS, YEAR, Schedule
from comine.models.site import Site
from comine.physics import Array
from comine.physics.air import humidity_ratio_from_relative_humidity
from comine.physics.air_energy import DRY_HEAT
from comine.physics.airway import film_coefficient
from comine.physics.water import LIQUID_HEAT
from comine.underground.airflow import Air, Sources
from comine.underground.openings import Branch, Openings

PIECE = 150.0
"""Greatest length of a piece of an airway [m]."""
DIESEL_WATER = 1.1 / 34e6
"""Water in the exhaust by fuel energy [kg/J]: 1.1 litres a litre of 34 MJ (McPherson, recalled)."""


def outside_air(site: Site, months: int) -> Air:
    """Air at the collar: the year's twelve months over and over."""
    climate = site.climate
    assert climate is not None, "a mine has a climate; the project checks it"
    turn = np.arange(months) % MONTHS
    temperature = climate.monthly["dry_bulb"][turn]
    pressure = np.full(months, climate.pressure)
    humidity = humidity_ratio_from_relative_humidity(
        temperature, climate.monthly["relative_humidity"][turn], pressure
    )
    return Air(temperature, humidity, pressure)


@dataclass(frozen=True)
class AirPlan:
    """A mine, its openings and its schedule over the months of the study."""

    site: Site
    mine: Mine
    openings: Openings
    schedule: Schedule
    months: int

    @property
    def levels(self) -> list[int]:
        """Numbers of the levels that are opened within the study."""
        opened = self.schedule.opened
        return [number for number in range(opened.size) if opened[number] < self.months]

    def window(self, number: int) -> slice:
        """Months in which a level is open."""
        return slice(int(self.schedule.opened[number]), int(self.schedule.closed[number]))

    def shaft_window(self, number: int) -> slice:
        """Months in which any level from `number` downwards is open."""
        below = [self.window(n) for n in self.levels if n >= number]
        return slice(min(w.start for w in below), max(w.stop for w in below))

    def level_flow(self, number: int) -> Array:
        """Dry air to a level in every month of the study: (months,) [kg/s]."""
        flow = np.zeros(self.months)
        flow[self.window(number)] = self.mine.ventilation.level_flow
        return flow

    def shaft_flow(self, number: int) -> Array:
        """Dry air in the shafts above a level in every month of the study: (months,) [kg/s]."""
        flows = [self.level_flow(n) for n in self.levels if n >= number]
        return np.asarray(np.sum(flows, axis=0))

    def sources(self, number: int, window: slice) -> Sources:
        """Heat and water given to the stopes of a level in a window of months."""
        months = np.arange(window.start, window.stop)
        mines = (months >= self.schedule.first[number]).astype(float)
        air = self.mine.ventilation
        depth = float(self.mine.layout.level_depths[number])
        rock = self.site.rock
        hot = float(self.site.geotherm.temperature(depth, self.site.surface_temperature))
        excess = max(hot - air.wet_bulb_limit, 0.0)
        ore = np.repeat(self.schedule.ore[:, number] / YEAR, MONTHS)[window]
        inflow = (self.site.inflow or 0.0) / max(len(self.levels), 1)
        return Sources(
            machines=(air.electric + air.diesel) * mines,
            exhaust=air.diesel * DIESEL_WATER * mines,
            broken_rock=ore * rock.heat_capacity * excess * air.broken_rock_share,
            water=np.full(months.size, inflow * LIQUID_HEAT * excess * air.water_effectiveness),
        )

    def pieces(self, branch: Branch, flow: Array, most: int) -> int:
        """Pieces of a branch, so short that the air goes no more than half way to the wall's state.

        Air at rest would want ever more of them; `most` bounds the work.
        """
        film = film_coefficient(
            branch.friction,
            flow.min() / branch.count,
            branch.area,
            branch.perimeter,
            self.site.surface_temperature,
        )
        surface = branch.perimeter * branch.length * branch.count
        taken = (film + self.mine.ventilation.film_radiation) * surface
        reach = float(taken / (DRY_HEAT * max(flow.min(), 1e-9)))
        return max(2, int(np.ceil(branch.length / PIECE)), min(int(np.ceil(reach)), most))

    def tag(self, number: int) -> str:
        """Depth of a level as its branches carry it in their names."""
        return f"{float(self.mine.layout.level_depths[number]):.0f}"
