"""Thirty years of a mine's rock, air and coolers: 204 branches, 477,000 cells, month by month.

``python -m benchmarks.mine_30_years`` ends with one line of JSON; ``ours_s`` is the run,
``prepare_s`` the laying of the openings into the grid before it. No peer does the same.
"""

import json
import sys
import time
from dataclasses import replace

from benchmarks._mine import YEARS, figures, plan, site
from comine.models.mining import MONTHS
from comine.numerics.coupled import CoupledControl
from comine.underground.operation import prepare

CELLS, THREADS = 500_000, 2


def main() -> None:
    """Run and print the line."""
    begun = time.perf_counter()
    operation = prepare(site(), YEARS * MONTHS, {}, plan(), cells=CELLS)
    underground = replace(operation.underground, control=CoupledControl(threads=THREADS))
    operation = replace(operation, underground=underground)
    made, begun = time.perf_counter() - begun, time.perf_counter()
    history = operation.run()
    line = {
        "name": "mine_30_years",
        **figures(operation, history, begun),
        "prepare_s": round(made, 1),
        "threads": THREADS,
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
