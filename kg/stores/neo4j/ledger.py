"""Applying change sets, putting and removing documents: each one write transaction."""

from collections.abc import Collection, Sequence

from kg.domain import UNCHANGED, DocumentId, ParsedDocument, PassageId, Relation, RelationId, Revision
from kg.errors import NotFound
from kg.ledger.changes import ChangeSet, RevisionHeader
from kg.ledger.checks import planned
from kg.ledger.planning import Write, counts_of, touched, without_passages
from kg.ontology import Ontology
from kg.stores.neo4j.connection import Transaction, batches
from kg.stores.neo4j.documents import insert, set_aside, there
from kg.stores.neo4j.name_search import quoted
from kg.stores.neo4j.revisions import lock, record_revision
from kg.stores.neo4j.schema import citations_index
from kg.stores.neo4j.things import RELATION, current, relations_in
from kg.stores.neo4j.writes import write_all

_CITED_AT_ONCE = 500


async def apply(tx: Transaction, change_set: ChangeSet, ontology: Ontology | None) -> Revision:
    """Plan, check and store a change set; one that changes nothing makes no revision."""
    head = await lock(tx)
    writes = planned(change_set, await current(tx, *touched(change_set)), ontology)
    if not writes:
        return UNCHANGED
    revision = Revision(head + 1)
    await write_all(tx, writes, revision)
    header = RevisionHeader("apply", change_set.author, change_set.reason)
    return await record_revision(
        tx, revision, header, counts=counts_of(writes), graph=True, wrote=[w.id for w in writes]
    )


async def put(
    tx: Transaction,
    documents: Sequence[ParsedDocument],
    *,
    author: str,
    reason: str,
    replacing: Sequence[DocumentId] = (),
) -> Revision:
    """Store documents in place of others; existing ones are kept, UNCHANGED is returned if nothing changes."""
    head = await lock(tx)
    asked = {d.document.id: d for d in reversed(documents)}
    present = await there(tx, [*asked, *replacing])
    new = [asked[id_] for id_ in dict.fromkeys(d.document.id for d in documents) if id_ not in present]
    old = [id_ for id_ in dict.fromkeys(replacing) if id_ in present and id_ not in asked]
    if not new and not old:
        return UNCHANGED
    revision = Revision(head + 1)
    writes, counts = await take_out(tx, old, revision) if old else ((), {})
    await insert(tx, new, revision)
    counts |= {"documents_added": len(new), "passages_added": sum(len(d.passages) for d in new)}
    return await record_revision(
        tx,
        revision,
        RevisionHeader("put", author, reason),
        counts=counts,
        graph=bool(writes),
        wrote=[w.id for w in writes],
        added=[d.document.id for d in new],
        removed=old,
    )


async def remove(tx: Transaction, ids: Sequence[DocumentId], *, author: str, reason: str) -> Revision:
    """Take documents back with all that only they supported; raises NotFound."""
    head = await lock(tx)
    wanted = list(dict.fromkeys(ids))
    present = await there(tx, wanted)
    for id_ in wanted:
        if id_ not in present:
            raise NotFound("document", id_)
    if not wanted:
        return UNCHANGED
    revision = Revision(head + 1)
    writes, counts = await take_out(tx, wanted, revision)
    header = RevisionHeader("remove", author, reason)
    return await record_revision(
        tx, revision, header, counts=counts, graph=bool(writes), wrote=[w.id for w in writes], removed=wanted
    )


async def take_out(
    tx: Transaction, ids: Sequence[DocumentId], revision: Revision
) -> tuple[Sequence[Write], dict[str, int]]:
    """Set documents aside and take the evidence back that points at them; gives the writes and the counts."""
    gone = await set_aside(tx, ids, revision)
    writes = await withdraw_evidence(tx, gone, revision)
    return writes, {"documents_removed": len(ids), "passages_removed": len(gone), **counts_of(writes)}


async def withdraw_evidence(tx: Transaction, gone: Sequence[PassageId], revision: Revision) -> Sequence[Write]:
    """Take the evidence back that points at the passages, and what only it supported; gives the writes."""
    writes = without_passages((await _citing(tx, gone)).values(), set(gone))
    await write_all(tx, writes, revision)
    return writes


async def _citing(tx: Transaction, passages: Collection[PassageId]) -> dict[RelationId, Relation]:
    """Relations whose evidence points at the passages."""
    found: dict[RelationId, Relation] = {}
    for some in batches(sorted(passages), _CITED_AT_ONCE) if tx.vocabulary.predicates else ():
        records = await tx.rows(
            f"CALL db.index.fulltext.queryRelationships($index, $text) YIELD relationship AS r RETURN {RELATION}",
            index=citations_index(tx.vocabulary),
            text=" OR ".join(map(quoted, some)),
        )
        found |= relations_in(tx, records)
    return found
