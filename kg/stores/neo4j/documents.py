"""Documents, passages and mentions in Neo4j: the statements, inside a transaction."""

from collections.abc import Iterable, Sequence

from kg.domain import Block, Document, DocumentId, EntityId, Mention, ParsedDocument, Passage, PassageId, Revision
from kg.errors import NotFound
from kg.stores.neo4j.connection import Transaction
from kg.stores.neo4j.records import record_row
from kg.stores.neo4j.revisions import lock
from kg.stores.neo4j.rows import blocks_of, blocks_text, document_of, document_row, passage_of, passage_row

_SMALL = 500


async def insert(tx: Transaction, new: Sequence[ParsedDocument], revision: Revision) -> None:
    """Write documents that are not there."""
    await tx.run_each(
        "UNWIND $each AS row CREATE (d:Document)-[:READ_AS]->(b:Blocks {json: row.blocks}) SET d = row.about",
        (
            {
                "about": {**document_row(d.document), **record_row(d.document), "added_in": revision},
                "blocks": blocks_text(d.blocks),
            }
            for d in new
        ),
        size=_SMALL,
    )
    await tx.run_each(
        "UNWIND $each AS row MATCH (d:Document {id: row.document_id}) CREATE (d)-[:HAS]->(p:Passage) SET p = row",
        (passage_row(p) for p in sorted((p for d in new for p in d.passages), key=lambda p: p.id)),
    )
    await _insert_mentions(tx, (m for d in new for m in d.mentions))


async def _insert_mentions(tx: Transaction, new: Iterable[Mention]) -> None:
    """Write mentions in passages that are there; an entity that is not in the graph gets an ``:Absent`` node."""
    spans: dict[tuple[PassageId, EntityId], set[tuple[int, int]]] = {}
    for mention in new:
        spans.setdefault((mention.passage_id, mention.entity_id), set()).add((mention.start, mention.end))
    ids = sorted({entity for _, entity in spans})
    found = await tx.rows_each("UNWIND $each AS id MATCH (e:Entity {id: id}) RETURN e.id AS id", ids)
    absent = set(ids) - {r["id"] for r in found}
    await tx.run_each("UNWIND $each AS id MERGE (:Absent {id: id})", sorted(absent))
    for label, wanted in (("Entity", False), ("Absent", True)):
        await tx.run_each(
            f"UNWIND $each AS row MATCH (p:Passage {{id: row.passage}}) MATCH (e:{label} {{id: row.entity}}) "
            "CREATE (p)-[:MENTIONS {spans: row.spans}]->(e)",
            (
                {"passage": p, "entity": e, "spans": [n for span in sorted(spans[p, e]) for n in span]}
                for p, e in sorted(spans)
                if (e in absent) == wanted
            ),
        )


async def replace_mentions(tx: Transaction, passage_ids: Sequence[PassageId], mentions: Sequence[Mention]) -> None:
    """Set the mentions of the passages (derived data: no revision); those in other passages are left out."""
    await lock(tx)
    named = set(passage_ids)
    await tx.run_each("UNWIND $each AS id MATCH (:Passage {id: id})-[m:MENTIONS]->() DELETE m", sorted(named))
    await _insert_mentions(tx, (m for m in mentions if m.passage_id in named))


async def set_aside(tx: Transaction, ids: Sequence[DocumentId], revision: Revision) -> list[PassageId]:
    """Keep existing documents, with passages and mentions, so that an undo can restore them."""
    gone = await tx.rows(
        "UNWIND $ids AS id MATCH (p:Passage {document_id: id}) REMOVE p:Passage SET p:RemovedPassage RETURN p.id AS id",
        ids=sorted(ids),
    )
    await tx.run(
        "UNWIND $ids AS id MATCH (d:Document {id: id}) "
        "REMOVE d:Document SET d:RemovedDocument, d.removed_in = $revision",
        ids=sorted(ids),
        revision=revision,
    )
    return sorted(PassageId(r["id"]) for r in gone)


async def bring_back(tx: Transaction, removed_in: Revision, revision: Revision) -> int:
    """Put the documents that a revision removed back; gives the number of their passages."""
    brought = await tx.row(
        "MATCH (d:RemovedDocument {removed_in: $removed_in}) "
        "REMOVE d:RemovedDocument, d.removed_in SET d:Document, d.added_in = $revision "
        "WITH d MATCH (d)-[:HAS]->(p:RemovedPassage) REMOVE p:RemovedPassage SET p:Passage RETURN count(p) AS passages",
        removed_in=removed_in,
        revision=revision,
    )
    return int(brought["passages"])


async def set_aside_ones(tx: Transaction, ids: Sequence[DocumentId]) -> set[DocumentId]:
    """Which of the ids are kept so that an undo can restore them."""
    found = await tx.rows("UNWIND $ids AS id MATCH (:RemovedDocument {id: id}) RETURN DISTINCT id", ids=list(ids))
    return {DocumentId(r["id"]) for r in found}


async def set_aside_in(tx: Transaction, revision: Revision) -> set[DocumentId]:
    """The documents that a revision removed and that are still kept."""
    found = await tx.rows("MATCH (d:RemovedDocument {removed_in: $revision}) RETURN d.id AS id", revision=revision)
    return {DocumentId(r["id"]) for r in found}


