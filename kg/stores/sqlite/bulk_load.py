"""Bulk loading into SQLite: batches streamed in one transaction, with as little work a row as there can be."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from sqlite3 import Connection
from typing import Any, TypeVar

from kg.domain import UNCHANGED, Entity, EntityId, Relation, Revision
from kg.ledger.changes import RevisionHeader
from kg.ledger.checks import refuse_misplaced
from kg.ledger.planning import Write, WriteKind, counts_of
from kg.stores.sqlite.ledger import retracted_versions
from kg.stores.sqlite.revisions import begin_revision, finish_revision
from kg.stores.sqlite.rows import AMONG, KINDS, ids_json
from kg.stores.sqlite.schema import RELATION_OBJECT_INDEX
from kg.stores.sqlite.writes import insert_entities, put_relations, write_all

T = TypeVar("T", Entity, Relation)


def load(
    connection: Connection,
    entities: Iterable[Sequence[Entity]],
    relations: Iterable[Sequence[Relation]],
    *,
    author: str,
    reason: str,
) -> Revision:
    """Add or replace in bulk as one revision; returns UNCHANGED if nothing differs.

    The batches are drawn in the writing thread, entities first; raises InvalidChange for a relation without ends.
    """
    loading = _Loading(connection, begin_revision(connection, RevisionHeader("load", author, reason)))
    for batch in entities:
        loading.take_entities(batch)
    with _index_built_at_the_end(connection):
        for lot in relations:
            loading.take_relations(lot)
    if not any(loading.counts.values()):
        connection.execute("DELETE FROM revision WHERE number = ?", (loading.revision,))
        return UNCHANGED
    finish_revision(connection, loading.revision, loading.counts)
    return loading.revision


@contextmanager
def _index_built_at_the_end(connection: Connection) -> Iterator[None]:
    """Relations that go into an empty table are indexed by object all at once, which is faster than one by one."""
    empty = connection.execute("SELECT NOT EXISTS (SELECT 1 FROM relation)").fetchone()[0]
    if empty:
        connection.execute("DROP INDEX relation_object")
    yield
    if empty:
        connection.execute(RELATION_OBJECT_INDEX)


class _Loading:
    """One load on its way."""

    def __init__(self, connection: Connection, revision: Revision) -> None:
        self._connection = connection
        self.revision = revision
        self.counts: Counter[str] = Counter()
        self._known: set[EntityId] = set()
        self._any_past = {
            kind: connection.execute(f"SELECT EXISTS (SELECT 1 FROM {kind}_past)").fetchone()[0] == 1 for kind in KINDS
        }

    def take_entities(self, batch: Sequence[Entity]) -> None:
        """Add new entities, replace changed ones."""
        self._known.update([e.id for e in batch])
        new = self._new("entity", {e.id: e for e in batch})
        insert_entities(self._connection, new, self.revision)
        self.counts["entities_added"] += len(new)

    def take_relations(self, batch: Sequence[Relation]) -> None:
        """Add new relations, replace changed ones; both ends must exist."""
        ends = {r.subject for r in batch}
        ends.update([r.object for r in batch])
        if missing := ends - self._known:
            rows = self._connection.execute(f"SELECT id FROM entity WHERE id {AMONG}", (ids_json(sorted(missing)),))
            self._known.update(id_ for (id_,) in rows)
        refuse_misplaced(batch, self._known)
        new = self._new("relation", {r.id: r for r in batch})
        put_relations(self._connection, new, self.revision)
        self.counts["relations_added"] += len(new)

    def _new(self, kind: WriteKind, wanted: Mapping[Any, T]) -> Sequence[T]:
        """Replace what is there and differs; gives what is not there, each with the version after its last."""
        columns, thing_of = KINDS[kind]
        rows = self._connection.execute(
            f"SELECT {columns}, made_in FROM {kind} WHERE id {AMONG}", (ids_json(list(wanted)),)
        )
        there = {row[0]: (thing_of(row), row[-1] == self.revision) for row in rows}
        for mine in (False, True):
            writes = [
                Write(kind, id_, was, replace(wanted[id_], version=was.version + (not mine)))
                for id_, (was, of_this_load) in there.items()
                if of_this_load is mine and was != replace(wanted[id_], version=was.version)
            ]
            write_all(self._connection, writes, self.revision, noted=False, past=not mine)
            self.counts.update({} if mine else counts_of(writes))
        new = [wanted[id_] for id_ in sorted(wanted.keys() - there.keys())]
        last = retracted_versions(self._connection, kind, [t.id for t in new]) if self._any_past[kind] else {}
        return [t if t.version == (v := last.get(t.id, 0) + 1) else replace(t, version=v) for t in new]
