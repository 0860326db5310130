"""Questions come first: the worker is paused for the moment in which evidence for one is searched."""

import asyncio
import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.answering.protocols import Retrieves
    from retrieval.domain import EvidencePack, Query

LONGEST_S = 0.25
"""The longest pause. The worker earns it by working as long, so that it has half of the time however much is asked."""

_SHORTEST_S = 0.01
_LINUX = sys.platform == "linux"
_SIGNAL_WHEN_PARENT_DIES = 1

_log = logging.getLogger(__name__)


class WorkerPause:
    """Pauses one process while searches run (SIGSTOP, SIGCONT); used in one event loop.

    In the idle class a process gives way to others, but it goes on whenever they wait, and fills the caches and the
    memory bus: searches take up to half as long again beside it.
    """

    def __init__(self, longest_s: float = LONGEST_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._longest_s, self._clock = longest_s, clock
        self._pid: int | None = None
        self._searches: set[object] = set()
        self._end: asyncio.TimerHandle | None = None
        self._earned_s, self._since = longest_s, clock()

    def control(self, pid: int) -> None:
        """Pause this process from now on: a child that has called ``resume_when_parent_dies``."""
        self._pid = pid

    def release(self) -> None:
        """Resume the process, and pause none from now on."""
        self._resume()
        self._pid = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Pause the process until the block ends, or for as long as it has earned; nothing where there is none."""
        search = object()
        self._searches.add(search)
        self._pause()
        try:
            yield
        finally:
            self._searches.discard(search)
            if not self._searches:
                self._resume()

    def _pause(self) -> None:
        if self._pid is None or self._end is not None or not _LINUX:
            return
        now = self._clock()
        self._earned_s, self._since = min(self._longest_s, self._earned_s + now - self._since), now
        if self._earned_s >= _SHORTEST_S and self._signal(signal.SIGSTOP):
            self._end = asyncio.get_running_loop().call_later(self._earned_s, self._over)

    def _over(self) -> None:
        """A search that runs longer than a pause counts no more for the next one."""
        self._searches.clear()
        self._resume()

    def _resume(self) -> None:
        if self._end is None:
            return
        self._signal(signal.SIGCONT)
        self._end.cancel()
        self._end, now = None, self._clock()
        self._earned_s, self._since = max(0.0, self._earned_s - (now - self._since)), now

    def _signal(self, number: signal.Signals) -> bool:
        try:
            if self._pid is not None:
                os.kill(self._pid, number)
        except ProcessLookupError:
            return False
        except OSError as error:
            _log.warning("the worker is not paused while searches run: %s", error)
            self._pid = None
            return False
        return True


class PausingRetriever:
    """A retriever that pauses the worker while it searches."""

    def __init__(self, retriever: "Retrieves", pause: WorkerPause) -> None:
        self._retriever = retriever
        self._pause = pause

    async def retrieve(self, query: "Query") -> "EvidencePack":
        """Evidence for a query; raises as the retriever does."""
        with self._pause.paused():
            return await self._retriever.retrieve(query)


def resume_when_parent_dies() -> None:
    """Let the system resume this process when its parent dies, which may have paused it just then.

    Raises OSError where the system refuses.
    """
    if _LINUX:
        system = ctypes.CDLL(None, use_errno=True)
        if system.prctl(_SIGNAL_WHEN_PARENT_DIES, ctypes.c_ulong(signal.SIGCONT)):
            raise OSError(ctypes.get_errno(), "the worker could be left paused: prctl is refused")
