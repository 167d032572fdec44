"""A generated mine's air network of 20,000 branches against EPANET.

``python -m benchmarks.network_20000`` solves a mine of 20 levels with 331 stopes each from nothing
(names to flows) and ends with one line of JSON.
"""

from benchmarks._networks import generated, report

RECORDED = 1.1
"""EPANET through WNTR on another generated network of 19,960 branches, two cores [s]."""


if __name__ == "__main__":
    report("network_20000", generated(levels=20, stopes=331), RECORDED)
