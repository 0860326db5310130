"""The event log of the runs in this process: events are stored, many in a transaction, before readers get them."""

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
class RunEvents:
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

    async def wait_after(self, number: int) -> None:
        """Wait for an event after a number, or for the end of the run."""
        async with self.changed:
            await self.changed.wait_for(lambda: len(self.seen) > number or self.finished)

    def next_event(self, name: str, data: JsonObject) -> Event:
        """Number an event."""
        self.count += 1
        return Event(self.count, name, data)


class EventLog:
    """Writes the events of all runs in groups: whatever waits goes into one transaction."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._waiting: list[tuple[RunEvents, Event]] = []
        self._wake = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    def post(self, run_events: RunEvents, name: str, data: JsonObject) -> None:
        """Take an event in; readers see it when it is stored."""
        self._waiting.append((run_events, run_events.next_event(name, data)))
        self._wake.set()
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())

    async def flushed(self, run_events: RunEvents) -> None:
        """Wait until all events of the run are stored; raises the StateError that prevents it."""
        async with run_events.changed:
            await run_events.changed.wait_for(
                lambda: len(run_events.seen) == run_events.count or run_events.failure is not None
            )
        if run_events.failure is not None:
            raise run_events.failure

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
            by_run: dict[RunEvents, list[Event]] = defaultdict(list)
            for run_events, event in group:
                by_run[run_events].append(event)
            failure = await self._store(by_run)
            for run_events, events in by_run.items():
                await publish(run_events, events, failure)

    async def _store(self, by_run: dict[RunEvents, list[Event]]) -> StateError | None:
        failure: StateError | None = None
        for attempt in range(_TRIES):
            try:
                await self._runs.append({run_events.run: events for run_events, events in by_run.items()})
            except StateError as error:
                failure = error
                await asyncio.sleep(_PAUSE_S * (attempt + 1))
            else:
                return None
        return failure


async def publish(run_events: RunEvents, events: list[Event], failure: StateError | None = None) -> None:
    """Let readers see stored events, or why there will be none."""
    async with run_events.changed:
        if failure is None:
            run_events.seen.extend(events)
        else:
            run_events.failure = failure
        run_events.changed.notify_all()
