"""The excerpts of the evidence that may answer a question, read by a judge.

An excerpt is a fact, or a run of three sentences of a passage, read under its title.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.answering.evidence import EvidenceItem
from kg.documents.language import language_of
from kg.documents.sentences import sentences
from kg.domain import Language
from models.protocols import Judge
from models.sentence_selection import Floats, Sentence

_RUN, _STEP, _READ = 3, 2, 40
"""Sentences that a judge reads at once, how far the next run begins behind, and how many runs it reads at most."""


LIKELY = 0.5
"""The relevance from which on an excerpt is likelier to answer than not."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """An excerpt with its relevance: how probably it answers the question, 0 to 1."""

    item: EvidenceItem
    text: str
    relevance: float


def excerpts_of(question: str, items: Sequence[EvidenceItem], judge: Judge | None) -> tuple[Excerpt, ...] | None:
    """Excerpts of the evidence, the most relevant first; None without a judge that reads relevance. Blocks on it."""
    if judge is None or not judge.description.reads_relevance:
        return None
    found = [(item, text) for item in items for text in _texts(item)][:_READ]
    read = judge.relevance(question, [_titled(item, text) for item, text in found]) if found else ()
    excerpts = (Excerpt(item, text, float(p)) for (item, text), p in zip(found, read, strict=True))
    return tuple(sorted(excerpts, key=lambda excerpt: -excerpt.relevance))


def reaches(excerpts: Sequence[Excerpt] | None, least: float) -> bool | None:
    """Whether an excerpt is as relevant as ``least``; None where no judge read them."""
    return None if excerpts is None else any(excerpt.relevance >= least for excerpt in excerpts)


def mostly_in(language: Language, items: Sequence[EvidenceItem], excerpts: Sequence[Excerpt] | None) -> bool:
    """Whether more than half of the relevance stands in a language; where no judge read excerpts, of the items."""
    read = [(e.text, e.relevance) for e in excerpts or ()] or [(item.text, 1.0) for item in items]
    return 2 * sum(p for text, p in read if language_of(text) == language) > sum(p for _, p in read)


def relevance_of(sentences_: Sequence[Sentence], excerpts: Sequence[Excerpt]) -> Floats:
    """For each sentence the relevance of the best excerpt that holds it, 0 where none does; shape (n,)."""
    read: dict[int, list[tuple[str, float]]] = defaultdict(list)
    for excerpt in excerpts:
        read[excerpt.item.number].append((_spaced(excerpt.text), excerpt.relevance))
    texts = [(s.number, _spaced(s.text)) for s in sentences_]
    return np.array([max((p for held, p in read[n] if text in held), default=0.0) for n, text in texts], np.float64)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _texts(item: EvidenceItem) -> Iterator[str]:
    if item.passage is None:
        yield item.text
        return
    spans = sentences(item.text) or [(0, len(item.text))]
    for first in range(0, max(1, len(spans) - 1), _STEP):
        last = min(first + _RUN, len(spans)) - 1
        yield item.text[spans[first][0] : spans[last][1]]


def _titled(item: EvidenceItem, text: str) -> str:
    return text if item.passage is None else f"{item.citation.title}. {text}"
