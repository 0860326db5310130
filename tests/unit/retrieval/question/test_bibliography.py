"""Questions about the collection parsed against a library of five papers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kg.records import RecordFilter
from models.scripted import HashingEmbedder
from retrieval.question.bibliography import BibliographyParser
from retrieval.question.record_model import Operation
from tests.unit.retrieval.question.paper_records import paper_store


@pytest.fixture
async def parser(tmp_path: Path) -> AsyncIterator[BibliographyParser]:
    async with paper_store(tmp_path) as store:
        yield BibliographyParser(store, HashingEmbedder())


@pytest.mark.parametrize(
    ("question", "operation", "wanted"),
    [
        ("How many papers are in the library?", Operation.COUNT, RecordFilter()),
        ("一共有多少篇文献?", Operation.COUNT, RecordFilter()),
        (
            "How many papers by Sørensen were published before 2010?",
            Operation.COUNT,
            RecordFilter(authors=(("Ingrid Sørensen",),), year_to=2009),
        ),
        ("List all papers by paul adler", Operation.LIST, RecordFilter(authors=(("Paul Adler",),))),
        ("王建国的论文有几篇?", Operation.COUNT, RecordFilter(authors=(("王建国",),))),
        ("标题含“glacier”的论文有多少篇?", Operation.COUNT, RecordFilter(title=("glacier",))),
        (
            "How many articles were published in Journal of Glaciology?",
            Operation.COUNT,
            RecordFilter(journals=("Journal of Glaciology : a quarterly",)),
        ),
        ("2011年发表了哪些论文", Operation.LIST, RecordFilter(year_from=2011, year_to=2011)),
        ("What is the newest paper?", Operation.NEWEST, RecordFilter()),
        ("最早的论文是哪一篇?", Operation.OLDEST, RecordFilter()),
        ("Who wrote the paper with PMID 30000003?", Operation.WHO, RecordFilter(identifier="30000003")),
        ("哪些期刊最多?", Operation.TOP_JOURNALS, RecordFilter()),
        ("Which years are covered?", Operation.YEARS, RecordFilter()),
    ],
)
async def test_operation_and_filter_are_parsed(
    parser: BibliographyParser, question: str, operation: Operation, wanted: RecordFilter
) -> None:
    query = await parser.parse(question)
    assert (query.operation, query.wanted, query.unknown) == (operation, wanted, ())


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("Who wrote “Tides of the northern bay”?", "p1"),
        ("Who are the authors of sand and tides in wide estuaries?", "p2"),
        ("《水库泥沙的长期观测》的作者是谁?", "p4"),
        ("谁写了 Ice cores of the eastern glacier 这篇论文?", "p3"),
    ],
)
async def test_a_title_names_its_document(parser: BibliographyParser, question: str, document: str) -> None:
    query = await parser.parse(question)
    assert query.operation is Operation.WHO
    assert [d.id for d in query.documents] == [document]


async def test_an_author_that_no_record_names_is_told(parser: BibliographyParser) -> None:
    query = await parser.parse("How many papers by Zhdanov are there?")
    assert query.unknown == ("Zhdanov",)


async def test_a_number_limits_a_list(parser: BibliographyParser) -> None:
    assert (await parser.parse("Show the 3 newest papers")).limit == 3
    assert (await parser.parse("给我最新的两篇论文")).limit in (2, None)


@pytest.mark.parametrize("question", ["²", "10²", "Show the 10² newest papers", "③ newest papers", "9" * 5000])
async def test_digits_that_are_no_number_are_no_limit(parser: BibliographyParser, question: str) -> None:
    assert (await parser.parse(question)).limit is None
