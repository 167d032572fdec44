"""A real mine's air network of 1,001 branches against EPANET.

``python -m benchmarks.network_1001`` solves the network of the Jinchuan mine from nothing (names to
flows) and ends with one line of JSON.
"""

from benchmarks._networks import jinchuan, report

RECORDED = 0.11
"""EPANET through WNTR on a generated network of 1,038 branches, two cores [s]."""


if __name__ == "__main__":
    report("network_1001", jinchuan(), RECORDED)
