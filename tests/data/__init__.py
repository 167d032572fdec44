"""Files that tests read."""

from pathlib import Path

FOLDER = Path(__file__).parent
SMALL = FOLDER / "small.toml"
NETWORKS = FOLDER / "networks"
