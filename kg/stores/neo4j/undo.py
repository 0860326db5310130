"""Taking a revision back, in one transaction where it fits, staged where it does not."""

from collections.abc import Sequence

from kg.domain import DocumentId, Revision
from kg.errors import Purged
from kg.ledger.changes import PURGE, RevisionHeader
from kg.ledger.planning import Write, counts_of, refuse_clashes, reversed_by, undoing, without_documents
from kg.stores.neo4j.connection import Connection, Transaction, batches
from kg.stores.neo4j.documents import bring_back, set_aside_in
from kg.stores.neo4j.history import writes_of
from kg.stores.neo4j.ledger import take_out
from kg.stores.neo4j.revisions import documents_of, kind_of, last_events, record_revision, waited_lock
from kg.stores.neo4j.things import current
from kg.stores.neo4j.unfinished import ONE_TRANSACTION, begin, conclude, recover, stage
from kg.stores.neo4j.writes import write_all


async def undo(connection: Connection, revision: Revision, *, author: str, reason: str) -> Revision:
    """Take a revision back as a new one; raises NotFound, Purged, VersionConflict where later revisions differ."""
    header = RevisionHeader("undo", author, reason, revision)
    async with connection.held() as tx:
        new = Revision(await waited_lock(tx, connection.where) + 1)
        came, went, purged = await _documents(tx, revision)
        writes = await writes_of(tx, revision)
        back = without_documents(undoing(writes, await current(tx, *reversed_by(writes))), purged)
        large = len(back) > ONE_TRANSACTION
        if large:
            await begin(connection, new)
            await _stage(connection, back)
        else:
            await write_all(tx, back, new)
        counts = counts_of(back)
        wrote = [w.id for w in back]
        if came:
            removed, taken = await take_out(tx, came, new)
            counts = {name: counts.get(name, 0) + taken.get(name, 0) for name in counts | taken}
            wrote += [w.id for w in removed]
        if went:
            counts["documents_added"] = len(went)
            counts["passages_added"] = await bring_back(tx, revision, new)
        await record_revision(
            tx, new, header, counts=counts, graph=bool(wrote), wrote=None if large else wrote, added=went, removed=came
        )
        if large:
            await conclude(tx, ending=new, hidden=[revision] if all(w.after is None for w in back) else [])
        await tx.commit()
    if large:
        await recover(connection)
    return new


async def _documents(
    tx: Transaction, revision: Revision
) -> tuple[list[DocumentId], list[DocumentId], list[DocumentId]]:
    """Documents that a revision added, those that it removed and that are kept, and those that are erased.

    Raises NotFound, VersionConflict where they changed since, and Purged where all that it removed are erased.
    """
    came, went = await documents_of(tx, revision)
    last = await last_events(tx, [*came, *went])
    refuse_clashes([("document", id_, int(revision), int(n)) for id_, n in last.items() if n != revision])
    kept = await set_aside_in(tx, revision)
    purged = [id_ for id_ in went if id_ not in kept]
    if await kind_of(tx, revision) == PURGE or (went and purged == went):
        raise Purged(revision, purged)
    return came, [id_ for id_ in went if id_ in kept], purged


async def _stage(connection: Connection, back: Sequence[Write]) -> None:
    """Removed relations first, then entities, then kept or added relations."""
    ordered = sorted(back, key=lambda w: (1 if w.kind == "entity" else 0 if w.after is None else 2, w.id))
    for some in batches(list(enumerate(ordered)), 5000):
        await connection.write(stage, [(place, w.kind, w.id, w.after) for place, w in some])
