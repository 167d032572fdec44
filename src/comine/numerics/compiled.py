"""Compilation of loops, and the threads that share them.

Kernels are compiled at their first call and kept on disk beside the source, or in the cache folder
of the user where the source cannot be written; where neither can be, they are compiled anew in each
process. A kernel must call compiled functions of its own file only: the file is what tells a kept
kernel from an outdated one.

A kernel works on a range of a fixed number of parts. Each thread runs the same machine code on
its own parts, so that results do not depend on their number. Threads wait asleep: where cores are
shared, threads that wait busily, as those of OpenMP do, cost a factor of ten and more.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")

PARTS = 64
"""Parts that threads share; fixed, for sums that do not depend on the number of threads."""
REORDER = {"reassoc", "contract", "nsz"}
"""Freedom of the compiler in sums: enough to use wide registers, NaN and infinity stay right."""
_COUNT = ContextVar("threads", default=1)


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function of loops, which then runs beside other threads.

    Parameters
    ----------
    function : callable
        Function of arrays and numbers in the subset of Python that numba compiles.

    Returns
    -------
    callable
        The same function, compiled at its first call.

    Examples
    --------
    >>> @compiled
    ... def total(values):
    ...     result = 0.0
    ...     for value in values:
    ...         result += value
    ...     return result
    >>> import numpy as np
    >>> total(np.array([1.0, 2.5]))
    3.5
    """
    try:
        made = numba.njit(cache=True, nogil=True, fastmath=REORDER)(function)
    except RuntimeError:  # no folder that can be written to
        made = numba.njit(nogil=True, fastmath=REORDER)(function)
    return cast("Callable[P, R]", made)


def share(kernel: Callable[..., None], *arguments: object) -> None:
    """Run a kernel on all parts, shared among the threads in force.

    Parameters
    ----------
    kernel : callable
        Takes the arguments, the first part and the part after the last.
    *arguments : object
        Arguments of the kernel.

    Returns
    -------
    None

    Examples
    --------
    >>> parts = []
    >>> share(lambda first, last: parts.extend(range(first, last)))
    >>> parts == list(range(PARTS))
    True
    """
    count = _COUNT.get()
    if count == 1:
        kernel(*arguments, 0, PARTS)
        return
    pool = _pool(os.getpid(), count)
    ends = [PARTS * i // count for i in range(count + 1)]
    others = [pool.submit(kernel, *arguments, *ends[i : i + 2]) for i in range(1, count)]
    kernel(*arguments, *ends[:2])
    for other in others:
        other.result()


@cache
def _pool(process: int, count: int) -> ThreadPoolExecutor:
    """Threads beside the calling one; a forked process makes its own."""
    return ThreadPoolExecutor(count - 1, thread_name_prefix=f"kernels-{process}")


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Run kernels on a number of threads within a block; one, where no block says more.

    Parameters
    ----------
    count : int
        Threads, 1 to 64.

    Returns
    -------
    context manager
        Gives nothing; restores the number that was in force.

    Raises
    ------
    ValueError
        If the number is out of range.

    Examples
    --------
    >>> with threads(2):
    ...     threads_in_force()
    2
    """
    if not 1 <= count <= PARTS:
        raise ValueError(f"threads: got {count}; give 1 to {PARTS}")
    token = _COUNT.set(count)
    try:
        yield
    finally:
        _COUNT.reset(token)


def threads_in_force() -> int:
    """Threads that kernels run on here.

    Returns
    -------
    int
        Number of threads.

    Examples
    --------
    >>> threads_in_force()
    1
    """
    return _COUNT.get()
