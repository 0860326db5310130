"""Memory of processes, as Linux tells it."""

from contextlib import suppress
from pathlib import Path


def memory_bytes(kind: str = "VmRSS", pid: int | str = "self") -> int:
    """``VmRSS`` is what a process holds, ``VmHWM`` its most so far, ``RssAnon`` its own without mapped files."""
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines())
    return 1024 * int(fields[kind].split()[0])


def tree_bytes(pid: int) -> int:
    """Memory that a process and all below it hold; what they share counts once for each, what has ended nothing."""
    try:
        return memory_bytes(pid=pid) + sum(map(tree_bytes, children_of(pid)))
    except (OSError, KeyError):
        return 0


def children_of(pid: int) -> list[int]:
    """The processes that a process has started and that still run; none where it has ended."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with suppress(OSError):
            found += map(int, (task / "children").read_text().split())
    return found
