"""Memory of processes, as Linux tells it."""

from pathlib import Path


def memory_bytes(kind: str = "VmRSS", pid: int | str = "self") -> int:
    """``VmRSS`` is what a process holds, ``VmHWM`` its most so far, ``RssAnon`` its own without mapped files."""
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines())
    return 1024 * int(fields[kind].split()[0])
