"""The shipped Sanshandao example as a user runs it: the whole command, and how fast it starts.

``python -m benchmarks.study`` runs ``comine run examples/sanshandao`` in a process of its own
(three strategies, 30 years, report and tables included) and ``comine --help``; it ends with one
line of JSON.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from comine import Study

ROOT = Path(__file__).parent.parent
COMMAND = [sys.executable, "-c", "from comine.cli import main; main()"]
STARTS = 5


def seconds(*arguments: str) -> float:
    """Wall time of one call of the command [s]."""
    begun = time.perf_counter()
    done = subprocess.run(
        [*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    taken = time.perf_counter() - begun
    if done.returncode != 0:
        raise SystemExit(f"comine {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return taken


def main() -> None:
    """Run both and print the line."""
    with tempfile.TemporaryDirectory() as folder:
        ours = seconds("run", "examples/sanshandao", "--out", folder)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024  # KiB on Linux
        residual = Study.load(Path(folder) / "study.nc").ledger_residual
    line = {
        "name": "study",
        "ours_s": round(ours, 2),
        "peer": None,
        "peer_s": None,
        "ratio": None,
        "error": residual,
        "peer_error": None,
        "memory_gb": round(memory / 1e9, 3),
        "help_s": round(min(seconds("--help") for _ in range(STARTS)), 3),
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
