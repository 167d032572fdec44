"""One run at a time in a folder."""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from comine.errors import ComineError

LOCK = ".lock"
_BUSY = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder as long as the block runs; the system lets go of it if the program dies.

    Raises
    ------
    ComineError
        If another run holds it.
    """
    lock = folder / LOCK
    with lock.open("a") as file:
        try:
            _hold(file.fileno())
        except OSError as error:
            if error.errno in _BUSY:
                raise ComineError(
                    f"another run is writing into {folder}; wait for it, or give another folder"
                ) from None
        try:
            yield
        finally:
            with suppress(OSError):
                lock.unlink()


def _hold(descriptor: int) -> None:
    """Lock an open file or raise OSError at once."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
