"""Tables of fluids kept on disk between runs, in the user's folder for such files.

A table takes about a second to build. Its file is named after the fluid, the version of CoolProp,
the layout of tables and the range, is written under another name first, and is built anew when it
cannot be read. Where the folder cannot be written, tables are only kept in memory.
"""

import hashlib
import os
import re
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import numpy as np

from comine.physics.fluid_table import (
    LAYOUT,
    PROPERTIES,
    FluidRange,
    FluidTable,
    node_states,
    patches_of,
)

Build = Callable[[str, FluidRange], FluidTable]
UNREADABLE = (
    OSError,
    ValueError,
    LookupError,
    EOFError,
    RuntimeError,
    SyntaxError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading a damaged file raises."""


def cached_table(name: str, span: FluidRange, build: Build) -> FluidTable:
    """Table of a fluid from the disk, or built and left there.

    Parameters
    ----------
    name : str
        Name of the fluid in CoolProp.
    span : FluidRange
        Range of the table.
    build : callable
        Makes the table where there is none, such as `comine.physics.fluid_build.build_table`.

    Returns
    -------
    FluidTable
        The table.

    Raises
    ------
    ValueError
        If the table cannot be built.

    Examples
    --------
    >>> from comine.physics.fluid_build import build_table
    >>> table = cached_table("Nitrogen", FluidRange(250.0, 400.0, 1e7), build_table)
    >>> [layers.shape for layers in table.layers]
    [(6, 160, 64), (6, 80, 24), (6, 80, 20)]
    """
    key = f"{name} {version('coolprop')} {LAYOUT} {span!r}"
    try:
        folder = cache_folder()
    except RuntimeError:  # nobody's home
        return build(name, span)
    path = folder / f"{_plain(name)}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.npz"
    with suppress(*UNREADABLE):
        return _read(path, key, span)
    table = build(name, span)
    with suppress(OSError):
        _write(path, key, table)
    return table


def cache_folder() -> Path:
    """Folder of the tables: ``COMINE_CACHE``, or the user's folder for such files.

    Returns
    -------
    Path
        The folder, which need not exist.

    Examples
    --------
    >>> cache_folder().name
    'fluids'
    """
    if own := os.environ.get("COMINE_CACHE"):
        return Path(own) / "fluids"
    home = Path("~").expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "comine" / "fluids"


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", name)


def _read(path: Path, key: str, span: FluidRange) -> FluidTable:
    with np.load(path, allow_pickle=False) as file:
        if str(file["key"]) != key:
            raise ValueError("another table")
        critical, box_pressure = file["critical"], float(file["box_pressure"])
        both = float(critical[0]), float(critical[1])
        patches = patches_of(both, box_pressure, span)
        layers = tuple(file[f"layers{number}"] for number in range(len(patches)))
        table = FluidTable(both, box_pressure, file["saturation"], patches, layers)
    for patch, layer in zip(patches, layers, strict=True):
        if layer.shape != (len(PROPERTIES), *patch.nodes) or not np.isfinite(layer).all():
            raise ValueError("a damaged table")
        node_states(patch, table)
    return table


def _write(path: Path, key: str, table: FluidTable) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(
                file,
                allow_pickle=False,
                key=np.array(key),
                critical=np.array(table.critical),
                box_pressure=np.array(table.box_pressure),
                saturation=table.saturation,
                **{f"layers{number}": layer for number, layer in enumerate(table.layers)},
            )
        Path(draft).replace(path)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise
