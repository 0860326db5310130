"""Bibliographic records in Neo4j: keys on the document nodes, and the statements that read them."""

from collections.abc import Sequence

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
from kg.stores.neo4j.connection import Connection, Transaction, batches
from kg.stores.neo4j.name_search import escaped
from kg.stores.neo4j.rows import Row, document_of
from kg.stores.neo4j.schema import RECORD_WORDS

_SMALL = 500
_ORDERS = {
    RecordOrder.ID: "d.id",
    RecordOrder.NEWEST: "d.year IS NULL, d.year DESC, d.id",
    RecordOrder.OLDEST: "d.year IS NULL, d.year, d.id",
}
_COUNTED = {
    RecordField.YEAR: "WITH toString(d.year) AS key, toString(d.year) AS shown WHERE key IS NOT NULL",
    RecordField.JOURNAL: "WITH d.record_journal AS key, d.journal AS shown WHERE key IS NOT NULL",
    RecordField.AUTHOR: "UNWIND range(0, size(d.record_authors) - 1) AS n "
    "WITH d.record_authors[n] AS key, d.record_names[n] AS shown",
    RecordField.LANGUAGE: "WITH d.language AS key, d.language AS shown",
    RecordField.MEDIA_TYPE: "WITH d.media_type AS key, d.media_type AS shown",
}
_FITS = """
ALL(phrase IN $title WHERE ' ' + d.record_title CONTAINS phrase)
AND ALL(spellings IN $authors WHERE ANY(name IN d.record_authors WHERE name IN spellings))
AND (size($journals) = 0 OR d.record_journal IN $journals)
AND (size($identifiers) = 0 OR ANY(value IN d.record_identifiers WHERE value IN $identifiers))
AND ($year_from IS NULL OR d.year >= $year_from)
AND ($year_to IS NULL OR d.year <= $year_to)
AND ($language IS NULL OR d.language = $language)
"""


def record_row(document: Document) -> Row:
    """The keys of a document's record, beside its own properties."""
    names = distinct_names(document.authors)
    row: Row = {
        "record_title": record_key(document.title),
        "record_authors": list(names),
        "record_names": list(names.values()),
        "record_identifiers": identifier_keys(document),
    }
    if document.journal and (journal := record_key(document.journal)):
        row["record_journal"] = journal
    return row


async def fill(connection: Connection) -> None:
    """Give documents that another program wrote the keys of their records."""
    while missing := await connection.fetch(
        "MATCH (d) WHERE (d:Document OR d:RemovedDocument) AND d.record_title IS NULL "
        f"RETURN d, elementId(d) AS node LIMIT {_SMALL}"
    ):
        keys = [{"node": r["node"], "keys": record_row(document_of(r["d"]))} for r in missing]
        await connection.write(
            Transaction.run_each, "UNWIND $each AS row MATCH (d) WHERE elementId(d) = row.node SET d += row.keys", keys
        )


async def records(
    tx: Transaction,
    wanted: RecordFilter,
    *,
    order: RecordOrder = RecordOrder.ID,
    limit: int = 100,
    offset: int = 0,
) -> RecordPage:
    """A page of the records that fit, and how many fit."""
    asked = _parameters(wanted)
    total = (await tx.row(f"MATCH (d:Document) WHERE {_FITS} RETURN count(d) AS total", **asked))["total"]
    found = await tx.rows(
        f"MATCH (d:Document) WHERE {_FITS} RETURN d ORDER BY {_ORDERS[order]} SKIP $offset LIMIT $limit",
        **asked,
        offset=offset,
        limit=limit,
    )
    return RecordPage(total, tuple(document_of(r["d"]) for r in found))


async def record_counts(
    tx: Transaction, field: RecordField, wanted: RecordFilter, *, limit: int = 20
) -> list[RecordCount]:
    """The most frequent values of a field among the records that fit, then by value."""
    found = await tx.rows(
        f"MATCH (d:Document) WHERE {_FITS} {_COUNTED[field]} "
        "WITH key, min(shown) AS shown, count(*) AS number RETURN shown, number ORDER BY number DESC, key LIMIT $limit",
        **_parameters(wanted),
        limit=limit,
    )
    return [RecordCount(r["shown"], r["number"]) for r in found]


async def record_names(tx: Transaction, words: Sequence[str]) -> RecordNames:
    """Authors and journals whose names hold any of the words (see ``record_words``)."""
    asked = sorted(set(words))
    if not asked:
        return RecordNames()
    authors: set[str] = set()
    for some in batches(asked, _SMALL):
        found = await tx.rows(
            "CALL db.index.fulltext.queryNodes($index, $text) YIELD node AS d WHERE d:Document "
            "UNWIND range(0, size(d.record_authors) - 1) AS n "
            "WITH d.record_authors[n] AS key, d.record_names[n] AS name "
            "WHERE ANY(word IN split(key, ' ') WHERE word IN $words) RETURN DISTINCT name",
            index=RECORD_WORDS,
            text=_any_of("record_authors", some),
            words=some,
        )
        authors |= {r["name"] for r in found}
    journals = await tx.rows(
        "MATCH (d:Document) WHERE d.record_journal IS NOT NULL WITH d.record_journal AS key, min(d.journal) AS name "
        "WHERE ANY(word IN split(key, ' ') WHERE word IN $words) RETURN name ORDER BY name",
        words=asked,
    )
    return RecordNames(tuple(sorted(authors)), tuple(r["name"] for r in journals))


async def similar_titles(tx: Transaction, words: Sequence[str], *, limit: int = 20) -> list[Document]:
    """Documents whose titles share words, those that share the rarest and most words first."""
    asked = list(dict.fromkeys(words))[:_SMALL]
    if not asked:
        return []
    found = await tx.rows(
        "CALL db.index.fulltext.queryNodes($index, $text) YIELD node AS d, score WHERE d:Document "
        "RETURN d ORDER BY score DESC, d.id LIMIT $limit",
        index=RECORD_WORDS,
        text=_any_of("record_title", asked),
        limit=limit,
    )
    return [document_of(r["d"]) for r in found]


def _any_of(property_: str, words: Sequence[str]) -> str:
    quoted = " OR ".join(f'"{escaped(word)}"' for word in words)
    return f"{property_}:({quoted})"


def _parameters(wanted: RecordFilter) -> dict[str, object]:
    wanted = wanted.keyed()
    return {
        "title": [f" {key}" for key in wanted.title],
        "authors": [list(spellings) for spellings in wanted.authors],
        "journals": list(wanted.journals),
        "identifiers": list(wanted.identifiers),
        "year_from": wanted.year_from,
        "year_to": wanted.year_to,
        "language": wanted.language,
    }
