"""Runs in flight: started, followed, cancelled, and closed when the process that answered them is gone."""

import asyncio
import contextlib
import logging
import os
import socket
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass

from app.answering.domain import Event, JsonObject
from app.answering.runs.event_log import EventLog, RunEvents, publish
from app.answering.runs.fair_threads import TURN, turn_of
from app.errors import WHAT_TO_DO, AppError, InvalidRequest, ServiceFull, StateError, TooManyRuns
from app.state.database import now
from app.state.domain import Run, RunStatus
from app.state.runs import Runs
from kg.errors import KnowledgeError
from models.errors import ModelError
from retrieval.errors import InvalidQuery, RetrievalError

_log = logging.getLogger(__name__)

_LEASE_S = 60.0
_BEAT_S = 1.0
_POLL_S = 0.25
_CANCELLED: JsonObject = {"code": "cancelled", "message": "the run was cancelled"}
_INTERRUPTED: JsonObject = {"code": "interrupted", "message": "the process that answered stopped; ask again"}


@dataclass(frozen=True, slots=True)
class Finished:
    """The result of a run."""

    sufficiency: str
    answer: JsonObject
    manifest: JsonObject


@dataclass(frozen=True, slots=True)
class RunLimits:
    """How many runs may be unfinished here, and how long one may take; of searches as many."""

    of_owner: int = 8
    in_all: int = 200
    deadline_s: float = 900.0

    def admit(self, owner: str | None, others: Collection[str | None], *, what: str = "questions") -> None:
        """Refuse one more beside those of ``others``; raises TooManyRuns, ServiceFull."""
        if owner is not None and sum(other == owner for other in others) >= self.of_owner:
            raise TooManyRuns(self.of_owner, what)
        if len(others) >= self.in_all:
            raise ServiceFull(self.in_all, what)


_SERVING_HERE: set[str] = set()
_IN_FLIGHT: set[str] = set()
"""Runs that this process answers; the lease of one passes while the process sleeps or the state is locked."""

Post = Callable[[str, JsonObject], None]
Work = Callable[[str, Post], Awaitable[Finished]]


