"""Runs and their events."""

from collections.abc import Mapping, Sequence

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.engine import RowMapping

from app.errors import UnknownRun
from app.state.database import Database, now
from app.state.domain import Event, JsonObject, Run, RunStatus
from app.state.tables import RUN_EVENTS, RUNS

_UNFINISHED = tuple(s.value for s in RunStatus if not s.final)


class Runs:
    """Runs, each with its numbered events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(self, run: Run) -> None:
        """Store a new run; raises StateConflict if its id exists."""
        async with self._database.writing() as connection:
            await connection.execute(
                insert(RUNS).values(
                    id=run.id,
                    question=run.question,
                    status=run.status.value,
                    created_at=run.created_at,
                    owner=run.owner,
                    worker=run.worker,
                    lease_until=run.lease_until,
                )
            )

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

    async def events(self, run_id: str, *, after: int = 0, limit: int = 10_000) -> Sequence[Event]:
        """Events of the run with numbers above ``after``, in order."""
        query = (
            select(RUN_EVENTS)
            .where(and_(RUN_EVENTS.c.run == run_id, RUN_EVENTS.c.number > after))
            .order_by(RUN_EVENTS.c.number)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings()
            return [Event(number=row["number"], name=row["name"], data=row["data"]) for row in rows]

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
        """Finish the run with its last event, in one transaction."""
        async with self._database.writing() as connection:
            await connection.execute(
                insert(RUN_EVENTS).values(run=run_id, number=last.number, name=last.name, data=last.data)
            )
            await connection.execute(
                update(RUNS)
                .where(RUNS.c.id == run_id)
                .values(
                    status=status.value,
                    finished_at=now(),
                    sufficiency=sufficiency,
                    answer=answer,
                    manifest=manifest,
                )
            )

    async def renew(self, run_ids: Sequence[str], lease_until: float) -> Sequence[str]:
        """Extend the lease of running runs; returns those to be cancelled."""
        mine = RUNS.c.id.in_(run_ids)
        async with self._database.writing() as connection:
            await connection.execute(update(RUNS).where(mine).values(lease_until=lease_until))
            asked = select(RUNS.c.id).where(mine, RUNS.c.status == RunStatus.CANCELLING.value)
            return list((await connection.execute(asked)).scalars())

    async def ask_to_cancel(self, run_id: str) -> None:
        """Ask the process that answers a run to stop it."""
        async with self._database.writing() as connection:
            await connection.execute(
                update(RUNS)
                .where(RUNS.c.id == run_id, RUNS.c.status == RunStatus.RUNNING.value)
                .values(status=RunStatus.CANCELLING.value)
            )

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
            await connection.execute(insert(RUN_EVENTS).values(run=run_id, number=number, name="error", data=event))
            await connection.execute(
                update(RUNS).where(RUNS.c.id == run_id).values(status=RunStatus.FAILED.value, finished_at=now())
            )
            return True


def _run(row: RowMapping) -> Run:
    return Run(
        id=row["id"],
        question=row["question"],
        status=RunStatus(row["status"]),
        created_at=row["created_at"],
        worker=row["worker"],
        lease_until=row["lease_until"],
        owner=row["owner"],
        sufficiency=row["sufficiency"],
        answer=row["answer"],
        manifest=row["manifest"],
        finished_at=row["finished_at"],
    )
