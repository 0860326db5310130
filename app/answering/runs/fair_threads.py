"""Threads for the work of runs and searches: retrieval before judging, and in turns between the keys that ask."""

import itertools
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any


@dataclass(frozen=True, slots=True)
class Turn:
    """For whom work is done; ``behind`` once its evidence is found, when finding that of others comes first.

    Of one owner the run with the lowest number comes first: taken piece by piece in turn, all would end last.
    """

    owner: str = ""
    behind: bool = False
    run: int = 0


TURN: ContextVar[Turn] = ContextVar("turn", default=Turn())  # noqa: B039 - it is frozen
_BEGUN = itertools.count()


def turn_of(owner: str | None) -> Turn:
    """The turn of work that begins now for a key, or for nobody's."""
    return Turn(owner or "", run=next(_BEGUN))


@dataclass(frozen=True, slots=True)
class _Item:
    number: int
    turn: Turn
    future: "Future[Any]"
    work: Callable[[], Any]


class FairThreads(ThreadPoolExecutor):
    """The default executor of a service: of what waits, the next is what its ``TURN`` says.

    At most ``most_behind`` threads do work that comes behind, so that one is free for a new question.
    """

    def __init__(self, threads: int, *, most_behind: int) -> None:
        super().__init__(threads, thread_name_prefix="turns")
        self._most_behind = most_behind
        self._guard = threading.Lock()
        self._waiting: list[_Item] = []
        self._numbers = itertools.count()
        self._served = itertools.count(1)
        self._last: dict[str, int] = {}
        self._running: Counter[str] = Counter()
        self._behind = 0
        self._passed = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Queue work; raises RuntimeError after ``shutdown``."""
        future: Future[Any] = Future()
        item = _Item(next(self._numbers), TURN.get(), future, partial(fn, *args, **kwargs))
        with self._guard:
            self._waiting.append(item)
        super().submit(self._work)
        return future

    def _work(self) -> None:
        while (item := self._next()) is not None:
            try:
                _run(item)
            finally:
                again = self._ended(item)
            if not again:
                return

    def _next(self) -> _Item | None:
        with self._guard:
            room = self._behind < self._most_behind
            allowed = [item for item in self._waiting if room or not item.turn.behind]
            if not allowed:
                self._passed += 1
                return None
            item = min(allowed, key=self._place)
            self._waiting.remove(item)
            self._running[item.turn.owner] += 1
            self._last[item.turn.owner] = next(self._served)
            self._behind += item.turn.behind
            return item

    def _place(self, item: _Item) -> tuple[bool, int, int, int, int]:
        owner = item.turn.owner
        return item.turn.behind, self._running[owner], self._last.get(owner, 0), item.turn.run, item.number

    def _ended(self, item: _Item) -> bool:
        """Count the work as ended; whether this thread takes on what others had to pass over."""
        owner = item.turn.owner
        with self._guard:
            self._behind -= item.turn.behind
            self._running[owner] -= 1
            if not self._running[owner]:
                del self._running[owner]
                if not any(other.turn.owner == owner for other in self._waiting):
                    self._last.pop(owner, None)
            again = self._passed > 0
            self._passed -= again
            return again


def _run(item: _Item) -> None:
    if not item.future.set_running_or_notify_cancel():
        return
    try:
        item.future.set_result(item.work())
    except BaseException as error:  # noqa: BLE001 - as every executor does, the caller gets it
        item.future.set_exception(error)
