"""Compresses the evidence for a small model: the sentences that answer, in order, each under its source."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from app.answering.evidence import EvidenceItem
from app.answering.excerpts import Excerpt, relevance_of
from app.answering.selection import SentenceSelector, of_each_source
from kg.documents.sentences import sentences
from kg.documents.tokens import estimated_tokens
from models.sentence_selection import Sentence, sentences_of

_GAP = "\n"
"""Between sentences that are no neighbours, so that nobody reads two as one."""

_SOURCE_TOKENS = 30


def compressed(
    question: str,
    items: Sequence[EvidenceItem],
    selector: SentenceSelector,
    *,
    budget_tokens: int,
    held: Collection[tuple[int, str]] = (),
    each_source: bool = False,
    excerpts: Sequence[Excerpt] | None = None,
) -> tuple[EvidenceItem, ...]:
    """The items cut to their best sentences within the budget, renumbered, without empty ones.

    ``held`` are sentences, by number and text, that must be among them; ``each_source`` adds one of every source.
    Where a judge read ``excerpts`` for the question, the best sentences are those with the highest mean of the
    selector's score and the relevance of their excerpt.
    A small model loses the answer among whole passages and takes seconds to read them; blocks on the embedder.
    """
    every = sentences_of([item.numbered() for item in items], sentences)
    scores = selector.scores(question, every)
    if excerpts is not None:
        scores = (scores + relevance_of(every, excerpts)) / 2
    kept: set[int] = set()
    sources: set[int] = set()
    room = float(budget_tokens)
    first = {n for n, sentence in enumerate(every) if (sentence.number, sentence.text) in held}
    if each_source:
        first.update(of_each_source(every, scores))
    for n in sorted(range(len(every)), key=lambda i: (i not in first, -scores[i], i)):
        cost = estimated_tokens(every[n].text) + (0 if every[n].number in sources else _SOURCE_TOKENS)
        if kept and cost > room:
            break
        kept.add(n)
        sources.add(every[n].number)
        room -= cost
    return tuple(_cut(item, number, every, kept) for number, item in enumerate(_named(items, sources), 1))


def _named(items: Sequence[EvidenceItem], sources: set[int]) -> list[EvidenceItem]:
    return [item for item in items if item.number in sources]


def _cut(item: EvidenceItem, number: int, every: Sequence[Sentence], kept: set[int]) -> EvidenceItem:
    text, last = "", -1
    for n, sentence in enumerate(every):
        if sentence.number == item.number and n in kept:
            text += (" " if last == n - 1 else _GAP) * bool(text) + sentence.text
            last = n
    return replace(item, number=number, text=text, citation=replace(item.citation, number=number))
