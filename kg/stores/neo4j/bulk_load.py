"""Bulk loading: many transactions, one revision that counts only once all of it is there."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from kg.domain import UNCHANGED, Entity, EntityId, Relation, RelationId, Revision
from kg.errors import KnowledgeError
from kg.ledger.changes import RevisionHeader
from kg.ledger.checks import refuse_misplaced
from kg.ledger.planning import Write, WriteKind
from kg.stores.neo4j.connection import Connection, Transaction, batches
from kg.stores.neo4j.revisions import LeftOver, record_revision, waited_lock
from kg.stores.neo4j.rows import entity_of
from kg.stores.neo4j.things import entity_records, last_versions, relation_in, relation_records
from kg.stores.neo4j.unfinished import ONE_TRANSACTION, Staged, begin, carry_out, conclude, recover, stage
from kg.stores.neo4j.writes import check, create_entities, create_relations, update_entities, update_relations

T = TypeVar("T", Entity, Relation)

_LOT = 10_000
"""Rows of one transaction: each commit costs the full-text indexes a flush."""


async def load(
    connection: Connection,
    entities: Iterable[Sequence[Entity]],
    relations: Iterable[Sequence[Relation]],
    *,
    author: str,
    reason: str,
) -> Revision:
    """Add or replace in bulk as one revision; returns UNCHANGED if nothing differs.

    The batches are drawn one at a time, entities first; raises InvalidChange for a relation without ends.
    """
    header = RevisionHeader("load", author, reason)
    try:
        async with connection.held() as guard:
            head = await waited_lock(guard, connection.where)
            loading = _Loading(Revision(head + 1))
            await loading.look(guard)
            await begin(connection, loading.revision)
            async for lot in _lots(entities):
                await connection.write(loading.take_entities, lot)
            async for lot in _lots(relations):
                await connection.write(loading.take_relations, lot)
            counts = {name: number for name, number in loading.counts().items() if number}
            if not counts:
                await conclude(guard, ending=None)
                await guard.commit()
                return UNCHANGED
            large = len(loading.staged) > ONE_TRANSACTION
            if not large:
                await carry_out(guard, loading.revision, most=ONE_TRANSACTION)
            await record_revision(guard, loading.revision, header, counts=counts, graph=True, wrote=None)
            await conclude(guard, ending=loading.revision if large else None)
            await guard.commit()
    except LeftOver:
        raise
    except BaseException:
        with suppress(KnowledgeError):
            await recover(connection)
        raise
    if large:
        await recover(connection)
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

    def __init__(self, revision: Revision) -> None:
        self.revision = revision
        self.staged: dict[tuple[WriteKind, str], int] = {}
        self._entities: set[EntityId] = set()
        self._relations: set[RelationId] = set()
        self._known: set[EntityId] = set()

    async def look(self, tx: Transaction) -> None:
        """See what there is, so that nothing is sought that cannot be there."""
        found = await tx.row(
            "CALL () { MATCH (:Entity) RETURN count(*) AS entities } "
            "CALL () { MATCH (:Past) RETURN count(*) AS pasts } "
            "CALL () { MATCH (:Absent) RETURN count(*) AS absent } RETURN entities, pasts, absent",
        )
        self._empty = found["entities"] == 0
        self._any_past = found["pasts"] > 0
        self._any_absent = found["absent"] > 0

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
        check(tx, wanted.values())
        records = await entity_records(tx, (id_ for id_ in wanted if not self._empty or id_ in self._entities))
        there = {EntityId(r["row"]["id"]): (entity_of(r["row"]), r["row"]["made_in"]) for r in records}
        new = await self._numbered(tx, [e for id_, e in wanted.items() if id_ not in there])
        await create_entities(tx, new, self.revision, awaited=self._any_absent)
        await update_entities(tx, await self._differing(tx, "entity", there, wanted), self.revision)
        self._entities.update(e.id for e in new)
        self._known.update(wanted)

    async def take_relations(self, tx: Transaction, lot: Sequence[Relation]) -> None:
        """Add new relations, stage changed ones; both ends must exist."""
        wanted = {r.id: r for r in lot}
        await self._check_ends(tx, lot)
        check(tx, wanted.values())
        records = await relation_records(tx, (id_ for id_ in wanted if not self._empty or id_ in self._relations))
        there = {RelationId(r["row"]["id"]): (relation_in(tx, r), r["row"]["made_in"]) for r in records}
        new = await self._numbered(tx, [r for id_, r in wanted.items() if id_ not in there])
        await create_relations(tx, new, self.revision)
        mine = await self._differing(tx, "relation", there, wanted)
        await update_relations(tx, [w.after for w in mine], self.revision)
        self._relations.update(r.id for r in new)

    async def _differing(
        self, tx: Transaction, kind: WriteKind, there: Mapping[Any, tuple[T, int]], wanted: Mapping[Any, T]
    ) -> list[Write]:
        """Stage what differs from earlier revisions; gives the writes that differ from rows of this load."""
        mine: list[Write] = []
        staged: list[Staged] = []
        for id_, (was, made_in) in there.items():
            if replace(wanted[id_], version=was.version) == was:
                continue
            if made_in == self.revision:
                mine.append(Write(kind, id_, was, replace(wanted[id_], version=was.version)))
            else:
                place = self.staged.setdefault((kind, id_), len(self.staged))
                staged.append((place, kind, id_, replace(wanted[id_], version=was.version + 1)))
        await stage(tx, staged)
        return mine

    async def _numbered(self, tx: Transaction, new: Sequence[Any]) -> list[Any]:
        """New things with the version after the last that they had."""
        last = await last_versions(tx, (thing.id for thing in new)) if self._any_past and new else {}
        return [
            thing if thing.version == (version := last.get(thing.id, 0) + 1) else replace(thing, version=version)
            for thing in new
        ]

    async def _check_ends(self, tx: Transaction, lot: Sequence[Relation]) -> None:
        known = self._known
        missing = {end for r in lot for end in (r.subject, r.object) if end not in known}
        if missing and not self._empty:
            found = await tx.rows("UNWIND $ids AS id MATCH (e:Entity {id: id}) RETURN id", ids=sorted(missing))
            known.update(EntityId(r["id"]) for r in found)
        refuse_misplaced(lot, known)
