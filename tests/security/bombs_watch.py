"""What is seen of a service from outside while it works: how soon it answers, and what its processes hold."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from eval.memory import memory_bytes

_EVERY_S = 0.05
_PATIENCE_S = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")
PARSER, OCR, WORKER, SERVICE = "parser", "ocr", "worker", "service"
_KINDS = {b"kg.documents.child": PARSER, b"--multiprocessing-fork": OCR, b"work": WORKER, b"serve": SERVICE}


@dataclass(slots=True)
class Health:
    """Milliseconds to answers of ``/health``, asked every 50 ms; a late answer counts for each time that it missed."""

    times_ms: list[float] = field(default_factory=list)
    failures: int = 0

    def add(self, seconds: float) -> None:
        """Count an answer, and the later ones that a reader would have waited for in the same time."""
        while seconds > 0:
            self.times_ms.append(1000 * seconds)
            seconds -= _EVERY_S


@dataclass(slots=True)
class Memory:
    """The most bytes seen of a process of each kind, and the processor time of each parsing process.

    ``highest_bytes`` is the most that any parsing process ever held, between two looks too.
    """

    peak_bytes: dict[str, int] = field(default_factory=dict)
    computed_s: dict[int, float] = field(default_factory=dict)
    highest_bytes: int = 0

    def look(self, top: int) -> None:
        """Look once at a process and all below it."""
        for pid in (top, *_below(top)):
            try:
                if kind := _kind(pid):
                    self.peak_bytes[kind] = max(memory_bytes(pid=pid), self.peak_bytes.get(kind, 0))
                if kind == PARSER:
                    self.computed_s[pid] = _computed_s(pid)
                    self.highest_bytes = max(self.highest_bytes, memory_bytes("VmHWM", pid))
            except (OSError, KeyError, IndexError):  # it has ended meanwhile
                continue

    def since(self, earlier: dict[int, float]) -> float:
        """Seconds of computing of the parsing processes since what they had used."""
        return sum(used - earlier.get(pid, 0.0) for pid, used in self.computed_s.items())


@contextmanager
def health_of(url: str) -> Iterator[Health]:
    """How soon the service answers during the block."""
    seen = Health()
    client = httpx.Client(base_url=url, timeout=_PATIENCE_S, trust_env=False)

    def ask() -> None:
        began = time.perf_counter()
        try:
            client.get("/health").raise_for_status()
        except httpx.HTTPError:
            seen.failures += 1
        seen.add(time.perf_counter() - began)

    with client, _repeated(ask):
        yield seen


@contextmanager
def memory_below(top: int) -> Iterator[Memory]:
    """What the processes below one hold during the block."""
    seen = Memory()
    with _repeated(lambda: seen.look(top)):
        yield seen


@contextmanager
def _repeated(work: Callable[[], None]) -> Iterator[None]:
    ended = threading.Event()

    def loop() -> None:
        while not ended.is_set():
            due = time.perf_counter() + _EVERY_S
            work()
            ended.wait(max(0.0, due - time.perf_counter()))

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _below(pid: int) -> Iterator[int]:
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except OSError:  # it has ended meanwhile
        return
    for child in children:
        yield child
        yield from _below(child)


def _kind(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return next((kind for mark, kind in _KINDS.items() if mark in words), "")


def _computed_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
