"""Verifies claims by the trained judge, with the numbers and symbols checked beside it."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.answering.domain import Verdict
from app.answering.verify.findings import CERTAIN, checked
from app.answering.verify.protocols import Claim, Finding, NumberedText, Probabilities
from app.answering.verify.wording import share_held, windows
from kg.documents.sentences import sentences
from kg.documents.tokens import estimated_tokens
from models.judge.decision import CONTRADICTED, SUPPORTED, decided
from models.judge.pairs import LONGEST
from models.protocols import Judge

_MOST_WINDOWS = 4
"""Windows read of a passage that is longer than that."""

_LONGEST_READ = 100
"""Tokens of a question and a clause that are read together; of a longer text the end would be cut."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """The judge's probabilities for a clause against one window of the evidence."""

    window: NumberedText
    probabilities: Probabilities


class JudgeVerifier:
    """Reads each clause against all its evidence where that fits, else against each passage or its best sentences.

    A claim is supported where each of its clauses is, and contradicted where one of them is. A judge that was trained
    so reads a clause after the question that it answers: "VEGF-D is not one of them" says nothing alone.
    """

    whole_answers = False

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    @property
    def identity(self) -> str:
        """The judge's identity."""
        return self._judge.identity

    async def verify(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        """The finding of each claim."""
        return await asyncio.to_thread(self._verify, claims)

    def _verify(self, claims: Sequence[Claim]) -> list[Finding]:
        pairs = [
            (number, clause, read, window)
            for number, claim in enumerate(claims)
            for clause in clauses(claim.text)
            for read in (self._read_as(claim, clause),)
            for piece in _pieces(read, claim.evidence)
            for window in _windows(read, piece)
        ]
        rows = self._judge.verdicts([(read, w.text) for _, _, read, w in pairs]) if pairs else ()
        readings: list[dict[str, list[_Reading]]] = [{} for _ in claims]
        for (number, clause, _, window), row in zip(pairs, rows, strict=True):
            probabilities = Probabilities(float(row[0]), float(row[1]), float(row[2]))
            readings[number].setdefault(clause, []).append(_Reading(window, probabilities))
        return [self._finding(claim, own) for claim, own in zip(claims, readings, strict=True)]

    def _read_as(self, claim: Claim, clause: str) -> str:
        """The clause as the judge reads it: behind its question, where the judge knows that and both are short."""
        whole = f"{claim.question} {clause}"
        reads = self._judge.description.reads_questions and claim.question
        return whole if reads and estimated_tokens(whole) <= _LONGEST_READ else clause

    def _finding(self, claim: Claim, read: dict[str, list[_Reading]]) -> Finding:
        if not read:
            return Finding(Verdict.UNSUPPORTED, CERTAIN[Verdict.UNSUPPORTED], reasons=("no evidence",))
        found = [self._decided(claim.evidence, clause, readings) for clause, readings in read.items()]
        order = (Verdict.CONTRADICTED, Verdict.UNSUPPORTED, Verdict.SUPPORTED)
        return checked(
            claim, min(found, key=lambda f: (order.index(f.label), f.probabilities.supported)), reasoning=True
        )

    def _decided(self, evidence: Sequence[NumberedText], clause: str, readings: Sequence[_Reading]) -> Finding:
        """The label by the window that supports most, else by the one that contradicts most."""
        thresholds = self._judge.description
        for_it = max(readings, key=lambda r: (r.probabilities.supported, -len(r.window.text)))
        against = max(readings, key=lambda r: (r.probabilities.contradicted, -len(r.window.text)))
        p = (for_it.probabilities.supported, against.probabilities.contradicted, against.probabilities.unsupported)
        place = int(decided(p, supported=thresholds.supported, contradicted=thresholds.contradicted))
        if place == SUPPORTED:
            return _found(Verdict.SUPPORTED, clause, for_it, evidence)
        if place == CONTRADICTED:
            finding = _found(Verdict.CONTRADICTED, clause, against, evidence)
            return replace(finding, reasons=(f"the evidence says otherwise: {finding.quote[:160]}",))
        return replace(
            _found(Verdict.UNSUPPORTED, clause, for_it, evidence), reasons=("the evidence does not say this",)
        )


def clauses(text: str) -> list[str]:
    """The parts of a text that full stops and semicolons separate."""
    return [
        part.strip()
        for start, end in sentences(text)
        for part in text[start:end].replace("；", ";").split(";")
        if any(c.isalnum() for c in part)
    ]


def _pieces(clause: str, evidence: Sequence[NumberedText]) -> Sequence[NumberedText]:
    """The evidence as one text where all of it fits, since a claim may rest on several pieces; else each piece."""
    whole = " ".join(piece.text for piece in evidence)
    if len(evidence) < 2 or estimated_tokens(whole) > LONGEST - estimated_tokens(clause):
        return evidence
    return [replace(evidence[0], text=whole)]


def _windows(clause: str, piece: NumberedText) -> Iterator[NumberedText]:
    """What is read of a passage for a clause: the whole where it is one line that fits, else its nearest windows.

    Lines part sentences that are no neighbours in the paper; read as one text they say what no paper says. The windows
    are those that share most words with the clause.
    """
    lines = [line for line in piece.text.splitlines() if line.strip()]
    if len(lines) == 1 and estimated_tokens(lines[0]) <= LONGEST - estimated_tokens(clause):
        yield piece
        return
    near = sorted((w for line in lines for w in windows(line)), key=lambda w: -share_held(clause, w))
    yield from (NumberedText(piece.number, window, piece.title) for window in near[:_MOST_WINDOWS])


def _found(label: Verdict, clause: str, reading: _Reading, evidence: Sequence[NumberedText]) -> Finding:
    """The finding with the sentence of what was read that shares most words with the clause, and where it stands."""
    quote = max(windows(reading.window.text, longest=1), key=lambda sentence: share_held(clause, sentence))
    holding = [piece.number for piece in evidence if quote in piece.text]
    number = reading.window.number if reading.window.number in holding or not holding else holding[0]
    return Finding(label, reading.probabilities, number, quote)
