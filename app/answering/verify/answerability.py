"""Whether the evidence can carry an answer, judged before any model is asked.

A judge that reads relevance tells how well the best passage answers. Without one, the share of the question's words
that stand together does. Symbols and known names that no source mentions are named to the reader.
"""

import asyncio
from dataclasses import dataclass

from app.answering.domain import Answerability
from app.answering.messages import Messages
from app.answering.verify.symbols import absent_symbols
from app.answering.verify.wording import share_held, windows
from kg.names.spelling import normalise
from models.protocols import Judge
from retrieval.domain import EvidencePack, PassageEvidence
from retrieval.graph_qa.query_result import QueryResult
from retrieval.text.words import words

_READ = 8
_LEAST_SHARE = 0.3
"""Share of the question's words that one place of the evidence must hold where no judge reads it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The judgement with its reasons in the reader's words; ``missing`` names what was not found."""

    sufficiency: Answerability
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


async def judge_evidence(
    question: str, pack: EvidencePack, wording: Messages, *, judge: Judge | None = None
) -> Judgement:
    """Judge a pack for a question that its passages, or passages and facts, should answer."""
    if not pack.passages and not pack.facts:
        return Judgement(Answerability.CANNOT_ANSWER, (wording.refusal["nothing"],))
    text = _text(pack)
    names = _absent_names(pack, text)
    present = " ".join(e.surface for e in pack.entities if e.surface not in names)
    symbols = absent_symbols(question, text, known=present)
    told = wording.refusal["absent"].format(names=wording.joined([*symbols, *names]))
    enough = await asyncio.to_thread(_carries, question, pack, judge)
    if symbols or not enough:
        absent = (*symbols, *names)
        return Judgement(Answerability.CANNOT_ANSWER, (told if absent else wording.refusal["uncovered"],), absent)
    if names:
        return Judgement(Answerability.CAVEAT, (told,), names)
    return Judgement(Answerability.ANSWER)


def unknown_names(question: str, graph: QueryResult, pack: EvidencePack) -> tuple[str, ...]:
    """Symbols in a question to the graph that no entity in it bears, so that a part of the question would be lost."""
    named = [*graph.mentions, *pack.entity_mentions]
    known = " ; ".join((*(m.surface for m in named), *(n.text for m in named for e in m.senses for n in e.names)))
    unexplained = frozenset(graph.rest)
    return tuple(name for name in absent_symbols(question, known) if unexplained.intersection(words(name)))


def _carries(question: str, pack: EvidencePack, judge: Judge | None) -> bool:
    """Whether a passage answers; facts that were found for the question's names do."""
    if pack.facts or not pack.passages:
        return True
    texts = [_headed(p) for p in pack.passages[:_READ]]
    if judge is not None and judge.description.reads_relevance:
        return float(judge.relevance(question, texts).max()) >= judge.description.relevant
    return max(share_held(question, f"{_head(p)} {w}") for p in pack.passages for w in windows(p.passage.text)) >= (
        _LEAST_SHARE
    )


def _absent_names(pack: EvidencePack, text: str) -> tuple[str, ...]:
    """Surfaces of the question's entities none of whose names the sources mention."""
    folded = normalise(text).lower()
    return tuple(
        dict.fromkeys(
            linked.surface
            for linked in pack.entities
            if not any(
                normalise(name).lower() in folded for name in (linked.surface, *(n.text for n in linked.entity.names))
            )
        )
    )


def _text(pack: EvidencePack) -> str:
    facts = (n.text for f in pack.facts for e in (f.subject, f.object) for n in e.names)
    return "\n".join((*(_headed(p) for p in pack.passages), *facts))


def _headed(found: PassageEvidence) -> str:
    return f"{_head(found)}\n{found.passage.searchable}"


def _head(found: PassageEvidence) -> str:
    """What is known of a passage beside its text: a question may name an author or a year."""
    d = found.document
    return " ".join(str(part) for part in (d.title, *d.authors, d.year, d.journal) if part)