class RunService:
    """Answers runs as tasks of this process; their events live in the state, so any process can follow them."""

    def __init__(self, runs: Runs, limits: RunLimits | None = None) -> None:
        self._runs = runs
        self._limits = limits or RunLimits()
        self._owners: dict[str, str | None] = {}
        self._log = EventLog(runs)
        self._live: dict[str, RunEvents] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ending: set[str] = set()
        self._beat: asyncio.Task[None] | None = None
        self._recovered = False
        self.worker = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        _SERVING_HERE.add(self.worker)

    async def start(self, question: str, work: Work, *, owner: str | None) -> str:
        """Start answering; returns the run's id as soon as the run is stored. Raises TooManyRuns, ServiceFull."""
        await self.recover()
        run_id = f"run_{uuid.uuid4().hex}"
        self._limits.admit(owner, self._owners.values())
        self._owners[run_id] = owner
        try:
            await self._begin(run_id, question, work, owner)
        except BaseException:
            self._owners.pop(run_id, None)
            raise
        return run_id

    async def _begin(self, run_id: str, question: str, work: Work, owner: str | None) -> None:
        run = Run(
            id=run_id,
            question=question,
            status=RunStatus.RUNNING,
            created_at=now(),
            worker=self.worker,
            lease_until=time.time() + _LEASE_S,
            owner=owner,
        )
        await self._runs.start(run)
        run_events = RunEvents(run.id)
        _IN_FLIGHT.add(run.id)
        self._live[run.id] = run_events
        self._tasks[run.id] = asyncio.create_task(self._answer(run.id, run_events, work))
        if self._beat is None or self._beat.done():
            self._beat = asyncio.create_task(self._renew())

    async def events(self, run_id: str, *, after: int = 0, owner: str | None = None) -> AsyncIterator[Event]:
        """Events numbered above ``after``, those to come as well, up to ``done`` or ``error``; raises UnknownRun."""
        run_events = self._live.get(run_id)
        if run_events is None or owner is not None:
            await self._runs.get(run_id, owner=owner)
        if run_events is None:
            async for event in self._stored(run_id, after):
                yield event
            return
        number = after
        while True:
            for event in run_events.seen[number:]:
                number = event.number
                yield event
            if run_events.failure is not None:
                raise run_events.failure
            if run_events.finished:
                return
            await run_events.wait_after(number)

    async def cancel(self, run_id: str, *, owner: str | None = None) -> bool:
        """Stop a run; False where it is finished already; raises UnknownRun."""
        run = await self._runs.get(run_id, owner=owner)
        task = self._tasks.get(run_id)
        if task is not None:
            self._stop(run_id)
            await asyncio.wait([task])
            await self._end_unstarted(run_id)
            return True
        if run.status.final:
            return False
        await self._runs.ask_to_cancel(run_id)
        return True

    async def recover(self) -> int:
        """Close runs whose process is gone; returns how many."""
        if self._recovered:
            return 0
        self._recovered = True
        return sum([await _close_if_gone(self._runs, run) for run in await self._runs.unfinished()])

    async def close(self) -> None:
        """Stop what runs here, each with its last event."""
        tasks = dict(self._tasks)
        for run_id in tasks:
            self._stop(run_id)
        if tasks:
            await asyncio.wait(tasks.values())
        for run_id in tasks:
            await self._end_unstarted(run_id)
        if self._beat is not None:
            self._beat.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._beat
        await self._log.close()
        _SERVING_HERE.discard(self.worker)

    async def _answer(self, run_id: str, run_events: RunEvents, work: Work) -> None:
        def post(name: str, data: JsonObject) -> None:
            self._log.post(run_events, name, data)

        TURN.set(turn_of(self._owners.get(run_id)))
        try:
            async with asyncio.timeout(self._limits.deadline_s) as deadline:
                finished = await work(run_id, post)
            await self._log.flushed(run_events)
            self._ending.add(run_id)
            await self._finish(run_events, RunStatus.DONE, "done", finished.answer, finished)
        except asyncio.CancelledError:
            await self._end(run_events, RunStatus.CANCELLED, _CANCELLED)
        except (InvalidRequest, InvalidQuery) as error:
            await self._end(run_events, RunStatus.FAILED, {"code": type(error).__name__, "message": str(error)})
        except (AppError, ModelError, RetrievalError, KnowledgeError) as error:
            _log.warning("run %s failed: %s", run_id, error)
            await self._end(run_events, RunStatus.FAILED, _failure(type(error).__name__))
        except TimeoutError:
            if not deadline.expired():
                _log.exception("run %s failed", run_id)
            await self._end(run_events, RunStatus.FAILED, _failure("deadline" if deadline.expired() else "internal"))
        except Exception:  # noqa: BLE001 - the edge of a job: a reader must get an end to the stream
            _log.exception("run %s failed", run_id)
            await self._end(run_events, RunStatus.FAILED, _failure("internal"))
        finally:
            self._forget(run_id)

    async def _end_unstarted(self, run_id: str) -> None:
        """A task that is cancelled before its first step runs none of its own clean-up."""
        run_events = self._live.get(run_id)
        self._forget(run_id)
        if run_events is not None and not run_events.finished:
            await self._end(run_events, RunStatus.CANCELLED, _CANCELLED)

    def _forget(self, run_id: str) -> None:
        self._live.pop(run_id, None)
        self._tasks.pop(run_id, None)
        self._owners.pop(run_id, None)
        self._ending.discard(run_id)
        _IN_FLIGHT.discard(run_id)

    async def _end(self, run_events: RunEvents, status: RunStatus, data: JsonObject) -> None:
        self._ending.add(run_events.run)
        try:
            await self._log.flushed(run_events)
            await self._finish(run_events, status, "error", data)
        except StateError as error:
            await publish(run_events, [], error)

    async def _finish(
        self, run_events: RunEvents, status: RunStatus, name: str, data: JsonObject, finished: Finished | None = None
    ) -> None:
        last = run_events.next_event(name, data)
        await self._runs.finish(
            run_events.run,
            status,
            last=last,
            sufficiency=finished.sufficiency if finished else None,
            answer=finished.answer if finished else None,
            manifest=finished.manifest if finished else None,
        )
        await publish(run_events, [last])

    async def _stored(self, run_id: str, after: int) -> AsyncIterator[Event]:
        number = after
        while True:
            run = await self._runs.get(run_id)
            for event in await self._runs.events(run_id, after=number):
                number = event.number
                yield event
            if run.status.final:
                return
            if not await _close_if_gone(self._runs, run):
                await asyncio.sleep(_POLL_S)

    async def _renew(self) -> None:
        while self._tasks:
            await asyncio.sleep(_BEAT_S)
            running = list(self._tasks)
            if not running:
                return
            with contextlib.suppress(StateError):
                for run_id in await self._runs.renew(running, time.time() + _LEASE_S):
                    self._stop(run_id)

    def _stop(self, run_id: str) -> None:
        """Cancel a run, unless its last event is being written."""
        task = self._tasks.get(run_id)
        if task is not None and run_id not in self._ending and not task.cancelling():
            task.cancel()


async def refreshed(runs: Runs, run: Run) -> Run:
    """The run, closed if the process that answered it is gone."""
    return await runs.get(run.id) if not run.status.final and await _close_if_gone(runs, run) else run


async def _close_if_gone(runs: Runs, run: Run) -> bool:
    gone = run.id not in _IN_FLIGHT and (run.lease_until < time.time() or _dead_here(run.worker))
    return gone and await runs.abandon(run.id, _INTERRUPTED)


def _failure(code: str) -> JsonObject:
    """What a reader is told; the cause names addresses and paths, so it is in the log only."""
    return {"code": code, "message": f"the question could not be answered ({code}); {WHAT_TO_DO}"}


def _dead_here(worker: str) -> bool:
    host, _, rest = worker.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not rest.isdigit():
        return False
    pid = int(rest)
    if pid == os.getpid():
        return worker not in _SERVING_HERE
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
