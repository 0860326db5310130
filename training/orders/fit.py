"""Fits the weights that tell orders from ordinary sentences, and measures them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack

from app.answering.orders import OrderWeights, readings
from models.protocols import Embedder
from retrieval.question.ngrams import BUCKETS
from training.ngram_features import ngram_matrix, rarity_of
from training.softmax_regression import Array, softmax_regression
from training.tab_rows import tab_rows

_VECTOR_WEIGHT, _NGRAM_WEIGHT, _NGRAM_WEIGHT_ALONE = 0.1, 3.0, 5.0
_PENALTY, _STEPS = 0.1, 200


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A sentence, and whether it is an order to a model or a system that reads it."""

    text: str
    is_order: bool
    language: str = "en"


def read_sentences(path: Path) -> list[LabelledSentence]:
    """The sentences of a file with a header; raises MissingData and BrokenData."""
    return tab_rows(path, _sentence)


def _sentence(label: str, language: str, text: str) -> LabelledSentence:
    if label not in ("0", "1"):
        raise ValueError("label is 0 or 1")
    return LabelledSentence(text, label == "1", language)


def fit(rows: Sequence[LabelledSentence], embedder: Embedder) -> OrderWeights:
    """The weights of these sentences in all their readings."""
    rows = [replace(row, text=text) for row in rows for text in readings(row.text)]
    texts = [row.text for row in rows]
    rarity = rarity_of(texts)
    grams = ngram_matrix(texts, rarity)
    vectors = embedder.encode_passages(texts).astype(np.float64)
    mean, spread = vectors.mean(0), vectors.std(0)
    wanted = [str(int(row.is_order)) for row in rows]
    alone = _difference(csr_matrix(grams * _NGRAM_WEIGHT_ALONE), wanted)
    both = _difference(
        hstack([grams * _NGRAM_WEIGHT, csr_matrix((vectors - mean) / spread * _VECTOR_WEIGHT)]).tocsr(), wanted
    )
    vector = both[BUCKETS:-1] * _VECTOR_WEIGHT / spread
    return OrderWeights(
        embedder.identity,
        rarity,
        (alone[:BUCKETS] * _NGRAM_WEIGHT_ALONE).astype(np.float32),
        float(alone[-1]),
        (both[:BUCKETS] * _NGRAM_WEIGHT).astype(np.float32),
        vector.astype(np.float32),
        float(both[-1] - mean @ vector),
    )


def _difference(features: csr_matrix, wanted: Sequence[str]) -> Array:
    """Weights and bias of the logarithm of the odds."""
    whole = hstack([features, csr_matrix(np.ones((features.shape[0], 1)))]).tocsr()
    penalties = np.full(whole.shape[1], 0.5 * _PENALTY)
    penalties[-1] = 0.0
    _, weights = softmax_regression(whole, wanted, penalties=penalties, steps=_STEPS)
    return np.asarray(weights[:, 1] - weights[:, 0])
