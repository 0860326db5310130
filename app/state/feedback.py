"""Readers' feedback on answers."""

from collections.abc import Sequence

from sqlalchemy import insert, select

from app.errors import StateConflict, UnknownRun
from app.state.database import Database, now
from app.state.domain import FeedbackEntry, FeedbackKind
from app.state.tables import FEEDBACK


class Feedback:
    """Typed feedback on runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        run: str,
        kind: FeedbackKind,
        *,
        sentence: int | None = None,
        comment: str = "",
        owner: str | None = None,
    ) -> FeedbackEntry:
        """Store feedback; raises UnknownRun."""
        values = {"run": run, "kind": kind, "sentence": sentence, "comment": comment, "owner": owner}
        row = insert(FEEDBACK).values(**values, created_at=now()).returning(FEEDBACK)
        try:
            async with self._database.writing() as connection:
                return FeedbackEntry(**(await connection.execute(row)).mappings().one())
        except StateConflict as error:
            raise UnknownRun(run) from error

    async def is_on(self, run: str) -> bool:
        """Whether a reader left feedback on a run."""
        query = select(FEEDBACK.c.id).where(FEEDBACK.c.run == run).limit(1)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).first() is not None

    async def recent(self, *, after: int = 0, limit: int = 100) -> Sequence[FeedbackEntry]:
        """A page of feedback with ids above ``after``, oldest first."""
        query = select(FEEDBACK).where(FEEDBACK.c.id > after).order_by(FEEDBACK.c.id).limit(limit)
        async with self._database.reading() as connection:
            return [FeedbackEntry(**row) for row in (await connection.execute(query)).mappings()]
