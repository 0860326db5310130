"""Documents, passages and mentions in SQLite; the sync work on a connection inside a transaction."""

from collections.abc import Iterable, Sequence
from sqlite3 import Connection

from kg.domain import (
    UNCHANGED,
    Block,
    Document,
    DocumentId,
    EntityId,
    Mention,
    ParsedDocument,
    Passage,
    PassageId,
    Revision,
)
from kg.errors import NotFound
from kg.ledger.changes import RevisionHeader
from kg.ledger.planning import counts_of, without_passages
from kg.stores.sqlite import records
from kg.stores.sqlite.revisions import begin_revision, finish_revision
from kg.stores.sqlite.rows import (
    AMONG,
    PASSAGE_COLUMNS,
    RELATION_COLUMNS,
    archive_bytes,
    blocks_bytes,
    blocks_of,
    document_of,
    document_text,
    ids_json,
    passage_of,
    passage_row,
    relation_of,
)
from kg.stores.sqlite.writes import write_all


def put(
    connection: Connection,
    documents: Sequence[ParsedDocument],
    *,
    author: str,
    reason: str,
    replacing: Sequence[DocumentId] = (),
) -> Revision:
    """Store documents in place of others; existing ones are kept, UNCHANGED is returned if nothing changes."""
    asked = {d.document.id: d for d in reversed(documents)}
    named = ids_json([*asked, *replacing])
    there = {id_ for (id_,) in connection.execute(f"SELECT id FROM document WHERE id {AMONG}", (named,))}
    new = [asked[id_] for id_ in dict.fromkeys(d.document.id for d in documents) if id_ not in there]
    old = [id_ for id_ in dict.fromkeys(replacing) if id_ in there and id_ not in asked]
    if not new and not old:
        return UNCHANGED
    revision = begin_revision(connection, RevisionHeader("put", author, reason))
    counts = take_out(connection, old, revision) if old else {}
    counts.update(bring_in(connection, new, revision))
    finish_revision(connection, revision, counts)
    return revision


def bring_in(connection: Connection, new: Sequence[ParsedDocument], revision: Revision) -> dict[str, int]:
    """Write the rows of documents that are not there; gives the counts."""
    connection.executemany(
        "INSERT INTO document (id, about, blocks, added_in) VALUES (?, ?, ?, ?)",
        [(d.document.id, document_text(d.document), blocks_bytes(d.blocks), revision) for d in new],
    )
    connection.executemany(
        "INSERT INTO document_event (revision, document, added) VALUES (?, ?, 1)",
        [(revision, d.document.id) for d in new],
    )
    connection.executemany(
        f"INSERT INTO passage ({PASSAGE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [passage_row(p) for d in new for p in d.passages],
    )
    _insert_mentions(connection, (m for d in new for m in d.mentions))
    records.add(connection, (d.document for d in new))
    return {"documents_added": len(new), "passages_added": sum(len(d.passages) for d in new)}


def remove(connection: Connection, ids: Sequence[DocumentId], *, author: str, reason: str) -> Revision:
    """Take documents back with all that only they supported; raises NotFound."""
    wanted = list(dict.fromkeys(ids))
    there = {d.id for d in documents(connection, wanted)}
    for id_ in wanted:
        if id_ not in there:
            raise NotFound("document", id_)
    if not wanted:
        return UNCHANGED
    revision = begin_revision(connection, RevisionHeader("remove", author, reason))
    finish_revision(connection, revision, take_out(connection, wanted, revision))
    return revision


def take_out(connection: Connection, ids: Sequence[DocumentId], revision: Revision) -> dict[str, int]:
    """Remove documents that are there, archived for an undo, and the evidence that points at them; gives the counts."""
    whole = [parsed(connection, id_) for id_ in ids]
    passages = [p.id for d in whole for p in d.passages]
    evidence = withdraw_evidence(connection, passages, revision)
    connection.executemany(
        "INSERT INTO document_event (revision, document, added, archive) VALUES (?, ?, 0, ?)",
        [(revision, d.document.id, archive_bytes(d)) for d in whole],
    )
    connection.execute(f"DELETE FROM mention WHERE passage {AMONG}", (ids_json(passages),))
    connection.execute(f"DELETE FROM passage WHERE document {AMONG}", (ids_json(ids),))
    records.drop(connection, ids)
    connection.execute(f"DELETE FROM document WHERE id {AMONG}", (ids_json(ids),))
    return {"documents_removed": len(whole), "passages_removed": len(passages), **evidence}


