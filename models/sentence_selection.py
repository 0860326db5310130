"""Choosing the sentences of the evidence that answer a question, by words and, with an embedder, by meaning."""

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from models.evidence_markup import NumberedEvidence
from models.han import HAN
from models.protocols import Embedder

Floats = npt.NDArray[np.float64]
Splitter = Callable[[str], list[tuple[int, int]]]
"""Offsets [start, end) of the sentences of a text; ``kg.documents.sentences.sentences`` is one."""

_RUN = re.compile(rf"[a-zα-ω0-9]+(?:[-'][a-zα-ω0-9]+)*|[{HAN}]+")
_END = re.compile(
    r"(?<=[。！？；])\s*|(?<=[.!?])(?<!\b[A-Za-z]\.)(?<!\bal\.)(?<!\bvs\.)(?<!\b(?:e\.g|i\.e)\.)\s+(?=[\"'(“A-Z0-9])|\n+"
)
_EMPTY_WORDS = """
a an and are as at be by can do does did for from had has have how in into is it its of on or that the their than
these this those to was were what when where which who why will with would about between during there if
什么 怎么 如何 哪些 哪种 哪里 为何 为什 多少 是否 是什 么是 有哪 的是 了什 吗 呢
"""
_STOP = frozenset(_EMPTY_WORDS.split())
_STEM = re.compile(r"(?<=[a-z]{3})(?:ies|es|s|ed|ing|ly)$")
_SHORT_CHARS = 15
_K1, _B = 1.2, 0.5
_WORDS_WEIGHT, _MEANING_WEIGHT, _ORDER_WEIGHT = 0.45, 0.45, 0.1
_KEEP = 0.72
_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a piece of evidence; ``rank`` counts the pieces from 0, best first; ``source`` is its paper."""

    number: int
    rank: int
    text: str
    terms: frozenset[str]
    source: str = ""


@runtime_checkable
class Selector(Protocol):
    """Chooses the sentences that answer a question."""

    def __call__(
        self, question: str, sentences: Sequence[Sentence], *, most: int = ..., each_source: bool = ...
    ) -> list[Sentence]:
        """At most so many, best first; ``each_source``: one of each source, as a list needs them."""


def split(text: str) -> list[tuple[int, int]]:
    """Offsets of the sentences of Chinese and English text, by a simple rule."""
    spans, start = [], 0
    for match in _END.finditer(text):
        spans.append((start, match.start()))
        start = match.end()
    spans.append((start, len(text)))
    return [(a, b) for a, b in spans if text[a:b].strip()]


def terms(text: str) -> list[str]:
    """Stemmed words without the empty ones, and pairs of neighbouring Han characters."""
    found: list[str] = []
    for run in _RUN.findall(text.lower()):
        if run[0] >= HAN[0]:
            found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        else:
            found.append(_STEM.sub("", run))
    return [term for term in found if term not in _STOP]


def sentences_of(evidence: Sequence[NumberedEvidence], splitter: Splitter) -> list[Sentence]:
    """Every sentence, in order; a fact is one; headings and scraps are left out unless nothing else is there."""
    every = []
    for rank, item in enumerate(evidence):
        spans = [(0, len(item.text))] if item.kind == "fact" else splitter(item.text)
        for start, end in spans:
            text = " ".join(item.text[start:end].split())
            every.append(Sentence(item.number, rank, text, frozenset(terms(text)), item.source))
    whole = [s for s in every if len(s.text) >= _SHORT_CHARS or evidence[s.rank].kind == "fact" or _is_chinese(s.text)]
    return whole or every


def select(question: str, sentences: Sequence[Sentence], *, most: int, embedder: Embedder | None) -> list[Sentence]:
    """At most ``most`` sentences, best first: the best one and those near it that say something else."""
    return best_of(sentences, relevance(question, sentences, embedder=embedder), most=most, keep=_KEEP)


def relevance(
    question: str, sentences: Sequence[Sentence], *, embedder: Embedder | None, translation: str = ""
) -> Floats:
    """How near each sentence is to the question, 0 to 1, shape (n,).

    Words count by idf over the sentences (BM25); an embedder adds meaning; the order of the evidence breaks ties.
    ``translation`` are the question's terms in the evidence's language.
    """
    if not sentences:
        return np.zeros(0)
    asked = set(terms(f"{question} {translation}"))
    weights = [_ORDER_WEIGHT]
    signals = [np.array([1 / (1 + s.rank) for s in sentences])]
    words = word_scores(asked, sentences)
    if words.any():
        weights.append(_WORDS_WEIGHT)
        signals.append(words / words.max())
    if embedder is not None:
        weights.append(_MEANING_WEIGHT)
        signals.append(_meaning(f"{question} {translation}".strip(), sentences, embedder))
    return np.average(signals, axis=0, weights=weights)


def best_of(sentences: Sequence[Sentence], scores: Floats, *, most: int, keep: float) -> list[Sentence]:
    """The best sentence and those that score ``keep`` times as much at least, none of which repeats another."""
    order = sorted(range(len(sentences)), key=lambda i: (-scores[i], i))
    chosen: list[Sentence] = []
    for i in order:
        if len(chosen) == most or scores[i] < keep * scores[order[0]]:
            break
        if all(likeness(sentences[i], other) < _ALIKE for other in chosen):
            chosen.append(sentences[i])
    return chosen


def likeness(one: Sentence, other: Sentence) -> float:
    """The share of the shorter one's terms that the other holds too."""
    return len(one.terms & other.terms) / max(min(len(one.terms), len(other.terms)), 1)


def word_scores(asked: Collection[str], sentences: Sequence[Sentence]) -> Floats:
    """How much of what is asked each sentence holds, by idf over the sentences (BM25), shape (n,)."""
    asked = frozenset(asked)
    count = len(sentences)
    frequency = Counter(term for s in sentences for term in s.terms & asked)
    mean = sum(len(s.terms) for s in sentences) / count or 1
    idf = {term: math.log(1 + (count - n + 0.5) / (n + 0.5)) for term, n in frequency.items()}
    return np.array(
        [
            sum(idf[term] for term in s.terms & asked) * (_K1 + 1) / (1 + _K1 * (1 - _B + _B * len(s.terms) / mean))
            for s in sentences
        ]
    )


def _meaning(question: str, sentences: Sequence[Sentence], embedder: Embedder) -> Floats:
    near = embedder.encode_passages([s.text for s in sentences]) @ embedder.encode_query(question)
    spread = float(near.max() - near.min())
    scaled: Floats = ((near - near.min()) / (spread or 1)).astype(np.float64)
    return scaled


def _is_chinese(text: str) -> bool:
    return len(re.findall(f"[{HAN}]", text)) >= 4
