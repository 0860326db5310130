"""Answers from the records of five papers, in both languages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.answering.composed import Composed
from app.answering.library_answer import answer_from_library
from app.answering.messages import messages_in
from kg.protocols import Store
from models.scripted import HashingEmbedder
from tests.unit.retrieval.question.paper_records import paper_store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with paper_store(tmp_path) as opened:
        yield opened


async def _answer(store: Store, question: str, language: str = "en") -> Composed:
    made = await answer_from_library(question, store, HashingEmbedder(), messages_in(language))
    assert made is not None
    return made


def _first(made: Composed) -> str:
    return made.sentences[0].text


async def test_the_first_sentence_of_a_count_holds_the_number_and_cites_records(store: Store) -> None:
    made = await _answer(store, "How many papers are in the library?")
    assert _first(made) == "The library holds 5 papers."
    assert len(made.sentences[0].citations) == 5
    assert {i.citation.document_id for i in made.items} == {"p1", "p2", "p3", "p4", "p5"}


async def test_a_count_by_author_is_told_in_chinese(store: Store) -> None:
    assert _first(await _answer(store, "王建国的论文有几篇?", "zh")) == "资料库中作者为 王建国的文献共 1 篇。"


async def test_a_list_gives_each_paper_a_line_newest_first(store: Store) -> None:
    made = await _answer(store, "List all papers by Paul Adler")
    items = [s.text for s in made.sentences if s.item]
    assert items == [
        "Wei Zhou, Paul Adler, Ingrid Sørensen (2011). Sand and tides in wide estuaries. Ocean Science.",
        "Paul Adler (2011). Ice cores of the eastern glacier. Journal of Glaciology : a quarterly.",
    ]
    assert all(s.citations for s in made.sentences)


async def test_authors_of_a_named_paper_come_first_and_journal_and_year_after(store: Store) -> None:
    made = await _answer(store, "Who wrote “Tides of the northern bay”?")
    assert _first(made) == "“Tides of the northern bay” was written by Ingrid Sørensen, Wei Zhou."
    assert "Ocean Science in 2004" in made.text


async def test_the_newest_paper_is_named(store: Store) -> None:
    assert "“Glacier lakes and floods” by Marta Okoye" in _first(await _answer(store, "What is the newest paper?"))


async def test_a_name_that_no_record_has_is_told(store: Store) -> None:
    assert "“Zhdanov”" in _first(await _answer(store, "How many papers by Zhdanov are there?"))


async def test_a_summary_quotes_the_named_paper_alone_with_its_numbers(store: Store) -> None:
    made = await _answer(store, "Summarize the paper “Tides of the northern bay”")
    assert any("40%" in s.text for s in made.sentences)
    assert {i.citation.document_id for i in made.items} == {"p1"}
    assert all(i.citation.passage_id for i in made.items[1:])


async def test_a_paper_of_an_author_and_year_is_found(store: Store) -> None:
    made = await answer_from_library(
        "Summarize the Okoye 2018 paper", store, HashingEmbedder(), messages_in("en"), summary=True
    )
    assert made is not None
    assert {i.citation.document_id for i in made.items} == {"p5"}


async def test_a_summary_without_a_named_paper_is_not_answered(store: Store) -> None:
    assert await answer_from_library("Summarize it", store, HashingEmbedder(), messages_in("en"), summary=True) is None


async def test_a_summary_of_papers_that_no_record_holds_is_left_to_the_search(store: Store) -> None:
    asked = "Summarise the papers that argue for wind and against currents, with the argument of each."
    assert await answer_from_library(asked, store, HashingEmbedder(), messages_in("en"), summary=True) is None
