"""The priority of processes that work beside a service."""

import os
from contextlib import suppress
from pathlib import Path

_LEAST = 19


def give_way(process: int | None = None) -> None:
    """Let a process, this one by default, and the children that it will have, run only where no other one wants to.

    Where the system has no such class, at its lowest priority. To be called before libraries start threads; a process
    that is gone already is left.
    """
    threads = [int(task.name) for task in Path(f"/proc/{process or 'self'}/task").glob("*")] or [process or 0]
    for thread in threads:
        try:
            os.sched_setscheduler(thread, os.SCHED_IDLE, os.sched_param(0))
        except (AttributeError, OSError):
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, thread, _LEAST)
