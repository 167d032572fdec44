"""What is wrong with the times of a run, and with what flows then."""

from collections.abc import Iterator, Sequence

import numpy as np

from comine.errors import Fault
from comine.underground.channels import Channel
from comine.underground.course import Outlet
from comine.underground.engine import Underground
from comine.underground.schedule import Schedule, at


def schedule_faults(underground: Underground, schedule: Schedule, until: float) -> list[Fault]:
    """Faults of the times of a run, and of what flows then.

    Parameters
    ----------
    underground : Underground
        What there is.
    schedule : Schedule
        Times of report and of snapshots.
    until : float
        End. [s]

    Returns
    -------
    list of Fault
        Empty if there is none.
    """
    found = list[Fault]()
    for name, value in (("until", until), ("schedule.longest", schedule.longest)):
        if not value > 0 or (name == "until" and not np.isfinite(value)):
            found.append(Fault("", name, "is out of range", f"{value}", "give a time above 0 s"))
    every = np.asarray(schedule.every, dtype=float)
    rises = every > 0 if every.ndim == 0 else np.diff(every, prepend=0.0) > 0
    if not np.all(np.isfinite(every) & rises):
        found.append(Fault("", "schedule.every", "does not rise from above 0", f"{schedule.every}",
                           "give a spacing above 0 s, or times that rise"))  # fmt: skip
    for name in ("begins", "keep"):
        given = np.asarray(getattr(schedule, name), dtype=float)
        if not np.all((given >= 0) & (given <= until * (1 + 1e-9))):
            found.append(Fault("", f"schedule.{name}", "has times outside the run", f"{given}",
                               f"give times from 0 to {until:g} s"))  # fmt: skip
    channels = underground.channels
    if found or channels is None:
        return found
    times = schedule.times(until, tuple(underground.exchanges)).tolist()
    changes = [time * (1 + 1e-6) + 1.0 for time in underground.begins if time < until]
    return flow_faults(channels.channels, sorted([*times, *changes]))


def flow_faults(channels: Sequence[Channel], times: Sequence[float]) -> list[Fault]:
    """Faults of what flows and enters at some times.

    Parameters
    ----------
    channels : sequence of Tube or Fracture
        Openings that are sound by themselves.
    times : sequence of float
        Times to ask for [s].

    Returns
    -------
    list of Fault
        The first of each kind and opening.
    """
    found = dict[tuple[str, str], Fault]()

    def note(fault: Fault) -> None:
        found.setdefault((fault.key, fault.wrong), fault)

    for time in times:
        flows = dict[str, float]()
        for each in channels:
            flows[each.name] = flow = at(each.flow, time)
            if not (np.isfinite(flow) and flow >= 0):
                note(Fault("", f"{each.name}.flow", "is not a finite number of 0 or more",
                           f"{flow:g} kg/s at {time:g} s", "turn the points round for the other "
                           "direction"))  # fmt: skip
            warm = 1.0 if isinstance(each.inlet, Outlet) else at(each.inlet, time)
            if flow > 0 and not (np.isfinite(warm) and warm > 0):
                note(Fault("", f"{each.name}.inlet", "is no temperature",
                           f"{warm:g} K at {time:g} s", "give kelvins above 0"))  # fmt: skip
        for fault in _unbalanced(channels, flows, time):
            note(fault)
    return list(found.values())


def _unbalanced(
    channels: Sequence[Channel], flows: dict[str, float], time: float
) -> Iterator[Fault]:
    """Openings from which more is taken than they bring."""
    capacity = {each.name: each.fluid.heat_capacity for each in channels}
    taken = dict.fromkeys(flows, 0.0)
    for each in channels:
        if not isinstance(each.inlet, Outlet):
            continue
        brought = {name: flows[name] * capacity[name] for name in each.inlet.names}
        total, wanted = sum(brought.values()), flows[each.name] * capacity[each.name]
        if wanted > 0 and not total > 0:
            yield Fault("", f"{each.name}.flow", "flows out of openings in which nothing flows",
                        f"{flows[each.name]:g} kg/s at {time:g} s",
                        f"let {' and '.join(brought)} flow as long, or stop it")  # fmt: skip
        for name, heat in brought.items():
            taken[name] += wanted * heat / total if total > 0 else 0.0
    for name, heat in taken.items():
        if heat > flows[name] * capacity[name] * (1 + 1e-9) and flows[name] > 0:
            yield Fault("", f"{name}.flow", "brings less than is taken from its outlet",
                        f"{flows[name]:g} kg/s at {time:g} s, {heat / capacity[name]:g} taken",
                        "let more flow or less be taken")  # fmt: skip
