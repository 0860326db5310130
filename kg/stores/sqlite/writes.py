"""Rows of entities and relations written, with what finds them kept in step."""

import sqlite3
from collections.abc import Iterable, Sequence

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
    connection: sqlite3.Connection, writes: Sequence[Write], revision: Revision, *, noted: bool = True
) -> None:
    """Store planned writes; the versions they replace are kept as past ones.

    ``noted`` is whether ``change`` lists them, as it does for a small revision.
    """
    entities = [w for w in writes if w.kind == "entity"]
    relations = [w for w in writes if w.kind == "relation"]
    changed = [w.id for w in entities if w.before is not None]
    end(connection, "entity", changed, revision)
    drop_names(connection, changed)
    _delete(connection, "entity", [w.id for w in entities if w.after is None])
    after = [(w.before is None, w.after) for w in entities if isinstance(w.after, Entity)]
    update_entities(connection, [e for new, e in after if not new], revision)
    insert_entities(connection, [e for new, e in after if new], revision)

    end(connection, "relation", [w.id for w in relations if w.before is not None], revision)
    _delete(connection, "relation", [w.id for w in relations if w.after is None])
    drop_support(connection, [w.id for w in relations if w.before is not None])
    put_relations(connection, [w.after for w in relations if isinstance(w.after, Relation)], revision)
    if noted:
        connection.executemany(
            "INSERT INTO change (revision, kind, id) VALUES (?, ?, ?)", [(revision, w.kind, w.id) for w in writes]
        )


def end(connection: sqlite3.Connection, kind: WriteKind, ids: Sequence[str], revision: Revision) -> None:
    """Keep the present versions of entities or relations as past ones that ended in ``revision``."""
    columns = KINDS[kind][0]
    if ids:
        connection.execute(
            f"INSERT INTO {kind}_past ({columns}, made_in, ended_in) SELECT {columns}, made_in, ? FROM {kind} "
            f"WHERE id {AMONG}",
            (revision, ids_json(ids)),
        )


def _delete(connection: sqlite3.Connection, kind: WriteKind, ids: Sequence[str]) -> None:
    if ids:
        connection.execute(f"DELETE FROM {kind} WHERE id {AMONG}", (ids_json(ids),))


def insert_entities(connection: sqlite3.Connection, entities: Sequence[Entity], revision: Revision) -> None:
    """Insert entities that are not there, with their names."""
    if not entities:
        return
    first = connection.execute("SELECT coalesce(max(key), 0) + 1 FROM entity").fetchone()[0]
    keyed = list(enumerate(entities, first))
    connection.executemany(_INSERT_ENTITY, [(key, *entity_row(e), revision) for key, e in keyed])
    add_names(connection, keyed)


def update_entities(connection: sqlite3.Connection, entities: Sequence[Entity], revision: Revision) -> None:
    """Replace rows of entities that are there, and add their names; the old names were dropped before."""
    if not entities:
        return
    rows = [entity_row(e) for e in entities]
    connection.executemany(_UPDATE_ENTITY, [(*row[1:], revision, row[0]) for row in rows])
    ids = ids_json([e.id for e in entities])
    keys = dict(connection.execute(f"SELECT id, key FROM entity WHERE id {AMONG}", (ids,)).fetchall())
    add_names(connection, [(keys[e.id], e) for e in entities])


def put_relations(connection: sqlite3.Connection, relations: Sequence[Relation], revision: Revision) -> None:
    """Insert or replace relations, and what supports them; the old support was dropped before."""
    if not relations:
        return
    connection.executemany(_PUT_RELATION, [(*relation_row(r), revision) for r in relations])
    add_support(connection, relations)


def add_support(connection: sqlite3.Connection, relations: Iterable[Relation]) -> None:
    """Note which passages support the relations."""
    rows = [(e.passage_id, r.id) for r in relations for e in r.evidence if e.passage_id is not None]
    if rows:
        connection.executemany("INSERT OR IGNORE INTO support (passage, relation) VALUES (?, ?)", rows)


def drop_support(connection: sqlite3.Connection, ids: Sequence[str]) -> None:
    """Forget which passages support the relations."""
    if ids:
        connection.execute(f"DELETE FROM support WHERE relation {AMONG}", (ids_json(ids),))


def add_names(connection: sqlite3.Connection, keyed: Iterable[tuple[int, Entity]]) -> None:
    """Make entities findable by their names and identifiers."""
    found = [(key, findable(entity)) for key, entity in keyed]
    connection.executemany(
        "INSERT OR IGNORE INTO name (text, entity) VALUES (?, ?)",
        [(text, key) for key, texts in found for text in texts],
    )
    connection.executemany(
        "INSERT INTO name_words (rowid, names) VALUES (?, ?)", [(key, _words_text(texts)) for key, texts in found]
    )


def drop_names(connection: sqlite3.Connection, ids: Sequence[str]) -> None:
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