async def set_aside_passages(tx: Transaction, ids: Sequence[DocumentId]) -> list[PassageId]:
    """The passages of documents that are kept for an undo."""
    found = await tx.rows(
        "UNWIND $ids AS id MATCH (:RemovedDocument {id: id})-[:HAS]->(p:RemovedPassage) RETURN DISTINCT p.id AS id",
        ids=list(ids),
    )
    return sorted(PassageId(r["id"]) for r in found)


async def erase(tx: Transaction, ids: Sequence[DocumentId]) -> None:
    """Erase documents that are kept for an undo, with their blocks, passages and mentions."""
    for its in ("-[:HAS]->(n:RemovedPassage)", "-[:READ_AS]->(n:Blocks)"):
        await tx.run(f"UNWIND $ids AS id MATCH (:RemovedDocument {{id: id}}){its} DETACH DELETE n", ids=list(ids))
    await tx.run("UNWIND $ids AS id MATCH (d:RemovedDocument {id: id}) DETACH DELETE d", ids=list(ids))


async def there(tx: Transaction, ids: Sequence[DocumentId]) -> set[DocumentId]:
    """Which of the ids are there."""
    found = await tx.rows("UNWIND $ids AS id MATCH (d:Document {id: id}) RETURN d.id AS id", ids=ids)
    return {DocumentId(r["id"]) for r in found}


async def documents(tx: Transaction, ids: Sequence[DocumentId]) -> list[Document]:
    """The existing ones of the ids, in the given order."""
    found = await tx.rows("UNWIND $ids AS id MATCH (d:Document {id: id}) RETURN d", ids=list(dict.fromkeys(ids)))
    by_id = {r["d"]["id"]: document_of(r["d"]) for r in found}
    return [by_id[id_] for id_ in ids if id_ in by_id]


async def list_documents(tx: Transaction, *, after: DocumentId | None = None, limit: int = 100) -> list[Document]:
    """A page of documents ordered by id."""
    found = await tx.rows(
        "MATCH (d:Document) WHERE d.id > $after RETURN d ORDER BY d.id LIMIT $limit", after=after or "", limit=limit
    )
    return [document_of(r["d"]) for r in found]


async def passages(tx: Transaction, ids: Sequence[PassageId]) -> list[Passage]:
    """The existing ones of the ids, in the given order."""
    found = await tx.rows("UNWIND $ids AS id MATCH (p:Passage {id: id}) RETURN p", ids=list(dict.fromkeys(ids)))
    by_id = {r["p"]["id"]: passage_of(r["p"]) for r in found}
    return [by_id[id_] for id_ in ids if id_ in by_id]


async def content(tx: Transaction, ids: Sequence[DocumentId]) -> list[tuple[Sequence[Block], Sequence[Passage]]]:
    """Blocks and passages of each document, in order; raises NotFound."""
    found = await tx.rows(
        "UNWIND $ids AS id MATCH (d:Document {id: id})-[:READ_AS]->(b:Blocks) "
        "RETURN id, b.json AS blocks, [(d)-[:HAS]->(p:Passage) | p] AS passages",
        ids=list(dict.fromkeys(ids)),
    )
    by_id = {
        r["id"]: (
            blocks_of(r["blocks"]),
            tuple(sorted((passage_of(p) for p in r["passages"]), key=lambda p: (p.ordinal, p.id))),
        )
        for r in found
    }
    for id_ in ids:
        if id_ not in by_id:
            raise NotFound("document", id_)
    return [by_id[id_] for id_ in ids]


async def mentions(tx: Transaction, passage_ids: Sequence[PassageId]) -> list[Mention]:
    """Mentions in the passages, ordered by passage and start."""
    found = await tx.rows(
        "UNWIND $ids AS id MATCH (p:Passage {id: id})-[m:MENTIONS]->(e) RETURN id, m.spans AS spans, e.id AS entity",
        ids=list(dict.fromkeys(passage_ids)),
    )
    made = [
        Mention(PassageId(r["id"]), EntityId(r["entity"]), r["spans"][i], r["spans"][i + 1])
        for r in found
        for i in range(0, len(r["spans"]), 2)
    ]
    return sorted(made, key=lambda m: (m.passage_id, m.start, m.end, m.entity_id))


async def passages_naming(tx: Transaction, entity_ids: Sequence[EntityId], *, limit: int = 200) -> list[PassageId]:
    """Passages that mention any of the entities, those that mention most of them first, then by id."""
    found = await tx.rows(
        "UNWIND $ids AS id CALL (id) { MATCH (e:Entity {id: id}) RETURN e "
        "UNION ALL MATCH (e:Absent {id: id}) RETURN e } "
        "MATCH (e)<-[:MENTIONS]-(p:Passage) WITH p, count(*) AS named "
        "RETURN p.id AS id ORDER BY named DESC, id LIMIT $limit",
        ids=sorted(set(entity_ids)),
        limit=limit,
    )
    return [PassageId(r["id"]) for r in found]
