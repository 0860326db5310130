"""Bulk loading into SQLite: batches streamed in one transaction, with as little work a row as there can be."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from operator import itemgetter
from typing import Any, TypeVar

from kg.domain import Entity, EntityId, Relation, Revision
from kg.ledger.changes import RevisionHeader
from kg.ledger.checks import refuse_misplaced
from kg.ledger.planning import WriteKind
from kg.stores.sqlite.ledger import retracted_versions
from kg.stores.sqlite.revisions import begin_revision, finish_revision, head
from kg.stores.sqlite.rows import AMONG, KINDS, RELATION_COLUMNS, Row, entity_row, ids_json, relation_row
from kg.stores.sqlite.schema import RELATION_OBJECT_INDEX
from kg.stores.sqlite.writes import (
    add_support,
    drop_names,
    drop_support,
    end,
    insert_entities,
    put_relations,
    update_entities,
)

T = TypeVar("T", Entity, Relation)

_ADD_RELATION = (
    f"INSERT INTO relation ({RELATION_COLUMNS}, made_in) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
)


def load(
    connection: sqlite3.Connection,
    entities: Iterable[Sequence[Entity]],
    relations: Iterable[Sequence[Relation]],
    *,
    author: str,
    reason: str,
) -> Revision:
    """Add or replace in bulk as one revision; returns the head if nothing differs.

    The batches are drawn in the writing thread, entities first; raises InvalidChange for a relation without ends.
    """
    before = head(connection)
    loading = _Loading(connection, begin_revision(connection, RevisionHeader("load", author, reason)))
    for batch in entities:
        loading.take_entities(batch)
    with _index_built_at_the_end(connection):
        for lot in relations:
            loading.take_relations(lot)
    if not any(loading.counts.values()):
        connection.execute("DELETE FROM revision WHERE number = ?", (loading.revision,))
        return before
    finish_revision(connection, loading.revision, loading.counts)
    return loading.revision


@contextmanager
def _index_built_at_the_end(connection: sqlite3.Connection) -> Iterator[None]:
    """Relations that go into an empty table are indexed by object all at once, which is faster than one by one."""
    empty = connection.execute("SELECT NOT EXISTS (SELECT 1 FROM relation)").fetchone()[0]
    if empty:
        connection.execute("DROP INDEX relation_object")
    yield
    if empty:
        connection.execute(RELATION_OBJECT_INDEX)


class _Loading:
    """One load on its way."""

    def __init__(self, connection: sqlite3.Connection, revision: Revision) -> None:
        self._connection = connection
        self.revision = revision
        self.counts = {"entities_added": 0, "entities_edited": 0, "relations_added": 0, "relations_edited": 0}
        self._known: set[EntityId] = set()
        self._any_past = {
            kind: connection.execute(f"SELECT EXISTS (SELECT 1 FROM {kind}_past)").fetchone()[0] == 1
            for kind in ("entity", "relation")
        }

    def take_entities(self, batch: Sequence[Entity]) -> None:
        """Add new entities, replace changed ones."""
        wanted = {e.id: e for e in batch}
        self._known.update(wanted)
        there = self._rows("entity", list(wanted))
        new = self._numbered("entity", [e for id_, e in wanted.items() if id_ not in there])
        insert_entities(self._connection, new, self.revision)
        self.counts["entities_added"] += len(new)
        differing, superseded = self._differing(there, wanted, entity_row)
        end(self._connection, "entity", superseded, self.revision)
        drop_names(self._connection, [e.id for e in differing])
        update_entities(self._connection, differing, self.revision)
        self.counts["entities_edited"] += len(superseded)

    def take_relations(self, batch: Sequence[Relation]) -> None:
        """Add new relations, replace changed ones; both ends must exist."""
        self._check(batch)
        batch = self._numbered("relation", batch)
        changes = self._connection.total_changes
        revision = self.revision
        rows = [(*relation_row(r), revision) for r in batch]
        rows.sort(key=itemgetter(0))
        self._connection.executemany(_ADD_RELATION, rows)
        added = self._connection.total_changes - changes
        self.counts["relations_added"] += added
        add_support(self._connection, batch)
        if added != len(batch):
            self._replace_differing(batch)

    def _replace_differing(self, batch: Sequence[Relation]) -> None:
        wanted = {r.id: r for r in batch}
        there = self._rows("relation", list(wanted))
        differing, superseded = self._differing(there, wanted, relation_row)
        end(self._connection, "relation", superseded, self.revision)
        drop_support(self._connection, [r.id for r in differing])
        put_relations(self._connection, differing, self.revision)
        self.counts["relations_edited"] += len(superseded)

    def _numbered(self, kind: WriteKind, things: Sequence[T]) -> Sequence[T]:
        """Things with the version after the last that they had."""
        if self._any_past[kind] and things:
            versions = retracted_versions(self._connection, kind, [thing.id for thing in things])
            return [replace(thing, version=versions.get(thing.id, 0) + 1) for thing in things]
        return [replace(thing, version=1) for thing in things] if any(t.version != 1 for t in things) else things

    def _differing(
        self, there: Mapping[str, Row], wanted: Mapping[Any, T], row_of: Callable[[T], Row]
    ) -> tuple[list[T], list[str]]:
        """Things that differ from their rows, with new versions, and the ids of the rows of earlier revisions."""
        differing: list[T] = []
        superseded: list[str] = []
        for id_, (*content, version, made_in) in there.items():
            if row_of(wanted[id_])[:-1] != tuple(content):
                mine = made_in == self.revision
                differing.append(replace(wanted[id_], version=version if mine else version + 1))
                if not mine:
                    superseded.append(id_)
        return differing, superseded

    def _check(self, batch: Sequence[Relation]) -> None:
        ends = {r.subject for r in batch}
        ends.update([r.object for r in batch])
        if missing := ends - self._known:
            rows = self._connection.execute(f"SELECT id FROM entity WHERE id {AMONG}", (ids_json(sorted(missing)),))
            self._known.update(id_ for (id_,) in rows)
        refuse_misplaced(batch, self._known)

    def _rows(self, kind: WriteKind, ids: Sequence[str]) -> dict[str, Row]:
        rows = self._connection.execute(
            f"SELECT {KINDS[kind][0]}, made_in FROM {kind} WHERE id {AMONG} ORDER BY id", (ids_json(ids),)
        )
        return {row[0]: row for row in rows}
