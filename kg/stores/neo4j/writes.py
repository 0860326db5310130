"""Carries out planned writes on nodes and relationships, and keeps replaced versions as ``(:Past)`` nodes."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import TypeVar

from kg.domain import Entity, Relation, Revision
from kg.errors import InvalidChange
from kg.ledger.planning import Write
from kg.stores.neo4j.connection import Transaction, batches
from kg.stores.neo4j.rows import Row, entity_row, image, relation_row

ID_BYTES = 4000
"""Longest id: an index of Neo4j takes 8 kB at most."""

T = TypeVar("T", Entity, Relation)


async def write_all(tx: Transaction, writes: Sequence[Write], revision: Revision) -> None:
    """Carry planned writes out; raises InvalidChange for names that are not in the vocabulary."""
    check(tx, (w.after for w in writes if w.after is not None))
    await _keep(tx, [w.before for w in writes if w.before is not None], revision)
    entities = [w for w in writes if w.kind == "entity"]
    relations = [w for w in writes if w.kind == "relation"]
    await _delete_relations(tx, [w.before for w in relations if w.after is None])
    await create_entities(tx, _new(entities, Entity), revision)
    await update_entities(tx, [w for w in entities if w.before is not None], revision)
    await create_relations(tx, _new(relations, Relation), revision)
    await update_relations(tx, [w.after for w in relations if w.before is not None], revision)
    await _delete_entities(tx, [w.id for w in entities if w.after is None])


def check(tx: Transaction, things: Iterable[Entity | Relation]) -> None:
    """Raise InvalidChange for things that Neo4j must not be given."""
    vocabulary = tx.vocabulary
    problems = []
    for thing in things:
        if len(thing.id.encode()) > ID_BYTES:
            problems.append(f"the id {thing.id[:40]!r}... is longer than {ID_BYTES} bytes")
        if isinstance(thing, Entity):
            if not vocabulary.knows_type(thing.type):
                problems.append(f"entity {thing.id!r}: the ontology has no type {thing.type!r}")
            continue
        if not vocabulary.knows(thing.predicate):
            problems.append(f"relation {thing.id!r}: the ontology has no predicate {thing.predicate!r}")
        if any(e.passage_id and len(e.passage_id) > ID_BYTES // 4 for e in thing.evidence):
            problems.append(f"relation {thing.id!r}: its evidence names a passage by too long an id")
    if problems:
        raise InvalidChange("the graph was not changed", problems)


async def create_entities(
    tx: Transaction, entities: Iterable[Entity], revision: Revision, *, awaited: bool = True
) -> None:
    """Make nodes of entities that are not there.

    An entity that passages mention already gets its names; ``awaited`` is whether there may be one.
    """
    for type_, its in _grouped(entities, lambda e: e.type):
        label = tx.vocabulary.label(type_)
        for some in batches(its):
            asked = {e.id: {**entity_row(e), "made_in": revision} for e in some}
            called = (
                await tx.rows("UNWIND $ids AS id MATCH (a:Absent {id: id}) RETURN id", ids=list(asked))
                if awaited
                else []
            )
            if called:
                await tx.run(
                    "UNWIND $rows AS row MATCH (e:Absent {id: row.id}) "
                    f"REMOVE e:Absent SET e:Entity:{label} SET e = row",
                    rows=[asked.pop(record["id"]) for record in called],
                )
            await tx.run(f"UNWIND $rows AS row CREATE (e:Entity:{label}) SET e = row", rows=list(asked.values()))


async def create_relations(tx: Transaction, relations: Iterable[Relation], revision: Revision) -> None:
    """Make relationships of relations that are not there, between entities that are."""
    for predicate, its in _grouped(relations, lambda r: r.predicate):
        await tx.run_each(
            "UNWIND $each AS row MATCH (a:Entity {id: row.a}) MATCH (b:Entity {id: row.b}) "
            f"CREATE (a)-[r:{tx.vocabulary.type_(predicate)}]->(b) SET r = row.r",
            [{"a": r.subject, "b": r.object, "r": {**relation_row(r), "made_in": revision}} for r in its],
        )


async def _delete_entities(tx: Transaction, ids: Sequence[str]) -> None:
    """Take nodes out whose relations are gone; one that passages mention stays as ``:Absent``."""
    await tx.run_each(
        "UNWIND $each AS id MATCH (e:Entity {id: id}) WHERE EXISTS { (e)<-[:MENTIONS]-() } "
        f"REMOVE e:Entity{tx.vocabulary.all_labels} SET e:Absent SET e = {{id: id}}",
        sorted(ids),
    )
    await tx.run_each("UNWIND $each AS id MATCH (e:Entity {id: id}) DELETE e", sorted(ids))


async def _keep(tx: Transaction, things: Sequence[Entity | Relation], revision: Revision) -> None:
    """Keep the present versions as past ones that ended in ``revision``."""
    await tx.run_each(
        "UNWIND $each AS row MATCH (e:Entity {id: row.id}) CREATE (p:Past) SET p = row, p.made_in = e.made_in",
        [_past(thing, revision) for thing in things if isinstance(thing, Entity)],
    )
    for predicate, its in _grouped((t for t in things if isinstance(t, Relation)), lambda r: r.predicate):
        await tx.run_each(
            f"UNWIND $each AS row MATCH ()-[r:{tx.vocabulary.type_(predicate)} {{id: row.id}}]->() "
            "CREATE (p:Past) SET p = row, p.made_in = r.made_in",
            [_past(r, revision) for r in its],
        )


def _past(thing: Entity | Relation, revision: Revision) -> Row:
    row: Row = {"id": thing.id, "version": thing.version, "image": image(thing), "ended_in": revision}
    if isinstance(thing, Relation):
        return {**row, "kind": "relation", "subject": thing.subject, "object": thing.object}
    return {**row, "kind": "entity"}


async def update_entities(tx: Transaction, writes: Sequence[Write], revision: Revision) -> None:
    """Set the properties of entities that are there, and the label of those that were given another type."""
    await tx.run_each(
        "UNWIND $each AS row MATCH (e:Entity {id: row.id}) SET e = row",
        [{**entity_row(w.after), "made_in": revision} for w in writes if isinstance(w.after, Entity)],
    )
    retyped = [
        w.after
        for w in writes
        if isinstance(w.before, Entity) and isinstance(w.after, Entity) and w.before.type != w.after.type
    ]
    for type_, its in _grouped(retyped, lambda e: e.type):
        await tx.run_each(
            "UNWIND $each AS id MATCH (e:Entity {id: id}) "
            f"REMOVE e{tx.vocabulary.all_labels} SET e:{tx.vocabulary.label(type_)}",
            [e.id for e in its],
        )


async def update_relations(tx: Transaction, relations: Sequence[Entity | Relation | None], revision: Revision) -> None:
    """Set the properties of relations that are there."""
    after = (r for r in relations if isinstance(r, Relation))
    for predicate, its in _grouped(after, lambda r: r.predicate):
        await tx.run_each(
            f"UNWIND $each AS row MATCH ()-[r:{tx.vocabulary.type_(predicate)} {{id: row.id}}]->() SET r = row",
            [{**relation_row(r), "made_in": revision} for r in its],
        )


async def _delete_relations(tx: Transaction, relations: Sequence[Entity | Relation | None]) -> None:
    before = (r for r in relations if isinstance(r, Relation))
    for predicate, its in _grouped(before, lambda r: r.predicate):
        await tx.run_each(
            f"UNWIND $each AS id MATCH ()-[r:{tx.vocabulary.type_(predicate)} {{id: id}}]->() DELETE r",
            [r.id for r in its],
        )


def _new(writes: Sequence[Write], kind: type[T]) -> list[T]:
    return [w.after for w in writes if w.before is None and isinstance(w.after, kind)]


def _grouped(things: Iterable[T], key: Callable[[T], str]) -> list[tuple[str, list[T]]]:
    """Things by type or predicate, each group ordered by id, so that all writers lock in one order."""
    ordered = sorted(things, key=lambda t: (key(t), t.id))
    return [(name, list(group)) for name, group in groupby(ordered, key=key)]
