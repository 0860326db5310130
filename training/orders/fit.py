"""Fits the weights that tell orders from ordinary sentences, and measures them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack

from app.answering.orders import OrderWeights
from models.protocols import Embedder
from retrieval.question.ngrams import BUCKETS, ngram_counts, ngram_vector
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
    """The weights of these sentences."""
    met = np.zeros(BUCKETS)
    for row in rows:
        met[list(ngram_counts(row.text))] += 1
    rarity = (np.log((1 + len(rows)) / (1 + met)) + 1).astype(np.float16).astype(np.float32)
    grams = _ngrams([row.text for row in rows], rarity)
    vectors = embedder.encode_passages([row.text for row in rows]).astype(np.float64)
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


def _ngrams(texts: Sequence[str], rarity: np.ndarray) -> csr_matrix:
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        buckets, found = ngram_vector(text, rarity)
        rows += [row] * len(buckets)
        columns += buckets.tolist()
        values += found.tolist()
    return csr_matrix((values, (rows, columns)), (len(texts), BUCKETS))


def _difference(features: csr_matrix, wanted: Sequence[str]) -> Array:
    """Weights and bias of the logarithm of the odds."""
    whole = hstack([features, csr_matrix(np.ones((features.shape[0], 1)))]).tocsr()
    penalties = np.full(whole.shape[1], 0.5 * _PENALTY)
    penalties[-1] = 0.0
    _, weights = softmax_regression(whole, wanted, penalties=penalties, steps=_STEPS)
    return np.asarray(weights[:, 1] - weights[:, 0])
