"""Taking a revision back in SQLite, be it one edit or a bulk load; the sync work inside a transaction."""

import sqlite3

from kg.domain import DocumentId, Entity, Relation, Revision
from kg.errors import NotFound
from kg.ledger.changes import RevisionHeader
from kg.ledger.planning import Write, WriteKind, counts_of, refuse_clashes, reversed_by, undoing, written
from kg.stores.sqlite.ledger import current
from kg.stores.sqlite.library import bring_in, take_out
from kg.stores.sqlite.revisions import begin_revision, finish_revision
from kg.stores.sqlite.rows import KINDS, archived
from kg.stores.sqlite.writes import write_all

_CHUNK = 5000


def undo(connection: sqlite3.Connection, revision: Revision, *, author: str, reason: str) -> Revision:
    """Take a revision back as a new one; raises NotFound, VersionConflict where later revisions differ."""
    row = connection.execute("SELECT graph FROM revision WHERE number = ?", (revision,)).fetchone()
    if row is None:
        raise NotFound("revision", str(revision))
    came, went = _documents(connection, revision)
    noted = connection.execute("SELECT EXISTS (SELECT 1 FROM change WHERE revision = ?)", (revision,)).fetchone()[0]
    writes = _writes(connection, revision, noted=bool(noted)) if row[0] else ()
    back = undoing(writes, current(connection, *reversed_by(writes)))
    new = begin_revision(connection, RevisionHeader("undo", author, reason, revision))
    for at in range(0, len(back), _CHUNK):
        write_all(connection, back[at : at + _CHUNK], new, noted=bool(noted))
    counts = counts_of(back)
    if came:
        taken = take_out(connection, came, new)
        counts = {name: counts.get(name, 0) + taken.get(name, 0) for name in counts | taken}
    if went:
        rows = connection.execute(
            "SELECT archive FROM document_event WHERE revision = ? AND NOT added ORDER BY document", (revision,)
        )
        counts |= bring_in(connection, [archived(data) for (data,) in rows.fetchall()], new)
    finish_revision(connection, new, counts)
    return new


def _documents(connection: sqlite3.Connection, revision: Revision) -> tuple[list[DocumentId], list[DocumentId]]:
    """Documents that a revision added and removed; raises VersionConflict where they changed since."""
    rows = connection.execute(
        "SELECT e.document, e.added, (SELECT max(f.revision) FROM document_event f WHERE f.document = e.document) "
        "FROM document_event e WHERE e.revision = ? ORDER BY e.document",
        (revision,),
    ).fetchall()
    refuse_clashes([("document", id_, int(revision), last) for id_, _, last in rows if last != revision])
    return [id_ for id_, added, _ in rows if added], [id_ for id_, added, _ in rows if not added]


def _writes(connection: sqlite3.Connection, revision: Revision, *, noted: bool) -> tuple[Write, ...]:
    """What the revision wrote; where ``change`` does not list it, as after a load, it is found by a scan."""
    made: dict[tuple[WriteKind, str], Entity | Relation] = {}
    ended: dict[tuple[WriteKind, str], Entity | Relation] = {}
    for kind, (columns, thing_of) in KINDS.items():
        among = " AND id IN (SELECT id FROM change WHERE revision = :revision AND kind = :kind)" if noted else ""
        for table, key, into in (
            (kind, "made_in", made),
            (f"{kind}_past", "made_in", made),
            (f"{kind}_past", "ended_in", ended),
        ):
            rows = connection.execute(
                f"SELECT {columns} FROM {table} WHERE {key} = :revision{among}", {"revision": revision, "kind": kind}
            )
            into.update(((kind, row[0]), thing_of(row)) for row in rows)
    return written(ended, made)
