"""Entities and relations by id, as they are now: the statements, inside a transaction."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from neo4j import Record

from kg.domain import Entity, EntityId, Relation, RelationId
from kg.ledger.planning import Current
from kg.stores.neo4j.connection import Transaction
from kg.stores.neo4j.rows import entity_of, relation_of

RELATION = "properties(r) AS row, startNode(r).id AS subject, type(r) AS type, endNode(r).id AS object"
SEEN = "MATCH (u:Unfinished) WITH u.hidden AS hidden "
"""How a reading statement begins."""

COUNTS = "(size(hidden) = 0 OR NOT {0}.made_in IN hidden)"
"""The condition, after ``SEEN``, that a row belongs to a revision that counts."""

ENTITY = "e {.id, .type, .names, .scripts, .identifiers, .attributes, .bare, .version, .made_in} AS row"


def relation_in(tx: Transaction, record: Mapping[str, Any]) -> Relation:
    """The relation of a record that returns ``RELATION``."""
    return relation_of(record["row"], record["subject"], tx.vocabulary.predicate(record["type"]), record["object"])


def relations_in(tx: Transaction, records: Iterable[Record]) -> dict[RelationId, Relation]:
    """The relations of records that return ``RELATION``, by id."""
    return {RelationId(record["row"]["id"]): relation_in(tx, record) for record in records}


async def entity_records(tx: Transaction, ids: Iterable[EntityId]) -> list[Record]:
    """Records of ``ENTITY`` by id, hidden ones as well."""
    return await tx.rows_each(f"UNWIND $each AS id MATCH (e:Entity {{id: id}}) RETURN {ENTITY}", sorted(set(ids)))


async def relation_records(tx: Transaction, ids: Iterable[RelationId]) -> list[Record]:
    """Records of ``RELATION`` by id, hidden ones as well."""
    asked: dict[str, list[RelationId]] = {}
    for id_ in sorted(set(ids)):
        for predicate in tx.vocabulary.guesses(id_):
            asked.setdefault(predicate, []).append(id_)
    return [
        record
        for predicate, its in asked.items()
        for record in await tx.rows_each(
            f"UNWIND $each AS id MATCH ()-[r:{tx.vocabulary.type_(predicate)} {{id: id}}]->() RETURN {RELATION}", its
        )
    ]


async def entities_now(tx: Transaction, ids: Iterable[EntityId]) -> dict[EntityId, Entity]:
    """Entities by id, hidden ones as well."""
    return {EntityId(r["row"]["id"]): entity_of(r["row"]) for r in await entity_records(tx, ids)}


async def relations_now(tx: Transaction, ids: Iterable[RelationId]) -> dict[RelationId, Relation]:
    """Relations by id, hidden ones as well."""
    return relations_in(tx, await relation_records(tx, ids))


async def _relations_at(tx: Transaction, ids: Collection[EntityId]) -> dict[RelationId, Relation]:
    """All relations at the entities, in both directions."""
    types = tx.vocabulary.any_relation
    if not types:
        return {}
    records = await tx.rows_each(
        f"UNWIND $each AS id MATCH (:Entity {{id: id}})-[r:{types}]-() RETURN DISTINCT {RELATION}",
        sorted(ids),
        size=200,
    )
    return relations_in(tx, records)


async def last_versions(tx: Transaction, ids: Iterable[str]) -> dict[str, int]:
    """The last version of each thing that has a past."""
    records = await tx.rows_each(
        "UNWIND $each AS id MATCH (p:Past {id: id}) RETURN id, max(p.version) AS version", sorted(set(ids))
    )
    return {r["id"]: r["version"] + 1 for r in records}


async def current(
    tx: Transaction,
    entities: Collection[EntityId],
    hubs: Collection[EntityId],
    relations: Collection[RelationId],
) -> Current:
    """What planning needs to know of these things."""
    live = await entities_now(tx, entities)
    edges = {**await relations_now(tx, relations), **await _relations_at(tx, hubs)}
    gone = [*(i for i in entities if i not in live), *(i for i in relations if i not in edges)]
    versions = {**await last_versions(tx, gone), **await _retracted_at(tx, hubs)}
    return Current(live, edges, {i: v for i, v in versions.items() if i not in edges})


async def _retracted_at(tx: Transaction, ids: Collection[EntityId]) -> dict[str, int]:
    """Earlier versions of the entities' relations; a merge may restore them."""
    records = await tx.rows_each(
        "UNWIND $each AS id CALL (id) { MATCH (p:Past {subject: id}) RETURN p "
        "UNION MATCH (p:Past {object: id}) RETURN p } "
        "RETURN p.id AS id, max(p.version) AS version",
        sorted(ids),
        size=200,
    )
    return {r["id"]: r["version"] + 1 for r in records}
