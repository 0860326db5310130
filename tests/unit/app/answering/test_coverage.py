"""How much of a question its evidence holds."""

import pytest

from app.answering.coverage import Coverage, coverage_of
from app.answering.domain import Answerability
from app.answering.messages import messages_in
from app.answering.verify.answerability import judge_evidence
from kg.documents.language import language_of
from kg.domain import Revision
from retrieval.domain import EvidencePack, Query
from tests.unit.app.answering.library import passages

SLEEP = "How much does the interstitial space of the mouse brain grow during sleep?"


def pack(question: str, **rarity: float) -> EvidencePack:
    found = passages()
    return EvidencePack(
        Query(question), language_of(question), found, (), (), Revision(1), "s", "e", None, rarity=rarity
    )


def test_what_is_asked_is_found_in_one_sentence_and_in_the_passages_together() -> None:
    found = coverage_of(SLEEP, pack(SLEEP), names=1.0)
    assert 0.7 < found.sentence <= found.best <= 1.0
    assert found.enough


def test_a_rare_word_that_is_missing_weighs_more() -> None:
    question = "Does sleep change melatonin?"
    plain, weighed = (coverage_of(question, pack(question, **r), names=1.0) for r in ({}, {"melatonin": 9.0}))
    assert weighed.sentence < plain.sentence


def test_authors_and_years_count_as_found() -> None:
    question = "What did Iliff show in 2012?"
    assert coverage_of(question, pack(question), names=1.0).sentence > 0.6


def test_a_chinese_question_meets_english_passages_by_the_glossary() -> None:
    question = "睡眠对组织间隙有什么影响?"
    assert coverage_of(question, pack(question), names=1.0).sentence > 0.5


def test_more_coverage_never_lowers_the_odds() -> None:
    least = Coverage(0.2, 0.4, 0.5)
    assert all(
        least.odds < more.odds for more in (Coverage(0.3, 0.4, 0.5), Coverage(0.2, 0.5, 0.5), Coverage(0.2, 0.4, 1))
    )


@pytest.mark.parametrize("question", ["How do farmers keep wheat dry in barns?", "果树怎样修剪枝条?"])
def test_what_the_sources_hardly_mention_is_declined(question: str) -> None:
    language = language_of(question)
    judgement = judge_evidence(question, pack(question), messages_in(language), language=language)
    assert judgement.sufficiency is Answerability.CANNOT_ANSWER
    assert judgement.reasons == (messages_in(language).refusal["uncovered"],)


@pytest.mark.parametrize("question", [SLEEP, "睡眠时脑组织间隙增加多少?"])
def test_what_they_mention_is_answered(question: str) -> None:
    language = language_of(question)
    judgement = judge_evidence(question, pack(question), messages_in(language), language=language)
    assert judgement.sufficiency is not Answerability.CANNOT_ANSWER


@pytest.mark.parametrize(
    "question",
    ["Describe everything that the sources say about sleep, in detail.", "请详细介绍资料中关于睡眠的全部内容。"],
)
def test_how_to_answer_need_not_stand_in_the_sources(question: str) -> None:
    unknown = {"describe": 9.0, "everyth": 9.0, "detail": 9.0}
    assert coverage_of(question, pack(question, **unknown), names=1.0).enough


def test_a_request_without_a_subject_is_not_declined_for_its_words() -> None:
    assert coverage_of("Tell everything in detail.", pack("Tell everything in detail."), names=1.0).enough
