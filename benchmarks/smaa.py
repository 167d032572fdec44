"""Ranking of 30 sites by 20 criteria under 10,000 samples of the weights, and of the values too.

``python -m benchmarks.smaa`` ends with one line of JSON. The time is that of the samples of the
weights and the whole SMAA-2 with a third of the values unknown within intervals. Peer: the
weighted sum of pymcdm in a loop over the weights, of which it runs a part that is scaled (certain
values, ranks only, no acceptability); the recorded time where it does not install. Beside it stand
TOPSIS and PROMETHEE II of 100,000 alternatives.
"""

import json
import resource
import sys
import time
from collections.abc import Callable

import numpy as np

from benchmarks._peer import measured
from comine.decision.promethee import Preference, promethee
from comine.decision.smaa import acceptability
from comine.decision.topsis import topsis
from comine.decision.weight_samples import simplex_weights

SAMPLES, SITES, CRITERIA = 10_000, 30, 20
AIMS = {"aim_s": 0.15, "topsis_aim_s": 0.1, "promethee_aim_s": 3.0}
MANY = 100_000
PEER_SAMPLES = 500
RECORDED = 10.2
PEER = """
import json, sys, time
import numpy as np
from pymcdm.methods import WSM
from pymcdm.helpers import rrankdata
given = json.load(sys.stdin)
matrix, weights = np.array(given["values"]), np.array(given["weights"])
method, types = WSM(), np.ones(matrix.shape[1])
method(matrix, weights[0], types)
begun = time.perf_counter()
ranks = [rrankdata(method(matrix, w, types)) for w in weights]
print(json.dumps({"seconds": time.perf_counter() - begun}))
"""


def best(call: Callable[[], object], repeat: int = 5) -> float:
    """Least time of a call [s]."""
    times = []
    for _ in range(repeat):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return min(times)


def exact_error() -> float:
    """Greatest error of the shares of ranks against the closed form of two criteria."""
    w = simplex_weights(SAMPLES, 2, np.random.default_rng(0))
    found = acceptability(w, [[1.0, 0.0], [0.0, 1.0], [0.6, 0.6]]).ranks
    return float(abs(found - [[0.4, 0.1, 0.5], [0.4, 0.1, 0.5], [0.2, 0.8, 0.0]]).max())


def main() -> None:
    """Rank, compare and print the line."""
    rng = np.random.default_rng(30)
    low = rng.uniform(3.0, 9.0, (SITES, CRITERIA))
    unknown = rng.random(low.shape) < 1.0 / 3.0
    high = np.where(unknown, 9.0, low)
    low = np.where(unknown, 3.0, low)

    def both() -> None:
        source = np.random.default_rng(0)
        weights = simplex_weights(SAMPLES, CRITERIA, source)
        acceptability(weights, low, high, rng=source)

    def weights_alone() -> None:
        acceptability(simplex_weights(SAMPLES, CRITERIA, np.random.default_rng(0)), low)

    ours, certain = best(both), best(weights_alone)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    some = simplex_weights(PEER_SAMPLES, CRITERIA, np.random.default_rng(0))
    peer = measured(["pymcdm==1.4.0"], PEER, {"values": low.tolist(), "weights": some.tolist()})
    peer_s = peer["seconds"] * SAMPLES / PEER_SAMPLES if peer else RECORDED
    table = rng.uniform(1.0, 9.0, (MANY, CRITERIA))
    equal, up = np.full(CRITERIA, 1.0 / CRITERIA), np.ones(CRITERIA)
    linear = [Preference("linear", indifference=0.5, strict=2.0)] * CRITERIA
    line = {
        "name": "smaa",
        "ours_s": round(ours, 4),
        "peer": "pymcdm 1.4.0",
        "peer_s": round(peer_s, 2),
        "ratio": round(peer_s / ours, 1),
        "error": exact_error(),
        "peer_error": None,
        "memory_gb": round(memory / 1e9, 3),
        "certain_values_s": round(certain, 4),
        "certain_values_ratio": round(peer_s / certain, 1),
        "topsis_s": round(best(lambda: topsis(table, equal, up)), 4),
        "promethee_s": round(best(lambda: promethee(table, equal, up, linear), 2), 3),
        **AIMS,
        "peer_scaled" if peer else "peer_recorded": True,
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
