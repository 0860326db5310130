"""Documents found by their records, as the command and the service list them."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kg.protocols import Records
from kg.records import RecordFilter, RecordOrder, RecordPage, record_words

_BATCH = 1000
_COLUMNS = ("id", "source_id", "authors", "year", "title", "journal", "doi", "pmid", "language", "media_type")


@dataclass(frozen=True, slots=True)
class RecordSearch:
    """What a reader asks for; names are as readers write them."""

    title: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    journal: str | None = None
    year_from: int | None = None
    year_to: int | None = None
    language: str | None = None
    identifier: str | None = None

    @property
    def empty(self) -> bool:
        """Whether it asks for nothing in particular."""
        return self == RecordSearch()


async def found_records(records: Records, asked: RecordSearch, *, limit: int | None, offset: int = 0) -> RecordPage:
    """A page of the records that fit, newest first; ``limit`` None takes all. Raises StoreUnavailable."""
    wanted = await _filter_of(records, asked)
    if wanted is None:
        return RecordPage(0, ())
    page = await records.records(wanted, order=RecordOrder.NEWEST, limit=limit or _BATCH, offset=offset)
    documents = list(page.documents)
    while limit is None and len(documents) < page.total and page.documents:
        page = await records.records(wanted, order=RecordOrder.NEWEST, limit=_BATCH, offset=offset + len(documents))
        documents += page.documents
    return RecordPage(page.total, tuple(documents))


async def _filter_of(records: Records, asked: RecordSearch) -> RecordFilter | None:
    """The filter with names as the records write them; None where a name is in none of them."""
    from retrieval.question.record_names import authors_named, journals_named

    groups = []
    for name in asked.authors:
        known = await records.record_names(record_words(name))
        spellings = authors_named(name, known.authors)
        if not spellings:
            return None
        groups.append(spellings)
    journals: tuple[str, ...] = ()
    if asked.journal is not None:
        journals = journals_named(asked.journal, (await records.record_names(record_words(asked.journal))).journals)
        if not journals:
            return None
    return RecordFilter(
        asked.title, tuple(groups), journals, asked.year_from, asked.year_to, asked.language, asked.identifier
    )


def csv_of(documents: Iterable[Mapping[str, Any]]) -> str:
    """Documents as a table with a head; a cell that a spreadsheet would run as a formula begins with an apostrophe."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for document in documents:
        identifiers = document["identifiers"]
        cells = {**document, "doi": identifiers.get("doi"), "pmid": identifiers.get("pmid")}
        cells["authors"] = "; ".join(document["authors"])
        rows.writerow([_cell(cells[column]) for column in _COLUMNS])
    return text.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
