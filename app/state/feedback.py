"""Readers' feedback on answers."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.engine import RowMapping

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
        created_at = now()
        row = insert(FEEDBACK).values(
            run=run, kind=kind.value, sentence=sentence, comment=comment, owner=owner, created_at=created_at
        )
        try:
            async with self._database.writing() as connection:
                id_ = int((await connection.execute(row.returning(FEEDBACK.c.id))).scalar_one())
        except StateConflict as error:
            raise UnknownRun(run) from error
        return FeedbackEntry(
            id=id_, run=run, kind=kind, created_at=created_at, sentence=sentence, comment=comment, owner=owner
        )

    async def recent(
        self, *, kind: FeedbackKind | None = None, after: int = 0, limit: int = 100
    ) -> Sequence[FeedbackEntry]:
        """A page of feedback with ids above ``after``, oldest first."""
        query = select(FEEDBACK).where(FEEDBACK.c.id > after).order_by(FEEDBACK.c.id).limit(limit)
        if kind is not None:
            query = query.where(FEEDBACK.c.kind == kind.value)
        async with self._database.reading() as connection:
            return [_entry(row) for row in (await connection.execute(query)).mappings()]


def _entry(row: RowMapping) -> FeedbackEntry:
    return FeedbackEntry(
        id=row["id"],
        run=row["run"],
        kind=FeedbackKind(row["kind"]),
        created_at=row["created_at"],
        sentence=row["sentence"],
        comment=row["comment"],
        owner=row["owner"],
    )
