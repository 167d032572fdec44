"""Reference cases: JSON files with inputs, expected values, tolerance and source."""

import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


def load_case(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def case(name):
    """Mark a test as the one that runs the reference case `name`."""
    if not (FOLDER / f"{name}.json").exists():
        raise FileNotFoundError(f"no reference case {name!r}")
    return pytest.mark.case(name)
