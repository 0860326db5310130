"""Taking a revision back, in one transaction where it fits, staged where it does not."""

from collections.abc import Sequence

from kg.domain import DocumentId, EntityId, Relation, RelationId, Revision
from kg.errors import NotFound
from kg.ledger.changes import RevisionHeader
from kg.ledger.planning import Current, Write, counts_of, refuse_clashes, undoing
from kg.stores.neo4j import documents
from kg.stores.neo4j.connection import Connection, Transaction
from kg.stores.neo4j.history import writes_of
from kg.stores.neo4j.ledger import take_out
from kg.stores.neo4j.revisions import documents_of, last_events, record_revision, revision_named, waited_lock
from kg.stores.neo4j.rows import batches
from kg.stores.neo4j.things import entities_now, last_versions, relations_at, relations_now
from kg.stores.neo4j.unfinished import ONE_TRANSACTION, begin, carry_out, conclude, stage
from kg.stores.neo4j.vocabulary import Vocabulary
from kg.stores.neo4j.writes import write_all


async def undo(
    connection: Connection, vocabulary: Vocabulary, revision: Revision, author: str, reason: str
) -> Revision:
    """Take a revision back as a new one; raises NotFound, VersionConflict."""
    header = RevisionHeader("undo", author, reason, revision)
    async with connection.held() as tx:
        new = Revision(await waited_lock(tx, connection.where) + 1)
        if await revision_named(tx, revision) is None:
            raise NotFound("revision", str(revision))
        came, went = await _documents(tx, revision)
        back = await _back(tx, vocabulary, revision)
        large = len(back) > ONE_TRANSACTION
        if large:
            await begin(connection, new)
            await _stage(connection, back)
        else:
            await write_all(tx, vocabulary, back, new)
        counts = counts_of(back)
        wrote = [w.id for w in back]
        if came:
            writes, taken = await take_out(tx, vocabulary, came, new)
            counts = {name: counts.get(name, 0) + taken.get(name, 0) for name in counts | taken}
            wrote += [w.id for w in writes]
        if went:
            counts["documents_added"] = len(went)
            counts["passages_added"] = await documents.bring_back(tx, revision, new)
        await record_revision(
            tx, new, header, counts=counts, graph=bool(wrote), wrote=None if large else wrote, added=went, removed=came
        )
        if large:
            await conclude(tx, ending=new, hidden=[revision] if all(w.after is None for w in back) else [])
        await tx.commit()
    if large:
        await finish(connection, vocabulary, new)
    return new


async def finish(connection: Connection, vocabulary: Vocabulary, revision: Revision) -> None:
    """Carry out all that is staged for a revision that is the head."""
    async with connection.held() as guard:
        await waited_lock(guard, connection.where, recovering=True)
        while await connection.write(lambda tx: carry_out(tx, vocabulary, revision)):
            pass
        await conclude(guard, ending=None)
        await guard.commit()


async def _documents(tx: Transaction, revision: Revision) -> tuple[list[DocumentId], list[DocumentId]]:
    """Documents that a revision added and removed; raises VersionConflict where they changed since."""
    came, went = await documents_of(tx, revision)
    last = await last_events(tx, [*came, *went])
    refuse_clashes([("document", id_, int(revision), int(n)) for id_, n in last.items() if n != revision])
    return came, went


async def _back(tx: Transaction, vocabulary: Vocabulary, revision: Revision) -> Sequence[Write]:
    """The writes that take the revision back."""
    writes = await writes_of(tx, vocabulary, revision)
    entities = {EntityId(w.id) for w in writes if w.kind == "entity"}
    going = {EntityId(w.id) for w in writes if w.kind == "entity" and w.before is None}
    coming = [w.before for w in writes if isinstance(w.before, Relation)]
    ends = {end for r in coming for end in (r.subject, r.object)}
    live = await entities_now(tx, entities | ends)
    edges = await relations_now(tx, vocabulary, [RelationId(w.id) for w in writes if w.kind == "relation"])
    edges.update(await relations_at(tx, vocabulary, going))
    gone = [w.id for w in writes if w.id not in live and w.id not in edges]
    return undoing(writes, Current(live, edges, await last_versions(tx, gone)))


async def _stage(connection: Connection, back: Sequence[Write]) -> None:
    """Removed relations first, then entities, then kept or added relations."""
    ordered = sorted(back, key=lambda w: (1 if w.kind == "entity" else 0 if w.after is None else 2, w.id))
    for some in batches(list(enumerate(ordered)), 5000):
        noted = [(place, w.kind, w.id, w.after) for place, w in some]
        await connection.write(lambda tx, noted=noted: stage(tx, noted))  # type: ignore[misc]
