"""Verdicts on sentences, among them Chinese ones that rest on English papers."""

from dataclasses import replace

import pytest

from app.answering.domain import Citation, Verdict
from app.answering.evidence import EvidenceItem
from app.answering.verify.matching import Matcher, split_marks
from app.answering.verify.sentence_rules import judge
from models.scripted import HashingEmbedder
from tests.unit.app.answering.library import passages

PERICYTES = (
    "Quantitative immunogold analysis of mice showed that the AQP4 expression was higher in astrocyte endfoot "
    "membranes abutting pericytes than in those facing endothelial cells."
)


def matcher(*more: str) -> Matcher:
    found = [
        EvidenceItem(n, p.passage.text, Citation(n, "passage", p.document.title, ""), p)
        for n, p in enumerate(passages(), 1)
    ]
    told = [EvidenceItem(n, text, Citation(n, "fact", "", "")) for n, text in enumerate(more, len(found) + 1)]
    return Matcher([*found, *told], HashingEmbedder())


def verdict(sentence: str, question: str = "", *more: str) -> Verdict:
    return judge(sentence, matcher(*more), question=question).verdict


def test_a_sentence_in_the_words_of_its_evidence_is_supported() -> None:
    judged = judge("The extracellular space occupies about 20% of brain tissue [3].", matcher())
    assert judged.verdict is Verdict.SUPPORTED
    assert judged.citations == (3,)


def test_what_is_said_of_one_thing_is_not_said_of_two() -> None:
    found = passages()[0]
    text = "The volume fraction increased during sleep. Tortuosity did not change during sleep."
    item = EvidenceItem(
        1, text, Citation(1, "passage", "", ""), replace(found, passage=replace(found.passage, text=text))
    )
    both = judge("The volume fraction and tortuosity increased during sleep [1].", Matcher([item], HashingEmbedder()))
    one = judge("The volume fraction increased during sleep [1].", Matcher([item], HashingEmbedder()))
    assert (both.verdict, one.verdict) == (Verdict.UNSUPPORTED, Verdict.SUPPORTED)


def test_another_number_is_not_supported() -> None:
    assert verdict("The extracellular space occupies about 35% of brain tissue.") is Verdict.UNSUPPORTED


def test_an_echo_of_the_question_is_no_answer() -> None:
    question = "Which water channel in astrocytes slows CSF influx when animals are lacking it?"
    assert (
        verdict("A water channel in astrocytes slows CSF influx when animals are lacking it.", question)
        is not Verdict.SUPPORTED
    )


def test_one_word_that_the_evidence_has_makes_an_echo_an_answer() -> None:
    question = (
        "Which channel in astrocytes, when animals are lacking it, shows slowed CSF influx and reduction in "
        "interstitial solute clearance?"
    )
    answer = (
        "Animals lacking aquaporin-4 in astrocytes exhibit slowed CSF influx and a reduction in interstitial solute "
        "clearance."
    )
    assert verdict(answer, question) is Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("小鼠星形胶质细胞终足膜上的AQP4表达在朝向周细胞的一侧高于朝向内皮细胞的一侧。", Verdict.SUPPORTED),
        ("小鼠星形胶质细胞终足膜上的AQP4表达在朝向内皮细胞的一侧高于朝向周细胞的一侧。", Verdict.UNSUPPORTED),
        ("小鼠星形胶质细胞终足膜上的AQP4表达在朝向小胶质细胞的一侧高于朝向内皮细胞的一侧。", Verdict.UNSUPPORTED),
    ],
)
def test_a_chinese_sentence_is_held_to_the_terms_of_an_english_paper(sentence: str, expected: Verdict) -> None:
    question = "小鼠星形胶质细胞终足膜上的AQP4在朝向哪种细胞的一侧高于朝向内皮细胞的一侧?"
    assert verdict(sentence, question, PERICYTES) is expected


def test_an_answer_in_the_questions_words_is_held_to_the_sentence_that_holds_what_it_adds() -> None:
    question = "Which sleep stage was inversely tied to wide perivascular spaces in the deep nuclei?"
    found = passages()[0]
    passage = replace(
        found.passage,
        text="Wide perivascular spaces in the deep nuclei were tied to sleep. "
        "The volume in the deep nuclei was inversely correlated with the sleep stage N3.",
    )
    item = EvidenceItem(1, passage.text, Citation(1, "passage", "", ""), replace(found, passage=passage))
    answer = "The sleep stage {} was inversely tied to wide perivascular spaces in the deep nuclei [1]."
    told = judge(answer.format("N3"), Matcher([item], HashingEmbedder()), question=question)
    assert (told.verdict, told.quotes[0][1][-3:]) == (Verdict.SUPPORTED, "N3.")
    invented = judge(answer.format("N2"), Matcher([item], HashingEmbedder()), question=question)
    assert invented.verdict is Verdict.UNSUPPORTED


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("含有褪黑素的是益母草。[6]。", "含有褪黑素的是益母草。"),
        ("It widens. [1].", "It widens."),
        ("It widens [1].", "It widens."),
        ("It widens...", "It widens..."),
    ],
)
def test_a_sentence_ends_once_when_its_marks_are_gone(written: str, plain: str) -> None:
    assert split_marks(written, [1, 6])[0] == plain
