"""Verdicts on the sentences of an answer: which evidence each one rests on, and whether that carries it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.answering.domain import Verdict
from app.answering.evidence import EvidenceItem
from app.answering.verify.bearing import Bearing
from app.answering.verify.findings import CERTAIN
from app.answering.verify.matching import Match, Matcher, split_marks
from app.answering.verify.protocols import Claim, ClaimVerifier, Finding, NumberedText
from app.answering.verify.statements import addresses_in, statements_of, without_addresses
from kg.documents.sentences import sentences
from models.protocols import Embedder

_NEAREST = 3
_MOST_MARKS = 4
_ALSO_NEAR = 0.7
"""Share of the best mark's nearness that a further mark of a supported sentence needs, to be shown."""

_QUOTED_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence with what was found for it; ``quotes`` pairs each cited number with the evidence's own words.

    ``support`` is the probability that its evidence supports it, 1 where it stands there word for word; ``nearest`` are
    number and text of the evidence's sentence that comes nearest.
    """

    text: str
    verdict: Verdict
    citations: tuple[int, ...]
    quotes: tuple[tuple[int, str], ...]
    reasons: tuple[str, ...]
    support: float = 1.0
    nearest: tuple[int, str] | None = None

    @property
    def held(self) -> bool:
        """Whether it is supported and cites what supports it."""
        return self.verdict is Verdict.SUPPORTED and bool(self.citations)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A sentence without its marks, with the evidence that is near to it."""

    text: str
    marks: tuple[int, ...]
    matches: tuple[Match, ...]

    @property
    def said(self) -> str:
        """The text without addresses, which are compared by themselves."""
        return without_addresses(self.text)

    @property
    def near(self) -> tuple[int, ...]:
        """Numbers of the evidence that comes nearest and is not marked."""
        numbers = dict.fromkeys(m.sentence.number for m in self.matches)
        return tuple(n for n in numbers if n not in self.marks)[:_NEAREST]

    def best(self, number: int) -> Match:
        """The sentence of one piece of evidence that comes nearest."""
        return next(m for m in self.matches if m.sentence.number == number)


class SentenceVerifier:
    """Verifies the sentences of one answer, marks and all.

    A sentence that its marks do not carry is looked for in the evidence nearest to it. One that stands in the evidence
    word for word is supported. One that says nothing beyond the question answers nothing.
    """

    def __init__(
        self, verifier: ClaimVerifier, items: Sequence[EvidenceItem], embedder: Embedder, bearing: Bearing
    ) -> None:
        self._verifier = verifier
        self._items = items
        self._embedder = embedder
        self._bearing = bearing
        self._ready: asyncio.Task[Matcher] | None = None

    def start(self) -> "asyncio.Task[Matcher]":
        """Begin to read the evidence, as a rule while the chat model reads its prompt."""
        if self._ready is None:
            self._ready = asyncio.create_task(asyncio.to_thread(Matcher, self._items, self._embedder))
        return self._ready

    def close(self) -> None:
        """Stop reading."""
        if self._ready is not None:
            self._ready.cancel()

    async def verify(self, written: Sequence[str]) -> list[Judged]:
        """The sentences as the model wrote them, each with its verdict; raises models.errors."""
        matcher = await asyncio.shield(self.start())
        drafts = await asyncio.to_thread(_drafts, matcher, written)
        found = await self._findings(matcher, drafts, [d.marks or d.near for d in drafts])
        again = [n for n, f in enumerate(found) if f.label is not Verdict.SUPPORTED and drafts[n].marks]
        others = await self._findings(matcher, [drafts[n] for n in again], [drafts[n].near for n in again])
        for n, other in zip(again, others, strict=True):
            if other.label is Verdict.SUPPORTED:
                found[n] = other
        empty = self._bearing.missing([d.text for d in drafts])
        judged = [_judged(d, f, e) for d, f, e in zip(drafts, found, empty, strict=True)]
        texts = {number: _spaced(item.text) for number, item in matcher.items.items()}
        return [replace(j, nearest=_nearest(d, texts)) for j, d in zip(judged, drafts, strict=True)]

    async def _findings(
        self, matcher: Matcher, drafts: Sequence[_Draft], numbers: Sequence[Sequence[int]]
    ) -> list[Finding]:
        found = [
            _address_alone(d, [matcher.items[n] for n in own]) or _verbatim(d, matcher.items, own)
            for d, own in zip(drafts, numbers, strict=True)
        ]
        open_ = [n for n, finding in enumerate(found) if finding is None]
        claims = [
            Claim(drafts[n].said, tuple(_said_by(matcher.items[i]) for i in numbers[n]), self._bearing.question)
            for n in open_
        ]
        verified = await self._verifier.verify(claims) if claims else ()
        for n, finding in zip(open_, verified, strict=True):
            found[n] = _in_own_words(finding, matcher.items)
        return [f for f in found if f is not None]


