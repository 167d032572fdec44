"""Thirty years of cold water through a fracture, 1,064,960 cells, against two simulators.

``python -m benchmarks.rock_fracture_1m`` ends with one line of JSON. The problem, its exact
solution and what the peers do are those of `benchmarks._fracture`.
"""

from benchmarks._fracture import DARTS, LARGE, OGS, Peer, Recorded, report
from benchmarks._fracture_comine import ours

PEERS = (
    Peer("open-DARTS 2.0.0", DARTS, "benchmarks/_darts.py", 1, Recorded(1432.0, 0.489)),
    Peer("OpenGeoSys 6.5.9, HT", OGS, "benchmarks/_ogs.py", 1, Recorded(2222.0, 0.574)),
)
"""Recorded: 26.5 s and 41 s a step, scaled; one thread of a processor of 2026."""


if __name__ == "__main__":
    report("rock_fracture_1m", LARGE, ours, PEERS)
