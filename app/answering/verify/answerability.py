"""Whether the evidence can carry an answer, judged before any model is asked.

A judge that reads relevance tells how well the best run of sentences, or fact, answers. Without one, the share of the
question's words that stand together does. Symbols and known names that no source mentions are named to the reader.
"""

from dataclasses import dataclass

from app.answering.domain import Answerability
from app.answering.messages import Messages
from app.answering.verify.symbols import absent_symbols
from app.answering.verify.wording import share_held, windows
from kg.names.spelling import normalise
from retrieval.domain import EvidencePack, PassageEvidence
from retrieval.graph_qa.query_result import QueryResult
from retrieval.text.words import words

_LEAST_SHARE = 0.3
"""Share of the question's words that one place of the evidence must hold where no judge reads it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The judgement with its reasons in the reader's words; ``missing`` names what was not found."""

    sufficiency: Answerability
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def judge_evidence(
    question: str,
    pack: EvidencePack,
    wording: Messages,
    *,
    answered: bool | None = None,
    compared: bool = False,
) -> Judgement:
    """Judge a pack for a question that its passages, or passages and facts, should answer.

    ``answered`` is what a judge says of the evidence, None where none reads relevance. A question that has things
    ``compared`` is answered for those that the sources mention, and told which they do not.
    """
    if not pack.passages and not pack.facts:
        return Judgement(Answerability.CANNOT_ANSWER, (wording.refusal["nothing"],))
    text = _text(pack)
    names = _absent_names(pack, text)
    present = " ".join(e.surface for e in pack.entities if e.surface not in names)
    symbols = absent_symbols(question, text, known=present)
    absent = (*symbols, *names)
    told = wording.refusal["absent"].format(names=wording.joined([*absent]))
    enough = _carries(question, pack, answered)
    if not enough or (symbols and not compared):
        return Judgement(Answerability.CANNOT_ANSWER, (told if absent else wording.refusal["uncovered"],), absent)
    if absent:
        return Judgement(Answerability.CAVEAT, (told,), absent)
    return Judgement(Answerability.ANSWER)


def unknown_names(question: str, graph: QueryResult, pack: EvidencePack) -> tuple[str, ...]:
    """Symbols in a question to the graph that no entity in it bears, so that a part of the question would be lost."""
    named = [*graph.mentions, *pack.entity_mentions]
    known = " ; ".join((*(m.surface for m in named), *(n.text for m in named for e in m.senses for n in e.names)))
    unexplained = frozenset(graph.rest)
    return tuple(name for name in absent_symbols(question, known) if unexplained.intersection(words(name)))


def _carries(question: str, pack: EvidencePack, answered: bool | None) -> bool:
    """Whether the evidence answers; without a judge, facts that were found for the question's names do."""
    if answered is not None:
        return answered
    if pack.facts or not pack.passages:
        return True
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
