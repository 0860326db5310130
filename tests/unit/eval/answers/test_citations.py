"""The rule of ALCE on answers small enough to count by hand."""

from collections.abc import Sequence

import pytest

from eval.answers.citations import by_alce, gold_citations, quotes_given
from eval.answers.domain import Evidence
from eval.answers.entailment import ByVerdict
from models.scripted import HashingEmbedder
from tests.unit.eval.answers.answered import answer, fact, passage, refusal


class AllWords:
    """Entailed is what stands word for word in the evidence together."""

    name = "all words"

    def entails(self, evidence: Sequence[Evidence], sentence: str, question: str) -> bool:
        have = set(" ".join(e.text for e in evidence).split())
        return set(sentence.split()) <= have


def test_a_sentence_without_citation_counts_nothing() -> None:
    cited = by_alce(answer(("a b", (1,)), ("a b", ()), evidence=(passage(1, "a b"),)), AllWords(), question="")
    assert cited is not None
    assert (cited.recall, cited.precision, cited.uncited) == (0.5, 1.0, 0.5)


def test_two_citations_that_carry_a_sentence_only_together_are_both_needed() -> None:
    cited = by_alce(answer(("a b", (1, 2)), evidence=(passage(1, "a"), passage(2, "b"))), AllWords(), question="")
    assert cited is not None
    assert (cited.recall, cited.precision) == (1.0, 1.0)


def test_a_citation_that_adds_nothing_costs_precision() -> None:
    cited = by_alce(answer(("a b", (1, 2)), evidence=(passage(1, "a b"), passage(2, "c"))), AllWords(), question="")
    assert cited is not None
    assert (cited.recall, cited.precision) == (1.0, 0.5)


def test_citations_of_a_sentence_that_they_do_not_carry_are_all_wrong() -> None:
    cited = by_alce(answer(("a z", (1, 2)), evidence=(passage(1, "a"), passage(2, "b"))), AllWords(), question="")
    assert cited is not None
    assert (cited.recall, cited.precision) == (0.0, 0.0)


def test_only_uncited_sentences_have_a_recall_and_no_precision() -> None:
    cited = by_alce(answer(("a", ())), AllWords(), question="")
    assert cited is not None
    assert (cited.recall, cited.precision, cited.uncited) == (0.0, None, 1.0)


def test_a_refusal_is_not_measured() -> None:
    assert by_alce(refusal(passage(1, "a")), AllWords(), question="") is None


def test_cited_sources_meet_the_gold_ones() -> None:
    said = answer(("a", (1,)), ("b", (2,)), evidence=(passage(1, "a", "X"), passage(2, "b", "Y"), passage(3, "c", "Z")))
    assert gold_citations(said, ["X", "Z"]) == (0.5, 0.5)
    assert gold_citations(said, []) is None
    assert gold_citations(answer(("a", ())), ["X"]) == (0.0, None)


def test_a_gold_quote_is_given_by_the_answer_or_by_the_sentence_it_quotes() -> None:
    said = answer(("so it is", (1,)), evidence=(passage(1, "The water moved slowly."), passage(2, "ice melts")))
    assert quotes_given(said, ["water moved slowly", "ice melts"]) == 0.5


@pytest.mark.parametrize(
    ("sentence", "carried"), [("Water enters by aquaporin.", True), ("Bones heal at night.", False)]
)
def test_the_services_verdict_stands_for_entailment(sentence: str, carried: bool) -> None:
    evidence = [passage(1, "Water enters by aquaporin.")]
    assert ByVerdict(HashingEmbedder()).entails(evidence, sentence, "") is carried


def test_what_stands_in_the_evidence_word_for_word_is_carried_by_it() -> None:
    evidence = [passage(1, "Bones heal slowly. Is AQP4 a water channel? AQP4 is a water channel.")]
    question = "Which water channel is AQP4?"
    assert ByVerdict(HashingEmbedder()).entails(evidence, "AQP4 is a water channel.", question)


def test_a_list_of_the_graph_is_carried_where_every_cited_fact_is_named() -> None:
    facts = [fact(1, "补血汤", "当归"), fact(2, "补血汤", "黄芪")]
    judge = ByVerdict(HashingEmbedder())
    assert judge.entails(facts, "共有2味药：当归、黄芪。", "")
    assert not judge.entails(facts, "共有2味药：当归、人参。", "")
