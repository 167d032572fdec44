"""Skins of a large mine through thirty years: 10,000 skins, 360 months.

``python -m benchmarks.skins`` steps a mixed batch (bare and insulated airways, boreholes) through
monthly air and a moving host with a film that changes every step; it ends with one line of JSON.
``error`` is the greatest deviation of the heat flow of a bare airway, stepped monthly, from the
exact one, from the first year on; ``ledger`` the greatest energy residual over the heat exchanged.
"""

import json
import resource
import sys
import time

import numpy as np

from comine.numerics.skin_stage import GAMMA, eliminate, step
from comine.numerics.skins import Layers, Matter, Shape, Skins, heat_stored, make_skins
from comine.physics.strata import wall_flux_ratio

SKINS, MONTHS = 10_000, 360
MONTH = 30.4375 * 86400.0
CONDUCTIVITY, CAPACITY = 3.0, 2_252_500.0


def batch() -> Skins:
    """Airways of 1 to 4 m, every third of them insulated, and boreholes."""
    random = np.random.default_rng(1)
    radius = np.where(np.arange(SKINS) % 2, random.uniform(1.0, 4.0, SKINS), 0.1)
    radius[0] = 2.0
    reach = np.where(np.arange(SKINS) == 0, 250.0, radius + 25.0)
    layer = np.where((radius > 0.5) & (np.arange(SKINS) % 3 == 1), 0.05, 0.0)
    properties = np.full((1, SKINS), 0.05), np.full((1, SKINS), 5e4)
    shape = Shape("cylinder", radius, reach, np.full(SKINS, 20.0))
    matter = Matter(np.full(SKINS, CONDUCTIVITY), np.full(SKINS, CAPACITY))
    return make_skins(shape, matter, Layers(layer[None], *properties))


def deviation(skins: Skins) -> float:
    """Greatest relative deviation of the first skin from the exact step response."""
    first = Skins(*(each[..., :1] for each in skins))
    stage, rings = eliminate(first, GAMMA * MONTH), np.zeros_like(first.capacity)
    worst = 0.0
    for month in range(1, MONTHS + 1):
        rings, wall, *_ = step(stage, rings, 20.0, 1.0, 0.0)
        nodes, weights = np.polynomial.legendre.leggauss(8)
        age = (month - 0.5 + 0.5 * nodes) * MONTH * CONDUCTIVITY / CAPACITY / 4.0
        exact = wall_flux_ratio(age, 40.0 / CONDUCTIVITY) @ weights / 2.0
        exact *= 2.0 * np.pi * CONDUCTIVITY * 20.0
        if month > 12:
            worst = max(worst, abs(float(wall[0]) / float(exact) - 1.0))
    return worst


def main() -> None:
    """Run and print the line."""
    begun = time.perf_counter()
    skins = batch()
    made = time.perf_counter() - begun
    seasons = 10.0 * np.sin(2.0 * np.pi / 12.0 * (np.arange(MONTHS)[:, None] + [GAMMA, 1.0]))
    rings, exchanged, given = np.zeros_like(skins.capacity), np.zeros(SKINS), np.zeros(SKINS)
    film = np.full(SKINS, 20.0)
    begun = time.perf_counter()
    stage = eliminate(skins, GAMMA * MONTH)
    for month in range(MONTHS):
        film[month % SKINS :: 7] = 15.0 + month % 10
        air = np.broadcast_to(seasons[month][:, None] - 20.0, (2, SKINS))
        rings, wall, handed, _ = step(stage, rings, film, air, np.full(SKINS, -0.01 * month))
        given += (wall - handed) * MONTH
        exchanged += (np.abs(wall) + np.abs(handed)) * MONTH
    ours = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # KiB on Linux
    line = {
        "name": "skins",
        "ours_s": round(ours, 2),
        "peer": None,
        "peer_s": None,
        "ratio": None,
        "error": round(deviation(skins), 5),
        "peer_error": None,
        "memory_gb": round(memory / 1e9, 3),
        "skins": SKINS,
        "steps": MONTHS,
        "rings": int(skins.capacity.shape[0]),
        "mesh_s": round(made, 2),
        "ledger": float(f"{np.max(np.abs(heat_stored(skins, rings) - given) / exchanged):.1e}"),
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