def withdraw_evidence(connection: Connection, passages: Sequence[PassageId], revision: Revision) -> dict[str, int]:
    """Take the evidence back that points at the passages, and what only it supported; gives the counts."""
    supported = connection.execute(
        f"SELECT {RELATION_COLUMNS} FROM relation WHERE id IN (SELECT relation FROM support WHERE passage {AMONG})",
        (ids_json(passages),),
    ).fetchall()
    writes = without_passages([relation_of(r) for r in supported], set(passages))
    write_all(connection, writes, revision)
    return counts_of(writes)


def parsed(connection: Connection, id_: DocumentId) -> ParsedDocument:
    """A document that is there, whole."""
    about, blocks = connection.execute("SELECT about, blocks FROM document WHERE id = ?", (id_,)).fetchone()
    its = passages_of_document(connection, id_)
    return ParsedDocument(
        document_of(about), blocks_of(blocks), tuple(its), tuple(mentions(connection, [p.id for p in its]))
    )


def passages_of_document(connection: Connection, id_: DocumentId) -> list[Passage]:
    """Passages of a document, in order."""
    rows = connection.execute(f"SELECT {PASSAGE_COLUMNS} FROM passage WHERE document = ? ORDER BY ordinal, id", (id_,))
    return [passage_of(row) for row in rows]


def documents(connection: Connection, ids: Sequence[DocumentId]) -> list[Document]:
    """The existing ones, in the given order."""
    rows = connection.execute(f"SELECT id, about FROM document WHERE id {AMONG}", (ids_json(ids),))
    found = {id_: document_of(about) for id_, about in rows}
    return [found[id_] for id_ in ids if id_ in found]


def list_documents(connection: Connection, *, after: DocumentId | None = None, limit: int = 100) -> list[Document]:
    """A page of documents ordered by id."""
    rows = connection.execute("SELECT about FROM document WHERE id > ? ORDER BY id LIMIT ?", (after or "", limit))
    return [document_of(about) for (about,) in rows]


def passages(connection: Connection, ids: Sequence[PassageId]) -> list[Passage]:
    """The existing ones, in the given order."""
    rows = connection.execute(f"SELECT {PASSAGE_COLUMNS} FROM passage WHERE id {AMONG}", (ids_json(ids),))
    found = {row[0]: passage_of(row) for row in rows}
    return [found[id_] for id_ in ids if id_ in found]


def content(connection: Connection, ids: Sequence[DocumentId]) -> list[tuple[Sequence[Block], Sequence[Passage]]]:
    """Blocks and passages of each document, in order; raises NotFound."""
    rows = connection.execute(f"SELECT id, blocks FROM document WHERE id {AMONG}", (ids_json(ids),))
    blocks = {id_: blocks_of(data) for id_, data in rows}
    for id_ in ids:
        if id_ not in blocks:
            raise NotFound("document", id_)
    return [(blocks[id_], tuple(passages_of_document(connection, id_))) for id_ in ids]


def mentions(connection: Connection, passage_ids: Sequence[PassageId]) -> list[Mention]:
    """Mentions in the passages, ordered by passage and start."""
    rows = connection.execute(
        f"SELECT passage, entity, start, end FROM mention WHERE passage {AMONG} ORDER BY passage, start, end, entity",
        (ids_json(passage_ids),),
    )
    return [Mention(PassageId(p), EntityId(e), start, end) for p, e, start, end in rows]


def passages_naming(connection: Connection, entity_ids: Sequence[EntityId], *, limit: int = 200) -> list[PassageId]:
    """Passages that mention any of the entities, those that mention most of them first, then by id."""
    rows = connection.execute(
        f"SELECT passage FROM mention WHERE entity {AMONG} GROUP BY passage "
        "ORDER BY count(DISTINCT entity) DESC, passage LIMIT ?",
        (ids_json(entity_ids), limit),
    )
    return [PassageId(p) for (p,) in rows]


def replace_mentions(connection: Connection, passage_ids: Sequence[PassageId], mentions: Sequence[Mention]) -> None:
    """Set the mentions of the passages (derived data: no revision); those in other passages are left out."""
    connection.execute(f"DELETE FROM mention WHERE passage {AMONG}", (ids_json(passage_ids),))
    rows = connection.execute(f"SELECT id FROM passage WHERE id {AMONG}", (ids_json(passage_ids),))
    there = {row[0] for row in rows}
    _insert_mentions(connection, (m for m in mentions if m.passage_id in there))


def _insert_mentions(connection: Connection, new: Iterable[Mention]) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO mention (passage, start, end, entity) VALUES (?, ?, ?, ?)",
        [(m.passage_id, m.start, m.end, m.entity_id) for m in new],
    )
