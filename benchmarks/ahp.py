"""Weights of 20 criteria from pairwise comparisons, complete and with 38 of 190 pairs missing.

``python -m benchmarks.ahp`` ends with one line of JSON. The time is that of the checked
eigenvector weights; beside it stand the weights with every measure of consistency, and those of
the incomplete set by logarithmic least squares. Peer: AHPy, in an environment of its own; the
recorded times where it does not install.
"""

import json
import resource
import sys
import timeit
from collections.abc import Callable

import numpy as np

from benchmarks._peer import measured
from comine.decision.ahp import eigenvector_weights, geometric_mean_weights, prioritise
from comine.decision.incomplete import log_least_squares_weights
from comine.decision.judgement_samples import judgement_samples

SIZE, MISSING = 20, 38
AIM = 1e-4
RECORDED = {"complete": 1.1e-3, "incomplete": 0.841}
PEER = """
import json, sys, timeit
from ahpy import Compare
def seconds(judgements):
    pairs = {(str(i), str(j)): value for i, j, value in judgements}
    return min(timeit.repeat(lambda: Compare("set", pairs, precision=9), number=1, repeat=5))
given = json.load(sys.stdin)
pairs = {(str(i), str(j)): value for i, j, value in given["complete"]}
found = {key: seconds(judgements) for key, judgements in given.items()}
weights = Compare("set", pairs, precision=9).target_weights
print(json.dumps(found | {name: weights[name] for name in weights}))
"""


def best(call: Callable[[], object], number: int = 200) -> float:
    """Least mean time of a call [s]."""
    return min(timeit.repeat(call, number=number, repeat=9)) / number


def judgements(matrix: np.ndarray) -> list[tuple[int, int, float]]:
    """Known pairs above the diagonal."""
    known = np.argwhere(np.triu(~np.isnan(matrix), 1))
    return [(int(i), int(j), float(matrix[i, j])) for i, j in known]


def main() -> None:
    """Weigh, compare and print the line."""
    rng = np.random.default_rng(20)
    true = rng.dirichlet(np.full(SIZE, 3.0))
    noise = np.triu(rng.normal(0.0, 0.3, (SIZE, SIZE)), 1)
    complete = true[:, None] / true * np.exp(noise - noise.T)
    incomplete = complete.copy()
    rows, columns = np.triu_indices(SIZE, 2)  # the chain i, i + 1 stays
    gone = rng.choice(rows.size, MISSING, replace=False)
    incomplete[rows[gone], columns[gone]] = incomplete[columns[gone], rows[gone]] = np.nan

    values, vectors = np.linalg.eig(complete)
    exact = vectors[:, values.real.argmax()].real
    exact = exact / exact.sum()
    ours = best(lambda: eigenvector_weights(complete))
    incomplete_s = best(lambda: log_least_squares_weights(incomplete))
    peer = measured(
        ["ahpy==2.1"],
        PEER,
        {"complete": judgements(complete), "incomplete": judgements(incomplete)},
    )
    peer_error = None
    if peer is not None:
        theirs = [peer[str(i)] for i in range(SIZE)]
        peer_error = float(abs(np.array(theirs) - exact).max())
    times = peer or RECORDED
    draws = 10_000
    line = {
        "name": "ahp",
        "ours_s": ours,
        "peer": "AHPy 2.1",
        "peer_s": times["complete"],
        "ratio": round(times["complete"] / ours, 1),
        "error": float(abs(eigenvector_weights(complete) - exact).max()),
        "peer_error": peer_error,
        "memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 3),
        "aim_s": AIM,
        "geometric_mean_s": best(lambda: geometric_mean_weights(complete)),
        "with_consistency_s": best(lambda: prioritise(complete)),
        "consistency_index": round(prioritise(complete).consistency_index, 4),
        "incomplete_s": incomplete_s,
        "peer_incomplete_s": times["incomplete"],
        "incomplete_ratio": round(times["incomplete"] / incomplete_s),
        "judgement_samples": draws,
        "judgement_samples_s": best(
            lambda: judgement_samples(complete, draws, np.random.default_rng(0)), 1
        ),
    }
    if peer is None:
        line["peer_recorded"] = True
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
