"""Sources that disagree about what is asked."""

from dataclasses import replace

import pytest

from app.answering.domain import Citation, Conflict, Fact, Side
from app.answering.evidence import EvidenceItem
from app.answering.excerpts import Excerpt
from app.answering.selection import SentenceSelector
from app.answering.verify.conflicts import conflicts_of, placed
from app.answering.verify.judge import JudgeVerifier
from app.answering.verify.lexical import LexicalVerifier
from app.answering.verify.protocols import ClaimVerifier
from models.scripted import HashingEmbedder, ScriptedJudge
from tests.unit.app.answering.library import passages

QUESTION = "Does AQP4 deletion reduce interstitial solute clearance in mice?"
REDUCED = "AQP4 deletion reduced interstitial solute clearance in mice."
UNCHANGED = "AQP4 deletion did not reduce interstitial solute clearance in mice."


def items(*texts: str, paper: str = "") -> list[EvidenceItem]:
    found = passages()[0]
    return [
        EvidenceItem(
            n, text, Citation(n, "passage", paper or f"Paper {n}", text, paper or f"d{n}", passage_id=f"p{n}"), found
        )
        for n, text in enumerate(texts, 1)
    ]


async def found(verifier: ClaimVerifier, evidence: list[EvidenceItem]) -> tuple[Conflict, ...]:
    return await conflicts_of(QUESTION, evidence, verifier, SentenceSelector(HashingEmbedder()))


def denying() -> JudgeVerifier:
    return JudgeVerifier(ScriptedJudge([("deletion reduced", "did not reduce")]))


async def test_sentences_that_deny_each_other_are_a_conflict_of_direction() -> None:
    (conflict,) = await found(denying(), items(REDUCED, UNCHANGED))
    assert conflict == Conflict("direction", (Side(1, REDUCED), Side(2, UNCHANGED)))


async def test_a_paper_is_not_held_against_itself() -> None:
    assert await found(denying(), items(REDUCED, UNCHANGED, paper="One paper")) == ()


async def test_two_sections_of_a_paper_are_not_held_against_each_other() -> None:
    told = items(REDUCED, UNCHANGED, paper="One paper")
    sections = [
        replace(i, citation=replace(i.citation, heading_path=(name,)))
        for i, name in zip(told, ("Abstract", "Results"), strict=True)
    ]
    assert await found(denying(), sections) == ()


async def test_agreeing_sources_are_no_conflict() -> None:
    assert await found(denying(), items(REDUCED, REDUCED.replace("mice", "mice and rats"))) == ()


async def test_other_numbers_for_the_same_are_a_conflict_without_a_judge() -> None:
    texts = [f"AQP4 deletion reduced interstitial solute clearance in mice by {share}%." for share in (70, 20)]
    (conflict,) = await found(LexicalVerifier(), items(*texts))
    assert conflict.kind == "number"


@pytest.mark.parametrize(("other", "count"), [("negative", 1), ("positive", 0)])
async def test_facts_of_opposite_polarity_are_a_conflict(other: str, count: int) -> None:
    facts = [
        EvidenceItem(n, f"Sleep raises clearance ({p})", Citation(n, "fact", "", "", fact=_fact(str(n), p)))
        for n, p in enumerate(("positive", other), 1)
    ]
    assert len(await found(LexicalVerifier(), facts)) == count


@pytest.mark.parametrize(("relevance", "count"), [(0.9, 1), (0.1, 0)])
async def test_facts_off_the_question_are_no_conflict_of_it(relevance: float, count: int) -> None:
    facts = [
        EvidenceItem(n, f"Sleep changes clearance ({p})", Citation(n, "fact", "", "", fact=_fact(str(n), p)))
        for n, p in enumerate(("positive", "negative"), 1)
    ]
    places = [Excerpt(fact, fact.text, relevance) for fact in facts]
    told = await conflicts_of(QUESTION, facts, LexicalVerifier(), SentenceSelector(HashingEmbedder()), places)
    assert len(told) == count


@pytest.mark.parametrize(("relevance", "count"), [(0.9, 1), (0.1, 0)])
async def test_sentences_off_the_question_are_no_conflict_of_it(relevance: float, count: int) -> None:
    told = items(REDUCED, UNCHANGED)
    read = [Excerpt(told[0], told[0].text, 0.9), Excerpt(told[1], f"We looked again. {UNCHANGED}", relevance)]
    shown = await conflicts_of(QUESTION, told, denying(), SentenceSelector(HashingEmbedder()), read)
    assert len(shown) == count


def test_conflicts_keep_the_numbers_of_their_evidence() -> None:
    before = items(REDUCED, UNCHANGED)
    conflict = Conflict("direction", (Side(1, REDUCED), Side(2, UNCHANGED)))
    moved = [EvidenceItem(9 - i.number, i.text, i.citation, i.passage) for i in before]
    (kept,) = placed([conflict], before, moved)
    assert [s.number for s in kept.sides] == [8, 7]
    assert placed([conflict], before, moved[:1]) == ()


def _fact(id_: str, polarity: str) -> Fact:
    return Fact(id_, "sleep", "Sleep", "affects", "affects", "clearance", "Clearance", polarity)
