"""A library of five papers about other subjects, for questions about the collection."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from kg.domain import ParsedDocument
from kg.protocols import Store
from kg.stores.sqlite.store import SqliteStore
from tests.contracts.parts import document

_TEXTS = (
    "Estuaries are shaped by tides over many years of motion.",
    "We measured the height of the water at twelve stations along the bay.",
    "The tidal range rose by 40% between the mouth and the head of the bay.",
    "These tides will move more sand towards the land in the next decades.",
    "Models of estuaries should therefore account for the growing tidal range.",
)


def _paper(
    id_: str,
    title: str,
    authors: tuple[str, ...],
    year: int,
    journal: str,
    *,
    language: str = "en",
    texts: tuple[str, ...] = ("A text.",),
) -> ParsedDocument:
    made = document(id_, *texts)
    number = f"3000000{id_[-1]}"
    return replace(
        made,
        document=replace(
            made.document, title=title, authors=authors, year=year, journal=journal, language=language,
            identifiers={"doi": f"10.5555/{id_}", "pmid": number}, source_id=f"PM-{number}",
        ),
    )  # fmt: skip


PAPERS = (
    _paper("p1", "Tides of the northern bay", ("Ingrid Sørensen", "Wei Zhou"), 2004, "Ocean Science", texts=_TEXTS),
    _paper(
        "p2", "Sand and tides in wide estuaries.", ("Wei Zhou", "Paul Adler", "Ingrid Sørensen"), 2011, "Ocean Science"
    ),
    _paper("p3", "Ice cores of the eastern glacier", ("Paul Adler",), 2011, "Journal of Glaciology : a quarterly"),
    _paper("p4", "水库泥沙的长期观测", ("王建国", "周伟"), 2016, "水利学报", language="zh"),
    _paper("p5", "Glacier lakes and floods", ("Marta Okoye",), 2018, "Journal of Glaciology : a quarterly"),
)


@asynccontextmanager
async def paper_store(folder: Path) -> AsyncIterator[Store]:
    """A store that holds the papers."""
    store = SqliteStore(folder / "knowledge.db")
    await store.open()
    try:
        await store.put(PAPERS, author="reader", reason="ingest")
        yield store
    finally:
        await store.close()
