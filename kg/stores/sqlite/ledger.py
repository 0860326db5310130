"""Applying change sets and looking back in SQLite; the sync work on a connection inside a transaction."""

import json
from collections.abc import Collection, Iterable
from sqlite3 import Connection

from kg.domain import UNCHANGED, EntityId, RelationId, Revision
from kg.errors import NotFound
from kg.ledger.changes import ChangeSet, HistoryEntry, RevisionHeader
from kg.ledger.checks import planned
from kg.ledger.history import State, entries_of, revisions_of
from kg.ledger.planning import Current, WriteKind, counts_of, touched
from kg.ontology import Ontology
from kg.stores.sqlite.graph import entities as read_entities
from kg.stores.sqlite.graph import relations as read_relations
from kg.stores.sqlite.revisions import begin_revision, finish_revision
from kg.stores.sqlite.rows import AMONG, KINDS, RELATION_COLUMNS, ids_json, relation_of
from kg.stores.sqlite.writes import write_all

_ALL = 2**62


def apply(connection: Connection, change_set: ChangeSet, ontology: Ontology | None) -> Revision:
    """Plan, check and store a change set; one that changes nothing makes no revision."""
    writes = planned(change_set, current(connection, *touched(change_set)), ontology)
    if not writes:
        return UNCHANGED
    header = RevisionHeader("apply", change_set.author, change_set.reason)
    revision = begin_revision(connection, header)
    write_all(connection, writes, revision)
    finish_revision(connection, revision, counts_of(writes))
    return revision


def current(
    connection: Connection, ids: set[EntityId], hubs: Collection[EntityId], relation_ids: set[RelationId]
) -> Current:
    """What planning needs to know of these things."""
    entities = {e.id: e for e in read_entities(connection, sorted(ids))}
    relations = {r.id: r for r in read_relations(connection, sorted(hubs), limit=_ALL)}
    rows = connection.execute(
        f"SELECT {RELATION_COLUMNS} FROM relation WHERE id {AMONG}", (ids_json(sorted(relation_ids)),)
    )
    relations |= {RelationId(row[0]): relation_of(row) for row in rows}
    versions = retracted_versions(connection, "entity", ids - entities.keys())
    versions |= retracted_versions(connection, "relation", relation_ids - relations.keys())
    versions |= _retracted_relations_at(connection, hubs)
    return Current(entities, relations, {i: v for i, v in versions.items() if i not in relations})


def retracted_versions(connection: Connection, kind: WriteKind, ids: Iterable[str]) -> dict[str, int]:
    """Versions of those of the ids that were there once; the retraction itself counts as one."""
    rows = connection.execute(
        f"SELECT id, max(version) + 1 FROM {kind}_past WHERE id {AMONG} GROUP BY id", (ids_json(sorted(ids)),)
    )
    return dict(rows.fetchall())


def _retracted_relations_at(connection: Connection, ids: Collection[EntityId]) -> dict[str, int]:
    """Earlier versions of the entities' relations; a merge may restore them."""
    if not ids:
        return {}
    rows = connection.execute(
        f"SELECT id, max(version) + 1 FROM relation_past WHERE substr(id, 1, subject_chars) {AMONG} "
        f"OR substr(id, subject_chars + predicate_chars + 3) {AMONG} GROUP BY id",
        (ids_json(sorted(ids)), ids_json(sorted(ids))),
    )
    return dict(rows.fetchall())


def history(connection: Connection, id_: str) -> list[HistoryEntry]:
    """States of an entity or relation, oldest first; raises NotFound."""
    states = _states(connection, "entity", id_) or _states(connection, "relation", id_)
    if not states:
        raise NotFound("entity or relation", id_)
    rows = connection.execute(
        f"SELECT number, author, reason, time FROM revision WHERE number {AMONG}", (json.dumps(revisions_of(states)),)
    )
    return entries_of(states, {number: (author, reason, time) for number, author, reason, time in rows})


def _states(connection: Connection, kind: WriteKind, id_: str) -> list[State]:
    columns, thing_of = KINDS[kind]
    rows = connection.execute(
        f"SELECT {columns}, made_in, ended_in FROM {kind}_past WHERE id = ? "
        f"UNION ALL SELECT {columns}, made_in, NULL FROM {kind} WHERE id = ? ORDER BY version",
        (id_, id_),
    )
    return [(thing_of(row), row[-2], row[-1]) for row in rows]
