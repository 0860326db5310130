"""Fits the weights of the decisions about a question."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack

from retrieval.question.intent_classifier import (
    DETAILED,
    FOLLOW_UP,
    INTENT,
    LEANS,
    NGRAMS_ONLY,
    WITH_VECTOR,
    IntentClassifier,
    LinearModel,
)
from retrieval.question.ngrams import BUCKETS
from training.ngram_features import ngram_matrix, rarity_of
from training.question.data import LabelledQuestion
from training.softmax_regression import Array, softmax_regression

_VECTOR_WEIGHT, _NGRAM_WEIGHT, _NGRAM_WEIGHT_ALONE = 0.1, 3.0, 5.0
"""How much the standardised vector and the n-grams weigh in a model that reads both, the n-grams in one without it."""

_PENALTY, _STEPS = 0.1, 200


@dataclass(frozen=True, slots=True)
class Examples:
    """The training questions as features; ``vectors`` are the embedder's."""

    questions: Sequence[LabelledQuestion]
    ngrams: csr_matrix
    leans: Array
    vectors: Array


def fit(questions: Sequence[LabelledQuestion], vectors: npt.NDArray[np.float32], embedder: str) -> IntentClassifier:
    """The classifier of these questions; ``vectors`` shape (questions, dimension)."""
    texts = [question.text for question in questions]
    rarity = rarity_of(texts)
    ngrams = ngram_matrix(texts, rarity)
    leans = np.array([[float(q.leans)] for q in questions])
    examples = Examples(questions, ngrams, leans, vectors.astype(np.float64))
    return IntentClassifier(
        embedder,
        rarity,
        {
            WITH_VECTOR: _decisions(examples, with_vector=True),
            NGRAMS_ONLY: _decisions(examples, with_vector=False),
        },
    )


def _decisions(examples: Examples, *, with_vector: bool) -> dict[str, LinearModel]:
    questions = examples.questions
    everyone = np.arange(len(questions))
    made = {
        INTENT: _model(examples, everyone, [q.intent.value for q in questions], with_vector=with_vector),
        FOLLOW_UP: _model(
            examples,
            everyone,
            [LEANS if q.leans else "alone" for q in questions],
            with_vector=with_vector,
            told=False,
            even=True,
        ),
    }
    for intent in DETAILED:
        mine = np.array([i for i, q in enumerate(questions) if q.intent is intent])
        made[intent.value] = _model(examples, mine, [questions[i].detail for i in mine], with_vector=with_vector)
    return made


def _model(
    examples: Examples,
    rows: npt.NDArray[np.int64],
    said: Sequence[str],
    *,
    with_vector: bool,
    told: bool = True,
    even: bool = False,
) -> LinearModel:
    """One decision.

    ``told`` says that whether a question leans is known to it, ``even`` that its labels are as frequent in use, though
    not among the examples.
    """
    ngram_weight = _NGRAM_WEIGHT if with_vector else _NGRAM_WEIGHT_ALONE
    parts = [examples.ngrams[rows] * ngram_weight, csr_matrix(examples.leans[rows] * told)]
    mean, spread = examples.vectors.mean(0), examples.vectors.std(0)
    if with_vector:
        parts.append(csr_matrix((examples.vectors[rows] - mean) / spread * _VECTOR_WEIGHT))
    parts.append(csr_matrix(np.ones((len(rows), 1))))
    features = hstack(parts).tocsr()
    penalties = np.full(features.shape[1], 0.5 * _PENALTY)
    penalties[-1] = 0.0
    labels, weights = softmax_regression(features, said, penalties=penalties, steps=_STEPS)
    bias, vector = weights[-1], None
    if even:
        bias = bias - np.log([said.count(label) for label in labels])
    if with_vector:
        by_vector = weights[BUCKETS + 1 : -1] * (_VECTOR_WEIGHT / spread)[:, None]
        bias, vector = bias - mean @ by_vector, by_vector.astype(np.float32)
    return LinearModel(
        tuple(labels),
        (weights[:BUCKETS] * ngram_weight).astype(np.float32),
        (weights[BUCKETS] * told).astype(np.float32),
        bias.astype(np.float32),
        vector,
    )
