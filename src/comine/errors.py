"""Every error the user can meet. Say what, where, what was got, and what would do."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

SHOWN = 200
"""Faults listed in full; beyond that the rest is counted."""


_ARRAY = re.compile(r"array\(\[.*\]\)", re.DOTALL)


def brief(error: Exception) -> str:
    r"""Message of an error on one line, with "array" for what an array holds.

    >>> brief(ValueError("x must be above 0, got array([1.0,\n 2.0])"))
    'x must be above 0, got an array'
    """
    return " ".join(_ARRAY.sub("an array", str(error)).split())


class ComineError(Exception):
    """Base of all errors raised on purpose."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in what the user gave.

    >>> print(Fault("mine.toml", "site.depth", "no unit", "3200", "write '3200 m'"))
    mine.toml: site.depth: no unit; got 3200; write '3200 m'
    """

    file: str
    key: str
    wrong: str
    got: str = ""
    cure: str = ""
    line: int = 0
    """Of the file, from 1; 0 where it is not known."""

    def __str__(self) -> str:
        file = f"{self.file}:{self.line}" if self.file and self.line else self.file
        head = ": ".join(part for part in (file, self.key, self.wrong) if part)
        got = f"got {self.got}" if self.got else ""
        text = "; ".join(part for part in (head, got, self.cure) if part)
        return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


class FaultyError(ComineError):
    """What the user gave does not fit; carries every fault found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        lines = [f"  {fault}" for fault in self.faults[:SHOWN]]
        if (rest := len(self.faults) - SHOWN) > 0:
            lines.append(f"  ... and {rest} more")
        count = len(self.faults)
        super().__init__("\n".join([f"{count} fault{'s' * (count != 1)}:", *lines]))


class ProjectError(FaultyError):
    """The project file does not describe a project."""


class FieldError(ComineError):
    """A stage or model broke its promise about what it gives."""


class ModelError(ComineError):
    """A model cannot answer for these parameters; says which, and what would do."""


class ConvergenceError(ComineError):
    """A named fixed point did not settle within its iteration limit."""


class StudyError(ComineError):
    """A saved study cannot be read or does not fit."""
