"""What a machine tells of itself beside timings."""

import os
import platform
from collections.abc import Mapping
from pathlib import Path

from eval.runs import Json

_CPU = Path("/proc/cpuinfo")
_BUSY_SHARE = 0.75


def machine() -> Mapping[str, Json]:
    """Processor, cores, Python, and the load before the run; ``busy`` where others were at work beside it."""
    cores = os.cpu_count() or 1
    load = os.getloadavg()[0]
    return {
        "processor": _processor(),
        "cores": cores,
        "python": platform.python_version(),
        "load": round(load, 2),
        "busy": load > _BUSY_SHARE * cores,
    }


def _processor() -> str:
    lines = _CPU.read_text("utf-8").splitlines() if _CPU.is_file() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()
