"""Peers of the benchmarks, each in an environment of its own."""

import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

INSTALL_LIMIT = 600.0
RUN_LIMIT = 600.0
ROOT = Path(__file__).parent.parent


def measured(packages: Sequence[str], code: str, given: object) -> dict[str, float] | None:
    """What `code` finds with the packages installed, or None if they do not install.

    The code reads `given` as JSON from its input and writes one line of JSON.
    """
    with tempfile.TemporaryDirectory() as folder:
        if not install(Path(folder), packages):
            return None
        done = subprocess.run(
            [python_of(Path(folder)), "-c", code],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            check=True,
            timeout=RUN_LIMIT,
        )
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found


def python_of(folder: Path) -> Path:
    """Interpreter of an environment."""
    return folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"


def install(folder: Path, packages: Sequence[str]) -> bool:
    """Make an environment with the packages; whether they install."""
    venv.create(folder, clear=True, with_pip=True)
    command: list[str | Path] = [python_of(folder), "-m", "pip", "install", "--quiet", *packages]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=INSTALL_LIMIT)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return False
    return True


def kept(packages: Sequence[str]) -> Path | None:
    """Environment below the user's cache folder, made when it is missing; None where it cannot be.

    Several runs share it. Remove the folder ``comine-benchmarks`` in the cache to be rid of it.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "comine-benchmarks" / "-".join(packages).replace("==", "-")
    ready = folder / "ready"
    if not ready.exists():
        if not install(folder, packages):
            return None
        ready.touch()
    return folder


def run(
    folder: Path,
    script: str,
    given: object,
    variables: Mapping[str, str],
    limit: float = RUN_LIMIT,
) -> dict[str, Any] | None:
    """What a script of this repository finds in a kept environment, with variables of its own.

    It reads `given` as JSON from its input and writes, last, one line of JSON. None if it fails or
    takes longer than the limit [s]; the reason goes to the standard error.
    """
    try:
        done = subprocess.run(
            [python_of(folder), ROOT / script],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            check=True,
            timeout=limit,
            env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        )
    except subprocess.TimeoutExpired:
        sys.stderr.write(f"{script}: longer than {limit:g} s\n")
        return None
    except subprocess.CalledProcessError as failed:
        sys.stderr.write(f"{script} failed:\n{failed.stderr[-2000:]}\n")
        return None
    return dict(json.loads(done.stdout.splitlines()[-1]))
