"""Run rock, openings and fluids through time, into a labelled dataset."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

import xarray as xr

from comine.numerics.coupled import StoppedError
from comine.underground.checkpoint import load, save
from comine.underground.dataset import dataset
from comine.underground.engine import Underground
from comine.underground.faults import UndergroundError
from comine.underground.history import Recording, proceed
from comine.underground.run_faults import schedule_faults
from comine.underground.schedule import Schedule

EVERY = 600.0
"""Time between two checkpoints, by the clock [s]."""


def run(
    underground: Underground,
    schedule: Schedule,
    until: float,
    checkpoint: str | Path | None = None,
    told: Callable[[float], None] | None = None,
    checkpoint_every: float = EVERY,
) -> xr.Dataset:
    """Run rock, openings and fluids through time.

    Parameters
    ----------
    underground : Underground
        What there is.
    schedule : Schedule
        Times of report and of snapshots.
    until : float
        End. [s]
    checkpoint : path, optional
        File that the run is kept in every so often and when it stops, for whatever reason; if it
        is there already, the run goes on from it and gives the same bytes as one that never
        stopped.
    told : callable, optional
        Called with the time after every interval.
    checkpoint_every : float
        Time between two checkpoints, by the clock. [s]

    Returns
    -------
    xarray.Dataset
        Outlets, heats, walls and axes of tubes and fractures, snapshots, and the account of every
        step; each variable says its unit and whether it is a mean over the interval.

    Raises
    ------
    UndergroundError
        If the schedule or what flows cannot be run; carries every fault.
    CheckpointError
        If the checkpoint belongs to another run.
    StoppedError
        If a step does not converge at the shortest length: it says where, and which checkpoint is
        the last good one.
    """
    if found := schedule_faults(underground, schedule, until):
        raise UndergroundError(found)
    path = Path(checkpoint) if checkpoint is not None else None
    if path and path.exists():
        recording = load(path, underground, schedule, until)
    else:
        recording = Recording(underground.start())
    saved = monotonic()
    try:
        for time in proceed(underground, recording, schedule, until):
            if told:
                told(time)
            if path and monotonic() - saved > checkpoint_every:
                save(path, underground, schedule, recording)
                saved = monotonic()
    except StoppedError as error:
        raise StoppedError(
            _stopped(underground, error, recording, path), error.state, error.unsettled
        ) from error
    finally:
        if path and recording.intervals:
            save(path, underground, schedule, recording)
    return dataset(underground, recording)


def _stopped(
    underground: Underground, error: StoppedError, recording: Recording, path: Path | None
) -> str:
    """Why a run stopped, in which opening, and where it can go on."""
    place = ""
    if error.unsettled is not None:
        carrier, unknown = error.unsettled
        part = underground.parts[carrier]
        place = f"; no solution in {part.name}"
        channels = underground.channels
        if channels is not None and part is channels.part:
            place = f"; no solution in {channels.at(unknown)}"
    if path and recording.intervals:
        kept = f"; the last good checkpoint, {path}, holds {recording.state.time:g} s"
    else:
        kept = "; `state` of this error is the last good one"
    return f"{error}{place}{kept}"
