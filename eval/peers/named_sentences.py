"""Sentences of a corpus with the names in them, and how often each text holds each name."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from eval.retrieval.domain import SuiteText
from kg.documents.sentences import sentences
from retrieval.sources.walk.spans import Gazetteer, spans_in, title_key
from retrieval.text.tokens import tokens_of


@dataclass(frozen=True, slots=True)
class NamedSentences:
    """``of_text`` and ``names_of`` run along ``sentences``; names are numbers of ``names``.

    ``counts`` is text by name: how often the words of the name stand in the text, inside longer names as well.
    """

    names: tuple[str, ...]
    sentences: tuple[str, ...]
    of_text: tuple[int, ...]
    names_of: tuple[tuple[int, ...], ...]
    counts: "sparse.csr_array"


def named_sentences(texts: Sequence[SuiteText]) -> NamedSentences:
    """Names are spans and titles, then found again in every sentence by longest match."""
    split = [(row, sentence) for row, text in enumerate(texts) for sentence in _split(text)]
    tokens = [tokens_of(sentence) for _, sentence in split]
    known = Gazetteer({*(s for t in tokens for s in spans_in(t)), *(title_key(t.title) for t in texts)})
    found = [tuple(dict.fromkeys(known.found(t))) for t in tokens]
    names = tuple(sorted({name for own in found for name in own}))
    places = {name: place for place, name in enumerate(names)}
    running: list[list[str]] = [[] for _ in texts]
    for (row, _), words in zip(split, tokens, strict=True):
        running[row] += words.keys()
    return NamedSentences(
        names,
        tuple(sentence for _, sentence in split),
        tuple(row for row, _ in split),
        tuple(tuple(places[name] for name in own) for own in found),
        _counts(names, [" ".join(words) for words in running]),
    )


def names_asked(text: str) -> list[str]:
    """The names in a question."""
    return sorted(set(spans_in(tokens_of(text))))


def _split(text: SuiteText) -> list[str]:
    own = [text.text[start:end] for start, end in sentences(text.text)]
    return [text.title, *own] if text.title else own


def _counts(names: Sequence[str], texts: Sequence[str]) -> "sparse.csr_array":
    from ahocorasick_rs import AhoCorasick

    finder = AhoCorasick([f" {name} " for name in names])
    rows: list[int] = []
    columns: list[int] = []
    for row, text in enumerate(texts):
        found = [name for name, _, _ in finder.find_matches_as_indexes(f" {text} ", overlapping=True)]
        rows += [row] * len(found)
        columns += found
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), (len(texts), len(names)))
