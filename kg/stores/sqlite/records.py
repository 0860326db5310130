"""Bibliographic records in SQLite: tables derived from the documents, kept in step with them.

They are filled when a store is opened whose documents have none, so an older store needs no other migration.
"""

from collections.abc import Iterable, Sequence
from sqlite3 import Connection
from typing import Any

from kg.domain import Document
from kg.records import (
    RecordCount,
    RecordField,
    RecordFilter,
    RecordNames,
    RecordOrder,
    RecordPage,
    distinct_names,
    identifier_keys,
    record_key,
)
from kg.stores.sqlite.rows import AMONG, document_of, ids_json

_BATCH = 2000

_TABLES = (
    "CREATE TABLE record (key INTEGER PRIMARY KEY, document TEXT NOT NULL UNIQUE, title TEXT NOT NULL, year INTEGER, "
    "journal_key TEXT, journal TEXT, language TEXT NOT NULL, media_type TEXT NOT NULL)",
    "CREATE INDEX record_year ON record (year, document)",
    "CREATE INDEX record_journal ON record (journal_key, journal)",
    "CREATE TABLE record_author (name_key TEXT NOT NULL, record INTEGER NOT NULL, name TEXT NOT NULL, "
    "PRIMARY KEY (name_key, record)) WITHOUT ROWID",
    "CREATE INDEX record_author_record ON record_author (record)",
    "CREATE TABLE record_identifier (value TEXT NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (value, record)) "
    "WITHOUT ROWID",
    "CREATE INDEX record_identifier_record ON record_identifier (record)",
    "CREATE TABLE record_name_word (word TEXT NOT NULL, name_key TEXT NOT NULL, PRIMARY KEY (word, name_key)) "
    "WITHOUT ROWID",
    "CREATE VIRTUAL TABLE record_title USING fts5(title, content='record', content_rowid='key', "
    'tokenize="unicode61 remove_diacritics 0")',
)
_ORDERS = {
    RecordOrder.ID: "r.document",
    RecordOrder.NEWEST: "r.year DESC, r.document",
    RecordOrder.OLDEST: "r.year NULLS LAST, r.document",
}
_VALUES = {
    RecordField.YEAR: ("CAST(year AS TEXT)", "year"),
    RecordField.JOURNAL: ("min(journal)", "journal_key"),
    RecordField.LANGUAGE: ("language", "language"),
    RecordField.MEDIA_TYPE: ("media_type", "media_type"),
}


def prepare(connection: Connection) -> None:
    """Create the tables, and update them if another program wrote documents."""
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'record'").fetchone():
        for statement in _TABLES:
            connection.execute(statement)
    documents, records_ = (
        connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("document", "record")
    )
    if documents == records_:
        return
    stale = connection.execute("SELECT document FROM record WHERE document NOT IN (SELECT id FROM document)").fetchall()
    drop(connection, [id_ for (id_,) in stale])
    missing = [
        id_ for (id_,) in connection.execute("SELECT id FROM document WHERE id NOT IN (SELECT document FROM record)")
    ]
    for at in range(0, len(missing), _BATCH):
        rows = connection.execute(
            f"SELECT about FROM document WHERE id {AMONG}", (ids_json(missing[at : at + _BATCH]),)
        )
        add(connection, [document_of(about) for (about,) in rows.fetchall()])


def add(connection: Connection, documents: Iterable[Document]) -> None:
    """Add the records of documents that have none."""
    for document in documents:
        journal = document.journal
        title = record_key(document.title)
        key = connection.execute(
            "INSERT INTO record (document, title, year, journal_key, journal, language, media_type) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                document.id,
                title,
                document.year,
                (record_key(journal) or None) if journal else None,
                journal,
                document.language,
                document.media_type,
            ),
        ).lastrowid
        names = distinct_names(document.authors)
        connection.execute("INSERT INTO record_title (rowid, title) VALUES (?, ?)", (key, title))
        connection.executemany(
            "INSERT INTO record_author (name_key, record, name) VALUES (?, ?, ?)",
            [(name_key, key, name) for name_key, name in names.items()],
        )
        connection.executemany(
            "INSERT OR IGNORE INTO record_name_word (word, name_key) VALUES (?, ?)",
            [(word, name_key) for name_key in names for word in name_key.split()],
        )
        connection.executemany(
            "INSERT OR IGNORE INTO record_identifier (value, record) VALUES (?, ?)",
            [(value, key) for value in identifier_keys(document)],
        )


