"""Tells by trained weights how probably each sentence of the evidence answers a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from app.answering.selection_features import comparing, features, in_another_language
from kg.documents.language import language_of_question
from models.protocols import Embedder, Judge, Vectors
from models.sentence_selection import Floats, Sentence

BUNDLED = Path(__file__).with_name("selection.npz")
PARTS = ("finding", "with_vectors", "for_any", "across", "judge_weights")
READ = 12
"""Sentences that a judge reads, the best ones."""

_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Linear:
    """A logistic regression; its features are not standardised, its weights make up for that."""

    weights: npt.NDArray[np.float64]
    bias: float

    def logits(self, values: npt.NDArray[np.floating]) -> Floats:
        """The logarithm of the odds of each row, shape (n,)."""
        return np.asarray(values @ self.weights + self.bias, np.float64)


@dataclass(frozen=True, slots=True)
class SelectionWeights:
    """The weights that choose sentences.

    ``finding`` reads a sentence's vector of the embedder of that identity, whether it tells a finding; ``with_vectors``
    reads all features, ``for_any`` those that any embedder serves. ``across`` is added to ``with_vectors`` where
    question and sentence are in two languages; another embedder may not read both. ``judge_weights`` reads the odds
    that these give and those of the relevance that the judge of identity ``judge`` reads; none is named where nothing
    was fitted.
    """

    embedder: str
    finding: Linear
    with_vectors: Linear
    for_any: Linear
    across: Linear
    judge: str = ""
    judge_weights: Linear = Linear(np.ones(2), 0.0)

    def probabilities(
        self, question: str, sentences: Sequence[Sentence], embedder: Embedder, *, translation: str = ""
    ) -> Floats:
        """How probably each sentence answers, shape (n,); blocks on the embedder.

        ``translation`` are the question's terms in the evidence's language.
        """
        asked = f"{question} {translation}".strip()
        query, vectors = embedder.encode_query(asked), embedder.encode_passages([s.text for s in sentences])
        told = features(asked, sentences, query, vectors)
        if embedder.identity != self.embedder:
            return np.asarray(expit(self.for_any.logits(told)), np.float64)
        told = with_vectors(told, query, vectors, self.finding)
        foreign = in_another_language(language_of_question(question), sentences)
        logits = self.with_vectors.logits(told) + foreign * self.across.logits(comparing(told))
        return np.asarray(expit(logits), np.float64)

    def judged(self, scores: Floats, question: str, sentences: Sequence[Sentence], judge: Judge) -> Floats:
        """The probabilities again after the judge has read the best sentences, shape (n,); blocks on it."""
        told = judge_features(scores, question, sentences, judge)
        return np.asarray(expit(self.judge_weights.logits(told)), np.float64)


def judge_features(scores: Floats, question: str, sentences: Sequence[Sentence], judge: Judge) -> Floats:
    """The log odds of scores and of relevance, shape (n, 2); sentences that are not read count as the worst read.

    Each is read under the title of its paper, which tells what "it" and "these rats" are.
    """
    places = np.argsort(-scores, kind="stable")[:READ]
    read = odds(np.asarray(judge.relevance(question, [_titled(sentences[n]) for n in places]), np.float64))
    every = np.full(len(scores), read.min())
    every[places] = read
    return np.column_stack([odds(scores), every])


def _titled(sentence: Sentence) -> str:
    return f"{sentence.source}. {sentence.text}" if sentence.source else sentence.text


def odds(probabilities: Floats) -> Floats:
    """The logarithm of the odds, bounded, shape (n,)."""
    return np.asarray(logit(np.clip(probabilities, _LEAST, 1 - _LEAST)), np.float64)


def with_vectors(told: Floats, query: Vectors, vectors: Vectors, finding: Linear) -> Floats:
    """The features with ``VECTOR_FEATURES`` behind them."""
    return np.column_stack([told, vectors @ query, finding.logits(vectors)])


@lru_cache(maxsize=1)
def bundled_selection() -> SelectionWeights:
    """The weights of the package."""
    with np.load(BUNDLED) as file:
        parts = {name: Linear(file[name][:-1], float(file[name][-1])) for name in PARTS}
        return SelectionWeights(str(file["embedder"]), judge=str(file["judge"]), **parts)
