"""Rows of entities and relations written, with what finds them kept in step."""

from collections.abc import Iterable, Sequence
from sqlite3 import Connection

from kg.domain import Entity, Relation, Revision
from kg.ledger.planning import Write, WriteKind
from kg.names.ranking import findable, spaced
from kg.stores.sqlite.rows import (
    AMONG,
    ENTITY_COLUMNS,
    KINDS,
    RELATION_COLUMNS,
    Row,
    entity_of,
    entity_row,
    ids_json,
    relation_row,
)

_NAME_BREAK = " \x1f "

_INSERT_ENTITY = f"INSERT INTO entity (key, {ENTITY_COLUMNS}, made_in) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_UPDATE_ENTITY = (
    "UPDATE entity SET type = ?, names = ?, identifiers = ?, attributes = ?, bare = ?, version = ?, made_in = ? "
    "WHERE id = ?"
)
_PUT_RELATION = f"INSERT OR REPLACE INTO relation ({RELATION_COLUMNS}, made_in) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


def write_all(
    connection: Connection, writes: Sequence[Write], revision: Revision, *, noted: bool = True, past: bool = True
) -> None:
    """Store planned writes.

    ``noted`` is whether ``change`` lists them, as it does for a small revision; ``past`` whether the versions that
    they replace are kept, as those of earlier revisions are.
    """
    for kind in KINDS:
        its = [w for w in writes if w.kind == kind]
        changed = [w.id for w in its if w.before is not None]
        if past:
            _keep(connection, kind, changed, revision)
        if kind == "entity":
            _drop_names(connection, changed)
        else:
            _delete(connection, "support", "relation", changed)
        _delete(connection, kind, "id", [w.id for w in its if w.after is None])
    entities = [(w.before is None, w.after) for w in writes if isinstance(w.after, Entity)]
    _update_entities(connection, [e for new, e in entities if not new], revision)
    insert_entities(connection, [e for new, e in entities if new], revision)
    put_relations(connection, [w.after for w in writes if isinstance(w.after, Relation)], revision)
    if noted:
        connection.executemany(
            "INSERT INTO change (revision, kind, id) VALUES (?, ?, ?)", [(revision, w.kind, w.id) for w in writes]
        )


def _keep(connection: Connection, kind: WriteKind, ids: Sequence[str], revision: Revision) -> None:
    """Keep the present versions as past ones that ended in ``revision``."""
    columns = KINDS[kind][0]
    if ids:
        connection.execute(
            f"INSERT INTO {kind}_past ({columns}, made_in, ended_in) SELECT {columns}, made_in, ? FROM {kind} "
            f"WHERE id {AMONG}",
            (revision, ids_json(ids)),
        )


def _delete(connection: Connection, table: str, key: str, ids: Sequence[str]) -> None:
    if ids:
        connection.execute(f"DELETE FROM {table} WHERE {key} {AMONG}", (ids_json(ids),))


def insert_entities(connection: Connection, entities: Sequence[Entity], revision: Revision) -> None:
    """Insert entities that are not there, with their names."""
    if not entities:
        return
    first = connection.execute("SELECT coalesce(max(key), 0) + 1 FROM entity").fetchone()[0]
    keyed = list(enumerate(entities, first))
    connection.executemany(_INSERT_ENTITY, [(key, *entity_row(e), revision) for key, e in keyed])
    _add_names(connection, keyed)


def _update_entities(connection: Connection, entities: Sequence[Entity], revision: Revision) -> None:
    if not entities:
        return
    rows = [entity_row(e) for e in entities]
    connection.executemany(_UPDATE_ENTITY, [(*row[1:], revision, row[0]) for row in rows])
    ids = ids_json([e.id for e in entities])
    keys = dict(connection.execute(f"SELECT id, key FROM entity WHERE id {AMONG}", (ids,)).fetchall())
    _add_names(connection, [(keys[e.id], e) for e in entities])


def put_relations(connection: Connection, relations: Sequence[Relation], revision: Revision) -> None:
    """Insert or replace relations, and note which passages support them."""
    connection.executemany(_PUT_RELATION, [(*relation_row(r), revision) for r in relations])
    connection.executemany(
        "INSERT OR IGNORE INTO support (passage, relation) VALUES (?, ?)",
        [(e.passage_id, r.id) for r in relations for e in r.evidence if e.passage_id is not None],
    )


def _add_names(connection: Connection, keyed: Iterable[tuple[int, Entity]]) -> None:
    """Make entities findable by their names and identifiers."""
    found = [(key, findable(entity)) for key, entity in keyed]
    connection.executemany(
        "INSERT OR IGNORE INTO name (text, entity) VALUES (?, ?)",
        [(text, key) for key, texts in found for text in texts],
    )
    connection.executemany(
        "INSERT INTO name_words (rowid, names) VALUES (?, ?)", [(key, _words_text(texts)) for key, texts in found]
    )


def _drop_names(connection: Connection, ids: Sequence[str]) -> None:
    """Take entities that are there out of what finds them."""
    if not ids:
        return
    rows: list[Row] = connection.execute(
        f"SELECT {ENTITY_COLUMNS}, key FROM entity WHERE id {AMONG}", (ids_json(ids),)
    ).fetchall()
    found = [(row[-1], findable(entity_of(row))) for row in rows]
    connection.executemany(
        "DELETE FROM name WHERE text = ? AND entity = ?", [(text, key) for key, texts in found for text in texts]
    )
    connection.executemany(
        "INSERT INTO name_words (name_words, rowid, names) VALUES ('delete', ?, ?)",
        [(key, _words_text(texts)) for key, texts in found],
    )


def _words_text(texts: Sequence[str]) -> str:
    return _NAME_BREAK.join(map(spaced, texts))
