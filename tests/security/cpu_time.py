"""CPU time of a process and all processes below it, as Linux tells it."""

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SHARE = 0.2
"""Below this share of a core a tree of processes counts as quiet."""

WINDOW_S = 0.5
_SAMPLE_S = 0.05
_TICKS = os.sysconf("SC_CLK_TCK")

CpuTimes = Mapping[int, float]


def cpu_times(root: int) -> dict[int, float]:
    """Seconds of CPU by process, for the root and all below it."""
    seconds: dict[int, float] = {}
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        pid = int(stat.parent.name)
        seconds[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
        children.setdefault(int(fields[1]), []).append(pid)
    tree = [root]
    for pid in tree:
        tree += children.get(pid, [])
    return {pid: seconds[pid] for pid in tree if pid in seconds}


def wanted_times(root: int) -> dict[int, float]:
    """Seconds of CPU and of waiting for a core by process, for the root and all below it."""
    return {pid: _scheduled_s(pid) for pid in cpu_times(root)}


def command_of(pid: int) -> str:
    """The command line of a process, empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace").replace("\0", " ")
    except OSError:
        return ""


def spent(before: CpuTimes, after: CpuTimes) -> float:
    """Seconds of CPU between two looks; of a process that began meanwhile all, of one that ended nothing."""
    return sum(max(0.0, seconds - before.get(pid, 0.0)) for pid, seconds in after.items())


def quiet_from(samples: Sequence[tuple[float, float]]) -> float | None:
    """When the quiet at the end of the samples (moment, CPU seconds so far) began; None where it is busy there.

    Quiet: each half second from then on used less than a fifth of a core.
    """
    quiet: float | None = None
    end = 0
    for moment, used in samples:
        while end < len(samples) and samples[end][0] - moment < WINDOW_S:
            end += 1
        if end == len(samples):
            break
        busy = samples[end][1] - used >= SHARE * (samples[end][0] - moment)
        quiet = None if busy else moment if quiet is None else quiet
    return quiet


@dataclass(frozen=True, slots=True)
class Quiet:
    """Seconds until a tree of processes was quiet; None where it was not within the limit.

    ``wanted_s`` counts the time in which they wait for a core as well: on a busy machine a process that works may get
    so little of a core that it looks quiet.
    """

    used_s: float | None
    wanted_s: float | None
    cpu_s: float
    """CPU time used while it was watched."""


async def quiet_after(root: int, began: float, *, watched_s: float, limit_s: float) -> Quiet:
    """Watch a tree from ``began`` (time.perf_counter) until it is quiet.

    It is watched for ``watched_s`` at least: what begins again was not quiet.
    """
    looks, totals = (cpu_times(root), wanted_times(root)), (0.0, 0.0)
    samples = [(time.perf_counter(), *totals)]
    found = Quiet(None, None, 0.0)
    while samples[-1][0] < began + limit_s:
        await asyncio.sleep(_SAMPLE_S)
        before, looks = looks, (cpu_times(root), wanted_times(root))
        totals = totals[0] + spent(before[0], looks[0]), totals[1] + spent(before[1], looks[1])
        samples.append((time.perf_counter(), *totals))
        if samples[-1][0] >= began + watched_s:
            used = quiet_from([(moment, seconds) for moment, seconds, _ in samples])
            wanted = quiet_from([(moment, seconds) for moment, _, seconds in samples])
            found = Quiet(_since(began, used), _since(began, wanted), totals[0])
            if used is not None and wanted is not None:
                break
    return found


def _since(began: float, moment: float | None) -> float | None:
    return None if moment is None else max(0.0, moment - began)


def _scheduled_s(pid: int) -> float:
    """Seconds in which the threads of a process ran or waited for a core."""
    nanoseconds = 0
    for stat in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            nanoseconds += sum(map(int, stat.read_text("utf-8").split()[:2]))
        except OSError:  # it ended meanwhile
            continue
    return nanoseconds / 1e9
