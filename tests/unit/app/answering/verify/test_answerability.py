"""Whether evidence can carry an answer."""

import pytest

from app.answering.domain import Answerability
from app.answering.messages import messages_in
from app.answering.verify.answerability import Judgement, judge_evidence
from kg.documents.language import language_of
from kg.domain import Entity, EntityId, Name, Revision
from retrieval.domain import EvidencePack, LinkedEntity, Query
from tests.unit.app.answering.library import passages

SLEEP = "How much larger is the interstitial space of mice during sleep?"


def judged(
    question: str, *, named: tuple[str, ...] = (), answered: bool | None = None, compared: bool = False
) -> Judgement:
    language = language_of(question)
    linked = tuple(LinkedEntity(Entity(EntityId(n), "Drug", (Name(n, "en"),)), 0, len(n), n) for n in named)
    pack = EvidencePack(Query(question), language, passages(), (), linked, Revision(1), "s", "e", None)
    return judge_evidence(question, pack, messages_in(language), answered=answered, compared=compared)


@pytest.mark.parametrize(
    "question",
    [
        SLEEP,
        "What share of brain tissue does the extracellular space take up according to Nicholson?",
        "小鼠缺少AQP4时,溶质清除降低多少?",
        "What do animals without aquaporin-4 show in Iliff 2012?",
    ],
)
def test_questions_that_the_evidence_answers(question: str) -> None:
    assert (judged(question)).sufficiency is not Answerability.CANNOT_ANSWER


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("依达拉奉(edaravone)对AQP4有何作用?", "edaravone"),
        ("How does CX43 change in sleep?", "CX43"),
    ],
)
def test_what_is_named_nowhere_is_named_in_the_refusal(question: str, told: str) -> None:
    judgement = judged(question)
    assert judgement.sufficiency is Answerability.CANNOT_ANSWER
    assert told in " ".join(judgement.reasons)


def test_evidence_that_holds_little_of_the_question_is_not_enough() -> None:
    assert (judged("Which football club won the national league?")).sufficiency is Answerability.CANNOT_ANSWER


def test_a_judge_decides_whether_a_passage_answers() -> None:
    away = "Which football club won the national league?"
    assert judged(away, answered=True).sufficiency is Answerability.ANSWER
    assert judged(SLEEP, answered=False).sufficiency is Answerability.CANNOT_ANSWER


def test_a_comparison_is_answered_for_the_side_that_the_sources_mention() -> None:
    question = "How do the effects of AQP4 and CX43 on clearance compare?"
    one_sided = judged(question, compared=True)
    assert (one_sided.sufficiency, one_sided.missing) == (Answerability.CAVEAT, ("CX43",))
    assert "CX43" in " ".join(one_sided.reasons)
    assert judged(question).sufficiency is Answerability.CANNOT_ANSWER


def test_a_known_name_that_no_source_mentions_is_told_beside_the_answer() -> None:
    judgement = judged(f"{SLEEP[:-1]} and melatonin?", named=("melatonin",))
    assert (judgement.sufficiency, judgement.missing) == (Answerability.CAVEAT, ("melatonin",))