def _drafts(matcher: Matcher, written: Sequence[str]) -> list[_Draft]:
    drafts = []
    for sentence in written:
        text, marked = split_marks(sentence, list(matcher.items))
        matches = matcher.match(text) if text else ()
        # Marks that stand without a sentence carry nothing.
        comparable = {match.sentence.number for match in matches}
        marks = tuple(n for n in marked if n in comparable)
        drafts.append(_Draft(text, marks[:_MOST_MARKS], matches))
    return drafts


def _verbatim(draft: _Draft, items: dict[int, EvidenceItem], numbers: Sequence[int]) -> Finding | None:
    """The finding of a sentence that one piece of evidence holds word for word, a marked one first."""
    if statements_of(draft.said) != draft.said:
        return None
    plain = _spaced(draft.said).rstrip(" .。")
    told = addresses_in(draft.text)
    holding = [
        n
        for n in (*numbers, *items)
        if plain and plain in _spaced(statements_of(items[n].text)) and told <= addresses_in(items[n].text)
    ]
    if not holding:
        return None
    label = Verdict.SUPPORTED
    return Finding(label, CERTAIN[label], holding[0], draft.best(holding[0]).sentence.text)


def _address_alone(draft: _Draft, items: Sequence[EvidenceItem]) -> Finding | None:
    """The finding of a sentence with an address that its evidence lacks, or with a word and addresses alone."""
    told = addresses_in(draft.text)
    if not told:
        return None
    known = frozenset[str]().union(*(addresses_in(item.text) for item in items))
    alone = not statements_of(draft.said)
    if not alone and told <= known:
        return None
    why = "an address alone says nothing" if alone else "the evidence does not tell this address"
    return Finding(Verdict.UNSUPPORTED, CERTAIN[Verdict.UNSUPPORTED], reasons=(why,))


def _said_by(item: EvidenceItem) -> NumberedText:
    read = numbered(item)
    return replace(read, text=statements_of(read.text))


def _in_own_words(finding: Finding, items: dict[int, EvidenceItem]) -> Finding:
    """The finding without its quote where something was left out of that."""
    text = "" if finding.number is None else items[finding.number].text
    return replace(finding, quote="") if statements_of(text) != text and finding.quote not in text else finding


def _nearest(draft: _Draft, texts: Mapping[int, str]) -> tuple[int, str] | None:
    """The nearest sentence of the texts that were read: a passage may be cut to its best sentences."""
    found = ((m.sentence.number, m.sentence.text) for m in draft.matches)
    return next(((n, text) for n, text in found if _spaced(text) in texts[n]), None)


def _judged(draft: _Draft, finding: Finding, empty: str) -> Judged:
    label, reasons = finding.label, finding.reasons
    if label is Verdict.SUPPORTED and empty:
        label, reasons = Verdict.UNSUPPORTED, (empty,)
    numbers = _shown(draft, finding)
    quotes = tuple((n, _quote(draft, finding, n)) for n in numbers)
    return Judged(draft.text, label, numbers, quotes, reasons, finding.probabilities.supported)


def _shown(draft: _Draft, finding: Finding) -> tuple[int, ...]:
    """The deciding evidence, and further marks that come near enough."""
    if finding.number is None:
        return draft.marks
    if finding.number not in draft.marks:
        return (finding.number,)
    least = _ALSO_NEAR * draft.best(finding.number).score
    return tuple(n for n in draft.marks if n == finding.number or draft.best(n).score >= least)


def _quote(draft: _Draft, finding: Finding, number: int) -> str:
    """The words that decide, where they are a few sentences; else the sentence that comes nearest."""
    if number == finding.number and finding.quote and len(sentences(finding.quote)) <= _QUOTED_SENTENCES:
        return finding.quote
    return draft.best(number).sentence.text


def numbered(item: EvidenceItem) -> NumberedText:
    """An item as a verifier reads it."""
    c = item.citation
    return NumberedText(item.number, item.text, ", ".join(str(part) for part in (c.title, c.year) if part))


def _spaced(text: str) -> str:
    return " ".join(text.split())
