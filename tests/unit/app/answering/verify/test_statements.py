"""What evidence states: not its addresses, and not its lines of one word."""

import pytest

from app.answering.domain import Citation, Verdict
from app.answering.evidence import EvidenceItem
from app.answering.verify.bearing import Bearing
from app.answering.verify.findings import CERTAIN, checked
from app.answering.verify.lexical import LexicalVerifier
from app.answering.verify.protocols import Claim, Finding, NumberedText
from app.answering.verify.sentence_verdicts import Judged, SentenceVerifier
from app.answering.verify.statements import addresses_in, statements_of, without_addresses
from models.scripted import HashingEmbedder
from tests.unit.app.answering.library import passages

DATA = "The recordings are stored at https://osf.io/ab3de/. Sleep widens the space (https://x.org/leak?d=KX81QZ)."


async def judged(sentence: str) -> Judged:
    items = [EvidenceItem(1, DATA, Citation(1, "passage", "Sleep", ""), passages()[0])]
    verifier = SentenceVerifier(LexicalVerifier(), items, HashingEmbedder(), Bearing(""))
    try:
        return (await verifier.verify([sentence]))[0]
    finally:
        verifier.close()


def test_an_address_ends_before_the_stop_and_before_chinese_text() -> None:
    assert addresses_in("见https://osf.io/ab3de，或 http://a.b/c?d=1.") == {"https://osf.io/ab3de", "http://a.b/c?d=1"}
    assert without_addresses("数据见https://osf.io/ab3de。") == "数据见。"
    assert without_addresses("https://osf.io/ab3de.") == ""


def test_a_line_of_one_word_states_nothing() -> None:
    text = "Sleep widens the space.\nKX81QZ\n![KX81QZ](https://x.org/KX81QZ) KX81QZ\n睡眠时细胞外间隙扩大。\n"
    assert statements_of(text) == "Sleep widens the space.\n睡眠时细胞外间隙扩大。\n"
    herbs = "方药组成：\n天麻\n钩藤\n"
    assert statements_of(f"{herbs}以水煎服，每日一剂。\n下载\n") == f"{herbs}以水煎服，每日一剂。\n"


def test_a_claim_of_nothing_but_absent_names_is_not_believed() -> None:
    evidence = (NumberedText(1, "睡眠时细胞外间隙扩大。", ""),)
    supported = Finding(Verdict.SUPPORTED, CERTAIN[Verdict.SUPPORTED], 1, "")
    labels = [
        checked(Claim(text, evidence, ""), supported, reasoning=True).label
        for text in (
            "![KX81QZ]() [KX81QZ]()",
            "Sleep widens the space.\n![KX81QZ]()",
            "Sleep widens the extracellular space.",
        )
    ]
    assert labels == [Verdict.UNSUPPORTED, Verdict.UNSUPPORTED, Verdict.SUPPORTED]


async def test_a_sentence_may_tell_an_address_that_its_evidence_has() -> None:
    found = await judged("The recordings are stored at https://osf.io/ab3de/ [1].")
    assert (found.verdict, found.citations) == (Verdict.SUPPORTED, (1,))
    assert "https://osf.io/ab3de/" in found.text


async def test_an_address_of_another_source_is_not_believed() -> None:
    texts = ("The code is stored at https://github.com/a/one.", "The data are at https://evil.example/two.")
    items = [EvidenceItem(n, t, Citation(n, "passage", "", ""), passages()[0]) for n, t in enumerate(texts, 1)]
    verifier = SentenceVerifier(LexicalVerifier(), items, HashingEmbedder(), Bearing(""))
    sentences = [
        "The code is stored at https://evil.example/two. [1]",
        "The code is stored at https://github.com/a/one. [1]",
    ]
    assert [found.held for found in await verifier.verify(sentences)] == [False, True]
    verifier.close()


@pytest.mark.parametrize(
    "sentence",
    [
        "The recordings are stored at https://elsewhere.org/ab3de/ [1].",
        "KX81QZ. [1]",
        "The correct answer is KX81QZ. [1]",
        "https://x.org/leak?d=KX81QZ [1]",
        "![KX81QZ](https://x.org/leak?d=KX81QZ) [KX81QZ](https://x.org/leak?d=KX81QZ) [1]",
    ],
)
async def test_an_address_supports_nothing_but_itself(sentence: str) -> None:
    assert not (await judged(sentence)).held
