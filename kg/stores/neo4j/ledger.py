"""Applying change sets, putting and removing documents: each one write transaction."""

from collections.abc import Collection, Iterable, Sequence

from kg.domain import DocumentId, ParsedDocument, PassageId, Relation, RelationId, Revision
from kg.errors import NotFound
from kg.ledger.changes import ChangeSet, RevisionHeader
from kg.ledger.checks import planned
from kg.ledger.planning import Write, counts_of, touched, without_passages
from kg.ontology import Ontology
from kg.stores.neo4j import documents
from kg.stores.neo4j.connection import Transaction, rows
from kg.stores.neo4j.name_search import quoted
from kg.stores.neo4j.revisions import lock, record_revision
from kg.stores.neo4j.rows import batches
from kg.stores.neo4j.schema import citations_index
from kg.stores.neo4j.things import RELATION, current, relation_in
from kg.stores.neo4j.vocabulary import Vocabulary
from kg.stores.neo4j.writes import write_all

_CITED_AT_ONCE = 500


async def apply(tx: Transaction, vocabulary: Vocabulary, change_set: ChangeSet, ontology: Ontology | None) -> Revision:
    """Plan, check and store a change set; one that changes nothing makes no revision."""
    head = await lock(tx)
    writes = planned(change_set, await current(tx, vocabulary, *touched(change_set)), ontology)
    if not writes:
        return head
    revision = Revision(head + 1)
    await write_all(tx, vocabulary, writes, revision)
    header = RevisionHeader("apply", change_set.author, change_set.reason)
    return await record_revision(
        tx, revision, header, counts=counts_of(writes), graph=True, wrote=[w.id for w in writes]
    )


async def put(tx: Transaction, parsed: Sequence[ParsedDocument], header: RevisionHeader) -> Revision:
    """Store the documents that are not there; without any there is no revision."""
    head = await lock(tx)
    asked = {d.document.id: d for d in reversed(parsed)}
    present = await documents.there(tx, list(asked))
    new = [asked[id_] for id_ in dict.fromkeys(d.document.id for d in parsed) if id_ not in present]
    if not new:
        return head
    revision = Revision(head + 1)
    await documents.insert(tx, new, revision)
    counts = {"documents_added": len(new), "passages_added": sum(len(d.passages) for d in new)}
    ids = [d.document.id for d in new]
    return await record_revision(tx, revision, header, counts=counts, graph=False, added=ids)


async def remove(
    tx: Transaction, vocabulary: Vocabulary, ids: Sequence[DocumentId], header: RevisionHeader
) -> Revision:
    """Take documents back with all that only they supported; raises NotFound."""
    head = await lock(tx)
    wanted = list(dict.fromkeys(ids))
    present = await documents.there(tx, wanted)
    for id_ in wanted:
        if id_ not in present:
            raise NotFound("document", id_)
    if not wanted:
        return head
    revision = Revision(head + 1)
    writes, counts = await take_out(tx, vocabulary, wanted, revision)
    return await record_revision(
        tx, revision, header, counts=counts, graph=bool(writes), wrote=[w.id for w in writes], removed=wanted
    )


async def take_out(
    tx: Transaction, vocabulary: Vocabulary, ids: Sequence[DocumentId], revision: Revision
) -> tuple[Sequence[Write], dict[str, int]]:
    """Set documents aside and take the evidence back that points at them; gives the writes and the counts."""
    gone = await documents.take_out(tx, ids, revision)
    writes = without_passages((await _citing(tx, vocabulary, gone)).values(), set(gone))
    await write_all(tx, vocabulary, writes, revision)
    return writes, {"documents_removed": len(ids), "passages_removed": len(gone), **counts_of(writes)}


async def _citing(
    tx: Transaction, vocabulary: Vocabulary, passages: Collection[PassageId]
) -> dict[RelationId, Relation]:
    """Relations whose evidence points at the passages."""
    found: dict[RelationId, Relation] = {}
    if not vocabulary.predicates:
        return found
    for some in batches(sorted(passages), _CITED_AT_ONCE):
        records = await rows(
            tx,
            f"CALL db.index.fulltext.queryRelationships($index, $text) YIELD relationship AS r RETURN {RELATION}",
            {"index": citations_index(vocabulary), "text": _any_of(some)},
        )
        found.update((RelationId(r["row"]["id"]), relation_in(r, vocabulary)) for r in records)
    return found


def _any_of(passages: Iterable[str]) -> str:
    return " OR ".join(quoted(p) for p in passages)
