"""Taking a revision back in SQLite, be it one edit or a bulk load; the sync work inside a transaction."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from sqlite3 import Connection

from kg.domain import DocumentId, Revision
from kg.errors import NotFound, Purged
from kg.ledger.changes import PURGE, RevisionHeader
from kg.ledger.planning import Write, WriteKind, counts_of, refuse_clashes, without_documents
from kg.stores.sqlite.library import bring_in, take_out
from kg.stores.sqlite.revisions import begin_revision, finish_revision
from kg.stores.sqlite.rows import AMONG, KINDS, archived, ids_json
from kg.stores.sqlite.writes import write_all

_CONTENT = {
    "entity": ("type", "names", "identifiers", "attributes", "bare"),
    "relation": ("polarity", "grade", "qualifiers", "evidence"),
}
_CHUNK = 5000
_SUBJECT = "substr(p.id, 1, p.subject_chars)"
_OBJECT = "substr(p.id, p.subject_chars + p.predicate_chars + 3)"

_Clash = tuple[str, str, int, int]


def undo(connection: Connection, revision: Revision, *, author: str, reason: str) -> Revision:
    """Take a revision back as a new one; raises NotFound, Purged, VersionConflict where later revisions differ."""
    row = connection.execute("SELECT graph, kind FROM revision WHERE number = ?", (revision,)).fetchone()
    if row is None:
        raise NotFound("revision", str(revision))
    noted = connection.execute("SELECT 1 FROM change WHERE revision = ?", (revision,)).fetchone() is not None
    came, went = _documents(connection, revision)
    purged = _purged(connection, revision)
    if row[1] == PURGE or (went and purged == went):
        raise Purged(revision, purged)
    if row[0]:
        _collect(connection, revision, logged=noted)
        refuse_clashes(_graph_clashes(connection))
    new = begin_revision(connection, RevisionHeader("undo", author, reason, revision))
    counts: Counter[str] = Counter()
    for kind in KINDS if row[0] else ():
        counts += _put_back(connection, kind, new, purged, noted=noted)
        connection.execute(f"DROP TABLE temp.undo_{kind}")
    if came:
        counts.update(take_out(connection, came, new))
    if went:
        rows = connection.execute(
            "SELECT archive FROM document_event WHERE revision = ? AND NOT added AND archive IS NOT NULL "
            "ORDER BY document",
            (revision,),
        )
        counts.update(bring_in(connection, [archived(data) for (data,) in rows.fetchall()], new))
    finish_revision(connection, new, counts)
    return new


def _purged(connection: Connection, revision: Revision) -> list[DocumentId]:
    """The documents that the revision removed and that are erased."""
    rows = connection.execute(
        "SELECT document FROM document_event WHERE revision = ? AND NOT added AND archive IS NULL ORDER BY document",
        (revision,),
    )
    return [id_ for (id_,) in rows]


def _documents(connection: Connection, revision: Revision) -> tuple[list[DocumentId], list[DocumentId]]:
    """Documents that a revision added and removed; raises VersionConflict where they changed since."""
    rows = connection.execute(
        "SELECT e.document, e.added, (SELECT max(f.revision) FROM document_event f WHERE f.document = e.document) "
        "FROM document_event e WHERE e.revision = ? ORDER BY e.document",
        (revision,),
    ).fetchall()
    refuse_clashes([("document", id_, int(revision), last) for id_, _, last in rows if last != revision])
    return [id_ for id_, added, _ in rows if added], [id_ for id_, added, _ in rows if not added]


def _collect(connection: Connection, revision: Revision, *, logged: bool) -> None:
    """List the rows that the revision wrote: ``prior`` is the version before, ``made`` its own, ``now`` the current."""
    for kind in KINDS:
        connection.execute(f"DROP TABLE IF EXISTS temp.undo_{kind}")
        connection.execute(
            f"CREATE TEMP TABLE undo_{kind} "
            "(id TEXT NOT NULL PRIMARY KEY, prior INTEGER, made INTEGER, now INTEGER) WITHOUT ROWID"
        )
        if logged:
            connection.execute(
                f"INSERT INTO undo_{kind} (id) SELECT id FROM change WHERE revision = ? AND kind = ?", (revision, kind)
            )
        else:
            connection.execute(
                f"INSERT OR IGNORE INTO undo_{kind} (id) SELECT id FROM {kind} WHERE made_in = :revision "
                f"UNION SELECT id FROM {kind}_past WHERE made_in = :revision OR ended_in = :revision",
                {"revision": revision},
            )
        connection.execute(
            f"UPDATE undo_{kind} AS u SET "
            f"prior = (SELECT version FROM {kind}_past p WHERE p.id = u.id AND p.ended_in = :revision), "
            f"made = coalesce((SELECT version FROM {kind} e WHERE e.id = u.id AND e.made_in = :revision), "
            f"(SELECT version FROM {kind}_past p WHERE p.id = u.id AND p.made_in = :revision)), "
            f"now = coalesce((SELECT version FROM {kind} e WHERE e.id = u.id), "
            f"(SELECT max(version) + 1 FROM {kind}_past p WHERE p.id = u.id))",
            {"revision": revision},
        )


def _graph_clashes(connection: Connection) -> list[_Clash]:
    """The rows that later revisions changed, depend on or removed."""
    clashes: list[_Clash] = []
    for kind in KINDS:
        then, now = (", ".join(f"{table}.{column}" for column in _CONTENT[kind]) for table in "pe")
        rows = connection.execute(
            f"SELECT u.id, coalesce(u.made, u.prior + 1), u.now FROM undo_{kind} u LEFT JOIN {kind} e ON e.id = u.id "
            "WHERE CASE WHEN u.made IS NULL THEN e.id IS NOT NULL ELSE e.id IS NULL OR (e.version <> u.made "
            f"AND NOT EXISTS (SELECT 1 FROM {kind}_past p WHERE p.id = u.id AND p.version = u.made "
            f"AND ({then}) IS ({now}))) END ORDER BY u.id"
        )
        clashes += [(kind, id_, expected, actual) for id_, expected, actual in rows]
    hanging = connection.execute(
        "SELECT r.id, r.version FROM undo_entity g CROSS JOIN relation r ON r.id >= g.id || '|' AND r.id < g.id || '}' "
        "WHERE g.prior IS NULL AND r.subject = g.id AND r.id NOT IN (SELECT id FROM undo_relation) "
        "UNION SELECT r.id, r.version FROM undo_entity g CROSS JOIN relation r ON r.object = g.id "
        "WHERE g.prior IS NULL AND r.id NOT IN (SELECT id FROM undo_relation) ORDER BY 1"
    )
    clashes += [("relation", id_, 0, version) for id_, version in hanging]
    for end in (_SUBJECT, _OBJECT):
        lost = connection.execute(
            f"SELECT DISTINCT {end} FROM undo_relation u JOIN relation_past p ON p.id = u.id AND p.version = u.prior "
            f"WHERE NOT EXISTS (SELECT 1 FROM undo_entity b WHERE b.id = {end} AND b.prior IS NOT NULL) "
            f"AND (NOT EXISTS (SELECT 1 FROM entity e WHERE e.id = {end}) "
            f"OR EXISTS (SELECT 1 FROM undo_entity g WHERE g.id = {end} AND g.prior IS NULL)) ORDER BY 1"
        )
        clashes += [("entity", id_, 1, 0) for (id_,) in lost]
    return clashes


def _put_back(
    connection: Connection, kind: WriteKind, new: Revision, purged: Collection[DocumentId], *, noted: bool
) -> Counter[str]:
    """Write the versions before the revision without purged evidence, in parts that memory holds; gives the counts."""
    columns, thing_of = KINDS[kind]
    prior = ", ".join(f"p.{column}" for column in columns.split(", "))
    ids = [id_ for (id_,) in connection.execute(f"SELECT id FROM undo_{kind} ORDER BY id")]
    counts: Counter[str] = Counter()
    for at in range(0, len(ids), _CHUNK):
        some = ids[at : at + _CHUNK]
        rows = connection.execute(f"SELECT {columns} FROM {kind} WHERE id {AMONG}", (ids_json(some),))
        there = {row[0]: thing_of(row) for row in rows}
        rows = connection.execute(
            f"SELECT {prior}, u.now FROM undo_{kind} u JOIN {kind}_past p ON p.id = u.id AND p.version = u.prior "
            f"WHERE u.id {AMONG}",
            (ids_json(some),),
        )
        back = {row[0]: replace(thing_of(row), version=row[-1] + 1) for row in rows}
        writes = without_documents((Write(kind, id_, there.get(id_), back.get(id_)) for id_ in some), purged)
        write_all(connection, writes, new, noted=noted)
        counts.update(counts_of(writes))
    return counts
