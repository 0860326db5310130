"""Names the papers behind the last answer: those nearest to its text, each with its nearest sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from app.answering.composed import Composed, marked
from app.answering.domain import AnswerKind, Sentence, Verdict
from app.answering.evidence import EvidenceItem, passage_item
from app.answering.messages import Messages
from kg.documents.sentences import sentences
from kg.domain import Document
from models.protocols import Embedder
from retrieval.domain import PassageEvidence

_MOST_AUTHORS = 3


@dataclass(frozen=True, slots=True)
class _Nearest:
    found: PassageEvidence
    quote: str
    nearness: float


def sources_answer(
    said: str, passages: Sequence[PassageEvidence], embedder: Embedder, words: Messages, *, most: int
) -> Composed | None:
    """At most ``most`` papers, the nearest first; blocks while sentences are embedded."""
    ranked = sorted(_nearest(said, passages, embedder), key=lambda n: -n.nearness)
    by_paper: dict[str, _Nearest] = {}
    for nearest in ranked:
        by_paper.setdefault(nearest.found.document.id, nearest)
    chosen = list(by_paper.values())[:most]
    if not chosen:
        return None
    items: list[EvidenceItem] = []
    for number, nearest in enumerate(chosen, 1):
        item = passage_item(number, nearest.found)
        items.append(replace(item, citation=replace(item.citation, quote=nearest.quote)))
    told = [
        Sentence(_told(n.found.document, words), (i.number,), Verdict.SUPPORTED, item=len(chosen) > 1)
        for i, n in zip(items, chosen, strict=True)
    ]
    text = marked(told)
    return Composed(tuple(told), tuple(items), text, len(told), len(told), notice="sources", kind=AnswerKind.LIBRARY)


def _nearest(said: str, passages: Sequence[PassageEvidence], embedder: Embedder) -> list[_Nearest]:
    """Each passage with the sentence of it that is nearest; its title counts for how near the passage is."""
    if not passages:
        return []
    quotes = [[p.passage.text[a:b] for a, b in sentences(p.passage.text)] or [p.passage.text] for p in passages]
    texts = [text for p, own in zip(passages, quotes, strict=True) for text in (p.document.title, *own)]
    scores = embedder.encode_passages(texts) @ embedder.encode_query(said)
    ends = list(accumulate(1 + len(own) for own in quotes))
    nearest = []
    for found, own, end in zip(passages, quotes, ends, strict=True):
        mine = scores[end - len(own) - 1 : end]
        nearest.append(_Nearest(found, own[int(mine[1:].argmax())], float(mine.max())))
    return nearest


def _told(document: Document, words: Messages) -> str:
    more = " …" if len(document.authors) > _MOST_AUTHORS else ""
    authors = words.joined(list(document.authors[:_MOST_AUTHORS])) + more
    details = [d for d in (authors, document.journal, document.year, document.source_id) if d]
    return words.replies["source"].format(
        title=document.title.rstrip(" ."), details=words.separator.join(map(str, details))
    )
