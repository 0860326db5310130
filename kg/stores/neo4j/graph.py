"""Reading entities and relations that count, in one read transaction."""

from collections.abc import Generator, Sequence
from typing import TypeVar

from kg.domain import Entity, EntityId, GraphStats, Relation, Subgraph
from kg.errors import NotFound
from kg.graph_walk import Ask
from kg.graph_walk import neighbourhood as walk_neighbourhood
from kg.graph_walk import paths as walk_paths
from kg.protocols import Direction, NamedEntity
from kg.stores.neo4j.connection import Transaction
from kg.stores.neo4j.revisions import head
from kg.stores.neo4j.rows import entity_of, names_of
from kg.stores.neo4j.things import COUNTS, ENTITY, RELATION, SEEN, relations_in

T = TypeVar("T")

_ARROWS = {"out": ("-", "->"), "in": ("<-", "-"), "both": ("-", "-")}


async def entities(tx: Transaction, ids: Sequence[EntityId]) -> list[Entity]:
    """The existing ones of the ids, in the given order, without retracted ones."""
    found = await tx.rows(
        f"{SEEN}UNWIND $ids AS id MATCH (e:Entity {{id: id}}) WHERE {COUNTS.format('e')} RETURN {ENTITY}",
        ids=list(dict.fromkeys(ids)),
    )
    by_id = {r["row"]["id"]: entity_of(r["row"]) for r in found}
    return [by_id[id_] for id_ in ids if id_ in by_id]


async def named(tx: Transaction, after: EntityId, limit: int) -> list[NamedEntity]:
    """A batch of entities for the dictionary, ordered by id."""
    found = await tx.rows(
        f"{SEEN}MATCH (e:Entity) WHERE e.id > $after AND {COUNTS.format('e')} "
        "RETURN e.id AS id, e.type AS type, e.names AS names, e.scripts AS scripts ORDER BY e.id LIMIT $limit",
        after=after,
        limit=limit,
    )
    return [NamedEntity(EntityId(r["id"]), r["type"], names_of(r["names"], r["scripts"])) for r in found]


async def relations(
    tx: Transaction,
    ids: Sequence[EntityId],
    *,
    predicates: Sequence[str] = (),
    direction: Direction = "both",
    limit: int = 1000,
) -> list[Relation]:
    """Relations at any of the entities, ordered by id; the first ``limit`` an entity."""
    types = tx.vocabulary.pattern(predicates) if predicates else tx.vocabulary.any_relation
    if not types or not ids:
        return []
    left, right = _ARROWS[direction]
    found = await tx.rows(
        f"{SEEN}UNWIND $ids AS id MATCH (e:Entity {{id: id}}) "
        f"CALL (hidden, e) {{ MATCH (e){left}[r:{types}]{right}() WHERE {COUNTS.format('r')} "
        f"RETURN r ORDER BY r.id LIMIT $limit }} RETURN {RELATION}",
        ids=list(dict.fromkeys(ids)),
        limit=limit,
    )
    return [relation for _, relation in sorted(relations_in(tx, found).items())]


async def neighbourhood(tx: Transaction, id_: EntityId, *, hops: int = 1, limit: int = 200) -> Subgraph:
    """Entities within ``hops`` (1 or 2) and the relations walked; raises NotFound."""
    walked = await _driven(tx, walk_neighbourhood(id_, hops=hops, limit=limit))
    its = await entities(tx, walked.entities)
    if not its or its[0].id != id_:
        raise NotFound("entity", id_)
    return Subgraph(tuple(its), walked.relations, walked.truncated)


async def paths(tx: Transaction, a: EntityId, b: EntityId, *, max_hops: int = 4, limit: int = 10) -> list[Subgraph]:
    """Shortest paths between two entities, each in walking order; raises NotFound."""
    ends = {e.id for e in await entities(tx, [a, b])}
    for end in (a, b):
        if end not in ends:
            raise NotFound("entity", end)
    routes = await _driven(tx, walk_paths(a, b, max_hops=max_hops, limit=limit))
    their = {e.id: e for e in await entities(tx, sorted({id_ for route in routes for id_ in route.entities}))}
    return [Subgraph(tuple(their[id_] for id_ in route.entities), route.relations) for route in routes]


async def stats(tx: Transaction) -> GraphStats:
    """Counts."""
    by_type = await tx.rows(
        f"{SEEN}MATCH (e:Entity) WHERE {COUNTS.format('e')} RETURN e.type AS name, count(*) AS number ORDER BY name"
    )
    hidden = (await tx.row("MATCH (u:Unfinished) RETURN size(u.hidden) AS number"))["number"]
    seen, counted = (SEEN, "WHERE NOT r.made_in IN hidden ") if hidden else ("", "")
    by_predicate: dict[str, int] = {}
    for predicate in tx.vocabulary.predicates:
        pattern = f"()-[r:{tx.vocabulary.type_(predicate)}]->()"
        found = await tx.row(f"{seen}MATCH {pattern} {counted}RETURN count(r) AS number")
        if found["number"]:
            by_predicate[predicate] = found["number"]
    library = await tx.row(
        "CALL () { MATCH (:Document) RETURN count(*) AS documents } "
        "CALL () { MATCH (:Passage) RETURN count(*) AS passages } "
        "CALL () { MATCH (:Passage)-[m:MENTIONS]->() RETURN sum(size(m.spans)) / 2 AS mentions } "
        "RETURN documents, passages, mentions",
    )
    return GraphStats(
        await head(tx),
        library["documents"],
        library["passages"],
        library["mentions"],
        {r["name"]: r["number"] for r in by_type},
        by_predicate,
    )


async def _driven(tx: Transaction, walk: Generator[Ask, Sequence[Relation], T]) -> T:
    """Answer the requests of a walk until it ends."""
    try:
        ask = next(walk)
        while True:
            ask = walk.send(await relations(tx, ask.ids, limit=ask.limit))
    except StopIteration as done:
        found: T = done.value
        return found
