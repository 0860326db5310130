"""Bulk loading: many transactions, one revision that counts only once all of it is there."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from kg.domain import Entity, EntityId, Relation, RelationId, Revision, relation_id
from kg.errors import InvalidChange, KnowledgeError
from kg.ledger.changes import RevisionHeader
from kg.ledger.planning import Write
from kg.stores.neo4j.connection import Connection, Transaction, rows
from kg.stores.neo4j.revisions import LeftOver, record_revision, waited_lock
from kg.stores.neo4j.rows import batches, entity_of
from kg.stores.neo4j.things import ENTITY, RELATION, last_versions, relation_in
from kg.stores.neo4j.undo import finish
from kg.stores.neo4j.unfinished import ONE_TRANSACTION, begin, carry_out, conclude, recover, stage
from kg.stores.neo4j.vocabulary import Vocabulary
from kg.stores.neo4j.writes import check, create_entities, create_relations, update_entities, update_relations

_LOT = 10_000
"""Rows of one transaction: each commit costs the full-text indexes a flush."""


async def load(
    connection: Connection,
    vocabulary: Vocabulary,
    entities: Iterable[Sequence[Entity]],
    relations: Iterable[Sequence[Relation]],
    header: RevisionHeader,
) -> Revision:
    """Add or replace in bulk as one revision; returns the head if nothing differs."""
    try:
        async with connection.held() as guard:
            head = await waited_lock(guard, connection.where)
            loading = _Loading(vocabulary, Revision(head + 1))
            await loading.look(guard)
            await begin(connection, loading.revision)
            async for lot in _lots(entities):
                await connection.write(lambda tx, lot=lot: loading.take_entities(tx, lot))  # type: ignore[misc]
            async for some in _lots(relations):
                await connection.write(lambda tx, some=some: loading.take_relations(tx, some))  # type: ignore[misc]
            counts = {name: number for name, number in loading.counts().items() if number}
            if not counts:
                await conclude(guard, ending=None)
                await guard.commit()
                return head
            large = len(loading.staged) > ONE_TRANSACTION
            if not large:
                await carry_out(guard, vocabulary, loading.revision, most=ONE_TRANSACTION)
            await record_revision(guard, loading.revision, header, counts=counts, graph=True, wrote=None)
            await conclude(guard, ending=loading.revision if large else None)
            await guard.commit()
    except LeftOver:
        raise
    except BaseException:
        with suppress(KnowledgeError):
            await recover(connection, vocabulary)
        raise
    if large:
        await finish(connection, vocabulary, loading.revision)
    return loading.revision


async def _lots(batched: Iterable[Sequence[Any]]) -> AsyncIterator[Sequence[Any]]:
    lot: list[Any] = []
    for batch in batched:
        for some in batches(batch, _LOT):
            if len(lot) + len(some) > _LOT:
                yield lot
                lot = []
            lot.extend(some)
    if lot:
        yield lot


class _Loading:
    """One running load. New rows are written hidden; replacements are staged."""

    def __init__(self, vocabulary: Vocabulary, revision: Revision) -> None:
        self._vocabulary = vocabulary
        self.revision = revision
        self.staged: dict[tuple[str, str], int] = {}
        self._entities: set[EntityId] = set()
        self._relations: set[RelationId] = set()
        self._known: set[EntityId] = set()

    async def look(self, tx: Transaction) -> None:
        """See what there is, so that nothing is sought that cannot be there."""
        found = await rows(
            tx,
            "CALL () { MATCH (:Entity) RETURN count(*) AS entities } "
            "CALL () { MATCH (:Past) RETURN count(*) AS pasts } "
            "CALL () { MATCH (:Absent) RETURN count(*) AS absent } RETURN entities, pasts, absent",
        )
        self._empty = found[0]["entities"] == 0
        self._any_past = found[0]["pasts"] > 0
        self._any_absent = found[0]["absent"] > 0

    def counts(self) -> dict[str, int]:
        """The record of the revision."""
        edited = [kind for kind, _ in self.staged]
        return {
            "entities_added": len(self._entities),
            "entities_edited": edited.count("entity"),
            "relations_added": len(self._relations),
            "relations_edited": edited.count("relation"),
        }

    async def take_entities(self, tx: Transaction, lot: Sequence[Entity]) -> None:
        """Add new entities, stage changed ones."""
        wanted = {e.id: e for e in lot}
        check(self._vocabulary, wanted.values())
        there = await self._entities_there(tx, wanted)
        new = await self._numbered(tx, [e for id_, e in wanted.items() if id_ not in there])
        await create_entities(tx, self._vocabulary, new, self.revision, awaited=self._any_absent)
        mine: list[Write] = []
        staged: list[tuple[int, str, str, Entity | Relation | None]] = []
        for id_, (was, made_in) in there.items():
            if replace(wanted[id_], version=was.version) == was:
                continue
            if made_in == self.revision:
                mine.append(Write("entity", id_, was, replace(wanted[id_], version=was.version)))
            else:
                staged.append(self._staged("entity", replace(wanted[id_], version=was.version + 1)))
        await update_entities(tx, self._vocabulary, mine, self.revision)
        await stage(tx, staged)
        self._entities.update(e.id for e in new)
        self._known.update(wanted)

    async def take_relations(self, tx: Transaction, lot: Sequence[Relation]) -> None:
        """Add new relations, stage changed ones; both ends must exist."""
        wanted = {r.id: r for r in lot}
        await self._check_ends(tx, lot)
        check(self._vocabulary, wanted.values())
        there = await self._relations_there(tx, wanted)
        new = await self._numbered(tx, [r for id_, r in wanted.items() if id_ not in there])
        await create_relations(tx, self._vocabulary, new, self.revision)
        mine: list[Relation] = []
        staged: list[tuple[int, str, str, Entity | Relation | None]] = []
        for id_, (was, made_in) in there.items():
            if replace(wanted[id_], version=was.version) == was:
                continue
            if made_in == self.revision:
                mine.append(replace(wanted[id_], version=was.version))
            else:
                staged.append(self._staged("relation", replace(wanted[id_], version=was.version + 1)))
        await update_relations(tx, self._vocabulary, mine, self.revision)
        await stage(tx, staged)
        self._relations.update(r.id for r in new)

    def _staged(self, kind: str, thing: Entity | Relation) -> tuple[int, str, str, Entity | Relation | None]:
        return self.staged.setdefault((kind, thing.id), len(self.staged)), kind, thing.id, thing

    async def _numbered(self, tx: Transaction, new: Sequence[Any]) -> list[Any]:
        """New things with the version after the last that they had."""
        last = await last_versions(tx, (thing.id for thing in new)) if self._any_past and new else {}
        return [
            thing if thing.version == (version := last.get(thing.id, 0) + 1) else replace(thing, version=version)
            for thing in new
        ]

    async def _entities_there(
        self, tx: Transaction, wanted: dict[EntityId, Entity]
    ) -> dict[EntityId, tuple[Entity, int]]:
        ids = [id_ for id_ in wanted if not self._empty or id_ in self._entities]
        if not ids:
            return {}
        found = await rows(tx, f"UNWIND $ids AS id MATCH (e:Entity {{id: id}}) RETURN {ENTITY}", {"ids": sorted(ids)})
        return {r["row"]["id"]: (entity_of(r["row"]), r["row"]["made_in"]) for r in found}

    async def _relations_there(
        self, tx: Transaction, wanted: dict[RelationId, Relation]
    ) -> dict[RelationId, tuple[Relation, int]]:
        asked: dict[str, list[RelationId]] = {}
        for id_, relation in wanted.items():
            if not self._empty or id_ in self._relations:
                asked.setdefault(relation.predicate, []).append(id_)
        there: dict[RelationId, tuple[Relation, int]] = {}
        for predicate, ids in asked.items():
            found = await rows(
                tx,
                f"UNWIND $ids AS id MATCH ()-[r:{self._vocabulary.type_(predicate)} {{id: id}}]->() RETURN {RELATION}",
                {"ids": sorted(ids)},
            )
            there.update(
                (RelationId(r["row"]["id"]), (relation_in(r, self._vocabulary), r["row"]["made_in"])) for r in found
            )
        return there

    async def _check_ends(self, tx: Transaction, lot: Sequence[Relation]) -> None:
        known = self._known
        missing = {end for r in lot for end in (r.subject, r.object) if end not in known}
        if missing and not self._empty:
            found = await rows(tx, "UNWIND $ids AS id MATCH (e:Entity {id: id}) RETURN id", {"ids": sorted(missing)})
            known.update(EntityId(r["id"]) for r in found)
        problems = []
        for r in lot:
            if r.subject not in known or r.object not in known:
                absent = r.subject if r.subject not in known else r.object
                problems.append(f"relation {r.id!r} points at {absent!r}, which is not there")
            elif r.id != relation_id(r.subject, r.predicate, r.object):
                problems.append(f"relation {r.id!r} must have the id {relation_id(r.subject, r.predicate, r.object)!r}")
        if problems:
            raise InvalidChange("the load was refused", problems)
