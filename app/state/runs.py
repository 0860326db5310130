"""Runs and their events."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import UnknownRun
from app.state.database import Database, now
from app.state.domain import Event, JsonObject, Run, RunStatus
from app.state.tables import FEEDBACK, RUN_EVENTS, RUNS

_UNFINISHED = tuple(s for s in RunStatus if not s.final)
_DONE = "done"
_AT_ONCE = 500

Rewrite = Callable[[Run, Sequence[Event]], tuple[Run, Sequence[Event]]]
"""What becomes of the answer and manifest of a finished run, and of the data of its events."""


class Runs:
    """Runs, each with its numbered events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(self, run: Run) -> None:
        """Store a new run; raises StateConflict if its id exists."""
        async with self._database.writing() as connection:
            await connection.execute(insert(RUNS).values(**asdict(run)))

    async def get(self, run_id: str, *, owner: str | None = None) -> Run:
        """The run; raises UnknownRun, also where ``owner`` is given and is not the run's."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(RUNS).where(RUNS.c.id == run_id))).mappings().first()
        if row is None or (owner is not None and row["owner"] != owner):
            raise UnknownRun(run_id)
        return _run(row)

    async def recent(self, *, owner: str | None = None, limit: int = 20, before: str | None = None) -> Sequence[Run]:
        """Runs, newest first; with ``before``, only those created before that time."""
        query = select(RUNS).order_by(RUNS.c.created_at.desc(), RUNS.c.id).limit(limit)
        if owner is not None:
            query = query.where(RUNS.c.owner == owner)
        if before is not None:
            query = query.where(RUNS.c.created_at < before)
        async with self._database.reading() as connection:
            return [_run(row) for row in (await connection.execute(query)).mappings()]

    async def append(self, events: Mapping[str, Sequence[Event]]) -> None:
        """Store events of several runs in one transaction; raises StateConflict for a number that exists."""
        rows = [
            {"run": run, "number": e.number, "name": e.name, "data": e.data}
            for run, many in events.items()
            for e in many
        ]
        if rows:
            async with self._database.writing() as connection:
                await connection.execute(insert(RUN_EVENTS), rows)

    async def events(self, run_id: str, *, after: int = 0, limit: int | None = None) -> Sequence[Event]:
        """Events of the run with numbers above ``after``, in order; at most ``limit``."""
        query = (
            select(RUN_EVENTS.c.number, RUN_EVENTS.c.name, RUN_EVENTS.c.data)
            .where(RUN_EVENTS.c.run == run_id, RUN_EVENTS.c.number > after)
            .order_by(RUN_EVENTS.c.number)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            events = [Event(**row) for row in (await connection.execute(query)).mappings()]
        if events and events[-1].name == _DONE and not events[-1].data:
            answer = (await self.get(run_id)).answer
            events[-1] = replace(events[-1], data=answer or {})
        return events

    async def finish(
        self,
        run_id: str,
        status: RunStatus,
        *,
        last: Event,
        sufficiency: str | None = None,
        answer: JsonObject | None = None,
        manifest: JsonObject | None = None,
    ) -> None:
        """Finish the run with its last event, in one transaction.

        An answer that the event repeats and a manifest that the answer repeats are stored once.
        """
        answer, last = _once(answer, manifest, last)
        async with self._database.writing() as connection:
            values = {"sufficiency": sufficiency, "answer": answer, "manifest": manifest}
            await _end(connection, run_id, status, last, **values)

    async def rewrite(self, change: Rewrite) -> int:
        """Store what ``change`` makes of the finished runs; returns how many are not as they were.

        It sees all of them twice. The first time it learns what later ones repeat of earlier ones, and nothing is
        stored; then they are stored, newest first, so that after a kill it can learn the same again.
        """
        query = select(RUNS.c.id).where(RUNS.c.status.not_in(_UNFINISHED)).order_by(RUNS.c.created_at, RUNS.c.id)
        async with self._database.reading() as connection:
            ids = list((await connection.execute(query)).scalars())
        count = 0
        for id_ in ids:
            with suppress(UnknownRun):
                change(await self.get(id_), await self.events(id_))
        for id_ in reversed(ids):
            with suppress(UnknownRun):
                count += await self._rewrite_one(id_, change)
        if count:
            await self._database.empty_log()
        return count

    async def _rewrite_one(self, run_id: str, change: Rewrite) -> bool:
        run, events = await self.get(run_id), await self.events(run_id)
        changed, told = change(run, events)
        if changed == run and list(told) == list(events):
            return False
        answer, last = _once(changed.answer, changed.manifest, told[-1])
        async with self._database.writing() as connection:
            values = {"answer": answer, "manifest": changed.manifest}
            await connection.execute(update(RUNS).where(RUNS.c.id == run_id).values(**values))
            for event in (*told[:-1], last):
                its = update(RUN_EVENTS).where(RUN_EVENTS.c.run == run_id, RUN_EVENTS.c.number == event.number)
                await connection.execute(its.values(data=event.data))
        return True

    async def prune(self, before: str) -> int:
        """Delete finished runs created before a time, except those with feedback; returns how many."""
        old = (
            select(RUNS.c.id)
            .where(RUNS.c.created_at < before, RUNS.c.status.not_in(_UNFINISHED))
            .where(RUNS.c.id.not_in(select(FEEDBACK.c.run)))
        )
        async with self._database.writing() as connection:
            ids = list((await connection.execute(old)).scalars())
            for at in range(0, len(ids), _AT_ONCE):
                some = ids[at : at + _AT_ONCE]
                await connection.execute(delete(RUN_EVENTS).where(RUN_EVENTS.c.run.in_(some)))
                await connection.execute(delete(RUNS).where(RUNS.c.id.in_(some)))
        return len(ids)

    async def renew(self, run_ids: Sequence[str], lease_until: float) -> Sequence[str]:
        """Extend the lease of running runs; returns those to be cancelled."""
        mine = RUNS.c.id.in_(run_ids)
        async with self._database.writing() as connection:
            await connection.execute(update(RUNS).where(mine).values(lease_until=lease_until))
            asked = select(RUNS.c.id).where(mine, RUNS.c.status == RunStatus.CANCELLING)
            return list((await connection.execute(asked)).scalars())

    async def ask_to_cancel(self, run_id: str) -> None:
        """Ask the process that answers a run to stop it."""
        async with self._database.writing() as connection:
            running = update(RUNS).where(RUNS.c.id == run_id, RUNS.c.status == RunStatus.RUNNING)
            await connection.execute(running.values(status=RunStatus.CANCELLING))

    async def unfinished(self) -> Sequence[Run]:
        """Runs that have no last event yet, in any process."""
        async with self._database.reading() as connection:
            query = select(RUNS).where(RUNS.c.status.in_(_UNFINISHED)).order_by(RUNS.c.created_at)
            return [_run(row) for row in (await connection.execute(query)).mappings()]

    async def abandon(self, run_id: str, event: JsonObject) -> bool:
        """Finish a run whose process has ended by an error event; False if it is finished already."""
        async with self._database.writing() as connection:
            query = select(RUNS.c.status).where(RUNS.c.id == run_id).with_for_update()
            if (await connection.execute(query)).scalar() not in _UNFINISHED:
                return False
            newest = select(func.coalesce(func.max(RUN_EVENTS.c.number), 0)).where(RUN_EVENTS.c.run == run_id)
            number = int((await connection.execute(newest)).scalar_one()) + 1
            await _end(connection, run_id, RunStatus.FAILED, Event(number, "error", event))
            return True


def _once(answer: JsonObject | None, manifest: JsonObject | None, last: Event) -> tuple[JsonObject | None, Event]:
    """The answer and the last event without what they repeat: of the manifest, and of the answer."""
    if answer is not None and last.data == answer:
        last = replace(last, data={})
    if answer is not None and answer.get("manifest") == manifest is not None:
        answer = {name: None if name == "manifest" else value for name, value in answer.items()}
    return answer, last


def _run(row: RowMapping) -> Run:
    """The run of a row, its manifest in its answer again."""
    run = Run(**row)
    if run.answer is not None and run.manifest is not None and "manifest" in run.answer:
        return replace(run, answer={**run.answer, "manifest": run.manifest})
    return run


async def _end(connection: AsyncConnection, run_id: str, status: RunStatus, last: Event, **values: Any) -> None:
    await connection.execute(insert(RUN_EVENTS).values(run=run_id, **asdict(last)))
    finished = update(RUNS).where(RUNS.c.id == run_id)
    await connection.execute(finished.values(status=status, finished_at=now(), **values))
