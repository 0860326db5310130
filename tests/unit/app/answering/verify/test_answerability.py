"""Whether evidence can carry an answer."""

from dataclasses import replace

import pytest

from app.answering.domain import Answerability, Conflict, Side
from app.answering.messages import messages_in
from app.answering.verify.answerability import Judgement, judge_evidence
from app.answering.verify.question_needs import needs_of
from kg.documents.language import language_of
from kg.domain import Revision
from retrieval.domain import EvidencePack, Query
from tests.unit.app.answering.library import passages


def judged(question: str) -> Judgement:
    language = language_of(question)
    pack = EvidencePack(Query(question), language, passages(), (), (), Revision(1), "s", "e", None)
    return judge_evidence(question, pack, messages_in(language), language=language)


@pytest.mark.parametrize(
    "question",
    [
        "How much larger is the interstitial space of mice during sleep?",
        "What share of brain tissue does the extracellular space take up according to Nicholson?",
        "小鼠缺少AQP4时,溶质清除降低多少?",
        "睡眠对脑组织间隙有什么影响?",
        "What do animals without aquaporin-4 show in Iliff 2012?",
        "Compare what Xie 2013 and Iliff 2012 say of clearance.",
    ],
)
def test_questions_that_the_evidence_answers(question: str) -> None:
    assert judged(question).sufficiency is not Answerability.CANNOT_ANSWER


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What dose of cilostazol improves drainage in mice?", "cilostazol"),
        ("Which hyaluronidase dose widened the extracellular space?", "hyaluronidase"),
        ("What did Verkman and colleagues find about AQP4?", "Verkman"),
        ("补阳还五汤对类淋巴清除有何影响?", "补阳还五汤"),
        ("依达拉奉(edaravone)对AQP4有何作用?", "edaravone"),
        ("How does CX43 change in Parkinson's disease?", "CX43"),
        ("How many mmol of gadobutrol were injected?", "gadobutrol"),
    ],
)
def test_what_is_named_nowhere_is_named_in_the_refusal(question: str, told: str) -> None:
    judgement = judged(question)
    assert judgement.sufficiency is Answerability.CANNOT_ANSWER
    assert told in " ".join(judgement.reasons)


def test_a_unit_that_no_source_gives_is_missing() -> None:
    judgement = judged("睡眠研究中注射示踪剂的剂量是多少mmol?")
    assert judgement.sufficiency is Answerability.CANNOT_ANSWER
    assert "mmol" in " ".join(judgement.reasons)


def test_a_premise_the_other_way_round_is_corrected_by_its_source() -> None:
    source = "CSF tracer influx was faster in wild-type mice than in Snta1 knockout mice."
    changed = replace(passages()[0], passage=replace(passages()[0].passage, text=source))
    question = "Which group found that Snta1 knockout mice had faster CSF tracer influx than wild-type mice?"
    pack = EvidencePack(Query(question), "en", (changed,), (), (), Revision(1), "s", "e", None)
    judgement = judge_evidence(question, pack, messages_in("en"), language="en")
    assert judgement.sufficiency is Answerability.CANNOT_ANSWER
    assert source in judgement.reasons[0]


def test_what_sources_disagree_on_is_told_beside_the_answer() -> None:
    question = "How much larger is the interstitial space of mice during sleep?"
    pack = EvidencePack(Query(question), "en", passages(), (), (), Revision(1), "s", "e", None)
    conflict = Conflict("number", (Side(1, "60%"), Side(2, "20%")))
    judgement = judge_evidence(question, pack, messages_in("en"), language="en", conflicts=(conflict,))
    assert judgement.sufficiency is Answerability.CONFLICT


def test_paraphrases_and_common_words_are_no_names() -> None:
    asked = needs_of("Which stretch of vessel was slit-free in the phase when patients please decrease?")
    assert [n.text for n in asked.names if n.strong] == []


def test_names_are_found_in_both_languages() -> None:
    assert {n.text for n in needs_of("归脾汤里哪味药含有muscone?").names} == {"归脾汤", "muscone"}
    assert "NFAT5" in {n.text for n in needs_of("Does NFAT5 activate AQP4?").names}
    assert {n.text for n in needs_of("What did Smith et al. report in 2017?").names} == {"Smith"}
