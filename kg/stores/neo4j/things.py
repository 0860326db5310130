"""Entities and relations by id, as they are now: the statements, inside a transaction."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from kg.domain import Entity, EntityId, Relation, RelationId
from kg.ledger.planning import Current
from kg.stores.neo4j.connection import Transaction, rows
from kg.stores.neo4j.rows import batches, entity_of, relation_of
from kg.stores.neo4j.vocabulary import Vocabulary

RELATION = "properties(r) AS row, startNode(r).id AS subject, type(r) AS type, endNode(r).id AS object"
SEEN = "MATCH (u:Unfinished) WITH u.hidden AS hidden "
"""How a reading statement begins."""

COUNTS = "(size(hidden) = 0 OR NOT {0}.made_in IN hidden)"
"""The condition, after ``SEEN``, that a row belongs to a revision that counts."""

ENTITY = "e {.id, .type, .names, .scripts, .identifiers, .attributes, .bare, .version, .made_in} AS row"


def relation_in(record: Mapping[str, Any], vocabulary: Vocabulary) -> Relation:
    """The relation of a record that returns ``RELATION``."""
    return relation_of(record["row"], record["subject"], vocabulary.predicate(record["type"]), record["object"])


async def entities_now(tx: Transaction, ids: Iterable[EntityId]) -> dict[EntityId, Entity]:
    """Entities by id, hidden ones as well."""
    found: dict[EntityId, Entity] = {}
    for some in batches(sorted(set(ids))):
        records = await rows(tx, f"UNWIND $ids AS id MATCH (e:Entity {{id: id}}) RETURN {ENTITY}", {"ids": some})
        found.update((EntityId(r["row"]["id"]), entity_of(r["row"])) for r in records)
    return found


async def relations_now(
    tx: Transaction, vocabulary: Vocabulary, ids: Iterable[RelationId]
) -> dict[RelationId, Relation]:
    """Relations by id, hidden ones as well."""
    asked: dict[str, list[RelationId]] = {}
    for id_ in sorted(set(ids)):
        for predicate in vocabulary.guesses(id_):
            asked.setdefault(predicate, []).append(id_)
    found: dict[RelationId, Relation] = {}
    for predicate, its in asked.items():
        for some in batches(its):
            records = await rows(
                tx,
                f"UNWIND $ids AS id MATCH ()-[r:{vocabulary.type_(predicate)} {{id: id}}]->() RETURN {RELATION}",
                {"ids": some},
            )
            found.update((RelationId(r["row"]["id"]), relation_in(r, vocabulary)) for r in records)
    return found


async def relations_at(
    tx: Transaction, vocabulary: Vocabulary, ids: Collection[EntityId]
) -> dict[RelationId, Relation]:
    """All relations at the entities, in both directions."""
    found: dict[RelationId, Relation] = {}
    if not vocabulary.predicates:
        return found
    for some in batches(sorted(ids), 200):
        records = await rows(
            tx,
            f"UNWIND $ids AS id MATCH (:Entity {{id: id}})-[r:{vocabulary.any_relation}]-() RETURN DISTINCT {RELATION}",
            {"ids": some},
        )
        found.update((RelationId(r["row"]["id"]), relation_in(r, vocabulary)) for r in records)
    return found


async def last_versions(tx: Transaction, ids: Iterable[str]) -> dict[str, int]:
    """The last version of each thing that has a past."""
    found: dict[str, int] = {}
    for some in batches(sorted(set(ids))):
        records = await rows(
            tx,
            "UNWIND $ids AS id MATCH (p:Past {id: id}) RETURN id, max(p.version) AS version",
            {"ids": some},
        )
        found.update((r["id"], r["version"] + 1) for r in records)
    return found


async def current(
    tx: Transaction,
    vocabulary: Vocabulary,
    entities: Collection[EntityId],
    hubs: Collection[EntityId],
    relations: Collection[RelationId],
) -> Current:
    """What planning needs to know of these things."""
    live = await entities_now(tx, entities)
    edges = {**await relations_now(tx, vocabulary, relations), **await relations_at(tx, vocabulary, hubs)}
    gone = [*(i for i in entities if i not in live), *(i for i in relations if i not in edges)]
    versions = {**await last_versions(tx, gone), **await _retracted_at(tx, hubs)}
    return Current(live, edges, {i: v for i, v in versions.items() if i not in edges})


async def _retracted_at(tx: Transaction, ids: Collection[EntityId]) -> dict[str, int]:
    """Earlier versions of the entities' relations; a merge may restore them."""
    records = await rows(
        tx,
        "UNWIND $ids AS id CALL (id) { MATCH (p:Past {subject: id}) RETURN p "
        "UNION MATCH (p:Past {object: id}) RETURN p } "
        "RETURN p.id AS id, max(p.version) AS version",
        {"ids": sorted(ids)},
    )
    return {r["id"]: r["version"] + 1 for r in records}