def drop(connection: Connection, ids: Sequence[str]) -> None:
    """Drop the records of documents."""
    if not ids:
        return
    rows = connection.execute(f"SELECT key, title FROM record WHERE document {AMONG}", (ids_json(ids),)).fetchall()
    connection.executemany("INSERT INTO record_title (record_title, rowid, title) VALUES ('delete', ?, ?)", rows)
    for table in ("record_author", "record_identifier"):
        connection.executemany(f"DELETE FROM {table} WHERE record = ?", [(key,) for key, _ in rows])
    connection.execute(f"DELETE FROM record WHERE document {AMONG}", (ids_json(ids),))


def records(
    connection: Connection,
    wanted: RecordFilter,
    *,
    order: RecordOrder = RecordOrder.ID,
    limit: int = 100,
    offset: int = 0,
) -> RecordPage:
    """A page of the records that fit, and how many fit."""
    where, values = _where(wanted)
    total = connection.execute(f"SELECT count(*) FROM record r WHERE {where}", values).fetchone()[0]
    rows = connection.execute(
        f"SELECT (SELECT about FROM document WHERE id = r.document) FROM record r WHERE {where} "
        f"ORDER BY {_ORDERS[order]} LIMIT ? OFFSET ?",
        (*values, limit, offset),
    )
    return RecordPage(total, tuple(document_of(about) for (about,) in rows))


def record_counts(
    connection: Connection, field: RecordField, wanted: RecordFilter, *, limit: int = 20
) -> list[RecordCount]:
    """The most frequent values of a field among the records that fit, then by value."""
    where, values = _where(wanted)
    if field is RecordField.AUTHOR:
        among = "" if wanted.empty else f"WHERE record IN (SELECT r.key FROM record r WHERE {where}) "
        sql = (
            f"SELECT min(name), count(*) FROM record_author {among}GROUP BY name_key ORDER BY 2 DESC, name_key LIMIT ?"
        )
    else:
        shown, key = _VALUES[field]
        sql = (
            f"SELECT {shown}, count(*) FROM record r WHERE {key} IS NOT NULL AND {where} "
            f"GROUP BY {key} ORDER BY 2 DESC, {key} LIMIT ?"
        )
    rows = connection.execute(sql, (*values, limit))
    return [RecordCount(value, number) for value, number in rows]


def record_names(connection: Connection, words: Sequence[str]) -> RecordNames:
    """Authors and journals whose names hold any of the words (see ``record_words``)."""
    asked = sorted(set(words))
    authors = connection.execute(
        f"SELECT DISTINCT a.name FROM record_name_word w JOIN record_author a ON a.name_key = w.name_key "
        f"WHERE w.word {AMONG} ORDER BY a.name",
        (ids_json(asked),),
    ).fetchall()
    wanted = set(asked)
    journals = connection.execute(
        "SELECT journal_key, min(journal) FROM record WHERE journal_key IS NOT NULL GROUP BY journal_key ORDER BY 2"
    )
    return RecordNames(
        tuple(name for (name,) in authors),
        tuple(journal for key, journal in journals if not wanted.isdisjoint(key.split())),
    )


def similar_titles(connection: Connection, words: Sequence[str], *, limit: int = 20) -> list[Document]:
    """Documents whose titles share words, those that share the rarest and most words first."""
    asked = " OR ".join(f'"{word}"' for word in dict.fromkeys(words) if word.isalnum())
    if not asked:
        return []
    rows = connection.execute(
        "SELECT d.about FROM record_title t JOIN record r ON r.key = t.rowid JOIN document d ON d.id = r.document "
        "WHERE record_title MATCH ? ORDER BY t.rank, r.document LIMIT ?",
        (asked, limit),
    )
    return [document_of(about) for (about,) in rows]


def _where(wanted: RecordFilter) -> tuple[str, tuple[Any, ...]]:
    parts = ["1"]
    values: list[Any] = []
    wanted = wanted.keyed()
    for key in wanted.title:
        parts.append("r.key IN (SELECT rowid FROM record_title WHERE record_title MATCH ?)")
        values.append(f'"{key}" *')
    for spellings in wanted.authors:
        parts.append(f"r.key IN (SELECT record FROM record_author WHERE name_key {AMONG})")
        values.append(ids_json(spellings))
    if wanted.journals:
        parts.append(f"r.journal_key {AMONG}")
        values.append(ids_json(wanted.journals))
    if wanted.identifiers:
        parts.append(f"r.key IN (SELECT record FROM record_identifier WHERE value {AMONG})")
        values.append(ids_json(wanted.identifiers))
    for sql, value in (
        ("r.year >= ?", wanted.year_from),
        ("r.year <= ?", wanted.year_to),
        ("r.language = ?", wanted.language),
    ):
        if value is not None:
            parts.append(sql)
            values.append(value)
    return " AND ".join(parts), tuple(values)
