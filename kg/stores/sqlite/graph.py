"""Reading entities and relations from SQLite; the sync work on a connection inside a transaction."""

from collections.abc import Generator, Sequence
from sqlite3 import Connection
from typing import TypeVar

from kg.domain import Entity, EntityId, GraphStats, Relation, Subgraph
from kg.errors import NotFound
from kg.graph_walk import Ask
from kg.graph_walk import neighbourhood as walk_neighbourhood
from kg.graph_walk import paths as walk_paths
from kg.names.look_up import spellings
from kg.names.ranking import CANDIDATES, ranked, words_of
from kg.protocols import Direction, NamedEntity
from kg.stores.sqlite.revisions import head
from kg.stores.sqlite.rows import (
    AMONG,
    ENTITY_COLUMNS,
    RELATION_COLUMNS,
    Row,
    entity_of,
    ids_json,
    names_of,
    relation_of,
)

T = TypeVar("T")

_OUT = f"SELECT {RELATION_COLUMNS} FROM relation WHERE id >= ? AND id < ? AND subject = ?"
_IN = f"SELECT {RELATION_COLUMNS} FROM relation WHERE object = ?"


def entities(connection: Connection, ids: Sequence[EntityId]) -> list[Entity]:
    """The existing ones of the ids, in the given order, without retracted ones."""
    rows = connection.execute(f"SELECT {ENTITY_COLUMNS} FROM entity WHERE id {AMONG}", (ids_json(ids),))
    found = {row[0]: entity_of(row) for row in rows}
    return [found[id_] for id_ in ids if id_ in found]


def named(connection: Connection, after: EntityId, limit: int) -> list[NamedEntity]:
    """A batch of entities for the dictionary, ordered by id."""
    rows = connection.execute("SELECT id, type, names FROM entity WHERE id > ? ORDER BY id LIMIT ?", (after, limit))
    return [NamedEntity(EntityId(id_), type_, names_of(names)) for id_, type_, names in rows]


def find(connection: Connection, text: str, *, type_: str | None = None, limit: int = 20) -> list[Entity]:
    """Entities by id, exact name, then by words or part of a name (Chinese included), in any spelling, best first.

    Each step is taken only while there are too few.
    """
    of_type = "" if type_ is None else " AND type = ?"
    type_values = () if type_ is None else (type_,)
    wanted = spellings(text)
    words = [each for spelling in wanted if (each := words_of(spelling))]
    by_words = "key IN (SELECT rowid FROM name_words WHERE name_words MATCH ?)"
    steps = [("id = ?", text.strip())]
    if wanted:
        steps.append((f"key IN (SELECT entity FROM name WHERE text {AMONG})", ids_json(wanted)))
    if words:
        steps += [(by_words, " OR ".join(map(_phrase, words))), (by_words, _starts(words[0]))]
    if wanted:
        steps.append(("key IN (SELECT entity FROM name WHERE instr(text, ?))", wanted[0]))
    found: dict[str, Entity] = {}
    for fits, value in steps:
        sql = f"SELECT {ENTITY_COLUMNS} FROM entity WHERE {fits}{of_type} ORDER BY id LIMIT {CANDIDATES}"
        rows: list[Row] = connection.execute(sql, (value, *type_values)).fetchall()
        for row in rows:
            if row[0] not in found:
                found[row[0]] = entity_of(row)
        if len(found) >= limit:
            break
    return ranked(text, found.values(), limit=limit)


def relations(
    connection: Connection,
    ids: Sequence[EntityId],
    *,
    predicates: Sequence[str] = (),
    direction: Direction = "both",
    limit: int = 1000,
) -> list[Relation]:
    """Relations at any of the entities, ordered by id; the first ``limit`` an entity."""
    among = f" AND predicate {AMONG}" if predicates else ""
    values = (ids_json(predicates),) if predicates else ()
    out_sql, in_sql = (f"{sql}{among} ORDER BY id LIMIT ?" for sql in (_OUT, _IN))
    found: dict[str, Row] = {}
    for id_ in dict.fromkeys(ids):
        rows: list[Row] = []
        if direction != "in":
            rows += connection.execute(out_sql, (f"{id_}|", f"{id_}}}", id_, *values, limit)).fetchall()
        if direction != "out":
            rows += connection.execute(in_sql, (id_, *values, limit)).fetchall()
        if len(rows) > limit:
            rows = sorted({row[0]: row for row in rows}.values(), key=lambda row: row[0])[:limit]
        found.update((row[0], row) for row in rows)
    return [relation_of(found[id_]) for id_ in sorted(found)]


def neighbourhood(connection: Connection, id_: EntityId, *, hops: int = 1, limit: int = 200) -> Subgraph:
    """Entities within ``hops`` (1 or 2) and the relations walked; raises NotFound."""
    _require(connection, id_)
    walked = _driven(connection, walk_neighbourhood(id_, hops=hops, limit=limit))
    return Subgraph(tuple(entities(connection, walked.entities)), walked.relations, walked.truncated)


def paths(connection: Connection, a: EntityId, b: EntityId, *, max_hops: int = 4, limit: int = 10) -> list[Subgraph]:
    """Shortest paths between two entities, each in walking order; raises NotFound."""
    _require(connection, a)
    _require(connection, b)
    routes = _driven(connection, walk_paths(a, b, max_hops=max_hops, limit=limit))
    return [Subgraph(tuple(entities(connection, route.entities)), route.relations) for route in routes]


def stats(connection: Connection) -> GraphStats:
    """Counts."""

    def count(table: str) -> int:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def by(column: str, table: str) -> dict[str, int]:
        sql = f"SELECT {column}, count(*) FROM {table} GROUP BY {column} ORDER BY {column}"
        return dict(connection.execute(sql).fetchall())

    return GraphStats(
        head(connection),
        count("document"),
        count("passage"),
        count("mention"),
        by("type", "entity"),
        by("predicate", "relation"),
    )


def _driven(connection: Connection, walk: Generator[Ask, Sequence[Relation], T]) -> T:
    """Answer the requests of a walk until it ends."""
    try:
        ask = next(walk)
        while True:
            ask = walk.send(relations(connection, ask.ids, limit=ask.limit))
    except StopIteration as done:
        found: T = done.value
        return found


def _require(connection: Connection, id_: EntityId) -> None:
    if connection.execute("SELECT 1 FROM entity WHERE id = ?", (id_,)).fetchone() is None:
        raise NotFound("entity", id_)


def _phrase(words: Sequence[str]) -> str:
    """The words in a row; quoted, so that nothing a user writes is syntax."""
    return '"' + " ".join(word.replace('"', '""') for word in words) + '"'


def _starts(words: Sequence[str]) -> str:
    """Words that start so, all of them, in any place."""
    return " AND ".join('"' + word.replace('"', '""') + '" *' for word in words)
