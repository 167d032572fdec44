"""Peers of the benchmarks, each in an environment of its own."""

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

INSTALL_LIMIT = 600.0
RUN_LIMIT = 600.0


def measured(packages: Sequence[str], code: str, given: object) -> dict[str, float] | None:
    """What `code` finds with the packages installed, or None if they do not install.

    The code reads `given` as JSON from its input and writes one line of JSON.
    """
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        install = [python, "-m", "pip", "install", "--quiet", *packages]
        try:
            subprocess.run(install, check=True, capture_output=True, timeout=INSTALL_LIMIT)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return None
        done = subprocess.run(
            [python, "-c", code],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            check=True,
            timeout=RUN_LIMIT,
        )
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found
