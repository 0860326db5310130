"""What every library tells of its bibliographic records."""

from dataclasses import replace

import pytest

from kg.domain import Document, DocumentId, ParsedDocument
from kg.protocols import Store
from kg.records import RecordCount, RecordField, RecordFilter, RecordOrder, record_words
from tests.contracts.parts import document


def _paper(
    id_: str, title: str, authors: tuple[str, ...], year: int | None, journal: str | None, language: str = "en"
) -> ParsedDocument:
    made = document(id_, "Text.")
    identifiers = {"doi": f"10.1/{id_.upper()}", "pmid": f"9{id_[-1]}"}
    about: Document = replace(
        made.document, title=title, authors=authors, year=year, journal=journal, language=language,
        identifiers=identifiers,
    )  # fmt: skip
    return replace(made, document=about)


PAPERS = (
    _paper("p1", "Soil carbon and β-glucan in aquaporin-4 mutants", ("José García", "Wei Wang"), 2012, "Glia"),
    _paper("p2", "Tides of the estuary", ("Xiao Wei Wang",), 2015, "Ocean science : a journal"),
    _paper("p3", "Aquaporins in the roots of rice", ("Jose Garcia", "John M. Smith"), 2015, "glia"),
    _paper("p4", "水稻根系的水通道蛋白", ("张三", "李四"), None, "植物学报", "zh"),
)


@pytest.fixture
async def library(store: Store) -> Store:
    """A store with four papers."""
    await store.put(PAPERS, author="reader", reason="ingest")
    return store


async def _ids(store: Store, wanted: RecordFilter, order: RecordOrder = RecordOrder.ID) -> list[str]:
    page = await store.records(wanted, order=order)
    assert page.total == len(page.documents)
    return [d.id for d in page.documents]


async def test_an_empty_filter_takes_every_record_in_the_order_asked(library: Store) -> None:
    assert await _ids(library, RecordFilter()) == ["p1", "p2", "p3", "p4"]
    assert await _ids(library, RecordFilter(), RecordOrder.NEWEST) == ["p2", "p3", "p1", "p4"]
    assert await _ids(library, RecordFilter(), RecordOrder.OLDEST) == ["p1", "p2", "p3", "p4"]


async def test_a_page_tells_how_many_fit_in_all(library: Store) -> None:
    page = await library.records(RecordFilter(language="en"), limit=2, offset=1)
    assert (page.total, [d.id for d in page.documents]) == (3, ["p2", "p3"])
    assert page.documents[0] == PAPERS[1].document


async def test_title_words_match_from_the_start_of_a_word_without_case_or_accents(library: Store) -> None:
    assert await _ids(library, RecordFilter(title=("AQUAPORIN",))) == ["p1", "p3"]
    assert await _ids(library, RecordFilter(title=("aquaporin 4",))) == ["p1"]
    assert await _ids(library, RecordFilter(title=("aquaporin", "rice"))) == ["p3"]
    assert await _ids(library, RecordFilter(title=("porin",))) == []
    assert await _ids(library, RecordFilter(title=("水通道",))) == ["p4"]
    assert await _ids(library, RecordFilter(title=("β-glucan",))) == ["p1"]


async def test_authors_match_whole_names_without_accents(library: Store) -> None:
    assert await _ids(library, RecordFilter(authors=(("jose garcia",),))) == ["p1", "p3"]
    assert await _ids(library, RecordFilter(authors=(("Wei Wang",),))) == ["p1"]
    assert await _ids(library, RecordFilter(authors=(("José García",), ("Smith", "John M Smith")))) == ["p3"]
    assert await _ids(library, RecordFilter(authors=(("张三",),))) == ["p4"]


async def test_journals_years_languages_and_identifiers_filter(library: Store) -> None:
    assert await _ids(library, RecordFilter(journals=("Glia",))) == ["p1", "p3"]
    assert await _ids(library, RecordFilter(year_from=2013)) == ["p2", "p3"]
    assert await _ids(library, RecordFilter(year_to=2014)) == ["p1"]
    assert await _ids(library, RecordFilter(language="zh")) == ["p4"]
    assert await _ids(library, RecordFilter(identifier="10.1/p2")) == ["p2"]
    assert await _ids(library, RecordFilter(identifier="92")) == ["p2"]
    assert await _ids(library, RecordFilter(identifier="PM-p3")) == ["p3"]
    assert await _ids(library, RecordFilter(identifier="https://doi.org/10.1/P2")) == ["p2"]
    assert await _ids(library, RecordFilter(identifiers=("10.1/p2", "PM-p3", "none"))) == ["p2", "p3"]


async def test_values_are_counted_most_frequent_first(library: Store) -> None:
    years = await library.record_counts(RecordField.YEAR, RecordFilter())
    assert list(years) == [RecordCount("2015", 2), RecordCount("2012", 1)]
    journals = await library.record_counts(RecordField.JOURNAL, RecordFilter(language="en"))
    assert [(j.value.lower(), j.count) for j in journals] == [("glia", 2), ("ocean science : a journal", 1)]
    authors = await library.record_counts(RecordField.AUTHOR, RecordFilter(), limit=1)
    assert [a.count for a in authors] == [2]
    assert [c.value for c in await library.record_counts(RecordField.LANGUAGE, RecordFilter())] == ["en", "zh"]


async def test_names_are_found_by_any_of_their_words(library: Store) -> None:
    names = await library.record_names(record_words("papers by GARCÍA in the journal of ocean"))
    assert set(names.authors) == {"José García", "Jose Garcia"}
    assert names.journals == ("Ocean science : a journal",)
    assert set((await library.record_names(record_words("张三的论文"))).authors) == {"张三"}
    assert (await library.record_names([])).authors == ()


async def test_titles_that_share_most_words_come_first(library: Store) -> None:
    found = await library.similar_titles(record_words("who wrote aquaporins in the roots of rice"))
    assert found[0].id == "p3"
    assert await library.similar_titles(["zebra"]) == []


async def test_removed_documents_have_no_record_until_they_are_back(library: Store) -> None:
    removal = await library.remove([DocumentId("p3")], author="reader", reason="withdrawn")
    assert await _ids(library, RecordFilter(title=("aquaporin",))) == ["p1"]
    assert await _ids(library, RecordFilter(authors=(("John M. Smith",),))) == []
    assert (await library.record_names(["smith"])).authors == ()
    assert [d.id for d in await library.similar_titles(["rice"])] == []
    await library.undo(removal, author="reader", reason="back")
    assert await _ids(library, RecordFilter(title=("rice",))) == ["p3"]
