"""Where sources say opposite things of the same, or give other numbers for it; both sides are then shown."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from app.answering.domain import Conflict, Side, Verdict
from app.answering.evidence import EvidenceItem
from app.answering.excerpts import LIKELY, Excerpt
from app.answering.selection import SentenceSelector
from app.answering.verify.numbers import number_problems
from app.answering.verify.protocols import Claim, ClaimVerifier, NumberedText
from app.answering.verify.wording import share_held
from kg.documents.sentences import sentences
from kg.domain import Polarity
from models.sentence_selection import Sentence, sentences_of

_MOST = 2
_COMPARED = 8
"""Sentences nearest to the question that are held against each other."""

_SHARED = 0.3
"""Share of one sentence's words that the other must hold, to speak of the same."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two sentences of different papers."""

    one: Sentence
    other: Sentence
    papers: frozenset[str]


async def conflicts_of(
    question: str,
    items: Sequence[EvidenceItem],
    verifier: ClaimVerifier,
    selector: SentenceSelector,
    excerpts: Sequence[Excerpt] | None = None,
) -> tuple[Conflict, ...]:
    """Conflicts of what the question asks for, at most two; a paper is not held against itself.

    A conflict shown wrongly is worse than one missed: each sentence must be contradicted by the other, and where a
    judge read the ``excerpts`` for the question, facts and sentences must stand in those that likely answer it.
    """
    likely = None if excerpts is None else [e for e in excerpts if e.relevance >= LIKELY]
    numbers = None if likely is None else {e.item.number for e in likely}
    between_facts = list(_between_facts([i for i in items if numbers is None or i.number in numbers]))
    pairs = await asyncio.to_thread(_pairs, question, items, selector)
    pairs = [p for p in pairs if likely is None or all(_stands_in(likely, s) for s in (p.one, p.other))]
    denied = await _denied(pairs, verifier)
    found = [_turned(p) for p in await _denied([_turned(p) for p in denied], verifier)]
    between_passages: dict[frozenset[str], Conflict] = {}
    for pair in found:
        between_passages.setdefault(pair.papers, _conflict(pair))
    return (*between_facts, *between_passages.values())[:_MOST]


def placed(
    conflicts: Sequence[Conflict], before: Sequence[EvidenceItem], kept: Sequence[EvidenceItem]
) -> tuple[Conflict, ...]:
    """The conflicts with the numbers that their evidence now has; those that lost a side are left out."""
    keys = {item.number: item.key for item in before}
    numbers = {item.key: item.number for item in kept}
    found = []
    for conflict in conflicts:
        sides = [replace(s, number=numbers[keys[s.number]]) for s in conflict.sides if keys[s.number] in numbers]
        if len(sides) == len(conflict.sides):
            found.append(replace(conflict, sides=tuple(sides)))
    return tuple(found)


def _between_facts(items: Sequence[EvidenceItem]) -> Iterator[Conflict]:
    seen: dict[tuple[str, str], dict[str, Side]] = {}
    for item in items:
        fact = item.citation.fact
        if fact is not None and fact.polarity != Polarity.NONE.value:
            sides = seen.setdefault((fact.subject_id, fact.object_id), {})
            sides.setdefault(fact.polarity, Side(item.number, item.text))
    for sides in seen.values():
        if len(sides) > 1:
            yield Conflict("direction", tuple(sides.values()))


def _pairs(question: str, items: Sequence[EvidenceItem], selector: SentenceSelector) -> list[_Pair]:
    """Relevant sentences of different papers that share their wording."""
    every = sentences_of([i.numbered() for i in items if i.passage is not None], sentences)
    scores = selector.scores(question, every)
    best = sorted(range(len(every)), key=lambda n: (-scores[n], n))[:_COMPARED]
    papers = {i.number: i.citation.document_id or i.key for i in items}
    pairs = (
        _Pair(every[a], every[b], frozenset((papers[every[a].number], papers[every[b].number])))
        for a, b in combinations(sorted(best), 2)
    )
    return [p for p in pairs if len(p.papers) > 1 and p.one.text != p.other.text and _alike(p)]


def _alike(pair: _Pair) -> bool:
    return max(share_held(pair.one.text, pair.other.text), share_held(pair.other.text, pair.one.text)) >= _SHARED


def _stands_in(excerpts: Sequence[Excerpt], sentence: Sentence) -> bool:
    words = " ".join(sentence.text.split())
    return any(e.item.number == sentence.number and words in " ".join(e.text.split()) for e in excerpts)


async def _denied(pairs: Sequence[_Pair], verifier: ClaimVerifier) -> list[_Pair]:
    """The pairs whose first sentence the second contradicts."""
    claims = [Claim(p.one.text, (NumberedText(p.other.number, p.other.text),)) for p in pairs]
    findings = await verifier.verify(claims) if claims else ()
    return [p for p, f in zip(pairs, findings, strict=True) if f.label is Verdict.CONTRADICTED]


def _turned(pair: _Pair) -> _Pair:
    return _Pair(pair.other, pair.one, pair.papers)


def _conflict(pair: _Pair) -> Conflict:
    sides = tuple(Side(s.number, s.text) for s in (pair.one, pair.other))
    differ = any(p.instead for p in number_problems(pair.one.text, pair.other.text))
    return Conflict("number" if differ else "direction", sides)
