"""Erasing documents for ever from Neo4j, in one write transaction."""

from collections.abc import Collection, Sequence

from kg.domain import UNCHANGED, DocumentId, PassageId, Relation, Revision
from kg.errors import NotFound
from kg.ledger.changes import PURGE, RevisionHeader
from kg.ledger.history import without_quotes
from kg.ledger.planning import Write, counts_of
from kg.stores.neo4j.connection import Transaction
from kg.stores.neo4j.documents import erase, set_aside_ones, set_aside_passages, there
from kg.stores.neo4j.ledger import take_out, withdraw_evidence
from kg.stores.neo4j.revisions import last_events, lock, record_revision
from kg.stores.neo4j.rows import image, imaged


async def purge(tx: Transaction, ids: Sequence[DocumentId], *, author: str, reason: str) -> Revision:
    """Remove documents that are there, and erase what is kept of them and of those that were removed before.

    UNCHANGED where nothing is left of them; raises NotFound.
    """
    head = await lock(tx)
    wanted = list(dict.fromkeys(ids))
    known = await last_events(tx, wanted)
    for id_ in wanted:
        if id_ not in known:
            raise NotFound("document", id_)
    present = sorted(await there(tx, wanted))
    if not present and not await set_aside_ones(tx, wanted):
        return UNCHANGED
    revision = Revision(head + 1)
    writes: Sequence[Write] = ()
    counts: dict[str, int] = {}
    if present:
        writes, counts = await take_out(tx, present, revision)
    purged = len(await set_aside_ones(tx, wanted))
    passages = await set_aside_passages(tx, wanted)
    later = await withdraw_evidence(tx, passages, revision)
    await _erase_quotes(tx, set(passages))
    await erase(tx, wanted)
    writes = [*writes, *later]
    return await record_revision(
        tx,
        revision,
        RevisionHeader(PURGE, author, reason),
        counts={**counts, **counts_of(writes), "documents_purged": purged},
        graph=bool(writes),
        wrote=[w.id for w in writes],
        removed=present,
    )


async def _erase_quotes(tx: Transaction, passages: Collection[PassageId]) -> None:
    """Erase the quotes of passages from past versions of relations."""
    found = await tx.rows(
        "MATCH (p:Past) WHERE p.kind = 'relation' AND p.image CONTAINS '\"passages\":' RETURN p.image AS image"
    )
    past = [thing for record in found if isinstance(thing := imaged(record["image"]), Relation)]
    await tx.run_each(
        "UNWIND $each AS row MATCH (p:Past {id: row.id}) WHERE p.version = row.version SET p.image = row.image",
        [
            {"id": relation.id, "version": relation.version, "image": image(without_quotes(relation, passages))}
            for relation in past
            if any(e.passage_id in passages for e in relation.evidence)
        ],
    )
