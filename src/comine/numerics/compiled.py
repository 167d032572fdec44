"""Compilation of loops, and the number of threads they run on.

Kernels are compiled at their first call and kept on disk beside the source, or in the cache folder
of the user where the source cannot be written; where neither can be, they are compiled anew in each
process. A kernel must call compiled functions of its own file only: the file is what tells a kept
kernel from an outdated one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")

_COUNT = ContextVar("threads", default=1)

REORDER = {"reassoc", "contract", "nsz"}
"""Freedom of the compiler in sums: enough to use wide registers, NaN and infinity stay right."""


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function of loops for one thread.

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
    return _kept(function, parallel=False)


def compiled_parallel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function whose `numba.prange` loops are shared among threads.

    Parameters
    ----------
    function : callable
        As in `compiled`. It holds one `prange` loop: the compiler may fuse several, so that one
        would read what another has not written yet.

    Returns
    -------
    callable
        The same function, compiled at its first call.

    Examples
    --------
    >>> import numpy as np
    >>> @compiled_parallel
    ... def doubled(values, out):
    ...     for i in numba.prange(values.size):
    ...         out[i] = 2.0 * values[i]
    >>> out = np.zeros(2)
    >>> doubled(np.array([1.0, 2.5]), out)
    >>> out
    array([2., 5.])
    """
    made = _kept(function, parallel=True)

    @wraps(function)
    def launched(*args: P.args, **kwargs: P.kwargs) -> R:
        before, count = numba.get_num_threads(), _COUNT.get()
        if before == count:
            return made(*args, **kwargs)
        numba.set_num_threads(count)
        try:
            return made(*args, **kwargs)
        finally:
            numba.set_num_threads(before)

    return launched


def _kept(function: Callable[P, R], parallel: bool) -> Callable[P, R]:
    try:
        made = numba.njit(cache=True, parallel=parallel, fastmath=REORDER)(function)
    except RuntimeError:  # no folder that can be written to
        made = numba.njit(parallel=parallel, fastmath=REORDER)(function)
    return cast("Callable[P, R]", made)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Run compiled loops on a number of threads within a block.

    Parameters
    ----------
    count : int
        Threads, from 1 to what the process was started with.

    Returns
    -------
    context manager
        Gives nothing; restores the number that was in force.

    Raises
    ------
    ValueError
        If the process has fewer threads.

    Examples
    --------
    >>> with threads(1):
    ...     threads_in_force()
    1
    """
    most = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]
    if not 1 <= count <= most:
        raise ValueError(f"threads: got {count}; give 1 to {most}")
    token = _COUNT.set(count)
    try:
        yield
    finally:
        _COUNT.reset(token)


def threads_in_force() -> int:
    """Threads that compiled loops run on here: one, unless a block of `threads` says more.

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
