"""What is told of each sentence of the evidence so that trained weights can choose those that answer."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from app.answering.verify.quantities import quantities
from kg.documents.language import language_of
from kg.domain import Language
from models.protocols import Vectors
from models.sentence_selection import Floats, Sentence, terms, word_scores

FEATURES = ("words", "held", "new", "rank", "length", "length_squared", "number", "meaning")
"""Features that any embedder serves: its nearness is told only as it compares within the evidence."""

VECTOR_FEATURES = ("cosine", "finding")
"""Features of one embedder: the cosine itself, and the score of a sentence that tells a finding."""

COMPARING = ("meaning", "cosine")
"""Features that weigh otherwise across two languages; shared words are rare there, and tell as much where they are."""

_USUAL_WORDS = 20.0


def features(question: str, sentences: Sequence[Sentence], query: Vectors, vectors: Vectors) -> Floats:
    """The values of ``FEATURES``, shape (n, features), for vectors of the question and of the sentences.

    ``question`` has the question's terms in the evidence's language as well.
    """
    asked = frozenset(terms(question))
    every = np.zeros((len(sentences), len(FEATURES)))
    words = word_scores(asked, sentences)
    near = np.asarray(vectors @ query, np.float64)
    meaning = (near - near.min()) / ((near.max() - near.min()) or 1.0)
    for places in _passages(sentences):
        here = [sentences[n] for n in places]
        seen: Counter[str] = Counter(term for s in here for term in s.terms)
        for n in places:
            own = sentences[n].terms
            size = np.log((1 + len(own)) / (1 + _USUAL_WORDS))
            every[n] = (
                words[n] / (words.max() or 1.0),
                len(asked & own) / max(len(asked), 1),
                sum(seen[term] == 1 and term not in asked for term in own) / max(len(own), 1),
                1 / (1 + sentences[n].rank),
                size,
                size * size,
                float(bool(quantities(sentences[n].text))),
                meaning[n],
            )
    return every


def comparing(values: Floats) -> Floats:
    """The features of ``COMPARING`` among all, shape (n, 2)."""
    names = (*FEATURES, *VECTOR_FEATURES)
    return values[:, [names.index(name) for name in COMPARING]]


def in_another_language(language: Language, sentences: Sequence[Sentence]) -> Floats:
    """1 for each sentence in another language than the question's, else 0, shape (n,)."""
    return np.array([language_of(s.text) != language for s in sentences], np.float64)


def _passages(sentences: Sequence[Sentence]) -> list[range]:
    """The places of each passage's sentences, which stand one after another."""
    starts = [0, *(n for n, (a, b) in enumerate(pairwise(sentences), 1) if (a.number, a.rank) != (b.number, b.rank))]
    return [range(a, b) for a, b in pairwise([*starts, len(sentences)])]
