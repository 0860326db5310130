"""Revisions of the SQLite store: numbering them and reading them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from sqlite3 import Connection

from kg.domain import DocumentDelta, DocumentId, Revision, RevisionRecord
from kg.ledger.changes import RevisionHeader
from kg.protocols import FIRST


def begin_revision(connection: Connection, header: RevisionHeader) -> Revision:
    """Number a new revision."""
    revision = Revision(head(connection) + 1)
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    connection.execute(
        "INSERT INTO revision (number, author, reason, time, kind, undoes, counts, graph) "
        "VALUES (?, ?, ?, ?, ?, ?, '{}', 0)",
        (revision, header.author, header.reason, time, header.kind, header.undoes),
    )
    return revision


def finish_revision(connection: Connection, revision: Revision, counts: Mapping[str, int]) -> None:
    """Store the counts of the revision, without zeros."""
    told = {name: count for name, count in sorted(counts.items()) if count}
    graph = any(name.startswith(("entities_", "relations_")) for name in told)
    connection.execute(
        "UPDATE revision SET counts = ?, graph = ? WHERE number = ?", (json.dumps(told), int(graph), revision)
    )


def head(connection: Connection) -> Revision:
    """The latest revision, 0 at first."""
    return Revision(connection.execute("SELECT coalesce(max(number), 0) FROM revision").fetchone()[0])


def revisions(connection: Connection, *, after: Revision = FIRST, limit: int = 100) -> list[RevisionRecord]:
    """Revisions in order."""
    rows = connection.execute(
        "SELECT number, author, reason, time, kind, undoes, counts FROM revision WHERE number > ? "
        "ORDER BY number LIMIT ?",
        (after, limit),
    )
    return [
        RevisionRecord(Revision(number), author, reason, time, kind, undoes, json.loads(counts))
        for number, author, reason, time, kind, undoes, counts in rows
    ]


def delta(connection: Connection, since: Revision) -> DocumentDelta:
    """What changed since a revision, for the indexes: documents that were and are there, whether the graph did."""
    rows = connection.execute(
        "SELECT e.document, e.added, d.id IS NOT NULL FROM document_event e LEFT JOIN document d ON d.id = e.document "
        "WHERE e.revision = (SELECT min(f.revision) FROM document_event f WHERE f.document = e.document "
        "AND f.revision > ?) ORDER BY e.document",
        (since,),
    ).fetchall()
    changed = connection.execute("SELECT max(graph) FROM revision WHERE number > ?", (since,)).fetchone()[0]
    return DocumentDelta(
        head(connection),
        [DocumentId(id_) for id_, _, there in rows if there],
        [DocumentId(id_) for id_, added, _ in rows if not added],
        bool(changed),
    )
