"""Erasing documents for ever from SQLite; the sync work on a connection inside a transaction."""

from collections import Counter
from collections.abc import Sequence
from sqlite3 import Connection

from kg.domain import UNCHANGED, DocumentId, PassageId, Revision
from kg.errors import NotFound
from kg.ledger.changes import PURGE, RevisionHeader
from kg.ledger.history import without_quotes
from kg.stores.sqlite.library import documents, take_out, withdraw_evidence
from kg.stores.sqlite.revisions import begin_revision, finish_revision
from kg.stores.sqlite.rows import AMONG, RELATION_COLUMNS, archived, ids_json, relation_of, relation_row

_EVIDENCE = RELATION_COLUMNS.split(", ").index("evidence")


def purge(connection: Connection, ids: Sequence[DocumentId], *, author: str, reason: str) -> Revision:
    """Remove documents that are there, and erase what is kept of them and of those that were removed before.

    UNCHANGED where nothing is left of them; raises NotFound.
    """
    wanted = ids_json(ids)
    known = {
        id_ for (id_,) in connection.execute(f"SELECT document FROM document_event WHERE document {AMONG}", (wanted,))
    }
    for id_ in ids:
        if id_ not in known:
            raise NotFound("document", id_)
    there = [document.id for document in documents(connection, list(dict.fromkeys(ids)))]
    kept = f"FROM document_event WHERE document {AMONG} AND archive IS NOT NULL"
    if not there and connection.execute(f"SELECT 1 {kept}", (wanted,)).fetchone() is None:
        return UNCHANGED
    revision = begin_revision(connection, RevisionHeader(PURGE, author, reason))
    counts = Counter(take_out(connection, there, revision) if there else {})
    whole = [archived(data) for (data,) in connection.execute(f"SELECT archive {kept}", (wanted,))]
    passages = sorted({passage.id for document in whole for passage in document.passages})
    counts.update(withdraw_evidence(connection, passages, revision))
    _erase_quotes(connection, passages)
    connection.execute(f"UPDATE document_event SET archive = NULL WHERE document {AMONG}", (wanted,))
    counts["documents_purged"] = len({document.document.id for document in whole})
    finish_revision(connection, revision, counts)
    return revision


def _erase_quotes(connection: Connection, passages: Sequence[PassageId]) -> None:
    """Erase the quotes of passages from past versions of relations."""
    rows = connection.execute(
        f"SELECT {RELATION_COLUMNS} FROM relation_past WHERE evidence LIKE '[%' AND EXISTS "
        f"(SELECT 1 FROM json_each(evidence) AS one WHERE json_extract(one.value, '$[1]') {AMONG})",
        (ids_json(passages),),
    ).fetchall()
    past = [without_quotes(relation_of(row), set(passages)) for row in rows]
    connection.executemany(
        "UPDATE relation_past SET evidence = ? WHERE id = ? AND version = ?",
        [(relation_row(relation)[_EVIDENCE], relation.id, relation.version) for relation in past],
    )
