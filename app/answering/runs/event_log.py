"""The events of the runs in this process: stored before they are seen, many in one transaction."""

import asyncio
import contextlib
from collections import defaultdict
from dataclasses import dataclass, field

from app.answering.domain import FINAL_EVENTS, Event, JsonObject
from app.errors import StateError
from app.state.runs import Runs

_TRIES = 3
_PAUSE_S = 0.2


@dataclass(slots=True, eq=False)
class Page:
    """The events of one run: ``seen`` are stored, and what readers get."""

    run: str
    seen: list[Event] = field(default_factory=list)
    count: int = 0
    failure: StateError | None = None
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def finished(self) -> bool:
        """Whether the last event is there."""
        return self.failure is not None or bool(self.seen and self.seen[-1].name in FINAL_EVENTS)

    async def beyond(self, number: int) -> None:
        """Wait until an event with a higher number is there, or none will come."""
        async with self.changed:
            await self.changed.wait_for(lambda: len(self.seen) > number or self.finished)

    def next_event(self, name: str, data: JsonObject) -> Event:
        """Number an event."""
        self.count += 1
        return Event(self.count, name, data)


class Book:
    """Writes the events of all runs in groups: whatever waits goes into one transaction."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._waiting: list[tuple[Page, Event]] = []
        self._wake = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    def post(self, page: Page, name: str, data: JsonObject) -> None:
        """Take an event in; readers see it when it is stored."""
        self._waiting.append((page, page.next_event(name, data)))
        self._wake.set()
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())

    async def settled(self, page: Page) -> None:
        """Wait until all events of the page are stored; raises the StateError that prevents it."""
        async with page.changed:
            await page.changed.wait_for(lambda: len(page.seen) == page.count or page.failure is not None)
        if page.failure is not None:
            raise page.failure

    async def close(self) -> None:
        """Stop writing."""
        if self._writer is not None:
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writer

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            group, self._waiting = self._waiting, []
            by_page: dict[Page, list[Event]] = defaultdict(list)
            for page, event in group:
                by_page[page].append(event)
            failure = await self._store(by_page)
            for page, events in by_page.items():
                await show(page, events, failure)

    async def _store(self, by_page: dict[Page, list[Event]]) -> StateError | None:
        failure: StateError | None = None
        for attempt in range(_TRIES):
            try:
                await self._runs.append({page.run: events for page, events in by_page.items()})
            except StateError as error:
                failure = error
                await asyncio.sleep(_PAUSE_S * (attempt + 1))
            else:
                return None
        return failure


async def show(page: Page, events: list[Event], failure: StateError | None = None) -> None:
    """Let readers see stored events, or why there will be none."""
    async with page.changed:
        if failure is None:
            page.seen.extend(events)
        else:
            page.failure = failure
        page.changed.notify_all()
