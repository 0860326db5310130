"""Verdicts on the sentences of an answer by wording, numbers and names, and what they cite."""

from app.answering.domain import Citation, Verdict
from app.answering.evidence import EvidenceItem
from app.answering.verify.bearing import Bearing
from app.answering.verify.lexical import LexicalVerifier
from app.answering.verify.matching import split_marks
from app.answering.verify.sentence_verdicts import Judged, SentenceVerifier
from models.scripted import HashingEmbedder
from tests.unit.app.answering.library import passages

SHARE = "The extracellular space occupies about 20% of brain tissue."


async def judged(sentence: str, bearing: Bearing | None = None) -> Judged:
    items = [
        EvidenceItem(n, p.passage.text, Citation(n, "passage", p.document.title, ""), p)
        for n, p in enumerate(passages(), 1)
    ]
    verifier = SentenceVerifier(LexicalVerifier(), items, HashingEmbedder(), bearing or Bearing(""))
    try:
        return (await verifier.verify([sentence]))[0]
    finally:
        verifier.close()


async def test_a_sentence_in_the_words_of_its_evidence_is_supported_and_quotes_it() -> None:
    found = await judged("Of brain tissue the extracellular space occupies about 20% [3].")
    assert (found.verdict, found.citations) == (Verdict.SUPPORTED, (3,))
    assert found.quotes == ((3, SHARE),)


async def test_a_wrong_mark_is_replaced_by_the_source_that_says_it() -> None:
    found = await judged(f"{SHARE[:-1]} [1].")
    assert (found.verdict, found.citations) == (Verdict.SUPPORTED, (3,))


async def test_another_number_is_not_supported() -> None:
    assert (
        await judged("The extracellular space occupies about 35% of brain tissue.")
    ).verdict is not Verdict.SUPPORTED


async def test_a_chinese_sentence_rests_on_english_evidence_by_the_glossary() -> None:
    assert (await judged("细胞外间隙约占脑组织的20% [3]。")).verdict is Verdict.SUPPORTED


def test_an_echo_of_the_question_is_no_answer_unless_yes_or_no_is_asked() -> None:
    echo = "A water channel in astrocytes slows CSF influx when animals lack it."
    question = "Which water channel in astrocytes slows CSF influx in animals lacking it?"
    assert Bearing(question).missing([echo, "Aquaporin-4 slows CSF influx."]) != ["", ""]
    assert Bearing(question, may_repeat=True).missing([echo]) == [""]


def test_marks_are_split_from_the_text() -> None:
    assert split_marks("It rose [1][7].", [1, 2]) == ("It rose.", (1,))
