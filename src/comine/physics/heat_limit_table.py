"""Table of the limits of the mine climate, read from its text and checked as a whole.

The shipped table is ``heat_limits.csv`` beside this module. It is no advice: laws change.

Sources
-------
Named with each limit. "verified" means read in the words of the named text, "to be verified"
recalled or read second-hand.
"""

import csv
from collections.abc import Mapping
from importlib.resources import files
from itertools import pairwise
from math import inf
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

__all__ = ["LIMITS", "HeatLimit", "Reading", "read_limits"]

Reading = Literal[
    "dry_bulb",
    "wet_bulb",
    "effective_temperature",
    "wet_bulb_globe",
    "thermal_work_limit",
    "virgin_rock_temperature",
]
Exceeded = Literal["above", "at or above", "below"]
Status = Literal["verified", "to be verified"]

COLUMNS = (
    "jurisdiction",
    "reading",
    "exceeded",
    "threshold",
    "unit",
    "work above [W]",
    "work to [W]",
    "consequence",
    "allowed time [h]",
    "source",
    "status",
)
_ZERO = {"degC": 273.15, "W/m2": 0.0}
_LONGEST = 24.0  # hours


class HeatLimit(NamedTuple):
    """One limit: what follows if a reading is on its wrong side.

    Thresholds and readings are in K, those of the Thermal Work Limit in W/m2. The limit holds for
    metabolic rates above `lightest` and up to `heaviest` [W]. `allowed_time` [s] is per shift, and
    absent where the source names none.
    """

    reading: Reading
    threshold: float
    exceeded: Exceeded
    consequence: str
    allowed_time: float | None
    source: str
    status: Status
    lightest: float = 0.0
    heaviest: float = inf

    @property
    def graded(self) -> bool:
        """Whether the limit holds for some metabolic rates only."""
        return self.lightest > 0.0 or self.heaviest < inf


def read_limits(text: str) -> Mapping[str, tuple[HeatLimit, ...]]:
    r"""Limits by jurisdiction from a table in CSV.

    Parameters
    ----------
    text : str
        Table with the columns of `COLUMNS`; within a jurisdiction the strictest limit first.

    Returns
    -------
    mapping of str to tuple of HeatLimit
        Limits of each jurisdiction in the order of the table; it cannot be changed.

    Raises
    ------
    ValueError
        If the table has faults; all are named with their lines.

    Examples
    --------
    >>> head = ",".join(COLUMNS)
    >>> row = "here,wet_bulb,above,27,degC,,,manage heat stress,,r. 635,verified"
    >>> read_limits(f"{head}\n{row}")["here"][0].threshold
    300.15
    """
    header, *rows = list(csv.reader(text.splitlines())) or [[]]
    faults: list[str] = []
    table: dict[str, list[HeatLimit]] = {}
    if tuple(header) != COLUMNS:
        faults.append(f"line 1: the columns must be {', '.join(COLUMNS)}")
        rows = []
    for line, cells in enumerate(rows, start=2):
        if len(cells) != len(COLUMNS):
            faults.append(f"line {line}: {len(cells)} cells; give {len(COLUMNS)}")
            continue
        row = dict(zip(COLUMNS, cells, strict=True))
        own: list[str] = []
        limit = _limit(row, own)
        faults += [f"line {line}: {fault}" for fault in own]
        if not own:
            table.setdefault(row["jurisdiction"], []).append(limit)
    faults += [fault for place, limits in table.items() for fault in _disorder(place, limits)]
    if faults:
        raise ValueError("table of heat limits:\n" + "\n".join(faults))
    return MappingProxyType({place: tuple(limits) for place, limits in table.items()})


def _limit(row: Mapping[str, str], faults: list[str]) -> HeatLimit:
    for name, kinds in (("reading", Reading), ("exceeded", Exceeded), ("status", Status)):
        if row[name] not in get_args(kinds):
            faults.append(f"{name} must be one of {get_args(kinds)}, got {row[name]!r}")
    faults += [f"{k} is empty" for k in ("jurisdiction", "consequence", "source") if not row[k]]
    cooling = row["reading"] == "thermal_work_limit"
    unit = "W/m2" if cooling else "degC"
    if row["unit"] != unit:
        faults.append(f"unit of {row['reading']} must be {unit}, got {row['unit']!r}")
    if cooling is not (row["exceeded"] == "below"):
        faults.append(f"{row['reading']} cannot be too much {row['exceeded']} its threshold")
    time = _number(row, "allowed time [h]", _LONGEST, faults)
    lightest = _number(row, "work above [W]", 2000.0, faults) or 0.0
    heaviest = _number(row, "work to [W]", 2000.0, faults) or inf
    if lightest >= heaviest:
        faults.append(f"work above {lightest:g} W and to {heaviest:g} W is no range")
    threshold = _number(row, "threshold", 1000.0, faults)
    if threshold is None:
        faults.append("threshold is empty or no number")
    return HeatLimit(
        row["reading"],  # type: ignore[arg-type] # a Reading, or there is a fault
        _ZERO[unit] + (threshold or 0.0),
        row["exceeded"],  # type: ignore[arg-type] # as above
        row["consequence"],
        None if time is None else time * 3600.0,
        row["source"],
        row["status"],  # type: ignore[arg-type] # as above
        lightest,
        heaviest,
    )


def _number(row: Mapping[str, str], name: str, most: float, faults: list[str]) -> float | None:
    """Cell of a row, from 0 to `most`; none if it is empty or at fault."""
    if not row[name]:
        return None
    try:
        value = float(row[name])
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= most:
        faults.append(f"{name} must be a number in 0..{most:g}, got {row[name]!r}")
        return None
    return value


def _disorder(place: str, limits: list[HeatLimit]) -> list[str]:
    """What keeps the limits of a jurisdiction from running from the strictest down."""
    faults = []
    for kind in dict.fromkeys((limit.reading, limit.lightest, limit.heaviest) for limit in limits):
        alike = [e for e in limits if (e.reading, e.lightest, e.heaviest) == kind]
        for first, second in pairwise(alike):
            fall = first.threshold - second.threshold
            if not (fall < 0.0 if second.exceeded == "below" else fall > 0.0):
                faults.append(f"{place}: {kind[0]} must run from the strictest limit down")
    times = [limit.allowed_time for limit in limits if limit.allowed_time is not None]
    if times != sorted(times):
        faults.append(f"{place}: allowed times must run from the shortest up")
    return faults


LIMITS = read_limits(files("comine.physics").joinpath("heat_limits.csv").read_text("utf-8"))
"""Limits by jurisdiction, each list from the strictest consequence down."""
