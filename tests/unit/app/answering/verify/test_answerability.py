"""Whether evidence can carry an answer."""

import pytest

from app.answering.domain import Answerability
from app.answering.messages import messages_in
from app.answering.verify.answerability import Judgement, judge_evidence
from kg.documents.language import language_of
from kg.domain import Entity, EntityId, Name, Revision
from models.protocols import Judge
from models.scripted import ScriptedJudge
from retrieval.domain import EvidencePack, LinkedEntity, Query
from tests.unit.app.answering.library import passages

SLEEP = "How much larger is the interstitial space of mice during sleep?"


async def judged(question: str, judge: Judge | None = None, *, named: tuple[str, ...] = ()) -> Judgement:
    language = language_of(question)
    linked = tuple(LinkedEntity(Entity(EntityId(n), "Drug", (Name(n, "en"),)), 0, len(n), n) for n in named)
    pack = EvidencePack(Query(question), language, passages(), (), linked, Revision(1), "s", "e", None)
    return await judge_evidence(question, pack, messages_in(language), judge=judge)


@pytest.mark.parametrize(
    "question",
    [
        SLEEP,
        "What share of brain tissue does the extracellular space take up according to Nicholson?",
        "小鼠缺少AQP4时,溶质清除降低多少?",
        "What do animals without aquaporin-4 show in Iliff 2012?",
    ],
)
async def test_questions_that_the_evidence_answers(question: str) -> None:
    assert (await judged(question)).sufficiency is not Answerability.CANNOT_ANSWER


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("依达拉奉(edaravone)对AQP4有何作用?", "edaravone"),
        ("How does CX43 change in sleep?", "CX43"),
    ],
)
async def test_what_is_named_nowhere_is_named_in_the_refusal(question: str, told: str) -> None:
    judgement = await judged(question)
    assert judgement.sufficiency is Answerability.CANNOT_ANSWER
    assert told in " ".join(judgement.reasons)


async def test_evidence_that_holds_little_of_the_question_is_not_enough() -> None:
    assert (await judged("Which football club won the national league?")).sufficiency is Answerability.CANNOT_ANSWER


async def test_a_judge_decides_whether_a_passage_answers() -> None:
    away = "Do interstitial fluxes differ between football clubs that won national leagues in several years?"
    assert (await judged(away, ScriptedJudge())).sufficiency is Answerability.CANNOT_ANSWER
    near = "interstitial space of the mouse brain in sleep"
    assert (await judged(near, ScriptedJudge())).sufficiency is Answerability.ANSWER


async def test_a_known_name_that_no_source_mentions_is_told_beside_the_answer() -> None:
    judgement = await judged(f"{SLEEP[:-1]} and melatonin?", named=("melatonin",))
    assert (judgement.sufficiency, judgement.missing) == (Answerability.CAVEAT, ("melatonin",))
