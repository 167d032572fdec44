"""Runs kept in a file, from which they go on exactly as if they had never stopped."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import ArrayLike

from comine.errors import ComineError
from comine.numerics.advection import Transport
from comine.numerics.carrier import Walls
from comine.numerics.skin_stage import eliminate
from comine.underground.engine import Underground
from comine.underground.faults import WARM
from comine.underground.history import Recording
from comine.underground.rock import at_temperature
from comine.underground.schedule import Schedule

HOUR = 3600.0


class CheckpointError(ComineError):
    """A checkpoint cannot be read or belongs to another run."""


def save(path: Path, underground: Underground, schedule: Schedule, recording: Recording) -> None:
    """Write a recording; the file is whole at any time.

    Parameters
    ----------
    path : Path
        The file.
    underground : Underground
        What there is.
    schedule : Schedule
        Its times.
    recording : Recording
        A run so far.
    """
    key = digest(underground, schedule, recording.times)
    beside = path.with_name(path.name + ".part")
    with beside.open("wb") as file:
        np.savez(file, allow_pickle=False, key=np.array(key), **recording.arrays())
    beside.replace(path)


def load(path: Path, underground: Underground, schedule: Schedule, until: float) -> Recording:
    """Read a recording.

    Parameters
    ----------
    path : Path
        The file.
    underground : Underground
        What there is.
    schedule : Schedule
        Its times.
    until : float
        End of the run [s].

    Returns
    -------
    Recording

    Raises
    ------
    CheckpointError
        If the file is none or belongs to another run.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        recording, key = Recording.from_arrays(arrays), str(arrays["key"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise CheckpointError(
            f"{path}: is no checkpoint of a run ({error}); name another file or remove it"
        ) from error
    times = recording.times
    if times != schedule.times(until, tuple(underground.exchanges))[: len(times)].tolist():
        raise CheckpointError(
            f"{path}: belongs to a run with other times of report, up to {times[-1]:g} s; give "
            "those, a later end, or name another file"
        )
    if key != digest(underground, schedule, times):
        raise CheckpointError(
            f"{path}: belongs to a run of other rock, openings, grid or steps; name another file, "
            "or give what it was begun with"
        )
    return recording


def digest(underground: Underground, schedule: Schedule, times: Sequence[float]) -> str:
    """Digest of all that a run up to some times depends on.

    Carriers are asked what they answer at these times, so functions of time count by their values.

    Parameters
    ----------
    underground : Underground
        What there is.
    schedule : Schedule
        Its steps and begins.
    times : sequence of float
        Ends of the intervals [s].

    Returns
    -------
    str
        Digest; equal to seven digits of every number.
    """
    total = hashlib.sha256()
    for array in _inputs(underground, schedule, times):
        total.update(np.ascontiguousarray(array, dtype=np.float32).tobytes())
    return total.hexdigest()


def _inputs(
    underground: Underground, schedule: Schedule, times: Sequence[float]
) -> Iterator[ArrayLike]:
    problem, last = underground.problem, times[-1] if times else 0.0
    yield from underground.grid.edges
    start = underground.start()
    for warmer in (0.0, 50.0, 100.0):
        exchange = problem.rock.exchange(start.cells + warmer)
        yield from (exchange.operator.links, problem.rock.capacity_at(start.cells + warmer))
    yield from (problem.rock.produced, problem.blocks.count, problem.blocks.film)
    yield from problem.blocks.spheres
    if isinstance(problem.rock, Transport):
        yield from (problem.rock.water.flows.wells, problem.rock.water.bring(0.0, 0 * start.cells))
    for change in underground.changes:
        yield (*change.lower, *change.upper, change.time, change.temperature)
        yield [at_temperature(each, WARM) for each in (change.conductivity, change.heat_capacity)]
    yield from problem.embedded.skins
    yield from (matrix.data for matrix in problem.embedded.hosts)
    yield from problem.embedded.near
    yield problem.undisturbed
    yield list(vars(underground.control).values())
    begins = sorted({*underground.begins, *schedule.begins})
    yield [schedule.longest, *(time for time in begins if time < last), *times]
    for part in underground.parts:
        yield part.begun
        elimination = eliminate(part.embedded.skins, HOUR)
        still = np.zeros_like(part.embedded.skins.capacity)
        for time in times:
            walls = Walls(elimination, still, part.undisturbed, time, HOUR)
            answer = part.carrier.linearise(part.begun, part.begun, walls)
            yield from (answer.residual, answer.heat, answer.heat_by_felt)
