"""Thirty years of cold water through a fracture, 200,704 cells, against two simulators.

``python -m benchmarks.rock_fracture_200k`` ends with one line of JSON. The problem, its exact
solution and what the peers do are those of `benchmarks._fracture`.
"""

from benchmarks._fracture import DARTS, OGS, SMALL, Peer, Recorded, report
from benchmarks._fracture_comine import ours

PEERS = (
    Peer("open-DARTS 2.0.0", DARTS, "benchmarks/_darts.py", 4, Recorded(149.0, 0.927)),
    Peer("OpenGeoSys 6.5.9, HT", OGS, "benchmarks/_ogs.py", 3, Recorded(232.0, 0.592)),
)
"""Recorded: 2.76 s and 4.2 s a step, scaled; one thread of a processor of 2026."""


if __name__ == "__main__":
    report("rock_fracture_200k", SMALL, ours, PEERS)
