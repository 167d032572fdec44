"""Commented starter projects that run as they stand."""

import json
import shutil
from importlib.resources import as_file, files
from pathlib import Path

from comine.errors import Fault, ProjectError
from comine.project import FILE


def write(folder: str | Path, kind: str = "mine") -> Path:
    """Write a starter project into a new folder and give back its project file.

    Parameters
    ----------
    folder : path
        To be made; its name becomes the project's.
    kind : {"mine", "heat"}
        Ore with its heat, or heat alone.

    Raises
    ------
    ProjectError
        If there is something at that path already.
    """
    home = Path(folder)
    if home.exists() or home.is_symlink():
        cure = "give a new name; nothing is overwritten"
        raise ProjectError([Fault(str(home), "", "is there already", "", cure)])
    home.parent.mkdir(parents=True, exist_ok=True)
    part = home.with_name(f".{home.name}.part")
    try:
        with as_file(files(__name__) / kind) as source:
            shutil.copytree(source, part)
        text = (part / FILE).read_text(encoding="utf-8")
        name = json.dumps(home.name[:120], ensure_ascii=False)
        (part / FILE).write_text(text.replace('"A starter"', name, 1), encoding="utf-8")
        part.rename(home)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return home / FILE
