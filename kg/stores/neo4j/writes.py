"""Carries out planned writes on nodes and relationships, and keeps replaced versions as ``(:Past)`` nodes."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import TypeVar

from kg.domain import Entity, Relation, Revision
from kg.errors import InvalidChange
from kg.ledger.planning import Write
from kg.stores.neo4j.connection import Transaction, rows, run
from kg.stores.neo4j.rows import Row, batches, entity_row, image, relation_row
from kg.stores.neo4j.vocabulary import Vocabulary

ID_BYTES = 4000
"""Longest id: an index of Neo4j takes 8 kB at most."""

T = TypeVar("T", Entity, Relation)


async def write_all(tx: Transaction, vocabulary: Vocabulary, writes: Sequence[Write], revision: Revision) -> None:
    """Carry planned writes out; raises InvalidChange for names that are not in the vocabulary."""
    check(vocabulary, (w.after for w in writes if w.after is not None))
    await _keep(tx, vocabulary, [w.before for w in writes if w.before is not None], revision)
    entities = [w for w in writes if w.kind == "entity"]
    relations = [w for w in writes if w.kind == "relation"]
    await _delete_relations(tx, vocabulary, [w.before for w in relations if w.after is None])
    await create_entities(tx, vocabulary, _new(entities, Entity), revision)
    await update_entities(
        tx, vocabulary, [w for w in entities if w.before is not None and w.after is not None], revision
    )
    await create_relations(tx, vocabulary, _new(relations, Relation), revision)
    await update_relations(tx, vocabulary, [w.after for w in relations if w.before is not None], revision)
    await delete_entities(tx, vocabulary, [w.id for w in entities if w.after is None])


def check(vocabulary: Vocabulary, things: Iterable[Entity | Relation]) -> None:
    """Raise InvalidChange for things that Neo4j must not be given."""
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
    tx: Transaction, vocabulary: Vocabulary, entities: Iterable[Entity], revision: Revision, *, awaited: bool = True
) -> None:
    """Make nodes of entities that are not there.

    An entity that passages mention already gets its names; ``awaited`` is whether there may be one.
    """
    for type_, its in _grouped(entities, lambda e: e.type):
        label = vocabulary.label(type_)
        for some in batches(its):
            asked = {e.id: {**entity_row(e), "made_in": revision} for e in some}
            called = await _absent(tx, list(asked)) if awaited else []
            if called:
                await run(
                    tx,
                    "UNWIND $rows AS row MATCH (e:Absent {id: row.id}) "
                    f"REMOVE e:Absent SET e:Entity:{label} SET e = row",
                    {"rows": [asked.pop(id_) for id_ in called]},
                )
            await run(tx, f"UNWIND $rows AS row CREATE (e:Entity:{label}) SET e = row", {"rows": list(asked.values())})


async def _absent(tx: Transaction, ids: Sequence[str]) -> list[str]:
    known = await rows(tx, "UNWIND $ids AS id MATCH (a:Absent {id: id}) RETURN id", {"ids": ids})
    return [record["id"] for record in known]


async def create_relations(
    tx: Transaction, vocabulary: Vocabulary, relations: Iterable[Relation], revision: Revision
) -> None:
    """Make relationships of relations that are not there, between entities that are."""
    for predicate, its in _grouped(relations, lambda r: r.predicate):
        statement = (
            "UNWIND $rows AS row MATCH (a:Entity {id: row.a}) MATCH (b:Entity {id: row.b}) "
            f"CREATE (a)-[r:{vocabulary.type_(predicate)}]->(b) SET r = row.r"
        )
        for some in batches(its):
            asked = [{"a": r.subject, "b": r.object, "r": {**relation_row(r), "made_in": revision}} for r in some]
            await run(tx, statement, {"rows": asked})


async def delete_entities(tx: Transaction, vocabulary: Vocabulary, ids: Sequence[str]) -> None:
    """Take nodes out whose relations are gone; one that passages mention stays as ``:Absent``."""
    for some in batches(sorted(ids)):
        await run(
            tx,
            "UNWIND $ids AS id MATCH (e:Entity {id: id}) WHERE EXISTS { (e)<-[:MENTIONS]-() } "
            f"REMOVE e:Entity{vocabulary.all_labels} SET e:Absent SET e = {{id: id}}",
            {"ids": some},
        )
        await run(tx, "UNWIND $ids AS id MATCH (e:Entity {id: id}) DELETE e", {"ids": some})


async def _keep(
    tx: Transaction, vocabulary: Vocabulary, things: Sequence[Entity | Relation], revision: Revision
) -> None:
    """Keep the present versions as past ones that ended in ``revision``."""
    entities = [t for t in things if isinstance(t, Entity)]
    for some in batches(entities):
        await run(
            tx,
            "UNWIND $rows AS row MATCH (e:Entity {id: row.id}) CREATE (p:Past) SET p = row, p.made_in = e.made_in",
            {"rows": [_past(e, revision) for e in some]},
        )
    for predicate, its in _grouped((t for t in things if isinstance(t, Relation)), lambda r: r.predicate):
        for some_relations in batches(its):
            await run(
                tx,
                f"UNWIND $rows AS row MATCH ()-[r:{vocabulary.type_(predicate)} {{id: row.id}}]->() "
                "CREATE (p:Past) SET p = row, p.made_in = r.made_in",
                {"rows": [_past(r, revision) for r in some_relations]},
            )


def _past(thing: Entity | Relation, revision: Revision) -> Row:
    row: Row = {"id": thing.id, "version": thing.version, "image": image(thing), "ended_in": revision}
    if isinstance(thing, Relation):
        return {**row, "kind": "relation", "subject": thing.subject, "object": thing.object}
    return {**row, "kind": "entity"}


async def update_entities(tx: Transaction, vocabulary: Vocabulary, writes: Sequence[Write], revision: Revision) -> None:
    """Set the properties of entities that are there, and the label of those that were given another type."""
    after = [w.after for w in writes if isinstance(w.after, Entity)]
    for some in batches(after):
        await run(
            tx,
            "UNWIND $rows AS row MATCH (e:Entity {id: row.id}) SET e = row",
            {"rows": [{**entity_row(e), "made_in": revision} for e in some]},
        )
    retyped = [
        w.after
        for w in writes
        if isinstance(w.before, Entity) and isinstance(w.after, Entity) and w.before.type != w.after.type
    ]
    for type_, its in _grouped(retyped, lambda e: e.type):
        for some in batches([e.id for e in its]):
            await run(
                tx,
                "UNWIND $ids AS id MATCH (e:Entity {id: id}) "
                f"REMOVE e{vocabulary.all_labels} SET e:{vocabulary.label(type_)}",
                {"ids": some},
            )


async def update_relations(
    tx: Transaction, vocabulary: Vocabulary, relations: Sequence[Entity | Relation | None], revision: Revision
) -> None:
    """Set the properties of relations that are there."""
    after = (r for r in relations if isinstance(r, Relation))
    for predicate, its in _grouped(after, lambda r: r.predicate):
        for some in batches(its):
            await run(
                tx,
                f"UNWIND $rows AS row MATCH ()-[r:{vocabulary.type_(predicate)} {{id: row.id}}]->() SET r = row",
                {"rows": [{**relation_row(r), "made_in": revision} for r in some]},
            )


async def _delete_relations(
    tx: Transaction, vocabulary: Vocabulary, relations: Sequence[Entity | Relation | None]
) -> None:
    before = (r for r in relations if isinstance(r, Relation))
    for predicate, its in _grouped(before, lambda r: r.predicate):
        for some in batches([r.id for r in its]):
            await run(
                tx,
                f"UNWIND $ids AS id MATCH ()-[r:{vocabulary.type_(predicate)} {{id: id}}]->() DELETE r",
                {"ids": some},
            )


def _new(writes: Sequence[Write], kind: type[T]) -> list[T]:
    return [w.after for w in writes if w.before is None and isinstance(w.after, kind)]


def _grouped(things: Iterable[T], key: Callable[[T], str]) -> list[tuple[str, list[T]]]:
    """Things by type or predicate, each group ordered by id, so that all writers lock in one order."""
    ordered = sorted(things, key=lambda t: (key(t), t.id))
    return [(name, list(group)) for name, group in groupby(ordered, key=key)]
