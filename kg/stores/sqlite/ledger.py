"""Applying change sets and looking back in SQLite; the sync work on a connection inside a transaction."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Literal

from kg.domain import EntityId, Relation, RelationId, Revision
from kg.errors import NotFound
from kg.ledger.changes import ChangeSet, HistoryEntry, RevisionHeader
from kg.ledger.checks import planned
from kg.ledger.history import State, entries_of, revisions_of
from kg.ledger.planning import Current, counts_of, touched
from kg.ontology import Ontology
from kg.stores.sqlite.graph import entities as read_entities
from kg.stores.sqlite.graph import relations as read_relations
from kg.stores.sqlite.revisions import begin_revision, finish_revision, head
from kg.stores.sqlite.rows import AMONG, ENTITY_COLUMNS, RELATION_COLUMNS, entity_of, ids_json, relation_of
from kg.stores.sqlite.writes import write_all

_ALL = 2**62


def apply(connection: sqlite3.Connection, change_set: ChangeSet, ontology: Ontology | None) -> Revision:
    """Plan, check and store a change set; one that changes nothing makes no revision."""
    writes = planned(change_set, current(connection, change_set), ontology)
    if not writes:
        return head(connection)
    header = RevisionHeader("apply", change_set.author, change_set.reason)
    revision = begin_revision(connection, header)
    write_all(connection, writes, revision)
    finish_revision(connection, revision, counts_of(writes))
    return revision


def current(connection: sqlite3.Connection, change_set: ChangeSet) -> Current:
    """What planning a change set needs."""
    ids, hubs, relation_ids = touched(change_set)
    entities = {e.id: e for e in read_entities(connection, sorted(ids))}
    relations = {r.id: r for r in read_relations(connection, sorted(hubs), (), "both", _ALL)}
    relations |= {r.id: r for r in relations_by_id(connection, sorted(relation_ids))}
    versions = retracted_versions(connection, "entity", ids - entities.keys())
    versions |= retracted_versions(connection, "relation", relation_ids - relations.keys())
    for hub in hubs:
        versions |= _retracted_relations_at(connection, hub)
    return Current(entities, relations, {i: v for i, v in versions.items() if i not in relations})


def relations_by_id(connection: sqlite3.Connection, ids: Sequence[RelationId]) -> list[Relation]:
    """Those of the relations that are there, ordered by id."""
    rows = connection.execute(f"SELECT {RELATION_COLUMNS} FROM relation WHERE id {AMONG} ORDER BY id", (ids_json(ids),))
    return [relation_of(row) for row in rows]


def retracted_versions(
    connection: sqlite3.Connection, kind: Literal["entity", "relation"], ids: Iterable[str]
) -> dict[str, int]:
    """Versions of those of the ids that were there once; the retraction itself counts as one."""
    rows = connection.execute(
        f"SELECT id, max(version) + 1 FROM {kind}_past WHERE id {AMONG} GROUP BY id", (ids_json(sorted(ids)),)
    )
    return dict(rows.fetchall())


def _retracted_relations_at(connection: sqlite3.Connection, id_: EntityId) -> dict[str, int]:
    """Earlier versions of the entity's relations; a merge may restore them."""
    rows = connection.execute(
        "SELECT id, max(version) + 1 FROM relation_past WHERE id >= ? AND id < ? GROUP BY id "
        "UNION ALL SELECT id, max(version) + 1 FROM relation_past "
        "WHERE substr(id, subject_chars + predicate_chars + 3) = ? GROUP BY id",
        (f"{id_}|", f"{id_}}}", id_),
    )
    return dict(rows.fetchall())


def history(connection: sqlite3.Connection, id_: str) -> list[HistoryEntry]:
    """States of an entity or relation, oldest first; raises NotFound."""
    states = _entity_states(connection, id_) or _relation_states(connection, id_)
    if not states:
        raise NotFound("entity or relation", id_)
    rows = connection.execute(
        f"SELECT number, author, reason, time FROM revision WHERE number {AMONG}", (json.dumps(revisions_of(states)),)
    )
    return entries_of(states, {number: (author, reason, time) for number, author, reason, time in rows})


def _entity_states(connection: sqlite3.Connection, id_: str) -> list[State]:
    rows = connection.execute(
        f"SELECT {ENTITY_COLUMNS}, made_in, ended_in FROM entity_past WHERE id = ? "
        f"UNION ALL SELECT {ENTITY_COLUMNS}, made_in, NULL FROM entity WHERE id = ? ORDER BY version",
        (id_, id_),
    )
    return [(entity_of(row), row[-2], row[-1]) for row in rows]


def _relation_states(connection: sqlite3.Connection, id_: str) -> list[State]:
    rows = connection.execute(
        f"SELECT {RELATION_COLUMNS}, made_in, ended_in FROM relation_past WHERE id = ? "
        f"UNION ALL SELECT {RELATION_COLUMNS}, made_in, NULL FROM relation WHERE id = ? ORDER BY version",
        (id_, id_),
    )
    return [(relation_of(row), row[-2], row[-1]) for row in rows]
