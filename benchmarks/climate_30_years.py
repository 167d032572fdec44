"""Thirty years of a mine's air and coolers: 204 branches, skins alone, month by month.

``python -m benchmarks.climate_30_years`` ends with one line of JSON. The mine is that of
`benchmarks.mine_30_years`; its skins reach 150 m into rock that is one cell, as wide as it needs
to be to stay as it was, and openings do not feel each other. No peer does the same.
"""

import json
import sys
import time
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from benchmarks._mine import figures, plan, site
from comine.numerics.bundles import no_neighbours
from comine.numerics.embedded import Embedded
from comine.numerics.grid import Grid
from comine.numerics.skin_host import Hosts
from comine.numerics.skins import Matter, Shape, Skins, make_skins
from comine.underground.engine import Underground
from comine.underground.mine_air import mine_carrier
from comine.underground.operation import AIR, Operation, rock_of
from comine.underground.part import Part

REACH, WIDE, COARSE = 150.0, 1e5, 100.0


def alone(skins: Skins, matter: tuple[float, float]) -> Embedded:
    """The same walls with a reach of their own and one cell as host."""
    radius, count = skins.face[0], skins.wall_area.size
    made = make_skins(
        Shape("cylinder", radius, radius + REACH, skins.wall_area / (2 * np.pi * radius)),
        Matter(*(np.full(count, value) for value in matter)),
    )
    here, none = csr_array(np.ones((1, count))), csr_array((1, count))
    return Embedded(made, Hosts(here, csr_array(here.T), none, none), no_neighbours(12))


def prepared() -> Operation:
    """The mine in one cell of rock."""
    place, air_plan = site(), plan()
    rock = place.rock
    matter = (rock.conductivity, rock.conductivity / rock.diffusivity)
    x, y = (np.arange(-4000.0, 4001.0, COARSE) for _ in range(2))
    air = mine_carrier(air_plan, Grid(x, y, np.arange(0.0, 4001.0, COARSE)))
    air = replace(air, embedded=alone(air.embedded.skins, matter))
    part = Part(AIR, air.embedded, air.streams, air.undisturbed, air.streams.begun(0.0), air.axes)
    underground = Underground(Grid(*[np.array([0.0, WIDE])] * 3), rock_of(place), [part])
    return Operation(place, air_plan.months, underground, {}, {}, air_plan, air)


def main() -> None:
    """Run and print the line."""
    operation = prepared()
    begun = time.perf_counter()
    line = {"name": "climate_30_years", **figures(operation, operation.run(), begun)}
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
