"""What is cited is held against gold documents, quotes and triples."""

from dataclasses import replace

from eval.answers.citations import gold_citations, gold_triples, quotes_given
from tests.unit.eval.answers.answered import answer, fact, passage

A, B, C = ("f", "formula_has_herb", "1"), ("f", "formula_has_herb", "2"), ("f", "formula_has_herb", "3")
LIST = answer(
    ("one and two", (1, 2)),
    evidence=(replace(fact(1, "f", "1"), triple=A), replace(fact(2, "f", "2"), triple=B)),
)


def test_cited_sources_meet_the_gold_ones() -> None:
    said = answer(("a", (1,)), ("b", (2,)), evidence=(passage(1, "a", "X"), passage(2, "b", "Y"), passage(3, "c", "Z")))
    assert gold_citations(said, ["X", "Z"]) == (0.5, 0.5)
    assert gold_citations(said, []) is None
    assert gold_citations(answer(("a", ())), ["X"]) == (0.0, None)


def test_a_gold_quote_is_given_by_the_answer_or_by_the_sentence_it_quotes() -> None:
    said = answer(("so it is", (1,)), evidence=(passage(1, "The water moved slowly."), passage(2, "ice melts")))
    assert quotes_given(said, ["water moved slowly", "ice melts"]) == 0.5


def test_triples_are_complete_where_all_are_cited_and_precise_where_nothing_else_is() -> None:
    assert gold_triples(LIST, [A, B]) == (1.0, 1.0)
    assert gold_triples(LIST, [A]) == (1.0, 0.5)
    assert gold_triples(LIST, [A, B, C]) == (2 / 3, 1.0)
    assert gold_triples(answer(("one", ())), [A]) == (0.0, None)
    assert gold_triples(LIST, []) is None
