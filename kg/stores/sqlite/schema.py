"""The tables of the SQLite store.

``entity`` and ``relation`` hold what is true now; each row knows the revision that made it. What was superseded or
retracted moves to ``entity_past`` and ``relation_past`` with the revision that ended it, so a row is written twice
only when it changes. A relation is stored under its id, ``subject|predicate|object``: the relations that leave an
entity are a range of the primary key, and both directions are read in order of id without sorting.
"""

import sqlite3
from pathlib import Path

from kg.errors import StoreUnavailable
from kg.stores.sqlite import records

SCHEMA_VERSION = 1
_APPLICATION_ID = 0x4A584B47

RELATION_OBJECT_INDEX = "CREATE INDEX relation_object ON relation (object)"

_TABLES = f"""
CREATE TABLE revision (
    number INTEGER PRIMARY KEY,
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    time TEXT NOT NULL,
    kind TEXT NOT NULL,
    undoes INTEGER,
    counts TEXT NOT NULL,
    graph INTEGER NOT NULL
);
CREATE TABLE entity (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    names TEXT NOT NULL,
    identifiers TEXT,
    attributes TEXT,
    bare INTEGER NOT NULL,
    version INTEGER NOT NULL,
    made_in INTEGER NOT NULL
);
CREATE TABLE entity_past (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    names TEXT NOT NULL,
    identifiers TEXT,
    attributes TEXT,
    bare INTEGER NOT NULL,
    made_in INTEGER NOT NULL,
    ended_in INTEGER NOT NULL,
    PRIMARY KEY (id, version)
) WITHOUT ROWID;
CREATE TABLE relation (
    id TEXT NOT NULL PRIMARY KEY,
    subject_chars INTEGER NOT NULL,
    predicate_chars INTEGER NOT NULL,
    polarity TEXT,
    grade TEXT,
    qualifiers TEXT,
    evidence TEXT,
    version INTEGER NOT NULL,
    made_in INTEGER NOT NULL,
    subject TEXT GENERATED ALWAYS AS (substr(id, 1, subject_chars)) VIRTUAL,
    predicate TEXT GENERATED ALWAYS AS (substr(id, subject_chars + 2, predicate_chars)) VIRTUAL,
    object TEXT GENERATED ALWAYS AS (substr(id, subject_chars + predicate_chars + 3)) VIRTUAL
) WITHOUT ROWID;
{RELATION_OBJECT_INDEX};
CREATE TABLE relation_past (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    subject_chars INTEGER NOT NULL,
    predicate_chars INTEGER NOT NULL,
    polarity TEXT,
    grade TEXT,
    qualifiers TEXT,
    evidence TEXT,
    made_in INTEGER NOT NULL,
    ended_in INTEGER NOT NULL,
    PRIMARY KEY (id, version)
) WITHOUT ROWID;
CREATE TABLE change (
    revision INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (revision, kind, id)
) WITHOUT ROWID;
CREATE TABLE name (
    text TEXT NOT NULL,
    entity INTEGER NOT NULL,
    PRIMARY KEY (text, entity)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE name_words USING fts5(names, content='', detail=full, columnsize=0, tokenize="unicode61");
CREATE TABLE document (
    id TEXT NOT NULL PRIMARY KEY,
    about TEXT NOT NULL,
    blocks BLOB NOT NULL,
    added_in INTEGER NOT NULL
);
CREATE TABLE passage (
    id TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    text TEXT NOT NULL,
    language TEXT NOT NULL,
    heading_path TEXT NOT NULL,
    page INTEGER,
    spans TEXT NOT NULL
);
CREATE INDEX passage_document ON passage (document, ordinal);
CREATE TABLE mention (
    passage TEXT NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    entity TEXT NOT NULL,
    PRIMARY KEY (passage, start, end, entity)
) WITHOUT ROWID;
CREATE INDEX mention_entity ON mention (entity, passage);
CREATE TABLE support (
    passage TEXT NOT NULL,
    relation TEXT NOT NULL,
    PRIMARY KEY (passage, relation)
) WITHOUT ROWID;
CREATE INDEX support_relation ON support (relation);
CREATE TABLE document_event (
    revision INTEGER NOT NULL,
    document TEXT NOT NULL,
    added INTEGER NOT NULL,
    archive BLOB,
    PRIMARY KEY (revision, document)
) WITHOUT ROWID;
CREATE INDEX document_event_document ON document_event (document, revision);
"""


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Create the schema if there is none; raises StoreUnavailable for a file of another or a newer program."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not check(connection, path):
            for statement in _TABLES.split(";\n"):
                if statement.strip():
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        records.prepare(connection)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def check(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether there is a schema; raises StoreUnavailable for that of another or a newer program."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if tables and application != _APPLICATION_ID:
        raise StoreUnavailable(f"{path} is a SQLite file of another program; choose another path for the store")
    if version > SCHEMA_VERSION:
        raise StoreUnavailable(
            f"{path} was written by a newer program (schema {version}, this one knows {SCHEMA_VERSION}); upgrade"
        )
    return bool(tables)
