"""A process is paused while a search runs, not for long, and not for ever."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.worker_pause import PausingRetriever, WorkerPause
from retrieval.domain import EvidencePack, Query
from retrieval.errors import IndexMissing

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux resumes a process whose parent dies")


@pytest.fixture
def process() -> Iterator[int]:
    with subprocess.Popen(["sleep", "60"]) as child:
        yield child.pid
        child.kill()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def _is_paused(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


async def _becomes(pid: int, *, paused: bool) -> None:
    async with asyncio.timeout(20):
        while _is_paused(pid) is not paused:
            await asyncio.sleep(0.005)


async def test_it_is_paused_until_the_last_search_ends(process: int) -> None:
    pause = WorkerPause(60)
    pause.control(process)
    with pause.paused():
        with pause.paused():
            await _becomes(process, paused=True)
        assert _is_paused(process)
    await _becomes(process, paused=False)


async def test_it_works_as_long_as_it_was_paused_before_it_is_paused_again(process: int) -> None:
    clock = Clock()
    pause = WorkerPause(60, clock)
    pause.control(process)
    for seconds in (20, 40):
        with pause.paused():
            await _becomes(process, paused=True)
            clock.now += seconds
        await _becomes(process, paused=False)
    with pause.paused():
        await asyncio.sleep(0.05)
        assert not _is_paused(process)
    clock.now += 1
    with pause.paused():
        await _becomes(process, paused=True)


async def test_a_long_search_ends_its_pause_and_does_not_lengthen_the_next(process: int) -> None:
    pause = WorkerPause(1)
    pause.control(process)
    with pause.paused():
        await _becomes(process, paused=True)
        await _becomes(process, paused=False)
        await asyncio.sleep(1.1)
        pause._longest_s = pause._earned_s = 60
        with pause.paused():
            await _becomes(process, paused=True)
        await _becomes(process, paused=False)


async def test_it_is_paused_while_evidence_is_searched(process: int) -> None:
    class Searching:
        async def retrieve(self, query: Query) -> EvidencePack:
            await _becomes(process, paused=True)
            raise IndexMissing(query.text)

    pause = WorkerPause(60)
    pause.control(process)
    with pytest.raises(IndexMissing, match="ECS"):
        await PausingRetriever(Searching(), pause).retrieve(Query("ECS"))
    await _becomes(process, paused=False)


async def test_it_is_resumed_when_it_is_released(process: int) -> None:
    pause = WorkerPause(60)
    with pause.paused():
        pause.control(process)
        with pause.paused():
            await _becomes(process, paused=True)
            pause.release()
            await _becomes(process, paused=False)


@pytest.mark.parametrize("error", [ProcessLookupError, PermissionError("not yours")])
async def test_a_process_that_cannot_be_paused_does_not_fail_a_search(
    error: type[OSError] | OSError, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(pid: int, number: int) -> None:
        raise error

    monkeypatch.setattr(os, "kill", refused)
    pause = WorkerPause()
    pause.control(1)
    for _ in range(2):
        with pause.paused():
            pass
    assert caplog.text.count("the worker is not paused") == isinstance(error, PermissionError)


def test_a_paused_process_is_resumed_when_its_parent_is_killed() -> None:
    child = (
        "import time; from app.worker_pause import resume_when_parent_dies\n"
        "resume_when_parent_dies(); print('ready', flush=True); time.sleep(60)"
    )
    parent = (
        "import os, signal, subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}], stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "os.kill(child.pid, signal.SIGSTOP)\n"
        "print(child.pid, flush=True)\n"
        "signal.pause()\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        left = int(killed.stdout.readline())
        try:
            _until(lambda: _is_paused(left))
            killed.kill()
            _until(lambda: not _is_paused(left))
        finally:
            killed.kill()
            os.kill(left, signal.SIGKILL)


def _until(ready: "object") -> None:
    until = time.monotonic() + 20
    while not ready():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.01)
